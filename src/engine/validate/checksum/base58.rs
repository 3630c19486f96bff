//! The checksum of Base58Check, which Bitcoin's keys carry; knows no key and no currency.

use sha2::{Digest, Sha256};

use super::ChecksumVerdict;

const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The last four bytes are the first of the twice hashed rest.
pub fn check(token: &[u8]) -> ChecksumVerdict {
    match decode(token).as_deref().and_then(<[u8]>::split_last_chunk::<4>) {
        Some((payload, sum)) if !payload.is_empty() => ChecksumVerdict::of(*sum == sum_of(payload)),
        Some(_) | None => ChecksumVerdict::NotApplicable,
    }
}

fn sum_of(payload: &[u8]) -> [u8; 4] {
    let hash: [u8; 32] = Sha256::digest(Sha256::digest(payload)).into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// The bytes of a number to the base 58; a leading `1` is a leading zero byte.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let zeros = text.iter().take_while(|digit| **digit == DIGITS[0]).count();
    // Lowest byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in &text[zeros..] {
        let mut carry = DIGITS.iter().position(|known| known == digit)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes.resize(bytes.len() + zeros, 0);
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::token;
    use super::*;

    fn encode(bytes: &[u8]) -> Vec<u8> {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let mut rest = bytes.to_vec();
        let mut out = Vec::new();
        while rest.iter().any(|byte| *byte != 0) {
            let mut remainder = 0;
            for byte in &mut rest {
                let number = remainder << 8 | usize::from(*byte);
                (*byte, remainder) = ((number / 58) as u8, number % 58);
            }
            out.push(DIGITS[remainder]);
        }
        out.resize(out.len() + zeros, DIGITS[0]);
        out.reverse();
        out
    }

    #[test]
    fn a_sealed_key_is_valid_and_a_changed_one_is_not() {
        for (seed, version) in (1..40).zip([0x80, 0x00, 0xef].into_iter().cycle()) {
            let payload = [&[version], token(b"\x00\x01\x7f\x80\xff", 33, seed).as_slice()].concat();
            let right = encode(&[&payload[..], &sum_of(&payload)].concat());
            assert_eq!(check(&right), ChecksumVerdict::Valid);
            for place in 1..right.len() {
                let mut wrong = right.clone();
                wrong[place] = if wrong[place] == b'q' { b'p' } else { b'q' };
                assert_eq!(check(&wrong), ChecksumVerdict::Invalid);
            }
        }
        assert_eq!(check(b"0OIl"), ChecksumVerdict::NotApplicable);
    }

    #[test]
    fn the_first_address_of_bitcoin_is_valid() {
        assert_eq!(check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), ChecksumVerdict::Valid);
        assert_eq!(check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), ChecksumVerdict::Invalid);
    }
}
