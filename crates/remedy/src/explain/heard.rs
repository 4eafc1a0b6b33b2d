//! What stands around an upstream's words in what a client shows: `API Error: 400 {…}`,
//! `anthropic.BadRequestError: Error code: 400 - {…}`, `unexpected status 429 Too Many
//! Requests: …`. The wordings are those of Claude Code, the Anthropic and OpenAI SDKs, LiteLLM,
//! boto3 and the AWS SDKs, Codex, opencode and plain HTTP libraries.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A statement without its wrappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard<'a> {
    /// The HTTP status it names, 400 to 599.
    pub(super) status: Option<u16>,
    /// The error type it names outside the body, as AWS SDKs do.
    pub(super) error_type: Option<&'a str>,
    /// What is left: the upstream's body or sentence, or the client's own.
    pub(super) words: &'a str,
    /// Whether anything marks the statement as an error of a request.
    pub(super) mark: Mark,
}

/// How surely a statement is an error of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing says so.
    No,
    /// Logs of other things are written so too.
    Weak,
    /// Only clients and SDKs of model APIs, and such APIs themselves, write so.
    Strong,
}

/// How errors are introduced. The names of groups: `status`; `type`, an error type; `class`, an
/// SDK's exception; `words`, what follows. The first that is found is believed.
const MARKS: [&str; 13] = [
    // Claude Code, also `Request rejected (429) · …`, `Repeated 529 …`, and `(529 {…}) · …`
    // of older versions.
    r"API Error: Request rejected \((?P<status>\d{3})\)\s*·?\s*(?P<words>.*)",
    r"API Error: (?P<words>Repeated (?P<status>\d{3})\b.*)",
    r"API Error \([^()]*\):\s*(?P<status>\d{3})\b[\s:·-]*(?P<words>.*)",
    r"API Error \((?:(?P<status>\d{3})\b\s*)?(?P<words>.*)\)(?:\s*·.*)?",
    r"API Error:?\s+(?P<status>\d{3})\b[\s:·-]*(?P<words>.*)",
    r"API Error:\s*(?P<words>.*)",
    // boto3.
    concat!(
        r"An error occurred \((?P<type>\w+)\) when calling the \w+ operation",
        r"(?: \(reached max retries: \d+\))?:\s*(?P<words>.*)",
    ),
    // The Python and TypeScript SDKs, with a status; then exceptions by their class alone.
    r"[Ee]rror code: (?P<status>\d{3})(?:\s*-\s*(?P<words>.*))?",
    r"\w*Error: (?P<status>[45]\d\d)\b\s*(?P<words>.*)",
    // Codex.
    r"unexpected status (?P<status>\d{3})(?: [A-Z][A-Za-z' -]*)?:?\s*(?P<words>.*)",
    r"last status: (?P<status>\d{3})\b\s*(?P<words>.*)",
    concat!(
        r"\b(?P<class>BadRequest|Authentication|PermissionDenied|NotFound|UnprocessableEntity|",
        r"RateLimit|InternalServer|ServiceUnavailable|APITimeout|APIConnection|Overloaded|",
        r"ContextWindowExceeded|APIStatus|AI_APICall|APICall|API)Error\b",
        r"(?:\s*\[[^\]]*\])?:?\s*(?:\w+Exception - )?(?P<words>.*)",
    ),
    // A bare envelope.
    r"(?P<words>\{\s*[\x22'](?:type[\x22']\s*:\s*[\x22']error|error)[\x22'].*)",
];

/// Marks that common logs use too, so they are looked for where no other mark is.
const WEAK_MARKS: [&str; 4] = [
    r"\b(?P<type>[A-Z]\w+Exception):\s+(?P<words>.*)",
    concat!(
        r"(?i)\b(?:status(?:[ _]?code)?|http(?:/[\d.]+)?|responded with|answered)[\x22']?",
        r"\s*[:=]?\s*\(?(?P<status>[45]\d\d)\b\)?[\s:,·-]*(?P<words>.*)",
    ),
    r"^(?:[■✗×!⎿>\s]*)(?P<status>[45]\d\d)\s+(?P<words>[{<A-Z].*)",
    r"^(?:[■✗×!⎿>\s]*)(?P<words><(?:!DOCTYPE )?html.*)",
];

