//! The configuration of Salve: its types, what may be wrong with it, its secrets, its reference.
//!
//! A file is read whole, checked whole and turned into a [`Config`] in which invalid states cannot
//! be written down; whatever is wrong is reported at once, each with line, path and hint. Each table
//! is declared once (`table!`), and that declaration is the type, the reader, the defaults, the
//! check of unknown keys, the differences of a reload and the reference in docs/CONFIG.md.
//!
//! This crate does not watch files, open databases or connect to anything; the environment and the
//! files of secrets are read through [`Sources`]. No secret leaves it but through
//! [`Secret::expose`].

mod admin;
mod base_url;
mod byte_size;
mod channel;
mod config;
mod credential;
mod decimal;
mod diff;
#[cfg(test)]
mod fake;
mod group;
mod key;
mod kind;
mod limits;
mod load;
mod model_pattern;
mod name;
mod names;
mod number;
mod problem;
mod profile;
mod reading;
mod reference;
mod secret;
mod server;
mod shape;
mod sources;
mod store;
mod suggest;
mod table;
mod text;

pub use admin::Admin;
pub use base_url::{BadBaseUrl, BaseUrl};
pub use byte_size::ByteSize;
pub use channel::Channel;
pub use config::{Config, Loaded};
pub use credential::{AwsCredential, Credential, GoogleCredential};
pub use decimal::{Multiplier, Usd};
pub use diff::diff;
pub use group::{DEFAULT_GROUP, Group, Member};
pub use key::DeclaredKey;
pub use kind::Kind;
pub use load::{load, parse};
pub use model_pattern::ModelPattern;
pub use problem::{Position, Problem, Problems};
pub use reference::reference_markdown;
pub use secret::Secret;
pub use server::Server;
pub use sources::{Origin, ProcessSources, Sources};
pub use store::{StoreConfig, StoreUrl};
