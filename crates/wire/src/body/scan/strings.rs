//! Strings: where they end, and whether what is inside them is allowed there.

use super::{Scanner, Step, Stop};
use crate::body::error::ScanErrorKind;
use crate::body::text::{BLOCK, Escapes, Marks, places};

impl Scanner<'_> {
    /// A string, from its opening quote past its closing one.
    pub(super) fn string(&mut self) -> Step {
        self.at += 1;
        if self.is_short() {
            return Ok(());
        }
        let mut escapes = Escapes::default();
        let mut low_half = None;
        loop {
            let (block, is_last) = self.block();
            let marks = Marks::of(&block);
            let escaped = escapes.next(marks.backslashes);
            let quotes = marks.quotes & !escaped;
            // All bits below the closing quote, or all where it is not in this block.
            let inside = quotes.wrapping_sub(1) & !quotes;
            if marks.controls & inside != 0 {
                self.at += (marks.controls & inside).trailing_zeros() as usize;
                return Err(self.stop(ScanErrorKind::ControlCharacter));
            }
            for place in places(escaped & inside) {
                self.escape(self.at + place, &mut low_half)?;
            }
            if quotes != 0 {
                self.at += quotes.trailing_zeros() as usize + 1;
                return Ok(());
            }
            if is_last {
                self.at = self.bytes.len();
                return Err(self.stop(ScanErrorKind::Truncated));
            }
            self.at += BLOCK;
        }
    }

    /// Keys and other short strings, which are many, end within a few plain bytes.
    fn is_short(&mut self) -> bool {
        const SHORT: usize = 24;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let end = rest.iter().take(SHORT).position(ends);
        match end.filter(|end| rest.get(*end) == Some(&b'"')) {
            Some(end) => {
                self.at += end + 1;
                true
            }
            None => false,
        }
    }

    /// The next block, filled up with spaces at the end of the bytes.
    fn block(&self) -> ([u8; BLOCK], bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if let Some(block) = rest.first_chunk() {
            return (*block, false);
        }
        let mut block = [b' '; BLOCK];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        (block, true)
    }

    /// Checks the escaped byte at `at`. `low_half` is where the second half of a surrogate
    /// pair was found behind its first.
    fn escape(&self, at: usize, low_half: &mut Option<usize>) -> Step {
        match self.bytes.get(at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') if *low_half == Some(at) => Ok(()),
            Some(b'u') => {
                *low_half = Scanner { bytes: self.bytes, at }.unicode_escape()?;
                Ok(())
            }
            None => Err(Stop { kind: ScanErrorKind::Truncated, at }),
            Some(_) => Err(Stop { kind: ScanErrorKind::InvalidEscape, at: at.saturating_sub(1) }),
        }
    }

    /// From the `u` of an escape. Where it is the first half of a surrogate pair, gives the
    /// place of the second half's `u`.
    fn unicode_escape(mut self) -> Result<Option<usize>, Stop> {
        let start = self.at.saturating_sub(1);
        let lone = Stop { kind: ScanErrorKind::LoneSurrogate, at: start };
        match self.hex_four(start)? {
            0xDC00..=0xDFFF => Err(lone),
            0xD800..=0xDBFF => {
                let is_escape = self.eat(b'\\');
                let low_half = self.at;
                match self.peek() {
                    None => return Err(self.stop(ScanErrorKind::Truncated)),
                    Some(b'u') if is_escape => {}
                    Some(_) => return Err(lone),
                }
                match self.hex_four(start)? {
                    0xDC00..=0xDFFF => Ok(Some(low_half)),
                    _ => Err(lone),
                }
            }
            _ => Ok(None),
        }
    }

    fn hex_four(&mut self, start: usize) -> Result<u32, Stop> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else {
                return Err(self.stop(ScanErrorKind::Truncated));
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(Stop { kind: ScanErrorKind::InvalidEscape, at: start });
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
