mod logs;
mod table;

use proptest::prelude::*;
use regex::RegexBuilder;

use super::{By, FaultPage, explain};
use crate::catalogue::{Place, catalogue, fault};
use crate::cause::{Answer, Cause};
use crate::diagnose::diagnose;
use crate::limits::{EXPLAIN_SAID_BYTES_MAX, EXPLAIN_STATEMENTS_MAX, EXPLAIN_UNKNOWN_MAX};

#[test]
fn every_refusal_in_the_catalogue_is_explained_as_it_is_diagnosed_in_flight() {
    let mut wrong = Vec::new();
    let cases = catalogue().faults().iter().flat_map(|fault| &fault.cases);
    let plain = cases.filter(|case| {
        let is_whole = case.place == Place::Head && case.headers_error_type.is_none();
        is_whole && case.status >= 400 && case.content_type.is_none()
    });
    for case in plain {
        let answer = Answer {
            dialect: case.dialect,
            status: case.status,
            headers_error_type: None,
            content_type: None,
            retry_after: None,
            body: case.body.as_bytes(),
            place: Place::Head,
        };
        let diagnosed = diagnose(&Cause::Answer(answer)).fault;
        let shown = format!("API Error: {} {}", case.status, case.body);
        let explained = explain(&shown);
        let ids: Vec<_> = explained.findings.iter().map(|f| f.fault.id.as_str()).collect();
        if ids != [diagnosed.id.as_str()] {
            wrong.push(format!("{}: taken for {ids:?}: {shown}", diagnosed.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sentence_of_a_client_is_a_pattern_and_none_matches_everything() {
    for fault in catalogue().faults() {
        for says in &fault.client_says {
            let pattern = RegexBuilder::new(says).case_insensitive(true).build();
            let pattern = pattern.unwrap_or_else(|error| panic!("{}: {error}", fault.id));
            for harmless in ["", "All tests passed", "Read 200 lines (ctrl+o to expand)"] {
                assert!(!pattern.is_match(harmless), "{}: {says}", fault.id);
            }
        }
    }
}

#[test]
fn an_error_of_a_request_is_never_taken_for_one_beside_it() {
    for text in [
        "API Error: 500 Command timed out after 2m 0.0s",
        "API Error: 504 Request timed out",
        "API Error: 503 MCP error -32001: Request timed out",
        r#"API Error: 500 {"error":{"message":"Connection error"}}"#,
    ] {
        let found = explain(text).findings;
        assert_eq!(found.len(), 1, "{text}");
        assert!(!found[0].fault.is_local(), "{text}: {}", found[0].fault.id);
    }
}

#[test]
fn how_a_fault_was_known_is_told() {
    let by = |text: &str| explain(text).findings[0].by;
    assert_eq!(by("see http://127.0.0.1:8787/help/key-wrong"), By::Name);
    assert_eq!(by("Not logged in · Please run /login"), By::Client);
    assert_eq!(by("API Error: 400 prompt is too long: 2 tokens > 1 maximum"), By::Client);
    assert_eq!(by("API Error: 400 Input is too long for requested model."), By::Words);
    assert_eq!(
        by(r#"API Error: 400 {"error":{"message":"x","type":"overloaded_error"}}"#),
        By::Type
    );
    assert_eq!(by("API Error: 500 what"), By::Status);
}

#[test]
fn an_unknown_text_names_its_nearest_and_how_near_they_are() {
    let explained = explain("the upstream's account has run dry of credit and spending limit");
    assert!(explained.findings.is_empty());
    let unknown = &explained.unknown[0];
    assert_eq!(unknown.nearest.len(), 3);
    assert_eq!(unknown.nearest[0].fault, "upstream-credit-empty");
    let scores: Vec<_> = unknown.nearest.iter().map(|near| near.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
    assert!(scores[0] > 0.3, "{scores:?}");
    let again = explain("the upstream's account has run dry of credit and spending limit");
    assert_eq!(format!("{:?}", again.unknown), format!("{:?}", explained.unknown));
}

#[test]
fn gibberish_is_near_to_nothing() {
    let explained = explain("qwzx vbnk jjkl pwfq zzxq");
    assert!(explained.findings.is_empty());
    assert!(explained.unknown[0].nearest.iter().all(|near| near.score < 0.1), "{explained:?}");
    assert!(explain("").unknown.is_empty());
    assert!(explain(" \n\t ").findings.is_empty());
}

#[test]
fn an_entrys_own_title_is_among_the_nearest_to_it() {
    for fault in catalogue().faults() {
        let nearest = super::nearest::nearest(&fault.title);
        let own = nearest.iter().find(|near| near.fault == fault.id);
        assert!(own.is_some_and(|own| own.score > 0.9), "{}: {nearest:?}", fault.id);
    }
}

#[test]
fn what_is_shown_again_is_short_and_holds_no_credential() {
    let long = "x".repeat(5_000);
    let text = format!("API Error: 401 bad key sk-ant-api03-madeupmadeupmadeup {long}");
    let said = &explain(&text).findings[0].said;
    assert!(!said.contains("madeup"), "{said}");
    assert!(said.len() <= EXPLAIN_SAID_BYTES_MAX + "…".len(), "{}", said.len());
    let unknown = explain(&format!("nothing known about sk-ant-api03-madeupmadeup {long}"));
    assert!(!unknown.unknown[0].said.contains("madeup"));
}

#[test]
fn a_log_is_read_up_to_its_bounds_and_what_is_left_out_is_counted() {
    let word = |n: usize| format!("{}{}", char::from(b'a' + (n / 26 % 26) as u8), n % 26);
    let errors = |count: usize| -> String {
        (0..count).map(|n| format!("API Error: 400 {} {}\n", word(n), word(n / 26))).collect()
    };
    let whole = explain(&errors(EXPLAIN_STATEMENTS_MAX));
    assert_eq!((whole.findings[0].count, whole.skipped), (EXPLAIN_STATEMENTS_MAX, 0));
    let more = explain(&errors(EXPLAIN_STATEMENTS_MAX + 1));
    assert_eq!((more.findings[0].count, more.skipped), (EXPLAIN_STATEMENTS_MAX, 1));
    let unknown: String =
        (0..=EXPLAIN_UNKNOWN_MAX).map(|n| format!("API Error: {}q\n", "z".repeat(n + 3))).collect();
    let unknown = explain(&unknown);
    assert_eq!((unknown.unknown.len(), unknown.skipped), (EXPLAIN_UNKNOWN_MAX, 1));
}

#[test]
fn every_fault_has_a_page_that_says_what_salve_does() {
    for fault in catalogue().faults() {
        let page = FaultPage::of(fault, Some("http://gateway.test/"));
        assert_eq!(page.help.as_deref(), Some(&*format!("http://gateway.test/help/{}", fault.id)));
        assert!(page.salve.ends_with('.') && page.salve.len() > 40, "{}", page.salve);
        assert!(!page.salve.contains(['{', '}']), "{}", page.salve);
        assert_eq!(page.told.is_none(), fault.is_local());
        let told = page.told.map(|told| told.message).unwrap_or_default();
        assert!(!told.contains(['{', '}']), "{told}");
    }
}

#[test]
fn what_salve_does_reads_as_a_sentence() {
    let salve = |id: &str| FaultPage::of(fault(id).expect(id), None).salve;
    assert_eq!(
        salve("upstream-overloaded"),
        "Salve tries the group's next channel, unseen by the client, and leaves this one alone \
         for 10 s; only when every one has failed does it answer 503 `api_error` with a \
         retry-after (usually 10 s)."
    );
    assert_eq!(
        salve("key-wrong"),
        "Salve answers 401 `authentication_error` and asks the client not to repeat it at once, \
         the shape on which clients recover best."
    );
    assert!(salve("command-timed-out").starts_with("Nothing: "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_it(text in ".{0,400}") {
        let explained = explain(&text);
        let is_empty = explained.findings.is_empty() && explained.unknown.is_empty();
        prop_assert!(!is_empty || text.trim().is_empty() || explained.skipped == 0);
    }

    #[test]
    fn no_broken_log_breaks_it(parts in prop::collection::vec(prop::sample::select(vec![
        "API Error: ", "400 ", "{", "}", "\"", "\n", "\u{1b}[31m", "\"error\":", "[", "]", "é",
        "{\"type\":\"result\",\"is_error\":true,\"result\":\"", "Error code: 429 - ", "(", ")", " · ",
    ]), 0..40)) {
        let text = parts.concat();
        let count: usize = explain(&text).findings.iter().map(|finding| finding.count).sum();
        prop_assert!(count <= text.lines().count().max(1));
    }
}
