//! Which failures pass by themselves, and how long to wait before asking again.

use std::time::Duration;

use rand::Rng;
use salve_remedy::{Diagnosis, faults};

use crate::limits;

/// Whether the same request, of this age, may be taken by the same channel a moment later.
pub fn passes_by_itself(diagnosis: &Diagnosis, age: Duration) -> bool {
    let told = &diagnosis.fault.told;
    let waited = diagnosis.retry_after.map(Duration::from_secs);
    let is_soon = waited.is_none_or(|wait| wait <= limits::RETRY_AFTER_WAITED_MAX);
    // Waiting out one long time-out more would be waiting for minutes.
    let is_timeout = diagnosis.fault.id == faults::UPSTREAM_TIMEOUT.fault().id;
    let is_slow = is_timeout && age > limits::TIMEOUT_REPEATED_MAX;
    is_soon && !is_slow && told.retry_after.is_some() && told.should_retry != Some(false)
}

/// The pause before the next round over these failures of a request of this age; `None` where
/// there is none worth making.
pub fn before_round<'d>(
    round: usize,
    failures: impl Iterator<Item = &'d Diagnosis>,
    age: Duration,
    random: &mut impl Rng,
) -> Option<Duration> {
    let passing = failures.filter(|failure| passes_by_itself(failure, age));
    let passing: Vec<&Diagnosis> = passing.collect();
    let short = faults::MODEL_SHORTAGE.fault();
    let is_short = passing.iter().any(|failure| failure.fault.id == short.id);
    let rounds = if is_short { limits::SHORTAGE_ROUNDS_MAX } else { limits::ROUNDS_MAX };
    if passing.is_empty() || round >= rounds {
        return None;
    }
    let doubled = limits::ROUND_PAUSE.saturating_mul(1 << round.min(8));
    let jittered = doubled.mul_f64(random.random_range(0.5..1.5));
    let asked = passing.iter().map(|failure| failure.retry_after.map(Duration::from_secs));
    // Where one channel names no time, it is asked after the usual pause, and the others with it.
    let asked = asked.min().flatten();
    Some(asked.map_or(jittered, |asked| asked.max(jittered)))
}

#[cfg(test)]
mod tests;
