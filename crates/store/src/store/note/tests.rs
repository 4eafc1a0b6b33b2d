use salve_ledger::LedgerError;

use super::may_admit;
use crate::journal::{Journal, Position};
use crate::limits::UNAPPLIED_BYTES_MAX;

#[test]
fn the_door_closes_when_more_waits_than_may_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    let at = Position { segment: 1, byte: 0 };
    let megabyte = vec![0; 1 << 20];
    while journal.waiting_bytes() < UNAPPLIED_BYTES_MAX {
        assert!(may_admit(&journal).is_ok());
        journal.append(&megabyte).unwrap();
    }
    assert_eq!(journal.waiting_bytes(), UNAPPLIED_BYTES_MAX);
    assert!(may_admit(&journal).is_ok());
    journal.append(b"1").unwrap();
    let refused = may_admit(&journal).unwrap_err();
    let over = UNAPPLIED_BYTES_MAX + 1;
    assert!(matches!(refused, LedgerError::Backlog { waiting_bytes } if waiting_bytes == over));
    journal.append(b"a settlement is still taken").unwrap();
    journal.note_applied(at, 1 << 20);
    assert!(may_admit(&journal).is_ok());
}

#[test]
fn nobody_is_admitted_while_the_database_fails() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), Position::default()).unwrap();
    journal.note_apply_failed(true);
    assert!(matches!(may_admit(&journal), Err(LedgerError::Closed { .. })));
    journal.note_apply_failed(false);
    assert!(may_admit(&journal).is_ok());
}

#[test]
fn nobody_is_admitted_while_an_entry_waits_for_the_disk() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("journal");
    std::fs::create_dir(&folder).unwrap();
    let journal = Journal::begin(&folder, Position::default()).unwrap();
    journal.close(journal.end()).unwrap();
    std::fs::remove_dir(&folder).unwrap();
    assert!(journal.append_or_keep(b"entry".to_vec()).is_err());
    assert!(matches!(may_admit(&journal), Err(LedgerError::Closed { .. })));
    std::fs::create_dir(&folder).unwrap();
    assert!(journal.append_kept());
    assert!(may_admit(&journal).is_ok());
}
