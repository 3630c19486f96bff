//! Makes a drawn token one that its provider could have issued: the second account of each checksum, written from its
//! description and not from `engine`.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD};
use portcullis::rules::Checksum;
use sha2::{Digest, Sha256};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `token` with the checksum or the content that its rule asks for.
pub fn sealed(checksum: Option<Checksum>, token: Vec<u8>) -> Vec<u8> {
    let Some(checksum) = checksum else { return token };
    match checksum {
        Checksum::Crc32Base62 => {
            let body = token.iter().position(|byte| *byte == b'_').unwrap() + 1;
            let sum = digits(crc32fast::hash(&token[body..token.len() - 6]), BASE62, 6);
            with_end(token, &sum)
        }
        Checksum::GithubFineGrained => {
            let start = "github_pat_".len() + 22 + 1 + 43;
            let sum = BASE32_NOPAD.encode(&Sha256::digest(&token[..start]));
            [&token[..start], &sum.as_bytes()[..8], &token[start + 8..]].concat()
        }
        Checksum::Crc32HexUpperSuffix => {
            let sum = format!("{:08X}", crc32fast::hash(&token[..token.len() - 8]));
            with_end(token, sum.as_bytes())
        }
        Checksum::Grafana => {
            let sum = crc32fast::hash(&token[..token.len() - 9]).to_le_bytes();
            with_end(token, data_encoding::HEXLOWER.encode(&sum).as_bytes())
        }
        Checksum::Cloudflare => {
            let prefix = token.iter().position(|byte| *byte == b'_').unwrap() + 1;
            let body = &token[prefix..token.len() - 8];
            let body = body.strip_suffix(b"_").unwrap_or(body);
            let sum = format!("{:08x}", crc32fast::hash(body));
            with_end(token, sum.as_bytes())
        }
        Checksum::Confluent => {
            let sum = BASE64.encode(&crc32fast::hash(&token[4..token.len() - 6]).to_le_bytes());
            with_end(token, &sum.as_bytes()[..6])
        }
        Checksum::GitlabRoutable => {
            let sum = digits(crc32fast::hash(&token[..token.len() - 7]), BASE36, 7);
            with_end(token, &sum)
        }
        Checksum::Bech32 => token,
        Checksum::Jwt => {
            let claims = format!(r#"{{"sub":"{}","exp":4102444800}}"#, BASE64URL_NOPAD.encode(&token[8..20]));
            let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
            let claims = BASE64URL_NOPAD.encode(claims.as_bytes());
            let signature = BASE64URL_NOPAD.encode(&Sha256::digest(&token));
            format!("{header}.{claims}.{signature}").into_bytes()
        }
        Checksum::AwsAccessKeyId => {
            let mut token = token;
            token[4] = b'Q';
            token
        }
    }
}

/// `token` with its last bytes replaced.
fn with_end(mut token: Vec<u8>, end: &[u8]) -> Vec<u8> {
    token.truncate(token.len() - end.len());
    token.extend_from_slice(end);
    token
}

fn digits(number: u32, alphabet: &[u8], width: u32) -> Vec<u8> {
    let base = alphabet.len() as u64;
    (0..width).rev().map(|place| alphabet[(u64::from(number) / base.pow(place) % base) as usize]).collect()
}
