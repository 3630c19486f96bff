//! Whether the bytes around a keyword can be a match's, told without a regular expression: its chains of byte sets are
//! followed away from the keyword, and nearly all end after a few bytes. Knows no scopes but that views have blanks.

use crate::model::Span;
use crate::rules::{Keyword, Link, Rule, Unit, in_one_word};

/// False when the bytes around the keyword rule out a match in whatever view the rule has of them.
pub fn may_fit(rule: &Rule, keyword: &Keyword, content: &[u8], at: Span) -> bool {
    places_fit((rule, keyword), content, at, rule.scope.hides())
}

/// False when the bytes around the keyword rule out a match in the rule's view. Not asked of a rule over whole files,
/// which has let one of its keywords pass already: its matches may be around others.
pub fn fits(rule: &Rule, keyword: &Keyword, view: &[u8], at: Span) -> bool {
    !rule.scope.hides() || rule.unit == Unit::File || places_fit((rule, keyword), view, at, false)
}

fn places_fit((rule, keyword): (&Rule, &Keyword), text: &[u8], at: Span, veiled: bool) -> bool {
    let (before, behind) = text.split_at(at.start);
    let (before, behind) = (before.iter().rev(), behind[at.len()..].iter());
    // No match reaches farther.
    let longest = rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize);
    let (back, ahead) = (keyword.back as usize, longest.saturating_sub(at.len()));
    let edge = |byte: Option<&u8>| if veiled { byte.copied() } else { None };
    let (first, last) = (edge(keyword.bytes.first()), edge(keyword.bytes.last()));
    keyword.places.is_empty()
        || keyword.places.iter().any(|place| {
            follows(&place.behind, behind.clone().take(ahead), last)
                && follows(&place.before, before.clone().take(back), first)
        })
}

/// What has not failed by then in a veiled text is left to the view: `[^;]*` goes on and on.
const FAR: usize = 12;

/// True when `bytes` begin with what `chain` says. Where the byte of the keyword is given that is nearest to them, it is a
/// view that they have to fit: what it hides is blank there, but nothing hidden begins or ends inside of a word. Then only
/// the first of them are asked.
fn follows<'b>(chain: &[Link], bytes: impl Iterator<Item = &'b u8>, nearest: Option<u8>) -> bool {
    let end = 1u32 << chain.len();
    // The ways whose last byte is seen, and those whose last byte is hidden.
    let (mut seen, mut hidden, mut nearest) = (1u32, 0u32, nearest);
    for (count, byte) in bytes.enumerate() {
        if count == FAR && nearest.is_some() {
            return true;
        }
        let (next_seen, next_hidden) = match nearest {
            None => (step(chain, seen, *byte), 0),
            Some(near) if in_one_word(near, *byte) => (step(chain, seen, *byte), step(chain, hidden, b' ')),
            Some(_) => {
                let blank = if *byte == b'\n' { b'\n' } else { b' ' };
                (step(chain, seen | hidden, *byte), step(chain, seen | hidden, blank))
            }
        };
        (seen, hidden) = (next_seen, next_hidden);
        if (seen | hidden) & end != 0 {
            return true;
        }
        if seen | hidden == 0 {
            return false;
        }
        nearest = nearest.map(|_| *byte);
    }
    // The text ends here: only links that need nothing may be left, and the last of a chain needs something.
    (seen | hidden) & end != 0
}

/// The ways through a chain that go on with a byte; the bit behind its last link is set when one is through.
///
/// All ways are followed at once, as in Baeza-Yates and Gonnet, "A new approach to text searching", CACM 35(10), 1992: a
/// bit for each link that may take the next byte.
#[inline]
fn step(chain: &[Link], open: u32, byte: u8) -> u32 {
    let (mut left, mut next) = (open, 0);
    while left != 0 {
        let bit = left & left.wrapping_neg();
        left ^= bit;
        let Some(link) = chain.get(bit.trailing_zeros() as usize) else { return bit };
        if !link.must {
            left |= bit << 1;
        }
        if link.set.has(byte) {
            next |= bit << 1 | if link.many { bit } else { 0 };
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::places_fit;
    use crate::engine::Views;
    use crate::model::{Language, RepoPath, Span};
    use crate::rules::{Rule, ScopeKind, check_file, in_one_word};

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

    proptest! {
        /// What `follows` takes for granted about every view of every language.
        #[test]
        fn nothing_hidden_begins_or_ends_inside_of_a_word(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", "b1", "_", " ", "\n", "(", ")", "{", "}", "\"", "'", "`", "'''", "/", "//", "/*", "*/", "#", "--", "<!--",
                "-->", "${", "#{", "$a", "\\(", "\\", "<<~E\n", "\nE\n", "%w(", "r#\"", "\"#", "=begin\n", "\n=end\n", "run: ",
            ]), 0..40),
            idx in 0..Language::NAMES.len(),
        ) {
            let content = parts.concat().into_bytes();
            let path = RepoPath::from("x");
            let views = Views::new(&path, &content).written_in(Language::NAMES[idx].1);
            for (name, scope) in ScopeKind::NAMES {
                let hidden: Vec<bool> = views.of(scope).iter().zip(&content).map(|(seen, byte)| seen != byte).collect();
                for at in (1..content.len()).filter(|at| in_one_word(content[at - 1], content[*at])) {
                    prop_assert_eq!(hidden[at - 1], hidden[at], "{} at {}", name, at);
                }
            }
        }
    }

    #[test]
    fn a_view_hides_no_part_of_a_word() {
        // Behind the keyword blanks may stand, then a bracket: what follows in its word is seen as it is.
        for (text, expected) in [
            ("a:\n b_k_ (", true),
            ("a:\n b_k_/*x*/(", true),
            ("a:\n b_k_'x'(", true),
            ("a:\n b_k_x(", false),
            ("a:\n b_k_1 (", false),
        ] {
            let at = text.find("_k_").unwrap();
            let rule = rule(PATTERNS[1]);
            let keyword = &rule.keywords[0];
            let fits = places_fit((&rule, keyword), text.as_bytes(), Span::new(at, at + 3), true);
            assert_eq!(fits, expected, "{text}");
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
