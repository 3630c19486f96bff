//! Measures how evenly a value uses its characters, and from which alphabet they come; knows nothing of words.

/// The smallest alphabet that holds every character of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// Only digits.
    Decimal,
    /// Hexadecimal digits with letters of one case.
    Hex,
    /// `A-Z2-7`, or the same in lower case.
    Base32,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits and the signs of base64 in either form: `+ / = - _`.
    Base64,
    /// Printable ASCII without spaces.
    Graphic,
    /// Anything else, and the empty value.
    Other,
}

/// The alphabet of a value.
pub fn alphabet(value: &[u8]) -> Alphabet {
    let all = |test: fn(&u8) -> bool| value.iter().all(test);
    let one_case = !value.iter().any(u8::is_ascii_lowercase) || !value.iter().any(u8::is_ascii_uppercase);
    if value.is_empty() {
        Alphabet::Other
    } else if all(u8::is_ascii_digit) {
        Alphabet::Decimal
    } else if one_case && all(u8::is_ascii_hexdigit) {
        Alphabet::Hex
    } else if one_case && all(|byte| byte.is_ascii_alphabetic() || (b'2'..=b'7').contains(byte)) {
        Alphabet::Base32
    } else if all(u8::is_ascii_alphanumeric) {
        Alphabet::Alphanumeric
    } else if all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte)) {
        Alphabet::Base64
    } else if all(u8::is_ascii_graphic) {
        Alphabet::Graphic
    } else {
        Alphabet::Other
    }
}

/// Shannon entropy in bits per character; 0 for an empty value.
pub fn bits_per_char(value: &[u8]) -> f64 {
    let len = value.len() as f64;
    counts(value)
        .into_iter()
        .filter(|&count| count > 0)
        .map(|count| f64::from(count) / len)
        .map(|share| -share * share.log2())
        .sum()
}

/// Number of different characters.
pub fn distinct(value: &[u8]) -> usize {
    counts(value).into_iter().filter(|&count| count > 0).count()
}

fn counts(value: &[u8]) -> [u32; 256] {
    let mut counts = [0; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_how_evenly_characters_are_used() {
        let bits = |value: &[u8]| (bits_per_char(value) * 1000.0).round() / 1000.0;
        for (value, expected) in [
            ("", 0.0),
            ("aaaa", 0.0),
            ("abab", 1.0),
            ("abcd", 2.0),
            ("aaab", 0.811),
            ("0123456789abcdef", 4.0),
        ] {
            assert_eq!(bits(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn the_smallest_alphabet_is_named() {
        for (value, expected) in [
            ("", Alphabet::Other),
            ("123456", Alphabet::Decimal),
            ("12ab", Alphabet::Hex),
            ("12AB", Alphabet::Hex),
            ("12aB", Alphabet::Alphanumeric),
            ("mzxw6ytb", Alphabet::Base32),
            ("MZXW6YTB", Alphabet::Base32),
            ("mzxw1ytb", Alphabet::Alphanumeric),
            ("ab+/cz==", Alphabet::Base64),
            ("ab-_cz", Alphabet::Base64),
            ("ab!z", Alphabet::Graphic),
            ("a b", Alphabet::Other),
            ("é", Alphabet::Other),
        ] {
            assert_eq!(alphabet(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn distinct_characters_are_counted_once() {
        assert_eq!([distinct(b""), distinct(b"aab"), distinct(b"abc")], [0, 2, 3]);
    }
}
