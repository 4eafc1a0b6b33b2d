//! `/v1/models` and the small addresses that clients and machines look at.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::harness::{Answer, Request, Road, Setup, Sim};

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let models = body["data"].as_array().expect("data").clone();
    let ids: Vec<String> =
        models.iter().map(|model| model["id"].as_str().expect("an id").to_owned()).collect();
    for model in models {
        assert_eq!(model["type"], "model");
        assert!(model["display_name"].is_string() && model["created_at"].is_string(), "{model}");
    }
    assert_eq!(body["first_id"], json!(ids.first()));
    assert_eq!(body["last_id"], json!(ids.last()));
    ids
}

#[test]
fn the_list_holds_what_the_key_may_use_and_nothing_else() {
    let sim = Sim::start();
    let setup = Setup::of(sim.url())
        .more("models = [\"claude-opus-*\", \"house-model\"]")
        .more("model_ids = { \"claude-latest\" = \"claude-opus-4-8\" }");
    let road = Road::start(&setup);
    let all = ids(&road.send(&Request::get("/v1/models?limit=1000")));
    assert!(all.contains(&"claude-opus-4-8".to_owned()), "{all:?}");
    assert!(all.contains(&"claude-latest".to_owned()), "{all:?}");
    assert!(all.contains(&"house-model".to_owned()), "{all:?}");
    assert!(
        all.iter().all(|id| id.contains("opus") || id == "claude-latest" || id == "house-model")
    );
    let key = road.make_key(&["narrow", "--model", "claude-opus-4-8"]);
    let narrow = Request::get("/v1/models?limit=1000").with("x-api-key", &key);
    assert_eq!(ids(&road.send(&narrow)), ["claude-opus-4-8"]);
}

#[test]
fn paging_walks_the_whole_list_both_ways() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let all = ids(&road.send(&Request::get("/v1/models?limit=1000")));
    assert!(all.len() > 6, "{all:?}");
    assert_eq!(ids(&road.send(&Request::get("/v1/models"))), all[..all.len().min(20)]);
    let (mut forward, mut after) = (Vec::new(), String::new());
    loop {
        let answer = road.send(&Request::get(&format!("/v1/models?limit=4{after}")));
        forward.extend(ids(&answer));
        if answer.json()["has_more"] == false {
            break;
        }
        after = format!("&after_id={}", forward.last().expect("an id"));
    }
    assert_eq!(forward, all);
    let before = format!("/v1/models?limit=3&before_id={}", all[5]);
    let answer = road.send(&Request::get(&before));
    assert_eq!(ids(&answer), all[2..5]);
    assert_eq!(answer.json()["has_more"], true);
    for limit in ["0", "1001", "x", "-1"] {
        let answer = road.send(&Request::get(&format!("/v1/models?limit={limit}")));
        assert_eq!(answer.status, 400, "{limit}");
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    }
}

#[test]
fn one_model_is_shown_and_an_unknown_one_is_told_with_the_names_that_are() {
    let sim = Sim::start();
    let road =
        Road::start(&Setup::of(sim.url()).more("models = [\"claude-haiku-4-5\", \"house/model\"]"));
    let answer = road.send(&Request::get("/v1/models/claude-haiku-4-5?beta=true"));
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!("claude-haiku-4-5")));
    assert_eq!(answer.json()["type"], "model");
    let answer = road.send(&Request::get("/v1/models/house%2Fmodel"));
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!("house/model")));
    let answer = road.send(&Request::get("/v1/models/gpt-9"));
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("salve-fault"), Some("model-unknown"));
    let (kind, message) = answer.error();
    assert_eq!(kind, "not_found_error");
    assert!(message.contains("gpt-9") && message.contains("claude-haiku-4-5"), "{message}");
}

#[test]
fn the_list_needs_a_key_and_comes_well_inside_3_seconds_without_a_redirect() {
    let road = Road::to("http://127.0.0.1:9");
    let started = Instant::now();
    let answer =
        road.send(&Request::get("/v1/models?limit=1000").and("user-agent", "claude-code/2.1.330"));
    assert!(started.elapsed() < Duration::from_secs(3));
    assert!(!ids(&answer).is_empty(), "no upstream is asked for it");
    let answer = road.send(&Request::bare("GET", "/v1/models"));
    assert_eq!((answer.status, answer.header("x-should-retry")), (401, Some("false")));
    assert_eq!(answer.header("salve-fault"), Some("key-missing"));
}

#[test]
fn heads_hellos_and_signs_of_life_are_answered_without_a_key() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    for (method, path) in [
        ("HEAD", "/"),
        ("HEAD", "/api/hello"),
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("HEAD", "/healthz"),
        ("GET", "/help"),
        ("GET", "/help/key-wrong"),
    ] {
        let answer = road.send(&Request::bare(method, path));
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
        assert!(method == "GET" || answer.body.is_empty(), "{method} {path}");
    }
    assert_eq!(road.send(&Request::bare("GET", "/help/no-such-fault")).status, 404);
    assert!(sim.books().is_empty());
}
