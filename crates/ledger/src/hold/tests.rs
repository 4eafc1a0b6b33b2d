use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::{Draft, Hold, Ledger, LedgerError, Opened, abandoned_by_crash};
use crate::clock::{ManualClock, Timestamp};
use crate::entry::{Attempt, Change, Endpoint, Entry, Outcome, RequestId, Skipped};
use crate::limits::{CHANGE_CHARS_MAX, LIST_LEN_MAX, TEXT_CHARS_MAX};
use crate::money::{Multiplier, NanoUsd};
use crate::price::PriceBook;
use crate::usage::Usage;

/// A ledger in memory that can be told to fail.
#[derive(Debug, Default)]
struct Memory {
    opened: Mutex<Vec<Opened>>,
    progress: Mutex<Vec<Draft>>,
    entries: Mutex<Vec<Entry>>,
    fails: bool,
}

impl Ledger for Memory {
    fn open(&self, opened: &Opened, _: Multiplier) -> Result<(), LedgerError> {
        if self.fails {
            return Err(LedgerError::Backlog { waiting_bytes: 1 });
        }
        self.opened.lock().unwrap().push(opened.clone());
        Ok(())
    }

    fn progress(&self, _: &RequestId, draft: &Draft) {
        self.progress.lock().unwrap().push(draft.clone());
    }

    fn settle(&self, entry: &Entry) -> Result<(), LedgerError> {
        self.entries.lock().unwrap().push(entry.clone());
        Err(LedgerError::Closed { reason: "a ledger that keeps what it cannot write" })
    }
}

fn opened() -> Opened {
    Opened {
        request_id: RequestId::new("req_1"),
        time: Timestamp::of_day("2026-11-22").unwrap(),
        endpoint: Endpoint::Messages,
        key: "laptop".into(),
        user: Some("ada".into()),
        group: "default".into(),
        session: "s-1".into(),
        agent: None,
        model: "claude-opus-4-8".into(),
        stream: true,
        request_bytes: 4_000,
        input_tokens_floor: 1_000,
        held: NanoUsd::ZERO,
        queue_ms: 3,
    }
}

struct Desk {
    ledger: Arc<Memory>,
    clock: Arc<ManualClock>,
    prices: Arc<PriceBook>,
}

impl Desk {
    fn new() -> Self {
        let clock = ManualClock::at(opened().time);
        let prices = Arc::new(PriceBook::embedded());
        Self { ledger: Arc::default(), clock: Arc::new(clock), prices }
    }

    fn take(&self, opened: Opened) -> Hold {
        let (ledger, clock) = (self.ledger.clone(), self.clock.clone());
        Hold::take(ledger, clock, self.prices.clone(), Multiplier::ONE, opened).unwrap()
    }

    fn only_entry(&self) -> Entry {
        let entries = self.ledger.entries.lock().unwrap();
        assert_eq!(entries.len(), 1);
        entries[0].clone()
    }
}

/// The entry of a request that ends with this draft.
fn entry_of(outcome: Outcome, draft: Draft) -> Entry {
    let desk = Desk::new();
    let mut hold = desk.take(opened());
    *hold.draft() = draft;
    hold.settle(outcome);
    desk.only_entry()
}

fn used(input_tokens: u64, output_tokens: u64) -> Usage {
    Usage { input_tokens, output_tokens, ..Usage::ZERO }
}

