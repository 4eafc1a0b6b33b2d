//! Whatever stands in a body, it is answered: nothing makes the simulator drop a request.

use serde_json::{Value, json};

use crate::client::{ask_with, simulator, tool};

/// A request that uses most of what there is.
fn rich() -> Value {
    json!({
        "model": "claude-sonnet-5-5", "max_tokens": 500, "stream": true,
        "system": [{ "type": "text", "text": "s", "cache_control": { "type": "ephemeral" } }],
        "tools": [tool("Bash"), { "type": "web_search_20250305", "name": "web_search" }],
        "tool_choice": { "type": "auto", "disable_parallel_tool_use": true },
        "thinking": { "type": "adaptive", "display": "omitted" },
        "output_config": { "effort": "low", "format": { "type": "json_schema",
            "schema": { "type": "object", "properties": { "a": { "type": "string" } } } } },
        "context_management": { "edits": [{ "type": "clear_thinking_20251015", "keep": "all" }] },
        "metadata": { "user_id": "u" }, "stop_sequences": ["x"], "temperature": 1,
        "messages": [
            { "role": "user", "content": [{ "type": "text", "text": "[[say:a]]" },
                { "type": "document", "source": { "type": "text", "media_type": "text/plain",
                    "data": "d" } }] },
            { "role": "system", "content": "c", "output_config": { "effort": "low" } },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "t", "name": "Bash",
                "input": { "a": [1, 2.5, null] } }] },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t",
                "content": [{ "type": "text", "text": "ok" }], "is_error": false }] },
        ],
    })
}

const BETAS: (&str, &str) = (
    "anthropic-beta",
    "effort-2025-11-24,structured-outputs-2025-12-15,context-management-2025-06-27,\
     per-turn-control-2026-07-01",
);

/// Paths to every value in a value.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| paths(value, &format!("{path}/{key}"), found));
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                paths(value, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn any_value_in_any_place_gets_an_answer() {
    let running = simulator().await;
    let served = ask_with(&running, &[BETAS], &rich()).await;
    assert_eq!(served.status, 200, "{}", served.text());
    let mut places = Vec::new();
    paths(&rich(), "", &mut places);
    let values = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!(-1),
        json!(1e300),
        json!(true),
        json!("é"),
    ];
    for place in &places {
        for value in &values {
            let mut body = rich();
            *body.pointer_mut(place).expect("a place") = value.clone();
            let answer = ask_with(&running, &[BETAS], &body).await;
            assert!(matches!(answer.status, 200 | 400 | 404), "{value} at {place}: {answer:?}");
            if answer.status == 200 {
                let last = answer.text().trim_end().ends_with('}');
                assert!(last, "{value} at {place}: {}", answer.text());
            } else {
                assert!(!answer.error().contains("{}"), "{value} at {place}: {}", answer.error());
            }
        }
    }
    assert_eq!(running.control().counters().open, 0);
}
