//! Wordings that are not on record: other names, numbers, wrappings and vendors.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Seen, judged};
use crate::catalogue::{Place, fault};
use crate::dialect::Dialect;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    #[serde(default = "bad_request")]
    status: u16,
    /// A sentence, to be wrapped in every known way.
    words: Option<String>,
    /// Or a whole body as it stands.
    body: Option<String>,
    content_type: Option<String>,
    /// What the sentence must yield.
    #[serde(default)]
    details: BTreeMap<String, String>,
    /// Other statuses under which a relay may hand it on.
    #[serde(default)]
    also: Vec<u16>,
}

fn bad_request() -> u16 {
    400
}

fn variants() -> BTreeMap<String, Vec<Variant>> {
    toml::from_str(include_str!("../../../tests/cases/variants.toml")).unwrap()
}

/// The sentence in the envelopes of services, relays and libraries.
fn wrapped(words: &str) -> Vec<String> {
    let anthropic = json!({ "type": "error", "request_id": "req_1",
        "error": { "type": "invalid_request_error", "message": words } });
    let openai = json!({ "error": { "message": words, "type": "None", "param": null } });
    let inner = json!({ "message": words });
    let python = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
    vec![
        words.to_owned(),
        anthropic.to_string(),
        inner.to_string(),
        json!([{ "error": { "code": 400, "message": anthropic.to_string() } }]).to_string(),
        json!({ "error": { "message": format!("{words} (request id: 20261122)"),
            "type": "new_api_error", "code": "" }, "type": "error" })
        .to_string(),
        json!({ "error": { "message": format!("{inner}. Received Model Group=claude-opus-4-8\n\
            Available Model Group Fallbacks=None"), "type": "None", "code": "400" } })
        .to_string(),
        format!("Error code: 400 - {{'error': {{'message': '{}', 'code': None}}}}", python(words)),
        json!({ "detail": { "error": format!("litellm.BadRequestError: AnthropicException - \
            {anthropic}") } })
        .to_string(),
        json!({ "error": { "message": "Provider returned error", "code": 400,
            "metadata": { "raw": openai.to_string(), "provider_name": "Example" } } })
        .to_string(),
        json!({ "message": format!("上游错误：{openai}") }).to_string(),
        json!({ "errors": [{ "msg": format!("ValidationException: {words}") }] }).to_string(),
        json!({ "error": { "message": "All target providers failed.", "attempts": [
            { "status": 500, "details": { "error": { "message": "Internal server error" } } },
            { "status": 400, "details": { "error": { "message": words } } } ] } })
        .to_string(),
    ]
}

impl Variant {
    fn bodies(&self) -> Vec<String> {
        match (&self.words, &self.body) {
            (Some(words), None) => wrapped(words),
            (None, Some(body)) => vec![body.clone()],
            _ => panic!("either words or a body"),
        }
    }

    fn wrong(&self, id: &str, status: u16, body: &str) -> Option<String> {
        let seen = judged(crate::Answer {
            dialect: Dialect::Anthropic,
            status,
            headers_error_type: None,
            content_type: self.content_type.as_deref(),
            retry_after: None,
            body: body.as_bytes(),
            place: Place::Head,
        });
        match seen {
            Err(tie) => Some(format!("{id}: {tie}: {status} {body}")),
            Ok(Seen { fault, .. }) if fault != id => {
                Some(format!("{id}: taken for {fault}: {status} {body}"))
            }
            Ok(seen) => self.details.iter().find_map(|(name, value)| {
                let found = seen.details.iter().find(|(known, _)| known == name);
                let is_right = found.is_some_and(|(_, found)| found == value);
                (!is_right).then(|| format!("{id}: {name} is {found:?}: {body}"))
            }),
        }
    }
}

#[test]
fn a_wording_nobody_listed_is_recognised_however_it_is_wrapped() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (id, variants) in &variants() {
        assert!(fault(id).is_some(), "no fault {id}");
        for variant in variants {
            count += 1;
            let statuses = || variant.also.iter().chain([&variant.status]);
            let bodies = variant.bodies();
            let tried =
                bodies.iter().flat_map(|body| statuses().map(move |status| (body, *status)));
            let mut failed = tried.filter_map(|(body, status)| variant.wrong(id, status, body));
            wrong.extend(failed.next());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 150, "{count}");
}
