//! attempt: the candidates of a plan, one after another, until one gives an answer.
//!
//! A candidate that refuses the request's shape is asked again with the request changed; one
//! that is busy, after a pause, when the others have been asked. What stands in for the model
//! comes last.

mod candidate;
mod estimate;
mod pause;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use salve_ledger::Draft;
use salve_remedy::{Diagnosis, Told, Verdict, faults, told_when_all_failed};
use tokio::time::Instant;

use crate::gateway::Gateway;
use crate::limits;
use crate::vocabulary::{Candidate, Count, Endpoint, Fallback, Identified, Plan, Stream};

use candidate::Came;

/// What the attempts came to.
#[derive(Debug)]
pub enum Attempted {
    /// A whole answer, ready for the client.
    Whole(StatusCode, HeaderMap, Bytes),
    /// A stream whose first content is in hand.
    Stream(HeaderMap, Box<Stream>, Box<Names>),
    /// A refusal that passes as it came.
    Passed(Passed),
    /// Nothing but words.
    Told(Box<Told>),
}

/// What has to be put back in an answer, so that the client finds the names it used.
#[derive(Debug, Default)]
pub struct Names {
    /// Whether the model's name in it is the upstream's own.
    pub is_renamed: bool,
    /// Tool names as they were sent, and as the client knows them.
    pub tool_names: Vec<(String, String)>,
    /// Whose signatures its thinking blocks carry.
    pub mint: Option<Arc<str>>,
}

/// A refusal as the upstream wrote it.
#[derive(Debug)]
pub struct Passed {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Its sentence, for a client whose status is past changing.
    pub message: String,
}

/// The attempts for one request. Whatever happens is noted in `draft` as it happens, so that it
/// is on the ledger wherever this is cut short.
pub(super) struct Attempts<'a> {
    pub gateway: &'a Arc<Gateway>,
    pub identified: &'a Identified,
    pub draft: &'a mut Draft,
    /// What the input is taken to be where an upstream does not say.
    pub floor: u64,
    /// Tokens of the conversation, where an upstream counted an earlier turn.
    pub tokens: Option<Count>,
    /// The window, in tokens, that the conversation was found too long for.
    pub longest: Option<u64>,
    /// An answer that says nothing, given where no other comes.
    pub spare: Option<Attempted>,
}

/// Candidates for one model.
struct Stage<'p> {
    candidates: &'p [Candidate],
    /// The model, where it is not the one that was asked for.
    stands_in: Option<&'p str>,
}

impl<'p> Stage<'p> {
    fn fallback(fallback: &'p Fallback) -> Self {
        Self { candidates: &fallback.candidates, stands_in: Some(&fallback.model) }
    }
}

/// Tries the candidates of a plan.
pub async fn attempt(mut attempts: Attempts<'_>, plan: Plan) -> Attempted {
    let Plan { candidates, fallbacks, skipped } = plan;
    attempts.draft.skipped = skipped.iter().map(Into::into).collect();
    let own = Stage { candidates: &candidates, stands_in: None };
    let mut stages: Vec<Stage<'_>> = fallbacks.iter().map(Stage::fallback).collect();
    // Where the model is known to be off everywhere, asking for it first would only cost time.
    let place = if attempts.is_off(&candidates) { stages.len() } else { 0 };
    stages.insert(place, own);
    let mut failures = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let is_last = index + 1 == stages.len();
        match attempts.stage(stage, is_last).await {
            Came::To(attempted) => return attempts.or_estimate(attempted),
            Came::ToNothing(more) => failures.extend(more),
        }
        if stage.stands_in.is_none()
            && let Some(spare) = attempts.spare.take()
        {
            return spare;
        }
    }
    let told = attempts.told(&failures);
    attempts.or_estimate(Attempted::Told(Box::new(told)))
}

impl<'a> Attempts<'a> {
    /// None made yet.
    pub fn new(
        gateway: &'a Arc<Gateway>,
        identified: &'a Identified,
        draft: &'a mut Draft,
        floor: u64,
        tokens: Option<Count>,
    ) -> Self {
        Self { gateway, identified, draft, floor, tokens, longest: None, spare: None }
    }
}

