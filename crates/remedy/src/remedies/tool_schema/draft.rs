//! A JSON schema, put into the words of draft 2020-12.
//!
//! Only what is wrong there changes. The depth is bounded by that of the JSON parser.

use serde_json::{Map, Value, json};

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
/// Keywords whose value is a schema.
const SCHEMAS: [&str; 11] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value has schemas by name.
const MAPS: [&str; 4] = ["$defs", "dependentSchemas", "patternProperties", "properties"];
const COUNTS: [&str; 6] =
    ["maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"];
const NUMBERS: [&str; 5] =
    ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"];
const TEXTS: [&str; 6] = ["$comment", "$id", "$ref", "description", "pattern", "title"];

/// Puts a tool's schema into draft 2020-12: an object with properties at the top.
pub(super) fn sanitise(schema: &mut Value) {
    mend(schema);
    let Some(own) = schema.as_object_mut() else { return };
    if own.get("type") != Some(&json!("object")) {
        own.insert("type".to_owned(), json!("object"));
    }
    if !own.contains_key("properties") {
        own.insert("properties".to_owned(), json!({}));
    }
}

/// Drops parameters whose names no upstream takes.
pub(super) fn drop_keys(schema: &mut Value) {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let is_right = |key: &str| (1..=64).contains(&key.len()) && key.chars().all(is_sign);
    if let Some(own) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        own.retain(|key, _| is_right(key));
    }
    if let Some(own) = schema.get_mut("required").and_then(Value::as_array_mut) {
        own.retain(|key| key.as_str().is_some_and(is_right));
    }
}

fn mend(schema: &mut Value) {
    if !schema.is_object() && !schema.is_boolean() {
        // Some write a type's name in place of its schema.
        let named = schema.as_str().filter(|name| TYPES.contains(name));
        *schema = named.map_or_else(|| json!({}), |name| json!({"type": name}));
    }
    let Some(own) = schema.as_object_mut() else { return };
    rename(own);
    mend_tuple(own);
    mend_bounds(own);
    mend_type(own);
    mend_required(own);
    drop_wrong(own);
    descend(own);
}

/// What older drafts called otherwise.
fn rename(own: &mut Map<String, Value>) {
    if own
        .get("$schema")
        .is_some_and(|draft| draft.as_str().is_none_or(|draft| !draft.contains("2020-12")))
    {
        own.remove("$schema");
    }
    if let Some(Value::Object(definitions)) = own.remove("definitions") {
        let defs = own.entry("$defs").or_insert_with(|| json!({}));
        for (name, schema) in definitions {
            if let Some(defs) = defs.as_object_mut() {
                defs.entry(name).or_insert(schema);
            }
        }
    }
    if let Some(Value::String(id)) = own.remove("id") {
        own.entry("$id").or_insert(Value::String(id));
    }
    if let Some(Value::String(reference)) = own.get_mut("$ref")
        && reference.starts_with('#')
    {
        *reference = reference.replace("/definitions/", "/$defs/");
    }
}

fn mend_tuple(own: &mut Map<String, Value>) {
    if !own.get("items").is_some_and(Value::is_array) {
        return;
    }
    let rest = own.remove("additionalItems");
    if let Some(items) = own.remove("items") {
        // An empty list of schemas is none.
        if items.as_array().is_some_and(|items| !items.is_empty()) {
            own.insert("prefixItems".to_owned(), items);
        }
    }
    if let Some(rest) = rest {
        own.insert("items".to_owned(), rest);
    }
}

fn mend_bounds(own: &mut Map<String, Value>) {
    for (exclusive, plain) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        let Some(Value::Bool(is_exclusive)) = own.get(exclusive).cloned() else { continue };
        own.remove(exclusive);
        if is_exclusive && let Some(bound) = own.remove(plain) {
            own.insert(exclusive.to_owned(), bound);
        }
    }
}

fn mend_type(own: &mut Map<String, Value>) {
    let is_type = |name: &Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
    match own.get_mut("type") {
        Some(Value::Array(names)) => {
            let mut seen = Vec::new();
            names.retain(|name| {
                let is_kept = is_type(name) && !seen.contains(name);
                seen.push(name.clone());
                is_kept
            });
            if names.is_empty() {
                own.remove("type");
            }
        }
        Some(name) if !is_type(name) => {
            own.remove("type");
        }
        Some(_) | None => {}
    }
    if let Some(nullable) = own.remove("nullable")
        && nullable == json!(true)
        && let Some(name) = own.get("type").filter(|name| name.is_string()).cloned()
    {
        own.insert("type".to_owned(), json!([name, "null"]));
    }
}

fn mend_required(own: &mut Map<String, Value>) {
    match own.get_mut("required") {
        Some(Value::Array(names)) => {
            let mut seen = Vec::new();
            names.retain(|name| {
                let is_kept = name.is_string() && !seen.contains(name);
                seen.push(name.clone());
                is_kept
            });
        }
        Some(_) => {
            own.remove("required");
        }
        None => {}
    }
}

/// Drops keywords whose value is of the wrong kind.
fn drop_wrong(own: &mut Map<String, Value>) {
    own.retain(|key, value| match key.as_str() {
        "additionalProperties" => value.is_boolean() || value.is_object(),
        "enum" => value.is_array(),
        "format" => value.is_string(),
        "uniqueItems" => value.is_boolean(),
        key if COUNTS.contains(&key) => value.is_u64(),
        key if NUMBERS.contains(&key) => value.is_number(),
        key if TEXTS.contains(&key) => value.is_string(),
        key if LISTS.contains(&key) => value.as_array().is_some_and(|list| !list.is_empty()),
        key if MAPS.contains(&key) => value.is_object(),
        _ => true,
    });
}

fn descend(own: &mut Map<String, Value>) {
    for (key, value) in own.iter_mut() {
        let key = key.as_str();
        match value {
            Value::Object(named) if MAPS.contains(&key) => named.values_mut().for_each(mend),
            Value::Array(list) if LISTS.contains(&key) => list.iter_mut().for_each(mend),
            value if SCHEMAS.contains(&key) => mend(value),
            _ => {}
        }
    }
}
