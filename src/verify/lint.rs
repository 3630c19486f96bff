//! Mistakes in rules that load, and whose examples may even hold. Knows nothing of cost: see `quality` and `corpus`.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use super::{RuleFile, entry};
use crate::decode;
use crate::engine::trace::{Loss, Observer, Site, Step};
use crate::engine::{Match, Views};
use crate::model::{Category, Position, RuleId};
use crate::rules::{Example, Rule};
use crate::scan::{ScanError, Scanner};

/// How many kinds of examples a rule has at least, of those that hit and of those that miss.
fn needed(category: Category) -> usize {
    match category {
        // A value is drawn at random and stands anywhere: one example says little.
        Category::Secret => 2,
        // A construct has a name, and the example is it.
        Category::Code => 1,
        // Their examples are those of a program, not of a pattern.
        Category::Dependency | Category::Policy => 0,
    }
}

/// A rule to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file it stands in.
    pub file: String,
    /// Where, if it is about an example.
    pub at: Option<Position>,
    /// The rule.
    pub rule: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Whatever it should find is told by this rule instead.
    Shadowed(RuleId),
    /// This rule looks for the same.
    SameAs(RuleId),
    /// This rule's id is the same but for case, `-` and `.`.
    ReadsLike(RuleId),
    /// There are fewer kinds of examples than there should be.
    FewExamples {
        /// Whether of those that must be found.
        hit: bool,
        /// How many kinds there are.
        kinds: usize,
        /// How many there should be.
        needed: usize,
    },
    /// An example stands there twice.
    SameExample,
    /// It is to be found and not to be found.
    HitAndMiss,
    /// No page, no weakness class: nobody can read on.
    NothingToReadOn,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Shadowed(by) => write!(f, "never told, {by} takes all it finds"),
            Fault::SameAs(other) => write!(f, "looks for the same as {other}"),
            Fault::ReadsLike(other) => write!(f, "its id reads like {other}"),
            Fault::FewExamples { hit, kinds, needed } => {
                let name = if *hit { "hit" } else { "miss" };
                write!(f, "kinds of `{name}` examples: {kinds}, needed: {needed}")
            }
            Fault::SameExample => f.write_str("the example stands there twice"),
            Fault::HitAndMiss => f.write_str("the example is both `hit` and `miss`"),
            Fault::NothingToReadOn => f.write_str("no `references`, page in `remediation`, `cwe` or `owasp`"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, at, rule, fault } = self;
        match at {
            Some(at) => write!(f, "{file}:{}:{}: rule {rule}: {fault}", at.line, at.column),
            None => write!(f, "{file}: rule {rule}: {fault}"),
        }
    }
}

/// Everything that is to be mended in `files`, whose rules are active in `scanner`; in their order.
pub fn lint(scanner: &Scanner, files: &[RuleFile]) -> Result<Vec<Problem>, ScanError> {
    let mut problems = Vec::new();
    for file in files {
        for rule in &file.rules {
            let id = rule.info.id.as_str();
            let examples: Vec<&Example> = file.examples.iter().filter(|example| example.rule == id).collect();
            let mut faults: Vec<Fault> =
                shadow(scanner, &examples)?.map(Fault::Shadowed).into_iter().collect();
            faults.extend(twins(scanner, rule));
            faults.extend(few_examples(&examples, needed(rule.info.category)));
            if matches!(rule.info.category, Category::Secret | Category::Code) {
                faults.extend((!leads_on(rule)).then_some(Fault::NothingToReadOn));
            }
            let faults = faults.into_iter().map(|fault| (None, fault)).chain(repeated(&examples));
            problems.extend(faults.map(|(at, fault)| Problem {
                file: file.name.clone(),
                at,
                rule: id.to_owned(),
                fault,
            }));
        }
    }
    Ok(problems)
}

/// The rule that takes every finding of the examples that must hit.
fn shadow(scanner: &Scanner, examples: &[&Example]) -> Result<Option<RuleId>, ScanError> {
    let engine = &scanner.engine;
    let mut common: Option<BTreeSet<RuleId>> = None;
    for example in examples.iter().filter(|example| example.hit) {
        let entry = entry(scanner, example);
        let text = decode::to_text(&example.text);
        let mut takers = Takers(Vec::new());
        let found = engine.observe(&Views::new(&entry.path, &text), &mut takers)?;
        let is_own = |one: &Match| engine.info(one).id.as_str() == example.rule;
        let takers: BTreeSet<RuleId> = match found.matches.iter().any(is_own) {
            true => BTreeSet::new(),
            false => {
                let of_own = takers.0.iter().filter(|(lost, _)| is_own(lost));
                of_own.map(|(_, (pack, rule))| engine.info_at(*pack, *rule).id.clone()).collect()
            }
        };
        common = Some(common.map_or(takers.clone(), |common| &common & &takers));
    }
    Ok(common.and_then(|common| common.into_iter().next()))
}

