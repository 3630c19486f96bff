//! Recovery phrases of wallets (BIP-39): words of a list whose last bits are a hash of the others. Knows only the English
//! list, and no wallet.

use sha2::{Digest, Sha256};

use super::ChecksumVerdict;

/// The 2048 words, one on a line, sorted.
static WORDS: &str = include_str!("english.txt");
/// Each word stands for eleven bits.
const BITS: usize = 11;

/// Twelve to twenty-four words between blanks.
pub fn bip39(phrase: &[u8]) -> ChecksumVerdict {
    let Ok(phrase) = std::str::from_utf8(phrase) else { return ChecksumVerdict::Invalid };
    let list: Vec<&str> = WORDS.lines().collect();
    let numbers: Option<Vec<usize>> =
        phrase.split_ascii_whitespace().map(|word| list.binary_search(&word).ok()).collect();
    match numbers {
        Some(numbers) if matches!(numbers.len(), 12 | 15 | 18 | 21 | 24) => {
            ChecksumVerdict::of(closes(&numbers))
        }
        Some(_) | None => ChecksumVerdict::Invalid,
    }
}

/// Whether the last bits, one for three words, are the first of the hash of the others.
fn closes(numbers: &[usize]) -> bool {
    let bit = |at: usize| numbers[at / BITS] >> (BITS - 1 - at % BITS) & 1 == 1;
    let sum = numbers.len() / 3;
    let bytes = (numbers.len() * BITS - sum) / 8;
    let byte = |at: usize| (0..8).fold(0, |byte: u8, next| byte << 1 | u8::from(bit(at * 8 + next)));
    let secret: Vec<u8> = (0..bytes).map(byte).collect();
    let hash = Sha256::digest(secret)[0];
    (0..sum).all(|at| bit(bytes * 8 + at) == (hash >> (7 - at) & 1 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first are vectors that BIP-39 prints.
    #[test]
    fn the_last_word_closes_a_phrase() {
        let twelve = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let eighteen = "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd \
                        amount doctor acoustic avoid letter always";
        let zeros = "abandon ".repeat(23) + "art";
        for (phrase, expected) in [
            (twelve, ChecksumVerdict::Valid),
            (eighteen, ChecksumVerdict::Valid),
            (&zeros, ChecksumVerdict::Valid),
            (&twelve.replace("yellow", "zoo"), ChecksumVerdict::Invalid),
            (&twelve.replace("yellow", "portcullis"), ChecksumVerdict::Invalid),
            (&twelve.replace(" yellow", ""), ChecksumVerdict::Invalid),
        ] {
            assert_eq!(bip39(phrase.as_bytes()), expected, "{phrase}");
        }
    }

    #[test]
    fn the_list_is_sorted_for_the_search_in_it() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.len() == 2048 && words.is_sorted());
    }
}
