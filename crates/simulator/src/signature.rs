//! Thinking signatures: proof of origin, of the text shown, and of the prefix it was thought upon.
//!
//! A signature is the base64 of a version byte, the hash of the text, the hash of the prefix, and
//! a keyed hash over both. Only the simulator that minted one (its seed) accepts it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 8 + 8 + 32;

/// Mints and checks signatures for one seed.
#[derive(Debug, Clone)]
pub(crate) struct Mint {
    seed: u64,
}

/// What a genuine signature says about the block that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seal {
    text: u64,
    /// Hash of everything before the block; see [`crate::prompt`].
    pub prefix: u64,
}

impl Seal {
    /// Whether the block still shows the text that was signed.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.text == short_hash(text)
    }
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed, which also individualises ids.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The signature of a thinking block that shows `text` after `prefix`.
    pub(crate) fn sign(&self, text: &str, prefix: u64) -> String {
        let text = short_hash(text);
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(text.to_be_bytes());
        bytes.extend(prefix.to_be_bytes());
        bytes.extend(self.keyed(text, prefix));
        STANDARD.encode(bytes)
    }

    /// What the signature says, if this simulator made it and nobody changed it.
    pub(crate) fn open(&self, signature: &str) -> Option<Seal> {
        let bytes = STANDARD.decode(signature).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (text, rest) = rest.split_first_chunk::<8>()?;
        let (prefix, proof) = rest.split_first_chunk::<8>()?;
        let (text, prefix) = (u64::from_be_bytes(*text), u64::from_be_bytes(*prefix));
        let genuine = *version == VERSION && proof == self.keyed(text, prefix);
        genuine.then_some(Seal { text, prefix })
    }

    fn keyed(&self, text: u64, prefix: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"salve-simulator thinking");
        hash.update(self.seed.to_be_bytes());
        hash.update(text.to_be_bytes());
        hash.update(prefix.to_be_bytes());
        hash.finalize().into()
    }
}

fn short_hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
