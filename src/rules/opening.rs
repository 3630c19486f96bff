//! The strings that every match of a pattern begins with, for patterns that hold no literal but begin with a few bytes out of
//! few. Knows nothing of what stands behind them.

use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::Extractor;

use super::anchor::Required;

/// Shorter strings stand in too many places.
const LEN: usize = 4;
/// How many strings there may be: three digits in base64 are nine hundred.
const MOST: usize = 1024;

/// The first four bytes of each match, in order; none if one can be shorter or there are too many.
pub fn strings(hir: &Hir) -> Option<Vec<Required>> {
    let mut extractor = Extractor::new();
    extractor.limit_class(MOST).limit_literal_len(LEN).limit_total(MOST);
    let mut begun = extractor.extract(hir);
    begun.keep_first_bytes(LEN);
    let mut found: Vec<Vec<u8>> = begun.literals()?.iter().map(|one| one.as_bytes().to_vec()).collect();
    found.sort();
    found.dedup();
    let long = !found.is_empty() && found.iter().all(|one| one.len() == LEN);
    let required = |bytes| Required { bytes, fold: false, back: 0, tail: Vec::new(), places: Vec::new() };
    long.then(|| found.into_iter().map(required).collect())
}

#[cfg(test)]
mod tests {
    use super::strings;
    use crate::rules::pattern::bound;

    #[track_caller]
    fn check(pattern: &str, expected: Option<&[&str]>) {
        let found = strings(&bound(pattern, false).unwrap().hir);
        let found: Option<Vec<_>> =
            found.map(|all| all.into_iter().map(|one| String::from_utf8(one.bytes).unwrap()).collect());
        let expected = expected.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn a_few_bytes_out_of_few_are_spelled_out() {
        check("(?<secret>[ab]x[yz]1[0-9]{30})", Some(&["axy1", "axz1", "bxy1", "bxz1"]));
        check("(?:M[jz]|OT)[AE]0[0-9]+", Some(&["MjA0", "MjE0", "MzA0", "MzE0", "OTA0", "OTE0"]));
        check("[0-9]{4}x", None);
        check("[ab]{3}", None);
        check("(?:ab)?cde", None);
        check("(?:ab)?cdef", Some(&["abcd", "cdef"]));
    }

    #[test]
    fn three_digits_in_base64_are_nine_hundred_strings() {
        let hir = bound("(?:M[Tjz]|N[DTjz]|O[DT])[AEIMQUYcgk][0-5wxyz][A-Za-z0-9_-]{20}", false).unwrap().hir;
        assert_eq!(strings(&hir).map(|all| all.len()), Some(900));
    }
}
