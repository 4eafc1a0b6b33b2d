//! A scanned body is one JSON object, its spans are what serde_json reads there, and an edit
//! changes the edited field alone.
#![no_main]

use std::collections::HashMap;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use salve_wire::anthropic::request::Request;
use salve_wire::body::ScanErrorKind;
use salve_wire::{Body, Edits, ScanError};
use serde_json::value::RawValue;

/// Top-level fields as another parser reads them; of equal keys the last one counts. Raw values
/// are checked for their grammar without a look at the range of numbers.
type Fields<'a> = HashMap<String, &'a RawValue>;

fuzz_target!(|input: &[u8]| {
    let other = serde_json::from_slice::<Fields<'_>>(input);
    match Body::scan(Bytes::copy_from_slice(input)) {
        Ok(body) => {
            let fields = other.expect("what the scan accepts, serde_json accepts");
            accepted(&body, &fields);
        }
        Err(error) => refused(input, &error, other.is_ok()),
    }
});

fn accepted(body: &Body, fields: &Fields<'_>) {
    for (name, value) in fields {
        assert_eq!(body.raw(name), Some(value.get().as_bytes()), "{name}");
    }
    if let Ok(request) = Request::read(body.clone()) {
        let model: String = serde_json::from_str(fields["model"].get()).expect("a string");
        assert_eq!(request.model, model);
        edited(&request);
    }
}

fn edited(request: &Request) {
    let body = &request.body;
    let span = body.span("model").expect("a request names its model");
    let mut edits = Edits::none();
    edits.replace(span.clone(), &b"\"another\""[..]).expect("the only edit");
    let whole = edits.apply(body.bytes()).concat();
    assert_eq!(whole[..span.start], body.bytes()[..span.start]);
    assert!(whole.ends_with(&body.bytes()[span.end..]));
    let again = Body::scan(Bytes::from(whole)).expect("an edited body is a body");
    assert_eq!(Request::read(again).expect("a request").model, "another");
}

fn refused(input: &[u8], error: &ScanError, is_json: bool) {
    let place = error.position;
    assert!(place.offset <= input.len() && place.line >= 1 && place.column >= 1);
    // Stricter than JSON on purpose: a bound on nesting, and no half of a surrogate pair.
    let is_stricter = matches!(error.kind, ScanErrorKind::TooDeep | ScanErrorKind::LoneSurrogate);
    assert!(is_stricter || !is_json, "serde_json reads what was refused: {error}");
}
