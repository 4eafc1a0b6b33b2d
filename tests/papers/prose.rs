//! The papers: their links, their length, and what no file of the project speaks of.

use std::path::Path;

use crate::tree::{self, File};

/// Words that no text file holds: addresses of machines and package registries, places outside
/// the repository, work left for later, signatures. Package managers know their registries.
const FORBIDDEN: [&str; 11] = [
    "/work/",
    "/home/",
    "registry.npmjs",
    "registry.yarnpkg",
    "pypi.org",
    "pythonhosted",
    "crates.io-index",
    "proxy.golang.org",
    "TODO",
    "FIXME",
    "co-authored-by",
];

/// Files that must name what the others must not: what cargo writes, and what holds it to that.
const EXEMPT: [(&str, &str); 2] =
    [("Cargo.lock", "crates.io-index"), ("deny.toml", "crates.io-index")];

const COLUMNS_MAX: usize = 100;
const ARCHITECTURE_LINES_MAX: usize = 300;

/// The papers that this test answers for.
fn papers() -> Vec<File> {
    let is_paper = |file: &File| !file.path.contains('/') || file.path.starts_with("docs/");
    tree::files_ending(".md").into_iter().filter(is_paper).collect()
}

/// The lines of a paper outside blocks of code, with their numbers.
fn prose(file: &File) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !line.starts_with("    ") {
            lines.push((number, line));
        }
    }
    lines
}

/// What stands between each `open` and the `close` after it.
fn between<'a>(line: &'a str, open: &str, close: char) -> Vec<&'a str> {
    let parts = line.split(open).skip(1);
    parts.filter_map(|part| Some(part.split_once(close)?.0)).collect()
}

#[test]
fn every_paper_is_there() {
    let wanted = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "docs/CONFIG.md",
        "docs/DEPENDENCIES.md",
        "docs/ERRORS.md",
        "docs/LEXICON.md",
        "docs/PERFORMANCE.md",
    ];
    let missing: Vec<_> = wanted.iter().filter(|path| !tree::root().join(path).is_file()).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

#[test]
fn every_link_in_a_paper_leads_to_a_file() {
    let mut dead = Vec::new();
    // Markdown among sources is a part of a generated paper, where its links hold.
    let files = tree::files_ending(".md").into_iter();
    for file in files.filter(|file| !file.path.contains("/src/")) {
        let folder = tree::root().join(&file.path);
        let folder = folder.parent().unwrap_or(Path::new("."));
        for (number, line) in prose(&file) {
            for link in between(line, "](", ')') {
                let path = link.split('#').next().unwrap_or_default();
                let is_outside = link.contains("://") || link.starts_with("mailto:");
                if !is_outside && !path.is_empty() && !folder.join(path).exists() {
                    dead.push(format!("{}:{number}: {link}", file.path));
                }
            }
        }
    }
    assert_eq!(dead, Vec::<String>::new());
}

#[test]
fn every_file_named_in_the_architecture_exists() {
    let file = papers().into_iter().find(|file| file.path == "ARCHITECTURE.md");
    let file = file.expect("there is an ARCHITECTURE.md");
    let (root, rooms) = (tree::root(), tree::root().join("crates/gateway/src"));
    let mut missing = Vec::new();
    for (number, line) in prose(&file) {
        for named in line.split('`').skip(1).step_by(2) {
            let is_path =
                [".rs", ".md", ".toml", ".sql", "/"].iter().any(|end| named.ends_with(end));
            let is_plain = !named.contains(['<', '*', '{', ' ']) && !named.starts_with('/');
            let exists = root.join(named).exists() || rooms.join(named).exists();
            if is_path && is_plain && !exists {
                missing.push(format!("{number}: {named}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_architecture_is_read_in_one_sitting() {
    let lines = tree::text("ARCHITECTURE.md").lines().count();
    assert!(lines <= ARCHITECTURE_LINES_MAX, "ARCHITECTURE.md has {lines} lines");
}

#[test]
fn the_lines_of_papers_stay_readable() {
    let mut long = Vec::new();
    for file in papers() {
        for (number, line) in prose(&file) {
            let is_table = line.starts_with('|');
            if !is_table && line.chars().count() > COLUMNS_MAX {
                long.push(format!("{}:{number}", file.path));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "longer than {COLUMNS_MAX} columns");
}

#[test]
fn every_word_of_the_lexicon_has_one_line_and_stands_once() {
    let text = tree::text("docs/LEXICON.md");
    let lines = text.lines().filter(|line| line.starts_with("- "));
    let words: Vec<_> = lines.map(|line| line.split("**").nth(1)).collect();
    assert!(words.len() > 40, "the lexicon has {} words", words.len());
    assert!(words.iter().all(Option::is_some), "each line begins with its word in bold");
    let mut once = words.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), words.len(), "a word stands twice");
}

#[test]
fn no_file_speaks_of_what_is_not_the_projects() {
    let mut found = Vec::new();
    let files = tree::files().into_iter().filter(|file| !file.path.starts_with("tests/papers/"));
    for file in files.filter(|file| file.path != "fuzz/Cargo.lock") {
        for word in FORBIDDEN {
            let is_exempt = EXEMPT.contains(&(file.path.as_str(), word));
            let holds = file.text.contains(word) || file.text.to_lowercase().contains(word);
            if holds && !is_exempt {
                found.push(format!("{}: {word}", file.path));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
