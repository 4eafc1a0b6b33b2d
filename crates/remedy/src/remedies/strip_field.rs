//! strip-field: a body field that the upstream does not know goes, with the beta that opens it.
//!
//! The upstream says which, in one of many wordings; the field goes wherever it stands, so that
//! the next item does not bring the same refusal again.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::{pairs, path};

/// See the module.
pub struct StripField;

const ID: &str = "strip-field";

/// Without these a request is no request, or another one. `content` blocks keep what they are
/// made of.
#[rustfmt::skip]
const ESSENTIAL: &[&str] = &[
    "model", "messages", "max_tokens", "stream", "system", "tools", "role", "content", "type",
    "text", "id", "name", "input", "input_schema", "tool_use_id", "source", "data", "media_type",
    "thinking", "signature", "tool_name",
];

impl Remedy for StripField {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix("field:").is_some_and(|pattern| strip(request, pattern))
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let named = refusal.detail("path").or_else(|| refusal.detail("field"));
        let Some(named) = named.map(|path| path.trim_matches(['.', '`', '\'', '"', ' '])) else {
            return false;
        };
        let body = &mut request.body;
        let place = path::resolve(body, named).or_else(|| path::resolve_name(body, named));
        let Some(pattern) = place.map(|place| place.pattern) else {
            return false;
        };
        if is_essential(&pattern) || !strip(request, &pattern) {
            return false;
        }
        request.learn(format!("field:{pattern}"), Says::Refuses);
        true
    }
}

/// Takes a field out of a body, and the betas that nothing needs any more.
fn strip(request: &mut Outbound, pattern: &str) -> bool {
    if path::remove(&mut request.body, pattern) == 0 {
        return false;
    }
    if let Some((parent, _)) = pattern.rsplit_once('.')
        && parent.ends_with("output_config")
    {
        drop_empty(request, parent);
    }
    for beta in pairs::betas_of(&format!("field:{pattern}")) {
        let is_needed = pairs::features_of(beta).any(|feature| {
            feature.strip_prefix("field:").is_some_and(|field| path::has(&mut request.body, field))
                || (feature == "deferred-tools" && path::has(&mut request.body, DEFERRED))
        });
        if !is_needed {
            request.betas.remove(&mut request.body, beta);
        }
    }
    request.note(ID, pattern);
    true
}

/// What makes a tool a deferred one.
const DEFERRED: &str = "tools[].defer_loading";

/// An object that lost its last field says nothing any more.
fn drop_empty(request: &mut Outbound, pattern: &str) {
    path::visit(&mut request.body, pattern, &mut |parent, name| {
        let is_empty = parent.get(name).is_some_and(|node| node.raw().trim_ascii() == b"{}");
        if is_empty {
            parent.remove(name);
        }
    });
}

fn is_essential(pattern: &str) -> bool {
    let name = pattern.rsplit('.').next().unwrap_or(pattern).trim_end_matches("[]");
    let is_top_thinking = pattern == "thinking";
    ESSENTIAL.contains(&name) && !is_top_thinking
}
