//! The run file: how a command finds the server that uses a data folder.
//!
//! `salve.run` in the data folder, readable by its owner alone, written at start and removed
//! at the end. One that a crash left behind names an address where nobody answers with its
//! token, and is ignored.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What a run file says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFile {
    /// The server's process.
    pub pid: u32,
    /// Where its admin API answers.
    pub url: String,
    /// The token it answers to.
    pub token: String,
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("salve.run")
}

impl RunFile {
    /// Writes the file; a server that starts is the only one, since it holds the store's lock.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        write_private(&path_in(folder), &serde_json::to_vec(self)?)
    }

    /// Reads the file, where there is one.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path_in(folder)).ok()?).ok()
    }

    /// Removes the file.
    pub fn remove(folder: &Path) {
        // One that cannot be removed is recognised as stale.
        let _ = fs::remove_file(path_in(folder));
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    // A leftover may have other permissions, so the file is made anew.
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
