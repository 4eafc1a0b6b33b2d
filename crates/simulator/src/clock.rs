//! Wall-clock time, read in one place: only rate-limit headers and the log show it.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The present moment plus `ahead_s` seconds, in RFC 3339, UTC, whole seconds.
pub(crate) fn rfc3339_after(ahead_s: i64) -> String {
    let moment = now() + time::Duration::seconds(ahead_s);
    let whole = moment.replace_nanosecond(0).unwrap_or(moment);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// Milliseconds since 1970-01-01 UTC, for the request log.
pub(crate) fn unix_ms() -> i64 {
    let nanos = now().unix_timestamp_nanos();
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this file is the simulator's clock; nothing else reads the wall clock"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::from(SystemTime::now())
}
