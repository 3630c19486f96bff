//! Findings with their verdicts, and the receipt: everything a reporter needs.

use super::{Finding, Position, Receipt, RepoPath, RuleId};

/// What the policy says about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Stops the commit.
    Blocking,
    /// Told, does not stop.
    Advisory,
    /// An exception applies; the reason as somebody wrote it.
    Suppressed {
        /// The text behind the waiver or exclusion.
        reason: String,
    },
}

/// A finding and its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// What follows from it.
    pub verdict: Verdict,
}

/// The result of one run, sorted by path, place and rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Every finding, also the suppressed ones.
    pub findings: Vec<Judged>,
    /// What the run has looked at.
    pub receipt: Receipt,
}

impl Report {
    /// Findings with the verdict "blocking".
    pub fn blocking(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|judged| judged.verdict == Verdict::Blocking)
            .map(|judged| &judged.finding)
    }

    /// Findings with the verdict "advisory" on which somebody should act.
    pub fn advisory(&self) -> impl Iterator<Item = &Finding> {
        self.told().filter(|finding| !finding.is_information())
    }

    /// Findings with the verdict "advisory" on which nobody has to act.
    pub fn information(&self) -> impl Iterator<Item = &Finding> {
        self.told().filter(|finding| finding.is_information())
    }

    fn told(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|judged| judged.verdict == Verdict::Advisory)
            .map(|judged| &judged.finding)
    }

    /// Sorts the findings by path, place and rule; those that are equal in that keep their order.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    }

    /// True when something stops the commit.
    pub fn blocks(&self) -> bool {
        self.blocking().next().is_some()
    }
}

fn order(finding: &Finding) -> (&RepoPath, Position, Position, &RuleId) {
    (&finding.path, finding.start, finding.end, &finding.rule.id)
}
