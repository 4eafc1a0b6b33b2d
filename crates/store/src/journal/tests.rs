use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::record::{first_payload, frame_bytes};
use super::segment::segment_path;
use super::{Journal, Position, read_chunk, remove_before};
use crate::limits::{BATCH_RECORDS_MAX, RECORD_BYTES_MAX, SEGMENT_BYTES_MAX};

/// A record with any payload.
fn frame_of(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    let mut frame = length.to_le_bytes().to_vec();
    frame.extend(crc32fast::hash(payload).to_le_bytes());
    frame.extend(payload);
    frame
}

/// Everything that can be read on from `from`, and the torn bytes in between.
fn read_all(folder: &Path, from: Position, end: Position) -> (Vec<Vec<u8>>, u64) {
    let (mut at, mut payloads, mut torn) = (from, Vec::new(), 0);
    while at < end {
        let chunk = read_chunk(folder, at, end).unwrap();
        assert!(chunk.next > at, "reading must get on");
        assert!(chunk.records.len() <= BATCH_RECORDS_MAX);
        payloads.extend(chunk.records.into_iter().map(|(_, payload)| payload));
        torn += chunk.torn_bytes;
        at = chunk.next;
    }
    (payloads, torn)
}

#[test]
fn what_was_appended_is_read_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    let payloads: Vec<Vec<u8>> = (0..1_300_u32).map(|n| n.to_string().into_bytes()).collect();
    for payload in &payloads {
        journal.append(&frame_of(payload)).unwrap();
    }
    let (read, torn) = read_all(folder.path(), Position::default(), journal.end());
    assert_eq!((read, torn), (payloads, 0));
    let frames = journal.end().byte;
    assert_eq!(journal.waiting_bytes(), frames);
    journal.note_applied(Position::default(), frames);
    assert_eq!(journal.waiting_bytes(), frames, "an earlier process's bytes do not count");
    journal.note_applied(Position { segment: 1, byte: 0 }, frames);
    assert_eq!(journal.waiting_bytes(), 0);
}

#[test]
fn a_full_segment_is_followed_by_a_new_one_and_freed_when_applied() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position { segment: 6, byte: 40 }).unwrap();
    let payload = vec![b'x'; RECORD_BYTES_MAX];
    let frame = frame_of(&payload);
    let fit = SEGMENT_BYTES_MAX / frame.len() as u64;
    for _ in 0..=fit {
        journal.append(&frame).unwrap();
    }
    assert_eq!(journal.end(), Position { segment: 8, byte: frame.len() as u64 });
    let from = Position { segment: 6, byte: 40 };
    let (read, torn) = read_all(folder.path(), from, journal.end());
    assert_eq!((read.len() as u64, torn), (fit + 1, 0));
    assert!(read.iter().all(|other| *other == payload));
    remove_before(folder.path(), 8).unwrap();
    assert!(!segment_path(folder.path(), 7).exists());
    assert!(segment_path(folder.path(), 8).exists());
}

#[test]
fn a_start_never_appends_to_an_old_segment() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::begin(folder.path(), Position::default()).unwrap();
    first.append(&frame_of(b"first")).unwrap();
    drop(first);
    let second = Journal::begin(folder.path(), Position::default()).unwrap();
    second.append(&frame_of(b"second")).unwrap();
    assert_eq!(second.end().segment, 2);
    let (read, _) = read_all(folder.path(), Position::default(), second.end());
    assert_eq!(read, [b"first".to_vec(), b"second".to_vec()]);
    // A power failure can leave the database ahead of the journal's files.
    let ahead = Position { segment: 40, byte: 7 };
    assert_eq!(Journal::begin(folder.path(), ahead).unwrap().end().segment, 41);
}

#[test]
fn a_record_torn_at_any_byte_costs_that_record_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (frame_of(b"{\"one\":1}"), frame_of(b"{\"two\":2}"));
    let path = segment_path(folder.path(), 1);
    let end = Position { segment: 2, byte: 0 };
    for kept in 0..two.len() {
        fs::write(&path, [&one[..], &two[..kept]].concat()).unwrap();
        let (read, torn) = read_all(folder.path(), Position { segment: 1, byte: 0 }, end);
        assert_eq!((read, torn), (vec![b"{\"one\":1}".to_vec()], kept as u64), "{kept}");
    }
}

