//! A database of each earlier schema is brought to the newest, with everything in it.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use salve_ledger::{Entry, ManualClock, PriceBook, Timestamp};
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;

use super::requests::{bare_entry, entry, opened};
use super::{all, open};
use crate::{CapabilityRecord, Says, Store};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// What a gateway with the first schema wrote: a key, an entry that was settled, a request whose
/// end it did not see.
const BY_THE_FIRST: &str = include_str!("migrating/first.sql");

/// A database as a gateway with the schema `version` left it.
async fn left_by(version: i64, folder: &Path) {
    let path = folder.join("salve.db");
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let earlier = MIGRATIONS.iter().filter(|migration| migration.version <= version);
    let migrations: Vec<_> = earlier.cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT };
    migrator.run(&pool).await.unwrap();
    sqlx::raw_sql(BY_THE_FIRST).execute(&pool).await.unwrap();
    pool.close().await;
}

/// The entry of [`BY_THE_FIRST`]: with nothing of what was not noted then.
fn as_it_was_written() -> Entry {
    Entry { changes: Vec::new(), skipped: Vec::new(), ..entry("req_old") }
}

fn capability() -> CapabilityRecord {
    CapabilityRecord {
        channel: "direct".into(),
        model: "claude-opus-4-8".into(),
        feature: "effort".into(),
        says: Says::Refuses,
        evidence: "effort: Extra inputs are not permitted".into(),
        learned_at: Timestamp::from_millis(1),
        expires_at: Timestamp::from_millis(2),
    }
}

#[tokio::test]
async fn every_earlier_schema_becomes_the_newest_and_loses_nothing() {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
    assert!(newest > 1);
    for version in 1..=newest {
        let folder = tempfile::tempdir().unwrap();
        left_by(version, folder.path()).await;
        let store = open(folder.path()).await;
        let entries = all(&store).await;
        let ids: Vec<&str> = entries.iter().map(|entry| entry.request_id.as_str()).collect();
        assert_eq!(ids, ["req_open", "req_old"], "{version}");
        assert_eq!(entries[1], as_it_was_written(), "{version}");
        assert_eq!(entries[0].model, opened("req_open").model, "{version}");
        assert_eq!(store.keys().await.unwrap()[0].name, "laptop", "{version}");
        assert_eq!(store.check_value("pepper-check").await.unwrap(), Some("ab12".into()));
        store.put_capability(&capability()).await.unwrap();
        assert_eq!(store.capabilities().await.unwrap(), [capability()], "{version}");
    }
}

#[tokio::test]
async fn what_was_learned_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.put_capability(&capability()).await.unwrap();
    store.close().await;
    drop(store);
    let store = open(folder.path()).await;
    assert_eq!(store.capabilities().await.unwrap(), [capability()]);
}

#[tokio::test]
async fn a_database_of_an_earlier_schema_can_be_read_while_another_process_has_it() {
    let folder = tempfile::tempdir().unwrap();
    left_by(1, folder.path()).await;
    let held = fs::File::create(folder.path().join("salve.lock")).unwrap();
    held.try_lock().unwrap();
    let prices = Arc::new(PriceBook::embedded());
    let clock = Arc::new(ManualClock::default());
    let url = "sqlite:salve.db".parse().unwrap();
    let reader = Store::open_reading(&url, folder.path(), prices, clock).await.unwrap();
    assert_eq!(all(&reader).await, [as_it_was_written()]);
    assert_eq!(reader.open_holds().await.unwrap(), 1);
    drop(held);
}

#[tokio::test]
async fn a_record_of_an_earlier_version_in_the_journal_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    let mut older = serde_json::to_value(bare_entry("req_old")).unwrap();
    for field in ["changes", "skipped"] {
        older.as_object_mut().unwrap().remove(field).unwrap();
    }
    let payload = serde_json::to_vec(&serde_json::json!({ "settle": older })).unwrap();
    let mut record = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
    record.extend(crc32fast::hash(&payload).to_le_bytes());
    record.extend(payload);
    fs::create_dir(folder.path().join("journal")).unwrap();
    fs::write(folder.path().join("journal/00000001.wal"), record).unwrap();
    assert_eq!(all(&*open(folder.path()).await).await, [bare_entry("req_old")]);
}
