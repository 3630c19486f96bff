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

/// Writes a size as `parse_size` reads it, in the largest unit that needs no fraction.
pub fn format_size(size: u64) -> String {
    match size {
        size if size.is_multiple_of(1 << 20) => format!("{} MB", size >> 20),
        size if size.is_multiple_of(1 << 10) => format!("{} kB", size >> 10),
        size => format!("{size} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::{format_size, parse_size};

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

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for text in ["64 MB", "1536 kB", "512 kB", "100 B"] {
            assert_eq!(parse_size(text).map(format_size).as_deref(), Some(text));
        }
    }
}
