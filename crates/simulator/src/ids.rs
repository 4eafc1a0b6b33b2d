//! Ids in the shape of the service: a prefix, `01`, and 22 letters that hash what they name.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LETTERS: usize = 22;

/// An id that is the same for the same parts, and different for different ones.
pub(crate) fn id(prefix: &str, parts: &[u64]) -> String {
    let mut hash = Sha256::new();
    hash.update(prefix.as_bytes());
    for part in parts {
        hash.update(part.to_be_bytes());
    }
    let digest = hash.finalize();
    let letters = digest.iter().take(LETTERS).map(|byte| letter(*byte));
    format!("{prefix}_01{}", letters.collect::<String>())
}

/// The same in the form of a UUID.
pub(crate) fn uuid(parts: &[u64]) -> String {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part.to_be_bytes()));
    let digest = hash.finalize();
    let number = digest.iter().take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let digits = format!("{number:032x}");
    let places = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups = places.map(|place| digits.get(place).unwrap_or_default());
    groups.join("-")
}

fn letter(byte: u8) -> char {
    let place = usize::from(byte) % ALPHABET.len();
    ALPHABET.get(place).map_or('1', |letter| char::from(*letter))
}
