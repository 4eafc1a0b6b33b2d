//! What a start finds after the process before it was killed. Dropping a store that nobody runs
//! is that death: the journal is written and nothing of it was applied.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use salve_ledger::{
    Attempt, Draft, Hold, Ledger as _, ManualClock, Multiplier, NanoUsd, Opened, Outcome,
    PriceBook, RequestId, Timestamp, Usage,
};
use sqlx::sqlite::SqliteConnectOptions;

use super::requests::{entry, opened};
use super::{all, open, open_at, segments, totals};

fn used(input_tokens: u64, output_tokens: u64) -> Usage {
    Usage { input_tokens, output_tokens, ..Usage::ZERO }
}

/// A checkpoint of a request that a second channel answers.
fn midway(usage: Usage, response_bytes: u64) -> Draft {
    let attempt = |channel: &str, status| Attempt {
        channel: channel.into(),
        status: Some(status),
        fault: None,
        ms: 80,
    };
    Draft {
        channel: Some("spare".into()),
        attempts: vec![attempt("direct", 529), attempt("spare", 200)],
        usage: Some(usage),
        sent: true,
        status: Some(200),
        first_byte_ms: Some(400),
        response_bytes,
        ..Draft::default()
    }
}

#[tokio::test]
async fn what_was_settled_is_there_exactly_once_however_often_the_start_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for id in ["req_1", "req_2"] {
        store.open(&opened(id), Multiplier::ONE).unwrap();
        store.settle(&entry(id)).unwrap();
    }
    drop(store);
    for _ in 0..3 {
        let store = open(folder.path()).await;
        assert_eq!(all(&store).await, [entry("req_2"), entry("req_1")]);
        assert_eq!(store.open_holds().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_open_request_becomes_an_abandoned_one_at_the_floor() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.open(&opened("req_1"), "0.5".parse().unwrap()).unwrap();
    drop(store);
    let store = open(folder.path()).await;
    let entry = all(&store).await.remove(0);
    assert_eq!((entry.outcome, entry.estimated), (Outcome::Abandoned, true));
    assert_eq!((entry.usage, entry.total_ms, entry.status), (used(1_000, 0), 0, None));
    // 1 000 tokens at $5 a million, at half the price.
    assert_eq!(entry.cost_nano_usd, "$0.0025".parse().unwrap());
    assert_eq!(entry.price_version, "2026-11-22:claude-opus-4-8@2026-05-28*0.5");
    let totals = totals(&store).await;
    assert_eq!((totals.entries, totals.open_holds, totals.held), (1, 0, NanoUsd::ZERO));
}

#[tokio::test]
async fn the_last_checkpoint_is_what_is_known_of_an_abandoned_request() {
    // Once with the hold in the database already, once with all of it still in the journal.
    for is_applied in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let store = open_at(folder.path(), Timestamp::from_millis(1_790_000_007_000)).await;
        store.open(&opened("req_1"), Multiplier::ONE).unwrap();
        let id = RequestId::new("req_1");
        let first = Draft { usage: Some(used(900, 10)), response_bytes: 400, ..Draft::default() };
        store.progress(&id, &first);
        if is_applied {
            store.catch_up().await.unwrap();
            assert_eq!(store.open_holds().await.unwrap(), 1);
        }
        let last = midway(used(900, 77), 3_000);
        store.progress(&id, &last);
        drop(store);
        let store = open(folder.path()).await;
        let entry = all(&store).await.remove(0);
        assert_eq!((entry.usage, entry.response_bytes), (used(900, 77), 3_000));
        assert_eq!((entry.total_ms, entry.estimated), (7_000, true));
        assert_eq!((entry.channel, entry.attempts), (last.channel, last.attempts));
        assert_eq!((entry.status, entry.first_byte_ms), (Some(200), Some(400)));
    }
}

#[tokio::test]
async fn a_hold_is_on_the_ledger_before_its_request_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let clock = Arc::new(ManualClock::at(opened("req_1").time));
    let prices = Arc::new(PriceBook::embedded());
    let ledger = Arc::clone(&store);
    let hold = Hold::take(ledger, clock, prices, Multiplier::ONE, opened("req_1")).unwrap();
    // The process dies here: neither the hold nor the store sees its end.
    std::mem::forget(hold);
    let journal = fs::read(folder.path().join("journal").join("00000001.wal")).unwrap();
    let journal = String::from_utf8_lossy(&journal).into_owned();
    assert!(journal.contains("\"open\"") && journal.contains("req_1"));
}

