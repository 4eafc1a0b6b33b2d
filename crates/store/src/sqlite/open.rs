//! Opening the database: made private, checked, brought to the newest schema.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqlitePool};

use crate::error::StoreError;
use crate::folder::private_file;
use crate::limits::{BUSY_WAIT, READERS_MAX};

use super::{Sqlite, fault};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

impl Sqlite {
    /// Opens the database for writing, and makes it where there is none. With `is_checked` all
    /// of it is read and checked first.
    pub(crate) async fn open(path: &Path, is_checked: bool) -> Result<Self, StoreError> {
        private_file(path).map_err(|error| StoreError::unwritable(path, &error))?;
        let options =
            options(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let writer = writer_pool().connect_with(options).await;
        let writer = writer.map_err(|error| fault::read(path, error))?;
        if is_checked {
            check(path, &writer).await?;
        }
        migrate(path, &writer).await?;
        Ok(Self { path: path.to_owned(), writer: Some(writer), readers: readers(path) })
    }

    /// Opens the database for reading. Another process may be writing it.
    pub(crate) async fn open_reading(path: &Path) -> Result<Self, StoreError> {
        let database = Self { path: path.to_owned(), writer: None, readers: readers(path) };
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
        let query = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations");
        let found: Option<i64> =
            query.fetch_one(&database.readers).await.map_err(|error| database.fault(error))?;
        if found > newest {
            return Err(StoreError::Newer { path: path.to_owned() });
        }
        Ok(database)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_WAIT).disable_statement_logging()
}

/// One connection that stays, without a look at its health before each use: it is a file.
fn writer_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn readers(path: &Path) -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX);
    pool.connect_lazy_with(options(path).read_only(true))
}

async fn check(path: &Path, pool: &SqlitePool) -> Result<(), StoreError> {
    const WHOLE: &str = "ok";
    let query = sqlx::query_scalar("PRAGMA quick_check(1)");
    let found: String = query.fetch_one(pool).await.map_err(|error| fault::read(path, error))?;
    if found == WHOLE {
        return Ok(());
    }
    Err(fault::corrupt(path, &found))
}

async fn migrate(path: &Path, pool: &SqlitePool) -> Result<(), StoreError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            StoreError::Newer { path: path.to_owned() }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            fault::read(path, error)
        }
        other => fault::read(path, sqlx::Error::Migrate(Box::new(other))),
    })
}
