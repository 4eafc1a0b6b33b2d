//! route: group, key and model → [`Plan`]. May end with 404 (unknown model), 503 (known, but no
//! channel takes requests).
//!
//! Pure: the random number that shares load among equals is passed in.

#[cfg(test)]
mod tests;

use rand::Rng;
use salve_remedy::{Told, faults};

use crate::house::{Channel, Group, Key, Member};
use crate::limits;
use crate::vocabulary::{Candidate, Fallback, Plan, Skipped, Standing, Unfit};

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
    /// No channel that has the model takes so large a body.
    #[error("the request has {size} bytes; the most that a channel takes is {limit}")]
    TooLarge {
        /// Bytes of the body.
        size: u64,
        /// The most that one of the channels takes.
        limit: u64,
    },
    /// The conversation is longer than the window that any channel has for the model.
    #[error("prompt is too long: {tokens} tokens > {limit} maximum")]
    TooLong {
        /// Tokens of the conversation, at least.
        tokens: u64,
        /// The largest window.
        limit: u64,
    },
}

/// What is asked of the router.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The channels that may be used.
    pub group: &'a Group,
    /// Who asks.
    pub key: &'a Key,
    /// The model, as the client names it.
    pub model: &'a str,
    /// Bytes of the body.
    pub body_bytes: u64,
    /// How a channel stands to the request, from the channel and the model's id there.
    pub standing: &'a dyn Fn(&Channel, &str) -> Standing,
}

fn list(known: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = known.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        text.push_str(" and more (GET /v1/models lists them)");
    }
    if text.is_empty() { "none".to_owned() } else { text }
}

/// Orders the channels that may serve the model: those in trouble last, then by priority, and
/// among equals at random in proportion to weight. What may stand in for the model comes with it.
///
/// # Errors
/// [`RouteRefusal`] where there is none; `known` names the alternatives for its sentence.
pub fn plan(
    asked: Asked<'_>,
    known: impl FnOnce() -> Vec<String>,
    random: &mut impl Rng,
) -> Result<Plan, RouteRefusal> {
    let mut skipped = Vec::new();
    let found = candidates(asked, &mut skipped, random);
    let candidates = match found {
        Ok(candidates) => candidates,
        Err(unfit) => return Err(refusal(asked, &skipped, unfit.as_deref(), known)),
    };
    let fallbacks = asked.group.fallbacks(asked.model).filter_map(|model| {
        let candidates =
            self::candidates(Asked { model, ..asked }, &mut Vec::new(), random).ok()?;
        Some(Fallback { model: model.to_owned(), candidates })
    });
    Ok(Plan { candidates, fallbacks: fallbacks.collect(), skipped })
}

/// The channels for one model. Where there are none, what was unfit about those that serve it.
fn candidates(
    asked: Asked<'_>,
    skipped: &mut Vec<Skipped>,
    random: &mut impl Rng,
) -> Result<Vec<Candidate>, Option<Vec<Unfit>>> {
    let (mut fitting, mut last, mut unfit) = (Vec::new(), Vec::new(), Vec::new());
    for member in &asked.group.members {
        let channel = &member.channel;
        let reason = match reason_against(member, asked.key, asked.model) {
            Some(reason) => reason.to_owned(),
            None => match (asked.standing)(channel, channel.upstream_model(asked.model)) {
                Standing::Fit => {
                    fitting.push(member);
                    continue;
                }
                Standing::Last(_) => {
                    last.push(member);
                    continue;
                }
                Standing::Out(why) => {
                    unfit.push(why);
                    why.to_string()
                }
            },
        };
        skipped.push(Skipped { channel: channel.name.clone(), reason });
    }
    if fitting.is_empty() && last.is_empty() {
        return Err((!unfit.is_empty()).then_some(unfit));
    }
    let ordered = in_order(fitting, random).into_iter().chain(in_order(last, random));
    let candidate = |member: &Member| Candidate {
        channel: member.channel.clone(),
        upstream_model: member.channel.upstream_model(asked.model).to_owned(),
    };
    Ok(ordered.take(limits::CANDIDATES_MAX).map(candidate).collect())
}

fn refusal(
    asked: Asked<'_>,
    skipped: &[Skipped],
    unfit: Option<&[Unfit]>,
    known: impl FnOnce() -> Vec<String>,
) -> RouteRefusal {
    if let Some(refusal) = unfit.and_then(|unfit| too_much(asked, unfit)) {
        return refusal;
    }
    // A client chose the name, and a sentence that holds it goes back and into logs.
    let model = asked.model.chars().take(MODEL_CHARS_SHOWN).collect();
    match skipped.iter().any(|skipped| skipped.reason == DRAINED) {
        true => RouteRefusal::OutOfService { model },
        false => RouteRefusal::Unknown { model, known: known() },
    }
}

/// What is told where every channel is too small: the limit of the largest.
fn too_much(asked: Asked<'_>, unfit: &[Unfit]) -> Option<RouteRefusal> {
    let window = unfit.iter().filter_map(|unfit| match unfit {
        Unfit::TooLong { tokens, limit } => Some((*limit, *tokens)),
        Unfit::BodyTooLarge { .. } => None,
    });
    if let Some((limit, tokens)) = window.max() {
        return Some(RouteRefusal::TooLong { tokens, limit });
    }
    let body = unfit.iter().filter_map(|unfit| match unfit {
        Unfit::BodyTooLarge { limit } => Some(*limit),
        Unfit::TooLong { .. } => None,
    });
    body.max().map(|limit| RouteRefusal::TooLarge { size: asked.body_bytes, limit })
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

/// Bytes as people read them.
fn megabytes(bytes: u64) -> String {
    const MIB: u64 = 1 << 20;
    let tenths = bytes.saturating_mul(10).div_ceil(MIB);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BodyTooLarge { limit } => {
                write!(f, "takes bodies up to {}", megabytes(*limit))
            }
            Self::TooLong { tokens, limit } => {
                write!(f, "its window has {limit} tokens, the conversation at least {tokens}")
            }
        }
    }
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
            RouteRefusal::TooLarge { size, limit } => faults::BODY_TOO_LARGE
                .tell(&[("size", &megabytes(size)), ("limit", &megabytes(limit))]),
            RouteRefusal::TooLong { tokens, limit } => faults::CONTEXT_TOO_LONG
                .tell(&[("requested", &tokens.to_string()), ("limit", &limit.to_string())]),
        }
    }
}
