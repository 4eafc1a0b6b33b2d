//! The laws: what a store promises, whatever its database.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{EntryFilter, KeyRecord, Store, StoreError, Totals};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use salve_ledger::{
    Draft, Entry, Ledger as _, Multiplier, NanoUsd, Opened, Outcome, RequestId, Timestamp, Usage,
};

use super::super::requests::{bare_entry, entry, opened};

/// Settles and waits until it shows.
async fn settled(store: &Arc<Store>, entries: &[Entry]) {
    for entry in entries {
        store.settle(entry).unwrap();
    }
    store.catch_up().await.unwrap();
}

/// A checkpoint after so many bytes.
fn sent(response_bytes: u64) -> Draft {
    Draft { response_bytes, ..Draft::default() }
}

async fn ids(store: &Arc<Store>, filter: EntryFilter) -> Vec<String> {
    let entries = store.entries(&filter).await.unwrap();
    entries.into_iter().map(|entry| entry.request_id.to_string()).collect()
}

async fn all(store: &Arc<Store>) -> Vec<Entry> {
    store.entries(&EntryFilter::default()).await.unwrap()
}

pub async fn an_entry_reads_back_as_it_was_settled(store: &Arc<Store>) {
    settled(store, &[entry("req_full"), bare_entry("req_bare")]).await;
    assert_eq!(all(store).await, [bare_entry("req_bare"), entry("req_full")]);
}

pub async fn a_second_settlement_changes_nothing(store: &Arc<Store>) {
    let other = Entry { outcome: Outcome::Told, cost_nano_usd: NanoUsd::ZERO, ..entry("req_1") };
    settled(store, &[entry("req_1"), other.clone()]).await;
    settled(store, &[other, entry("req_1")]).await;
    assert_eq!(all(store).await, [entry("req_1")]);
}

pub async fn a_settlement_may_overtake_its_opening(store: &Arc<Store>) {
    settled(store, &[entry("req_1")]).await;
    store.open(&opened("req_1"), Multiplier::ONE).unwrap();
    store.progress(&RequestId::new("req_1"), &sent(1));
    store.catch_up().await.unwrap();
    assert_eq!(store.open_holds().await.unwrap(), 0);
    assert_eq!(all(store).await, [entry("req_1")]);
}

pub async fn admitted_requests_are_entries_and_open_holds(store: &Arc<Store>) {
    for id in ["req_1", "req_2", "req_3"] {
        store.open(&opened(id), Multiplier::ONE).unwrap();
    }
    store.catch_up().await.unwrap();
    let totals = store.totals(&EntryFilter::default()).await.unwrap();
    let held = NanoUsd::from_nano(15_000);
    assert_eq!(totals, Totals { open_holds: 3, held, ..Totals::default() });
    settled(store, &[entry("req_2")]).await;
    let totals = store.totals(&EntryFilter::default()).await.unwrap();
    assert_eq!((totals.entries, totals.open_holds), (1, 2));
    assert_eq!(totals.held, NanoUsd::from_nano(10_000));
    assert_eq!(store.open_holds().await.unwrap(), 2);
}

pub async fn each_filter_finds_its_entries_alone(store: &Arc<Store>) {
    let time = |millis: i64| Timestamp::from_millis(1_790_000_000_000 + millis);
    let some = |text: &str| Some(text.to_owned());
    settled(
        store,
        &[
            Entry { key: "k".into(), ..entry("req_key") },
            Entry { user: some("u"), ..entry("req_user") },
            Entry { model: "m".into(), ..entry("req_model") },
            Entry { channel: some("c"), ..entry("req_channel") },
            Entry { session: "s".into(), ..entry("req_session") },
            Entry { outcome: Outcome::Told, ..entry("req_outcome") },
            Entry { fault: some("f"), ..entry("req_fault") },
            Entry { time: time(500), ..entry("req_late") },
            Entry { time: time(-500), ..entry("req_early") },
            bare_entry("req_bare"),
        ],
    )
    .await;
    let any = EntryFilter::default;
    let cases = [
        (EntryFilter { key: some("k"), ..any() }, "req_key"),
        (EntryFilter { user: some("u"), ..any() }, "req_user"),
        (EntryFilter { model: some("m"), ..any() }, "req_model"),
        (EntryFilter { channel: some("c"), ..any() }, "req_channel"),
        (EntryFilter { session: some("s"), ..any() }, "req_session"),
        (EntryFilter { outcome: Some(Outcome::Told), ..any() }, "req_outcome"),
        (EntryFilter { fault: some("f"), ..any() }, "req_fault"),
        (EntryFilter { since: Some(time(500)), ..any() }, "req_late"),
        (EntryFilter { until: Some(time(-499)), ..any() }, "req_early"),
    ];
    for (filter, id) in cases {
        assert_eq!(ids(store, filter).await, [id]);
    }
    let both = EntryFilter { key: some("k"), user: some("u"), ..any() };
    assert!(ids(store, both).await.is_empty());
    let quote = EntryFilter { key: some("' OR '1'='1"), ..any() };
    assert!(ids(store, quote).await.is_empty());
}

