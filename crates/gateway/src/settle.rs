//! settle: [`Hold`] + usage → one ledger entry. Never fails the client.

use salve_ledger::{Draft, Hold, Outcome, Usage};
use salve_wire::anthropic::usage::Usage as Reported;

/// What an upstream reported, in the ledger's terms. Cache writes without a lifetime count as
/// five-minute ones, which is what Anthropic bills then.
#[must_use]
pub fn counted(reported: &Reported) -> Usage {
    let total = reported.cache_creation_input_tokens.or_zero();
    let (five_minutes, one_hour) = match &reported.cache_creation {
        Some(by_lifetime) => {
            let one_hour = by_lifetime.ephemeral_1h_input_tokens.or_zero();
            let five_minutes = by_lifetime.ephemeral_5m_input_tokens.or_zero();
            (five_minutes.max(total.saturating_sub(one_hour)), one_hour)
        }
        None => (total, 0),
    };
    let web_searches = reported.server_tool_use.map(|tools| tools.web_search_requests.or_zero());
    Usage {
        input_tokens: reported.input_tokens.or_zero(),
        output_tokens: reported.output_tokens.or_zero(),
        cache_read_input_tokens: reported.cache_read_input_tokens.or_zero(),
        cache_creation_5m_input_tokens: five_minutes,
        cache_creation_1h_input_tokens: one_hour,
        web_search_requests: web_searches.unwrap_or(0),
    }
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
