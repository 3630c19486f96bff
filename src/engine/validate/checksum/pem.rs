//! Whether the beginning of a private key in PEM is one: the outline of its DER, or the two equal numbers by which OpenSSH
//! tells whether a passphrase was right. Knows no mathematics: what looks like a key need not be one that works.

use data_encoding::BASE64_NOPAD;

use super::ChecksumVerdict;

/// What a key of OpenSSH begins with.
const OPENSSH: &[u8] = b"openssh-key-v1\0";
/// Shorter beginnings tell nothing.
const SHORTEST: usize = 24;

/// The first lines of a body. This refutes only: the rest may be anything.
pub fn body(text: &[u8]) -> ChecksumVerdict {
    let bytes = decoded(text);
    let fits = match bytes.strip_prefix(OPENSSH) {
        _ if bytes.len() < SHORTEST => return ChecksumVerdict::NotApplicable,
        Some(rest) => numbers_agree(rest) != Some(false),
        None => is_outline(&bytes),
    };
    if fits { ChecksumVerdict::NotApplicable } else { ChecksumVerdict::Invalid }
}

/// The bytes of all lines, each of which may be a literal of its own, up to what is no base64.
fn decoded(text: &[u8]) -> Vec<u8> {
    let in_line = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut lines = text.split(|byte| !in_line(byte));
    let mut digits = lines.next().unwrap_or_default().to_vec();
    // Behind `\n` or `%0A` a line begins with letters that are none of it: only the first is surely whole.
    let plain = text.iter().all(|byte| in_line(byte) || byte.is_ascii_whitespace() || *byte == b'=');
    if plain {
        lines.for_each(|line| digits.extend_from_slice(line));
    }
    digits.truncate(digits.len() / 4 * 4);
    BASE64_NOPAD.decode(&digits).unwrap_or_default()
}

/// A sequence that begins with the number of a version and goes on with what such keys go on with.
fn is_outline(der: &[u8]) -> bool {
    let inside = match der {
        [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x81, _, rest @ ..] => rest,
        [0x30, len, rest @ ..] if *len < 0x80 => rest,
        _ => return false,
    };
    // Numbers of RSA and DSA, an algorithm's name, the bytes of a point's key.
    let goes_on = |next: Option<&u8>| matches!(next, Some(0x02 | 0x30 | 0x04));
    match inside {
        [0x02, 0x01, 0x00 | 0x01, rest @ ..] => goes_on(rest.first()),
        // With a passphrase: the algorithm that it is used with.
        [0x30, ..] => true,
        _ => false,
    }
}

/// Whether both numbers are the same, where they are in sight: behind the cipher, the way to its key, how many keys there
/// are, the public one, and a length. Of a key with a passphrase they cannot be read.
fn numbers_agree(rest: &[u8]) -> Option<bool> {
    let (cipher, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest.get(4..)?)?;
    let numbers = rest.get(4..12).filter(|_| cipher == b"none")?;
    Some(numbers[..4] == numbers[4..])
}

/// A field with its length before it, and what follows.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*len) as usize)
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;

    fn check(bytes: &[u8], expected: ChecksumVerdict) {
        let text = BASE64.encode(bytes);
        assert_eq!(body(text.as_bytes()), expected, "{bytes:x?}");
    }

    /// The beginnings that RFC 8017, 5208, 5915 and 8410 give to keys.
    #[test]
    fn keys_begin_with_a_version() {
        for head in [
            &b"\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01\x00"[..],
            b"\x30\x82\x04\xbd\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00",
            b"\x30\x77\x02\x01\x01\x04\x20",
            b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
            b"\x30\x81\xf0\x02\x01\x00\x02\x41",
            b"\x30\x82\x05\x0e\x30\x40\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d",
        ] {
            check(&[head, &[7; 40]].concat(), ChecksumVerdict::NotApplicable);
            check(&[b"\x31", &head[1..], &[7; 40]].concat(), ChecksumVerdict::Invalid);
        }
        check(&[0x5a; 48], ChecksumVerdict::Invalid);
        check(b"short", ChecksumVerdict::NotApplicable);
    }

    #[test]
    fn a_key_of_openssh_holds_the_same_number_twice() {
        let field = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
        let key = |cipher: &[u8], numbers: &[u8]| {
            let head = [OPENSSH, &field(cipher), &field(b"none"), &field(b""), &[0, 0, 0, 1]].concat();
            [head, field(&[3; 51]), vec![0, 0, 0, 136], numbers.to_vec(), vec![9; 40]].concat()
        };
        check(&key(b"none", b"abcdabcd"), ChecksumVerdict::NotApplicable);
        check(&key(b"none", b"abcdabce"), ChecksumVerdict::Invalid);
        check(&key(b"aes256-ctr", b"abcdabce"), ChecksumVerdict::NotApplicable);
        check(&key(b"none", b"abcdabce")[..60], ChecksumVerdict::NotApplicable);
    }

    #[test]
    fn of_lines_in_literals_the_first_is_read() {
        let key = BASE64.encode(&[&b"\x30\x77\x02\x01\x01\x04\x20"[..], &[7; 41]].concat());
        for text in [format!("{key}\\n{key}"), format!("{key}\" +\n  \"{key}"), format!("{key}\n{key}")] {
            assert_eq!(body(text.as_bytes()), ChecksumVerdict::NotApplicable, "{text}");
        }
    }
}
