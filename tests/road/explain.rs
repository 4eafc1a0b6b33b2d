//! `salve explain` and its API: texts, logs and requests; running and stopped.

use std::fs::{self, File};

use serde_json::{Value, json};

use crate::harness::process::{self, Done};
use crate::harness::{Answer, MODEL, Request, Road, Setup, Sim, ask, streamed};

/// `salve explain` in an empty home, with this text on standard input.
fn explain(arguments: &[&str], input: Option<&str>) -> Done {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = process::salve(home.path(), &[]);
    command.arg("explain").args(arguments);
    if let Some(input) = input {
        let path = home.path().join("input");
        fs::write(&path, input).expect("writes");
        command.stdin(File::open(path).expect("opens"));
    }
    process::run(command)
}

fn ids(answer: &Value) -> Vec<&str> {
    let faults = answer["faults"].as_array().expect("faults");
    faults.iter().map(|fault| fault["fault"].as_str().expect("an id")).collect()
}

#[test]
fn a_text_is_explained_with_whose_why_what_and_what_now() {
    let said = explain(&["API Error: 400 prompt is too long: 2 tokens > 1 maximum"], None).ok();
    for part in [
        "The conversation is longer than the model's context window",
        "context-too-long, once, known by the client's own sentence",
        "Whose\n    The client's",
        "Why\n",
        "What Salve does\n    Salve answers 400",
        "What to do now\n    In Claude Code: /compact",
        "How to avoid it\n",
        "CLAUDE_CODE_AUTO_COMPACT_WINDOW",
        "https://code.claude.com/docs/en/errors",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains('\u{1b}'), "colours are for terminals: {said}");
    let loose = explain(&["Credit", "balance", "is", "too", "low"], None).ok();
    assert!(loose.contains("upstream-credit-empty"), "{loose}");
}

#[test]
fn commands_are_those_of_the_platform_that_is_asked_for() {
    let text = "Command timed out after 2m 0.0s";
    let (posix, powershell) = ("export BASH_DEFAULT_TIMEOUT_MS", "$env:BASH_DEFAULT_TIMEOUT_MS");
    for (platform, has) in [
        (None, [true, false]),
        (Some("posix"), [true, false]),
        (Some("powershell"), [false, true]),
        (Some("all"), [true, true]),
    ] {
        let mut arguments = vec![text];
        arguments.extend(platform.into_iter().flat_map(|platform| ["--platform", platform]));
        let said = explain(&arguments, None).ok();
        assert_eq!([said.contains(posix), said.contains(powershell)], has, "{platform:?}: {said}");
    }
    assert_eq!(explain(&["--platform", "dos", text], None).code, Some(2));
}

#[test]
fn a_log_on_standard_input_gives_each_fault_once_with_its_count() {
    let log = "\u{1b}[31mAPI Error: 529 Overloaded\u{1b}[0m\n\
               {\"type\":\"system\",\"subtype\":\"api_retry\",\"error_status\":529,\
               \"error\":\"overloaded\"}\n\
               2026-11-22T10:00:04Z ERROR Command timed out after 2m 0.0s\n";
    for arguments in [&["--json"][..], &["--json", "-"]] {
        let answer = explain(arguments, Some(log)).lines().remove(0);
        assert_eq!(ids(&answer), ["upstream-overloaded", "command-timed-out"]);
        assert_eq!((&answer["recognised"], &answer["skipped"]), (&json!(true), &json!(0)));
        let first = &answer["faults"][0];
        assert_eq!((&first["count"], &first["status"]), (&json!(2), &json!(529)));
        assert_eq!(first["help"], Value::Null);
    }
    let said = explain(&[], Some(log)).ok();
    assert!(said.contains("upstream-overloaded, 2 times"), "{said}");
}

#[test]
fn the_fields_of_an_explanation_stay_as_they_are() {
    let answer = explain(&["--json", "Not logged in · Please run /login"], None).lines().remove(0);
    let names = |value: &Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let mut top = names(&answer);
    top.sort();
    assert_eq!(top, ["faults", "recognised", "skipped", "unknown"]);
    let mut fields = names(&answer["faults"][0]);
    fields.sort();
    assert_eq!(
        fields,
        [
            "cause",
            "count",
            "family",
            "fault",
            "fix",
            "help",
            "prevention",
            "recognised_by",
            "remedies",
            "said",
            "salve",
            "settings",
            "sources",
            "status",
            "symptom",
            "title",
            "told",
            "whose",
        ]
    );
    let mut fix = names(&answer["faults"][0]["fix"]);
    fix.sort();
    assert_eq!(fix, ["any", "posix", "powershell"]);
}

