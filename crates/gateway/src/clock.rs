//! The one place where wall-clock time is read.

use std::time::UNIX_EPOCH;

use salve_ledger::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that reads the machine's")]
    fn now(&self) -> Timestamp {
        // A clock before 1970 reads as 1970; the ledger needs an order, not a history.
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
