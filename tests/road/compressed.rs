//! Compressed request bodies: unfolded within bounds, or refused.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::{MODEL, Request, Road, Setup, Upstream, ask, upstream};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("packs");
    encoder.finish().expect("packs")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("packs")
}

fn packed(encoding: &str, body: Vec<u8>) -> Request {
    Request::post("/v1/messages", body).and("content-encoding", encoding)
}

fn road() -> (Road, Upstream) {
    let message = upstream::message(MODEL);
    let upstream = Upstream::always(upstream::json_of("200 OK", message.as_bytes()));
    let road = Road::start(&Setup::of(upstream.url()).server("max_body = \"16MiB\""));
    (road, upstream)
}

#[test]
fn gzip_and_zstd_bodies_reach_the_upstream_unfolded() {
    let (road, upstream) = road();
    let body = serde_json::to_vec(&ask(MODEL, &"grüß dich ".repeat(50_000))).expect("JSON");
    for (encoding, bytes) in [("gzip", gzip(&body)), ("zstd", zstd(&body)), ("GZIP", gzip(&body))] {
        let answer = road.send(&packed(encoding, bytes.clone()));
        assert_eq!(answer.status, 200, "{encoding}: {}", answer.text());
        let seen = upstream.last();
        assert!(seen.body == body, "{encoding}");
        assert_eq!(seen.header("content-encoding"), None);
        assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()));
        assert_eq!(road.entry_of(&answer)["request_bytes"], bytes.len());
    }
}

#[test]
fn bombs_are_refused_by_their_ratio() {
    let (road, upstream) = road();
    let spaces = vec![b' '; 12 << 20];
    for (encoding, bytes) in [("gzip", gzip(&spaces)), ("zstd", zstd(&spaces))] {
        let answer = road.send(&packed(encoding, bytes));
        assert_eq!(answer.status, 400, "{encoding}: {}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some("encoding-refused"));
        assert!(answer.error().1.contains("100 times"), "{}", answer.text());
    }
    assert!(upstream.seen().is_empty());
}

#[test]
fn bodies_that_unfold_over_the_limit_are_refused_by_their_size() {
    let (road, upstream) = road();
    // Counted up, text packs some three times: far from a bomb.
    let mut text = Vec::new();
    while text.len() <= 16 << 20 {
        text.extend(format!("{:x} ", text.len() * 2_654_435_761).bytes());
    }
    let answer = road.send(&packed("zstd", zstd::encode_all(&text[..], 1).expect("packs")));
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(answer.header("salve-fault"), Some("body-too-large"));
    assert!(answer.error().1.contains("when unpacked"), "{}", answer.text());
    assert!(upstream.seen().is_empty());
}

#[test]
fn a_body_whose_encoding_is_not_what_it_says_is_refused() {
    let (road, upstream) = road();
    let body = serde_json::to_vec(&ask(MODEL, "hi")).expect("JSON");
    let mut cut = gzip(&body);
    cut.truncate(cut.len() - 6);
    let cases = [
        ("gzip", body.clone()),
        ("zstd", body.clone()),
        ("gzip", cut),
        ("br", body.clone()),
        ("gzip, zstd", body),
        ("gzip", Vec::new()),
    ];
    for (encoding, bytes) in cases {
        let answer = road.send(&packed(encoding, bytes));
        assert_eq!(answer.status, 400, "{encoding}: {}", answer.text());
        assert!(matches!(answer.header("salve-fault"), Some("encoding-refused" | "body-empty")));
        answer.error();
    }
    assert!(upstream.seen().is_empty());
}
