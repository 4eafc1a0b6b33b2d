//! One record: four bytes of length, four of CRC-32 (both little-endian), then JSON.

use salve_ledger::{Draft, Entry, Multiplier, Opened, RequestId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::RECORD_BYTES_MAX;

/// Bytes before a record's payload.
const HEAD_BYTES: usize = 8;
/// Most records fit without growing the buffer.
const USUAL_BYTES: usize = 1536;

/// A record to be written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordRef<'a> {
    /// A request was admitted.
    Open(OpenRef<'a>),
    /// How far a request has come.
    Progress(&'a Progress),
    /// How a request ended.
    Settle(&'a Entry),
}

/// A request that was admitted and the multiplier it pays.
#[derive(Debug, Serialize)]
pub(crate) struct OpenRef<'a> {
    pub opened: &'a Opened,
    pub multiplier: Multiplier,
}

/// A record that was read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Record {
    Open(Box<OpenRecord>),
    Progress(Box<Progress>),
    Settle(Box<Entry>),
}

/// As [`OpenRef`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenRecord {
    pub opened: Opened,
    pub multiplier: Multiplier,
}

/// How far a request has come, and when that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub request_id: RequestId,
    pub draft: Draft,
    pub time: Timestamp,
}

/// The bytes of a record, head and all.
pub(crate) fn frame(record: &RecordRef<'_>) -> serde_json::Result<Vec<u8>> {
    let mut frame = Vec::with_capacity(USUAL_BYTES);
    frame.extend_from_slice(&[0; HEAD_BYTES]);
    serde_json::to_writer(&mut frame, record)?;
    if let Some((head, payload)) = frame.split_first_chunk_mut::<HEAD_BYTES>() {
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let crc = crc32fast::hash(payload);
        let bytes = u64::from(length) | (u64::from(crc) << 32);
        *head = bytes.to_le_bytes();
    }
    Ok(frame)
}

/// The payload of the record that `bytes` begins with; none where there is no whole one.
pub(crate) fn first_payload(bytes: &[u8]) -> Option<&[u8]> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
    let head = u64::from_le_bytes(*head);
    let length = usize::try_from(head & u64::from(u32::MAX)).ok()?;
    let crc = u32::try_from(head >> 32).ok()?;
    // A stretch of zeros, which a power failure may leave, reads as an empty record with the
    // right sum. No record is empty.
    if length == 0 || length > RECORD_BYTES_MAX {
        return None;
    }
    rest.get(..length).filter(|payload| crc32fast::hash(payload) == crc)
}

/// The bytes of the record with this payload, head and all.
pub(crate) fn frame_bytes(payload: &[u8]) -> usize {
    HEAD_BYTES + payload.len()
}
