//! The pipeline: entries are read, scanned, compared with what stood there before, judged, and become a report.

mod dependencies;
mod example;
mod history;
mod inline;
mod known;
mod loosened;
mod naming;
mod own_rules;
mod protected;
mod unit;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::cache::Clean;
use crate::decode;
use crate::engine::trace::{Observer, Unobserved};
use crate::engine::{Engine, EngineError, Sight};
use crate::model::{
    Cut, Entry, Judged, Locator, Oid, Partial, Provenance, Receipt, RepoPath, Report, RuleId, SkipReason,
    Skipped, Unread,
};
use crate::policy::{Lost, Policy, WAIVERS};
use crate::source::{Listing, Reader, SourceError};

pub use dependencies::{Dependencies, RepoFiles, is_manifest};
pub use history::{Depth, Past};
pub use known::KnownValues;
pub use protected::PROTECTED;
use unit::Unit;

/// No answer at all.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A rule cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A finding that no rule describes.
    #[error("there is no rule {0}, although something was found for it")]
    NoRule(RuleId),
    /// What people have accepted cannot be read.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The receipt does not add up: some entry was neither scanned nor skipped.
    #[error("the receipt does not add up: {entries} listed, {accounted} accounted for")]
    Receipt {
        /// How many the source listed.
        entries: usize,
        /// How many are accounted for.
        accounted: usize,
    },
}

/// Everything that judges content: rules, policy, approvals.
pub struct Scanner {
    /// The rules.
    pub engine: Engine,
    /// The gate.
    pub policy: Policy,
    /// The dependency gate, when it takes part.
    pub dependencies: Option<Dependencies>,
    /// The values of local secret files, when they are looked for.
    pub known: Option<KnownValues>,
    /// Contents that need not be looked at again, when they are remembered.
    pub clean: Option<Clean>,
    /// Who is told of each outcome as it comes, on whatever thread.
    pub told: Option<Box<Told>>,
}

/// Reads along.
pub type Told = dyn Fn(&Outcome) + Send + Sync;

/// What became of one entry.
#[derive(Debug)]
pub enum Outcome {
    /// It was looked at.
    Scanned {
        /// Its size.
        bytes: u64,
        /// What was found in it.
        judged: Vec<Judged>,
        /// Why parts of what is packed in it were not looked at.
        cuts: BTreeSet<Cut>,
    },
    /// It was left out.
    Skipped(SkipReason),
    /// It could not be read; what the system says.
    Unread(String),
}

impl Outcome {
    /// It was looked at, and nothing was found.
    fn nothing(bytes: u64) -> Outcome {
        Outcome::Scanned { bytes, judged: Vec::new(), cuts: BTreeSet::new() }
    }
}

/// How many threads there may be.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// How many entries are worth a second thread.
const WORTH_A_THREAD: usize = 16;

impl Scanner {
    /// Rules and a gate, and nothing else that takes part.
    pub fn new(engine: Engine, policy: Policy) -> Scanner {
        Scanner { engine, policy, dependencies: None, known: None, clean: None, told: None }
    }

    /// Scans every entry of `listing` and reports; the same input gives the same report, whatever the threads do.
    pub fn run(&self, listing: Listing, readers: &(dyn Fn() -> Reader + Sync)) -> Result<Report, ScanError> {
        let entries: Vec<&Entry> = listing.entries.iter().collect();
        let look = |entry: &Entry, reader: &mut Reader| self.tell(self.watch(entry, reader, &mut Unobserved));
        let outcomes = each(&entries, readers, &look)?;
        self.account(listing, outcomes)
    }

    /// The report of what became of each entry of `listing`.
    fn account(&self, listing: Listing, outcomes: Vec<Outcome>) -> Result<Report, ScanError> {
        let Listing { entries, skipped, unread } = listing;
        let listed = entries.len() + skipped.len() + unread.len();
        let mut receipt = Receipt { entries: listed, skipped, unread, ..self.empty_receipt() };
        let mut findings = Vec::new();
        for (entry, outcome) in entries.iter().zip(outcomes) {
            match outcome {
                Outcome::Scanned { bytes, judged, cuts } => {
                    receipt.scanned += 1;
                    receipt.bytes += bytes;
                    findings.extend(judged);
                    receipt
                        .partial
                        .extend(cuts.into_iter().map(|cut| Partial { path: entry.path.clone(), cut }));
                }
                Outcome::Skipped(reason) => {
                    receipt.skipped.push(Skipped { path: entry.path.clone(), reason })
                }
                Outcome::Unread(why) => receipt.unread.push(Unread { path: entry.path.clone(), why }),
            }
        }
        receipt.skipped.sort();
        receipt.partial.sort();
        receipt.unread.sort();
        if !receipt.adds_up() {
            let accounted = receipt.scanned + receipt.skipped.len() + receipt.unread.len();
            return Err(ScanError::Receipt { entries: receipt.entries, accounted });
        }
        let mut report = Report { findings, receipt };
        // Equal places keep the order of the entries (oldest commit first).
        report.sort();
        Ok(report)
    }

