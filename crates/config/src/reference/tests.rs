//! The reference is complete and docs/CONFIG.md is what it says.

use std::path::Path;

use super::*;
use crate::fake::read;
use crate::load::Document;

#[test]
fn the_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIG.md");
    let expected = reference_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/CONFIG.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/CONFIG.md is stale: regenerate it with `UPDATE_DOCS=1 cargo test -p salve-config`"
    );
}

#[test]
fn every_table_of_a_file_has_a_section() {
    let reference = reference_markdown();
    for table in Document::fields() {
        let (single, repeated) =
            (format!("## `[{}]`", table.name), format!("## `[[{}]]`", table.name));
        assert!(reference.contains(&single) || reference.contains(&repeated), "{}", table.name);
    }
}

#[test]
fn lines_stay_readable() {
    let long: Vec<String> = reference_markdown()
        .lines()
        .filter(|line| line.chars().count() > 100)
        .map(str::to_owned)
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn the_examples_are_written_in_known_settings_and_right_types() {
    let reference = reference_markdown();
    let examples = reference.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let whole_tables: Vec<&str> = examples.filter(|example| example.starts_with('[')).collect();
    assert_eq!(whole_tables.len(), 7);
    for example in whole_tables {
        let told = read(example).map_or_else(|problems| problems.to_string(), |_| String::new());
        let is_about_its_form = ["unknown key", "expected", "not valid TOML", "missing"];
        assert!(!is_about_its_form.iter().any(|words| told.contains(words)), "{told}");
    }
}
