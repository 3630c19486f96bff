//! CRC-32 in the encodings that providers append it in; knows no other checksum.

use super::ChecksumVerdict;

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Lengths of the parts behind the prefix for which the checksum is known: GitHub and npm, Vercel, GitHub refresh.
const BASE62_BODIES: [usize; 3] = [36, 56, 76];

/// Other lengths can be proved right but not wrong: GitHub reserves up to 255 characters. Installation tokens
/// (`ghs_`) carry something else in the same place.
pub fn base62(token: &[u8]) -> ChecksumVerdict {
    let Some(body) = behind(token, b'_').filter(|body| body.len() > 6) else {
        return ChecksumVerdict::NotApplicable;
    };
    let (head, sum) = body.split_at(body.len() - 6);
    if sum == encode(crc32fast::hash(head), BASE62, 6) {
        ChecksumVerdict::Valid
    } else if BASE62_BODIES.contains(&body.len()) && !token.starts_with(b"ghs_") {
        ChecksumVerdict::Invalid
    } else {
        ChecksumVerdict::NotApplicable
    }
}

/// Prefixes of the tokens on which the checksum of Atlassian has been seen to hold.
const ATLASSIAN: [&[u8]; 3] = [b"ATATT3", b"ATCTT3", b"ATBB"];

/// `…XXXXXXXX`: eight upper-case digits over everything before them. Their other tokens can be proved right but not
/// wrong.
pub fn hex_upper_suffix(token: &[u8]) -> ChecksumVerdict {
    let Some((head, sum)) = token.split_last_chunk::<8>() else {
        return ChecksumVerdict::NotApplicable;
    };
    if sum == format!("{:08X}", crc32fast::hash(head)).as_bytes() {
        ChecksumVerdict::Valid
    } else if ATLASSIAN.iter().any(|prefix| token.starts_with(prefix)) {
        ChecksumVerdict::Invalid
    } else {
        ChecksumVerdict::NotApplicable
    }
}

/// `glsa_…_xxxxxxxx`: eight digits over everything before the last `_`, lowest byte first.
pub fn grafana(token: &[u8]) -> ChecksumVerdict {
    let Some((head, [b'_', sum @ ..])) = token.split_last_chunk::<9>() else {
        return ChecksumVerdict::NotApplicable;
    };
    ChecksumVerdict::of(sum == format!("{:08x}", crc32fast::hash(head).swap_bytes()).as_bytes())
}

/// `prefix_…xxxxxxxx` or `prefix_…_xxxxxxxx`: eight digits over the body alone.
pub fn cloudflare(token: &[u8]) -> ChecksumVerdict {
    let Some((head, sum)) = token.split_last_chunk::<8>() else {
        return ChecksumVerdict::NotApplicable;
    };
    let head = head.strip_suffix(b"_").unwrap_or(head);
    match behind(head, b'_') {
        Some(body) => ChecksumVerdict::of(sum == format!("{:08x}", crc32fast::hash(body)).as_bytes()),
        None => ChecksumVerdict::NotApplicable,
    }
}

/// `cflt…xxxxxx`: the first six digits of the base64 of four bytes, lowest first, over the body without prefix.
pub fn confluent(token: &[u8]) -> ChecksumVerdict {
    let Some((body, sum)) = token.strip_prefix(b"cflt").and_then(|rest| rest.split_last_chunk::<6>()) else {
        return ChecksumVerdict::NotApplicable;
    };
    let encoded = data_encoding::BASE64.encode(&crc32fast::hash(body).to_le_bytes());
    ChecksumVerdict::of(encoded.as_bytes().starts_with(sum))
}

/// `glpat-….01.LLsssssss`: two digits of length, then seven of the sum over everything before.
pub fn gitlab_routable(token: &[u8]) -> ChecksumVerdict {
    let last = behind(token, b'.').filter(|part| part.len() == 9);
    let Some((head, sum)) = last.and(token.split_last_chunk::<7>()) else {
        return ChecksumVerdict::NotApplicable;
    };
    ChecksumVerdict::of(sum.as_slice() == encode(crc32fast::hash(head), BASE36, 7))
}

/// What follows the last separator.
fn behind(token: &[u8], separator: u8) -> Option<&[u8]> {
    token.iter().rposition(|&byte| byte == separator).map(|at| &token[at + 1..])
}