#[tokio::test]
async fn a_last_record_torn_at_any_byte_costs_that_record_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.settle(&entry("req_whole")).unwrap();
    store.open(&opened("req_torn"), Multiplier::ONE).unwrap();
    drop(store);
    let journal = fs::read(folder.path().join("journal").join("00000001.wal")).unwrap();
    let last = usize::try_from(u32::from_le_bytes(journal[..4].try_into().unwrap())).unwrap() + 8;
    // Every eighth byte here; the journal's own tests try every one without a database.
    for kept in (last..journal.len()).step_by(8).chain([last + 1, journal.len() - 1]) {
        let torn = tempfile::tempdir().unwrap();
        fs::create_dir(torn.path().join("journal")).unwrap();
        fs::write(torn.path().join("journal/00000001.wal"), &journal[..kept]).unwrap();
        let store = open(torn.path()).await;
        assert_eq!(all(&store).await, [entry("req_whole")], "{kept}");
        assert_eq!(segments(torn.path()), ["00000002.wal"]);
    }
}

#[tokio::test]
async fn applying_the_same_journal_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.open(&opened("req_open"), Multiplier::ONE).unwrap();
    store.progress(&RequestId::new("req_open"), &midway(used(5, 6), 7));
    store.open(&opened("req_done"), Multiplier::ONE).unwrap();
    store.settle(&entry("req_done")).unwrap();
    drop(store);
    let segment = folder.path().join("journal/00000001.wal");
    let journal = fs::read(&segment).unwrap();
    let store = open(folder.path()).await;
    let before = (all(&store).await, totals(&store).await);
    store.close().await;
    drop(store);
    fs::write(&segment, journal).unwrap();
    rewind(&folder.path().join("salve.db")).await;
    let store = open(folder.path()).await;
    assert_eq!((all(&store).await, totals(&store).await), before);
}

/// Makes the database forget how far the journal was applied.
async fn rewind(database: &Path) {
    let options = SqliteConnectOptions::new().filename(database);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let rewound = sqlx::query("UPDATE journal_position SET segment = 0, byte = 0");
    rewound.execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_database_that_lost_its_journal_to_a_power_failure_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.settle(&entry("req_1")).unwrap();
    store.catch_up().await.unwrap();
    drop(store);
    fs::remove_dir_all(folder.path().join("journal")).unwrap();
    let store = open(folder.path()).await;
    store.settle(&entry("req_2")).unwrap();
    drop(store);
    let store = open(folder.path()).await;
    assert_eq!(all(&store).await, [entry("req_2"), entry("req_1")]);
}

#[tokio::test]
async fn unreadable_records_are_kept_and_the_rest_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.settle(&entry("req_1")).unwrap();
    drop(store);
    let segment = folder.path().join("journal/00000001.wal");
    let payload = b"{\"of_a_later_version\":1}";
    let mut odd = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
    odd.extend(crc32fast::hash(payload).to_le_bytes());
    odd.extend(payload);
    let whole = fs::read(&segment).unwrap();
    fs::write(&segment, [odd, whole].concat()).unwrap();
    let store = open(folder.path()).await;
    assert_eq!(all(&store).await, [entry("req_1")]);
    store.close().await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("salve.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let kept: (i64, i64, Vec<u8>) =
        sqlx::query_as("SELECT segment, byte, payload FROM unreadable_records")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(kept, (1, 0, payload.to_vec()));
}

#[tokio::test]
async fn a_crash_with_more_requests_than_one_batch_ends_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for n in 0..1_100 {
        let opened = Opened { queue_ms: n, ..opened(&format!("req_{n}")) };
        store.open(&opened, Multiplier::ONE).unwrap();
    }
    drop(store);
    let totals = totals(&*open(folder.path()).await).await;
    assert_eq!((totals.entries, totals.estimated, totals.open_holds), (1_100, 1_100, 0));
}

#[tokio::test]
async fn what_an_earlier_process_left_does_not_count_as_waiting_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.settle(&entry("req_1")).unwrap();
    drop(store);
    let store = open(folder.path()).await;
    let journal = &store.desk.as_ref().unwrap().journal;
    assert_eq!(journal.waiting_bytes(), 0);
    store.settle(&entry("req_2")).unwrap();
    assert_eq!(journal.waiting_bytes(), journal.end().byte);
    store.catch_up().await.unwrap();
    assert_eq!(journal.waiting_bytes(), 0);
}
