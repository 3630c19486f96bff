//! Gathers what a scan needs: the team's files from the index or from disk, the rules, the policy, the approvals.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use super::packs::PacksError;
use super::{CliError, agents, exceptions, own_rules};
use crate::cache::Digest;
use crate::config::{self, Config, Known, Layer, Names, Standing, TeamFile, TeamFiles};
use crate::deps::{Approvals, Date};
use crate::engine::{Engine, builtin};
use crate::git::{IndexEntry, Mode, Repo};
use crate::model::{Locator, Oid, RuleId, RuleInfo};
use crate::packs::{self, Contents, Locked, Store, StoreError};
use crate::policy::{OWNERS_PLACES, Owners, Policy};
use crate::scan::{Dependencies, RepoFiles, Scanner};
use crate::source::{Reader, committed};

/// The team's folder.
const FOLDER: &str = ".portcullis";

/// The folder whose `.portcullis/` counts for `dir`: the next one upwards that has one or is a repository's top.
pub fn home(dir: &Path) -> PathBuf {
    let marked = |dir: &&Path| dir.join(FOLDER).is_dir() || dir.join(".git").exists();
    dir.ancestors().find(marked).unwrap_or(dir).to_owned()
}

/// Reads the team's files below `top` from disk.
pub fn files_on_disk(top: &Path) -> Result<TeamFiles, CliError> {
    let folder = top.join(FOLDER);
    // What somebody else's repository or folder holds cannot be reviewed here.
    if folder.is_symlink() || folder.join(".git").exists() {
        return Err(CliError::NotAFile(FOLDER.to_owned()));
    }
    Ok(TeamFiles { personal: personal_file()?, ..files_in_folder(&folder)? })
}

/// Reads the team's files from a folder like `.portcullis`, wherever it is.
pub fn files_in_folder(folder: &Path) -> Result<TeamFiles, CliError> {
    let mut files = TeamFiles::default();
    let mut names: Vec<String> = TeamFiles::NAMES.map(str::to_owned).into();
    match fs::read_dir(folder.join("rules")) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|source| file_error(folder, source))?;
                names.push(format!("rules/{}", entry.file_name().to_string_lossy()));
            }
        }
        Err(error) if is_absent(&error) => {}
        Err(source) => return Err(file_error(&folder.join("rules"), source)),
    }
    if folder.join("packs.lock").exists() {
        vendored_names(folder, "packs", &mut names)?;
    }
    for name in names.iter().filter(|name| TeamFiles::wants(name)) {
        let path = folder.join(name);
        match fs::symlink_metadata(&path) {
            // As in the index. What a link leads to may be gone, and reading a pipe may never end.
            Ok(meta) if !meta.is_file() => return Err(CliError::NotAFile(format!("{FOLDER}/{name}"))),
            Ok(_) => files.add(name, fs::read(&path).map_err(|source| file_error(&path, source))?),
            Err(error) if is_absent(&error) => {}
            Err(source) => return Err(file_error(&path, source)),
        }
    }
    with_packs(files)
}

/// The files below a folder of the team's folder.
fn vendored_names(folder: &Path, below: &str, names: &mut Vec<String>) -> Result<(), CliError> {
    let entries = match fs::read_dir(folder.join(below)) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(source) => return Err(file_error(&folder.join(below), source)),
    };
    for entry in entries {
        let entry = entry.map_err(|source| file_error(folder, source))?;
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { vendored_names(folder, &name, names)? } else { names.push(name) }
    }
    Ok(())
}

/// The store of packs on this machine.
pub fn store() -> Store {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("PORTCULLIS_CACHE_DIR")
        .or_else(|| Some(absolute("XDG_CACHE_HOME")?.join("portcullis")))
        .or_else(|| Some(absolute("HOME")?.join(".cache/portcullis")));
    Store::new(cache.unwrap_or_default().join("packs"))
}

/// What a pack holds: kept in the repository, or on this machine. It is what the lock says, or nothing.
pub fn contents(home: &Path, pack: &Locked) -> Result<Contents, StoreError> {
    let folder = home.join(FOLDER).join("packs").join(&pack.name);
    if folder.is_dir() {
        return packs::check(&pack.name, &folder, &pack.digest);
    }
    store().get(&pack.name, &pack.digest)
}

