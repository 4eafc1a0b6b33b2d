//! Where the database lies.

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn store(url: &str) -> StoreConfig {
    valid(&format!("[store]\nurl = \"{url}\"\n{CHANNEL}")).store
}

#[test]
fn a_relative_path_starts_from_the_folder_of_the_file() {
    let table = [
        ("sqlite:salve.db", "/etc/salve/salve.db", "/etc/salve"),
        ("sqlite:data/salve.db", "/etc/salve/data/salve.db", "/etc/salve/data"),
        ("sqlite://salve.db", "/etc/salve/salve.db", "/etc/salve"),
        ("sqlite:/var/lib/salve.db", "/var/lib/salve.db", "/var/lib"),
        ("sqlite:///var/lib/salve.db", "/var/lib/salve.db", "/var/lib"),
    ];
    for (url, file, folder) in table {
        let store = store(url);
        assert_eq!(store.sqlite_file(), Path::new(file), "{url}");
        assert_eq!(store.data_folder(), Path::new(folder), "{url}");
    }
}

#[test]
fn the_default_lies_in_the_working_folder() {
    assert_eq!(StoreConfig::default().data_folder(), Path::new("."));
}

#[test]
fn what_is_no_database_of_this_version_is_refused() {
    let told = |url: &str| problems(&format!("[store]\nurl = \"{url}\"\n{CHANNEL}"));
    insta::assert_snapshot!(told("postgres://user:hunter2@db.example.org/salve"), @r#"
    salve.toml:2:7: store.url: PostgreSQL is not served by this version
      hint: use "sqlite:salve.db"
    "#);
    insta::assert_snapshot!(told("salve.db"), @r#"
    salve.toml:2:7: store.url: not a database URL
      hint: write "sqlite:salve.db"
    "#);
    insta::assert_snapshot!(told("sqlite::memory:"), @r"
    salve.toml:2:7: store.url: a database in memory is not supported
      hint: name a file: the ledger has to outlive the process
    ");
    insta::assert_snapshot!(told("sqlite:"), @r#"
    salve.toml:2:7: store.url: not the path of a file
      hint: write "sqlite:salve.db"
    "#);
    insta::assert_snapshot!(told("sqlite:salve.db?mode=ro"), @r#"
    salve.toml:2:7: store.url: not the path of a file
      hint: write "sqlite:salve.db"
    "#);
}