/// Remembers which rule took which match.
struct Takers(Vec<(Match, (usize, usize))>);

impl Observer for Takers {
    fn note(&mut self, _: Site, _: impl FnOnce() -> Step) {}

    fn lose(&mut self, found: &Match, why: impl FnOnce() -> Loss) {
        match why() {
            Loss::Told { pack, rule } => self.0.push((found.clone(), (pack, rule))),
            Loss::Again | Loss::Helper | Loss::Old => {}
        }
    }
}

/// Rules that are the same, or that people will take for the same; of two, the later one by id is to blame.
fn twins(scanner: &Scanner, rule: &Rule) -> Vec<Fault> {
    let mut faults = Vec::new();
    for other in scanner.engine.rules().filter(|other| other.info.id < rule.info.id) {
        if finds_the_same(rule, other) {
            faults.push(Fault::SameAs(other.info.id.clone()));
        }
        if letters(&rule.info.id) == letters(&other.info.id) {
            faults.push(Fault::ReadsLike(other.info.id.clone()));
        }
    }
    faults
}

/// True when both look for the same in a language that they share.
fn finds_the_same(rule: &Rule, other: &Rule) -> bool {
    let source = |rule: &Rule| rule.pattern.as_ref().map(|pattern| pattern.source.clone());
    // Rules with a detector that is not the engine's differ in what their names mean.
    if rule.keywords.is_empty() || source(rule) != source(other) {
        return false;
    }
    let shared = rule.languages.is_empty()
        || other.languages.is_empty()
        || rule.languages.iter().any(|language| other.languages.contains(language));
    shared && rule.finds_the_same_as(&Rule { languages: rule.languages.clone(), ..other.clone() })
}

fn letters(id: &RuleId) -> String {
    id.as_str().chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

fn few_examples(examples: &[&Example], needed: usize) -> Vec<Fault> {
    let few = |hit| {
        let of_kind = examples.iter().filter(|example| example.hit == hit);
        let kinds = of_kind.map(|example| kind(example)).collect::<BTreeSet<_>>().len();
        (kinds < needed).then_some(Fault::FewExamples { hit, kinds, needed })
    };
    [true, false].into_iter().filter_map(few).collect()
}

/// What examples that differ only in their values have in common: the kind of file, and the text with each run of
/// letters and digits as its length. A run of one letter is a kind of its own, as placeholders are.
fn kind(example: &Example) -> (Option<&str>, String) {
    let mut text = String::new();
    for run in example.text.chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) {
        // Writing to a string cannot fail.
        let _ = match run {
            [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|byte| byte == first) => {
                write!(text, "<x{}>", run.len())
            }
            [byte] if !byte.is_ascii_alphanumeric() => write!(text, "{}", byte.escape_ascii()),
            _ => write!(text, "<{}>", run.len()),
        };
    }
    (example.path.as_deref().and_then(|path| path.rsplit(['.', '/']).next()), text)
}

/// Examples that stand there before.
fn repeated(examples: &[&Example]) -> Vec<(Option<Position>, Fault)> {
    let same = |a: &Example, b: &Example| (&a.text, &a.path, &a.env) == (&b.text, &b.path, &b.env);
    let mut faults = Vec::new();
    for (idx, example) in examples.iter().enumerate() {
        if let Some(earlier) = examples[..idx].iter().find(|earlier| same(earlier, example)) {
            let fault = if earlier.hit == example.hit { Fault::SameExample } else { Fault::HitAndMiss };
            faults.push((Some(example.at), fault));
        }
    }
    faults
}

/// True when a reader is told where to read on, or what the weakness is called.
fn leads_on(rule: &Rule) -> bool {
    let info = &rule.info;
    !info.references.is_empty()
        || !info.cwe.is_empty()
        || !info.owasp.is_empty()
        || info.remediation.split_whitespace().any(is_page)
}

