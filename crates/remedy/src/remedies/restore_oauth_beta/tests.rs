use serde_json::json;

use crate::remedies::react;
use crate::remedies::tests::{betas, done, prepared, prepared_by_lessons, refusal_of, request};
use crate::{Facts, Known, NoProvenance, Says};

const MESSAGE: &str = r#"{"type": "error", "error": {"type": "authentication_error",
    "message": "OAuth authentication is currently not supported."}}"#;

#[test]
fn an_oauth_credential_gets_the_beta_it_needs_from_then_on() {
    let (facts, body) = (Facts::default(), json!({"model": "m"}));
    for status in [401, 400] {
        let mut first = request(&body, "claude-code-20250219");
        let known = Known::new(&facts, None, &NoProvenance);
        assert!(react(&mut first, &refusal_of(status, MESSAGE), &known));
        assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219,oauth-2025-04-20"));
        assert_eq!(done(&first), ["restore-oauth-beta:oauth-2025-04-20"]);
        let mut later = request(&body, "claude-code-20250219");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(betas(&later), betas(&first));
        // With it the refusal means something else.
        assert!(!react(&mut first, &refusal_of(status, MESSAGE), &known));
    }
}

#[test]
fn what_is_needed_and_there_is_not_added_again() {
    let mut first = request(&json!({"model": "m"}), "oauth-2025-04-20");
    prepared(&mut first, &[("beta:oauth-2025-04-20", Says::Needs)]);
    assert_eq!((betas(&first), done(&first).len()), (None, 0));
}
