//! Failures that pass for answers: some relays answer with status 200, and their failure's
//! sentence where the model's text should be.
//!
//! Pure. A text is taken for a failure only where it is short, is all that the answer says, and
//! begins as such sentences do. The same beginnings tell at nearly every stream's first word
//! that it is none of them, so that no real answer waits.

#[cfg(test)]
mod tests;

use salve_remedy::{Answer, Cause, Dialect, Place, faults};

use crate::limits::PHRASE_BYTES_MAX;

/// How much more than its beginning a text must have to be taken for a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// Nothing: no answer begins like this.
    Begins,
    /// It is nothing but the beginning, or asks for patience as failures do.
    Pleads,
    /// The catalogue knows the text.
    Known,
}

use Proof::{Begins, Known, Pleads};

/// How failures begin, in lower case; the status that they stand for; what else must be so.
const BEGINNINGS: &[(&str, u16, Proof)] = &[
    // new-api, one-api and their kin.
    ("no available channel", 503, Begins),
    ("no available account", 503, Begins),
    ("no available claude", 503, Begins),
    ("no available token", 503, Begins),
    ("no available provider", 503, Begins),
    ("no available upstream", 503, Begins),
    ("bad_response_status_code", 502, Begins),
    ("do_request_failed", 502, Begins),
    ("do request failed", 502, Begins),
    ("get_channel_failed", 503, Begins),
    ("insufficient_user_quota", 402, Begins),
    ("pre_consume_token_quota_failed", 402, Begins),
    ("当前分组", 503, Begins),
    ("当前模型", 503, Pleads),
    ("当前渠道", 503, Pleads),
    ("当前服务", 503, Pleads),
    ("分组", 503, Pleads),
    ("无可用渠道", 503, Begins),
    ("上游负载", 503, Begins),
    ("上游服务", 502, Pleads),
    ("上游返回", 502, Pleads),
    ("上游请求", 502, Pleads),
    ("上游", 502, Known),
    ("负载已饱和", 503, Begins),
    ("系统繁忙", 503, Pleads),
    ("服务器繁忙", 503, Pleads),
    ("服务繁忙", 503, Pleads),
    ("服务暂时不可用", 503, Pleads),
    ("服务不可用", 503, Pleads),
    ("服务器内部错误", 500, Pleads),
    ("内部错误", 500, Pleads),
    ("请求过于频繁", 429, Pleads),
    ("请求失败", 502, Pleads),
    ("请求超时", 504, Pleads),
    ("用户额度不足", 402, Pleads),
    ("额度不足", 402, Pleads),
    ("余额不足", 402, Pleads),
    // Proxies and load balancers.
    ("no healthy upstream", 503, Begins),
    ("upstream connect error", 503, Begins),
    ("upstream request timeout", 504, Begins),
    ("upstream request failed", 502, Begins),
    ("upstream error:", 502, Begins),
    ("upstream error", 502, Pleads),
    ("error: upstream", 502, Begins),
    ("error from upstream", 502, Begins),
    ("internal server error", 500, Pleads),
    ("500 internal server error", 500, Pleads),
    ("502 bad gateway", 502, Pleads),
    ("503 service", 503, Pleads),
    ("504 gateway", 504, Pleads),
    ("bad gateway", 502, Pleads),
    ("gateway timeout", 504, Pleads),
    ("gateway time-out", 504, Pleads),
    ("service unavailable", 503, Pleads),
    ("service temporarily unavailable", 503, Pleads),
    ("service is temporarily unavailable", 503, Pleads),
    ("the service is temporarily", 503, Pleads),
    // Services and their SDKs.
    ("overloaded", 529, Pleads),
    ("overloaded_error", 529, Begins),
    ("server overloaded", 529, Pleads),
    ("server is overloaded", 529, Pleads),
    ("the server is overloaded", 529, Pleads),
    ("the server is busy", 503, Pleads),
    ("server is busy", 503, Pleads),
    ("server busy", 503, Pleads),
    ("the model is overloaded", 529, Pleads),
    ("the model is currently overloaded", 529, Pleads),
    ("the upstream", 502, Known),
    ("too many requests", 429, Pleads),
    ("429 too many requests", 429, Pleads),
    ("rate limit exceeded", 429, Pleads),
    ("rate limit reached", 429, Pleads),
    ("rate_limit_error", 429, Begins),
    ("you exceeded your current quota", 402, Begins),
    ("your credit balance is too low", 402, Begins),
    ("insufficient_quota", 402, Begins),
    ("insufficient quota", 402, Pleads),
    ("insufficient balance", 402, Pleads),
    ("quota exceeded", 429, Pleads),
    ("model_not_found", 404, Begins),
    ("error code: 429", 429, Begins),
    ("error code: 5", 502, Begins),
    ("api error: 429", 429, Begins),
    ("api error: 5", 502, Begins),
    ("request failed with status code 429", 429, Begins),
    ("request failed with status code 5", 502, Begins),
    ("{\"error\"", 502, Known),
    ("{\"type\":\"error\"", 502, Known),
    ("error:", 502, Known),
    ("[error]", 502, Known),
    ("api error", 502, Known),
    ("invalid model name", 404, Known),
];

