//! Scans what a history has ever held. Contents that packs hold are met as deltas: a sieve tells of most that nothing can
//! be in them, from what was found in the content they are made of, and the rest is scanned as ever. So are the contents
//! that no pack gives. Knows nothing of commits and refs.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::unit::Unit;
use super::{Outcome, ScanError, Scanner, blob, cores, each};
use crate::decode;
use crate::engine::Sight;
use crate::engine::sieve::{Note, Older, Sieve};
use crate::engine::trace::Unobserved;
use crate::git::pack::{Inflated, Packs, Visitor, walk};
use crate::git::{Kind, has_id};
use crate::model::{Category, Entry, Locator, Oid, RepoPath, Report, Shared, SkipReason};
use crate::source::{Listing, Reader};

/// Where rules look that are not about secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depth {
    /// In every content there ever was.
    Everywhere,
    /// In these contents, which somebody uses today. Dangerous code that is gone harms nobody; a secret does.
    Current(HashSet<Oid>),
}

/// How a history is scanned.
pub struct Past<'p> {
    /// Where rules look that are not about secrets.
    pub depth: Depth,
    /// The packs to take contents from; none: each content is read by itself and scanned in full.
    pub packs: Option<&'p Packs>,
}

impl Past<'_> {
    fn sight(&self, entry: &Entry) -> Sight {
        match (&self.depth, &entry.locator) {
            (Depth::Current(current), Locator::Blob(oid)) if !current.contains(oid) => Sight::Secrets,
            (Depth::Current(_) | Depth::Everywhere, _) => Sight::All,
        }
    }
}

impl Scanner {
    /// Scans every entry of `listing` and reports; whatever the packs are, the report is the same.
    pub fn run_past(
        &self,
        listing: Listing,
        readers: &(dyn Fn() -> Reader + Sync),
        past: &Past<'_>,
    ) -> Result<Report, ScanError> {
        let entries: Vec<&Entry> = listing.entries.iter().collect();
        let recall = |entry: &Entry, reader: &mut Reader| {
            self.recall(past.sight(entry), entry, reader).map(|known| self.tell(Ok(known))).transpose()
        };
        let mut outcomes = match self.clean {
            Some(_) => each(&entries, readers, &recall)?,
            None => entries.iter().map(|_| None).collect(),
        };
        // What is known from elsewhere is not the sieve's business.
        let sieve = Sieve::new(&self.engine).filter(|_| self.known.is_none());
        if let (Some(packs), Some(sieve)) = (past.packs, sieve) {
            let pass = Pass::new(self, &sieve, &listing.entries, past, &outcomes);
            for (idx, outcome) in pass.run(packs) {
                outcomes[idx] = Some(outcome?);
            }
        }
        let left: Vec<&Entry> =
            listing.entries.iter().zip(&outcomes).filter(|(_, done)| done.is_none()).map(|it| it.0).collect();
        let look = |entry: &Entry, reader: &mut Reader| {
            self.tell(self.watch_for(past.sight(entry), entry, reader, &mut Unobserved))
        };
        let mut rest = each(&left, readers, &look)?.into_iter();
        let outcomes = outcomes.into_iter().filter_map(|done| done.or_else(|| rest.next())).collect();
        let judges_code = self.engine.rules().any(|rule| rule.info.category == Category::Code);
        let old = |entry: &&Entry| judges_code && past.sight(entry) == Sight::Secrets;
        let secrets_only = listing.entries.iter().filter(old).count();
        let mut report = self.account(listing, outcomes)?;
        report.receipt.secrets_only = secrets_only;
        Ok(report)
    }
}

/// A scan of what packs hold.
struct Pass<'p> {
    scanner: &'p Scanner,
    sieve: &'p Sieve<'p>,
    entries: &'p [Entry],
    past: &'p Past<'p>,
    wanted: HashMap<Oid, usize>,
    /// The entries whose content was met.
    met: Vec<AtomicBool>,
}

impl<'p> Pass<'p> {
    /// A scan of what is not known already.
    fn new(
        scanner: &'p Scanner,
        sieve: &'p Sieve<'p>,
        entries: &'p [Entry],
        past: &'p Past<'p>,
        known: &[Option<Outcome>],
    ) -> Self {
        let wanted = entries.iter().zip(known).enumerate().rev().filter_map(|(idx, (entry, known))| {
            // What has to be compared with older versions is not the sieve's business either.
            blob(entry).filter(|_| entry.before.is_empty() && known.is_none()).map(|oid| (oid, idx))
        });
        let met = entries.iter().map(|_| AtomicBool::new(false)).collect();
        Pass { scanner, sieve, entries, past, wanted: wanted.collect(), met }
    }