pub async fn entries_come_newest_first_up_to_the_limit(store: &Arc<Store>) {
    let entries: Vec<Entry> = (0..105).map(|n| entry(&format!("req_{n:03}"))).collect();
    settled(store, &entries).await;
    let limit = |limit| EntryFilter { limit, ..EntryFilter::default() };
    assert_eq!(ids(store, limit(Some(2))).await, ["req_104", "req_103"]);
    let early = Entry { time: Timestamp::from_millis(0), ..entry("req_long_ago") };
    settled(store, &[early]).await;
    assert_eq!(ids(store, limit(Some(1))).await, ["req_104"]);
    assert_eq!(ids(store, limit(None)).await.len(), 100);
    assert_eq!(ids(store, limit(Some(0))).await.len(), 0);
    assert_eq!(ids(store, limit(Some(u32::MAX))).await.len(), 106);
}

pub async fn one_who_follows_the_log_misses_none(store: &Arc<Store>) {
    settled(store, &[entry("req_1"), entry("req_2"), entry("req_3")]).await;
    let after =
        |seq| EntryFilter { after_seq: Some(seq), limit: Some(2), ..EntryFilter::default() };
    let ids = |entries: Vec<Entry>| -> Vec<String> {
        entries.into_iter().map(|entry| entry.request_id.to_string()).collect()
    };
    let first = store.page(&after(0)).await.unwrap();
    assert_eq!(ids(first.entries), ["req_2", "req_1"]);
    let second = store.page(&after(first.seq)).await.unwrap();
    assert_eq!(ids(second.entries), ["req_3"]);
    let third = store.page(&after(second.seq)).await.unwrap();
    assert_eq!((third.entries.len(), third.seq), (0, second.seq));
    settled(store, &[entry("req_4")]).await;
    let fourth = store.page(&after(third.seq)).await.unwrap();
    assert_eq!(ids(fourth.entries), ["req_4"]);
}

pub async fn an_entry_is_found_by_the_beginning_of_its_id(store: &Arc<Store>) {
    settled(store, &[entry("req_ab"), entry("req_abc"), entry("req_b%")]).await;
    let found = async |id: &str| {
        let entry = store.entry(id).await;
        entry.map(|entry| entry.map(|entry| entry.request_id.to_string()))
    };
    assert_eq!(found("req_abc").await.unwrap().unwrap(), "req_abc");
    assert_eq!(found("req_ab").await.unwrap().unwrap(), "req_ab");
    assert_eq!(found("req_b").await.unwrap().unwrap(), "req_b%");
    assert!(matches!(found("req_a").await, Err(StoreError::Ambiguous { .. })));
    for none in ["", "req_c", "%", "req_abcd", "REQ_AB"] {
        assert_eq!(found(none).await.unwrap(), None, "{none}");
    }
}

