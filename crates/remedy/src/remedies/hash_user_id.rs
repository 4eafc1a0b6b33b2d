//! hash-user-id: a user id that the upstream does not take is replaced by its hash.
//!
//! Claude Code sends a JSON text as `metadata.user_id`; Bedrock's rule for it allows neither
//! braces nor quotes nor colons, and others limit its length. A hash of it tells users apart as
//! well, the same in every turn.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use salve_wire::quoted;
use sha2::{Digest as _, Sha256};

use super::{Refusal, Remedy, give_up};
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct HashUserId;

const ID: &str = "hash-user-id";
const FEATURE: &str = "user-id";
const FIELD: &str = "field:metadata.user_id";
const PREFIX: &str = "user_";
/// As many bytes of the hash as a UUID has.
const HASH_BYTES: usize = 16;

impl Remedy for HashUserId {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == FEATURE && hash(request)
    }

    fn react(&self, request: &mut Outbound, _: &Refusal<'_>) -> bool {
        if hash(request) {
            request.learn(FEATURE, Says::Refuses);
            return true;
        }
        // Not even a hash is taken, or what stands there is no text.
        let is_changed = give_up(request, FIELD);
        if is_changed {
            request.learn(FIELD, Says::Refuses);
        }
        is_changed
    }
}

fn hash(request: &mut Outbound) -> bool {
    let Some(node) = request.body.at(&["metadata", "user_id"]) else { return false };
    let Some(user_id) = node.text().filter(|text| !is_hashed(text)) else { return false };
    let mut hashed = PREFIX.to_owned();
    for byte in Sha256::digest(user_id.as_bytes()).iter().take(HASH_BYTES) {
        let _ = write!(hashed, "{byte:02x}");
    }
    node.replace(quoted(&hashed));
    request.note(ID, "metadata.user_id");
    true
}

fn is_hashed(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|hex| {
        hex.len() == 2 * HASH_BYTES && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
