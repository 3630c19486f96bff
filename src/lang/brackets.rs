//! Which bracket of a file's code belongs to which. Knows no language: a closing bracket closes the nearest open one of
//! its kind, and one that closes nothing is left alone.

use super::signs::{self, is};

/// The pairs of a file.
///
/// Invariant: sorted by the opening bracket; pairs are nested or apart.
#[derive(Debug)]
pub(super) struct Brackets(Vec<(usize, usize)>);

/// How many brackets of other kinds a closing bracket may skip: code that is being written lacks a few, not all.
const MAX_SKIPPED: usize = 8;

impl Brackets {
    pub(super) fn new(code: &[u8]) -> Self {
        // Pairs in the order of their openers; those that are not closed end where they begin.
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        signs::each(code, is_bracket, |at| {
            if matches!(code[at], b'(' | b'[' | b'{') {
                open.push(pairs.len());
                pairs.push((at, at));
                return;
            }
            let fitting = |&idx: &usize| fits(code[pairs[idx].0], code[at]);
            if let Some(skipped) = open.iter().rev().take(MAX_SKIPPED).position(fitting) {
                open.truncate(open.len() - skipped);
                if let Some(idx) = open.pop() {
                    pairs[idx].1 = at;
                }
            }
        });
        pairs.retain(|(start, end)| start < end);
        Brackets(pairs)
    }

    /// Where the bracket that opens at `open` is closed.
    pub(super) fn close_of(&self, open: usize) -> Option<usize> {
        let idx = self.0.binary_search_by_key(&open, |&(start, _)| start).ok()?;
        Some(self.0[idx].1)
    }
}

/// Whether a byte is a bracket: both round ones, and either kind of the others, differ in one bit.
#[inline(always)]
pub(super) fn is_bracket(byte: u8) -> u8 {
    is(byte & 0xfe, b'(') | is(byte | 0x20, b'{') | is(byte | 0x20, b'}')
}

fn fits(open: u8, close: u8) -> bool {
    matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
}

#[cfg(test)]
mod tests {
    use super::Brackets;

    #[test]
    fn brackets_close_the_nearest_of_their_kind() {
        let check = |code: &str, expected: &[(usize, usize)]| {
            assert_eq!(Brackets::new(code.as_bytes()).0, expected, "{code}");
        };
        check("f(a[0], {b})", &[(1, 11), (3, 5), (8, 10)]);
        check("f(a[0)", &[(1, 5)]);
        check(") ] ( ]", &[]);
        assert_eq!(Brackets::new(b"f(a)").close_of(1), Some(3));
        assert_eq!(Brackets::new(b"f(a)").close_of(2), None);
    }
}
