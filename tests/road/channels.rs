//! `salve channel`: the channels and what was learned of them; running and stopped.

use salve_ledger::{PriceBook, Timestamp};
use salve_store::{CapabilityRecord, Says, Store};
use serde_json::{Value, json};

use crate::harness::{MODEL, Request, Road, Setup, Sim, ask, streamed};

fn capability(channel: &str, feature: &str, says: Says) -> CapabilityRecord {
    CapabilityRecord {
        channel: channel.into(),
        model: MODEL.into(),
        feature: feature.into(),
        says,
        evidence: "tools.0.custom.strict: Extra inputs are not permitted".into(),
        learned_at: Timestamp::from_millis(1_790_000_000_000),
        expires_at: Timestamp::from_millis(1_790_600_000_000),
    }
}

/// Puts capabilities where a stopped gateway keeps them.
fn teach(road: &Road) {
    let capabilities = [
        capability("one", "field:tools[].strict", Says::Refuses),
        capability("one", "limit:max_tokens", Says::Limit(8192)),
        capability("spare", "effort", Says::Takes),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let prices = std::sync::Arc::new(PriceBook::embedded());
        let clock = std::sync::Arc::new(salve_gateway::clock::SystemClock);
        let url = "sqlite:salve.db".parse().expect("a URL");
        let store = Store::open(&url, &road.data(), prices, clock).await.expect("the store");
        for capability in &capabilities {
            store.put_capability(capability).await.expect("it is kept");
        }
        store.close().await;
    });
}

/// A road with two channels of which something was learned, stopped.
fn stopped() -> (Sim, Road) {
    let sim = Sim::start();
    let setup = Setup::of(sim.url()).more("profile = \"bedrock\"").channel_with(
        "spare",
        "https://spare.example.org/v1",
        "models = [\"claude-haiku-*\"]\nmodel_ids = { latest = \"claude-haiku-4-5\" }\n\
         drained = true",
    );
    let road = Road::start(&setup);
    assert_eq!(road.stop(), Some(0));
    teach(&road);
    (sim, road)
}

fn features(road: &Road, arguments: &[&str]) -> Vec<String> {
    let lines = road.salve(&[&["channel", "capabilities", "--json"], arguments].concat()).lines();
    lines.iter().map(|line| line["feature"].as_str().expect("a feature").to_owned()).collect()
}

/// What must be so whoever is asked: the server, or the store of a stopped one.
fn lists_and_forgets(road: &Road, sim: &Sim) {
    let listed = road.salve(&["channel", "list", "--json"]).lines();
    let host = sim.url().replace("http://", "");
    let expected = [
        json!({
            "name": "one", "kind": "anthropic", "profile": "bedrock", "host": host,
            "models": ["*"], "drained": false, "capabilities": 2,
        }),
        json!({
            "name": "spare", "kind": "anthropic", "profile": null, "host": "spare.example.org",
            "models": ["claude-haiku-*", "latest"], "drained": true, "capabilities": 1,
        }),
    ];
    assert_eq!(listed, expected);
    let table = road.salve(&["channel", "list"]).ok();
    assert!(table.contains("spare.example.org") && table.contains("drained"), "{table}");
    let learned: Vec<Value> = road.salve(&["channel", "capabilities", "one", "--json"]).lines();
    assert_eq!(learned.len(), 2);
    assert_eq!(
        learned[1],
        json!({
            "channel": "one", "model": MODEL, "feature": "limit:max_tokens",
            "says": { "limit": 8192 },
            "evidence": "tools.0.custom.strict: Extra inputs are not permitted",
            "learned_at": "2026-09-21T14:13:20.000Z", "expires_at": "2026-09-28T12:53:20.000Z",
        })
    );
    let table = road.salve(&["channel", "capabilities"]).ok();
    for part in ["field:tools[].strict", "refuses", "at most 8192", "spare", "Extra inputs"] {
        assert!(table.contains(part), "{part} in {table}");
    }
    let said = road.salve(&["channel", "forget", "one", "field:tools[].strict"]).ok();
    assert_eq!(said, "Forgotten: 1 capability on `one` about `field:tools[].strict`.\n");
    assert_eq!(features(road, &[]), ["limit:max_tokens", "effort"]);
    let said = road.salve(&["channel", "forget", "--json", "one"]).lines();
    assert_eq!(said, [json!({ "forgotten": 1 })]);
    assert_eq!(features(road, &["one"]), Vec::<String>::new());
    let nothing = road.salve(&["channel", "forget", "one"]);
    assert_eq!((nothing.code, nothing.err.lines().count()), (Some(1), 1), "{nothing:?}");
    assert_eq!(features(road, &[]), ["effort"]);
}