#[test]
fn a_final_report_is_charged_exactly() {
    let desk = Desk::new();
    let mut hold = desk.take(opened());
    desk.clock.advance_millis(1_234);
    *hold.draft() = Draft {
        channel: Some("direct".into()),
        upstream_model: Some("claude-opus-4-8".into()),
        usage: Some(used(10, 20)),
        usage_final: true,
        estimated_output_tokens: 999,
        sent: true,
        status: Some(200),
        first_byte_ms: Some(400),
        response_bytes: 5_000,
        stop_reason: Some("end_turn".into()),
        ..Draft::default()
    };
    hold.settle(Outcome::Passed);
    let entry = serde_json::to_value(desk.only_entry()).unwrap();
    let expected = serde_json::json!({
        "request_id": "req_1", "time": "2026-11-22T00:00:00.000Z", "endpoint": "messages",
        "key": "laptop", "user": "ada", "group": "default", "session": "s-1", "agent": null,
        "model": "claude-opus-4-8", "model_known": true, "stream": true,
        "channel": "direct", "upstream_model": "claude-opus-4-8",
        "outcome": "passed", "status": 200, "fault": null, "remedies": [], "changes": [],
        "skipped": [], "attempts": [],
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 0,
            "cache_creation_5m_input_tokens": 0, "cache_creation_1h_input_tokens": 0,
        },
        "cost_nano_usd": 550_000, "price_version": "2026-11-22:claude-opus-4-8@2026-05-28",
        "estimated": false, "queue_ms": 3, "first_byte_ms": 400, "total_ms": 1_234,
        "request_bytes": 4_000, "response_bytes": 5_000,
    });
    assert_eq!(entry, expected);
}

#[test]
fn a_client_that_leaves_midstream_pays_for_what_was_sent() {
    let draft = Draft {
        usage: Some(Usage { cache_read_input_tokens: 500, ..used(10, 1) }),
        estimated_output_tokens: 300,
        sent: true,
        ..Draft::default()
    };
    let entry = entry_of(Outcome::Abandoned, draft);
    assert_eq!(entry.usage, Usage { cache_read_input_tokens: 500, ..used(10, 300) });
    assert!(entry.estimated);
}

#[test]
fn without_any_report_the_floor_and_the_bytes_are_charged() {
    let seen = Draft { estimated_output_tokens: 7, sent: true, ..Draft::default() };
    assert_eq!(entry_of(Outcome::Abandoned, seen).usage, used(1_000, 7));
    let bytes = Draft { response_bytes: 9, sent: true, ..Draft::default() };
    let entry = entry_of(Outcome::Abandoned, bytes);
    assert_eq!((entry.usage, entry.estimated), (used(1_000, 3), true));
}

#[test]
fn what_was_never_sent_costs_nothing() {
    let draft = Draft { response_bytes: 200, ..Draft::default() };
    for outcome in [Outcome::Told, Outcome::Abandoned] {
        let entry = entry_of(outcome, draft.clone());
        assert_eq!(entry.usage, Usage::ZERO);
        assert_eq!((entry.cost_nano_usd, entry.estimated), (NanoUsd::ZERO, false));
    }
}

#[test]
fn a_refusal_costs_nothing_and_a_broken_stream_does() {
    let refused = Draft { response_bytes: 150, ..Draft::default() };
    let entry = entry_of(Outcome::Told, refused);
    assert_eq!((entry.usage, entry.estimated), (Usage::ZERO, false));
    let broken = Draft { sent: true, estimated_output_tokens: 5, ..Draft::default() };
    let entry = entry_of(Outcome::Told, broken);
    assert_eq!((entry.usage, entry.estimated), (used(1_000, 5), true));
}

#[test]
fn an_upstream_that_may_have_worked_is_charged_by_the_floor_and_not_by_what_was_told() {
    // Cut by the gateway's stopping, and failed in the midst of an answer.
    let cut = Draft { sent: true, response_bytes: 150, ..Draft::default() };
    let failed = Draft { may_be_charged: true, response_bytes: 150, ..Draft::default() };
    for draft in [cut, failed.clone()] {
        let entry = entry_of(Outcome::Told, draft);
        assert_eq!((entry.usage, entry.estimated), (used(1_000, 0), true));
        assert!(entry.cost_nano_usd > NanoUsd::ZERO);
    }
    let said = Draft { usage: Some(used(40, 1)), ..failed };
    let entry = entry_of(Outcome::Told, said);
    assert_eq!((entry.usage, entry.estimated), (used(40, 1), true));
}

#[test]
fn an_answer_after_a_broken_attempt_is_charged_exactly() {
    let draft = Draft {
        usage: Some(used(10, 20)),
        usage_final: true,
        sent: true,
        may_be_charged: true,
        ..Draft::default()
    };
    let entry = entry_of(Outcome::Cured, draft);
    assert_eq!((entry.usage, entry.estimated), (used(10, 20), false));
}

