//! What people have accepted: read and checked against the rules, or, where an earlier run has checked the very same, read
//! when a finding asks for it. Does not know what it excuses.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::CliError;
use super::setup::{self, text, today};
use crate::cache::{self, Digest};
use crate::config::{Config, Known, TeamFile, TeamFiles};
use crate::engine::Engine;
use crate::git::{IndexEntry, Mode, Repo};
use crate::model::RuleId;
use crate::policy::{Baseline, Exceptions, FileWaiver, FingerprintKey, Lost, Policy, Written, waiver_file};

/// The files that hold them.
const FILES: [&[u8]; 3] =
    [b".portcullis/waivers.toml", b".portcullis/baseline.toml", b".portcullis/key.toml"];

/// Where it is remembered that they were checked, in the git folder.
const MEMORY: &str = "portcullis/exceptions";

/// What the files say, checked against these rules.
pub fn read(
    files: &TeamFiles,
    engine: &Engine,
    known: &Known<'_>,
    config: &Config,
) -> Result<Exceptions, CliError> {
    let category = |id: &RuleId| {
        let (pack, rule) = engine.place_of(id)?;
        Some(engine.rule_at(pack, rule).info.category)
    };
    let written = written(files, &|file| {
        let waivers = waiver_file::read(&file.name, text(file)?, known, &category)?;
        for waiver in &waivers {
            let locks = waiver.rules.iter().filter_map(|rule| config.locks.get_key_value(rule));
            if let Some((rule, lock)) = locks.into_iter().find(|(_, lock)| !lock.waivable) {
                let (file, line) = (file.name.clone(), waiver.line);
                return Err(CliError::LockedWaiver { file, line, rule: rule.clone(), by: lock.by.clone() });
            }
        }
        Ok(waivers)
    })?;
    Ok(Exceptions::new(today(), written))
}

/// What the files say; `waivers` reads theirs.
fn written(
    files: &TeamFiles,
    waivers: &dyn Fn(&TeamFile) -> Result<Vec<FileWaiver>, CliError>,
) -> Result<Written, CliError> {
    let mut written = Written::default();
    if let Some(file) = &files.key {
        written.key = Some(FingerprintKey::read(&file.name, text(file)?)?);
    }
    if let Some(file) = &files.baseline {
        written.baseline = Baseline::read(&file.name, text(file)?)?;
        if written.key.is_none() {
            return Err(CliError::NoKey(file.name.clone()));
        }
    }
    if let Some(file) = &files.waivers {
        written.waivers = waivers(file)?;
        if written.key.is_none() && written.waivers.iter().any(|waiver| waiver.fingerprint.is_some()) {
            return Err(CliError::NoKey(file.name.clone()));
        }
    }
    Ok(written)
}

/// The files as they are staged, with all that decides whether they are right.
pub struct Staged {
    repo: Repo,
    entries: Vec<IndexEntry>,
    digest: Digest,
    was_checked: bool,
}

impl Staged {
    /// The team's files for a commit. Those with exceptions are not among them where they need not be checked again.
    pub fn files(repo: &Repo, entries: Vec<IndexEntry>) -> Result<(TeamFiles, Option<Staged>), CliError> {
        let is_ours = |entry: &IndexEntry| {
            FILES.contains(&entry.path.as_bytes()) && matches!(entry.side.mode, Mode::File)
        };
        let (ours, others): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(is_ours);
        if ours.is_empty() {
            return Ok((setup::files_in_index(repo, &entries)?, None));
        }
        let files = setup::files_for_commit(repo, &others)?;
        let Some(digest) = digest(&files, &ours) else {
            return Ok((setup::files_in_index(repo, &entries)?, None));
        };
        let place = place(repo, digest);
        let was_checked = fs::read(place).is_ok_and(|bytes| bytes == digest.as_bytes());
        let files = if was_checked { files } else { setup::files_in_index(repo, &entries)? };
        Ok((files, Some(Staged { repo: repo.clone(), entries: ours, digest, was_checked })))
    }

    /// The policy that the files make, when they were read without an error for it: as it is, and that is remembered, or
    /// with exceptions that are read when somebody asks.
    pub fn settle(self, policy: Policy) -> Policy {
        if !self.was_checked {
            // What cannot be kept is checked again next time.
            let _ = self.remember();
            return policy;
        }
        policy.with_exceptions(Exceptions::when_asked(today(), Box::new(move || self.written())))
    }

    fn remember(&self) -> io::Result<()> {
        let place = place(&self.repo, self.digest);
        let folder = self.repo.common_dir().join(MEMORY);
        fs::create_dir_all(&folder)?;
        let file = tempfile::NamedTempFile::new_in(&folder)?;
        fs::write(file.path(), self.digest.as_bytes())?;
        file.persist(place).map_err(|error| error.error)?;
        cache::forget_old_files(&folder)
    }

    fn written(&self) -> Result<Written, Lost> {
        let lost = |error: CliError| Lost(error.to_string());
        let files = setup::files_in_objects(&self.repo, &self.entries).map_err(lost)?;
        // Which rules there are does not matter any more: all that are named were there.
        let waivers = |file: &TeamFile| Ok(waiver_file::read_unchecked(text(file)?)?);
        written(&files, &waivers).map_err(lost)
    }
}

/// Stands for these files, for everything that they are checked against, and for this very program.
fn digest(files: &TeamFiles, entries: &[IndexEntry]) -> Option<Digest> {
    let all = setup::digest(files)?;
    let entries = entries.iter().flat_map(|entry| [entry.path.as_bytes(), entry.side.oid.as_bytes()]);
    Some(Digest::of([all.as_bytes()].into_iter().chain(entries)))
}

fn place(repo: &Repo, digest: Digest) -> PathBuf {
    repo.common_dir().join(MEMORY).join(digest.hex())
}
