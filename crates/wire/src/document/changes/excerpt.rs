//! Values as people may see them: short, and without what users and models wrote.

use crate::document::level;
use crate::document::node::{NodeKind, kind_of};

/// How many bytes of a value are shown.
const BYTES_MAX: usize = 120;

/// How many bytes of a content block's `type` are shown. The longest known is
/// `web_search_tool_result_error` with 28.
const TYPE_BYTES_MAX: usize = 60;

/// Fields that hold words of the protocol or identifiers, also where content is around them.
const PROTOCOL_FIELDS: [&str; 8] =
    ["type", "role", "name", "id", "tool_use_id", "media_type", "effort", "ttl"];

/// Whose words a value holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The body as a whole, content among it.
    Body,
    /// A top-level field of settings.
    Settings,
    /// The blocks of a conversation: content with words of the protocol around it.
    Content,
    /// What a model gave to a tool: content down to the numbers, whatever its fields are called.
    Input,
}

impl Scope {
    /// The scope of field `name` of an object in this scope.
    pub fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Body, "messages" | "system") => Self::Content,
            (Self::Body, _) => Self::Settings,
            (Self::Content, "input") => Self::Input,
            (scope, _) => scope,
        }
    }
}

/// What may be shown of the value `raw`, which is in field `name` ("" for an element).
pub(super) fn excerpt(raw: &[u8], scope: Scope, name: &str) -> String {
    match scope {
        Scope::Settings => cut(raw, BYTES_MAX),
        Scope::Body => sized("{…}", raw),
        Scope::Input => sized("…", raw),
        Scope::Content => content(raw, name),
    }
}

fn content(raw: &[u8], name: &str) -> String {
    match kind_of(raw) {
        NodeKind::Number | NodeKind::Boolean | NodeKind::Null => cut(raw, BYTES_MAX),
        NodeKind::String if PROTOCOL_FIELDS.contains(&name) => cut(raw, BYTES_MAX),
        NodeKind::String => sized("\"…\"", raw),
        NodeKind::Object => match type_of(raw) {
            Some(tag) => sized(&format!("{{\"type\":{}}}", cut(tag, TYPE_BYTES_MAX)), raw),
            None => sized("{…}", raw),
        },
        NodeKind::Array => match level::children_of(raw) {
            Some(items) => format!("[…] ({} items)", items.len()),
            None => sized("[…]", raw),
        },
    }
}

/// The text of the string in field `type` of an object, quotes included.
fn type_of(raw: &[u8]) -> Option<&[u8]> {
    let fields = level::children_of(raw)?;
    let named = |key: &[u8]| key == b"\"type\"";
    let field = fields.iter().rfind(|field| raw.get(field.key.clone()).is_some_and(named))?;
    raw.get(field.value.clone()).filter(|value| kind_of(value) == NodeKind::String)
}

fn sized(shape: &str, raw: &[u8]) -> String {
    format!("{shape} ({} bytes)", raw.len())
}

/// `raw` as text of at most `bytes_max` bytes, with an ellipsis where something is left out.
fn cut(raw: &[u8], bytes_max: usize) -> String {
    if raw.len() <= bytes_max {
        return String::from_utf8_lossy(raw).into_owned();
    }
    let head = raw.get(..bytes_max.saturating_sub('…'.len_utf8())).unwrap_or_default();
    let text = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    format!("{text}…")
}
