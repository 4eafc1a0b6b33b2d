//! An explanation as it is given to people and programs: each finding with its fault's page.

use serde::Serialize;

use super::{By, Explanation, FaultPage, Finding, Unknown};
use crate::catalogue::Fault;

/// What `salve explain --json` and its API give. The names of the fields are stable.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether any fault of the catalogue was found.
    pub recognised: bool,
    /// The faults, each once.
    pub faults: Vec<Explained>,
    /// Errors that are not in the catalogue, with the nearest that are.
    pub unknown: Vec<Unknown>,
    /// Statements of a long log that were not looked at.
    pub skipped: usize,
}

/// One fault that was found, and all there is to say of it.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The fault's page.
    #[serde(flatten)]
    pub page: FaultPage,
    /// How it was known: `name`, `client`, `words`, `type` or `status`.
    pub recognised_by: By,
    /// The HTTP status that was named.
    pub status: Option<u16>,
    /// What was said, shortened and without credentials.
    pub said: String,
    /// How many times.
    pub count: usize,
}

impl Explanation {
    /// The explanation of faults that are known by name, such as those of a log entry.
    #[must_use]
    pub fn of_faults(faults: &[&'static Fault], status: Option<u16>, said: &str) -> Self {
        let finding = |fault: &&'static Fault| Finding {
            fault,
            by: By::Name,
            status,
            said: super::said(said),
            count: 1,
        };
        Self { findings: faults.iter().map(finding).collect(), ..Self::default() }
    }

    /// The explanation with the page of each fault; help pages are below this public address of
    /// the gateway, where it is known.
    #[must_use]
    pub fn report(self, public_url: Option<&str>) -> Report {
        let explained = |finding: Finding| {
            let Finding { fault, by, status, said, count } = finding;
            let page = FaultPage::of(fault, public_url);
            Explained { page, recognised_by: by, status, said, count }
        };
        let faults: Vec<_> = self.findings.into_iter().map(explained).collect();
        let recognised = !faults.is_empty();
        Report { recognised, faults, unknown: self.unknown, skipped: self.skipped }
    }
}
