//! strip-long-context: a window that the upstream's account has no credits for is not asked for.
//!
//! What fits the ordinary window is answered then; what does not is refused as too long, which
//! makes the client compact.

#[cfg(test)]
mod tests;

use salve_wire::quoted;

use super::{Refusal, Remedy, strip_beta};
use crate::known::Known;
use crate::outbound::Outbound;

/// See the module.
pub struct StripLongContext;

const ID: &str = "strip-long-context";
/// What asks for the long window, beside the model's suffix.
const BETA: &str = "context-1m-2025-08-07";
const SUFFIX: &str = "[1m]";

impl Remedy for StripLongContext {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if request.model.ends_with(']') && known.refuses(&format!("beta:{BETA}")) {
            strip_suffix(request);
        }
    }

    fn react(&self, request: &mut Outbound, _: &Refusal<'_>) -> bool {
        let is_stripped = strip_beta::take_out(request, BETA);
        if is_stripped {
            request.note(ID, BETA);
        }
        let is_changed = strip_suffix(request) || is_stripped;
        if is_changed {
            strip_beta::learn_refused(request, BETA);
        }
        is_changed
    }
}

/// Asks for the model without the suffix that stands for its long window.
fn strip_suffix(request: &mut Outbound) -> bool {
    let at = request.model.len().saturating_sub(SUFFIX.len());
    let Some((model, suffix)) = request.model.split_at_checked(at) else { return false };
    if model.is_empty() || !suffix.eq_ignore_ascii_case(SUFFIX) {
        return false;
    }
    let model = model.to_owned();
    request.body.set("model", quoted(&model));
    request.model = model;
    request.note(ID, SUFFIX);
    true
}
