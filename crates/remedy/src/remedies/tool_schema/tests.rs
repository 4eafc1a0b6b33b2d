use serde_json::{Value, json};

use crate::remedies::tests::{done, prepared_by_lessons, refused, request, sent};

const INVALID: &str = "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON \
    Schema draft 2020-12 (https://json-schema.org/draft/2020-12).";
const TOP: &str = "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or \
    anyOf at the top level";

fn body(schema: Value) -> Value {
    json!({"tools": [{"name": "t", "input_schema": schema}]})
}

fn cured(words: &str, schema: Value) -> Value {
    let body = body(schema);
    let mut first = request(&body, "");
    assert!(refused(&mut first, words), "{body}");
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    let mut again = request(&sent(&mut first), "");
    prepared_by_lessons(&mut again, &first);
    assert!(!again.body.is_changed(), "{:?}", sent(&mut again));
    sent(&mut first)["tools"][0]["input_schema"].clone()
}

#[test]
fn older_drafts_are_said_in_the_words_of_the_newest() {
    let old = json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": "urn:x",
        "definitions": {"n": {"type": "number", "minimum": 1, "exclusiveMinimum": true}},
        "properties": {
            "a": {"$ref": "#/definitions/n", "required": true},
            "b": {"type": "array", "items": [{"type": "string"}], "additionalItems": false},
            "c": {"type": "string", "nullable": true, "maxLength": "5"},
            "d": {"type": "any", "additionalProperties": "yes"},
            "id": {"type": "string"}}});
    let new = json!({"type": "object", "$id": "urn:x",
        "$defs": {"n": {"type": "number", "exclusiveMinimum": 1}},
        "properties": {
            "a": {"$ref": "#/$defs/n"},
            "b": {"type": "array", "prefixItems": [{"type": "string"}], "items": false},
            "c": {"type": ["string", "null"]},
            "d": {},
            "id": {"type": "string"}}});
    assert_eq!(cured(INVALID, old), new);
}

#[test]
fn a_schema_that_is_none_becomes_an_object() {
    let empty = json!({"type": "object", "properties": {}});
    for none in [json!(null), json!({}), json!("string"), json!({"type": "object"})] {
        let words = "tools.0.custom.input_schema.type: Field required";
        assert_eq!(cured(words, none), empty);
    }
    let mut first = request(&json!({"tools": [{"name": "t"}]}), "");
    assert!(refused(&mut first, "tools.0.custom.input_schema: Field required"));
    assert_eq!(sent(&mut first)["tools"][0]["input_schema"], empty);
}

#[test]
fn alternatives_at_the_top_become_one_object_that_needs_what_all_need() {
    let one = json!({"type": "object", "properties": {"a": {"type": "string"}},
        "oneOf": [
            {"properties": {"b": {"type": "string"}}, "required": ["a", "b"]},
            {"$ref": "#/$defs/c"}],
        "$defs": {"c": {"properties": {"c": {"type": "string"}}, "required": ["a", "c"]}}});
    let merged = cured(TOP, one);
    let text = json!({"type": "string"});
    assert_eq!(merged["properties"], json!({"a": text, "b": text, "c": text}));
    assert_eq!(merged["required"], json!(["a"]));
    assert!(merged.get("oneOf").is_none());
}

#[test]
fn parameters_that_no_upstream_takes_by_name_go() {
    let odd = json!({"type": "object", "required": ["a", "b c"],
        "properties": {"a": {}, "b c": {}}});
    let words = "tools.0.custom.input_schema.properties: Property keys should match pattern \
        '^[a-zA-Z0-9_.-]{1,64}$'";
    let right = json!({"type": "object", "required": ["a"], "properties": {"a": {}}});
    assert_eq!(cured(words, odd), right);
}

#[test]
fn a_tool_refused_whatever_its_schema_goes_alone() {
    let right = json!({"type": "object", "properties": {}});
    let tools = json!([{"name": "a", "input_schema": right}, {"name": "b", "input_schema": right}]);
    let body = json!({"tools": tools, "tool_choice": {"type": "tool", "name": "b"}});
    let mut first = request(&body, "");
    assert!(refused(&mut first, "tools.1.custom.input_schema: JSON schema is invalid."));
    assert_eq!(done(&first), ["tool-schema:b"]);
    let expected = json!({"tools": [tools[0]], "tool_choice": {"type": "auto"}});
    assert_eq!(sent(&mut first), expected);
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn the_upstreams_own_tools_are_left_alone() {
    let body = json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]});
    let mut first = request(&body, "");
    assert!(!refused(&mut first, "tools: JSON schema is invalid"));
    assert!(!first.body.is_changed());
}
