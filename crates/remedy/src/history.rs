//! A conversation as remedies read it: messages with roles, their blocks, the blocks inside
//! results of tools.
//!
//! Content may be a text or a list of blocks; what is asked of the other form is not there.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node, NodeKind, quoted};

/// The bytes that every call of a client's tool, and nothing cheaper, has.
pub(crate) const TOOL_USE: &[u8] = b"tool_use";
/// The same of every result.
pub(crate) const TOOL_RESULT: &[u8] = b"tool_result";

/// The messages of a request, where they are a list.
pub(crate) fn messages(body: &mut Document) -> Option<&mut Node> {
    body.get("messages").filter(|list| list.kind() == NodeKind::Array)
}

/// Whether a message is of this role.
pub(crate) fn is_role(message: &mut Node, role: &str) -> bool {
    message.get("role").is_some_and(|own| own.is(role))
}

/// Whether the message at `index` exists and is of this role.
pub(crate) fn is_role_at(messages: &mut Node, index: usize, role: &str) -> bool {
    messages.item(index).is_some_and(|message| is_role(message, role))
}

/// Whether a block is of this type.
pub(crate) fn is_type(block: &mut Node, tag: &str) -> bool {
    block.get("type").is_some_and(|own| own.is(tag))
}

/// The text of a field; empty where there is none.
pub(crate) fn text_of(node: &mut Node, field: &str) -> String {
    let text = node.get(field).and_then(|own| own.text().map(|text| text.into_owned()));
    text.unwrap_or_default()
}

/// The list of blocks that a message or a result holds, where it is one.
pub(crate) fn blocks(node: &mut Node) -> Option<&mut Node> {
    node.get("content").filter(|content| content.kind() == NodeKind::Array)
}

/// A text block.
pub(crate) fn text_block(text: &str) -> String {
    format!(r#"{{"type":"text","text":{}}}"#, quoted(text))
}

/// Makes the content of a message a list of blocks, and gives it.
pub(crate) fn to_blocks(message: &mut Node) -> Option<&mut Node> {
    if !message.has("content") {
        message.set("content", "[]");
    }
    let content = message.get("content")?;
    if content.kind() != NodeKind::Array {
        let text = content.text().filter(|text| !text.is_empty());
        let list = text.map_or_else(|| "[]".to_owned(), |text| format!("[{}]", text_block(&text)));
        content.replace(list);
    }
    Some(content)
}

/// Joins the message behind `index` into the one there. Of what else the two say the later holds.
pub(crate) fn join_next(messages: &mut Node, index: usize) {
    let behind = index.saturating_add(1);
    let Some(next) = messages.item(behind) else { return };
    let Some(content) = to_blocks(next) else { return };
    let moved: Vec<_> = content.items().map(|block| block.raw().into_owned()).collect();
    let is_other = |name: &str| name != "role" && name != "content";
    let fields = next.fields().filter(|(name, _)| is_other(name));
    let others: Vec<_> =
        fields.map(|(name, node)| (name.into_owned(), node.raw().into_owned())).collect();
    messages.remove_item(behind);
    let Some(message) = messages.item(index) else { return };
    for (name, raw) in others {
        message.set(&name, raw);
    }
    let Some(content) = to_blocks(message) else { return };
    for block in moved {
        content.push(block);
    }
}

/// Calls `on` with every list of content blocks of a request's messages, those inside results of
/// tools before the one they stand in.
pub(crate) fn each_list(messages: &mut Node, on: &mut dyn FnMut(&mut Node)) {
    messages.items().for_each(|message| each_list_of(message, on));
}

/// The same, of one message.
pub(crate) fn each_list_of(message: &mut Node, on: &mut dyn FnMut(&mut Node)) {
    let Some(content) = blocks(message) else { return };
    if content.mentions(TOOL_RESULT) {
        for block in content.items().filter(|block| block.mentions(TOOL_RESULT)) {
            if is_type(block, "tool_result")
                && let Some(inner) = blocks(block)
            {
                on(inner);
            }
        }
    }
    on(content);
}

/// `1 block`, `2 blocks`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
