//! Macaroons, the tokens that hold what they allow: sections of fields with their lengths, and a signature of 32 bytes at the
//! end. Knows no service.

use data_encoding::BASE64URL_NOPAD;

use super::ChecksumVerdict;

/// What the second form begins with.
const VERSION: u8 = 2;
/// The kinds of fields: where it holds, what it says, who vouches for it, and the signature.
const FIELDS: [u8; 4] = [1, 2, 4, 6];
const SIGNATURE: u8 = 6;

/// PyPI's tokens: base64 behind a word and a dash. This proves only: what is cut off or made up has the same shape.
pub fn verify(token: &[u8]) -> ChecksumVerdict {
    let body = token.iter().position(|byte| *byte == b'-').map_or(token, |dash| &token[dash + 1..]);
    let bytes = BASE64URL_NOPAD.decode(body).unwrap_or_default();
    match bytes.split_first() {
        Some((&VERSION, fields)) if is_signed(fields) == Some(true) => ChecksumVerdict::Valid,
        Some(_) | None => ChecksumVerdict::NotApplicable,
    }
}

/// Whether fields, and zeros between sections of them, end with a signature and nothing else.
fn is_signed(mut rest: &[u8]) -> Option<bool> {
    loop {
        let (kind, behind) = rest.split_first()?;
        if *kind == 0 {
            rest = behind;
            continue;
        }
        let (len, behind) = length(behind)?;
        let (field, behind) = behind.split_at_checked(len)?;
        match *kind {
            SIGNATURE => return Some(field.len() == 32 && behind.is_empty()),
            kind if !FIELDS.contains(&kind) => return Some(false),
            _ => rest = behind,
        }
    }
}

/// A number in groups of seven bits, lowest first.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(3).position(|byte| *byte < 0x80)?;
    let value = bytes[..=end].iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    Some((value, &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(location: &[u8], signature: &[u8]) -> Vec<u8> {
        let field = |kind: u8, bytes: &[u8]| [&[kind, bytes.len() as u8], bytes].concat();
        let long = [&[2, 0x88, 0x01][..], &[b'x'; 136]].concat();
        let parts = [field(1, location), long, vec![0], field(2, b"{\"version\": 1}"), vec![0, 0]].concat();
        let bytes = [&[VERSION][..], &parts, &field(SIGNATURE, signature)].concat();
        [b"pypi-".as_slice(), BASE64URL_NOPAD.encode(&bytes).as_bytes()].concat()
    }

    #[test]
    fn fields_and_a_signature_prove_a_macaroon() {
        let right = token(b"pypi.org", &[7; 32]);
        assert!(right.starts_with(concat!("pypi-", "AgEIcHlwaS5vcmc").as_bytes()));
        assert_eq!(verify(&right), ChecksumVerdict::Valid);
        for wrong in
            [&right[..right.len() - 4], &token(b"pypi.org", &[7; 31]), b"pypi-AgEIcHlwaS5vcmc", b"AgEI"]
        {
            assert_eq!(verify(wrong), ChecksumVerdict::NotApplicable);
        }
    }
}
