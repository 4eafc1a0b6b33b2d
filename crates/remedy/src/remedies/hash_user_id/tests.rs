use serde_json::json;

use crate::remedies::tests::{done, lessons, prepared_by_lessons, refused, request, sent};

const MESSAGE: &str = "Request metadata contains a value that violates the regular expression";

fn user() -> String {
    json!({"device_id": "0", "account_uuid": "", "session_id": "7d54"}).to_string()
}

#[test]
fn a_user_id_that_is_refused_becomes_its_hash_in_every_turn() {
    let body = json!({"model": "m", "metadata": {"user_id": user()}});
    for message in [MESSAGE, "metadata.user_id: String should have at most 256 characters"] {
        let mut first = request(&body, "");
        assert!(refused(&mut first, message), "{message}");
        let now = sent(&mut first);
        let hashed = now["metadata"]["user_id"].as_str().expect("a text");
        let hex = hashed.strip_prefix("user_").expect("a prefix");
        assert!(hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(done(&first), ["hash-user-id:metadata.user_id"]);
        let mut later = request(&body, "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), now);
        let other = json!({"model": "m", "metadata": {"user_id": "{other}"}});
        let mut other = request(&other, "");
        prepared_by_lessons(&mut other, &first);
        assert_ne!(sent(&mut other), now);
    }
}

#[test]
fn where_not_even_a_hash_is_taken_the_id_goes() {
    let body = json!({"model": "m", "metadata": {"user_id": user()}});
    let mut first = request(&body, "");
    assert!(refused(&mut first, MESSAGE) && refused(&mut first, MESSAGE));
    assert_eq!(sent(&mut first), json!({"model": "m", "metadata": {}}));
    assert!(!refused(&mut first, MESSAGE));
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn without_an_id_there_is_nothing_to_do() {
    for body in [json!({}), json!({"metadata": null}), json!({"metadata": {"user": "x"}})] {
        let mut first = request(&body, "");
        assert!(!refused(&mut first, MESSAGE));
        assert!(!first.body.is_changed() && lessons(&first).is_empty());
    }
}
