//! The betas a request asks for: the values of `anthropic-beta`, and those that some clients put
//! into the body as `anthropic_beta` or `betas`. They are one set.

#[cfg(test)]
mod tests;

use salve_wire::{Document, NodeKind, quoted};

/// Where in a body clients put betas: the Agent SDK for Bedrock the first, SDKs the second.
const BODY_FIELDS: [&str; 2] = ["anthropic_beta", "betas"];

/// A set of betas in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Betas {
    header: Vec<String>,
    is_header_changed: bool,
}

impl Betas {
    /// Reads the values of `anthropic-beta`: each a comma-separated list.
    pub fn read<'h>(lines: impl IntoIterator<Item = &'h str>) -> Self {
        let values = lines.into_iter().flat_map(|line| line.split(','));
        let values = values.map(str::trim).filter(|value| !value.is_empty());
        Self { header: values.map(str::to_owned).collect(), is_header_changed: false }
    }

    /// The header's new value: `None` where it stays as it came, empty where it goes.
    #[must_use]
    pub fn header_change(&self) -> Option<String> {
        self.is_header_changed.then(|| self.header.join(","))
    }

    /// Every value, in the header or in the body.
    #[must_use]
    pub fn all(&self, body: &mut Document) -> Vec<String> {
        let mut all = self.header.clone();
        for field in BODY_FIELDS {
            let Some(list) = body.get(field) else { continue };
            let texts = list.items().filter_map(|item| item.text().map(|text| text.into_owned()));
            all.extend(texts.collect::<Vec<_>>());
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|beta| seen.insert(beta.clone()));
        all
    }

    /// Whether the set holds a value.
    #[must_use]
    pub fn has(&self, body: &mut Document, beta: &str) -> bool {
        self.header.iter().any(|value| value == beta)
            || BODY_FIELDS.iter().any(|field| {
                body.get(field).is_some_and(|list| list.items().any(|item| item.is(beta)))
            })
    }

    /// Takes a value out wherever it stands.
    pub fn remove(&mut self, body: &mut Document, beta: &str) -> bool {
        let before = self.header.len();
        self.header.retain(|value| value != beta);
        let mut is_changed = self.header.len() != before;
        self.is_header_changed |= is_changed;
        for field in BODY_FIELDS {
            let Some(list) = body.get(field) else { continue };
            if list.kind() != NodeKind::Array {
                continue;
            }
            let before = list.count();
            let left = list.retain(|item| !item.is(beta));
            let gone = left < before;
            if gone && left == 0 {
                body.remove(field);
            }
            is_changed |= gone;
        }
        is_changed
    }

    /// Puts `instead` in the place of a value. Where it is there already the value just goes.
    pub fn rename(&mut self, body: &mut Document, beta: &str, instead: &str) -> bool {
        if self.has(body, instead) {
            return self.remove(body, beta);
        }
        let mut is_changed = false;
        for value in self.header.iter_mut().filter(|value| *value == beta) {
            instead.clone_into(value);
            is_changed = true;
        }
        self.is_header_changed |= is_changed;
        for field in BODY_FIELDS {
            let Some(list) = body.get(field) else { continue };
            for item in list.items().filter(|item| item.is(beta)) {
                item.replace(quoted(instead));
                is_changed = true;
            }
        }
        is_changed
    }

    /// Adds a value to the header's.
    pub fn add(&mut self, body: &mut Document, beta: &str) -> bool {
        if self.has(body, beta) {
            return false;
        }
        self.header.push(beta.to_owned());
        self.is_header_changed = true;
        true
    }
}
