mod real;
mod variants;

use std::collections::HashSet;

use super::{
    Case, Catalogue, CatalogueError, FILES, Fault, Policy, Scope, Whose, catalogue, fault, faults,
};
use crate::cause::{Answer, Cause};
use crate::diagnose::{Verdict, diagnose, evidence};
use crate::told::told_when_all_failed;
use crate::unwrap::unwrap;

/// Anthropic's error types, and no other: clients know them.
const ERROR_TYPES: [&str; 10] = [
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "timeout_error",
    "api_error",
    "overloaded_error",
];

fn answer(case: &Case) -> Answer<'_> {
    Answer {
        dialect: case.dialect,
        status: case.status,
        headers_error_type: case.headers_error_type.as_deref(),
        content_type: case.content_type.as_deref(),
        retry_after: case.retry_after,
        body: case.body.as_bytes(),
        place: case.place,
    }
}

fn cases() -> impl Iterator<Item = (&'static Fault, &'static Case)> {
    catalogue().faults().iter().flat_map(|fault| fault.cases.iter().map(move |case| (fault, case)))
}

#[test]
fn every_file_is_an_entry() {
    if let Err(error) = Catalogue::parse(FILES) {
        panic!("{error}");
    }
    assert_eq!(catalogue().faults().len(), FILES.len());
}

#[test]
fn ids_are_unique_and_found_by_name() {
    let ids = catalogue().faults().iter().map(|fault| fault.id.as_str()).collect::<HashSet<_>>();
    assert_eq!(ids.len(), FILES.len());
    for id in ids {
        assert_eq!(fault(id).map(|fault| fault.id.as_str()), Some(id));
    }
    assert!(fault("no-such-fault").is_none());
}

#[test]
fn a_constant_names_the_fault_it_says() {
    assert_eq!(faults::BODY_MALFORMED.fault().id, "body-malformed");
    assert_eq!(faults::UPSTREAM_STREAM_BROKEN.fault().id, "upstream-stream-broken");
    assert_eq!(faults::UPSTREAM_STREAM_BROKEN.fault().family, "upstream");
}

/// What an answer is taken for.
struct Seen {
    fault: &'static str,
    details: Vec<(String, String)>,
}

/// What an answer is taken for; an error if the recognisers of two faults say as much.
fn judged(answer: Answer<'_>) -> Result<Seen, String> {
    let inner = unwrap(answer.body, answer.content_type);
    let evidence = evidence(&answer, &inner, &inner.message);
    let matches = catalogue().matches(&evidence).collect::<Vec<_>>();
    let most = matches.iter().map(|(strength, ..)| *strength).max();
    let best = matches.iter().filter(|(strength, ..)| Some(*strength) == most);
    let best = best.map(|(_, fault, _)| fault.id.as_str()).collect::<HashSet<_>>();
    if best.len() > 1 {
        return Err(format!("as much as {best:?}"));
    }
    let diagnosis = diagnose(&Cause::Answer(answer));
    Ok(Seen { fault: &diagnosis.fault.id, details: diagnosis.details })
}

