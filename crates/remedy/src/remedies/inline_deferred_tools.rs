//! inline-deferred-tools: tools that are loaded when they are looked for are loaded at once.
//!
//! The clouds know the feature under another beta, so the first cure is to ask for that. Where
//! it is refused all the same, every tool stands in the request from the start, and what was
//! loaded on the way is told as text.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, rename_beta};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{blocks, pairs, tools};

/// See the module.
pub struct InlineDeferredTools;

const ID: &str = "inline-deferred-tools";
const FEATURE: &str = "deferred-tools";
/// The betas that open it, the first party's name and the clouds'.
const FIRST_PARTY: &str = "advanced-tool-use-2025-11-20";
const CLOUDS: &str = "tool-search-tool-2025-10-19";
/// What Claude Code sends so that there is a deferred tool before any was looked for.
const PLACEHOLDER: &str = "DeferredToolPlaceholder";
const SEARCH: &str = "tool_search_tool_";
const REFERENCE: &str = "tool_reference";

impl Remedy for InlineDeferredTools {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == FEATURE && inline(request)
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.says(FEATURE) == Some(&Says::Needs) {
            open(request, known);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        cure(request, refusal)
    }
}

/// Asks for the feature under the name it has at clouds; where that was tried, does without.
pub(crate) fn cure(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    let message = refusal.message().to_ascii_lowercase();
    // What is refused of a history alone is older than any of the betas.
    let is_of_tools = message.contains("tool_search") || message.contains("defer_loading");
    if is_of_tools && ask_otherwise(request, refusal) {
        return true;
    }
    let is_changed = inline(request);
    if is_changed {
        request.learn(FEATURE, Says::Refuses);
    }
    is_changed
}

fn ask_otherwise(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    if let Some(instead) = rename_beta::instead_of(request, refusal.known, FIRST_PARTY)
        && rename_beta::rename_and_learn(request, FIRST_PARTY, instead)
    {
        return true;
    }
    // A tag that is not known wants its beta; a field without a beta at all is just too new.
    let is_tag = refusal.message().contains(SEARCH);
    let is_open = is_tag && open(request, refusal.known);
    if is_open {
        request.learn(FEATURE, Says::Needs);
    }
    is_open
}

/// Adds the beta, where a request that needs it has none.
fn open(request: &mut Outbound, known: &Known<'_>) -> bool {
    let is_refused = known.refuses(&format!("beta:{CLOUDS}"))
        || request.lessons().iter().any(|lesson| lesson.feature == format!("beta:{CLOUDS}"));
    let is_asked = request.betas.has(&mut request.body, FIRST_PARTY);
    if is_refused || is_asked || !pairs::is_used(&mut request.body, FEATURE) {
        return false;
    }
    let is_added = request.betas.add(&mut request.body, CLOUDS);
    if is_added {
        request.note(ID, CLOUDS);
    }
    is_added
}

fn inline(request: &mut Outbound) -> bool {
    let tools = load_all(request);
    let blocks = references_to_text(request);
    if tools + blocks == 0 {
        return false;
    }
    pairs::drop_idle_betas(request, FEATURE);
    request.note(ID, format!("{tools} tools {blocks} blocks"));
    true
}

/// Loads every tool from the start; how many tools that changed.
fn load_all(request: &mut Outbound) -> usize {
    if !pairs::is_used(&mut request.body, FEATURE) {
        return 0;
    }
    let mut loaded = 0;
    let gone = tools::remove(&mut request.body, &mut |tool| {
        let kind = tool.get("type").and_then(|kind| Some(kind.text()?.starts_with(SEARCH)));
        let is_gone = kind == Some(true) || tool.get("name").is_some_and(|it| it.is(PLACEHOLDER));
        loaded += usize::from(!is_gone && tool.remove("defer_loading"));
        is_gone
    });
    loaded + gone.len()
}

/// Tells as text which tools were loaded on the way; how many blocks that changed.
fn references_to_text(request: &mut Outbound) -> usize {
    let mut count = 0;
    // Both names begin alike, and few requests mention either.
    for needle in [REFERENCE, SEARCH] {
        blocks::each(&mut request.body, needle.as_bytes(), &mut |block| {
            let name = |name: &str, block: &mut salve_wire::Node| {
                block.get(name).and_then(|own| own.text().map(|text| text.into_owned()))
            };
            let kind = name("type", block).unwrap_or_default();
            let is_call = kind == "server_tool_use"
                && name("name", block).is_some_and(|name| name.starts_with(SEARCH));
            if kind == REFERENCE || kind.starts_with(SEARCH) || is_call {
                blocks::make_text(block);
                count += 1;
            }
        });
    }
    count
}
