//! What must hold after every test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Road, wait};

/// One entry for each admitted request, a living process, no secret, no panic.
pub fn check(road: &Road) {
    let is_stopped = *road.is_stopped.lock().expect("state");
    if !is_stopped {
        let ended = road.process(|process| process.ended());
        assert!(ended.is_none(), "the server ended: {}", road.said());
    }
    let log = ledger_is_whole(road);
    let said = every_output(road);
    assert!(!said.contains("panicked"), "a panic: {said}");
    secrets_are_kept(road, &log);
}

fn ledger_is_whole(road: &Road) -> Vec<Value> {
    let admitted = road.admitted.lock().expect("ids").clone();
    let count = admitted.len() + *road.unseen.lock().expect("count");
    let log = wait::until(&format!("{count} log entries and no more"), || {
        let log = road.log();
        (log.len() >= count).then_some(log)
    });
    assert_eq!(log.len(), count, "admitted requests and log entries: {log:?}");
    let ids: BTreeSet<&str> = log.iter().filter_map(|e| e["request_id"].as_str()).collect();
    assert_eq!(ids.len(), log.len(), "two entries have one id: {log:?}");
    for id in &admitted {
        assert!(ids.contains(id.as_str()), "{id} has no entry: {log:?}");
    }
    log
}

fn every_output(road: &Road) -> String {
    let is_output = |path: &PathBuf| path.extension().is_some_and(|e| e == "err" || e == "out");
    let outputs = files(&road.folder()).into_iter().filter(is_output);
    let text = |path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    outputs.map(text).collect()
}

/// Neither a credential, nor a key, nor the pepper, in any output or file but its own.
fn secrets_are_kept(road: &Road, log: &[Value]) {
    let log = serde_json::to_vec(log).expect("JSON");
    let mut canaries = road.canaries.lock().expect("canaries").clone();
    let pepper = fs::read_to_string(road.data().join("pepper")).unwrap_or_default();
    canaries.push(pepper.trim().to_owned());
    canaries.retain(|canary| canary.len() >= 16);
    let own = |path: &Path| path.file_name().is_some_and(|name| name == "pepper");
    let mut places: Vec<(PathBuf, Vec<u8>)> = files(&road.folder())
        .into_iter()
        .filter(|path| !own(path) && !path.starts_with(road.folder().join("secrets")))
        .map(|path| (path.clone(), fs::read(path).unwrap_or_default()))
        .collect();
    places.push((PathBuf::from("the log as JSON"), log));
    for (place, bytes) in places {
        for canary in &canaries {
            let is_there = bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
            assert!(!is_there, "{canary} stands in {}", place.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(listed) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = listed.filter_map(Result::ok).map(|entry| entry.path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    };
    paths.flat_map(below).collect()
}
