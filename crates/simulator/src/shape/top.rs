//! The top level of a request, and the settings that stand there.

use super::content::{CACHE, MESSAGE, SYSTEM_TEXT};
use super::pairs;
use super::tools::{TOOL, TOOL_CHOICE};
use super::{Choice, Field, Kind, Shape, Tagged, is, may, must, shape, tag, with};

const MODEL: Field = must("model", Kind::Text);
const MESSAGES: Field = must("messages", Kind::List(&Kind::Object(&MESSAGE)));
const SYSTEM: Field = may("system", Kind::TextOr(&Kind::List(&Kind::Object(&SYSTEM_TEXT))));
const TOOLS: Field = may("tools", Kind::List(&Kind::Tagged(&TOOL)));
const CHOICE: Field = may("tool_choice", Kind::Tagged(&TOOL_CHOICE));
const THINK: Field = may("thinking", Kind::Tagged(&THINKING));
const OUTPUT: Field = may("output_config", Kind::Object(&OUTPUT_CONFIG));
const FORMAT: Field = with("output_format", Kind::Dict, pairs::STRUCTURED);
const METADATA: Field =
    may("metadata", Kind::Object(&shape(&[may("user_id", Kind::TextMax(512))])));
const MANAGEMENT: Field =
    with("context_management", Kind::Object(&CONTEXT_MANAGEMENT), pairs::CONTEXT_MANAGEMENT);
const MCP: Field = with("mcp_servers", Kind::List(&Kind::Dict), pairs::MCP);
const SPEED: Field = with("speed", Kind::OneOf(&[is("standard"), is("fast")]), pairs::SPEED);

/// The body of `POST /v1/messages`.
pub(crate) const SERVE: Shape = shape(&[
    MODEL,
    MESSAGES,
    must("max_tokens", Kind::Whole(0)),
    SYSTEM,
    TOOLS,
    CHOICE,
    THINK,
    OUTPUT,
    FORMAT,
    METADATA,
    may("stop_sequences", Kind::List(&Kind::Text)),
    may("stream", Kind::Bool),
    may("temperature", Kind::Share),
    may("top_k", Kind::Whole(0)),
    may("top_p", Kind::Share),
    may("service_tier", Kind::OneOf(&[is("auto"), is("standard_only")])),
    CACHE,
    may("container", Kind::TextOr(&Kind::Object(&CONTAINER))),
    may("inference_geo", Kind::Text),
    MANAGEMENT,
    with("compaction", Kind::Dict, pairs::COMPACTION),
    MCP,
    SPEED,
    with("fallbacks", Kind::Any, pairs::FALLBACKS),
    with("fallback_credit_token", Kind::Text, pairs::FALLBACK_CREDIT),
    with("diagnostics", Kind::Any, pairs::DIAGNOSTICS),
    with("safeguards", Kind::List(&Kind::Dict), pairs::SAFEGUARDS),
    with("thread", Kind::Any, pairs::THREADS),
    with("user_profile_id", Kind::Text, pairs::USER_PROFILES),
]);

/// The body of `POST /v1/messages/count_tokens`: what makes up the input, nothing about output.
pub(crate) const COUNT: Shape = shape(&[
    MODEL, MESSAGES, SYSTEM, TOOLS, CHOICE, THINK, OUTPUT, FORMAT, METADATA, CACHE, MANAGEMENT,
    MCP, SPEED,
]);

const CONTAINER: Shape =
    shape(&[may("id", Kind::Text), with("skills", Kind::List(&Kind::Dict), pairs::SKILLS)]);

const EFFORTS: &[Choice] = &[is("low"), is("medium"), is("high"), is("xhigh"), is("max")];

const OUTPUT_CONFIG: Shape = shape(&[
    with("effort", Kind::OneOf(EFFORTS), pairs::EFFORT),
    with("format", Kind::Tagged(&OUTPUT_FORMAT), pairs::STRUCTURED),
    with("task_budget", Kind::Dict, pairs::TASK_BUDGET),
]);

/// `messages[].output_config`: the effort of one turn, which its own beta opens.
pub(super) const EFFORT_CONFIG: Shape = shape(&[may("effort", Kind::OneOf(EFFORTS))]);

const OUTPUT_FORMAT: Tagged = Tagged {
    tags: &[tag("json_schema", &shape(&[must("schema", Kind::Dict), may("name", Kind::Text)]))],
    default: None,
};

/// Unknown keys in it are told as `context_management: Extra inputs are not permitted`.
const CONTEXT_MANAGEMENT: Shape =
    Shape { fields: &[may("edits", Kind::List(&Kind::Tagged(&EDIT)))], extras_at_object: true };

const EDIT: Tagged = Tagged {
    tags: &[
        tag("clear_tool_uses_20250919", &CLEAR_TOOL_USES),
        tag("clear_thinking_20251015", &CLEAR_THINKING),
        super::tag_with("compact_20260112", &COMPACT, pairs::COMPACTION),
    ],
    default: None,
};

const CLEAR_TOOL_USES: Shape = shape(&[
    may("trigger", Kind::Any),
    may("keep", Kind::Any),
    may("clear_at_least", Kind::Any),
    may("exclude_tools", Kind::Any),
    may("clear_tool_inputs", Kind::Any),
]);
const CLEAR_THINKING: Shape = shape(&[may("keep", Kind::Any)]);
const COMPACT: Shape = shape(&[
    may("trigger", Kind::Any),
    may("instructions", Kind::Any),
    may("pause_after_compaction", Kind::Any),
]);

const DISPLAY: Field = may(
    "display",
    Kind::OneOf(&[
        is("omitted"),
        is("summarized"),
        Choice { value: "updates", betas: pairs::DISPLAY_UPDATES },
    ]),
);
const BINDING: Field = with("block_binding", Kind::Object(&BLOCK_BINDING), pairs::BLOCK_BINDING);

const BLOCK_BINDING: Shape =
    shape(&[may("prefix_mismatch_behavior", Kind::OneOf(&[is("error"), is("drop_block")]))]);

/// `thinking`
const THINKING: Tagged = Tagged {
    tags: &[
        tag("enabled", &ENABLED),
        tag("adaptive", &SHOWN),
        tag("between_tools", &SHOWN),
        tag("disabled", &shape(&[])),
    ],
    default: None,
};

/// Smallest thinking budget in tokens.
const BUDGET_MIN: i64 = 1_024;

const ENABLED: Shape = shape(&[must("budget_tokens", Kind::Whole(BUDGET_MIN)), DISPLAY, BINDING]);
const SHOWN: Shape = shape(&[DISPLAY, BINDING]);
