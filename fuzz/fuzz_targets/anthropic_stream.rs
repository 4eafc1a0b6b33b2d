//! Whatever an upstream streams, and wherever it breaks, the end that the client is given is
//! well formed and claims no more than what came.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use salve_wire::anthropic::error::Envelope;
use salve_wire::anthropic::stream::{Ending, Progress};
use salve_wire::sse::{Batch, Splitter};

fuzz_target!(|stream: &[u8]| {
    let mut progress = Progress::default();
    ending(&progress);
    let Some(batch) = batch(stream) else { return };
    for event in &batch.events {
        progress.observe(batch.name(event), &batch.data(event));
        counted(&progress, stream.len());
        ending(&progress);
    }
});

fn batch(bytes: &[u8]) -> Option<Batch> {
    let mut splitter = Splitter::new(usize::MAX);
    splitter.push(Bytes::copy_from_slice(bytes)).expect("there is no bound")
}

fn counted(progress: &Progress, bytes: usize) {
    assert!(progress.content_bytes() <= bytes as u64);
    if progress.is_usage_final() {
        assert!(progress.usage().is_some() && progress.stop_reason().is_some());
    }
}

/// If the stream broke here.
fn ending(progress: &Progress) {
    let error = Envelope::new("api_error", "it broke", None);
    match progress.ending(error) {
        Ending::Complete(events) if progress.is_stopped() => assert!(events.is_empty()),
        Ending::Complete(events) => {
            let mut after = progress.clone();
            assert_eq!(names(&events).last().map(Vec::as_slice), Some(&b"message_stop"[..]));
            observe(&mut after, &events);
            assert!(after.is_stopped() && after.stop_reason().is_some());
        }
        Ending::Broken(events) => {
            let names = names(&events);
            assert_eq!(names.last().map(Vec::as_slice), Some(&b"error"[..]));
            assert!(!names.iter().any(|name| name == b"message_stop"));
        }
        Ending::Cut => assert!(!progress.is_stopped()),
    }
}

fn names(events: &[u8]) -> Vec<Vec<u8>> {
    let batch = batch(events).expect("an ending is whole events");
    assert_eq!(batch.raw.len(), events.len(), "and nothing else");
    batch.events.iter().map(|event| batch.name(event).to_vec()).collect()
}

fn observe(progress: &mut Progress, events: &[u8]) {
    let batch = batch(events).expect("an ending is whole events");
    for event in &batch.events {
        progress.observe(batch.name(event), &batch.data(event));
    }
}
