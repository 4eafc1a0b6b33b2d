//! The faults on record, word for word, and what the catalogue takes each of them for.

use std::collections::BTreeMap;

use salve_remedy::{Answer, Cause, Dialect, Place, catalogue as embedded, diagnose, explain};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::Fault;

/// Where they are on record.
const RECORD: &str = "crates/remedy/tests/cases/real.json";

/// What came of judging them.
#[derive(Default, Serialize)]
pub(super) struct Recorded {
    /// How many there are.
    pub(super) cases: usize,
    /// How many are recognised, or said to be covered where no answer could be.
    pub(super) right: usize,
    /// The same by family.
    pub(super) families: BTreeMap<String, Family>,
    /// The cases that are wrong: their id, what they are, and what they were taken for.
    pub(super) wrong: Vec<[String; 3]>,
}

/// The cases of one family.
#[derive(Default, Serialize)]
pub(super) struct Family {
    /// How many there are.
    pub(super) cases: usize,
    /// How many are taken for what they are.
    pub(super) recognised: usize,
    /// How many are nothing that an upstream answers, and covered otherwise.
    pub(super) covered: usize,
}

/// What the catalogue costs once in a process.
#[derive(Serialize)]
pub(super) struct Catalogue {
    /// How many faults it has.
    pub(super) faults: usize,
    /// Milliseconds to read it.
    pub(super) read_ms: f64,
    /// Milliseconds of the first diagnosis after that.
    pub(super) first_ms: f64,
    /// Microseconds of a diagnosis, on average over the record.
    pub(super) each_us: f64,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    family: String,
    dialect: Dialect,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    sse: Option<Vec<String>>,
    fault: Option<String>,
}

impl Case {
    /// The fault that it is taken for. What a client wrote is no answer, and is explained.
    fn judged(&self) -> &'static str {
        let expected = self.fault.as_deref().and_then(salve_remedy::fault);
        if expected.is_some_and(salve_remedy::Fault::is_local) {
            let found = explain(self.body.as_deref().unwrap_or_default()).findings;
            return found.first().map_or("nothing", |finding| finding.fault.id.as_str());
        }
        let frames = self.sse.as_ref().map(|frames| frames.join("\n"));
        let exception =
            frames.as_deref().and_then(|frames| frames.split(":exception-type ").nth(1));
        let exception = exception.and_then(|rest| rest.lines().next());
        let text = self.body.as_deref().or(frames.as_deref()).unwrap_or_default();
        let body = match (exception, text) {
            (Some(_), frames) => frames.lines().last().unwrap_or_default(),
            (None, "<EOF>") => "",
            (None, text) => text,
        };
        let header = |name: &str| self.headers.get(name).map(String::as_str);
        let answer = Answer {
            dialect: self.dialect,
            status: self.status.unwrap_or(0),
            headers_error_type: header("x-amzn-errortype").or(exception),
            content_type: header("content-type"),
            retry_after: header("retry-after").and_then(|secs| secs.parse().ok()),
            body: body.as_bytes(),
            place: if self.sse.is_some() { Place::FirstEvent } else { Place::Head },
        };
        &diagnose(&Cause::Answer(answer)).fault.id
    }
}

fn cases() -> Result<Vec<Case>, Fault> {
    Ok(serde_json::from_str(&std::fs::read_to_string(RECORD)?)?)
}

/// Measures what the catalogue costs. Must be the first that touches it.
///
/// # Errors
/// When the record cannot be read.
pub(super) fn catalogue() -> Result<Catalogue, Fault> {
    let cases = cases()?;
    let started = Instant::now();
    let count = embedded().faults().len();
    let read_ms = started.elapsed().as_secs_f64() * 1e3;
    let first = cases.iter().find(|case| case.fault.is_some()).ok_or("the record is empty")?;
    let started = Instant::now();
    first.judged();
    let first_ms = started.elapsed().as_secs_f64() * 1e3;
    let started = Instant::now();
    for case in &cases {
        case.judged();
    }
    let each_us = started.elapsed().as_secs_f64() * 1e6 / cases.len() as f64;
    Ok(Catalogue { faults: count, read_ms, first_ms, each_us })
}

/// Judges every case.
///
/// # Errors
/// When the record cannot be read.
pub(super) fn judge() -> Result<Recorded, Fault> {
    let mut recorded = Recorded::default();
    for case in cases()? {
        let family = recorded.families.entry(case.family.clone()).or_default();
        family.cases += 1;
        recorded.cases += 1;
        let Some(fault) = &case.fault else {
            family.covered += 1;
            recorded.right += 1;
            continue;
        };
        let found = case.judged();
        if found == fault {
            family.recognised += 1;
            recorded.right += 1;
        } else {
            recorded.wrong.push([case.id.clone(), fault.clone(), found.to_owned()]);
        }
    }
    Ok(recorded)
}
