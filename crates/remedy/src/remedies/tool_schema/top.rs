//! Alternatives at the top of a schema, made one object.

use serde_json::{Map, Value, json};

const KEYS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Makes one object schema of the alternatives at the top: it has the properties of all of them,
/// and needs what every one of them needs.
pub(super) fn merge(schema: &mut Value) {
    let Some(own) = schema.as_object_mut() else { return };
    if !KEYS.iter().any(|key| own.contains_key(*key)) {
        return;
    }
    let mut properties = properties(own);
    let mut required = required(own);
    for key in KEYS {
        let Some(list) = own.remove(key) else { continue };
        let branches: Vec<_> = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|branch| resolved(own, branch))
            .collect();
        for (name, schema) in branches.iter().flat_map(self::properties) {
            properties.entry(name).or_insert(schema);
        }
        let mut needs = branches.iter().map(self::required);
        let common = match key {
            "allOf" => needs.flatten().collect(),
            _ => needs.next().map_or_else(Vec::new, |first: Vec<Value>| {
                let rest: Vec<_> = needs.collect();
                let is_common = |name: &Value| rest.iter().all(|needs| needs.contains(name));
                first.into_iter().filter(is_common).collect()
            }),
        };
        for name in common {
            if !required.contains(&name) {
                required.push(name);
            }
        }
    }
    own.insert("type".to_owned(), json!("object"));
    own.insert("properties".to_owned(), Value::Object(properties));
    if required.is_empty() {
        own.remove("required");
    } else {
        own.insert("required".to_owned(), Value::Array(required));
    }
}

fn properties(schema: &Map<String, Value>) -> Map<String, Value> {
    schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn required(schema: &Map<String, Value>) -> Vec<Value> {
    schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A branch, looked up among the schema's own definitions where it refers to one.
fn resolved(own: &Map<String, Value>, branch: &Value) -> Option<Map<String, Value>> {
    let branch = branch.as_object()?;
    let Some(reference) = branch.get("$ref").and_then(Value::as_str) else {
        return Some(branch.clone());
    };
    let mut steps = reference.strip_prefix("#/")?.split('/');
    let (list, name) = (steps.next()?, steps.next()?);
    own.get(list)?.get(name)?.as_object().cloned()
}