/// The files with what the lock names. Nothing is fetched: what is not here is no answer.
fn with_packs(mut files: TeamFiles) -> Result<TeamFiles, CliError> {
    let Some(lock) = &files.lock else { return Ok(files) };
    for pack in packs::read(&lock.name, text(lock)?)? {
        let prefix = format!("{FOLDER}/packs/{}/", pack.name);
        let own = files.vendored.iter().filter_map(|file| Some((file.name.strip_prefix(&prefix)?, file)));
        let own: Contents = own.map(|(name, file)| (name.to_owned(), file.content.clone())).collect();
        let found = if own.is_empty() {
            store().get(&pack.name, &pack.digest)
        } else {
            packs::compare(&pack.name, Path::new(&prefix), own, &pack.digest)
        };
        for (name, content) in found.map_err(PacksError::from)? {
            let file = TeamFile { name: format!("{}@{:.8}/{name}", pack.name, pack.commit), content };
            if name == "config.toml" { files.pack_configs.push(file) } else { files.pack_rules.push(file) }
        }
    }
    Ok(files)
}

/// Where the machine's owner says what holds for every repository on it.
const SYSTEM: &str = "/etc/portcullis";

/// The configuration of the machine. Where the folder is not there, a variable may name another one: anybody sets
/// variables, so that one may only tighten.
fn system_file() -> Result<Option<(TeamFile, Standing)>, CliError> {
    let named = std::env::var_os("PORTCULLIS_SYSTEM_DIR").filter(|_| !Path::new(SYSTEM).exists());
    let (folder, standing) = named.map_or_else(
        || (PathBuf::from(SYSTEM), Standing::System),
        |folder| (PathBuf::from(folder), Standing::Variable),
    );
    Ok(optional_file(&folder.join("config.toml"))?.map(|file| (file, standing)))
}

/// The configuration of a person, in `$XDG_CONFIG_HOME/portcullis` or `~/.config/portcullis`.
pub fn personal_file() -> Result<Option<TeamFile>, CliError> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    folder.map_or(Ok(None), |folder| optional_file(&folder.join("portcullis/config.toml")))
}

fn optional_file(path: &Path) -> Result<Option<TeamFile>, CliError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(TeamFile { name: path.display().to_string(), content })),
        Err(error) if is_absent(&error) => Ok(None),
        Err(source) => Err(file_error(path, source)),
    }
}

