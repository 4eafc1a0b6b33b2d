//! What keeps Salve from starting: one clear line and a documented exit code.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::harness::process::{self, Done};
use crate::harness::{CREDENTIAL, KEY, MODEL, Road, Setup, Sim, ask};

/// `salve serve` of this file, which is expected to end by itself.
fn serve(folder: &Path, toml: &str) -> Done {
    fs::write(folder.join("salve.toml"), toml).expect("writes");
    run(folder, &["serve", "--config", "salve.toml"])
}

fn run(folder: &Path, arguments: &[&str]) -> Done {
    let env = [("ROAD_KEY", KEY), ("ROAD_CREDENTIAL", CREDENTIAL)];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut command = process::salve(folder, &env);
    command.args(arguments);
    process::run(command)
}

fn one_line(done: &Done, code: i32, words: &[&str]) {
    assert_eq!(done.code, Some(code), "{done:?}");
    let complaints: Vec<&str> =
        done.err.lines().filter(|line| line.starts_with("salve: ")).collect();
    assert_eq!(complaints.len(), 1, "{done:?}");
    assert_eq!(done.err.lines().count(), 1, "one clear line: {done:?}");
    for word in words {
        assert!(complaints[0].contains(word), "{word}: {done:?}");
    }
    assert!(!done.err.contains("panicked"), "{done:?}");
}

fn valid() -> String {
    Setup::of("http://127.0.0.1:9").toml()
}

#[test]
fn a_wrong_configuration_ends_with_78_and_all_problems() {
    let folder = tempfile::tempdir().expect("a folder");
    let toml = "[server]\nlisten = \"nowhere\"\nmax_boddy = \"1MiB\"\n\n[[channel]]\nname = \"a\"\n\
                kind = \"antropic\"\ncredential = { api_key = \"sk-ant-written-out\" }\n\n[[key]]\n\
                name = \"k\"\nsecret = \"${NOT_SET_ANYWHERE}\"\ngroup = \"missing\"\n";
    let done = serve(folder.path(), toml);
    assert_eq!(done.code, Some(78), "{done:?}");
    let check = run(folder.path(), &["check", "--config", "salve.toml"]);
    assert_eq!(check.code, Some(78), "{check:?}");
    let told = [
        ("salve.toml:2:", "server.listen", ""),
        ("salve.toml:3:", "max_boddy", "max_body"),
        ("salve.toml:7:", "kind", "anthropic"),
        ("salve.toml:8:", "api_key", ""),
        ("salve.toml:12:", "secret", "NOT_SET_ANYWHERE"),
        ("salve.toml:13:", "group", "missing"),
    ];
    for output in [&done.err, &check.out] {
        for (place, path, hint) in told {
            let said = output.contains(place) && output.contains(path) && output.contains(hint);
            assert!(said, "{place} {path} {hint}: {output}");
        }
        assert!(!output.contains("sk-ant-written-out"), "a secret is never shown");
    }
    let json = run(folder.path(), &["check", "--config", "salve.toml", "--json"]);
    assert_eq!(json.code, Some(78));
    let found: serde_json::Value = serde_json::from_str(json.out.trim()).expect("one object");
    assert_eq!(found["valid"], false);
    let problems = found["problems"].as_array().expect("problems");
    assert!(problems.len() >= told.len(), "{found}");
    for problem in problems {
        assert!(problem["line"].is_u64() && problem["message"].is_string(), "{problem}");
        assert!(problem["path"].is_string() && problem["file"] == "salve.toml", "{problem}");
    }
    assert!(!folder.path().join("data").exists(), "nothing is made before the whole is valid");
}

#[test]
fn a_valid_configuration_is_checked_without_starting_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("salve.toml"), valid()).expect("writes");
    let done = run(folder.path(), &["check"]);
    assert!(done.clone().ok().contains("is valid: 1 channel(s), 1 group(s), 1 key(s)"), "{done:?}");
    let json: serde_json::Value =
        serde_json::from_str(run(folder.path(), &["check", "--json"]).ok().trim()).expect("JSON");
    assert_eq!((&json["valid"], &json["problems"]), (&true.into(), &serde_json::json!([])));
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_configuration_that_is_not_there_or_no_toml_ends_with_78() {
    let folder = tempfile::tempdir().expect("a folder");
    for verb in ["serve", "check"] {
        let done = run(folder.path(), &[verb, "--config", "nowhere.toml"]);
        assert_eq!(done.code, Some(78), "{done:?}");
        assert!(format!("{}{}", done.out, done.err).contains("nowhere.toml"), "{done:?}");
    }
    let done = serve(folder.path(), "[server\nlisten = 1");
    assert_eq!(done.code, Some(78), "{done:?}");
    assert!(done.err.contains("salve.toml:1:"), "{done:?}");
}

