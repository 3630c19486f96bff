//! Says what a changed file of the team's own rules finds less than before; does not know where it comes from.

use super::{ScanError, Scanner};
use crate::config::Config;
use crate::engine::{Engine, builtin};
use crate::model::Entry;
use crate::policy::Policy;
use crate::rules::{Checked, Example, Pack, Rule, check_file};

/// One sentence for each rule of `old` that finds less in `new`. What does not read counts for nothing.
pub fn told(old: &[u8], new: &[u8]) -> Vec<String> {
    let (Some(old), Some(new)) = (read(old), read(new)) else { return Vec::new() };
    let mut told = Vec::new();
    for was in &old.rules {
        let id = &was.info.id;
        let Some(is) = new.rules.iter().find(|rule| rule.info.id == *id) else {
            told.push(format!("the rule `{id}` is no longer in this file"));
            continue;
        };
        if is.info.severity < was.info.severity {
            let (old, new) = (was.info.severity, is.info.severity);
            told.push(format!("the severity of `{id}` is lowered from {old} to {new}"));
        }
        if is.info.confidence < was.info.confidence {
            let (old, new) = (was.info.confidence, is.info.confidence);
            told.push(format!("the confidence of `{id}` is lowered from {old} to {new}"));
        }
        if !is.finds_the_same_as(was) {
            let examples = old.examples.iter().filter(|one| one.hit && one.rule == id.as_str());
            told.extend(changed(is, &new, &examples.collect::<Vec<_>>()));
        }
    }
    told
}

/// A file without content is one that is gone.
fn read(content: &[u8]) -> Option<Checked> {
    if content.is_empty() {
        return Some(Checked::default());
    }
    check_file("rules", std::str::from_utf8(content).ok()?, false).ok()
}

/// A rule that looks for something else finds less when it misses one of the examples it had before. Without any,
/// nobody knows.
fn changed(rule: &Rule, file: &Checked, examples: &[&Example]) -> Option<String> {
    let id = &rule.info.id;
    if examples.is_empty() {
        return Some(format!(
            "`{id}` looks for something else, and had no example that tells whether it is less"
        ));
    }
    let missed = examples.iter().filter(|example| !finds(rule, file, example).unwrap_or(false)).count();
    (missed > 0)
        .then(|| format!("`{id}` does not find {missed} of the {} examples that it had", examples.len()))
}

fn finds(rule: &Rule, file: &Checked, example: &Example) -> Result<bool, ScanError> {
    let Ok(own) = Pack::new(file.rules.clone()) else { return Ok(false) };
    let engine = Engine::new(&builtin::PACK, Some(own));
    let scanner = Scanner::new(engine, Policy::new(Config::default()));
    let entry = Entry::of_example(example, Some(rule));
    let judged = scanner.scan_content(&entry, &example.text)?;
    Ok(judged.iter().any(|judged| judged.finding.rule.id == rule.info.id))
}
