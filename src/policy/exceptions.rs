//! What people have accepted, asked about one finding: waivers of the file, then the baseline. Knows no comments, and not
//! where the files are.

use std::sync::atomic::{AtomicBool, Ordering};

use once_cell::sync::OnceCell;

use crate::deps::Date;
use crate::model::RuleId;

use super::baseline::{Baseline, Place};
use super::fingerprint::FingerprintKey;
use super::waiver_file::{FileWaiver, Term};

/// Where the waivers stand.
pub const WAIVERS: &str = ".portcullis/waivers.toml";

/// What the team's files say.
#[derive(Default)]
pub struct Written {
    /// Names findings; without it they have no names that anything could accept.
    pub key: Option<FingerprintKey>,
    /// What was accepted when the team began.
    pub baseline: Baseline,
    /// Reviewed exceptions.
    pub waivers: Vec<FileWaiver>,
}

/// Files that were read without a problem before, and now are not; why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("exceptions that were read before cannot be read any more: {0}")]
pub struct Lost(pub String);

/// Reads the files.
pub type Read = dyn Fn() -> Result<Written, Lost> + Send + Sync;

/// The team's reviewed exceptions, read at once or when the first finding asks for them.
pub struct Exceptions {
    /// The day.
    pub today: Date,
    accepted: OnceCell<Accepted>,
    read: Box<Read>,
}

struct Accepted {
    key: Option<FingerprintKey>,
    baseline: Baseline,
    /// Each with whether a finding has asked for it.
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
    /// These exceptions.
    pub fn new(today: Date, written: Written) -> Exceptions {
        let accepted = OnceCell::with_value(Accepted::from(written));
        Exceptions { today, accepted, read: Box::new(|| Ok(Written::default())) }
    }

    /// Those that `read` gives, once somebody asks.
    pub fn when_asked(today: Date, read: Box<Read>) -> Exceptions {
        Exceptions { today, accepted: OnceCell::new(), read }
    }

    fn accepted(&self) -> Result<&Accepted, Lost> {
        self.accepted.get_or_try_init(|| Ok(Accepted::from((self.read)()?)))
    }

    /// The team's key.
    pub fn key(&self) -> Result<Option<&FingerprintKey>, Lost> {
        Ok(self.accepted()?.key.as_ref())
    }

    /// Every waiver.
    pub fn waivers(&self) -> Result<impl Iterator<Item = &FileWaiver>, Lost> {
        Ok(self.accepted()?.waivers.iter().map(|(waiver, _)| waiver))
    }

    /// Waivers that no finding has asked for so far.
    pub fn unused(&self) -> Result<impl Iterator<Item = &FileWaiver>, Lost> {
        let waivers = self.accepted()?.waivers.iter();
        Ok(waivers.filter(|(_, used)| !used.load(Ordering::Relaxed)).map(|(waiver, _)| waiver))
    }

    /// What is said about a finding; the waiver that says it counts as used.
    pub fn excuse(&self, finding: &Named<'_>) -> Result<Excuse, Lost> {
        Ok(self.accepted()?.excuse(finding, self.today))
    }
}

impl From<Written> for Accepted {
    fn from(Written { key, baseline, waivers }: Written) -> Self {
        let waivers = waivers.into_iter().map(|waiver| (waiver, AtomicBool::new(false))).collect();
        Accepted { key, baseline, waivers }
    }
}

impl Accepted {
    fn excuse(&self, finding: &Named<'_>, today: Date) -> Excuse {
        let Named { rule, name, nth, place } = finding;
        let mut ended = None;
        for (waiver, used) in self.waivers.iter().filter(|(waiver, _)| waiver.covers(rule, place.path, *name))
        {
            used.store(true, Ordering::Relaxed);
            let FileWaiver { reason, owner, line, .. } = waiver;
            match waiver.term(today) {
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
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Exceptions, Excuse, Lost, Named, Written};
    use crate::deps::Date;
    use crate::model::{RepoPath, RuleId};
    use crate::policy::baseline::{Accepted, Baseline, Place};
    use crate::policy::waiver_file::read_unchecked;

    fn today() -> Date {
        Date::parse("2026-12-01").unwrap()
    }

    fn exceptions() -> Exceptions {
        let waivers = "schema = 1\n\
             [[waiver]]\nrule = 'ab'\npath = 'a.py'\nreason = 'first one'\nowner = 'ada'\nexpires = 2026-12-10\n\
             [[waiver]]\nrule = 'ab'\npath = 'b.py'\nreason = 'second one'\nowner = 'bob'\nexpires = 2026-01-01\n\
             [[waiver]]\nrule = 'cd'\npath = 'c.py'\nreason = 'third one'\nowner = 'cat'\n";
        let (rule, path) = (RuleId::parse("ab").unwrap(), RepoPath::from("b.py"));
        let accepted = Accepted::new(&rule, &format!("v2:{}", "0".repeat(32)), &path).unwrap();
        let waivers = read_unchecked(waivers).unwrap();
        let written = Written { key: None, baseline: Baseline::new(vec![accepted]), waivers };
        Exceptions::new(today(), written)
    }

    #[test]
    fn a_finding_is_accepted_for_a_time_or_for_good() {
        let exceptions = exceptions();
        let zeros = format!("v2:{}", "0".repeat(32));
        let ask = |rule: &str, path: &str, name, nth| {
            let (rule, path) = (RuleId::parse(rule).unwrap(), RepoPath::from(path));
            let place = Place { path: &path, moved_from: None, is_secret: false };
            exceptions.excuse(&Named { rule: &rule, name, nth, place }).unwrap()
        };
        let told = |what: &str| what.to_owned();
        let soon = "waived until 2026-12-10 (.portcullis/waivers.toml:2, ada): first one";
        let ended = "its waiver ended on 2026-01-01 (.portcullis/waivers.toml:8, bob)";
        assert_eq!(ask("ab", "a.py", None, 1), Excuse::EndsSoon(told(soon)));
        assert_eq!(ask("ab", "b.py", None, 1), Excuse::Ended(told(ended)));
        assert_eq!(ask("ab", "b.py", Some(&zeros), 1), Excuse::Accepted(told("in the baseline")));
        assert_eq!(ask("ab", "b.py", Some(&zeros), 2), Excuse::Ended(told(ended)));
        assert_eq!(ask("ab", "c.py", Some(&zeros), 1), Excuse::None);
        assert_eq!(exceptions.unused().unwrap().map(|waiver| waiver.line).collect::<Vec<_>>(), [14]);
        let third = "third one (cat, .portcullis/waivers.toml:14)";
        assert_eq!(ask("cd", "c.py", None, 1), Excuse::Accepted(told(third)));
        assert_eq!(exceptions.unused().unwrap().count(), 0);
    }
    #[test]
    fn files_are_read_once_when_somebody_asks_and_what_is_lost_is_no_answer() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let read = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            let waivers = read_unchecked(
                "schema = 1\n[[waiver]]\nrule = 'ab'\npath = 'a'\nreason = 'first one'\nowner = 'ada'\n",
            );
            Ok(Written { waivers: waivers.unwrap(), ..Written::default() })
        };
        let exceptions = Exceptions::when_asked(today(), Box::new(read));
        assert_eq!(calls.load(Ordering::Relaxed), 0);
        assert_eq!((exceptions.waivers().unwrap().count(), exceptions.unused().unwrap().count()), (1, 1));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        let lost = Exceptions::when_asked(today(), Box::new(|| Err(Lost("w".to_owned()))));
        assert!(lost.key().is_err() && lost.waivers().is_err());
    }
}