#[test]
fn a_taken_port_ends_with_71() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = taken.local_addr().expect("an address").to_string();
    let done = serve(folder.path(), &valid().replace("127.0.0.1:0", &address));
    one_line(&done, 71, &[&address, "another program uses this port"]);
    assert!(!folder.path().join("data").exists(), "nothing is opened before the port is ours");
}

#[test]
fn a_data_folder_that_cannot_be_written_ends_with_73() {
    let folder = tempfile::tempdir().expect("a folder");
    // A file in its place stops even the super-user.
    fs::write(folder.path().join("data"), "no folder").expect("writes");
    let done = serve(folder.path(), &valid());
    one_line(&done, 73, &["data"]);
    let done = serve(folder.path(), &valid().replace("sqlite:data/", "sqlite:/proc/nowhere/"));
    one_line(&done, 73, &["/proc/nowhere"]);
}

#[test]
fn a_data_folder_in_use_ends_with_73() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let done = road.salve(&["serve", "--config", "salve.toml"]);
    one_line(&done, 73, &["another Salve process", "data"]);
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200, "the first one goes on");
}

#[test]
fn a_corrupt_database_ends_with_65() {
    for damage in [
        b"this is no database at all, but long enough to be read as one".repeat(200),
        b"SQLite format 3\0garbage".repeat(300),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("data")).expect("makes");
        fs::write(folder.path().join("data/salve.db"), damage).expect("writes");
        let done = serve(folder.path(), &valid());
        one_line(&done, 65, &["data/salve.db", "damaged", "backup"]);
    }
}

#[test]
fn a_database_damaged_in_its_middle_ends_with_65() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    for _ in 0..30 {
        road.ask(&ask(MODEL, "hi"));
    }
    road.log_of(30);
    assert_eq!(road.stop(), Some(0));
    let path = road.data().join("salve.db");
    let whole = fs::read(&path).expect("a database");
    let mut damaged = whole.clone();
    damaged[4_096..].fill(0xa5);
    fs::write(&path, &damaged).expect("writes");
    one_line(&road.salve(&["serve", "--config", "salve.toml"]), 65, &["salve.db"]);
    fs::write(&path, whole).expect("writes");
}

#[test]
fn a_pepper_that_is_lost_wrong_or_damaged_ends_with_65() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    let key = road.make_key(&["laptop"]);
    assert_eq!(road.stop(), Some(0));
    let path = road.data().join("pepper");
    let pepper = fs::read(&path).expect("a pepper");
    road.keep_secret(String::from_utf8_lossy(&pepper).trim());
    let serve = |road: &Road| road.salve(&["serve", "--config", "salve.toml"]);
    fs::write(&path, "ab".repeat(32)).expect("writes");
    one_line(&serve(&road), 65, &["pepper", "restore it"]);
    fs::write(&path, "").expect("writes");
    one_line(&serve(&road), 65, &["pepper"]);
    fs::remove_file(&path).expect("removes");
    one_line(&serve(&road), 65, &["pepper", "restore it"]);
    assert!(!path.exists(), "a lost pepper is not replaced behind the operator's back");
    fs::write(&path, &pepper).expect("writes");
    road.start_again();
    let request = crate::harness::Request::messages(&ask(MODEL, "hi")).with("x-api-key", &key);
    assert_eq!(road.send(&request).status, 200);
}

#[test]
fn what_only_its_owner_may_read_is_readable_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let sim = Sim::start();
    let road = Road::to(sim.url());
    road.ask(&ask(MODEL, "hi"));
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&road.data()), 0o700);
    for entry in fs::read_dir(road.data()).expect("lists") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2_and_help_lists_the_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [["serv"].as_slice(), &["serve", "--port", "1"], &["key"], &[]] {
        assert_eq!(run(folder.path(), arguments).code, Some(2), "{arguments:?}");
    }
    let help = run(folder.path(), &["--help"]).ok();
    for code in ["65", "69", "71", "73", "78"] {
        assert!(help.contains(code), "{help}");
    }
    assert!(run(folder.path(), &["--version"]).ok().starts_with("salve "));
}

#[test]
fn an_upstream_that_is_down_does_not_keep_salve_from_starting() {
    let road = Road::to("http://127.0.0.1:9");
    assert!(road.is_ready());
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, answer.header("salve-fault")), (503, Some("upstream-unreachable")));
}
