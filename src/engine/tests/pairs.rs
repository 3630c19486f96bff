//! Pairs: the stupid twin, which looks everywhere for whatever is nearest, and what belongs together in tables.

use regex::bytes::RegexBuilder;

use crate::engine::validate::{self, Opinion, StopWords};
use crate::engine::{Basis, Before, Engine, Match, boundary, builtin, is_new};
use crate::model::Span;
use crate::rules::{Pack, Rule, check_file};

/// Adds the pairs: of everything that a pair rule's pattern matches anywhere, whatever is nearest first.
pub fn pair_up_by_definition(engine: &Engine, content: &[u8], found: &mut Vec<Match>) {
    let mut pairs = Vec::new();
    for (pack, active) in engine.packs.iter().enumerate() {
        for (idx, rule) in active.pack.rules.iter().enumerate().filter(|(idx, _)| active.on[*idx]) {
            if rule.requires.is_empty() {
                continue;
            }
            let mut halves = halves_of(pack, idx, rule, content);
            for requirement in rule.requires.iter() {
                let mut others: Vec<Span> = found
                    .iter()
                    .filter(|one| engine.rule(one).info.id.as_str() == requirement.rule)
                    .map(|one| one.span)
                    .collect();
                others.sort();
                others.dedup();
                let mut paired = Vec::new();
                loop {
                    let all = halves.iter().enumerate().flat_map(|(half, one)| {
                        others.iter().enumerate().map(move |(other, span)| (half, one.span, other, *span))
                    });
                    let near = all.filter_map(|(half, span, other, partner)| {
                        let between = span.end.min(partner.end)..span.start.max(partner.start);
                        let text = content.get(between).filter(|text| text.len() <= 1024)?;
                        let lines = text.split(|byte| *byte == b'\n').count() - 1;
                        let nearness = (lines, span < partner, text.len(), half, other);
                        (lines <= usize::from(requirement.within_lines)).then_some(nearness)
                    });
                    let Some((.., half, other)) = near.min() else { break };
                    let mut half = halves.remove(half);
                    half.partners.push(others.remove(other));
                    paired.push(half);
                }
                halves = paired;
                halves.sort_by_key(|half| half.span);
            }
            pairs.extend(halves);
        }
    }
    found.extend(pairs);
    found.retain(|one| !engine.rule(one).helper);
}

/// Every match of a pair rule's pattern that its validators accept, at every byte.
fn halves_of(pack: usize, rule_idx: usize, rule: &Rule, content: &[u8]) -> Vec<Match> {
    let regex = RegexBuilder::new(&rule.pattern.as_ref().unwrap().source).unicode(false).build().unwrap();
    let mut halves: Vec<Match> = Vec::new();
    for start in 0..content.len() {
        let Some(groups) = regex.captures_at(content, start) else { break };
        let whole = groups.get(0).unwrap();
        let group = groups.name("secret").unwrap_or(whole);
        let (span, extent) = (Span::new(group.start(), group.end()), Span::new(whole.start(), whole.end()));
        if whole.start() != start
            || !boundary::holds(rule.boundary, content, span, extent)
            || halves.iter().any(|half| half.span == span)
        {
            continue;
        }
        if let Opinion::Accepted(proof, remark) =
            validate::judge(rule, &StopWords::default(), span.of(content))
        {
            let partners = Vec::new();
            halves.push(Match {
                pack,
                rule: rule_idx,
                span,
                secret: true,
                extent,
                proof,
                remark,
                basis: Basis::Text,
                partners,
            });
        }
    }
    halves.sort_by_key(|half| half.span);
    halves
}

const RULES: &str = r#"
schema = 1
pack = "test"
[[rule]]
id = "id"
helper = true
pattern = 'id-[0-9]'
[[rule]]
id = "key"
requires = [{ rule = "id", within_lines = 2 }]
pattern = 'key-[0-9]'
[[rule]]
id = "lock"
requires = [{ rule = "id", within_lines = 0 }, { rule = "key-alone", within_lines = 1 }]
pattern = 'lock-[0-9]'
[[rule]]
id = "key-alone"
confidence = "low"
pattern = 'key-[2-9]'
"#;

fn engine() -> Engine {
    let head = "category = \"secret\"\nseverity = \"high\"\nplaceholders = false\ntitle = \"t\"\nmessage = \"m\"\n\
                remediation = \"r\"\n";
    let text = RULES.replace("[[rule]]\n", &format!("[[rule]]\n{head}"));
    let text = text.replace("pattern", "confidence = \"high\"\npattern");
    let text = text.replace("confidence = \"low\"\nconfidence = \"high\"", "confidence = \"low\"");
    let rules = check_file("test.toml", &text, false).unwrap().rules;
    let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
    engine.retain(|info| info.pack == "test");
    engine
}

