use serde_json::json;

use super::{Directive, read};

#[test]
fn directives_are_read_in_their_order_and_text_between_is_skipped() {
    let read =
        read("please [[say:a: b]] and [[tokens: 3]] or [[think]] [[think:why]] [[stop:refusal]]");
    assert_eq!(
        read,
        [[
            Directive::Say("a: b".to_owned()),
            Directive::Tokens(3),
            Directive::Think(None),
            Directive::Think(Some("why".to_owned())),
            Directive::Stop("refusal".to_owned()),
        ]]
    );
}

#[test]
fn tool_input_may_hold_brackets_and_may_be_left_out() {
    let read = read("[[tool:A {\"x\":[[1]],\"y\":\"]]\"}]][[tool:B]]");
    let tool = |name: &str, input| Directive::Tool { name: name.to_owned(), input };
    assert_eq!(read, [[tool("A", json!({ "x": [[1]], "y": "]]" })), tool("B", json!({}))]]);
}

#[test]
fn then_divides_turns() {
    let turns = read("[[say:a]] [[then]] [[then]] [[say:b]]");
    let say = |text: &str| Directive::Say(text.to_owned());
    assert_eq!(turns, [vec![say("a")], vec![], vec![say("b")]]);
}

#[test]
fn what_cannot_be_read_is_no_directive() {
    for text in [
        "[[",
        "[[say:never closed",
        "[[fly:high]]",
        "[[tokens:many]]",
        "[[tool: {}]]",
        "[[tool:A {broken}]]",
        "if [[ -f x ]]; then",
        "",
    ] {
        assert_eq!(read(text).concat(), [], "{text}");
    }
}

#[test]
fn numbers_are_bounded() {
    let read = read("[[tokens:99999999999]] [[blocks:99999999]] [[deltas:0]]").concat();
    let [Directive::Tokens(tokens), Directive::Blocks(blocks), Directive::Deltas(deltas)] =
        read[..]
    else {
        panic!("{read:?}");
    };
    assert!(tokens <= 64 * 1024 * 1024 && blocks <= 100_000 && deltas == 1);
}
