//! The opening of a stream: everything up to its first content.
//!
//! A first text is held for as long as it may still be a failure's sentence (see
//! [`phrase`](crate::phrase)), which its first word decides in nearly every answer. An answer
//! that is over before it has begun is told apart here: blank, a failure, or no stream at all.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming as UpstreamBody;
use salve_wire::anthropic::response::is_ended_turn;
use salve_wire::anthropic::stream::{Block, Progress, Seen, text_in};
use salve_wire::sse::{Batch, Splitter};

use super::AnswerBody;
use crate::vocabulary::{Break, Stream};
use crate::{limits, phrase};

/// Reads `body` up to its first content.
pub async fn read(mut body: UpstreamBody) -> AnswerBody {
    let mut splitter = Splitter::new(limits::EVENT_BYTES_MAX);
    let mut opening = Opening::default();
    let mut held = Vec::new();
    loop {
        let chunk = match body.frame().await {
            None => return ended(opening, held, splitter, body),
            Some(Err(error)) => {
                return opening.failed(Break::Cut(error.to_string()));
            }
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        let batch = match splitter.push(chunk) {
            Err(_) => return opening.failed(Break::EventTooLarge),
            Ok(None) => continue,
            Ok(Some(batch)) => batch,
        };
        let found = opening.take(&batch);
        held.push(batch);
        match found {
            Found::Nothing => {}
            Found::Content => return stream(held, splitter, body, false),
            Found::Blank => return stream(held, splitter, body, true),
            Found::Broken(how) => return opening.failed(how),
        }
    }
}

fn stream(held: Vec<Batch>, splitter: Splitter, rest: UpstreamBody, is_blank: bool) -> AnswerBody {
    AnswerBody::Stream(Box::new(Stream { held, splitter, rest, is_blank }))
}

/// What an answer is that ended before its content.
fn ended(
    mut opening: Opening,
    mut held: Vec<Batch>,
    splitter: Splitter,
    body: UpstreamBody,
) -> AnswerBody {
    let rest = splitter.rest();
    if !opening.has_events
        && let Some(document) = document(&held, &rest)
    {
        // It was only called a stream.
        return AnswerBody::Whole(document);
    }
    // A last event without its blank line counts where it completes or explains the answer.
    let mut found = Found::Nothing;
    if let Some(last) = last_of(rest) {
        found = opening.take(&last);
        held.push(last);
    }
    if found == Found::Nothing && opening.progress.stop_reason().is_some() {
        found = opening.over();
    }
    let splitter = Splitter::new(limits::EVENT_BYTES_MAX);
    match found {
        Found::Content if opening.is_over() => stream(held, splitter, body, false),
        Found::Blank => stream(held, splitter, body, true),
        Found::Broken(how) => opening.failed(how),
        Found::Nothing | Found::Content => opening.failed(Break::Ended),
    }
}

/// The whole body, where it is JSON, a page or a failure's sentence.
fn document(held: &[Batch], rest: &Bytes) -> Option<Bytes> {
    let pieces = held.iter().map(|batch| &batch.raw).chain([rest]);
    let whole: Vec<u8> = pieces.flat_map(|piece| piece.iter().copied()).collect();
    let is_sentence = || str::from_utf8(&whole).is_ok_and(|text| phrase::status(text).is_some());
    let first = whole.trim_ascii_start().first();
    let is_document = matches!(first, Some(b'{' | b'[' | b'<')) || is_sentence();
    is_document.then(|| Bytes::from(whole))
}

/// The events in what a stream left unfinished.
fn last_of(rest: Bytes) -> Option<Batch> {
    let mut splitter = Splitter::new(limits::EVENT_BYTES_MAX);
    // An unfinished event fits into the bound that it was held to before.
    let whole = splitter.push(rest).ok()?;
    whole.or_else(|| splitter.finish())
}

/// What an opening has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// Nothing yet.
    Nothing,
    /// Content.
    Content,
    /// An end without content.
    Blank,
    /// A failure.
    Broken(Break),
}

/// An answer that has not begun.
#[derive(Debug, Default)]
struct Opening {
    progress: Progress,
    /// Whether any event was in it.
    has_events: bool,
    /// Whether the message has begun.
    has_start: bool,
    /// Whether its first block, a text, has begun.
    has_block: bool,
    /// The text so far.
    text: String,
}

impl Opening {
    /// Takes note of the next events, up to the one that decides.
    fn take(&mut self, batch: &Batch) -> Found {
        for event in &batch.events {
            let data = batch.data(event);
            let seen = self.progress.observe(batch.name(event), &data);
            self.has_start |= matches!(seen, Seen::Start | Seen::Block(_));
            let found = match seen {
                Seen::Nothing => continue,
                Seen::Ping | Seen::Start | Seen::BlockStop | Seen::Delta => Found::Nothing,
                Seen::Block(block) => self.block(block, &data),
                // What comes before a message and is none of it, such as `[DONE]`.
                Seen::Content if !self.has_start && text_in(&data).is_none() => Found::Nothing,
                Seen::Content => self.text(&data),
                Seen::Stop => self.over(),
                Seen::Error(data) => Found::Broken(Break::Error(data.into())),
            };
            self.has_events = true;
            if found != Found::Nothing {
                return found;
            }
        }
        Found::Nothing
    }

    /// A block other than one first text is content as it begins.
    fn block(&mut self, block: Block, data: &[u8]) -> Found {
        let is_first = !std::mem::replace(&mut self.has_block, true);
        match is_first && block == Block::Text {
            true => self.text(data),
            false => Found::Content,
        }
    }

    fn text(&mut self, data: &[u8]) -> Found {
        let Some(text) = text_in(data).filter(|_| self.has_block) else {
            return Found::Content;
        };
        self.text.push_str(&text);
        match phrase::may_become(&self.text) {
            true => Found::Nothing,
            false => Found::Content,
        }
    }

    /// The answer is over, and all of it was held.
    fn over(&self) -> Found {
        if !is_ended_turn(self.progress.stop_reason()) {
            return Found::Content;
        }
        if self.text.trim().is_empty() {
            return Found::Blank;
        }
        match phrase::status(&self.text) {
            Some(status) => Found::Broken(Break::Said { status, text: self.text.clone() }),
            None => Found::Content,
        }
    }

    /// A failure, with what came before it.
    fn failed(self, how: Break) -> AnswerBody {
        AnswerBody::Failed(how, self.has_events.then(|| Box::new(self.progress)))
    }

    fn is_over(&self) -> bool {
        self.progress.is_stopped() || self.progress.stop_reason().is_some()
    }
}
