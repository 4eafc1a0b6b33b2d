//! The words that rooms hand to each other. Each type is the proof that the room before it
//! did its work: there is no [`Admitted`] without a hold, no [`Identified`] without a key.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use hyper::body::Incoming as UpstreamBody;
pub use salve_ledger::Endpoint;
use salve_ledger::{Hold, RequestId};
use salve_wire::anthropic::request::Request;
use salve_wire::anthropic::stream::Progress;
use salve_wire::sse::{Batch, Splitter};
use tokio::time::Instant;

use crate::house::{Channel, Group, Key};

/// Made by listen: a whole, well-formed request.
#[derive(Debug)]
pub struct Incoming {
    /// The request's id here.
    pub id: RequestId,
    /// What it asks for.
    pub endpoint: Endpoint,
    /// The query as sent, without the question mark.
    pub query: Option<String>,
    /// All header fields as sent.
    pub headers: HeaderMap,
    /// The body and what steers it.
    pub request: Request,
    /// Bytes of the body as sent.
    pub request_bytes: u64,
    /// Whether lone surrogates in it were replaced.
    pub is_mended: bool,
    /// When its head had arrived.
    pub arrived: Instant,
}

/// Who is asking: made by identify from the head alone.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key that was presented.
    pub key: Arc<Key>,
    /// The group it belongs to.
    pub group: Arc<Group>,
}

/// Made by identify: a request and who sent it.
#[derive(Debug)]
pub struct Identified {
    /// The request.
    pub incoming: Incoming,
    /// Its sender.
    pub caller: Caller,
    /// The conversation it belongs to.
    pub session: String,
    /// The agent program, as far as it names itself.
    pub agent: Option<String>,
}

impl Identified {
    /// Whether the client wants its answer as events.
    #[must_use]
    pub fn wants_stream(&self) -> bool {
        self.incoming.endpoint == Endpoint::Messages && self.incoming.request.is_stream
    }
}

/// Made by admit: a request that will end in exactly one ledger entry.
#[derive(Debug)]
pub struct Admitted {
    /// The request and its sender.
    pub identified: Identified,
    /// Its place on the ledger.
    pub hold: Hold,
}

/// Made by route: where the request may go, best first.
#[derive(Debug)]
pub struct Plan {
    /// Channels to try, in order.
    pub candidates: Vec<Candidate>,
    /// What to try when none of them can serve the model: other models, in order, each with its
    /// channels.
    pub fallbacks: Vec<Fallback>,
    /// Channels of the group that were left out, and why.
    pub skipped: Vec<Skipped>,
}

/// Another model in the place of the one asked for.
#[derive(Debug)]
pub struct Fallback {
    /// The model, as clients name it.
    pub model: String,
    /// Channels to try it at, in order.
    pub candidates: Vec<Candidate>,
}

/// The tokens of a turn, between two bounds. Nothing is refused by the upper one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// At least so many.
    pub least: u64,
    /// At most so many.
    pub most: u64,
}

/// How a channel stands to a request, beyond what the configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks against it.
    Fit,
    /// It is in trouble, and asked after those that are not; the fault's id.
    Last(&'static str),
    /// It is known not to take this request.
    Out(Unfit),
}

/// Why a channel is known not to take a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The body is larger than it takes.
    BodyTooLarge {
        /// The largest it takes, in bytes.
        limit: u64,
    },
    /// The conversation is longer than the model's window there.
    TooLong {
        /// The tokens the conversation has at least.
        tokens: u64,
        /// The window in tokens.
        limit: u64,
    },
}

/// One channel to try.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The channel.
    pub channel: Arc<Channel>,
    /// The model's id there.
    pub upstream_model: String,
}

/// One channel that was not considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The channel's name.
    pub channel: String,
    /// Why.
    pub reason: String,
}

/// As it stands on the log entry.
impl From<&Skipped> for salve_ledger::Skipped {
    fn from(skipped: &Skipped) -> Self {
        Self { channel: skipped.channel.clone(), reason: skipped.reason.to_owned() }
    }
}

/// Made by translate: a request as it goes to an upstream. Cheap to clone: the body is shared.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where to.
    pub uri: Uri,
    /// With which header fields.
    pub headers: HeaderMap,
    /// The body, as slices of the client's with the edits between.
    pub slices: Vec<Bytes>,
}

/// Made by send: what came back from an upstream.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: AnswerBody,
}

/// The part of an answer that is in hand.
#[derive(Debug)]
pub enum AnswerBody {
    /// All of it.
    Whole(Bytes),
    /// A stream up to its first content event, and the rest still to come.
    Stream(Box<Stream>),
    /// A stream that failed before any content: how, and what it had said until then, where
    /// it had said anything.
    Failed(Break, Option<Box<Progress>>),
}

/// A stream whose first content is in hand.
#[derive(Debug)]
pub struct Stream {
    /// Events that are in hand and not passed on yet.
    pub held: Vec<Batch>,
    /// Cuts what is still to come.
    pub splitter: Splitter,
    /// What is still to come.
    pub rest: UpstreamBody,
    /// Whether it has ended without a word or a call, for no reason given. Another attempt may
    /// say more; where none does, this is the answer.
    pub is_blank: bool,
}

/// How a stream broke.
///
/// Its text names the break and never quotes the upstream, whose words may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// It ended before its last event.
    #[error("it ended early")]
    Ended,
    /// Its connection broke; the transport's words.
    #[error("its connection broke: {0}")]
    Cut(String),
    /// It told an error; the event's data.
    #[error("it told an error")]
    Error(Bytes),
    /// All it says is a failure's sentence, in an answer's place.
    #[error("its text is a failure's")]
    Said {
        /// The status that the sentence stands for.
        status: u16,
        /// The sentence.
        text: String,
    },
    /// Nothing came for too long.
    #[error("nothing came for too long")]
    Silent,
    /// It holds an event that is too large.
    #[error("an event is too large")]
    EventTooLarge,
    /// This gateway is going down.
    #[error("the gateway is going down")]
    Shutdown,
}

/// No answer came, or not all of one that had to be whole.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No connection could be made.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// The connection broke before an answer began.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// An answer of this status broke off.
    #[error("the answer broke off: {1}")]
    BrokenOff(StatusCode, String),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// An answer of this status is larger than is taken.
    #[error("the answer is larger than {1} bytes")]
    TooLarge(StatusCode, usize),
}
