//! A refusal: what the service would answer instead of a message.

use std::borrow::Cow;

/// Why a request is refused, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The name of the rule that refused.
    pub rule: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
    /// `error.type`.
    pub kind: Cow<'static, str>,
    /// `error.message`.
    pub message: String,
    /// What differs in the message, for a profile that has other words for it.
    pub blanks: Vec<String>,
    /// Whether the message is the profile's own already.
    pub own_words: bool,
    /// `error.code`, where the profile's envelope has one.
    pub code: Option<Box<str>>,
}

impl Refusal {
    /// A refusal of a malformed request: 400 `invalid_request_error`.
    pub(crate) fn invalid(rule: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::with_status(rule, 400, message)
    }

    /// A refusal with a status of its own; the type follows from the status.
    pub(crate) fn with_status(
        rule: impl Into<Cow<'static, str>>,
        status: u16,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            status,
            kind: error_type(status).into(),
            message: message.into(),
            blanks: Vec::new(),
            own_words: false,
            code: None,
        }
    }

    /// The same with what differs in its message.
    pub(crate) fn with_blanks(self, blanks: Vec<String>) -> Self {
        Self { blanks, ..self }
    }

    /// The same in words that no profile changes.
    pub(crate) fn in_own_words(self, own_words: bool) -> Self {
        Self { own_words, ..self }
    }

    /// Another status, and the type that follows from it.
    pub(crate) fn set_status(&mut self, status: u16) {
        self.status = status;
        self.kind = error_type(status).into();
    }
}

/// The `error.type` that belongs to a status.
pub(crate) fn error_type(status: u16) -> &'static str {
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
        500..=599 => "api_error",
        _ => "invalid_request_error",
    }
}

/// The status that belongs to an `error.type`, for an error met before the answer began.
pub(crate) fn status_of(kind: &str) -> u16 {
    match kind {
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "conflict_error" => 409,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        "invalid_request_error" => 400,
        _ => 500,
    }
}
