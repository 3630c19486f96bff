//! Writes a value in the forms in which people and programs pass it on; does not look for any of them.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use zeroize::Zeroizing;

/// A way to write a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Plain,
    /// With escapes of a string: JSON, a shell, most languages.
    Escaped,
    /// With entities, as in XML and HTML.
    Entities,
    /// As in an address.
    Percent,
    /// In base64, also as a part of something longer.
    Base64,
    /// In hexadecimal digits.
    Hex,
    /// As it is, in literals that are joined.
    Split,
}

impl Form {
    /// The form as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Form::Plain => "",
            Form::Escaped => ", escaped",
            Form::Entities => ", with entities",
            Form::Percent => ", percent-encoded",
            Form::Base64 => ", in base64",
            Form::Hex => ", in hexadecimal",
            Form::Split => ", in pieces",
        }
    }
}

/// A form and its bytes, which are wiped.
pub type Written = (Form, Zeroizing<Vec<u8>>);

/// Every form of `value` that differs from the others.
pub fn of(value: &[u8]) -> Vec<Written> {
    let mut forms: Vec<Written> = vec![(Form::Plain, Zeroizing::new(value.to_vec()))];
    let mut add = |form, bytes: Vec<u8>| {
        let bytes = Zeroizing::new(bytes);
        if !forms.iter().any(|(_, known)| *known == bytes) {
            forms.push((form, bytes));
        }
    };
    add(Form::Escaped, replaced(value, |byte| json(byte, false)));
    add(Form::Escaped, replaced(value, |byte| json(byte, true)));
    add(Form::Escaped, replaced(value, shell));
    add(Form::Entities, replaced(value, entity));
    for kept in [b"-_.~".as_slice(), b"-_.~!'()*", b"-_.~/"] {
        add(Form::Percent, percent(value, kept, b"0123456789ABCDEF"));
        add(Form::Percent, percent(value, kept, b"0123456789abcdef"));
    }
    for before in 0..3 {
        let (first, last) = inside(before, value.len());
        let padded = Zeroizing::new([&[0; 2][..before], value].concat());
        for encoding in [BASE64_NOPAD, BASE64URL_NOPAD] {
            let whole = Zeroizing::new(encoding.encode(&padded));
            add(Form::Base64, whole.as_bytes()[first..last].to_vec());
        }
    }
    add(Form::Hex, HEXLOWER.encode(value).into_bytes());
    add(Form::Hex, HEXUPPER.encode(value).into_bytes());
    forms
}

/// The digits of base64 that depend on the value alone, when `before` bytes stand before it in its group of three.
fn inside(before: usize, len: usize) -> (usize, usize) {
    ((before * 8).div_ceil(6), (before + len) * 8 / 6)
}

fn replaced(value: &[u8], replacement: impl Fn(u8) -> Option<&'static str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() * 6);
    for byte in value {
        match replacement(*byte) {
            Some(text) => out.extend_from_slice(text.as_bytes()),
            None => out.push(*byte),
        }
    }
    out
}

fn json(byte: u8, slash: bool) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        b'\n' => Some("\\n"),
        b'\r' => Some("\\r"),
        b'\t' => Some("\\t"),
        b'/' if slash => Some("\\/"),
        _ => None,
    }
}

fn shell(byte: u8) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        b'$' => Some("\\$"),
        b'`' => Some("\\`"),
        _ => None,
    }
}

fn entity(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    }
}

fn percent(value: &[u8], kept: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() * 3);
    for byte in value {
        if byte.is_ascii_alphanumeric() || kept.contains(byte) {
            out.push(*byte);
        } else {
            out.extend([b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
    }
    out
}
