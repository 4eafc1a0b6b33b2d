//! By what a thinking block is told from others: where it stands, and its signature.

use salve_wire::Node;

/// The message and the block in it, counted from 0.
pub(super) type Place = (usize, usize);

/// The signature of a block, or the data that stand for it where the thinking is hidden. Empty
/// where there is none.
pub(super) fn signature(block: &mut Node) -> String {
    let is_hidden = block.get("type").is_some_and(|kind| kind.is("redacted_thinking"));
    let name = if is_hidden { "data" } else { "signature" };
    let text = block.get(name).and_then(|node| node.text());
    text.map(|text| text.into_owned()).unwrap_or_default()
}

/// What makes a signature none of Anthropic's, at first sight: those are base64 and no less.
///
/// * `unsigned`: there is none, as of services that sign nothing
/// * `openai`: OpenAI's encrypted reasoning, a Fernet token
/// * `relay`: with a relay's own mark before it
/// * `placeholder`: what relays put where they have none
/// * `other`: anything else that is not base64
pub(super) fn kind(signature: &str) -> Option<&'static str> {
    const PLACEHOLDERS: [&str; 4] =
        ["skip_thought_signature_validator", "default_thinking", "placeholder", "dummy"];
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let low = || signature.to_ascii_lowercase();
    if signature.trim().is_empty() {
        Some("unsigned")
    } else if signature.starts_with("gAAAA") {
        Some("openai")
    } else if signature.starts_with("claude#") {
        Some("relay")
    } else if signature.chars().all(is_base64) {
        None
    } else if PLACEHOLDERS.iter().any(|mark| low().contains(mark)) {
        Some("placeholder")
    } else {
        Some("other")
    }
}

/// A short name of a signature, the same on every machine and in every release: FNV-1a, 64 bits.
/// Nothing but the repair of the very conversation hangs on it, so it need not be a secure one.
pub(super) fn fingerprint(signature: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    signature.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}