/// What clients add behind an upstream's words.
const TAILS: &str = concat!(
    r"(?s)(?:\s*·\s*Retrying in .*|\.? This is a server-side issue, usually temporary.*|",
    r";\s*retrying \d+/\d+ in .*)$",
);

struct Patterns {
    marks: Vec<Regex>,
    tails: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the patterns are constant, and every test uses them")]
    let compile = |text: &str| Regex::new(&format!("(?s){text}")).expect("a valid pattern");
    let marks = MARKS.iter().chain(&WEAK_MARKS).map(|text| compile(text)).collect();
    Patterns { marks, tails: compile(TAILS) }
});

impl<'a> Heard<'a> {
    /// Takes the wrappings off a statement.
    pub(super) fn read(text: &'a str) -> Self {
        let marks = PATTERNS.marks.iter().enumerate();
        let mut found = marks.filter_map(|(number, mark)| Some((number, mark.captures(text)?)));
        let Some((number, found)) = found.find(|(_, found)| is_status_of_error(found)) else {
            let words = text.trim();
            // One word alone, such as `overloaded_error`, is a type or a code.
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let error_type = Some(words).filter(|words| words.chars().all(is_word));
            return Self { status: None, error_type, words, mark: Mark::No };
        };
        let mark = if number < MARKS.len() { Mark::Strong } else { Mark::Weak };
        let group = |name: &str| found.name(name).map(|group| group.as_str());
        let words = group("words").unwrap_or_default();
        let tail = PATTERNS.tails.find(words).and_then(|tail| words.get(..tail.start()));
        let class = group("class").and_then(status_of_class);
        let status = group("status").and_then(|status| status.parse().ok());
        let words = tail.unwrap_or(words).trim();
        Self { status: status.or(class), error_type: group("type"), words, mark }
    }
}

/// Other numbers of three digits, such as counts, are no marks.
fn is_status_of_error(found: &Captures<'_>) -> bool {
    let status = found.name("status").and_then(|status| status.as_str().parse::<u16>().ok());
    status.is_none_or(|status| (400..600).contains(&status))
}

/// The status for which an SDK raises this exception.
fn status_of_class(class: &str) -> Option<u16> {
    match class {
        "BadRequest" | "ContextWindowExceeded" => Some(400),
        "Authentication" => Some(401),
        "PermissionDenied" => Some(403),
        "NotFound" => Some(404),
        "UnprocessableEntity" => Some(422),
        "RateLimit" => Some(429),
        "InternalServer" => Some(500),
        "ServiceUnavailable" => Some(503),
        "Overloaded" => Some(529),
        _ => None,
    }
}

/// The status that Anthropic's API answers with where it states this type.
pub(super) fn status_of_type(error_type: &str) -> Option<u16> {
    match error_type {
        "invalid_request_error" | "ValidationException" | "INVALID_ARGUMENT" => Some(400),
        "authentication_error" | "UNAUTHENTICATED" => Some(401),
        "billing_error" => Some(402),
        "permission_error" | "AccessDeniedException" | "PERMISSION_DENIED" => Some(403),
        "not_found_error" | "ResourceNotFoundException" | "NOT_FOUND" => Some(404),
        "request_too_large" => Some(413),
        "rate_limit_error" | "ThrottlingException" | "RESOURCE_EXHAUSTED" => Some(429),
        "api_error" | "InternalServerException" | "INTERNAL" => Some(500),
        "ServiceUnavailableException" | "UNAVAILABLE" => Some(503),
        "timeout_error" | "ModelTimeoutException" => Some(504),
        "overloaded_error" => Some(529),
        _ => None,
    }
}
