//! Time from the start of a process to its first reply.

use serde::Serialize;

use crate::Fault;
use crate::target::{self, Program};

/// How often each kind of start is tried; the median is reported.
const STARTS: usize = 5;

/// Start-up in milliseconds, medians.
#[derive(Serialize)]
pub(crate) struct Startup {
    /// In an empty folder: a database has to be made.
    pub(crate) fresh_ms: f64,
    /// In the folder of an earlier run.
    pub(crate) again_ms: f64,
}

/// Measures `program` in front of a fast upstream.
///
/// # Errors
/// When it does not start.
pub(crate) async fn measure(program: &Program) -> Result<Startup, Fault> {
    let upstream = target::upstream(crate::cases::EVENTS, std::time::Duration::ZERO).await?;
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let folder = target::folder()?;
        for times in [&mut fresh, &mut again] {
            let target = program.start(upstream.address, folder.path()).await?;
            times.push(target.first_reply.as_secs_f64() * 1e3);
        }
    }
    Ok(Startup { fresh_ms: median(fresh), again_ms: median(again) })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
