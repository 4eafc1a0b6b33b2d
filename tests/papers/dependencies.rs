//! `docs/DEPENDENCIES.md`: each direct dependency, who uses it, and why it is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree;

const PAPER: &str = "docs/DEPENDENCIES.md";

/// What the list begins after.
const LIST: &str = "| dependency | used by | why |\n|---|---|---|\n";

/// Which packages of the repository use a dependency directly, by its name.
type Users = BTreeMap<String, BTreeSet<String>>;

fn users() -> Users {
    let mut users = Users::new();
    for file in tree::files_ending("Cargo.toml") {
        let manifest: toml::Table = file.text.parse().expect("a manifest is TOML");
        let package = manifest["package"]["name"].as_str().expect("a package has a name");
        let package = package.strip_prefix("salve-").unwrap_or(package);
        for dependency in direct(&manifest) {
            users.entry(dependency).or_default().insert(package.to_owned());
        }
    }
    users
}

/// The names of a manifest's dependencies of all kinds, without the project's own crates.
fn direct(manifest: &toml::Table) -> Vec<String> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let per_target = targets.into_iter().flat_map(|targets| targets.values());
    let per_target = per_target.filter_map(toml::Value::as_table);
    let tables = [manifest].into_iter().chain(per_target);
    let listed = tables.flat_map(|table| kinds.map(|kind| table.get(kind)));
    let listed = listed.flatten().filter_map(toml::Value::as_table);
    let names = listed.flat_map(|dependencies| dependencies.keys());
    names.filter(|name| !name.starts_with("salve-")).cloned().collect()
}

/// The list's lines by name: `` | `name` | users | why | ``.
fn reasons(paper: &str) -> BTreeMap<String, String> {
    let (_, list) = paper.split_once(LIST).expect("the paper has a list");
    let lines = list.lines().filter(|line| !line.is_empty());
    let entries = lines.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, why] = cells[..] else { panic!("not a line of the list: {line}") };
        (name.trim_matches('`').to_owned(), why.to_owned())
    });
    entries.collect()
}

#[test]
fn every_direct_dependency_has_a_line_that_says_why_and_no_line_is_left_over() {
    let (users, reasons) = (users(), reasons(&tree::text(PAPER)));
    let without_reason: Vec<_> = users.keys().filter(|name| !reasons.contains_key(*name)).collect();
    let without_user: Vec<_> = reasons.keys().filter(|name| !users.contains_key(*name)).collect();
    let none = Vec::<&String>::new();
    assert_eq!((without_reason, without_user), (none.clone(), none), "{PAPER}");
}

#[test]
fn the_list_of_dependencies_names_who_uses_each() {
    let paper = tree::text(PAPER);
    let (head, _) = paper.split_once(LIST).expect("the paper has a list");
    let users = users();
    let lines = reasons(&paper).into_iter().filter_map(|(name, why)| {
        let users = users.get(&name)?.iter().cloned().collect::<Vec<_>>().join(", ");
        Some(format!("| `{name}` | {users} | {why} |\n"))
    });
    let list: String = lines.collect();
    tree::assert_fresh(PAPER, &format!("{head}{LIST}{list}"));
}

#[test]
fn no_dependency_of_the_workspace_is_left_over() {
    let root: toml::Table = tree::text("Cargo.toml").parse().expect("a manifest is TOML");
    let shared = root["workspace"]["dependencies"].as_table().expect("a table");
    let users = users();
    let unused: Vec<_> = shared
        .keys()
        .filter(|name| !name.starts_with("salve-") && !users.contains_key(*name))
        .collect();
    assert_eq!(unused, Vec::<&String>::new(), "nobody uses these");
}
