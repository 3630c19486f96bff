//! Sizes as people write them.

/// Reads `64 MB`, `512kB`, `2 GiB` or plain bytes; decimal and binary units both count in steps of 1024.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let factor = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, expected) in [
            ("10", Some(10)),
            ("64 MB", Some(64 << 20)),
            ("1kib", Some(1024)),
            ("2GB", Some(2 << 30)),
            ("5 parsecs", None),
            ("MB", None),
            ("99999999999 GB", None),
        ] {
            assert_eq!(parse_size(text), expected, "{text}");
        }
    }
}
