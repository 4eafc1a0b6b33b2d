//! bisect-betas: a refusal that speaks of betas and names none.
//!
//! First go the prime suspects: what the platform that answers so (Bedrock) is known to refuse,
//! what it knows by another name (that is renamed), and what nobody knows. Mostly that is all. If
//! it is not, the rest is halved: one half goes, then the other in its place, then both. What
//! was put back leaves no lesson.

mod search;
#[cfg(test)]
mod tests;

use super::rename_beta::{self, RenameBeta};
use super::strip_beta::{self, StripBeta};
use super::{Refusal, Remedy, give_up};
use crate::known::{Known, Says};
use crate::outbound::{Lesson, Outbound};
use crate::platform;
pub(crate) use search::Search;
use search::Step;

/// See the module.
pub struct BisectBetas;

const ID: &str = "bisect-betas";
/// The platform that names no value when it refuses one.
const PROFILE: &str = "bedrock";

impl Remedy for BisectBetas {
    fn id(&self) -> &'static str {
        ID
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        // It may name one after all, in words that nobody foresaw.
        if RenameBeta.react(request, refusal) || StripBeta.react(request, refusal) {
            return true;
        }
        let known = refusal.known;
        while let Some(step) = request.suspects.next() {
            let is_changed = match step {
                Step::Trial => take_trial(request, known),
                Step::Prime => take_prime(request, known),
                Step::OneHalf => take_half(request, known),
                Step::OtherHalf => take_other_half(request),
                Step::All => take_all(request, known),
            };
            if is_changed {
                request.suspects.count();
                return true;
            }
        }
        false
    }
}

/// The betas that may go, in their order.
fn removable(request: &mut Outbound, known: &Known<'_>) -> Vec<String> {
    let mut betas = request.betas.all(&mut request.body);
    betas.retain(|beta| !strip_beta::is_needed(known, beta));
    betas
}

fn is_innocent(known: &Known<'_>, beta: &str) -> bool {
    known.says(&format!("beta:{beta}")) == Some(&Says::Takes)
}

/// A beta that was refused before and is tried again is refused still.
fn take_trial(request: &mut Outbound, known: &Known<'_>) -> bool {
    let Some(beta) = known.trial().and_then(|feature| feature.strip_prefix("beta:")) else {
        return false;
    };
    take_out(request, &[beta.to_owned()], Guilt::Proven)
}

fn take_prime(request: &mut Outbound, known: &Known<'_>) -> bool {
    let (mut refused, mut open, mut is_changed) = (Vec::new(), Vec::new(), false);
    for beta in removable(request, known) {
        if is_innocent(known, &beta) {
            continue;
        }
        if let Some(instead) = rename_beta::instead_of(request, known, &beta) {
            is_changed |= rename_beta::rename_and_learn(request, &beta, instead);
            continue;
        }
        match platform::takes_beta(PROFILE, &request.model, &beta) {
            Some(true) => {}
            Some(false) => refused.push(beta),
            None => open.push(beta),
        }
    }
    is_changed |= take_out(request, &refused, Guilt::Proven);
    take_out(request, &open, guilt_of(&open)) || is_changed
}

fn take_half(request: &mut Outbound, known: &Known<'_>) -> bool {
    doubt(request);
    let mut rest = removable(request, known);
    rest.retain(|beta| !is_innocent(known, beta));
    // A new name is the likelier one, and goes with the first half.
    rest.sort_by_key(|beta| rename_beta::renamed_to(beta).next().is_none());
    let other = rest.split_off(rest.len().div_ceil(2));
    let before = request.clone();
    let is_changed = take_out(request, &rest, guilt_of(&rest));
    if is_changed && !other.is_empty() {
        request.suspects.keep(before, other);
    }
    is_changed
}

fn take_other_half(request: &mut Outbound) -> bool {
    let Some((before, other)) = request.suspects.take_kept() else { return false };
    put_back(request, before);
    take_out(request, &other, guilt_of(&other))
}

fn take_all(request: &mut Outbound, known: &Known<'_>) -> bool {
    doubt(request);
    let rest = removable(request, known);
    take_out(request, &rest, Guilt::Possible)
}

/// Makes the request what it was before one half went, but for what else was learned since.
fn put_back(request: &mut Outbound, before: Outbound) {
    let suspects = std::mem::take(&mut request.suspects);
    let since = request.lessons().to_vec();
    *request = before;
    request.suspects = suspects;
    let is_beta = |lesson: &&Lesson| lesson.feature.starts_with("beta:");
    let old = request.lessons().to_vec();
    for lesson in since.iter().filter(|lesson| !is_beta(lesson) && !old.contains(lesson)) {
        if lesson.says == Says::Refuses {
            give_up(request, &lesson.feature);
        }
        request.learn(lesson.feature.clone(), lesson.says.clone());
    }
}

/// How sure it is that a beta is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guilt {
    Proven,
    /// It went together with others.
    Possible,
}

/// Of several that went together each may be the one, or none.
fn guilt_of(betas: &[String]) -> Guilt {
    if betas.len() == 1 { Guilt::Proven } else { Guilt::Possible }
}

fn take_out(request: &mut Outbound, betas: &[String], guilt: Guilt) -> bool {
    let mut is_changed = false;
    for beta in betas {
        if !strip_beta::take_out(request, beta) {
            continue;
        }
        is_changed = true;
        request.note(ID, beta.as_str());
        match guilt {
            Guilt::Proven => strip_beta::learn_refused(request, beta),
            Guilt::Possible => suspect(request, beta),
        }
    }
    is_changed
}

fn suspect(request: &mut Outbound, beta: &str) {
    for old in rename_beta::renamed_to(beta) {
        request.suspect(format!("beta:{old}"));
    }
    request.suspect(format!("beta:{beta}"));
}

/// The refusal came again without them: what no table calls refused may be innocent after all.
fn doubt(request: &mut Outbound) {
    for beta in betas_taken(request) {
        if platform::takes_beta(PROFILE, &request.model, &beta) != Some(false) {
            suspect(request, &beta);
        }
    }
}

/// The betas that this remedy took out so far.
fn betas_taken(request: &Outbound) -> Vec<String> {
    let done = request.done().iter().filter(|done| done.remedy == ID);
    done.map(|done| done.detail.clone()).collect()
}
