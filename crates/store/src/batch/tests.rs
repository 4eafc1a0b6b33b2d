use salve_ledger::hold::abandoned_by_crash;
use salve_ledger::{Draft, Endpoint, Entry, Multiplier, NanoUsd, Opened, RequestId, Timestamp};

use super::Batch;
use crate::journal::{Chunk, OpenRecord, OpenRef, Position, Progress, RecordRef};

fn opened(id: &str) -> Opened {
    Opened {
        request_id: RequestId::new(id),
        time: Timestamp::from_millis(0),
        endpoint: Endpoint::Messages,
        key: "k".into(),
        user: None,
        group: "g".into(),
        session: "s".into(),
        agent: None,
        model: "m".into(),
        stream: false,
        request_bytes: 0,
        input_tokens_floor: 0,
        held: NanoUsd::ZERO,
        queue_ms: 0,
    }
}

fn open(id: &str) -> Vec<u8> {
    let opened = opened(id);
    payload(&RecordRef::Open(OpenRef { opened: &opened, multiplier: Multiplier::ONE }))
}

fn progress(id: &str, response_bytes: u64) -> Vec<u8> {
    let request_id = RequestId::new(id);
    let time = Timestamp::from_millis(0);
    let draft = Draft { response_bytes, ..Draft::default() };
    let progress = Progress { request_id, draft, time };
    payload(&RecordRef::Progress(&progress))
}

fn settle(id: &str) -> Vec<u8> {
    payload(&RecordRef::Settle(&entry(id)))
}

fn entry(id: &str) -> Entry {
    abandoned_by_crash(&opened(id), None, 0)
}

fn payload(record: &RecordRef<'_>) -> Vec<u8> {
    serde_json::to_vec(record).unwrap()
}

fn batch(payloads: Vec<Vec<u8>>) -> Batch {
    let place = |byte| Position { segment: 1, byte };
    let records = (0..).map(place).zip(payloads).collect();
    Batch::of(Chunk { records, next: place(99), ..Chunk::default() })
}

#[test]
fn a_request_within_one_batch_leaves_its_entry_alone() {
    let batch = batch(vec![open("a"), progress("a", 1), settle("a")]);
    assert_eq!(batch.entries, [entry("a")]);
    assert!(batch.holds.is_empty() && batch.progress.is_empty());
    assert_eq!(batch.next.byte, 99);
}

#[test]
fn a_request_that_runs_on_is_held_with_its_last_progress() {
    let batch = batch(vec![open("a"), progress("a", 1), progress("a", 2)]);
    let held = OpenRecord { opened: opened("a"), multiplier: Multiplier::ONE };
    assert_eq!(batch.holds, [held]);
    assert_eq!(batch.progress.len(), 1);
    assert_eq!(batch.progress[0].draft.response_bytes, 2);
}

#[test]
fn the_progress_of_a_request_that_ended_is_of_no_use() {
    let batch = batch(vec![progress("a", 1), settle("a"), progress("a", 2)]);
    assert_eq!(batch.entries, [entry("a")]);
    assert!(batch.progress.is_empty());
}

#[test]
fn what_cannot_be_understood_is_kept_and_stops_nothing() {
    let odd = b"{\"refund\":{}}".to_vec();
    let batch = batch(vec![open("a"), odd.clone(), settle("a")]);
    assert_eq!(batch.entries.len(), 1);
    assert_eq!(batch.unreadable.len(), 1);
    let kept = &batch.unreadable[0];
    assert_eq!((&kept.payload, kept.position.byte), (&odd, 1));
    assert!(kept.reason.contains("refund"));
}
