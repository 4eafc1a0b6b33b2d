//! The cases: sizes, kinds of answer and concurrency, with the ratio aimed at for each.

use serde::Serialize;

/// One row of the table.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Case {
    /// How the size is called.
    pub(crate) size: &'static str,
    /// Bytes of the request body.
    pub(crate) bytes: usize,
    /// Whether the answer is a stream of 60 events.
    pub(crate) streams: bool,
    /// How many connections ask at the same time.
    pub(crate) concurrency: usize,
    /// Requests in one round.
    pub(crate) requests: usize,
    /// Salve's CPU time divided by the bare proxy's that is aimed at.
    pub(crate) aim: f64,
}

/// Events of a streamed answer.
pub(crate) const EVENTS: usize = 60;

struct Size {
    name: &'static str,
    bytes: usize,
    /// Requests in one round, not streamed and streamed: about a second's worth each.
    requests: [usize; 2],
    aims: [f64; 2],
}

const SIZES: &[Size] = &[
    Size { name: "1 KB", bytes: 1_024, requests: [3_000, 800], aims: [2.0, 1.3] },
    Size { name: "100 KB", bytes: 102_400, requests: [1_200, 600], aims: [1.3, 1.3] },
    Size { name: "1 MB", bytes: 1_048_576, requests: [200, 160], aims: [0.8, 0.8] },
    Size { name: "5 MB", bytes: 5_242_880, requests: [48, 48], aims: [0.8, 0.8] },
];

/// Every case; a quick run asks a third as often in a round.
pub(crate) fn all(is_quick: bool) -> Vec<Case> {
    let divisor = if is_quick { 3 } else { 1 };
    let kinds = [false, true];
    let mut cases = Vec::new();
    for size in SIZES {
        for ((streams, requests), aim) in kinds.into_iter().zip(size.requests).zip(size.aims) {
            for concurrency in [1, 32] {
                cases.push(Case {
                    size: size.name,
                    bytes: size.bytes,
                    streams,
                    concurrency,
                    requests: requests / divisor,
                    aim,
                });
            }
        }
    }
    cases
}
