//! Messages, system blocks and content blocks.

use super::pairs;
use super::top::EFFORT_CONFIG;
use super::{Field, Kind, Shape, Tag, Tagged, is, may, must, shape, tag, tag_with, with};

const ID: Kind = Kind::Pattern { pattern: "^[a-zA-Z0-9_-]+$", allows: is_id_letter, max: None };

/// Letters of tool ids and tool names.
pub(super) fn is_id_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

/// `cache_control`
pub(super) const CACHE: Field = may("cache_control", Kind::Tagged(&CACHE_CONTROL));

/// The value of `cache_control`.
pub(super) const CACHE_CONTROL: Tagged =
    Tagged { tags: &[tag("ephemeral", &EPHEMERAL)], default: None };

const EPHEMERAL: Shape = shape(&[
    may("ttl", Kind::OneOf(&[is("5m"), is("1h")])),
    with("scope", Kind::OneOf(&[is("organization"), is("global")]), pairs::CACHE_SCOPE),
]);

/// An element of `messages`.
pub(super) const MESSAGE: Shape = shape(&[
    // Which roles there are depends on the model: see the rules on roles.
    must("role", Kind::Text),
    must("content", Kind::TextOr(&Kind::List(&Kind::Tagged(&BLOCK)))),
    with("output_config", Kind::Object(&EFFORT_CONFIG), pairs::PER_TURN),
    with("clear_at", Kind::Any, pairs::CLEAR_AT),
]);

/// An element of `system`: text, named by its place alone.
pub(super) const SYSTEM_TEXT: Shape = shape(&[
    must("type", Kind::OneOf(&[is("text")])),
    must("text", Kind::Text),
    CACHE,
    may("citations", Kind::Any),
]);

const TEXT: Shape = shape(&[must("text", Kind::Text), CACHE, may("citations", Kind::Any)]);

const IMAGE: Shape = shape(&[must("source", Kind::Tagged(&IMAGE_SOURCE)), CACHE]);

const IMAGE_SOURCE: Tagged = Tagged {
    tags: &[tag("base64", &IMAGE_BASE64), tag("url", &URL), tag_with("file", &FILE, pairs::FILES)],
    default: None,
};

const IMAGE_BASE64: Shape = shape(&[
    must(
        "media_type",
        Kind::OneOf(&[is("image/jpeg"), is("image/png"), is("image/gif"), is("image/webp")]),
    ),
    must("data", Kind::Text),
]);

const URL: Shape = shape(&[must("url", Kind::Text)]);
const FILE: Shape = shape(&[must("file_id", Kind::Text)]);

const DOCUMENT: Shape = shape(&[
    must("source", Kind::Tagged(&DOCUMENT_SOURCE)),
    may("title", Kind::Text),
    may("context", Kind::Text),
    may("citations", Kind::Any),
    CACHE,
]);

const DOCUMENT_SOURCE: Tagged = Tagged {
    tags: &[
        tag("base64", &PDF_BASE64),
        tag("text", &PLAIN_TEXT),
        tag("content", &CONTENT_SOURCE),
        tag("url", &URL),
        tag_with("file", &FILE, pairs::FILES),
    ],
    default: None,
};

const PDF_BASE64: Shape =
    shape(&[must("media_type", Kind::OneOf(&[is("application/pdf")])), must("data", Kind::Text)]);
const PLAIN_TEXT: Shape =
    shape(&[must("media_type", Kind::OneOf(&[is("text/plain")])), must("data", Kind::Text)]);
const CONTENT_SOURCE: Shape = shape(&[must("content", Kind::Any)]);

const SEARCH_RESULT: Shape = shape(&[
    must("source", Kind::Text),
    must("title", Kind::Text),
    must("content", Kind::List(&Kind::Object(&SYSTEM_TEXT))),
    may("citations", Kind::Any),
    CACHE,
]);

