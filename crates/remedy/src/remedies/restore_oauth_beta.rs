//! restore-oauth-beta: an OAuth credential is taken only with the beta that opens it.
//!
//! The credential is the channel's, so the beta is the channel's too, whether the client sends it
//! or not. What a channel needs is never stripped.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;

/// See the module.
pub struct RestoreOauthBeta;

const ID: &str = "restore-oauth-beta";
/// <https://code.claude.com/docs/en/llm-gateway-protocol>: without it the answer is a 401.
const BETA: &str = "oauth-2025-04-20";

impl Remedy for RestoreOauthBeta {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        for (beta, says) in known.of("beta:") {
            if *says == Says::Needs && request.betas.add(&mut request.body, beta) {
                request.note(ID, beta);
            }
        }
    }

    fn react(&self, request: &mut Outbound, _: &Refusal<'_>) -> bool {
        if !request.betas.add(&mut request.body, BETA) {
            return false;
        }
        request.note(ID, BETA);
        request.learn(format!("beta:{BETA}"), Says::Needs);
        true
    }
}
