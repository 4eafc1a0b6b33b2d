//! The simulator's own books: what was asked, what was answered, what it used.
//!
//! They are the second source against which a gateway's ledger is counted. An entry is opened
//! before anything is answered and completed when the last byte was handed to the socket. The
//! number of entries and the bytes of bodies are bounded; the oldest go first.

use std::borrow::Cow;
use std::collections::VecDeque;

use bytes::Bytes;
use serde::Serialize;
use serde::ser::Serializer;

use crate::server::End;
use crate::usage::Usage;

/// One request and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Number of the request since the start or the last reset, from 1.
    pub seq: u64,
    /// Arrival in milliseconds since 1970-01-01 UTC.
    pub time_unix_ms: i64,
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query without `?`.
    pub query: Option<String>,
    /// Headers in the order received; names in lower case, repeated ones beside the first.
    pub headers: Vec<(String, String)>,
    /// The exact body received; empty once dropped for room (see `body_dropped`).
    #[serde(rename = "body_base64", serialize_with = "base64")]
    pub body: Bytes,
    /// Length of the body received, in bytes.
    pub body_bytes: u64,
    /// `model` as asked.
    pub model: Option<String>,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// The `request-id` answered.
    pub request_id: String,
    /// Status answered; `None` while none was, or when the connection was dropped instead.
    pub status: Option<u16>,
    /// The rule that refused, if one did.
    pub refused: Option<Refused>,
    /// The faults applied, in the fault language.
    pub fault: Option<String>,
    /// `id` of the message served.
    pub message_id: Option<String>,
    /// `stop_reason` of the message served.
    pub stop_reason: Option<String>,
    /// What the whole message used, also when a fault cut its delivery.
    pub usage: Option<Usage>,
    /// How the sending ended.
    pub ended: Ended,
    /// The exact bytes of the answer's body handed to the socket.
    #[serde(rename = "answer_base64", serialize_with = "base64")]
    pub answer: Bytes,
    /// Length of the answer's body handed to the socket, in bytes.
    pub answer_bytes: u64,
    /// Whether both bodies were dropped to keep the books within their bound.
    pub body_dropped: bool,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Name of the rule; see [`crate::rule_texts`].
    pub rule: Cow<'static, str>,
    /// The message answered.
    pub message: String,
}

/// How the sending of an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It has not ended yet.
    Open,
    /// Everything was sent.
    Complete,
    /// A fault cut it.
    Cut,
    /// The reader went away first, or the simulator was stopped.
    ReaderLeft,
}

/// Sums over all requests since the start or the last reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Requests of any kind, control endpoint excluded.
    pub requests: u64,
    /// Messages served.
    pub served: u64,
    /// Requests refused by a rule.
    pub refused: u64,
    /// Requests to which a fault was applied.
    pub faulted: u64,
    /// Answers whose sending has not ended.
    pub open: u64,
}

/// All entries within bounds.
#[derive(Debug)]
pub(crate) struct Books {
    entries: VecDeque<Entry>,
    counters: Counters,
    next_seq: u64,
    /// Counts resets, so that a late delivery does not touch an entry of the next round.
    round: u64,
    entries_max: usize,
    bytes_max: usize,
    bytes: usize,
    /// Index of the oldest entry whose bodies are still kept.
    with_body: usize,
}

/// Names an entry until its answer has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    round: u64,
    seq: u64,
}

impl Ticket {
    /// The number of the request.
    pub(crate) fn seq(self) -> u64 {
        self.seq
    }
}

impl Books {
    pub(crate) fn new(entries_max: usize, bytes_max: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            counters: Counters::default(),
            next_seq: 1,
            round: 0,
            entries_max,
            bytes_max,
            bytes: 0,
            with_body: 0,
        }
    }

    /// Opens an entry and numbers it.
    pub(crate) fn open(&mut self, mut entry: Entry) -> Ticket {
        let seq = self.next_seq;
        self.next_seq += 1;
        entry.seq = seq;
        self.counters.requests += 1;
        self.counters.open += 1;
        self.bytes += entry.body.len();
        self.entries.push_back(entry);
        if self.entries.len() > self.entries_max
            && let Some(old) = self.entries.pop_front()
        {
            self.bytes -= old.body.len() + old.answer.len();
            self.with_body = self.with_body.saturating_sub(1);
        }
        self.drop_bodies();
        Ticket { round: self.round, seq }
    }

    /// Notes something about an open entry.
    pub(crate) fn note(&mut self, ticket: Ticket, note: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entry(ticket) {
            note(entry);
        }
    }

    /// Counts what an answer turned out to be, once its head is decided.
    pub(crate) fn count(&mut self, ticket: Ticket) {
        let Some(entry) = self.entry(ticket) else {
            return;
        };
        let (served, refused) = (entry.message_id.is_some(), entry.refused.is_some());
        let faulted = entry.fault.is_some();
        self.counters.served += u64::from(served);
        self.counters.refused += u64::from(refused);
        self.counters.faulted += u64::from(faulted);
    }

    /// Closes an entry.
    pub(crate) fn close(&mut self, ticket: Ticket, end: End, sent: Vec<Bytes>) {
        if ticket.round != self.round {
            return;
        }
        self.counters.open = self.counters.open.saturating_sub(1);
        let answer = join(sent);
        let Some(entry) = self.entry(ticket) else {
            return;
        };
        entry.answer_bytes = answer.len() as u64;
        entry.ended = match end {
            End::Complete => Ended::Complete,
            End::Cut => Ended::Cut,
            End::ReaderLeft => Ended::ReaderLeft,
        };
        if !entry.body_dropped {
            self.bytes += answer.len();
            if let Some(entry) = self.entry(ticket) {
                entry.answer = answer;
            }
        }
        self.drop_bodies();
    }

    /// Entries with a number above `after`.
    pub(crate) fn since(&self, after: u64) -> Vec<Entry> {
        self.entries.iter().filter(|entry| entry.seq > after).cloned().collect()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.counters
    }

    /// Starts again with empty books; numbers start again at 1.
    pub(crate) fn reset(&mut self) {
        let round = self.round + 1;
        *self = Self { round, ..Self::new(self.entries_max, self.bytes_max) };
    }

    fn entry(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        if ticket.round != self.round {
            return None;
        }
        let first = self.entries.front()?.seq;
        let index = usize::try_from(ticket.seq.checked_sub(first)?).ok()?;
        self.entries.get_mut(index)
    }

    fn drop_bodies(&mut self) {
        while self.bytes > self.bytes_max {
            let Some(entry) = self.entries.get_mut(self.with_body) else {
                return;
            };
            self.bytes -= entry.body.len() + entry.answer.len();
            entry.body = Bytes::new();
            entry.answer = Bytes::new();
            entry.body_dropped = true;
            self.with_body += 1;
        }
    }
}

fn join(mut parts: Vec<Bytes>) -> Bytes {
    match parts.len() {
        0 => Bytes::new(),
        1 => parts.pop().unwrap_or_default(),
        _ => parts.concat().into(),
    }
}

fn base64<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    use base64::Engine;
    serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
}
