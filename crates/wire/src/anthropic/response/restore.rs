//! The client's own names and ids of their own, put into a whole answer.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Edits;
use crate::anthropic::stream::{Restore, put, quoted, unique_id};

/// Tool calls whose ids are compared; beyond, they pass as they are.
const TOOL_CALLS_MAX: usize = 1_024;

/// The changes that put the client's names for the model and its tools into a whole answer, and
/// give tool calls of one id an id each, which a history must have. None where all is well.
#[must_use]
pub fn restore_edits(bytes: &[u8], model: Option<&str>, tool_names: &[(String, String)]) -> Edits {
    let restore = Restore { model, tool_names };
    let mut edits = Edits::none();
    if let Some(model) = restore.model {
        let span = part::<Named<'_>>(bytes).and_then(|named| span(bytes, named.model));
        put(&mut edits, span, quoted(model));
    }
    // Without a tool to rename, only a second call can be in another's way.
    let calls_that_matter = if tool_names.is_empty() { 2 } else { 1 };
    let calls = memchr::memmem::find_iter(bytes, b"\"tool_use\"").take(calls_that_matter);
    if calls.count() == calls_that_matter {
        edit_calls(bytes, restore, &mut edits);
    }
    edits
}

fn edit_calls(bytes: &[u8], restore: Restore<'_>, edits: &mut Edits) {
    let Some(answer) = part::<Answer<'_>>(bytes) else { return };
    let mut taken = Vec::new();
    for raw in answer.content.into_iter().take(TOOL_CALLS_MAX) {
        let Some(call) = part::<Call<'_>>(raw.get().as_bytes()) else { continue };
        if call.kind != "tool_use" {
            continue;
        }
        let name = call.name.and_then(string);
        if let Some(original) = name.and_then(|name| restore.tool_name(&name)) {
            put(edits, span(bytes, call.name), quoted(original));
        }
        let Some(id) = call.id.and_then(string) else { continue };
        let unique = unique_id(&taken, &id);
        if let Some(unique) = &unique {
            put(edits, span(bytes, call.id), quoted(unique));
        }
        taken.push(unique.unwrap_or_else(|| id.into_owned()));
    }
}

/// Reads a part of an answer as leniently as the answer itself is read.
fn part<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(text).ok()
}

fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    part::<Text<'_>>(raw.get().as_bytes()).map(|text| text.0)
}

/// Where `part`, which is borrowed from `bytes`, stands in them.
fn span(bytes: &[u8], part: Option<&RawValue>) -> Option<Range<usize>> {
    let part = part?.get();
    let at = (part.as_ptr() as usize).checked_sub(bytes.as_ptr() as usize)?;
    Some(at..at.checked_add(part.len())?)
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    model: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    content: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
