//! An explanation for programs, schema 1. Keys never disappear; what is absent is `null`.

use serde::Serialize;

use crate::explain::{Account, End, Explanation};
use crate::model::{RepoPath, Verdict};
use crate::text::escape;

#[derive(Serialize)]
pub struct Document<'e> {
    schema: u32,
    path: String,
    line: usize,
    column: usize,
    excerpt: &'e str,
    not_scanned: Option<&'e str>,
    matched: Vec<Rule<'e>>,
    missed: Vec<Rule<'e>>,
    not_asked: Vec<NotAsked<'e>>,
}

#[derive(Serialize)]
struct Rule<'e> {
    rule: &'e str,
    title: &'e str,
    /// `blocking`, `advisory`, `suppressed`, `none`.
    verdict: &'static str,
    steps: Vec<Step<'e>>,
}

#[derive(Serialize)]
struct Step<'e> {
    step: &'static str,
    passed: bool,
    says: &'e str,
}

#[derive(Serialize)]
struct NotAsked<'e> {
    why: &'static str,
    rules: Vec<&'e str>,
}

/// The document about a place in `path`.
pub fn document<'e>(path: &RepoPath, told: &'e Explanation) -> Document<'e> {
    let not_asked = told
        .not_asked
        .iter()
        .map(|(why, rules)| NotAsked { why, rules: rules.iter().map(|rule| rule.id.as_str()).collect() });
    Document {
        schema: 1,
        path: escape(path.as_bytes()),
        line: told.place.0.line,
        column: told.place.0.column,
        excerpt: &told.excerpt.text,
        not_scanned: told.unscanned.as_deref(),
        matched: told.matched.iter().map(rule).collect(),
        missed: told.missed.iter().map(rule).collect(),
        not_asked: not_asked.collect(),
    }
}

fn rule(account: &Account) -> Rule<'_> {
    let steps = account.steps.iter();
    Rule {
        rule: account.rule.id.as_str(),
        title: &account.rule.title,
        verdict: match &account.end {
            End::Finding(Verdict::Blocking) => "blocking",
            End::Finding(Verdict::Advisory) => "advisory",
            End::Finding(Verdict::Suppressed { .. }) => "suppressed",
            End::Lost | End::Missed => "none",
        },
        steps: steps.map(|told| Step { step: told.step, passed: told.passed, says: &told.says }).collect(),
    }
}
