//! Whether the bytes around a keyword can be a match's, told without a regular expression: its chains of byte sets are
//! followed away from the keyword, and nearly all end after a few bytes. Knows no scopes but that views have blanks.

use crate::model::Span;
use crate::rules::{Keyword, Link, Rule, ScopeKind, Unit};

/// False when the bytes around the keyword rule out a match in whatever view the rule has of them.
pub fn may_fit(rule: &Rule, keyword: &Keyword, content: &[u8], at: Span) -> bool {
    places_fit((rule, keyword), content, at, rule.scope != ScopeKind::Raw)
}

/// False when the bytes around the keyword rule out a match in the rule's view. Not asked of a rule over whole files,
/// which has let one of its keywords pass already: its matches may be around others.
pub fn fits(rule: &Rule, keyword: &Keyword, view: &[u8], at: Span) -> bool {
    rule.scope == ScopeKind::Raw || rule.unit == Unit::File || places_fit((rule, keyword), view, at, false)
}

fn places_fit((rule, keyword): (&Rule, &Keyword), text: &[u8], at: Span, veiled: bool) -> bool {
    let (before, behind) = text.split_at(at.start);
    let (before, behind) = (before.iter().rev(), behind[at.len()..].iter());
    // No match reaches farther.
    let longest = rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize);
    let (back, ahead) = (keyword.back as usize, longest.saturating_sub(at.len()));
    keyword.places.is_empty()
        || keyword.places.iter().any(|place| {
            follows(&place.behind, behind.clone().take(ahead), veiled)
                && follows(&place.before, before.clone().take(back), veiled)
        })
}

/// True when `bytes` begin with what `chain` says; any of them may be a blank instead when they are `veiled`.
///
/// All ways through the chain are followed at once, as in Baeza-Yates and Gonnet, "A new approach to text searching",
/// CACM 35(10), 1992: a bit for each link that may take the next byte.
fn follows<'b>(chain: &[Link], bytes: impl Iterator<Item = &'b u8>, veiled: bool) -> bool {
    let end = 1u32 << chain.len();
    let mut open = 1u32;
    for byte in bytes {
        let (mut left, mut next) = (open, 0);
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let Some(link) = chain.get(bit.trailing_zeros() as usize) else { return true };
            if veiled && link.set.has(b' ') {
                return true;
            }
            if !link.must {
                left |= bit << 1;
            }
            if link.set.has(*byte) {
                next |= bit << 1 | if link.many { bit } else { 0 };
            }
        }
        if next == 0 {
            return false;
        }
        open = next;
    }
    // The text ends here: only links that need nothing may be left, and the last of a chain needs something.
    open & end != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::places_fit;
    use crate::model::Span;
    use crate::rules::{Rule, check_file};

    /// In each the group `k` is around the keyword `_k_`.
    const PATTERNS: [&str; 5] = [
        r"[a-c]{1,3}\s*(?<k>_k_)[ab]*c(?:ab|c)?;",
        r"(?m)^[ \t]*a+:\n[ \t]+b*\.?(?<k>_k_)\s*\(",
        r"(?:ab|c)+\b(?<k>_k_)[^;\n]{0,9};",
        r"(?i)(?:b|ca)(?<k>_k_)(?:a{2,5}|b)",
        r"a{6,}b?[^a]?(?<k>_k_)(?:[ab]{3}c)+",
    ];

    fn rule(pattern: &str) -> Rule {
        let text = format!(
            "schema = 1\npack = \"t\"\n[[rule]]\nid = \"rule\"\ntitle = \"t\"\ncategory = \"secret\"\nseverity = \"low\"\n\
             confidence = \"low\"\nmessage = \"m\"\nremediation = \"r\"\nboundary = \"none\"\nkeywords = [\"_k_\"]\n\
             pattern = '''{pattern}'''\n"
        );
        check_file("t.toml", &text, false)
            .map_or_else(|error| panic!("{error:?}"), |mut file| file.rules.remove(0))
    }

    fn text() -> impl Strategy<Value = String> {
        const PIECES: [&str; 14] =
            ["a", "b", "c", "_k_", "_k_", " ", "\n", ";", "(", ".", ":\n", "ab", "aaaaaa", "abac"];
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_match_is_ruled_out(nth in 0..PATTERNS.len(), text in text()) {
            let rule = rule(PATTERNS[nth]);
            let regex = Regex::new(&format!("(?-u){}", PATTERNS[nth])).unwrap();
            for from in 0..=text.len() {
                let Some(groups) = regex.captures_at(text.as_bytes(), from) else { break };
                let keyword = groups.name("k").map(|group| Span::new(group.start(), group.end())).unwrap();
                prop_assert!(places_fit((&rule, &rule.keywords[0]), text.as_bytes(), keyword, false));
                let veiled: Vec<u8> = text.bytes().map(|byte| if byte == b' ' { b'#' } else { byte }).collect();
                prop_assert!(places_fit((&rule, &rule.keywords[0]), &veiled, keyword, true));
            }
        }
    }

    #[test]
    fn what_cannot_match_is_ruled_out() {
        for (nth, text, expected) in [
            (0, "b _k_ac;", true),
            (0, "; _k_ac;", false),
            (0, "b _k_aa;", false),
            (1, "a:\n b_k_ (", true),
            (1, "a\n b_k_ (", false),
            (3, "CA_K_b", true),
            (3, "a_k_c", false),
        ] {
            let at = text.to_ascii_lowercase().find("_k_").unwrap();
            let rule = rule(PATTERNS[nth]);
            assert_eq!(
                places_fit((&rule, &rule.keywords[0]), text.as_bytes(), Span::new(at, at + 3), false),
                expected,
                "{text}"
            );
        }
    }
}
