//! Asking the store. Answers show what has been applied; [`Store::catch_up`] first where
//! everything noted so far must show.

use salve_ledger::{Entry, Timestamp};

use crate::error::StoreError;
use crate::filter::{EntryFilter, Page, Totals};
use crate::key::KeyRecord;

use super::Store;

impl Store {
    /// The entries that match, the last admitted first.
    ///
    /// # Errors
    /// Where the database fails, as all below.
    pub async fn entries(&self, filter: &EntryFilter) -> Result<Vec<Entry>, StoreError> {
        Ok(self.page(filter).await?.entries)
    }

    /// The entries that match, newest first, and where to read on as more are written.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn page(&self, filter: &EntryFilter) -> Result<Page, StoreError> {
        self.database.page(filter).await
    }

    /// The entry whose request id is `request_id` or is the only one to begin so.
    ///
    /// # Errors
    /// [`StoreError::Ambiguous`] where several begin so.
    pub async fn entry(&self, request_id: &str) -> Result<Option<Entry>, StoreError> {
        self.database.entry(request_id).await
    }

    /// How many requests were admitted and have not ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open_holds(&self) -> Result<u64, StoreError> {
        self.database.open_holds().await
    }

    /// What the entries that match come to, and what is held, at one moment. The filter's limit
    /// does not matter.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn totals(&self, filter: &EntryFilter) -> Result<Totals, StoreError> {
        self.database.totals(filter).await
    }

    /// Keeps a new key.
    ///
    /// # Errors
    /// [`StoreError::KeyExists`] where its id is taken.
    pub async fn insert_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        self.database.insert_key(key).await
    }

    /// Every key, revoked ones too, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.database.keys().await
    }

    /// The key with this public id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn key(&self, id: &str) -> Result<Option<KeyRecord>, StoreError> {
        self.database.key(id).await
    }

    /// Ends a key's validity and tells whether there is such a key. One that was revoked before
    /// keeps its first date.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revoke_key(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        self.database.revoke_key(id, at).await
    }

    /// A small fact about the database, such as what proves that a pepper is the right one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn check_value(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.database.value(name).await
    }

    /// Notes a small fact about the database.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.database.set_value(name, value).await
    }
}
