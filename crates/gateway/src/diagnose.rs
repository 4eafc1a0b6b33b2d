//! diagnose: the upstream's answer → [`Judged`]: good, passed as it is, or what it means.
//!
//! Pure. What a failure means is the catalogue's to say; this room only tells an answer from a
//! failure and describes the failure to it.

mod retry_after;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use salve_remedy::{
    Answer as Refused, Cause, Cools, Diagnosis, Dialect, FaultId, Malformed, Place, Timeout, Told,
    Unreachable, Verdict, faults, told_when_all_failed,
};
use salve_wire::anthropic::response::{Response, Said};

use crate::phrase;
use crate::vocabulary::{Answer, AnswerBody, Break, Endpoint, SendError, Stream};

/// What an attempt came to.
#[derive(Debug)]
pub enum Judged {
    /// A whole, good answer.
    Whole(Box<WholeAnswer>),
    /// A good stream.
    Stream(HeaderMap, Box<Stream>),
    /// A refusal that goes to the client with its status and its words.
    Pass(PassedRefusal),
    /// Another candidate may do better.
    Next(Box<Diagnosis>),
    /// The request ends here.
    Tell(Box<Diagnosis>, Box<Told>),
}

impl Judged {
    /// What was found wrong; `None` where there is a good answer.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        match self {
            Self::Whole(_) | Self::Stream(..) => None,
            Self::Pass(refusal) => Some(&refusal.diagnosis),
            Self::Next(diagnosis) | Self::Tell(diagnosis, _) => Some(diagnosis),
        }
    }

    /// Whether this is an answer that says nothing, for no reason given. Another attempt may say
    /// more, and [`blank`] is what was wrong then; where none does, this is the answer, since a
    /// model may have nothing to say.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Whole(answer) => answer.response.said() == Said::Nothing,
            Self::Stream(_, stream) => stream.is_blank,
            Self::Pass(_) | Self::Next(_) | Self::Tell(..) => false,
        }
    }
}

/// A whole, good answer.
#[derive(Debug)]
pub struct WholeAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub response: Response,
}

/// A refusal as the upstream wrote it.
#[derive(Debug)]
pub struct PassedRefusal {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// What it was taken for.
    pub diagnosis: Box<Diagnosis>,
}

/// What is known here of a channel and a request that the upstream's words do not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances {
    /// Whether the channel served this very model lately.
    pub was_served_lately: bool,
    /// Bytes of the client's body.
    pub body_bytes: u64,
    /// Tokens that the conversation has at least.
    pub tokens: Option<u64>,
    /// The model's context window there, in tokens.
    pub window: Option<u64>,
    /// The largest body that the channel takes, in bytes.
    pub body_limit: Option<u64>,
}

/// The same judgement with what is known here: a model that was served lately is not unknown but
/// short, and a limit that the upstream does not name is named.
#[must_use]
pub fn in_light_of(judged: Judged, known: &Circumstances) -> Judged {
    let Some(diagnosis) = judged.diagnosis() else { return judged };
    let is_denied = DENIES_MODEL.contains(&diagnosis.fault.id.as_str());
    match (is_denied, known.was_served_lately) {
        (false, _) => with_numbers(judged, known),
        (true, true) => instead(diagnosis, faults::MODEL_SHORTAGE, SHORTAGE_SECS),
        (true, false) => instead(diagnosis, faults::UPSTREAM_MODEL_MISSING, MISSING_SECS),
    }
}

/// The same failure, known to be another fault than its words say.
fn instead(diagnosis: &Diagnosis, fault: FaultId, secs: u64) -> Judged {
    let (fault, verdict, cools) = (fault.fault(), Verdict::NextCandidate, Cools::Model { secs });
    Judged::Next(Box::new(Diagnosis { fault, verdict, cools, ..diagnosis.clone() }))
}

/// Refusals that say that there is no such model.
const DENIES_MODEL: &[&str] = &["upstream-model-missing", "model-shortage"];

/// A model that was short is asked for again after this long, where others can be asked before.
const SHORTAGE_SECS: u64 = 5;

/// The same for a model that the upstream does not have: somebody must change something first.
const MISSING_SECS: u64 = 60;

