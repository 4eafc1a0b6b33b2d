use super::whole;

#[test]
fn numbers_that_stand_alone_are_read_and_those_in_names_are_not() {
    let words = "max_tokens: 128001 > 64000, which is the maximum for claude-opus-4-5-20251101.";
    assert_eq!(whole(words), [128_001, 64_000]);
    assert_eq!(whole("Range of max_tokens should be [1, 8192]"), [1, 8192]);
    assert_eq!(whole("in [1,8192], not 1,048,576 or 0.95 of v2."), [1, 8192, 1_048_576]);
    assert_eq!(whole("`max_tokens`=32000."), [32_000]);
    assert_eq!(whole("186433 + 20000 > 200000"), [186_433, 20_000, 200_000]);
    assert!(whole("99999999999999999999999 no").is_empty());
}
