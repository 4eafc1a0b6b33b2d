//! strip-field: a body field that the upstream does not know goes, with the beta that opens it.
//!
//! The upstream says which, in one of many wordings; the field goes wherever it stands, so that
//! the next item does not bring the same refusal again.

mod named;
#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, give_up, inline_deferred_tools};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::pairs;
use crate::path::{self, Place};
use named::Named;

/// See the module.
pub struct StripField;

const ID: &str = "strip-field";

/// Without these a request is no request, or another one. `content` blocks keep what they are
/// made of.
#[rustfmt::skip]
const ESSENTIAL: &[&str] = &[
    "model", "messages", "max_tokens", "stream", "system", "tools", "role", "content", "type",
    "text", "id", "name", "input", "input_schema", "tool_use_id", "source", "data", "media_type",
    "thinking", "signature", "tool_name",
];

/// What makes a tool a deferred one; more than a field goes with it.
const DEFERRED: &str = "tools[].defer_loading";

/// All that the one known version of this field holds.
const CONTEXT_MANAGEMENT: &str = "context_management";
const EDITS: &str = "edits";

impl Remedy for StripField {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix("field:").is_some_and(|pattern| strip(request, pattern))
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        strip_named(request, refusal, named::fields(refusal))
            || strip_named(request, refusal, named::others(refusal))
    }
}

fn strip_named(request: &mut Outbound, refusal: &Refusal<'_>, all: Vec<Named>) -> bool {
    let mut is_changed = false;
    for named in all {
        is_changed |= match named {
            Named::Path(path) => {
                let place = resolve(request, &path);
                place.is_some_and(|place| strip_place(request, refusal, &place))
            }
            Named::Field(name) => strip_name(request, refusal, &name),
        };
    }
    is_changed
}

/// The place that a path means. Upstreams count items as they got them, and a relay may have
/// moved them: where the index leads nowhere, any item will do.
fn resolve(request: &mut Outbound, path: &str) -> Option<Place> {
    let body = &mut request.body;
    if let Some(place) = path::resolve(body, path) {
        return Some(place);
    }
    if path.contains(|c: char| c.is_ascii_uppercase()) {
        return resolve(request, &snake_case(path));
    }
    let is_index = |step: &&str| step.bytes().all(|byte| byte.is_ascii_digit());
    let steps = path.split(['.', '[', ']', '/']).filter(|step| !is_index(step));
    let steps: Vec<_> = steps.collect();
    let name = steps.last()?;
    let place = path::resolve(body, &steps.join("."));
    // A name whose way leads nowhere, or that has none, is searched for by name.
    place.or_else(|| path::resolve_name(body, other_name(name)))
}

/// What upstreams of other APIs call by another name than the client does.
fn other_name(name: &str) -> &str {
    match name {
        "stop" => "stop_sequences",
        "context management" => "context_management",
        "extended cache ttl" => "ttl",
        "parallel_tool_calls" => "disable_parallel_tool_use",
        name => name,
    }
}

/// Google writes `contextManagement`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// Takes out a field that is called by its bare name, everywhere.
fn strip_name(request: &mut Outbound, refusal: &Refusal<'_>, name: &str) -> bool {
    let (name, mut last) = (snake_case(other_name(name)), None);
    while let Some(place) = path::resolve_name(&mut request.body, &name) {
        let is_same = last.as_ref() == Some(&place);
        if is_same || !strip_place(request, refusal, &place) {
            break;
        }
        last = Some(place);
    }
    last.is_some()
}

fn strip_place(request: &mut Outbound, refusal: &Refusal<'_>, place: &Place) -> bool {
    let pattern = place.pattern.as_str();
    if pattern == DEFERRED {
        return inline_deferred_tools::cure(request, refusal);
    }
    if pattern == CONTEXT_MANAGEMENT && strip_but_edits(request) {
        return true;
    }
    if is_in_system_message(request, place) && give_up(request, "role:system") {
        request.learn("role:system", Says::Refuses);
        return true;
    }
    if is_essential(pattern) || !strip(request, pattern) {
        return false;
    }
    request.learn(format!("field:{pattern}"), Says::Refuses);
    true
}

/// Leaves of `context_management` what every version of it has, if there is more.
fn strip_but_edits(request: &mut Outbound) -> bool {
    let Some(node) = request.body.get(CONTEXT_MANAGEMENT) else { return false };
    let names: Vec<_> = node.fields().map(|(name, _)| name.into_owned()).collect();
    if !names.iter().any(|name| name == EDITS) {
        return false;
    }
    let others = names.iter().filter(|name| *name != EDITS);
    let others = others.filter(|name| !name.contains(['.', '[']));
    let patterns: Vec<_> = others.map(|name| format!("{CONTEXT_MANAGEMENT}.{name}")).collect();
    for pattern in &patterns {
        strip(request, pattern);
        request.learn(format!("field:{pattern}"), Says::Refuses);
    }
    !patterns.is_empty()
}

/// Whether what is refused is a breakpoint in a message of the role `system`: as a user's words
/// it stays cached.
fn is_in_system_message(request: &mut Outbound, place: &Place) -> bool {
    let is_breakpoint = place.pattern == "messages[].content[].cache_control";
    let index = place.indices.first().copied().filter(|_| is_breakpoint);
    let message = index.and_then(|index| request.body.get("messages")?.item(index));
    message.is_some_and(|message| message.get("role").is_some_and(|role| role.is("system")))
}

/// Takes a field out of a body, and the betas that nothing needs any more.
fn strip(request: &mut Outbound, pattern: &str) -> bool {
    if !is_mentioned(request, pattern) || path::remove(&mut request.body, pattern) == 0 {
        return false;
    }
    if let Some((parent, _)) = pattern.rsplit_once('.')
        && parent.ends_with("output_config")
    {
        drop_empty(request, parent);
    }
    pairs::drop_idle_betas(request, &format!("field:{pattern}"));
    request.note(ID, pattern);
    true
}

/// Whether the field's name stands in the part of the body where the field would be. Much
/// cheaper than looking.
fn is_mentioned(request: &mut Outbound, pattern: &str) -> bool {
    let name = pattern.rsplit('.').next().unwrap_or(pattern).trim_end_matches("[]");
    let key = format!("\"{name}\"");
    let top = pattern.split('.').next().unwrap_or(pattern).trim_end_matches("[]");
    let mentions = |top: &str, request: &mut Outbound| {
        request.body.get(top).is_some_and(|node| node.mentions(key.as_bytes()))
    };
    match pattern.split_once('.') {
        None => request.body.root().has(name),
        Some(("cache_control", _)) => ["cache_control", "system", "tools", "messages"]
            .iter()
            .any(|top| mentions(top, request)),
        Some(_) => mentions(top, request),
    }
}

/// An object that lost its last field says nothing any more.
fn drop_empty(request: &mut Outbound, pattern: &str) {
    path::visit(&mut request.body, pattern, &mut |parent, name| {
        let is_empty = parent.get(name).is_some_and(|node| node.raw().trim_ascii() == b"{}");
        if is_empty {
            parent.remove(name);
        }
    });
}

fn is_essential(pattern: &str) -> bool {
    let name = pattern.rsplit('.').next().unwrap_or(pattern).trim_end_matches("[]");
    let is_top_thinking = pattern == "thinking";
    ESSENTIAL.contains(&name) && !is_top_thinking
}
