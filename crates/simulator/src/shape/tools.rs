//! Tool definitions and tool choice.

use super::content::{CACHE, is_id_letter};
use super::pairs;
use super::{Kind, Shape, Tag, Tagged, may, must, shape, tag, tag_with, with};

/// Longest tool name in characters.
const NAME_MAX: usize = 128;

const NAME: Kind =
    Kind::Pattern { pattern: "^[a-zA-Z0-9_-]{1,128}$", allows: is_id_letter, max: Some(NAME_MAX) };

/// An element of `tools`; without `type` it is a custom tool.
pub(super) const TOOL: Tagged = Tagged { tags: TOOLS, default: Some("custom") };

const TOOLS: &[Tag] = &[
    tag("custom", &CUSTOM),
    tag("bash_20250124", &NAMED),
    tag("text_editor_20250124", &NAMED),
    tag("text_editor_20250429", &NAMED),
    tag("text_editor_20250728", &EDITOR),
    tag("web_search_20250305", &WEB),
    tag("web_search_20260209", &WEB),
    tag_with("web_fetch_20250910", &WEB, pairs::WEB_FETCH),
    tag_with("code_execution_20250522", &NAMED, pairs::CODE_EXECUTION),
    tag_with("code_execution_20250825", &NAMED, pairs::CODE_EXECUTION),
    tag_with("computer_20250124", &COMPUTER, pairs::COMPUTER_2025_01),
    tag_with("computer_20251124", &COMPUTER, pairs::COMPUTER_2025_11),
    tag_with("memory_20250818", &NAMED, pairs::CONTEXT_MANAGEMENT),
    tag_with("tool_search_tool_regex_20251119", &NAMED, pairs::TOOL_SEARCH),
    tag_with("tool_search_tool_bm25_20251119", &NAMED, pairs::TOOL_SEARCH),
    tag_with("advisor_20260301", &ADVISOR, pairs::ADVISOR),
    tag_with("mcp_toolset", &MCP_TOOLSET, pairs::MCP),
];

const CUSTOM: Shape = shape(&[
    must("name", NAME),
    may("description", Kind::Text),
    must("input_schema", Kind::Dict),
    CACHE,
    with("defer_loading", Kind::Bool, pairs::TOOL_SEARCH),
    with("allowed_callers", Kind::List(&Kind::Text), pairs::TOOL_SEARCH),
    with("input_examples", Kind::List(&Kind::Dict), pairs::TOOL_EXAMPLES),
    with("strict", Kind::Bool, pairs::STRUCTURED),
    with("eager_input_streaming", Kind::Bool, pairs::EAGER_INPUT),
]);

const NAMED: Shape = shape(&[must("name", NAME), CACHE]);
const EDITOR: Shape = shape(&[must("name", NAME), may("max_characters", Kind::Whole(1)), CACHE]);

const WEB: Shape = shape(&[
    must("name", NAME),
    may("max_uses", Kind::Whole(1)),
    may("allowed_domains", Kind::List(&Kind::Text)),
    may("blocked_domains", Kind::List(&Kind::Text)),
    may("user_location", Kind::Dict),
    may("citations", Kind::Dict),
    may("max_content_tokens", Kind::Whole(1)),
    may("allowed_callers", Kind::List(&Kind::Text)),
    CACHE,
]);

const COMPUTER: Shape = shape(&[
    must("name", NAME),
    must("display_width_px", Kind::Whole(1)),
    must("display_height_px", Kind::Whole(1)),
    may("display_number", Kind::Whole(0)),
    may("enable_zoom", Kind::Bool),
    CACHE,
]);

const ADVISOR: Shape = shape(&[
    must("name", NAME),
    may("model", Kind::Text),
    may("max_uses", Kind::Whole(1)),
    may("caching", Kind::Any),
    CACHE,
]);

const MCP_TOOLSET: Shape = shape(&[
    must("mcp_server_name", Kind::Text),
    may("default_config", Kind::Dict),
    may("configs", Kind::Dict),
    CACHE,
]);

/// `tool_choice`
pub(super) const TOOL_CHOICE: Tagged = Tagged {
    tags: &[
        tag("auto", &CHOICE),
        tag("any", &CHOICE),
        tag("tool", &CHOICE_TOOL),
        tag("none", &CHOICE_NONE),
    ],
    default: None,
};

const CHOICE: Shape = shape(&[may("disable_parallel_tool_use", Kind::Bool)]);
const CHOICE_TOOL: Shape =
    shape(&[must("name", Kind::Text), may("disable_parallel_tool_use", Kind::Bool)]);
const CHOICE_NONE: Shape = shape(&[]);
