//! What a client gets of streams that are good, and of streams that are not.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Edits;
use crate::anthropic::stream::{Progress, Restore, event};
use crate::sse::Splitter;

/// What a client gets of a stream that comes in pieces cut at `cuts`, and what was mended.
fn relayed(stream: &[u8], cuts: &[usize], restore: Restore<'_>) -> (Vec<u8>, Vec<&'static str>) {
    let mut splitter = Splitter::new(1 << 20);
    let mut progress = Progress::default();
    let mut given = Vec::new();
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    places.extend([0, stream.len()]);
    places.sort_unstable();
    for piece in places.windows(2) {
        let chunk = Bytes::copy_from_slice(&stream[piece[0]..piece[1]]);
        let Some(batch) = splitter.push(chunk).unwrap() else { continue };
        let mut edits = Edits::none();
        for event in &batch.events {
            let (_, repair) = progress.follow(batch.name(event), &batch.data(event), restore);
            repair.make(&batch, event, &mut edits);
        }
        given.extend(edits.apply(&batch.raw).concat());
    }
    given.extend(splitter.rest());
    (given, progress.repairs().to_vec())
}

fn given(events: &[Value]) -> (Vec<Value>, Vec<&'static str>) {
    let (bytes, repairs) = relayed(&written(events), &[], Restore::default());
    (read(&bytes), repairs)
}

fn written(events: &[Value]) -> Vec<u8> {
    let write = |data: &Value| event(data["type"].as_str().unwrap(), data.to_string().as_bytes());
    events.iter().flat_map(write).collect()
}

fn read(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

fn start() -> Value {
    json!({ "type": "message_start", "message": { "id": "m", "model": "up", "content": [] } })
}

fn block(index: u64, block: &Value) -> Value {
    json!({ "type": "content_block_start", "index": index, "content_block": block })
}

fn text(index: u64) -> Value {
    block(index, &json!({ "type": "text", "text": "" }))
}

fn tool(index: u64, id: &str) -> Value {
    let call = json!({ "type": "tool_use", "id": id, "name": "Bash", "input": {} });
    block(index, &call)
}

fn delta(index: u64, words: &str) -> Value {
    let delta = json!({ "type": "text_delta", "text": words });
    json!({ "type": "content_block_delta", "index": index, "delta": delta })
}

fn stop(index: u64) -> Value {
    json!({ "type": "content_block_stop", "index": index })
}

fn done(reason: Option<&str>) -> Value {
    let delta = json!({ "stop_reason": reason, "stop_sequence": null });
    json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 3 } })
}

fn end() -> Value {
    json!({ "type": "message_stop" })
}

fn without_index(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("index");
    event
}

