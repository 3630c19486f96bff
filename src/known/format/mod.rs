//! Takes names and values out of secret files; does not judge which of them are secret. What does not read as its
//! format gives what can be read: a half-written file is no reason to look for nothing.

mod dotenv;
mod json;
mod lines;
mod netrc;

use zeroize::Zeroizing;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `export NAME="value"`, also over several lines.
    Dotenv,
    /// One assignment a line, with `=` or `: `: INI, npmrc, tfvars, plain TOML and YAML.
    Lines,
    /// JSON, also with comments.
    Json,
    /// `machine … login … password …`.
    Netrc,
    /// `host:port:database:user:password`.
    Pgpass,
    /// An address with a password on each line.
    Urls,
    /// The file is the value.
    Whole,
}

/// A name and its value.
pub struct Pair {
    /// As written; of a nested value the path to it.
    pub name: String,
    /// The bytes, which are wiped.
    pub value: Zeroizing<Vec<u8>>,
}

impl Pair {
    fn new(name: impl Into<String>, value: &[u8]) -> Pair {
        Pair { name: name.into(), value: Zeroizing::new(value.to_vec()) }
    }
}

/// The names and values of a file.
pub fn read(format: Format, text: &[u8]) -> Vec<Pair> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let each = |name: &str, text: &[u8]| -> Vec<Pair> {
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        lines.filter(|line| !line.is_empty() && line[0] != b'#').map(|line| Pair::new(name, line)).collect()
    };
    match format {
        Format::Dotenv => dotenv::read(text),
        Format::Lines => lines::read(text),
        Format::Json => json::read(text),
        Format::Netrc => netrc::read(text),
        Format::Pgpass => netrc::pgpass(text),
        Format::Urls => each("url", text),
        Format::Whole => each("master_key", text),
    }
}

/// The value inside a text such as that of `GOOGLE_CREDENTIALS='{"private_key": …}'`.
pub fn nested(pair: &Pair) -> Vec<Pair> {
    let is_object = pair.value.trim_ascii_start().first() == Some(&b'{');
    let mut inner = if is_object { json::read(&pair.value) } else { Vec::new() };
    for one in &mut inner {
        one.name = format!("{}.{}", pair.name, one.name);
    }
    inner
}
