//! Random documents and random changes, against a model that keeps parsed values.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Body, Document, Node};

/// One change somewhere in a document.
#[derive(Debug, Clone)]
struct Act {
    /// Which child to go into at each level, as far as there are any.
    way: Vec<usize>,
    what: What,
    index: usize,
    value: Value,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Set,
    Remove,
    Insert,
    Push,
    RemoveItem,
    RetainOdd,
    Replace,
}

const NAMES: [&str; 5] = ["a", "type", "ä\n", "\"", "messages"];

fn name(index: usize) -> &'static str {
    NAMES[index % NAMES.len()]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        r#"[a-z"\\\[\]{},: é\n]{0,6}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let field = (0..NAMES.len()).prop_map(|at| name(at).to_owned());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((field, inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn objects() -> impl Strategy<Value = Value> {
    prop::collection::vec((0..NAMES.len(), values()), 0..5).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(at, value)| (name(at).to_owned(), value)).collect())
    })
}

fn acts() -> impl Strategy<Value = Act> {
    let what = prop_oneof![
        Just(What::Set),
        Just(What::Remove),
        Just(What::Insert),
        Just(What::Push),
        Just(What::RemoveItem),
        Just(What::RetainOdd),
        Just(What::Replace),
    ];
    (prop::collection::vec(0_usize..6, 0..4), what, 0_usize..6, values())
        .prop_map(|(way, what, index, value)| Act { way, what, index, value })
}

/// False, true, false, …
fn alternating() -> impl FnMut() -> bool {
    let mut odd = true;
    move || {
        odd = !odd;
        odd
    }
}

/// A child by number: an element, or the field with that name.
fn node_below(node: &mut Node, step: usize) -> Option<&mut Node> {
    match node.count() {
        0 => node.get(name(step)),
        count => node.item(step % count),
    }
}

fn value_below(value: &mut Value, step: usize) -> Option<&mut Value> {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let count = items.len();
            items.get_mut(step % count)
        }
        Value::Object(fields) => fields.get_mut(name(step)),
        _ => None,
    }
}

/// Makes the change; nothing where the way leads nowhere.
fn act_on_node(root: &mut Node, act: &Act, text: String) {
    let Some(node) = act.way.iter().try_fold(root, |node, step| node_below(node, *step)) else {
        return;
    };
    match act.what {
        What::Set => node.set(name(act.index), text),
        What::Remove => _ = node.remove(name(act.index)),
        What::Insert => node.insert(act.index, text),
        What::Push => node.push(text),
        What::RemoveItem => _ = node.remove_item(act.index),
        What::RetainOdd => {
            let mut odd = alternating();
            node.retain(|_| odd());
        }
        What::Replace if act.way.is_empty() => {}
        What::Replace => node.replace(text),
    }
}

fn act_on_value(root: &mut Value, act: &Act) {
    let Some(value) = act.way.iter().try_fold(root, |value, step| value_below(value, *step)) else {
        return;
    };
    let new = act.value.clone();
    match (act.what, value) {
        (What::Set, Value::Object(fields)) => drop(fields.insert(name(act.index).into(), new)),
        (What::Remove, Value::Object(fields)) => drop(fields.remove(name(act.index))),
        (What::Insert, Value::Array(items)) => items.insert(act.index.min(items.len()), new),
        (What::Push, Value::Array(items)) => items.push(new),
        (What::RemoveItem, Value::Array(items)) if act.index < items.len() => {
            items.remove(act.index);
        }
        (What::RetainOdd, Value::Array(items)) => {
            let mut odd = alternating();
            items.retain(|_| odd());
        }
        (What::Replace, value) if !act.way.is_empty() => *value = new,
        _ => {}
    }
}

/// The value's text, either short or with much white space.
fn written(value: &Value, pretty: bool) -> String {
    if pretty { format!(" {value:#}\n") } else { value.to_string() }
}

proptest! {
    #[test]
    fn a_changed_document_is_what_the_same_changes_make_of_parsed_values(
        start in objects(),
        acts in prop::collection::vec((acts(), any::<bool>()), 0..12),
        pretty in any::<bool>(),
    ) {
        let body = Body::scan(written(&start, pretty).into()).unwrap();
        let mut document = Document::of(&body);
        let mut model = start;
        for (act, pretty) in &acts {
            act_on_node(document.root(), act, written(&act.value, *pretty));
            act_on_value(&mut model, act);
            let now: Value = serde_json::from_slice(&document.root().raw()).unwrap();
            prop_assert_eq!(&now, &model);
            prop_assert_eq!(document.root().len_bytes(), document.root().raw().len());
        }
        let sent = document.edits().apply(body.bytes()).concat();
        prop_assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), model);
        prop_assert!(Body::scan(sent.into()).is_ok());
        prop_assert_eq!(document.is_changed(), !document.edits().is_empty());
        prop_assert_eq!(document.is_changed(), !document.changes().is_empty());
    }

    #[test]
    fn looking_everywhere_changes_nothing(start in objects(), pretty in any::<bool>()) {
        let body = Body::scan(written(&start, pretty).into()).unwrap();
        let mut document = Document::of(&body);
        prop_assert_eq!(seen(document.root()), start);
        prop_assert!(document.edits().is_empty());
        prop_assert_eq!(document.edits().apply(body.bytes()).concat(), &body.bytes()[..]);
    }

    #[test]
    fn no_text_at_all_makes_a_node_fail(text in r#"[\[\]{}",:\\a1 ]{0,24}"#) {
        let mut document = super::document("{\"a\":1}");
        document.set("a", text);
        seen(document.root());
        document.get("a").unwrap().push("1");
        document.get("a").unwrap().set("a", "1");
        let _ = document.edits();
        let _ = document.changes();
    }
}

/// The value as somebody sees it who looks into every node.
fn seen(node: &mut Node) -> Value {
    use crate::document::NodeKind;
    match node.kind() {
        NodeKind::Object => {
            Value::Object(node.fields().map(|(name, node)| (name.into(), seen(node))).collect())
        }
        NodeKind::Array => node.items().map(seen).collect(),
        NodeKind::String => json!(node.text()),
        NodeKind::Boolean => json!(node.boolean()),
        NodeKind::Number | NodeKind::Null => {
            serde_json::from_slice(&node.raw()).unwrap_or_default()
        }
    }
}
