//! Tokens that carry decodable content: JSON, an account number, a hash; knows no CRC.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ChecksumVerdict;

/// `github_pat_` 22 `_` 43, then eight digits: the base32 of the SHA-256 of everything before them.
pub fn github_fine_grained(token: &[u8]) -> ChecksumVerdict {
    const PREFIX: usize = "github_pat_".len();
    const SUM: usize = PREFIX + 22 + 1 + 43;
    let shape = token.starts_with(b"github_pat_") && token.get(PREFIX + 22) == Some(&b'_');
    match token.get(SUM..SUM + 8) {
        Some(sum) if shape => ChecksumVerdict::of(sum == &github_sum(&token[..SUM])[..8]),
        Some(_) | None => ChecksumVerdict::NotApplicable,
    }
}

fn github_sum(head: &[u8]) -> Vec<u8> {
    BASE32_NOPAD.encode(&Sha256::digest(head)).into_bytes()
}

/// A header that is a JSON object with `alg`, and claims that are a JSON object when they are there in full.
/// This refutes only: anybody can write a token that decodes.
pub fn jwt(token: &[u8]) -> ChecksumVerdict {
    let mut parts = token.split(|&byte| byte == b'.');
    let header = parts.next().and_then(object);
    let claims = parts.next().and_then(object);
    match (header, claims) {
        (Some(header), Some(_)) if header.get("alg").is_some() => ChecksumVerdict::NotApplicable,
        _ => ChecksumVerdict::Invalid,
    }
}

fn object(part: &[u8]) -> Option<Value> {
    let bytes = BASE64URL_NOPAD.decode(part.trim_ascii()).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

/// Twenty characters whose last sixteen are base32 of an account below 10^12. Ids from before 2019 (`I`, `J` in the
/// fifth place) hold no account. This refutes only: most random bodies decode.
pub fn aws_access_key_id(token: &[u8]) -> ChecksumVerdict {
    let Some(body) = token.get(4..).filter(|body| body.len() == 16) else {
        return ChecksumVerdict::NotApplicable;
    };
    if matches!(body[0], b'I' | b'J') {
        return ChecksumVerdict::NotApplicable;
    }
    match BASE32_NOPAD.decode(body) {
        Ok(bytes) if account(&bytes) < 1_000_000_000_000 => ChecksumVerdict::NotApplicable,
        Ok(_) | Err(_) => ChecksumVerdict::Invalid,
    }
}

/// The id of a bot in base64 before the first dot: 17 to 20 digits, as Discord's ids are. This refutes only.
pub fn discord_bot(token: &[u8]) -> ChecksumVerdict {
    let first = token.split(|&byte| byte == b'.').next().unwrap_or_default();
    let id = BASE64URL_NOPAD.decode(first).unwrap_or_default();
    let is_id = (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    if is_id { ChecksumVerdict::NotApplicable } else { ChecksumVerdict::Invalid }
}

/// The account in an access key id: 40 bits, from the second bit of ten bytes on.
fn account(bytes: &[u8]) -> u64 {
    let first = bytes.iter().take(6).fold(0, |number: u64, &byte| number << 8 | u64::from(byte));
    (first & 0x7fff_ffff_ff80) >> 7
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{BASE62, token};
    use super::*;

    #[test]
    fn a_fine_grained_token_holds_its_own_hash() {
        let head = [b"github_pat_".as_slice(), &token(BASE62, 22, 1), b"_", &token(BASE62, 43, 2)].concat();
        let mut right = [&head, &github_sum(&head)[..8], b"abcdefgh".as_slice()].concat();
        assert_eq!(github_fine_grained(&right), ChecksumVerdict::Valid);
        right[20] ^= 1;
        assert_eq!(github_fine_grained(&right), ChecksumVerdict::Invalid);
        assert_eq!(github_fine_grained(&right[..60]), ChecksumVerdict::NotApplicable);
    }

    #[test]
    fn a_json_web_token_decodes() {
        let encode = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
        for (header, claims, expected) in [
            (r#"{"alg":"HS256"}"#, r#"{"sub":"1"}"#, ChecksumVerdict::NotApplicable),
            (r#"{"typ":"JWT"}"#, r#"{"sub":"1"}"#, ChecksumVerdict::Invalid),
            (r#"{"alg":"HS256"}"#, "[1]", ChecksumVerdict::Invalid),
            (r#"{"alg":"#, "{}", ChecksumVerdict::Invalid),
        ] {
            let token = format!("{}.{}.c2ln", encode(header), encode(claims));
            assert_eq!(jwt(token.as_bytes()), expected, "{header} {claims}");
        }
        assert_eq!(jwt(b"no.jwt"), ChecksumVerdict::Invalid);
    }

    #[test]
    fn a_discord_bot_is_named_by_an_id() {
        for (id, expected) in [
            ("198622483471925248", ChecksumVerdict::NotApplicable),
            ("80351110224678912", ChecksumVerdict::NotApplicable),
            ("1029481391595910016", ChecksumVerdict::NotApplicable),
            ("10294813y595910016", ChecksumVerdict::Invalid),
            ("8035111022467891", ChecksumVerdict::Invalid),
        ] {
            let token = format!("{}.Cl2FMQ.{}", BASE64URL_NOPAD.encode(id.as_bytes()), "x".repeat(27));
            assert_eq!(discord_bot(token.as_bytes()), expected, "{id}");
        }
    }

    #[test]
    fn an_access_key_id_holds_an_account_of_twelve_digits() {
        let id = |account: u64| {
            let bytes = (account << 7 | 1 << 47).to_be_bytes();
            [b"AKIA".as_slice(), BASE32_NOPAD.encode(&[&bytes[2..], [7; 4].as_slice()].concat()).as_bytes()]
                .concat()
        };
        assert_eq!(aws_access_key_id(&id(123_456_789_012)), ChecksumVerdict::NotApplicable);
        assert_eq!(aws_access_key_id(&id(1_050_000_000_000)), ChecksumVerdict::Invalid);
        let mut wrong = id(5);
        wrong[9] = b'1';
        assert_eq!(aws_access_key_id(&wrong), ChecksumVerdict::Invalid);
        wrong[4] = b'I';
        assert_eq!(aws_access_key_id(&wrong), ChecksumVerdict::NotApplicable);
    }
}
