//! What was learned of channels.

use crate::capability::CapabilityRecord;
use crate::error::StoreError;
use crate::limits::{EVIDENCE_CHARS_MAX, LEARNED_ROWS_MAX};

use super::{Sqlite, decode};

/// What says the same again was known before: it keeps its first date.
const PUT: &str = "
INSERT INTO capability
    (channel, model, feature, says, value, evidence, learned_at, seen_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
ON CONFLICT (channel, model, feature) DO UPDATE SET
    learned_at = CASE
        WHEN says = excluded.says AND value IS excluded.value
        THEN min(learned_at, excluded.learned_at) ELSE excluded.learned_at END,
    says = excluded.says, value = excluded.value, evidence = excluded.evidence,
    seen_at = excluded.seen_at, expires_at = excluded.expires_at";

const TRIM: &str = "
DELETE FROM capability WHERE (channel, model, feature) IN (
    SELECT channel, model, feature FROM capability ORDER BY seen_at DESC LIMIT -1 OFFSET ?)";

impl Sqlite {
    /// Every capability, ordered by channel, model and feature. A row that cannot be read is left
    /// out: what it said is learned again.
    pub(crate) async fn capabilities(&self) -> Result<Vec<CapabilityRecord>, StoreError> {
        let query = sqlx::query("SELECT * FROM capability ORDER BY channel, model, feature");
        let rows = query.fetch_all(&self.readers).await.map_err(|error| self.fault(error))?;
        Ok(rows.iter().filter_map(|row| decode::capability(row).ok()).collect())
    }

    /// Keeps a capability in the place of what was known before.
    pub(crate) async fn put_capability(&self, record: &CapabilityRecord) -> Result<(), StoreError> {
        let (says, value) = record.says.parts();
        let evidence: String = record.evidence.chars().take(EVIDENCE_CHARS_MAX).collect();
        let put = sqlx::query(PUT)
            .bind(&record.channel)
            .bind(&record.model)
            .bind(&record.feature)
            .bind(says)
            .bind(value)
            .bind(evidence)
            .bind(record.learned_at.as_millis())
            .bind(record.expires_at.as_millis());
        put.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        let trim = sqlx::query(TRIM).bind(i64::from(LEARNED_ROWS_MAX));
        trim.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(())
    }

    /// Forgets one capability; whether there was one.
    pub(crate) async fn remove_capability(
        &self,
        channel: &str,
        model: &str,
        feature: &str,
    ) -> Result<bool, StoreError> {
        const REMOVE: &str =
            "DELETE FROM capability WHERE channel = ? AND model = ? AND feature = ?";
        let query = sqlx::query(REMOVE).bind(channel).bind(model).bind(feature);
        let done = query.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets the capabilities on a channel, or on all; of a feature, or of all. How many went.
    pub(crate) async fn remove_capabilities(
        &self,
        channel: Option<&str>,
        feature: Option<&str>,
    ) -> Result<u64, StoreError> {
        const REMOVE: &str = "DELETE FROM capability
            WHERE channel = coalesce(?, channel) AND feature = coalesce(?, feature)";
        let query = sqlx::query(REMOVE).bind(channel).bind(feature);
        let done = query.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(done.rows_affected())
    }
}
