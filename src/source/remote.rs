//! Finds out what a remote is known to have, from its configuration and its tracking refs; never asks the remote.

use super::SourceError;
pub use crate::config::NewRemote;
use crate::git::{GitError, Repo, Running};
use crate::model::Oid;
use crate::text::escape;

/// Where a push goes, as git tells a pre-push hook.
#[derive(Debug, Clone, Copy)]
pub struct Remote<'a> {
    /// The remote's name, or the URL when the user gave one.
    pub name: &'a [u8],
    /// The URL.
    pub url: &'a [u8],
}

const LIST_REFS: &str = "for-each-ref";

/// What a ref said when the remote was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TrackingTip {
    pub(super) name: Vec<u8>,
    pub(super) oid: Oid,
}

/// A remote as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Configured {
    name: Vec<u8>,
    urls: Vec<Vec<u8>>,
    /// Right-hand sides of its fetch refspecs.
    destinations: Vec<Vec<u8>>,
}

/// The local refs whose content the remote is known to have: two git processes, at once.
pub(super) fn tracking_tips(
    repo: &Repo,
    remote: Remote<'_>,
    new_remote: NewRemote,
) -> Result<Vec<TrackingTip>, SourceError> {
    let args = ["-z", "--get-regexp", r"^remote\..*\.(url|pushurl|fetch)$"];
    let config = repo.git().start("config", &args)?;
    let refs = repo.git().start(LIST_REFS, &["--format=%(objectname) %(refname)"])?;
    let (configured, refs) = (configured_remotes(config)?, tracking_refs(refs)?);
    let is_it = |it: &&Configured| {
        it.name == remote.name || it.urls.iter().any(|url| url == remote.name || url == remote.url)
    };
    let destinations: Vec<&Vec<u8>> =
        configured.iter().filter(is_it).flat_map(|it| &it.destinations).collect();
    let seen: Vec<TrackingTip> = refs
        .iter()
        .filter(|tip| destinations.iter().any(|pattern| covers(pattern, &tip.name)))
        .cloned()
        .collect();
    if !seen.is_empty() {
        return Ok(seen);
    }
    let others_count = match new_remote {
        NewRemote::History => false,
        NewRemote::Known => true,
        NewRemote::ByHost => {
            let others = configured.iter().filter(|it| !is_it(it));
            let host = host(remote.url);
            host.is_some() && others.flat_map(|it| &it.urls).any(|url| self::host(url) == host)
        }
    };
    Ok(if others_count {
        refs.into_iter().filter(|tip| tip.name.starts_with(b"refs/remotes/")).collect()
    } else {
        Vec::new()
    })
}

