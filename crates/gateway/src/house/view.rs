//! A channel as it is shown: what its configuration says, without its credential.

use http::Uri;
use serde::{Deserialize, Serialize};

use super::base_url;

/// A channel as the admin API and the command line show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    /// Its name.
    pub name: String,
    /// Which API is behind it.
    pub kind: String,
    /// Whose rules it follows, where the configuration says so.
    pub profile: Option<String>,
    /// The host that requests go to, with the port where it is not the scheme's own.
    pub host: String,
    /// What may be asked of it: patterns, then the names that it translates.
    pub models: Vec<String>,
    /// Whether it takes no new requests.
    pub drained: bool,
}

impl From<&salve_config::Channel> for ChannelView {
    fn from(channel: &salve_config::Channel) -> Self {
        let patterns = channel.models.iter().map(|pattern| pattern.as_str().to_owned());
        Self {
            name: channel.name.clone(),
            kind: channel.kind.name().to_owned(),
            profile: channel.profile.clone(),
            host: host(base_url(channel)),
            models: patterns.chain(channel.model_ids.keys().cloned()).collect(),
            drained: channel.drained,
        }
    }
}

/// The host of a base URL. A configuration that was found valid has one, and no user before it.
fn host(url: &str) -> String {
    let parsed: Option<Uri> = url.parse().ok();
    let authority = parsed.as_ref().and_then(Uri::authority);
    authority.map(ToString::to_string).unwrap_or_default()
}
