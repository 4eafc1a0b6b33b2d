//! A packed body is received as the plain one would be, and never grows beyond its bounds.
#![no_main]

use std::io::Write;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use libfuzzer_sys::fuzz_target;
use salve_gateway::limits;
use salve_gateway::listen::Head;
use salve_gateway::vocabulary::Endpoint;
use salve_ledger::RequestId;

const BODY_BYTES_MAX: u64 = 1 << 20;

fuzz_target!(|input: &[u8]| {
    // As foreign bytes that claim to be packed.
    for encoding in ["gzip", "zstd"] {
        if let Some(body) = received(encoding, input) {
            let ratio = (input.len() as u64).saturating_mul(limits::DECOMPRESSION_RATIO_MAX);
            let bound = ratio.max(limits::RATIO_FREE_BYTES).min(BODY_BYTES_MAX);
            assert!(body.len() as u64 <= bound);
        }
    }
    // And packed here.
    let plain = received("identity", input);
    assert_eq!(plain, received("gzip", &gzip(input)));
    assert_eq!(plain, received("zstd", &zstd::encode_all(input, 1).expect("memory")));
});

/// The body as the rooms behind the door see it; nothing where it was refused.
fn received(encoding: &str, body: &[u8]) -> Option<Bytes> {
    let request = Request::post("/v1/messages").header("content-encoding", encoding);
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let arrived = tokio::time::Instant::now();
    let head = Head::read(parts, Endpoint::Messages, BODY_BYTES_MAX, arrived).ok()?;
    let mut body = Body::from(Bytes::copy_from_slice(body));
    let received = head.receive(RequestId::new("req_fuzz".to_owned()), &mut body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let incoming = runtime.expect("a runtime").block_on(received).ok()?;
    Some(incoming.request.body.bytes().clone())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
