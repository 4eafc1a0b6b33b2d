//! Comparing a body with a shape.

use serde_json::{Map, Value};

use super::words;
use super::{Choice, Field, Kind, Shape, Tagged};
use crate::betas::Betas;
use crate::refusal::Refusal;

/// Checks the top level of a body, and through it the rest.
pub(crate) fn check(
    body: &Map<String, Value>,
    shape: &Shape,
    betas: &Betas,
) -> Result<(), Refusal> {
    Walk { betas, path: String::new() }.object(body, shape)
}

struct Walk<'a> {
    betas: &'a Betas,
    /// Where the walk stands, as the service writes it: `tools.11.custom`.
    path: String,
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
            match object.get(field.name) {
                // Fields behind a beta that is not asked for are told as extras, below.
                Some(_) if !self.open(field.betas) => {}
                // Absent and null are the same, except where a value is needed.
                None | Some(Value::Null) if !field.required => {}
                None => return self.at(field.name, |walk| walk.refuse(words::REQUIRED, &[])),
                Some(value) => self.at(field.name, |walk| walk.value(value, &field.kind))?,
            }
        }
        self.extras(object, shape, tagged)
    }

    fn extras(&mut self, object: &Map<String, Value>, shape: &Shape, tagged: bool) -> Checked {
        let known = |name: &str| {
            let field = shape.fields.iter().find(|field: &&Field| field.name == name);
            (tagged && name == "type") || field.is_some_and(|field| self.open(field.betas))
        };
        let Some(extra) = object.keys().find(|name| !known(name)) else {
            return Ok(());
        };
        if shape.extras_at_object {
            return self.refuse(words::EXTRA, &[]);
        }
        let extra = extra.clone();
        self.at(&extra, |walk| walk.refuse(words::EXTRA, &[]))
    }

    fn list(&mut self, values: &[Value], element: &Kind) -> Checked {
        for (index, value) in values.iter().enumerate() {
            self.at(&index.to_string(), |walk| walk.value(value, element))?;
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
            return self.at("type", |walk| walk.refuse(words::REQUIRED, &[]));
        };
        let open = tagged.tags.iter().filter(|tag| self.open(tag.betas));
        match open.clone().find(|tag| tag.name == name) {
            Some(tag) => self.at(tag.name, |walk| walk.fields(object, tag.shape, true)),
            None => {
                let mut names: Vec<&str> = open.map(|tag| tag.name).collect();
                names.sort_unstable();
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                self.refuse(words::TAG, &[name, &names.join(", ")])
            }
        }
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
        if let Some(max) = max {
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
    fn at<T>(&mut self, step: &str, then: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        let done = then(self);
        self.path.truncate(length);
        done
    }

    fn refuse<T>(&self, words: (&'static str, &str), blanks: &[&str]) -> Result<T, Refusal> {
        Err(self.refusal(words, blanks))
    }

    fn refusal(&self, (rule, says): (&'static str, &str), blanks: &[&str]) -> Refusal {
        let blanks = std::iter::once(self.path.as_str()).chain(blanks.iter().copied());
        Refusal::invalid(rule, crate::rules::fill(says, blanks))
    }
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
