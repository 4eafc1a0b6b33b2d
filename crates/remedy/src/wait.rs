//! How long an upstream's words ask to wait, where no header says so.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;

use crate::limits::{BODY_READ_BYTES_MAX, COOLS_SECS_MAX};

/// The ways of saying it: a duration like `1m20.5s` or `340ms`, or a number with its unit.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let lead = r#"(?:(?:try|retry)(?:ing)?(?: again| your request)?(?: after| in)|wait(?: for)?|available again in|resets? (?:in|after)|"retryDelay"\s*:\s*")"#;
    let time = r"(?:(?P<h>\d+)\s?h(?:ours?)?)?\s?(?:(?P<m>\d+)\s?m(?:in(?:ute)?s?)?)?\s?(?:(?P<s>\d+(?:\.\d+)?)\s?s(?:ec(?:ond)?s?)?\b)?";
    // Before the others, since the `m` of `ms` would pass for minutes.
    let milliseconds = r"(?P<ms>\d+)(?:\.\d+)?\s?(?:ms|milliseconds?)\b";
    let field = r#""retry_after(?:_seconds)?"\s*:\s*"?(?P<field>\d+)"#;
    let chinese = r"(?P<zh>\d+)\s*(?:秒|s)\s*(?:后|之后)";
    Regex::new(&format!(
        r"(?i)(?:{lead}\s*(?:about |approximately )?(?:{milliseconds}|{time}))|(?:{field})|(?:{chinese})"
    ))
    .ok()
});

/// The seconds that a refusal's body asks to wait, upward. `None` where it names no time.
pub(crate) fn named_in(body: &[u8]) -> Option<u64> {
    let body = body.get(..BODY_READ_BYTES_MAX).unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    let said = SAID.as_ref()?;
    said.captures_iter(&text)
        .find_map(|found| {
            let whole = |name: &str| found.name(name).and_then(|text| text.as_str().parse().ok());
            if let Some(seconds) = whole("zh").or_else(|| whole("field")) {
                return Some(seconds);
            }
            if let Some(milliseconds) = found.name("ms").and_then(|text| text.as_str().parse().ok())
            {
                return Some(u64::div_ceil(milliseconds, 1_000).max(1));
            }
            let (hours, minutes): (Option<u64>, Option<u64>) = (whole("h"), whole("m"));
            let seconds = found.name("s").and_then(|text| seconds(text.as_str()));
            if hours.is_none() && minutes.is_none() && seconds.is_none() {
                return None;
            }
            let whole = hours.unwrap_or(0).saturating_mul(3_600);
            let whole = whole.saturating_add(minutes.unwrap_or(0).saturating_mul(60));
            Some(whole.saturating_add(seconds.unwrap_or(0)))
        })
        .map(|seconds| seconds.min(COOLS_SECS_MAX))
}

/// A number in whole seconds, upward.
fn seconds(number: &str) -> Option<u64> {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let has_rest = rest.bytes().any(|digit| digit != b'0');
    Some(whole.parse::<u64>().ok()?.saturating_add(u64::from(has_rest)))
}