/// Sentences about sizes name them, if not from the upstream's words then from here.
fn with_numbers(judged: Judged, known: &Circumstances) -> Judged {
    let size = |bytes: u64| match bytes >> 20 {
        0 => format!("{} KiB", bytes.div_ceil(1 << 10)),
        _ => format!("{} MiB", bytes.div_ceil(1 << 20)),
    };
    // An upstream that says too long is believed: the least that then holds is one over.
    let least = known.window.map(|window| known.tokens.unwrap_or(0).max(window.saturating_add(1)));
    let more = [
        ("size", Some(size(known.body_bytes))),
        ("body_limit", known.body_limit.map(size)),
        ("limit", known.window.map(|window| window.to_string())),
        ("requested", least.map(|tokens| tokens.to_string())),
    ];
    let more: Vec<(&str, String)> =
        more.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    match judged {
        Judged::Tell(mut diagnosis, told) => {
            let told = match diagnosis.complete(&more) {
                Some(completed) => Box::new(completed),
                None => told,
            };
            Judged::Tell(diagnosis, told)
        }
        Judged::Next(mut diagnosis) => {
            diagnosis.complete(&more);
            Judged::Next(diagnosis)
        }
        judged @ (Judged::Whole(_) | Judged::Stream(..) | Judged::Pass(_)) => judged,
    }
}

/// What an attempt came to, from what was sent back or why nothing was.
#[must_use]
pub fn judge(
    answered: Result<Answer, SendError>,
    endpoint: Endpoint,
    wants_stream: bool,
) -> Judged {
    let answer = match answered {
        Ok(answer) => answer,
        Err(error) => return judged(&Cause::from(&error)),
    };
    let Answer { status, headers, body } = answer;
    match body {
        AnswerBody::Stream(stream) => Judged::Stream(headers, stream),
        AnswerBody::Failed(how, _) => judged(&cause_of(&how, Place::FirstEvent, &headers)),
        AnswerBody::Whole(bytes) if status.is_success() => {
            judge_whole(status, headers, bytes, endpoint, wants_stream)
        }
        AnswerBody::Whole(bytes) => judge_refusal(status, headers, bytes),
    }
}

/// A 2xx is an answer only where it holds one: relays put errors and web pages into 200s.
fn judge_whole(
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    endpoint: Endpoint,
    wants_stream: bool,
) -> Judged {
    if bytes.is_empty() {
        return judged(&Cause::Malformed(Malformed::Empty));
    }
    let Some(response) = Response::read(bytes.clone()) else {
        if let Some((status, text)) = sentence(&bytes) {
            return judged(&Cause::Answer(phrase::answer(status, text.as_bytes())));
        }
        let is_page = content_type(&headers).is_some_and(|media| media.contains("html"))
            || bytes.trim_ascii_start().starts_with(b"<");
        let how = if is_page { Malformed::Html } else { Malformed::NotAMessage };
        return judged(&Cause::Malformed(how));
    };
    let is_answer = match endpoint {
        Endpoint::CountTokens => response.has_input_tokens,
        Endpoint::Messages => !wants_stream && response.has_content,
    };
    if is_answer && response.kind.as_deref() != Some("error") {
        if let Said::Text(text) = response.said()
            && let Some(status) = phrase::status(&text)
        {
            return judged(&Cause::Answer(phrase::answer(status, text.as_bytes())));
        }
        return Judged::Whole(Box::new(WholeAnswer { status, headers, response }));
    }
    if response.has_error {
        return judge_refusal(status, headers, bytes);
    }
    judged(&Cause::Malformed(Malformed::NotAMessage))
}

/// A body that is nothing but a failure's sentence.
fn sentence(bytes: &[u8]) -> Option<(u16, &str)> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some((phrase::status(text)?, text))
}

fn judge_refusal(status: StatusCode, headers: HeaderMap, body: Bytes) -> Judged {
    let cause = Cause::Answer(refused(status.as_u16(), &headers, &body, Place::Head));
    let diagnosis = salve_remedy::diagnose(&cause);
    match &diagnosis.verdict {
        Verdict::PassAsIs => {
            let diagnosis = Box::new(diagnosis);
            Judged::Pass(PassedRefusal { status, headers, body, diagnosis })
        }
        Verdict::NextCandidate | Verdict::Tell(_) => judged_as(diagnosis),
    }
}

