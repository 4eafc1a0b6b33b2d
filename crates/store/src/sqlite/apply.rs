//! Applying a batch: one transaction, one statement for each table, one bound value for each
//! statement. Every statement changes nothing the second time.

use salve_ledger::Entry;
use serde::Serialize;
use serde::ser::SerializeSeq as _;
use sqlx::{Sqlite as Driver, Transaction};

use crate::batch::{Batch, Unreadable};
use crate::error::StoreError;
use crate::journal::{OpenRecord, Position, Progress};

use super::Sqlite;

/// A batch as the JSON arrays that the statements take apart.
#[derive(Debug)]
pub(crate) struct Changes {
    entries: Option<String>,
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
            entries: rows(&batch.entries, EntryRow)?,
            ended: rows(&batch.ended, |id| id)?,
            holds: rows(&batch.holds, HoldRow::of)?,
            progress: rows(&batch.progress, progress_row)?,
            unreadable: batch.unreadable,
            next: batch.next,
        })
    }
}

const INSERT_ENTRIES: &str = "
INSERT INTO entries (
    request_id, time, endpoint, key_name, user_name, group_name, session, agent, model, model_known,
    stream, channel, upstream_model, outcome, status, fault, remedies, attempts, stop_reason,
    input_tokens, output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens, web_search_requests, cost_nano_usd, price_version, estimated,
    queue_ms, first_byte_ms, total_ms, request_bytes, response_bytes)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
    value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
    value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19,
    value ->> 20, value ->> 21, value ->> 22, value ->> 23, value ->> 24, value ->> 25,
    value ->> 26, value ->> 27, value ->> 28, value ->> 29, value ->> 30, value ->> 31,
    value ->> 32
FROM json_each(?) WHERE true
ON CONFLICT (request_id) DO NOTHING";

const DELETE_HOLDS: &str = "
DELETE FROM holds WHERE request_id IN (SELECT value FROM json_each(?))";

const INSERT_HOLDS: &str = "
INSERT INTO holds (request_id, held_nano_usd, opened)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.request_id = value ->> 0)
ON CONFLICT (request_id) DO NOTHING";

const UPDATE_HOLDS: &str = "
UPDATE holds
SET usage = latest.value ->> 1, response_bytes = latest.value ->> 2,
    progress_time = latest.value ->> 3
FROM json_each(?) AS latest WHERE holds.request_id = latest.value ->> 0";

const INSERT_UNREADABLE: &str = "
INSERT INTO unreadable_records (segment, byte, payload, reason) VALUES (?, ?, ?, ?)
ON CONFLICT DO NOTHING";

const SET_POSITION: &str = "UPDATE journal_position SET segment = ?, byte = ?";

impl Sqlite {
    /// Applies changes and notes the place in the journal up to which they go.
    pub(crate) async fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        self.apply_all(changes)
            .await
            .map_err(|error| self.fault(error))
    }

    async fn apply_all(&self, changes: &Changes) -> Result<(), sqlx::Error> {
        let Some(writer) = &self.writer else {
            return Err(sqlx::Error::PoolClosed);
        };
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        // Entries first: a hold is made only for a request that has none.
        let in_order = [
            (INSERT_ENTRIES, &changes.entries),
            (DELETE_HOLDS, &changes.ended),
            (INSERT_HOLDS, &changes.holds),
            (UPDATE_HOLDS, &changes.progress),
        ];
        for (statement, rows) in in_order {
            if let Some(rows) = rows {
                sqlx::query(statement)
                    .bind(rows.as_str())
                    .execute(&mut *transaction)
                    .await?;
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
fn signed(number: u64) -> i64 {
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
        Self(
            open.opened.request_id.as_str(),
            open.opened.held.nano(),
            open,
        )
    }
}

fn progress_row(progress: &Progress) -> impl Serialize + '_ {
    let id = progress.request_id.as_str();
    let bytes = signed(progress.response_bytes);
    (id, &progress.usage, bytes, progress.time.as_millis())
}

/// An entry as an array, in the order of [`INSERT_ENTRIES`].
struct EntryRow<'a>(&'a Entry);

impl Serialize for EntryRow<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = self.0;
        let usage = &entry.usage;
        let mut row = serializer.serialize_seq(None)?;
        row.serialize_element(&entry.request_id)?;
        row.serialize_element(&entry.time.as_millis())?;
        row.serialize_element(&entry.endpoint)?;
        row.serialize_element(&entry.key)?;
        row.serialize_element(&entry.user)?;
        row.serialize_element(&entry.group)?;
        row.serialize_element(&entry.session)?;
        row.serialize_element(&entry.agent)?;
        row.serialize_element(&entry.model)?;
        row.serialize_element(&entry.model_known)?;
        row.serialize_element(&entry.stream)?;
        row.serialize_element(&entry.channel)?;
        row.serialize_element(&entry.upstream_model)?;
        row.serialize_element(&entry.outcome)?;
        row.serialize_element(&entry.status)?;
        row.serialize_element(&entry.fault)?;
        row.serialize_element(&entry.remedies)?;
        row.serialize_element(&entry.attempts)?;
        row.serialize_element(&entry.stop_reason)?;
        for count in [
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_input_tokens,
            usage.cache_creation_5m_input_tokens,
            usage.cache_creation_1h_input_tokens,
            usage.web_search_requests,
        ] {
            row.serialize_element(&signed(count))?;
        }
        row.serialize_element(&entry.cost_nano_usd)?;
        row.serialize_element(&entry.price_version)?;
        row.serialize_element(&entry.estimated)?;
        row.serialize_element(&signed(entry.queue_ms))?;
        row.serialize_element(&entry.first_byte_ms.map(signed))?;
        row.serialize_element(&signed(entry.total_ms))?;
        row.serialize_element(&signed(entry.request_bytes))?;
        row.serialize_element(&signed(entry.response_bytes))?;
        row.end()
    }
}
