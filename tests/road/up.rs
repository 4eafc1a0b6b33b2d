//! `salve up`: one command from nothing to an agent that answers.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::client::Wire;
use crate::harness::process::{self, Process};
use crate::harness::{Answer, CREDENTIAL, KEY, MODEL, Request, Sim, streamed, wait};

/// A fresh home.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn up(&self, name: &str, env: &[(&str, &str)], arguments: &[&str]) -> Process {
        let env: Vec<_> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut command = process::salve(self.path(), &env);
        command.args(["up", "--listen", "127.0.0.1:0"]).args(arguments);
        Process::start(command, self.path(), name)
    }

    fn log(&self) -> Vec<Value> {
        let mut command = process::salve(self.path(), &[]);
        command.args(["log", "--json"]);
        process::run(command).lines()
    }
}

fn ask(up: &Value) -> Answer {
    let key = up["key"].as_str().expect("a key");
    let address: SocketAddr = up["url"]
        .as_str()
        .and_then(|url| url.strip_prefix("http://")?.parse().ok())
        .expect("an address");
    let mut wire = Wire::connect(address);
    wire.send(&Request::messages(&streamed(MODEL, "hi")).with("x-api-key", key));
    wire.read_to_end().expect("an answer")
}

fn stop(mut process: Process) {
    process.signal("TERM");
    assert_eq!(process.wait(Duration::from_secs(20)), Some(0), "{}", process.err());
    assert!(!process.err().contains("panicked"), "{}", process.err());
}

#[test]
fn in_a_fresh_home_it_prints_three_ways_to_paste_and_a_passed_self_test() {
    let home = Home::new();
    let process = home.up("up", &[], &[]);
    wait::until("the last line", || process.out().contains("Stop: ").then_some(()));
    let out = process.out();
    let data = home.path().join(".local/share/salve");
    let key = std::fs::read_to_string(data.join("first-key")).expect("the first key");
    let url = out.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
    for part in [
        &format!("export ANTHROPIC_BASE_URL={url}"),
        &format!("export ANTHROPIC_AUTH_TOKEN={}", key.trim()),
        &format!("$env:ANTHROPIC_BASE_URL = \"{url}\""),
        &format!("$env:ANTHROPIC_AUTH_TOKEN = \"{}\"", key.trim()),
        "~/.claude/settings.json",
        &format!("\"ANTHROPIC_BASE_URL\": \"{url}\""),
        "Self-test passed",
        "simulator",
        "made up",
        "salve log",
        data.to_str().expect("text"),
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!process.err().contains(key.trim()), "the key is in the log");
    let log =
        wait::until("the self-test's entry", || Some(home.log()).filter(|log| !log.is_empty()));
    assert_eq!((log.len(), &log[0]["outcome"]), (1, &"passed".into()));
    assert_eq!(log[0]["channel"], "simulator");
    stop(process);
}

#[test]
fn what_it_prints_for_settings_json_is_json() {
    let home = Home::new();
    let process = home.up("up", &[], &[]);
    wait::until("the last line", || process.out().contains("Stop: ").then_some(()));
    let out = process.out();
    let (_, block) = out.split_once("settings.json:").expect("a block");
    let mut values = serde_json::Deserializer::from_str(block).into_iter::<Value>();
    let settings = values.next().expect("a value").expect("JSON");
    assert!(
        settings["env"]["ANTHROPIC_AUTH_TOKEN"]
            .as_str()
            .is_some_and(|key| key.starts_with("sk-salve-"))
    );
    stop(process);
}

#[test]
fn a_second_up_has_the_same_key_and_the_same_log() {
    let home = Home::new();
    let mut first = home.up("first", &[], &["--json"]);
    let before = first.announced();
    assert_eq!(before["self_test"]["passed"], true, "{before}");
    assert_eq!(ask(&before).status, 200);
    stop(first);
    let mut second = home.up("second", &[], &["--json", "--no-self-test"]);
    let after = second.announced();
    assert_eq!(after["key"], before["key"]);
    assert_eq!(after["self_test"], Value::Null);
    assert_eq!(ask(&after).status, 200);
    stop(second);
    assert_eq!(home.log().len(), 3, "one self-test and two requests");
}

