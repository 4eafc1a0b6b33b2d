//! Secrets are found where they are named, and shown nowhere.

use super::*;
use crate::fake::{CHANNEL, Fake, origin, problems};
use crate::parse;

fn told(sources: &Fake, secret: &str) -> String {
    let text = format!("[admin]\ntoken = {secret}\n{CHANNEL}");
    parse(&text, &origin(), sources).expect_err("the secret is wrong").to_string()
}

#[test]
fn a_secret_written_out_is_refused_and_not_repeated() {
    let world = Fake::furnished();
    insta::assert_snapshot!(told(&world, "\"written-out-secret\""), @r#"
    salve.toml:2:9: admin.token: a secret does not stand in the file itself
      hint: write "${NAME}" to take it from the environment or "${file:PATH}" to take it from a file
    "#);
    for literal in ["\"\"", "\"a${ADMIN}\"", "\"${ADMIN}${ADMIN}\"", "\"$${ADMIN}\""] {
        let lines = told(&world, literal);
        assert!(lines.contains(LITERAL), "{lines}");
    }
}

#[test]
fn a_secret_that_is_not_there_is_told_with_where_it_should_be() {
    let world = Fake::furnished();
    insta::assert_snapshot!(told(&world, "\"${NOWHERE}\""), @r"
    salve.toml:2:9: admin.token: environment variable `NOWHERE` is not set
      hint: set `NOWHERE` where Salve is started
    ");
    insta::assert_snapshot!(told(&world, "\"${file:nowhere}\""), @"salve.toml:2:9: admin.token: cannot read file `/etc/salve/nowhere`: no such file");
    insta::assert_snapshot!(told(&world, "\"${file:}\""), @r#"
    salve.toml:2:9: admin.token: `${file:}` names no file
      hint: write "${NAME}" to take it from the environment or "${file:PATH}" to take it from a file
    "#);
}

#[test]
fn a_secret_unfit_for_a_header_is_refused() {
    let world = Fake::furnished()
        .with_env("EMPTY", "")
        .with_env("SPACED", "made-up-admin-token ")
        .with_env("BROKEN", "made-up\nadmin-token")
        .with_env("LONG", &"x".repeat(SECRET_BYTES_MAX + 1))
        .with_file("/etc/salve/empty", "\n");
    insta::assert_snapshot!(told(&world, "\"${EMPTY}\""), @"salve.toml:2:9: admin.token: the secret from environment variable `EMPTY` is empty");
    insta::assert_snapshot!(told(&world, "\"${SPACED}\""), @"salve.toml:2:9: admin.token: the secret from environment variable `SPACED` begins or ends with white space");
    insta::assert_snapshot!(told(&world, "\"${BROKEN}\""), @"salve.toml:2:9: admin.token: the secret from environment variable `BROKEN` has a character that is not visible ASCII");
    insta::assert_snapshot!(told(&world, "\"${LONG}\""), @"salve.toml:2:9: admin.token: the secret from environment variable `LONG` is longer than 16384 bytes");
    insta::assert_snapshot!(told(&world, "\"${file:empty}\""), @"salve.toml:2:9: admin.token: the secret from file `empty` is empty");
}

#[test]
fn a_guarding_secret_has_sixteen_characters() {
    let world = |length: usize| Fake::furnished().with_env("TOKEN", &"x".repeat(length));
    let text = format!("[admin]\ntoken = \"${{TOKEN}}\"\n{CHANNEL}");
    assert!(parse(&text, &origin(), &world(16)).is_ok());
    assert!(parse(&text, &origin(), &world(17)).is_ok());
    insta::assert_snapshot!(told(&world(15), "\"${TOKEN}\""), @r"
    salve.toml:2:9: admin.token: the secret has less than 16 characters
      hint: make one with `openssl rand -hex 24`
    ");
}

#[test]
fn two_holders_do_not_share_a_secret() {
    let text = format!(
        "[admin]\ntoken = \"${{ONE}}\"\n{CHANNEL}
[[key]]\nname = \"ci\"\nsecret = \"${{ONE}}\"\n"
    );
    insta::assert_snapshot!(problems(&text), @r"
    salve.toml:11:10: key[0].secret: the secret is the same as that of admin.token
      hint: give each its own
    ");
}

#[test]
fn an_upstreams_secret_may_be_short() {
    let world = Fake::furnished().with_env("KEY", "short");
    assert!(parse(CHANNEL, &origin(), &world).is_ok());
}

#[test]
fn a_file_loses_one_line_break() {
    let table = [("a\n", "a"), ("a\r\n", "a"), ("a", "a")];
    for (text, expected) in table {
        let world = Fake::furnished().with_file("/run/token", text);
        let channel = CHANNEL.replace("${KEY}", "${file:/run/token}");
        let config = parse(&channel, &origin(), &world).expect("valid").config;
        let crate::Credential::ApiKey(key) = &config.channels[0].credential else {
            panic!("an API key was configured");
        };
        assert_eq!(key.expose(), expected);
    }
}

#[test]
fn nothing_shows_a_secret() {
    let text = format!("[admin]\ntoken = \"${{ADMIN}}\"\n{CHANNEL}");
    let loaded = parse(&text, &origin(), &Fake::furnished()).expect("valid");
    let shown = format!("{loaded:?}");
    assert!(shown.contains("Secret(hidden)") && !shown.contains("made-up"), "{shown}");
}

#[test]
fn a_url_of_shared_limits_is_written_out_unless_it_may_hold_a_password() {
    let text = |url: &str| format!("[store]\nlimits_url = \"{url}\"\n{CHANNEL}");
    let parsed = parse(&text("redis://127.0.0.1:6379"), &origin(), &Fake::furnished());
    let limits_url = parsed.expect("valid").config.store.limits_url.expect("configured");
    assert_eq!(limits_url.expose(), "redis://127.0.0.1:6379");
    insta::assert_snapshot!(problems(&text("redis://:hunter2@127.0.0.1:6379")), @r#"
    salve.toml:2:14: store.limits_url: a secret does not stand in the file itself
      hint: write "${NAME}" to take it from the environment or "${file:PATH}" to take it from a file
    "#);
}

#[test]
fn a_secret_fits_into_a_header() {
    let world = |length: usize| Fake::furnished().with_env("KEY", &"x".repeat(length));
    assert!(parse(CHANNEL, &origin(), &world(SECRET_BYTES_MAX - 1)).is_ok());
    assert!(parse(CHANNEL, &origin(), &world(SECRET_BYTES_MAX)).is_ok());
    assert!(parse(CHANNEL, &origin(), &world(SECRET_BYTES_MAX + 1)).is_err());
}
