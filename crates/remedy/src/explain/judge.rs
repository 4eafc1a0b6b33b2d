//! One statement and the catalogue: which fault it is, and how that is known.
//!
//! A name outweighs everything; a client's own sentence outweighs the upstream's words, since
//! clients replace those; words outweigh types, types outweigh the status, as in flight. What
//! happens beside the requests is never believed of a statement that names an HTTP status.

use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};

use super::By;
use super::heard::{Heard, status_of_type};
use crate::catalogue::{Fault, Place, Recogniser, Strength, catalogue, fault};
use crate::cause::{Answer, Cause};
use crate::diagnose::{diagnose, evidence};
use crate::dialect::Dialect;
use crate::limits::{BODY_READ_BYTES_MAX, MESSAGE_MATCHED_BYTES_MAX};
use crate::told::excerpt;
use crate::unwrap::{Inner, Shape, unwrap};

/// A fault and how it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) fault: &'static Fault,
    pub(super) by: By,
}

/// The sentences of clients: all as one automaton, and whose each is.
struct Sentences {
    patterns: RegexSet,
    owners: Vec<&'static Fault>,
}

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| {
    let says = |fault: &'static Fault| fault.client_says.iter().map(move |text| (text, fault));
    let (texts, owners): (Vec<_>, Vec<_>) = catalogue().faults().iter().flat_map(says).unzip();
    #[expect(clippy::expect_used, reason = "the files are embedded, and a test compiles them")]
    let patterns = RegexSetBuilder::new(texts)
        .case_insensitive(true)
        .build()
        .expect("the sentences of clients are valid patterns");
    Sentences { patterns, owners }
});

#[expect(clippy::expect_used, reason = "the pattern is constant, and every test uses it")]
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:/help/|salve-fault["']?\s*[:=]\s*["']?|"fault"\s*:\s*")([a-z][a-z0-9-]+)"#)
        .expect("the pattern is valid")
});

/// The fault that a text names by its id, as Salve itself writes it.
pub(super) fn named(text: &str) -> Option<Judged> {
    let mut ids = NAMES.captures_iter(text).filter_map(|found| found.get(1));
    let fault = ids.find_map(|id| fault(id.as_str()))?;
    Some(Judged { fault, by: By::Name })
}

/// The fault that a client shows in a sentence of its own.
pub(super) fn client(words: &str) -> Option<Judged> {
    // Faults of requests before what happens beside them, then the order of the catalogue.
    let spoken = spoken(words);
    let of_request = spoken.iter().find(|fault| !fault.is_local());
    let fault = of_request.or_else(|| spoken.first())?;
    Some(Judged { fault, by: By::Client })
}

/// The fault beside the requests that a tool's output speaks of.
pub(super) fn local(words: &str) -> Option<Judged> {
    let fault = spoken(words).into_iter().find(|fault| fault.is_local())?;
    Some(Judged { fault, by: By::Client })
}

fn spoken(words: &str) -> Vec<&'static Fault> {
    let words = excerpt(words, MESSAGE_MATCHED_BYTES_MAX);
    let hits = SENTENCES.patterns.matches(words);
    hits.iter().filter_map(|hit| SENTENCES.owners.get(hit).copied()).collect()
}

/// The fault of a statement that is an error, whatever it says; `None` where nothing fits.
pub(super) fn certain(heard: &Heard<'_>) -> Option<Judged> {
    let client = client(heard.words);
    let client = client.filter(|found| heard.status.is_none() || !found.fault.is_local());
    client.or_else(|| in_flight(heard))
}

/// What the diagnosis in flight would have made of it. Without a status every one is tried, and
/// only words and types count.
fn in_flight(heard: &Heard<'_>) -> Option<Judged> {
    let body = excerpt(heard.words, BODY_READ_BYTES_MAX);
    let inner = unwrap(body.as_bytes(), None);
    let status = heard.status.or_else(|| stated(&inner, heard.error_type));
    let types = [inner.error_type.as_deref(), inner.code.as_deref(), heard.error_type];
    let message = excerpt(&inner.message, MESSAGE_MATCHED_BYTES_MAX);
    if status.is_none() && types == [None; 3] && !catalogue().speaks_of(message) {
        // Nothing that any status could make a fault of.
        return None;
    }
    let statuses = status.as_ref().map_or(STATUSES.as_slice(), std::slice::from_ref);
    let asked = statuses.iter().flat_map(|status| DIALECTS.map(|dialect| (*status, dialect)));
    let mut best: Option<(Strength, Judged)> = None;
    for (status, dialect) in asked {
        let answer = heard.answer(status, dialect, body);
        let said = said_most(&answer, &inner)
            .filter(|(strength, _)| best.as_ref().is_none_or(|(most, _)| strength > most));
        if let Some((strength, by)) = said {
            let fault = diagnose(&Cause::Answer(answer)).fault;
            best = Some((strength, Judged { fault, by }));
        }
    }
    let known = best.map(|(_, judged)| judged);
    known.or_else(|| by_status(heard, status?, body, &inner))
}

/// Statuses that faults are known to come with, likeliest first.
const STATUSES: [u16; 12] = [400, 429, 500, 529, 401, 403, 402, 404, 413, 503, 408, 200];

const DIALECTS: [Dialect; 4] =
    [Dialect::Anthropic, Dialect::Bedrock, Dialect::Vertex, Dialect::OpenaiChat];

/// How much the best recogniser by words or by type says, and by which of the two.
fn said_most(answer: &Answer<'_>, inner: &Inner) -> Option<(Strength, By)> {
    let message = excerpt(&inner.message, MESSAGE_MATCHED_BYTES_MAX);
    let evidence = evidence(answer, inner, message);
    let found = catalogue().matches(&evidence);
    let said = found.filter_map(|(strength, _, recogniser)| Some((strength, by_of(recogniser)?)));
    said.max_by_key(|(strength, _)| *strength)
}

fn by_of(recogniser: &Recogniser) -> Option<By> {
    match (&recogniser.text, recogniser.error_type.is_empty()) {
        (Some(_), _) => Some(By::Words),
        (None, false) => Some(By::Type),
        (None, true) => None,
    }
}

/// What a status says where the words say nothing. A body that is no words at all, such as a
/// web page, is an answer of its own kind.
fn by_status(heard: &Heard<'_>, status: u16, body: &str, inner: &Inner) -> Option<Judged> {
    let is_error = (400..600).contains(&status) || inner.shape == Shape::Html;
    let answer = heard.answer(status, Dialect::Anthropic, body);
    is_error.then(|| Judged { fault: diagnose(&Cause::Answer(answer)).fault, by: By::Status })
}

/// The status that a body states by its code or its type, and a web page in its headline. A page
/// that names none came with a 200, as login pages do.
fn stated(inner: &Inner, error_type: Option<&str>) -> Option<u16> {
    let error = |text: &str| text.parse().ok().filter(|status| (400..600).contains(status));
    if inner.shape == Shape::Html {
        let mut words = inner.message.split(|c: char| !c.is_ascii_digit());
        return words.find_map(error).or(Some(200));
    }
    let code = inner.code.as_deref().and_then(error);
    code.or_else(|| status_of_type(error_type.or(inner.error_type.as_deref())?))
}

impl<'a> Heard<'a> {
    fn answer(&self, status: u16, dialect: Dialect, body: &'a str) -> Answer<'a> {
        Answer {
            dialect,
            status,
            headers_error_type: self.error_type,
            content_type: None,
            retry_after: None,
            body: body.as_bytes(),
            place: Place::Head,
        }
    }
}
