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
        Checksum::Bech32 => bech32(token),
        Checksum::Base32Crc16 => base32_crc16(&token),
        Checksum::Base58Check => base58(&token),
        Checksum::AzureCask | Checksum::Luhn | Checksum::Bip39 | Checksum::Macaroon | Checksum::PemKey => {
            token
        }
        Checksum::DiscordBot => {
            let behind = token.iter().position(|byte| *byte == b'.').unwrap();
            let id = format!("7{:017}", crc32fast::hash(&token));
            [BASE64URL_NOPAD.encode(id.as_bytes()).as_bytes(), &token[behind..]].concat()
        }
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

/// `prefix1digits` with the six digits at the end that BIP-173 asks for.
fn bech32(token: Vec<u8>) -> Vec<u8> {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let upper = token.iter().any(u8::is_ascii_uppercase);
    let token = token.to_ascii_lowercase();
    let one = token.iter().rposition(|byte| *byte == b'1').unwrap();
    let mut values: Vec<u32> = token[..one].iter().map(|byte| u32::from(byte >> 5)).collect();
    values.push(0);
    values.extend(token[..one].iter().map(|byte| u32::from(byte & 31)));
    let value = |digit: &u8| DIGITS.iter().position(|known| known == digit).unwrap() as u32;
    values.extend(token[one + 1..token.len() - 6].iter().map(value));
    values.extend([0; 6]);
    let mut sum = 1_u32;
    for value in values {
        let top = sum >> 25;
        sum = (sum & 0x01ff_ffff) << 5 ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum ^= 1;
    let end: Vec<u8> = (0..6).rev().map(|place| DIGITS[(sum >> (5 * place) & 31) as usize]).collect();
    let sealed = with_end(token, &end);
    if upper { sealed.to_ascii_uppercase() } else { sealed }
}

/// Base32 whose last two bytes are the CRC-16 of XMODEM, lower first.
fn base32_crc16(token: &[u8]) -> Vec<u8> {
    let mut bytes = BASE32_NOPAD.decode(token).unwrap();
    let payload = bytes.len() - 2;
    let mut sum = 0_u32;
    for bit in
        bytes[..payload].iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)))
    {
        let carry = sum >> 15 & 1;
        sum = sum << 1 & 0xffff;
        if carry ^ bit == 1 {
            sum ^= 0x1021;
        }
    }
    bytes[payload..].copy_from_slice(&(sum as u16).to_le_bytes());
    BASE32_NOPAD.encode(&bytes).into_bytes()
}

/// Base58 whose last four bytes are those of the twice hashed rest.
fn base58(token: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes: Vec<u8> = vec![0; token.len()];
    for digit in token {
        let mut carry = DIGITS.iter().position(|known| known == digit).unwrap();
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
    }
    let mut bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    let payload = bytes.len() - 4;
    let sum = Sha256::digest(Sha256::digest(&bytes[..payload]));
    bytes[payload..].copy_from_slice(&sum[..4]);
    let mut out = Vec::new();
    while bytes.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut bytes {
            let number = rest * 256 + usize::from(*byte);
            (*byte, rest) = ((number / 58) as u8, number % 58);
        }
        out.push(DIGITS[rest]);
    }
    out.reverse();
    out
}