/// Says what a strict client would stumble over: the grammar of an answer's events.
fn check(events: &[Value]) -> Result<(), String> {
    let (mut begun, mut open, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    let (mut starts, mut reason, mut is_over) = (0, Value::Null, false);
    for event in events {
        let index = event["index"].as_u64();
        let is = |list: &[u64]| index.is_some_and(|index| list.contains(&index));
        let id = event["content_block"]["id"].clone();
        let is_right = !is_over
            && match event["type"].as_str().unwrap() {
                "message_start" => starts == 0 && begun.is_empty(),
                "content_block_start" => {
                    index.is_some() && !is(&begun) && (id.is_null() || !ids.contains(&id))
                }
                "content_block_delta" | "content_block_stop" => is(&open),
                "message_delta" => {
                    let later = &event["delta"]["stop_reason"];
                    // Usage may be reported while a block is open.
                    (later.is_null() && reason.is_null()) || (!later.is_null() && open.is_empty())
                }
                "message_stop" => open.is_empty(),
                _ => true,
            };
        if !is_right || (starts == 0 && event["type"] != "message_start") {
            return Err(format!("{event} among {events:?}"));
        }
        match (event["type"].as_str().unwrap(), index) {
            ("message_start", _) => starts += 1,
            ("content_block_start", Some(index)) => {
                begun.push(index);
                open.push(index);
                ids.push(id);
            }
            ("content_block_stop", Some(index)) => open.retain(|other| *other != index),
            ("message_delta", _) => reason = event["delta"]["stop_reason"].clone(),
            ("message_stop", _) => is_over = true,
            _ => {}
        }
    }
    if is_over { Ok(()) } else { Err(format!("no end: {events:?}")) }
}

fn content() -> impl Strategy<Value = Vec<Value>> {
    let words = prop::collection::vec("[a-zé ]{0,12}", 0..4);
    let block = (0..4_usize, words);
    prop::collection::vec(block, 0..5).prop_map(|blocks| {
        let mut events = Vec::new();
        for (index, (kind, words)) in (0_u64..).zip(blocks) {
            let unknown = json!({ "type": "future_block" });
            events.push(match kind {
                0 => tool(index, &format!("toolu_{index}")),
                1 => block_of_thought(index),
                2 => self::block(index, &unknown),
                _ => text(index),
            });
            events.push(json!({ "type": "ping" }));
            events.extend(words.iter().map(|words| delta(index, words)));
            events.push(stop(index));
        }
        events
    })
}

fn block_of_thought(index: u64) -> Value {
    block(index, &json!({ "type": "thinking", "thinking": "", "signature": "" }))
}

fn good() -> impl Strategy<Value = Vec<Value>> {
    (content(), prop::bool::ANY).prop_map(|(content, is_future)| {
        let mut events = vec![start()];
        events.extend(content);
        events.extend(is_future.then(|| json!({ "type": "from_the_future", "index": 9 })));
        events.extend([done(None), done(Some("end_turn")), end()]);
        events
    })
}

/// Does to one event of a good stream what relays do.
fn spoil(events: &mut Vec<Value>, defect: u8, at: usize) {
    let at = at % events.len();
    let kind = events[at]["type"].as_str().unwrap().to_owned();
    let is_of_block = kind.starts_with("content_block");
    match defect {
        0 if is_of_block || kind == "message_stop" => events.insert(at, events[at].clone()),
        1 if is_of_block => events[at] = without_index(events[at].clone()),
        2 if kind == "content_block_stop" || kind == "content_block_start" => {
            events.remove(at);
        }
        3 if is_of_block => events[at]["index"] = json!(0),
        4 => events.push(done(None)),
        5 if kind == "message_delta" => events.insert(at + 1, done(None)),
        6 => events.insert(at.max(1), stop(at as u64)),
        7 => events.insert(at.max(1), delta(at as u64, "stray")),
        8 if events[at]["content_block"]["id"].is_string() => {
            events[at]["content_block"]["id"] = json!("toolu_0");
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_good_stream_goes_on_byte_for_byte_however_it_is_cut(
        events in good(),
        cuts in prop::collection::vec(0..10_000_usize, 0..30),
        is_spaced in prop::bool::ANY,
    ) {
        check(&events).unwrap();
        let mut stream = written(&events);
        if is_spaced {
            let text = String::from_utf8(stream).unwrap();
            stream = text.replace("\":", "\": ").replace(",\"", ", \"").into_bytes();
        }
        let (given, repairs) = relayed(&stream, &cuts, Restore::default());
        prop_assert!(given == stream, "{}", String::from_utf8_lossy(&given));
        prop_assert_eq!(repairs, Vec::<&str>::new());
    }

    #[test]
    fn whatever_relays_do_to_a_stream_its_client_gets_a_well_formed_one(
        events in good(),
        defects in prop::collection::vec((0..9_u8, 0..100_usize), 0..6),
        cuts in prop::collection::vec(0..10_000_usize, 0..30),
    ) {
        let mut spoilt = events;
        for (defect, at) in defects {
            spoil(&mut spoilt, defect, at);
        }
        let is_good = check(&spoilt).is_ok();
        let (bytes, repairs) = relayed(&written(&spoilt), &cuts, Restore::default());
        let given = read(&bytes);
        prop_assert!(check(&given).is_ok(), "{:?}\nof {spoilt:?}", check(&given));
        prop_assert_eq!(repairs.is_empty(), is_good, "{:?}", spoilt);
    }

    #[test]
    fn no_bytes_make_it_panic(
        events in prop::collection::vec(
            ("[a-z_]{0,20}|content_block_(start|delta|stop)|message_(start|delta)", ".{0,60}"),
            0..8,
        ),
    ) {
        let stream: Vec<u8> =
            events.iter().flat_map(|(name, data)| event(name, data.as_bytes())).collect();
        relayed(&stream, &[], Restore { model: Some("m"), tool_names: &[] });
    }
}

#[test]
fn an_end_that_comes_twice_and_a_stray_delta_are_dropped() {
    let events = [
        start(),
        text(0),
        delta(0, "a"),
        stop(0),
        stop(0),
        delta(0, "late"),
        stop(7),
        done(Some("end_turn")),
        end(),
        end(),
        stop(0),
    ];
    let (given, repairs) = given(&events);
    let kept = [start(), text(0), delta(0, "a"), stop(0), done(Some("end_turn")), end()];
    assert_eq!(given, kept);
    let named = [
        "stream:dropped-duplicate-stop",
        "stream:dropped-stray-delta",
        "stream:dropped-after-stop",
    ];
    assert_eq!(repairs, named);
}

#[test]
fn a_delta_and_an_end_without_an_index_belong_to_the_block_that_is_open() {
    let whole =
        [start(), text(0), stop(0), text(1), delta(1, "a"), stop(1), done(Some("end_turn")), end()];
    let bare: Vec<Value> = whole.iter().cloned().map(without_index).collect();
    let (given, repairs) = given(&bare);
    assert_eq!(given, whole);
    assert_eq!(repairs, ["stream:filled-index"]);
}

#[test]
fn the_reason_for_stopping_is_kept_where_a_later_event_has_none() {
    let mut bare = done(None);
    bare["delta"] = json!({});
    let (given, repairs) = given(&[start(), done(Some("tool_use")), done(None), bare, end()]);
    let reasons: Vec<&str> =
        given[1..4].iter().map(|event| event["delta"]["stop_reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["tool_use"; 3]);
    assert_eq!(repairs, ["stream:kept-stop-reason"]);
}

#[test]
fn tool_calls_of_one_id_get_an_id_each() {
    let events = [
        start(),
        tool(0, "t"),
        stop(0),
        tool(1, "t"),
        stop(1),
        tool(2, "t_2"),
        stop(2),
        done(Some("tool_use")),
        end(),
    ];
    let (given, repairs) = given(&events);
    let ids: Vec<&Value> = given
        .iter()
        .map(|event| &event["content_block"]["id"])
        .filter(|id| !id.is_null())
        .collect();
    assert_eq!(ids, ["t", "t_2", "t_2_2"]);
    assert_eq!(repairs, ["stream:unique-tool-id"]);
}

#[test]
fn blocks_that_share_an_index_get_one_each() {
    let events = [
        start(),
        block_of_thought(0),
        stop(0),
        text(0),
        delta(0, "a"),
        stop(0),
        tool(0, "t"),
        stop(0),
        done(Some("tool_use")),
        end(),
    ];
    let (given, repairs) = given(&events);
    let indexes: Vec<u64> = given.iter().filter_map(|event| event["index"].as_u64()).collect();
    assert_eq!(indexes, [0, 0, 1, 1, 1, 2, 2]);
    assert_eq!(repairs, ["stream:renumbered-block"]);
}

#[test]
fn a_block_that_was_never_begun_or_never_ended_is() {
    let (given, repairs) = given(&[start(), delta(0, "a"), done(Some("end_turn")), end()]);
    assert_eq!(given, [start(), text(0), delta(0, "a"), stop(0), done(Some("end_turn")), end()]);
    assert_eq!(repairs, ["stream:supplied-block-start", "stream:supplied-block-stop"]);
}

#[test]
fn the_names_of_the_model_and_of_tools_are_put_back() {
    let names = [("short".to_owned(), "a \"long\" name".to_owned())];
    let restore = Restore { model: Some("client's"), tool_names: &names };
    let mut call = tool(0, "t");
    call["content_block"]["name"] = json!("short");
    let (bytes, repairs) = relayed(&written(&[start(), call.clone(), tool(1, "u")]), &[], restore);
    call["content_block"]["name"] = json!("a \"long\" name");
    let mut begun = start();
    begun["message"]["model"] = json!("client's");
    assert_eq!(bytes, written(&[begun, call, tool(1, "u")]));
    assert_eq!(repairs, Vec::<&str>::new(), "named where the names were changed");
}

#[test]
fn a_change_to_an_event_in_several_lines_keeps_its_name() {
    let stream = b"event: content_block_stop\ndata: {\"type\":\ndata: \"content_block_stop\"}\n\n";
    let begun = written(&[start(), text(0)]);
    let (bytes, _) = relayed(&[&begun[..], stream].concat(), &[], Restore::default());
    let last = &bytes[begun.len()..];
    let last = std::str::from_utf8(last).unwrap();
    assert!(last.starts_with("event: content_block_stop\ndata: {\"index\":0,"), "{last}");
}
