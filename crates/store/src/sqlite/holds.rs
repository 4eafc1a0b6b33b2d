//! Requests that were admitted and have not ended.

use salve_ledger::{Timestamp, Usage};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::journal::OpenRecord;

use super::{Sqlite, decode};

/// A request that has not ended, as far as it was seen to get.
#[derive(Debug)]
pub(crate) struct OpenHold {
    /// What was known when it was admitted.
    pub open: OpenRecord,
    /// What it had used, the bytes it had been sent, and when.
    pub checkpoint: Option<(Usage, u64, Timestamp)>,
}

impl Sqlite {
    /// How many there are.
    pub(crate) async fn open_holds(&self) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT count(*) FROM holds");
        let count: i64 = query.fetch_one(&self.readers).await.map_err(|error| self.fault(error))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Some of them, `limit` at the most.
    pub(crate) async fn some_holds(&self, limit: usize) -> Result<Vec<OpenHold>, StoreError> {
        let query = sqlx::query("SELECT * FROM holds LIMIT ?");
        let query = query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = query.fetch_all(self.writer()?).await.map_err(|error| self.fault(error))?;
        let holds = rows.iter().map(hold).collect::<Result<Vec<_>, _>>();
        holds.map_err(|_| StoreError::Row { what: "hold" })
    }
}

fn hold(row: &SqliteRow) -> Result<OpenHold, sqlx::Error> {
    let open = decode::json(row, "opened")?;
    let usage: Option<String> = row.try_get("usage")?;
    let checkpoint = match usage {
        None => None,
        Some(_) => {
            let time = Timestamp::from_millis(row.try_get("progress_time")?);
            Some((decode::json(row, "usage")?, decode::count(row, "response_bytes")?, time))
        }
    };
    Ok(OpenHold { open, checkpoint })
}
