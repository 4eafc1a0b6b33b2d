//! What a failure of SQLite means.

use std::path::Path;

use crate::error::StoreError;

// Primary result codes, https://www.sqlite.org/rescode.html.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// The failure in the store's own words.
pub(super) fn read(path: &Path, error: sqlx::Error) -> StoreError {
    let at = path;
    let path = path.to_owned();
    let Some(database) = error.as_database_error() else {
        return StoreError::Database { path, source: Box::new(error) };
    };
    let message = database.message().to_owned();
    match database.code().and_then(|code| code.parse::<i32>().ok()).map(primary) {
        Some(BUSY | LOCKED) => StoreError::Busy { path },
        Some(CORRUPT | NOTADB) => corrupt(at, &message),
        Some(READONLY | FULL | CANTOPEN) => StoreError::Unwritable { path, reason: message },
        Some(_) | None => StoreError::Database { path, source: Box::new(error) },
    }
}

/// Damage, in one line: SQLite's report may have many.
pub(super) fn corrupt(path: &Path, report: &str) -> StoreError {
    const CHARS_MAX: usize = 200;
    let lines: Vec<&str> = report.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let detail = lines.join("; ").chars().take(CHARS_MAX).collect();
    StoreError::Corrupt { path: path.to_owned(), detail }
}

/// Extended result codes carry more in the higher bytes.
fn primary(code: i32) -> i32 {
    code & 0xff
}
