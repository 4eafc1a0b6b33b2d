//! How much goes in and comes out.

use serde_json::json;

use super::{Case, OLD, case, with};
use crate::client::request;

pub fn all() -> Vec<Case> {
    // A request of one user message costs 5 + 3 tokens beside its text.
    let sized = |tokens: usize, max: u64| {
        let mut body = request(OLD, &"word".repeat(tokens - 8));
        body["max_tokens"] = json!(max);
        body
    };
    vec![
        case(
            "max-tokens-over-model",
            &[],
            with("claude-opus-4-5-20251101", json!({ "max_tokens": 64_001 })),
            "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for \
             claude-opus-4-5-20251101",
            with("claude-opus-4-5-20251101", json!({ "max_tokens": 64_000 })),
        ),
        case(
            "prompt-too-long",
            &[],
            sized(200_001, 0),
            "prompt is too long: 200001 tokens > 200000 maximum",
            sized(200_000, 0),
        ),
        case(
            "input-plus-max-tokens",
            &[],
            sized(190_000, 10_001),
            "input length and `max_tokens` exceed context limit: 190000 + 10001 > 200000, decrease \
             input length or `max_tokens` and try again",
            sized(190_000, 10_000),
        ),
    ]
}
