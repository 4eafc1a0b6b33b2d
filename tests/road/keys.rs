//! Keys: who is let in, and the commands that make and revoke them.

use serde_json::json;

use crate::harness::{Answer, KEY, MODEL, Request, Road, Setup, Sim, ask, road, streamed};

fn with(key: &str) -> Request {
    Request::messages(&ask(MODEL, "hi")).with("x-api-key", key)
}

fn refused(answer: &Answer, fault: &str) {
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!(answer.header("salve-fault"), Some(fault));
    assert_eq!(answer.header("x-should-retry"), Some("false"));
    let (kind, message) = answer.error();
    assert_eq!(kind, "authentication_error");
    // Claude Code shows a login hint of its own for sentences with this word.
    assert!(!message.contains("x-api-key"), "{message}");
}

#[test]
fn a_key_opens_in_either_header_and_beside_a_wrong_one() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let plain = Request::messages(&ask(MODEL, "hi")).without("x-api-key");
    let both = [
        plain.clone().and("x-api-key", KEY),
        plain.clone().and("Authorization", &road::bearer()),
        plain.clone().and("authorization", &format!("bEaReR   {KEY} ")),
        plain.clone().and("x-api-key", "wrong-wrong-wrong").and("authorization", &road::bearer()),
        plain.and("x-api-key", KEY).and("authorization", "Bearer wrong-wrong-wrong"),
    ];
    for request in both {
        let answer = road.send(&request);
        assert_eq!(answer.status, 200, "{request:?}: {}", answer.text());
        assert_eq!(road.entry_of(&answer)["key"], "declared");
    }
}

#[test]
fn a_wrong_or_missing_key_is_refused_in_our_own_words() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let plain = Request::messages(&ask(MODEL, "hi")).without("x-api-key");
    refused(&road.send(&plain), "key-missing");
    refused(&road.send(&plain.clone().and("x-api-key", "")), "key-missing");
    refused(&road.send(&plain.clone().and("authorization", "Basic abc")), "key-missing");
    refused(&road.send(&plain.clone().and("authorization", "Bearer ")), "key-missing");
    refused(&road.send(&with("wrong-wrong-wrong")), "key-wrong");
    refused(&road.send(&with(KEY.strip_suffix('9').expect("its end"))), "key-wrong");
    refused(&road.send(&with(&format!("{KEY}x"))), "key-wrong");
    refused(&road.send(&with("sk-salve-abcdefghijkl-abcdefghijklmnopqrstuvwxyz")), "key-wrong");
    assert!(sim.books().is_empty());
}

#[test]
fn a_caller_without_a_key_is_refused_before_its_body_is_read() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let request = with("wrong-wrong-wrong").with("content-length", "30000000");
    let mut wire = road.wire();
    wire.write(&request.head());
    refused(&wire.until("the refusal", |answer| !answer.body.is_empty()), "key-wrong");
}

#[test]
fn a_key_made_while_the_server_runs_opens_at_once_and_a_revoked_one_no_more() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let key = road.make_key(&["laptop", "--user", "ada", "--note", "of the test"]);
    assert!(key.starts_with("sk-salve-"), "{key}");
    let answer = road.send(&with(&key));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let entry = road.entry_of(&answer);
    assert_eq!((&entry["key"], &entry["user"]), (&json!("laptop"), &json!("ada")));
    let shown = road.salve(&["key", "show", "--json", "laptop"]).lines();
    assert_eq!(shown[0]["note"], "of the test");
    assert_eq!(shown[0]["revoked"], json!(null));
    road.salve(&["key", "revoke", "laptop"]).ok();
    let answer = road.send(&with(&key));
    refused(&answer, "key-revoked");
    assert!(answer.error().1.contains("`laptop`"), "{}", answer.text());
    let listed = road.salve(&["key", "list"]).ok();
    assert!(listed.contains("laptop") && listed.contains("revoked"), "{listed}");
    assert_eq!(sim.books().len(), 1);
}

#[test]
fn a_running_stream_survives_the_revocation_of_its_key() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let key = road.make_key(&["short"]);
    let body = streamed(MODEL, "[[tokens:40]] [[deltas:20]] [[pace:20]]");
    let mut wire = road.open(&Request::messages(&body).with("x-api-key", &key));
    wire.until_text("content_block_start");
    road.salve(&["key", "revoke", &key]).ok();
    assert!(road.end_of(&mut wire).text().contains("event: message_stop"));
}

