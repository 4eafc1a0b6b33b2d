//! The data folder: made private, and held by one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::error::StoreError;

/// The file whose lock says who uses the folder.
const LOCK_FILE: &str = "salve.lock";

/// Proof that this process alone uses a data folder, for as long as it lives. The system
/// takes the lock back when the process ends in any way.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process has it, [`StoreError::Unwritable`] where no
    /// lock file can be made.
    pub(crate) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(LOCK_FILE);
        let file = private_file(&path).map_err(|error| StoreError::unwritable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { folder: folder.to_owned() }),
            Err(TryLockError::Error(error)) => Err(StoreError::unwritable(&path, &error)),
        }
    }
}

/// Makes the folder and its parents, readable to its owner alone where it is new.
///
/// # Errors
/// [`StoreError::Unwritable`] names the folder.
pub(crate) fn make_private(folder: &Path) -> Result<(), StoreError> {
    let made = match fs::create_dir_all(folder.parent().unwrap_or(folder)) {
        Ok(()) if folder.is_dir() => Ok(()),
        Ok(()) => private_builder().create(folder),
        Err(error) => Err(error),
    };
    made.map_err(|error| StoreError::unwritable(folder, &error))
}

fn private_builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
}

/// Opens a file for writing without changing what is in it, made for its owner alone where it
/// is new.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    private_options().create(true).write(true).truncate(false).open(path)
}

/// Options that make files for their owner alone.
pub(crate) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}
