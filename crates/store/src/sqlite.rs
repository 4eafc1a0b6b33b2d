//! The store in SQLite: one file in WAL mode, one connection that writes, a few that read.
//!
//! A committed transaction is on the disk (`synchronous = FULL`). Every text from outside
//! reaches a statement as a bound value.

mod apply;
mod capabilities;
mod decode;
mod entries;
mod fault;
mod holds;
mod insert;
mod keys;
mod open;
mod served;

use std::path::PathBuf;

use sqlx::SqlitePool;

use crate::error::StoreError;
use crate::journal::Position;

pub(crate) use apply::Changes;
pub(crate) use holds::OpenHold;

/// A SQLite database that is open and has the newest schema.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    /// One connection, so that writers queue here and not in SQLite. None for reading only.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
}

impl Sqlite {
    fn writer(&self) -> Result<&SqlitePool, StoreError> {
        self.writer.as_ref().ok_or(StoreError::ReadOnly)
    }

    fn fault(&self, error: sqlx::Error) -> StoreError {
        fault::read(&self.path, error)
    }

    /// Up to where the journal has been applied.
    pub(crate) async fn position(&self) -> Result<Position, StoreError> {
        let row: (i64, i64) = sqlx::query_as("SELECT segment, byte FROM journal_position")
            .fetch_one(self.writer()?)
            .await
            .map_err(|error| self.fault(error))?;
        let read = |number| u64::try_from(number).unwrap_or(0);
        Ok(Position { segment: read(row.0), byte: read(row.1) })
    }

    /// A small fact about the database.
    pub(crate) async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM meta WHERE name = ?").bind(name);
        query.fetch_optional(&self.readers).await.map_err(|error| self.fault(error))
    }

    /// Notes a small fact about the database.
    pub(crate) async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        const SET: &str = "INSERT INTO meta (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let query = sqlx::query(SET).bind(name).bind(value);
        query.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(())
    }

    /// Empties SQLite's own log into the database file, so that a clean stop leaves one file.
    pub(crate) async fn truncate_log(&self) -> Result<(), StoreError> {
        let query = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        query.execute(self.writer()?).await.map_err(|error| self.fault(error))?;
        Ok(())
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

#[cfg(test)]
impl Sqlite {
    /// Runs a statement of a test, with one number bound.
    pub(crate) async fn execute(&self, statement: &'static str, number: i64) {
        let query = sqlx::query(statement).bind(number);
        query.execute(self.writer().unwrap()).await.unwrap();
    }
}
