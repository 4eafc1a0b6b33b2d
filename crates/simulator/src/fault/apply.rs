//! Applying faults to a reply that is ready to be sent.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::{Fault, Place};
use crate::server::Step;

/// What an event of a stream is, so that places can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    MessageStart,
    Ping,
    BlockStart(usize),
    /// The block's J-th delta, from 0.
    Delta(usize, usize),
    BlockStop(usize),
    MessageDelta,
    MessageStop,
    /// Put in by a fault.
    Foreign,
}

/// A part of a stream: an event, or something to do between events.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Event(Mark, Bytes),
    Do(Step),
}

/// Applies the faults that have a place to the events of a stream.
pub(crate) fn on_events(mut parts: Vec<Part>, faults: &[Fault]) -> Vec<Part> {
    // Those before the status line have been carried out already.
    for fault in faults.iter().filter(|fault| fault.place() != Some(Place::Headers)) {
        apply(&mut parts, fault);
    }
    parts
}

/// Applies the faults that have a place to a body that is not a stream: its middle.
pub(crate) fn on_json(body: Bytes, faults: &[Fault]) -> Vec<Part> {
    let middle = body.len() / 2;
    let halves = [body.slice(..middle), body.slice(middle..)];
    let [first, second] = halves.map(|half| Part::Event(Mark::Foreign, half));
    let mut parts = vec![first, second];
    for fault in faults.iter().filter(|fault| fault.place() != Some(Place::Headers)) {
        insert(&mut parts, usize::from(fault.place() != Some(Place::Start)), fault);
    }
    parts
}

fn apply(parts: &mut Vec<Part>, fault: &Fault) {
    if let Fault::Huge { bytes } = fault {
        lengthen(parts, *bytes);
    } else if let Some(place) = fault.place() {
        let index = find(parts, place);
        insert(parts, index, fault);
    }
}

fn insert(parts: &mut Vec<Part>, index: usize, fault: &Fault) {
    let index = index.min(parts.len());
    let end_with = |parts: &mut Vec<Part>, last: Vec<Part>| {
        // A pause put at the same place stays before the end.
        let after = parts.iter().skip(index);
        let pauses = after.take_while(|part| matches!(part, Part::Do(_))).count();
        parts.truncate(index + pauses);
        parts.extend(last);
    };
    match fault {
        Fault::Error { kind, message, .. } => {
            end_with(parts, vec![event("error", &error_event(kind, message))]);
        }
        Fault::Reset { .. } => end_with(parts, vec![Part::Do(Step::Flush), Part::Do(Step::Reset)]),
        Fault::Cut { .. } => end_with(parts, vec![Part::Do(Step::Flush), Part::Do(Step::Cut)]),
        Fault::End { .. } => end_with(parts, Vec::new()),
        Fault::Stall { ms, pings_ms, .. } => {
            parts.splice(index..index, silence(*ms, *pings_ms));
        }
        Fault::UnknownEvent { name, .. } => {
            let data = serde_json::json!({ "type": name, "detail": "from the future" });
            parts.insert(index, event(name, &data.to_string()));
        }
        Fault::UnknownDelta { name, at } => {
            let block = if let Place::Delta { block, .. } = at { *block } else { 0 };
            let data = serde_json::json!({ "type": "content_block_delta", "index": block,
                "delta": { "type": name, "detail": "from the future" } });
            parts.insert(index, event("content_block_delta", &data.to_string()));
        }
        Fault::Status(_)
        | Fault::Html { .. }
        | Fault::Empty
        | Fault::JsonError { .. }
        | Fault::Named { .. }
        | Fault::Delay { .. }
        | Fault::ContentType { .. }
        | Fault::Drip { .. }
        | Fault::Chunk { .. }
        | Fault::Huge { .. }
        | Fault::Crlf
        | Fault::Comments => {}
    }
}

/// Index of the first part after a place.
fn find(parts: &[Part], place: Place) -> usize {
    let last_stop = || position(parts, |mark| matches!(mark, Mark::BlockStop(_)), true);
    let found = match place {
        Place::Headers | Place::Start => return 0,
        Place::MessageStart => position(parts, |mark| mark == Mark::MessageStart, false),
        Place::Delta { block, after: 0 } => {
            position(parts, |mark| mark == Mark::BlockStart(block), false)
        }
        Place::Delta { block, after } => {
            position(parts, |mark| mark == Mark::Delta(block, after - 1), false)
        }
        Place::BlockStop { block } => position(parts, |mark| mark == Mark::BlockStop(block), false),
        Place::MessageDelta => position(parts, |mark| mark == Mark::MessageDelta, false),
    };
    found.or_else(last_stop).map_or(1, |index| index + 1)
}

