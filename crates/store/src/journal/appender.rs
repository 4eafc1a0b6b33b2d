//! Appending to the journal. Everything here happens under the journal's lock.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::limits::SEGMENT_BYTES_MAX;

use super::position::Position;
use super::segment::{make_segment, segment_path};

/// The end of the journal.
#[derive(Debug)]
pub(super) struct Appender {
    folder: PathBuf,
    segment: u64,
    file: Arc<File>,
    len: u64,
    /// Whether the segment ends in part of a record that could not be taken back, or is closed.
    is_spoilt: bool,
    is_dirty: bool,
    /// Earlier segments, and the folder after a segment was made in it, that are to be synced.
    pub(super) also_unsynced: Vec<Arc<File>>,
    /// Records that could not be written. There are no more than open requests, because no
    /// request is admitted while there is one.
    kept: VecDeque<Vec<u8>>,
}

impl Appender {
    pub(super) fn begin(folder: &Path, segment: u64) -> io::Result<Self> {
        let file = Arc::new(make_segment(folder, segment)?);
        let mut appender = Self {
            folder: folder.to_owned(),
            segment,
            file,
            len: 0,
            is_spoilt: false,
            is_dirty: false,
            also_unsynced: Vec::new(),
            kept: VecDeque::new(),
        };
        appender.sync_folder_later();
        Ok(appender)
    }

    pub(super) fn append(&mut self, frame: &[u8]) -> io::Result<()> {
        self.make_room(frame.len())?;
        // One write, so that the death of the process leaves all of the record or nothing.
        let written = (&*self.file).write(frame);
        match written {
            Ok(bytes) if bytes == frame.len() => {
                self.len += frame.len() as u64;
                self.is_dirty = true;
                Ok(())
            }
            Ok(_) => self.take_back(io::Error::from(io::ErrorKind::StorageFull)),
            Err(error) => self.take_back(error),
        }
    }

    pub(super) fn append_or_keep(&mut self, frame: Vec<u8>) -> io::Result<()> {
        let appended = self.append(&frame);
        if appended.is_err() {
            self.kept.push_back(frame);
        }
        appended
    }

    /// Tries the kept records again, and tells how many bytes could be written.
    pub(super) fn append_kept(&mut self) -> usize {
        let mut bytes = 0;
        while let Some(frame) = self.kept.pop_front() {
            if self.append(&frame).is_err() {
                self.kept.push_front(frame);
                break;
            }
            bytes += frame.len();
        }
        bytes
    }

    pub(super) fn has_kept(&self) -> bool {
        !self.kept.is_empty()
    }

    pub(super) fn end(&self) -> Position {
        Position { segment: self.segment, byte: self.len }
    }

    pub(super) fn take_unsynced(&mut self) -> Vec<Arc<File>> {
        let mut files = std::mem::take(&mut self.also_unsynced);
        if std::mem::take(&mut self.is_dirty) {
            files.push(Arc::clone(&self.file));
        }
        files
    }

    pub(super) fn close(&mut self, applied: Position) -> io::Result<()> {
        if applied < self.end() || self.has_kept() {
            return Ok(());
        }
        // Whatever comes after all begins a segment of its own.
        self.is_spoilt = true;
        fs::remove_file(segment_path(&self.folder, self.segment))
    }

    fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        let is_full = self.len > 0 && self.len + bytes as u64 > SEGMENT_BYTES_MAX;
        if !is_full && !self.is_spoilt {
            return Ok(());
        }
        match self.begin_next() {
            // A full segment can still grow; a spoilt one cannot.
            Err(error) if self.is_spoilt => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn begin_next(&mut self) -> io::Result<()> {
        let segment = self.segment + 1;
        let next = Arc::new(make_segment(&self.folder, segment)?);
        let full = std::mem::replace(&mut self.file, next);
        if std::mem::take(&mut self.is_dirty) {
            self.also_unsynced.push(full);
        }
        (self.segment, self.len, self.is_spoilt) = (segment, 0, false);
        self.sync_folder_later();
        Ok(())
    }

    fn take_back(&mut self, error: io::Error) -> io::Result<()> {
        self.is_spoilt = self.file.set_len(self.len).is_err();
        Err(error)
    }

    /// A new file's name is on the disk only once its folder is synced.
    fn sync_folder_later(&mut self) {
        // Where folders cannot be opened, as on Windows, there is nothing to sync.
        self.also_unsynced.extend(File::open(&self.folder).ok().map(Arc::new));
    }
}
