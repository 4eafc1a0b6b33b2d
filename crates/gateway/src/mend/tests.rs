use bytes::Bytes;
use salve_remedy::{Betas, Outbound};
use salve_wire::Body;

use super::{changes, fit};
use crate::vocabulary::Count;

fn asking_for(max_tokens: u64) -> Outbound {
    let body = format!(r#"{{"model":"m","max_tokens":{max_tokens},"messages":[]}}"#);
    let body = Body::scan(Bytes::from(body)).expect("a body");
    Outbound::new(&body, Betas::default(), "m", "m", false)
}

fn fitted(max_tokens: u64, least: u64, most: u64) -> Option<u64> {
    let mut outbound = asking_for(max_tokens);
    fit(&mut outbound, Count { least, most }, 200_000);
    let is_changed = outbound.body.is_changed();
    is_changed.then(|| outbound.body.get("max_tokens")?.unsigned()).flatten()
}

#[test]
fn room_is_left_only_where_the_answer_is_sure_not_to_fit() {
    assert_eq!(fitted(32_000, 180_000, 180_000), Some(19_936));
    assert_eq!(fitted(20_000, 180_000, 190_000), None, "it may fit");
    assert_eq!(fitted(32_000, 199_500, 199_500), None, "too little room is no room");
}

#[test]
fn what_was_changed_is_told_with_the_remedy_that_did_it() {
    let mut outbound = asking_for(32_000);
    fit(&mut outbound, Count { least: 180_000, most: 180_000 }, 200_000);
    let changes = changes(&outbound, &[]);
    let told: Vec<_> = changes.iter().map(|change| (&*change.remedy, &*change.path)).collect();
    assert_eq!(told, [("max-tokens", "max_tokens")]);
    assert_eq!(changes[0].was.as_deref(), Some("32000"));
    assert_eq!(changes[0].now.as_deref(), Some("19936"));
}
