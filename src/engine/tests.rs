//! The engine against its stupid twin: every rule at every byte, without prefilter, tail check or shortcuts.

mod growth;
mod names;
mod pairs;
mod parts;

use proptest::prelude::*;
use regex::bytes::RegexBuilder;

use super::trace::Unobserved;
use super::validate::{self, Opinion, StopWords};
use super::{Basis, Engine, Match, Views, boundary, builtin, detect, select};
use crate::model::{Category, RepoPath, Span};
use crate::rules::{Pack, Unit, check_file};

/// Rules over a small alphabet, so that random text hits them: prefix and infix keywords, folding, alternatives,
/// open repetitions, boundaries, secrets inside a longer match, two rules on the same bytes.
const RULES: &str = r#"
schema = 1
pack = "test"
[[rule]]
id = "prefix"
pattern = 'ab_(?<secret>[abc]{2,6})'
[[rule]]
id = "infix"
pattern = '[abc]{1,3}_c[ab]{2}'
boundary = "none"
[[rule]]
id = "fold"
pattern = '(?i)cab\s*[=:]\s*"(?<secret>[^"]{1,5})"'
boundary = "none"
generic = true
[[rule]]
id = "either"
pattern = '(?:aa|bb)_+[^_]c'
boundary = "word"
[[rule]]
id = "open"
pattern = 'b=[a-c]{3,}c'
[[rule]]
id = "lines"
pattern = 'ca\n(?:[ab]+\n){1,3}c'
boundary = "none"
[[rule]]
id = "assigned"
detector = "assignment"
keywords = ["aa", "bb"]
generic = true
[[rule]]
id = "half"
helper = true
pattern = 'aa_b'
boundary = "none"
[[rule]]
id = "beside"
requires = [{ rule = "half", within_lines = 1 }]
pattern = '(?:=|\n)(?<secret>[a-c]{2,4})'
boundary = "word"
[[rule]]
id = "between"
requires = [{ rule = "prefix", within_lines = 0 }, { rule = "half", within_lines = 2 }]
pattern = '"[^"]{1,4}'
boundary = "none"
"#;

fn engine() -> Engine {
    let head = "category = \"secret\"\nseverity = \"high\"\nconfidence = \"high\"\nplaceholders = false\n\
                title = \"t\"\nmessage = \"m\"\nremediation = \"r\"";
    let text = RULES.replace("[[rule]]", &format!("[[rule]]\n{head}"));
    let rules = check_file("test.toml", &text, false).unwrap().rules;
    let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
    engine.retain(|info| info.pack == "test");
    engine
}

/// What the engine ought to find, by the definition of a match and nothing else.
fn every_rule_on_every_byte(engine: &Engine, content: &[u8]) -> Vec<Match> {
    let path = "x.txt".into();
    let views = Views::new(&path, content);
    let mut found = Vec::new();
    for (pack, active) in engine.packs.iter().enumerate() {
        for (idx, rule) in active.pack.rules.iter().enumerate().filter(|(idx, _)| active.on[*idx]) {
            let pattern = rule.pattern.as_ref().filter(|_| rule.unit == Unit::Window);
            let regex = pattern
                .map(|pattern| RegexBuilder::new(&pattern.source).unicode(pattern.unicode).build().unwrap());
            for (at, keyword) in
                (0..content.len()).flat_map(|at| rule.keywords.iter().map(move |keyword| (at, keyword)))
            {
                let there = content.get(at..at + keyword.bytes.len()).unwrap_or_default();
                let same = if keyword.fold {
                    there.eq_ignore_ascii_case(&keyword.bytes)
                } else {
                    *there == *keyword.bytes
                };
                if !same {
                    continue;
                }
                let (Some(pattern), Some(regex)) = (pattern, &regex) else {
                    let detected = rule.detector.and_then(|detector| {
                        detect::run(detector, &views, Span::new(at, at + keyword.bytes.len()))
                    });
                    let Some(detect::Detected { span, extent }) = detected else { continue };
                    if let Opinion::Accepted(proof, remark) =
                        validate::judge(rule, &StopWords::default(), span.of(content))
                    {
                        let basis = Basis::Text;
                        found.push(Match {
                            pack,
                            rule: idx,
                            span,
                            secret: true,
                            extent,
                            proof,
                            remark,
                            basis,
                            partners: Vec::new(),
                        });
                    }
                    continue;
                };
                let first = at.saturating_sub(keyword.back as usize);
                let low = first.saturating_sub(boundary::MARGIN);
                let high = (at + pattern.max_len as usize + boundary::MARGIN).min(content.len());
                let text = &content[low..high];
                let matched = (first..=at).find_map(|start| {
                    let groups = regex.captures_at(text, start - low)?;
                    let whole = groups.get(0).filter(|whole| whole.start() == start - low)?;
                    let reported = groups.name("secret").or_else(|| groups.name("at")).unwrap_or(whole);
                    let reported = Span::new(reported.start() + low, reported.end() + low);
                    let whole = Span::new(whole.start() + low, whole.end() + low);
                    let cut = whole.end == high && high < content.len();
                    let covers = whole.end >= at + keyword.bytes.len();
                    (covers && !cut && boundary::holds(rule.boundary, content, reported, whole))
                        .then_some((reported, whole))
                });
                if let Some((span, extent)) = matched
                    && let Opinion::Accepted(proof, remark) =
                        validate::judge(rule, &StopWords::default(), span.of(content))
                {
                    let secret = rule.info.category == Category::Secret;
                    let basis = Basis::Text;
                    found.push(Match {
                        pack,
                        rule: idx,
                        span,
                        secret,
                        extent,
                        proof,
                        remark,
                        basis,
                        partners: Vec::new(),
                    });
                }
            }
        }
    }
    pairs::pair_up_by_definition(engine, content, &mut found);
    select::select(engine, found, &mut Unobserved)
}

