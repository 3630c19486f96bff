//! `portcullis packs`: takes rule packs over from other repositories, at commits that somebody has looked at.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};

use super::output::stderr_line;
use super::{CLEAN, COULD_NOT_TELL, CliError, Output, allow, deadline, setup, whole};
use crate::packs::{self, ArchiveError, Contents, FetchError, Fetched, LOCK, Locked, StoreError, Wish};
use crate::report::summary::plural;
use crate::rules::{Rule, check_file};
use crate::text::escape;

/// What to do about packs.
#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// Take over a pack: URL, or URL#BRANCH-OR-TAG
    Add(AddArgs),
    /// Fetch what the lock names and this machine does not have
    Sync,
    /// Move to the newest commits, and show what changes
    Update(UpdateArgs),
    /// Compare what is on this machine with the lock
    Verify,
    /// Show the packs
    List,
    /// Put the packs into .portcullis/packs, for machines without a network
    Vendor,
    /// Write the packs of the lock into one archive
    Export {
        /// The archive, a tar file
        file: PathBuf,
    },
    /// Take packs of the lock from an archive, where no server can be reached
    Import {
        /// The archive
        file: PathBuf,
    },
}

/// A new pack.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Where it is, and with #NAME which branch or tag
    url: String,
    /// The folder in its repository
    #[arg(long)]
    path: Option<String>,
    /// Its name here; the last part of the address when left out
    #[arg(long)]
    name: Option<String>,
    /// It takes a signature of somebody in .portcullis/signers, now and in each update
    #[arg(long)]
    signed: bool,
}

/// Which packs move.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Only this one
    name: Option<String>,
    /// Leave commits alone that are younger, such as 7d
    #[arg(long, value_name = "DAYS", default_value = "0d", value_parser = days)]
    cooldown: u64,
}

fn days(text: &str) -> Result<u64, String> {
    text.trim_end_matches('d').parse().map_err(|_| "a number of days, such as 7d".to_owned())
}

/// Why a pack is not used.
#[derive(Debug, thiserror::Error)]
pub enum PacksError {
    /// Not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Not as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name.
    #[error("{0:?} is no name of a pack: lower-case letters, digits and `-`; give one with --name")]
    Name(String),
    /// Taken.
    #[error("there is a pack {0} already")]
    Exists(String),
    /// An archive.
    #[error("{}: {error}", path.display())]
    Archive {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: ArchiveError,
    },
    /// The archive lacks it.
    #[error("{}: does not hold {name} as the lock says", path.display())]
    NotInArchive {
        /// Where.
        path: PathBuf,
        /// The pack.
        name: String,
    },
    /// There is none.
    #[error("there is no pack {0} in {LOCK}")]
    Unknown(String),
    /// What came is not what was looked at.
    #[error("{name}: commit {commit} holds {found}, and the lock says {expected}")]
    OtherContent {
        /// The pack.
        name: String,
        /// The commit.
        commit: String,
        /// What came.
        found: String,
        /// What was looked at.
        expected: String,
    },
}

impl PacksError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            PacksError::Store(StoreError::Missing(_)) => {
                Some("`portcullis packs sync` fetches it; hooks never do")
            }
            PacksError::Store(StoreError::Tampered { .. }) => Some(
                "`portcullis packs sync` fetches it again; a vendored one comes with `portcullis packs vendor`",
            ),
            PacksError::Fetch(FetchError::Moved { .. } | FetchError::NotReachable { .. })
            | PacksError::OtherContent { .. } => {
                Some("ask its owners what has happened; nothing was changed here")
            }
            PacksError::Fetch(FetchError::NotSigned { .. }) => Some(
                "whose keys count stands in .portcullis/signers; a pack without a signature is not taken",
            ),
            PacksError::NotInArchive { .. } => {
                Some("`portcullis packs export` writes it where the packs of this lock are")
            }
            PacksError::Archive { .. }
            | PacksError::Store(StoreError::File { .. })
            | PacksError::Fetch(_)
            | PacksError::Name(_)
            | PacksError::Exists(_)
            | PacksError::Unknown(_) => None,
        }
    }
}

