use serde_json::json;

use super::{budget_by_effort, fit_budget, switch_off};
use crate::remedies::tests::{betas, request, sent};

#[test]
fn a_budget_stands_for_an_effort_and_leaves_room() {
    let of = |effort: Option<&str>, max: u64| {
        let config = effort.map(|effort| json!({"effort": effort}));
        let mut request = request(&json!({"max_tokens": max, "output_config": config}), "");
        budget_by_effort(&mut request.body)
    };
    assert_eq!(of(Some("low"), 64_000), Some(4096));
    assert_eq!(of(Some("medium"), 64_000), Some(10_240));
    assert_eq!(of(Some("high"), 64_000), Some(16_384));
    assert_eq!(of(Some("xhigh"), 64_000), Some(31_999));
    assert_eq!(of(Some("max"), 20_000), Some(19_999));
    assert_eq!(of(None, 64_000), Some(16_384));
    assert_eq!(of(Some("odd"), 1025), Some(1024));
    assert_eq!(of(None, 1024), None);
}

#[test]
fn what_clears_thinking_goes_with_thinking_and_other_edits_stay() {
    let clear = json!({"type": "clear_thinking_20251015", "keep": "all"});
    let other = json!({"type": "clear_tool_uses_20250919"});
    let body = |edits| {
        json!({"model": "m", "thinking": {"type": "adaptive"},
            "context_management": {"edits": edits}})
    };
    let mut both = request(&body(json!([clear, other])), "context-management-2025-06-27");
    assert!(switch_off(&mut both));
    let expected = json!({"model": "m", "context_management": {"edits": [other]}});
    assert_eq!((sent(&mut both), betas(&both)), (expected, None));
    let mut alone = request(&body(json!([clear])), "context-management-2025-06-27,x-1");
    assert!(switch_off(&mut alone));
    assert_eq!((sent(&mut alone), betas(&alone)), (json!({"model": "m"}), Some("x-1".into())));
    assert!(!switch_off(&mut alone));
}

#[test]
fn a_budget_is_brought_below_max_tokens_or_thinking_goes() {
    let fitted = |max: u64, budget: u64| {
        let thinking = json!({"type": "enabled", "budget_tokens": budget});
        let mut request = request(&json!({"max_tokens": max, "thinking": thinking}), "");
        fit_budget(&mut request);
        sent(&mut request)["thinking"]["budget_tokens"].as_u64()
    };
    assert_eq!(fitted(8192, 8191), Some(8191));
    assert_eq!(fitted(8192, 8192), Some(7168));
    assert_eq!(fitted(1500, 4000), Some(1024));
    assert_eq!(fitted(1024, 4000), None);
}
