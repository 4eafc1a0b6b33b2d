//! A key is told from any other text, and one wrong letter is noticed before any look-up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;
use salve_gateway::identify::{Pepper, looks_like_key, mint, public_id, same};

fuzz_target!(|text: &str| {
    if let Some(id) = public_id(text) {
        assert!(looks_like_key(text) && text.contains(id));
        assert_eq!(id.chars().count(), 12);
    }
    let bytes = text.as_bytes();
    let seed = bytes.iter().fold(0, |seed: u64, byte| seed.rotate_left(5) ^ u64::from(*byte));
    let key = mint(&mut StdRng::seed_from_u64(seed));
    assert_eq!(public_id(&key.text), Some(key.public_id.as_str()));
    mistyped(&key.text, text);
});

/// Puts a letter of `typed` in place of one of the key's, and takes letters off its end.
fn mistyped(key: &str, typed: &str) {
    let pepper = Pepper::new(b"made-up pepper for fuzzing").expect("long enough");
    for (at, letter) in typed.chars().enumerate().take(key.len()) {
        assert_eq!(public_id(&key[..at]), None);
        let wrong: String = [&key[..at], &letter.to_string(), &key[at + 1..]].concat();
        if wrong != key {
            assert_eq!(public_id(&wrong), None, "{wrong}");
            assert!(!same(&pepper.digest(key), &pepper.digest(&wrong)));
        }
    }
}
