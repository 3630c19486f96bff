//! Undoes base64 and hexadecimal digits wherever they hold text; knows where each byte of the text came from.
//!
//! Every byte of base64, in either alphabet, and of hexadecimal digits is made of exactly two neighbouring digits, so one
//! can look at any of them without decoding the rest. That makes it cheap to find out that a long name or a digest holds
//! no text, whichever digit the text begins at.

use super::runs::runs;
use super::{Budget, Derived, Origin};
use crate::model::Span;

/// A text is at least so long: a secret with what tells it.
const SHORTEST_TEXT: usize = 12;
/// A line of base64 that goes on in the next one is at least so long.
pub const WRAPPED: usize = 40;
/// Marks a byte that is no digit.
const NONE: u8 = 0xff;

/// A notation of bytes by digits.
pub struct Radix {
    name: &'static str,
    /// The value of each byte as a digit.
    values: [u8; 256],
    /// Bits of a digit.
    bits: usize,
    /// Digits are looked at from so many together.
    least: usize,
    /// After so many digits a byte begins with a digit again.
    period: usize,
}

static BASE64: Radix = Radix { name: "base64", values: base64_values(), bits: 6, least: 20, period: 4 };
static HEX: Radix = Radix { name: "hex", values: hex_values(), bits: 4, least: 32, period: 2 };

const fn base64_values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
}

const fn hex_values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
}

/// Digits that belong together, with the places where each of their pieces begins.
struct Digits<'r> {
    radix: &'static Radix,
    values: &'r [u8],
    /// Index of a piece's first digit, and its place in the content.
    pieces: &'r [(usize, usize)],
}

/// How the bytes of a text lie in digits.
#[derive(Debug, Clone)]
pub struct DigitMap {
    name: &'static str,
    bits: usize,
    pieces: Vec<(usize, usize)>,
    /// Index of the digit with which the numbering of bytes begins.
    offset: usize,
    /// Number of the text's first byte.
    first: usize,
    /// How many bytes make a character.
    width: usize,
}

/// Every text that digits in `content` hold, and every archive that they begin with.
pub fn derive(content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) {
    let is_digit = |at: usize| BASE64.values[usize::from(content[at])] != NONE;
    let mut digits = runs(content.len(), BASE64.least, is_digit).peekable();
    let (mut values, mut pieces) = (Vec::new(), Vec::new());
    while let Some((start, end)) = digits.next() {
        if !may_hold_text(&content[start..end]) {
            continue;
        }
        hex(&content[start..end], start, budget, acc);
        pieces.push((values.len(), start));
        values.extend(content[start..end].iter().map(|byte| BASE64.values[usize::from(*byte)]));
        let mut last = (start, end);
        // The last line of wrapped digits may be short.
        while let Some(start) = next_line(content, last) {
            let end = (start..content.len()).find(|at| !is_digit(*at)).unwrap_or(content.len());
            hex(&content[start..end], start, budget, acc);
            pieces.push((values.len(), start));
            values.extend(content[start..end].iter().map(|byte| BASE64.values[usize::from(*byte)]));
            last = (start, end);
            while digits.peek().is_some_and(|(next, _)| *next < end) {
                digits.next();
            }
        }
        texts(&Digits { radix: &BASE64, values: &values, pieces: &pieces }, budget, acc);
        values.clear();
        pieces.clear();
    }
}