/// The configurations that count, the widest first.
pub fn layers(files: &TeamFiles) -> Result<Vec<(TeamFile, Standing)>, CliError> {
    let mut layers: Vec<(TeamFile, Standing)> = Vec::new();
    layers.extend(system_file()?);
    layers.extend(files.pack_configs.iter().cloned().map(|file| (file, Standing::Pack)));
    layers.extend(files.config.clone().map(|file| (file, Standing::Repository)));
    layers.extend(files.personal.clone().map(|file| (file, Standing::Personal)));
    Ok(layers)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn file_error(path: &Path, source: io::Error) -> CliError {
    CliError::File { path: path.to_owned(), source }
}

/// Where rules are kept as they were checked, in the git folder.
const MEMORY: &str = "portcullis/rules";

/// Reads the team's files as they are staged; from the work tree when nothing of them is in the index.
pub fn files_in_index(repo: &Repo, entries: &[IndexEntry]) -> Result<TeamFiles, CliError> {
    if entries.is_empty() {
        return repo.top().map_or_else(|| Ok(TeamFiles::default()), files_on_disk);
    }
    files_for_commit(repo, entries)
}

/// Reads these files of the team as they are staged.
pub fn files_for_commit(repo: &Repo, entries: &[IndexEntry]) -> Result<TeamFiles, CliError> {
    let memory = Some(repo.common_dir().join(MEMORY));
    Ok(TeamFiles { personal: personal_file()?, memory, ..files_in_objects(repo, entries)? })
}

/// Reads the team's files as git stores them; no entries are no files.
pub fn files_in_objects(repo: &Repo, entries: &[IndexEntry]) -> Result<TeamFiles, CliError> {
    let mut files = TeamFiles::default();
    let mut reader = Reader::new(Some(repo));
    for entry in entries {
        let path = String::from_utf8_lossy(entry.path.as_bytes()).into_owned();
        let Some(name) = path.strip_prefix(".portcullis/") else { return Err(CliError::NotAFile(path)) };
        if !TeamFiles::wants(name) {
            continue;
        }
        match entry.side.mode {
            Mode::File => files.add(name, reader.read(&Locator::Blob(entry.side.oid))?),
            Mode::Link | Mode::Submodule | Mode::Absent => return Err(CliError::NotAFile(path)),
        }
    }
    with_packs(files)
}

/// The engine and the policy that the team's files ask for.
pub fn engine_and_policy(files: &TeamFiles) -> Result<(Engine, Policy), CliError> {
    let own = own_rules::read(files)?;
    // An expression compiles when a keyword of it is met; what then does not is no answer.
    let mut engine = Engine::new(&builtin::PACK, own);
    let policy = policy(files, &engine)?;
    engine.retain(|info| policy.is_on(info));
    if engine.rules().next().is_none() {
        return Err(CliError::NoRules);
    }
    Ok((engine, policy))
}

/// Every rule, on or off.
pub fn all_rules(files: &TeamFiles) -> Result<Vec<RuleInfo>, CliError> {
    let engine = Engine::new(&builtin::PACK, own_rules::read(files)?);
    Ok(engine.rules().map(|rule| rule.info.clone()).collect())
}

/// What the team's files say about findings of all these rules.
fn policy(files: &TeamFiles, engine: &Engine) -> Result<Policy, CliError> {
    let layers = layers(files)?;
    let known = Known { packs: &builtin::PACK_NAMES, rules: &RulesOf(engine) };
    let mut config = Config::default();
    let mut below = Config::default();
    for (file, standing) in &layers {
        let layer = Layer { file: &file.name, text: text(file)?, standing: *standing };
        config = config::parse_onto(config, &layer, &known)?;
        match standing {
            Standing::System | Standing::Variable | Standing::Pack => below.clone_from(&config),
            Standing::Repository | Standing::Personal => {}
        }
    }
    // Hooks ask for a dozen variables only where the answer changes something.
    let asks_for_agents = !config.waiving.inline_by_agents
        || config.protected.iter().any(|one| one.no_agents)
        || config.rules.values().any(|setting| setting.blocks_agents)
        || engine.rules().any(|rule| rule.info.blocks_agents);
    let exceptions = exceptions::read(files, engine, &known, &config)?;
    let policy = Policy::new(config).above(below).with_exceptions(exceptions);
    Ok(if asks_for_agents && agents::is_running_us() { policy.run_by_agent() } else { policy })
}

/// The rules of an engine, on or off.
struct RulesOf<'e>(&'e Engine);

impl Names for RulesOf<'_> {
    fn has(&self, name: &str) -> bool {
        RuleId::parse(name).is_some_and(|id| self.0.place_of(&id).is_some())
    }

    fn all(&self) -> Vec<&str> {
        self.0.rules().map(|rule| rule.info.id.as_str()).collect()
    }
}

/// A file as text.
pub fn text(file: &TeamFile) -> Result<&str, CliError> {
    std::str::from_utf8(&file.content).map_err(|_| CliError::NotUtf8(file.name.clone()))
}

/// The team's files before a change, as far as they judge it.
#[derive(Clone, Copy)]
pub struct Base<'f> {
    /// The record of approvals.
    pub approved: Option<&'f TeamFile>,
    /// The configuration.
    pub config: Option<&'f TeamFile>,
}

