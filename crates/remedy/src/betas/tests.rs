use bytes::Bytes;
use salve_wire::{Body, Document};

use super::Betas;

fn document(text: &str) -> Document {
    Document::of(&Body::scan(Bytes::from(text.to_owned())).expect("a body"))
}

#[test]
fn header_lines_and_the_body_make_one_set() {
    let mut body = document(r#"{"anthropic_beta":["b","c"]}"#);
    let betas = Betas::read(["a, b", "d"]);
    assert_eq!(betas.all(&mut body), ["a", "b", "d", "c"]);
    assert!(betas.has(&mut body, "c") && !betas.has(&mut body, "e"));
    assert_eq!(betas.header_change(), None);
}

#[test]
fn a_value_is_removed_or_renamed_wherever_it_stands() {
    let mut body = document(r#"{"anthropic_beta":["b"]}"#);
    let mut betas = Betas::read(["a,b"]);
    assert!(betas.remove(&mut body, "b"));
    assert_eq!(betas.header_change().as_deref(), Some("a"));
    assert!(!body.root().has("anthropic_beta"));
    assert!(betas.rename(&mut body, "a", "z"));
    assert_eq!(betas.header_change().as_deref(), Some("z"));
    assert!(!betas.remove(&mut body, "b") && !betas.add(&mut body, "z"));
    assert!(betas.add(&mut body, "y"));
    assert_eq!(betas.header_change().as_deref(), Some("z,y"));
}
