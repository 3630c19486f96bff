//! Which files hold the secrets of a developer's machine, by name, and where they usually lie. Reads folders, no files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use super::format::Format;
use crate::model::{RepoPath, SkipReason, Skipped};
use crate::text::escape;

/// Folders below the top that are looked into even when nothing in them is staged.
const USUAL: [&str; 22] = [
    "api",
    "app",
    "apps",
    "backend",
    "client",
    "config",
    "configs",
    "deploy",
    "docker",
    "env",
    "envs",
    "frontend",
    "infra",
    "packages",
    "scripts",
    "secrets",
    "server",
    "services",
    "src",
    "terraform",
    "web",
    ".streamlit",
];

/// Of these, each folder inside as well: one for each application of the repository.
const OF_FOLDERS: [&str; 4] = ["apps", "packages", "services", "src"];

/// Folders that hold other people's files.
const FOREIGN: [&str; 7] = ["node_modules", "vendor", ".git", "target", ".venv", "venv", "dist"];

/// Entries of one folder, folders of one run, files of one run: beyond these nothing is looked for.
const MOST_ENTRIES: usize = 4096;
const MOST_FOLDERS: usize = 160;
const MOST_FILES: usize = 100;

/// Endings of files that show what a secret file looks like.
const TEMPLATES: [&str; 10] =
    ["example", "sample", "template", "dist", "defaults", "default", "schema", "tpl", "tmpl", "dummy"];

/// Files below the home folder, and what they hold.
const HOME: [(&str, Format); 13] = [
    (".aws/credentials", Format::Lines),
    (".azure/accessTokens.json", Format::Json),
    (".cargo/credentials.toml", Format::Lines),
    (".config/gcloud/application_default_credentials.json", Format::Json),
    (".config/gh/hosts.yml", Format::Lines),
    (".docker/config.json", Format::Json),
    (".git-credentials", Format::Urls),
    (".kube/config", Format::Lines),
    (".my.cnf", Format::Lines),
    (".netrc", Format::Netrc),
    (".npmrc", Format::Lines),
    (".pgpass", Format::Pgpass),
    (".pypirc", Format::Lines),
];

/// A file that may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is: relative to the top of the repository, or absolute.
    pub path: PathBuf,
    /// How people are told of it; printable.
    pub shown: String,
    /// How it is read.
    pub(super) format: Format,
    /// Whether it only shows what such a file looks like: then its values are nobody's secret.
    pub(super) is_template: bool,
}

impl Candidate {
    /// The file at `path` if its name is one of those that hold secrets, or show what they look like.
    pub fn at(path: &Path) -> Option<Candidate> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let is_template = name.split('.').any(|part| TEMPLATES.contains(&part));
        let shown = escape(path.as_os_str().as_encoded_bytes());
        Some(Candidate { path: path.to_owned(), shown, format: format(&name)?, is_template })
    }

    /// The name under which git knows it.
    pub fn repo_path(&self) -> RepoPath {
        RepoPath::new(self.path.as_os_str().as_encoded_bytes())
    }

    /// True for a file that shows what a secret file looks like.
    pub fn is_template(&self) -> bool {
        self.is_template
    }

    pub(super) fn skipped(&self, why: SkipReason) -> Skipped {
        Skipped { path: self.repo_path(), reason: why }
    }
}

fn format(name: &str) -> Option<Format> {
    let ends = |ending| name.ends_with(ending);
    match name {
        ".envrc" | ".flaskenv" => Some(Format::Dotenv),
        ".npmrc" | ".pypirc" | ".my.cnf" | "secrets.toml" | "secrets.yml" | "secrets.yaml" => {
            Some(Format::Lines)
        }
        ".netrc" | "_netrc" => Some(Format::Netrc),
        ".pgpass" => Some(Format::Pgpass),
        "local.settings.json" | "secrets.json" => Some(Format::Json),
        "master.key" => Some(Format::Whole),
        _ if name == ".env" || name.starts_with(".env.") || ends(".env") => Some(Format::Dotenv),
        _ if ends(".tfvars") => Some(Format::Lines),
        _ if ends(".tfvars.json") => Some(Format::Json),
        _ if name.starts_with("appsettings.") && ends(".json") && name != "appsettings.json" => {
            Some(Format::Json)
        }
        _ => None,
    }
}

