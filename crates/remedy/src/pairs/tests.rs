use serde_json::json;

use super::{betas_of, drop_idle_betas, features_of, is_used};
use crate::remedies::tests::{betas, request};

#[test]
fn a_field_and_its_beta_know_each_other() {
    let fields: Vec<_> = features_of("context-management-2025-06-27").collect();
    assert_eq!(fields, ["field:context_management"]);
    let betas: Vec<_> = betas_of("field:mcp_servers").collect();
    assert_eq!(betas, ["mcp-client-2025-04-04", "mcp-client-2025-11-20"]);
    assert_eq!(features_of("never-seen-2027-01-01").count(), 0);
}

#[test]
fn a_beta_goes_when_nothing_of_it_is_used_any_more() {
    let body = json!({"model": "m", "tools": [{"name": "a", "strict": true}]});
    let set = "structured-outputs-2025-11-13,effort-2025-11-24,a-2026-01-01";
    let mut used = request(&body, set);
    drop_idle_betas(&mut used, "field:output_config");
    assert_eq!(betas(&used).as_deref(), Some("structured-outputs-2025-11-13,a-2026-01-01"));
}

#[test]
fn a_feature_is_used_where_the_body_says_so() {
    let body = json!({"thinking": {"type": "adaptive", "display": "updates"},
        "tools": [{"type": "computer_20250124", "name": "computer"}],
        "messages": [{"role": "system", "content": [{"type": "tool_addition"}]}]});
    for feature in [
        "thinking.display:updates",
        "tool-type:computer_20250124",
        "role:system",
        "block:tool_addition",
        "field:thinking.display",
    ] {
        assert!(is_used(&mut request(&body, "").body, feature), "{feature}");
        assert!(!is_used(&mut request(&json!({}), "").body, feature), "{feature}");
    }
    assert!(!is_used(&mut request(&body, "").body, "deferred-tools"));
    assert!(!is_used(&mut request(&body, "").body, "never:seen"));
}
