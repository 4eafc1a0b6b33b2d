//! `[[channel]]`: an upstream account at an endpoint.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};

use crate::base_url::{BaseUrl, Url};
use crate::byte_size::{BodySize, ByteSize};
use crate::credential::{AnyCredential, Credential};
use crate::kind::{AnyKind, Kind};
use crate::model_pattern::{ModelName, ModelPattern, Pattern, most_exact};
use crate::name::{Gives, OfChannel, Word};
use crate::number::Number;
use crate::profile::AnyProfile;
use crate::reading::{Item, Reading};
use crate::shape::{Flag, List, MapOf, Maybe};
use crate::table::{Checks, table};

table! {
    /// One upstream account at one endpoint. Repeat it for each; at least one is needed.
    ///
    /// ```toml
    /// [[channel]]
    /// name = "anthropic"
    /// kind = "anthropic"
    /// base_url = "https://api.anthropic.com"
    /// credential = { api_key = "${ANTHROPIC_API_KEY}" }
    /// models = ["claude-*"]
    /// model_ids = { "claude-opus-latest" = "claude-opus-4-8" }
    /// context_windows = { "claude-haiku-*" = 200_000 }
    /// concurrency = { "claude-opus-*" = 4, "*" = 64 }
    /// drained = false
    /// ```
    pub struct Channel {
        /// What groups, the log and the header `salve-channel` call it.
        name: String as Gives<OfChannel>;
        /// The API behind the endpoint. *This version serves `anthropic` alone.*
        kind: Kind as AnyKind;
        /// The endpoint, with or without `/v1`. Left out, it is the kind's own:
        /// `https://api.anthropic.com` for `anthropic`.
        base_url: Option<BaseUrl> as Maybe<Url> = None;
        /// Whose rules the endpoint follows, where its address does not say: a relay or a company's
        /// own gateway in front of that vendor or program. It decides what Salve expects to be
        /// refused before it has seen a refusal; what it sees counts more. One of `anthropic`,
        /// `bedrock`, `mantle`, `vertex`, `foundry`, `databricks`, `deepseek`, `moonshot`, `zai`,
        /// `minimax`, `qwen`, `openrouter`, `litellm`, `new-api`, `ollama`, `vllm`, `llamacpp`,
        /// `lmstudio`.
        profile: Option<String> as Maybe<AnyProfile> = None;
        /// The region, for `bedrock` and `vertex`.
        region: Option<String> as Maybe<Word> = None;
        /// The project, for `vertex`.
        project: Option<String> as Maybe<Word> = None;
        /// How Salve identifies itself there: see [credential](#credential).
        credential: Credential as AnyCredential;
        /// What clients may ask of this channel, besides the models that `model_ids` names. `*`
        /// stands for any text.
        models: Vec<ModelPattern> as List<Pattern> = vec![ModelPattern::any()];
        /// The id under which the upstream knows a model, where it is another than the client's.
        model_ids: BTreeMap<String, String> as MapOf<ModelName, ModelName> = BTreeMap::new();
        /// The largest request body that the endpoint takes. A larger request goes to another
        /// channel of its group.
        max_body: Option<ByteSize> as Maybe<BodySize> = None;
        /// The context windows of models here, in tokens, where they are known to differ from the
        /// models' own. The most exact pattern counts.
        context_windows: BTreeMap<ModelPattern, NonZeroU64> as MapOf<Pattern, Number<NonZeroU64>>
            = BTreeMap::new();
        /// The most output tokens that models take here as `max_tokens`, where it is known to
        /// differ from the models' own. The most exact pattern counts.
        max_output_tokens: BTreeMap<ModelPattern, NonZeroU64> as MapOf<Pattern, Number<NonZeroU64>>
            = BTreeMap::new();
        /// How many requests may run at a time, by model.
        /// *Reserved: read and checked, not enforced by this version.*
        concurrency: BTreeMap<ModelPattern, NonZeroU32> as MapOf<Pattern, Number<NonZeroU32>>
            = BTreeMap::new();
        /// `true`: the channel takes no new requests; running ones finish.
        drained: bool as Flag = false;
    }
}

impl Channel {
    /// A channel of a kind, with the defaults of a configuration file.
    #[must_use]
    pub fn new(name: &str, kind: Kind, credential: Credential) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            base_url: None,
            profile: None,
            region: None,
            project: None,
            credential,
            models: vec![ModelPattern::any()],
            model_ids: BTreeMap::new(),
            max_body: None,
            context_windows: BTreeMap::new(),
            max_output_tokens: BTreeMap::new(),
            concurrency: BTreeMap::new(),
            drained: false,
        }
    }

    /// The context window of `model` here in tokens, where the configuration says it.
    #[must_use]
    pub fn context_window(&self, model: &str) -> Option<u64> {
        most_exact(&self.context_windows, model).copied().map(NonZeroU64::get)
    }

    /// The most output tokens that `model` takes here, where the configuration says it.
    #[must_use]
    pub fn output_tokens_max(&self, model: &str) -> Option<u64> {
        most_exact(&self.max_output_tokens, model).copied().map(NonZeroU64::get)
    }
}

impl Checks for Channel {
    /// Whether the settings fit the kind.
    fn check(&self, table: &Item<'_>, reading: &mut Reading<'_>) {
        let kind = self.kind;
        if let Some(hint) = kind.credential_fault(&self.credential) {
            let message = format!("this credential is not one for kind `{kind}`");
            reading.problem_of(table, "credential", message, Some(hint.to_owned()));
        }
        for (field, value) in [("region", &self.region), ("project", &self.project)] {
            match (kind.needs(field), value) {
                (true, None) => {
                    let message = format!("is missing: kind `{kind}` needs it");
                    reading.problem_of(table, field, message, None);
                }
                (false, Some(_)) => {
                    let message = format!("has no meaning for kind `{kind}`");
                    reading.problem_of(table, field, message, None);
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
