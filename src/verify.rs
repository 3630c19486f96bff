//! Whether rules are good: their examples through the shipping engine with every rule active, their form, their cost.
//!
//! Does not know where rule files come from, nor what time it is.

pub mod corpus;
pub mod fix;
pub mod lint;
pub mod quality;

use std::fmt;

use crate::engine::trace::{Loss, Observer, Site, Step};
use crate::engine::{Engine, EngineError, Match, Views};
use crate::known::Known;
use crate::model::{Entry, Position};
use crate::policy::Policy;
use crate::rules::{Checked, Example, Rule};
use crate::scan::{Dependencies, KnownValues, ScanError, Scanner};
use crate::text::patch;

/// A rule file, checked.
pub struct RuleFile {
    /// What people call it.
    pub name: String,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Their examples.
    pub examples: Vec<Example>,
}

impl RuleFile {
    /// Gives what was read its name.
    pub fn new(name: String, Checked { rules, examples }: Checked) -> Self {
        RuleFile { name, rules, examples }
    }
}

/// A scanner for examples: there are no approvals, no values of local files, and nothing is remembered.
pub fn scanner(engine: Engine, policy: Policy) -> Scanner {
    let dependencies = Some(Dependencies::for_examples());
    Scanner { dependencies, ..Scanner::new(engine, policy.for_examples()) }
}

/// An example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file it stands in.
    pub file: String,
    /// Where.
    pub at: Position,
    /// Its rule.
    pub rule: String,
    /// Whether it should have been found.
    pub hit: bool,
    /// What was found instead.
    pub found: Vec<String>,
    /// What the fix makes of it, if that is not what it should be.
    pub fixed: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, at, rule, hit, found, fixed } = self;
        if let Some(fixed) = fixed {
            return write!(f, "{file}:{}:{}: rule {rule}: the fix makes it {fixed:?}", at.line, at.column);
        }
        let what = if *hit { "`hit` example is not found" } else { "`miss` example is found" };
        write!(f, "{file}:{}:{}: rule {rule}: {what}", at.line, at.column)?;
        if *hit && !found.is_empty() {
            write!(f, " (but {})", found.join(", "))?;
        }
        Ok(())
    }
}

/// Runs the examples of each file; returns those that do not hold.
pub fn run(scanner: &mut Scanner, files: &[RuleFile]) -> Result<Vec<Failure>, ScanError> {
    let mut failures = Vec::new();
    for file in files {
        for example in &file.examples {
            let entry = entry(scanner, example);
            scanner.known = example.env.as_deref().and_then(known_values);
            let judged = scanner.scan_content(&entry, &example.text)?;
            let mut found: Vec<String> =
                judged.iter().map(|judged| judged.finding.rule.id.to_string()).collect();
            found.dedup();
            if helps(&scanner.engine, &entry, example)? {
                found.push(example.rule.clone());
            }
            let fixed = example.fixed.as_ref().and_then(|wanted| {
                let edits = fix::edits(&scanner.engine, judged.iter().map(|judged| &judged.finding));
                let edits: Vec<_> = edits
                    .into_iter()
                    .filter(|(rule, _)| *rule == example.rule)
                    .map(|(_, edit)| edit)
                    .collect();
                let fixed = String::from_utf8_lossy(&patch::apply(&example.text, &edits)).into_owned();
                (fixed != *wanted).then_some(fixed)
            });
            if found.contains(&example.rule) != example.hit || fixed.is_some() {
                let Example { rule, hit, at, .. } = example.clone();
                failures.push(Failure { file: file.name.clone(), at, rule, hit, found, fixed });
            }
        }
    }
    scanner.known = None;
    Ok(failures)
}

/// Whether the example's rule is a helper that matches in it, which is never a finding.
fn helps(engine: &Engine, entry: &Entry, example: &Example) -> Result<bool, EngineError> {
    let mut helpers = engine.rules().filter(|rule| rule.helper);
    if !helpers.any(|rule| rule.info.id.as_str() == example.rule) {
        return Ok(false);
    }
    let mut watch = Helped { engine, rule: &example.rule, seen: false };
    engine.observe(&Views::new(&entry.path, &example.text), &mut watch)?;
    Ok(watch.seen)
}

/// Watches for matches of one helper.
struct Helped<'e> {
    engine: &'e Engine,
    rule: &'e str,
    seen: bool,
}

impl Observer for Helped<'_> {
    fn note(&mut self, _: Site, _: impl FnOnce() -> Step) {}

    fn lose(&mut self, found: &Match, why: impl FnOnce() -> Loss) {
        self.seen |= why() == Loss::Helper && self.engine.rule(found).info.id.as_str() == self.rule;
    }
}

/// What a `.env` with this text makes known.
fn known_values(env: &str) -> Option<KnownValues> {
    let known = Known::of_text(".env", env.as_bytes())?;
    Some(KnownValues { known, held_before: Box::new(|_, _| false) })
}

/// The example as an entry: under its own path, or one of the rule's first language.
pub fn entry(scanner: &Scanner, example: &Example) -> Entry {
    let rule = scanner.engine.rules().find(|rule| rule.info.id.as_str() == example.rule);
    Entry::of_example(example, rule)
}
