//! Writing the blocks of a reply.

use serde_json::{Value, json};

use super::ask::{Asked, Topic};
use super::block::Block;
use super::sample;
use crate::directives::Directive;
use crate::ids;
use crate::law::Law;
use crate::model::ThinkingMode;
use crate::prompt::list;
use crate::rules::Checked;
use crate::signature::Mint;
use crate::tokens;

/// Letters of the prompt or tool result a reply quotes at most.
const QUOTED_MAX: usize = 400;

/// The page every simulated search finds.
const FOUND_URL: &str = "https://example.com/simulated";

/// The blocks a request asks for, unsigned and uncut.
pub(super) fn write(
    checked: &Checked,
    asked: &Asked,
    mint: &Mint,
    seed: u64,
    law: &Law,
) -> Vec<Block> {
    let mut writer = Writer { checked, mint, seed, law, blocks: Vec::new() };
    writer.think(asked);
    if let Some(schema) = checked.output_schema() {
        writer.say(sample::json_for(schema).to_string());
        return writer.blocks;
    }
    let before = writer.blocks.len();
    for order in &asked.orders {
        writer.carry_out(order);
    }
    if writer.blocks.len() == before {
        writer.unasked(&asked.topic);
    }
    writer.blocks
}

struct Writer<'a> {
    checked: &'a Checked,
    mint: &'a Mint,
    seed: u64,
    law: &'a Law,
    blocks: Vec<Block>,
}

impl Writer<'_> {
    fn say(&mut self, text: String) {
        // The service never sends an empty text block, and would refuse it in the next request.
        if !text.trim().is_empty() {
            self.blocks.push(Block::Text { text });
        }
    }

    fn think(&mut self, asked: &Asked) {
        let wanted = match self.checked.thinking_mode() {
            ThinkingMode::Enabled => true,
            ThinkingMode::Adaptive | ThinkingMode::BetweenTools => {
                asked.think.is_some() || self.law.profile.always_shows_thinking
            }
            ThinkingMode::Disabled => false,
        };
        if !wanted {
            return;
        }
        let text = asked.think.clone().flatten();
        let text = text.unwrap_or_else(|| "I consider the request and how to answer it.".into());
        let thought = tokens::count_text(&text).max(1);
        let thinking = if self.checked.thinking_is_omitted() { String::new() } else { text };
        self.blocks.push(Block::Thinking { thinking, signature: String::new(), thought });
    }

    fn carry_out(&mut self, order: &Directive) {
        match order {
            Directive::Say(text) => self.say(text.clone()),
            Directive::Tool { name, input } => self.call(name, input),
            Directive::Tokens(count) => self.say(words(*count)),
            Directive::Blocks(count) => {
                (1..=*count).for_each(|number| self.say(format!("Block {number} of {count}.")));
            }
            Directive::Search(query) => self.search(query),
            Directive::Think(_)
            | Directive::Stop(_)
            | Directive::Deltas(_)
            | Directive::Pace(_) => {}
        }
    }

    fn unasked(&mut self, topic: &Topic) {
        if let (Topic::Prompt(prompt), true) = (topic, self.offers_only_search()) {
            let query = quoted(prompt);
            return self.search(&query);
        }
        let model = &self.checked.model_name;
        self.say(match topic {
            Topic::Prompt(text) => {
                format!("You wrote: \"{}\". This is a simulated reply of {model}.", quoted(text))
            }
            Topic::ToolResult(text) if text.trim().is_empty() => {
                "The tool answered without text.".to_owned()
            }
            Topic::ToolResult(text) => format!("The tool answered: {}", quoted(text)),
            Topic::Compaction => {
                let count = list(self.checked.body.get("messages")).len();
                format!("<summary>\nA simulated conversation of {count} messages.\n</summary>")
            }
        });
    }

    fn call(&mut self, name: &str, input: &Value) {
        if self.offers(|tool| tool.get("name").and_then(Value::as_str) == Some(name)) {
            let id = self.new_id("toolu");
            self.blocks.push(Block::ToolUse { id, name: name.to_owned(), input: input.clone() });
        } else {
            self.say(format!("The request offers no tool named {name}."));
        }
    }

    fn search(&mut self, query: &str) {
        if !self.offers(is_search) {
            return self.say("The request offers no web search.".to_owned());
        }
        let id = self.new_id("srvtoolu");
        let input = json!({ "query": query });
        let name = "web_search".to_owned();
        self.blocks.push(Block::ServerToolUse { id: id.clone(), name, input });
        let content = json!([{
            "type": "web_search_result",
            "url": FOUND_URL,
            "title": "A simulated search result",
            "encrypted_content": self.mint.sign(FOUND_URL, 0),
            "page_age": null,
        }]);
        self.blocks.push(Block::WebSearchToolResult { tool_use_id: id, content });
        self.say(format!("One page was found for \"{query}\": {FOUND_URL}"));
    }

    fn offers(&self, wanted: impl Fn(&Value) -> bool) -> bool {
        list(self.checked.body.get("tools")).iter().any(wanted)
    }

    fn offers_only_search(&self) -> bool {
        matches!(list(self.checked.body.get("tools")), [only] if is_search(only))
    }

    fn new_id(&self, prefix: &str) -> String {
        ids::id(&self.law.id_prefix(prefix), &[self.seed, self.blocks.len() as u64])
    }
}

fn is_search(tool: &Value) -> bool {
    let kind = tool.get("type").and_then(Value::as_str).unwrap_or_default();
    kind.starts_with("web_search_")
}

fn quoted(text: &str) -> String {
    let text = text.trim();
    // The end says most: of a prompt what was typed last, of a command's output how it went.
    let letters = text.chars().count();
    let start = letters.saturating_sub(QUOTED_MAX);
    text.chars().skip(start).collect::<String>().trim().to_owned()
}

/// A text of exactly `count` tokens.
fn words(count: usize) -> String {
    "word".repeat(count)
}
