//! Reads the team's files, from disk, from the index or from a commit, and the machine's and a person's beside them. Does
//! not know what they ask for.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::cli::CliError;
use crate::cli::packs::PacksError;
use crate::config::{Standing, TeamFile, TeamFiles};
use crate::git::{IndexEntry, Mode, Repo};
use crate::model::Locator;
use crate::packs::{self, Contents, Locked, Store, StoreError};
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
pub(super) fn system_file() -> Result<Option<(TeamFile, Standing)>, CliError> {
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

/// A file as text.
pub fn text(file: &TeamFile) -> Result<&str, CliError> {
    std::str::from_utf8(&file.content).map_err(|_| CliError::NotUtf8(file.name.clone()))
}

/// The team's files in the tree of `commit`.
pub fn files_of_commit(repo: &Repo, commit: &str) -> Result<TeamFiles, CliError> {
    files_in_objects(repo, &committed::policy_files(repo, commit)?)
}
