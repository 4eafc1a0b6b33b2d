//! Writing entries, many rows to a statement.

use salve_ledger::Entry;
use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite as Driver, Transaction};

use super::apply::signed;

/// Rows to a statement, most first. There are few sizes, so that each statement is prepared once
/// and stays; the largest keeps well below SQLite's 32 766 bound values.
const ROWS_SIZES: [usize; 3] = [64, 8, 1];

const INSERT: &str = "
INSERT INTO entries (
    request_id, time, endpoint, key_name, user_name, group_name, session, agent, model, model_known,
    stream, channel, upstream_model, outcome, status, fault, remedies, attempts, stop_reason,
    input_tokens, output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens, web_search_requests, cost_nano_usd, price_version, estimated,
    queue_ms, first_byte_ms, total_ms, request_bytes, response_bytes, changes, skipped) ";

const ONLY_ONCE: &str = " ON CONFLICT (request_id) DO NOTHING";

/// Writes entries of requests that have none yet; the others stay as they are.
pub(super) async fn insert_entries(
    transaction: &mut Transaction<'_, Driver>,
    entries: &[Entry],
) -> Result<(), sqlx::Error> {
    let mut rest = entries;
    for size in ROWS_SIZES {
        let chunks = rest.chunks_exact(size);
        rest = chunks.remainder();
        for chunk in chunks {
            let mut query = QueryBuilder::<Driver>::new(INSERT);
            query.push_values(chunk, push_row);
            query.push(ONLY_ONCE);
            query.build().execute(&mut **transaction).await?;
        }
    }
    Ok(())
}

/// Binds an entry in the order of [`INSERT`].
fn push_row(mut row: Separated<'_, Driver, &'static str>, entry: &Entry) {
    let usage = &entry.usage;
    row.push_bind(entry.request_id.as_str())
        .push_bind(entry.time.as_millis())
        .push_bind(entry.endpoint.name())
        .push_bind(entry.key.as_str())
        .push_bind(entry.user.as_deref())
        .push_bind(entry.group.as_str())
        .push_bind(entry.session.as_str())
        .push_bind(entry.agent.as_deref())
        .push_bind(entry.model.as_str())
        .push_bind(entry.model_known)
        .push_bind(entry.stream)
        .push_bind(entry.channel.as_deref())
        .push_bind(entry.upstream_model.as_deref())
        .push_bind(entry.outcome.name())
        .push_bind(entry.status)
        .push_bind(entry.fault.as_deref())
        .push_bind(json(&entry.remedies))
        .push_bind(json(&entry.attempts))
        .push_bind(entry.stop_reason.as_deref())
        .push_bind(signed(usage.input_tokens))
        .push_bind(signed(usage.output_tokens))
        .push_bind(signed(usage.cache_read_input_tokens))
        .push_bind(signed(usage.cache_creation_5m_input_tokens))
        .push_bind(signed(usage.cache_creation_1h_input_tokens))
        .push_bind(signed(usage.web_search_requests))
        .push_bind(entry.cost_nano_usd.nano())
        .push_bind(entry.price_version.as_str())
        .push_bind(entry.estimated)
        .push_bind(signed(entry.queue_ms))
        .push_bind(entry.first_byte_ms.map(signed))
        .push_bind(signed(entry.total_ms))
        .push_bind(signed(entry.request_bytes))
        .push_bind(signed(entry.response_bytes))
        .push_bind(json(&entry.changes))
        .push_bind(json(&entry.skipped));
}

/// A list as JSON text. Lists of texts and numbers always have one.
fn json<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}
