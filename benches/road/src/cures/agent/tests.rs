use salve_remedy::{Betas, Known, NoProvenance, Outbound, prepare};
use salve_wire::Body;

use super::*;
use crate::cures::learned;

/// What is done to the request where these facts are known.
fn done(facts: &salve_remedy::Facts) -> Vec<String> {
    let body = Body::scan(request().unwrap()).unwrap();
    let betas = Betas::read([BETAS]);
    let mut outbound = Outbound::new(&body, betas, "model", "model", false);
    prepare(&mut outbound, &Known::new(facts, None, &NoProvenance));
    outbound.done().iter().map(ToString::to_string).collect()
}

#[test]
fn the_request_has_the_size_it_is_said_to_have() {
    let bytes = request().unwrap().len();
    assert!((BYTES..BYTES + 8_192).contains(&bytes), "{bytes}");
}

#[test]
fn everything_that_was_learned_applies_to_the_request() {
    let facts = learned::all();
    for (feature, says) in facts.iter() {
        let one: salve_remedy::Facts = [(feature, says.clone())].into_iter().collect();
        assert!(!done(&one).is_empty(), "{feature}");
    }
}

#[test]
fn nothing_of_what_is_foreign_applies_to_the_request() {
    assert_eq!(done(&learned::foreign()), Vec::<String>::new());
}
