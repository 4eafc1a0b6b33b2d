use super::document;
use crate::document::Document;

/// The changes as lines of path, before and after.
fn told(json: &str, change: impl FnOnce(&mut Document)) -> Vec<String> {
    let mut document = document(json);
    change(&mut document);
    let shown = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let line = |c: super::Change| format!("{}: {} > {}", c.path, shown(c.was), shown(c.now));
    document.changes().into_iter().map(line).collect()
}

#[test]
fn changes_are_told_in_document_order_with_the_indices_people_know() {
    let json = r#"{"model":"m","tools":[{"n":0},{"n":1,"d":true},{"n":2}],"x":1}"#;
    let lines = told(json, |document| {
        document.set("y", "2");
        document.remove("x");
        let tools = document.get("tools").unwrap();
        tools.remove_item(0);
        tools.item(0).unwrap().remove("d");
        tools.push("7");
        document.set("model", r#""n""#);
    });
    let expected = [
        r#"model: "m" > "n""#,
        r#"tools[0]: {"n":0} > -"#,
        "tools[1].d: true > -",
        "tools[2]: - > 7",
        "x: 1 > -",
        "y: - > 2",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_users_and_models_wrote_is_never_told() {
    let json = r#"{"system":"SECRET","messages":[
        {"role":"user","content":"SECRET"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"SECRET"},
            {"type":"tool_use","id":"toolu_1","name":"Read","input":{"name":"SECRET","n":42}}]},
        {"role":"user","content":[{"secret":"SECRET"}],"n":1}]}"#;
    let lines = told(json, |document| {
        document.set("system", r#"[{"type":"text","text":"SECRET"}]"#);
        let messages = document.get("messages").unwrap();
        messages.item(0).unwrap().set("content", r#""SECRET2""#);
        messages.item(0).unwrap().set("role", r#""system""#);
        let blocks = messages.item(1).unwrap().get("content").unwrap();
        blocks.remove_item(0);
        let tool = blocks.item(0).unwrap();
        tool.set("id", r#""toolu_2""#);
        tool.get("input").unwrap().set("name", r#""SECRET3""#);
        tool.get("input").unwrap().remove("n");
        messages.item(2).unwrap().get("content").unwrap().remove_item(0);
        messages.item(2).unwrap().set("n", "2");
    });
    let expected = [
        r#"system: "…" (8 bytes) > […] (1 items)"#,
        r#"messages[0].role: "user" > "system""#,
        r#"messages[0].content: "…" (8 bytes) > "…" (9 bytes)"#,
        r#"messages[1].content[0]: {"type":"thinking"} (39 bytes) > -"#,
        r#"messages[1].content[1].id: "toolu_1" > "toolu_2""#,
        "messages[1].content[1].input.name: … (8 bytes) > … (9 bytes)",
        "messages[1].content[1].input.n: … (2 bytes) > -",
        "messages[2].content[0]: {…} (19 bytes) > -",
        "messages[2].n: 1 > 2",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_body_replaced_as_a_whole_is_told_without_what_is_in_it() {
    let lines = told(r#"{"messages":["SECRET"]}"#, |document| document.root().replace("{}"));
    assert_eq!(lines, [": {…} (23 bytes) > {…} (2 bytes)"]);
}

#[test]
fn long_values_are_cut_between_characters() {
    for lead in ["", "x", "xx", "xxx"] {
        let json = format!(r#"{{"a":"{lead}{}"}}"#, "é".repeat(100));
        let mut document = document(&json);
        document.remove("a");
        let was = document.changes().remove(0).was.unwrap();
        assert!(was.ends_with("é…") && (117..=120).contains(&was.len()), "{was}");
    }
}

#[test]
fn names_in_paths_are_short_and_stay_on_their_line() {
    let name = format!("a\\n{}", "b".repeat(100));
    let mut document = document(&format!(r#"{{"{name}":{{"c":1}}}}"#));
    for (_, node) in document.root().fields() {
        node.remove("c");
    }
    assert_eq!(document.changes()[0].path, format!("a{}.c", "b".repeat(63)));
}
