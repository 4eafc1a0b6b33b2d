//! How long an answer's header fields ask to wait. Pure: what is written as a moment is measured
//! from the answer's own `date`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

/// The seconds to wait, upward; `None` where the answer does not say.
pub fn asked_for(headers: &HeaderMap) -> Option<u64> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = || httpdate::parse_http_date(text("date")?).ok();
    if let Some(value) = text("retry-after") {
        return seconds(value).or_else(|| until(httpdate::parse_http_date(value).ok()?, date()?));
    }
    if let Some(millis) = text("retry-after-ms").and_then(|value| value.parse::<u64>().ok()) {
        return Some(millis.div_ceil(1_000));
    }
    // A plan's limit: the moment of its reset in seconds since 1970.
    let is_rejected = text("anthropic-ratelimit-unified-status") == Some("rejected");
    let reset = text("anthropic-ratelimit-unified-reset").filter(|_| is_rejected)?;
    let reset = UNIX_EPOCH.checked_add(Duration::from_secs(reset.parse().ok()?))?;
    until(reset, date()?)
}

/// Whole or broken seconds, upward.
fn seconds(value: &str) -> Option<u64> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    let has_rest = rest.bytes().any(|digit| digit != b'0');
    whole.parse::<u64>().ok().map(|whole| whole.saturating_add(u64::from(has_rest)))
}

fn until(moment: SystemTime, now: SystemTime) -> Option<u64> {
    moment.duration_since(now).ok().map(|wait| wait.as_secs())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::asked_for;

    fn asked(fields: &[(&'static str, &str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, value.parse().expect("a value"));
        }
        asked_for(&headers)
    }

    #[test]
    fn every_way_of_writing_a_wait_is_read() {
        const DATE: (&str, &str) = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(asked(&[("retry-after", "7")]), Some(7));
        assert_eq!(asked(&[("retry-after", "0.4")]), Some(1));
        assert_eq!(asked(&[("retry-after-ms", "1500")]), Some(2));
        let at = ("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT");
        assert_eq!(asked(&[at, DATE]), Some(30));
        assert_eq!(asked(&[at]), None, "without a date nobody knows how long that is");
        let status = ("anthropic-ratelimit-unified-status", "rejected");
        let reset = ("anthropic-ratelimit-unified-reset", "1795341660");
        assert_eq!(asked(&[status, reset, DATE]), Some(60));
        assert_eq!(asked(&[reset, DATE]), None);
        assert_eq!(asked(&[("retry-after", "soon")]), None);
    }
}
