//! rename-beta: a beta that the upstream knows under another name is asked for by that name.
//!
//! The clouds know deferred tools as `tool-search-tool-…`, the first party as
//! `advanced-tool-use-…`. Where the new name is refused as well, strip-beta takes it out, and
//! neither is asked for again.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, strip_beta};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::platform;

/// See the module.
pub struct RenameBeta;

const ID: &str = "rename-beta";

/// The platform whose names are tried. The other clouds rename alike.
const PROFILE: &str = "bedrock";

impl Remedy for RenameBeta {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        for (beta, says) in known.of("beta:") {
            let Says::Instead(instead) = says else { continue };
            if known.refuses(&format!("beta:{instead}")) {
                strip_beta::strip(request, beta);
            } else {
                rename(request, beta, instead);
            }
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let named = strip_beta::named(request, refusal);
        let new = |beta: &String| instead_of(request, refusal.known, beta);
        let renamed: Vec<_> = named.iter().filter_map(|beta| Some((beta, new(beta)?))).collect();
        // A refusal that names the new name as well will not take it.
        let is_named = |beta: &str| named.iter().any(|other| other == beta);
        if renamed.is_empty() || renamed.iter().any(|(_, instead)| is_named(instead)) {
            return false;
        }
        for (beta, instead) in &renamed {
            rename_and_learn(request, beta, instead);
        }
        // What else was named goes in the same trip.
        for beta in named.iter().filter(|beta| renamed.iter().all(|(other, _)| other != beta)) {
            strip_beta::strip(request, beta);
            strip_beta::learn_refused(request, beta);
        }
        true
    }
}

/// The name under which a beta may be known instead, where that was not tried yet.
pub(crate) fn instead_of(
    request: &Outbound,
    known: &Known<'_>,
    beta: &str,
) -> Option<&'static str> {
    let instead = platform::instead_of(PROFILE, beta)?;
    let feature = format!("beta:{instead}");
    let is_tried = request.lessons().iter().any(|lesson| lesson.feature == feature);
    (!is_tried && !known.refuses(&feature)).then_some(instead)
}

/// The betas that are asked for by this name instead.
pub(crate) fn renamed_to(beta: &str) -> impl Iterator<Item = &'static str> {
    platform::renamed(PROFILE).filter(move |(_, new)| *new == beta).map(|(old, _)| old)
}

/// Renames a beta and notes what follows from that.
pub(crate) fn rename_and_learn(request: &mut Outbound, beta: &str, instead: &str) -> bool {
    let is_changed = rename(request, beta, instead);
    if is_changed {
        request.learn(format!("beta:{beta}"), Says::Instead(instead.to_owned()));
    }
    is_changed
}

/// Asks for a beta by its new name, and gives up what that name does not open.
fn rename(request: &mut Outbound, beta: &str, instead: &str) -> bool {
    if !request.betas.rename(&mut request.body, beta, instead) {
        return false;
    }
    strip_beta::give_up_unopened(request, beta);
    request.note(ID, beta);
    true
}
