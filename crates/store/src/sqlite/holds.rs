//! Requests that were admitted and have not ended.

use salve_ledger::{Draft, Timestamp};
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
    /// How far it had come, and when.
    pub checkpoint: Option<(Draft, Timestamp)>,
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
    let time: Option<i64> = row.try_get("progress_time")?;
    let checkpoint = match time {
        None => None,
        Some(time) => Some((decode::json(row, "checkpoint")?, Timestamp::from_millis(time))),
    };
    Ok(OpenHold { open, checkpoint })
}