fn judged(cause: &Cause<'_>) -> Judged {
    judged_as(salve_remedy::diagnose(cause))
}

fn judged_as(diagnosis: Diagnosis) -> Judged {
    match diagnosis.verdict.clone() {
        Verdict::NextCandidate => Judged::Next(Box::new(diagnosis)),
        Verdict::Tell(told) => Judged::Tell(Box::new(diagnosis), Box::new(told)),
        // Only a refusal with a body passes as it is, and those are handled where it is.
        Verdict::PassAsIs => {
            let told = told_when_all_failed(std::slice::from_ref(&diagnosis));
            Judged::Tell(Box::new(diagnosis), Box::new(told))
        }
    }
}

/// What is wrong with an answer that says nothing.
#[must_use]
pub fn blank() -> Diagnosis {
    salve_remedy::diagnose(&Cause::Malformed(Malformed::NoContent))
}

/// A request that cannot be written as HTTP.
#[must_use]
pub fn unsendable(problem: &str) -> Judged {
    let told = faults::BODY_FIELD_WRONG.tell(&[("problem", problem)]);
    let diagnosis = salve_remedy::diagnose(&Cause::Malformed(Malformed::NotAMessage));
    let cools = Cools::Nothing;
    Judged::Tell(Box::new(Diagnosis { fault: told.fault, cools, ..diagnosis }), Box::new(told))
}

/// What a break after the first content means. It can only be told.
#[must_use]
pub fn midstream(how: &Break) -> (Box<Diagnosis>, Box<Told>) {
    if *how == Break::Shutdown {
        let told = faults::GATEWAY_STOPPED.tell(&[]);
        let diagnosis = salve_remedy::diagnose(&Cause::Cut(Place::Midstream));
        return (Box::new(Diagnosis { fault: told.fault, ..diagnosis }), Box::new(told));
    }
    let diagnosis = salve_remedy::diagnose(&cause_of(how, Place::Midstream, &HeaderMap::new()));
    let told = match &diagnosis.verdict {
        Verdict::Tell(told) => told.clone(),
        Verdict::NextCandidate | Verdict::PassAsIs => {
            told_when_all_failed(std::slice::from_ref(&diagnosis))
        }
    };
    (Box::new(diagnosis), Box::new(told))
}

fn cause_of<'a>(how: &'a Break, place: Place, headers: &'a HeaderMap) -> Cause<'a> {
    match how {
        Break::Error(data) => Cause::Answer(refused(200, headers, data, place)),
        Break::Said { status, text } => {
            Cause::Answer(Refused { place, ..phrase::answer(*status, text.as_bytes()) })
        }
        Break::Ended if place == Place::FirstEvent => Cause::Malformed(Malformed::NoContent),
        Break::Ended | Break::Cut(_) | Break::Shutdown => Cause::Cut(place),
        Break::Silent => Cause::Timeout(Timeout::Idle(place)),
        Break::EventTooLarge => Cause::Malformed(Malformed::NotAMessage),
    }
}

fn refused<'a>(status: u16, headers: &'a HeaderMap, body: &'a [u8], place: Place) -> Refused<'a> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Refused {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: text("x-amzn-errortype"),
        content_type: content_type(headers),
        retry_after: retry_after::asked_for(headers),
        body,
        place,
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

impl From<&SendError> for Cause<'_> {
    fn from(error: &SendError) -> Self {
        match error {
            SendError::Unreachable(words) => Self::Unreachable(unreachable_how(words)),
            SendError::Broken(_) => Self::Unreachable(Unreachable::Reset),
            SendError::BrokenOff(..) => Self::Cut(Place::Head),
            SendError::TimedOut(_) => Self::Timeout(Timeout::FirstByte),
            SendError::TooLarge(..) => Self::Malformed(Malformed::NotAMessage),
        }
    }
}

/// The transport gives words, not kinds; only the sentence told depends on which it was.
fn unreachable_how(words: &str) -> Unreachable {
    let words = words.to_ascii_lowercase();
    let says = |part: &str| words.contains(part);
    if says("dns") || says("lookup") || says("name or service") {
        Unreachable::Dns
    } else if says("certificate") || says("tls") || says("handshake") || says("invalid peer") {
        Unreachable::Tls
    } else {
        Unreachable::Connect
    }
}
