//! The tools offered, and the choice among them.

use std::collections::HashSet;

use serde_json::Value;

use super::{Broken, Case, Rule, broken, text_of};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "tool-names-repeated",
        says: "tools: Tool names must be unique.",
        check: |case| {
            let mut seen = HashSet::new();
            let mut names = case.tools().iter().filter_map(|tool| tool.get("name")?.as_str());
            names.any(|name| !seen.insert(name)).then(Vec::new)
        },
    },
    Rule {
        id: "tool-deferred-and-cached",
        says: "tools.{}.custom: `cache_control` cannot be set on a tool with `defer_loading`",
        check: |case| {
            let both = |tool: &Value| {
                is_deferred(tool) && tool.get("cache_control").is_some_and(Value::is_object)
            };
            broken([case.tools().iter().position(both)?.to_string()])
        },
    },
    Rule {
        id: "tools-all-deferred",
        says: "tools: At least one tool must not be deferred with `defer_loading`",
        check: |case| {
            let tools = case.tools();
            (!tools.is_empty() && tools.iter().all(is_deferred)).then(Vec::new)
        },
    },
    Rule {
        id: "tool-choice-without-tools",
        says: "tool_choice: `tool_choice` may only be specified while providing `tools`.",
        check: |case| {
            let chosen = case.body.get("tool_choice").is_some_and(Value::is_object);
            (chosen && case.tools().is_empty()).then(Vec::new)
        },
    },
    Rule {
        id: "tool-choice-unknown",
        says: "Tool '{}' not found in provided tools",
        check: choice_unknown,
    },
];

fn is_deferred(tool: &Value) -> bool {
    tool.get("defer_loading").and_then(Value::as_bool) == Some(true)
}

fn choice_unknown(case: &Case<'_>) -> Broken {
    let choice = case.body.get("tool_choice")?;
    if text_of(choice, "type") != "tool" {
        return None;
    }
    let name = text_of(choice, "name");
    let offered = case.tools().iter().any(|tool| text_of(tool, "name") == name);
    (!offered).then(|| vec![name.to_owned()])
}
