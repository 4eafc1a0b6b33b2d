//! Comparing a body with a shape.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::words;
use super::{Choice, Field, Kind, Shape, Tag, Tagged};
use crate::betas::Betas;
use crate::law::{Law, Place};
use crate::refusal::Refusal;

/// Checks the top level of a body, and through it the rest.
pub(crate) fn check(
    body: &Map<String, Value>,
    shape: &Shape,
    law: &Law,
    betas: &Betas,
) -> Result<(), Refusal> {
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    Walk { law, betas, model, path: String::new(), plain: String::new() }.object(body, shape)
}

struct Walk<'a> {
    law: &'a Law,
    betas: &'a Betas,
    model: &'a str,
    /// Where the walk stands, as the service writes it: `tools.11.custom`.
    path: String,
    /// The same as profiles write it: `tools[]`.
    plain: String,
}

/// A step into a value.
#[derive(Clone, Copy)]
enum Step<'s> {
    Field(&'s str),
    Element(usize),
    Tag(&'s str),
}

type Checked = Result<(), Refusal>;

impl Walk<'_> {
    fn value(&mut self, value: &Value, kind: &Kind) -> Checked {
        match kind {
            Kind::Any => Ok(()),
            Kind::Text => self.text(value).map(|_| ()),
            Kind::TextMax(max) => self.text_max(value, *max),
            Kind::Pattern { pattern, allows, max } => self.pattern(value, pattern, *allows, *max),
            Kind::Bool if value.is_boolean() => Ok(()),
            Kind::Bool => self.refuse(words::BOOL, &[]),
            Kind::Whole(min) => self.whole(value, *min),
            Kind::Share => self.share(value),
            Kind::OneOf(choices) => self.one_of(value, choices),
            Kind::Dict if value.is_object() => Ok(()),
            Kind::Dict => self.refuse(words::DICT, &[]),
            Kind::Object(shape) => match value.as_object() {
                Some(object) => self.object(object, shape),
                None => self.refuse(words::DICT, &[]),
            },
            Kind::List(element) => match value.as_array() {
                Some(values) => self.list(values, element),
                None => self.refuse(words::LIST, &[]),
            },
            Kind::TextOr(_) if value.is_string() => Ok(()),
            Kind::TextOr(other) => self.value(value, other),
            Kind::Tagged(tagged) => self.tagged(value, tagged),
        }
    }

    fn object(&mut self, object: &Map<String, Value>, shape: &Shape) -> Checked {
        self.fields(object, shape, false)
    }

    /// The fields of an object; its `type` has been read already when it is `tagged`.
    fn fields(&mut self, object: &Map<String, Value>, shape: &Shape, tagged: bool) -> Checked {
        for field in shape.fields {
            let found = object.get(field.name);
            self.at(Step::Field(field.name), |walk| walk.field(found, field))?;
        }
        self.extras(object, shape, tagged)
    }

    fn field(&mut self, found: Option<&Value>, field: &Field) -> Checked {
        match found {
            // Fields behind a beta that is not asked for are told as extras, later.
            Some(_) if !self.opens(field) => Ok(()),
            // Absent and null are the same, except where a value is needed.
            None | Some(Value::Null) if !field.required => Ok(()),
            None if self.law.does_without(&self.plain) => Ok(()),
            None => self.refuse(words::REQUIRED, &[]),
            Some(value) => {
                self.refused_by_law(value, words::EXTRA)?;
                self.value(value, &field.kind)
            }
        }
    }

    /// Refuses what the profile refuses at this place.
    fn refused_by_law(&self, value: &Value, usual: (&'static str, &str)) -> Checked {
        let Some(field) = self.law.refuses(self.place(), value) else {
            return Ok(());
        };
        let rule = field.rule.clone().map_or(Cow::Borrowed(usual.0), Cow::Owned);
        let Some(told) = field.told(&self.path, value, self.model) else {
            return Err(Refusal { rule, ..self.refusal(usual, &[]) });
        };
        Err(Refusal::invalid(rule, told).in_own_words(true))
    }

    fn place(&self) -> Place<'_> {
        Place { path: &self.plain, model: self.model, betas: self.betas }
    }

    fn opens(&self, field: &Field) -> bool {
        self.open(field.betas) || self.law.opens(&self.plain)
    }

    fn extras(&mut self, object: &Map<String, Value>, shape: &Shape, tagged: bool) -> Checked {
        for (name, value) in object {
            if tagged && name == "type" {
                continue;
            }
            let field = shape.fields.iter().find(|field| field.name == name);
            let at_object = shape.extras_at_object;
            self.at(Step::Field(name), |walk| walk.extra(value, field, at_object))?;
        }
        Ok(())
    }

    fn extra(&mut self, value: &Value, field: Option<&Field>, at_object: bool) -> Checked {
        let open = match field {
            Some(field) => self.opens(field),
            None => self.law.opens(&self.plain),
        };
        if open {
            return Ok(());
        }
        self.refused_by_law(value, words::EXTRA)?;
        if !self.law.has_rule(words::EXTRA.0, false) {
            return Ok(());
        }
        if at_object {
            let above = self.path.rsplit_once('.').map_or("", |(above, _)| above).to_owned();
            return Err(self.refusal_at(&above, words::EXTRA, &[]));
        }
        self.refuse(words::EXTRA, &[])
    }

    fn list(&mut self, values: &[Value], element: &Kind) -> Checked {
        for (index, value) in values.iter().enumerate() {
            self.at(Step::Element(index), |walk| walk.value(value, element))?;
        }
        Ok(())
    }

    fn tagged(&mut self, value: &Value, tagged: &Tagged) -> Checked {
        let Some(object) = value.as_object() else {
            return self.refuse(words::DICT, &[]);
        };
        let name = match object.get("type") {
            None | Some(Value::Null) => tagged.default,
            Some(name) => name.as_str(),
        };
        let Some(name) = name else {
            return self.at(Step::Field("type"), |walk| walk.refuse(words::REQUIRED, &[]));
        };
        self.at(Step::Field("type"), |walk| walk.tag(name))?;
        let known = tagged.tags.iter().find(|tag| tag.name == name);
        match known.filter(|tag| self.has_tag(tag)) {
            Some(tag) => self.at(Step::Tag(tag.name), |walk| walk.fields(object, tag.shape, true)),
            None => {
                let tags = tagged.tags.iter().filter(|tag| self.has_tag(tag));
                let mut names: Vec<&str> = tags.map(|tag| tag.name).collect();
                names.sort_unstable();
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                self.refuse(words::TAG, &[name, &names.join(", ")])
            }
        }
    }

    /// Refuses a tag for which the profile has a sentence; others are told with those there are.
    fn tag(&self, name: &str) -> Checked {
        let value = Value::from(name);
        let refused = self.law.refuses(self.place(), &value);
        let Some(field) = refused.filter(|field| field.says.is_some()) else {
            return Ok(());
        };
        let above = self.path.rsplit_once('.').map_or("", |(above, _)| above);
        let rule = field.rule.clone().map_or(Cow::Borrowed(words::TAG.0), Cow::Owned);
        let told = field.told(above, &value, self.model).unwrap_or_default();
        Err(Refusal::invalid(rule, told).in_own_words(true))
    }

    fn has_tag(&self, tag: &Tag) -> bool {
        if self.law.profile.fields.is_empty() {
            return self.open(tag.betas);
        }
        let path = format!("{}.type", self.plain);
        let place = Place { path: &path, ..self.place() };
        self.open(tag.betas) && self.law.refuses(place, &Value::from(tag.name)).is_none()
    }

    fn text<'v>(&self, value: &'v Value) -> Result<&'v str, Refusal> {
        match value.as_str() {
            Some(text) => Ok(text),
            None => Err(self.refusal(words::TEXT, &[])),
        }
    }

    fn text_max(&self, value: &Value, max: usize) -> Checked {
        let text = self.text(value)?;
        if text.len() > max && text.chars().count() > max {
            return self.refuse(words::LONG, &[&max.to_string()]);
        }
        Ok(())
    }

    fn pattern(
        &self,
        value: &Value,
        pattern: &str,
        allows: fn(char) -> bool,
        max: Option<usize>,
    ) -> Checked {
        // Only names of tools have a bound, and the profile may have a lower one.
        let bound = max.map(|max| max.min(self.law.profile.limits.tool_name));
        let (before, after) = (max.unwrap_or_default(), bound.unwrap_or_default());
        let pattern = &pattern.replace(&before.to_string(), &after.to_string());
        if let Some(max) = bound {
            self.text_max(value, max)?;
        }
        let text = self.text(value)?;
        if text.is_empty() || !text.chars().all(allows) {
            return self.refuse(words::PATTERN, &[pattern]);
        }
        Ok(())
    }

    fn whole(&self, value: &Value, min: i64) -> Checked {
        let whole = value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX));
        match whole {
            None => self.refuse(words::WHOLE, &[]),
            Some(number) if number < min => self.refuse(words::AT_LEAST, &[&min.to_string()]),
            Some(_) => Ok(()),
        }
    }

    fn share(&self, value: &Value) -> Checked {
        match value.as_f64() {
            None => self.refuse(words::NUMBER, &[]),
            Some(number) if number < 0.0 => self.refuse(words::AT_LEAST, &["0"]),
            Some(number) if number > 1.0 => self.refuse(words::AT_MOST, &["1"]),
            Some(_) => Ok(()),
        }
    }

    fn one_of(&self, value: &Value, choices: &[Choice]) -> Checked {
        let open: Vec<&str> = choices
            .iter()
            .filter(|choice| self.open(choice.betas))
            .map(|choice| choice.value)
            .collect();
        if value.as_str().is_some_and(|text| open.contains(&text)) {
            return Ok(());
        }
        self.refuse(words::ONE_OF, &[&either(&open)])
    }

    fn open(&self, betas: &[&str]) -> bool {
        betas.is_empty() || self.betas.any(betas)
    }

    /// Does something one step deeper.
    fn at<T>(&mut self, step: Step<'_>, then: impl FnOnce(&mut Self) -> T) -> T {
        let (length, plain) = (self.path.len(), self.plain.len());
        if length > 0 {
            self.path.push('.');
        }
        match step {
            Step::Field(name) => {
                self.path.push_str(name);
                if plain > 0 {
                    self.plain.push('.');
                }
                self.plain.push_str(name);
            }
            Step::Element(index) => {
                self.path.push_str(&index.to_string());
                self.plain.push_str("[]");
            }
            Step::Tag(name) => self.path.push_str(name),
        }
        let done = then(self);
        self.path.truncate(length);
        self.plain.truncate(plain);
        done
    }

    fn refuse<T>(&self, words: (&'static str, &str), blanks: &[&str]) -> Result<T, Refusal> {
        Err(self.refusal(words, blanks))
    }

    fn refusal(&self, words: (&'static str, &str), blanks: &[&str]) -> Refusal {
        self.refusal_at(&self.path, words, blanks)
    }

    fn refusal_at(&self, path: &str, words: (&'static str, &str), blanks: &[&str]) -> Refusal {
        let (rule, says) = words;
        let blanks: Vec<&str> = std::iter::once(path).chain(blanks.iter().copied()).collect();
        let text = crate::rules::fill(says, blanks.iter().copied());
        let mut blanks: Vec<String> = blanks.into_iter().map(str::to_owned).collect();
        if rule == words::EXTRA.0 {
            // For profiles that tell the name alone, or the path with brackets.
            blanks.extend([last_step(path).to_owned(), bracketed(path)]);
        }
        Refusal::invalid(rule, text).with_blanks(blanks)
    }
}

fn last_step(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// `tools[11].custom.defer_loading`
fn bracketed(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 4);
    for step in path.split('.') {
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push_str(&format!("[{step}]"));
            continue;
        }
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// `'a', 'b' or 'c'`
fn either(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
