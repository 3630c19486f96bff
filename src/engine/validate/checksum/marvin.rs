//! Marvin32, the keyed hash in the keys that Azure's services share; knows no service.

use data_encoding::BASE64;

use super::ChecksumVerdict;

/// The seed of the common annotated keys: the letters `Default0` as a number.
const COMMON: u64 = u64::from_be_bytes(*b"Default0");

/// Characters before the sum: sixty bytes.
const BODY: usize = 80;

/// Four characters behind the first eighty hold three bytes of the hash of those, decoded; a longer key has one more
/// behind. No key of a service has been at hand to try it on, so it proves and never refutes.
pub fn common_annotated(token: &[u8]) -> ChecksumVerdict {
    let (Some(body), Some(sum)) = (token.get(..BODY), token.get(BODY..BODY + 4)) else {
        return ChecksumVerdict::NotApplicable;
    };
    let Ok(bytes) = BASE64.decode(body) else { return ChecksumVerdict::NotApplicable };
    let hash = BASE64.encode(&hash32(&bytes, COMMON).to_le_bytes()[..3]);
    if hash.as_bytes() == sum { ChecksumVerdict::Valid } else { ChecksumVerdict::NotApplicable }
}

fn hash32(bytes: &[u8], seed: u64) -> u32 {
    let (low, high) = hash(bytes, seed);
    low ^ high
}

/// Both halves of the hash: words of four bytes, lowest first; the last is closed by 0x80.
fn hash(bytes: &[u8], seed: u64) -> (u32, u32) {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        state = mix(state, u32::from_le_bytes(*word));
    }
    let last = rest.iter().rev().fold(0x80, |word: u32, byte| word << 8 | u32::from(*byte));
    mix(mix(state, last), 0)
}

fn mix((low, high): (u32, u32), word: u32) -> (u32, u32) {
    let low = low.wrapping_add(word);
    let high = high ^ low;
    let low = low.rotate_left(20).wrapping_add(high);
    let high = high.rotate_left(9) ^ low;
    let low = low.rotate_left(27).wrapping_add(high);
    (low, high.rotate_left(19))
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{BASE62, token};
    use super::*;

    /// Values of the tests of .NET, whose hash of strings this is.
    #[test]
    fn the_published_values_hold() {
        for (bytes, expected) in [
            (b"".as_slice(), 0x30ed_35c1_00cd_3c7d_u64),
            (b"\xaf", 0x48e7_3fc7_7d75_ddc1),
            (b"\xe7\x0f", 0xb5f6_e1fc_485d_bff8),
            (b"\x37\xf4\x95", 0xf0b0_7c78_9b8c_f7e8),
            (b"\x86\x42\xdc\x59", 0x7008_f2e8_7e9c_f556),
            (b"\x15\x3f\xb7\x98\x26", 0xe6c0_8c6d_a2af_a997),
        ] {
            let (low, high) = hash(bytes, 0x004f_b61a_001b_dbcc);
            assert_eq!(u64::from(high) << 32 | u64::from(low), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn a_sealed_key_is_proven_and_a_changed_one_is_not_refuted() {
        for seed in 1..40 {
            let body = token(BASE62, BODY, seed);
            let sum = BASE64.encode(&hash32(&BASE64.decode(&body).unwrap(), COMMON).to_le_bytes()[..3]);
            let mut key = [&body, sum.as_bytes()].concat();
            assert_eq!(common_annotated(&key), ChecksumVerdict::Valid);
            key[40] = if key[40] == b'A' { b'B' } else { b'A' };
            assert_eq!(common_annotated(&key), ChecksumVerdict::NotApplicable);
        }
        assert_eq!(common_annotated(b"short"), ChecksumVerdict::NotApplicable);
    }
}
