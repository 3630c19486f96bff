//! The error-detecting code of bech32 (BIP-173); knows no other encoding.

use super::ChecksumVerdict;

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// Verifies the six digits at the end; the separator is the last `1`.
pub fn verify(token: &[u8]) -> ChecksumVerdict {
    let lower = token.to_ascii_lowercase();
    let Some(separator) = lower.iter().rposition(|&byte| byte == b'1') else {
        return ChecksumVerdict::NotApplicable;
    };
    let (prefix, digits) = (&lower[..separator], &lower[separator + 1..]);
    let values: Option<Vec<u8>> = digits.iter().map(|digit| value_of(*digit)).collect();
    match values {
        Some(values) if values.len() >= 6 && !prefix.is_empty() => {
            ChecksumVerdict::of(polymod(expand(prefix).chain(values)) == 1)
        }
        Some(_) | None => ChecksumVerdict::NotApplicable,
    }
}

fn value_of(digit: u8) -> Option<u8> {
    DIGITS.iter().position(|&known| known == digit).map(|value| value as u8)
}

fn expand(prefix: &[u8]) -> impl Iterator<Item = u8> + '_ {
    prefix.iter().map(|byte| byte >> 5).chain([0]).chain(prefix.iter().map(|byte| byte & 31))
}

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    values.fold(1, |sum: u32, value| {
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        let top = sum >> 25;
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(shifted, |sum, bit| sum ^ GENERATOR[bit])
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::token;
    use super::*;

    fn sealed(prefix: &str, digits: &[u8]) -> Vec<u8> {
        let values = digits.iter().filter_map(|digit| value_of(*digit)).chain([0; 6]);
        let sum = polymod(expand(prefix.as_bytes()).chain(values)) ^ 1;
        let tail = (0..6).rev().map(|place| DIGITS[(sum >> (5 * place) & 31) as usize]);
        [prefix.as_bytes(), b"1", digits].concat().into_iter().chain(tail).collect()
    }

    #[test]
    fn a_sealed_token_is_valid_in_either_case_and_a_changed_one_is_not() {
        for seed in 1..50 {
            let right = sealed("age-secret-key-", &token(DIGITS, 52, seed));
            assert_eq!(verify(&right), ChecksumVerdict::Valid);
            assert_eq!(verify(&right.to_ascii_uppercase()), ChecksumVerdict::Valid);
            for place in right.len() - 58..right.len() {
                let mut wrong = right.clone();
                wrong[place] = if wrong[place] == b'q' { b'p' } else { b'q' };
                assert_eq!(verify(&wrong), ChecksumVerdict::Invalid);
            }
        }
    }

    #[test]
    fn the_published_vector_is_valid() {
        assert_eq!(verify(b"A12UEL5L"), ChecksumVerdict::Valid);
        assert_eq!(verify(b"A12UEL5M"), ChecksumVerdict::Invalid);
    }
}
