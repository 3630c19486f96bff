//! Makes an example of a rule an entry; does not know what is found in it.

use crate::model::{Entry, Locator, Provenance, RepoPath};
use crate::rules::{Example, Rule};

impl Entry {
    /// The example under its own path, or in a file of the first language of `rule`, which is its own.
    pub fn of_example(example: &Example, rule: Option<&Rule>) -> Entry {
        let extension =
            rule.and_then(|rule| rule.languages.first()).map_or("txt", |language| language.extension());
        let path = example.path.clone().unwrap_or_else(|| format!("example.{extension}"));
        Entry {
            path: RepoPath::new(path),
            locator: Locator::Inline(example.text.clone().into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::Stdin,
        }
    }
}
