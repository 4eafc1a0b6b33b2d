//! mend: request × what is known of the candidate → [`Edits`].
//!
//! Today the one edit is the model's name, where a channel knows it under another id. What a
//! channel is known to refuse is taken out here, before it is sent.

use salve_wire::Edits;
use salve_wire::anthropic::request::Request;

use crate::vocabulary::Candidate;

/// What is changed for one candidate, and its names for `salve-remedies`.
#[derive(Debug, Default)]
pub struct Mended {
    /// The changes to the body.
    pub edits: Edits,
    /// `remedy:detail` for each cure; a renamed model is no cure.
    pub remedies: Vec<String>,
}

/// The changes that `request` needs to suit `candidate`. None for most.
#[must_use]
pub fn prepare(request: &Request, candidate: &Candidate) -> Mended {
    let mut mended = Mended::default();
    if candidate.upstream_model == request.model {
        return mended;
    }
    let quoted = serde_json::Value::from(candidate.upstream_model.as_str()).to_string();
    if let Some(span) = request.body.span("model") {
        // A single edit overlaps nothing.
        let _ = mended.edits.replace(span, quoted);
    }
    mended
}
