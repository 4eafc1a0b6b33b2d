//! Going through the blocks of a conversation.

use serde_json::Value;

use super::{Case, text_of};
use crate::prompt::list;

/// A content block and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub block: &'a Value,
    /// `type`
    pub kind: &'a str,
    /// `role` of its message.
    pub role: &'a str,
    pub message: usize,
    pub index: usize,
    /// Its index in a tool result, when it is nested in one.
    pub nested: Option<usize>,
}

impl Spot<'_> {
    /// `messages.N.content.M`, or deeper for a block nested in a tool result.
    pub(super) fn path(&self) -> String {
        let outer = format!("messages.{}.content.{}", self.message, self.index);
        match self.nested {
            Some(nested) => format!("{outer}.tool_result.content.{nested}"),
            None => outer,
        }
    }
}

/// Every block of every message; string contents have none.
pub(super) fn blocks<'a>(case: &Case<'a>) -> impl Iterator<Item = Spot<'a>> + use<'a> {
    case.messages().iter().enumerate().flat_map(|(message, value)| {
        let role = text_of(value, "role");
        list(value.get("content")).iter().enumerate().map(move |(index, block)| Spot {
            block,
            kind: text_of(block, "type"),
            role,
            message,
            index,
            nested: None,
        })
    })
}

/// Every block, each followed by those nested in it.
pub(super) fn all_blocks<'a>(case: &Case<'a>) -> impl Iterator<Item = Spot<'a>> + use<'a> {
    blocks(case).flat_map(|outer| {
        let content = if outer.kind == "tool_result" { outer.block.get("content") } else { None };
        let nested = list(content).iter().enumerate().map(move |(place, block)| Spot {
            block,
            kind: text_of(block, "type"),
            nested: Some(place),
            ..outer
        });
        std::iter::once(outer).chain(nested)
    })
}