#[test]
fn keys_are_made_listed_shown_and_revoked_while_the_server_is_stopped() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    assert_eq!(road.stop(), Some(0));
    let (kept, gone) = (road.make_key(&["kept"]), road.make_key(&["gone"]));
    road.salve(&["key", "revoke", &gone]).ok();
    let listed = road.salve(&["key", "list", "--json"]).lines();
    let names: Vec<_> = listed.iter().map(|key| key["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["kept", "gone"], "{listed:?}");
    assert_eq!(road.salve(&["key", "show", "kept", "--json"]).lines()[0]["group"], "default");
    road.start_again();
    assert_eq!(road.send(&with(&kept)).status, 200);
    refused(&road.send(&with(&gone)), "key-revoked");
}

#[test]
fn a_key_survives_a_restart() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    let key = road.make_key(&["laptop"]);
    assert_eq!(road.stop(), Some(0));
    road.start_again();
    assert_eq!(road.send(&with(&key)).status, 200);
}

#[test]
fn a_key_with_models_is_told_which_it_may_use() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let key = road.make_key(&["narrow", "--model", "claude-haiku-*", "--model", "claude-sonnet-5"]);
    let answer = road.send(&with(&key));
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert_eq!(answer.header("salve-fault"), Some("model-unknown"));
    let (kind, message) = answer.error();
    assert_eq!(kind, "not_found_error");
    assert!(message.contains(MODEL) && message.contains("claude-haiku-4-5"), "{message}");
    assert!(
        message.contains("claude-sonnet-5") && !message.contains("claude-fable-5"),
        "{message}"
    );
    assert!(sim.books().is_empty());
    let entry = road.entry_of(&answer);
    assert_eq!((&entry["outcome"], &entry["cost_nano_usd"]), (&json!("told"), &json!(0)));
    assert_eq!(entry["attempts"], json!([]));
    let allowed = Request::messages(&ask("claude-haiku-4-5", "hi")).with("x-api-key", &key);
    assert_eq!(road.send(&allowed).status, 200);
}

#[test]
fn a_key_uses_the_channels_of_its_group_alone() {
    let (sim, other) = (Sim::start(), Sim::start());
    let setup = Setup::of(sim.url()).channel("two", other.url()).groups(
        "[[group]]\nname = \"default\"\nchannels = [\"one\"]\n\
         [[group]]\nname = \"second\"\nchannels = [\"two\"]\nprice_multiplier = 2.0\n",
    );
    let road = Road::start(&setup);
    let key = road.make_key(&["guest", "--group", "second"]);
    let (ours, theirs) = (road.send(&with(KEY)), road.send(&with(&key)));
    assert_eq!(
        (ours.header("salve-channel"), theirs.header("salve-channel")),
        (Some("one"), Some("two"))
    );
    let cost = |answer| road.entry_of(answer)["cost_nano_usd"].as_i64().expect("a cost");
    assert_eq!(cost(&theirs), 2 * cost(&ours));
    let unknown = road.salve(&["key", "create", "lost", "--group", "nowhere"]);
    assert_ne!(unknown.code, Some(0), "{unknown:?}");
    assert!(unknown.err.contains("nowhere") && unknown.err.contains("second"), "{unknown:?}");
}

#[test]
fn commands_take_the_configuration_after_the_verb() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let config = road.config();
    let config = config.to_str().expect("text");
    let made = road.salve(&["key", "create", "after", "--config", config, "--json"]).lines();
    road.keep_secret(made[0]["key"].as_str().expect("its text"));
    for arguments in [
        ["key", "list", "--config", config].as_slice(),
        &["key", "show", "after", "--config", config],
        &["key", "revoke", "after", "--config", config],
        &["log", "--config", config, "--json"],
        &["check", "--config", config],
    ] {
        road.salve(arguments).ok();
    }
}

#[test]
fn names_that_no_key_has_end_with_a_clear_line() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    for verb in ["show", "revoke"] {
        let done = road.salve(&["key", verb, "nobody"]);
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(done.err.contains("`nobody`") && done.err.lines().count() == 1, "{done:?}");
    }
}

#[test]
fn the_admin_api_opens_to_its_token_alone() {
    let sim = Sim::start();
    let token = "an-admin-token-of-the-test";
    let setup =
        Setup::of(sim.url()).and("[admin]\ntoken = \"${ROAD_ADMIN}\"").env("ROAD_ADMIN", token);
    let road = Road::start(&setup);
    let get = |bearer: &str| {
        let request = Request::bare("GET", "/api/v1/admin/keys").and("authorization", bearer);
        road.send(&request).status
    };
    assert_eq!(get(&format!("Bearer {token}")), 200);
    assert_eq!(get(&road::bearer()), 401);
    assert_eq!(get("Bearer "), 401);
    assert_eq!(get("Basic x"), 401);
    assert_eq!(road.send(&Request::bare("GET", "/api/v1/admin/log")).status, 401);
}
