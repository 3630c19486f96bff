//! Lists what a push would give to a remote that does not have it yet; does not talk to the remote.

use super::commits;
use super::tips::{self, Tip};
use super::{Listing, NewRemote, Remote, SourceError, remote, swept};
use crate::git::{Objects, Repo};
use crate::model::Oid;

/// One line of what git tells a pre-push hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// What is pushed, as the user said it.
    pub local_ref: Vec<u8>,
    /// The object that is pushed; zeros to delete.
    pub local: Oid,
    /// The ref that is to be changed there.
    pub remote_ref: Vec<u8>,
    /// What that ref is now; zeros when there is none.
    pub remote: Oid,
}

/// Reads all of a pre-push hook's standard input. Names come first and may hold anything, so lines are split from
/// the right.
pub fn parse_updates(stdin: &[u8]) -> Result<Vec<RefUpdate>, SourceError> {
    let Some(lines) = stdin.strip_suffix(b"\n") else {
        return if stdin.is_empty() { Ok(Vec::new()) } else { Err(SourceError::PushLine(last_line(stdin))) };
    };
    let updates = lines.split(|&byte| byte == b'\n');
    updates.map(|line| parse_update(line).ok_or_else(|| SourceError::PushLine(line.to_vec()))).collect()
}

fn parse_update(line: &[u8]) -> Option<RefUpdate> {
    let mut words = line.rsplitn(4, |&byte| byte == b' ');
    let remote = Oid::from_hex(words.next()?).ok()?;
    let remote_ref = words.next()?.to_vec();
    let local = Oid::from_hex(words.next()?).ok()?;
    let local_ref = words.next()?.to_vec();
    let complete = !remote_ref.is_empty() && !local_ref.is_empty();
    complete.then_some(RefUpdate { local_ref, local, remote_ref, remote })
}

fn last_line(stdin: &[u8]) -> Vec<u8> {
    stdin.rsplit(|&byte| byte == b'\n').next().unwrap_or_default().to_vec()
}

/// The objects that a push would give, without deletions; each once, in the order of the lines.
pub fn tips(updates: &[RefUpdate]) -> Vec<Oid> {
    let mut tips: Vec<Oid> = Vec::new();
    for update in updates.iter().filter(|update| !update.local.is_zero()) {
        if !tips.contains(&update.local) {
            tips.push(update.local);
        }
    }
    tips
}

/// Some of the objects of a push.
#[derive(Debug, Clone, Copy)]
pub struct Part<'p> {
    /// All of the push: what the other refs are there is known there as well.
    pub updates: &'p [RefUpdate],
    /// The objects to look at.
    pub tips: &'p [Oid],
    /// What another part has looked at.
    pub seen: &'p [Oid],
}

/// Lists commits, files, messages and tags that `part` brings to `destination` and that it is not known to have.
pub fn list(
    repo: &Repo,
    part: &Part<'_>,
    destination: Remote<'_>,
    new_remote: NewRemote,
) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    if part.tips.is_empty() {
        return Ok(listing);
    }
    let mut objects = Objects::open(repo);
    let pushed = part.updates.iter().filter(|update| part.tips.contains(&update.local));
    let tips = pushed.map(|update| Tip { oid: update.local, name: update.remote_ref.clone() });
    let include = tips::follow(repo, &mut objects, &tips.collect::<Vec<_>>(), &mut listing)?;
    if include.is_empty() {
        return Ok(listing);
    }
    let tracking = remote::tracking_tips(repo, destination, new_remote)?;
    let mut exclude = known_there(&mut objects, part.updates, tracking)?;
    for oid in part.seen {
        exclude.extend(tips::peel(&mut objects, *oid)?);
    }
    let commits = commits::reachable(repo, &include, &exclude)?;
    commits::list(repo, &mut objects, &commits, &mut listing)?;
    for update in part.updates.iter().filter(|update| part.tips.contains(&update.local)) {
        if let Some(old) = there(&mut objects, update)?
            && let Some(new) = tips::peel(&mut objects, update.local)?
        {
            swept::add(repo, (old, new), &mut listing)?;
        }
    }
    Ok(listing)
}

/// The commit that a ref of the destination leads to now, if it is here.
fn there(objects: &mut Objects, update: &RefUpdate) -> Result<Option<Oid>, SourceError> {
    if update.remote.is_zero() { Ok(None) } else { tips::peel(objects, update.remote) }
}

/// What the destination has: its refs of now as far as they are here (also those that are about to be deleted), and
/// what was last seen of it.
fn known_there(
    objects: &mut Objects,
    updates: &[RefUpdate],
    tracking: Vec<remote::TrackingTip>,
) -> Result<Vec<Oid>, SourceError> {
    let mut known = Vec::new();
    for update in updates {
        known.extend(there(objects, update)?);
    }
    // A ref that is being pushed may have been written to since it was fetched.
    let pushed = |name: &[u8]| updates.iter().any(|update| update.local_ref == name);
    known.extend(tracking.into_iter().filter(|tip| !pushed(&tip.name)).map(|tip| tip.oid));
    known.sort();
    known.dedup();
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stdin: &str, expected: Option<&[(&str, &str, bool)]>) {
        let stdin = stdin.replace("A40", &"a".repeat(40)).replace("Z40", &"0".repeat(40));
        let stdin = stdin.replace("A64", &"a".repeat(64)).replace("Z64", &"0".repeat(64));
        let updates = parse_updates(stdin.as_bytes()).ok();
        let shown = updates.as_ref().map(|updates| {
            let text = |name: &'_ [u8]| String::from_utf8(name.to_vec()).unwrap();
            let shown =
                updates.iter().map(|it| (text(&it.local_ref), text(&it.remote_ref), it.local.is_zero()));
            shown.collect::<Vec<_>>()
        });
        let expected = expected.map(|expected| {
            expected
                .iter()
                .map(|(local, remote, delete)| ((*local).into(), (*remote).into(), *delete))
                .collect()
        });
        assert_eq!(shown, expected, "{stdin:?}");
    }

    #[test]
    fn every_line_of_pre_push_is_understood() {
        check("", Some(&[]));
        check("refs/heads/a A40 refs/heads/b Z40\n", Some(&[("refs/heads/a", "refs/heads/b", false)]));
        check(
            "(delete) Z64 refs/heads/b A64\nHEAD~1 A64 refs/tags/v Z64\n",
            Some(&[("(delete)", "refs/heads/b", true), ("HEAD~1", "refs/tags/v", false)]),
        );
        check(
            "HEAD@{1 day ago} A40 refs/heads/b A40\n",
            Some(&[("HEAD@{1 day ago}", "refs/heads/b", false)]),
        );
    }

    #[test]
    fn garbage_is_an_error() {
        for stdin in [
            "garbage\n",
            "\n",
            "a A40 b Z40",
            "a A40 b Z40\n\n",
            "A40 b Z40\n",
            "a A40  Z40\n",
            "a A4 b Z40\n",
            "a A40 b Z40 extra\n",
        ] {
            check(stdin, None);
        }
    }
}