    fn run(&self, packs: &Packs) -> Vec<(usize, Result<Outcome, ScanError>)> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let sifters = (0..cores()).map(|_| Sifter { pass: self, telling: HashMap::new(), done: Vec::new() });
        let wanted = |oid| self.wanted.get(&oid).is_some_and(|idx| !self.met[*idx].load(Ordering::Relaxed));
        let sifters = walk(&packs.forests(), Kind::Blob, sifters.collect(), Some(&wanted));
        sifters.into_iter().flat_map(|sifter| sifter.done).collect()
    }
}

/// One thread's part of it.
struct Sifter<'p> {
    pass: &'p Pass<'p>,
    /// Of each path whether its name may tell something.
    telling: HashMap<&'p RepoPath, bool>,
    done: Vec<(usize, Result<Outcome, ScanError>)>,
}

impl Visitor for Sifter<'_> {
    /// None where it could not be made, or nobody asks for it.
    type Note = Option<Note>;

    fn whole(&mut self, blob: &Inflated<'_>) -> Option<Note> {
        self.meet(blob, None)
    }

    fn made(
        &mut self,
        blob: &Inflated<'_>,
        (_, note): (&[u8], &Option<Note>),
        shared: &[Shared],
    ) -> Option<Note> {
        self.meet(blob, note.as_ref().map(|note| Older { note, shared }))
    }
}

impl<'p> Sifter<'p> {
    fn meet(&mut self, blob: &Inflated<'_>, older: Option<Older<'_>>) -> Option<Note> {
        let pass = self.pass;
        let idx = pass.wanted.get(&blob.oid).copied();
        let nameless = RepoPath::new([]);
        let path = idx.map_or(&nameless, |idx| &pass.entries[idx].path);
        // To look at all of it once more, for the note, is worth it where other contents are made of it.
        let is_sifted = blob.is_base
            || older.is_some()
            || idx.is_none_or(|idx| pass.past.sight(&pass.entries[idx]) != Sight::All);
        let note = is_sifted.then(|| pass.sieve.sift(path, blob.bytes, older)).transpose();
        let idx = idx.filter(|idx| !pass.met[*idx].swap(true, Ordering::Relaxed));
        match (note, idx) {
            (Ok(note), None) => note,
            (Ok(note), Some(idx)) => {
                if let Some(outcome) = self.judge(&pass.entries[idx], blob, note.as_ref()).transpose() {
                    self.done.push((idx, pass.scanner.tell(outcome)));
                }
                note
            }
            (Err(_), None) => None,
            (Err(error), Some(idx)) => {
                self.done.push((idx, Err(error.into())));
                None
            }
        }
    }

    /// What becomes of an entry; none when its content is not what its id says: then the object reader is asked.
    fn judge(
        &mut self,
        entry: &'p Entry,
        blob: &Inflated<'_>,
        note: Option<&Note>,
    ) -> Result<Option<Outcome>, ScanError> {
        let scanner = self.pass.scanner;
        if let Some(reason) = scanner.excluded(entry) {
            return Ok(Some(Outcome::Skipped(reason)));
        }
        let bytes = blob.bytes.len() as u64;
        if bytes > scanner.policy.config().max_file_size {
            return Ok(Some(Outcome::Skipped(SkipReason::TooLarge(bytes))));
        }
        let sight = self.pass.past.sight(entry);
        if sight == Sight::Secrets && note.is_some_and(Note::is_clean) && !self.tells(&entry.path)? {
            scanner.remember(sight, entry, bytes);
            return Ok(Some(Outcome::nothing(bytes)));
        }
        if !has_id(blob.oid, Kind::Blob, blob.bytes) {
            return Ok(None);
        }
        let text = decode::to_text(blob.bytes);
        let unit = Unit { scanner, entry, sight, raw: blob.bytes, text: &text };
        let sifted = match note {
            Some(note) => self.pass.sieve.found(&entry.path, &text, (note, sight))?,
            None => None,
        };
        let found = match sifted {
            Some(found) => unit.with(found),
            None => unit.find(&mut Unobserved)?,
        };
        if found.is_empty() {
            scanner.remember(sight, entry, bytes);
            return Ok(Some(Outcome::nothing(bytes)));
        }
        let cuts = found.cuts.clone();
        Ok(Some(Outcome::Scanned { bytes, judged: unit.judge(found, &[], &mut Unobserved)?, cuts }))
    }

    fn tells(&mut self, path: &'p RepoPath) -> Result<bool, ScanError> {
        if let Some(tells) = self.telling.get(path) {
            return Ok(*tells);
        }
        let tells = self.pass.sieve.name_tells(path)?;
        self.telling.insert(path, tells);
        Ok(tells)
    }
}