/// False for long names and paths. Every byte of a text in hexadecimal begins with a digit from 2 to 7; and twenty digits
/// of base64 are without capitals and numbers for one text of lower-case letters in two million, and far fewer others.
fn may_hold_text(run: &[u8]) -> bool {
    run.iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a byte is a digit of any notation.
pub fn is_digit(byte: u8) -> bool {
    BASE64.values[usize::from(byte)] != NONE
}

/// Where the digits of a full line go on: behind one line ending, as it is or as JSON writes it, and white space.
fn next_line(content: &[u8], (start, end): (usize, usize)) -> Option<usize> {
    if end - start < WRAPPED {
        return None;
    }
    let rest = &content[end..];
    let endings: [&[u8]; 4] = [b"\n", b"\r\n", b"\\n", b"\\r\\n"];
    let ending = endings.into_iter().find(|ending| rest.starts_with(ending))?;
    let line = &rest[ending.len()..];
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let first = line.get(indent)?;
    (BASE64.values[usize::from(*first)] != NONE).then_some(end + ending.len() + indent)
}

/// Every text in the hexadecimal digits of `run`, which begins at `start`.
fn hex(run: &[u8], start: usize, budget: &mut Budget, acc: &mut Vec<Derived>) {
    for (from, to) in runs(run.len(), HEX.least, |at| HEX.values[usize::from(run[at])] != NONE) {
        let values: Vec<u8> = run[from..to].iter().map(|byte| HEX.values[usize::from(*byte)]).collect();
        texts(&Digits { radix: &HEX, values: &values, pieces: &[(0, start + from)] }, budget, acc);
    }
}

/// Every text in `digits`, from whichever digit it begins.
fn texts(digits: &Digits<'_>, budget: &mut Budget, acc: &mut Vec<Derived>) {
    let head: [u8; 4] = std::array::from_fn(|at| if at < digits.count(0) { digits.byte(0, at) } else { 0 });
    if super::archive::begins(&head) {
        digits.emit(&Form { offset: 0, phase: 0, width: 1 }, (0, digits.count(0)), budget, acc);
    }
    for offset in 0..digits.radix.period {
        let count = digits.count(offset);
        let printable = |at: usize| is_text(digits.byte(offset, at));
        for run in runs(count, SHORTEST_TEXT, printable) {
            digits.emit(&Form { offset, phase: 0, width: 1 }, run, budget, acc);
        }
        // UTF-16, in which every second byte is zero.
        for phase in 0..2 {
            let wide = |at: usize| {
                digits.byte(offset, 2 * at + 1 - phase) == 0 && is_text(digits.byte(offset, 2 * at + phase))
            };
            for run in runs(count / 2, SHORTEST_TEXT, wide) {
                digits.emit(&Form { offset, phase, width: 2 }, run, budget, acc);
            }
        }
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// How characters lie in bytes, and bytes in digits.
struct Form {
    offset: usize,
    phase: usize,
    width: usize,
}

impl Digits<'_> {
    /// How many bytes there are from a digit on.
    fn count(&self, offset: usize) -> usize {
        self.values.len().saturating_sub(offset) * self.radix.bits / 8
    }

    #[inline]
    fn byte(&self, offset: usize, at: usize) -> u8 {
        // To divide by a number that is known costs a tenth.
        if self.radix.bits == BASE64.bits {
            self.byte_of::<6>(offset, at)
        } else {
            self.byte_of::<4>(offset, at)
        }
    }

    #[inline]
    fn byte_of<const BITS: usize>(&self, offset: usize, at: usize) -> u8 {
        let bit = 8 * at;
        let digit = offset + bit / BITS;
        let pair = u32::from(self.values[digit]) << BITS | u32::from(self.values[digit + 1]);
        (pair >> (2 * BITS - 8 - bit % BITS)) as u8
    }

    fn emit(&self, form: &Form, (from, to): (usize, usize), budget: &mut Budget, acc: &mut Vec<Derived>) {
        if !budget.take(to - from) {
            return;
        }
        let Form { offset, phase, width } = *form;
        let text = (from..to).map(|at| self.byte(offset, at * width + phase)).collect();
        let bits = self.radix.bits;
        let digit = |byte: usize| offset + 8 * byte * width / bits;
        // Only the pieces that the text lies in: a long file of digits may hold many texts.
        let after = |digit: usize| self.pieces.partition_point(|(first, _)| *first <= digit);
        let pieces = self.pieces[after(digit(from)).saturating_sub(1)..after(digit(to) + 1)].to_vec();
        let map = DigitMap { name: self.radix.name, bits, pieces, offset, first: from * width, width };
        acc.push(Derived { text, file: None, origin: Origin::Digits(map) });
    }
}

impl DigitMap {
    /// The digits behind a part of the text.
    pub fn source(&self, span: Span) -> Span {
        let first = 8 * (self.first + span.start * self.width) / self.bits;
        let last = (8 * (self.first + span.end * self.width)).saturating_sub(1) / self.bits;
        Span::new(self.place(self.offset + first), self.place(self.offset + last) + 1)
    }

    /// What the digits are called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    fn place(&self, digit: usize) -> usize {
        let piece = self.pieces.partition_point(|(first, _)| *first <= digit).saturating_sub(1);
        let (first, start) = self.pieces[piece];
        start + digit - first
    }
}

#[cfg(test)]
mod tests {
    use super::may_hold_text;

    #[test]
    fn names_and_paths_hold_no_text() {
        for (run, expected) in [
            ("a_very_long_name_of_a_function", false),
            ("node_modules/some-package/lib/index", false),
            ("----------------------------", false),
            ("c29tZSB0ZXh0IG9mIGEgcGVyc29u", true),
            ("736f6d652074657874206f66206120", true),
        ] {
            assert_eq!(may_hold_text(run.as_bytes()), expected, "{run}");
        }
    }
}
