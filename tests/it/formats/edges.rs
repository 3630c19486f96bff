//! What stands around a token: it is found next to escapes, signs and the ends of a file, and not inside of a longer
//! word; and what a checksum does to its verdict. Knows no provider.

use portcullis::engine::builtin;
use portcullis::engine::validate::ChecksumVerdict;
use portcullis::model::{Severity, Span, Verdict};
use portcullis::rules::{Boundary, Rule};

use super::{found, is_found_alone, scanner, tokens};

/// What may stand before and behind a token.
const SURROUNDINGS: [(&str, &str); 24] = [
    ("", ""),
    ("\n", "\n"),
    ("\r\n", "\r\n"),
    ("\\n", "\\n"),
    ("\\r\\n", "\\r\\n"),
    ("\\t", "\\t"),
    ("\\\"", "\\\""),
    ("\\\\n", "\\\\n"),
    ("\\u0022", "\\u0022"),
    ("\\x27", "\\x27"),
    ("&quot;", "&quot;"),
    ("&#34;", "&#34;"),
    ("\u{1b}[31m", "\u{1b}[0m"),
    ("\u{201c}", "\u{201d}"),
    ("(", ")"),
    ("<b>", "</b>"),
    ("<", ">"),
    ("[", "]"),
    ("{", "}"),
    ("`", "`"),
    ("|", "|"),
    ("=", ";"),
    (":", ","),
    ("?key=", "&page=2"),
];

/// The rules with formats that need no context, and some tokens of each.
fn formats() -> impl Iterator<Item = (&'static Rule, Vec<Vec<u8>>)> {
    builtin::PACK.rules.iter().filter(is_found_alone).filter_map(|rule| Some((rule, tokens(rule, 2)?)))
}

#[test]
fn a_token_is_found_between_escapes_and_signs_and_at_the_ends_of_a_file() {
    let scanner = scanner();
    let mut problems = Vec::new();
    for (rule, tokens) in formats() {
        for (before, after) in SURROUNDINGS {
            let missed = tokens.iter().filter(|token| {
                let content = [before.as_bytes(), token, after.as_bytes()].concat();
                let span = Span::new(before.len(), before.len() + token.len());
                !found(&scanner, "src/settings.txt", &content).iter().any(|one| one.span == span)
            });
            let missed = missed.count();
            if missed == tokens.len() {
                problems.push(format!("{} between {before:?} and {after:?}", rule.info.id));
            }
        }
    }
    assert!(problems.is_empty(), "missed:\n{}", problems.join("\n"));
}

#[test]
fn a_token_that_goes_on_before_is_not_found() {
    let scanner = scanner();
    let mut problems = Vec::new();
    for (rule, tokens) in formats().filter(|(rule, _)| rule.boundary == Boundary::Token) {
        for token in &tokens {
            for before in ["Q", "7", "ab"] {
                let content = [before.as_bytes(), token].concat();
                let span = Span::new(before.len(), content.len());
                let judged = found(&scanner, "src/settings.txt", &content);
                if judged.iter().any(|one| one.rule.id == rule.info.id && one.span == span) {
                    problems.push(format!("{} behind {before:?}", rule.info.id));
                }
            }
        }
    }
    assert!(problems.is_empty(), "found:\n{}", problems.join("\n"));
}

#[test]
fn a_valid_checksum_blocks_in_tests_and_a_wrong_one_blocks_nowhere() {
    let scanner = scanner();
    for (rule, tokens) in formats().filter(|(rule, _)| rule.info.severity >= Severity::High) {
        let Some(checksum) = rule.checksum else { continue };
        for token in tokens {
            if checksum.verify(&token) != ChecksumVerdict::Valid {
                continue;
            }
            let judge = |path: &str, token: &[u8]| {
                let content = [b"value = \"", token, b"\""].concat();
                let found = found(&scanner, path, &content);
                found.into_iter().map(|one| (one.rule.id.to_string(), one.verdict)).collect::<Vec<_>>()
            };
            let id = rule.info.id.to_string();
            let blocking = [(id.clone(), Verdict::Blocking)];
            assert_eq!(judge("tests/fixtures/data.txt", &token), blocking, "{}", token.escape_ascii());
            let mut wrong = token.clone();
            let place = token.len() - 9;
            wrong[place] = if matches!(wrong[place], b'4' | b'Q') { wrong[place - 1] } else { b'4' };
            if checksum.verify(&wrong) == ChecksumVerdict::Invalid {
                let told = judge("src/settings.txt", &wrong);
                assert!(told.iter().all(|(_, verdict)| *verdict == Verdict::Advisory), "{told:?}");
            }
        }
    }
}
