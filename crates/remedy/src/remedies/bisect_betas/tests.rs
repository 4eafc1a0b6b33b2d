use serde_json::json;

use crate::platform::takes_beta;
use crate::remedies::tests::{
    betas, lessons, prepared_by_lessons, refusal, refused, refused_knowing, request,
};
use crate::{Facts, Known, NoProvenance, Outbound, Says, react};

const BARE: &str = "invalid beta flag";
const MODEL: &str = "us.anthropic.claude-opus-5-5";
const ODD: &str = "never-seen-2027-01-01";
const NEW: &str = "tool-search-tool-2025-10-19";

/// What Claude Code 2.1.330 and older ones send.
const SETS: [&str; 4] = [
    "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,\
     per-turn-control-2026-07-01,mid-conversation-tool-changes-2026-07-01,\
     thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24,\
     thinking-display-updates-2026-08-18",
    "claude-code-20250219,interleaved-thinking-2025-05-14,redact-thinking-2026-02-12,\
     context-management-2025-06-27,prompt-caching-scope-2026-01-05,effort-2025-11-24",
    "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,\
     advanced-tool-use-2025-11-20,effort-2025-11-24,dangerous-tool-use-2026-09-03,\
     afk-mode-2026-01-31,advisor-tool-2026-03-01,extended-cache-ttl-2025-04-11",
    "claude-code-20250219",
];

/// An upstream that takes just these, and the attempts until it does.
fn attempts(request: &mut Outbound, takes: &dyn Fn(&str) -> bool) -> usize {
    let facts = Facts::default();
    for attempt in 1..=8 {
        let asked = request.betas.all(&mut request.body);
        if asked.iter().all(|beta| takes(beta)) {
            return attempt;
        }
        let known = Known::new(&facts, None, &NoProvenance);
        assert!(react(request, &refusal(BARE), &known), "given up with {asked:?}");
    }
    panic!("too many attempts");
}

fn asked(request: &mut Outbound) -> Vec<String> {
    request.betas.all(&mut request.body)
}

#[test]
fn one_attempt_finds_what_bedrock_refuses_and_what_nobody_knows() {
    let takes = |beta: &str| takes_beta("bedrock", MODEL, beta) == Some(true);
    for set in SETS {
        let set = format!("{set},{ODD}");
        let mut first = request(&json!({"model": MODEL}), &set);
        assert_eq!(attempts(&mut first, &takes), 2, "{set}");
        let renamed = set.replace("advanced-tool-use-2025-11-20", NEW);
        let right: Vec<_> = renamed.split(',').filter(|beta| takes(beta)).collect();
        assert_eq!(asked(&mut first), right, "only what is refused is lost");
        let odd = lessons(&first).contains(&(format!("beta:{ODD}"), Says::Refuses));
        assert!(odd && first.lessons().iter().all(|lesson| !lesson.is_suspicion));
        let mut later = request(&json!({"model": MODEL}), &set);
        prepared_by_lessons(&mut later, &first);
        assert_eq!(betas(&later), betas(&first));
    }
}

#[test]
fn several_that_nobody_knows_are_suspected_each() {
    let mut first = request(&json!({"model": MODEL}), "claude-code-20250219,odd-a,odd-b");
    assert_eq!(attempts(&mut first, &|beta| beta != "odd-b"), 2);
    assert_eq!(asked(&mut first), ["claude-code-20250219"]);
    assert_eq!(first.lessons().len(), 2);
    assert!(first.lessons().iter().all(|lesson| lesson.is_suspicion));
}

#[test]
fn whichever_single_beta_is_refused_it_is_lost_within_four_attempts() {
    for set in SETS {
        for culprit in set.split(',') {
            let mut first = request(&json!({"model": MODEL}), set);
            assert!(attempts(&mut first, &|beta| beta != culprit) <= 5, "{culprit}");
            // What was put back left no lesson.
            for beta in asked(&mut first) {
                let lesson = format!("beta:{beta}");
                assert!(first.lessons().iter().all(|known| known.feature != lesson), "{beta}");
            }
            let mut later = request(&json!({"model": MODEL}), set);
            prepared_by_lessons(&mut later, &first);
            assert_eq!(betas(&later), betas(&first), "{culprit}");
        }
    }
}

#[test]
fn an_upstream_that_takes_none_gets_none() {
    let mut first = request(&json!({"model": MODEL}), SETS[0]);
    assert!(attempts(&mut first, &|_| false) <= 5);
    assert_eq!(betas(&first).as_deref(), Some(""));
    assert!(!refused(&mut first, BARE));
}

#[test]
fn a_half_that_is_put_back_brings_its_fields_back() {
    let body = json!({"model": MODEL, "context_management": {"edits": []}, "max_tokens": 1});
    let set = "context-management-2025-06-27,claude-code-20250219,effort-2025-11-24,\
               thinking-token-count-2026-05-13";
    let mut first = request(&body, set);
    let takes = |beta: &str| beta != "effort-2025-11-24";
    assert_eq!(attempts(&mut first, &takes), 3);
    assert_eq!(crate::remedies::tests::sent(&mut first), body);
    let left = ["context-management-2025-06-27", "claude-code-20250219"];
    assert_eq!(asked(&mut first), left);
}

#[test]
fn what_is_known_to_be_taken_or_needed_is_innocent() {
    let facts: Facts =
        [("beta:odd-a", Says::Takes), ("beta:oauth-2025-04-20", Says::Needs)].into_iter().collect();
    let set = "odd-a,oauth-2025-04-20,odd-b";
    let mut first = request(&json!({"model": MODEL}), set);
    assert!(refused_knowing(&mut first, BARE, &facts));
    assert_eq!(asked(&mut first), ["odd-a", "oauth-2025-04-20"]);
    assert_eq!(lessons(&first), [("beta:odd-b".to_owned(), Says::Refuses)]);
}

#[test]
fn what_is_on_trial_is_what_is_refused() {
    let facts: Facts = [("beta:effort-2025-11-24", Says::Refuses)].into_iter().collect();
    let known = Known::new(&facts, Some("beta:effort-2025-11-24"), &NoProvenance);
    let mut first = request(&json!({"model": MODEL}), "odd-a,effort-2025-11-24,odd-b");
    assert!(react(&mut first, &refusal(BARE), &known));
    assert_eq!(asked(&mut first), ["odd-a", "odd-b"]);
}

#[test]
fn a_request_without_betas_has_none_to_lose() {
    for body in [json!({}), json!({"anthropic_beta": null}), json!({"anthropic_beta": []})] {
        let mut first = request(&body, "");
        assert!(!refused(&mut first, BARE));
        assert!(!first.body.is_changed() && lessons(&first).is_empty());
    }
}

#[test]
fn betas_in_the_body_are_searched_as_well() {
    let body = json!({"model": MODEL, "anthropic_beta": ["interleaved-thinking-2025-05-14", NEW,
        "extended-cache-ttl-2025-04-11"]});
    let mut first = request(&body, "");
    let message = "The model returned the following errors: invalid beta flag";
    assert!(refused(&mut first, message));
    assert_eq!(asked(&mut first), ["interleaved-thinking-2025-05-14", NEW]);
}
