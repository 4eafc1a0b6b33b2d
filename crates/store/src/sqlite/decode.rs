//! Rows of the database as what they stand for.

use salve_ledger::{Endpoint, Entry, NanoUsd, Outcome, RequestId, Timestamp, Usage};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::capability::{CapabilityRecord, Says, ServedRecord};
use crate::key::KeyRecord;

/// An entry; an error where the row is no entry.
pub(super) fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    Ok(Entry {
        request_id: RequestId::new(row.try_get::<String, _>("request_id")?),
        time: Timestamp::from_millis(row.try_get("time")?),
        endpoint: named(row, "endpoint", Endpoint::from_name)?,
        key: row.try_get("key_name")?,
        user: row.try_get("user_name")?,
        group: row.try_get("group_name")?,
        session: row.try_get("session")?,
        agent: row.try_get("agent")?,
        model: row.try_get("model")?,
        model_known: row.try_get("model_known")?,
        stream: row.try_get("stream")?,
        channel: row.try_get("channel")?,
        upstream_model: row.try_get("upstream_model")?,
        outcome: named(row, "outcome", Outcome::from_name)?,
        status: row.try_get("status")?,
        fault: row.try_get("fault")?,
        remedies: json(row, "remedies")?,
        changes: later_list(row, "changes")?,
        skipped: later_list(row, "skipped")?,
        attempts: json(row, "attempts")?,
        stop_reason: row.try_get("stop_reason")?,
        usage: usage(row)?,
        cost_nano_usd: NanoUsd::from_nano(row.try_get("cost_nano_usd")?),
        price_version: row.try_get("price_version")?,
        estimated: row.try_get("estimated")?,
        queue_ms: count(row, "queue_ms")?,
        first_byte_ms: row.try_get::<Option<i64>, _>("first_byte_ms")?.map(unsigned),
        total_ms: count(row, "total_ms")?,
        request_bytes: count(row, "request_bytes")?,
        response_bytes: count(row, "response_bytes")?,
    })
}

/// The token counts of an entry, or sums of them under the same names.
pub(super) fn usage(row: &SqliteRow) -> Result<Usage, sqlx::Error> {
    Ok(Usage {
        input_tokens: count(row, "input_tokens")?,
        output_tokens: count(row, "output_tokens")?,
        cache_read_input_tokens: count(row, "cache_read_input_tokens")?,
        cache_creation_5m_input_tokens: count(row, "cache_creation_5m_input_tokens")?,
        cache_creation_1h_input_tokens: count(row, "cache_creation_1h_input_tokens")?,
        web_search_requests: count(row, "web_search_requests")?,
    })
}

/// A key.
pub(super) fn key(row: &SqliteRow) -> Result<KeyRecord, sqlx::Error> {
    let mac: Vec<u8> = row.try_get("mac")?;
    let models: Option<String> = row.try_get("models")?;
    let models = models.map(|models| serde_json::from_str(&models)).transpose();
    Ok(KeyRecord {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        user: row.try_get("user_name")?,
        group: row.try_get("group_name")?,
        created: Timestamp::from_millis(row.try_get("created")?),
        revoked: row.try_get::<Option<i64>, _>("revoked")?.map(Timestamp::from_millis),
        mac: mac.try_into().map_err(|_| wrong("mac", "its length is not 32".into()))?,
        models: models.map_err(|error| wrong("models", error.into()))?,
        note: row.try_get("note")?,
    })
}

/// What a channel was learned to take or to refuse.
pub(super) fn capability(row: &SqliteRow) -> Result<CapabilityRecord, sqlx::Error> {
    let (says, value): (String, Option<String>) = (row.try_get("says")?, row.try_get("value")?);
    let says = Says::from_parts(&says, value);
    Ok(CapabilityRecord {
        channel: row.try_get("channel")?,
        model: row.try_get("model")?,
        feature: row.try_get("feature")?,
        says: says.ok_or_else(|| wrong("says", "there is no such word".into()))?,
        evidence: row.try_get("evidence")?,
        learned_at: Timestamp::from_millis(row.try_get("learned_at")?),
        expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
    })
}

/// A model that a channel served.
pub(super) fn served(row: &SqliteRow) -> Result<ServedRecord, sqlx::Error> {
    Ok(ServedRecord {
        channel: row.try_get("channel")?,
        model: row.try_get("model")?,
        last_served_at: Timestamp::from_millis(row.try_get("last_served_at")?),
    })
}

/// A count that is stored signed.
pub(super) fn count(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    row.try_get::<i64, _>(column).map(unsigned)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// JSON in a text column.
pub(super) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| wrong(column, error.into()))
}

/// A list in a column that an older schema does not have: one opened for reading alone is not
/// brought to the newest.
fn later_list<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Vec<T>, sqlx::Error> {
    match json(row, column) {
        Err(sqlx::Error::ColumnNotFound(_)) => Ok(Vec::new()),
        read => read,
    }
}

fn named<T>(
    row: &SqliteRow,
    column: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<T, sqlx::Error> {
    let name: String = row.try_get(column)?;
    from_name(&name).ok_or_else(|| wrong(column, "there is no such name".into()))
}

fn wrong(column: &str, source: Box<dyn std::error::Error + Send + Sync>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source }
}
