//! The environment that git processes get, as a value: nothing in here reads the process's own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::model::Oid;

/// Set for every git process.
const ADDED: [(&str, &str); 7] = [
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // Git before 2.45 does not know the variable above; no transport is called "none", so none is ever used.
    ("GIT_ALLOW_PROTOCOL", "none"),
    // A graft would hide the ancestors of a commit as a replacement would. No file can stand at this path; for one that
    // is there git would print a hint and leave the commit graph alone.
    ("GIT_GRAFT_FILE", "/dev/null/none"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("LC_ALL", "C"),
];

/// Kept from every git process: they run programs, mix traces into what we read, or contradict `ADDED`.
const REMOVED: [&str; 5] = [
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// Kept from every git process, with whatever follows.
const REMOVED_PREFIXES: [&str; 2] = ["GIT_TRACE", "GIT_REDIRECT_"];

/// The environment of a hook or a shell, which git processes inherit but for what could change their answers.
#[derive(Debug, Clone, Default)]
pub struct GitEnv(BTreeMap<OsString, OsString>);

impl GitEnv {
    /// Takes the variables of a process, usually `std::env::vars_os()`.
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        GitEnv(vars.into_iter().collect())
    }

    /// The value of a variable; git takes an empty one for a given one, and so do we.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The same environment with one variable more, or another value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The commits that a running `git merge` is about to make parents, of which it tells its hooks by `GITHEAD_<oid>`.
    pub fn githeads(&self) -> Vec<Oid> {
        let ids = self.0.keys().filter_map(|name| name.as_encoded_bytes().strip_prefix(b"GITHEAD_"));
        ids.filter_map(|id| Oid::from_hex(id).ok()).collect()
    }

    /// What a git process gets to see.
    pub(super) fn for_git(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let kept = self.0.iter().filter(|(name, _)| !is_removed(name));
        let added = ADDED.iter().map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
        kept.map(|(name, value)| (name.as_os_str(), value.as_os_str())).chain(added)
    }
}

fn is_removed(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    REMOVED.iter().any(|removed| name == removed.as_bytes())
        || REMOVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> GitEnv {
        GitEnv::from_vars(vars.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn what_could_change_an_answer_is_kept_from_git() {
        let env = env(&[
            ("GIT_INDEX_FILE", "i"),
            ("GIT_EXTERNAL_DIFF", "x"),
            ("GIT_TRACE2_EVENT", "2"),
            ("GIT_ICASE_PATHSPECS", "1"),
            ("LC_ALL", "de_DE"),
        ]);
        let seen: BTreeMap<&OsStr, &OsStr> = env.for_git().collect();
        let mut expected: BTreeMap<&OsStr, &OsStr> =
            ADDED.iter().map(|(name, value)| (OsStr::new(name), OsStr::new(value))).collect();
        expected.insert(OsStr::new("GIT_INDEX_FILE"), OsStr::new("i"));
        assert_eq!(seen, expected);
    }

    #[test]
    fn githeads_are_ids_and_nothing_else() {
        let id = "12".repeat(20);
        let env = env(&[(&format!("GITHEAD_{id}"), "topic"), ("GITHEAD_x", "y"), ("GIT_DIR", ".")]);
        assert_eq!(env.githeads(), [Oid::from_hex(id.as_bytes()).unwrap()]);
    }
}
