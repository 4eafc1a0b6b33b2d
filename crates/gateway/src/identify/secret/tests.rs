use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

#[test]
fn a_minted_key_is_recognised_and_any_typing_error_is_not() {
    let minted = mint(&mut StdRng::seed_from_u64(7));
    assert!(looks_like_key(&minted.text));
    assert_eq!(public_id(&minted.text), Some(minted.public_id.as_str()));
    for at in PREFIX.len()..minted.text.len() {
        let mut typo: Vec<u8> = minted.text.clone().into_bytes();
        typo[at] = if typo[at] == b'x' { b'y' } else { b'x' };
        assert_eq!(public_id(std::str::from_utf8(&typo).unwrap()), None, "letter {at}");
        assert_eq!(minted.text.get(..at).and_then(public_id), None, "cut at {at}");
    }
}

#[test]
fn text_that_is_no_key_has_no_public_id() {
    for text in ["", "sk-salve-", "sk-salve-é", "sk-ant-api03-abc", "éééééééééééé"] {
        assert_eq!(public_id(text), None, "{text}");
    }
}

#[test]
fn keys_differ_and_so_do_their_digests() {
    let mut random = StdRng::seed_from_u64(7);
    let (a, b) = (mint(&mut random), mint(&mut random));
    let pepper = Pepper::new(&[1; 32]).unwrap();
    let other = Pepper::new(&[2; 32]).unwrap();
    assert!(same(&pepper.digest(&a.text), &pepper.digest(&a.text)));
    assert!(!same(&pepper.digest(&a.text), &pepper.digest(&b.text)));
    assert!(!same(&pepper.digest(&a.text), &other.digest(&a.text)));
}

#[test]
fn a_short_pepper_is_refused_and_none_is_ever_printed() {
    assert!(Pepper::new(&[1; 15]).is_none());
    let pepper = Pepper::new(b"pepperpepperpepper").unwrap();
    let minted = mint(&mut StdRng::seed_from_u64(1));
    let printed = format!("{pepper:?} {minted:?}");
    assert!(!printed.contains("pepperpepper") && !printed.contains(&minted.text), "{printed}");
}
