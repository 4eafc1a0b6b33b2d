//! What a request used, told from what is known of it when it ends.
//!
//! - An answer with the upstream's last word on its usage: that, exactly.
//! - An answer that came in part, or without that word: *estimated* from what the upstream said,
//!   and where it said nothing from the input floor and the bytes that came.
//! - No answer at all, but an upstream that took the request and had not refused it when it broke
//!   off, ran out of time, or was cut by the client's leaving or the gateway's stopping:
//!   *estimated* likewise, since its work may be on its bill.
//! - A refusal, a connection that could not be made, a request that never left: nothing, and
//!   nothing estimated about it. So is counting tokens.
//!
//! A request that was answered after attempts that broke off is charged for its answer alone.

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
            Endpoint::Messages => !draft.sent && !draft.may_be_charged,
        };
        if is_free {
            return Self::NOTHING;
        }
        match draft.usage {
            Some(usage) if draft.usage_final => Self { usage: usage.clamped(), estimated: false },
            Some(_) | None => {
                Self { usage: estimate(opened, draft, outcome).clamped(), estimated: true }
            }
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

/// The input is what the upstream said of it, else the floor. The output is at least what was
/// seen to come; what a client was told instead of an answer is none of it.
fn estimate(opened: &Opened, draft: &Draft, outcome: Outcome) -> Usage {
    match draft.usage {
        Some(usage) => {
            Usage { output_tokens: usage.output_tokens.max(draft.estimated_output_tokens), ..usage }
        }
        None => {
            let of_bytes = match outcome {
                Outcome::Told => 0,
                Outcome::Passed | Outcome::Cured | Outcome::Abandoned => {
                    tokens_of_bytes(draft.response_bytes)
                }
            };
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
