//! Opening a store where something is in the way.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::{EntryFilter, Store, StoreError};
use salve_ledger::{Ledger as _, LedgerError, ManualClock, Multiplier, PriceBook};
use tempfile::TempDir;

use super::requests::{entry, opened};

async fn open(folder: &Path) -> Result<Arc<Store>, StoreError> {
    let prices = Arc::new(PriceBook::embedded());
    let url = "sqlite:salve.db".parse().unwrap();
    Store::open(&url, folder, prices, Arc::new(ManualClock::default())).await
}

async fn open_reading(folder: &Path) -> Result<Arc<Store>, StoreError> {
    let prices = Arc::new(PriceBook::embedded());
    let url = "sqlite:salve.db".parse().unwrap();
    Store::open_reading(&url, folder, prices, Arc::new(ManualClock::default())).await
}

/// A folder with a database that holds a few hundred entries and was closed.
async fn used_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    for n in 0..300 {
        store.settle(&entry(&format!("req_{n}"))).unwrap();
    }
    let stop = tokio_util::sync::CancellationToken::new();
    stop.cancel();
    Arc::clone(&store).run(stop).await;
    store.close().await;
    folder
}

#[tokio::test]
async fn a_folder_is_used_by_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    let second = open(folder.path()).await.unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }));
    assert!(second.to_string().contains(folder.path().to_str().unwrap()));
    drop(first);
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn a_reader_beside_the_writer_sees_what_was_applied_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).await.unwrap();
    writer.settle(&entry("req_1")).unwrap();
    writer.catch_up().await.unwrap();
    let reader = open_reading(folder.path()).await.unwrap();
    assert_eq!(reader.entries(&EntryFilter::default()).await.unwrap(), [entry("req_1")]);
    reader.catch_up().await.unwrap();
    let refused = reader.open(&opened("req_2"), Multiplier::ONE);
    assert!(matches!(refused, Err(LedgerError::Closed { .. })));
    assert!(reader.settle(&entry("req_2")).is_err());
    assert!(matches!(reader.set_value("a", "b").await, Err(StoreError::ReadOnly)));
}

#[tokio::test]
async fn a_reader_of_a_stopped_store_sees_what_a_crash_left_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).await.unwrap();
    writer.settle(&entry("req_1")).unwrap();
    drop(writer);
    let reader = open_reading(folder.path()).await.unwrap();
    assert_eq!(reader.entries(&EntryFilter::default()).await.unwrap(), [entry("req_1")]);
}

#[tokio::test]
async fn a_reader_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let missing = open_reading(folder.path()).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }));
    assert!(missing.to_string().ends_with("salve.db"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    for path in [file.join("deeper"), file] {
        let refused = open(&path).await.unwrap_err();
        assert!(matches!(refused, StoreError::Unwritable { .. }), "{refused}");
        assert!(refused.to_string().contains(path.to_str().unwrap()), "{refused}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("salve.db");
    let text = "this is a letter, not a database. ".repeat(200);
    fs::write(&file, &text).unwrap();
    let refused = open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
    assert!(refused.to_string().contains("salve.db"));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test]
async fn a_damaged_page_is_found_at_the_start() {
    let folder = used_folder().await;
    let file = folder.path().join("salve.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let refused = open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = used_folder().await;
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("salve.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let add = "INSERT INTO _sqlx_migrations (version, description, success, checksum,
        execution_time) VALUES (9999, 'of the future', 1, x'00', 0)";
    sqlx::query(add).execute(&pool).await.unwrap();
    pool.close().await;
    let refused = open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("salve");
    let store = open(&folder).await.unwrap();
    store.settle(&entry("req_1")).unwrap();
    store.catch_up().await.unwrap();
    let mode = |path: &str| fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("."), mode("journal")), (0o700, 0o700));
    for file in ["salve.db", "salve.db-wal", "salve.lock", "journal/00000001.wal"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}
