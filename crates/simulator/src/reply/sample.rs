//! The smallest JSON value that fits a schema.

use serde_json::{Map, Value, json};

use crate::limits;
use crate::prompt::list;

/// A value for the schema of an output format. Understands types, `properties`, `required`, `enum`,
/// `const`, `anyOf`, `oneOf`, `allOf`, `$ref` into the schema, `minimum`, `minItems`, `minLength`.
pub(super) fn json_for(schema: &Value) -> Value {
    Sampler { root: schema }.value("", schema, 0)
}

struct Sampler<'a> {
    root: &'a Value,
}

impl Sampler<'_> {
    fn value(&self, name: &str, schema: &Value, depth: usize) -> Value {
        if depth > limits::SCHEMA_DEPTH_MAX {
            return Value::Null;
        }
        if let Some(fixed) = schema.get("const").or_else(|| list(schema.get("enum")).first()) {
            return fixed.clone();
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = target.strip_prefix('#').and_then(|path| self.root.pointer(path));
            return target.map_or(Value::Null, |target| self.value(name, target, depth + 1));
        }
        let choices = ["anyOf", "oneOf", "allOf"].into_iter();
        let mut choices = choices.filter_map(|key| list(schema.get(key)).first());
        if let Some(choice) = choices.next() {
            return self.value(name, choice, depth + 1);
        }
        self.typed(name, schema, depth)
    }

    fn typed(&self, name: &str, schema: &Value, depth: usize) -> Value {
        let kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            kinds => list(kinds).first().and_then(Value::as_str).unwrap_or("object"),
        };
        match kind {
            "object" => self.object(schema, depth),
            "array" => {
                let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                let count = usize::try_from(count).unwrap_or(0).min(limits::PARTS_MAX);
                let element = schema.get("items").unwrap_or(&Value::Null);
                (0..count).map(|_| self.value(name, element, depth + 1)).collect()
            }
            "string" => json!(text(name, schema)),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(0)),
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let fields = properties
            .iter()
            .map(|(name, property)| (name.clone(), self.value(name, property, depth + 1)));
        Value::Object(fields.collect())
    }
}

fn text(name: &str, schema: &Value) -> String {
    let named = if name.is_empty() { "text" } else { name };
    let mut text = format!("Simulated {named}");
    let length_min = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0);
    while (text.chars().count() as u64) < length_min.min(limits::PARTS_MAX as u64) {
        text.push('.');
    }
    if let Some(length_max) = schema.get("maxLength").and_then(Value::as_u64) {
        text = text.chars().take(usize::try_from(length_max).unwrap_or(usize::MAX)).collect();
    }
    text
}
