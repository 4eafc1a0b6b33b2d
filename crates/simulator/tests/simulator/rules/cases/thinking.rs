//! Thinking, effort and sampling.

use serde_json::json;

use super::{Case, OLD, OPUS, call, case, result, round, with};
use crate::client::tool;

pub fn all() -> Vec<Case> {
    let adaptive = json!({ "type": "adaptive" });
    let budget = json!({ "type": "enabled", "budget_tokens": 2000 });
    let off = json!({ "type": "disabled" });
    let effort = |effort: &str| json!({ "effort": effort });
    const EFFORT: &[&str] = &["effort-2025-11-24"];
    vec![
        case(
            "thinking-adaptive-unsupported",
            &[],
            with(OLD, json!({ "thinking": adaptive })),
            "adaptive thinking is not supported on this model",
            with(OPUS, json!({ "thinking": adaptive })),
        ),
        case(
            "thinking-type-unsupported",
            &[],
            with("claude-opus-4-7", json!({ "max_tokens": 3000, "thinking": budget })),
            "\"thinking.type.enabled\" is not supported for this model. Use \
             \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
            with("claude-opus-4-6", json!({ "max_tokens": 3000, "thinking": budget })),
        ),
        case(
            "thinking-type-unsupported",
            &[],
            with("claude-opus-5-5", json!({ "thinking": off })),
            "\"thinking.type.disabled\" is not supported for this model. Use \
             \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
            with("claude-sonnet-5-5", json!({ "thinking": off })),
        ),
        case(
            "thinking-budget-over-max-tokens",
            &[],
            with(OLD, json!({ "max_tokens": 2000, "thinking": budget })),
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our \
             documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #max-tokens-and-context-window-size",
            with(OLD, json!({ "max_tokens": 2001, "thinking": budget })),
        ),
        case(
            "effort-unsupported",
            EFFORT,
            with(OLD, json!({ "output_config": effort("low") })),
            "This model does not support the effort parameter.",
            with("claude-opus-4-5", json!({ "output_config": effort("low") })),
        ),
        case(
            "effort-needs-thinking",
            EFFORT,
            with(OPUS, json!({ "thinking": off, "output_config": effort("xhigh") })),
            "output_config.effort 'xhigh' is not supported when thinking is disabled on this \
             model. \
             Use effort 'high' or below, or enable thinking.",
            with(OPUS, json!({ "thinking": off, "output_config": effort("high") })),
        ),
        case(
            "thinking-expected-first",
            &[],
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget,
                "messages": round(json!([call("a")]), json!([result("a")])) }),
            ),
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found \
             `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a \
             thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks). \
             We \
             recommend you include thinking blocks from previous turns. To avoid this requirement, \
             disable `thinking`.",
            with(OLD, json!({ "messages": round(json!([call("a")]), json!([result("a")])) })),
        ),
        case(
            "tool-choice-thinking",
            &[],
            with(
                OPUS,
                json!({ "thinking": adaptive, "tools": [tool("a")],
                    "tool_choice": { "type": "any" } }),
            ),
            "Thinking may not be enabled when tool_choice forces tool use.",
            with(OPUS, json!({ "tools": [tool("a")], "tool_choice": { "type": "any" } })),
        ),
        case(
            "tool-choice-forced",
            &[],
            with(
                "claude-sonnet-5-5",
                json!({ "tools": [tool("a")], "tool_choice": { "type": "any" } }),
            ),
            "tool_choice.type 'any' is not supported for this model. Use 'auto' or 'none'.",
            with(
                "claude-sonnet-5-5",
                json!({ "tools": [tool("a")], "tool_choice": { "type": "auto" } }),
            ),
        ),
        case(
            "sampling-deprecated",
            &[],
            with(OPUS, json!({ "temperature": 0.5 })),
            "`temperature` is deprecated for this model.",
            with(OPUS, json!({ "temperature": 1 })),
        ),
        case(
            "sampling-deprecated",
            &[],
            with(OPUS, json!({ "top_k": 5 })),
            "`top_k` is deprecated for this model.",
            with("claude-opus-4-6", json!({ "top_k": 5 })),
        ),
        case(
            "sampling-both",
            &[],
            with(OLD, json!({ "temperature": 0.5, "top_p": 0.5 })),
            "`temperature` and `top_p` cannot both be specified for this model. \
             Please use only one.",
            with(OLD, json!({ "top_p": 0.5 })),
        ),
        case(
            "temperature-thinking",
            &[],
            with(OLD, json!({ "max_tokens": 3000, "thinking": budget, "temperature": 0.5 })),
            "`temperature` may only be set to 1 when thinking is enabled. Please consult our \
             documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #important-considerations-when-using-extended-thinking",
            with(OLD, json!({ "max_tokens": 3000, "thinking": budget, "temperature": 1 })),
        ),
        case(
            "top-k-thinking",
            &[],
            with(OLD, json!({ "max_tokens": 3000, "thinking": budget, "top_k": 3 })),
            "`top_k` must be unset when thinking is enabled. Please consult our documentation at \
             https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #important-considerations-when-using-extended-thinking",
            with(OLD, json!({ "top_k": 3 })),
        ),
        case(
            "top-p-thinking",
            &[],
            with(OLD, json!({ "max_tokens": 3000, "thinking": budget, "top_p": 0.9 })),
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. \
             Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/\
             extended-thinking#important-considerations-when-using-extended-thinking",
            with(OLD, json!({ "max_tokens": 3000, "thinking": budget, "top_p": 0.95 })),
        ),
    ]
}
