//! CRC-16 at the end of base32, as in the keys of Stellar and NATS; knows no other checksum.

use data_encoding::BASE32_NOPAD;

use super::ChecksumVerdict;

/// The last two bytes, lower first, are the sum of the rest.
pub fn base32(token: &[u8]) -> ChecksumVerdict {
    let Ok(bytes) = BASE32_NOPAD.decode(token) else { return ChecksumVerdict::Invalid };
    match bytes.split_last_chunk::<2>() {
        Some((payload, sum)) if !payload.is_empty() => {
            ChecksumVerdict::of(xmodem(payload) == u16::from_le_bytes(*sum))
        }
        Some(_) | None => ChecksumVerdict::NotApplicable,
    }
}

/// The variant of XMODEM: polynomial 0x1021, nothing before, nothing turned round.
fn xmodem(bytes: &[u8]) -> u16 {
    let shift = |sum: u16| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 };
    bytes.iter().fold(0, |sum, byte| (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| shift(sum)))
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::token;
    use super::*;

    #[test]
    fn the_published_values_hold() {
        assert_eq!(xmodem(b"123456789"), 0x31c3);
        // An account of the specification of Stellar's keys, SEP-23: not a secret.
        let account = b"GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";
        assert_eq!(base32(account), ChecksumVerdict::Valid);
    }

    #[test]
    fn a_sealed_seed_is_valid_and_a_changed_one_is_not() {
        for (seed, length) in (1..40).zip([33, 34].into_iter().cycle()) {
            let payload = token(b"\x00\x01\x7f\x80\xff", length, seed);
            let sealed = [&payload[..], &xmodem(&payload).to_le_bytes()].concat();
            let right = BASE32_NOPAD.encode(&sealed).into_bytes();
            assert_eq!(base32(&right), ChecksumVerdict::Valid);
            for place in 0..right.len() {
                let mut wrong = right.clone();
                wrong[place] = if wrong[place] == b'Q' { b'P' } else { b'Q' };
                assert_eq!(base32(&wrong), ChecksumVerdict::Invalid);
            }
        }
    }
}
