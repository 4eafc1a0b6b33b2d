//! The remedies: what is done about a fault. One file each, under its own name.
//!
//! To add one: write `remedies/<id>.rs` with a type that is a [`Remedy`], and give it a line in
//! [`REMEDIES`]. A fault names the remedies that may cure it in its file under `faults/`.

mod alternate_roles;
mod bisect_betas;
mod cache_breakpoints;
mod disable_thinking;
mod drop_empty_text;
mod drop_thinking;
mod drop_tool_type;
mod effort;
mod end_with_user;
mod fold_system_messages;
mod give_thinking_back;
mod hash_user_id;
mod images;
mod inline_deferred_tools;
mod max_tokens;
mod pair_tools;
mod rename_beta;
mod restore_oauth_beta;
mod strip_beta;
mod strip_field;
mod strip_long_context;
mod strip_sampling;
mod text_for_block;
mod text_for_hosted_search;
mod thinking_budget;
mod thinking_shape;
mod tool_choice;
mod tool_names;
mod tool_schema;
mod type_result_content;
mod unique_tool_ids;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use bisect_betas::Search;

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
/// what looks at what is left; whether a request thinks is settled before what depends on it; a
/// history is paired before its roles are put in order, and cache marks are counted at the end.
pub static REMEDIES: &[&dyn Remedy] = &[
    &restore_oauth_beta::RestoreOauthBeta,
    &rename_beta::RenameBeta,
    &strip_beta::StripBeta,
    &bisect_betas::BisectBetas,
    &strip_long_context::StripLongContext,
    &strip_field::StripField,
    &inline_deferred_tools::InlineDeferredTools,
    &drop_tool_type::DropToolType,
    &text_for_block::TextForBlock,
    &fold_system_messages::FoldSystemMessages,
    &hash_user_id::HashUserId,
    &text_for_hosted_search::TextForHostedSearch,
    &type_result_content::TypeResultContent,
    &thinking_shape::ThinkingShape,
    &drop_thinking::DropThinking,
    &give_thinking_back::GiveThinkingBack,
    &disable_thinking::DisableThinking,
    &unique_tool_ids::UniqueToolIds,
    &pair_tools::PairTools,
    &images::Images,
    &tool_schema::ToolSchema,
    &tool_names::ToolNames,
    &tool_choice::ToolChoice,
    &effort::Effort,
    &strip_sampling::StripSampling,
    &thinking_budget::ThinkingBudget,
    &max_tokens::MaxTokens,
    &drop_empty_text::DropEmptyText,
    &alternate_roles::AlternateRoles,
    &end_with_user::EndWithUser,
    &cache_breakpoints::CacheBreakpoints,
];

/// Changes a request before it is sent, as far as what is known of its channel asks for it.
pub fn prepare(request: &mut Outbound, known: &Known<'_>) {
    if known.is_empty() {
        return;
    }
    // Single thinking blocks may be many, and are looked up instead by the remedy whose they are.
    let features = known.refused("").filter(|feature| !feature.starts_with("thinking-signature:"));
    let features: Vec<&str> = features.collect();
    for remedy in REMEDIES {
        for feature in &features {
            remedy.give_up(request, feature);
        }
        remedy.prepare(request, known);
    }
}

/// Whether a request uses a feature. The request is changed by being asked: take one that is not
/// sent.
pub fn uses(request: &mut Outbound, feature: &str) -> bool {
    give_up(request, feature)
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
