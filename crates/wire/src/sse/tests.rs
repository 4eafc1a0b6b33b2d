use bytes::Bytes;
use proptest::prelude::*;

use super::*;

/// Every event as (name, data), and all bytes in the order they came out.
fn split(chunks: &[&[u8]]) -> (Vec<(String, String)>, Vec<u8>) {
    let mut splitter = Splitter::new(1 << 20);
    let mut events = Vec::new();
    let mut bytes = Vec::new();
    for chunk in chunks {
        let Some(batch) = splitter.push(Bytes::copy_from_slice(chunk)).unwrap() else {
            continue;
        };
        let mut at = 0;
        for event in &batch.events {
            assert_eq!(event.raw.start, at, "events stand back to back");
            at = event.raw.end;
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            events.push((text(batch.name(event)), text(&batch.data(event))));
        }
        assert_eq!(at, batch.raw.len());
        bytes.extend_from_slice(&batch.raw);
    }
    bytes.extend_from_slice(&splitter.held);
    (events, bytes)
}

const STREAM: &str = "event: message_start\ndata: {\"a\":1}\n\n: keep-alive\n\nevent:ping\r\ndata:{}\r\n\r\ndata: one\ndata:two\ndata\n\nid: 7\nevent: x\ndata:  two spaces\n\n\n";

fn expected() -> Vec<(String, String)> {
    let pairs = [
        ("message_start", "{\"a\":1}"),
        ("", ""),
        ("ping", "{}"),
        ("", "one\ntwo\n"),
        ("x", " two spaces"),
        ("", ""),
    ];
    pairs.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect()
}

#[test]
fn a_stream_in_one_piece_is_read_by_the_grammar() {
    assert_eq!(split(&[STREAM.as_bytes()]), (expected(), STREAM.as_bytes().to_vec()));
}

#[test]
fn a_stream_cut_at_any_byte_gives_the_same_events_and_bytes() {
    let bytes = STREAM.as_bytes();
    for cut in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(split(&[head, tail]), (expected(), bytes.to_vec()), "cut at {cut}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(split(&single), (expected(), bytes.to_vec()));
}

#[test]
fn an_event_without_its_blank_line_is_not_given_out() {
    let (events, bytes) = split(&[b"data: a\n\ndata: b\n"]);
    assert_eq!(events.len(), 1);
    assert_eq!(bytes, b"data: a\n\ndata: b\n");
}

#[test]
fn the_end_of_the_stream_ends_its_last_event_and_adds_only_what_is_missing() {
    let finished = |text: &'static str| {
        let mut splitter = Splitter::new(100);
        let before = splitter.push(Bytes::from_static(text.as_bytes())).unwrap();
        let before = before.map_or(Bytes::new(), |batch| batch.raw);
        let after = splitter.finish().map_or(Bytes::new(), |batch| batch.raw);
        String::from_utf8([before, after].concat()).unwrap()
    };
    assert_eq!(finished("data: a\r\r"), "data: a\r\r");
    assert_eq!(finished("data: a\n\n"), "data: a\n\n");
    assert_eq!(finished("data: a\n"), "data: a\n\n");
    assert_eq!(finished("data: a"), "data: a\n\n");
    assert_eq!(finished(""), "");
}

#[test]
fn a_whole_chunk_passes_without_a_copy() {
    let chunk = Bytes::from_static(b"data: a\n\ndata: b\n\n");
    let batch = Splitter::new(100).push(chunk.clone()).unwrap().unwrap();
    assert_eq!(batch.raw.as_ptr(), chunk.as_ptr());
}

#[test]
fn an_event_is_held_up_to_its_bound_and_no_further() {
    let mut splitter = Splitter::new(10);
    assert!(splitter.push(Bytes::from_static(b"data: 1234")).unwrap().is_none());
    assert_eq!(splitter.push(Bytes::from_static(b"5")).unwrap_err().event_bytes_max, 10);
}

#[test]
fn a_long_event_in_many_chunks_is_searched_once() {
    let mut splitter = Splitter::new(64 << 20);
    let chunk = Bytes::from(vec![b'x'; 8 << 10]);
    splitter.push(Bytes::from_static(b"data: ")).unwrap();
    for _ in 0..4096 {
        assert!(splitter.push(chunk.clone()).unwrap().is_none());
    }
    let batch = splitter.push(Bytes::from_static(b"\n\n")).unwrap().unwrap();
    assert_eq!(batch.data(&batch.events[0]).len(), 32 << 20);
}

proptest! {
    #[test]
    fn any_text_in_any_chunks_keeps_its_bytes_and_its_events(
        text in "(data: ?[a-z\\{]{0,5}|event: [a-z]{0,5}|:|\n|\r|\r\n){0,40}",
        cuts in proptest::collection::vec(1usize..9, 1..60),
    ) {
        // A CR at the very end may still become a CRLF, so its event is not out yet.
        let text = format!("{text}\n\n");
        let whole = split(&[text.as_bytes()]);
        let mut rest = text.as_bytes();
        let mut chunks = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (head, tail) = rest.split_at((*cut).min(rest.len()));
            chunks.push(head);
            rest = tail;
        }
        prop_assert_eq!(split(&chunks), whole.clone());
        prop_assert_eq!(whole.1, text.as_bytes());
    }
}