#[test]
fn counting_tokens_is_free() {
    let desk = Desk::new();
    let mut hold = desk.take(Opened { endpoint: Endpoint::CountTokens, ..opened() });
    let usage = Some(used(5_000, 0));
    *hold.draft() = Draft { usage, usage_final: true, sent: true, ..Draft::default() };
    hold.settle(Outcome::Passed);
    let entry = desk.only_entry();
    assert_eq!((entry.usage, entry.cost_nano_usd), (Usage::ZERO, NanoUsd::ZERO));
    assert!(!entry.estimated);
}

#[test]
fn a_dropped_hold_is_an_abandoned_request() {
    let desk = Desk::new();
    drop(desk.take(opened()));
    assert_eq!(desk.only_entry().outcome, Outcome::Abandoned);
}

#[test]
fn a_panic_leaves_exactly_one_entry() {
    let desk = Desk::new();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let mut hold = desk.take(opened());
        hold.draft().sent = true;
        panic!("a bug");
    }));
    assert!(unwound.is_err());
    let entry = desk.only_entry();
    assert_eq!((entry.outcome, entry.usage), (Outcome::Abandoned, used(1_000, 0)));
}

#[test]
fn a_ledger_that_refuses_leaves_no_hold_and_no_entry() {
    let ledger = Arc::new(Memory { fails: true, ..Memory::default() });
    let clock = Arc::new(ManualClock::default());
    let prices = Arc::new(PriceBook::embedded());
    let hold = Hold::take(ledger.clone(), clock, prices, Multiplier::ONE, opened());
    assert!(matches!(hold, Err(LedgerError::Backlog { .. })));
    assert!(ledger.entries.lock().unwrap().is_empty());
}

#[test]
fn the_model_that_was_sent_is_charged_unless_nobody_knows_it() {
    let sent_as = |model: &str| Draft {
        upstream_model: Some(model.into()),
        usage: Some(used(1_000_000, 0)),
        usage_final: true,
        sent: true,
        ..Draft::default()
    };
    let fallback = entry_of(Outcome::Cured, sent_as("us.anthropic.claude-sonnet-4-6-v1:0"));
    assert_eq!(fallback.cost_nano_usd, "$3".parse().unwrap());
    let own_name = entry_of(Outcome::Passed, sent_as("team-a-deployment"));
    assert_eq!(own_name.cost_nano_usd, "$5".parse().unwrap());
    assert!(own_name.model_known);
}

#[test]
fn a_checkpoint_notes_the_draft_with_the_estimate_so_far() {
    let desk = Desk::new();
    let mut hold = desk.take(opened());
    hold.checkpoint();
    *hold.draft() = Draft { usage: Some(used(10, 1)), ..midway() };
    hold.checkpoint();
    assert_eq!(hold.draft().usage, Some(used(10, 1)));
    drop(hold);
    let progress = desk.ledger.progress.lock().unwrap().clone();
    let nothing = Draft { usage: Some(Usage::ZERO), ..Draft::default() };
    assert_eq!(progress, [nothing, Draft { usage: Some(used(10, 50)), ..midway() }]);
}

#[test]
fn a_checkpoint_is_kept_to_the_bounds_of_an_entry() {
    let desk = Desk::new();
    let mut hold = desk.take(opened());
    hold.draft().fault = Some("x".repeat(TEXT_CHARS_MAX + 1));
    hold.draft().remedies = vec!["retry".into(); LIST_LEN_MAX + 1];
    hold.checkpoint();
    let noted = desk.ledger.progress.lock().unwrap().remove(0);
    assert_eq!(noted.fault, Some("x".repeat(TEXT_CHARS_MAX)));
    assert_eq!(noted.remedies.len(), LIST_LEN_MAX);
}

#[test]
fn a_checkpoint_reads_back_whole_and_what_it_lacks_as_not_noted() {
    let text = serde_json::to_string(&midway()).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), midway());
    assert_eq!(serde_json::from_str::<Draft>("{}").unwrap(), Draft::default());
}