/// How long servers may take.
const SECONDS: u64 = 120;

/// Runs `portcullis packs`.
pub fn run(command: &PacksCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    let _clock = deadline::start(SECONDS, || {
        // Where standard error is closed the exit code still says it.
        let _ = stderr_line(&format!("portcullis: a server has not answered in {SECONDS} seconds"));
        COULD_NOT_TELL
    });
    let locked = read_lock(&home)?;
    let said = match command {
        PacksCommand::Add(args) => add(args, locked, &home)?,
        PacksCommand::Sync => sync(&locked, &home)?,
        PacksCommand::Update(args) => update(args, locked, &home)?,
        PacksCommand::Verify => {
            let check = |pack: &Locked| {
                setup::contents(&home, pack).map(|_| format!("{}: as the lock says", pack.name))
            };
            lines(locked.iter().map(check))?
        }
        PacksCommand::List => {
            let show = |pack: &Locked| {
                let state = match setup::contents(&home, pack) {
                    Ok(_) => "here",
                    Err(StoreError::Missing(_)) => "not fetched",
                    Err(StoreError::Tampered { .. } | StoreError::File { .. }) => "not as the lock says",
                };
                let wish = pack.wish.as_deref().unwrap_or("HEAD");
                let url = escape(pack.url.as_bytes());
                Ok::<_, StoreError>(format!("{} {url}#{wish} at {:.12}, {state}", pack.name, pack.commit))
            };
            lines(locked.iter().map(show))?
        }
        PacksCommand::Vendor => {
            for pack in &locked {
                vendor(&home, pack, &setup::contents(&home, pack).map_err(PacksError::from)?)?;
            }
            let packs = plural(locked.len(), "pack", "packs");
            format!("{packs} in .portcullis/packs; commit them with the lock")
        }
        PacksCommand::Export { file } => export(&dir.join(file), &locked, &home)?,
        PacksCommand::Import { file } => import(&dir.join(file), &locked)?,
    };
    output.line(&said)?;
    Ok(CLEAN)
}

fn lines<E: Into<PacksError>>(lines: impl Iterator<Item = Result<String, E>>) -> Result<String, CliError> {
    let lines: Result<Vec<String>, PacksError> = lines.map(|line| line.map_err(Into::into)).collect();
    Ok(lines?.join("\n"))
}

fn read_lock(home: &Path) -> Result<Vec<Locked>, CliError> {
    let path = home.join(LOCK);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(packs::read(LOCK, &text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(CliError::File { path, source }),
    }
}

fn write_lock(home: &Path, locked: &[Locked]) -> Result<(), CliError> {
    allow::write(&home.join(LOCK), &packs::write(locked))
}

/// What git needs for connections, and nothing of the repository that a hook may have started us in.
fn env() -> Vec<(OsString, OsString)> {
    const KEPT: [&str; 21] = [
        "PATH",
        "HOME",
        "GNUPGHOME",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "XDG_CONFIG_HOME",
        "SSH_AUTH_SOCK",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
        "SSL_CERT_FILE",
        "http_proxy",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_GLOBAL",
        "SystemRoot",
    ];
    KEPT.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?))).collect()
}

fn wish<'w>(pack: &'w Locked, env: &'w [(OsString, OsString)], signers: &'w Path) -> Wish<'w> {
    let signers = pack.signed.then_some(signers);
    Wish { url: &pack.url, name: pack.wish.as_deref(), path: pack.path.as_deref(), env, signers }
}

/// Whose signatures count.
fn signers(home: &Path) -> PathBuf {
    home.join(".portcullis/signers")
}

fn export(path: &Path, locked: &[Locked], home: &Path) -> Result<String, CliError> {
    let packs: Result<Vec<Contents>, StoreError> =
        locked.iter().map(|pack| setup::contents(home, pack)).collect();
    let error = |source| CliError::File { path: path.to_owned(), source };
    let bytes = packs::archive(&packs.map_err(PacksError::from)?).map_err(error)?;
    whole::write(path, &bytes).map_err(error)?;
    Ok(format!(
        "{} in {}; where the lock is, `portcullis packs import` takes them",
        plural(locked.len(), "pack", "packs"),
        path.display()
    ))
}