#[test]
fn every_case_is_its_own_fault_and_no_other() {
    let mut wrong = Vec::new();
    for (fault, case) in cases() {
        match judged(answer(case)) {
            Ok(seen) if seen.fault == fault.id => {}
            Ok(seen) => {
                wrong.push(format!("{}: taken for {}: {}", fault.id, seen.fault, case.body));
            }
            Err(tie) => wrong.push(format!("{}: {tie}: {}", fault.id, case.body)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_that_an_edit_cures_says_nothing_about_the_channel() {
    for fault in catalogue().faults() {
        let id = &fault.id;
        let is_credential = fault.cools == Scope::Credential;
        let is_edit_alone = fault.remedies.is_empty() || fault.cools == Scope::Nothing;
        assert!(is_edit_alone || is_credential, "{id}");
        let passed = fault.verdict == Policy::Pass;
        assert!(!passed || fault.cools == Scope::Nothing, "{id}: what is passed on is the request");
        let unique = fault.remedies.iter().collect::<HashSet<_>>();
        assert_eq!(unique.len(), fault.remedies.len(), "{id}");
    }
}

#[test]
fn every_recogniser_has_a_case_that_needs_it() {
    let mut idle = Vec::new();
    for fault in catalogue().faults() {
        for (number, recogniser) in fault.recognisers.iter().enumerate() {
            let used = fault.cases.iter().any(|case| {
                let answer = answer(case);
                let inner = unwrap(answer.body, answer.content_type);
                let evidence = evidence(&answer, &inner, &inner.message);
                let mut matches = catalogue().matches(&evidence);
                matches.any(|(_, _, matched)| std::ptr::eq(matched, recogniser))
            });
            if !used {
                idle.push(format!("{}: recogniser {} has no case", fault.id, number + 1));
            }
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

#[test]
fn a_case_with_a_sentence_is_told_in_it() {
    let mut pinned = 0;
    for (fault, case) in cases() {
        let Some(sentence) = &case.told else { continue };
        let diagnosis = diagnose(&Cause::Answer(answer(case)));
        let told = match &diagnosis.verdict {
            Verdict::Tell(told) => told.clone(),
            Verdict::NextCandidate => told_when_all_failed(std::slice::from_ref(&diagnosis)),
            Verdict::PassAsIs => panic!("{} is passed as it is: {}", fault.id, case.body),
        };
        assert_eq!(&told.message, sentence, "{}", fault.id);
        pinned += 1;
    }
    assert!(pinned > 5);
}

#[test]
fn every_entry_is_told_as_the_client_recovers_best() {
    for fault in catalogue().faults() {
        let (id, told) = (&fault.id, &fault.told);
        assert!(ERROR_TYPES.contains(&told.error_type.as_str()), "{id}: {}", told.error_type);
        // Claude Code takes 529 for three tries where 503 gets eleven; 403 and a 401 it may
        // repeat send the user to log in; 422 costs six requests.
        assert!(!matches!(told.status, 529 | 403 | 422), "{id}: {}", told.status);
        assert!(told.status != 401 || told.should_retry == Some(false), "{id}");
        // Claude Code blames the model for every 404; only the door may mean an address.
        let blames_model = told.message.contains("odel") || fault.family == "door";
        assert!(told.status != 404 || blames_model, "{id}");
        let waits = matches!(told.status, 429 | 503);
        assert_eq!(told.retry_after.is_some(), waits, "{id}: retry_after with 429 and 503 alone");
        assert!(told.retry_after.is_none_or(|secs| (1..=60).contains(&secs)), "{id}");
        // These words make the client speak of its own login.
        for word in ["x-api-key", "OAuth token"] {
            assert!(!told.message.contains(word), "{id}: {word}");
        }
    }
}

#[test]
fn every_entry_says_what_its_pages_need() {
    for fault in catalogue().faults() {
        let id = &fault.id;
        assert!(!fault.title.is_empty() && !fault.title.ends_with('.'), "{id}: title");
        for text in [&fault.symptom, &fault.cause, &fault.fix.any] {
            assert!(text.ends_with('.'), "{id}: {text}");
        }
        assert_eq!(fault.fix.posix.is_some(), fault.fix.powershell.is_some(), "{id}: fix");
        assert!(fault.sources.iter().all(|source| source.starts_with("https://")), "{id}");
        assert_eq!(fault.recognisers.is_empty(), fault.cases.is_empty(), "{id}: cases");
        let is_door = fault.verdict == Policy::Tell && fault.whose != Whose::Upstream;
        assert!(is_door || fault.family != "door", "{id}: the door tells");
    }
}

const ENTRY: &str = r#"
id = "a"
title = "A"
symptom = "A."
whose = "client"
cause = "A."
verdict = "tell"
fix = { any = "A." }
told = { status = 400, error_type = "api_error", message = "a" }
"#;

#[test]
fn a_file_that_is_no_entry_is_named_with_the_reason() {
    let parse = |id: &str, text: &str| Catalogue::parse(&[("f", id, text)]);
    assert!(parse("a", ENTRY).is_ok());
    assert!(matches!(parse("b", ENTRY), Err(CatalogueError::Name { .. })));
    let extra = format!("{ENTRY}\ncolour = 1");
    assert!(matches!(parse("a", &extra), Err(CatalogueError::File { .. })));
    let status = format!("{ENTRY}\n[[recogniser]]\nstatus = [\"6xx\"]");
    assert!(matches!(parse("a", &status), Err(CatalogueError::File { .. })));
    let pattern = format!("{ENTRY}\n[[recogniser]]\ntext = '('");
    let error = parse("a", &pattern).unwrap_err();
    assert!(error.to_string().starts_with("f/a.toml: "), "{error}");
}
