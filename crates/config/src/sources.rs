//! Where a configuration's words come from besides the file itself: the environment and files.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::limits::FILE_BYTES_MAX;

/// The outside world as a configuration sees it; a test gives its own.
pub trait Sources {
    /// The value of an environment variable; none when it is unset or not UTF-8.
    fn env(&self, name: &str) -> Option<String>;

    /// The text of a file.
    ///
    /// # Errors
    /// When the file cannot be read, is not UTF-8, or is larger than Salve is willing to read.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// The environment and the files of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessSources;

impl Sources for ProcessSources {
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        // One byte more than allowed, so that the reader of the text sees the excess.
        let bytes_max = FILE_BYTES_MAX.saturating_add(1);
        std::fs::File::open(path)?
            .take(u64::try_from(bytes_max).unwrap_or(u64::MAX))
            .read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Where a configuration's text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What problems call the file.
    pub name: String,
    /// The folder from which relative paths in the configuration start.
    pub folder: PathBuf,
}

impl Origin {
    /// The origin of a configuration file: its path as given, and the folder that holds it.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Self { name: path.display().to_string(), folder }
    }
}

#[cfg(test)]
mod tests;