#[test]
fn after_kill_9_a_second_up_starts_all_the_same() {
    let home = Home::new();
    let mut first = home.up("first", &[], &["--json"]);
    let before = first.announced();
    first.kill();
    let mut second = home.up("second", &[], &["--json"]);
    let after = second.announced();
    assert_eq!(after["key"], before["key"]);
    assert_eq!(ask(&after).status, 200);
    stop(second);
    assert_eq!(home.log().len(), 3);
}

#[test]
fn a_credential_in_the_environment_becomes_the_channel() {
    let sim = Sim::start();
    let url = sim.url();
    for name in ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] {
        let home = Home::new();
        let mut process =
            home.up("up", &[("ANTHROPIC_UPSTREAM_URL", &url), (name, CREDENTIAL)], &["--json"]);
        let up = process.announced();
        assert_eq!(
            (&up["channel"], &up["simulated"]),
            (&"anthropic".into(), &false.into()),
            "{up}"
        );
        assert_eq!(up["self_test"]["passed"], true, "{up}");
        let answer = ask(&up);
        assert_eq!((answer.status, answer.header("salve-channel")), (200, Some("anthropic")));
        assert!(!format!("{}{}", process.out(), process.err()).contains(CREDENTIAL));
        stop(process);
    }
    let books = sim.books();
    assert_eq!(books.len(), 4, "a self-test and a request each");
    let has = |place: usize, name: &str| books[place].headers.iter().any(|(key, _)| key == name);
    assert!(has(0, "x-api-key") && !has(0, "authorization"));
    assert!(has(2, "authorization") && !has(2, "x-api-key"));
}

#[test]
fn a_salve_key_in_the_environment_is_no_credential_and_it_says_so() {
    let home = Home::new();
    let mut first = home.up("first", &[], &["--json"]);
    let key = first.announced()["key"].as_str().expect("a key").to_owned();
    stop(first);
    let mut second = home.up("second", &[("ANTHROPIC_AUTH_TOKEN", &key)], &["--json"]);
    let up = second.announced();
    assert_eq!((&up["channel"], &up["simulated"]), (&"simulator".into(), &true.into()), "{up}");
    let notes = up["notes"].to_string();
    assert!(notes.contains("ANTHROPIC_AUTH_TOKEN") && notes.contains("Salve key"), "{notes}");
    assert_eq!(ask(&up).status, 200);
    stop(second);
}

#[test]
fn a_wrong_credential_fails_the_self_test_plainly_and_salve_runs_all_the_same() {
    let sim = Sim::start();
    let home = Home::new();
    let env = [("ANTHROPIC_UPSTREAM_URL", sim.url()), ("ANTHROPIC_API_KEY", KEY.to_owned())];
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let process = home.up("up", &env, &[]);
    wait::until("the last line", || process.out().contains("Stop: ").then_some(()));
    assert!(process.out().contains("Self-test FAILED"), "{}", process.out());
    assert!(!process.out().contains(KEY));
    stop(process);
}

#[test]
fn a_second_up_beside_a_running_one_is_told_plainly() {
    let home = Home::new();
    let mut first = home.up("first", &[], &["--json"]);
    first.announced();
    let mut second = home.up("second", &[], &["--json"]);
    assert_eq!(second.wait(Duration::from_secs(20)), Some(73), "{}", second.err());
    assert!(second.err().contains("another Salve process"), "{}", second.err());
    stop(first);
}

#[test]
fn the_simulator_runs_on_its_own_with_keys_and_a_script() {
    let home = Home::new();
    let script = home.path().join("faults.toml");
    std::fs::write(&script, "[[rule]]\nfault = \"status=529\"\ntimes = 1\n").expect("writes");
    let mut command = process::salve(home.path(), &[]);
    command.args(["simulate", "--listen", "127.0.0.1:0", "--json", "--key", KEY]);
    command.arg("--script").arg(&script);
    let mut simulator = Process::start(command, home.path(), "simulate");
    let mut announced = simulator.announced();
    for (key, status) in [("another", 401), (KEY, 529), (KEY, 200)] {
        announced["key"] = key.into();
        assert_eq!(ask(&announced).status, status, "{key}");
    }
    stop(simulator);
    std::fs::write(&script, "[[rule]]\nfault = \"explode\"\n").expect("writes");
    let mut command = process::salve(home.path(), &[]);
    command.args(["simulate", "--script", "faults.toml"]);
    let done = process::run(command);
    assert_eq!(done.code, Some(78), "{done:?}");
    assert!(done.err.contains("faults.toml") && done.err.contains("explode"), "{done:?}");
}
