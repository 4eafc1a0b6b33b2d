//! What happened to an attempt, as the room that saw it reports it.

use crate::catalogue::Place;
use crate::dialect::Dialect;

/// Why an attempt did not become a good answer.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
    /// The upstream answered with a refusal: a status, a body, or an error event.
    Answer(Answer<'a>),
    /// No connection to the upstream came about, or it was lost before an answer.
    Unreachable(Unreachable),
    /// The upstream kept silent for too long.
    Timeout(Timeout),
    /// The connection ended inside the answer, at this place.
    Cut(Place),
    /// A 200 that is no answer.
    Malformed(Malformed),
}

/// A refusal as it arrived. A 200 that carries an error belongs here too.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The dialect of the channel that was asked.
    pub dialect: Dialect,
    /// The HTTP status; 200 for an error event inside a stream.
    pub status: u16,
    /// The error type named in a header (`x-amzn-errortype`) or an event-stream frame's
    /// `:exception-type`, as it arrived.
    pub headers_error_type: Option<&'a str>,
    /// The `content-type`, as it arrived.
    pub content_type: Option<&'a str>,
    /// `retry-after` in seconds, or the reset that a rate-limit header names.
    pub retry_after: Option<u64>,
    /// The body, or the `data` of the error event. A caller need not keep more than
    /// [`BODY_READ_BYTES_MAX`](crate::limits::BODY_READ_BYTES_MAX) of it.
    pub body: &'a [u8],
    /// Where in the answer this was seen.
    pub place: Place,
}

/// How an upstream could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The connection was refused or no route led there.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The name did not resolve.
    Dns,
    /// The connection was reset or closed before any answer.
    Reset,
}

/// Which wait ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// For the connection.
    Connect,
    /// For the head of the answer.
    FirstByte,
    /// For the next event, at this place.
    Idle(Place),
}

/// How a 200 failed to be an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Nothing in it.
    Empty,
    /// A web page.
    Html,
    /// Neither a message nor an event stream.
    NotAMessage,
    /// A stream that ended without a content block.
    NoContent,
}
