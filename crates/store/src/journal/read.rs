//! Reading the journal, a chunk at a time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::limits::{BATCH_RECORDS_MAX, READ_BYTES_MAX};

use super::position::Position;
use super::record::{first_payload, frame_bytes};
use super::segment::{next_segment, segment_path};

/// A stretch of the journal.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The payloads of its records, each with the place of the record.
    pub records: Vec<(Position, Vec<u8>)>,
    /// The place after it.
    pub next: Position,
    /// Bytes of its records.
    pub bytes: u64,
    /// Bytes after them that are no whole record: what a power failure left of the last one.
    pub torn_bytes: u64,
}

/// Reads on from `from`, to `end` at the most, where the journal ends now. Nothing is read
/// only where `from` is `end`.
///
/// Segments before that of `end` are complete: whatever is no whole record at the end of one is
/// passed over.
pub(crate) fn read_chunk(folder: &Path, from: Position, end: Position) -> io::Result<Chunk> {
    if from >= end {
        return Ok(Chunk { next: from, ..Chunk::default() });
    }
    let buffer = read_bytes(folder, from, end)?;
    let mut chunk = Chunk { next: from, ..Chunk::default() };
    let mut rest = buffer.as_slice();
    while let Some(payload) = first_payload(rest).filter(|_| chunk.has_room()) {
        let bytes = frame_bytes(payload);
        chunk.records.push((chunk.next, payload.to_owned()));
        chunk.next.byte += bytes as u64;
        chunk.bytes += bytes as u64;
        rest = rest.get(bytes..).unwrap_or_default();
    }
    if chunk.records.is_empty() {
        // A buffer is larger than any record: one that begins with no whole record has none.
        chunk.torn_bytes = rest.len() as u64;
        chunk.next = after_segment(folder, from, end)?;
    }
    Ok(chunk)
}

impl Chunk {
    fn has_room(&self) -> bool {
        self.records.len() < BATCH_RECORDS_MAX
    }
}

/// Bytes from `from` on; none where its segment ends there.
fn read_bytes(folder: &Path, from: Position, end: Position) -> io::Result<Vec<u8>> {
    let mut file = match File::open(segment_path(folder, from.segment)) {
        Ok(file) => file,
        // Removed after it was applied, or never made.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let is_current = from.segment == end.segment;
    let limit = if is_current { end.byte } else { file.metadata()?.len() };
    let wanted = limit.saturating_sub(from.byte).min(READ_BYTES_MAX as u64);
    let mut buffer = Vec::with_capacity(usize::try_from(wanted).unwrap_or(READ_BYTES_MAX));
    file.seek(SeekFrom::Start(from.byte))?;
    file.take(wanted).read_to_end(&mut buffer)?;
    Ok(buffer)
}

/// Where to read on when there is no more whole record in the segment of `from`.
fn after_segment(folder: &Path, from: Position, end: Position) -> io::Result<Position> {
    if from.segment == end.segment {
        return Ok(end);
    }
    let next = next_segment(folder, from.segment)?.unwrap_or(end.segment);
    Ok(Position { segment: next, byte: 0 })
}
