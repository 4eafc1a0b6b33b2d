//! Input schemas of custom tools.
//!
//! The parts of JSON Schema draft 2020-12 that clients get wrong are checked: the kinds of the
//! common keywords, at every depth.

use serde_json::{Map, Value};

use super::{Broken, Case, Rule, broken};
use crate::prompt::list;

/// Longest property name in characters.
const KEY_MAX: usize = 64;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "schema-not-object",
        says: "tools.{}.custom.input_schema.type: Field required",
        check: |case| find(case, |schema| !schema.contains_key("type") && !has_choice(schema)),
    },
    Rule {
        id: "schema-wrong-type",
        says: "tools.{}.custom.input_schema.type: Input should be 'object'",
        check: |case| {
            find(case, |schema| {
                schema.get("type").is_some_and(|kind| kind.as_str() != Some("object"))
            })
        },
    },
    Rule {
        id: "schema-top-choice",
        says: "tools.{}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf \
               at the top level",
        check: |case| find(case, has_choice),
    },
    Rule {
        id: "schema-property-key",
        says: "tools.{}.custom.input_schema.properties: \
               Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
        check: |case| find(case, has_bad_key),
    },
    Rule {
        id: "schema-invalid",
        says: "tools.{}.custom.input_schema: JSON schema is invalid. It must match JSON Schema \
               draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at \
               https://docs.claude.com/en/docs/tool-use.",
        check: |case| find(case, |schema| !object_is_schema(schema)),
    },
];

/// The first custom tool whose schema meets a condition.
fn find(case: &Case<'_>, wanted: impl Fn(&Map<String, Value>) -> bool) -> Broken {
    let schema =
        |tool: &Value| tool.get("input_schema").and_then(Value::as_object).is_some_and(&wanted);
    broken([case.tools().iter().position(schema)?.to_string()])
}

fn has_choice(schema: &Map<String, Value>) -> bool {
    ["oneOf", "allOf", "anyOf"].iter().any(|key| schema.contains_key(*key))
}

fn has_bad_key(schema: &Map<String, Value>) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    let fits = |key: &String| !key.is_empty() && key.len() <= KEY_MAX && key.chars().all(allowed);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.is_some_and(|properties| !properties.keys().all(fits))
}

/// Whether a value is a schema; its depth is bounded by the parser's.
fn is_schema(value: &Value) -> bool {
    value.is_boolean() || value.as_object().is_some_and(object_is_schema)
}

fn object_is_schema(schema: &Map<String, Value>) -> bool {
    schema.iter().all(|(key, value)| match key.as_str() {
        "type" => value
            .as_array()
            .map_or_else(|| is_type(value), |kinds| !kinds.is_empty() && kinds.iter().all(is_type)),
        "properties" | "patternProperties" | "$defs" | "definitions" => {
            value.as_object().is_some_and(|schemas| schemas.values().all(is_schema))
        }
        "items" | "additionalProperties" | "not" | "contains" | "propertyNames" => is_schema(value),
        "anyOf" | "oneOf" | "allOf" | "prefixItems" => {
            !list(Some(value)).is_empty() && list(Some(value)).iter().all(is_schema)
        }
        "required" => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
        "enum" => value.is_array(),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            value.is_number()
        }
        "minLength" | "maxLength" | "minItems" | "maxItems" => {
            value.as_f64().is_some_and(|count| count >= 0.0)
        }
        "pattern" | "$ref" | "description" | "title" => value.is_string(),
        _ => true,
    })
}

fn is_type(value: &Value) -> bool {
    let known = ["array", "boolean", "integer", "null", "number", "object", "string"];
    value.as_str().is_some_and(|kind| known.contains(&kind))
}
