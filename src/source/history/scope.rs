//! Which part of a history is asked for; finds the refs that lead there.

use std::collections::HashSet;

use crate::git::{GitError, Objects, Repo};
use crate::model::Oid;
use crate::source::tips::Tip;
use crate::source::{SourceError, range};
use crate::text::escape;

/// A part of a history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// What any ref leads to, and the HEAD of any work tree.
    #[default]
    Refs,
    /// The same, and every other object that is there: in reflogs, older stashes, or lost.
    Everything,
    /// What branches of this name lead to; `*` and `?` stand for other characters.
    Branch(String),
    /// The commits of a range such as `main..HEAD`.
    Range(String),
}

/// What is to be listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The part of the history.
    pub scope: Scope,
    /// Only commits from then on, in seconds since 1970.
    pub since: Option<i64>,
}

impl Query {
    /// Whether nothing is left out that a ref leads to.
    pub(super) fn is_whole(&self) -> bool {
        let whole = match self.scope {
            Scope::Refs | Scope::Everything => true,
            Scope::Branch(_) | Scope::Range(_) => false,
        };
        whole && self.since.is_none()
    }
}

/// What leads into the history, and what is left out.
pub(super) struct Ends {
    pub(super) tips: Vec<Tip>,
    pub(super) exclude: Vec<Oid>,
}

pub(super) fn ends(repo: &Repo, objects: &mut Objects, query: &Query) -> Result<Ends, SourceError> {
    let tips = match &query.scope {
        Scope::Refs | Scope::Everything => refs(repo)?,
        Scope::Branch(name) => branches(repo, name)?,
        Scope::Range(text) => {
            let range::Ends { tips, exclude } = range::ends(repo, objects, text)?;
            return Ok(Ends { tips, exclude });
        }
    };
    Ok(Ends { tips, exclude: Vec::new() })
}

/// The moment that `text` means to git, as in `2 weeks ago`, in seconds since 1970. Git takes what it does not
/// understand for now.
pub fn moment(repo: &Repo, text: &str) -> Result<i64, SourceError> {
    const COMMAND: &str = "rev-parse";
    let output = repo.git().run(COMMAND, &[&format!("--since={text}")])?;
    let digits = output.trim_ascii_end().strip_prefix(b"--max-age=").unwrap_or_default();
    let seconds = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    let error = || GitError::NotUnderstood { command: COMMAND, what: escape(&output) };
    Ok(seconds.ok_or_else(error)?)
}

/// Every ref, in git's order, and every HEAD that is on no branch.
pub fn refs(repo: &Repo) -> Result<Vec<Tip>, SourceError> {
    let mut tips = named(repo, &[])?;
    tips.extend(head(repo)?);
    tips.extend(other_heads(repo)?);
    Ok(tips)
}

/// What reflogs remember, each entry by the name that git gives it.
pub fn reflogs(repo: &Repo) -> Result<Vec<Tip>, SourceError> {
    const COMMAND: &str = "log";
    let args = ["--walk-reflogs", "--all", "--format=%H %gD", "--no-show-signature"];
    let lines = named_objects(COMMAND, &repo.git().run(COMMAND, &args)?)?;
    // One entry for a name: an old one may be told for several work trees.
    let mut seen = HashSet::new();
    Ok(lines.into_iter().filter(|tip| seen.insert(tip.name.clone())).collect())
}

fn branches(repo: &Repo, name: &str) -> Result<Vec<Tip>, SourceError> {
    let places = ["refs/heads/", "refs/remotes/"].map(|place| format!("{place}{name}"));
    let tips = named(repo, &places.each_ref().map(String::as_str))?;
    if name.is_empty() || tips.is_empty() { Err(SourceError::NoBranch(name.to_owned())) } else { Ok(tips) }
}

fn named(repo: &Repo, patterns: &[&str]) -> Result<Vec<Tip>, SourceError> {
    let command = "for-each-ref";
    let args = [&["--format=%(objectname) %(refname)"], patterns].concat();
    let (output, warnings) = repo.git().start(command, &args)?.finish_with_warnings()?;
    if !warnings.is_empty() {
        // A broken ref is only warned about, and then left out.
        return Err(GitError::NotUnderstood { command, what: escape(warnings.trim_ascii()) }.into());
    }
    named_objects(command, &output)
}

/// Lines of an id and a name.
fn named_objects(command: &'static str, output: &[u8]) -> Result<Vec<Tip>, SourceError> {
    let mut tips: Vec<Tip> = Vec::new();
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let error = || GitError::NotUnderstood { command, what: escape(line) };
        let space = line.iter().position(|&byte| byte == b' ').ok_or_else(error)?;
        let oid = Oid::from_hex(&line[..space]).map_err(|_| error())?;
        tips.push(Tip { oid, name: line[space + 1..].to_vec() });
    }
    Ok(tips)
}

/// HEAD, when it is on no branch: else the branch says it all.
fn head(repo: &Repo) -> Result<Option<Tip>, SourceError> {
    const COMMAND: &str = "rev-parse";
    match repo.git().run(COMMAND, &["HEAD", "--symbolic-full-name", "HEAD"]) {
        Ok(output) => {
            let error = || GitError::NotUnderstood { command: COMMAND, what: escape(&output) };
            let mut lines = output.split(|&byte| byte == b'\n');
            let oid = lines.next().and_then(|id| Oid::from_hex(id).ok()).ok_or_else(error)?;
            let name = lines.next().ok_or_else(error)?.to_vec();
            Ok((name == b"HEAD").then_some(Tip { oid, name }))
        }
        Err(_) if repo.git().head_is_unborn()? => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The HEADs of the other work trees that are on no branch, named after their folders.
fn other_heads(repo: &Repo) -> Result<Vec<Tip>, SourceError> {
    let output = repo.git().run("worktree", &["list", "--porcelain"])?;
    let mut tips = Vec::new();
    let (mut folder, mut head): (&[u8], _) = (b"", None);
    for line in output.split(|&byte| byte == b'\n') {
        if let Some(path) = line.strip_prefix(b"worktree ") {
            (folder, head) = (path, None);
        } else if let Some(id) = line.strip_prefix(b"HEAD ") {
            head = Oid::from_hex(id).ok();
        } else if line == b"detached" {
            let here = repo.top().is_some_and(|top| top.as_os_str().as_encoded_bytes() == folder);
            let name = [folder, b" (HEAD)"].concat();
            tips.extend(head.filter(|_| !here).map(|oid| Tip { oid, name }));
        }
    }
    Ok(tips)
}
