//! The CPU time of preparing a request, from the body as it was scanned to the slices that are
//! written to the upstream.

use salve_remedy::{Betas, Facts, Known, NoProvenance, Outbound, prepare};
use salve_wire::Body;
use serde::Serialize;

use super::{agent, clock, learned};
use crate::Fault;

/// Turns of one round: some tenths of a second together.
const TURNS: usize = 2_000;

/// Times in microseconds.
#[derive(Serialize)]
pub(super) struct Preparing {
    /// Bytes of the request.
    pub(super) bytes: usize,
    /// Making the request to a channel of which nothing is known: betas, document, no change.
    pub(super) unknown_us: f64,
    /// `prepare` alone where nothing is known.
    pub(super) nothing_us: f64,
    /// With facts of which none applies.
    pub(super) foreign_us: f64,
    /// With facts that all apply.
    pub(super) learned_us: f64,
    /// How many facts those are.
    pub(super) learned_facts: usize,
    /// What a changed request costs besides: its changes told for the ledger.
    pub(super) told_us: f64,
    /// Each fact by itself, with what it adds to a request of which nothing is known.
    pub(super) each_us: Vec<(String, f64)>,
}

/// Measures.
///
/// # Errors
/// When there is no clock.
pub(super) fn measure(is_quick: bool) -> Result<Preparing, Fault> {
    let turns = if is_quick { TURNS / 5 } else { TURNS };
    let body = Body::scan(agent::request()?)?;
    let us = |facts: &Facts| -> Result<f64, Fault> {
        Ok(clock::nanoseconds(turns, || sent(&prepared(&body, facts), &body))? / 1e3)
    };
    let (nothing, all) = (Facts::default(), learned::all());
    let unknown_us = us(&nothing)?;
    let mut each_us = Vec::new();
    for (feature, facts) in learned::each() {
        each_us.push((feature, us(&facts)? - unknown_us));
    }
    let mut blank = outbound(&body);
    let known = Known::new(&nothing, None, &NoProvenance);
    let changed = prepared(&body, &all);
    Ok(Preparing {
        bytes: body.bytes().len(),
        unknown_us,
        nothing_us: clock::nanoseconds(turns * 100, || prepare(&mut blank, &known))? / 1e3,
        foreign_us: us(&learned::foreign())?,
        learned_us: us(&all)?,
        learned_facts: all.iter().count(),
        told_us: clock::nanoseconds(turns, || changed.body.changes())? / 1e3,
        each_us,
    })
}

fn outbound(body: &Body) -> Outbound {
    Outbound::new(body, Betas::read([agent::BETAS]), "model", "model", false)
}

fn prepared(body: &Body, facts: &Facts) -> Outbound {
    let mut outbound = outbound(body);
    prepare(&mut outbound, &Known::new(facts, None, &NoProvenance));
    outbound
}

/// What is written: the header's value, and the body's slices.
fn sent(outbound: &Outbound, body: &Body) -> (Option<String>, Vec<bytes::Bytes>) {
    (outbound.betas.header_change(), outbound.edits().apply(body.bytes()))
}
