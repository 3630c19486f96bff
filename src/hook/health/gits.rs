//! Which gits there are, and what the older ones cannot do.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::Problem;
use crate::hook::git::{Version, gits_on};

/// A git on `PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// The program.
    pub path: PathBuf,
    /// Its version, if it told one.
    pub version: Option<Version>,
}

/// Every git on `path`, in the order of `path`.
pub fn on_path(path: &OsStr) -> Vec<Git> {
    let gits = gits_on(path);
    gits.into_iter().map(|path| Git { version: Version::of(path.as_os_str()), path }).collect()
}

impl Git {
    /// Why this git passes over our hooks, if it does.
    pub fn problem(&self, in_configuration: bool) -> Option<Problem> {
        let needed = if in_configuration { Version::CONFIG_HOOKS } else { Version::OLDEST };
        let is_old = self.version.is_none_or(|version| version < needed);
        is_old.then(|| Problem::OldGit { git: self.path.clone(), version: self.version })
    }

    /// What this git cannot promise.
    pub fn remarks(&self) -> Vec<&'static str> {
        let is_before = |version| self.version.is_some_and(|known| known < version);
        let mut remarks = Vec::new();
        if is_before(Version::NO_LAZY_FETCH) {
            remarks
                .push("in a partial clone it tries to fetch, and is refused, instead of being told not to");
        }
        if is_before(Version::CONFIG_HOOKS) {
            remarks.push("passes over hooks named in its configuration (`--method config`)");
        }
        remarks
    }
}