fn configured_remotes(config: Running) -> Result<Vec<Configured>, SourceError> {
    match config.finish() {
        Ok(output) => Ok(parse_config(&output)?),
        // Nothing found.
        Err(GitError::Failed { status: Some(1), .. }) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Reads `remote.NAME.KEY LF VALUE NUL`; the name may have dots and line feeds may only be in the value.
fn parse_config(output: &[u8]) -> Result<Vec<Configured>, GitError> {
    let mut remotes: Vec<Configured> = Vec::new();
    for item in output.split(|&byte| byte == 0).filter(|item| !item.is_empty()) {
        let error = || GitError::NotUnderstood { command: "config", what: escape(item) };
        // A key without a value is one that says nothing.
        let Some(line_end) = item.iter().position(|&byte| byte == b'\n') else { continue };
        let (key, value) = (&item[..line_end], &item[line_end + 1..]);
        let key = key.strip_prefix(b"remote.").ok_or_else(error)?;
        let dot = key.iter().rposition(|&byte| byte == b'.').ok_or_else(error)?;
        let name = &key[..dot];
        let idx = match remotes.iter().position(|it| it.name == name) {
            Some(idx) => idx,
            None => {
                remotes.push(Configured { name: name.to_vec(), ..Configured::default() });
                remotes.len() - 1
            }
        };
        match &key[dot + 1..] {
            b"fetch" => remotes[idx].destinations.extend(destination(value)),
            _ => remotes[idx].urls.push(value.to_vec()),
        }
    }
    Ok(remotes)
}

/// The right-hand side of a fetch refspec: `+refs/heads/*:refs/remotes/origin/*`.
fn destination(refspec: &[u8]) -> Option<Vec<u8>> {
    let colon = refspec.iter().position(|&byte| byte == b':')?;
    let right = &refspec[colon + 1..];
    (!right.is_empty() && !refspec.starts_with(b"^")).then(|| right.to_vec())
}

/// Whether a destination stands for a ref. A mirror's `refs/*` stands for every ref here, also for those that the
/// remote has never seen: it says nothing.
fn covers(pattern: &[u8], name: &[u8]) -> bool {
    if pattern.starts_with(b"refs/*") {
        return false;
    }
    match pattern.iter().position(|&byte| byte == b'*') {
        None => pattern == name,
        Some(star) => {
            let (start, end) = (&pattern[..star], &pattern[star + 1..]);
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// All refs but those that people write to: a refspec like `+refs/heads/*:refs/heads/*` covers what is being pushed,
/// too, and that says nothing about what the remote has.
fn tracking_refs(refs: Running) -> Result<Vec<TrackingTip>, SourceError> {
    let output = refs.finish()?;
    let own = [
        &b"refs/heads/"[..],
        b"refs/tags/",
        b"refs/notes/",
        b"refs/stash",
        b"refs/worktree/",
        b"refs/bisect/",
    ];
    let mut tips = Vec::new();
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let error = || GitError::NotUnderstood { command: LIST_REFS, what: escape(line) };
        let space = line.iter().position(|&byte| byte == b' ').ok_or_else(error)?;
        let oid = Oid::from_hex(&line[..space]).map_err(|_| error())?;
        let name = &line[space + 1..];
        if !own.iter().any(|prefix| name.starts_with(prefix)) {
            tips.push(TrackingTip { name: name.to_vec(), oid });
        }
    }
    Ok(tips)
}

/// The host of `scheme://user@host:port/path` or `user@host:path`; none for a path on disk.
fn host(url: &[u8]) -> Option<Vec<u8>> {
    let after_scheme = memchr::memmem::find(url, b"://").map(|at| &url[at + 3..]);
    let authority = match after_scheme {
        Some(rest) => rest.split(|&byte| byte == b'/').next()?,
        None => {
            let colon = url.iter().position(|&byte| byte == b':')?;
            // A slash before the colon makes it a path.
            (!url[..colon].contains(&b'/')).then_some(&url[..colon])?
        }
    };
    let host = authority.rsplit(|&byte| byte == b'@').next()?;
    let host = host.split(|&byte| byte == b':').next()?.to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls() {
        for (url, expected) in [
            ("https://user@GitHub.com:443/a/b", Some("github.com")),
            ("git@github.com:a/b.git", Some("github.com")),
            ("ssh://git@host/x@y", Some("host")),
            ("/srv/git/x.git", None),
            ("../x:y", None),
            ("file:///srv/x", None),
        ] {
            assert_eq!(host(url.as_bytes()), expected.map(|host| host.as_bytes().to_vec()), "{url}");
        }
    }

    #[test]
    fn refspecs_cover_names() {
        for (refspec, name, expected) in [
            ("+refs/heads/*:refs/remotes/a/*", "refs/remotes/a/x/y", true),
            ("+refs/heads/*:refs/remotes/a/*", "refs/remotes/ab/x", false),
            ("+refs/*:refs/*", "refs/custom/x", false),
            ("refs/heads/main:refs/remotes/a/main", "refs/remotes/a/main", true),
            ("refs/pull/*/head:refs/pr/*/h", "refs/pr/7/h", true),
            ("refs/pull/*/head:refs/pr/*/h", "refs/pr/7/x", false),
            ("^refs/heads/x", "refs/heads/x", false),
            ("refs/heads/main", "refs/heads/main", false),
        ] {
            let covered = destination(refspec.as_bytes()).is_some_and(|it| covers(&it, name.as_bytes()));
            assert_eq!(covered, expected, "{refspec} {name}");
        }
    }

    #[test]
    fn names_of_remotes_may_have_dots() {
        let output = b"remote.a.b.url\nhttps://x/\0remote.a.b.fetch\n+refs/heads/*:refs/remotes/a.b/*\0remote.c.pushurl\ny\0remote.d.url\0";
        let expected = [
            Configured {
                name: b"a.b".to_vec(),
                urls: vec![b"https://x/".to_vec()],
                destinations: vec![b"refs/remotes/a.b/*".to_vec()],
            },
            Configured { name: b"c".to_vec(), urls: vec![b"y".to_vec()], destinations: Vec::new() },
        ];
        assert_eq!(parse_config(output).unwrap(), expected);
    }
}
