mod model;
mod told;

use bytes::Bytes;

use super::*;

/// The document that `json` holds.
fn document(json: &str) -> Document {
    Document::of(&Body::scan(Bytes::copy_from_slice(json.as_bytes())).unwrap())
}

/// What `json` is sent as after `change`.
fn changed(json: &str, change: impl FnOnce(&mut Document)) -> String {
    let body = Body::scan(Bytes::copy_from_slice(json.as_bytes())).unwrap();
    let mut document = Document::of(&body);
    change(&mut document);
    let sent: Vec<u8> = document.edits().apply(body.bytes()).concat();
    assert_eq!(*document.root().raw(), *json_of(&sent), "a node's text is what is sent");
    String::from_utf8(sent).unwrap()
}

fn json_of(sent: &[u8]) -> &[u8] {
    sent.trim_ascii()
}

#[test]
fn an_untouched_document_goes_out_as_it_came_in() {
    let json = " {\"a\" : [1 , {\"b\":\"\\u0041\"}], \"c\":null } ";
    let sent = changed(json, |document| {
        document.at(&["a"]).unwrap().item(1).unwrap().get("b").unwrap();
        assert!(!document.is_changed());
        assert!(document.edits().is_empty());
        assert!(document.changes().is_empty());
    });
    assert_eq!(sent, json);
}

