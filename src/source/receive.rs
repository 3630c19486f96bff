//! Lists what a push brings into this repository, before its refs are changed; does not decide whether it may.

use super::commits;
use super::tips::{self, Tip};
use super::{Listing, SourceError};
use crate::git::{Objects, Repo};
use crate::model::Oid;

/// One line of what git tells a pre-receive hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChange {
    /// What the ref is; zeros when it is to be created.
    pub old: Oid,
    /// What it is to be; zeros to delete it.
    pub new: Oid,
    /// The ref.
    pub name: Vec<u8>,
}

/// Reads all of a pre-receive hook's standard input: `<old> SP <new> SP <ref> LF`.
pub fn parse_changes(stdin: &[u8]) -> Result<Vec<RefChange>, SourceError> {
    let error = |line: &[u8]| SourceError::PushLine(line.to_vec());
    let Some(lines) = stdin.strip_suffix(b"\n") else {
        return if stdin.is_empty() { Ok(Vec::new()) } else { Err(error(stdin)) };
    };
    let changes = lines.split(|&byte| byte == b'\n');
    changes.map(|line| parse_change(line).ok_or_else(|| error(line))).collect()
}

fn parse_change(line: &[u8]) -> Option<RefChange> {
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let old = Oid::from_hex(words.next()?).ok()?;
    let new = Oid::from_hex(words.next()?).ok()?;
    let name = words.next()?.to_vec();
    (!name.is_empty()).then_some(RefChange { old, new, name })
}

/// Lists commits, files, messages and tags that `changes` bring in and that no ref of the repository leads to yet.
pub fn list(repo: &Repo, changes: &[RefChange]) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut objects = Objects::open(repo);
    let brought = changes.iter().filter(|change| !change.new.is_zero());
    let tips: Vec<Tip> = brought.map(|change| Tip { oid: change.new, name: change.name.clone() }).collect();
    let include = tips::follow(repo, &mut objects, &tips, &mut listing)?;
    if include.is_empty() {
        return Ok(listing);
    }
    let refs = repo.git().run("for-each-ref", &["--format=%(objectname)"])?;
    let exclude = commits::oids("for-each-ref", &refs)?;
    let commits = commits::reachable(repo, &include, &exclude)?;
    commits::list(repo, &mut objects, &commits, &mut listing)?;
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_pre_receive_is_understood_or_an_error() {
        let (zero, id) = ("0".repeat(40), "a".repeat(40));
        for (stdin, expected) in [
            (String::new(), Some(0)),
            (format!("{zero} {id} refs/heads/a\n{id} {zero} refs/heads/b c\n"), Some(2)),
            (format!("{zero} {id} refs/heads/a"), None),
            (format!("{zero} {id} \n"), None),
            (format!("{zero} {id}\n"), None),
            ("garbage\n".to_owned(), None),
            ("\n".to_owned(), None),
        ] {
            let changes = parse_changes(stdin.as_bytes()).ok();
            assert_eq!(changes.map(|changes| changes.len()), expected, "{stdin:?}");
        }
    }
}
