//! Explanations against the scan they explain, and in words.

use super::{Account, End, Explanation, Place, explain};
use crate::config::Config;
use crate::engine::{Engine, builtin};
use crate::model::{Entry, Judged, Locator, Position, Provenance, Verdict};
use crate::policy::Policy;
use crate::rules::{Example, Pack, check_file};
use crate::scan::{Dependencies, Scanner};
use crate::source::Reader;
use crate::verify;

fn examples() -> Vec<Example> {
    let files = builtin::FILES.iter();
    files.flat_map(|(name, text)| check_file(name, text, true).unwrap().examples).collect()
}

fn scanner(own: Option<Pack>) -> Scanner {
    let engine = Engine::new(&builtin::PACK, own);
    let dependencies = Some(Dependencies::for_examples());
    Scanner { dependencies, ..Scanner::new(engine, Policy::new(Config::default())) }
}

fn explained(scanner: &Scanner, entry: &Entry, place: Place) -> Explanation {
    explain(scanner, entry, &mut Reader::new(None), place).unwrap()
}

/// Every word of an explanation that is not the rules' own.
fn said(told: &Explanation) -> String {
    let steps = told.matched.iter().chain(&told.missed).flat_map(|account| &account.steps);
    steps.map(|step| step.says.as_str()).chain([told.excerpt.text.as_str()]).collect::<Vec<_>>().join("\n")
}

/// Both in one go: to explain all examples takes seconds.
#[test]
fn of_every_example_the_verdicts_are_those_of_the_scan_and_no_secret_is_shown() {
    let scanner = scanner(None);
    let examples = examples();
    let mut hidden = 0;
    for example in &examples {
        let entry = verify::entry(&scanner, example);
        let judged = scanner.scan_content(&entry, &example.text).unwrap();
        let told = explained(&scanner, &entry, Place::Everything);
        let sorted = |mut pairs: Vec<(String, Verdict)>| {
            pairs.sort_by_key(|(rule, verdict)| (rule.clone(), format!("{verdict:?}")));
            pairs
        };
        let of_scan = |one: &Judged| (one.finding.rule.id.to_string(), one.verdict.clone());
        let of_account = |account: &Account| match &account.end {
            End::Finding(verdict) => Some((account.rule.id.to_string(), verdict.clone())),
            End::Lost | End::Missed => None,
        };
        let expected = sorted(judged.iter().map(of_scan).collect());
        let found = sorted(told.matched.iter().filter_map(of_account).collect());
        assert_eq!(found, expected, "{} at {:?}: {:?}", example.rule, example.at, example.text);
        let said = said(&told);
        for secret in judged.iter().filter_map(|one| one.finding.secret.as_ref()) {
            let value = String::from_utf8_lossy(secret.expose()).into_owned();
            if value.len() >= super::SHORTEST {
                assert!(!said.contains(&value), "{}: {said}", example.rule);
                hidden += 1;
            }
        }
    }
    assert!(examples.len() > 1000 && hidden > 500, "{} {hidden}", examples.len());
}

const RULES: &str = r#"
schema = 1
pack = "test"
[[rule]]
id = "acme-key"
title = "Acme key"
category = "secret"
severity = "critical"
confidence = "high"
entropy = 3.0
pattern = '''(?<secret>acme_[0-9a-f]{16})'''
message = "m"
remediation = "r"
[[rule]]
id = "acme-call"
title = "Acme call"
category = "code"
topic = "acme"
severity = "low"
confidence = "high"
languages = ["python"]
scope = "code"
unit = "statement"
pattern = '''acme_call\s*\(\s*(?<at>\w+)'''
none_of = ['''safe''']
message = "m"
remediation = "r"
"#;

