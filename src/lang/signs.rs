//! Finds bytes that a test tells, many in one go. Knows no language.
//!
//! The bytes of a chunk are told apart without a branch, which a compiler turns into vector instructions; where they are
//! few, a word tells where the next one is.

/// How many bytes are looked at in one go.
const CHUNK: usize = 64;
/// What a test answers, for it has no branches: every bit, or none.
const YES: u8 = 0xff;

/// Visits every place of a byte of which `is_sign` says yes, in order; it must say no of zero, which stands behind the end.
pub(super) fn each(bytes: &[u8], is_sign: impl Fn(u8) -> u8 + Copy, mut visit: impl FnMut(usize)) {
    let (chunks, rest) = bytes.as_chunks::<CHUNK>();
    let mut last = [0; CHUNK];
    last[..rest.len()].copy_from_slice(rest);
    for (nth, chunk) in chunks.iter().chain(std::iter::once(&last)).enumerate() {
        let mut marks = [0; CHUNK];
        for (mark, byte) in marks.iter_mut().zip(chunk) {
            *mark = is_sign(*byte);
        }
        for (word, mark) in marks.as_chunks().0.iter().enumerate() {
            let mut left = u64::from_le_bytes(*mark);
            while left != 0 {
                let ahead = left.trailing_zeros() as usize / 8;
                visit(nth * CHUNK + word * size_of::<u64>() + ahead);
                left &= !(u64::from(YES) << (8 * ahead));
            }
        }
    }
}

/// Whether a byte is another one.
#[inline(always)]
pub(super) fn is(byte: u8, other: u8) -> u8 {
    if byte == other { YES } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{each, is};

    #[test]
    fn the_places_are_those_that_one_by_one_are_told() {
        for len in 0..200 {
            let bytes: Vec<u8> = (0..len).map(|at| b"a;bc\n"[at * at % 5]).collect();
            let mut found = Vec::new();
            each(&bytes, |byte| is(byte, b';') | is(byte, b'\n'), |at| found.push(at));
            let expected: Vec<usize> = (0..len).filter(|at| b";\n".contains(&bytes[*at])).collect();
            assert_eq!(found, expected, "{len}");
        }
    }
}
