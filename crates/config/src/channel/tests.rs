//! What a channel may be.

use crate::byte_size::ByteSize;
use crate::fake::{CHANNEL, problems, read, valid};
use crate::kind::Kind;
use crate::limits::{MODEL_BYTES_MAX, NAME_BYTES_MAX, USER_BYTES_MAX};

#[test]
fn a_kind_that_this_version_does_not_serve_is_refused() {
    let told = |kind: &str| problems(&CHANNEL.replace("anthropic", kind));
    insta::assert_snapshot!(told("bedrock"), @r"
    salve.toml:4:8: channel[0].kind: kind `bedrock` is not served by this version
      hint: served: anthropic
    ");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Anthropic) {
        let expected = format!("kind `{kind}` is not served by this version");
        assert!(told(kind.name()).contains(&expected), "{}", told(kind.name()));
    }
}

#[test]
fn settings_of_another_kind_are_refused() {
    let text = r#"
[[channel]]
name = "main"
kind = "anthropic"
credential = { aws = "default" }
region = "us-east-1"
project = "made-up"
"#;
    insta::assert_snapshot!(problems(text), @r"
    salve.toml:5:14: channel[0].credential: this credential is not one for kind `anthropic`
      hint: use api_key, bearer or none

    salve.toml:6:10: channel[0].region: has no meaning for kind `anthropic`

    salve.toml:7:11: channel[0].project: has no meaning for kind `anthropic`
    ");
}

#[test]
fn each_kind_needs_what_its_endpoint_is_made_of() {
    let needs = |kind: Kind| ["region", "project"].map(|field| kind.needs(field));
    let table = Kind::ALL.map(|kind| (kind, needs(kind)));
    insta::assert_snapshot!(format!("{table:?}"), @"[(Anthropic, [false, false]), (Bedrock, [true, false]), (Vertex, [true, true]), (Foundry, [false, false]), (Openai, [false, false])]");
}

#[test]
fn models_and_limits_are_checked_one_by_one() {
    let text = format!(
        r#"{CHANNEL}
models = ["", "claude opus", "claude-*"]
model_ids = {{ "claude-*" = "x", "claude-opus-4-8" = "" }}
concurrency = {{ "claude-*" = 0, "" = 1, "*" = 4294967296 }}
"#
    );
    insta::assert_snapshot!(problems(&text), @r#"
    salve.toml:7:11: channel[0].models[0]: is empty: expected a model pattern such as `claude-*`

    salve.toml:7:15: channel[0].models[1]: `claude opus` is not a model name: visible ASCII characters without spaces

    salve.toml:8:15: channel[0].model_ids."claude-*": `claude-*` has a `*`, but one model's exact name belongs here

    salve.toml:8:53: channel[0].model_ids.claude-opus-4-8: is empty: expected a model name

    salve.toml:9:30: channel[0].concurrency."claude-*": expected a whole number from 1 to 4294967295, found 0

    salve.toml:9:33: channel[0].concurrency."": `` is not a model name: visible ASCII characters without spaces

    salve.toml:9:47: channel[0].concurrency."*": expected a whole number from 1 to 4294967295, found 4294967296
    "#);
    insta::assert_snapshot!(problems(&format!("{CHANNEL}models = []\n")), @r"
    salve.toml:6:10: channel[0].models: the list is empty
      hint: name at least one: a model pattern such as `claude-*`
    ");
}

#[test]
fn a_name_is_made_of_what_a_header_can_carry() {
    let told = |name: &str| problems(&CHANNEL.replace("main", name));
    insta::assert_snapshot!(told("a, b"), @"salve.toml:3:8: channel[0].name: `a, b` is not a name: letters, digits, `-`, `_`, `.`");
    insta::assert_snapshot!(told(""), @"salve.toml:3:8: channel[0].name: is empty: expected a name: letters, digits, `-`, `_`, `.`");
    assert_eq!(valid(&CHANNEL.replace("main", &"x".repeat(64))).channels.len(), 1);
    assert!(told(&"x".repeat(65)).contains("is longer than 64 characters"));
}

#[test]
fn a_channel_may_be_drained() {
    let config = valid(&format!("{CHANNEL}drained = true\n"));
    assert!(config.channels.iter().all(|channel| channel.drained));
    insta::assert_snapshot!(problems(&format!("{CHANNEL}drained = \"yes\"\n")), @"salve.toml:6:11: channel[0].drained: expected true or false, found string");
}

#[test]
fn names_have_bounds() {
    let named = |length: usize| read(&CHANNEL.replace("main", &"x".repeat(length)));
    assert!(named(NAME_BYTES_MAX - 1).is_ok() && named(NAME_BYTES_MAX).is_ok());
    assert!(named(NAME_BYTES_MAX + 1).is_err());
    let offering =
        |length: usize| read(&format!("{CHANNEL}models = [\"{}\"]\n", "x".repeat(length)));
    assert!(offering(MODEL_BYTES_MAX - 1).is_ok() && offering(MODEL_BYTES_MAX).is_ok());
    assert!(offering(MODEL_BYTES_MAX + 1).is_err());
    let owned = |length: usize| {
        let user = "x".repeat(length);
        let key = format!("name = \"ci\"\nsecret = \"${{ONE}}\"\nuser = \"{user}\"\n");
        read(&format!("{CHANNEL}[[key]]\n{key}"))
    };
    assert!(owned(USER_BYTES_MAX - 1).is_ok() && owned(USER_BYTES_MAX).is_ok());
    assert!(owned(USER_BYTES_MAX + 1).is_err());
}

#[test]
fn the_limits_of_a_model_are_those_of_the_most_exact_pattern() {
    let channel = valid(&format!(
        r#"{CHANNEL}
max_body = "20MiB"
context_windows = {{ "*" = 100, "claude-*" = 200_000, "claude-opus-4-8" = 1_000_000 }}
max_output_tokens = {{ "claude-haiku-*" = 8192 }}
"#
    ))
    .channels
    .remove(0);
    assert_eq!(channel.max_body, Some(ByteSize::from_bytes(20 << 20)));
    let window = |model: &str| channel.context_window(model);
    assert_eq!(window("claude-opus-4-8"), Some(1_000_000));
    assert_eq!(window("claude-opus-4-7"), Some(200_000));
    assert_eq!(window("glm-5"), Some(100));
    assert_eq!(channel.output_tokens_max("claude-haiku-4-5"), Some(8192));
    assert_eq!(channel.output_tokens_max("claude-opus-4-8"), None);
}

#[test]
fn a_channels_limits_are_at_least_one() {
    let told = |line: &str| problems(&format!("{CHANNEL}{line}\n"));
    insta::assert_snapshot!(told("max_body = 1023"), @r#"salve.toml:6:12: channel[0].max_body: expected a size such as "32MiB" (KiB, MiB, GiB, KB, MB, GB) from 1KiB to 1GiB, found 1023"#);
    insta::assert_snapshot!(told("context_windows = { \"*\" = 0 }"), @r#"salve.toml:6:27: channel[0].context_windows."*": expected a whole number from 1 to 9223372036854775807, found 0"#);
    insta::assert_snapshot!(told("max_output_tokens = { \"a b\" = 1, c = \"1\" }"), @r#"
    salve.toml:6:23: channel[0].max_output_tokens."a b": `a b` is not a model name: visible ASCII characters without spaces

    salve.toml:6:38: channel[0].max_output_tokens.c: expected a whole number from 1 to 9223372036854775807, found string
    "#);
}