#[test]
fn a_changed_byte_costs_what_follows_it_and_nothing_before() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (frame_of(b"{\"one\":1}"), frame_of(b"{\"two\":2}"));
    let end = Position { segment: 2, byte: 0 };
    for byte in 0..two.len() {
        let mut changed = two.clone();
        changed[byte] ^= 0x40;
        fs::write(segment_path(folder.path(), 1), [&one[..], &changed[..]].concat()).unwrap();
        let (read, torn) = read_all(folder.path(), Position { segment: 1, byte: 0 }, end);
        assert_eq!((read.len(), torn), (1, two.len() as u64), "{byte}");
    }
}

#[test]
fn zeros_after_a_power_failure_are_no_records() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = [frame_of(b"1"), vec![0; 4096]].concat();
    fs::write(segment_path(folder.path(), 1), bytes).unwrap();
    let end = Position { segment: 2, byte: 0 };
    let (read, torn) = read_all(folder.path(), Position { segment: 1, byte: 0 }, end);
    assert_eq!((read.len(), torn), (1, 4096));
}

#[test]
fn a_record_is_bounded_at_its_limit() {
    let at = |length: usize| {
        let frame = frame_of(&vec![b'x'; length]);
        first_payload(&frame).map(<[u8]>::len)
    };
    assert_eq!(at(0), None);
    assert_eq!(at(RECORD_BYTES_MAX - 1), Some(RECORD_BYTES_MAX - 1));
    assert_eq!(at(RECORD_BYTES_MAX), Some(RECORD_BYTES_MAX));
    assert_eq!(at(RECORD_BYTES_MAX + 1), None);
}

#[test]
fn what_cannot_be_written_waits_and_is_written_later() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("journal");
    fs::create_dir(&folder).unwrap();
    let journal = Journal::begin(&folder, Position::default()).unwrap();
    journal.close(journal.end()).unwrap();
    fs::remove_dir(&folder).unwrap();
    assert!(journal.append(&frame_of(b"lost, and told so")).is_err());
    assert!(journal.append_or_keep(frame_of(b"kept")).is_err());
    assert!(journal.has_kept() && !journal.append_kept());
    assert_eq!(journal.waiting_bytes(), 0);
    fs::create_dir(&folder).unwrap();
    assert!(journal.append_kept() && !journal.has_kept());
    let (read, _) = read_all(&folder, Position::default(), journal.end());
    assert_eq!(read, [b"kept".to_vec()]);
    assert!(journal.waiting_bytes() > 0);
}

#[test]
fn a_journal_that_is_not_applied_to_its_end_is_not_closed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    let before = journal.end();
    journal.append(&frame_of(b"1")).unwrap();
    journal.close(before).unwrap();
    assert!(segment_path(folder.path(), 1).exists());
    journal.close(journal.end()).unwrap();
    assert!(!segment_path(folder.path(), 1).exists());
    journal.append(&frame_of(b"late")).unwrap();
    assert_eq!(journal.end().segment, 2);
}

#[test]
fn a_sync_takes_what_is_new_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    journal.append(&frame_of(b"1")).unwrap();
    journal.sync().unwrap();
    assert!(journal.lock().take_unsynced().is_empty());
    assert!(!journal.has_failed());
}

#[cfg(target_os = "linux")]
#[test]
fn a_journal_that_the_disk_failed_to_keep_is_not_trusted_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    // A device that cannot be synced stands for a disk that fails to.
    let device = fs::File::open("/dev/null").unwrap();
    journal.lock().also_unsynced = vec![std::sync::Arc::new(device)];
    assert!(journal.sync().is_err());
    assert!(journal.has_failed());
    journal.append(&frame_of(b"a settlement is still taken")).unwrap();
    assert!(journal.sync().is_ok() && journal.has_failed());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let payload = first_payload(&bytes);
        prop_assert!(payload.is_none_or(|payload| frame_bytes(payload) <= bytes.len()));
    }
}
