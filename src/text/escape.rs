//! Makes bytes from a repository fit for a terminal.

use std::fmt::Write;

/// `bytes` as printable text: valid UTF-8 stays, control and invisible formatting characters become `\u{..}`, bytes
/// that are not UTF-8 become `\xE9`.
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            push_char(char, &mut out);
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

/// Appends `char`, escaped when it could move the cursor, change colours or reorder text.
fn push_char(char: char, out: &mut String) {
    match char {
        '\t' => out.push(' '),
        char if char.is_control() || is_invisible(char) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
        }
        char => out.push(char),
    }
}

/// Bidirectional controls, zero-width characters and tags ("Trojan Source", CVE-2021-42574).
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn terminal_controls_and_invisible_characters_are_spelled_out() {
        for (bytes, expected) in [
            (&b"plain"[..], "plain"),
            ("h\u{e9}llo".as_bytes(), "h\u{e9}llo"),
            (b"\x1b[31mred", "\\u{1b}[31mred"),
            (b"a\nb\r", "a\\u{a}b\\u{d}"),
            (b"caf\xe9", "caf\\xE9"),
            ("x\u{202e}y".as_bytes(), "x\\u{202e}y"),
        ] {
            assert_eq!(escape(bytes), expected);
        }
    }
}
