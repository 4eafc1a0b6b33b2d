//! The inside of JSON strings, sixty-four bytes at a time.
//!
//! Text is most of an agent's body, and source code in JSON has an escape every dozen bytes, so
//! a scan that stops at each escape spends its time on stopping. Here a block's quotes,
//! backslashes and control characters become bit sets, and which bytes are escaped follows by
//! arithmetic on them (the method of Langdale and Lemire, "Parsing Gigabytes of JSON per
//! Second", 2019, §3.1.1).

use wide::u8x16;

/// Bytes looked at together: one bit each in a word.
pub(super) const BLOCK: usize = 64;

/// Where in a block the bytes are that matter inside a string; bit 0 is the first byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    /// `"`.
    pub quotes: u64,
    /// `\`.
    pub backslashes: u64,
    /// Bytes below 0x20.
    pub controls: u64,
}

impl Marks {
    /// The marks of a block.
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let (lanes, _) = block.as_chunks::<16>();
        let mut marks = Self { quotes: 0, backslashes: 0, controls: 0 };
        for (number, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::from(*lane);
            let bits = |equal: u8x16| u64::from(equal.to_bitmask()) << (16 * number);
            marks.quotes |= bits(bytes.simd_eq(u8x16::splat(b'"')));
            marks.backslashes |= bits(bytes.simd_eq(u8x16::splat(b'\\')));
            marks.controls |= bits(bytes.min(u8x16::splat(0x1F)).simd_eq(bytes));
        }
        marks
    }
}

/// Which bytes follow an escaping backslash, from block to block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Escapes {
    /// Whether the last byte of the block before escapes the first of the next.
    carries: bool,
}

impl Escapes {
    /// The escaped bytes of the next block, given its backslashes.
    ///
    /// A run of backslashes escapes what follows it only where its length is odd. Adding the
    /// starts of runs to the runs carries a bit past each run's end, at a place whose parity
    /// says whether the run was odd.
    pub(super) fn next(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let carried = u64::from(self.carries);
        let escaping = backslashes & !carried;
        let follows = escaping << 1 | carried;
        let odd_starts = escaping & !EVEN & !follows;
        let (runs, overflows) = odd_starts.overflowing_add(escaping);
        self.carries = overflows;
        (EVEN ^ (runs << 1)) & follows
    }
}

/// The places of the set bits of a word, from the lowest.
pub(super) fn places(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = word.trailing_zeros() as usize;
        word &= word.checked_sub(1)?;
        Some(place)
    })
}

/// Where the string ends whose inside `rest` begins with: the place of its closing quote. `None`
/// where there is none. What is inside is not checked.
pub(crate) fn closing_quote(rest: &[u8]) -> Option<usize> {
    let mut escapes = Escapes::default();
    let (blocks, tail) = rest.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    for (number, block) in blocks.iter().chain([&last]).enumerate() {
        let marks = Marks::of(block);
        let quotes = marks.quotes & !escapes.next(marks.backslashes);
        if quotes != 0 {
            return Some(number * BLOCK + quotes.trailing_zeros() as usize);
        }
    }
    None
}
