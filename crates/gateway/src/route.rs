//! route: group, key and model → [`Plan`]. May end with 404 (unknown model), 503 (known, but no
//! channel takes requests).
//!
//! Pure: the random number that shares load among equals is passed in.

#[cfg(test)]
mod tests;

use rand::Rng;
use salve_remedy::{Told, faults};

use crate::house::{Group, Key, Member};
use crate::limits;
use crate::vocabulary::{Candidate, Plan, Skipped};

/// Why a request can go nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteRefusal {
    /// The key may not use the model, or nobody here knows it. Not told apart.
    #[error("the model `{model}` is not offered")]
    Unknown {
        /// What was asked for.
        model: String,
        /// What may be asked for.
        known: Vec<String>,
    },
    /// Every channel that has the model is drained.
    #[error("every channel that serves `{model}` is out of service right now")]
    OutOfService {
        /// What was asked for.
        model: String,
    },
}

fn list(known: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = known.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        text.push_str(" and more (GET /v1/models lists them)");
    }
    if text.is_empty() { "none".to_owned() } else { text }
}

/// Orders the channels of `group` that may serve `model`: by priority, and among equals at
/// random in proportion to weight.
///
/// # Errors
/// [`RouteRefusal`] where there is none; `known` names the alternatives for its sentence.
pub fn plan(
    group: &Group,
    key: &Key,
    model: &str,
    known: impl FnOnce() -> Vec<String>,
    random: &mut impl Rng,
) -> Result<Plan, RouteRefusal> {
    let mut skipped = Vec::new();
    let mut fitting = Vec::new();
    for member in &group.members {
        match reason_against(member, key, model) {
            Some(reason) => skipped.push(Skipped { channel: member.channel.name.clone(), reason }),
            None => fitting.push(member),
        }
    }
    if fitting.is_empty() {
        let is_known = skipped.iter().any(|skipped| skipped.reason == DRAINED);
        // A client chose the name, and a sentence that holds it goes back and into logs.
        let model = model.chars().take(MODEL_CHARS_SHOWN).collect();
        return Err(match is_known {
            true => RouteRefusal::OutOfService { model },
            false => RouteRefusal::Unknown { model, known: known() },
        });
    }
    let ordered = in_order(fitting, random).into_iter().take(limits::ATTEMPTS_MAX);
    let candidates = ordered.map(|member| Candidate {
        channel: member.channel.clone(),
        upstream_model: member.channel.upstream_model(model).to_owned(),
    });
    Ok(Plan { candidates: candidates.collect(), skipped })
}

const DRAINED: &str = "drained";
const MODEL_CHARS_SHOWN: usize = 100;

fn reason_against(member: &Member, key: &Key, model: &str) -> Option<&'static str> {
    if !key.may_use(model) {
        return Some("the key may not use this model");
    }
    if !member.channel.serves(model) {
        return Some("does not serve this model");
    }
    member.channel.is_drained().then_some(DRAINED)
}

/// Weighted order without replacement (Efraimidis and Spirakis): each draws `u^(1/weight)`,
/// the greatest goes first. A float decides an order here, never an amount.
fn in_order<'a>(members: Vec<&'a Member>, random: &mut impl Rng) -> Vec<&'a Member> {
    if members.len() < 2 {
        return members;
    }
    let draw = |member: &Member| random_key(member.weight, random.random::<f64>());
    let mut drawn: Vec<(f64, &Member)> = {
        let mut draw = draw;
        members.into_iter().map(|member| (draw(member), member)).collect()
    };
    drawn
        .sort_by(|(a_key, a), (b_key, b)| a.priority.cmp(&b.priority).then(b_key.total_cmp(a_key)));
    drawn.into_iter().map(|(_, member)| member).collect()
}

fn random_key(weight: u32, uniform: f64) -> f64 {
    uniform.powf(1.0 / f64::from(weight.max(1)))
}

impl From<RouteRefusal> for Told {
    fn from(refusal: RouteRefusal) -> Self {
        match refusal {
            RouteRefusal::Unknown { model, known } => {
                faults::MODEL_UNKNOWN.tell(&[("model", &model), ("models", &list(&known))])
            }
            RouteRefusal::OutOfService { model } => {
                faults::MODEL_NOT_SERVED_NOW.tell(&[("model", &model), ("tried", "")])
            }
        }
    }
}
