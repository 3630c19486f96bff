//! `portcullis packs`: takes rule packs over from other repositories, at commits that somebody has looked at.

mod error;
mod update;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};

use super::{CLEAN, CliError, Output, allow, setup, whole};
use crate::packs::{self, Contents, Fetched, LOCK, Limits, Locked, StoreError, Wish};
use crate::report::summary::plural;
use crate::rules::{Rule, check_file};
use crate::text::escape;

pub use error::PacksError;

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

/// How long servers may take, all of them together.
const SECONDS: u64 = 120;
/// What a server may send: the history of a repository of packs, and not much more.
const MAX_SENT: u64 = 200 << 20;

/// Runs `portcullis packs`.
pub fn run(command: &PacksCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let limits = Limits { is_up: &|| Instant::now() >= until, bytes: MAX_SENT };
    let locked = read_lock(&home)?;
    let said = match command {
        PacksCommand::Add(args) => add(args, locked, &home, limits)?,
        PacksCommand::Sync => sync(&locked, &home, limits)?,
        PacksCommand::Update(args) => update::run(args, locked, &home, limits)?,
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
                    Err(StoreError::Tampered { .. } | StoreError::File { .. } | StoreError::Path(_)) => {
                        "not as the lock says"
                    }
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

/// What every fetch of a run shares.
struct Asking<'a> {
    /// What git may know of the environment.
    env: Vec<(OsString, OsString)>,
    /// Whose signatures count.
    signers: PathBuf,
    limits: Limits<'a>,
}

impl<'a> Asking<'a> {
    fn new(home: &Path, limits: Limits<'a>) -> Asking<'a> {
        Asking { env: env(), signers: home.join(".portcullis/signers"), limits }
    }

    fn wish<'w>(&'w self, pack: &'w Locked) -> Wish<'w> {
        let signers = pack.signed.then_some(self.signers.as_path());
        let (url, name, path) = (&pack.url, pack.wish.as_deref(), pack.path.as_deref());
        Wish { url, name, path, env: &self.env, signers, limits: self.limits }
    }
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
    Ok(format!("{} as the lock says", plural(locked.len(), "pack", "packs")))
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

fn add(args: &AddArgs, mut locked: Vec<Locked>, home: &Path, limits: Limits<'_>) -> Result<String, CliError> {
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
    let mut pack = Locked {
        name: own.clone(),
        url: url.to_owned(),
        wish: name.map(str::to_owned),
        path: args.path.clone(),
        commit: String::new(),
        digest: String::new(),
        signed: args.signed,
    };
    let asking = Asking::new(home, limits);
    let Fetched { commit, contents, .. } = packs::fetch(&asking.wish(&pack)).map_err(PacksError::from)?;
    let rules = rules(&own, &contents)?;
    setup::store().put(&contents).map_err(PacksError::from)?;
    (pack.commit, pack.digest) = (commit.clone(), packs::digest(&contents));
    locked.push(pack);
    lock(&locked, home)?;
    Ok(format!(
        "{own}: {} at {commit:.12}\n  commit {LOCK}; everybody else runs `portcullis packs sync`",
        plural(rules.len(), "rule", "rules")
    ))
}

/// Writes the lock, unless its packs do not go together with the other rules, or cannot be looked for: that would leave no
/// answer about anything.
fn lock(locked: &[Locked], home: &Path) -> Result<(), CliError> {
    let path = home.join(LOCK);
    let before = fs::read(&path).ok();
    write_lock(home, locked)?;
    let Err(error) = compiles(home) else { return Ok(()) };
    let undone = before.map_or_else(|| fs::remove_file(&path), |text| whole::write(&path, &text));
    undone.map_err(|source| CliError::File { path, source })?;
    Err(error)
}

fn compiles(home: &Path) -> Result<(), CliError> {
    let (engine, _) = setup::engine_and_policy(&setup::files_on_disk(home)?)?;
    Ok(engine.compile_own()?)
}

fn sync(locked: &[Locked], home: &Path, limits: Limits<'_>) -> Result<String, CliError> {
    let asking = Asking::new(home, limits);
    let mut fetched = 0;
    for pack in locked {
        if setup::contents(home, pack).is_ok() {
            continue;
        }
        let came = packs::pinned(&asking.wish(pack), &pack.commit).map_err(PacksError::from)?;
        let found = packs::digest(&came.contents);
        if found != pack.digest {
            let (name, commit, expected) = (pack.name.clone(), pack.commit.clone(), pack.digest.clone());
            return Err(PacksError::OtherContent { name, commit, found, expected }.into());
        }
        setup::store().put(&came.contents).map_err(PacksError::from)?;
        fetched += 1;
    }
    Ok(format!("{} as the lock says, {fetched} fetched", plural(locked.len(), "pack", "packs")))
}

/// Writes a pack into the repository, in the place of an older one.
fn vendor(home: &Path, pack: &Locked, contents: &Contents) -> Result<(), CliError> {
    let folder: PathBuf = home.join(".portcullis/packs").join(&pack.name);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(|source| CliError::File { path: folder.clone(), source })?;
    }
    Ok(packs::write_files(&folder, contents).map_err(PacksError::from)?)
}
