//! What `${…}` means, where, and what is said about a broken one.

use proptest::prelude::*;

use super::*;
use crate::fake::{CHANNEL, Fake, origin, problems};
use crate::parse;

#[test]
fn a_text_is_taken_apart_at_its_references() {
    let table = [
        ("plain $ { } $$", vec![Piece::Literal("plain $ { } $$")]),
        ("${A}", vec![Piece::Variable("A")]),
        ("a${B_1}c", vec![Piece::Literal("a"), Piece::Variable("B_1"), Piece::Literal("c")]),
        ("${A}${file:b c}", vec![Piece::Variable("A"), Piece::File("b c")]),
        ("$${A}", vec![Piece::Literal("${"), Piece::Literal("A}")]),
        ("", vec![]),
    ];
    for (text, expected) in table {
        assert_eq!(pieces(text), Ok(expected), "{text}");
    }
}

#[test]
fn a_broken_reference_is_a_problem() {
    let told = |user: &str| {
        let key = format!("[[key]]\nname = \"ci\"\nsecret = \"${{ONE}}\"\nuser = \"{user}\"\n");
        problems(&format!("{CHANNEL}{key}"))
    };
    insta::assert_snapshot!(told("${open"), @r"
    salve.toml:9:8: key[0].user: `${` without a closing `}`
      hint: write `${NAME}` for an environment variable, `$${` for `${`
    ");
    insta::assert_snapshot!(told("${}"), @r"
    salve.toml:9:8: key[0].user: between `${` and `}` stands no name of an environment variable
      hint: write `${NAME}` for an environment variable, `$${` for `${`
    ");
    insta::assert_snapshot!(told("${A B}"), @r"
    salve.toml:9:8: key[0].user: between `${` and `}` stands no name of an environment variable
      hint: write `${NAME}` for an environment variable, `$${` for `${`
    ");
    insta::assert_snapshot!(told("${NOWHERE}"), @r"
    salve.toml:9:8: key[0].user: environment variable `NOWHERE` is not set
      hint: set `NOWHERE` where Salve is started
    ");
    insta::assert_snapshot!(told("${file:token}"), @r"
    salve.toml:9:8: key[0].user: `${file:…}` is for secrets alone
      hint: use `${NAME}` here
    ");
}

#[test]
fn a_message_quotes_what_was_written_not_what_a_variable_held() {
    let text = format!("[server]\nlisten = \"${{ONE}}\"\n{CHANNEL}");
    insta::assert_snapshot!(problems(&text), @r#"
    salve.toml:2:10: server.listen: `${ONE}` is not an IP address and port
      hint: write "127.0.0.1:8787" for this machine alone, "0.0.0.0:8787" for all
    "#);
}

#[test]
fn an_escaped_reference_is_kept_as_text() {
    let key = "[[key]]\nname = \"ci\"\nsecret = \"${ONE}\"\nuser = \"a$${B}\"\n";
    let loaded = parse(&format!("{CHANNEL}{key}"), &origin(), &Fake::furnished()).expect("valid");
    assert_eq!(loaded.config.keys.first().and_then(|key| key.user.as_deref()), Some("a${B}"));
}

proptest! {
    #[test]
    fn taking_apart_never_panics_and_loses_nothing(text in "[a${}:file ]{0,24}") {
        if let Ok(pieces) = pieces(&text) {
            let written = |piece: &Piece<'_>| match piece {
                Piece::Literal("${") => "$${".to_owned(),
                Piece::Literal(literal) => (*literal).to_owned(),
                Piece::Variable(name) => format!("${{{name}}}"),
                Piece::File(path) => format!("${{file:{path}}}"),
            };
            prop_assert_eq!(pieces.iter().map(written).collect::<String>(), text);
        }
    }
}