    /// Scans one content that is at hand, all of it new, as `rules test` does with examples.
    pub fn scan_content(&self, entry: &Entry, content: &[u8]) -> Result<Vec<Judged>, ScanError> {
        let text = decode::to_text(content);
        let unit = Unit { scanner: self, entry, sight: Sight::All, raw: content, text: &text };
        unit.judge(unit.find(&mut Unobserved)?, &[], &mut Unobserved)
    }

    /// Adds to a report about everything the waivers of the team's file, `content`, that nothing has asked for.
    pub fn tell_unused_waivers(&self, content: &[u8], report: &mut Report) -> Result<(), Lost> {
        let entry = Entry {
            path: WAIVERS.into(),
            locator: Locator::Inline([].into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::WorkTree,
        };
        let unit = Unit { scanner: self, entry: &entry, sight: Sight::All, raw: content, text: content };
        report.findings.extend(unit.unused()?);
        report.sort();
        Ok(())
    }

    fn empty_receipt(&self) -> Receipt {
        let mut packs: Vec<String> = self.engine.rules().map(|rule| rule.info.pack.to_string()).collect();
        packs.sort();
        packs.dedup();
        Receipt { rules: self.engine.rules().count(), packs, ..Receipt::default() }
    }

    /// Lets who reads along hear of an outcome.
    fn tell(&self, outcome: Result<Outcome, ScanError>) -> Result<Outcome, ScanError> {
        if let (Some(told), Ok(outcome)) = (&self.told, &outcome) {
            told(outcome);
        }
        outcome
    }

    /// How many bytes a content has in which nothing was found, if that is remembered.
    fn remembers(&self, sight: Sight, entry: &Entry) -> Option<u64> {
        let (clean, blob) = self.clean.as_ref().zip(blob(entry))?;
        clean.knows(blob, &remembered_as(sight, &entry.path))
    }

    /// What becomes of an entry, when that can be told from what is remembered. Where libgit2 does not list a content,
    /// git may have it, or it may be gone.
    fn recall(&self, sight: Sight, entry: &Entry, reader: &mut Reader) -> Option<Outcome> {
        let bytes = self.remembers(sight, entry)?;
        let is_enough = self.known.is_none() && !protected::is_watched(self, entry);
        (is_enough && self.excluded(entry).is_none() && reader.lists(&entry.locator))
            .then(|| Outcome::nothing(bytes))
    }

    /// Remembers that nothing was found in this content of so many bytes.
    fn remember(&self, sight: Sight, entry: &Entry, bytes: u64) {
        if let Some((clean, blob)) = self.clean.as_ref().zip(blob(entry)) {
            clean.note(blob, &remembered_as(sight, &entry.path), bytes);
        }
    }

    /// Scans one entry, as `run` does with each, while somebody watches.
    pub fn watch<O: Observer>(
        &self,
        entry: &Entry,
        reader: &mut Reader,
        observer: &mut O,
    ) -> Result<Outcome, ScanError> {
        self.watch_for(Sight::All, entry, reader, observer)
    }

    /// The same, as far as some rules see it.
    fn watch_for<O: Observer>(
        &self,
        sight: Sight,
        entry: &Entry,
        reader: &mut Reader,
        observer: &mut O,
    ) -> Result<Outcome, ScanError> {
        if let Some(reason) = self.excluded(entry) {
            return Ok(Outcome::Skipped(reason));
        }
        if let Locator::Submodule(commit) = entry.locator {
            return self.submodule(sight, entry, commit);
        }
        if let Some(outcome) = self.recall(sight, entry, reader) {
            return Ok(outcome);
        }
        let remembered = self.remembers(sight, entry);
        let size = match self.size(&entry.locator, reader) {
            Ok(Ok(size)) => size,
            Ok(Err(reason)) => return Ok(Outcome::Skipped(reason)),
            Err(error) => return Ok(Outcome::Unread(error.to_string())),
        };
        if remembered.is_some() && self.known.is_none() && !protected::is_watched(self, entry) {
            return Ok(Outcome::nothing(size));
        }
        let content = match reader.read(&entry.locator) {
            Ok(content) => content,
            Err(error) => return Ok(Outcome::Unread(error.to_string())),
        };
        let text = decode::to_text(&content);
        let unit = Unit { scanner: self, entry, sight, raw: &content, text: &text };
        // What is remembered says nothing about values, which nobody may write down.
        let found = if remembered.is_some() { unit.find_values() } else { unit.find(observer)? };
        let bytes = content.len() as u64;
        if found.is_empty() {
            if remembered.is_none() {
                self.remember(sight, entry, bytes);
            }
            return Ok(Outcome::nothing(bytes));
        }
        let mut before = Vec::new();
        let alike = entry.moved_from.as_ref().is_none_or(|old| self.policy.guards_alike(old, &entry.path));
        for locator in entry.before.iter().filter(|_| alike) {
            match reader.read(locator) {
                Ok(old) => before.push(old),
                // What a partial clone does not hold cannot excuse anything: the content counts as new.
                Err(error) if error.is_not_in_this_clone() => {}
                Err(error) => return Ok(Outcome::Unread(error.to_string())),
            }
        }
        let cuts = found.cuts.clone();
        Ok(Outcome::Scanned { bytes, judged: unit.judge(found, &before, observer)?, cuts })
    }

    /// What a submodule holds is another repository's; told is one that comes from nobody knows where.
    fn submodule(&self, sight: Sight, entry: &Entry, commit: Oid) -> Result<Outcome, ScanError> {
        // As git shows it.
        let content = format!("Subproject commit {commit}\n");
        let content = content.as_bytes();
        let judged = Unit { scanner: self, entry, sight, raw: content, text: content }.submodule()?;
        if judged.is_empty() {
            return Ok(Outcome::Skipped(SkipReason::Submodule));
        }
        Ok(Outcome::Scanned { bytes: 0, judged, cuts: BTreeSet::new() })
    }

    /// Why an entry is left out, whatever it holds.
    fn excluded(&self, entry: &Entry) -> Option<SkipReason> {
        let reason = self.policy.excluded(&entry.path).filter(|_| !is_watched(self, entry))?;
        Some(SkipReason::Excluded(reason.to_owned()))
    }

    fn size(&self, locator: &Locator, reader: &mut Reader) -> Result<Result<u64, SkipReason>, SourceError> {
        let limit = self.policy.config().max_file_size;
        match reader.size(locator) {
            Err(error) if error.is_not_in_this_clone() => Ok(Err(SkipReason::NotInThisClone)),
            Err(error) => Err(error),
            Ok(size) if size > limit => Ok(Err(SkipReason::TooLarge(size))),
            Ok(size) => Ok(Ok(size)),
        }
    }
}

/// What `look` says of each entry, in their order; the threads have a reader each.
fn each<T: Send>(
    entries: &[&Entry],
    readers: &(dyn Fn() -> Reader + Sync),
    look: &(dyn Fn(&Entry, &mut Reader) -> Result<T, ScanError> + Sync),
) -> Result<Vec<T>, ScanError> {
    // The question alone costs more than a small commit.
    let threads =
        if entries.len() < WORTH_A_THREAD { 1 } else { cores().min(entries.len() / WORTH_A_THREAD + 1) };
    if threads == 1 {
        let mut reader = readers();
        return entries.iter().map(|entry| look(entry, &mut reader)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(entries.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut reader = readers();
                let mut mine = Vec::new();
                loop {
                    let idx = next.fetch_add(1, Ordering::Relaxed);
                    let Some(entry) = entries.get(idx) else { break };
                    mine.push((idx, look(entry, &mut reader)));
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).append(&mut mine);
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(idx, _)| *idx);
    done.into_iter().map(|(_, said)| said).collect()
}

/// The name under which a content is remembered: what was looked at for secrets alone is not clean for all rules. No
/// path holds a NUL.
fn remembered_as(sight: Sight, path: &RepoPath) -> Cow<'_, RepoPath> {
    match sight {
        Sight::All => Cow::Borrowed(path),
        Sight::Secrets => Cow::Owned(RepoPath::new([b"secrets\0", path.as_bytes()].concat())),
        Sight::Shapes => Cow::Owned(RepoPath::new([b"shapes\0", path.as_bytes()].concat())),
    }
}

fn blob(entry: &Entry) -> Option<Oid> {
    match entry.locator {
        Locator::Blob(oid) => Some(oid),
        Locator::File(_) | Locator::Inline(_) | Locator::Submodule(_) => None,
    }
}

/// True for what no exclude hides: changes of the team's own files and of protected paths.
fn is_watched(scanner: &Scanner, entry: &Entry) -> bool {
    loosened::is_watched(scanner, entry) || protected::is_watched(scanner, entry)
}