/// Takes what the lock names, all of it or nothing.
fn import(path: &Path, locked: &[Locked]) -> Result<String, CliError> {
    let bytes = fs::read(path).map_err(|source| CliError::File { path: path.to_owned(), source })?;
    let found =
        packs::unpack(&bytes).map_err(|error| PacksError::Archive { path: path.to_owned(), error })?;
    let take = |pack: &Locked| {
        let missing = || PacksError::NotInArchive { path: path.to_owned(), name: pack.name.clone() };
        found.get(&pack.digest).ok_or_else(missing)
    };
    let packs: Result<Vec<&Contents>, PacksError> = locked.iter().map(take).collect();
    for contents in packs? {
        setup::store().put(contents).map_err(PacksError::from)?;
    }
    Ok(format!("{} packs as the lock says", locked.len()))
}

/// Every rule of a pack; a pack that does not read is not taken.
fn rules(name: &str, contents: &Contents) -> Result<Vec<Rule>, CliError> {
    let mut rules = Vec::new();
    for (path, content) in contents.iter().filter(|(path, _)| *path != "config.toml") {
        let file = format!("{name}/{path}");
        let text = std::str::from_utf8(content).map_err(|_| CliError::NotUtf8(file.clone()))?;
        rules.extend(check_file(&file, text, false)?.rules);
    }
    Ok(rules)
}

fn add(args: &AddArgs, mut locked: Vec<Locked>, home: &Path) -> Result<String, CliError> {
    let (url, name) =
        args.url.split_once('#').map_or((args.url.as_str(), None), |(url, name)| (url, Some(name)));
    packs::check_url(url).map_err(PacksError::from)?;
    let last =
        url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default().trim_end_matches(".git");
    let own = args.name.clone().unwrap_or_else(|| last.to_ascii_lowercase().replace(['_', '.'], "-"));
    if !packs::is_name(&own) {
        return Err(PacksError::Name(own).into());
    }
    if locked.iter().any(|pack| pack.name == own) {
        return Err(PacksError::Exists(own).into());
    }
    let env = env();
    let signers = signers(home);
    let signed = args.signed.then_some(signers.as_path());
    let wish = Wish { url, name, path: args.path.as_deref(), env: &env, signers: signed };
    let Fetched { commit, contents, .. } = packs::fetch(&wish).map_err(PacksError::from)?;
    let rules = rules(&own, &contents)?;
    setup::store().put(&contents).map_err(PacksError::from)?;
    locked.push(Locked {
        name: own.clone(),
        url: url.to_owned(),
        wish: name.map(str::to_owned),
        path: args.path.clone(),
        commit: commit.clone(),
        digest: packs::digest(&contents),
        signed: args.signed,
    });
    let before = fs::read(home.join(LOCK)).ok();
    write_lock(home, &locked)?;
    // A pack that does not go together with the other rules would leave no answer about anything.
    if let Err(error) = compiles(home) {
        let path = home.join(LOCK);
        let undone = before.map_or_else(|| fs::remove_file(&path), |text| whole::write(&path, &text));
        undone.map_err(|source| CliError::File { path, source })?;
        return Err(error);
    }
    Ok(format!(
        "{own}: {} rules at {commit:.12}\n  commit {LOCK}; everybody else runs `portcullis packs sync`",
        rules.len()
    ))
}

/// Whether all rules go together and can be looked for.
fn compiles(home: &Path) -> Result<(), CliError> {
    let (engine, _) = setup::engine_and_policy(&setup::files_on_disk(home)?)?;
    Ok(engine.compile_own()?)
}

