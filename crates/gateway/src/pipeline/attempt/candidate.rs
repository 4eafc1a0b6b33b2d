//! One candidate: mend → translate → send → diagnose, and again with the request changed where it
//! was refused for its shape.

use bytes::Bytes;
use salve_ledger::Attempt;
use salve_remedy::{Diagnosis, Known, Lesson, Outbound, Says, Told, faults};
use salve_wire::anthropic::response::restore_edits;
use tokio::time::Instant;

use super::{Attempted, Attempts, Names, Passed, elapsed_ms, is_too_long};
use crate::diagnose::{self, Judged, PassedRefusal, WholeAnswer};
use crate::knowledge::{Due, Trial, View};
use crate::limits;
use crate::vocabulary::{Candidate, Endpoint};
use crate::{mend, settle, translate};

/// What trying came to.
pub enum Came {
    /// An answer, or a word that ends the request.
    To(Attempted),
    /// Failures that another candidate, or another moment, may do better than.
    ToNothing(Vec<Diagnosis>),
}

impl Attempts<'_> {
    /// Tries one candidate, and repairs the request as long as that leads on.
    pub(super) async fn candidate(
        &mut self,
        candidate: &Candidate,
        fallback: Option<&str>,
    ) -> Came {
        let (gateway, identified) = (self.gateway, self.identified);
        let channel = &candidate.channel;
        let model = candidate.upstream_model.as_str();
        let now = gateway.desk.clock.now();
        let knowledge = &gateway.knowledge;
        let seeds = || channel.seeds(model);
        let View { facts, due } = knowledge.capabilities.view(&channel.name, model, now, seeds);
        let proves = |feature: &str| mend::uses(&identified.incoming, candidate, feature);
        let trial = due.into_iter().find(|due| proves(&due.feature)).and_then(Due::begin);
        let minted = knowledge.minted.seen_from(&channel.mint);
        let on_trial = trial.as_ref().map(|trial| trial.feature.as_str());
        let known = Known::new(&facts, on_trial, &minted);
        let raised = self.raised_max_tokens(candidate);
        let mut outbound = mend::prepare(&identified.incoming, candidate, &known, raised);
        if let (Some(count), Some(window)) = (self.tokens, knowledge.window(channel, model)) {
            mend::fit(&mut outbound, count, window);
        }
        let mut evidence = String::new();
        let mut proven = 0;
        for repairs in 0.. {
            let judged = self.once(candidate, &outbound, fallback).await;
            if judged.is_blank() && self.spare.is_none() {
                let names = self.names(candidate, outbound);
                return self.blank(judged, names);
            }
            let Some(diagnosis) = judged.diagnosis() else {
                self.learn(candidate, &outbound, trial, &evidence);
                return Came::To(self.answered(judged, self.names(candidate, outbound)));
            };
            let may_repair =
                repairs < limits::REPAIRS_MAX && self.draft.attempts.len() < limits::ATTEMPTS_MAX;
            let taught = outbound.lessons().len();
            if may_repair && mend::react(&mut outbound, diagnosis, &known) {
                // Another refusal than before: what was changed before was right.
                proven = taught;
                self.learn_limit(candidate, diagnosis);
                evidence.clone_from(&diagnosis.inner.message);
                continue;
            }
            self.keep(candidate, outbound.lessons().get(..proven).unwrap_or_default(), &evidence);
            if !self.is_count_refused(diagnosis) {
                knowledge.troubles.note(&channel.name, model, diagnosis);
            }
            self.learn_limit(candidate, diagnosis);
            return self.failed(judged);
        }
        Came::ToNothing(Vec::new())
    }

    /// One try at one channel.
    async fn once(
        &mut self,
        candidate: &Candidate,
        outbound: &Outbound,
        fallback: Option<&str>,
    ) -> Judged {
        let started = Instant::now();
        let channel = candidate.channel.name.clone();
        // On the draft before it is made, so that one that is cut short is seen too.
        self.draft.attempts.push(Attempt { channel, status: None, fault: None, ms: 0 });
        self.note_outbound(candidate, outbound, fallback);
        let judged = self.sent(candidate, outbound).await;
        let judged = diagnose::in_light_of(judged, &self.circumstances(candidate));
        self.note(&judged, elapsed_ms(started));
        judged
    }

    async fn sent(&mut self, candidate: &Candidate, outbound: &Outbound) -> Judged {
        let incoming = &self.identified.incoming;
        let wants_stream = self.identified.wants_stream();
        let betas = outbound.betas.header_change();
        let outgoing =
            translate::outgoing(incoming, candidate, &outbound.edits(), betas.as_deref());
        let outgoing = match outgoing {
            Ok(outgoing) => outgoing,
            Err(error) => return diagnose::unsendable(&error.to_string()),
        };
        // From this moment the upstream may charge, whether or not it answers.
        self.draft.sent = true;
        let answered = self.gateway.upstream.send(outgoing, wants_stream).await;
        settle::note_unfinished(self.draft, &answered, self.floor);
        self.draft.status = answered.as_ref().ok().map(|answer| answer.status.as_u16());
        if let Err(error) = &answered {
            let channel = candidate.channel.name.as_str();
            let request_id = incoming.id.as_str();
            tracing::warn!(request_id, channel, %error, "an attempt failed");
        }
        diagnose::judge(answered, incoming.endpoint, wants_stream)
    }

    fn note_outbound(
        &mut self,
        candidate: &Candidate,
        outbound: &Outbound,
        fallback: Option<&str>,
    ) {
        let draft = &mut *self.draft;
        draft.channel = Some(candidate.channel.name.clone());
        draft.upstream_model = Some(candidate.upstream_model.clone());
        draft.status = None;
        draft.remedies.clear();
        draft.changes.clear();
        if self.identified.incoming.is_mended {
            draft.remedies.push("mend-surrogates:body".to_owned());
        }
        draft.remedies.extend(fallback.map(|model| format!("fallback-model:{model}")));
        draft.remedies.extend(outbound.done().iter().map(ToString::to_string));
        if !outbound.done().is_empty() {
            let betas = self.identified.incoming.headers.get_all("anthropic-beta").iter();
            let betas: Vec<&str> = betas.filter_map(|line| line.to_str().ok()).collect();
            draft.changes = mend::changes(outbound, &betas);
        }
    }

    fn note(&mut self, judged: &Judged, ms: u64) {
        let draft = &mut *self.draft;
        let fault = judged.diagnosis().map(|diagnosis| diagnosis.fault.id.clone());
        // What an upstream refuses is not charged for; what it broke off was noted as it came.
        draft.sent = fault.is_none();
        // A cured request keeps the fault that it was cured of.
        draft.fault = fault.clone().or(draft.fault.take());
        if let Some(attempt) = draft.attempts.last_mut() {
            (attempt.status, attempt.fault, attempt.ms) = (draft.status, fault, ms);
        }
    }

    /// What a good answer teaches.
    fn learn(
        &self,
        candidate: &Candidate,
        outbound: &Outbound,
        trial: Option<Trial>,
        evidence: &str,
    ) {
        let (channel, model) = (&candidate.channel.name, &candidate.upstream_model);
        let (gateway, now) = (self.gateway, self.gateway.desk.clock.now());
        let knowledge = &gateway.knowledge;
        knowledge.troubles.clear(channel, model);
        if knowledge.served.note(channel, model) {
            gateway.keep_served(channel, model, now);
        }
        let lessons = outbound.lessons();
        if let Some(trial) = trial
            && !lessons.iter().any(|lesson| lesson.feature == trial.feature)
        {
            knowledge.capabilities.taken(channel, model, &trial.feature, now);
            gateway.unkeep(channel, model, &trial.feature);
        }
        self.keep(candidate, lessons, evidence);
    }

    /// Keeps lessons, with the words they were learned from.
    fn keep(&self, candidate: &Candidate, lessons: &[Lesson], evidence: &str) {
        if lessons.is_empty() {
            return;
        }
        let (channel, model) = (&candidate.channel.name, &candidate.upstream_model);
        let (gateway, now) = (self.gateway, self.gateway.desk.clock.now());
        gateway.keep(gateway.knowledge.capabilities.learn(channel, model, lessons, now), evidence);
    }

    /// An answer that says nothing is asked for once more, and kept in case that there is no other:
    /// a model may have nothing to say.
    fn blank(&mut self, judged: Judged, names: Names) -> Came {
        let diagnosis = diagnose::blank();
        if let Some(attempt) = self.draft.attempts.last_mut() {
            attempt.fault = Some(diagnosis.fault.id.clone());
        }
        self.spare = Some(self.answered(judged, names));
        Came::ToNothing(vec![diagnosis])
    }

    fn names(&self, candidate: &Candidate, outbound: Outbound) -> Names {
        Names {
            is_renamed: candidate.upstream_model != self.identified.incoming.request.model,
            tool_names: outbound.tool_names,
            mint: Some(candidate.channel.mint.clone()),
        }
    }

    /// Whether the channel just cannot count tokens; that says nothing of its other answers.
    fn is_count_refused(&self, diagnosis: &Diagnosis) -> bool {
        let is_count = self.identified.incoming.endpoint == Endpoint::CountTokens;
        is_count
            && (is_uncountable(diagnosis) || matches!(self.draft.status, Some(404 | 405 | 501)))
    }

    fn answered(&mut self, judged: Judged, names: Names) -> Attempted {
        match judged {
            Judged::Stream(headers, stream) => Attempted::Stream(headers, stream, Box::new(names)),
            Judged::Whole(answer) => {
                self.note_usage(&answer);
                if let Some(mint) = &names.mint {
                    self.gateway.knowledge.minted.note(mint, &answer.response.signatures());
                }
                self.whole(*answer, &names)
            }
            // Those have a diagnosis, and are no answers.
            Judged::Pass(refusal) => passed(refusal),
            Judged::Next(diagnosis) => told(self.told(std::slice::from_ref(&diagnosis))),
            Judged::Tell(_, told) => Attempted::Told(told),
        }
    }

    /// A limit that a refusal names holds for later requests too.
    fn learn_limit(&mut self, candidate: &Candidate, diagnosis: &Diagnosis) {
        let number = |name: &str| diagnosis.detail(name).and_then(|text| text.parse::<u64>().ok());
        let is_window = is_too_long(diagnosis)
            || diagnosis.fault.id == faults::MAX_TOKENS_OVER_WINDOW.fault().id;
        if !is_window {
            return;
        }
        let Some(limit) = number("limit").filter(|limit| *limit > 0) else { return };
        if is_too_long(diagnosis) {
            self.longest = Some(self.longest.map_or(limit, |known| known.max(limit)));
        }
        // What was filled in from here teaches nothing.
        let mut digits = diagnosis.inner.message.clone();
        digits.retain(|c| !matches!(c, ',' | '_' | ' ' | '.'));
        if !digits.contains(&limit.to_string()) {
            return;
        }
        let (feature, says) = ("limit:context".to_owned(), Says::Limit(limit));
        let lesson = Lesson { feature, says, is_suspicion: false };
        self.keep(candidate, &[lesson], &diagnosis.inner.message);
    }

    fn failed(&self, judged: Judged) -> Came {
        match judged {
            // Another channel may have a larger window.
            Judged::Tell(diagnosis, _) if is_too_long(&diagnosis) => {
                Came::ToNothing(vec![*diagnosis])
            }
            Judged::Next(diagnosis) => Came::ToNothing(vec![*diagnosis]),
            Judged::Pass(refusal) => Came::To(passed(refusal)),
            Judged::Tell(_, told) => Came::To(Attempted::Told(told)),
            Judged::Whole(_) | Judged::Stream(..) => Came::ToNothing(Vec::new()),
        }
    }

    fn note_usage(&mut self, answer: &WholeAnswer) {
        let draft = &mut *self.draft;
        match self.identified.incoming.endpoint {
            // Counting tokens is free, and its answer is not a usage report.
            Endpoint::CountTokens => {
                draft.usage = Some(salve_ledger::Usage::default());
                draft.usage_final = true;
            }
            Endpoint::Messages => {
                settle::note_usage(draft, answer.response.usage.as_ref(), true, self.floor);
            }
        }
        draft.stop_reason = answer.response.stop_reason.clone();
        draft.estimated_output_tokens =
            settle::estimated_output_tokens(answer.response.bytes.len() as u64);
    }

    /// A whole answer, with the names in it that the client used.
    fn whole(&mut self, answer: WholeAnswer, names: &Names) -> Attempted {
        let WholeAnswer { status, headers, response } = answer;
        let bytes = &response.bytes;
        let model = self.identified.incoming.request.model.as_str();
        let model = names.is_renamed.then_some(model);
        let edits = restore_edits(bytes, model, &names.tool_names);
        if edits.is_empty() {
            return Attempted::Whole(status, headers, bytes.clone());
        }
        if model.is_none() && names.tool_names.is_empty() {
            self.draft.remedies.push("answer:unique-tool-id".to_owned());
        }
        Attempted::Whole(status, headers, Bytes::from(edits.apply(bytes).concat()))
    }

    /// What the model can write at this channel, where its group wants `max_tokens` raised to it.
    fn raised_max_tokens(&self, candidate: &Candidate) -> Option<u64> {
        let (group, model) = (&self.identified.caller.group, &candidate.upstream_model);
        if !group.raises_max_tokens {
            return None;
        }
        let said = candidate.channel.output_tokens_max(model);
        said.or_else(|| self.gateway.desk.prices.model(model).map(|facts| facts.max_output_tokens))
    }

    /// What is known here that the upstream's words do not say.
    fn circumstances(&self, candidate: &Candidate) -> diagnose::Circumstances {
        let (channel, model) = (&candidate.channel, candidate.upstream_model.as_str());
        let known = self.gateway.desk.prices.model(model).map(|facts| facts.context_window);
        diagnose::Circumstances {
            was_served_lately: self.gateway.knowledge.served.lately(&channel.name, model),
            body_bytes: self.identified.incoming.request.body.bytes().len() as u64,
            tokens: Some(self.tokens.map_or(self.floor, |count| count.least)),
            window: channel.context_window(model).or(known),
            body_limit: channel.body_bytes_max,
        }
    }
}

fn is_uncountable(diagnosis: &Diagnosis) -> bool {
    diagnosis.fault.id == faults::COUNT_TOKENS_UNSUPPORTED.fault().id
}

fn told(told: Told) -> Attempted {
    Attempted::Told(Box::new(told))
}

fn passed(refusal: PassedRefusal) -> Attempted {
    let PassedRefusal { status, headers, body, diagnosis } = refusal;
    Attempted::Passed(Passed { status, headers, body, message: diagnosis.inner.message })
}
