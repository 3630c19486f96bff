//! Runs the examples of rules through the shipping engine, with every rule active.

use std::fmt;

use crate::engine::Engine;
use crate::known::Known;
use crate::model::{Entry, Position};
use crate::policy::Policy;
use crate::rules::Example;
use crate::scan::{Dependencies, KnownValues, ScanError, Scanner};

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
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, at, rule, hit, found } = self;
        let what = if *hit { "`hit` example is not found" } else { "`miss` example is found" };
        write!(f, "{file}:{}:{}: rule {rule}: {what}", at.line, at.column)?;
        if *hit && !found.is_empty() {
            write!(f, " (but {})", found.join(", "))?;
        }
        Ok(())
    }
}

/// Runs the examples of each file; returns those that do not hold.
pub fn run(
    engine: Engine,
    policy: Policy,
    files: &[(String, Vec<Example>)],
) -> Result<Vec<Failure>, ScanError> {
    let dependencies = Some(Dependencies::for_examples());
    let mut scanner = Scanner { engine, policy, dependencies, known: None, clean: None };
    let mut failures = Vec::new();
    for (file, examples) in files {
        for example in examples {
            let entry = entry(&scanner, example);
            scanner.known = example.env.as_deref().and_then(known_values);
            let judged = scanner.scan_content(&entry, &example.text)?;
            let mut found: Vec<String> =
                judged.iter().map(|judged| judged.finding.rule.id.to_string()).collect();
            found.dedup();
            if found.contains(&example.rule) != example.hit {
                let Example { rule, hit, at, .. } = example.clone();
                failures.push(Failure { file: file.clone(), at, rule, hit, found });
            }
        }
    }
    Ok(failures)
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
