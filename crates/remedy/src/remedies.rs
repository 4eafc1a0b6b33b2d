//! The remedies: what is done about a fault. One file each, under its own name.
//!
//! To add one: write `remedies/<id>.rs` with a type that is a [`Remedy`], and give it a line in
//! [`REMEDIES`]. A fault names the remedies that may cure it in its file under `faults/`.

mod cache_breakpoints;
mod drop_empty_text;
mod images;
mod pair_tools;
mod strip_beta;
mod strip_field;
mod text_for_hosted_search;
mod tool_names;
mod tool_schema;
mod type_result_content;
mod unique_tool_ids;

#[cfg(test)]
pub(crate) mod tests;

use crate::diagnose::Diagnosis;
use crate::known::Known;
use crate::outbound::Outbound;

/// Something that can be done about a fault.
///
/// A remedy changes as little as cures, and the same request always in the same way, so that
/// every later turn of a conversation is changed alike and prompt caches stay valid. It notes
/// what it did with [`Outbound::note`].
pub trait Remedy: Sync {
    /// Its name: that of its file, of `salve-remedies`, and of `remedy` in fault files.
    fn id(&self) -> &'static str;

    /// Takes a feature that is refused out of the request, if it is one that this remedy knows how
    /// to do without. `false` where it is another remedy's, or the request does not use it. Costs
    /// next to nothing then.
    fn give_up(&self, _request: &mut Outbound, _feature: &str) -> bool {
        false
    }

    /// Changes the request before it is sent for what is known beyond refused features: limits,
    /// other names, things that are needed. Costs next to nothing where nothing applies.
    fn prepare(&self, _request: &mut Outbound, _known: &Known<'_>) {}

    /// Changes the request after it was refused, and notes with [`Outbound::learn`] what follows
    /// from that. `false` where it could change nothing: another remedy may.
    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool;
}

/// A refusal that a remedy reacts to.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// What was found.
    pub diagnosis: &'a Diagnosis,
    /// What was known when the request was sent.
    pub known: &'a Known<'a>,
}

impl Refusal<'_> {
    /// The upstream's innermost sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.diagnosis.inner.message
    }

    /// What the recogniser captured under this name.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        let mut details = self.diagnosis.details.iter();
        details.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number that the recogniser captured; separators between its digits do not count.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        let digits: String = self.detail(name)?.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

/// Every remedy, in the order in which they prepare a request: what takes things away goes before
/// what looks at what is left.
pub static REMEDIES: &[&dyn Remedy] = &[
    &strip_beta::StripBeta,
    &strip_field::StripField,
    &type_result_content::TypeResultContent,
    &unique_tool_ids::UniqueToolIds,
    &pair_tools::PairTools,
    &text_for_hosted_search::TextForHostedSearch,
    &images::Images,
    &tool_schema::ToolSchema,
    &tool_names::ToolNames,
    &drop_empty_text::DropEmptyText,
    &cache_breakpoints::CacheBreakpoints,
];

/// Changes a request before it is sent, as far as what is known of its channel asks for it.
pub fn prepare(request: &mut Outbound, known: &Known<'_>) {
    if known.is_empty() {
        return;
    }
    for feature in known.refused("") {
        give_up(request, feature);
    }
    for remedy in REMEDIES {
        remedy.prepare(request, known);
    }
}

/// Takes a feature out of a request by the remedy whose it is.
pub(crate) fn give_up(request: &mut Outbound, feature: &str) -> bool {
    REMEDIES.iter().any(|remedy| remedy.give_up(request, feature))
}

/// Changes a request that was refused, by the first remedy of its fault that can. `false` where
/// none could: then the fault's own verdict holds.
pub fn react(request: &mut Outbound, diagnosis: &Diagnosis, known: &Known<'_>) -> bool {
    let refusal = Refusal { diagnosis, known };
    let named = diagnosis.fault.remedies.iter();
    let found = named.filter_map(|id| REMEDIES.iter().find(|remedy| remedy.id() == id));
    found.into_iter().any(|remedy| remedy.react(request, &refusal))
}
