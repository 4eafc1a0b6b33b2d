//! `temperature`, `top_p`, `top_k`.

use serde_json::Value;

use super::checked::thinking_mode;
use super::{Case, Rule};
use crate::model::{Sampling, ThinkingMode};

/// Smallest `top_p` beside thinking.
const TOP_P_MIN_THINKING: f64 = 0.95;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "sampling-deprecated",
        says: "`{}` is deprecated for this model.",
        check: |case| {
            if case.model.sampling != Sampling::Deprecated {
                return None;
            }
            let temperature = number(case, "temperature").is_some_and(|number| !is_one(number));
            let found = if temperature {
                "temperature"
            } else {
                *["top_p", "top_k"].iter().find(|name| number(case, name).is_some())?
            };
            Some(vec![found.to_owned()])
        },
    },
    Rule {
        id: "sampling-both",
        says: "`temperature` and `top_p` cannot both be specified for this model. \
               Please use only one.",
        check: |case| {
            number(case, "temperature").and(number(case, "top_p"))?;
            Some(Vec::new())
        },
    },
    Rule {
        id: "temperature-thinking",
        says: "`temperature` may only be set to 1 when thinking is enabled. Please consult our \
               documentation at https://docs.claude.com/en/docs/build-with-claude/\
               extended-thinking#important-considerations-when-using-extended-thinking",
        check: |case| {
            let temperature = number(case, "temperature").filter(|_| thinks(case))?;
            (!is_one(temperature)).then(Vec::new)
        },
    },
    Rule {
        id: "top-k-thinking",
        says: "`top_k` must be unset when thinking is enabled. Please consult our documentation at \
               https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
               #important-considerations-when-using-extended-thinking",
        check: |case| number(case, "top_k").filter(|_| thinks(case)).map(|_| Vec::new()),
    },
    Rule {
        id: "top-p-thinking",
        says: "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. \
               Please consult our documentation at https://docs.claude.com/en/docs/\
               build-with-claude/extended-thinking\
               #important-considerations-when-using-extended-thinking",
        check: |case| {
            let share = number(case, "top_p").filter(|_| thinks(case))?;
            (share < TOP_P_MIN_THINKING).then(Vec::new)
        },
    },
];

fn number(case: &Case<'_>, name: &str) -> Option<f64> {
    case.body.get(name).and_then(Value::as_f64)
}

fn is_one(number: f64) -> bool {
    (number - 1.0).abs() < f64::EPSILON
}

fn thinks(case: &Case<'_>) -> bool {
    thinking_mode(case.body, case.model) != ThinkingMode::Disabled
}
