//! The bounds of the configuration, each with its reason.

/// Largest file read, in bytes: a thousand channels take a tenth of it; anything larger is the
/// wrong file.
pub(crate) const FILE_BYTES_MAX: usize = 1 << 20;

/// Largest secret, in bytes: the longest known, an OAuth token, stays below 8 KiB, and it has to
/// fit into a request header.
pub(crate) const SECRET_BYTES_MAX: usize = 16 << 10;

/// Shortest secret that may open Salve, in bytes: below that, guessing becomes thinkable.
pub(crate) const GUARDING_SECRET_BYTES_MIN: usize = 16;

/// Longest name of a channel, group or key, in bytes: names travel in response headers.
pub(crate) const NAME_BYTES_MAX: usize = 64;

/// Longest name of a user, in bytes: the longest mail address (RFC 5321 §4.5.3.1).
pub(crate) const USER_BYTES_MAX: usize = 254;

/// Longest model name or pattern, in bytes: the longest seen upstream, a Bedrock inference
/// profile ARN, stays below half of it.
pub(crate) const MODEL_BYTES_MAX: usize = 512;

/// Smallest `max_body`, in bytes: a coding agent's smallest request still fits.
pub(crate) const BODY_BYTES_MIN: u64 = 1 << 10;

/// Largest `max_body`, in bytes: a body is held in memory while its request lives.
pub(crate) const BODY_BYTES_MAX: u64 = 1 << 30;

/// Largest `group.price_multiplier`, in millionths: a thousand times the list price is a typing
/// error, and a cost times it still fits into 64 bits.
pub(crate) const PRICE_MULTIPLIER_MILLIONTHS_MAX: i64 = 1_000 * 1_000_000;

/// Most problems reported of one file: nobody mends more in one go, and a file of another kind
/// would have one in every line.
pub(crate) const PROBLEMS_MAX: usize = 200;

/// Longest `server.drain_seconds` and `server.drain_grace_seconds`: a day, longer than any answer lasts.
pub(crate) const DRAIN_SECONDS_MAX: u64 = 86_400;
