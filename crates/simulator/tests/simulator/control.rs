//! Scripts, the control endpoint, and the books.

use base64::Engine;
use salve_simulator::{Ended, Faults, Script, ScriptRule, Settings, When, start};
use serde_json::json;

use crate::client::{ask, ask_with, open_stalled, request, send, simulator, streamed};

const MODEL: &str = "claude-opus-5";

fn fault(text: &str) -> Faults {
    text.parse().expect("a fault")
}

#[tokio::test]
async fn a_script_applies_by_its_conditions_and_times() {
    let script = Script::from_toml(
        r#"
        [[rule]]
        fault = "status=503"
        times = 2
        when = { model = "claude-*-5", text = "break" }

        [[rule]]
        fault = "status=504"
        when = { header = "x-team: red*", stream = true }

        [[rule]]
        fault = "status=502"
        when = { nth = 3, stream = false, model = "claude-opus-4-8" }
        "#,
    )
    .expect("a script");
    let running =
        start(Settings { script: Some(script), ..Settings::default() }).await.expect("starts");
    let mut statuses = Vec::new();
    for text in ["fine", "break", "break", "break"] {
        statuses.push(ask(&running, &request(MODEL, text)).await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 200]);
    let team = [("x-team", "reddish")];
    assert_eq!(ask_with(&running, &team, &streamed(MODEL, "x")).await.status, 504);
    assert_eq!(ask_with(&running, &team, &request(MODEL, "x")).await.status, 200);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(ask(&running, &request("claude-opus-4-8", "x")).await.status);
    }
    assert_eq!(statuses, [200, 200, 502, 200]);
    running.control().reset();
    assert_eq!(
        ask(&running, &request(MODEL, "break")).await.status,
        503,
        "the script starts again"
    );
}

#[test]
fn a_script_that_is_wrong_says_where() {
    let unknown =
        Script::from_toml("[[rule]]\nfault = \"status=503\"\ntime = 2\n").expect_err("no");
    assert!(unknown.to_string().contains("line 3"), "{unknown}");
    assert!(unknown.to_string().contains("`times`"), "{unknown}");
    let fault = Script::from_toml("[[rule]]\nfault = \"statsu=503\"\n").expect_err("no");
    assert!(
        fault.to_string().contains("line 2") && fault.to_string().contains("statsu"),
        "{fault}"
    );
    let never = Script::from_toml("[[rule]]\nfault = \"empty\"\ntimes = 0\n").expect_err("no");
    assert_eq!(never.to_string(), "rule 1: `times` must be at least 1");
}

#[tokio::test]
async fn queued_faults_come_in_order_and_before_the_script() {
    let script = Script::from_toml("[[rule]]\nfault = \"status=500\"\n").expect("a script");
    let running =
        start(Settings { script: Some(script), ..Settings::default() }).await.expect("starts");
    running.control().queue(fault("status=503")).expect("queues");
    let rule = ScriptRule { fault: fault("status=504"), times: Some(2), when: When::default() };
    running.control().queue_rule(rule).expect("queues");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(ask(&running, &request(MODEL, "x")).await.status);
    }
    assert_eq!(statuses, [503, 504, 504, 500]);
}

