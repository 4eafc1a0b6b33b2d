//! Whatever stands in the file, reading it ends with a configuration or with problems.

use proptest::prelude::*;

use crate::fake::read;

/// Pieces that make parsing go deeper than arbitrary text would.
const FRAGMENTS: [&str; 32] = [
    "[server]\n",
    "[store]\n",
    "[admin]\n",
    "[[channel]]\n",
    "[[group]]\n",
    "[[key]]\n",
    "listen = ",
    "max_body = ",
    "name = ",
    "kind = ",
    "credential = ",
    "channels = ",
    "secret = ",
    "price_multiplier = ",
    "balance_usd = ",
    "concurrency = ",
    "models = ",
    "\"main\"",
    "\"${KEY}\"",
    "\"${file:token}\"",
    "\"$${\"",
    "\"${\"",
    "{ api_key = ",
    "{ \"*\" = ",
    " }",
    "[",
    "]",
    ", ",
    "0x7fffffffffffffff",
    "-9223372036854775808",
    "1e400",
    "\n",
];

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn no_heap_of_fragments_makes_the_reader_panic(
        fragments in proptest::collection::vec(proptest::sample::select(&FRAGMENTS[..]), 0..40),
    ) {
        if let Err(problems) = read(&fragments.concat()) {
            prop_assert!(!problems.list().is_empty());
        }
    }
}

#[test]
fn nesting_without_end_is_a_problem_not_a_crash() {
    let text = format!("a = {}", "[".repeat(500_000));
    assert!(!read(&text).expect_err("wrong").list().is_empty());
    let text = format!("a{} = 1", ".a".repeat(250_000));
    assert!(!read(&text).expect_err("wrong").list().is_empty());
}
