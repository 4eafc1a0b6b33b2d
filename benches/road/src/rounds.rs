//! CPU time and latency: the rounds of one case, taken in turns so that drift hits both alike.
//!
//! Each cycle starts both programs afresh: how a process's memory happens to lie can cost more than
//! what is to be measured, and a fresh process draws that lot again.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::cases::Case;
use crate::load::{self, Load};
use crate::target::{Program, Target};
use crate::{Fault, body};

/// The ways from the load generator to the upstream.
pub(crate) struct Ways<'run> {
    /// The upstream, asked without anything in front of it, too.
    pub(crate) upstream: SocketAddr,
    /// The program held against the bare proxy.
    pub(crate) salve: &'run Program,
    /// Where it keeps its files.
    pub(crate) folder: &'run Path,
}

/// What one case came to. Times are medians in microseconds.
#[derive(Serialize)]
pub(crate) struct Row {
    /// The case measured.
    pub(crate) case: Case,
    /// CPU time per request of the bare proxy.
    pub(crate) bare_cpu_us: f64,
    /// CPU time per request of Salve.
    pub(crate) salve_cpu_us: f64,
    /// Salve's divided by the bare proxy's: the median over neighbouring rounds.
    pub(crate) ratio: f64,
    /// Half of the neighbouring rounds had a ratio between these: how far to trust the one above.
    pub(crate) ratio_range: [f64; 2],
    /// Latency without anything in front of the upstream.
    pub(crate) direct: Latency,
    /// Latency through the bare proxy.
    pub(crate) bare: Latency,
    /// Latency through Salve.
    pub(crate) salve: Latency,
}

/// Wall-clock time of whole answers, in microseconds.
#[derive(Serialize)]
pub(crate) struct Latency {
    /// Half of the answers took no longer.
    pub(crate) p50_us: f64,
    /// Of a hundred answers ninety-nine took no longer.
    pub(crate) p99_us: f64,
}

#[derive(Default)]
struct Samples {
    latencies: Vec<Duration>,
    cpu_us: Vec<f64>,
}

/// Measures `case` in `cycles` of direct, bare, Salve, Salve, bare.
///
/// # Errors
/// When a request fails or a process ends.
pub(crate) async fn measure(case: Case, ways: &Ways<'_>, cycles: usize) -> Result<Row, Fault> {
    let load = Load {
        body: body::request(case.bytes, case.streams)?,
        streams: case.streams,
        concurrency: case.concurrency,
        requests: case.requests,
    };
    let mut samples = [Samples::default(), Samples::default(), Samples::default()];
    for _ in 0..cycles {
        cycle(ways, &load, &mut samples).await?;
    }
    Ok(row(case, samples))
}

async fn cycle(ways: &Ways<'_>, load: &Load, samples: &mut [Samples; 3]) -> Result<(), Fault> {
    let bare_target = Program::Bare.start(ways.upstream, ways.folder).await?;
    let salve_target = ways.salve.start(ways.upstream, ways.folder).await?;
    let warm_up = Load { requests: load.concurrency + load.requests / 10, ..load.clone() };
    for address in [ways.upstream, bare_target.address, salve_target.address] {
        load::drive(address, &warm_up).await?;
    }
    let [direct, bare, salve] = samples;
    direct.latencies.extend(load::drive(ways.upstream, load).await?);
    bare.round(&bare_target, load).await?;
    salve.round(&salve_target, load).await?;
    salve.round(&salve_target, load).await?;
    bare.round(&bare_target, load).await
}

impl Samples {
    async fn round(&mut self, target: &Target, load: &Load) -> Result<(), Fault> {
        let before = target.process.settled_cpu().await?;
        self.latencies.extend(load::drive(target.address, load).await?);
        let after = target.process.settled_cpu().await?;
        let spent = after.since(&before).as_secs_f64() * 1e6;
        self.cpu_us.push(spent / load.requests as f64);
        Ok(())
    }

    fn latency(self) -> Latency {
        let mut micros: Vec<f64> =
            self.latencies.iter().map(|latency| latency.as_secs_f64() * 1e6).collect();
        Latency { p50_us: quantile(&mut micros, 0.50), p99_us: quantile(&mut micros, 0.99) }
    }
}

fn row(case: Case, [direct, bare, salve]: [Samples; 3]) -> Row {
    // Rounds were taken as bare, Salve, Salve, bare: the same place in both lists is neighbours.
    let pairs = salve.cpu_us.iter().zip(&bare.cpu_us);
    let mut ratios: Vec<f64> = pairs.map(|(salve, bare)| salve / bare).collect();
    Row {
        case,
        bare_cpu_us: quantile(&mut bare.cpu_us.clone(), 0.5),
        salve_cpu_us: quantile(&mut salve.cpu_us.clone(), 0.5),
        ratio: quantile(&mut ratios, 0.5),
        ratio_range: [quantile(&mut ratios, 0.25), quantile(&mut ratios, 0.75)],
        direct: direct.latency(),
        bare: bare.latency(),
        salve: salve.latency(),
    }
}

/// The value below which the share `rank` of `values` lies, between two neighbours if need be.
fn quantile(values: &mut [f64], rank: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = rank * values.len().saturating_sub(1) as f64;
    let at = |index: f64| values.get(index as usize).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(place.floor()), at(place.ceil()));
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests;
