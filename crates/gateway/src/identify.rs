//! identify: who is asking, and in which conversation. May end with 401.
//!
//! The caller is known from the head alone, before a byte of the body is buffered; the
//! session needs the body's `metadata` where no header field names it. No I/O, no store: the
//! keys are in memory.

mod secret;

#[cfg(test)]
mod tests;

use http::HeaderMap;
use sha2::{Digest as _, Sha256};

pub use secret::{
    Digest, KEY_NAME_RULE, Minted, Pepper, is_key_name, looks_like_key, mint, public_id, same,
};

use crate::house::{House, KeyError, Keyring};
use crate::vocabulary::{Caller, Identified, Incoming};
use salve_remedy::{Told, faults};

/// Why a caller is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifyRefusal {
    /// No key was presented.
    #[error("no key was sent")]
    Missing,
    /// The key is unknown.
    #[error("the key is not known")]
    Wrong,
    /// The key was revoked.
    #[error("the key `{0}` was revoked")]
    Revoked(String),
    /// The key belongs to a group that is not configured.
    #[error("the key `{key}` belongs to the group `{group}`, which is not configured")]
    GroupGone {
        /// The key's name.
        key: String,
        /// Its group.
        group: String,
    },
}

/// Finds the caller by the key in `x-api-key` or `Authorization: Bearer`.
///
/// Clients that hold two credentials send both, so each is tried.
///
/// # Errors
/// [`IdentifyRefusal`] in the order of what a caller can do about it.
pub fn caller(
    house: &House,
    minted: &Keyring,
    pepper: &Pepper,
    headers: &HeaderMap,
) -> Result<Caller, IdentifyRefusal> {
    let mut refusal = IdentifyRefusal::Missing;
    for presented in presented(headers) {
        let digest = pepper.digest(presented);
        let found = match minted.find(presented, &digest) {
            Err(KeyError::Wrong) => house.declared.find(presented, &digest),
            found => found,
        };
        match found {
            Ok(key) => {
                let (name, group) = (key.name.clone(), key.group.clone());
                let found = house.groups.get(&group).cloned();
                let group = found.ok_or(IdentifyRefusal::GroupGone { key: name, group })?;
                return Ok(Caller { group, key });
            }
            Err(KeyError::Revoked(name)) => refusal = IdentifyRefusal::Revoked(name),
            Err(KeyError::Wrong) if refusal == IdentifyRefusal::Missing => {
                refusal = IdentifyRefusal::Wrong;
            }
            Err(KeyError::Wrong) => {}
        }
    }
    Err(refusal)
}

fn presented(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let api_key = text("x-api-key").map(str::trim);
    let bearer = text("authorization").and_then(|value| {
        let (scheme, token) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    [api_key, bearer].into_iter().flatten().filter(|key| !key.is_empty())
}

/// Finds the conversation a request belongs to: the client's own session header, else
/// `metadata.user_id`, else a digest of the prefix that stays the same from turn to turn.
#[must_use]
pub fn identify(incoming: Incoming, caller: Caller) -> Identified {
    let text = |name| {
        let value = incoming.headers.get(name).and_then(|value| value.to_str().ok());
        value.map(|value| value.chars().take(NAME_CHARS_MAX).collect::<String>())
    };
    let session = text("x-claude-code-session-id")
        .filter(|id| !id.is_empty())
        .or_else(|| incoming.request.session_in_metadata())
        .map(|id| id.chars().take(NAME_CHARS_MAX).collect())
        .unwrap_or_else(|| stable_prefix(&incoming));
    let agent = text("user-agent");
    Identified { incoming, caller, session, agent }
}

/// Names that clients choose are kept to this length.
const NAME_CHARS_MAX: usize = 200;

/// A digest of `system`, `tools` and the first bytes of the conversation, for clients that
/// name no session.
fn stable_prefix(incoming: &Incoming) -> String {
    const PREFIX_BYTES: usize = 512;
    let mut digest = Sha256::new();
    for name in ["model", "system", "tools", "messages"] {
        let raw = incoming.request.body.raw(name).unwrap_or_default();
        digest.update(raw.get(..PREFIX_BYTES).unwrap_or(raw));
        digest.update([0]);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let short: String = hex::encode(digest).chars().take(32).collect();
    format!("prefix-{short}")
}

impl From<IdentifyRefusal> for Told {
    fn from(refusal: IdentifyRefusal) -> Self {
        match refusal {
            IdentifyRefusal::Missing => faults::KEY_MISSING.tell(&[]),
            IdentifyRefusal::Wrong => faults::KEY_WRONG.tell(&[]),
            IdentifyRefusal::Revoked(key) => {
                faults::KEY_REVOKED.tell(&[("key", &format!("`{key}`"))])
            }
            IdentifyRefusal::GroupGone { key, group } => {
                let key = format!("`{key}` (of the group `{group}`, which is gone)");
                faults::KEY_REVOKED.tell(&[("key", &key)])
            }
        }
    }
}