impl<'f> Base<'f> {
    /// For content that no change of the team's files goes with.
    pub fn unchanged(files: &'f TeamFiles) -> Base<'f> {
        Base { approved: files.approved.as_ref(), config: files.config.as_ref() }
    }
}

/// The scanner of the team's files, for a change after `base` that leaves `repo_files` in the repository.
pub fn scanner(files: &TeamFiles, base: Base<'_>, repo_files: RepoFiles) -> Result<Scanner, CliError> {
    let (engine, policy) = engine_and_policy(files)?;
    let record = |file: Option<&TeamFile>| {
        file.map(|file| Ok::<_, CliError>(Approvals::read(&file.name, text(file)?)?)).transpose()
    };
    let approvals = record(files.approved.as_ref())?;
    // What did not read before the change is being repaired by it; nothing counted until now.
    let (base, judging) = (record(base.approved).unwrap_or_default(), base.config);
    let judging = if judging == files.config.as_ref() {
        policy.config().dependencies.clone()
    } else {
        let before = TeamFiles { config: judging.cloned(), ..files.clone() };
        engine_and_policy(&before).map(|(_, policy)| policy.config().dependencies.clone()).unwrap_or_default()
    };
    let author = author().map(|author| String::from_utf8_lossy(&author).into_owned());
    let dependencies =
        Dependencies { approvals, base, today: today(), policy: judging, author, files: repo_files };
    Ok(Scanner { dependencies: Some(dependencies), ..Scanner::new(engine, policy) })
}

/// Git tells its hooks who the author will be, as `Name <mail>`.
pub fn author() -> Option<Vec<u8>> {
    let var = |name| std::env::var_os(name).map(|value| value.into_encoded_bytes()).unwrap_or_default();
    let mail = var("GIT_AUTHOR_EMAIL");
    (!mail.is_empty()).then(|| [&var("GIT_AUTHOR_NAME"), &b" <"[..], &mail, b">"].concat())
}

/// The same where commits are judged: asks git about their signatures, and the tree of `before` about owners, where a
/// protected path wants that.
pub fn with_witnesses(mut scanner: Scanner, repo: &Repo, before: Option<Oid>) -> Result<Scanner, CliError> {
    scanner.policy = with_owners(scanner.policy, repo, before)?;
    if scanner.policy.config().protected.iter().any(|one| one.signed) {
        let repo = repo.clone();
        let is_signed = move |commit: Oid| repo.git().run("verify-commit", &[commit.to_string()]).is_ok();
        scanner.policy = scanner.policy.with_signatures(Box::new(is_signed));
    }
    Ok(scanner)
}

/// What CODEOWNERS says in the tree of a commit, where a protected path wants an owner. A change may name other owners, and
/// does not judge itself by them.
pub fn with_owners(policy: Policy, repo: &Repo, before: Option<Oid>) -> Result<Policy, CliError> {
    let Some(before) = before.filter(|_| policy.config().protected.iter().any(|one| one.code_owner)) else {
        return Ok(policy);
    };
    for place in OWNERS_PLACES {
        if let Some(content) = committed::content(repo, &[before], &place.into())? {
            let text = String::from_utf8(content).map_err(|_| CliError::NotUtf8(place.to_owned()))?;
            return Ok(policy.with_owners(Owners::read(&text)));
        }
    }
    Ok(policy)
}

/// The team's files in the tree of `commit`.
pub fn files_of_commit(repo: &Repo, commit: &str) -> Result<TeamFiles, CliError> {
    files_in_objects(repo, &committed::policy_files(repo, commit)?)
}

/// Reads the team's files of `commit` as if they judged: files that do not read must not become the policy, for then
/// there is no answer about anything any more, not even about the change that repairs them.
pub fn check_files_of_commit(repo: &Repo, commit: &str) -> Result<(), CliError> {
    let files = files_of_commit(repo, commit)?;
    scanner(&files, Base { approved: None, config: None }, RepoFiles::none()).map(drop)
}

/// Without dependencies: for content that is nobody's manifest, and for history.
pub fn scanner_without_dependencies(files: &TeamFiles) -> Result<Scanner, CliError> {
    let (engine, policy) = engine_and_policy(files)?;
    Ok(Scanner::new(engine, policy))
}

/// This very program; none when it cannot be told from another one.
pub fn program() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let meta = program.metadata().ok()?;
    let written = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {} {written:?}", env!("CARGO_PKG_VERSION"), program.display(), meta.len()))
}

/// Stands for everything that decides what is found in a content: this program and the team's files. None when the
/// program cannot be told from another one.
pub fn digest(files: &TeamFiles) -> Option<Digest> {
    let program = program()?;
    let system = system_file().ok()?.map(|(file, _)| file);
    let team = system.iter().chain(&files.config).chain(&files.personal).chain(&files.rules);
    // A pack is what the lock says.
    let team = team.chain(&files.lock);
    let team = team.flat_map(|file| [file.name.as_bytes(), file.content.as_slice()]);
    Some(Digest::of([program.as_bytes()].into_iter().chain(team)))
}

/// The day, in UTC.
pub fn today() -> Date {
    Date::from_unix(now().unsigned_abs())
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}
