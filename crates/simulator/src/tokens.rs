//! Counting tokens: a fixed function, so that usage can be recounted by hand.
//!
//! A text of `n` UTF-8 bytes is `ceil(n / 4)` tokens. A JSON value counts as its compact text.
//! An image is [`IMAGE`] tokens; a PDF is one token per 64 characters of its base64 text. Each
//! message adds [`PER_MESSAGE`], each tool [`PER_TOOL`], the request [`PER_REQUEST`].

use std::io;

use serde_json::Value;

/// Tokens of an image, whatever its size.
pub(crate) const IMAGE: u64 = 1_500;
/// Tokens each message adds to its content.
pub(crate) const PER_MESSAGE: u64 = 3;
/// Tokens each tool adds to its definition.
pub(crate) const PER_TOOL: u64 = 8;
/// Tokens every request adds.
pub(crate) const PER_REQUEST: u64 = 5;
/// UTF-8 bytes in a token.
pub(crate) const BYTES_PER_TOKEN: usize = 4;
const PDF_BYTES_PER_TOKEN: usize = 64;

/// The tokens of a text: a quarter of its UTF-8 bytes, rounded up.
#[must_use]
pub fn count_text(text: &str) -> u64 {
    text.len().div_ceil(BYTES_PER_TOKEN) as u64
}

/// The end of the longest start of a text that has at most `bytes` bytes and ends between letters.
pub(crate) fn floor_boundary(text: &str, bytes: usize) -> usize {
    (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0)
}

/// The tokens of a JSON value in its compact form.
pub(crate) fn count_json(value: &Value) -> u64 {
    let mut length = Length(0);
    // Writing to a counter cannot fail.
    let _written = serde_json::to_writer(&mut length, value);
    length.0.div_ceil(BYTES_PER_TOKEN) as u64
}

/// The tokens of a PDF given as base64 text.
pub(crate) fn count_pdf(base64: &str) -> u64 {
    base64.len().div_ceil(PDF_BYTES_PER_TOKEN) as u64
}

struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
