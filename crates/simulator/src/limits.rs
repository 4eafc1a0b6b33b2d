//! Every bound of the simulator, with its reason.

/// Largest request body in bytes: the Messages API refuses more than 32 MB with 413.
pub(crate) const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Connections the kernel may queue before they are accepted: load tests open thousands at once.
pub(crate) const ACCEPT_BACKLOG: u32 = 4_096;

/// Entries the request log keeps when the settings do not say otherwise; older ones go first.
pub(crate) const LOG_ENTRIES_MAX: usize = 100_000;

/// Bytes of bodies and answers the log keeps in all by default; older bodies go first.
pub(crate) const LOG_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Prefixes the prompt cache remembers; reaching it drops the expired, then everything.
pub(crate) const CACHE_ENTRIES_MAX: usize = 200_000;

/// Fault rules that may be in force at once: a script is written by hand, a queue by a test.
pub(crate) const FAULT_RULES_MAX: usize = 10_000;

/// Bytes a directive or a fault may ask for in one reply (tokens, huge events): a typing error
/// must not exhaust the machine.
pub(crate) const GENERATED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Parts (blocks, deltas) a directive may ask for in one reply.
pub(crate) const PARTS_MAX: usize = 100_000;

/// How deep the answer to a JSON schema may nest; a recursive schema ends here.
pub(crate) const SCHEMA_DEPTH_MAX: usize = 16;

/// How long an accept error (no file descriptors left) pauses the accept loop, in milliseconds.
pub(crate) const ACCEPT_PAUSE_MS: u64 = 50;
