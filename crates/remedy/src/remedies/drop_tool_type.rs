//! drop-tool-type: tools that the service would run, where the upstream does not, go.
//!
//! What they did before is told as text. A tool whose beta is missing gets that first.

mod history;
#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, inline_deferred_tools, strip_beta};
use crate::accused::Accusation;
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{pairs, tools};

/// See the module.
pub struct DropToolType;

const ID: &str = "drop-tool-type";
const PREFIX: &str = "tool-type:";
/// The type of tools that clients run. Leaving it out says the same.
const CUSTOM: &str = "custom";
const SEARCH: &str = "tool_search_tool_";

impl Remedy for DropToolType {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix(PREFIX).is_some_and(|tag| drop_type(request, tag))
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        for (tag, _) in known.of(PREFIX).filter(|(_, says)| **says == Says::Needs) {
            open(request, known, tag);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let mut is_changed = false;
        for tag in named(request, refusal) {
            if tag.starts_with(SEARCH) {
                return inline_deferred_tools::cure(request, refusal);
            }
            let is_unknown = refusal.message().to_ascii_lowercase().contains("input tag");
            if is_unknown && open(request, refusal.known, &tag) {
                request.learn(format!("{PREFIX}{tag}"), Says::Needs);
                is_changed = true;
            } else if drop_type(request, &tag) {
                request.learn(format!("{PREFIX}{tag}"), Says::Refuses);
                is_changed = true;
            }
        }
        is_changed
    }
}

/// The types of the request's tools that the refusal means.
fn named(request: &mut Outbound, refusal: &Refusal<'_>) -> Vec<String> {
    let types = types(request);
    let detail = refusal.detail("tag").or_else(|| refusal.detail("tool")).unwrap_or_default();
    let message = refusal.message();
    let spelt = message.replace("web search", "web_search").replace("web fetch", "web_fetch");
    let accused = [detail, message, &spelt].map(Accusation::of);
    let of_list = |quotes: &dyn Fn(&Accusation, &str) -> bool| {
        accused.iter().find_map(|accused| {
            let found = types.iter().flatten().filter(|tag| quotes(accused, tag));
            let mut found: Vec<_> = found.cloned().collect();
            found.sort_unstable();
            found.dedup();
            (!found.is_empty()).then_some(found)
        })
    };
    let whole = of_list(&Accusation::quotes);
    let by_place = || Some(vec![types.get(place(refusal)?)?.clone()?]);
    let by_family = || of_list(&|accused, tag| accused.quotes(history::family(tag)));
    whole.or_else(by_place).or_else(by_family).unwrap_or_default()
}

/// The type of each tool, where it has one.
fn types(request: &mut Outbound) -> Vec<Option<String>> {
    let Some(tools) = request.body.get("tools") else { return Vec::new() };
    let kind = |tool: &mut salve_wire::Node| Some(tool.get("type")?.text()?.into_owned());
    tools.items().map(kind).collect()
}

/// The index in `tools.3` or `tools[3]`.
fn place(refusal: &Refusal<'_>) -> Option<usize> {
    let words = refusal.detail("path").unwrap_or_else(|| refusal.message());
    let (_, rest) = words.split_once("tools")?;
    let rest = rest.trim_start_matches(['.', '[', '/']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

/// Adds the beta that opens a type, where the request uses that and has none.
fn open(request: &mut Outbound, known: &Known<'_>, tag: &str) -> bool {
    let feature = format!("{PREFIX}{tag}");
    let asked = request.betas.all(&mut request.body);
    let is_asked = pairs::betas_of(&feature).any(|beta| asked.iter().any(|has| has == beta));
    if is_asked || !pairs::is_used(&mut request.body, &feature) {
        return false;
    }
    let fits = |beta: &&str| {
        let feature = format!("beta:{beta}");
        let is_tried = request.lessons().iter().any(|lesson| lesson.feature == feature);
        !is_tried && !known.refuses(&feature) && !strip_beta::is_needed(known, beta)
    };
    let Some(beta) = pairs::betas_of(&feature).find(fits) else { return false };
    request.note(ID, beta);
    request.betas.add(&mut request.body, beta)
}

/// Does without every tool of a type.
fn drop_type(request: &mut Outbound, tag: &str) -> bool {
    let feature = format!("{PREFIX}{tag}");
    if tag.starts_with(SEARCH) {
        return super::give_up(request, "deferred-tools");
    }
    let count = match tag {
        CUSTOM => untyped(request),
        _ => {
            let is_gone = &mut |tool: &mut salve_wire::Node| {
                tool.get("type").is_some_and(|kind| kind.is(tag))
            };
            if !pairs::is_used(&mut request.body, &feature) {
                return false;
            }
            let gone = tools::remove(&mut request.body, is_gone);
            gone.len() + history::to_text(&mut request.body, tag, &gone)
        }
    };
    if count == 0 {
        return false;
    }
    pairs::drop_idle_betas(request, &feature);
    request.note(ID, tag);
    true
}

fn untyped(request: &mut Outbound) -> usize {
    let Some(tools) = request.body.get("tools") else { return 0 };
    let mut count = 0;
    for tool in tools.items() {
        if tool.get("type").is_some_and(|kind| kind.is(CUSTOM)) {
            count += usize::from(tool.remove("type"));
        }
    }
    count
}
