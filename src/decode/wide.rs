//! Gives the engine text: UTF-16 and UTF-32 become UTF-8. Knows nothing of rules.

use std::borrow::Cow;

/// How many bytes decide whether content without a byte order mark is UTF-16.
const SAMPLE: usize = 4096;

/// An encoding whose characters take two or four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wide {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// `content` as the engine reads it: as it is, or as UTF-8 when it is UTF-16 or UTF-32 (by its byte order mark, or,
/// for UTF-16, by its zeros). What is no character becomes U+FFFD; nothing is left out.
pub fn to_text(content: &[u8]) -> Cow<'_, [u8]> {
    let Some((encoding, start)) = wide(content) else { return Cow::Borrowed(content) };
    let bytes = &content[start..];
    let text: String = match encoding {
        Wide::Utf16Le => utf16(bytes, u16::from_le_bytes),
        Wide::Utf16Be => utf16(bytes, u16::from_be_bytes),
        Wide::Utf32Le => utf32(bytes, u32::from_le_bytes),
        Wide::Utf32Be => utf32(bytes, u32::from_be_bytes),
    };
    Cow::Owned(text.into_bytes())
}

/// Whether the engine reads something else than the bytes as they are; the first few kilobytes decide.
pub fn is_wide(content: &[u8]) -> bool {
    wide(content).is_some()
}

/// The encoding, and the length of its mark.
fn wide(content: &[u8]) -> Option<(Wide, usize)> {
    let (encoding, start) = match content {
        [0xff, 0xfe, 0, 0, ..] => (Wide::Utf32Le, 4),
        [0, 0, 0xfe, 0xff, ..] => (Wide::Utf32Be, 4),
        [0xff, 0xfe, ..] => (Wide::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Wide::Utf16Be, 2),
        _ => (by_zeros(content)?, 0),
    };
    // What a rule could find has zeros in every wide encoding; without them the mark is somebody's two bytes.
    memchr::memchr(0, content).map(|_| (encoding, start))
}

/// Western text in UTF-16 has a zero in nearly every second byte and hardly any in the others; nothing else has.
fn by_zeros(content: &[u8]) -> Option<Wide> {
    let sample = &content[..content.len().min(SAMPLE)];
    let pairs = sample.len() / 2;
    if pairs < 4 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (many, few) = (pairs * 7 / 10, pairs / 20);
    match () {
        () if odd >= many && even <= few => Some(Wide::Utf16Le),
        () if even >= many && odd <= few => Some(Wide::Utf16Be),
        () => None,
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf32(bytes: &[u8], unit: impl Fn([u8; 4]) -> u32) -> String {
    let part = |chunk: &[u8]| std::array::from_fn(|idx| chunk.get(idx).copied().unwrap_or(0));
    let char = |chunk| char::from_u32(unit(part(chunk))).unwrap_or(char::REPLACEMENT_CHARACTER);
    bytes.chunks(4).map(char).collect()
}

#[cfg(test)]
mod tests {
    use super::to_text;

    fn wide<const N: usize>(text: &str, mark: bool, form: impl Fn(u32) -> [u8; N]) -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        mark.chars().chain(text.chars()).flat_map(|char| form(u32::from(char))).collect()
    }

    #[test]
    fn wide_encodings_become_utf8() {
        let text = "password = 'geheim\u{df}'\n";
        let le = |char: u32| (char as u16).to_le_bytes();
        let be = |char: u32| (char as u16).to_be_bytes();
        for bytes in [
            wide(text, true, le),
            wide(text, true, be),
            wide(text, false, le),
            wide(text, false, be),
            wide(text, true, u32::to_le_bytes),
            wide(text, true, u32::to_be_bytes),
        ] {
            assert_eq!(to_text(&bytes), text.as_bytes(), "{bytes:?}");
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for bytes in [
            &b"plain"[..],
            b"",
            b"\xef\xbb\xbfx",
            b"nul\0in\0side of text that is long enough",
            &[0; 64],
            b"a\0",
        ] {
            assert_eq!(to_text(bytes), bytes);
        }
        // Half a character at the end is not lost without a trace.
        assert_eq!(to_text(b"\xff\xfea\0b"), &b"ab"[..]);
    }

    #[test]
    fn a_mark_alone_hides_nothing() {
        for mark in [&b"\xff\xfe"[..], b"\xfe\xff"] {
            let bytes = [mark, b"password = 'geheim'\n"].concat();
            assert_eq!(to_text(&bytes), &bytes[..]);
        }
    }
}
