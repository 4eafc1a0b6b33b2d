//! The difference that `salve log show` prints.

use super::*;

fn change(remedy: &str, path: &str, was: Option<&str>, now: Option<&str>) -> Change {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Change { remedy: remedy.into(), path: path.into(), was: text(was), now: text(now) }
}

fn printed(changes: &[Change], has_colours: bool) -> String {
    let lines = difference(changes);
    lines.iter().map(|line| line.print(has_colours)).collect::<Vec<_>>().join("\n")
}

#[test]
fn changes_stand_under_the_remedy_that_made_them_in_the_order_of_its_first() {
    let changes = [
        change("strip-field:strict", "tools.0.strict", Some("true"), None),
        change("rename-beta:advanced-tool-use", "anthropic-beta", Some("a"), Some("b")),
        change("strip-field:strict", "tools.7.strict", Some("false"), None),
        change("max-tokens:8192", "max_tokens", None, Some("8192")),
        change("images:resized", "messages.3.content.1", None, None),
    ];
    let expected = "\
changed by strip-field:strict
  - tools.0.strict: true
  - tools.7.strict: false
changed by rename-beta:advanced-tool-use
  - anthropic-beta: a
  + anthropic-beta: b
changed by max-tokens:8192
  + max_tokens: 8192
changed by images:resized
  ~ messages.3.content.1";
    assert_eq!(printed(&changes, false), expected);
    assert_eq!(printed(&[], false), "");
}

#[test]
fn what_is_gone_is_red_and_what_is_new_is_green_where_colours_are_taken() {
    let changes = [change("rename-beta:a", "anthropic-beta", Some("a"), Some("b"))];
    let expected = "changed by rename-beta:a\n\u{1b}[31m  - anthropic-beta: a\u{1b}[0m\n\
         \u{1b}[32m  + anthropic-beta: b\u{1b}[0m";
    assert_eq!(printed(&changes, true), expected);
}

#[test]
fn a_text_that_would_steer_the_terminal_is_spelled_out() {
    let changes = [change("strip-field:x", "x", Some("\u{1b}[2J\nline"), None)];
    let expected = "changed by strip-field:x\n  - x: \\u{1b}[2J\\u{a}line";
    assert_eq!(printed(&changes, false), expected);
}