#[test]
fn the_channels_of_a_stopped_server_are_listed_and_forgotten_in_its_store() {
    let (sim, road) = stopped();
    lists_and_forgets(&road, &sim);
}

#[test]
fn the_channels_of_a_running_server_are_listed_and_forgotten_by_it() {
    let (sim, mut road) = stopped();
    road.start_again();
    lists_and_forgets(&road, &sim);
}

#[test]
fn capabilities_are_forgotten_by_the_admin_api_as_precisely_as_they_are_named() {
    let sim = Sim::start();
    let token = "an-admin-token-of-the-test";
    let setup =
        Setup::of(sim.url()).and("[admin]\ntoken = \"${ROAD_ADMIN}\"").env("ROAD_ADMIN", token);
    let mut road = Road::start(&setup);
    assert_eq!(road.stop(), Some(0));
    teach(&road);
    road.start_again();
    let ask = |method, query: &str| {
        let path = format!("/api/v1/admin/capabilities{query}");
        let request = Request::bare(method, &path);
        road.send(&request.and("authorization", &format!("Bearer {token}")))
    };
    assert_eq!(ask("DELETE", "?feature=effort").status, 422);
    assert_eq!(ask("DELETE", "?chanel=one").status, 400);
    let stranger = Request::bare("DELETE", "/api/v1/admin/capabilities");
    assert_eq!(road.send(&stranger).status, 401);
    let of_one = ask("GET", "?channel=one&feature=limit:max_tokens").json();
    assert_eq!(of_one["capabilities"].as_array().map(Vec::len), Some(1));
    let spare = ask("DELETE", "?channel=spare");
    assert_eq!((spare.status, spare.json()), (200, json!({ "forgotten": 1 })));
    assert_eq!(ask("DELETE", "").json(), json!({ "forgotten": 2 }));
    assert_eq!(ask("GET", "").json(), json!({ "capabilities": [] }));
}

#[test]
fn a_channel_that_was_left_out_stands_on_the_entry_with_its_reason() {
    let (sim, spare) = (Sim::start(), Sim::start());
    let setup = Setup::of(sim.url())
        .channel_with("resting", spare.url(), "drained = true")
        .channel_with("small", spare.url(), "models = [\"claude-haiku-*\"]");
    let road = Road::start(&setup);
    let answer = road.ask(&ask(MODEL, "hi"));
    let entry = road.entry_of(&answer);
    let expected = json!([
        { "channel": "resting", "reason": "drained" },
        { "channel": "small", "reason": "does not serve this model" },
    ]);
    assert_eq!((&entry["skipped"], &entry["changes"]), (&expected, &json!([])));
    let shown = road.salve(&["log", "show", answer.request_id()]).ok();
    assert!(shown.contains("skipped  resting: drained\n"), "{shown}");
    let streamed = road.entry_of(&road.ask(&streamed("claude-haiku-4-5", "hi")));
    assert_eq!(streamed["skipped"], json!([{ "channel": "resting", "reason": "drained" }]));
}

#[test]
fn the_channels_of_a_configuration_are_listed_before_its_first_start() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let file = road.folder().join("other.toml");
    let text = "[store]\nurl = \"sqlite:elsewhere/salve.db\"\n[[channel]]\nname = \"new\"\n\
         kind = \"anthropic\"\ncredential = { api_key = \"${NOT_IN_THIS_SHELL}\" }\n";
    std::fs::write(&file, text).expect("the file is written");
    let file = file.to_str().expect("text");
    let listed = road.salve(&["channel", "list", "--json", "--config", file]).lines();
    let expected = json!({
        "name": "new", "kind": "anthropic", "profile": null, "host": "api.anthropic.com",
        "models": ["*"], "drained": false, "capabilities": 0,
    });
    assert_eq!(listed, [expected]);
    let unknown = road.salve(&["channel", "capabilities", "--config", file]);
    assert_eq!((unknown.code, unknown.err.lines().count()), (Some(73), 1), "{unknown:?}");
    let nowhere = road.folder().join("nowhere");
    let nowhere = nowhere.to_str().expect("text");
    let made_at_start = road.salve(&["channel", "list", "--data", nowhere]);
    assert_eq!(made_at_start.code, Some(1), "{made_at_start:?}");
    assert!(made_at_start.err.contains("not running"), "{made_at_start:?}");
}
