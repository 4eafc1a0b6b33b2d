//! `/api/v1/admin/channels` and `/capabilities`: the channels, and what was learned of them.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use salve_store::{CapabilityRecord, StoreError};
use serde::{Deserialize, Serialize};

use super::admin::{error, failed};
use super::json;
use crate::gateway::Gateway;
pub use crate::house::ChannelView;

/// A channel and how much was learned of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedChannel {
    /// The channel.
    #[serde(flatten)]
    pub channel: ChannelView,
    /// How many capabilities there are on it.
    pub capabilities: usize,
}

impl ListedChannel {
    /// Each channel with the number of its capabilities.
    #[must_use]
    pub fn all(channels: &[ChannelView], capabilities: &[CapabilityRecord]) -> Vec<Self> {
        let listed = |channel: &ChannelView| {
            let of_channel =
                capabilities.iter().filter(|capability| capability.channel == channel.name);
            Self { channel: channel.clone(), capabilities: of_channel.count() }
        };
        channels.iter().map(listed).collect()
    }
}

/// The channels that there are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Channels {
    /// In the order of the configuration.
    pub channels: Vec<ListedChannel>,
}

/// What was learned.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Capabilities {
    /// Ordered by channel, model and feature; expired ones too.
    pub capabilities: Vec<CapabilityRecord>,
}

/// What was forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Forgotten {
    /// How many capabilities.
    pub forgotten: u64,
}

/// Which capabilities are meant: all where nothing is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    channel: Option<String>,
    feature: Option<String>,
}

impl Which {
    fn means(&self, capability: &CapabilityRecord) -> bool {
        let is_meant = |wanted: &Option<String>, text: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == text)
        };
        is_meant(&self.channel, &capability.channel) && is_meant(&self.feature, &capability.feature)
    }
}

/// `GET /channels`.
pub async fn list(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.store.capabilities().await {
        Ok(capabilities) => {
            let channels = ListedChannel::all(&gateway.house().listed, &capabilities);
            json(StatusCode::OK, &Channels { channels })
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /capabilities`.
pub async fn capabilities(
    State(gateway): State<Arc<Gateway>>,
    Query(which): Query<Which>,
) -> Response {
    match gateway.store.capabilities().await {
        Ok(mut capabilities) => {
            capabilities.retain(|capability| which.means(capability));
            json(StatusCode::OK, &Capabilities { capabilities })
        }
        Err(problem) => failed(&problem),
    }
}

/// `DELETE /capabilities`: forgets those that are meant. The channel is asked anew by the next
/// request that has to do with them.
pub async fn forget(State(gateway): State<Arc<Gateway>>, Query(which): Query<Which>) -> Response {
    let forgotten = match (&which.channel, &which.feature) {
        (Some(channel), Some(feature)) => gateway.store.remove_feature(channel, feature).await,
        (None, Some(_)) => {
            return error(StatusCode::UNPROCESSABLE_ENTITY, "a feature needs its channel");
        }
        (channel, None) => gateway.store.remove_capabilities(channel.as_deref()).await,
    };
    told(&gateway, &which, forgotten)
}

/// What became of forgetting. Memory forgets after the store did, so that nothing forgotten comes
/// back at the next start.
fn told(gateway: &Gateway, which: &Which, forgotten: Result<u64, StoreError>) -> Response {
    match forgotten {
        Ok(forgotten) => {
            gateway.forget(which.channel.as_deref(), which.feature.as_deref());
            json(StatusCode::OK, &Forgotten { forgotten })
        }
        Err(problem) => failed(&problem),
    }
}
