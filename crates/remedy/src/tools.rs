//! The tools of a request: taking some away leaves a request that is still right.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node};

/// Removes the tools that `is_gone` says, and gives their names, last first. A cache breakpoint
/// on one of them moves to the tool before it; a choice of one of them becomes a free one;
/// without any tool left, neither list nor choice is.
pub fn remove(body: &mut Document, is_gone: &mut dyn FnMut(&mut Node) -> bool) -> Vec<String> {
    let Some(tools) = body.get("tools") else { return Vec::new() };
    let gone = remove_from(tools, is_gone);
    let is_empty = tools.count() == 0;
    if gone.is_empty() {
        return gone;
    }
    if is_empty {
        body.remove("tools");
        body.remove("tool_choice");
    } else {
        free_choice(body, &gone);
    }
    gone
}

fn remove_from(tools: &mut Node, is_gone: &mut dyn FnMut(&mut Node) -> bool) -> Vec<String> {
    let mut gone = Vec::new();
    let mut breakpoint = None;
    for index in (0..tools.count()).rev() {
        let Some(tool) = tools.item(index) else { continue };
        if is_gone(tool) {
            let own = tool.get("cache_control").map(|own| own.raw().into_owned());
            breakpoint = breakpoint.or(own);
            let name = tool.get("name").and_then(|name| name.text().map(|name| name.into_owned()));
            gone.push(name.unwrap_or_default());
            tools.remove_item(index);
        } else if !tool.has("defer_loading")
            && let Some(moved) = breakpoint.take()
            && !tool.has("cache_control")
        {
            tool.set("cache_control", moved);
        }
    }
    gone
}

/// Sets a choice of one of these tools free.
fn free_choice(body: &mut Document, gone: &[String]) {
    let Some(choice) = body.get("tool_choice") else { return };
    let is_gone = choice.get("name").is_some_and(|own| gone.iter().any(|name| own.is(name)));
    if is_gone {
        choice.remove("name");
        choice.set("type", r#""auto""#);
    }
}
