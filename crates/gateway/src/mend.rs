//! mend: request × what is known of the candidate → [`Outbound`], and after a refusal the same
//! once more.
//!
//! What a channel is known to refuse is taken out here, before it is sent. Which change cures
//! what is the remedies' to say (`salve-remedy`); this room only hands them the request.

#[cfg(test)]
mod tests;

use salve_ledger::Change;
use salve_remedy::{Betas, Diagnosis, Known, Outbound};
use salve_wire::Document;

use crate::vocabulary::{Candidate, Count, Endpoint, Incoming};

/// The request as it suits `candidate`. Untouched for most.
#[must_use]
pub fn prepare(
    incoming: &Incoming,
    candidate: &Candidate,
    known: &Known<'_>,
    raised_max_tokens: Option<u64>,
) -> Outbound {
    let mut outbound = outbound(incoming, candidate);
    if let Some(raised) = raised_max_tokens {
        raise(&mut outbound, raised);
    }
    salve_remedy::prepare(&mut outbound, known);
    outbound
}

/// Whether the request uses a feature, so that sending it proves something about the feature.
#[must_use]
pub fn uses(incoming: &Incoming, candidate: &Candidate, feature: &str) -> bool {
    salve_remedy::uses(&mut outbound(incoming, candidate), feature)
}

/// Changes a refused request so that it may be taken. `false` where no remedy knows how.
pub fn react(outbound: &mut Outbound, diagnosis: &Diagnosis, known: &Known<'_>) -> bool {
    salve_remedy::react(outbound, diagnosis, known)
}

fn outbound(incoming: &Incoming, candidate: &Candidate) -> Outbound {
    let lines = incoming.headers.get_all("anthropic-beta").iter();
    let betas = Betas::read(lines.filter_map(|line| line.to_str().ok()));
    let is_count = incoming.endpoint == Endpoint::CountTokens;
    let request = &incoming.request;
    Outbound::new(&request.body, betas, &candidate.upstream_model, &request.model, is_count)
}

/// Leaves no more room for the answer than the window has beside the conversation, where what was
/// asked for is sure not to fit.
pub fn fit(outbound: &mut Outbound, tokens: Count, window: u64) {
    /// What services add around a conversation.
    const MARGIN: u64 = 64;
    /// An answer with less room is hardly one.
    const ROOM_MIN: u64 = 1_024;
    let Some(asked) = outbound.body.get("max_tokens").and_then(|node| node.unsigned()) else {
        return;
    };
    let budget = outbound.body.at(&["thinking", "budget_tokens"]);
    let least = budget.and_then(|node| node.unsigned()).unwrap_or(0).saturating_add(ROOM_MIN);
    let room = window.saturating_sub(tokens.most).saturating_sub(MARGIN);
    let does_not_fit = tokens.least.saturating_add(asked) > window;
    if does_not_fit && room >= least && room < asked && !outbound.is_count {
        outbound.body.set("max_tokens", room.to_string());
        outbound.note("max-tokens", room.to_string());
    }
}

/// A client's limit on the answer's length becomes the model's own.
fn raise(outbound: &mut Outbound, raised: u64) {
    let asked = outbound.body.get("max_tokens").and_then(|node| node.unsigned());
    let Some(asked) = asked.filter(|asked| *asked < raised && !outbound.is_count) else { return };
    outbound.body.set("max_tokens", raised.to_string());
    outbound.note("raise-max-tokens", format!("{asked}-to-{raised}"));
}

/// What was changed, for people: each place with the remedy that changed it.
#[must_use]
pub fn changes(outbound: &Outbound, betas_before: &[&str]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    if let Some(now) = outbound.betas.header_change() {
        let remedy = named(outbound, |remedy| remedy.contains("beta")).unwrap_or_default();
        changes.push(Change {
            remedy,
            path: "anthropic-beta".to_owned(),
            was: Some(betas_before.join(",")).filter(|was| !was.is_empty()),
            now: Some(now).filter(|now| !now.is_empty()),
        });
    }
    let renames = |path: &str| path == "model";
    for change in outbound.body.changes().into_iter().filter(|change| !renames(&change.path)) {
        let remedy = remedy_of(outbound, &change.path);
        let salve_wire::Change { path, was, now } = change;
        changes.push(Change { remedy, path, was, now });
    }
    changes
}

/// The remedy whose detail names the changed place; else all of them, since one of them did it.
fn remedy_of(outbound: &Outbound, path: &str) -> String {
    let pattern: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
    let names = |detail: &str| !detail.is_empty() && (pattern == detail || path == detail);
    let exact = outbound.done().iter().find(|done| names(&done.detail));
    match exact {
        Some(done) => done.to_string(),
        None => {
            let all = outbound.done().iter().map(|done| done.remedy);
            let mut all: Vec<&str> = all.filter(|remedy| !remedy.contains("beta")).collect();
            all.dedup();
            all.join(", ")
        }
    }
}

fn named(outbound: &Outbound, of: impl Fn(&str) -> bool) -> Option<String> {
    let mut names: Vec<&str> = outbound.done().iter().map(|done| done.remedy).collect();
    names.retain(|name| of(name));
    names.dedup();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A document over the request's body, for who only reads it.
#[must_use]
pub fn document(incoming: &Incoming) -> Document {
    Document::of(&incoming.request.body)
}
