//! How `rules test` is shown: a few lines for people, everything for programs. Measures nothing.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::prose::wrap;
use crate::rules::Rule;
use crate::text::escape;
use crate::verify::corpus::{Corpus, Cost};
use crate::verify::quality::{Weakness, weaknesses};
use crate::verify::{Failure, RuleFile};

/// How many rules people are shown.
const WORST: usize = 20;
/// Columns of a line.
const WIDTH: usize = 80;

/// Everything that `rules test` has found out.
pub struct Quality<'q> {
    /// The rules that were tested.
    pub files: &'q [RuleFile],
    /// Their examples that do not hold.
    pub failures: &'q [Failure],
    /// What the active rules do in a corpus, when there is one.
    pub corpus: Option<&'q Corpus>,
}

impl Quality<'_> {
    fn examples(&self) -> usize {
        self.files.iter().map(|file| file.examples.len()).sum()
    }

    fn weak(&self) -> impl Iterator<Item = (&Rule, Vec<Weakness>)> {
        let rules = self.files.iter().flat_map(|file| &file.rules);
        rules.map(|rule| (rule, weaknesses(rule))).filter(|(_, found)| !found.is_empty())
    }
}

/// The answer for people.
pub fn text(quality: &Quality<'_>) -> String {
    let mut text = String::new();
    let weak: Vec<_> = quality.weak().collect();
    let widest = weak.iter().map(|(rule, _)| rule.info.id.as_str().len()).max().unwrap_or(0);
    for (rule, found) in &weak {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:widest$}  {}", rule.info.id, joined(found, WIDTH - widest - 2));
    }
    if let Some(corpus) = quality.corpus {
        let _ = writeln!(text, "{}", table(corpus));
    }
    for failure in quality.failures {
        let _ = writeln!(text, "{failure}");
    }
    let rules: usize = quality.files.iter().map(|file| file.rules.len()).sum();
    let _ = write!(
        text,
        "{rules} rules, {} of them may be slow or noisy; {} examples, {} wrong",
        weak.len(),
        quality.examples(),
        quality.failures.len()
    );
    text
}

/// As many as fit, and how many do not; the first is cut where it does not fit itself.
fn joined(found: &[Weakness], room: usize) -> String {
    let room = room.saturating_sub(", 99 more".len());
    let mut line = String::new();
    for (idx, weakness) in found.iter().enumerate() {
        let next = weakness.to_string();
        if idx == 0 && next.len() > room {
            line.extend(next.chars().take(room.saturating_sub(1)).chain(['…']));
        } else if idx > 0 && line.len() + ", ".len() + next.len() > room {
            let _ = write!(line, ", {} more", found.len() - idx);
            break;
        } else {
            line.push_str(if idx == 0 { "" } else { ", " });
            line.push_str(&next);
        }
    }
    line
}

/// The dearest rules of a corpus.
fn table(corpus: &Corpus) -> String {
    let sum = |of: fn(&Cost) -> u64| corpus.rules.iter().map(of).sum::<u64>();
    let mut text = format!(
        "\n{} files, {:.1} MB: {} findings, {} of them block",
        corpus.files,
        corpus.bytes as f64 / 1e6,
        sum(|cost| cost.hits),
        sum(|cost| cost.blocking)
    );
    if corpus.left_out > 0 {
        let _ = write!(text, "; {} files left out", corpus.left_out);
    }
    let _ = write!(
        text,
        "\n\n{:>9} {:>10} {:>9} {:>6} {:>6}  rule\n",
        "µs/MB", "looks/MB", "hits/MB", "hits", "block"
    );
    for cost in corpus.rules.iter().take(WORST) {
        let _ = writeln!(
            text,
            "{:9.1} {:10.1} {:9.2} {:6} {:6}  {}",
            corpus.micros_per_mb(cost.time),
            corpus.per_mb(cost.looks),
            corpus.per_mb(cost.hits),
            cost.hits,
            cost.blocking,
            escape(cost.rule.as_bytes()),
        );
    }
    let others = corpus.rules.get(WORST..).unwrap_or_default();
    if !others.is_empty() {
        let time = others.iter().map(|cost| cost.time).sum();
        let _ = writeln!(text, "{:9.1} {:43} {} more rules", corpus.micros_per_mb(time), "", others.len());
    }
    let mut finders: Vec<&Cost> = corpus.rules.iter().filter(|cost| cost.hits > 0).collect();
    finders.sort_by_key(|cost| std::cmp::Reverse(cost.hits));
    if !finders.is_empty() {
        let named = finders.iter().take(WORST).map(|cost| format!("{} {}", cost.rule, cost.hits));
        let line = format!("most findings: {}", named.collect::<Vec<_>>().join(", "));
        let _ = writeln!(text, "\n{}", wrap(&line, WIDTH).trim_end());
    }
    text
}

/// The answer for programs.
#[derive(Serialize)]
pub struct Listed {
    examples: usize,
    wrong: Vec<String>,
    rules: Vec<ListedRule>,
    corpus: Option<ListedCorpus>,
}

/// What is worth a second look in a rule.
#[derive(Serialize)]
struct ListedRule {
    id: String,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct ListedCorpus {
    files: usize,
    left_out: usize,
    bytes: u64,
    rules: Vec<ListedCost>,
}

#[derive(Serialize)]
struct ListedCost {
    id: String,
    looks: u64,
    hits: u64,
    blocking: u64,
    hits_per_mb: f64,
    microseconds_per_mb: f64,
}

/// The answer for programs, with every rule.
pub fn listed(quality: &Quality<'_>) -> Listed {
    let rules = quality.files.iter().flat_map(|file| &file.rules);
    let rule = |rule: &Rule| ListedRule {
        id: rule.info.id.to_string(),
        notes: weaknesses(rule).iter().map(ToString::to_string).collect(),
    };
    Listed {
        examples: quality.examples(),
        wrong: quality.failures.iter().map(ToString::to_string).collect(),
        rules: rules.map(rule).collect(),
        corpus: quality.corpus.map(|corpus| ListedCorpus {
            files: corpus.files,
            left_out: corpus.left_out,
            bytes: corpus.bytes,
            rules: corpus.rules.iter().map(|cost| listed_cost(corpus, cost)).collect(),
        }),
    }
}

fn listed_cost(corpus: &Corpus, cost: &Cost) -> ListedCost {
    ListedCost {
        id: cost.rule.clone(),
        looks: cost.looks,
        hits: cost.hits,
        blocking: cost.blocking,
        hits_per_mb: corpus.per_mb(cost.hits),
        microseconds_per_mb: corpus.micros_per_mb(cost.time),
    }
}
