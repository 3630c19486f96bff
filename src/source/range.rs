//! Lists what the commits of a range such as `main..HEAD` bring in; leaves understanding the range to git.

use super::commits;
use super::tips::{self, Tip};
use super::{Listing, SourceError};
use crate::git::{GitError, Objects, Repo};
use crate::model::Oid;

/// Lists messages and files of the commits in `range`, compared with their parents.
pub fn list(repo: &Repo, range: &str) -> Result<Listing, SourceError> {
    let mut objects = Objects::open(repo);
    let Ends { tips, exclude } = ends(repo, &mut objects, range)?;
    let mut listing = Listing::default();
    let include = tips::follow(repo, &mut objects, &tips, &mut listing)?;
    fill(repo, &mut objects, (&include, &exclude), &mut listing)?;
    Ok(listing)
}

/// What a range leads to, and the commits whose history it leaves out.
pub(super) struct Ends {
    pub(super) tips: Vec<Tip>,
    pub(super) exclude: Vec<Oid>,
}

/// Asks git what `range` means.
pub(super) fn ends(repo: &Repo, objects: &mut Objects, range: &str) -> Result<Ends, SourceError> {
    let not_a_range = || SourceError::Range(range.to_owned());
    if range.is_empty() || range.starts_with('-') {
        return Err(not_a_range());
    }
    let output = repo.git().run("rev-parse", &[range])?;
    let (mut tips, mut exclude) = (Vec::new(), Vec::new());
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let (excluded, id) = line.strip_prefix(b"^").map_or((false, line), |id| (true, id));
        // A name that is no revision is repeated by git, for it may be a file's.
        let oid = Oid::from_hex(id).map_err(|_| not_a_range())?;
        match tips::peel(objects, oid)? {
            Some(commit) if excluded => exclude.push(commit),
            Some(_) => tips.push(Tip { oid, name: range.as_bytes().to_vec() }),
            // A tree or blob, of which git would silently list no commits.
            None => return Err(not_a_range()),
        }
    }
    Ok(Ends { tips, exclude })
}

/// Lists what `head` leads to and none of `known` does.
pub fn between(repo: &Repo, head: Oid, known: &[Oid]) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    fill(repo, &mut Objects::open(repo), (&[head], known), &mut listing)?;
    Ok(listing)
}

/// The commit that `name` means; none when it is not in this repository.
pub fn commit(repo: &Repo, name: &str) -> Result<Option<Oid>, SourceError> {
    let name = format!("{name}^{{commit}}");
    match repo.git().run("rev-parse", &["--verify", "--quiet", "--end-of-options", &name]) {
        Ok(output) => Ok(commits::oids("rev-parse", &output)?.pop()),
        Err(GitError::Failed { status: Some(1), .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn fill(
    repo: &Repo,
    objects: &mut Objects,
    (include, exclude): (&[Oid], &[Oid]),
    listing: &mut Listing,
) -> Result<(), SourceError> {
    let commits = commits::reachable(repo, include, exclude)?;
    commits::list(repo, objects, &commits, listing)
}
