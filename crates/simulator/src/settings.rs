//! What a simulator is told at start.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::limits;
use crate::model::{Model, builtin_models};
use crate::profile::Profile;
use crate::script::Script;

/// How a simulator listens, whom it admits, what it serves and how it misbehaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address to listen on; port 0 picks a free one. Default `127.0.0.1:0`.
    pub listen: SocketAddr,
    /// Credentials that are accepted; `None` accepts any that is not empty.
    pub api_keys: Option<Vec<String>>,
    /// Which upstream it is. Default: the service itself.
    pub profile: Profile,
    /// The models served and their rules, which the profile may change. Default:
    /// [`builtin_models`].
    pub models: Vec<Model>,
    /// Faults to serve without being asked by header or control endpoint.
    pub script: Option<Script>,
    /// Pause between two stream events; zero (the default) sends as fast as the reader reads.
    pub pace: Duration,
    /// Seed of ids and of thinking signatures. Two simulators with different seeds refuse each
    /// other's signatures, as two providers do.
    pub seed: u64,
    /// Entries the request log keeps.
    pub log_entries_max: usize,
    /// Bytes of request and answer bodies the log keeps in all; beyond it the oldest are dropped.
    pub log_body_bytes_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_keys: None,
            profile: Profile::default(),
            models: builtin_models(),
            script: None,
            pace: Duration::ZERO,
            seed: 1,
            log_entries_max: limits::LOG_ENTRIES_MAX,
            log_body_bytes_max: limits::LOG_BODY_BYTES_MAX,
        }
    }
}
