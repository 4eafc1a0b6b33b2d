//! Where the database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::StoreError;

/// A database. Written `sqlite:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite database in this file; a relative path starts in the data folder.
    Sqlite(PathBuf),
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    /// Reads `sqlite:PATH`, also `sqlite://PATH`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Err(StoreError::PostgresUnsupported);
        }
        let path = text.strip_prefix("sqlite:").ok_or(StoreError::Url)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        let is_file = !path.is_empty() && !path.ends_with('/') && !path.contains([':', '?', '\0']);
        if is_file { Ok(Self::Sqlite(PathBuf::from(path))) } else { Err(StoreError::Url) }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests;
