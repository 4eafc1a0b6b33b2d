//! A refusal: what the service would answer instead of a message.

/// Why a request is refused, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The name of the rule that refused.
    pub rule: &'static str,
    /// HTTP status.
    pub status: u16,
    /// `error.type`.
    pub kind: &'static str,
    /// `error.message`.
    pub message: String,
}

impl Refusal {
    /// A refusal of a malformed request: 400 `invalid_request_error`.
    pub(crate) fn invalid(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, status: 400, kind: "invalid_request_error", message: message.into() }
    }

    /// A refusal with a status of its own; the type follows from the status.
    pub(crate) fn with_status(rule: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { rule, status, kind: error_type(status), message: message.into() }
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
