//! The images of a conversation and what their first bytes say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use salve_wire::{Document, Node, quoted};

use crate::history;

const KEY: &[u8] = b"\"image\"";
/// Sources with their data in the body.
const BASE64: &[u8] = b"\"base64\"";
const REMOVED: &str = "[image removed: the upstream could not process it]";
/// How much of an image is decoded to find its size, in characters of base64: beyond that no
/// header of a camera reaches.
const HEAD_CHARS: usize = 256 * 1024;
/// How much of each end of an image tells it from others, in characters of base64.
const FINGERPRINT_CHARS: usize = 4096;

/// An image in a conversation.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    /// The indices of its message, its block, and of the item in it where it stands in a result.
    pub place: Vec<usize>,
    /// Whether it stands in the last message of the user.
    pub is_new: bool,
    /// What tells its data from those of others.
    pub fingerprint: String,
    /// The size of its data as decoded, in bytes.
    pub bytes: usize,
    /// Its longer side, where it was measured and its first bytes tell it.
    pub pixels: Option<u64>,
}

/// How many images there are.
pub(super) fn count(body: &mut Document) -> usize {
    let mut count = 0;
    each(body, &mut |_, _, _| count += 1);
    count
}

/// Every image, oldest first.
pub(super) fn of(body: &mut Document) -> Vec<Shot> {
    let mut shots = Vec::new();
    each(body, &mut |place, is_new, block| shots.push(shot(place, is_new, block)));
    shots
}

/// Every image, oldest first, with its size in pixels. Decodes much of each.
pub(super) fn measured(body: &mut Document) -> Vec<Shot> {
    let mut shots = Vec::new();
    each(body, &mut |place, is_new, block| {
        let pixels = pixels(block);
        shots.push(Shot { pixels, ..shot(place, is_new, block) });
    });
    shots
}

/// Makes texts of the images that `is_gone` means; gives how many.
pub(super) fn remove(body: &mut Document, is_gone: &mut dyn FnMut(&Shot) -> bool) -> usize {
    let mut count = 0;
    each(body, &mut |place, is_new, block| {
        if !is_gone(&shot(place, is_new, block)) {
            return;
        }
        let breakpoint = block.get("cache_control").map(|own| own.raw().into_owned());
        block.replace(history::text_block(REMOVED));
        if let Some(breakpoint) = breakpoint {
            block.set("cache_control", breakpoint);
        }
        count += 1;
    });
    count
}

/// Gives every image the media type that its first bytes say; gives how many had another.
pub(super) fn fix_types(body: &mut Document) -> usize {
    let mut count = 0;
    each(body, &mut |_, _, block| {
        let Some(source) = block.get("source").filter(|source| source.mentions(BASE64)) else {
            return;
        };
        let found = source.get("data").and_then(|data| media_type(&head(data, 64)));
        let Some(found) = found else { return };
        if history::text_of(source, "media_type") != found {
            source.set("media_type", quoted(found));
            count += 1;
        }
    });
    count
}

/// The indices in the path of an image, as upstreams write it:
/// `messages.1.content.0.tool_result.content.2.image.source`.
pub(super) fn place(path: &str) -> Option<Vec<usize>> {
    let steps: Vec<_> = path.split(['.', '[', ']']).filter(|step| !step.is_empty()).collect();
    let indices = steps.windows(2).filter_map(|pair| match pair {
        ["messages" | "content", index] => index.parse().ok(),
        _ => None,
    });
    let indices: Vec<_> = indices.collect();
    (indices.len() > 1).then_some(indices)
}

fn each(body: &mut Document, on: &mut dyn FnMut(&[usize], bool, &mut Node)) {
    let Some(messages) = history::messages(body).filter(|list| list.mentions(KEY)) else { return };
    let roles: Vec<_> = messages.items().map(|message| history::is_role(message, "user")).collect();
    let last = roles.iter().rposition(|is_user| *is_user);
    for (at, message) in messages.items().enumerate() {
        if !message.mentions(KEY) {
            continue;
        }
        let is_new = Some(at) == last;
        let Some(content) = history::blocks(message) else { continue };
        for (index, block) in content.items().enumerate() {
            if history::is_type(block, "image") {
                on(&[at, index], is_new, block);
            } else if let Some(inner) = history::blocks(block) {
                for (item, block) in inner.items().enumerate() {
                    if history::is_type(block, "image") {
                        on(&[at, index, item], is_new, block);
                    }
                }
            }
        }
    }
}

fn shot(place: &[usize], is_new: bool, block: &mut Node) -> Shot {
    let data = block.get("source").and_then(|source| source.get("data"));
    let mut shot =
        Shot { place: place.to_vec(), is_new, fingerprint: String::new(), bytes: 0, pixels: None };
    let Some(data) = data else { return shot };
    let raw = data.raw();
    shot.fingerprint = fingerprint(&raw);
    // Four characters of base64 are three bytes.
    shot.bytes = raw.len().saturating_sub(2) / 4 * 3;
    shot
}

fn pixels(block: &mut Node) -> Option<u64> {
    let data = block.get("source")?.get("data")?;
    let size = imagesize::blob_size(&head(data, HEAD_CHARS)).ok()?;
    Some(size.width.max(size.height) as u64)
}

/// FNV-1a, 64 bits, over the length and both ends of the data.
fn fingerprint(raw: &[u8]) -> String {
    let first = raw.get(..FINGERPRINT_CHARS.min(raw.len())).unwrap_or_default();
    let last = raw.get(raw.len().saturating_sub(FINGERPRINT_CHARS)..).unwrap_or_default();
    let length = (raw.len() as u64).to_le_bytes();
    let bytes = length.iter().chain(first).chain(last);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The first bytes of base64 data, from up to so many of its characters.
fn head(data: &Node, chars_max: usize) -> Vec<u8> {
    let raw = data.raw();
    let inner = raw.strip_prefix(b"\"").unwrap_or_default();
    let inner = inner.strip_suffix(b"\"").unwrap_or_default();
    let own = inner.iter().take(chars_max).take_while(|byte| is_base64(**byte)).count();
    // Whole groups of four decode on their own.
    inner.get(..own / 4 * 4).and_then(|head| STANDARD_NO_PAD.decode(head).ok()).unwrap_or_default()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// What an image is, by its first bytes.
fn media_type(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
