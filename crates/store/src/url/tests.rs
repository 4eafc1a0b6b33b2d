use std::path::PathBuf;

use super::StoreUrl;
use crate::error::StoreError;

#[test]
fn a_path_is_read_with_and_without_slashes_in_front() {
    let cases = [
        ("sqlite:salve.db", "salve.db"),
        ("sqlite://data/salve.db", "data/salve.db"),
        ("sqlite:/var/lib/salve.db", "/var/lib/salve.db"),
        ("sqlite:///var/lib/salve.db", "/var/lib/salve.db"),
    ];
    for (text, path) in cases {
        let url: StoreUrl = text.parse().unwrap();
        assert_eq!(url, StoreUrl::Sqlite(PathBuf::from(path)));
        assert_eq!(url.to_string(), format!("sqlite:{path}"));
    }
}

#[test]
fn what_is_no_file_is_refused() {
    for text in ["", "salve.db", "sqlite:", "sqlite::memory:", "sqlite:a/", "sqlite:a?mode=ro"] {
        assert!(matches!(text.parse::<StoreUrl>(), Err(StoreError::Url)), "{text}");
    }
}

#[test]
fn postgresql_is_told_apart_from_a_mistake() {
    for text in ["postgres://u:p@h/db", "postgresql://h/db"] {
        let refused = text.parse::<StoreUrl>().unwrap_err();
        assert!(matches!(refused, StoreError::PostgresUnsupported));
        assert!(!refused.to_string().contains("u:p"));
    }
}