/// A number in positional notation, padded on the left with the digit for zero.
fn encode(mut number: u32, digits: &[u8], width: usize) -> Vec<u8> {
    let mut out = vec![digits[0]; width];
    for place in out.iter_mut().rev() {
        *place = digits[number as usize % digits.len()];
        number /= digits.len() as u32;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{self, token};
    use super::super::{Checksum, ChecksumVerdict};
    use super::*;

    /// A token that is right, and the same with each of its last characters changed, must be told apart.
    #[track_caller]
    fn check(checksum: Checksum, right: &[u8]) {
        assert_eq!(checksum.verify(right), ChecksumVerdict::Valid, "{}", String::from_utf8_lossy(right));
        for place in right.len() - 12..right.len() {
            let mut wrong = right.to_vec();
            wrong[place] = if wrong[place] == b'7' { b'8' } else { b'7' };
            if wrong != right && right[place] != b'.' && right[place] != b'_' {
                assert_eq!(
                    checksum.verify(&wrong),
                    ChecksumVerdict::Invalid,
                    "{}",
                    String::from_utf8_lossy(&wrong)
                );
            }
        }
    }

    #[test]
    fn base62_sums_are_verified_at_every_known_length() {
        for (prefix, len) in
            [("ghp_", 30), ("gho_", 30), ("ghu_", 30), ("ghr_", 70), ("npm_", 30), ("vcp_", 50)]
        {
            for seed in 1..50 {
                let body = token(samples::BASE62, len, seed);
                let sum = encode(crc32fast::hash(&body), BASE62, 6);
                check(Checksum::Crc32Base62, &[prefix.as_bytes(), &body, &sum].concat());
            }
        }
    }

    #[test]
    fn base62_sums_do_not_refute_other_lengths_and_installation_tokens() {
        for (prefix, len) in [("ghp_", 40), ("ghs_", 36)] {
            let token = [prefix.as_bytes(), &token(samples::BASE62, len, 3)].concat();
            assert_eq!(Checksum::Crc32Base62.verify(&token), ChecksumVerdict::NotApplicable);
        }
    }

    #[test]
    fn sums_over_everything_before_are_verified() {
        let head = [b"ATATT3".as_slice(), &token(samples::BASE64URL, 60, 1), b"="].concat();
        check(
            Checksum::Crc32HexUpperSuffix,
            format_sum(&head, &format!("{:08X}", crc32fast::hash(&head))).as_slice(),
        );
        let head = [b"glsa_".as_slice(), &token(samples::BASE62, 32, 2)].concat();
        let reversed: String =
            crc32fast::hash(&head).to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        check(Checksum::Grafana, format_sum(&head, &format!("_{reversed}")).as_slice());
        let head = [b"glpat-".as_slice(), &token(samples::BASE64URL, 40, 3), b".01.0z"].concat();
        let sum = String::from_utf8(encode(crc32fast::hash(&head), BASE36, 7)).unwrap();
        check(Checksum::GitlabRoutable, format_sum(&head, &sum).as_slice());
    }

    #[test]
    fn sums_over_the_body_are_verified() {
        let body = token(samples::BASE62, 40, 4);
        let sum = format!("{:08x}", crc32fast::hash(&body));
        check(Checksum::Cloudflare, &[b"cfut_".as_slice(), &body, sum.as_bytes()].concat());
        check(Checksum::Cloudflare, &[b"zpka_".as_slice(), &body, b"_", sum.as_bytes()].concat());
        let body = token(samples::BASE62, 54, 5);
        let sum = data_encoding::BASE64.encode(&crc32fast::hash(&body).to_le_bytes());
        check(Checksum::Confluent, &[b"cflt".as_slice(), &body, &sum.as_bytes()[..6]].concat());
    }

    fn format_sum(head: &[u8], sum: &str) -> Vec<u8> {
        [head, sum.as_bytes()].concat()
    }

    #[test]
    fn numbers_are_padded_with_zeros() {
        assert_eq!(encode(0, BASE62, 6), b"000000");
        assert_eq!(encode(61, BASE62, 6), b"00000z");
        assert_eq!(encode(62, BASE62, 6), b"000010");
        assert_eq!(encode(u32::MAX, BASE62, 6), b"4gfFC3");
    }
}
