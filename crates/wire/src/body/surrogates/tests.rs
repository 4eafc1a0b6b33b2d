use super::mend_lone_surrogates;

fn mended(text: &str) -> Option<String> {
    let bytes = mend_lone_surrogates(text.as_bytes())?;
    Some(String::from_utf8(bytes.to_vec()).expect("text"))
}

#[test]
fn a_lone_half_is_replaced_and_all_else_stays() {
    for (text, expected) in [
        (r#"{"a":"x\ud83d"}"#, r#"{"a":"x\ufffd"}"#),
        (r#"{"a":"\udc00x\uD83D\uDE00"}"#, r#"{"a":"\ufffdx\uD83D\uDE00"}"#),
        (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffd\ud83d\ude00"}"#),
        (r#"{"a":"\\\ud83dz"}"#, r#"{"a":"\\\ufffdz"}"#),
    ] {
        assert_eq!(mended(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_body_without_one_is_left_alone() {
    let text = r#"{"a":"\\ud83d \u00e9 \ud83d\ude00 \n"}"#;
    assert_eq!(mended(text), None, "{text}");
    for text in ["{}", "", "\\", r#"{"a":"\u12"#] {
        assert_eq!(mended(text), None, "{text}");
    }
}
