//! Half of a surrogate pair in a body: `\ud83d` alone is no Unicode text, and upstreams refuse it.
//! It comes of text that was cut in the middle of an emoji.

#[cfg(test)]
mod tests;

use bytes::Bytes;

/// What stands in the place of what cannot be known any more.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// Bytes of an escape: `\uXXXX`.
const ESCAPE: usize = 6;

/// The same body with U+FFFD for every lone surrogate; `None` where there is none. Every other
/// byte stays, and so does the length.
#[must_use]
pub fn mend_lone_surrogates(bytes: &[u8]) -> Option<Bytes> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', bytes.get(at..)?) {
        let start = at.saturating_add(found);
        let Some(unit) = unit_at(bytes, start) else {
            // Any other escape is two bytes, of which the second may be a backslash.
            at = start.saturating_add(2);
            continue;
        };
        let next = start.saturating_add(ESCAPE);
        at = next;
        let is_pair = is_high(unit) && unit_at(bytes, next).is_some_and(is_low);
        if is_pair {
            at = next.saturating_add(ESCAPE);
        } else if is_high(unit) || is_low(unit) {
            let copy = mended.get_or_insert_with(|| bytes.to_vec());
            copy.get_mut(start..next)?.copy_from_slice(REPLACEMENT);
        }
        if at >= bytes.len() {
            break;
        }
    }
    mended.map(Bytes::from)
}

/// The code unit of the `\uXXXX` that begins at `start`.
fn unit_at(bytes: &[u8], start: usize) -> Option<u16> {
    let escape = bytes.get(start..start.checked_add(ESCAPE)?)?;
    let digits = escape.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn is_high(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xDC00..0xE000).contains(&unit)
}
