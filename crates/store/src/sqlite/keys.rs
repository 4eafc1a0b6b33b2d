//! Keys.

use salve_ledger::Timestamp;

use crate::error::StoreError;
use crate::key::KeyRecord;

use super::{Sqlite, decode};

const INSERT: &str = "
INSERT INTO keys (id, name, user_name, group_name, created, revoked, mac, models, note)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

impl Sqlite {
    /// Keeps a new key.
    pub(crate) async fn insert_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        let models = key.models.as_ref().map(|models| {
            serde_json::to_string(models).map_err(|_| StoreError::Row { what: "key" })
        });
        let inserted = sqlx::query(INSERT)
            .bind(&key.id)
            .bind(&key.name)
            .bind(&key.user)
            .bind(&key.group)
            .bind(key.created.as_millis())
            .bind(key.revoked.map(Timestamp::as_millis))
            .bind(key.mac.as_slice())
            .bind(models.transpose()?)
            .bind(&key.note)
            .execute(self.writer()?)
            .await
            .map_err(|error| self.fault(error))?;
        match inserted.rows_affected() {
            0 => Err(StoreError::KeyExists { id: key.id.clone() }),
            _ => Ok(()),
        }
    }

    /// Every key, revoked ones too, oldest first.
    pub(crate) async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let query = sqlx::query("SELECT * FROM keys ORDER BY created, id");
        let rows = query.fetch_all(&self.readers).await.map_err(|error| self.fault(error))?;
        let keys = rows.iter().map(decode::key).collect::<Result<Vec<_>, _>>();
        keys.map_err(|_| StoreError::Row { what: "key" })
    }

    /// The key with this id.
    pub(crate) async fn key(&self, id: &str) -> Result<Option<KeyRecord>, StoreError> {
        let query = sqlx::query("SELECT * FROM keys WHERE id = ?").bind(id);
        let row = query.fetch_optional(&self.readers).await.map_err(|error| self.fault(error))?;
        let key = row.as_ref().map(decode::key).transpose();
        key.map_err(|_| StoreError::Row { what: "key" })
    }

    /// Ends a key's validity; whether there was such a key. One that was revoked before keeps
    /// its first date.
    pub(crate) async fn revoke_key(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        const REVOKE: &str = "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE id = ?";
        let query = sqlx::query(REVOKE).bind(at.as_millis()).bind(id);
        let done = query.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(done.rows_affected() > 0)
    }
}
