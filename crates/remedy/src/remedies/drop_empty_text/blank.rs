//! Whether a body may hold blank text, from one pass over its bytes.

use memchr::memmem;

/// Whether `json` may hold a `text` or `content` that is blank, null or an empty list, or a
/// message without content. Wrong only towards yes: a key inside a tool's input counts too.
pub(super) fn may_hold(json: &[u8]) -> bool {
    let is_value_blank = |key: &'static [u8]| {
        memmem::find_iter(json, key).any(|at| {
            let rest = json.get(at.saturating_add(key.len())..).unwrap_or_default();
            let rest = rest.trim_ascii_start();
            rest.strip_prefix(b":").is_some_and(|value| is_blank(value.trim_ascii_start()))
        })
    };
    json.first() == Some(&b'"')
        || json.trim_ascii() == b"[]"
        || is_value_blank(b"\"text\"")
        || is_value_blank(b"\"content\"")
        || memmem::find_iter(json, b"\"role\"").count()
            > memmem::find_iter(json, b"\"content\"").count()
}

/// Whether the value that `json` begins with is blank.
fn is_blank(json: &[u8]) -> bool {
    match json {
        [b'[', rest @ ..] => rest.trim_ascii_start().starts_with(b"]"),
        [b'"', rest @ ..] => is_blank_string(rest),
        _ => json.starts_with(b"null"),
    }
}

fn is_blank_string(mut inner: &[u8]) -> bool {
    loop {
        inner = match inner {
            [b'"', ..] => return true,
            [b' ', rest @ ..]
            | [b'\\', b'n' | b't' | b'r' | b'f', rest @ ..]
            | [0xC2, 0x85 | 0xA0, rest @ ..]
            | [0xE2, 0x80..=0x81, _, rest @ ..]
            | [0xE3, 0x80, 0x80, rest @ ..] => rest,
            // Any other escape may stand for white space.
            [b'\\', b'u', ..] => return true,
            _ => return false,
        };
    }
}
