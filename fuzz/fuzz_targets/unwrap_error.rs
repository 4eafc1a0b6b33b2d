//! Whatever an upstream answers, it is told as an error with a status and a sentence of bounded
//! length, and a key in it does not reach the client.
#![no_main]

use libfuzzer_sys::fuzz_target;
use salve_remedy::limits::{BODY_READ_BYTES_MAX, WORDS_TOLD_BYTES_MAX};
use salve_remedy::{
    Answer, Cause, Dialect, Place, Shape, Told, Verdict, diagnose, told_when_all_failed, unwrap,
};

/// A made-up upstream key, planted into every body.
const PLANTED: &str = " sk-ant-api03-madeupmadeupmadeup ";

/// The longest sentence around an upstream's words.
const SENTENCE_BYTES_MAX: usize = 2_048;

fuzz_target!(|input: &[u8]| {
    let [status, kind, at, body @ ..] = input else {
        return;
    };
    let content_type = [None, Some("application/json"), Some("text/html")][usize::from(kind % 3)];
    read(body, content_type);

    let place = [Place::Head, Place::FirstEvent, Place::Midstream][usize::from(kind / 3 % 3)];
    let dialects = [Dialect::Anthropic, Dialect::Bedrock, Dialect::Vertex, Dialect::OpenaiChat];
    let body = with_key(body, usize::from(*at));
    told(&Answer {
        dialect: dialects[usize::from(kind / 9 % 4)],
        status: [200, 400, 401, 403, 404, 413, 429, 500, 503, 529][usize::from(status % 10)],
        headers_error_type: None,
        content_type,
        retry_after: (kind % 2 == 0).then_some(u64::from(*status)),
        body: &body,
        place,
    });
});

fn read(body: &[u8], content_type: Option<&str>) {
    let inner = unwrap(body, content_type);
    // A byte that is no UTF-8 becomes one replacement character of three.
    assert!(inner.message.len() <= BODY_READ_BYTES_MAX * 3);
    if inner.shape == Shape::Empty {
        assert!(inner.message.is_empty());
    }
}

fn with_key(body: &[u8], at: usize) -> Vec<u8> {
    let (before, after) = body.split_at(at.min(body.len()));
    [before, PLANTED.as_bytes(), after].concat()
}

fn told(answer: &Answer<'_>) {
    let diagnosis = diagnose(&Cause::Answer(*answer));
    assert!(!diagnosis.inner.message.contains(PLANTED.trim()));
    match &diagnosis.verdict {
        Verdict::Tell(told) => sound(told),
        Verdict::NextCandidate => assert_ne!(answer.place, Place::Midstream),
        Verdict::PassAsIs => {
            assert!((400..500).contains(&answer.status) && answer.place == Place::Head);
            assert_eq!(diagnosis.inner.shape, Shape::Envelope);
        }
    }
    sound(&told_when_all_failed(&[diagnosis.clone(), diagnosis]));
}

fn sound(told: &Told) {
    assert!((400..600).contains(&told.status), "{}", told.status);
    assert!(!told.message.is_empty());
    assert!(told.message.len() <= WORDS_TOLD_BYTES_MAX + SENTENCE_BYTES_MAX);
    assert!(!told.message.contains(PLANTED.trim()), "{}", told.message);
}
