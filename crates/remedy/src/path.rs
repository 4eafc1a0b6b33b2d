//! Places in a request's body: as upstreams write them, and as features name them.
//!
//! Upstreams write `tools.11.custom.defer_loading`, with an index and with the tag of the union's
//! variant between; `messages[3].output_config`; `/tools/0/strict`. A feature names the same
//! place for every index and without tags: `tools[].defer_loading`.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node, NodeKind};

/// The names and indices a path may have. The deepest field known has nine.
const STEPS_MAX: usize = 24;

/// A place that was found in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path with `[]` for any index: what all such places have in common.
    pub pattern: String,
    /// The indices on the way, outermost first.
    pub indices: Vec<usize>,
}

/// Finds the place that an upstream's path means. `None` where the body has none.
#[must_use]
pub fn resolve(body: &mut Document, path: &str) -> Option<Place> {
    let steps = steps(path);
    if steps.is_empty() || steps.len() > STEPS_MAX {
        return None;
    }
    let mut place = Place { pattern: String::new(), indices: Vec::new() };
    if find(body.root(), &steps, &mut place) { Some(shortened(place)) } else { None }
}

/// Finds the field that an upstream calls by its bare name, wherever such fields stand.
#[must_use]
pub fn resolve_name(body: &mut Document, name: &str) -> Option<Place> {
    const PLACES: [&str; 10] = [
        "",
        "output_config.",
        "thinking.",
        "tools[].",
        "tool_choice.",
        "messages[].",
        "cache_control.",
        "metadata.",
        "messages[].content[].",
        "system[].",
    ];
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let patterns = PLACES.iter().map(|place| format!("{place}{name}"));
    let mut found = patterns.filter(|pattern| has(body, pattern));
    found.next().map(|pattern| Place { pattern, indices: Vec::new() })
}

fn steps(path: &str) -> Vec<&str> {
    let is_cut = |c: char| matches!(c, '.' | '[' | ']' | '/' | '#' | '$' | '\'' | '"' | '`' | ' ');
    let steps = path.split(is_cut).filter(|step| !step.is_empty());
    // FastAPI's and proxies' names for the whole.
    steps.skip_while(|step| matches!(*step, "body" | "request" | "root")).collect()
}

/// Walks `steps` from `node`; what was walked is in `place` then.
fn find(node: &mut Node, steps: &[&str], place: &mut Place) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    match node.kind() {
        NodeKind::Array => find_in_array(node, step, steps, rest, place),
        NodeKind::Object => match node.get(step) {
            // A tag between that is a field's name too, as in `content.0.text.citations`.
            Some(child) if !rest.is_empty() && is_scalar(child) => find(node, rest, place),
            Some(child) => {
                let before = place.clone();
                if !place.pattern.is_empty() {
                    place.pattern.push('.');
                }
                place.pattern.push_str(step);
                if find(child, rest, place) {
                    return true;
                }
                place.clone_from(&before);
                // A tag that is called as a field is: `text` in `content.0.text.hint`.
                !rest.is_empty() && find(node, rest, place)
            }
            // A tag between, as `custom` in `tools.0.custom.name`.
            None => !rest.is_empty() && find(node, rest, place),
        },
        // A tag behind, as in `content.0.text`, says nothing about where.
        NodeKind::String | NodeKind::Number | NodeKind::Boolean | NodeKind::Null => false,
    }
}

fn is_scalar(node: &Node) -> bool {
    !matches!(node.kind(), NodeKind::Array | NodeKind::Object)
}

fn find_in_array(
    node: &mut Node,
    step: &str,
    steps: &[&str],
    rest: &[&str],
    place: &mut Place,
) -> bool {
    place.pattern.push_str("[]");
    if let Ok(index) = step.parse::<usize>() {
        place.indices.push(index);
        return node.item(index).is_some_and(|item| find(item, rest, place));
    }
    // No index: whichever item has it.
    let before = place.clone();
    for item in node.items() {
        place.clone_from(&before);
        if find(item, steps, place) {
            return true;
        }
    }
    false
}

/// What stands below a `cache_control` is the same wherever that stands.
fn shortened(place: Place) -> Place {
    match place.pattern.rfind("cache_control.").and_then(|at| place.pattern.get(at..)) {
        Some(short) => Place { pattern: short.to_owned(), ..place },
        None => place,
    }
}

/// Whether the body has a place of this pattern.
#[must_use]
pub fn has(body: &mut Document, pattern: &str) -> bool {
    let mut count = 0;
    visit(body, pattern, &mut |parent, name| {
        count += usize::from(parent.has(name));
    });
    count > 0
}

/// Removes every place of this pattern, and tells how many there were.
pub fn remove(body: &mut Document, pattern: &str) -> usize {
    let mut count = 0;
    visit(body, pattern, &mut |parent, name| {
        count += usize::from(parent.remove(name));
    });
    count
}

/// Calls `on` with every object that could hold the last name of `pattern`, and that name.
pub fn visit(body: &mut Document, pattern: &str, on: &mut dyn FnMut(&mut Node, &str)) {
    match pattern.strip_prefix("cache_control.") {
        Some(name) => each_cache_control(body.root(), &mut |node| on(node, name)),
        None => visit_from(body.root(), pattern, on),
    }
}

fn visit_from(node: &mut Node, pattern: &str, on: &mut dyn FnMut(&mut Node, &str)) {
    let Some((step, rest)) = pattern.split_once('.') else {
        if node.kind() == NodeKind::Object {
            on(node, pattern);
        }
        return;
    };
    let depth = step.matches("[]").count();
    let Some(child) = node.get(step.trim_end_matches("[]")) else { return };
    visit_items(child, depth, rest, on);
}

fn visit_items(node: &mut Node, depth: usize, rest: &str, on: &mut dyn FnMut(&mut Node, &str)) {
    let Some(deeper) = depth.checked_sub(1) else {
        return visit_from(node, rest, on);
    };
    for item in node.items() {
        visit_items(item, deeper, rest, on);
    }
}

/// Every `cache_control` of a body: the automatic one at the top, and those of tools, system
/// blocks, content blocks and the blocks inside tool results.
pub fn each_cache_control(root: &mut Node, on: &mut dyn FnMut(&mut Node)) {
    const KEY: &[u8] = b"\"cache_control\"";
    if let Some(own) = root.get("cache_control") {
        on(own);
    }
    for list in ["tools", "system"] {
        let Some(list) = root.get(list).filter(|list| list.mentions(KEY)) else { continue };
        for item in list.items() {
            in_block(item, on);
        }
    }
    let Some(messages) = root.get("messages").filter(|list| list.mentions(KEY)) else { return };
    for message in messages.items().filter(|message| message.mentions(KEY)) {
        let Some(content) = message.get("content") else { continue };
        for block in content.items() {
            in_block(block, on);
        }
    }
}

fn in_block(block: &mut Node, on: &mut dyn FnMut(&mut Node)) {
    if let Some(own) = block.get("cache_control") {
        on(own);
    }
    if let Some(inner) = block.get("content").filter(|inner| inner.kind() == NodeKind::Array) {
        for item in inner.items() {
            if let Some(own) = item.get("cache_control") {
                on(own);
            }
        }
    }
}
