//! Betas and body fields are pairs: one without the other is refused, so both go or both stay.
//!
//! The table is data: `capabilities/betas.toml`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use salve_wire::Document;
use serde::Deserialize;

use crate::outbound::Outbound;
use crate::{blocks, path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    beta: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    fields: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
    toml::from_str(include_str!("../../../capabilities/betas.toml")).expect("betas.toml is valid")
});

/// The features of a body that need this beta.
pub fn features_of(beta: &str) -> impl Iterator<Item = &'static str> {
    let rows = TABLE.beta.iter().filter(move |row| row.name == beta);
    rows.flat_map(|row| row.fields.iter().map(String::as_str))
}

/// The betas that open this feature.
pub fn betas_of(feature: &str) -> impl Iterator<Item = &'static str> {
    let opens = move |row: &&Row| row.fields.iter().any(|field| field == feature);
    TABLE.beta.iter().filter(opens).map(|row| row.name.as_str())
}

/// Whether the body uses a feature that a beta may open.
pub fn is_used(body: &mut Document, feature: &str) -> bool {
    let Some((kind, value)) = feature.split_once(':') else {
        return feature == "deferred-tools" && has_deferred_tools(body);
    };
    match kind {
        "field" => path::has(body, value),
        "role" => any_is(body, "messages", "role", value),
        "block" => has_block(body, value),
        "tool-type" => any_is(body, "tools", "type", value),
        "thinking.display" => {
            body.at(&["thinking", "display"]).is_some_and(|display| display.is(value))
        }
        _ => false,
    }
}

/// Whether a tool is loaded only when it is looked for.
fn has_deferred_tools(body: &mut Document) -> bool {
    body.get("tools").is_some_and(|tools| {
        tools.mentions(b"\"defer_loading\"") || tools.mentions(b"\"tool_search_tool_")
    })
}

fn has_block(body: &mut Document, kind: &str) -> bool {
    let mut is_found = false;
    blocks::each(body, format!("\"{kind}\"").as_bytes(), &mut |block| {
        is_found |= blocks::is_of_type(block, kind);
    });
    is_found
}

fn any_is(body: &mut Document, list: &str, name: &str, value: &str) -> bool {
    let quoted = format!("\"{value}\"");
    body.get(list).filter(|list| list.mentions(quoted.as_bytes())).is_some_and(|list| {
        list.items().any(|item| item.get(name).is_some_and(|node| node.is(value)))
    })
}

/// Takes out the betas that nothing needs any more now that a feature is gone, or, of a field,
/// what is below it.
pub(crate) fn drop_idle_betas(request: &mut Outbound, gone: &str) {
    let opens = |row: &&Row| row.fields.iter().any(|field| is_at_or_below(field, gone));
    for row in TABLE.beta.iter().filter(opens) {
        if !row.fields.iter().any(|field| is_used(&mut request.body, field)) {
            request.betas.remove(&mut request.body, &row.name);
        }
    }
}

fn is_at_or_below(feature: &str, above: &str) -> bool {
    let rest = feature.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with("[]."))
}
