//! tool-names: names of tools that are too long, or have signs that the upstream does not take,
//! go under another name; whoever reads the answer puts the old one back.
//!
//! The new name is made of the old one alone, so every turn says the same.

mod short;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use salve_wire::{Node, quoted};

use super::{Refusal, Remedy, give_up};
use crate::history::{self, TOOL_USE};
use crate::known::{Known, Says};
use crate::outbound::Outbound;

use short::Rule;

/// See the module.
pub struct ToolNames;

const ID: &str = "tool-names";
/// Names may have so many characters.
const LIMIT: &str = "limit:tool-name";
/// Signs beyond letters, digits, `_` and `-` are refused, and so are other first signs than
/// letters and `_`.
const CHARSET: &str = "tool-name:charset";
/// Two tools of one name are refused.
const UNIQUE: &str = "tool-name:unique";
/// What the strictest upstream takes that does not say: Bedrock's and OpenAI's bound.
const NAME_CHARS_MAX: u64 = 64;

impl Remedy for ToolNames {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            CHARSET => rename(request, Rule { chars_max: None, is_plain: true }),
            UNIQUE => drop_repeated(request),
            _ => false,
        }
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if let Some(limit) = known.limit(LIMIT) {
            let is_plain = known.refuses(CHARSET);
            rename(request, Rule { chars_max: usize::try_from(limit).ok(), is_plain });
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let says = |part: &str| words.contains(part);
        if (says("unique") || says("duplicate")) && drop_repeated(request) {
            request.learn(UNIQUE, Says::Refuses);
            return true;
        }
        let number = refusal.number("limit").or_else(|| refusal.number("count"));
        let is_long = number.is_some() || says("too long") || says("length") || says("exceed");
        let is_changed = match is_long {
            true => shorten(request, number.unwrap_or(NAME_CHARS_MAX)) || clean(request),
            false => clean(request) || shorten(request, NAME_CHARS_MAX),
        };
        is_changed || drop_hosted(request, refusal)
    }
}

fn clean(request: &mut Outbound) -> bool {
    let is_changed = give_up(request, CHARSET);
    if is_changed {
        request.learn(CHARSET, Says::Refuses);
    }
    is_changed
}

fn shorten(request: &mut Outbound, limit: u64) -> bool {
    let rule = Rule { chars_max: usize::try_from(limit).ok(), is_plain: false };
    let is_changed = rename(request, rule);
    if is_changed {
        request.learn(LIMIT, Says::Limit(limit));
    }
    is_changed
}

/// Renames what breaks the rule, in tools, choice and history.
fn rename(request: &mut Outbound, rule: Rule) -> bool {
    let mut names = Names { rule, ..Names::default() };
    names.original = request.tool_names.iter().cloned().collect();
    names.read_tools(request);
    names.read_history(request);
    if names.renamed.is_empty() {
        return false;
    }
    names.apply(request);
    let count = names.renamed.len();
    request.note(ID, history::counted(count, "name"));
    true
}

/// The names of a request.
#[derive(Default)]
struct Names {
    rule: Rule,
    /// What the client calls a tool, by what it is called now.
    original: HashMap<String, String>,
    taken: HashSet<String>,
    of_tools: Vec<String>,
    /// What each is called then, by what it is called now.
    renamed: HashMap<String, String>,
}

impl Names {
    fn read_tools(&mut self, request: &mut Outbound) {
        let Some(tools) = request.body.get("tools") else { return };
        let own = tools.items().filter_map(own_name);
        self.of_tools = own.collect();
        self.taken.extend(self.of_tools.iter().cloned());
        for name in self.of_tools.clone() {
            self.add(&name);
        }
    }

    fn read_history(&mut self, request: &mut Outbound) {
        let mut called = Vec::new();
        each_called(request, &mut |block, field| called.push(history::text_of(block, field)));
        for name in called {
            self.add(&name);
        }
    }

    fn add(&mut self, now: &str) {
        if self.rule.takes(now) || self.renamed.contains_key(now) {
            return;
        }
        let original = self.original.get(now).cloned().unwrap_or_else(|| now.to_owned());
        let mut tries = (0..=self.taken.len()).map(|number| self.rule.name(&original, number));
        let Some(name) = tries.find(|name| !self.taken.contains(name)) else { return };
        self.taken.insert(name.clone());
        self.renamed.insert(now.to_owned(), name);
    }

    fn apply(&mut self, request: &mut Outbound) {
        if let Some(tools) = request.body.get("tools") {
            for tool in tools.items() {
                self.put(tool, "name");
            }
        }
        if let Some(choice) = request.body.get("tool_choice") {
            self.put(choice, "name");
        }
        let renamed = &self.renamed;
        each_called(request, &mut |block, field| put(renamed, block, field));
        for now in &self.of_tools {
            let Some(name) = self.renamed.get(now) else { continue };
            request.tool_names.retain(|(sent, _)| sent != now);
            let original = self.original.get(now).unwrap_or(now);
            request.tool_names.push((name.clone(), original.clone()));
        }
    }

    fn put(&self, node: &mut Node, field: &str) {
        put(&self.renamed, node, field);
    }
}

fn put(renamed: &HashMap<String, String>, node: &mut Node, field: &str) {
    if let Some(name) = renamed.get(&history::text_of(node, field)) {
        node.set(field, quoted(name));
    }
}

/// The name of a tool of the client's; the upstream's own have fixed ones.
fn own_name(tool: &mut Node) -> Option<String> {
    let is_own = tool.get("type").is_none_or(|own| own.is("custom"));
    let name = tool.get("name").filter(|_| is_own)?;
    name.text().map(|name| name.into_owned())
}

/// Every object in the messages that says a tool's name, and the field that does.
fn each_called(request: &mut Outbound, on: &mut dyn FnMut(&mut Node, &str)) {
    let Some(messages) = history::messages(&mut request.body) else { return };
    if !messages.mentions(TOOL_USE) {
        return;
    }
    history::each_list(messages, &mut |list| {
        for block in list.items() {
            if history::is_type(block, "tool_use") {
                on(block, "name");
            } else if history::is_type(block, "tool_reference") {
                on(block, "tool_name");
            }
        }
    });
}

/// Of tools with one name the first stays.
fn drop_repeated(request: &mut Outbound) -> bool {
    let Some(tools) = request.body.get("tools") else { return false };
    let mut seen = HashSet::new();
    let before = tools.count();
    let left = tools.retain(|tool| match history::text_of(tool, "name") {
        name if name.is_empty() => true,
        name => seen.insert(name),
    });
    let gone = before.saturating_sub(left);
    if gone > 0 {
        request.note(ID, history::counted(gone, "repeated tool"));
    }
    gone > 0
}

/// Takes away the kind of the upstream's own tools that is named: it knows functions alone.
fn drop_hosted(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    let words = refusal.detail("path").unwrap_or_else(|| refusal.message());
    let Some((_, place)) = words.split_once("tools") else { return false };
    let mut steps = place.split(['.', '[', ']']);
    let index = steps.find_map(|step| step.parse::<usize>().ok());
    let tools = request.body.get("tools");
    let tag = index.and_then(|index| {
        let tool = tools?.item(index)?;
        let tag = history::text_of(tool, "type");
        (!matches!(&*tag, "" | "custom" | "function")).then_some(tag)
    });
    let Some(feature) = tag.map(|tag| format!("tool-type:{tag}")) else { return false };
    let is_changed = give_up(request, &feature);
    if is_changed {
        request.learn(feature, Says::Refuses);
    }
    is_changed
}
