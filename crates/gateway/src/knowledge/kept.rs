//! Capabilities between memory and store.

use salve_remedy::Says;
use salve_store::{CapabilityRecord, Says as Kept};

use super::capability::Taught;

/// A fact as the store keeps it, with the words it was learned from.
#[must_use]
pub fn record(taught: &Taught, evidence: &str) -> CapabilityRecord {
    let says = match &taught.says {
        Says::Refuses => Kept::Refuses,
        Says::Takes => Kept::Takes,
        Says::Needs => Kept::Needs,
        Says::Limit(limit) => Kept::Limit(*limit),
        Says::Instead(other) => Kept::Instead(other.clone()),
    };
    CapabilityRecord {
        channel: taught.channel.clone(),
        model: taught.model.clone(),
        feature: taught.feature.clone(),
        says,
        evidence: evidence.to_owned(),
        learned_at: taught.at,
        expires_at: taught.until,
    }
}

/// A fact as the store kept it.
#[must_use]
pub fn recalled(record: CapabilityRecord) -> Taught {
    let says = match record.says {
        Kept::Refuses => Says::Refuses,
        Kept::Takes => Says::Takes,
        Kept::Needs => Says::Needs,
        Kept::Limit(limit) => Says::Limit(limit),
        Kept::Instead(other) => Says::Instead(other),
    };
    Taught {
        channel: record.channel,
        model: record.model,
        feature: record.feature,
        says,
        at: record.learned_at,
        until: record.expires_at,
    }
}