fn sync(locked: &[Locked], home: &Path) -> Result<String, CliError> {
    let (env, signers) = (env(), signers(home));
    let mut fetched = 0;
    for pack in locked {
        if setup::contents(home, pack).is_ok() {
            continue;
        }
        let came = packs::pinned(&wish(pack, &env, &signers), &pack.commit).map_err(PacksError::from)?;
        let found = packs::digest(&came.contents);
        if found != pack.digest {
            let (name, commit, expected) = (pack.name.clone(), pack.commit.clone(), pack.digest.clone());
            return Err(PacksError::OtherContent { name, commit, found, expected }.into());
        }
        setup::store().put(&came.contents).map_err(PacksError::from)?;
        fetched += 1;
    }
    Ok(format!("{} packs as the lock says, {fetched} fetched", locked.len()))
}

fn update(args: &UpdateArgs, mut locked: Vec<Locked>, home: &Path) -> Result<String, CliError> {
    if let Some(name) = args.name.as_ref().filter(|name| !locked.iter().any(|pack| pack.name == **name)) {
        return Err(PacksError::Unknown(name.clone()).into());
    }
    let (env, signers) = (env(), signers(home));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut said = Vec::new();
    for pack in locked.iter_mut().filter(|pack| args.name.as_ref().is_none_or(|name| *name == pack.name)) {
        // A tag that was moved is an error, and nothing newer.
        let old = match packs::pinned(&wish(pack, &env, &signers), &pack.commit) {
            Err(error @ FetchError::Moved { .. }) => return Err(PacksError::from(error).into()),
            Err(_) => None,
            Ok(old) => Some(old.contents),
        };
        let came = packs::fetch(&wish(pack, &env, &signers)).map_err(PacksError::from)?;
        let age = now.saturating_sub(came.time.unsigned_abs()) / 86_400;
        if came.commit == pack.commit {
            said.push(format!("{}: nothing newer than {:.12}", pack.name, pack.commit));
        } else if age < args.cooldown {
            said.push(format!("{}: {:.12} is {age} days old, and waits", pack.name, came.commit));
        } else {
            let before = old.as_ref().map_or(Ok(Vec::new()), |old| rules(&pack.name, old))?;
            said.push(format!("{}: {:.12} to {:.12}", pack.name, pack.commit, came.commit));
            said.extend(changes(&before, &rules(&pack.name, &came.contents)?));
            setup::store().put(&came.contents).map_err(PacksError::from)?;
            (pack.commit, pack.digest) = (came.commit, packs::digest(&came.contents));
            if home.join(".portcullis/packs").join(&pack.name).is_dir() {
                vendor(home, pack, &came.contents)?;
            }
        }
    }
    write_lock(home, &locked)?;
    Ok(said.join("\n"))
}

/// What becomes of the rules, one line each.
fn changes(old: &[Rule], new: &[Rule]) -> Vec<String> {
    let by_id = |rules: &'_ [Rule]| -> BTreeMap<String, Rule> {
        rules.iter().map(|rule| (rule.info.id.to_string(), rule.clone())).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let mut lines = Vec::new();
    for (id, is) in &new {
        let Some(was) = old.get(id) else {
            lines.push(format!("  + {id} ({}, {})", is.info.severity, is.info.confidence));
            continue;
        };
        let weight = |rule: &Rule| (rule.info.severity, rule.info.confidence);
        if weight(was) != weight(is) {
            let ((was_severity, was_confidence), (severity, confidence)) = (weight(was), weight(is));
            lines
                .push(format!("  ~ {id}: {was_severity}, {was_confidence} becomes {severity}, {confidence}"));
        }
        if !is.finds_the_same_as(was) {
            lines.push(format!("  ~ {id}: looks for something else"));
        }
    }
    lines.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| format!("  - {id}")));
    lines
}

/// Writes a pack into the repository, in the place of an older one.
fn vendor(home: &Path, pack: &Locked, contents: &Contents) -> Result<(), CliError> {
    let folder: PathBuf = home.join(".portcullis/packs").join(&pack.name);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(|source| CliError::File { path: folder.clone(), source })?;
    }
    Ok(packs::write_files(&folder, contents).map_err(PacksError::from)?)
}