fn position(parts: &[Part], wanted: impl Fn(Mark) -> bool, last: bool) -> Option<usize> {
    let matches = |part: &Part| matches!(part, Part::Event(mark, _) if wanted(*mark));
    if last { parts.iter().rposition(matches) } else { parts.iter().position(matches) }
}

fn silence(ms: Option<u64>, pings_ms: Option<u64>) -> Vec<Part> {
    let wait = |ms| Part::Do(Step::Wait(Duration::from_millis(ms)));
    let ping = || event("ping", "{\"type\": \"ping\"}");
    match (ms, pings_ms) {
        (None, None) => vec![Part::Do(Step::Flush), Part::Do(Step::Forever)],
        (Some(ms), None) => vec![Part::Do(Step::Flush), wait(ms)],
        // "For ever" with pings is an hour of them: longer than any reader waits.
        (ms, Some(every)) => {
            let count =
                ms.unwrap_or(3_600_000).div_ceil(every).min(crate::limits::PARTS_MAX as u64);
            (0..count).flat_map(|_| [wait(every), ping()]).collect()
        }
    }
}

/// Puts one more delta of `bytes` letters into the first text block.
fn lengthen(parts: &mut Vec<Part>, bytes: usize) {
    let is_text = |part: &Part| {
        matches!(part, Part::Event(Mark::Delta(..), data)
            if data.windows(12).any(|window| window == b"\"text_delta\""))
    };
    let Some(index) = parts.iter().position(is_text) else {
        return;
    };
    let Some(Part::Event(Mark::Delta(block, _), _)) = parts.get(index) else {
        return;
    };
    let text = "x".repeat(bytes);
    let data = format!(
        "{{\"type\":\"content_block_delta\",\"index\":{block},\
         \"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}"
    );
    parts.insert(index, event("content_block_delta", &data));
}

fn event(name: &str, data: &str) -> Part {
    Part::Event(Mark::Foreign, Bytes::from(format!("event: {name}\ndata: {data}\n\n")))
}

fn error_event(kind: &str, message: &str) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    format!(
        "{{\"type\":\"error\",\"error\":{{\"type\":{},\"message\":{}}}}}",
        text(kind),
        text(message)
    )
}

/// The steps that send the parts, with the faults that concern bytes: line ends, comments, sizes.
pub(crate) fn framed(parts: Vec<Part>, faults: &[Fault], pace: Duration) -> VecDeque<Step> {
    let crlf = faults.contains(&Fault::Crlf);
    let comments = faults.contains(&Fault::Comments);
    let portion = faults.iter().find_map(Fault::portion);
    let mut steps = VecDeque::new();
    let mut pending = BytesMut::new();
    for part in parts {
        match part {
            Part::Event(mark, bytes) => {
                let bytes = dressed(bytes, crlf, comments);
                match portion {
                    Some(_) => pending.extend_from_slice(&bytes),
                    None => steps.push_back(Step::Bytes(bytes)),
                }
                if !pace.is_zero() && mark != Mark::MessageStop {
                    portioned(&mut steps, pending.split().freeze(), portion);
                    steps.push_back(Step::Wait(pace));
                }
            }
            Part::Do(step) => {
                portioned(&mut steps, pending.split().freeze(), portion);
                steps.push_back(step);
            }
        }
    }
    portioned(&mut steps, pending.freeze(), portion);
    steps
}

fn dressed(bytes: Bytes, crlf: bool, comments: bool) -> Bytes {
    if !crlf && !comments {
        return bytes;
    }
    let mut dressed = BytesMut::with_capacity(bytes.len() + 32);
    if comments {
        dressed.extend_from_slice(if crlf { b": comment\r\n\r\n" } else { b": comment\n\n" });
    }
    for byte in bytes {
        if crlf && byte == b'\n' {
            dressed.extend_from_slice(b"\r");
        }
        dressed.extend_from_slice(&[byte]);
    }
    dressed.freeze()
}

fn portioned(
    steps: &mut VecDeque<Step>,
    mut bytes: Bytes,
    portion: Option<(usize, Option<Duration>)>,
) {
    let Some((size, pause)) = portion else { return };
    while !bytes.is_empty() {
        steps.push_back(Step::Bytes(bytes.split_to(size.min(bytes.len()))));
        steps.push_back(Step::Flush);
        steps.extend(pause.map(Step::Wait));
    }
}
