//! Hashing JSON by meaning: key order does not matter, cache breakpoints are not seen.

use std::hash::{DefaultHasher, Hash};

use serde_json::Value;

/// Hashes a text block.
pub(super) fn hash_text(role: &str, text: &str, hash: &mut DefaultHasher) {
    role.hash(hash);
    "text".hash(hash);
    text.hash(hash);
}

/// Hashes a value; its depth is bounded by the parser's.
pub(super) fn hash_value(value: &Value, hash: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(hash),
        Value::Bool(truth) => (1_u8, truth).hash(hash),
        Value::Number(number) => (2_u8, number).hash(hash),
        Value::String(text) => (3_u8, text).hash(hash),
        Value::Array(values) => {
            (4_u8, values.len()).hash(hash);
            values.iter().for_each(|value| hash_value(value, hash));
        }
        Value::Object(fields) => {
            5_u8.hash(hash);
            let mut keys: Vec<&String> =
                fields.keys().filter(|key| *key != "cache_control").collect();
            keys.sort_unstable();
            for key in keys {
                key.hash(hash);
                fields.get(key).into_iter().for_each(|value| hash_value(value, hash));
            }
        }
    }
}
