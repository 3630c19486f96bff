//! Fetches a pack by git: no checkout, no hooks, no submodules, an environment of its own, limits on everything. Does not
//! know where it is kept.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use super::store::{Contents, is_plain};
use super::watched::{self, Ended, Limits};

/// Bytes of one file, of all files, and how many there may be.
pub const MAX_FILE: usize = 1 << 20;
pub const MAX_ALL: usize = 10 << 20;
const MAX_FILES: usize = 1000;

/// What is asked for.
#[derive(Clone)]
pub struct Wish<'w> {
    /// Where.
    pub url: &'w str,
    /// A branch or a tag; the default branch when left out.
    pub name: Option<&'w str>,
    /// The folder.
    pub path: Option<&'w str>,
    /// What git and the programs it connects with may know of the environment.
    pub env: &'w [(OsString, OsString)],
    /// Whose signature it takes, as a file in the form of OpenSSH's allowed signers; none: it takes none.
    pub signers: Option<&'w Path>,
    /// How long git may take, and how much may come.
    pub limits: Limits<'w>,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The commit.
    pub commit: String,
    /// When it was made, in seconds since 1970.
    pub time: i64,
    /// Its files.
    pub contents: Contents,
}

/// Why nothing came.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// An address that git would take for something else.
    #[error("{0:?} is no address of a repository: https://, ssh://, git:// or file://, or user@host:path")]
    Url(String),
    /// A name that git would take for something else.
    #[error("{0:?} is no branch or tag")]
    Name(String),
    /// Git refuses.
    #[error("{url}: {said}")]
    Git {
        /// From where.
        url: String,
        /// What it says.
        said: String,
    },
    /// Git does not start, or the folder cannot be made.
    #[error("git: {0}")]
    Io(#[from] std::io::Error),
    /// The commit of the lock is on no branch and in no tag that the server shows.
    #[error("{url}: {name} does not lead to commit {commit} any more")]
    NotReachable {
        /// From where.
        url: String,
        /// What was asked for.
        name: String,
        /// The commit.
        commit: String,
    },
    /// A tag was moved.
    #[error("{url}: the tag {name} was moved, from {commit} to {found}")]
    Moved {
        /// From where.
        url: String,
        /// The tag.
        name: String,
        /// Where it was.
        commit: String,
        /// Where it is.
        found: String,
    },
    /// Git does not verify the signature.
    #[error("{url}: {name} has no signature that git verifies: {said}")]
    NotSigned {
        /// From where.
        url: String,
        /// The tag or commit.
        name: String,
        /// What git says.
        said: String,
    },
    /// The server says nothing, or never stops.
    #[error("{0}: has not answered in time")]
    TooSlow(String),
    /// The repository is too large.
    #[error("{url}: sends more than {megabytes} MB")]
    TooMuch {
        /// From where.
        url: String,
        /// What it may send.
        megabytes: u64,
    },
    /// Too much.
    #[error("{0}: is larger than a pack may be")]
    TooLarge(String),
    /// A path that leads elsewhere.
    #[error("{0:?} is no path of a pack")]
    Path(String),
    /// There is nothing.
    #[error("{0}: holds no rule file (*.toml)")]
    Empty(String),
}

/// The newest commit of what is asked for.
pub fn fetch(wish: &Wish<'_>) -> Result<Fetched, FetchError> {
    let git = Git::new(wish)?;
    git.run(&["fetch", "-q", "--no-tags", "--depth=1", "--", wish.url, wish.name.unwrap_or("HEAD")])?;
    let commit = git.commit("FETCH_HEAD^{commit}")?;
    git.verify(&commit)?;
    git.contents(commit)
}

/// The commit of the lock, if what was asked for still leads to it. A commit that merely lies in the same store, as one of
/// a fork does, is not taken.
pub fn pinned(wish: &Wish<'_>, commit: &str) -> Result<Fetched, FetchError> {
    let git = Git::new(wish)?;
    let name = wish.name.unwrap_or("HEAD");
    let (url, commit) = (wish.url.to_owned(), commit.to_owned());
    let shown = git.run(&[
        "ls-remote",
        "--",
        wish.url,
        &format!("refs/tags/{name}"),
        &format!("refs/tags/{name}^{{}}"),
    ])?;
    // The commit of an annotated tag stands behind the tag itself.
    let tag = String::from_utf8_lossy(&shown)
        .lines()
        .last()
        .and_then(|line| line.split('\t').next().map(str::to_owned));
    if let Some(found) = tag.filter(|found| *found != commit) {
        return Err(FetchError::Moved { url, name: name.to_owned(), commit, found });
    }
    git.run(&["fetch", "-q", "--no-tags", "--", wish.url, name])?;
    let is_there = git.run(&["merge-base", "--is-ancestor", &commit, "FETCH_HEAD"]).is_ok();
    if !is_there {
        return Err(FetchError::NotReachable { url, name: name.to_owned(), commit });
    }
    git.verify(&commit)?;
    git.contents(commit)
}

/// Refuses an address that git would take for an option, a command or a folder.
pub fn check_url(url: &str) -> Result<(), FetchError> {
    let schemes = ["https://", "http://", "ssh://", "git://", "file://"];
    let is_scp = url.split_once(':').is_some_and(|(host, path)| {
        host.contains('@') && !host.starts_with('-') && !host.contains('/') && !path.starts_with(':')
    });
    let is_address = is_scp || schemes.iter().any(|scheme| url.starts_with(scheme));
    if is_address { Ok(()) } else { Err(FetchError::Url(url.to_owned())) }
}

