//! Applying a batch in one transaction. Every statement changes nothing the second time.
//!
//! Holds are few and narrow, and go as one JSON value a statement. Entries are most of the work
//! and have many columns; bound one by one they cost less than half of that.

use salve_ledger::Entry;
use serde::Serialize;
use sqlx::{Connection as _, Sqlite as Driver, SqliteConnection, Transaction};

use crate::batch::{Batch, Unreadable};
use crate::error::StoreError;
use crate::journal::{OpenRecord, Position, Progress};

use super::Sqlite;
use super::insert::insert_entries;

/// A batch in the form in which the statements take it.
#[derive(Debug)]
pub(crate) struct Changes {
    entries: Vec<Entry>,
    ended: Option<String>,
    holds: Option<String>,
    progress: Option<String>,
    unreadable: Vec<Unreadable>,
    next: Position,
}

impl Changes {
    /// Writes a batch out.
    pub(crate) fn of(batch: Batch) -> serde_json::Result<Self> {
        Ok(Self {
            ended: rows(&batch.entries, |entry| &entry.request_id)?,
            holds: rows(&batch.holds, HoldRow::of)?,
            progress: rows(&batch.progress, progress_row)?,
            entries: batch.entries,
            unreadable: batch.unreadable,
            next: batch.next,
        })
    }
}

const DELETE_HOLDS: &str = "
DELETE FROM holds WHERE request_id IN (SELECT value FROM json_each(?))";

const INSERT_HOLDS: &str = "
INSERT INTO holds (request_id, held_nano_usd, opened)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.request_id = value ->> 0)
ON CONFLICT (request_id) DO NOTHING";

const UPDATE_HOLDS: &str = "
UPDATE holds
SET checkpoint = latest.value ->> 1, progress_time = latest.value ->> 2
FROM json_each(?) AS latest WHERE holds.request_id = latest.value ->> 0";

const INSERT_UNREADABLE: &str = "
INSERT INTO unreadable_records (segment, byte, payload, reason) VALUES (?, ?, ?, ?)
ON CONFLICT DO NOTHING";

const SET_POSITION: &str = "UPDATE journal_position SET segment = ?, byte = ?";

impl Sqlite {
    /// Applies changes and notes the place in the journal up to which they go.
    pub(crate) async fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        self.apply_all(changes).await.map_err(|error| self.fault(error))
    }

    async fn apply_all(&self, changes: &Changes) -> Result<(), sqlx::Error> {
        let Some(writer) = &self.writer else {
            return Err(sqlx::Error::PoolClosed);
        };
        let mut connection = writer.acquire().await?;
        let applied = apply_to(&mut connection, changes).await;
        if applied.is_err() {
            // After some failures, a full disk for one, SQLite has ended the transaction by
            // itself. The pool would not know, and the connection would be of no use for ever.
            connection.close().await?;
        }
        applied
    }
}

async fn apply_to(connection: &mut SqliteConnection, changes: &Changes) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Entries first: a hold is made only for a request that has none.
    insert_entries(&mut transaction, &changes.entries).await?;
    let in_order = [
        (DELETE_HOLDS, &changes.ended),
        (INSERT_HOLDS, &changes.holds),
        (UPDATE_HOLDS, &changes.progress),
    ];
    for (statement, rows) in in_order {
        if let Some(rows) = rows {
            sqlx::query(statement).bind(rows.as_str()).execute(&mut *transaction).await?;
        }
    }
    for record in &changes.unreadable {
        keep_unreadable(&mut transaction, record).await?;
    }
    let (segment, byte) = (signed(changes.next.segment), signed(changes.next.byte));
    let position = sqlx::query(SET_POSITION).bind(segment).bind(byte);
    position.execute(&mut *transaction).await?;
    transaction.commit().await
}

async fn keep_unreadable(
    transaction: &mut Transaction<'_, Driver>,
    record: &Unreadable,
) -> Result<(), sqlx::Error> {
    sqlx::query(INSERT_UNREADABLE)
        .bind(signed(record.position.segment))
        .bind(signed(record.position.byte))
        .bind(record.payload.as_slice())
        .bind(record.reason.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// SQLite's integers are signed. No count here comes near the end of their range.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A JSON array with one element for each thing; none for no things.
fn rows<'a, T, R: Serialize>(
    things: &'a [T],
    row: impl Fn(&'a T) -> R,
) -> serde_json::Result<Option<String>> {
    if things.is_empty() {
        return Ok(None);
    }
    let rows: Vec<R> = things.iter().map(row).collect();
    serde_json::to_string(&rows).map(Some)
}

#[derive(Serialize)]
struct HoldRow<'a>(&'a str, i64, &'a OpenRecord);

impl<'a> HoldRow<'a> {
    fn of(open: &'a OpenRecord) -> Self {
        Self(open.opened.request_id.as_str(), open.opened.held.nano(), open)
    }
}

fn progress_row(progress: &Progress) -> impl Serialize + '_ {
    let id = progress.request_id.as_str();
    (id, &progress.draft, progress.time.as_millis())
}