/// Every finding as `rule: value` and what it belongs to.
fn found(engine: &Engine, content: &str) -> Vec<String> {
    let found = engine.scan(&"x.txt".into(), content.as_bytes()).unwrap().matches;
    let show = |one: &Match| {
        let spans = [one.span].into_iter().chain(one.partners.iter().copied());
        let words: Vec<&str> = spans.map(|span| &content[span.start..span.end]).collect();
        format!("{}: {}", engine.info(one).id, words.join(" "))
    };
    found.iter().map(show).collect()
}

#[track_caller]
fn check(content: &str, expected: &[&str]) {
    assert_eq!(found(&engine(), content), expected, "{content:?}");
}

#[test]
fn what_is_no_secret_alone_is_one_beside_its_other_half() {
    check("key-1", &[]);
    check("id-1", &[]);
    check("id-1 key-1", &["key: key-1 id-1"]);
    check("key-1 id-1", &["key: key-1 id-1"]);
}

#[test]
fn a_pair_is_no_farther_apart_than_the_rule_says() {
    check("id-1\n\nkey-1", &["key: key-1 id-1"]);
    check("key-1\n\nid-1", &["key: key-1 id-1"]);
    check("id-1\n\n\nkey-1", &[]);
    check("key-1\n\n\nid-1", &[]);
}

#[test]
fn on_a_line_without_end_a_pair_is_near_too() {
    let apart = |bytes: usize| format!("id-1{}key-1 {}", " ".repeat(bytes), "-".repeat(5000));
    check(&apart(1024), &["key: key-1 id-1"]);
    check(&apart(1025), &[]);
}

#[test]
fn the_nearest_belong_together_and_of_two_as_near_the_one_behind() {
    check("key-1\n\nid-1\nkey-2", &["key: key-2 id-1"]);
    check("key-1\nid-1\nkey-2", &["key: key-2 id-1"]);
    check("id-1 id-2 key-1", &["key: key-1 id-2"]);
    check("id-1\nkey-1\nid-2\nkey-2\n", &["key: key-1 id-1", "key: key-2 id-2"]);
}

#[test]
fn each_half_is_in_one_pair_so_that_none_is_missed() {
    check("key-1 id-1\nid-2 key-2", &["key: key-1 id-1", "key: key-2 id-2"]);
    check("key-1 id-1 key-2 id-2", &["key: key-1 id-2", "key: key-2 id-1"]);
    check("id-1 key-1 key-1", &["key: key-1 id-1"]);
}

#[test]
fn a_rule_may_require_several_others() {
    check("id-1 lock-1\nkey-2", &["lock: lock-1 id-1 key-2", "key: key-2 id-1"]);
    check("id-1\nlock-1 key-2", &["key: key-2 id-1"]);
    check("id-1 lock-1\nkey-1", &["key: key-1 id-1"]);
}

#[test]
fn a_secret_with_a_rule_of_its_own_is_one_finding_by_the_surer_rule() {
    check("key-2", &["key-alone: key-2"]);
    check("id-1 key-2", &["key: key-2 id-1"]);
}

#[test]
fn nothing_belongs_to_what_a_rule_that_is_off_would_find() {
    let mut engine = engine();
    engine.retain(|info| info.id.as_str() != "id");
    assert_eq!(found(&engine, "id-1 key-1"), [""; 0]);
}

#[test]
fn a_pair_is_new_when_either_half_is() {
    let engine = engine();
    let check = |old: &str, new: &str, expected: bool| {
        let found = engine.scan(&"x.txt".into(), new.as_bytes()).unwrap().matches;
        let versions = [Before::compare(old.as_bytes(), new.as_bytes())];
        let news: Vec<bool> = found.iter().map(|one| is_new(one, &versions)).collect();
        assert_eq!(news, [expected], "{old:?} {new:?}");
    };
    check("", "id-1\nkey-1\n", true);
    check("id-1\n", "id-1\nkey-1\n", true);
    check("key-1\n", "id-1\nkey-1\n", true);
    check("id-1\nkey-1\n", "a\nid-1\nkey-1\n", false);
    check("id-1\n\n\n\nkey-1\n", "id-1\nkey-1\n", false);
}
