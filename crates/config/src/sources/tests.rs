//! The real environment and real files.

use super::*;
use crate::load;

const CONFIG: &str = "[[channel]]\nname = \"main\"\nkind = \"anthropic\"\ncredential = \"none\"\n";

#[test]
fn a_file_is_read_from_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("salve.toml");
    std::fs::write(&path, CONFIG).expect("written");
    let loaded = load(&path, &ProcessSources).expect("valid");
    assert_eq!(loaded.files, [path]);
    assert_eq!(loaded.config.store.data_folder(), folder.path());
}

#[test]
fn a_file_without_end_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("salve.toml");
    std::fs::write(&path, "#".repeat(3 * FILE_BYTES_MAX)).expect("written");
    let told = load(&path, &ProcessSources).expect_err("too large").to_string();
    assert!(told.contains("is larger than 1048576 bytes"), "{told}");
}

#[test]
fn an_unset_variable_is_absent() {
    assert!(ProcessSources.env("PATH").is_some());
    assert_eq!(ProcessSources.env("SALVE_TEST_NEVER_SET"), None);
}
