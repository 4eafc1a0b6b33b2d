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
/// Calls that a service ran itself are refused in the history.
const HOSTED: &str = "hosted-search";

impl Remedy for TextForHostedSearch {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == HOSTED && repair(request)
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let is_changed = repair(request);
        if is_changed {
            request.learn(HOSTED, Says::Refuses);
        }
        is_changed
    }
}

fn repair(request: &mut Outbound) -> bool {
    const MARKS: [&[u8]; 3] = [b"server_tool_use", b"_tool_result\"", b"encrypted_index"];
    let Some(messages) = history::messages(&mut request.body) else { return false };
    if !MARKS.iter().any(|mark| messages.mentions(mark)) {
        return false;
    }
    let mut count = 0;
    history::each_list(messages, &mut |list| {
        for block in list.items() {
            count += usize::from(to_text(block)) + usize::from(drop_citations(block));
        }
    });
    if count > 0 {
        request.note(ID, history::counted(count, "block"));
    }
    count > 0
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