/// A field that a remedy took out.
fn change(path: &str, was: &str) -> Change {
    let remedy = "strip-field:strict".to_owned();
    Change { remedy, path: path.into(), was: Some(was.into()), now: None }
}

fn skipped(channel: &str, reason: &str) -> Skipped {
    Skipped { channel: channel.into(), reason: reason.into() }
}

/// What is known of a request in the midst of its answer.
fn midway() -> Draft {
    let attempt = Attempt {
        channel: "spare".into(),
        status: Some(529),
        fault: Some("overloaded".into()),
        ms: 80,
    };
    Draft {
        channel: Some("direct".into()),
        upstream_model: Some("claude-opus-4-8".into()),
        attempts: vec![attempt],
        remedies: vec!["retry:direct".into()],
        changes: vec![change("tools.0.strict", "true")],
        skipped: vec![skipped("small", "the body is larger than it takes")],
        estimated_output_tokens: 50,
        sent: true,
        status: Some(200),
        fault: Some("overloaded".into()),
        first_byte_ms: Some(400),
        response_bytes: 640,
        ..Draft::default()
    }
}

#[test]
fn a_crash_is_charged_by_the_last_checkpoint_else_the_floor() {
    let entry = abandoned_by_crash(&opened(), None, 0);
    assert_eq!((entry.usage, entry.estimated), (used(1_000, 0), true));
    let unnamed = abandoned_by_crash(&opened(), Some(midway()), 9);
    assert_eq!((unnamed.usage, unnamed.estimated), (used(1_000, 0), true));
    let named = Draft { usage: Some(used(10, 50)), usage_final: true, ..midway() };
    let entry = abandoned_by_crash(&opened(), Some(named), 9);
    assert_eq!((entry.usage, entry.estimated), (used(10, 50), true));
    assert_eq!((entry.outcome, entry.total_ms), (Outcome::Abandoned, 9));
}

#[test]
fn a_crash_leaves_what_the_last_checkpoint_says() {
    let entry = abandoned_by_crash(&opened(), Some(midway()), 9);
    let kept = Draft {
        channel: entry.channel,
        upstream_model: entry.upstream_model,
        attempts: entry.attempts,
        remedies: entry.remedies,
        changes: entry.changes,
        skipped: entry.skipped,
        status: entry.status,
        fault: entry.fault,
        first_byte_ms: entry.first_byte_ms,
        response_bytes: entry.response_bytes,
        stop_reason: entry.stop_reason,
        ..midway()
    };
    assert_eq!(kept, midway());
}

#[test]
fn texts_and_lists_are_kept_to_their_bounds() {
    let desk = Desk::new();
    let long = "ü".repeat(TEXT_CHARS_MAX + 1);
    let cut = "ü".repeat(TEXT_CHARS_MAX);
    let mut hold = desk.take(Opened { model: long.clone(), ..opened() });
    assert_eq!(desk.ledger.opened.lock().unwrap()[0].model, cut);
    let attempt = Attempt { channel: long.clone(), status: None, fault: Some(long.clone()), ms: 1 };
    hold.draft().attempts = vec![attempt; LIST_LEN_MAX + 1];
    hold.draft().remedies = vec![long.clone(); LIST_LEN_MAX];
    hold.draft().stop_reason = Some(long);
    hold.settle(Outcome::Passed);
    let entry = desk.only_entry();
    assert_eq!((entry.attempts.len(), entry.remedies.len()), (LIST_LEN_MAX, LIST_LEN_MAX));
    assert_eq!((&entry.model, entry.stop_reason.as_ref()), (&cut, Some(&cut)));
    assert_eq!((&entry.attempts[0].channel, &entry.remedies[0]), (&cut, &cut));
}

/// What can be done with a hold.
#[derive(Debug, Clone)]
enum Step {
    Sent,
    Usage(u64, u64, bool),
    Streamed(u64),
    Checkpoint,
    Wait(i64),
}

