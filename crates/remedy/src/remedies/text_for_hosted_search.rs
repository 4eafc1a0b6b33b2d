//! text-for-hosted-search: searches that another service ran itself stay as text.
//!
//! Their results are sealed for that service, or a relay made the blocks up; either way this
//! upstream cannot read them. What they said to the model's answer is kept: query, titles, links.

#[cfg(test)]
mod tests;
mod told;

use salve_wire::Node;

use super::{Refusal, Remedy};
use crate::history;
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct TextForHostedSearch;

const ID: &str = "text-for-hosted-search";
/// The searches up to this one are refused. Those that the channel itself runs later are its own,
/// so what is learned is the last of the foreign ones, by the id of its call.
const UP_TO: &str = "hosted-search:to-";

impl Remedy for TextForHostedSearch {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix(UP_TO).is_some_and(|last| repair(request, Some(last)))
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let last = ids(request).pop();
        let is_changed = repair(request, None);
        if let (true, Some(last)) = (is_changed, last) {
            request.learn(format!("{UP_TO}{last}"), Says::Refuses);
        }
        is_changed
    }
}

/// Turns the searches up to the one of this id into text; all of them where none is named.
fn repair(request: &mut Outbound, last: Option<&str>) -> bool {
    if last.is_some_and(|last| !ids(request).iter().any(|id| id == last)) {
        return false;
    }
    let Some(messages) = searches(request) else { return false };
    let (mut count, mut is_last, mut is_over) = (0, false, false);
    history::each_list(messages, &mut |list| {
        for block in list.items() {
            let id = id_of(block);
            // What the last one's results led to is still its own.
            is_over |= is_last && id.is_some() && id.as_deref() != last;
            is_last |= id.is_some() && id.as_deref() == last;
            if !is_over {
                count += usize::from(to_text(block)) + usize::from(drop_citations(block));
            }
        }
    });
    if count > 0 {
        request.note(ID, history::counted(count, "block"));
    }
    count > 0
}

/// The messages, where they hold what another service ran.
fn searches(request: &mut Outbound) -> Option<&mut Node> {
    const MARKS: [&[u8]; 3] = [b"server_tool_use", b"_tool_result\"", b"encrypted_index"];
    let messages = history::messages(&mut request.body)?;
    MARKS.iter().any(|mark| messages.mentions(mark)).then_some(messages)
}

/// The ids of the calls in a history, in order.
fn ids(request: &mut Outbound) -> Vec<String> {
    let mut ids = Vec::new();
    if let Some(messages) = searches(request) {
        history::each_list(messages, &mut |list| ids.extend(list.items().filter_map(id_of)));
    }
    ids
}

/// The id of the call that a block is, or that it answers.
fn id_of(block: &mut Node) -> Option<String> {
    let tag = history::text_of(block, "type");
    let name = match tag.as_str() {
        "server_tool_use" => "id",
        "mcp_tool_result" | "tool_result" => return None,
        other if other.ends_with("_tool_result") => "tool_use_id",
        _ => return None,
    };
    Some(history::text_of(block, name)).filter(|id| !id.is_empty())
}

fn to_text(block: &mut Node) -> bool {
    let tag = history::text_of(block, "type");
    let text = match tag.as_str() {
        "server_tool_use" => told::call(block),
        "mcp_tool_result" => return false,
        other if other.ends_with("_tool_result") => told::result(block),
        _ => return false,
    };
    let breakpoint = block.get("cache_control").map(|own| own.raw().into_owned());
    block.replace(history::text_block(&text));
    if let Some(breakpoint) = breakpoint {
        block.set("cache_control", breakpoint);
    }
    true
}

/// Takes the citations off a text that point into sealed results.
fn drop_citations(block: &mut Node) -> bool {
    let Some(citations) = block.get("citations") else { return false };
    let before = citations.count();
    let left = citations.retain(|citation| {
        !citation.has("encrypted_index")
            && !history::is_type(citation, "web_search_result_location")
    });
    if left == before {
        return false;
    }
    if left == 0 {
        block.remove("citations");
    }
    true
}
