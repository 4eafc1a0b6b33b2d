//! settle: [`Hold`] + usage → one ledger entry. Never fails the client.

use http::StatusCode;
use salve_ledger::{Draft, Hold, Outcome, Usage};
use salve_wire::anthropic::usage::Usage as Reported;

use crate::vocabulary::{Answer, AnswerBody, Break, SendError};

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

/// Takes into the draft that an attempt ended in the midst of an answer, which may be on the
/// upstream's bill, and what that answer had said of its usage. A refusal is not, however it is
/// worded, nor is a request that no answer was begun to.
pub fn note_unfinished(draft: &mut Draft, answered: &Result<Answer, SendError>, floor: u64) {
    let may_be_charged = match answered {
        Err(error) => is_unfinished(error),
        Ok(Answer { body: AnswerBody::Failed(how, Some(progress)), .. }) => {
            let is_begun = !matches!(how, Break::Error(_));
            if is_begun && progress.usage().is_some() {
                note_usage(draft, progress.usage(), false, floor);
            }
            is_begun
        }
        Ok(_) => false,
    };
    draft.may_be_charged |= may_be_charged;
}

fn is_unfinished(error: &SendError) -> bool {
    match error {
        SendError::Unreachable(_) | SendError::Broken(_) => false,
        SendError::BrokenOff(status, _) | SendError::TooLarge(status, _) => {
            StatusCode::is_success(status)
        }
        // It was still at work, or it would have refused.
        SendError::TimedOut(_) => true,
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