#[test]
fn a_text_that_is_not_known_is_told_so_with_the_nearest_three() {
    let text = "the frobnicator lost its credit and the upstream account is sad";
    let done = explain(&[text], None);
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.out.starts_with("Not recognised; nearest"), "{done:?}");
    assert_eq!(done.err, "salve: the text is not in the catalogue\n");
    let done = explain(&["--json", text], None);
    assert_eq!(done.code, Some(3));
    let answer: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(answer["recognised"], false);
    let nearest = answer["unknown"][0]["nearest"].as_array().expect("the nearest");
    assert_eq!(nearest.len(), 3);
    for near in nearest {
        let score = near["score"].as_f64().expect("a score");
        assert!((0.0..=1.0).contains(&score) && near["title"].is_string(), "{near}");
    }
}

#[test]
fn nothing_to_explain_is_a_mistake_on_the_command_line() {
    for done in [explain(&[], None), explain(&["-"], Some(" \n")), explain(&[""], None)] {
        assert_eq!((done.code, done.err.lines().count()), (Some(2), 1), "{done:?}");
    }
    assert_eq!(explain(&["text", "--request", "req_1"], None).code, Some(2));
}

#[test]
fn no_credential_in_a_text_is_printed_again() {
    let text = "API Error: 401 wrong key sk-ant-api03-madeupmadeupmadeup";
    for arguments in [&[text][..], &["--json", text]] {
        let said = explain(arguments, None).ok();
        assert!(!said.contains("madeup"), "{said}");
    }
}

/// A request that was told, one that was cured, one that met nothing.
fn three(road: &Road, sim: &Sim) -> [String; 3] {
    let told = road.ask(&streamed("claude-nowhere", "hi"));
    sim.fail("status=529");
    let cured = road.ask(&ask("claude-haiku-4-5", "hi"));
    let passed = road.ask(&ask(MODEL, "hi"));
    road.log_of(3);
    [told, cured, passed].map(|answer| answer.request_id().to_owned())
}

fn road() -> (Sim, Sim, Road) {
    let (sim, spare) = (Sim::start(), Sim::start());
    let setup = Setup::of(sim.url())
        .more("models = [\"claude-opus-*\", \"claude-haiku-*\"]")
        .channel_with("spare", spare.url(), "models = [\"claude-haiku-*\"]");
    let road = Road::start(&setup);
    (sim, spare, road)
}

