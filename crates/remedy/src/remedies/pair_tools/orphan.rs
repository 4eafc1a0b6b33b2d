//! Results of tools whose call is not there.

use salve_wire::{Node, NodeKind};

use crate::history::{self, TOOL_RESULT};

const PREFIX: &str = "[result of an earlier tool call] ";

/// Makes text of the results in `content` that answer none of `calls`; what is not text in them
/// stays as it is. Gives how many there were.
pub(super) fn to_text(content: &mut Node, calls: &[String]) -> usize {
    if !content.mentions(TOOL_RESULT) {
        return 0;
    }
    let mut count = 0;
    for index in (0..content.count()).rev() {
        let Some(block) = content.item(index) else { continue };
        if !is_orphan(block, calls) {
            continue;
        }
        let mut made = told(block);
        if let Some(breakpoint) = block.get("cache_control").map(|own| own.raw().into_owned()) {
            keep_breakpoint(&mut made, &breakpoint);
        }
        content.remove_item(index);
        for block in made.into_iter().rev() {
            content.insert(index, block);
        }
        count += 1;
    }
    count
}

fn is_orphan(block: &mut Node, calls: &[String]) -> bool {
    history::is_type(block, "tool_result")
        && !calls.contains(&history::text_of(block, "tool_use_id"))
}

/// The blocks that a result becomes: its text in one, then its images and documents.
fn told(result: &mut Node) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut others = Vec::new();
    if let Some(content) = result.get("content") {
        texts.extend(content.text().map(|text| text.into_owned()));
        for item in content.items() {
            let is_kept = ["image", "document", "search_result"];
            if history::is_type(item, "text") {
                texts.push(history::text_of(item, "text"));
            } else if is_kept.iter().any(|tag| history::is_type(item, tag)) {
                others.push(item.raw().into_owned());
            } else if item.kind() == NodeKind::String {
                texts.extend(item.text().map(|text| text.into_owned()));
            } else {
                texts.push(String::from_utf8_lossy(&item.raw()).into_owned());
            }
        }
    }
    let text = texts.join("\n");
    let text = if text.trim().is_empty() { "(no content)" } else { &text };
    let mut made = vec![history::text_block(&format!("{PREFIX}{text}")).into_bytes()];
    made.append(&mut others);
    made
}

/// Puts a result's breakpoint on the text that stands for it, in place of the closing brace.
fn keep_breakpoint(made: &mut [Vec<u8>], breakpoint: &[u8]) {
    let Some(text) = made.first_mut() else { return };
    text.pop();
    text.extend_from_slice(br#","cache_control":"#);
    text.extend_from_slice(breakpoint);
    text.push(b'}');
}
