//! Every fault on record, word for word: recognised, or no answer that could be.

use serde::Deserialize;

use super::{Seen, judged};
use crate::catalogue::{Place, fault};
use crate::dialect::Dialect;

/// How many cases the record holds.
const ON_RECORD: usize = 169;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    id: String,
    #[serde(rename = "family")]
    _family: String,
    dialect: Dialect,
    /// None where words came without an answer around them.
    status: Option<u16>,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    body: Option<String>,
    sse: Option<Vec<String>>,
    /// What it must be recognised as.
    fault: Option<String>,
    /// Or why it is nothing to recognise, and what covers it.
    covered: Option<String>,
}

fn on_record() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../../../tests/cases/real.json")).unwrap()
}

impl Recorded {
    fn judged(&self) -> Result<Seen, String> {
        let frames = self.sse.as_ref().map(|frames| frames.join("\n"));
        let exception =
            frames.as_deref().and_then(|frames| frames.split(":exception-type ").nth(1));
        let exception = exception.and_then(|rest| rest.lines().next());
        let text = self.body.clone().or(frames.clone()).unwrap_or_default();
        let body = match (exception, text.as_str()) {
            (Some(_), frames) => frames.lines().last().unwrap_or_default().to_owned(),
            (None, "<EOF>") => String::new(),
            (None, text) => text.to_owned(),
        };
        let header = self.headers.get("x-amzn-errortype").map(String::as_str);
        judged(crate::Answer {
            dialect: self.dialect,
            status: self.status.unwrap_or(0),
            headers_error_type: header.or(exception),
            content_type: self.headers.get("content-type").map(String::as_str),
            retry_after: self.headers.get("retry-after").and_then(|secs| secs.parse().ok()),
            body: body.as_bytes(),
            place: if self.sse.is_some() { Place::FirstEvent } else { Place::Head },
        })
    }
}

#[test]
fn every_fault_on_record_is_recognised_or_said_to_be_covered() {
    let recorded = on_record();
    assert_eq!(recorded.len(), ON_RECORD);
    let mut wrong = Vec::new();
    for case in &recorded {
        match (&case.fault, &case.covered) {
            (Some(id), None) => {
                let expected = fault(id).unwrap_or_else(|| panic!("{}: no fault {id}", case.id));
                if expected.is_local() {
                    // A client wrote it; no answer says so.
                    let body = case.body.as_deref().unwrap_or_default();
                    let found = crate::explain(body).findings;
                    if !found.iter().any(|finding| finding.fault.id == *id) {
                        wrong.push(format!("{}: not explained as {id}", case.id));
                    }
                    continue;
                }
                match case.judged() {
                    Ok(seen) if seen.fault == *id => {}
                    Ok(seen) => wrong.push(format!("{}: not {id} but {}", case.id, seen.fault)),
                    Err(tie) => wrong.push(format!("{}: {tie}", case.id)),
                }
            }
            (None, Some(how)) => assert!(how.ends_with('.'), "{}: {how}", case.id),
            _ => panic!("{}: either a fault or how it is covered", case.id),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_record_names_each_case_once() {
    let recorded = on_record();
    let ids = recorded.iter().map(|case| &case.id).collect::<std::collections::HashSet<_>>();
    assert_eq!(ids.len(), ON_RECORD);
}
