//! Tells values that are counted, repeated or run through: a machine that draws by lot does not write them. Knows no words.

use crate::engine::validate::entropy;

/// How many characters make a run or a sequence.
const RUN: usize = 8;

/// Twelve characters of which three or fewer differ; a random token does so once in 10^6 at worst (hexadecimal).
pub fn few_characters(value: &[u8]) -> bool {
    let distinct = entropy::distinct(value);
    distinct == 1 || (value.len() >= 8 && distinct == 2) || (value.len() >= 12 && distinct == 3)
}

/// A run of one character: six times x, or half of the value.
pub fn has_run_of_x(value: &[u8]) -> bool {
    value.windows(6).any(|run| run.iter().all(|byte| matches!(byte, b'x' | b'X')))
        || longest(value, |left, right| left == right) >= value.len().div_ceil(2).max(RUN)
}

/// Eight characters each of which follows the one before: `abcdefgh`, `12345678`, `9876 5432`, `89abcdef`.
pub fn has_sequence(value: &[u8]) -> bool {
    let follows = |left: u8, right: u8| {
        let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
        match left {
            b'9' => right == b'0' || right == b'a',
            b'z' => right == b'a' || right == b'0',
            b'f' => matches!(right, b'g' | b'0'),
            _ => left.is_ascii_alphanumeric() && right == left + 1,
        }
    };
    longest(value, follows) >= RUN || longest(value, |left, right| follows(right, left)) >= RUN
}

/// `abcd-efgh-ijkl`: a sequence from end to end, in groups.
pub fn is_grouped_sequence(value: &[u8]) -> bool {
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let signs = value.len() - letters.len();
    (1..=letters.len() / 3).contains(&signs)
        && letters.len() > RUN
        && letters.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]))
}

/// `asldkfjasdlkjfhaskdljfh`: twenty characters and more, of which four in five are letters of the middle row. A draw of
/// letters and digits is like that once in 10^5.
pub fn is_mashed(value: &[u8]) -> bool {
    let middle = value.iter().filter(|byte| b"asdfghjkl;".contains(&byte.to_ascii_lowercase())).count();
    value.len() >= 20 && middle * 5 >= value.len() * 4
}

/// `000102030405`: six bytes in hexadecimal digits, each one more than the one before.
pub fn counts_bytes(value: &[u8]) -> bool {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let mut stretch = 0;
    let mut last = None;
    value.chunks_exact(2).map(byte).any(|next| {
        stretch =
            if next.is_some() && last == next.and_then(|next| next.checked_sub(1)) { stretch + 1 } else { 0 };
        last = next;
        stretch >= 5
    })
}

/// A piece of up to a third of the value, repeated over all of it: `asdasdasd`, `deadbeefdeadbeefdeadbeef`.
pub fn is_repetition(value: &[u8]) -> bool {
    value.len() >= 9
        && (1..=value.len() / 3)
            .any(|period| value.len() - period >= 8 && value[period..] == value[..value.len() - period])
}

/// Length of the longest stretch in which every pair of neighbours passes the test.
fn longest(value: &[u8], joined: impl Fn(u8, u8) -> bool) -> usize {
    let mut best = 0;
    let mut stretch = 1;
    for pair in value.windows(2) {
        stretch = if joined(pair[0], pair[1]) { stretch + 1 } else { 1 };
        best = best.max(stretch);
    }
    best
}