/// What random text is made of.
const PIECES: [&str; 17] = [
    "ab_",
    "cab",
    "CAB = \"",
    "\"",
    "aa_",
    "bb__",
    "b=",
    "ca\n",
    "\n",
    "c",
    "a",
    "b",
    "abcabcabc",
    "_c",
    " ",
    "\\n",
    "\u{e9}",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..200)
        .prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_engine_finds_what_every_rule_on_every_byte_finds(content in text()) {
        let engine = engine();
        // What is encoded has a twin of its own.
        let path = "x.txt".into();
        let in_clear = engine.matches(&Views::new(&path, &content), &mut Unobserved).unwrap();
        let found = select::select(&engine, in_clear, &mut Unobserved);
        prop_assert_eq!(&found, &every_rule_on_every_byte(&engine, &content));
    }

    #[test]
    fn what_a_pattern_matches_in_the_whole_text_is_not_lost_in_windows(content in text()) {
        let engine = engine();
        let found = engine.scan(&"x.txt".into(), &content).unwrap().matches;
        for rule in engine.rules().filter(|rule| !rule.helper && rule.requires.is_empty()) {
            let Some(pattern) = rule.pattern.as_ref() else { continue };
            let regex = RegexBuilder::new(&pattern.source).unicode(false).build().unwrap();
            for whole in regex.captures_iter(&content) {
                let reported = whole.name("secret").or_else(|| whole.get(0)).unwrap();
                let span = Span::new(reported.start(), reported.end());
                let whole = whole.get(0).map(|whole| Span::new(whole.start(), whole.end())).unwrap();
                let counts = boundary::holds(rule.boundary, &content, span, whole);
                prop_assert!(!counts || found.iter().any(|found| found.span.overlaps(span)), "{} at {span:?}", rule.info.id);
            }
        }
    }

    #[test]
    fn no_bytes_make_the_built_in_rules_panic_or_point_outside(
        content in prop::collection::vec(any::<u8>(), 0..3000),
        seeds in prop::collection::vec((0usize..3000, 0usize..10_000), 0..40),
        path in prop::sample::select(&["a.py", "b.js", "c.go", "d.php", "e.rb", "f.yml", "g", "h.cs", "i.java", ".env"][..]),
    ) {
        let engine = Engine::new(&builtin::PACK, None);
        let keywords: Vec<&[u8]> = builtin::PACK.rules.iter().flat_map(|rule| rule.keywords.iter().map(|k| &*k.bytes)).collect();
        let mut content = content;
        for (at, keyword) in seeds {
            let at = at.min(content.len());
            content.splice(at..at, keywords[keyword % keywords.len()].iter().copied());
        }
        for found in engine.scan(&RepoPath::from(path), &content).unwrap().matches {
            prop_assert!(found.span.start <= found.span.end && found.span.end <= content.len());
            prop_assert!(found.extent.start <= found.extent.end && found.extent.end <= content.len());
        }
    }
}

#[track_caller]
fn check(content: &str, expected: &[(&str, &str)]) {
    let engine = engine();
    let found = engine.scan(&"x.txt".into(), content.as_bytes()).unwrap().matches;
    let shown: Vec<_> = found
        .iter()
        .map(|found| {
            (
                engine.info(found).id.to_string(),
                String::from_utf8_lossy(found.span.of(content.as_bytes())).into_owned(),
            )
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_match_is_bounded_on_both_sides() {
    check("x ab_cbc y", &[("prefix", "cbc")]);
    check("x ab_cbccbccbc y", &[]);
    check("xab_cbc y", &[("prefix", "cbc")]);
    check("\\nab_cab\\n", &[("infix", "ab_cab")]);
}

#[test]
fn a_provider_s_rule_beats_a_generic_one_on_the_same_bytes() {
    check("cab = \"ab_cb\"", &[("prefix", "cb")]);
    check("cab = \"other\"", &[("fold", "other")]);
}

#[test]
fn a_match_longer_than_the_rule_allows_is_none() {
    let long = |len: usize| format!("b={}c.", "a".repeat(len));
    check(&long(900), &[("open", &long(900)[..903])]);
    check(&long(1100), &[]);
}

#[test]
fn what_must_follow_a_keyword_is_looked_for_in_what_the_rule_sees() {
    let text = "schema = 1\npack = \"test\"\n[[rule]]\nid = \"blank\"\ntitle = \"t\"\ncategory = \"code\"\ntopic = \"t\"\n\
                severity = \"low\"\nconfidence = \"low\"\nmessage = \"m\"\nremediation = \"r\"\nlanguages = [\"python\"]\n\
                scope = \"code\"\npattern = 'call\\(\"\\s{3}\"\\)'\n";
    let rules = check_file("test.toml", text, false).unwrap().rules;
    let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
    engine.retain(|info| info.pack == "test");
    let found = |content: &str| engine.scan(&"x.py".into(), content.as_bytes()).unwrap().matches.len();
    assert_eq!(found("call(\"abc\")\n"), 1, "the inside of a string is blank");
    assert_eq!(found("# call(\"abc\")\n"), 0);
    assert_eq!(found("call(\"abcd\")\n"), 0);
}
