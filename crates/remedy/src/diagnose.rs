//! From what happened to an attempt to what it means: which fault, what becomes of the
//! request, and what is known about the channel from now on.
//!
//! Pure policy without memory: it does not know other attempts, other channels or the time.

#[cfg(test)]
mod tests;

use crate::catalogue::{Evidence, Fault, Place, Policy, Scope, catalogue, faults};
use crate::cause::{Answer, Cause, Malformed, Timeout, Unreachable};
use crate::limits::{COOLS_SECS_MAX, MESSAGE_MATCHED_BYTES_MAX};
use crate::redact::redact;
use crate::told::{Told, excerpt, is_status_told, told_as_answered};
use crate::unwrap::{Inner, Shape, unwrap};
use crate::wait;

/// What an attempt's failure means.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// Which fault it is.
    pub fault: &'static Fault,
    /// What the upstream said, without credentials.
    pub inner: Inner,
    /// What becomes of the request.
    pub verdict: Verdict,
    /// What this says about the channel.
    pub cools: Cools,
    /// What the matching pattern captured, by name; for the remedies and the sentence told.
    pub details: Vec<(String, String)>,
    /// How long the upstream asks to wait, in seconds.
    pub retry_after: Option<u64>,
}

impl Diagnosis {
    /// Adds details that the upstream's words lack. The sentence told, where it is the fault's own
    /// and knows more now.
    pub fn complete(&mut self, more: &[(&str, String)]) -> Option<Told> {
        let shape = &self.fault.told;
        let exact = shape.exact.as_deref().unwrap_or_default();
        for (name, value) in more {
            let is_known = self.details.iter().any(|(known, _)| known == name);
            let place = format!("{{{name}}}");
            if !is_known && (exact.contains(&place) || shape.message.contains(&place)) {
                self.details.push(((*name).to_owned(), value.clone()));
            }
        }
        let Verdict::Tell(told) = &self.verdict else { return None };
        // What has no sentence for more numbers keeps the words it was told with.
        shape.exact.as_ref()?;
        let details = self.details.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let message = self.fault.tell(&details.collect::<Vec<_>>()).message;
        let completed = Told { message, ..told.clone() };
        self.verdict = Verdict::Tell(completed.clone());
        Some(completed)
    }
}

impl Diagnosis {
    /// What the matching pattern captured under this name, such as `path` or `limit`; numbers
    /// are plain digits.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        detail(&self.details, name)
    }
}

fn detail<'a>(details: &'a [(String, String)], name: &str) -> Option<&'a str> {
    details.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// What becomes of the request.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The next candidate is tried; if there is none, see
    /// [`told_when_all_failed`](crate::told_when_all_failed).
    NextCandidate,
    /// The refusal goes to the client with its status and its body as they are.
    PassAsIs,
    /// This goes to the client; inside a stream, as its `error` event.
    Tell(Told),
}

/// What a fault says about the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cools {
    /// Nothing: it is the request's shape.
    Nothing,
    /// The channel does not serve this model for so long.
    Model {
        /// Seconds from now.
        secs: u64,
    },
    /// The channel is better left alone for so long.
    Briefly {
        /// Seconds from now.
        secs: u64,
    },
    /// The channel's credential is refused until somebody renews it.
    Credential,
    /// The channel's account is out of credit until somebody pays.
    Account,
}

/// How long a channel is left alone where neither the upstream nor the catalogue says.
const COOLS_SECS_DEFAULT: u64 = 5;

/// Says which fault it is and what follows. Never panics, whatever the bytes.
#[must_use]
pub fn diagnose(cause: &Cause<'_>) -> Diagnosis {
    match cause {
        Cause::Answer(answer) => diagnose_answer(answer),
        Cause::Unreachable(how) => silent(faults::UPSTREAM_UNREACHABLE.fault(), how.words()),
        Cause::Timeout(Timeout::Idle(Place::Midstream)) => {
            broken("no event came for too long, after content")
        }
        Cause::Timeout(wait) => silent(faults::UPSTREAM_TIMEOUT.fault(), wait.words()),
        Cause::Cut(Place::Midstream) => broken("the connection ended inside the answer"),
        Cause::Cut(Place::Head | Place::FirstEvent) => silent(
            faults::UPSTREAM_STREAM_BROKEN.fault(),
            "the connection ended before any content",
        ),
        Cause::Malformed(how) => silent(faults::UPSTREAM_MALFORMED_ANSWER.fault(), how.words()),
    }
}

fn diagnose_answer(answer: &Answer<'_>) -> Diagnosis {
    let mut inner = unwrap(answer.body, answer.content_type);
    let (fault, details) = recognise(answer, &inner);
    inner.message = redact(&inner.message);
    let told = || told_as_answered(fault, answer, &inner, &details);
    let verdict = match (fault.verdict, answer.place) {
        (Policy::Next, Place::Head | Place::FirstEvent) => Verdict::NextCandidate,
        (Policy::Pass, Place::Head) if is_passable(fault, answer, &inner) => Verdict::PassAsIs,
        (Policy::Next | Policy::Pass | Policy::Tell, _) => Verdict::Tell(told()),
    };
    let passes = fault.told.retry_after.is_some();
    let named = || passes.then(|| wait::named_in(answer.body)).flatten();
    let retry_after = answer.retry_after.or_else(named);
    let cools = cools(fault, retry_after);
    Diagnosis { fault, inner, verdict, cools, details, retry_after }
}

