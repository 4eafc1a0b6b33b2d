//! Asking for entries.

use salve_ledger::{Entry, NanoUsd};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite as Driver};

use crate::error::StoreError;
use crate::filter::{EntryFilter, Page, Totals};
use crate::limits::{ENTRIES_DEFAULT, ENTRIES_MAX};

use super::{Sqlite, decode};

/// The cost is summed in two halves, because SQLite refuses a sum that does not fit 64 bits.
const TOTALS: &str = "
SELECT count(*) AS entries, coalesce(sum(estimated), 0) AS estimated,
    coalesce(sum(cost_nano_usd / 1000000000), 0) AS cost_usd,
    coalesce(sum(cost_nano_usd % 1000000000), 0) AS cost_rest,
    coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(cache_read_input_tokens), 0) AS cache_read_input_tokens,
    coalesce(sum(cache_creation_5m_input_tokens), 0) AS cache_creation_5m_input_tokens,
    coalesce(sum(cache_creation_1h_input_tokens), 0) AS cache_creation_1h_input_tokens,
    coalesce(sum(web_search_requests), 0) AS web_search_requests
FROM entries WHERE true";

impl Sqlite {
    /// The entries that match, newest first.
    pub(crate) async fn page(&self, filter: &EntryFilter) -> Result<Page, StoreError> {
        let rows = self.rows(filter).await.map_err(|error| self.fault(error))?;
        let mut page = Page { entries: Vec::new(), seq: filter.after_seq.unwrap_or(0) };
        for row in &rows {
            let read = decode::entry(row).and_then(|entry| Ok((entry, decode::count(row, "seq")?)));
            let (entry, seq) = read.map_err(|_| StoreError::Row { what: "log entry" })?;
            page.entries.push(entry);
            page.seq = page.seq.max(seq);
        }
        if filter.after_seq.is_some() {
            page.entries.reverse();
        }
        Ok(page)
    }

    async fn rows(&self, filter: &EntryFilter) -> Result<Vec<SqliteRow>, sqlx::Error> {
        select("SELECT * FROM entries WHERE true", filter).build().fetch_all(&self.readers).await
    }

    /// The entry whose id is `id` or, where there is only one, begins with it.
    pub(crate) async fn entry(&self, id: &str) -> Result<Option<Entry>, StoreError> {
        const FIND: &str = "
            SELECT * FROM entries WHERE request_id >= ?1 AND request_id < ?1 || char(1114111)
            ORDER BY request_id LIMIT 2";
        if id.is_empty() {
            return Ok(None);
        }
        let rows = sqlx::query(FIND).bind(id).fetch_all(&self.readers).await;
        let rows = rows.map_err(|error| self.fault(error))?;
        let entries = rows.iter().map(decode::entry).collect::<Result<Vec<_>, _>>();
        let mut entries = entries.map_err(|_| StoreError::Row { what: "log entry" })?.into_iter();
        match (entries.next(), entries.next()) {
            (Some(first), Some(_)) if first.request_id.as_str() != id => {
                Err(StoreError::Ambiguous { prefix: id.to_owned() })
            }
            (first, _) => Ok(first),
        }
    }

    /// What the entries that match come to, and what is held.
    pub(crate) async fn totals(&self, filter: &EntryFilter) -> Result<Totals, StoreError> {
        self.totals_read(filter).await.map_err(|error| self.fault(error))
    }

    async fn totals_read(&self, filter: &EntryFilter) -> Result<Totals, sqlx::Error> {
        const HOLDS: &str = "
            SELECT count(*) AS open_holds, coalesce(sum(held_nano_usd), 0) AS held FROM holds";
        // Both from one state of the database, so that the laws hold between them.
        let mut transaction = self.readers.begin().await?;
        let mut query = QueryBuilder::new(TOTALS);
        restrict(&mut query, filter);
        let entries = query.build().fetch_one(&mut *transaction).await?;
        let holds = sqlx::query(HOLDS).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        let dollars = i128::from(entries.try_get::<i64, _>("cost_usd")?) * 1_000_000_000;
        let cost = dollars + i128::from(entries.try_get::<i64, _>("cost_rest")?);
        Ok(Totals {
            entries: decode::count(&entries, "entries")?,
            estimated: decode::count(&entries, "estimated")?,
            cost: NanoUsd::from_nano(i64::try_from(cost).unwrap_or(i64::MAX)),
            usage: decode::usage(&entries)?,
            open_holds: decode::count(&holds, "open_holds")?,
            held: NanoUsd::from_nano(holds.try_get("held")?),
        })
    }
}

/// The question for the entries that match, which begins with `start`.
fn select(start: &str, filter: &EntryFilter) -> QueryBuilder<Driver> {
    let mut query = QueryBuilder::new(start);
    restrict(&mut query, filter);
    // One who follows the log reads on from where it was; anyone else sees the newest.
    query.push(match filter.after_seq {
        Some(_) => " ORDER BY seq",
        None => " ORDER BY time DESC, seq DESC",
    });
    let limit = filter.limit.unwrap_or(ENTRIES_DEFAULT).min(ENTRIES_MAX);
    query.push(" LIMIT ").push_bind(i64::from(limit));
    query
}

/// Adds the filter's conditions. Column names are literals, values are bound.
fn restrict(query: &mut QueryBuilder<Driver>, filter: &EntryFilter) {
    let texts = [
        (" AND key_name = ", filter.key.clone()),
        (" AND user_name = ", filter.user.clone()),
        (" AND model = ", filter.model.clone()),
        (" AND channel = ", filter.channel.clone()),
        (" AND session = ", filter.session.clone()),
        (" AND outcome = ", filter.outcome.map(|outcome| outcome.name().to_owned())),
        (" AND fault = ", filter.fault.clone()),
        (" AND stop_reason = ", filter.stop_reason.clone()),
    ];
    for (condition, value) in texts {
        if let Some(value) = value {
            query.push(condition).push_bind(value);
        }
    }
    let after = filter.after_seq.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let numbers = [
        (" AND time >= ", filter.since.map(|since| since.as_millis())),
        (" AND time < ", filter.until.map(|until| until.as_millis())),
        (" AND seq > ", after),
    ];
    for (condition, value) in numbers {
        if let Some(value) = value {
            query.push(condition).push_bind(value);
        }
    }
}

#[cfg(test)]
mod tests;