/// True for `acme.com/keys,` and the like.
fn is_page(word: &str) -> bool {
    let host = word.trim_start_matches("https://").split('/').next().unwrap_or(word);
    let host = host.trim_end_matches(|char: char| !char.is_ascii_alphanumeric());
    host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::lint;
    use crate::config::Config;
    use crate::engine::{Engine, builtin};
    use crate::policy::Policy;
    use crate::rules::{Pack, check_file};
    use crate::verify::{RuleFile, scanner};

    const REST: &str = "title = 't'\nseverity = 'high'\nconfidence = 'high'\nmessage = 'm'\n";
    const GOOD: &str = "cwe = [798]\n[rule.examples]\nhit = ['k = \"tk_3f9c0b7e\"', 'K=tk_8b1e6f0d']\n\
                        miss = ['tk_3f9c', 'tk_xxxxxxxx']\n";

    /// A rule like `token`, but for what is given.
    fn rule(id: &str, how: &str, rest: &str) -> String {
        format!("[[rule]]\nid = '{id}'\n{REST}category = 'secret'\nremediation = 'r'\n{how}\n{rest}")
    }

    fn token(rest: &str) -> String {
        rule("token", "pattern = 'tk_[0-9a-f]{8}'", rest)
    }

    #[track_caller]
    fn check(rules: &[String], expected: &[&str]) {
        let text = format!("schema = 1\npack = 'test'\n{}", rules.concat());
        let checked = check_file("t.toml", &text, false).unwrap();
        let engine = Engine::new(&builtin::PACK, Some(Pack::new(checked.rules.clone()).unwrap()));
        let scanner = scanner(engine, Policy::new(Config::default()));
        let problems = lint(&scanner, &[RuleFile::new("t.toml".into(), checked)]).unwrap();
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_good_rule_has_no_problem() {
        check(&[token(GOOD)], &[]);
    }

    #[test]
    fn a_rule_that_another_always_beats_is_told() {
        let shadowed = "t.toml: rule wide: never told, token takes all it finds";
        let wide = |id| rule(id, "generic = true\npattern = '(?:tk|uk)_[0-9a-f]{8}'", GOOD);
        check(&[token(GOOD), wide("wide")], &[shadowed]);
        // One example of its own is enough.
        let own = GOOD.replace("K=tk_8b1e6f0d", "K=uk_8b1e6f0d");
        check(&[token(GOOD), wide("wide").replace(GOOD, &own)], &[]);
    }

    #[test]
    fn of_two_rules_that_look_for_the_same_the_later_is_told() {
        let other = |languages| rule("uoken", &format!("pattern = 'tk_[0-9a-f]{{8}}'\n{languages}"), GOOD);
        let same = "t.toml: rule uoken: looks for the same as token";
        let shadowed = "t.toml: rule uoken: never told, token takes all it finds";
        check(&[token(GOOD), other("")], &[shadowed, same]);
        check(&[token(GOOD), other("entropy = 1.0")], &[shadowed]);
        let python = |id| rule(id, "languages = ['python']\npattern = 'tk_[0-9a-f]{8}'", GOOD);
        let ruby = python("ruby").replace("'python'", "'ruby'");
        check(&[python("python"), ruby], &[]);
        check(
            &[python("python"), python("py-thon")],
            &[
                "t.toml: rule python: never told, py-thon takes all it finds",
                "t.toml: rule python: looks for the same as py-thon",
                "t.toml: rule python: its id reads like py-thon",
            ],
        );
    }

    #[test]
    fn examples_are_of_more_than_one_kind() {
        let with = |from: &str, to: &str| [token(&GOOD.replace(from, to))];
        let few = |what: &str, kinds: usize, needed: usize| {
            format!("t.toml: rule token: kinds of `{what}` examples: {kinds}, needed: {needed}")
        };
        check(&with("K=tk_8b1e6f0d", "k = \"tk_8b1e6f0d\""), &[&few("hit", 1, 2)]);
        check(&with("tk_xxxxxxxx", "tk_8b1e"), &[&few("miss", 1, 2)]);
        check(&[token("cwe = [798]\n")], &[&few("hit", 0, 2), &few("miss", 0, 2)]);
        let code = |rest| [token(rest).replace("'secret'", "'code'\ntopic = 'eval'")];
        check(&code("cwe = [95]\n[rule.examples]\nhit = ['tk_8b1e6f0d']\nmiss = ['tk_8b1e']\n"), &[]);
        check(&code("cwe = [95]\n"), &[&few("hit", 0, 1), &few("miss", 0, 1)]);
        check(
            &with("['tk_3f9c'", "['tk_3f9c', 'tk_3f9c'"),
            &["t.toml:15:20: rule token: the example stands there twice"],
        );
        check(
            &with("['tk_3f9c'", "['K=tk_8b1e6f0d'"),
            &["t.toml:15:9: rule token: the example is both `hit` and `miss`"],
        );
    }

    #[test]
    fn people_can_read_on() {
        let without = GOOD.replace("cwe = [798]\n", "");
        let nothing = "t.toml: rule token: no `references`, page in `remediation`, `cwe` or `owasp`";
        check(&[token(&without)], &[nothing]);
        check(&[token(&without).replace("'r'", "'Revoke it in the settings. Then read it.'")], &[nothing]);
        check(&[token(&without).replace("'r'", "'Revoke it at acme.com/keys, then go on.'")], &[]);
        check(&[token(&format!("references = ['https://acme.com']\n{without}"))], &[]);
    }
}
