//! `/_sim/…`: faults, books, profile and reset, for tests outside the process.
//!
//! It asks for no credential: the simulator serves tests, on loopback.

use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;

use crate::profile::ProfileError;
use crate::respond::Answer;
use crate::script::ScriptRule;
use crate::world::World;

const ROUTES: &str = "POST /_sim/faults, GET /_sim/requests[?after=SEQ], GET /_sim/profile, \
    POST /_sim/profile, POST /_sim/reset";

/// One rule, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Queued {
    Many(Vec<ScriptRule>),
    One(ScriptRule),
}

/// Answers a control request.
pub(crate) fn answer(world: &World, head: &Parts, body: &[u8]) -> Answer {
    match (&head.method, head.uri.path()) {
        (&Method::POST, "/_sim/faults") => queue(world, body),
        (&Method::GET, "/_sim/requests") => requests(world, head.uri.query().unwrap_or_default()),
        (&Method::GET, "/_sim/profile") => profile(world),
        (&Method::POST, "/_sim/profile") => change(world, body),
        (&Method::POST, "/_sim/reset") => {
            world.reset();
            Answer::json(200, "{\"reset\":true}")
        }
        _ => refused(404, ROUTES),
    }
}

fn queue(world: &World, body: &[u8]) -> Answer {
    let rules = match read(body) {
        Ok(rules) => rules,
        Err(error) => return refused(400, &error.to_string()),
    };
    let count = rules.len();
    for rule in rules {
        if let Err(error) = world.faults().queue(rule) {
            return refused(400, &error.to_string());
        }
    }
    Answer::json(200, json!({ "queued": count }).to_string())
}

/// A rule, or a list of rules. Each form is tried by itself, for an error that names the mistake.
fn read(body: &[u8]) -> Result<Vec<ScriptRule>, serde_json::Error> {
    match serde_json::from_slice(body) {
        Ok(Queued::Many(rules)) => Ok(rules),
        Ok(Queued::One(rule)) => Ok(vec![rule]),
        Err(_) if body.trim_ascii_start().starts_with(b"[") => serde_json::from_slice(body),
        Err(_) => Ok(vec![serde_json::from_slice(body)?]),
    }
}

/// The profile in force.
fn profile(world: &World) -> Answer {
    match serde_json::to_vec(&world.law().profile) {
        Ok(body) => Answer::json(200, body),
        Err(error) => refused(500, &error.to_string()),
    }
}

/// Changes the profile in force and shows it.
fn change(world: &World, body: &[u8]) -> Answer {
    let changed = serde_json::from_slice(body)
        .map_err(ProfileError::from)
        .and_then(|change| world.law().profile.changed(&change));
    match changed {
        Ok(changed) => {
            world.set_profile(changed);
            profile(world)
        }
        Err(error) => refused(400, &error.to_string()),
    }
}

fn requests(world: &World, query: &str) -> Answer {
    let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
    let after = after.and_then(|text| text.parse().ok()).unwrap_or(0);
    let (entries, counters) = {
        let books = world.books();
        (books.since(after), books.counters())
    };
    match serde_json::to_vec(&json!({ "counters": counters, "requests": entries })) {
        Ok(body) => Answer::json(200, body),
        Err(error) => refused(500, &error.to_string()),
    }
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({ "error": message }).to_string())
}
