//! When channels last answered for models.

use sqlx::{QueryBuilder, Sqlite as Driver};

use crate::capability::ServedRecord;
use crate::error::StoreError;
use crate::limits::{LEARNED_ROWS_MAX, SERVED_ROWS_PER_STATEMENT};

use super::{Sqlite, decode};

const NOTE: &str = "INSERT INTO served (channel, model, last_served_at) ";

/// Reports may arrive out of order: the latest counts.
const KEEP_LATEST: &str = "
ON CONFLICT (channel, model) DO UPDATE
SET last_served_at = max(last_served_at, excluded.last_served_at)";

const TRIM: &str = "
DELETE FROM served WHERE (channel, model) IN (
    SELECT channel, model FROM served ORDER BY last_served_at DESC LIMIT -1 OFFSET ?)";

impl Sqlite {
    /// Every channel and model that is known, ordered by both.
    pub(crate) async fn served(&self) -> Result<Vec<ServedRecord>, StoreError> {
        let query = sqlx::query("SELECT * FROM served ORDER BY channel, model");
        let rows = query.fetch_all(&self.readers).await.map_err(|error| self.fault(error))?;
        let served = rows.iter().map(decode::served).collect::<Result<Vec<_>, _>>();
        served.map_err(|_| StoreError::Row { what: "served model" })
    }

    /// Notes what was served.
    pub(crate) async fn note_served(&self, served: &[ServedRecord]) -> Result<(), StoreError> {
        for chunk in served.chunks(SERVED_ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::<Driver>::new(NOTE);
            query.push_values(chunk, |mut row, served| {
                row.push_bind(served.channel.as_str())
                    .push_bind(served.model.as_str())
                    .push_bind(served.last_served_at.as_millis());
            });
            query.push(KEEP_LATEST);
            let noted = query.build().execute(self.writer()?).await;
            noted.map_err(|error| self.fault(error))?;
        }
        let trim = sqlx::query(TRIM).bind(i64::from(LEARNED_ROWS_MAX));
        trim.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(())
    }
}
