//! Tools, their choice and their schemas.

use serde_json::json;

use super::{Case, OPUS, SEARCH, case, good_schema, schema, with};
use crate::client::tool;

pub fn all() -> Vec<Case> {
    let deferred =
        json!({ "name": "d", "input_schema": { "type": "object" }, "defer_loading": true });
    let mut both = deferred.clone();
    both["cache_control"] = json!({ "type": "ephemeral" });
    vec![
        case(
            "tool-names-repeated",
            &[],
            with(OPUS, json!({ "tools": [tool("a"), tool("a")] })),
            "tools: Tool names must be unique.",
            with(OPUS, json!({ "tools": [tool("a"), tool("b")] })),
        ),
        case(
            "tool-deferred-and-cached",
            SEARCH,
            with(OPUS, json!({ "tools": [tool("a"), both] })),
            "tools.1.custom: `cache_control` cannot be set on a tool with `defer_loading`",
            with(OPUS, json!({ "tools": [tool("a"), deferred] })),
        ),
        case(
            "tools-all-deferred",
            SEARCH,
            with(OPUS, json!({ "tools": [deferred] })),
            "tools: At least one tool must not be deferred with `defer_loading`",
            with(OPUS, json!({ "tools": [deferred, tool("a")] })),
        ),
        case(
            "tool-choice-without-tools",
            &[],
            with(OPUS, json!({ "tool_choice": { "type": "auto" } })),
            "tool_choice: `tool_choice` may only be specified while providing `tools`.",
            with(OPUS, json!({ "tool_choice": { "type": "auto" }, "tools": [tool("a")] })),
        ),
        case(
            "tool-choice-unknown",
            &[],
            with(
                OPUS,
                json!({ "tool_choice": { "type": "tool", "name": "b" }, "tools": [tool("a")] }),
            ),
            "Tool 'b' not found in provided tools",
            with(
                OPUS,
                json!({ "tool_choice": { "type": "tool", "name": "a" }, "tools": [tool("a")] }),
            ),
        ),
        case(
            "schema-not-object",
            &[],
            schema(json!({ "properties": {} })),
            "tools.1.custom.input_schema.type: Field required",
            good_schema(),
        ),
        case(
            "schema-wrong-type",
            &[],
            schema(json!({ "type": "array" })),
            "tools.1.custom.input_schema.type: Input should be 'object'",
            good_schema(),
        ),
        case(
            "schema-top-choice",
            &[],
            schema(json!({ "type": "object", "anyOf": [{ "type": "object" }] })),
            "tools.1.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at \
             the top level",
            schema(json!({ "type": "object",
                "properties": { "a": { "anyOf": [{ "type": "string" }] } } })),
        ),
        case(
            "schema-property-key",
            &[],
            schema(json!({ "type": "object", "properties": { "a b": { "type": "string" } } })),
            "tools.1.custom.input_schema.properties: Property keys should match pattern \
             '^[a-zA-Z0-9_.-]{1,64}$'",
            good_schema(),
        ),
        case(
            "schema-invalid",
            &[],
            schema(json!({ "type": "object", "properties": { "a": { "type": "text" } } })),
            "tools.1.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft \
             2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at \
             https://docs.claude.com/en/docs/tool-use.",
            good_schema(),
        ),
    ]
}
