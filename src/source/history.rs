//! Lists everything that any ref has ever led to: each distinct blob once, under the commit that introduced it first.

use std::collections::HashSet;

use super::commits::{self, Novelty};
use super::tips::{self, Tip};
use super::{Listing, SourceError};
use crate::git::{GitError, Objects, Repo};
use crate::model::{Entry, Locator, Oid, Provenance};
use crate::text::escape;

/// Lists all refs, and HEAD if it is on none of them.
pub fn list(repo: &Repo) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut objects = Objects::open(repo);
    let tips = all_tips(repo)?;
    let include = tips::follow(repo, &mut objects, &tips, &mut listing)?;
    let commits = commits::reachable(repo, &include, &[])?;
    commits::list(repo, &mut objects, &commits, Novelty::All, &mut listing)?;
    keep_first(&mut listing);
    Ok(listing)
}

/// Leaves one entry for each blob; one that a commit introduced is better than one that a ref names.
fn keep_first(listing: &mut Listing) {
    let is_object = |entry: &Entry| matches!(entry.provenance, Provenance::Object(_));
    listing.entries.sort_by_key(is_object);
    let mut seen = HashSet::new();
    listing.entries.retain(|entry| match entry.locator {
        Locator::Blob(oid) => seen.insert(oid),
        Locator::File(_) | Locator::Inline(_) => true,
    });
}

fn all_tips(repo: &Repo) -> Result<Vec<Tip>, SourceError> {
    let command = "for-each-ref";
    let running = repo.git().start(command, &["--format=%(objectname) %(refname)"])?;
    let (output, warnings) = running.finish_with_warnings()?;
    if !warnings.is_empty() {
        // A broken ref is only warned about, and then left out.
        return Err(GitError::NotUnderstood { command, what: escape(warnings.trim_ascii()) }.into());
    }
    let mut tips: Vec<Tip> = Vec::new();
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let error = || GitError::NotUnderstood { command, what: escape(line) };
        let space = line.iter().position(|&byte| byte == b' ').ok_or_else(error)?;
        let oid = Oid::from_hex(&line[..space]).map_err(|_| error())?;
        tips.push(Tip { oid, name: line[space + 1..].to_vec() });
    }
    tips.extend(head(repo)?);
    // Many refs may name one object; the first of them is enough.
    let mut seen = HashSet::new();
    tips.retain(|tip| seen.insert(tip.oid));
    Ok(tips)
}

fn head(repo: &Repo) -> Result<Option<Tip>, SourceError> {
    match repo.git().run("rev-parse", &["--verify", "HEAD"]) {
        Ok(output) => {
            Ok(commits::oids("rev-parse", &output)?.pop().map(|oid| Tip { oid, name: b"HEAD".to_vec() }))
        }
        Err(_) if repo.git().head_is_unborn()? => Ok(None),
        Err(error) => Err(error.into()),
    }
}
