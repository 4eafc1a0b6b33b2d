//! Waiting for what must come, with a deadline, never for luck.

use std::time::Duration;

use tokio::time::Instant;

/// The longest that anything here is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Probes until there is something; panics with `what` when the deadline passes.
pub fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, probe)
}

/// The same with a deadline of its own.
pub fn within<T>(patience: Duration, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
