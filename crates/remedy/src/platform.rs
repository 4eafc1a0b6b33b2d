//! What is known of a platform before any traffic: the seeds of capabilities.
//!
//! The facts are data, one file per platform under `capabilities/platforms/`. What a channel
//! answers overrides them. The profile `anthropic` and unknown hosts have no seeds: a request is
//! untouched unless it needs a cure.

mod read;

#[cfg(test)]
mod tests;

use crate::known::{Facts, Says};
use read::{PLATFORMS, Platform, fits};

/// The names of all platforms.
pub fn profiles() -> impl Iterator<Item = &'static str> {
    PLATFORMS.iter().map(|platform| platform.name)
}

/// The facts to begin with for a model at a platform. Features that are just taken are not
/// among them: nothing is to be done about those. None for a name that is no platform's.
#[must_use]
pub fn seeds(profile: &str, model: &str) -> Facts {
    let facts = platform(profile).into_iter().flat_map(|platform| platform.facts_for(model));
    let mut seeds = Facts::default();
    for (feature, says) in facts {
        match says {
            // A model may take what the platform else refuses.
            Says::Takes => seeds.forget(feature),
            Says::Refuses | Says::Needs | Says::Limit(_) | Says::Instead(_) => {
                seeds.set(feature, says.clone());
            }
        }
    }
    seeds
}

/// The platform behind a host (with or without a port), where its name tells.
#[must_use]
pub fn profile_of_host(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let bare = match host.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        Some(_) | None => &host,
    };
    let is_its = |pattern: &String| fits(pattern, &host) || fits(pattern, bare);
    PLATFORMS.iter().find(|platform| platform.hosts.iter().any(is_its)).map(|found| found.name)
}

/// Whether a platform takes a beta for a model. `None` where nobody knows; a beta that it knows
/// by another name is not taken.
#[must_use]
pub fn takes_beta(profile: &str, model: &str, beta: &str) -> Option<bool> {
    Some(match platform(profile)?.says(model, &format!("beta:{beta}"))? {
        Says::Takes | Says::Needs | Says::Limit(_) => true,
        Says::Refuses | Says::Instead(_) => false,
    })
}

/// By which other name a platform knows a beta.
#[must_use]
pub fn instead_of(profile: &str, beta: &str) -> Option<&'static str> {
    renamed(profile).find(|(old, _)| *old == beta).map(|(_, new)| new)
}

/// The betas that a platform knows by another name, with that name.
pub fn renamed(profile: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let facts = platform(profile).into_iter().flat_map(|platform| platform.facts_for(""));
    facts.filter_map(|(feature, says)| match says {
        Says::Instead(name) => Some((feature.strip_prefix("beta:")?, name.as_str())),
        Says::Takes | Says::Needs | Says::Limit(_) | Says::Refuses => None,
    })
}

fn platform(profile: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|platform| platform.name == profile)
}
