//! The directive language: what a prompt may ask of the simulator.
//!
//! Directives stand in the text of the last user message and are carried out in their order:
//!
//! | directive | effect |
//! |---|---|
//! | `[[say:TEXT]]` | a text block |
//! | `[[tool:NAME {"key":"value"}]]` | a `tool_use` block, if the request offers that tool |
//! | `[[think]]`, `[[think:TEXT]]` | a thinking block first, if thinking is on |
//! | `[[tokens:N]]` | a text block of exactly N tokens |
//! | `[[blocks:N]]` | N short text blocks |
//! | `[[deltas:N]]` | text streamed in exactly N deltas a block (as far as it has letters) |
//! | `[[pace:MS]]` | that many milliseconds between events |
//! | `[[search:QUERY]]` | a web search, if the request offers the `web_search` tool |
//! | `[[stop:REASON]]` | that `stop_reason` |
//! | `[[then]]` | what follows is for the turn after the tool results |
//!
//! Without any, the reply quotes the prompt, or the tool result it answers. A request with an
//! output schema gets the smallest JSON that fits it; a request to compact gets a `<summary>`.
//! When thinking is `enabled` there is always a thinking block; when it is `adaptive` or
//! `between_tools`, only on `[[think]]`.

use serde_json::{Map, Value};

use crate::limits;

/// One thing a prompt asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Directive {
    Say(String),
    Tool { name: String, input: Value },
    Think(Option<String>),
    Tokens(usize),
    Blocks(usize),
    Deltas(usize),
    Pace(u64),
    Search(String),
    Stop(String),
}

/// The directives of a text by turns, as divided by `[[then]]`. What is not a directive is skipped.
pub(crate) fn read(text: &str) -> Vec<Vec<Directive>> {
    let mut turns = vec![Vec::new()];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("[[") {
        let (directive, left) = next(after);
        rest = left;
        match directive {
            Next::Then => turns.push(Vec::new()),
            Next::Directive(directive) => {
                if let Some(turn) = turns.last_mut() {
                    turn.push(directive);
                }
            }
            Next::Nothing => {}
        }
    }
    turns
}

enum Next {
    Then,
    Directive(Directive),
    Nothing,
}

/// Reads what stands after `[[`; gives the text after it.
fn next(text: &str) -> (Next, &str) {
    if let Some(call) = text.strip_prefix("tool:") {
        return tool(call);
    }
    let Some((inside, rest)) = text.split_once("]]") else {
        return (Next::Nothing, "");
    };
    let (word, value) = inside.split_once(':').unwrap_or((inside, ""));
    let number = || value.trim().parse::<usize>().ok();
    let directive = match word.trim() {
        "then" => return (Next::Then, rest),
        "say" => Some(Directive::Say(value.to_owned())),
        "think" => Some(Directive::Think((!value.is_empty()).then(|| value.to_owned()))),
        "tokens" => number()
            .map(|n| n.min(limits::GENERATED_BYTES_MAX / crate::tokens::BYTES_PER_TOKEN))
            .map(Directive::Tokens),
        "blocks" => number().map(|n| Directive::Blocks(n.min(limits::PARTS_MAX))),
        "deltas" => number().map(|n| Directive::Deltas(n.clamp(1, limits::PARTS_MAX))),
        "pace" => value.trim().parse().ok().map(Directive::Pace),
        "search" => Some(Directive::Search(value.trim().to_owned())),
        "stop" => Some(Directive::Stop(value.trim().to_owned())),
        _ => None,
    };
    (directive.map_or(Next::Nothing, Next::Directive), rest)
}

/// `NAME]]` or `NAME {json}]]`; the JSON may hold brackets of its own.
fn tool(text: &str) -> (Next, &str) {
    let end = text.find([' ', ']']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let rest = rest.trim_start();
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Map<String, Value>>();
    let (input, rest) = match rest.starts_with('{').then(|| values.next()).flatten() {
        Some(Ok(input)) => (input, rest.get(values.byte_offset()..).unwrap_or_default()),
        Some(Err(_)) => return (Next::Nothing, rest),
        None => (Map::new(), rest),
    };
    match rest.trim_start().strip_prefix("]]") {
        Some(rest) if !name.is_empty() => {
            let input = Value::Object(input);
            (Next::Directive(Directive::Tool { name: name.to_owned(), input }), rest)
        }
        _ => (Next::Nothing, rest),
    }
}

#[cfg(test)]
mod tests;
