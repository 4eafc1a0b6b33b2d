//! What the upstream answers: a message of about 1 KB, and a stream of server-sent events.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::Fault;

/// A message with about 700 bytes of text, in the shape of the Anthropic dialect.
pub(crate) fn message() -> Bytes {
    let text = "All tests pass now; the parser kept one byte too many at the seam. ".repeat(11);
    let message = json!({
        "id": "msg_01Road",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": null,
        "usage": {
            "input_tokens": 412,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 2048,
            "output_tokens": 180,
        },
    });
    Bytes::from(message.to_string())
}

/// The events of a streamed message, `count` of them in all.
pub(crate) fn events(count: usize) -> Vec<Bytes> {
    let text = json!({"type": "text_delta", "text": " the parser kept one byte"});
    let block = json!({"type": "text", "text": ""});
    let head = [
        event("message_start", &json!({"message": opening()})),
        event("content_block_start", &json!({"index": 0, "content_block": block})),
    ];
    let delta = event("content_block_delta", &json!({"index": 0, "delta": text}));
    let ending = json!({"stop_reason": "end_turn", "stop_sequence": null});
    let usage = json!({"output_tokens": 180});
    let tail = [
        event("content_block_stop", &json!({"index": 0})),
        event("message_delta", &json!({"delta": ending, "usage": usage})),
        event("message_stop", &json!({})),
    ];
    let deltas = count.saturating_sub(head.len() + tail.len());
    head.into_iter().chain(std::iter::repeat_n(delta, deltas)).chain(tail).collect()
}

/// The message as `message_start` tells it: no content yet, one token of output.
fn opening() -> Value {
    json!({
        "id": "msg_01Road",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "usage": {
            "input_tokens": 412,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 2048,
            "output_tokens": 1,
        },
    })
}

fn event(kind: &str, fields: &Value) -> Bytes {
    let mut fields = fields.clone();
    if let Some(object) = fields.as_object_mut() {
        object.insert("type".to_owned(), json!(kind));
    }
    Bytes::from(format!("event: {kind}\ndata: {fields}\n\n"))
}

/// A body that sends its events one by one, each in a write of its own.
pub(crate) struct Events {
    left: std::vec::IntoIter<Bytes>,
    pace: Pace,
}

enum Pace {
    /// Give way once between events: hyper then flushes, as an upstream that generates would.
    Yield { is_due: bool },
    /// Wait between events.
    Every(Box<Interval>),
}

impl Events {
    /// Sends `events` with `pause` between them; with none, as fast as they can be written.
    pub(crate) fn new(events: Vec<Bytes>, pause: Duration) -> Self {
        let pace = if pause.is_zero() {
            Pace::Yield { is_due: true }
        } else {
            let mut every = interval(pause);
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Pace::Every(Box::new(every))
        };
        Self { left: events.into_iter(), pace }
    }
}

impl Pace {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Every(every) => every.poll_tick(context).map(|_| ()),
            Self::Yield { is_due } => {
                *is_due = !*is_due;
                if *is_due {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(())
            }
        }
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        ready!(self.pace.poll(context));
        Poll::Ready(self.left.next().map(|event| Ok(Frame::data(event))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests;
