//! The whole configuration.

use std::path::PathBuf;

use crate::admin::Admin;
use crate::channel::Channel;
use crate::group::Group;
use crate::key::DeclaredKey;
use crate::server::Server;
use crate::store::StoreConfig;

/// A valid configuration: every name is unique, every reference leads somewhere, every secret is
/// there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where Salve listens and how much it takes.
    pub server: Server,
    /// Where keys and the ledger are kept.
    pub store: StoreConfig,
    /// Who may administer a running Salve.
    pub admin: Admin,
    /// The upstream accounts, at least one, in the order of the file.
    pub channels: Vec<Channel>,
    /// What keys may use, at least one.
    pub groups: Vec<Group>,
    /// The keys declared in the file.
    pub keys: Vec<DeclaredKey>,
}

impl Config {
    /// A configuration made of one channel, with the defaults of an otherwise empty file: the
    /// group `default` holds the channel, there is no key, the store is `salve.db` in the working
    /// folder.
    #[must_use]
    pub fn for_channel(channel: Channel) -> Self {
        Self {
            server: Server::default(),
            store: StoreConfig::default(),
            admin: Admin::default(),
            groups: vec![Group::of_channels([channel.name.as_str()])],
            channels: vec![channel],
            keys: Vec::new(),
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// The group of this name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }
}

/// A configuration and the files it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The configuration file and every `${file:…}` in it: a change of any calls for a reload.
    pub files: Vec<PathBuf>,
}
