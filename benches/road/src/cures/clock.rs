//! CPU time of the code at hand, by the scheduler's clock.

use std::hint::black_box;

use crate::Fault;

/// Turns that are not counted: caches and the allocator find their shape in them.
const WARM_UP: usize = 200;

/// How often the whole is measured; the median counts.
const ROUNDS: usize = 9;

/// Nanoseconds of CPU time that one turn of `work` takes, in the middle of [`ROUNDS`] rounds of
/// `turns` each.
///
/// # Errors
/// When `/proc` has no such clock.
pub(super) fn nanoseconds<T>(turns: usize, mut work: impl FnMut() -> T) -> Result<f64, Fault> {
    for _ in 0..WARM_UP {
        black_box(work());
    }
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let before = now()?;
        for _ in 0..turns {
            black_box(work());
        }
        rounds.push(now()?.saturating_sub(before) as f64 / turns as f64);
    }
    rounds.sort_by(f64::total_cmp);
    Ok(rounds.get(ROUNDS / 2).copied().unwrap_or(f64::NAN))
}

/// Nanoseconds that this thread has been on the CPU. The kernel brings the figure up to date at
/// its ticks and when it changes threads, so a yield goes before it is read.
fn now() -> Result<u64, Fault> {
    std::thread::yield_now();
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(line.split_whitespace().next().ok_or("odd schedstat")?.parse()?)
}
