//! Finds out whose policy judges which part of a push: what was committed counts, and nothing that is only staged.

use super::setup::{self, Base};
use super::{CliError, files};
use crate::config::TeamFiles;
use crate::git::Repo;
use crate::model::Oid;
use crate::scan::Scanner;
use crate::source::committed;
use crate::source::index::Snapshot;

/// Objects that one policy judges.
pub struct Judge {
    /// The team's files.
    pub files: TeamFiles,
    /// The objects.
    pub tips: Vec<Oid>,
}

impl Judge {
    /// The scanner of these files for what the objects lead to.
    pub fn scanner(&self, repo: &Repo) -> Result<Scanner, CliError> {
        let files = files::in_commits(repo, &self.tips);
        let scanner = setup::scanner(&self.files, Base::unchanged(&self.files), files)?;
        // As with the rest of the policy, what was committed judges.
        setup::with_witnesses(scanner, repo, self.tips.first().copied())
    }
}

/// The policy of each of `tips`: that of its own tree, so that what is approved on a branch counts for the branch; that
/// of HEAD where its tree has none, as an old branch and a tag on a file do. Those with the same policy stand together.
pub fn of_tips(repo: &Repo, tips: &[Oid]) -> Result<Vec<Judge>, CliError> {
    let head = "HEAD".to_owned();
    let names: Vec<String> = tips.iter().map(Oid::to_string).chain([head.clone()]).collect();
    let mut folders = committed::policy_folders(repo, &names)?;
    let of_head = folders.pop().flatten();
    let mut judges: Vec<(Option<Oid>, Judge)> = Vec::new();
    for ((tip, name), folder) in tips.iter().zip(&names).zip(folders) {
        let (folder, name) = folder.map_or((of_head, &head), |folder| (Some(folder), name));
        match judges.iter_mut().find(|(known, _)| *known == folder) {
            Some((_, judge)) => judge.tips.push(*tip),
            None => {
                let files =
                    if folder.is_some() { setup::files_of_commit(repo, name)? } else { untracked(repo)? };
                let files = TeamFiles { personal: setup::personal_file()?, ..files };
                judges.push((folder, Judge { files, tips: vec![*tip] }));
            }
        }
    }
    Ok(judges.into_iter().map(|(_, judge)| judge).collect())
}

/// Nobody has committed a policy. One that only lies there counts, as it does for a commit; a staged one would be
/// committed after what is pushed.
fn untracked(repo: &Repo) -> Result<TeamFiles, CliError> {
    let staged = Snapshot::read(repo).policy_files(repo)?.finish()?;
    if staged.is_empty() { setup::files_in_index(repo, &staged) } else { Ok(TeamFiles::default()) }
}
