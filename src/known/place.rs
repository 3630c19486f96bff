//! Which files hold the secrets of a developer's machine, by name, and where they usually lie. Reads folders, no files.

use std::collections::BTreeSet;
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

/// The secret files in the folders of `staged` and above them, at the top, and where such files usually lie, the
/// nearest to the top first. Never walks: only these folders are read, and links to folders are not followed.
pub fn candidates<'p>(top: &Path, staged: impl Iterator<Item = &'p RepoPath>) -> Vec<Candidate> {
    let mut folders = BTreeSet::from([(0, PathBuf::new())]);
    for usual in USUAL {
        folders.insert((1, PathBuf::from(usual)));
    }
    for parent in OF_FOLDERS {
        let inside = names(&top.join(parent), |name| !FOREIGN.contains(&name));
        folders.extend(inside.into_iter().map(|name| (2, Path::new(parent).join(name))));
    }
    for path in staged {
        add_folders(path, &mut folders);
    }
    let mut found = Vec::new();
    for (_, folder) in folders.into_iter().take(MOST_FOLDERS) {
        let is_top = folder.as_os_str().is_empty();
        if !is_top && !top.join(&folder).symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            continue;
        }
        let files = names(&top.join(&folder), |name| format(&name.to_ascii_lowercase()).is_some());
        found.extend(files.iter().filter_map(|name| Candidate::at(&folder.join(name))));
    }
    found.truncate(MOST_FILES);
    found
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
fn add_folders(path: &RepoPath, folders: &mut BTreeSet<(usize, PathBuf)>) {
    let Ok(path) = std::str::from_utf8(path.as_bytes()) else { return };
    if path.split('/').any(|part| FOREIGN.contains(&part)) {
        return;
    }
    let mut folder = Path::new(path).parent();
    while let Some(above) = folder.filter(|above| !above.as_os_str().is_empty()) {
        // What is known has brought in all above it, too.
        if !folders.insert((above.components().count(), above.to_owned())) && above.components().count() > 1 {
            return;
        }
        folder = above.parent();
    }
}

/// The names in a folder that are `wanted`, sorted; none when it cannot be read.
fn names(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.take(MOST_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
    names.sort_unstable();
    names
}
