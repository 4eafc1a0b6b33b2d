//! tool-choice: a choice of tools that the model does not take becomes one that it does.
//!
//! A forced choice and thinking exclude each other. Claude Code prefers to think and gives the
//! choice up itself where it knows; other programs rely on the call they force.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, give_up};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{thinking, turns};

/// See the module.
pub struct ToolChoice;

const ID: &str = "tool-choice";
/// No choice is forced.
const FORCED: &str = "forced-tool";
/// None is forced while the model thinks.
const FORCED_THINKING: &str = "forced-tool:with-thinking";
/// There is no choice without tools.
const NO_TOOLS: &str = "tool-choice:without-tools";
/// The tool that is forced must be among the tools.
const NO_SUCH_TOOL: &str = "tool-choice:unknown-tool";
/// A choice of this type is refused.
const TYPE: &str = "tool-choice:";
/// Whether several tools may be called at once.
const PARALLEL: &str = "tool_choice.disable_parallel_tool_use";

impl Remedy for ToolChoice {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            FORCED => is_forced(request) && loosen(request),
            NO_TOOLS => has_no_tools(request) && drop_choice(request),
            NO_SUCH_TOOL => forces_unknown(request) && loosen(request),
            // Whether the model thinks is known only when everything else is prepared.
            FORCED_THINKING => false,
            other => {
                let refused = other.strip_prefix(TYPE);
                let asked = kind(request);
                refused.is_some_and(|refused| asked.is_some_and(|asked| asked == refused))
                    && drop_choice(request)
            }
        }
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.refuses(FORCED_THINKING) {
            part(request);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let Some(asked) = kind(request) else { return drop_choice(request) };
        let words = refusal.message().to_ascii_lowercase();
        if words.contains("parallel") && !has_no_tools(request) {
            request.learn(format!("field:{PARALLEL}"), Says::Refuses);
            return give_up(request, &format!("field:{PARALLEL}"));
        }
        let (feature, is_changed) = if has_no_tools(request) {
            (NO_TOOLS.to_owned(), drop_choice(request))
        } else if forces_unknown(request) {
            (NO_SUCH_TOOL.to_owned(), loosen(request))
        } else if is_forced(request) && words.contains("thinking") && part(request) {
            (FORCED_THINKING.to_owned(), true)
        } else if is_forced(request) {
            (FORCED.to_owned(), loosen(request))
        } else {
            (format!("{TYPE}{asked}"), drop_choice(request))
        };
        if is_changed {
            request.learn(feature, Says::Refuses);
        }
        is_changed
    }
}

fn kind(request: &mut Outbound) -> Option<String> {
    let kind = request.body.at(&["tool_choice", "type"])?;
    kind.text().map(|kind| kind.into_owned())
}

fn is_forced(request: &mut Outbound) -> bool {
    kind(request).is_some_and(|kind| kind == "any" || kind == "tool")
}

fn has_no_tools(request: &mut Outbound) -> bool {
    request.body.get("tool_choice").is_some()
        && request.body.get("tools").is_none_or(|tools| tools.count() == 0)
}

fn forces_unknown(request: &mut Outbound) -> bool {
    if kind(request).is_none_or(|kind| kind != "tool") {
        return false;
    }
    let name = request.body.at(&["tool_choice", "name"]).and_then(|name| name.text());
    let Some(name) = name.map(|name| name.into_owned()) else { return true };
    let Some(tools) = request.body.get("tools") else { return true };
    !tools.items().any(|tool| tool.get("name").is_some_and(|known| known.is(&name)))
}

/// Parts a forced choice from thinking: one of them goes.
fn part(request: &mut Outbound) -> bool {
    if !is_forced(request) || !thinking::is_on(&mut request.body) {
        return false;
    }
    if turns::is_claude_code(request) {
        return loosen(request);
    }
    request.note(ID, "without-thinking");
    thinking::switch_off(request)
}

/// Leaves the choice to the model; whether it may call several tools at once stays as it was.
fn loosen(request: &mut Outbound) -> bool {
    let Some(choice) = request.body.get("tool_choice") else { return false };
    choice.set("type", r#""auto""#);
    choice.remove("name");
    request.note(ID, "auto");
    true
}

fn drop_choice(request: &mut Outbound) -> bool {
    let is_changed = request.body.remove("tool_choice");
    if is_changed {
        request.note(ID, "none");
    }
    is_changed
}
