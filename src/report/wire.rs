//! JSON that is safe to look at: what a terminal would obey is written as `\uXXXX`, which reads back as the same text.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::text::escape;

/// Writes `value` on one line.
pub fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", printable(&serde_json::to_string(value)?))
}

/// Writes `value` indented.
pub fn document(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", printable(&serde_json::to_string_pretty(value)?))
}

/// Only strings hold characters beyond printable ASCII, and in a string an escape means the character.
fn printable(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if char == '\n' || matches!(char, ' '..='~') || is_printable(char) {
            out.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

fn is_printable(char: char) -> bool {
    let mut buffer = [0; 4];
    let text = char.encode_utf8(&mut buffer);
    escape(text.as_bytes()) == *text
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn terminals_have_nothing_to_obey_and_readers_get_the_same_text() {
        for (text, expected) in [
            ("a\u{1b}[2J\n", "\"a\\u001b[2J\\n\"\n"),
            ("\u{7f}\u{9b}1m", "\"\\u007f\\u009b1m\"\n"),
            ("\u{202e}x\u{e0041}", "\"\\u202ex\\udb40\\udc41\"\n"),
            ("h\u{e9}llo", "\"h\u{e9}llo\"\n"),
        ] {
            let mut out = Vec::new();
            line(&text, &mut out).unwrap();
            assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
