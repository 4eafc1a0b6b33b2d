//! Who asks, and in which version of the API.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Call;
use crate::refusal::Refusal;

const VERSION_RULE: &str = "version";

/// Start of an OAuth access token, which needs its own beta.
const OAUTH_TOKEN: &str = "sk-ant-oat";

/// Checks credential and version; gives a number for the owner of the credential.
pub(super) fn admit(call: &Call) -> Result<u64, Refusal> {
    let credential = credential(call)?;
    version(call)?;
    let mut hash = DefaultHasher::new();
    credential.hash(&mut hash);
    Ok(hash.finish())
}

fn credential(call: &Call) -> Result<&str, Refusal> {
    let refused = |text: &str| Err(Refusal::with_status("credential", 401, text));
    let bearer = header(call, "authorization").and_then(|line| {
        let (scheme, token) = line.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    // Either may be right when both are sent, as some clients do with one of them stale.
    let offered = [header(call, "x-api-key"), bearer];
    let mut found = offered.into_iter().flatten().filter(|credential| !credential.is_empty());
    let accepted = |credential: &&str| match &call.world.settings.api_keys {
        None => true,
        Some(keys) => keys.iter().any(|key| key == credential),
    };
    let Some(credential) = found.clone().find(accepted) else {
        return match (found.next(), bearer) {
            (None, _) => refused("x-api-key header is required"),
            (Some(_), None) => refused("invalid x-api-key"),
            (Some(_), Some(_)) => refused("Invalid bearer token"),
        };
    };
    let betas = crate::betas::Betas::read(&call.head.headers);
    if credential.starts_with(OAUTH_TOKEN) && !betas.any(&["oauth-2025-04-20"]) {
        return refused("OAuth authentication is currently not supported.");
    }
    Ok(credential)
}

/// Any date is a version: clients are ahead of what this code has seen.
fn version(call: &Call) -> Result<(), Refusal> {
    if !call.law.has_rule(VERSION_RULE, false) {
        return Ok(());
    }
    let Some(version) = header(call, "anthropic-version") else {
        return Err(Refusal::invalid(VERSION_RULE, "anthropic-version: header is required"));
    };
    let is_date = version.len() == 10
        && version.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_date {
        return Ok(());
    }
    let text = format!("anthropic-version: \"{version}\" is not a valid version");
    Err(Refusal::invalid(VERSION_RULE, text))
}

fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.head.headers.get(name)?.to_str().ok()
}
