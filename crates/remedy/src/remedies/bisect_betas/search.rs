//! How far a search has come.

use crate::limits::BETA_SEARCH_REACTIONS_MAX;
use crate::outbound::Outbound;

/// The search for betas that are refused without a name, over the attempts of one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    steps: usize,
    reactions: usize,
    /// The request before one half went, and the other half.
    kept: Option<Box<(Outbound, Vec<String>)>>,
}

/// What is tried next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Trial,
    Prime,
    OneHalf,
    OtherHalf,
    All,
}

impl Search {
    /// The next step; `None` when everything was tried. The last reaction takes out everything.
    pub(super) fn next(&mut self) -> Option<Step> {
        const STEPS: [Step; 5] =
            [Step::Trial, Step::Prime, Step::OneHalf, Step::OtherHalf, Step::All];
        if self.reactions + 1 == BETA_SEARCH_REACTIONS_MAX {
            self.steps = self.steps.max(STEPS.len() - 1);
        }
        let step = STEPS.get(self.steps).copied()?;
        self.steps += 1;
        Some(step)
    }

    /// Counts a step that changed something.
    pub(super) fn count(&mut self) {
        self.reactions += 1;
    }

    /// Keeps what the next step puts back, and what it takes out then.
    pub(super) fn keep(&mut self, before: Outbound, other: Vec<String>) {
        self.kept = Some(Box::new((before, other)));
    }

    /// What was kept.
    pub(super) fn take_kept(&mut self) -> Option<(Outbound, Vec<String>)> {
        self.kept.take().map(|kept| *kept)
    }
}