pub async fn totals_are_the_sums_of_the_entries(store: &Arc<Store>) {
    let told = Entry { estimated: false, ..entry("req_2") };
    let other = Entry { key: "other".into(), ..entry("req_3") };
    settled(store, &[entry("req_1"), told, other]).await;
    let filter = EntryFilter { key: Some("laptop".into()), ..EntryFilter::default() };
    let usage = Usage {
        input_tokens: 2,
        output_tokens: 40,
        cache_read_input_tokens: 600,
        cache_creation_5m_input_tokens: 8_000,
        cache_creation_1h_input_tokens: 100_000,
        web_search_requests: 12,
    };
    let cost = NanoUsd::from_nano(246_913_578);
    let expected = Totals { entries: 2, estimated: 1, cost, usage, ..Totals::default() };
    assert_eq!(store.totals(&filter).await.unwrap(), expected);
}

pub async fn sums_beyond_the_range_do_not_fail(store: &Arc<Store>) {
    let dear = |id: &str| Entry { cost_nano_usd: NanoUsd::MAX, ..entry(id) };
    settled(store, &[dear("req_1"), dear("req_2")]).await;
    let totals = store.totals(&EntryFilter::default()).await.unwrap();
    assert_eq!(totals.cost, NanoUsd::MAX);
}

pub async fn any_text_comes_back_as_it_went_in(store: &Arc<Store>) {
    let odd = "'); DROP TABLE entries; -- \" \\ \0 \u{feff} 𝒳 \u{10ffff} \r\n %_";
    let odd_entry = Entry {
        key: odd.into(),
        user: Some(odd.into()),
        session: odd.into(),
        model: odd.into(),
        stop_reason: Some(odd.into()),
        remedies: vec![odd.into()],
        ..entry("req_odd")
    };
    let held = Opened { model: odd.into(), ..opened("req_held") };
    store.open(&held, Multiplier::ONE).unwrap();
    settled(store, std::slice::from_ref(&odd_entry)).await;
    let filter = EntryFilter { model: Some(odd.into()), ..EntryFilter::default() };
    assert_eq!(store.entries(&filter).await.unwrap(), [odd_entry]);
    assert_eq!(store.open_holds().await.unwrap(), 1);
    let key = KeyRecord { name: odd.into(), note: Some(odd.into()), ..key("id") };
    store.insert_key(&key).await.unwrap();
    assert_eq!(store.key("id").await.unwrap(), Some(key));
}

pub async fn numbers_beyond_the_databases_range_are_kept_at_its_end(store: &Arc<Store>) {
    let huge = Entry {
        queue_ms: u64::MAX,
        total_ms: u64::MAX,
        first_byte_ms: Some(u64::MAX),
        request_bytes: u64::MAX,
        usage: Usage { input_tokens: u64::MAX, ..Usage::ZERO },
        ..entry("req_huge")
    };
    settled(store, &[huge]).await;
    let read = all(store).await.remove(0);
    let most = i64::MAX.unsigned_abs();
    assert_eq!((read.queue_ms, read.total_ms, read.first_byte_ms), (most, most, Some(most)));
    assert_eq!((read.request_bytes, read.usage.input_tokens), (most, most));
    store.progress(&RequestId::new("req_none"), &sent(u64::MAX));
    store.catch_up().await.unwrap();
}

pub async fn a_batch_of_any_size_is_applied_whole(store: &Arc<Store>) {
    let mut count = 0;
    for size in [1_usize, 7, 8, 9, 63, 64, 65, 73, 511, 512, 513] {
        let entries: Vec<Entry> =
            (0..size).map(|n| bare_entry(&format!("req_{size}_{n}"))).collect();
        settled(store, &entries).await;
        count += size as u64;
        assert_eq!(store.totals(&EntryFilter::default()).await.unwrap().entries, count);
    }
}

fn key(id: &str) -> KeyRecord {
    KeyRecord {
        id: id.into(),
        name: "laptop".into(),
        user: Some("ada".into()),
        group: "default".into(),
        created: Timestamp::from_millis(1),
        revoked: None,
        mac: [7; 32],
        models: Some(vec!["claude-opus-*".into()]),
        note: None,
    }
}