/// Folders with the names of the secret files inside, the nearest to the top first.
type Folders = BTreeMap<(usize, PathBuf), Vec<String>>;

/// What lies at the top and where secret files usually lie: can be read before it is known what is staged.
pub struct Usual(Folders);

impl Usual {
    /// Reads these folders below `top`.
    pub fn read(top: &Path) -> Usual {
        let mut folders = Folders::from([((0, PathBuf::new()), secret_files(top))]);
        for usual in USUAL {
            add_folder(top, (1, PathBuf::from(usual)), &mut folders);
        }
        for parent in OF_FOLDERS {
            for name in names(&top.join(parent), |name| !FOREIGN.contains(&name)) {
                add_folder(top, (2, Path::new(parent).join(name)), &mut folders);
            }
        }
        Usual(folders)
    }
}

/// The secret files in the folders of `staged` and above them, at the top, and where such files usually lie, the
/// nearest to the top first. Never walks: only these folders are read, and links to folders are not followed.
pub fn candidates<'p>(
    top: &Path,
    usual: Usual,
    staged: impl Iterator<Item = &'p RepoPath>,
) -> Vec<Candidate> {
    let Usual(mut folders) = usual;
    for path in staged {
        add_folders(top, path, &mut folders);
    }
    let files = folders.iter().flat_map(|((_, folder), names)| names.iter().map(|name| folder.join(name)));
    files.filter_map(|file| Candidate::at(&file)).take(MOST_FILES).collect()
}

/// The files below the home folder that programs keep their credentials in.
pub fn in_home(home: &Path) -> Vec<Candidate> {
    let there = HOME.iter().filter(|(path, _)| home.join(path).symlink_metadata().is_ok());
    let candidate = |(path, format): &(&str, Format)| Candidate {
        path: home.join(path),
        shown: format!("~/{path}"),
        format: *format,
        is_template: false,
    };
    there.map(candidate).collect()
}

/// The folder of a path and all above it, with their depth.
fn add_folders(top: &Path, path: &RepoPath, folders: &mut Folders) {
    let Ok(path) = std::str::from_utf8(path.as_bytes()) else { return };
    if path.split('/').any(|part| FOREIGN.contains(&part)) {
        return;
    }
    let mut folder = Path::new(path).parent();
    while let Some(above) = folder.filter(|above| !above.as_os_str().is_empty()) {
        let depth = above.components().count();
        // What is known has brought in all above it, too.
        if !add_folder(top, (depth, above.to_owned()), folders) && depth > 1 {
            return;
        }
        folder = above.parent();
    }
}

/// Reads a folder unless that is done already, or there have been enough; false when it is not new.
fn add_folder(top: &Path, place: (usize, PathBuf), folders: &mut Folders) -> bool {
    let has_room = folders.len() < MOST_FOLDERS;
    match folders.entry(place) {
        Entry::Occupied(_) => false,
        Entry::Vacant(vacant) => {
            let folder = top.join(&vacant.key().1);
            let is_folder = || folder.symlink_metadata().is_ok_and(|meta| meta.is_dir());
            if has_room && is_folder() {
                vacant.insert(secret_files(&folder));
            }
            true
        }
    }
}

fn secret_files(folder: &Path) -> Vec<String> {
    names(folder, |name| format(&name.to_ascii_lowercase()).is_some())
}

/// The names in a folder that are `wanted`, sorted; none when it cannot be read.
fn names(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.take(MOST_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
    names.sort_unstable();
    names
}