/// What failures ask of their reader, or name for a support desk.
const PLEAS: &[&str] = &[
    "try again",
    "retry",
    "request id",
    "request_id",
    "contact",
    "请稍后",
    "稍后再试",
    "稍候",
    "重试",
    "联系",
];

/// Whether `text`, the beginning of an answer, may still be a failure's.
#[must_use]
pub fn may_become(text: &str) -> bool {
    let text = text.trim_start();
    text.len() <= PHRASE_BYTES_MAX
        && BEGINNINGS.iter().any(|(beginning, ..)| {
            let both = text.len().min(beginning.len());
            same(text, beginning, both)
        })
}

/// The status that `text`, all that an answer says, stands for where it is a failure's.
#[must_use]
pub fn status(text: &str) -> Option<u16> {
    let text = text.trim();
    if text.len() > PHRASE_BYTES_MAX {
        return None;
    }
    let begun = |beginning: &str| same(text, beginning, beginning.len());
    let found = BEGINNINGS.iter().filter(|(beginning, ..)| begun(beginning));
    let mut proven = found.filter(|(beginning, _, proof)| match proof {
        Begins => true,
        Pleads => is_all(text, beginning) || pleads(text),
        Known => is_known(text),
    });
    proven.next().map(|(_, status, _)| *status)
}

/// Whether the first `bytes` of both are equal but for the case of ASCII letters.
fn same(text: &str, beginning: &str, bytes: usize) -> bool {
    match (text.as_bytes().get(..bytes), beginning.as_bytes().get(..bytes)) {
        (Some(text), Some(beginning)) => text.eq_ignore_ascii_case(beginning),
        (None, _) | (_, None) => false,
    }
}

fn is_all(text: &str, beginning: &str) -> bool {
    let text = text.trim_end_matches(['.', '!', '。', '！', ' ']);
    text.len() == beginning.len()
}

fn pleads(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    PLEAS.iter().any(|plea| text.contains(plea))
}

/// Whether the catalogue tells by the words alone that the upstream or its model is at fault.
fn is_known(text: &str) -> bool {
    let unrecognised = [
        faults::UPSTREAM_MALFORMED_ANSWER.fault(),
        faults::UPSTREAM_SERVER_ERROR.fault(),
        faults::UPSTREAM_REQUEST_REFUSED.fault(),
    ];
    let fault = salve_remedy::diagnose(&Cause::Answer(answer(200, text.as_bytes()))).fault;
    matches!(fault.family.as_str(), "upstream" | "model")
        && unrecognised.iter().all(|other| other.id != fault.id)
}

/// The refusal that a failure's sentence stands for.
#[must_use]
pub fn answer(status: u16, text: &[u8]) -> Answer<'_> {
    Answer {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: None,
        content_type: Some("text/plain"),
        retry_after: None,
        body: text,
        place: Place::FirstEvent,
    }
}
