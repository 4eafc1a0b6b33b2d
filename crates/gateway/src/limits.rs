//! Every bound of the request path, with its reason. Nothing here grows without one.

use std::time::Duration;

/// Connections open at once. Far above what one machine of developers needs, below the usual
/// limit of 65 536 file descriptors with one more for each upstream call.
pub const CONNECTIONS_MAX: usize = 16_384;

/// Connections the kernel queues for us while we are busy.
pub const ACCEPT_QUEUE: u32 = 4_096;

/// Header fields of a request. Agents send some 25; proxies before us add a few.
pub const HEADERS_MAX: usize = 100;

/// Bytes read ahead on a client's connection. Large enough that a body of megabytes is not read
/// in crumbs. A header section is refused somewhere between this and twice as much.
pub const READ_BUFFER_BYTES_MAX: usize = 256 << 10;

/// A request's header section must be whole this long after its first byte.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// An idle connection is kept this long. Agents pause while tools run; reconnecting is cheap.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// A body may lag this far behind [`BODY_BYTES_PER_SECOND_MIN`] before it is too slow.
pub const BODY_GRACE: Duration = Duration::from_secs(10);

/// The slowest body that is waited for.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 1_024;

/// A body is allocated up front to at most this size; beyond, it grows as bytes arrive, so
/// that a declared length alone costs nothing.
pub const BODY_BYTES_RESERVED_MAX: usize = 1 << 20;

/// A body that has outgrown its allocation gets what its declared length lacks, up to this many
/// times what has come: growing in small steps would copy a large body again and again.
pub const BODY_GROWTH_MAX: usize = 8;

/// How much of a refused body is read and thrown away, so that the client, which may write
/// all of it before it reads, sees the refusal rather than a reset.
pub const DISCARD_BYTES_MAX: u64 = 256 << 20;

/// How long a refused body is read.
pub const DISCARD_TIMEOUT: Duration = Duration::from_secs(20);

/// A compressed body may unfold to this many times its size once it is beyond
/// [`RATIO_FREE_BYTES`]: Envoy's line for what counts as amplification.
pub const DECOMPRESSION_RATIO_MAX: u64 = 100;

/// Small bodies may unfold freely; text that repeats compresses well beyond any ratio.
pub const RATIO_FREE_BYTES: u64 = 8 << 20;

/// Channels of a plan. More than a handful failing in a row is an outage to be told, not hidden.
pub const CANDIDATES_MAX: usize = 6;

/// Times a request is sent in all, over every channel, repeat and repair. Each costs the client
/// time.
pub const ATTEMPTS_MAX: usize = 32;

/// Times a refused request is changed and sent again to the same channel. An older build refuses
/// a dozen newer fields of an agent one after the other; a refusal is quick, costs nothing, and
/// what it taught is known from then on.
pub const REPAIRS_MAX: usize = 16;

/// Rounds over the channels whose failure passes by itself, beyond the first.
pub const ROUNDS_MAX: usize = 3;

/// The same for a model that is short at a channel that served it lately: such shortages were
/// seen to end within seconds.
pub const SHORTAGE_ROUNDS_MAX: usize = 5;

/// The pause before the second round; it doubles from round to round, with up to half of it more
/// or less at random, so that clients that failed together do not come back together.
pub const ROUND_PAUSE: Duration = Duration::from_millis(250);

/// A request that timed out at an upstream is sent there again if it is no older than this: so
/// soon the word is a proxy's, whose upstream may have been restarting.
pub const TIMEOUT_REPEATED_MAX: Duration = Duration::from_secs(30);

/// The longest an upstream's `retry-after` is waited for here. Beyond, the client is told: it
/// can show that it waits.
pub const RETRY_AFTER_WAITED_MAX: Duration = Duration::from_secs(10);

/// A request's attempts end this long after it was admitted. Claude Code waits 600 s for an
/// answer's head.
pub const ATTEMPTS_DEADLINE: Duration = Duration::from_secs(590);

/// A TCP and TLS connection to an upstream is made in this time or not at all.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A streaming upstream sends its head, and then its first content, each within this time.
/// Long prompts are read for a minute or two before the first token.
pub const FIRST_CONTENT_TIMEOUT: Duration = Duration::from_secs(300);

/// A whole answer is there within this time: the longest the Anthropic API itself allows.
pub const WHOLE_ANSWER_TIMEOUT: Duration = Duration::from_secs(590);

/// A stream without content for this long is dead, whatever it pings.
pub const CONTENT_IDLE_TIMEOUT: Duration = Duration::from_secs(300);

/// A stream without any byte for this long is dead. Anthropic pings every few seconds.
pub const SILENCE_TIMEOUT: Duration = Duration::from_secs(180);

/// A waiting client is given a sign of life this often. Claude Code gives up after 300 s of
/// silence and warns at 20 s; proxies between cut at 60 s.
pub const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How often a running stream looks at its deadlines, and notes on the ledger how far it is.
pub const STREAM_TICK: Duration = Duration::from_secs(2);

/// A client that takes no bytes for this long has left.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// Chunks of a stream that follow each other within this time are a burst, and go on together.
/// Far below what a reader of a stream could notice.
pub const BURST_GAP: Duration = Duration::from_millis(1);

/// Chunks of a burst that go on together.
pub const BURST_CHUNKS_MAX: usize = 64;

/// Bytes of a burst after which it goes on: more would be copied for longer than a write costs.
pub const BURST_BYTES_MAX: usize = 64 << 10;

/// How many times everything else that can run gets its turn while a burst waits for its next
/// chunk. One would do where one thread does all; the upstream's side may run on another.
pub const BURST_TURNS_MAX: usize = 3;

/// Between the last piece of an answer and a deliberate cut: what was given to the connection
/// leaves in this time, and would be dropped by a cut at once.
pub const CUT_PAUSE: Duration = Duration::from_millis(20);

/// Pieces of an answer between the upstream's side and the client's. When it is full the
/// upstream is not read, so a slow client slows its upstream instead of filling memory.
pub const REPLY_QUEUE: usize = 8;

/// An answer's text that is longer than this is no relay's failure in an answer's place. The
/// longest of these seen are some 200 bytes, a request's id included.
pub const PHRASE_BYTES_MAX: usize = 256;

/// One event of a stream. The largest seen in the wild is a tool call in one piece.
pub const EVENT_BYTES_MAX: usize = 16 << 20;

/// A whole answer. 128 000 output tokens are some 600 KB; images generated by tools are more.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;

/// An upstream's refusal. Its sentence is in the first kilobytes.
pub const REFUSAL_BYTES_MAX: usize = 1 << 20;

/// A kept connection that breaks within this time of being used again was closed by its upstream
/// while the request was on its way. Later, the upstream may have worked on the request.
pub const STALE_CONNECTION: Duration = Duration::from_millis(500);

/// Idle connections kept to one upstream.
pub const IDLE_UPSTREAM_CONNECTIONS_MAX: usize = 512;

/// How long an idle upstream connection is kept: below the 60 s after which common load
/// balancers close theirs.
pub const UPSTREAM_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// How often the configuration's files are looked at.
pub const RELOAD_TICK: Duration = Duration::from_secs(1);

/// Models in one page of `/v1/models` (Anthropic's own bound).
pub const MODELS_PAGE_MAX: usize = 1_000;

/// Log entries in one answer of the admin API.
pub const LOG_PAGE_MAX: u32 = 10_000;

/// The longest text that `/api/v1/explain` reads, in bytes, with its JSON. Error messages are
/// below 8 KiB, and a screen of a terminal below 64.
pub const EXPLAIN_BODY_BYTES_MAX: usize = 64 << 10;