/// How a hold can end.
#[derive(Debug, Clone)]
enum End {
    Settle(Outcome),
    Drop,
    Panic,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Sent),
        (any::<u64>(), any::<u64>(), any::<bool>()).prop_map(|(i, o, f)| Step::Usage(i, o, f)),
        any::<u64>().prop_map(Step::Streamed),
        Just(Step::Checkpoint),
        (-10_000_i64..10_000).prop_map(Step::Wait),
    ]
}

fn any_end() -> impl Strategy<Value = End> {
    let outcome = prop_oneof![
        Just(Outcome::Passed),
        Just(Outcome::Cured),
        Just(Outcome::Told),
        Just(Outcome::Abandoned),
    ];
    prop_oneof![outcome.prop_map(End::Settle), Just(End::Drop), Just(End::Panic)]
}

fn walk(desk: &Desk, steps: Vec<Step>, end: &End) {
    let mut hold = desk.take(opened());
    for step in steps {
        match step {
            Step::Sent => hold.draft().sent = true,
            Step::Usage(input, output, is_final) => {
                hold.draft().usage = Some(used(input, output));
                hold.draft().usage_final = is_final;
            }
            Step::Streamed(bytes) => {
                let draft = hold.draft();
                draft.response_bytes = draft.response_bytes.saturating_add(bytes);
            }
            Step::Checkpoint => hold.checkpoint(),
            Step::Wait(millis) => desk.clock.advance_millis(millis),
        }
    }
    match end {
        End::Settle(outcome) => hold.settle(*outcome),
        End::Drop => drop(hold),
        End::Panic => std::panic::resume_unwind(Box::new("unwound")),
    }
}

proptest! {
    #[test]
    fn every_hold_ends_in_exactly_one_entry_whose_cost_follows_from_its_usage(
        steps in prop::collection::vec(any_step(), 0..12),
        end in any_end(),
    ) {
        let desk = Desk::new();
        let _ = catch_unwind(AssertUnwindSafe(|| walk(&desk, steps, &end)));
        let entry = desk.only_entry();
        let expected = match end {
            End::Settle(outcome) => outcome,
            End::Drop | End::Panic => Outcome::Abandoned,
        };
        prop_assert_eq!(entry.outcome, expected);
        prop_assert_eq!(entry.usage, entry.usage.clamped());
        let cost = desk.prices.cost(&entry.model, entry.time, &entry.usage, Multiplier::ONE);
        prop_assert_eq!(entry.cost_nano_usd, cost.amount);
        prop_assert_eq!(&entry.price_version, &cost.price_version);
        let json = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
    }
}

#[test]
fn changes_are_kept_to_their_bounds() {
    for length in [CHANGE_CHARS_MAX - 1, CHANGE_CHARS_MAX, CHANGE_CHARS_MAX + 1] {
        let long = "ü".repeat(length);
        let cut = "ü".repeat(length.min(CHANGE_CHARS_MAX));
        let whole = Change {
            remedy: long.clone(),
            path: long.clone(),
            was: Some(long.clone()),
            now: Some(long),
        };
        let draft = Draft { changes: vec![whole], ..Draft::default() };
        let (was, now) = (Some(cut.clone()), Some(cut.clone()));
        let kept = Change { remedy: cut.clone(), path: cut, was, now };
        assert_eq!(entry_of(Outcome::Cured, draft).changes, [kept]);
    }
    for length in [LIST_LEN_MAX - 1, LIST_LEN_MAX, LIST_LEN_MAX + 1] {
        let changes = vec![change("a", "b"); length];
        let skipped = vec![skipped("a", "b"); length];
        let entry = entry_of(Outcome::Cured, Draft { changes, skipped, ..Draft::default() });
        let kept = length.min(LIST_LEN_MAX);
        assert_eq!((entry.changes.len(), entry.skipped.len()), (kept, kept));
    }
}

#[test]
fn an_entry_of_a_version_that_noted_no_changes_reads_as_without_any() {
    let entry = entry_of(Outcome::Passed, Draft::default());
    let mut older = serde_json::to_value(&entry).unwrap();
    for field in ["changes", "skipped"] {
        older.as_object_mut().unwrap().remove(field).unwrap();
    }
    assert_eq!(serde_json::from_value::<Entry>(older).unwrap(), entry);
}