/// What must be told of the three, whoever is asked.
fn requests_are_explained(road: &Road, [told, cured, passed]: &[String; 3]) {
    let said = road.salve(&["explain", "--request", told]).ok();
    for part in [
        told.as_str(),
        "told 404",
        "told  404 `not_found_error`: model: … is not offered to this key",
        "model-unknown",
        "What to do now",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let said = road.salve(&["explain", "--request", cured]).ok();
    for part in ["cured 200", "attempt 1  one: 529, upstream-overloaded", "attempt 2  spare: 200"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let said = road.salve(&["explain", "--request", passed]).ok();
    assert!(said.contains("passed 200") && said.contains("It met no fault."), "{said}");
    let answer = road.salve(&["explain", "--json", "--request", cured]).lines().remove(0);
    assert_eq!(ids(&answer), ["upstream-overloaded"]);
    assert_eq!(answer["request"]["request_id"], json!(cured));
    assert_eq!(answer["faults"][0]["recognised_by"], "name");
    let unknown = road.salve(&["explain", "--request", "req_nothing"]);
    assert_eq!((unknown.code, unknown.err.lines().count()), (Some(1), 1), "{unknown:?}");
}

#[test]
fn a_request_is_explained_by_a_running_server_with_its_help_page() {
    let (sim, _spare, road) = road();
    let ids = three(&road, &sim);
    requests_are_explained(&road, &ids);
    let answer = road.salve(&["explain", "--json", "--request", &ids[0]]).lines().remove(0);
    let help = answer["faults"][0]["help"].as_str().expect("a help page");
    assert!(help.starts_with("http://127.0.0.1:") && help.ends_with("/help/model-unknown"));
    let text = road.salve(&["explain", "Credit balance is too low"]).ok();
    assert!(text.contains("/help/upstream-credit-empty"), "{text}");
}

#[test]
fn a_request_is_explained_by_a_stopped_servers_store() {
    let (sim, _spare, road) = road();
    let ids = three(&road, &sim);
    assert_eq!(road.stop(), Some(0));
    requests_are_explained(&road, &ids);
}

#[test]
fn the_log_of_salve_is_explained_by_its_entries() {
    let (sim, _spare, road) = road();
    three(&road, &sim);
    let log = road.salve(&["log", "--json"]).ok();
    let answer = explain(&["--json"], Some(&log)).lines().remove(0);
    assert_eq!(ids(&answer), ["model-unknown", "upstream-overloaded"]);
}

fn ask_api(road: &Road, question: &Value) -> Answer {
    road.send(&Request::post("/api/v1/explain", question.to_string()))
}

#[test]
fn the_api_explains_a_text_to_whoever_holds_a_key() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let answer = ask_api(&road, &json!({ "text": "API Error: 529 Overloaded" }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(ids(&answer), ["upstream-overloaded"]);
    let help = answer["faults"][0]["help"].as_str().expect("a help page");
    assert!(help.ends_with("/help/upstream-overloaded"), "{help}");
    assert!(answer.get("request").is_none());
    let unknown = ask_api(&road, &json!({ "text": "what is a frobnicator" }));
    assert_eq!((unknown.status, &unknown.json()["recognised"]), (200, &json!(false)));
}

#[test]
fn the_api_explains_nothing_without_a_key() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let request = Request::post("/api/v1/explain", json!({ "text": "x" }).to_string());
    let answer = road.send(&request.clone().without("x-api-key"));
    assert_eq!((answer.status, answer.header("salve-fault")), (401, Some("key-missing")));
    let answer = road.send(&request.with("x-api-key", "sk-nobody-knows-this-key"));
    assert_eq!((answer.status, answer.header("salve-fault")), (401, Some("key-wrong")));
}

#[test]
fn the_api_explains_a_request_to_its_own_key_and_to_the_operator_alone() {
    let sim = Sim::start();
    let token = "admin-canary-token-0123456789";
    let setup =
        Setup::of(sim.url()).and("[admin]\ntoken = \"${ROAD_ADMIN}\"").env("ROAD_ADMIN", token);
    let road = Road::start(&setup);
    let other = road.make_key(&["other"]);
    let asked = road.ask(&ask(MODEL, "hi"));
    let id = asked.request_id();
    road.entry_of(&road.ask(&ask(MODEL, "again")));
    let question = json!({ "request_id": id }).to_string();
    let request = Request::post("/api/v1/explain", question);
    let own = road.send(&request);
    assert_eq!((own.status, &own.json()["request"]["request_id"]), (200, &json!(id)));
    let theirs = road.send(&request.clone().with("x-api-key", &other));
    assert_eq!(theirs.status, 404, "{}", theirs.text());
    assert!(!theirs.text().contains(MODEL));
    let bearer = format!("Bearer {token}");
    let operator = request.clone().without("x-api-key").and("authorization", &bearer);
    assert_eq!(road.send(&operator).status, 200);
    let beginning = Request::post("/api/v1/explain", "{\"request_id\":\"req_\"}");
    assert_eq!(road.send(&beginning).status, 404);
}

#[test]
fn the_api_refuses_questions_that_are_none() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let status = |body: String| road.send(&Request::post("/api/v1/explain", body)).status;
    assert_eq!(status("{}".to_owned()), 400);
    assert_eq!(status("no JSON".to_owned()), 400);
    assert_eq!(status(json!({ "text": "a", "request_id": "b" }).to_string()), 400);
    assert_eq!(status(json!({ "text": "a", "more": 1 }).to_string()), 400);
    let around = json!({ "text": "" }).to_string().len();
    let sized = |bytes: usize| json!({ "text": "x".repeat(bytes - around) }).to_string();
    assert_eq!(status(sized((64 << 10) - 1)), 200);
    assert_eq!(status(sized(64 << 10)), 200);
    assert_eq!(status(sized((64 << 10) + 1)), 413);
}

#[test]
fn a_help_page_says_what_explain_says() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let page = road.send(&Request::get("/help/command-timed-out")).text();
    for part in
        ["What Salve does: Nothing:", "In a POSIX shell: export BASH_", "In PowerShell: $env:"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let index = road.send(&Request::get("/help")).text();
    assert!(index.contains("/help/command-timed-out"), "{index}");
}