#[tokio::test]
async fn the_control_endpoint_queues_shows_and_resets() {
    let running = simulator().await;
    let queue = br#"[{"fault":"status=529"},
        {"fault":"status=503","times":2,"when":{"path":"/v1/messages/count_tokens"}}]"#;
    let queued = send(&running, "POST", "/_sim/faults", &[], queue).await;
    assert_eq!((queued.status, queued.json()), (200, json!({ "queued": 2 })));
    assert_eq!(ask(&running, &request(MODEL, "x")).await.status, 529);
    let answer = ask(&running, &request(MODEL, "x")).await;
    let shown = send(&running, "GET", "/_sim/requests?after=1", &[], b"").await.json();
    assert_eq!(
        shown["counters"],
        json!({ "requests": 2, "served": 1, "refused": 0, "faulted": 1, "open": 0 })
    );
    let entry = &shown["requests"][0];
    assert_eq!(
        (&entry["seq"], &entry["status"], &entry["ended"]),
        (&json!(2), &json!(200), &json!("complete"))
    );
    assert_eq!(entry["usage"], answer.json()["usage"]);
    let bytes = |field: &str| {
        let text = entry[field].as_str().expect("base64");
        base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
    };
    assert_eq!(bytes("answer_base64"), answer.body);
    assert_eq!(bytes("body_base64"), serde_json::to_vec(&request(MODEL, "x")).expect("serialises"));
    assert_eq!(send(&running, "POST", "/_sim/reset", &[], b"").await.status, 200);
    let shown = send(&running, "GET", "/_sim/requests", &[], b"").await.json();
    assert_eq!(shown["requests"], json!([]));
    for (body, says) in [
        (&br#"{"fault":"bang"}"#[..], "unknown fault `bang`"),
        (br#"{"fault":"empty","tims":1}"#, "unknown field `tims`"),
        (br#"{"fault":"empty","times":0}"#, "`times` must be at least 1"),
    ] {
        let refused = send(&running, "POST", "/_sim/faults", &[], body).await;
        assert_eq!(refused.status, 400);
        let text = refused.json()["error"].to_string();
        assert!(text.contains(says), "{text}");
    }
}

#[tokio::test]
async fn the_books_hold_headers_in_order_and_what_became_of_a_request() {
    let running = simulator().await;
    let headers = [("x-second", "2"), ("x-first", "1")];
    ask_with(&running, &headers, &request(MODEL, "")).await;
    ask_with(&running, &[("x-sim-fault", "cut;at=message_start")], &streamed(MODEL, "hi")).await;
    let entries = running.control().entries();
    let names: Vec<&str> = entries[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "host",
            "connection",
            "x-api-key",
            "anthropic-version",
            "content-type",
            "x-second",
            "x-first",
            "content-length"
        ]
    );
    assert_eq!(entries[0].status, Some(400));
    assert_eq!(entries[0].refused.as_ref().expect("refused").rule, "text-empty");
    assert_eq!(
        (entries[1].ended, entries[1].fault.as_deref()),
        (Ended::Cut, Some("cut;at=message_start"))
    );
    assert!(entries[1].usage.is_some() && entries[1].stream);
    assert_eq!(entries[1].model.as_deref(), Some(MODEL));
    assert!(entries[1].answer.starts_with(b"event: message_start"));
    assert_eq!(running.control().entries_after(1).len(), 1);
}

#[tokio::test]
async fn a_reader_that_leaves_is_noted() {
    let running = simulator().await;
    let stream = open_stalled(&running).await;
    drop(stream);
    let control = running.control();
    while control.entries()[0].ended == Ended::Open {
        tokio::task::yield_now().await;
    }
    assert_eq!(control.entries()[0].ended, Ended::ReaderLeft);
    assert_eq!(control.counters().open, 0);
}

#[tokio::test]
async fn the_books_stay_within_their_bounds() {
    let settings =
        Settings { log_entries_max: 3, log_body_bytes_max: 3_000, ..Settings::default() };
    let running = start(settings).await.expect("starts");
    for _ in 0..5 {
        ask(&running, &request(MODEL, &"x".repeat(500))).await;
    }
    let entries = running.control().entries();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 4, 5]);
    let kept: usize = entries.iter().map(|entry| entry.body.len() + entry.answer.len()).sum();
    assert!(kept <= 3_000 && kept > 0, "{kept} bytes are kept");
    assert!(entries[0].body_dropped && entries[0].body_bytes > 500);
    assert_eq!(running.control().counters().requests, 5);
}

#[tokio::test]
async fn a_taken_address_is_told() {
    let running = simulator().await;
    let settings = Settings { listen: running.addr(), ..Settings::default() };
    let error = start(settings).await.expect_err("the address is taken");
    assert!(
        error.to_string().starts_with(&format!("cannot listen on {}", running.addr())),
        "{error}"
    );
}

#[tokio::test]
async fn a_full_queue_is_told_and_used_up_faults_make_room() {
    let running = simulator().await;
    for _ in 0..10_000 {
        running.control().queue(fault("status=503")).expect("queues");
    }
    let full = running.control().queue(fault("empty")).expect_err("it is full");
    let says = "10001 rules are more than the 10000 that may be in force";
    assert_eq!(full.to_string(), says);
    ask(&running, &request(MODEL, "x")).await;
    running.control().queue(fault("empty")).expect("there is room again");
}
