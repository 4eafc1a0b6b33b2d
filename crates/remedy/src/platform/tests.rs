use super::read::fits;
use super::{instead_of, profile_of_host, profiles, seeds, takes_beta};
use serde_json::json;

use crate::remedies::tests::{betas, request, sent};
use crate::{Facts, Known, NoProvenance, Says, prepare};

#[test]
fn every_platform_can_be_asked() {
    assert_eq!(profiles().count(), 18);
    for profile in profiles() {
        for (feature, _) in seeds(profile, "claude-opus-4-7").iter() {
            let kind = feature.split(':').next().unwrap_or_default();
            let known = [
                "beta",
                "field",
                "tool-type",
                "user-id",
                "limit",
                "thinking",
                "role",
                "thinking-back",
            ];
            assert!(known.contains(&kind), "{profile}: {feature}");
        }
    }
}

#[test]
fn the_first_party_and_the_unknown_have_no_seeds() {
    assert_eq!(seeds("anthropic", "claude-opus-5-5"), Facts::default());
    assert_eq!(seeds("nobody", "claude-opus-5-5"), Facts::default());
    assert_eq!(profile_of_host("relay.example"), None);
}

#[test]
fn hosts_tell_their_platforms() {
    for (host, profile) in [
        ("bedrock-runtime.us-east-1.amazonaws.com", "bedrock"),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "bedrock"),
        ("BEDROCK-RUNTIME.cn-north-1.amazonaws.com.cn:443", "bedrock"),
        ("bedrock-mantle.us-east-1.api.aws", "mantle"),
        ("us-east5-aiplatform.googleapis.com", "vertex"),
        ("aiplatform.googleapis.com", "vertex"),
        ("aiplatform.eu.rep.googleapis.com", "vertex"),
        ("mine.services.ai.azure.com", "foundry"),
        ("api.anthropic.com", "anthropic"),
        ("aws-external-anthropic.us-east-1.api.aws", "anthropic"),
        ("api.deepseek.com", "deepseek"),
        ("api.moonshot.cn", "moonshot"),
        ("open.bigmodel.cn", "zai"),
        ("api.minimaxi.com", "minimax"),
        ("dashscope-intl.aliyuncs.com", "qwen"),
        ("openrouter.ai", "openrouter"),
        ("localhost:11434", "ollama"),
        ("127.0.0.1:1234", "lmstudio"),
    ] {
        assert_eq!(profile_of_host(host), Some(profile), "{host}");
    }
    assert_eq!(profile_of_host("api.anthropic.com.example"), None);
}

#[test]
fn bedrock_takes_refuses_renames_and_leaves_open() {
    let takes = |beta| takes_beta("bedrock", "us.anthropic.claude-opus-5-5", beta);
    assert_eq!(takes("claude-code-20250219"), Some(true));
    assert_eq!(takes("prompt-caching-scope-2026-01-05"), Some(false));
    assert_eq!(takes("advanced-tool-use-2025-11-20"), Some(false));
    assert_eq!(takes("never-seen-2027-01-01"), None);
    let renamed = instead_of("bedrock", "advanced-tool-use-2025-11-20");
    assert_eq!(renamed, Some("tool-search-tool-2025-10-19"));
    assert_eq!(instead_of("anthropic", "advanced-tool-use-2025-11-20"), None);
}

#[test]
fn seeds_follow_the_model() {
    let says = |model, feature| seeds("bedrock", model).get(feature).cloned();
    let refuses = Some(Says::Refuses);
    assert_eq!(says("us.anthropic.claude-haiku-4-5-20251001-v1:0", "role:system"), refuses);
    assert_eq!(says("us.anthropic.claude-opus-4-8", "role:system"), None);
    assert_eq!(says("us.anthropic.claude-opus-5-5", "role:system"), None);
    assert_eq!(says("us.anthropic.claude-opus-5-5", "field:output_config.format"), refuses);
    assert_eq!(says("us.anthropic.claude-opus-4-8", "field:output_config.format"), None);
    assert_eq!(says("x", "user-id"), refuses);
    assert_eq!(says("x", "limit:body"), Some(Says::Limit(20_000_000)));
}

#[test]
fn stars_stand_for_any_text() {
    assert!(fits("*b*", "abc") && fits("a*c", "ac") && fits("*", "") && fits("a*b*c", "axbyc"));
    assert!(!fits("a*b", "a") && !fits("a*bc*d", "acbd") && !fits("ab", "abc"));
    assert!(!fits("ab*ba", "aba"));
}

#[test]
fn what_claude_code_sends_is_right_for_bedrock_before_it_is_sent() {
    let model = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    let search = json!({"type": "web_search_20250305", "name": "web_search"});
    let body = json!({"model": model, "context_management": {"edits": []},
        "metadata": {"user_id": "{\"device_id\":\"0\"}"}, "output_config": {"effort": "high"},
        "tools": [{"name": "a"}, {"name": "DeferredToolPlaceholder", "defer_loading": true},
            search],
        "messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "y"}]});
    let set = "claude-code-20250219,context-management-2025-06-27,per-turn-control-2026-07-01,\
               mid-conversation-tool-changes-2026-07-01,advanced-tool-use-2025-11-20,\
               effort-2025-11-24,prompt-caching-scope-2026-01-05,advisor-tool-2026-03-01";
    let mut sending = request(&body, set);
    let facts = seeds("bedrock", model);
    prepare(&mut sending, &Known::new(&facts, None, &NoProvenance));
    let left = "claude-code-20250219,context-management-2025-06-27,\
                mid-conversation-tool-changes-2026-07-01,tool-search-tool-2025-10-19,\
                effort-2025-11-24";
    assert_eq!(betas(&sending).as_deref(), Some(left));
    let mut now = sent(&mut sending);
    let user_id = now["metadata"]["user_id"].take();
    assert!(user_id.as_str().is_some_and(|id| id.starts_with("user_") && id.len() == 37));
    let told = json!([{"type": "text", "text": "x"},
        {"type": "text", "text": "<system-reminder>\ny\n</system-reminder>"}]);
    let expected = json!({"model": model, "context_management": {"edits": []},
        "metadata": {"user_id": null}, "output_config": {"effort": "high"},
        "tools": [{"name": "a"}, {"name": "DeferredToolPlaceholder", "defer_loading": true}],
        "messages": [{"role": "user", "content": told}]});
    assert_eq!(now, expected);
}
