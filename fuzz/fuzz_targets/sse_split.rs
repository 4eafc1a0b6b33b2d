//! However a stream is cut into chunks, the same events come out, and no byte is lost or added.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use salve_wire::sse::{Batch, Splitter};

/// The events of a stream: each one's bytes, name and data.
type Split = Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>;

fuzz_target!(|input: &[u8]| {
    let Some((seed, stream)) = input.split_first() else {
        return;
    };
    // Two line feeds end whatever is open, so that every byte comes out.
    let stream = [stream, b"\n\n"].concat();
    let whole = split([stream.as_slice()]);
    assert_eq!(whole, split(chunks(&stream, *seed)));
    assert_eq!(whole, split(stream.chunks(1)));

    let bytes: Vec<u8> = whole.iter().flat_map(|(raw, _, _)| raw).copied().collect();
    assert_eq!(bytes, stream);
    for (raw, _, _) in &whole {
        assert!(raw.ends_with(b"\n") || raw.ends_with(b"\r"), "an event ends in a blank line");
    }
    bounded(&stream, usize::from(*seed));
});

fn split<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Split {
    let mut splitter = Splitter::new(usize::MAX);
    let mut split = Split::new();
    for chunk in chunks {
        let batch = splitter.push(Bytes::copy_from_slice(chunk)).expect("there is no bound");
        if let Some(batch) = batch {
            assert!(!batch.events.is_empty(), "a batch holds whole events");
            split.extend(events(&batch));
        }
    }
    split
}

fn events(batch: &Batch) -> impl Iterator<Item = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    batch.events.iter().map(|event| {
        let raw = batch.raw[event.raw.clone()].to_vec();
        (raw, batch.name(event).to_vec(), batch.data(event).into_owned())
    })
}

/// Chunks of lengths that follow from the seed, between 1 and 16 bytes.
fn chunks(mut stream: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut state = u32::from(seed);
    let mut chunks = Vec::new();
    while !stream.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = (1 + (state >> 28) as usize).min(stream.len());
        let (chunk, rest) = stream.split_at(length);
        chunks.push(chunk);
        stream = rest;
    }
    chunks
}

/// With a bound, no event comes out that is larger than the bound and one chunk.
fn bounded(stream: &[u8], event_bytes_max: usize) {
    const CHUNK: usize = 7;
    let mut splitter = Splitter::new(event_bytes_max);
    for chunk in stream.chunks(CHUNK) {
        let Ok(batch) = splitter.push(Bytes::copy_from_slice(chunk)) else { return };
        for event in batch.iter().flat_map(|batch| &batch.events) {
            assert!(event.raw.len() <= event_bytes_max + CHUNK);
        }
    }
}