const TOOL_USE: Shape = shape(&[
    must("id", ID),
    must("name", Kind::TextMax(200)),
    must("input", Kind::Dict),
    may("caller", Kind::Any),
    CACHE,
]);

const TOOL_RESULT: Shape = shape(&[
    must("tool_use_id", ID),
    may("content", Kind::TextOr(&Kind::List(&Kind::Tagged(&RESULT_BLOCK)))),
    may("is_error", Kind::Bool),
    CACHE,
]);

const RESULT_BLOCK: Tagged = Tagged {
    tags: &[
        tag("text", &TEXT),
        tag("image", &IMAGE),
        tag("document", &DOCUMENT),
        tag("search_result", &SEARCH_RESULT),
        tag_with("tool_reference", &TOOL_REFERENCE, pairs::TOOL_SEARCH),
    ],
    default: None,
};

const TOOL_REFERENCE: Shape = shape(&[must("tool_name", Kind::Text), CACHE]);

const THINKING: Shape = shape(&[must("thinking", Kind::Text), must("signature", Kind::Text)]);
const REDACTED: Shape = shape(&[must("data", Kind::Text)]);

const SERVER_TOOL_USE: Shape = shape(&[
    must("id", ID),
    must(
        "name",
        Kind::OneOf(&[
            is("web_search"),
            is("web_fetch"),
            is("code_execution"),
            is("bash_code_execution"),
            is("text_editor_code_execution"),
            is("tool_search_tool_regex"),
            is("tool_search_tool_bm25"),
            is("advisor"),
        ]),
    ),
    must("input", Kind::Dict),
    may("caller", Kind::Any),
    CACHE,
]);

const SERVER_RESULT: Shape = shape(&[
    must("tool_use_id", ID),
    must("content", Kind::Any),
    may("is_error", Kind::Bool),
    may("caller", Kind::Any),
    CACHE,
]);

const MCP_TOOL_USE: Shape = shape(&[
    must("id", ID),
    must("name", Kind::Text),
    must("server_name", Kind::Text),
    must("input", Kind::Dict),
    CACHE,
]);

const UPLOAD: Shape = shape(&[must("file_id", Kind::Text), CACHE]);
const COMPACTION: Shape = shape(&[may("content", Kind::Text), CACHE]);
const TOOL_CHANGE: Shape = shape(&[must("tool", Kind::Dict), CACHE]);

/// A content block of a message.
const BLOCK: Tagged = Tagged { tags: BLOCKS, default: None };

const BLOCKS: &[Tag] = &[
    tag("text", &TEXT),
    tag("image", &IMAGE),
    tag("document", &DOCUMENT),
    tag("search_result", &SEARCH_RESULT),
    tag("tool_use", &TOOL_USE),
    tag("tool_result", &TOOL_RESULT),
    tag("thinking", &THINKING),
    tag("redacted_thinking", &REDACTED),
    tag("server_tool_use", &SERVER_TOOL_USE),
    tag("web_search_tool_result", &SERVER_RESULT),
    tag("web_fetch_tool_result", &SERVER_RESULT),
    tag("code_execution_tool_result", &SERVER_RESULT),
    tag("bash_code_execution_tool_result", &SERVER_RESULT),
    tag("text_editor_code_execution_tool_result", &SERVER_RESULT),
    tag_with("tool_search_tool_result", &SERVER_RESULT, pairs::TOOL_SEARCH),
    tag_with("advisor_tool_result", &SERVER_RESULT, pairs::ADVISOR),
    tag_with("mcp_tool_use", &MCP_TOOL_USE, pairs::MCP),
    tag_with("mcp_tool_result", &SERVER_RESULT, pairs::MCP),
    tag_with("container_upload", &UPLOAD, pairs::FILES),
    tag_with("compaction", &COMPACTION, pairs::COMPACTION),
    tag_with("tool_addition", &TOOL_CHANGE, pairs::TOOL_CHANGES),
    tag_with("tool_removal", &TOOL_CHANGE, pairs::TOOL_CHANGES),
];
