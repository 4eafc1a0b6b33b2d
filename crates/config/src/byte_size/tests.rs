//! Sizes as people write them.

use proptest::prelude::*;

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn body_max(size: &str) -> u64 {
    valid(&format!("[server]\nmax_body = {size}\n{CHANNEL}")).server.max_body.bytes()
}

#[test]
fn a_size_is_a_number_with_a_unit_or_a_number_of_bytes() {
    let table = [
        ("\"32MiB\"", 33_554_432),
        ("\"32 mib\"", 33_554_432),
        ("\"1MB\"", 1_000_000),
        ("\"1KiB\"", 1024),
        ("\"1024B\"", 1024),
        ("1024", 1024),
        ("\"1GiB\"", 1 << 30),
        ("0x40000000", 1 << 30),
    ];
    for (text, expected) in table {
        assert_eq!(body_max(text), expected, "{text}");
    }
}

#[test]
fn a_size_beyond_the_bounds_or_without_meaning_is_refused() {
    let told = |size: &str| problems(&format!("[server]\nmax_body = {size}\n{CHANNEL}"));
    insta::assert_snapshot!(told("1023"), @r#"salve.toml:2:12: server.max_body: expected a size such as "32MiB" (KiB, MiB, GiB, KB, MB, GB) from 1KiB to 1GiB, found 1023"#);
    insta::assert_snapshot!(told("1073741825"), @r#"salve.toml:2:12: server.max_body: expected a size such as "32MiB" (KiB, MiB, GiB, KB, MB, GB) from 1KiB to 1GiB, found 1073741825"#);
    for size in ["\"MiB\"", "\"1.5MiB\"", "\"-1MiB\"", "\"1024\"", "\"\"", "-1", "1.5", "true"] {
        assert!(told(size).contains("expected a size such as"), "{}", told(size));
    }
    assert!(told("\"99999999999999999999GiB\"").contains("expected a size"));
    assert!(told("\"18446744073709551615GiB\"").contains("expected a size"));
}

proptest! {
    #[test]
    fn a_size_is_read_back_as_it_is_shown(bytes in any::<u64>()) {
        let size = ByteSize::from_bytes(bytes);
        prop_assert_eq!(ByteSize::from_text(&size.to_string()), Some(size));
    }
}
