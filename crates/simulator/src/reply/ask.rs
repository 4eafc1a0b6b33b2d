//! What a request asks the reply to be.

use serde_json::Value;

use crate::directives::{self, Directive};
use crate::prompt::list;
use crate::rules::Checked;

/// Start of the prompt by which Claude Code asks for a summary of the conversation.
const COMPACTION: &str = "CRITICAL: Respond with TEXT ONLY";

/// What the reply shall hold.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Directives of this turn that make content.
    pub orders: Vec<Directive>,
    /// What the reply is about when there are none.
    pub topic: Topic,
    /// `[[think]]`, with its text.
    pub think: Option<Option<String>>,
    pub stop: Option<String>,
    pub deltas: Option<usize>,
    pub pace_ms: Option<u64>,
}

/// What a reply without directives is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// The text of the prompt.
    Prompt(String),
    /// The text of the last tool result.
    ToolResult(String),
    /// A summary of the conversation.
    Compaction,
}

impl Default for Topic {
    fn default() -> Self {
        Self::Prompt(String::new())
    }
}

/// Reads what the conversation asks for.
pub(super) fn read(checked: &Checked) -> Asked {
    let messages = list(checked.body.get("messages"));
    let users = messages.iter().enumerate().filter(|(_, message)| role(message) == "user");
    let Some((last, message)) = users.clone().next_back() else {
        return Asked::default();
    };
    let text = texts(message);
    let result = last_result(message);
    let mut asked =
        Asked { topic: topic(&text, last_text(message), result.clone()), ..Asked::default() };
    if asked.topic == Topic::Compaction {
        // Such a prompt quotes nothing and calls nothing, whatever stands beside it.
        return asked;
    }
    let own = directives::read(&text).into_iter().next().unwrap_or_default();
    let orders = if result.is_none() || !own.is_empty() {
        own
    } else {
        continued(messages, last).unwrap_or_default()
    };
    for order in orders {
        asked.take(order);
    }
    asked
}

impl Asked {
    fn take(&mut self, order: Directive) {
        match order {
            Directive::Think(text) => self.think = Some(text),
            Directive::Stop(reason) => self.stop = Some(reason),
            Directive::Deltas(count) => self.deltas = Some(count),
            Directive::Pace(ms) => self.pace_ms = Some(ms),
            content @ (Directive::Say(_)
            | Directive::Tool { .. }
            | Directive::Tokens(_)
            | Directive::Blocks(_)
            | Directive::Search(_)) => self.orders.push(content),
        }
    }
}

/// The turn of an earlier prompt that follows the tool results of this message: as many `[[then]]`
/// further as there were assistant messages since.
fn continued(messages: &[Value], last: usize) -> Option<Vec<Directive>> {
    let before = messages.get(..last)?;
    let prompts = |message: &Value| role(message) == "user" && last_result(message).is_none();
    let start = before.iter().rposition(prompts)?;
    let since = before.get(start..)?;
    let turns = since.iter().filter(|message| role(message) == "assistant").count();
    directives::read(&texts(before.get(start)?)).into_iter().nth(turns)
}

fn topic(text: &str, last: &str, result: Option<String>) -> Topic {
    if text.contains(COMPACTION) {
        return Topic::Compaction;
    }
    match result {
        Some(result) => Topic::ToolResult(result),
        None => Topic::Prompt(last.to_owned()),
    }
}

fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a message, one under the other.
fn texts(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        content => {
            let texts = list(content).iter().filter(|block| kind(block) == "text");
            let texts = texts.filter_map(|block| block.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join("\n")
        }
    }
}

/// The last text of a message: what the user typed, as clients put their reminders before it.
fn last_text(message: &Value) -> &str {
    match message.get("content") {
        Some(Value::String(text)) => text,
        content => {
            let mut texts = list(content).iter().rev().filter(|block| kind(block) == "text");
            texts.next().and_then(|block| block.get("text")?.as_str()).unwrap_or_default()
        }
    }
}

/// The text of the last tool result of a message.
fn last_result(message: &Value) -> Option<String> {
    let mut blocks = list(message.get("content")).iter().rev();
    let result = blocks.find(|block| kind(block) == "tool_result")?;
    Some(texts(result))
}

fn kind(block: &Value) -> &str {
    block.get("type").and_then(Value::as_str).unwrap_or_default()
}
