//! Request bodies that look like an agent's: system text, tools, and many turns of code.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Fault;

/// How a body that asks for a stream ends. `stream` is written last, as Claude Code does.
pub(crate) const STREAM_MARK: &[u8] = b"\"stream\":true}";

/// Code as agents read it: quotes, tabs, newlines, backslashes, and a few letters beyond ASCII.
const CODE: &[&str] = &[
    "\tlet path = root.join(\"src\\\\main.rs\");\n",
    "    if (name === \"\\u00e9t\\u00e9\") { return `${a}/${b}`; }\n",
    "def grüße(name: str) -> str:\n    return f\"Hallo, {name}!\\n\"\n",
    "     42\t    println!(\"{:?}\", bytes.iter().map(|b| b.to_string()).collect::<Vec<_>>());\n",
    "  \"scripts\": { \"test\": \"jest --coverage && echo \\\"done\\\"\" },\n",
    "-    assert_eq!(found, \"left\");\n+    assert_eq!(found, \"right\"); // “typographic” → arrow\n",
    "\t\terr = fmt.Errorf(\"reading %q: %w\", path, err)\r\n",
    "SELECT id, name FROM users WHERE name LIKE '%\\_%' ESCAPE '\\' AND note <> \"\";\n",
];

/// Fields in the order in which Claude Code writes them.
#[derive(Serialize)]
struct Request {
    model: &'static str,
    messages: Vec<Value>,
    system: Vec<Value>,
    tools: Vec<Value>,
    metadata: Value,
    max_tokens: u32,
    stream: bool,
}

/// A body of about `bytes` bytes, never more than a turn larger.
///
/// # Errors
/// Never in practice: the values all have a JSON form.
pub(crate) fn request(bytes: usize, stream: bool) -> Result<Bytes, Fault> {
    let turn_bytes = (bytes / 16).clamp(256, 6_000);
    let is_small = bytes < 10_000;
    let mut request = Request {
        model: "claude-sonnet-5-5",
        messages: vec![said("user", text("Please mend the failing test.".to_owned()))],
        system: vec![text(if is_small { "You write code.".into() } else { code(0, bytes / 12) })],
        tools: tools(if is_small { 1 } else { 12 }),
        metadata: json!({"user_id": "{\"device_id\":\"d0\",\"session_id\":\"s0\"}"}),
        max_tokens: 32_000,
        stream,
    };
    let mut length = serde_json::to_vec(&request)?.len();
    for turn in 0.. {
        if length >= bytes {
            break;
        }
        let messages = exchange(turn, turn_bytes.min(bytes - length));
        length += serde_json::to_vec(&messages)?.len();
        request.messages.extend(messages);
    }
    Ok(Bytes::from(serde_json::to_vec(&request)?))
}

/// A tool call and its result, which is where most of an agent's bytes come from.
fn exchange(turn: usize, bytes: usize) -> [Value; 2] {
    let id = format!("toolu_{turn:020}");
    let call = json!({"type": "tool_use", "id": id, "name": "tool_0", "input": {"path": "a/b.rs"}});
    let result = json!({"type": "tool_result", "tool_use_id": id, "content": code(turn, bytes)});
    [said("assistant", call), said("user", result)]
}

fn said(role: &str, block: Value) -> Value {
    json!({"role": role, "content": [block]})
}

fn text(text: String) -> Value {
    json!({"type": "text", "text": text})
}

/// About `bytes` bytes of code, starting at another line for another `turn`.
fn code(turn: usize, bytes: usize) -> String {
    let mut written = String::with_capacity(bytes + 128);
    let lines = CODE.iter().cycle().skip(turn % CODE.len());
    for line in lines {
        if written.len() >= bytes {
            break;
        }
        written.push_str(line);
    }
    written
}

fn tools(count: usize) -> Vec<Value> {
    let tool = |number| {
        json!({
            "name": format!("tool_{number}"),
            "description": "Reads a file from the project and returns it with line numbers.",
            "input_schema": {
                "type": "object",
                "properties": {"path": {"type": "string", "description": "An absolute path."}},
                "required": ["path"],
            },
        })
    };
    (0..count).map(tool).collect()
}

#[cfg(test)]
mod tests;
