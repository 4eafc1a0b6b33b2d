//! The laws of the house that can be read off the text of the code.

use crate::tree::{self, File};

/// The rooms, in the order in which a request walks through them.
const ROOMS: [&str; 10] = [
    "listen",
    "identify",
    "admit",
    "route",
    "mend",
    "translate",
    "send",
    "diagnose",
    "relay",
    "settle",
];

/// The longest file of product code, in lines.
const LINES_MAX: usize = 500;

fn product_code() -> Vec<File> {
    tree::files().into_iter().filter(File::is_product_code).collect()
}

/// The code without its comments, which may speak of anything.
fn code_lines(file: &File) -> impl Iterator<Item = &str> {
    file.text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// `path: word` for each of `words` that stands in the code of files that `may` not have it.
fn found(words: &[&str], may: impl Fn(&File) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in product_code().iter().filter(|file| !may(file)) {
        for word in words {
            if code_lines(file).any(|line| line.contains(word)) {
                found.push(format!("{}: {word}", file.path));
            }
        }
    }
    found
}

/// The room that a file of the gateway belongs to.
fn room_of(file: &File) -> Option<&'static str> {
    let inside = file.path.strip_prefix("crates/gateway/src/")?;
    let first = inside.split('/').next()?.trim_end_matches(".rs");
    ROOMS.into_iter().find(|room| *room == first)
}

fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
fn every_room_has_its_file() {
    let files = product_code();
    let missing = ROOMS.iter().filter(|room| {
        let path = format!("crates/gateway/src/{room}.rs");
        !files.iter().any(|file| file.path == path)
    });
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn no_room_imports_another_room() {
    let mut imports = Vec::new();
    for file in product_code() {
        let Some(room) = room_of(&file) else { continue };
        for other in ROOMS.into_iter().filter(|other| *other != room) {
            let imports_other = |line: &str| {
                let outside = line.contains("crate::{") || line.contains("super::super::{");
                line.contains(&format!("crate::{other}::"))
                    || line.contains(&format!("crate::{other};"))
                    || (outside && line.contains(other))
            };
            if code_lines(&file).any(imports_other) {
                imports.push(format!("{} imports {other}", file.path));
            }
        }
    }
    assert_eq!(imports, nothing());
}

#[test]
fn rooms_that_only_decide_wait_for_nothing() {
    let deciders = ["route", "mend", "translate", "diagnose", "settle"];
    let others = |file: &File| !room_of(file).is_some_and(|room| deciders.contains(&room));
    assert_eq!(found(&["async ", ".await", "std::fs", "std::net", "tokio::"], others), nothing());
}

#[test]
fn the_crates_that_are_pure_touch_no_file_no_socket_and_no_clock() {
    let pure = ["crates/wire/src/", "crates/remedy/src/", "crates/ledger/src/"];
    let others = |file: &File| !pure.iter().any(|folder| file.path.starts_with(folder));
    let words = ["std::fs", "std::net", "std::env::", "tokio", "async ", "SystemTime", "Instant"];
    assert_eq!(found(&words, others), nothing());
}

#[test]
fn sql_stands_in_the_store_alone() {
    let may = |file: &File| file.path.starts_with("crates/store/src/sqlite");
    let queries = ["sqlx::query", "SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM"];
    assert_eq!(found(&queries, may), nothing());
}

#[test]
fn tasks_are_spawned_in_tasks_rs_alone() {
    let spawning = ["tokio::spawn", "task::spawn(", "thread::spawn", "TaskTracker", "JoinSet"];
    assert_eq!(found(&spawning, |file| file.name() == "tasks.rs"), nothing());
}

#[test]
fn wall_clock_time_is_read_in_clock_rs_alone() {
    assert_eq!(found(&["SystemTime::now"], |file| file.name() == "clock.rs"), nothing());
}

#[test]
fn no_money_and_no_tokens_are_floats() {
    let others = |file: &File| !file.path.starts_with("crates/ledger/src/");
    assert_eq!(found(&["f64", "f32"], others), nothing());
}

#[test]
fn no_file_of_the_product_is_too_long_to_be_read_at_once() {
    let files = product_code();
    let long = files.iter().filter(|file| file.text.lines().count() > LINES_MAX);
    let long: Vec<_> = long.map(|file| &file.path).collect();
    assert_eq!(long, Vec::<&String>::new(), "longer than {LINES_MAX} lines");
}