/// The lines of every account at a place: rule and end, then its steps.
#[track_caller]
fn check(path: &str, content: &str, before: Option<&str>, place: Place, expected: &[&str]) {
    let rules = check_file("test.toml", RULES, false).unwrap().rules;
    let mut scanner = scanner(Some(Pack::new(rules).unwrap()));
    scanner.engine.retain(|info| info.pack == "test");
    let inline = |text: &str| Locator::Inline(text.as_bytes().into());
    let entry = Entry {
        path: path.into(),
        locator: inline(content),
        before: before.map(inline).into_iter().collect(),
        moved_from: None,
        provenance: Provenance::Stdin,
    };
    let told = explained(&scanner, &entry, place);
    let mut lines = vec![told.excerpt.text.clone()];
    for account in told.matched.iter().chain(&told.missed) {
        lines.push(format!("{} {:?}", account.rule.id, account.end));
        for step in &account.steps {
            lines.push(format!("{} {}: {}", if step.passed { '+' } else { '-' }, step.step, step.says));
        }
    }
    for (why, rules) in &told.not_asked {
        let ids: Vec<_> =
            rules.iter().map(|rule| rule.id.as_str()).filter(|id| id.starts_with("acme")).collect();
        if !ids.is_empty() {
            lines.push(format!("{why}: {}", ids.join(", ")));
        }
    }
    assert_eq!(lines, expected);
}

fn key() -> String {
    format!("acme{}", "_3f9c0b7e5d1a4826")
}

#[test]
fn a_finding_is_explained_from_its_keyword_to_the_gate() {
    check(
        "docs/a.md",
        &format!("one\nkey = {}\n", key()),
        None,
        Place::Line(2),
        &[
            "key = acme…(21)",
            "acme-key Finding(Blocking)",
            "+ keyword: `acme_` at 2:7-11",
            "+ pattern: matches acme…(21) at 2:7-27",
            "+ placeholder: it is none",
            "+ entropy: 4.11 ≥ 3 bits per character",
            "+ place: docs/a.md is documentation or an example: confidence is medium",
            "+ gate: severity critical, confidence medium; from high and medium on a finding blocks: this one does",
        ],
    );
}

#[test]
fn what_was_there_before_is_told_as_old() {
    let content = format!("key = {}\n", key());
    check(
        "a.txt",
        &content,
        Some(&content),
        Place::Character(Position { line: 1, column: 12 }),
        &[
            "key = acme…(21)",
            "acme-key Lost",
            "+ keyword: `acme_` at 1:7-11",
            "+ pattern: matches acme…(21) at 1:7-27",
            "+ placeholder: it is none",
            "+ entropy: 4.11 ≥ 3 bits per character",
            "- new: it stood there before the change",
        ],
    );
}

#[test]
fn a_miss_says_which_condition_refused() {
    let steps = |content: &str, expected: &[&str]| check("a.txt", content, None, Place::Line(1), expected);
    steps(
        "x acme_3f9c0b7e5d1a z",
        &[
            "x acme…(17) z",
            "acme-key Missed",
            "+ keyword: `acme_` at 1:3-7",
            "- check: what follows the keyword cannot match: `[0-9a-f]{16}` fits 12 times before column 20, and must \
             16 times",
        ],
    );
    steps(
        &format!("x {}f", key()),
        &[
            "x acme…(22)",
            "acme-key Missed",
            "+ keyword: `acme_` at 1:3-7",
            "- boundary: acme…(21) is part of something longer, and the rule wants `token`",
            "- pattern: matches nowhere else",
        ],
    );
    steps(
        &format!("x acme{}", "_3f3f3f3f3f3f3f3e"),
        &[
            "x acme…(21)",
            "acme-key Missed",
            "+ keyword: `acme_` at 1:3-7",
            "+ pattern: matches acme…(21) at 1:3-23",
            "+ placeholder: it is none",
            "- entropy: 2.22 < 3 bits per character",
        ],
    );
}

#[test]
fn a_code_rule_says_where_it_looks() {
    check(
        "a.py",
        "acme_call(safe)",
        None,
        Place::Line(1),
        &[
            "acme_call(safe)",
            "acme-call Missed",
            "+ keyword: `acme_call` at 1:1-9",
            "+ pattern: matches `safe` at 1:11-14",
            "- conditions: `safe` matches and must not",
            "acme-key Missed",
            "+ keyword: `acme_` at 1:1-5",
            "- check: what follows the keyword cannot match: `[0-9a-f]{16}` fits 2 times before column 8, and must 16 \
             times",
        ],
    );
    check(
        "a.js",
        "acme_call(x)",
        None,
        Place::Line(1),
        &[
            "acme_call(x)",
            "acme-key Missed",
            "+ keyword: `acme_` at 1:1-5",
            "- check: what follows the keyword cannot match: `[0-9a-f]{16}` fits 2 times before column 8, and must 16 \
             times",
            "because they are for other languages: acme-call",
        ],
    );
}
