//! tool-schema: the inputs of tools are described in a form that the upstream reads.
//!
//! Tools of MCP servers bring older drafts of JSON schema, alternatives at the top, or nothing at
//! all. What says the same in draft 2020-12 takes its place; a tool whose schema is refused even
//! then goes, and its name is noted.

mod draft;
#[cfg(test)]
mod tests;
mod top;

use salve_wire::{Node, NodeKind};
use serde_json::{Value, json};

use super::{Refusal, Remedy, give_up};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::tools;

/// See the module.
pub struct ToolSchema;

const ID: &str = "tool-schema";
/// What is beyond draft 2020-12 is refused.
const DRAFT: &str = "tool-schema:draft";
/// Alternatives at the top of a schema are refused.
const TOP: &str = "tool-schema:top-level";
/// Names of parameters beyond letters, digits, `_`, `.`, `-` are refused.
const KEYS: &str = "tool-schema:keys";
/// The feature of one tool that is refused whatever its schema: `tool-schema:of:<name>`.
const OF: &str = "tool-schema:of:";
const STRICT: &str = "field:tools[].strict";

impl Remedy for ToolSchema {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match change_for(feature) {
            Some(change) => sanitise(request, change),
            None => feature.strip_prefix(OF).is_some_and(|name| drop_tool(request, name)),
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let says = |part: &str| words.contains(part);
        let is_top = ["oneof", "anyof", "allof"].iter().any(|part| says(part));
        let is_keys = says("property keys") || says("properties keys");
        let is_grammar = says("grammar") || says("strict tools") || says("too complex");
        if is_grammar && learned(request, STRICT) {
            return true;
        }
        let by_words = [(is_top, TOP), (is_keys, KEYS)];
        let by_words = by_words.iter().filter(|(is_said, _)| *is_said).map(|(_, name)| *name);
        let mut features = by_words.chain([DRAFT, TOP, KEYS]);
        let Some(name) = name_of(request, refusal) else {
            return features.any(|feature| learned(request, feature));
        };
        match features.find(|feature| would_change(request, &name, feature)) {
            Some(feature) => learned(request, feature),
            None => learned(request, &format!("{OF}{name}")),
        }
    }
}

/// How the schemas change that this feature is given up in.
fn change_for(feature: &str) -> Option<fn(&mut Value)> {
    match feature {
        DRAFT => Some(draft::sanitise),
        TOP => Some(top::merge),
        KEYS => Some(draft::drop_keys),
        _ => None,
    }
}

/// Whether giving a feature up changes the tool of this name.
fn would_change(request: &mut Outbound, name: &str, feature: &str) -> bool {
    let Some(change) = change_for(feature) else { return false };
    let Some(tools) = request.body.get("tools") else { return false };
    let mut own = tools.items().filter_map(|tool| {
        let is_named = is_own(tool) && tool.get("name").is_some_and(|own| own.is(name));
        is_named.then(|| changed(tool, change).is_some())
    });
    own.any(|is_changed| is_changed)
}

fn learned(request: &mut Outbound, feature: &str) -> bool {
    let is_changed = give_up(request, feature);
    if is_changed {
        request.learn(feature, Says::Refuses);
    }
    is_changed
}

/// Changes the schema of every tool of the client's by `change`.
fn sanitise(request: &mut Outbound, change: fn(&mut Value)) -> bool {
    let Some(tools) = request.body.get("tools") else { return false };
    let mut changed = Vec::new();
    for (index, tool) in tools.items().enumerate() {
        if is_own(tool) && sanitise_tool(tool, change) {
            changed.push(index.to_string());
        }
    }
    if changed.is_empty() {
        return false;
    }
    let places = match changed.len() {
        1..=8 => format!("tools[{}]", changed.join(",")),
        count => format!("{count} tools"),
    };
    request.note(ID, places);
    true
}

/// Whether a tool is described by the client; the upstream's own have a type of their own.
fn is_own(tool: &mut Node) -> bool {
    let is_object = tool.kind() == NodeKind::Object;
    is_object && tool.get("type").is_none_or(|own| own.is("custom") || own.kind() == NodeKind::Null)
}

fn sanitise_tool(tool: &mut Node, change: fn(&mut Value)) -> bool {
    let Some(schema) = changed(tool, change) else { return false };
    tool.set("input_schema", schema.to_string());
    true
}

/// The schema of a tool after a change; `None` where that is the same.
fn changed(tool: &mut Node, change: fn(&mut Value)) -> Option<Value> {
    let raw = tool.get("input_schema").map(|own| own.raw().into_owned());
    let parsed = raw.as_deref().and_then(|raw| serde_json::from_slice::<Value>(raw).ok());
    let before = parsed.unwrap_or(Value::Null);
    let mut after = before.clone();
    if !after.is_object() {
        after = json!({"type": "object", "properties": {}});
    }
    change(&mut after);
    (after != before).then_some(after)
}

/// The name of the tool that a refusal names, by index or by name.
fn name_of(request: &mut Outbound, refusal: &Refusal<'_>) -> Option<String> {
    let tools = request.body.get("tools")?;
    let index = refusal.detail("index").or_else(|| {
        let digits = refusal.detail("path")?.strip_prefix("tools")?;
        digits.split(['.', '[', ']']).find(|step| !step.is_empty())
    });
    if let Some(index) = index.and_then(|index| index.parse().ok()) {
        let name = tools.item(index)?.get("name")?;
        return name.text().map(|name| name.into_owned());
    }
    let name = refusal.detail("tool")?;
    let mut names = tools.items().filter_map(|tool| {
        let own = tool.get("name")?.text()?;
        own.eq_ignore_ascii_case(name).then(|| own.into_owned())
    });
    names.next()
}

/// Takes a tool away.
fn drop_tool(request: &mut Outbound, name: &str) -> bool {
    let mut is_gone =
        |tool: &mut Node| tool.get("name").is_some_and(|own| own.is(name)) && is_own(tool);
    let gone = tools::remove(&mut request.body, &mut is_gone);
    if !gone.is_empty() {
        request.note(ID, name.chars().take(120).collect::<String>());
    }
    !gone.is_empty()
}
