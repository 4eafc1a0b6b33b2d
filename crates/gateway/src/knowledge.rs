//! What the gateway has learned of its channels, and remembers between requests.
//!
//! Capabilities outlive a restart (the store keeps them); the rest is what can be lost without
//! harm: what was served lately, which channel is in trouble, how large a conversation was, and
//! who minted which thinking. Every memory has a bound; nothing here waits.

mod capability;
mod conversation;
mod minted;
mod recent;
mod served;
mod trouble;

pub use capability::{Capabilities, Taught, Trial, View};
pub use conversation::{Conversations, Measure};
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
