//! Names made of longer or odder ones.

/// What a name must be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rule {
    pub chars_max: Option<usize>,
    /// Letters, digits, `_` and `-` only, beginning with a letter or `_`.
    pub is_plain: bool,
}

/// `_` and eight hexadecimal digits.
const SUFFIX_CHARS: usize = 9;

impl Rule {
    pub(super) fn takes(self, name: &str) -> bool {
        let is_short = self.chars_max.is_none_or(|max| name.chars().count() <= max);
        is_short && (!self.is_plain || is_plain(name))
    }

    /// The `number`th name that stands for this one: its beginning and what tells it from others
    /// of that beginning.
    pub(super) fn name(self, original: &str, number: usize) -> String {
        let room = self.chars_max.unwrap_or(64).saturating_sub(SUFFIX_CHARS);
        let plain = |c: char| if is_sign(c) { c } else { '_' };
        let begins_wrong = original.starts_with(|c: char| !c.is_ascii_alphabetic() && c != '_');
        let lead = (self.is_plain && begins_wrong).then_some('_');
        let own = original.chars().map(|c| if self.is_plain { plain(c) } else { c });
        let prefix: String = lead.into_iter().chain(own).take(room).collect();
        format!("{prefix}_{:08x}", hash(original, number))
    }
}

fn is_sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_sign)
}

/// FNV-1a, 32 bits: stable over builds and machines, and nobody gains by a collision.
fn hash(name: &str, number: usize) -> u32 {
    let number = number.to_le_bytes();
    let extra = if number.iter().all(|byte| *byte == 0) { &[][..] } else { &number[..] };
    name.bytes()
        .chain(extra.iter().copied())
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
