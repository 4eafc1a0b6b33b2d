//! What a reload says about itself.

use super::*;
use crate::fake::{CHANNEL, valid};

#[test]
fn equal_configurations_do_not_differ() {
    assert!(diff(&valid(CHANNEL), &valid(CHANNEL)).is_empty());
}

#[test]
fn every_change_is_a_line_and_no_line_shows_a_secret() {
    let old = valid(&format!(
        "[admin]\ntoken = \"${{ADMIN}}\"\n{CHANNEL}
[[key]]\nname = \"gone\"\nsecret = \"${{TWO}}\"\n"
    ));
    let new = valid(
        r#"
[server]
max_body = "64MiB"
public_url = "https://salve.example.org"
[admin]
token = "${ONE}"
[[channel]]
name = "main"
kind = "anthropic"
credential = { bearer = "${KEY}" }
models = ["claude-*"]
concurrency = { "*" = 4 }
[[channel]]
name = "spare"
kind = "anthropic"
credential = "none"
[[key]]
name = "new"
secret = "${TWO}"
"#,
    );
    insta::assert_snapshot!(diff(&old, &new).join("\n"), @r#"
    server: public_url none -> "https://salve.example.org"
    server: max_body "32MiB" -> "64MiB"
    admin: token changed
    channel `main`: credential { api_key = (hidden) } -> { bearer = (hidden) }
    channel `main`: models ["*"] -> ["claude-*"]
    channel `main`: concurrency {} -> { "*" = 4 }
    channel `spare` added
    group `default`: channels [{ name = "main", priority = 0, weight = 1 }] -> [{ name = "main", priority = 0, weight = 1 }, { name = "spare", priority = 1, weight = 1 }]
    key `gone` removed
    key `new` added
    "#);
}
