//! Every bound of this crate, with its reason.

/// How much of an error body is read, in bytes. Real error bodies are under 8 KiB; HTML pages
/// of proxies reach some 40 KiB, and their title stands at the top.
pub const BODY_READ_BYTES_MAX: usize = 64 * 1024;

/// How many times an error found inside the string of another error is opened. Relays of
/// relays were seen three deep.
pub const NESTED_STRINGS_MAX: u8 = 3;

/// How many objects and arrays deep a message is looked for. The deepest envelope known
/// (Bedrock inside LiteLLM) needs four.
pub const NESTED_VALUES_MAX: u8 = 8;

/// How many items of a list of errors are looked at; the first one that speaks is taken.
pub const LISTED_ERRORS_MAX: usize = 8;

/// How many steps of the place of a problem are kept; a path into a request has a dozen.
pub const LOCATION_STEPS_MAX: usize = 32;

/// How long a prefix such as `Error code: 400 - ` before an embedded error may be, in bytes.
/// Beyond it the prose is the message and the braces are its ornament.
pub const EMBEDDED_PREFIX_BYTES_MAX: usize = 200;

/// How much of a message the recognisers read, in bytes. What names a fault stands early.
pub const MESSAGE_MATCHED_BYTES_MAX: usize = 8 * 1024;

/// How much of an upstream's words is told to a client, in bytes. Claude Code shows a message
/// of 1.1 KB whole.
pub const WORDS_TOLD_BYTES_MAX: usize = 1024;

/// The longest cooling believed, in seconds: weekly plan limits reset within eight days, and
/// anything beyond is a mistake or malice.
pub const COOLS_SECS_MAX: u64 = 8 * 24 * 3600;

/// The longest `retry-after` told with a 503, in seconds: Claude Code gives up at once on more.
pub const RETRY_AFTER_BUSY_SECS_MAX: u64 = 60;

/// How much memory the automaton of all patterns may take, in bytes. It grows with what it has
/// seen; with the library's two megabytes it forgets what it learnt within one message.
pub const AUTOMATON_BYTES_MAX: usize = 16 * 1024 * 1024;
