//! What a request used, told from what is known of it when it ends.

use crate::entry::{Endpoint, Entry, Outcome};
use crate::money::NanoUsd;
use crate::usage::{Usage, tokens_of_bytes};

use super::{Draft, Opened};

/// A request's usage and how sure of it we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// What was used.
    pub usage: Usage,
    /// Whether that is a guess.
    pub estimated: bool,
}

impl Reckoning {
    const NOTHING: Self = Self { usage: Usage::ZERO, estimated: false };

    /// Reckons what a request used that ends now with `outcome`.
    #[must_use]
    pub fn of(opened: &Opened, draft: &Draft, outcome: Outcome) -> Self {
        let is_free = match opened.endpoint {
            Endpoint::CountTokens => true,
            Endpoint::Messages => !draft.sent,
        };
        if is_free || is_refused(draft, outcome) {
            return Self::NOTHING;
        }
        match draft.usage {
            Some(usage) if draft.usage_final => Self { usage: usage.clamped(), estimated: false },
            Some(_) | None => Self { usage: estimate(opened, draft).clamped(), estimated: true },
        }
    }

    /// The entry of the request, not yet priced.
    pub(super) fn entry(
        self,
        opened: &Opened,
        draft: Draft,
        outcome: Outcome,
        total_ms: u64,
    ) -> Entry {
        let draft = draft.bounded();
        Entry {
            request_id: opened.request_id.clone(),
            time: opened.time,
            endpoint: opened.endpoint,
            key: opened.key.clone(),
            user: opened.user.clone(),
            group: opened.group.clone(),
            session: opened.session.clone(),
            agent: opened.agent.clone(),
            model: opened.model.clone(),
            model_known: false,
            stream: opened.stream,
            channel: draft.channel,
            upstream_model: draft.upstream_model,
            outcome,
            status: draft.status,
            fault: draft.fault,
            remedies: draft.remedies,
            changes: draft.changes,
            skipped: draft.skipped,
            attempts: draft.attempts,
            stop_reason: draft.stop_reason,
            usage: self.usage,
            cost_nano_usd: NanoUsd::ZERO,
            price_version: String::new(),
            estimated: self.estimated,
            queue_ms: opened.queue_ms,
            first_byte_ms: draft.first_byte_ms,
            total_ms,
            request_bytes: opened.request_bytes,
            response_bytes: draft.response_bytes,
        }
    }
}

/// Whether the client was told an error before any upstream reported or produced anything: a
/// refusal costs nothing.
fn is_refused(draft: &Draft, outcome: Outcome) -> bool {
    outcome == Outcome::Told && draft.usage.is_none() && draft.estimated_output_tokens == 0
}

/// The input is what the upstream said of it, else the floor. The output is at least what was
/// seen to come.
fn estimate(opened: &Opened, draft: &Draft) -> Usage {
    match draft.usage {
        Some(usage) => {
            Usage { output_tokens: usage.output_tokens.max(draft.estimated_output_tokens), ..usage }
        }
        None => {
            let of_bytes = tokens_of_bytes(draft.response_bytes);
            let seen = Some(draft.estimated_output_tokens).filter(|tokens| *tokens > 0);
            Usage {
                input_tokens: opened.input_tokens_floor,
                output_tokens: seen.unwrap_or(of_bytes),
                ..Usage::ZERO
            }
        }
    }
}

/// The entry, not yet priced, of a request whose process died: all that its last checkpoint says
/// of it, and where that names no usage, the input floor.
#[must_use]
pub fn abandoned_by_crash(opened: &Opened, checkpoint: Option<Draft>, total_ms: u64) -> Entry {
    let draft = checkpoint.unwrap_or_default();
    let floor = Usage { input_tokens: opened.input_tokens_floor, ..Usage::ZERO };
    let usage = draft.usage.unwrap_or(floor).clamped();
    let reckoning = Reckoning { usage, estimated: true };
    reckoning.entry(opened, draft, Outcome::Abandoned, total_ms)
}
