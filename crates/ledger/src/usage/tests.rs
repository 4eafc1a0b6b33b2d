use crate::limits::TOKENS_MAX;

use super::{Usage, tokens_of_bytes};

#[test]
fn the_whole_prompt_is_fresh_read_and_written_input() {
    let usage = Usage {
        input_tokens: 1,
        output_tokens: 1_000,
        cache_read_input_tokens: 20,
        cache_creation_5m_input_tokens: 300,
        cache_creation_1h_input_tokens: 4_000,
        web_search_requests: 9,
    };
    assert_eq!(usage.input_total(), 4_321);
}

#[test]
fn counts_are_believed_up_to_their_bound() {
    let all = |count| Usage {
        input_tokens: count,
        output_tokens: count,
        cache_read_input_tokens: count,
        cache_creation_5m_input_tokens: count,
        cache_creation_1h_input_tokens: count,
        web_search_requests: count,
    };
    assert_eq!(all(TOKENS_MAX - 1).clamped(), all(TOKENS_MAX - 1));
    assert_eq!(all(TOKENS_MAX).clamped(), all(TOKENS_MAX));
    assert_eq!(all(TOKENS_MAX + 1).clamped(), all(TOKENS_MAX));
    assert_eq!(all(u64::MAX).clamped(), all(TOKENS_MAX));
    assert_eq!(all(u64::MAX).input_total(), u64::MAX);
}

#[test]
fn bytes_round_up_to_tokens() {
    let tokens: Vec<u64> = [0, 1, 4, 5].into_iter().map(tokens_of_bytes).collect();
    assert_eq!(tokens, [0, 1, 1, 2]);
}

#[test]
fn searches_are_written_only_where_there_were_some() {
    let none = serde_json::to_string(&Usage::ZERO).unwrap();
    let expected = "{\"input_tokens\":0,\"output_tokens\":0,\"cache_read_input_tokens\":0,\
        \"cache_creation_5m_input_tokens\":0,\"cache_creation_1h_input_tokens\":0}";
    assert_eq!(none, expected);
    let some = Usage { web_search_requests: 2, ..Usage::ZERO };
    let some = serde_json::to_value(some).unwrap();
    assert_eq!(some["web_search_requests"], 2);
}
