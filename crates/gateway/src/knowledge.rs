//! What the gateway has learned of its channels, and remembers between requests.
//!
//! Capabilities outlive a restart (the store keeps them); the rest is what can be lost without
//! harm: what was served lately, which channel is in trouble, how large a conversation was, and
//! who minted which thinking. Every memory has a bound; nothing here waits.

mod capability;
mod conversation;
mod kept;
mod minted;
mod recent;
mod served;
mod trouble;

use salve_remedy::Says;

use crate::house::Channel;
use crate::vocabulary::{Standing, Unfit};

pub use capability::{Capabilities, Due, Taught, Trial, View};
pub use conversation::{Conversations, Measure};
pub use kept::{recalled, record};
pub use minted::{Minted, MintedView, fingerprint};
pub use served::Served;
pub use trouble::{Trouble, Troubles};

/// All of it.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// What each channel and model takes and refuses.
    pub capabilities: Capabilities,
    /// Which channel served which model, and when.
    pub served: Served,
    /// Which channel had better be left alone, and why.
    pub troubles: Troubles,
    /// Who minted which thinking block.
    pub minted: Minted,
    /// How many tokens each conversation had come to.
    pub conversations: Conversations,
}

impl Knowledge {
    /// How a channel stands to a request for `model`, its id there: `tokens` is what the
    /// conversation has at least, where that is known.
    #[must_use]
    pub fn standing(
        &self,
        channel: &Channel,
        model: &str,
        body_bytes: u64,
        tokens: Option<u64>,
    ) -> Standing {
        let body_limit =
            channel.body_bytes_max.or_else(|| self.limit(channel, model, "limit:body"));
        if let Some(limit) = body_limit.filter(|limit| body_bytes > *limit) {
            return Standing::Out(Unfit::BodyTooLarge { limit });
        }
        if let (Some(limit), Some(tokens)) = (self.window(channel, model), tokens)
            && tokens > limit
        {
            return Standing::Out(Unfit::TooLong { tokens, limit });
        }
        match self.troubles.of(&channel.name, model) {
            Some(trouble) => Standing::Last(trouble.fault),
            None => Standing::Fit,
        }
    }

    /// The context window of a model at a channel, where the configuration says it or the channel
    /// has said it.
    #[must_use]
    pub fn window(&self, channel: &Channel, model: &str) -> Option<u64> {
        channel.context_window(model).or_else(|| self.limit(channel, model, "limit:context"))
    }

    fn limit(&self, channel: &Channel, model: &str, feature: &str) -> Option<u64> {
        let facts = self.capabilities.facts(&channel.name, model)?;
        match facts.get(feature) {
            Some(Says::Limit(limit)) => Some(*limit),
            Some(Says::Refuses | Says::Takes | Says::Needs | Says::Instead(_)) | None => None,
        }
    }
}
