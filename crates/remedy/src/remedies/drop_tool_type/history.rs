//! What a service's own tool left behind in a conversation.

use salve_wire::{Document, Node};

use crate::blocks;

/// What stays of a type without its date: `web_search` of `web_search_20250305`.
pub(super) fn family(tag: &str) -> &str {
    match tag.rsplit_once('_') {
        Some((family, date)) if date.bytes().all(|byte| byte.is_ascii_digit()) => family,
        Some(_) | None => tag,
    }
}

/// Tells as text what a tool of this type did, and takes away what speaks of adding or removing
/// it (or one of these names); how many blocks that changed.
pub(super) fn to_text(body: &mut Document, tag: &str, names: &[String]) -> usize {
    let family = family(tag);
    let mut count = 0;
    blocks::each(body, family.as_bytes(), &mut |block| {
        if is_of(block, family) || is_change_of(block, tag, names) {
            blocks::make_text(block);
            count += 1;
        } else if blocks::is_of_type(block, "text") {
            count += usize::from(uncite(block, family));
        }
    });
    count
}

/// Whether a block is a call or a result of this family. Some have several tools:
/// `bash_code_execution` is of `code_execution`.
fn is_of(block: &mut Node, family: &str) -> bool {
    let kind = text(block, "type");
    let result = kind.strip_suffix("_tool_result");
    result.is_some_and(|tool| is_in(tool, family))
        || kind == "server_tool_use" && is_in(&text(block, "name"), family)
}

fn is_in(tool: &str, family: &str) -> bool {
    let prefix = tool.strip_suffix(family);
    prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
}

/// Whether a part of a system message adds or removes such a tool.
fn is_change_of(block: &mut Node, tag: &str, names: &[String]) -> bool {
    if !matches!(text(block, "type").as_str(), "tool_addition" | "tool_removal") {
        return false;
    }
    let Some(tool) = block.get("tool") else { return false };
    let quoted = |text: &str| format!("\"{text}\"");
    tool.mentions(quoted(tag).as_bytes())
        || ["tool_name", "name"].iter().any(|field| {
            let name = text(tool, field);
            !name.is_empty() && names.contains(&name)
        })
}

/// Takes away citations of what the tool found; they mean nothing without the results.
fn uncite(block: &mut Node, family: &str) -> bool {
    let place = format!("\"{family}_result_location\"");
    let cites = block.get("citations").is_some_and(|list| list.mentions(place.as_bytes()));
    cites && block.remove("citations")
}

fn text(node: &mut Node, name: &str) -> String {
    let text = node.get(name).and_then(|own| own.text().map(|text| text.into_owned()));
    text.unwrap_or_default()
}