impl Attempts<'_> {
    /// Tries these candidates in rounds: all of them, then after a pause those whose failure
    /// passes by itself. Only the last stage waits for a model that is off: before that there is
    /// another to ask.
    async fn stage(&mut self, stage: &Stage<'_>, is_last: bool) -> Came {
        let Stage { candidates, stands_in } = *stage;
        let arrived = self.identified.incoming.arrived;
        let passes = |failure: &Diagnosis| {
            pause::passes_by_itself(failure, arrived.elapsed())
                && (is_last || !is_off_here(failure))
        };
        let deadline = arrived + limits::ATTEMPTS_DEADLINE;
        let mut failures: Vec<Option<Diagnosis>> = candidates.iter().map(|_| None).collect();
        for round in 0..=limits::SHORTAGE_ROUNDS_MAX {
            for (candidate, failure) in candidates.iter().zip(&mut failures) {
                let is_due = round == 0 || failure.as_ref().is_some_and(passes);
                if !is_due || !self.may_go_on(deadline) || !self.has_room(candidate) {
                    continue;
                }
                match self.candidate(candidate, stands_in).await {
                    Came::To(attempted) => return Came::To(attempted),
                    Came::ToNothing(mut found) => *failure = found.pop(),
                }
            }
            if let Some(told) = self.is_too_long(&failures) {
                return Came::To(told);
            }
            let left = failures.iter().flatten().filter(|failure| passes(failure));
            let pause = pause::before_round(round, left, self.age(), &mut rand::rng());
            let Some(pause) = pause.filter(|pause| Instant::now() + *pause < deadline) else {
                break;
            };
            if self.draft.attempts.len() >= limits::ATTEMPTS_MAX {
                break;
            }
            // Dropped where the client leaves, which ends the attempts.
            tokio::time::sleep(pause).await;
        }
        Came::ToNothing(failures.into_iter().flatten().collect())
    }

    /// Whether every one of these channels has said lately that it has not the model now.
    fn is_off(&self, candidates: &[Candidate]) -> bool {
        let troubles = &self.gateway.knowledge.troubles;
        let mut lacks =
            candidates.iter().map(|c| troubles.lacks(&c.channel.name, &c.upstream_model));
        lacks.all(|lacks| lacks)
    }

    /// Whether a channel may have room for a conversation that another found too long.
    fn has_room(&self, candidate: &Candidate) -> bool {
        let window = self.gateway.knowledge.window(&candidate.channel, &candidate.upstream_model);
        match (self.longest, window) {
            (Some(limit), Some(window)) => window > limit,
            (None, _) | (Some(_), None) => true,
        }
    }

    /// Where one channel found the conversation too long and none had room for it, that is what
    /// the client is told, and in its words: the client compacts and comes again.
    fn is_too_long(&self, failures: &[Option<Diagnosis>]) -> Option<Attempted> {
        let long = failures.iter().flatten().filter(|failure| is_too_long(failure));
        let mut told = long.filter_map(|failure| match &failure.verdict {
            Verdict::Tell(told) => Some(told.clone()),
            Verdict::NextCandidate | Verdict::PassAsIs => None,
        });
        let age = self.age();
        let busy = failures.iter().flatten().any(|failure| pause::passes_by_itself(failure, age));
        told.next_back().filter(|_| !busy).map(|told| Attempted::Told(Box::new(told)))
    }

    /// How long ago the request arrived.
    fn age(&self) -> Duration {
        self.identified.incoming.arrived.elapsed()
    }

    fn may_go_on(&self, deadline: Instant) -> bool {
        self.draft.attempts.len() < limits::ATTEMPTS_MAX && Instant::now() < deadline
    }

    /// The one sentence for all that failed. One about a model names those that work now, the
    /// nearest first.
    fn told(&self, failures: &[Diagnosis]) -> Told {
        let mut failures = failures.to_vec();
        let about_models = failures.iter_mut().filter(|failure| is_about_model(failure));
        let mut models = None;
        for failure in about_models {
            let Identified { incoming, caller, .. } = self.identified;
            let list = || self.gateway.models_working(caller, &incoming.request.model);
            let models: &String = models.get_or_insert_with(list);
            failure.details.push(("models".to_owned(), models.clone()));
            failure.details.push(("model".to_owned(), incoming.request.model.clone()));
        }
        told_when_all_failed(&failures)
    }

    /// Tokens that nobody upstream can count are estimated here, and never told too few.
    fn or_estimate(&mut self, attempted: Attempted) -> Attempted {
        if self.identified.incoming.endpoint != Endpoint::CountTokens {
            return attempted;
        }
        estimate::instead(self.identified, self.draft, attempted)
    }
}

/// Whether a failure says that another channel with a larger window may take the conversation.
fn is_too_long(diagnosis: &Diagnosis) -> bool {
    diagnosis.fault.id == faults::CONTEXT_TOO_LONG.fault().id
}

fn is_off_here(diagnosis: &Diagnosis) -> bool {
    diagnosis.fault.id == faults::UPSTREAM_MODEL_OFFLINE.fault().id
}

fn is_about_model(diagnosis: &Diagnosis) -> bool {
    diagnosis.fault.told.message.contains("{models}")
}

/// Milliseconds since a moment.
pub fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
