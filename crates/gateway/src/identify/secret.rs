//! Salve keys: how they are made, written, checked and digested.
//!
//! `sk-salve-<public id>-<secret><checksum>`: the public id finds the record, the checksum
//! turns away typing errors before any look-up, the prefix lets secret scanners find leaks.
//! What is stored is HMAC-SHA-256 under a pepper that lies beside the database, not in it. The
//! secret has some 190 bits, so stretching would add nothing but a way to exhaust the gateway.

use std::fmt;

use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use subtle::ConstantTimeEq;

const PREFIX: &str = "sk-salve-";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PUBLIC_ID_LEN: usize = 12;
const SECRET_LEN: usize = 32;
const CHECKSUM_LEN: usize = 6;

/// A freshly made key. Its text is shown once and never stored.
pub struct Minted {
    /// What the record is found by.
    pub public_id: String,
    /// The whole key, to hand to its user.
    pub text: String,
}

impl fmt::Debug for Minted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minted").field("public_id", &self.public_id).finish_non_exhaustive()
    }
}

/// Makes a key from the randomness given.
pub fn mint(random: &mut impl Rng) -> Minted {
    let public_id = letters(random, PUBLIC_ID_LEN);
    let secret = letters(random, SECRET_LEN);
    let body = format!("{PREFIX}{public_id}-{secret}");
    let text = format!("{body}{}", checksum(&body));
    Minted { public_id, text }
}

/// Whether `text` has the shape of a Salve key, true or not: such a string is never a
/// credential for an upstream.
#[must_use]
pub fn looks_like_key(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The public id in `text`, where it is a key without typing errors.
#[must_use]
pub fn public_id(text: &str) -> Option<&str> {
    let body_len = text.len().checked_sub(CHECKSUM_LEN)?;
    let (body, found) = text.split_at_checked(body_len)?;
    let (public_id, secret) = body.strip_prefix(PREFIX)?.split_once('-')?;
    let is_sized = public_id.len() == PUBLIC_ID_LEN && secret.len() == SECRET_LEN;
    (is_sized && checksum(body) == found).then_some(public_id)
}

/// Whether `text` may name a key: it travels in headers, lists and logs, hence the few letters.
/// The same as for names in the configuration.
#[must_use]
pub fn is_key_name(text: &str) -> bool {
    const BYTES_MAX: usize = 64;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= BYTES_MAX && text.bytes().all(is_plain)
}

/// What is wrong with a name that no key may have.
pub const KEY_NAME_RULE: &str =
    "a key's name has 1 to 64 letters, digits, `-`, `_` or `.`, and no other key in use has it";

fn letters(random: &mut impl Rng, count: usize) -> String {
    let letter = |_| ALPHABET.get(random.random_range(0..ALPHABET.len())).copied();
    (0..count).filter_map(letter).map(char::from).collect()
}

/// Six letters of CRC-32. A checksum against typing errors, not against anyone.
fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = String::with_capacity(CHECKSUM_LEN);
    for _ in 0..CHECKSUM_LEN {
        digits.extend(ALPHABET.get(rest % ALPHABET.len()).copied().map(char::from));
        rest /= ALPHABET.len();
    }
    digits
}

/// The secret under which keys are digested, kept in the data folder apart from the database:
/// a stolen database alone proves no key.
#[derive(Clone)]
pub struct Pepper(Hmac<Sha256>);

/// What is kept of a key.
pub type Digest = [u8; 32];

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

impl Pepper {
    /// A pepper from its bytes, of any length from 16 up.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= 16).then(|| Hmac::new_from_slice(bytes).ok().map(Self)).flatten()
    }

    /// The digest of a whole key.
    #[must_use]
    pub fn digest(&self, text: &str) -> Digest {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Compares digests in time that does not depend on where they differ.
#[must_use]
pub fn same(left: &Digest, right: &Digest) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests;
