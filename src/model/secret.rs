//! The one type that holds matched secret bytes, and does not let them out by accident.

use std::fmt;

/// Matched text that must not leave the process by accident: `Debug` and `Display` redact, there is no `Serialize`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the matched bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(bytes.into())
    }

    /// The bytes in clear: for validators, counting and hashing only, never for output.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// What may be shown: the first four characters when at least twelve stay hidden, `…`, and the length in bytes.
    pub fn redacted(&self) -> String {
        redact(&self.0)
    }
}

fn redact(bytes: &[u8]) -> String {
    let shown = if bytes.len() >= 16 { 4 } else { 0 };
    let head: String = bytes[..shown]
        .iter()
        .map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '?' })
        .collect();
    format!("{head}…({})", bytes.len())
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.redacted())
    }
}
