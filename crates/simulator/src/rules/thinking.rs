//! Thinking and effort, by model.

use serde_json::Value;

use super::checked::thinking_mode;
use super::{Broken, Case, Rule, broken, text_of};
use crate::model::ThinkingMode;
use crate::prompt::list;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "thinking-adaptive-unsupported",
        says: "adaptive thinking is not supported on this model",
        check: |case| {
            let adaptive = mode(case)? == ThinkingMode::Adaptive;
            (adaptive && !case.model.takes(ThinkingMode::Adaptive)).then(Vec::new)
        },
    },
    Rule {
        id: "thinking-type-unsupported",
        says: "\"thinking.type.{}\" is not supported for this model. \
               Use \"thinking.type.{}\" and \"output_config.effort\" to control thinking behavior.",
        check: type_unsupported,
    },
    Rule {
        id: "thinking-budget-over-max-tokens",
        says: "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our \
               documentation at https://docs.claude.com/en/docs/build-with-claude/\
               extended-thinking#max-tokens-and-context-window-size",
        check: |case| {
            let budget = case.body.get("thinking")?.get("budget_tokens")?.as_u64()?;
            (case.max_tokens()? <= budget).then(Vec::new)
        },
    },
    Rule {
        id: "effort-unsupported",
        says: "This model does not support the effort parameter.",
        check: |case| {
            effort(case)?;
            (!case.model.effort).then(Vec::new)
        },
    },
    Rule {
        id: "effort-needs-thinking",
        says: "output_config.effort '{}' is not supported when thinking is disabled on this model. \
               Use effort 'high' or below, or enable thinking.",
        check: |case| {
            let effort = effort(case).filter(|effort| matches!(*effort, "xhigh" | "max"))?;
            let off = mode(case)? == ThinkingMode::Disabled;
            (off && case.model.effort_needs_thinking).then(|| vec![effort.to_owned()])
        },
    },
    Rule {
        id: "thinking-expected-first",
        says: "messages.{}.content.0.type: Expected `thinking` or `redacted_thinking`, but found \
               `{}`. When `thinking` is enabled, a final `assistant` message must start with a \
               thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks). \
               We recommend you include thinking blocks from previous turns. To avoid this \
               requirement, disable `thinking`.",
        check: expected_first,
    },
    Rule {
        id: "tool-choice-thinking",
        says: "Thinking may not be enabled when tool_choice forces tool use.",
        check: |case| {
            forced(case)?;
            let mode = thinking_mode(case.body, case.model);
            (mode != ThinkingMode::Disabled).then(Vec::new)
        },
    },
    Rule {
        id: "tool-choice-forced",
        says: "tool_choice.type '{}' is not supported for this model. Use 'auto' or 'none'.",
        check: |case| {
            let forced = forced(case)?;
            (!case.model.forced_tools).then(|| vec![forced.to_owned()])
        },
    },
];

/// The mode the request names.
fn mode(case: &Case<'_>) -> Option<ThinkingMode> {
    case.body.get("thinking").filter(|thinking| thinking.is_object())?;
    Some(thinking_mode(case.body, case.model))
}

fn type_unsupported(case: &Case<'_>) -> Broken {
    let mode = mode(case).filter(|mode| !case.model.takes(*mode))?;
    let other = if case.model.takes(ThinkingMode::Adaptive) {
        ThinkingMode::Adaptive
    } else {
        ThinkingMode::Enabled
    };
    broken([mode.as_str().to_owned(), other.as_str().to_owned()])
}

fn effort<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.body.get("output_config")?.get("effort")?.as_str()
}

fn forced<'a>(case: &Case<'a>) -> Option<&'a str> {
    let kind = text_of(case.body.get("tool_choice")?, "type");
    matches!(kind, "any" | "tool").then_some(kind)
}

/// With a budget, the turn that called the tools now answered must have begun with thinking.
fn expected_first(case: &Case<'_>) -> Broken {
    if mode(case)? != ThinkingMode::Enabled {
        return None;
    }
    let messages = case.messages();
    if !has_result(messages.last()?) {
        return None;
    }
    let prompt = messages
        .iter()
        .rposition(|message| text_of(message, "role") == "user" && !has_result(message));
    let turn = messages.iter().enumerate().skip(prompt.unwrap_or(0));
    let mut turn = turn.filter(|(_, message)| text_of(message, "role") == "assistant");
    let (index, message) = turn.next()?;
    let kind = match message.get("content") {
        Some(Value::String(_)) => "text",
        content => list(content).first().map(|block| text_of(block, "type"))?,
    };
    if matches!(kind, "thinking" | "redacted_thinking") {
        return None;
    }
    broken([index.to_string(), kind.to_owned()])
}

fn has_result(message: &Value) -> bool {
    let mut blocks = list(message.get("content")).iter();
    blocks.any(|block| text_of(block, "type") == "tool_result")
}
