//! What people have accepted, asked about one finding: waivers of the file, then the baseline. Knows no comments.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::deps::Date;
use crate::model::RuleId;

use super::baseline::{Baseline, Place};
use super::fingerprint::FingerprintKey;
use super::waiver_file::{FileWaiver, Term};

/// Where the waivers stand.
pub const WAIVERS: &str = ".portcullis/waivers.toml";

/// The team's reviewed exceptions, and what is needed to apply them.
pub struct Exceptions {
    /// Names findings; without it they have no names that anything could accept.
    pub key: Option<FingerprintKey>,
    /// What was accepted when the team began.
    pub baseline: Baseline,
    /// The day.
    pub today: Date,
    waivers: Vec<(FileWaiver, AtomicBool)>,
}

/// What the exceptions say about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excuse {
    /// Nothing.
    None,
    /// It is accepted; why.
    Accepted(String),
    /// It is accepted for a short time yet; what people have to know.
    EndsSoon(String),
    /// It was accepted; what people have to know.
    Ended(String),
}

/// A finding, as exceptions see it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'n> {
    /// The rule.
    pub rule: &'n RuleId,
    /// Its name under the team's key.
    pub name: Option<&'n str>,
    /// Which of equal ones in its file, from 1.
    pub nth: usize,
    /// Where.
    pub place: Place<'n>,
}

impl Exceptions {
    /// No exceptions.
    pub fn none(today: Date) -> Exceptions {
        Exceptions { key: None, baseline: Baseline::default(), today, waivers: Vec::new() }
    }

    /// The same with these waivers.
    pub fn with_waivers(mut self, waivers: Vec<FileWaiver>) -> Exceptions {
        self.waivers = waivers.into_iter().map(|waiver| (waiver, AtomicBool::new(false))).collect();
        self
    }

    /// Every waiver.
    pub fn waivers(&self) -> impl Iterator<Item = &FileWaiver> {
        self.waivers.iter().map(|(waiver, _)| waiver)
    }

    /// What is said about a finding; the waiver that says it counts as used.
    pub fn excuse(&self, finding: &Named<'_>) -> Excuse {
        let Named { rule, name, nth, place } = finding;
        let mut ended = None;
        for (waiver, used) in self.waivers.iter().filter(|(waiver, _)| waiver.covers(rule, place.path, *name))
        {
            used.store(true, Ordering::Relaxed);
            let FileWaiver { reason, owner, line, .. } = waiver;
            match waiver.term(self.today) {
                Term::Counts => return Excuse::Accepted(format!("{reason} ({owner}, {WAIVERS}:{line})")),
                Term::EndsSoon(day) => {
                    let what = format!("waived until {day} ({WAIVERS}:{line}, {owner}): {reason}");
                    return Excuse::EndsSoon(what);
                }
                Term::Ended(day) => {
                    ended = Some(format!("its waiver ended on {day} ({WAIVERS}:{line}, {owner})"))
                }
            }
        }
        let allowance = |name| self.baseline.allowance(rule, name, place);
        match (name, ended) {
            (Some(name), _) if *nth <= allowance(name) => Excuse::Accepted("in the baseline".to_owned()),
            (_, Some(what)) => Excuse::Ended(what),
            (_, None) => Excuse::None,
        }
    }

    /// Waivers that no finding has asked for so far.
    pub fn unused(&self) -> impl Iterator<Item = &FileWaiver> {
        self.waivers.iter().filter(|(_, used)| !used.load(Ordering::Relaxed)).map(|(waiver, _)| waiver)
    }
}

#[cfg(test)]
mod tests {
    use super::{Exceptions, Excuse, Named};
    use crate::deps::Date;
    use crate::model::{RepoPath, RuleId};
    use crate::policy::baseline::{Accepted, Baseline, Place};
    use crate::policy::waiver_file::read_unchecked;

    fn exceptions() -> Exceptions {
        let waivers = "schema = 1\n\
             [[waiver]]\nrule = 'ab'\npath = 'a.py'\nreason = 'first one'\nowner = 'ada'\nexpires = 2026-12-10\n\
             [[waiver]]\nrule = 'ab'\npath = 'b.py'\nreason = 'second one'\nowner = 'bob'\nexpires = 2026-01-01\n\
             [[waiver]]\nrule = 'cd'\npath = 'c.py'\nreason = 'third one'\nowner = 'cat'\n";
        let (rule, path) = (RuleId::parse("ab").unwrap(), RepoPath::from("b.py"));
        let accepted = Accepted::new(&rule, &format!("v2:{}", "0".repeat(32)), &path).unwrap();
        let mut exceptions = Exceptions::none(Date::parse("2026-12-01").unwrap());
        exceptions.baseline = Baseline::new(vec![accepted]);
        exceptions.with_waivers(read_unchecked(waivers).unwrap())
    }

    #[test]
    fn a_finding_is_accepted_for_a_time_or_for_good() {
        let exceptions = exceptions();
        let zeros = format!("v2:{}", "0".repeat(32));
        let ask = |rule: &str, path: &str, name, nth| {
            let (rule, path) = (RuleId::parse(rule).unwrap(), RepoPath::from(path));
            let place = Place { path: &path, moved_from: None, is_secret: false };
            exceptions.excuse(&Named { rule: &rule, name, nth, place })
        };
        let told = |what: &str| what.to_owned();
        let soon = "waived until 2026-12-10 (.portcullis/waivers.toml:2, ada): first one";
        let ended = "its waiver ended on 2026-01-01 (.portcullis/waivers.toml:8, bob)";
        assert_eq!(ask("ab", "a.py", None, 1), Excuse::EndsSoon(told(soon)));
        assert_eq!(ask("ab", "b.py", None, 1), Excuse::Ended(told(ended)));
        assert_eq!(ask("ab", "b.py", Some(&zeros), 1), Excuse::Accepted(told("in the baseline")));
        assert_eq!(ask("ab", "b.py", Some(&zeros), 2), Excuse::Ended(told(ended)));
        assert_eq!(ask("ab", "c.py", Some(&zeros), 1), Excuse::None);
        assert_eq!(exceptions.unused().map(|waiver| waiver.line).collect::<Vec<_>>(), [14]);
        let third = "third one (cat, .portcullis/waivers.toml:14)";
        assert_eq!(ask("cd", "c.py", None, 1), Excuse::Accepted(told(third)));
        assert_eq!(exceptions.unused().count(), 0);
    }
}