#[test]
fn fields_are_replaced_in_place_added_at_the_end_and_removed_with_their_comma() {
    let json = r#"{ "a": 1, "b": 2, "c": 3 }"#;
    let after = |change: fn(&mut Document)| changed(json, change);
    assert_eq!(after(|d| d.set("b", "[]")), r#"{ "a": 1, "b": [], "c": 3 }"#);
    assert_eq!(after(|d| d.set("d", " 4 ")), r#"{ "a": 1, "b": 2, "c": 3,"d":4}"#);
    assert_eq!(after(|d| _ = d.remove("a")), r#"{"b": 2, "c": 3 }"#);
    assert_eq!(after(|d| _ = d.remove("b")), r#"{ "a": 1,"c": 3 }"#);
    assert_eq!(after(|d| _ = d.remove("c")), r#"{ "a": 1, "b": 2}"#);
    assert_eq!(after(|d| assert!(!d.remove("d"))), json);
    let all = |d: &mut Document| assert!(["a", "b", "c"].iter().all(|name| d.remove(name)));
    assert_eq!(changed(json, all), "{}");
}

#[test]
fn what_was_removed_can_come_back_and_what_was_added_can_go_again() {
    let sent = changed(r#"{"a":1,"b":2}"#, |document| {
        assert!(document.remove("a"));
        document.set("a", "3");
        document.set("c", "4");
        assert!(document.remove("c"));
        assert!(!document.remove("c"));
        assert_eq!(document.get("a").unwrap().unsigned(), Some(3));
    });
    assert_eq!(sent, r#"{"b":2,"a":3}"#);
}

#[test]
fn empty_containers_take_children_whatever_space_is_in_them() {
    for empty in ["[]", "[ ]", "[\n\t]"] {
        let sent = changed(&format!("{{\"a\":{empty}}}"), |document| {
            let list = document.get("a").unwrap();
            list.push("2");
            list.insert(0, "1");
            list.push("3");
        });
        assert_eq!(sent, r#"{"a":[1,2,3]}"#);
    }
    for empty in ["{}", "{ }", " { } "] {
        let sent = changed(empty, |document| document.set("x\"y", quoted("z\n")));
        assert_eq!(sent.trim(), r#"{"x\"y":"z\n"}"#);
    }
}

#[test]
fn an_element_that_moved_is_still_changed_where_it_stands() {
    let json = r#"{"tools":[{"n":0},{"n":1},{"n":2},{"n":3}]}"#;
    let sent = changed(json, |document| {
        let tools = document.get("tools").unwrap();
        assert!(tools.remove_item(1));
        tools.item(1).unwrap().set("n", "20");
        tools.insert(1, r#"{"n":9}"#);
        tools.item(1).unwrap().set("m", "[]");
        tools.item(1).unwrap().get("m").unwrap().push("true");
        assert!(tools.remove_item(0));
        assert_eq!(tools.count(), 3);
        assert!(!tools.remove_item(3));
    });
    assert_eq!(sent, r#"{"tools":[{"n":9,"m":[true]},{"n":20},{"n":3}]}"#);
}

#[test]
fn a_value_put_in_place_of_another_can_be_looked_into_and_changed() {
    let sent = changed(r#"{"a":{"b":1}}"#, |document| {
        document.get("a").unwrap().set("b", r#"{"c":[1,2]}"#);
        let c = document.at(&["a", "b", "c"]).unwrap();
        assert_eq!(c.retain(|item| item.unsigned() == Some(2)), 1);
        document.at(&["a", "b"]).unwrap().set("d", "null");
        assert_eq!(*document.get("a").unwrap().raw(), *br#"{"b":{"c":[2],"d":null}}"#);
    });
    assert_eq!(sent, r#"{"a":{"b":{"c":[2],"d":null}}}"#);
}

#[test]
fn the_same_text_again_is_no_change() {
    let mut document = document(r#"{"a":{"b":1}}"#);
    document.get("a").unwrap().set("b", " 1 ");
    document.set("a", r#"{"b":1}"#);
    assert!(!document.is_changed());
    assert!(document.edits().is_empty());
}

#[test]
fn one_tool_removed_or_changed_copies_no_byte_of_the_others() {
    let tool = |n: usize| format!(r#"{{"name":"tool{n}","text":"{}"}}"#, "x".repeat(500));
    let tools: Vec<String> = (0..40).map(tool).collect();
    let json = format!(r#"{{"tools":[{}],"max_tokens":1}}"#, tools.join(", "));
    let body = Body::scan(json.clone().into()).unwrap();
    let copied = |change: fn(&mut Node)| {
        let mut document = Document::of(&body);
        change(document.get("tools").unwrap());
        let own = body.bytes().as_ptr_range();
        let slices = document.edits().apply(body.bytes());
        let new = slices.iter().filter(|slice| !own.contains(&slice.as_ptr()));
        new.map(Bytes::len).sum::<usize>()
    };
    assert_eq!(copied(|tools| _ = tools.remove_item(0)), 0);
    assert_eq!(copied(|tools| _ = tools.remove_item(20)), ",".len());
    assert_eq!(copied(|tools| _ = tools.remove_item(39)), 0);
    assert_eq!(copied(|tools| tools.item(7).unwrap().set("name", "1")), 1);
    assert_eq!(copied(|tools| tools.item(7).unwrap().set("a", "1")), r#","a":1"#.len());
    assert_eq!(copied(|tools| _ = tools.item(7).unwrap().remove("text")), 0);
    assert_eq!(copied(|tools| tools.insert(5, "{}")), ",{},".len());
    let odd = |tools: &mut Node| {
        let mut odd = true;
        tools.retain(|_| {
            odd = !odd;
            !odd
        });
    };
    assert_eq!(copied(odd), ",".len() * 19);
}

#[test]
fn a_large_value_that_is_set_is_sent_without_a_copy() {
    let body = Body::scan(Bytes::from_static(b"{\"a\":1}")).unwrap();
    let mut document = Document::of(&body);
    let large = Bytes::from(format!(" [{}1]\n", "1,".repeat(10_000)));
    document.set("a", large.clone());
    let slices = document.edits().apply(body.bytes());
    assert!(slices.iter().any(|slice| slice.as_ptr() == large[1..].as_ptr()));
}

#[test]
fn of_equal_keys_the_last_is_read_and_set_and_all_are_removed() {
    let json = r#"{"a":1,"b":0,"\u0061":2}"#;
    assert_eq!(document(json).get("a").unwrap().unsigned(), Some(2));
    assert_eq!(changed(json, |d| d.set("a", "3")), r#"{"a":1,"b":0,"\u0061":3}"#);
    assert_eq!(changed(json, |d| assert!(d.remove("a"))), r#"{"b":0}"#);
    let mut document = document(json);
    let names: Vec<String> = document.root().fields().map(|(name, _)| name.into()).collect();
    assert_eq!(names, ["a", "b", "a"]);
}

#[test]
fn keys_and_strings_are_compared_as_they_are_read() {
    let mut document = document(r#"{"a\\u0062":"x\ny","plain":"é"}"#);
    assert!(document.root().has("a\\u0062"));
    assert!(!document.root().has("ab"));
    let text = document.get("a\\u0062").unwrap();
    assert!(text.is("x\ny") && !text.is("x\\ny"));
    assert_eq!(text.text().unwrap(), "x\ny");
    assert!(document.get("plain").unwrap().is("é"));
}

#[test]
fn values_tell_what_they_are_and_refuse_what_they_are_not() {
    let json = r#"{"o":{},"a":[],"s":"7","n":-1.5,"u":7,"t":true,"f":false,"z":null}"#;
    let mut document = document(json);
    let kinds: Vec<NodeKind> = document.root().fields().map(|(_, node)| node.kind()).collect();
    use NodeKind::{Array, Boolean, Null, Number, Object, String};
    assert_eq!(kinds, [Object, Array, String, Number, Number, Boolean, Boolean, Null]);
    assert_eq!(document.get("u").unwrap().unsigned(), Some(7));
    assert_eq!(document.get("s").unwrap().unsigned(), None);
    assert_eq!(document.get("n").unwrap().unsigned(), None);
    assert_eq!(document.get("t").unwrap().boolean(), Some(true));
    assert_eq!(document.get("z").unwrap().boolean(), None);
    assert_eq!(document.get("u").unwrap().text(), None);
    for (_, node) in document.root().fields().filter(|(name, _)| name != "o" && name != "a") {
        node.set("x", "1");
        node.push("1");
        assert!(!node.remove("x") && !node.remove_item(0) && !node.has("x"));
        assert_eq!((node.retain(|_| false), node.count(), node.fields().count()), (0, 0, 0));
    }
    let (object, array) = ("o", "a");
    document.get(object).unwrap().push("1");
    document.get(array).unwrap().set("x", "1");
    assert!(!document.is_changed());
}

#[test]
fn a_value_knows_its_length_and_what_it_mentions_as_it_is_now() {
    let mut document = document(r#"{"a":{"defer_loading":true}}"#);
    let a = document.get("a").unwrap();
    assert!(a.mentions(b"defer_loading"));
    assert_eq!(a.len_bytes(), 22);
    a.remove("defer_loading");
    assert!(!a.mentions(b"defer_loading"));
    assert_eq!(a.len_bytes(), 2);
    a.replace("  ");
    assert_eq!(*a.raw(), *b"null");
}

#[test]
fn text_that_is_not_json_after_all_has_no_children() {
    for broken in [
        "[",
        "{",
        "[1",
        "[1,",
        "[,]",
        "[1 2]",
        "[1]]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a:1}",
        "{1:2}",
        "[\"\\\"]",
        "[[1]",
        "[{]",
        "{\"a\":1,}",
        "[1,]",
        "[}",
        "{]",
    ] {
        let mut document = document("{\"a\":1}");
        document.set("a", broken);
        let node = document.get("a").unwrap();
        assert_eq!((node.count(), node.fields().count()), (0, 0), "{broken}");
        node.push("1");
        node.set("x", "1");
        assert_eq!(*node.raw(), *broken.as_bytes());
    }
}

#[test]
fn the_deepest_body_and_the_longest_array_are_looked_into() {
    let depth = crate::body::DEPTH_MAX - 1;
    let json = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let sent = changed(&json, |document| {
        let mut node = document.get("a").unwrap();
        for _ in 1..depth {
            node = node.item(0).unwrap();
        }
        node.push("1");
    });
    assert_eq!(sent, json.replace("[]", "[1]"));

    let count = |items: usize| {
        let json = format!("{{\"a\":[{}0]}}", "1,".repeat(items - 1));
        document(&json).get("a").unwrap().count()
    };
    assert_eq!(count(131_071), 131_071);
    assert_eq!(count(131_072), 131_072);
    assert_eq!(count(131_073), 0);
}
