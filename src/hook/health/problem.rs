//! What can be wrong with hooks that were installed, in words.

use std::fmt;
use std::path::PathBuf;

use super::super::error::shown;
use super::super::git::Version;
use crate::hook::HookName;

/// Something because of which commits or pushes may go unscanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nobody has installed hooks.
    NotInstalled,
    /// The hooks wait for a folder that is not there.
    NotConfigured,
    /// The place of a hook is empty.
    Missing(PathBuf),
    /// Git passes over a hook that is not executable.
    NotExecutable(PathBuf),
    /// Another program has taken the place of our hook.
    TakenOver {
        /// The place.
        path: PathBuf,
        /// Where ours was put, and is not run.
        ours: Option<PathBuf>,
    },
    /// A hook of ours was written by another version.
    Outdated(PathBuf),
    /// The program that a hook runs is not there.
    ProgramGone {
        /// The hook.
        path: PathBuf,
        /// The program.
        program: PathBuf,
    },
    /// Git runs the hooks of another folder.
    Shadowed {
        /// That folder.
        used: PathBuf,
        /// The one with our hooks.
        ours: PathBuf,
    },
    /// A script no longer calls us.
    NotCalled(PathBuf),
    /// A shared hook that no longer runs because of us.
    NotForwarded(PathBuf),
    /// `core.hooksPath` names no folder that lasts.
    HooksPath(String),
    /// Git is told not to run a hook.
    Disabled(String),
    /// A key that we have set is gone or has another value.
    SettingChanged {
        /// The key.
        key: String,
        /// The file of the configuration.
        file: PathBuf,
    },
    /// A git that passes over our hooks.
    OldGit {
        /// The program.
        git: PathBuf,
        /// Its version, if it told one.
        version: Option<Version>,
    },
    /// A planted secret got through.
    NotBlocked(HookName),
    /// A planted secret was stopped, but not by us.
    BlockedByOther {
        /// The hook that was tried.
        hook: HookName,
        /// What was said instead.
        said: String,
    },
}

impl Problem {
    /// A word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Problem::NotInstalled => "not-installed",
            Problem::NotConfigured => "not-configured",
            Problem::Missing(_) => "missing",
            Problem::NotExecutable(_) => "not-executable",
            Problem::TakenOver { .. } => "taken-over",
            Problem::Outdated(_) => "outdated",
            Problem::ProgramGone { .. } => "program-gone",
            Problem::Shadowed { .. } => "shadowed",
            Problem::NotCalled(_) => "not-called",
            Problem::NotForwarded(_) => "not-forwarded",
            Problem::HooksPath(_) => "hooks-path",
            Problem::Disabled(_) => "disabled",
            Problem::SettingChanged { .. } => "setting-changed",
            Problem::OldGit { .. } => "old-git",
            Problem::NotBlocked(_) => "not-blocked",
            Problem::BlockedByOther { .. } => "blocked-by-other",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NotInstalled => f.write_str("no hooks of portcullis are installed here"),
            Problem::NotConfigured => f.write_str(
                "this repository has no folder .portcullis, and the hooks pass over such repositories",
            ),
            Problem::Missing(path) => write!(f, "{}: is missing", shown(path)),
            Problem::NotExecutable(path) => {
                write!(f, "{}: is not executable, git passes over it", shown(path))
            }
            Problem::TakenOver { path, ours: None } => {
                write!(f, "{}: is another program's hook", shown(path))
            }
            Problem::TakenOver { path, ours: Some(ours) } => {
                write!(
                    f,
                    "{}: is another program's hook; ours is {}, and is not run",
                    shown(path),
                    shown(ours)
                )
            }
            Problem::Outdated(path) => write!(f, "{}: was written by another version", shown(path)),
            Problem::ProgramGone { path, program } => {
                write!(f, "{}: runs {}, which is gone", shown(path), shown(program))
            }
            Problem::Shadowed { used, ours } => {
                write!(f, "git runs the hooks in {}, and ours are in {}", shown(used), shown(ours))
            }
            Problem::NotCalled(path) => write!(f, "{}: does not call portcullis any more", shown(path)),
            Problem::NotForwarded(path) => {
                write!(f, "{}: is shared by all repositories, and is not run in this one", shown(path))
            }
            Problem::HooksPath(message) => f.write_str(message),
            Problem::Disabled(key) => write!(f, "{key}: is false, so git passes over the hook"),
            Problem::SettingChanged { key, file } => {
                write!(f, "{key}: is not what was installed, in {}", shown(file))
            }
            Problem::OldGit { git, version } => {
                let version = version.map_or_else(|| "unknown".to_owned(), |version| version.to_string());
                write!(f, "{}: version {version} does not run these hooks", shown(git))
            }
            Problem::NotBlocked(hook) => {
                write!(f, "{hook}: a secret that was planted in a throwaway repository got through")
            }
            Problem::BlockedByOther { hook, said } => {
                write!(f, "{hook}: a planted secret was stopped, but not by a finding: {}", shown(said))
            }
        }
    }
}
