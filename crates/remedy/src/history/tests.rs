use serde_json::json;

use super::{counted, join_next, messages};
use crate::remedies::tests::{request, sent};

#[test]
fn joined_messages_keep_every_block_and_the_later_settings() {
    let body = json!({"messages": [
        {"role": "user", "content": "a", "output_config": {"effort": "low"}},
        {"role": "user", "content": [{"type": "text", "text": "b"}],
            "output_config": {"effort": "high"}},
    ]});
    let mut request = request(&body, "");
    join_next(messages(&mut request.body).unwrap(), 0);
    let expected = json!({"messages": [{"role": "user", "output_config": {"effort": "high"},
        "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]});
    assert_eq!(sent(&mut request), expected);
}

#[test]
fn counts_are_told_in_words_of_one_and_many() {
    assert_eq!([counted(1, "block"), counted(2, "block")], ["1 block", "2 blocks"]);
}
