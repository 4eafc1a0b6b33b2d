//! strip-beta: betas that the upstream names go, with the body fields that they open.
//!
//! Any wording that quotes a value of the request's own set is understood, so a flag that nobody
//! has seen before is lost on the one channel that refuses it, and nowhere else.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, give_up, rename_beta};
use crate::accused::Accusation;
use crate::known::{Known, Says};
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
        let mut is_changed = false;
        for beta in named(request, refusal) {
            is_changed |= strip(request, &beta);
            learn_refused(request, &beta);
        }
        is_changed
    }
}

/// The betas of the request that the refusal names and that the channel can do without.
pub(crate) fn named(request: &mut Outbound, refusal: &Refusal<'_>) -> Vec<String> {
    let mut asked = request.betas.all(&mut request.body);
    // What a channel needs is not what it refuses.
    asked.retain(|beta| !is_needed(refusal.known, beta));
    let detail = refusal.detail("betas").unwrap_or_default();
    let accused = [Accusation::of(detail), Accusation::of(refusal.message())];
    for ways in [Accusation::quotes, quotes_stem] {
        let found = accused.iter().find_map(|accused| {
            let found = asked.iter().filter(|beta| ways(accused, beta));
            let found: Vec<_> = found.cloned().collect();
            (!found.is_empty()).then_some(found)
        });
        if let Some(found) = found {
            return found;
        }
    }
    Vec::new()
}

/// Whether a beta is named without its date: `prompt-caching-scope`. Names of one word are
/// words, and may mean something else.
fn quotes_stem(accused: &Accusation, beta: &str) -> bool {
    let is_date = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let dated = beta.find("-20").and_then(|at| beta.split_at_checked(at));
    dated.is_some_and(|(stem, date)| is_date(date) && stem.contains('-') && accused.quotes(stem))
}

pub(crate) fn is_needed(known: &Known<'_>, beta: &str) -> bool {
    known.says(&format!("beta:{beta}")) == Some(&Says::Needs)
}

/// Notes that a beta is refused, and so is one that was renamed to it.
pub(crate) fn learn_refused(request: &mut Outbound, beta: &str) {
    for old in rename_beta::renamed_to(beta) {
        request.learn(format!("beta:{old}"), Says::Refuses);
    }
    request.learn(format!("beta:{beta}"), Says::Refuses);
}

/// Takes a beta out of a request, with the fields that no other beta of the set opens.
pub(crate) fn strip(request: &mut Outbound, beta: &str) -> bool {
    let is_changed = take_out(request, beta);
    if is_changed {
        request.note(ID, beta);
    }
    is_changed
}

/// The same, for a remedy that notes it by itself.
pub(crate) fn take_out(request: &mut Outbound, beta: &str) -> bool {
    if !request.betas.remove(&mut request.body, beta) {
        return false;
    }
    give_up_unopened(request, beta);
    true
}

/// Gives up what a beta that is gone opened, where no other of the set opens it.
pub(crate) fn give_up_unopened(request: &mut Outbound, beta: &str) {
    let rest = request.betas.all(&mut request.body);
    for feature in pairs::features_of(beta) {
        let is_opened = pairs::betas_of(feature).any(|other| rest.iter().any(|has| has == other));
        if !is_opened {
            give_up(request, feature);
        }
    }
}
