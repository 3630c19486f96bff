//! Finds the places where two bytes tell that something may begin; knows nothing of what.
//!
//! The pairs of a chunk are told apart without a branch, which a compiler turns into vector instructions: most chunks hold
//! no such place, and a search for single bytes would stop at every quote.

/// How many pairs are looked at in one go.
const CHUNK: usize = 64;
/// What a test answers, for it has no branches: every bit, or none.
pub const YES: u8 = 0xff;

/// Visits every place where `may_begin` says `YES` of the byte there and the next one, in order.
pub fn each_place(content: &[u8], may_begin: impl Fn(u8, u8) -> u8 + Copy, mut visit: impl FnMut(usize)) {
    let pairs = content.len().saturating_sub(1);
    for start in (0..pairs).step_by(CHUNK) {
        let marks = match (content[start..].first_chunk(), content[start + 1..].first_chunk()) {
            (Some(these), Some(next)) => mark(these, next, may_begin),
            (Some(_) | None, _) => {
                mark(&padded(&content[start..pairs]), &padded(&content[start + 1..]), may_begin)
            }
        };
        // A chunk without a mark is told at once; in the others a word tells where its next mark is.
        if marks.iter().fold(0, |all, mark| all | mark) != 0 {
            for (nth, word) in marks.as_chunks().0.iter().enumerate() {
                let mut left = u64::from_le_bytes(*word);
                while left != 0 {
                    let ahead = left.trailing_zeros() as usize / 8;
                    visit(start + nth * size_of::<u64>() + ahead);
                    left &= !(u64::from(YES) << (8 * ahead));
                }
            }
        }
    }
}

#[inline(always)]
fn mark(these: &[u8; CHUNK], next: &[u8; CHUNK], may_begin: impl Fn(u8, u8) -> u8) -> [u8; CHUNK] {
    let mut marks = [0; CHUNK];
    for ((mark, this), next) in marks.iter_mut().zip(these).zip(next) {
        *mark = may_begin(*this, *next);
    }
    marks
}

/// The first bytes, with zeros behind the end.
fn padded(rest: &[u8]) -> [u8; CHUNK] {
    let mut chunk = [0; CHUNK];
    let len = rest.len().min(CHUNK);
    chunk[..len].copy_from_slice(&rest[..len]);
    chunk
}

/// Whether a byte is another one.
#[inline(always)]
pub fn is(byte: u8, other: u8) -> u8 {
    if byte == other { YES } else { 0 }
}

/// Whether a byte is one of the `count` that begin with `first`.
#[inline(always)]
pub fn in_range(byte: u8, first: u8, count: u8) -> u8 {
    if byte.wrapping_sub(first) < count { YES } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{each_place, in_range, is};

    proptest! {
        #[test]
        fn the_places_are_those_that_one_by_one_are_told(
            content in prop::collection::vec(prop::sample::select(b"ab%\"....................".to_vec()), 0..300),
        ) {
            // Zeros stand behind the end, and tell nothing there.
            let quote = |this, next| is(this, b'"') & (is(next, b'"') | is(next, 0));
            let may_begin = |this, next| is(this, b'%') & in_range(next, b'a', 2) | quote(this, next);
            let expected: Vec<usize> = (1..content.len())
                .filter(|at| matches!(&content[at - 1..=*at], b"%a" | b"%b" | b"\"\""))
                .map(|at| at - 1)
                .collect();
            let mut found = Vec::new();
            each_place(&content, may_begin, |at| found.push(at));
            prop_assert_eq!(found, expected);
        }
    }
}
