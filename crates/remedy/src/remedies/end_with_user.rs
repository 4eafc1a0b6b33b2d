//! end-with-user: a conversation ends with the user where the model does not write on from words
//! put into its mouth, and without white space where it does.

#[cfg(test)]
mod tests;

use salve_wire::{Node, NodeKind, quoted};

use super::{Refusal, Remedy};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::turns;

/// See the module.
pub struct EndWithUser;

const ID: &str = "end-with-user";
/// The last turn must be the user's.
const PREFILL: &str = "prefill";
/// The last turn may be the model's, but may not end with white space.
const SPACE: &str = "body:trailing-space";

/// What the user says then. Few words, because the model reads them.
const CONTINUE: &str = r#"{"role":"user","content":"Continue."}"#;

impl Remedy for EndWithUser {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            PREFILL => end(request),
            SPACE => trim(request),
            _ => false,
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let is_space = words.contains("whitespace") || words.contains("white space");
        let (feature, is_changed) =
            if is_space { (SPACE, trim(request)) } else { (PREFILL, end(request)) };
        if is_changed {
            request.learn(feature, Says::Refuses);
        }
        is_changed
    }
}

fn end(request: &mut Outbound) -> bool {
    let Some(messages) = request.body.get("messages") else { return false };
    let last = messages.items().next_back();
    if last.is_none_or(|last| turns::is_role(last, "user")) {
        return false;
    }
    messages.push(CONTINUE);
    request.note(ID, "Continue.");
    true
}

fn trim(request: &mut Outbound) -> bool {
    let Some(messages) = request.body.get("messages") else { return false };
    let count = messages.count();
    let Some(last) = messages.items().next_back() else { return false };
    if !turns::is_role(last, "assistant") {
        return false;
    }
    let Some(content) = last.get("content") else { return false };
    let is_empty = match content.kind() {
        NodeKind::Array => trim_last_block(content),
        _ => trim_text(content),
    };
    if is_empty == Some(true) {
        // White space alone is no beginning of an answer.
        messages.remove_item(count.saturating_sub(1));
    }
    if is_empty.is_some() {
        request.note(ID, "trimmed");
    }
    is_empty.is_some()
}

/// Whether nothing is left; `None` where there was nothing to trim.
fn trim_last_block(content: &mut Node) -> Option<bool> {
    let count = content.count();
    let text = content.items().next_back()?.get("text")?;
    if trim_text(text)? {
        content.remove_item(count.saturating_sub(1));
    }
    Some(content.count() == 0)
}

fn trim_text(node: &mut Node) -> Option<bool> {
    let text = node.text()?.into_owned();
    let trimmed = text.trim_end();
    if trimmed.len() == text.len() {
        return None;
    }
    node.replace(quoted(trimmed));
    Some(trimmed.is_empty())
}
