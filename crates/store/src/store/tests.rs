use std::fs;
use std::path::Path;
use std::sync::Arc;

use salve_ledger::{Entry, ManualClock, PriceBook, Timestamp};

use crate::{EntryFilter, Store, Totals};

mod after_a_crash;
mod applying;
mod conformance;
mod migrating;
mod opening;
mod requests;

async fn open(folder: &Path) -> Arc<Store> {
    open_at(folder, Timestamp::from_millis(1_790_000_000_000)).await
}

async fn open_at(folder: &Path, now: Timestamp) -> Arc<Store> {
    let prices = Arc::new(PriceBook::embedded());
    let clock = Arc::new(ManualClock::at(now));
    let url = "sqlite:salve.db".parse().unwrap();
    Store::open(&url, folder, prices, clock).await.unwrap()
}

async fn all(store: &Store) -> Vec<Entry> {
    store.entries(&EntryFilter::default()).await.unwrap()
}

async fn totals(store: &Store) -> Totals {
    store.totals(&EntryFilter::default()).await.unwrap()
}

fn segments(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("journal")).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
