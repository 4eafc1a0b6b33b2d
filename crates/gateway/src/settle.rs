//! settle: [`Hold`] + usage → one ledger entry. Never fails the client.

use salve_ledger::{Draft, Hold, Outcome, Usage};
use salve_wire::anthropic::usage::Usage as Reported;

/// What an upstream reported, in the ledger's terms. Cache writes without a lifetime count as
/// five-minute ones, which is what Anthropic bills then.
fn counted(reported: &Reported) -> Usage {
    let total = reported.cache_creation_input_tokens.or_zero();
    let one_hour = reported.ephemeral_1h_input_tokens.or_zero();
    let five_minutes = reported.ephemeral_5m_input_tokens.or_zero();
    Usage {
        input_tokens: reported.input_tokens.or_zero(),
        output_tokens: reported.output_tokens.or_zero(),
        cache_read_input_tokens: reported.cache_read_input_tokens.or_zero(),
        cache_creation_5m_input_tokens: five_minutes.max(total.saturating_sub(one_hour)),
        cache_creation_1h_input_tokens: one_hour,
        web_search_requests: reported.web_search_requests.or_zero(),
    }
}

/// Takes a report into the draft. One that names no input is not the whole of what was used:
/// the floor stands in for it, and the entry is an estimate.
pub fn note_usage(draft: &mut Draft, reported: Option<&Reported>, is_final: bool, floor: u64) {
    let has_input = reported.is_some_and(Reported::has_input);
    draft.usage = reported.map(counted).map(|usage| match has_input {
        true => usage,
        false => Usage { input_tokens: floor, ..usage },
    });
    draft.usage_final = is_final && has_input;
}

/// How a request that got its answer ended: cured where it took more than one attempt or a
/// change.
#[must_use]
pub fn answered(draft: &Draft) -> Outcome {
    let is_plain = draft.attempts.len() <= 1 && draft.remedies.is_empty();
    if is_plain { Outcome::Passed } else { Outcome::Cured }
}

/// Writes the entry.
pub fn settle(hold: Hold, outcome: Outcome) {
    hold.settle(outcome);
}

/// Output tokens where an upstream never reported them: four bytes to a token, upward.
#[must_use]
pub fn estimated_output_tokens(content_bytes: u64) -> u64 {
    content_bytes.div_ceil(4)
}
