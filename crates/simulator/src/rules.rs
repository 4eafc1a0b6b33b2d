//! The rules of the service, as tables of named rules grouped by subject.
//!
//! A request is compared with the shape tables first ([`crate::shape`]), then with the rules here,
//! in the order of [`GROUPS`]; the first that is broken is the answer, as at the service.
//! A rule is data: a name, the exact sentence, and a check that fills the sentence's blanks.

mod cache;
mod checked;
mod history;
mod images;
mod limits;
mod pairing;
mod roles;
mod sampling;
mod schema;
mod text;
mod thinking;
mod tools;
mod walk;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::betas::{self, Betas};
use crate::law::{self, Law};
use crate::model::Model;
use crate::prompt::{Prompt, list};
use crate::refusal::Refusal;
use crate::shape;
use crate::signature::Mint;
use crate::world::World;

pub(crate) use checked::Checked;

/// What a request is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be answered with a message.
    Serve,
    /// To be counted.
    Count,
}

impl Purpose {
    fn form(self) -> &'static shape::Shape {
        match self {
            Self::Serve => &shape::SERVE,
            Self::Count => &shape::COUNT,
        }
    }
}

/// A named rule.
struct Rule {
    id: &'static str,
    /// The sentence of the refusal; each `{}` takes one blank.
    says: &'static str,
    check: fn(&Case<'_>) -> Broken,
}

/// `None` when the rule is kept, else the blanks of its sentence.
type Broken = Option<Vec<String>>;

/// What rules look at.
struct Case<'a> {
    body: &'a Map<String, Value>,
    model: &'a Model,
    /// The model's id as it was asked for.
    model_name: &'a str,
    betas: &'a Betas,
    prompt: &'a Prompt,
    mint: &'a Mint,
    law: &'a Law,
    purpose: Purpose,
}

/// All groups, in the order in which the service looks.
const GROUPS: &[&[Rule]] = &[
    tools::RULES,
    schema::RULES,
    cache::RULES,
    roles::RULES,
    text::RULES,
    pairing::RULES,
    thinking::RULES,
    sampling::RULES,
    images::RULES,
    limits::RULES,
    history::RULES,
];

/// Rules that other upstreams have and the service has not: in force where a profile names them.
const OPTIONAL: &[&str] = &["roles-alternate", "thinking-not-returned"];

/// Name and sentence of a rule, for tests and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleText {
    /// The name, as the books give it.
    pub id: &'static str,
    /// The sentence; `{}` stands for what differs.
    pub says: &'static str,
}

/// Every rule on bodies and betas, in the order of checking.
#[must_use]
pub fn rule_texts() -> Vec<RuleText> {
    let betas = RuleText { id: betas::UNKNOWN_RULE, says: betas::UNKNOWN_SAYS };
    let shapes = shape::TEXTS.iter().map(|(id, says)| RuleText { id, says });
    let model = RuleText { id: law::UNKNOWN_MODEL, says: "model: {}" };
    let short = RuleText { id: law::SHORTAGE_RULE, says: law::SHORTAGE_SAYS };
    let rules = GROUPS.iter().copied().flatten();
    let rules = rules.map(|rule| RuleText { id: rule.id, says: rule.says });
    std::iter::once(betas).chain(shapes).chain([model, short]).chain(rules).collect()
}

/// Checks a request against every rule.
pub(crate) fn check(
    world: &World,
    law: &Law,
    mut body: Map<String, Value>,
    mut betas: Betas,
    purpose: Purpose,
) -> Result<Checked, Refusal> {
    if law.profile.betas.in_body {
        betas.read_body(&body);
    }
    body.retain(|name, _| !law.profile.own_fields.contains(name));
    let model_name = body.get("model").and_then(Value::as_str).unwrap_or_default().to_owned();
    if law.profile.model_first {
        law.model(&model_name)?;
    }
    betas.check(law, &model_name)?;
    shape::check(&body, purpose.form(), law, &betas)?;
    let model: Arc<Model> = law.model(&model_name)?;
    let prompt = Prompt::read(&body);
    let case = Case {
        body: &body,
        model: &model,
        model_name: &model_name,
        betas: &betas,
        prompt: &prompt,
        mint: &world.mint,
        law,
        purpose,
    };
    case.judge()?;
    Ok(Checked::new(body, model, model_name, prompt))
}

impl<'a> Case<'a> {
    fn judge(&self) -> Result<(), Refusal> {
        for rule in GROUPS.iter().copied().flatten() {
            if !self.law.has_rule(rule.id, OPTIONAL.contains(&rule.id)) {
                continue;
            }
            if let Some(blanks) = (rule.check)(self) {
                let text = fill(rule.says, blanks.iter().map(String::as_str));
                return Err(Refusal::invalid(rule.id, text).with_blanks(blanks));
            }
        }
        Ok(())
    }

    fn messages(&self) -> &'a [Value] {
        list(self.body.get("messages"))
    }

    fn tools(&self) -> &'a [Value] {
        list(self.body.get("tools"))
    }

    fn max_tokens(&self) -> Option<u64> {
        self.body.get("max_tokens").and_then(Value::as_u64)
    }

    fn window(&self) -> u64 {
        let long = self.model.window_1m_tokens;
        let long = long.filter(|_| self.betas.any(&["context-1m-2025-08-07"]));
        long.unwrap_or(self.model.window_tokens)
    }
}

/// Fills the blanks of a sentence in their order.
pub(crate) fn fill<'t>(says: &str, blanks: impl Iterator<Item = &'t str>) -> String {
    let mut filled = String::with_capacity(says.len() + 32);
    let mut parts = says.split("{}");
    filled.push_str(parts.next().unwrap_or_default());
    let mut blanks = blanks;
    for part in parts {
        filled.push_str(blanks.next().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

/// The blanks of a broken rule.
fn broken<const N: usize>(blanks: [String; N]) -> Broken {
    Some(Vec::from(blanks))
}

/// A text field of an object, empty when absent.
fn text_of<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
