//! strip-beta: betas that the upstream names go, with the body fields that they open.
//!
//! Any wording that quotes a value of the request's own set is understood, so a flag that nobody
//! has seen before is lost on the one channel that refuses it, and nowhere else.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, give_up};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::pairs;

/// See the module.
pub struct StripBeta;

const ID: &str = "strip-beta";

impl Remedy for StripBeta {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix("beta:").is_some_and(|beta| strip(request, beta))
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.detail("betas").unwrap_or_else(|| refusal.message());
        let asked = request.betas.all(&mut request.body);
        let mut is_changed = false;
        for beta in asked.iter().filter(|beta| quotes(words, beta)) {
            // What a channel needs is not what it refuses.
            if refusal.known.says(&format!("beta:{beta}")) == Some(&Says::Needs) {
                continue;
            }
            is_changed |= strip(request, beta);
            request.learn(format!("beta:{beta}"), Says::Refuses);
        }
        is_changed
    }
}

/// Whether `words` hold `beta` as a whole value, not as the beginning of a longer one.
fn quotes(words: &str, beta: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    words.match_indices(beta).any(|(at, _)| {
        let before = words.get(..at).and_then(|text| text.chars().next_back());
        let after = words.get(at + beta.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Takes a beta out of a request, with the fields that no other beta of the set opens.
pub(crate) fn strip(request: &mut Outbound, beta: &str) -> bool {
    if !request.betas.remove(&mut request.body, beta) {
        return false;
    }
    let rest = request.betas.all(&mut request.body);
    for feature in pairs::features_of(beta) {
        let is_opened = pairs::betas_of(feature).any(|other| rest.iter().any(|has| has == other));
        if !is_opened {
            give_up(request, feature);
        }
    }
    request.note(ID, beta);
    true
}
