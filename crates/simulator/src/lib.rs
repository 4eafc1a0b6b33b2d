//! A strict Anthropic upstream, in-process or behind `salve simulate`.
//!
//! It refuses what the real service refuses, in the same words; what it accepts it answers
//! deterministically, with exact usage and prompt-cache accounting; and it misbehaves on demand
//! ([`Fault`]). It runs no model, keeps nothing on disk, and speaks plain HTTP/1.1.
//!
//! Invariants: an answer depends only on the request, the seed and the cache; thinking signatures
//! bind their origin, text and prefix; safety verdicts (`safeguards`) are never produced; every
//! request is in the books ([`Control::entries`]) before its answer leaves.
//!
//! It can also be other upstreams of the same dialect, each as strict: see [`Profile`].
//!
//! The directive language of prompts is described at [`directives`], the fault language at
//! [`Fault`], scripts at [`Script`].

mod betas;
mod books;
mod cache;
mod clock;
mod control;
pub mod directives;
mod endpoint;
mod envelope;
mod fault;
mod ids;
mod json;
mod law;
mod limits;
mod model;
mod pattern;
mod profile;
mod prompt;
mod refusal;
mod reply;
mod respond;
mod router;
mod rules;
mod running;
mod script;
mod server;
mod settings;
mod shape;
mod signature;
mod tasks;
mod tokens;
mod usage;
mod world;

pub use books::{Counters, Ended, Entry, Refused};
pub use control::Control;
pub use fault::{Fault, FaultError, Faults, Place, StatusFault};
pub use model::{Model, Sampling, SystemMessages, ThinkingMode, builtin_models};
pub use profile::{
    BetaFamily, BetasProfile, Envelope, LimitsProfile, ModelPatch, ModelsProfile, NoRoute, Profile,
    ProfileError, ProfileText, RefusedField, RefusedModel, Relay, RequestIds, ServedAs, Telling,
    profile_texts,
};
pub use rules::{RuleText, rule_texts};
pub use running::{Running, StartError, start};
pub use script::{Script, ScriptError, ScriptRule, When};
pub use settings::Settings;
pub use tokens::count_text;
pub use usage::{CacheCreation, OutputDetails, ServerToolUse, ServiceTier, Usage};
