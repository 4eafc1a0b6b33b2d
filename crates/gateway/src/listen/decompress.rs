//! Compressed bodies, unfolded within bounds of size and ratio. One layer, never more.

use std::io::Read;

use bytes::Bytes;
use http::HeaderMap;

use crate::limits;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// Why a body was not unfolded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecompressError {
    /// It unfolds to more than is accepted.
    #[error("it unfolds to more than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// It unfolds to suspiciously much.
    #[error(
        "its {packed} bytes unfold to more than {} times as many",
        limits::DECOMPRESSION_RATIO_MAX
    )]
    Ratio {
        /// Its encoding's name.
        encoding: &'static str,
        /// Its size as sent.
        packed: u64,
    },
    /// It is not what its encoding says.
    #[error("it is not valid {0}")]
    Malformed(&'static str),
}

impl Encoding {
    /// The encoding a head declares; an unknown one comes back as its error.
    pub fn of(headers: &HeaderMap) -> Result<Self, String> {
        let mut values = headers.get_all(http::header::CONTENT_ENCODING).iter();
        let Some(value) = values.next() else {
            return Ok(Self::Identity);
        };
        let text = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
        match text.as_str() {
            _ if values.next().is_some() => Err("more than one layer".to_owned()),
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(text.chars().take(40).collect()),
        }
    }
}

/// The body as it was before packing, at most `limit` bytes.
///
/// # Errors
/// [`DecompressError`]; memory stays below `limit` whatever the body claims.
pub fn unfold(encoding: Encoding, packed: Bytes, limit: u64) -> Result<Bytes, DecompressError> {
    match encoding {
        Encoding::Identity => Ok(packed),
        Encoding::Gzip => {
            let decoder = flate2::bufread::MultiGzDecoder::new(packed.as_ref());
            read(decoder, "gzip", packed.len() as u64, limit)
        }
        Encoding::Zstd => {
            let decoder = zstd::Decoder::with_buffer(packed.as_ref());
            let decoder = decoder.map_err(|_| DecompressError::Malformed("zstd"))?;
            read(decoder, "zstd", packed.len() as u64, limit)
        }
    }
}

/// Reads all of `decoder` within the bounds.
fn read(
    decoder: impl Read,
    encoding: &'static str,
    packed: u64,
    limit: u64,
) -> Result<Bytes, DecompressError> {
    let by_ratio = packed.saturating_mul(limits::DECOMPRESSION_RATIO_MAX);
    let by_ratio = by_ratio.max(limits::RATIO_FREE_BYTES);
    let bound = limit.min(by_ratio);
    let mut whole = Vec::new();
    let read = decoder.take(bound.saturating_add(1)).read_to_end(&mut whole);
    read.map_err(|_| DecompressError::Malformed(encoding))?;
    match whole.len() as u64 {
        length if length <= bound => Ok(Bytes::from(whole)),
        _ if by_ratio < limit => Err(DecompressError::Ratio { encoding, packed }),
        _ => Err(DecompressError::TooLarge { limit }),
    }
}

#[cfg(test)]
mod tests;
