//! The turns of a conversation: whose they are and what they hold.

use salve_wire::{Node, NodeKind, quoted};

/// Whether a message is a turn of this role.
pub(crate) fn is_role(message: &mut Node, role: &str) -> bool {
    message.get("role").is_some_and(|node| node.is(role))
}

/// Whether a message holds a block of this type at its first level.
pub(crate) fn has_block(message: &mut Node, tag: &str) -> bool {
    // A type is written without escapes by every client known, so looking inside can wait.
    message.mentions(tag.as_bytes())
        && message.get("content").is_some_and(|content| {
            content.items().any(|block| block.get("type").is_some_and(|kind| kind.is(tag)))
        })
}

/// Makes the content of a message a list of blocks, where it is a text.
pub(crate) fn to_blocks(message: &mut Node) {
    let Some(content) = message.get("content") else {
        return message.set("content", "[]");
    };
    if content.kind() == NodeKind::Array {
        return;
    }
    let text = content.text().filter(|text| !text.is_empty());
    let blocks = text.map_or_else(|| "[]".to_owned(), |text| format!("[{}]", text_block(&text)));
    content.replace(blocks);
}

/// A text block.
pub(crate) fn text_block(text: &str) -> String {
    format!(r#"{{"type":"text","text":{}}}"#, quoted(text))
}

/// Whether the request comes from Claude Code: it has that program's beta, or names its user in
/// that program's way. Requests of other programs have neither.
pub(crate) fn is_claude_code(request: &mut crate::Outbound) -> bool {
    if request.betas.has(&mut request.body, "claude-code-20250219") {
        return true;
    }
    let user = request.body.at(&["metadata", "user_id"]).and_then(|user| user.text());
    user.is_some_and(|user| user.starts_with('{') && user.contains("session_id"))
}
