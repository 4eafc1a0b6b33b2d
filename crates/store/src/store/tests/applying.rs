//! Applying the journal to the database while both live.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use salve_ledger::{Ledger as _, LedgerError, Multiplier};
use sqlx::sqlite::SqliteConnectOptions;
use tokio_util::sync::CancellationToken;

use super::requests::{entry, opened};
use super::{all, open, segments, totals};

#[tokio::test]
async fn a_stop_applies_everything_and_leaves_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for n in 0..1_500 {
        let id = format!("req_{n}");
        store.open(&opened(&id), Multiplier::ONE).unwrap();
        store.settle(&entry(&id)).unwrap();
    }
    let stop = CancellationToken::new();
    stop.cancel();
    Arc::clone(&store).run(stop).await;
    assert_eq!(totals(&store).await.entries, 1_500);
    assert!(segments(folder.path()).is_empty());
    // What is noted after the stop is late, not lost.
    store.settle(&entry("req_late")).unwrap();
    drop(store);
    let store = open(folder.path()).await;
    assert_eq!(totals(&store).await.entries, 1_501);
}

#[tokio::test]
async fn a_running_store_applies_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let stop = CancellationToken::new();
    let work = async {
        store.open(&opened("req_open"), Multiplier::ONE).unwrap();
        store.settle(&entry("req_1")).unwrap();
        while totals(&store).await.entries == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.open_holds().await.unwrap(), 1);
        store.settle(&entry("req_open")).unwrap();
        while store.open_holds().await.unwrap() > 0 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    tokio::join!(Arc::clone(&store).run(stop.clone()), work);
    assert_eq!(totals(&store).await.entries, 2);
}

#[tokio::test]
async fn another_programs_lock_delays_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("salve.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let lock = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    store.settle(&entry("req_1")).unwrap();
    let release = async {
        assert!(all(&store).await.is_empty());
        lock.rollback().await.unwrap();
    };
    let (applied, ()) = tokio::join!(store.catch_up(), release);
    applied.unwrap();
    assert_eq!(all(&store).await, [entry("req_1")]);
}

#[tokio::test]
async fn a_database_that_fails_closes_the_door_until_it_works_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("salve.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    // As a full disk does, this ends the transaction behind the writer's back.
    let fail = "CREATE TRIGGER fail BEFORE INSERT ON entries BEGIN
        SELECT RAISE(ROLLBACK, 'the disk is full'); END";
    sqlx::query(fail).execute(&pool).await.unwrap();
    store.open(&opened("req_1"), Multiplier::ONE).unwrap();
    store.settle(&entry("req_1")).unwrap();
    for _ in 0..3 {
        assert!(store.catch_up().await.is_err());
    }
    let refused = store.open(&opened("req_2"), Multiplier::ONE);
    assert!(matches!(refused, Err(LedgerError::Closed { .. })));
    store.settle(&entry("req_3")).unwrap();
    sqlx::query("DROP TRIGGER fail").execute(&pool).await.unwrap();
    store.catch_up().await.unwrap();
    assert_eq!(all(&store).await, [entry("req_3"), entry("req_1")]);
    assert_eq!(store.open_holds().await.unwrap(), 0);
    store.open(&opened("req_2"), Multiplier::ONE).unwrap();
}

#[tokio::test]
async fn an_applying_that_is_cancelled_anywhere_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for polls in 0..40 {
        let id = format!("req_{polls}");
        store.open(&opened(&id), Multiplier::ONE).unwrap();
        let mut work = Box::pin(store.catch_up());
        for _ in 0..polls {
            if poll_once(&mut work).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(work);
        store.settle(&entry(&id)).unwrap();
    }
    store.catch_up().await.unwrap();
    let totals = totals(&store).await;
    assert_eq!((totals.entries, totals.open_holds), (40, 0));
    let journal = &store.desk.as_ref().unwrap().journal;
    assert_eq!(journal.end(), store.database.position().await.unwrap());
}

async fn poll_once<F: Future>(work: &mut Pin<Box<F>>) -> Poll<F::Output> {
    std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
}
