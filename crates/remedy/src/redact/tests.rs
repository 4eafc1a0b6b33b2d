use proptest::prelude::*;

use super::{SHAPES, redact};

#[test]
fn every_known_secret_is_struck_out() {
    let rows = [
        ("key sk-ant-api03-AbC_123-xyz789 refused", "key sk-… refused"),
        ("Authorization: Bearer abc.DEF-123456", "Authorization: Bearer …"),
        ("AKIAMADEUP0123456789 is unknown", "AKIA… is unknown"),
        ("AIzaSyMadeUpMadeUpMadeUpMadeUp", "AIza…"),
        ("got ya29.a0MadeUp_madeup", "got ya29.…"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln is expired", "eyJ… is expired"),
        ("ghp_madeupmadeupmadeup1 xoxb-1234567890-a", "ghp_… xoxb-…"),
        ("cr_0123456789abcdef01", "cr_…"),
        (r#"{"api_key": "madeup-secret"}"#, r#"{"api_key": "…"}"#),
        ("Signature=0123456789abcdef0", "Signature=…"),
        ("https://user:pass@host.example/v1?key=1&b=2 failed", "https://host.example/v1 failed"),
        ("postgres://u:p@db/x", "postgres://db/x"),
        ("arn:aws:bedrock:us-east-1:123456789012:model/x", "arn:aws:bedrock:us-east-1:…:model/x"),
        ("`projects/my-company/locations/global`", "`projects/…/locations/global`"),
    ];
    for (text, left) in rows {
        assert_eq!(redact(text), left);
    }
    assert_eq!(rows.len(), SHAPES.len(), "each shape has its row");
}

#[test]
fn plain_words_stay() {
    for text in [
        "prompt is too long: 215000 tokens > 200000 maximum",
        "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens",
        "Please see https://docs.example/errors for details.",
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        "messages.1.content.0.thinking.signature: Unexpected value",
        "用户额度不足",
    ] {
        assert_eq!(redact(text), text);
    }
}

proptest! {
    #[test]
    fn a_key_never_survives_its_surroundings(before in "[ \\n:='\"(]{1,3}", after in "[ \\n'\",)]") {
        let text = redact(&format!("{before}sk-salve-1234abcd-5678efgh{after}"));
        prop_assert!(!text.contains("5678"), "{}", text);
    }

    #[test]
    fn redacting_twice_changes_nothing_more(text in ".{0,200}") {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), once);
    }
}
