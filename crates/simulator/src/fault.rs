//! The fault language: one small way to say how an answer goes wrong.
//!
//! A fault is a word with a value and further values, separated by `;`. Several faults for one
//! answer are separated by `|`. A value that holds `;` or `|` is written as a JSON string.
//!
//! | fault | what happens |
//! |---|---|
//! | `status=529;retry-after=3` | an error answer, see below |
//! | `html=502;title=Bad Gateway` | an HTML error page with that status |
//! | `empty` | 200 and no body |
//! | `json-error=overloaded_error;message=…` | 200 with an error envelope as JSON |
//! | `named=throttled` | what the profile in force has under that name |
//! | `delay=500` | milliseconds before the status line |
//! | `content-type=text/plain` | the right body under a wrong media type |
//! | `error=api_error;message=…;at=PLACE` | an SSE `error` event, then the end of the stream |
//! | `reset;at=PLACE` | a TCP reset |
//! | `cut;at=PLACE` | the connection closed in the middle of the body |
//! | `end;at=PLACE` | a clean end of the body, too early |
//! | `stall=2000;at=PLACE`, `stall=forever` | silence, then on; `pings=100`: with pings |
//! | `drip=20/5` | 20 bytes every 5 ms |
//! | `chunk=7` | writes of 7 bytes each |
//! | `huge=1000000` | one more text delta of so many bytes |
//! | `event=NAME;at=PLACE`, `delta=NAME;at=PLACE` | an event or delta of an unknown type |
//! | `crlf`, `comments` | CRLF line ends; a comment line before each event |
//!
//! A status takes `type=…` and `message=…` (which follow from it when left out), `body=…` and
//! `content-type=…` in place of the envelope, and `retry-after`, `x-should-retry`, `location` or
//! any `header.NAME=…` as headers.
//!
//! A reset or cut follows at once on what was sent before it, and some readers then drop what they
//! have not looked at; `stall=50;at=PLACE | cut;at=PLACE` gives them time to. `pings=MS` sends a
//! `ping` so often while a stall lasts.
//!
//! PLACE is `headers` (before the status line), `start` (before any event), `message_start`
//! (after it), `block.K.J` (in block K after J deltas), `block.K.stop` (after its stop),
//! `message_delta` (after it). A place the reply does not reach is the end of its last block. In
//! an answer that is not a stream, every place from `message_start` on is the middle of the body,
//! and `error` becomes an answer with the status of its type.

mod apply;
mod parse;
mod text;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use apply::{Mark, Part, framed, on_events, on_json};
pub use parse::FaultError;
pub(crate) use parse::usual_message;

/// One way an answer goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An error answer instead of the real one.
    Status(StatusFault),
    /// An HTML page, as proxies send.
    Html {
        /// HTTP status.
        status: u16,
        /// Title and heading of the page.
        title: String,
    },
    /// 200 and no body.
    Empty,
    /// 200 with an error envelope as JSON.
    JsonError {
        /// `error.type`.
        kind: String,
        /// `error.message`.
        message: String,
    },
    /// The faults that the profile in force has under a name.
    Named {
        /// The name.
        name: String,
    },
    /// A pause before the status line.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// A wrong media type on a right body.
    ContentType {
        /// The media type.
        value: String,
    },
    /// An SSE `error` event.
    Error {
        /// `error.type`.
        kind: String,
        /// `error.message`.
        message: String,
        /// Where it comes.
        at: Place,
    },
    /// A TCP reset.
    Reset {
        /// Where it comes.
        at: Place,
    },
    /// A close in the middle of the body.
    Cut {
        /// Where it comes.
        at: Place,
    },
    /// A clean end, too early.
    End {
        /// Where it comes.
        at: Place,
    },
    /// Silence.
    Stall {
        /// Milliseconds; `None` is for ever.
        ms: Option<u64>,
        /// Milliseconds between the pings sent meanwhile; `None` sends none.
        pings_ms: Option<u64>,
        /// Where it comes.
        at: Place,
    },
    /// The body in small portions with pauses.
    Drip {
        /// Bytes of a portion.
        bytes: usize,
        /// Milliseconds between portions.
        ms: u64,
    },
    /// The body in writes of a fixed size.
    Chunk {
        /// Bytes of a write.
        bytes: usize,
    },
    /// One more, very long text delta.
    Huge {
        /// Bytes of its text.
        bytes: usize,
    },
    /// An event of an unknown type.
    UnknownEvent {
        /// Its type.
        name: String,
        /// Where it comes.
        at: Place,
    },
    /// A delta of an unknown type.
    UnknownDelta {
        /// Its type.
        name: String,
        /// Where it comes.
        at: Place,
    },
    /// CRLF line ends.
    Crlf,
    /// A comment line before each event.
    Comments,
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusFault {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// `error.type`; the status's own when absent.
    pub kind: Option<String>,
    /// `error.message`; the type's usual one when absent.
    pub message: Option<String>,
    /// The whole body, instead of the envelope.
    pub body: Option<String>,
    /// The media type; `application/json` when absent.
    pub content_type: Option<String>,
    /// Further headers, such as `retry-after`.
    pub headers: Vec<(String, String)>,
}

/// A place in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the status line.
    Headers,
    /// After the headers, before any event.
    Start,
    /// After `message_start`.
    MessageStart,
    /// In a block, after some of its deltas.
    Delta {
        /// Index of the block.
        block: usize,
        /// Deltas sent before.
        after: usize,
    },
    /// After a block's `content_block_stop`.
    BlockStop {
        /// Index of the block.
        block: usize,
    },
    /// After `message_delta`.
    MessageDelta,
}

/// The faults of one answer, applied in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Faults(
    /// The faults.
    pub Vec<Fault>,
);

impl Fault {
    /// Where it comes, for faults that have a place.
    pub(crate) fn place(&self) -> Option<Place> {
        match self {
            Self::Error { at, .. }
            | Self::Reset { at }
            | Self::Cut { at }
            | Self::End { at }
            | Self::Stall { at, .. }
            | Self::UnknownEvent { at, .. }
            | Self::UnknownDelta { at, .. } => Some(*at),
            Self::Status(_)
            | Self::Html { .. }
            | Self::Empty
            | Self::JsonError { .. }
            | Self::Named { .. }
            | Self::Delay { .. }
            | Self::ContentType { .. }
            | Self::Drip { .. }
            | Self::Chunk { .. }
            | Self::Huge { .. }
            | Self::Crlf
            | Self::Comments => None,
        }
    }

    /// Bytes of a write and the pause after it, for faults that divide the body.
    pub(crate) fn portion(&self) -> Option<(usize, Option<Duration>)> {
        if let Self::Chunk { bytes } = self {
            return Some((*bytes, None));
        }
        let Self::Drip { bytes, ms } = self else { return None };
        Some((*bytes, Some(Duration::from_millis(*ms))))
    }

    /// The media type it puts on the body.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let Self::ContentType { value } = self else { return None };
        Some(value)
    }
}
