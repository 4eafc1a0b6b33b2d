//! Changes to single events: what a repair is, and how each piece of one is written.

#[cfg(test)]
mod tests;

use std::ops::Range;

use bytes::Bytes;

use super::event;
use crate::Edits;
use crate::anthropic::response::model_span_in_start;
use crate::body::{field_in, object_fields};
use crate::sse::{Batch, Event};

/// What becomes of an event on its way to the client, whose state it would break as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// Whole events that go before it.
    pub before: Vec<u8>,
    /// What becomes of the event itself.
    pub change: Change,
}

/// What becomes of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change {
    /// It goes on as it came.
    #[default]
    None,
    /// It does not go on.
    Dropped,
    /// This takes the place of its data.
    Data(Vec<u8>),
}

impl Repair {
    /// Notes in `edits`, which are changes to `batch`, what becomes of its event `of`.
    pub fn make(self, batch: &Batch, of: &Event, edits: &mut Edits) {
        // Events do not overlap, and what goes before one ends where it starts.
        if !self.before.is_empty() {
            let _ = edits.replace(of.raw.start..of.raw.start, self.before);
        }
        let (span, with) = match (self.change, &of.data) {
            (Change::None, _) => return,
            (Change::Dropped, _) => (of.raw.clone(), Vec::new()),
            (Change::Data(data), Some(span)) if !of.has_more_data => (span.clone(), data),
            (Change::Data(data), _) => {
                let name = String::from_utf8_lossy(batch.name(of));
                (of.raw.clone(), event(&name, &data))
            }
        };
        let _ = edits.replace(span, with);
    }

    pub(super) fn dropped() -> Self {
        Self { before: Vec::new(), change: Change::Dropped }
    }

    /// A repair that makes `edits` in `data`; none where there are none.
    pub(super) fn edited(data: &[u8], edits: &Edits) -> Self {
        let change = match edits.is_empty() {
            true => Change::None,
            false => Change::Data(edits.apply(&Bytes::copy_from_slice(data)).concat()),
        };
        Self { before: Vec::new(), change }
    }
}

/// Names that are put back into an answer, where its upstream knows the model or a tool by
/// another name than the client does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Restore<'a> {
    /// The model's name as the client knows it; `None` where the upstream's is the same.
    pub model: Option<&'a str>,
    /// Tools' names as they were sent, and as the client knows them.
    pub tool_names: &'a [(String, String)],
}

impl<'a> Restore<'a> {
    /// The client's name for the tool that was sent as `sent`, where that is another.
    pub(crate) fn tool_name(self, sent: &str) -> Option<&'a str> {
        self.tool_names.iter().find(|(name, _)| name == sent).map(|(_, original)| original.as_str())
    }

    /// The change of the model's name in the data of `message_start`.
    pub(super) fn in_start(self, data: &[u8]) -> Repair {
        let mut edits = Edits::none();
        if let Some(model) = self.model {
            put(&mut edits, model_span_in_start(data), quoted(model));
        }
        Repair::edited(data, &edits)
    }
}

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Puts `with` in place of a span, where there is one.
pub(crate) fn put(edits: &mut Edits, span: Option<Range<usize>>, with: String) {
    if let Some(span) = span {
        // Each span is that of another field, so none overlaps.
        let _ = edits.replace(span, with);
    }
}

/// Gives an event's data the index by which the client knows its block.
pub(super) fn put_index(edits: &mut Edits, data: &[u8], index: u64) {
    put_field(edits, data, 0..data.len(), "index", &index.to_string());
}

/// Gives the object at `object` in `data` a field, in place of the one it has or as its first.
pub(super) fn put_field(
    edits: &mut Edits,
    data: &[u8],
    object: Range<usize>,
    name: &str,
    value: &str,
) {
    let Some(text) = data.get(object.clone()) else { return };
    let Ok(fields) = object_fields(text) else { return };
    if let Some(span) = field_in(text, name) {
        let span = object.start + span.start..object.start + span.end;
        return put(edits, Some(span), value.to_owned());
    }
    let Some(brace) = memchr::memchr(b'{', text) else { return };
    let at = object.start + brace + 1;
    let comma = if fields.is_empty() { "" } else { "," };
    put(edits, Some(at..at), format!("\"{name}\":{value}{comma}"));
}

/// Where field `name` of the object in field `of` stands in `data`.
pub(super) fn inner_span(data: &[u8], of: &str, name: &str) -> Option<Range<usize>> {
    let object = field_in(data, of)?;
    let span = field_in(data.get(object.clone())?, name)?;
    Some(object.start + span.start..object.start + span.end)
}

/// The start of a block that was never begun, for a delta of `kind`. A tool call has a name and
/// an id that nobody knows then.
pub(super) fn block_start(index: u64, kind: &str) -> Option<Vec<u8>> {
    let block = match kind {
        "text_delta" => r#"{"type":"text","text":""}"#,
        "thinking_delta" => r#"{"type":"thinking","thinking":"","signature":""}"#,
        _ => return None,
    };
    let data =
        format!(r#"{{"type":"content_block_start","index":{index},"content_block":{block}}}"#);
    Some(event("content_block_start", data.as_bytes()))
}
