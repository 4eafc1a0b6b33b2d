//! `salve log`: the table, one entry, filters, following; running and stopped.

use serde_json::json;

use crate::harness::{MODEL, Request, Road, Setup, Sim, ask, streamed, wait};

/// Three requests that end in three ways.
fn three(road: &Road, sim: &Sim) -> Vec<String> {
    let passed =
        road.send(&Request::messages(&ask(MODEL, "hi")).and("x-claude-code-session-id", "s-1"));
    let told = road.ask(&streamed("claude-nowhere", "hi"));
    sim.fail("status=529");
    let cured = road.ask(&ask("claude-haiku-4-5", "hi"));
    [passed, told, cured].map(|answer| answer.request_id().to_owned()).to_vec()
}

fn road() -> (Sim, Sim, Road) {
    let (sim, spare) = (Sim::start(), Sim::start());
    let setup = Setup::of(sim.url())
        .more("models = [\"claude-opus-*\", \"claude-haiku-*\"]")
        .channel_with("spare", spare.url(), "models = [\"claude-haiku-*\"]");
    let road = Road::start(&setup);
    (sim, spare, road)
}

/// What must be readable at a glance, whoever is asked.
fn reads_well(road: &Road, ids: &[String]) {
    let table = road.salve(&["log"]).ok();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[0].contains("OUTCOME") && lines[0].contains("COST"), "{table}");
    for (line, (word, id)) in
        lines[1..].iter().zip(["passed", "told 404 model-unknown", "cured"].iter().zip(ids))
    {
        assert!(line.contains(word) && line.contains(id.as_str()), "{table}");
    }
    let shown = road.salve(&["log", "show", &ids[2]]).ok();
    for part in [
        "attempt 1  one: 529, upstream-overloaded",
        "attempt 2  spare: 200, good",
        "usage.input_tokens",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let entry = road.salve(&["log", "show", "--json", &ids[1]]).lines();
    assert_eq!(entry[0]["request_id"], json!(ids[1]));
    let unknown = road.salve(&["log", "show", "req_nothing"]);
    assert_eq!((unknown.code, unknown.err.lines().count()), (Some(1), 1), "{unknown:?}");
    let ambiguous = road.salve(&["log", "show", "req_"]);
    assert_eq!((ambiguous.code, ambiguous.err.lines().count()), (Some(1), 1), "{ambiguous:?}");
}

fn filters_hold(road: &Road, ids: &[String]) {
    let found = |filter: &[&str]| -> Vec<usize> {
        let lines = road.salve(&[&["log", "--json"], filter].concat()).lines();
        let place = |entry: &serde_json::Value| {
            ids.iter().position(|id| entry["request_id"] == json!(id)).expect("one of ours")
        };
        lines.iter().map(place).collect()
    };
    assert_eq!(found(&[]), [0, 1, 2], "oldest first");
    assert_eq!(found(&["--outcome", "told"]), [1]);
    assert_eq!(found(&["--model", "claude-haiku-4-5"]), [2]);
    assert_eq!(found(&["--channel", "one"]), [0]);
    assert_eq!(found(&["--session", "s-1"]), [0]);
    assert_eq!(found(&["--fault", "model-unknown"]), [1]);
    assert_eq!(found(&["--key", "declared", "--user", "somebody"]), [0, 1, 2]);
    assert!(found(&["--key", "other"]).is_empty());
    assert_eq!(found(&["--limit", "2"]), [1, 2], "the newest");
    assert_eq!(found(&["--since", "1h"]), [0, 1, 2]);
    assert!(found(&["--since", "2999-01-01T00:00:00Z"]).is_empty());
    for wrong in [["--outcome", "lost"], ["--since", "yesterday"], ["--limit", "x"]] {
        assert_eq!(road.salve(&["log", wrong[0], wrong[1]]).code, Some(2));
    }
}

#[test]
fn the_log_of_a_running_server_reads_well() {
    let (sim, _spare, road) = road();
    let ids = three(&road, &sim);
    road.log_of(3);
    reads_well(&road, &ids);
    filters_hold(&road, &ids);
}

#[test]
fn the_log_of_a_stopped_server_reads_the_same() {
    let (sim, _spare, road) = road();
    let ids = three(&road, &sim);
    assert_eq!(road.stop(), Some(0));
    reads_well(&road, &ids);
    filters_hold(&road, &ids);
}

#[test]
fn a_cured_entry_names_the_fault_it_was_cured_of() {
    let (sim, _spare, road) = road();
    sim.fail("status=529");
    let entry = road.entry_of(&road.ask(&ask("claude-haiku-4-5", "hi")));
    assert_eq!(
        (&entry["outcome"], &entry["fault"]),
        (&json!("cured"), &json!("upstream-overloaded"))
    );
}

#[test]
fn tail_prints_what_is_there_and_each_new_entry() {
    let (sim, _spare, road) = road();
    let ids = three(&road, &sim);
    road.log_of(3);
    let tail = road.salve_running(&["log", "tail", "--json"], "tail");
    let table = road.salve_running(&["log", "tail", "--outcome", "told"], "tail-table");
    wait::until("the entries before", || (tail.out().lines().count() == 3).then_some(()));
    wait::until("the table", || table.out().contains("model-unknown").then_some(()));
    let answer = road.ask(&streamed("claude-nowhere-else", "hi"));
    wait::until("the new entry", || tail.out().contains(answer.request_id()).then_some(()));
    wait::until("its line", || table.out().contains(answer.request_id()).then_some(()));
    assert_eq!(tail.out().lines().count(), 4);
    assert!(!table.out().contains(&ids[0]), "{}", table.out());
}

#[test]
fn tail_follows_a_stopped_server_over_its_next_start() {
    let (sim, _spare, mut road) = road();
    three(&road, &sim);
    assert_eq!(road.stop(), Some(0));
    let tail = road.salve_running(&["log", "tail", "--json"], "tail");
    wait::until("the entries before", || (tail.out().lines().count() == 3).then_some(()));
    road.start_again();
    let answer = road.ask(&ask(MODEL, "hi"));
    wait::until("the new entry", || tail.out().contains(answer.request_id()).then_some(()));
}

#[test]
fn the_log_where_nothing_was_ever_served_says_so() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    assert_eq!(road.salve(&["log", "--json"]).ok(), "");
    let folder = road.folder().join("nowhere");
    let done = road.salve(&["log", "--data", folder.to_str().expect("text")]);
    assert_eq!((done.code, done.err.lines().count()), (Some(73), 1), "{done:?}");
}
