//! Every bound of the ledger, with its reason.

/// The largest token count that is believed, per kind and request: a thousand times the largest
/// context window known (1 M tokens). A broken or hostile upstream cannot bill more.
pub const TOKENS_MAX: u64 = 1_000_000_000;

/// Characters kept of a text that a client or an upstream chooses (a model's name, a stop
/// reason). Model ids known today stay below 120, also as Bedrock ARNs.
pub const TEXT_CHARS_MAX: usize = 256;

/// Characters kept of each text of a change: enough to recognise what was changed, and too few to
/// keep a conversation.
pub const CHANGE_CHARS_MAX: usize = 200;

/// Entries kept of each list of an entry. A request has far fewer attempts and remedies; the
/// bound keeps a record small whatever goes wrong.
pub const LIST_LEN_MAX: usize = 64;

/// The rough measure of text where nobody counted tokens: bytes to a token, common for English
/// and code.
pub const BYTES_PER_TOKEN: u64 = 4;
