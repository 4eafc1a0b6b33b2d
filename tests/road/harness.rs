//! What the tests stand on: a Salve of its own for each, upstreams behind it, clients before.

pub mod answer;
pub mod bodies;
pub mod client;
mod epilogue;
pub mod process;
pub mod road;
pub mod setup;
pub mod sim;
pub mod upstream;
pub mod wait;

pub use answer::{Answer, BodyEnd};
pub use bodies::{ask, streamed, tool};
pub use client::Request;
pub use road::Road;
pub use setup::Setup;
pub use sim::Sim;
pub use upstream::{Step, Upstream};

/// The declared key of every road.
pub const KEY: &str = "sk-road-canary-key-0123456789";

/// The credential of every channel.
pub const CREDENTIAL: &str = "sk-upstream-canary-9876543210";

/// A model that every double serves.
pub const MODEL: &str = "claude-opus-4-8";