pub async fn keys_are_kept_found_and_revoked(store: &Arc<Store>) {
    let (one, two) = (key("b-first"), key("a-second"));
    let two = KeyRecord { created: Timestamp::from_millis(2), models: None, user: None, ..two };
    store.insert_key(&one).await.unwrap();
    store.insert_key(&two).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), [one.clone(), two.clone()]);
    assert_eq!(store.key("a-second").await.unwrap(), Some(two));
    assert_eq!(store.key("none").await.unwrap(), None);
    let at = Timestamp::from_millis(50);
    assert!(store.revoke_key("b-first", at).await.unwrap());
    assert!(store.revoke_key("b-first", Timestamp::from_millis(60)).await.unwrap());
    assert!(!store.revoke_key("none", at).await.unwrap());
    let revoked = KeyRecord { revoked: Some(at), ..one };
    assert_eq!(store.key("b-first").await.unwrap(), Some(revoked));
}

pub async fn a_key_id_is_taken_once(store: &Arc<Store>) {
    store.insert_key(&key("id")).await.unwrap();
    let again = KeyRecord { name: "thief".into(), ..key("id") };
    let refused = store.insert_key(&again).await;
    assert!(matches!(refused, Err(StoreError::KeyExists { id }) if id == "id"));
    assert_eq!(store.keys().await.unwrap(), [key("id")]);
}

pub async fn small_facts_are_kept_and_replaced(store: &Arc<Store>) {
    assert_eq!(store.check_value("pepper").await.unwrap(), None);
    store.set_value("pepper", "one").await.unwrap();
    store.set_value("pepper", "two").await.unwrap();
    assert_eq!(store.check_value("pepper").await.unwrap().as_deref(), Some("two"));
}

/// What can happen to one of a few requests.
#[derive(Debug, Clone)]
enum Event {
    Open(u8),
    Progress(u8, u64),
    Settle(u8, i64),
    CatchUp,
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let request = 0_u8..6;
    let event = prop_oneof![
        3 => request.clone().prop_map(Event::Open),
        2 => (request.clone(), 0_u64..9).prop_map(|(id, bytes)| Event::Progress(id, bytes)),
        3 => (request, 0_i64..9).prop_map(|(id, nano)| Event::Settle(id, nano)),
        1 => Just(Event::CatchUp),
    ];
    prop::collection::vec(event, 0..40)
}

pub async fn whatever_happens_each_request_has_one_entry_or_one_hold(store: &Arc<Store>) {
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(48)
    });
    let handle = tokio::runtime::Handle::current();
    let (runs, events) = (std::cell::Cell::new(0_u32), any_events());
    // Each run uses ids of its own in the one store.
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&events, |events| {
            runs.set(runs.get() + 1);
            handle.block_on(live(store, runs.get(), events))
        })
    });
    outcome.unwrap();
}

async fn live(store: &Arc<Store>, run: u32, events: Vec<Event>) -> Result<(), TestCaseError> {
    let key = format!("run-{run}");
    let name = |id: u8| format!("req_{run}_{id}");
    let before = store.open_holds().await.unwrap();
    let (mut admitted, mut spent) = (BTreeSet::new(), std::collections::BTreeMap::new());
    for event in events {
        match event {
            Event::Open(id) => {
                store.open(&opened(&name(id)), Multiplier::ONE).unwrap();
                admitted.insert(id);
            }
            Event::Progress(id, bytes) => {
                store.progress(&RequestId::new(name(id)), &sent(bytes));
            }
            Event::Settle(id, nano) => {
                let cost_nano_usd = NanoUsd::from_nano(nano);
                let entry = Entry { key: key.clone(), cost_nano_usd, ..bare_entry(&name(id)) };
                store.settle(&entry).unwrap();
                spent.entry(id).or_insert(nano);
            }
            Event::CatchUp => store.catch_up().await.unwrap(),
        }
    }
    store.catch_up().await.unwrap();
    let filter = EntryFilter { key: Some(key), ..EntryFilter::default() };
    let totals = store.totals(&filter).await.unwrap();
    let open = admitted.iter().filter(|id| !spent.contains_key(id)).count() as u64;
    prop_assert_eq!(totals.entries, spent.len() as u64);
    prop_assert_eq!(totals.cost.nano(), spent.values().sum::<i64>());
    prop_assert_eq!(totals.open_holds - before, open);
    Ok(())
}
