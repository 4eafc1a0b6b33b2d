//! What a client is told when nothing could be cured: a status, a type, one plain sentence.
//!
//! The wire shape around it is made elsewhere, from this.

#[cfg(test)]
mod tests;

use crate::catalogue::{Fault, FaultId, faults};
use crate::cause::Answer;
use crate::diagnose::{Cools, Diagnosis};
use crate::limits::{RETRY_AFTER_BUSY_SECS_MAX, WORDS_TOLD_BYTES_MAX};
use crate::unwrap::Inner;

/// A fault as a client is told of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// Anthropic's error type.
    pub error_type: &'static str,
    /// One plain sentence. `{help}` in it awaits [`Told::with_help`].
    pub message: String,
    /// `retry-after`, in seconds.
    pub retry_after: Option<u64>,
    /// `x-should-retry`.
    pub should_retry: Option<bool>,
    /// The fault that is told; its id goes into `salve-fault`.
    pub fault: &'static Fault,
}

impl Told {
    /// Names the fault's help page below this public address of the gateway.
    #[must_use]
    pub fn with_help(mut self, public_url: &str) -> Self {
        let page = format!("{}/help/{}", public_url.trim_end_matches('/'), self.fault.id);
        self.message = self.message.replace("{help}", &page);
        self
    }
}

impl FaultId {
    /// The fault in its own shape; see [`Fault::tell`].
    #[must_use]
    pub fn tell(self, details: &[(&str, &str)]) -> Told {
        self.fault().tell(details)
    }
}

impl Fault {
    /// The fault in its own shape, with these details for the `{name}`s of its sentence. The
    /// sentence called `exact` is used if every name in it is known; what stays unknown in the
    /// other reads "unknown". Details fill the sentence alone: to send another status or
    /// `retry-after`, set the fields of [`Told`].
    #[must_use]
    pub fn tell(&'static self, details: &[(&str, &str)]) -> Told {
        let shape = &self.told;
        let exact = shape.exact.as_deref().and_then(|text| fill(text, details, None));
        let message = exact.or_else(|| fill(&shape.message, details, Some("unknown")));
        Told {
            status: shape.status,
            error_type: &shape.error_type,
            message: message.unwrap_or_default(),
            retry_after: shape.retry_after,
            should_retry: shape.should_retry,
            fault: self,
        }
    }
}

/// Replaces each `{name}`, but `{help}`. `None` if one is unknown and nothing stands for it.
/// A `{` that opens no name stays; what is put in is not read again.
fn fill(template: &str, details: &[(&str, &str)], unknown: Option<&str>) -> Option<String> {
    let mut parts = template.split('{');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let named = part.split_once('}').filter(|(name, _)| *name != "help");
        let Some((name, rest)) = named else {
            text.push('{');
            text.push_str(part);
            continue;
        };
        let known = details.iter().find(|(detail, _)| *detail == name);
        text.push_str(known.map(|(_, value)| *value).or(unknown)?);
        text.push_str(rest);
    }
    Some(text)
}

/// An upstream's refusal in the fault's shape. Words that must be kept (`{inner}`) keep their
/// status too, if it is a client error: clients act on both.
pub(crate) fn told_as_answered(
    fault: &'static Fault,
    answer: &Answer<'_>,
    inner: &Inner,
    details: &[(String, String)],
) -> Told {
    let words = excerpt(&inner.message, WORDS_TOLD_BYTES_MAX);
    let words = if words.is_empty() { "the upstream gave no reason" } else { words };
    let mut told = fault.tell(&all_details(details, words, ""));
    if fault.told.message == "{inner}" && is_status_told(fault, answer.status) {
        told.status = answer.status;
        told.error_type = type_of_status(answer.status);
    }
    told
}

fn all_details<'a>(
    captured: &'a [(String, String)],
    inner: &'a str,
    tried: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let captured = captured.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    captured.chain([("inner", inner), ("tried", tried)]).collect()
}

/// Whether a client reads this status of a refusal of the request's shape rightly. Relays refuse
/// shapes with statuses of other things, on which clients log in anew, blame the model or wait.
pub(crate) fn is_status_told(fault: &Fault, status: u16) -> bool {
    match status {
        401 | 403 | 407 | 408 | 429 => false,
        404 => fault.remedies.is_empty(),
        status => (400..500).contains(&status),
    }
}

/// Anthropic's type for a status, from its error reference.
fn type_of_status(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500..600 => "api_error",
        _ => "invalid_request_error",
    }
}

/// One answer for all candidates that failed: the one soonest free decides. What passes with
/// time goes before what the client can change, and that before what the operator must.
/// Without any diagnosis, no candidate could be asked at all.
#[must_use]
pub fn told_when_all_failed(diagnoses: &[Diagnosis]) -> Told {
    let Some(soonest) = diagnoses.iter().min_by_key(|diagnosis| diagnosis.freedom()) else {
        return faults::MODEL_NOT_SERVED_NOW.tell(&[("tried", "")]);
    };
    let tried = tried(diagnoses);
    let words = excerpt(&soonest.inner.message, WORDS_TOLD_BYTES_MAX);
    let mut told = soonest.fault.tell(&all_details(&soonest.details, words, &tried));
    if let (Some(secs), true) = (soonest.cools.secs(), soonest.heals()) {
        let busy = secs.clamp(1, RETRY_AFTER_BUSY_SECS_MAX);
        told.retry_after = Some(if told.status == 429 { secs } else { busy });
    }
    told
}

/// Which faults the candidates met, for the sentence: nothing if there was one candidate.
fn tried(diagnoses: &[Diagnosis]) -> String {
    if diagnoses.len() < 2 {
        return String::new();
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for diagnosis in diagnoses {
        match counts.iter_mut().find(|(id, _)| *id == diagnosis.fault.id) {
            Some((_, count)) => *count += 1,
            None => counts.push((&diagnosis.fault.id, 1)),
        }
    }
    let one = |(id, count): &(&str, usize)| match count {
        1 => (*id).to_owned(),
        more => format!("{id} ×{more}"),
    };
    format!(" (tried: {})", counts.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// How soon a request like this one could succeed; the least is told.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Freedom {
    /// In so many seconds.
    Seconds(u64),
    /// When the request is another.
    Request,
    /// When the configuration is another.
    Configuration,
    /// When somebody pays.
    Account,
    /// When somebody renews a credential.
    Credential,
}

impl Diagnosis {
    fn heals(&self) -> bool {
        self.fault.told.retry_after.is_some() && self.fault.told.should_retry != Some(false)
    }

    fn freedom(&self) -> Freedom {
        match self.cools {
            Cools::Model { secs } | Cools::Briefly { secs } if self.heals() => {
                Freedom::Seconds(secs)
            }
            Cools::Nothing => Freedom::Request,
            Cools::Model { .. } | Cools::Briefly { .. } => Freedom::Configuration,
            Cools::Account => Freedom::Account,
            Cools::Credential => Freedom::Credential,
        }
    }
}

impl Cools {
    fn secs(self) -> Option<u64> {
        match self {
            Self::Model { secs } | Self::Briefly { secs } => Some(secs),
            Self::Nothing | Self::Credential | Self::Account => None,
        }
    }
}

/// The first so many bytes of a text, cut between characters.
pub(crate) fn excerpt(text: &str, bytes_max: usize) -> &str {
    let end = bytes_max.min(text.len());
    (0..=end).rev().find_map(|end| text.get(..end)).unwrap_or(text)
}