/// Whether a client reads the refusal rightly as it is: a client error in an error envelope.
/// Everything else keeps its words but gets an envelope.
fn is_passable(fault: &Fault, answer: &Answer<'_>, inner: &Inner) -> bool {
    is_status_told(fault, answer.status) && inner.shape == Shape::Envelope
}

/// The fault whose recogniser says most. Among equals the first in the catalogue; that there
/// are none among known cases is a test.
fn recognise(answer: &Answer<'_>, inner: &Inner) -> (&'static Fault, Vec<(String, String)>) {
    let message = excerpt(&inner.message, MESSAGE_MATCHED_BYTES_MAX);
    let evidence = evidence(answer, inner, message);
    let matches = catalogue().matches(&evidence);
    let best = matches.reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((_, fault, recogniser)) => by_numbers(fault, recogniser.details(message)),
        None => (unrecognised(answer.status, inner), Vec::new()),
    }
}

/// One sentence serves for two faults: a prompt that is over the window by itself, and one that
/// is so together with the room asked for the reply. Only the numbers tell which.
fn by_numbers(
    fault: &'static Fault,
    mut details: Vec<(String, String)>,
) -> (&'static Fault, Vec<(String, String)>) {
    let number = |name| detail(&details, name).and_then(|text| text.parse::<u64>().ok());
    let (Some(input), Some(limit)) = (number("input"), number("limit")) else {
        return (fault, details);
    };
    let input = input.saturating_add(number("tools").unwrap_or(0));
    if fault.id != faults::MAX_TOKENS_OVER_WINDOW.fault().id || input < limit {
        return (fault, details);
    }
    details.retain(|(name, _)| name != "requested");
    details.push(("requested".to_owned(), input.to_string()));
    (faults::CONTEXT_TOO_LONG.fault(), details)
}

pub(crate) fn evidence<'a>(
    answer: &Answer<'a>,
    inner: &'a Inner,
    message: &'a str,
) -> Evidence<'a> {
    // `ValidationException:http://…`: the type ends at the colon.
    let header = answer.headers_error_type.and_then(|text| text.split(':').next());
    Evidence {
        dialect: answer.dialect,
        status: answer.status,
        error_types: [inner.error_type.as_deref(), header],
        code: inner.code.as_deref(),
        message,
        place: answer.place,
        shape: inner.shape,
    }
}

/// An error that came with a 200, inside a stream or not, says by its type what its status
/// would have been.
fn unrecognised(status: u16, inner: &Inner) -> &'static Fault {
    let is_request_shaped = matches!(
        inner.error_type.as_deref(),
        Some("invalid_request_error" | "not_found_error" | "permission_error")
    );
    match status {
        400..500 => faults::UPSTREAM_REQUEST_REFUSED.fault(),
        500.. => faults::UPSTREAM_SERVER_ERROR.fault(),
        0..400 if inner.shape != Shape::Envelope => faults::UPSTREAM_MALFORMED_ANSWER.fault(),
        0..400 if is_request_shaped => faults::UPSTREAM_REQUEST_REFUSED.fault(),
        0..400 => faults::UPSTREAM_SERVER_ERROR.fault(),
    }
}

fn cools(fault: &Fault, retry_after: Option<u64>) -> Cools {
    let secs = retry_after.or(fault.cools_secs).unwrap_or(COOLS_SECS_DEFAULT);
    let secs = secs.clamp(1, COOLS_SECS_MAX);
    match fault.cools {
        Scope::Nothing => Cools::Nothing,
        Scope::Model => Cools::Model { secs },
        Scope::Channel => Cools::Briefly { secs },
        Scope::Credential => Cools::Credential,
        Scope::Account => Cools::Account,
    }
}

/// The diagnosis of an attempt that failed before content without a word of the upstream's.
fn silent(fault: &'static Fault, words: &str) -> Diagnosis {
    Diagnosis {
        fault,
        inner: Inner {
            message: words.to_owned(),
            error_type: None,
            code: None,
            shape: Shape::Empty,
        },
        verdict: Verdict::NextCandidate,
        cools: cools(fault, None),
        details: Vec::new(),
        retry_after: None,
    }
}

/// The diagnosis of a stream that broke after content: it can only be told.
fn broken(words: &str) -> Diagnosis {
    let fault = faults::UPSTREAM_STREAM_BROKEN.fault();
    Diagnosis { verdict: Verdict::Tell(fault.tell(&[("tried", "")])), ..silent(fault, words) }
}

impl Unreachable {
    fn words(self) -> &'static str {
        match self {
            Self::Connect => "the connection was refused",
            Self::Tls => "the TLS handshake failed",
            Self::Dns => "its name did not resolve",
            Self::Reset => "the connection was closed before any answer",
        }
    }
}

impl Timeout {
    fn words(self) -> &'static str {
        match self {
            Self::Connect => "no connection came about in time",
            Self::FirstByte => "no answer began in time",
            Self::Idle(_) => "no event came for too long",
        }
    }
}

impl Malformed {
    fn words(self) -> &'static str {
        match self {
            Self::Empty => "the answer was empty",
            Self::Html => "the answer was a web page",
            Self::NotAMessage => "the answer was neither a message nor an event stream",
            Self::NoContent => "the stream ended without content",
        }
    }
}
