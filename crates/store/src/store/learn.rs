//! What was learned of channels. Written straight to the database, beside the journal: losing
//! the last one to a crash costs one refused attempt, no money. Not for the request path.

use crate::capability::{CapabilityRecord, ServedRecord};
use crate::error::StoreError;

use super::Store;

impl Store {
    /// Every capability, expired ones too, ordered by channel, model and feature.
    ///
    /// # Errors
    /// Where the database fails, as all below.
    pub async fn capabilities(&self) -> Result<Vec<CapabilityRecord>, StoreError> {
        self.database.capabilities().await
    }

    /// Keeps a capability in the place of what was known of its channel, model and feature. One
    /// that says the same as before keeps its first date. Ten thousand are kept; beyond that
    /// those go that were not confirmed for longest.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] beside a writer; where the database fails.
    pub async fn put_capability(&self, record: &CapabilityRecord) -> Result<(), StoreError> {
        self.database.put_capability(record).await
    }

    /// Forgets one capability and tells whether there was one.
    ///
    /// # Errors
    /// As [`Store::put_capability`].
    pub async fn remove_capability(
        &self,
        channel: &str,
        model: &str,
        feature: &str,
    ) -> Result<bool, StoreError> {
        self.database.remove_capability(channel, model, feature).await
    }

    /// Forgets every capability on `channel`, or on all channels, and tells how many.
    ///
    /// # Errors
    /// As [`Store::put_capability`].
    pub async fn remove_capabilities(&self, channel: Option<&str>) -> Result<u64, StoreError> {
        self.database.remove_capabilities(channel, None).await
    }

    /// Forgets what `channel` does with `feature`, for all models, and tells how many capabilities
    /// went.
    ///
    /// # Errors
    /// As [`Store::put_capability`].
    pub async fn remove_feature(&self, channel: &str, feature: &str) -> Result<u64, StoreError> {
        self.database.remove_capabilities(Some(channel), Some(feature)).await
    }

    /// Notes which channels answered for which models. A later moment stays over an earlier one;
    /// ten thousand pairs are kept, the latest.
    ///
    /// # Errors
    /// As [`Store::put_capability`].
    pub async fn note_served(&self, served: &[ServedRecord]) -> Result<(), StoreError> {
        self.database.note_served(served).await
    }

    /// Which channels answered for which models, and when last.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn served(&self) -> Result<Vec<ServedRecord>, StoreError> {
        self.database.served().await
    }
}