/// A bare repository for one fetch.
struct Git<'w> {
    dir: tempfile::TempDir,
    wish: &'w Wish<'w>,
}

impl<'w> Git<'w> {
    fn new(wish: &'w Wish<'w>) -> Result<Git<'w>, FetchError> {
        check_url(wish.url)?;
        let is_odd =
            |name: &str| name.starts_with('-') || name.contains([':', '*', '^', '~', ' ']) || name.is_empty();
        if let Some(name) = wish.name.filter(|name| is_odd(name)) {
            return Err(FetchError::Name(name.to_owned()));
        }
        let git = Git { dir: tempfile::tempdir()?, wish };
        git.run(&["init", "-q", "--bare", "--template=", "."])?;
        Ok(git)
    }

    fn run(&self, args: &[&str]) -> Result<Vec<u8>, FetchError> {
        let settings = [
            "core.hooksPath=/dev/null",
            "protocol.allow=never",
            "protocol.https.allow=always",
            "protocol.http.allow=always",
            "protocol.ssh.allow=always",
            "protocol.git.allow=always",
            "protocol.file.allow=always",
            "submodule.recurse=false",
            "fetch.fsckObjects=true",
            "gc.auto=0",
            "maintenance.auto=false",
            // A server that says nothing for so long is gone.
            "http.lowSpeedLimit=100",
            "http.lowSpeedTime=30",
        ];
        let mut command = Command::new("git");
        command.current_dir(self.dir.path()).env_clear();
        command.envs(self.wish.env.iter().map(|(name, value)| (name, value)));
        let fixed = [("GIT_TERMINAL_PROMPT", "0"), ("GIT_DIR", "."), ("LC_ALL", "C")];
        command.envs(fixed).env("GIT_ASKPASS", OsStr::new("true"));
        for setting in settings {
            command.args(["-c", setting]);
        }
        let Wish { url, limits, .. } = self.wish;
        let output = match watched::run(command.args(args), self.dir.path(), *limits)? {
            Ended::Done(output) => output,
            Ended::TooSlow => return Err(FetchError::TooSlow((*url).to_owned())),
            Ended::TooMuch => {
                return Err(FetchError::TooMuch { url: (*url).to_owned(), megabytes: limits.bytes >> 20 });
            }
        };
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said
            .lines()
            .find(|line| line.starts_with("fatal:"))
            .or(said.lines().next())
            .unwrap_or("git failed");
        Err(FetchError::Git { url: self.wish.url.to_owned(), said: crate::text::escape(said.as_bytes()) })
    }

    /// Where signatures are asked for: the tag that leads to the commit, or the commit itself, has one of a known signer. What
    /// cannot be verified is not taken, whatever the reason.
    fn verify(&self, commit: &str) -> Result<(), FetchError> {
        let Some(signers) = self.wish.signers else { return Ok(()) };
        let signers = format!("gpg.ssh.allowedSignersFile={}", signers.display());
        // Of OpenPGP's keys only those count that the user has said to trust.
        let trust = ["-c", &signers, "-c", "gpg.minTrustLevel=fully"];
        let fetched = self.run(&["rev-parse", "FETCH_HEAD"])?;
        let fetched = String::from_utf8_lossy(&fetched).trim().to_owned();
        let leads_there = self.commit("FETCH_HEAD^{commit}")? == commit;
        let is_tag = leads_there && fetched != commit;
        let by_tag = || self.run(&[&trust[..], &["verify-tag", &fetched]].concat());
        let by_commit = || self.run(&[&trust[..], &["verify-commit", commit]].concat());
        let verified = if is_tag { by_tag().or_else(|_| by_commit()) } else { by_commit() };
        verified.map(drop).map_err(|error| {
            let name = self.wish.name.unwrap_or("HEAD").to_owned();
            FetchError::NotSigned { url: self.wish.url.to_owned(), name, said: error.to_string() }
        })
    }

    fn commit(&self, name: &str) -> Result<String, FetchError> {
        let output = self.run(&["rev-parse", "--verify", name])?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    /// The rule files of a commit, as git holds them: no filters, no links.
    fn contents(&self, commit: String) -> Result<Fetched, FetchError> {
        let folder = self.wish.path.unwrap_or("").trim_matches('/');
        let tree = format!("{commit}:{folder}");
        let listed = self.run(&["ls-tree", "-r", "-z", "--long", &tree])?;
        let mut contents = Contents::new();
        let mut all = 0;
        for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let entry = String::from_utf8_lossy(entry);
            let Some((facts, path)) = entry.split_once('\t') else { continue };
            let facts: Vec<&str> = facts.split_whitespace().collect();
            let [mode, "blob", id, size] = facts.as_slice() else { continue };
            if *mode == "120000" || Path::new(path).extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            // Git only warns of folders called `..`.
            if !is_plain(path) {
                return Err(FetchError::Path(crate::text::escape(path.as_bytes())));
            }
            let size: usize = size.parse().unwrap_or(usize::MAX);
            all += size.min(MAX_ALL + 1);
            if size > MAX_FILE || all > MAX_ALL || contents.len() == MAX_FILES {
                return Err(FetchError::TooLarge(crate::text::escape(path.as_bytes())));
            }
            contents.insert(path.to_owned(), self.run(&["cat-file", "blob", id])?);
        }
        if contents.is_empty() {
            return Err(FetchError::Empty(format!("{}#{commit}:{folder}", self.wish.url)));
        }
        let time = self.run(&["show", "-s", "--format=%ct", &commit])?;
        let time = String::from_utf8_lossy(&time).trim().parse().unwrap_or(0);
        Ok(Fetched { commit, time, contents })
    }
}
