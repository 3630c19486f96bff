//! Finds out from the variables of a CI service which commits are new; asks no git.

use std::io;

use serde_json::Value;

/// What the service says about the change. Names are for git to resolve.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// The commit before the change.
    pub before: Option<String>,
    /// The branch that stands for `before` when there is none, or when a forced push took it away.
    pub branch: Option<String>,
    /// Also known before, as far as it is here.
    pub known: Vec<String>,
    /// The commit to look at: the first of these that is here.
    pub heads: Vec<String>,
}

/// Why nobody knows what is new.
#[derive(Debug, thiserror::Error)]
pub enum CiError {
    /// No service, and no range.
    #[error("neither GitHub Actions nor GitLab says which commits are new")]
    NoPlatform,
    /// A run that no change has caused.
    #[error("the event `{0}` brings no commits")]
    Event(String),
    /// The description of the event.
    #[error("GITHUB_EVENT_PATH: {0}")]
    EventFile(io::Error),
    /// The same.
    #[error("GITHUB_EVENT_PATH: {0}")]
    EventJson(#[from] serde_json::Error),
    /// Something that the service should say.
    #[error("the service does not say `{0}`")]
    Missing(&'static str),
    /// What is new is to be compared with it.
    #[error("commit {0} is not in this clone")]
    NotHere(String),
    /// The oldest of the new commits have lost their parents.
    #[error("this clone is too shallow: the parents of new commits are not in it")]
    Shallow,
}

impl CiError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            CiError::NoPlatform | CiError::Event(_) => "say it: portcullis ci BASE..HEAD",
            CiError::EventFile(_) | CiError::EventJson(_) | CiError::Missing(_) => {
                "say which commits are new: portcullis ci BASE..HEAD"
            }
            CiError::NotHere(_) | CiError::Shallow => {
                "fetch the history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: \"0\"` in .gitlab-ci.yml"
            }
        }
    }
}

/// Reads the change out of variables, and out of the file that describes GitHub's event.
pub fn change(
    var: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Result<Change, CiError> {
    let var = |name: &str| var(name).filter(|value| !value.is_empty());
    if var("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        let path = var("GITHUB_EVENT_PATH").ok_or(CiError::Missing("GITHUB_EVENT_PATH"))?;
        let event = serde_json::from_slice(&read(&path).map_err(CiError::EventFile)?)?;
        return github(&var("GITHUB_EVENT_NAME").unwrap_or_default(), var("GITHUB_SHA"), &event);
    }
    if var("GITLAB_CI").is_some() {
        return gitlab(&var);
    }
    Err(CiError::NoPlatform)
}

fn github(name: &str, sha: Option<String>, event: &Value) -> Result<Change, CiError> {
    let text = |pointer: &'static str| {
        let value = event.pointer(pointer).and_then(Value::as_str);
        value.map(str::to_owned).ok_or(CiError::Missing(pointer))
    };
    match name {
        "pull_request" | "pull_request_target" => {
            // A merge with the base is made for the first; the second runs on the base itself.
            let merged = sha.filter(|_| name == "pull_request");
            Ok(Change {
                before: Some(text("/pull_request/base/sha")?),
                known: vec![remote_branch(&text("/pull_request/base/ref")?)],
                heads: merged.into_iter().chain([text("/pull_request/head/sha")?]).collect(),
                ..Change::default()
            })
        }
        "merge_group" => Ok(Change {
            before: Some(text("/merge_group/base_sha")?),
            heads: vec![text("/merge_group/head_sha")?],
            ..Change::default()
        }),
        "push" => {
            let default = text("/repository/default_branch")?;
            let is_default = text("/ref")? == format!("refs/heads/{default}");
            Ok(pushed(text("/before")?, text("/after")?, (!is_default).then_some(default)))
        }
        other => Err(CiError::Event(other.to_owned())),
    }
}

fn gitlab(var: &dyn Fn(&str) -> Option<String>) -> Result<Change, CiError> {
    let head = var("CI_COMMIT_SHA").ok_or(CiError::Missing("CI_COMMIT_SHA"))?;
    if let Some(base) = var("CI_MERGE_REQUEST_DIFF_BASE_SHA") {
        // Where the pipeline runs on a merge with the target, what the target has is not new.
        let known = var("CI_MERGE_REQUEST_TARGET_BRANCH_SHA").into_iter().collect();
        return Ok(Change { before: Some(base), known, heads: vec![head], ..Change::default() });
    }
    let source = var("CI_PIPELINE_SOURCE").unwrap_or_default();
    if source != "push" {
        return Err(CiError::Event(source));
    }
    let before = var("CI_COMMIT_BEFORE_SHA").ok_or(CiError::Missing("CI_COMMIT_BEFORE_SHA"))?;
    let default = var("CI_DEFAULT_BRANCH").filter(|name| var("CI_COMMIT_BRANCH").as_ref() != Some(name));
    Ok(pushed(before, head, default))
}

/// A push to a branch; `default` is the default branch when it is another one.
fn pushed(before: String, after: String, default: Option<String>) -> Change {
    let is_new = before.bytes().all(|byte| byte == b'0');
    Change {
        before: (!is_new).then_some(before),
        branch: default.map(|name| remote_branch(&name)),
        known: Vec::new(),
        heads: vec![after],
    }
}

fn remote_branch(name: &str) -> String {
    format!("refs/remotes/origin/{name}")
}

#[cfg(test)]
mod tests {
    use super::change;

    #[track_caller]
    fn check(vars: &str, event: &str, expected: &str) {
        let var = |name: &str| {
            let value = vars.split(' ').find_map(|var| var.strip_prefix(name)?.strip_prefix('='));
            value.map(str::to_owned)
        };
        let shown = match change(&var, &|_| Ok(event.as_bytes().to_vec())) {
            Ok(it) => {
                let (before, branch) = (it.before.unwrap_or_default(), it.branch.unwrap_or_default());
                format!("{before}|{branch}|{}|{}", it.known.join(","), it.heads.join(","))
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{vars} {event}");
    }

    #[test]
    fn github_says_what_is_new() {
        let vars =
            |name| format!("GITHUB_ACTIONS=true GITHUB_EVENT_PATH=e GITHUB_SHA=s GITHUB_EVENT_NAME={name}");
        let pull = r#"{"pull_request": {"base": {"sha": "b", "ref": "main"}, "head": {"sha": "h"}}}"#;
        check(&vars("pull_request"), pull, "b||refs/remotes/origin/main|s,h");
        check(&vars("pull_request_target"), pull, "b||refs/remotes/origin/main|h");
        let push = |before, name| {
            format!(
                r#"{{"before": "{before}", "after": "a", "ref": "refs/heads/{name}",
                     "repository": {{"default_branch": "main"}}}}"#
            )
        };
        check(&vars("push"), &push("b", "main"), "b|||a");
        check(&vars("push"), &push("b", "topic"), "b|refs/remotes/origin/main||a");
        check(&vars("push"), &push("00", "topic"), "|refs/remotes/origin/main||a");
        check(&vars("push"), &push("00", "main"), "|||a");
        let queue = r#"{"merge_group": {"base_sha": "b", "head_sha": "h"}}"#;
        check(&vars("merge_group"), queue, "b|||h");
        check(&vars("schedule"), "{}", "the event `schedule` brings no commits");
        check(&vars("push"), "{}", "the service does not say `/repository/default_branch`");
        check(&vars("push"), "{", "GITHUB_EVENT_PATH: EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn gitlab_says_what_is_new() {
        let vars = |more: &str| format!("GITLAB_CI=true CI_COMMIT_SHA=s CI_DEFAULT_BRANCH=main {more}");
        check(&vars("CI_MERGE_REQUEST_DIFF_BASE_SHA=b CI_MERGE_REQUEST_TARGET_BRANCH_SHA="), "", "b|||s");
        check(&vars("CI_MERGE_REQUEST_DIFF_BASE_SHA=b CI_MERGE_REQUEST_TARGET_BRANCH_SHA=t"), "", "b||t|s");
        let push = "CI_PIPELINE_SOURCE=push CI_COMMIT_BRANCH=";
        check(&vars(&format!("{push}topic CI_COMMIT_BEFORE_SHA=b")), "", "b|refs/remotes/origin/main||s");
        check(&vars(&format!("{push}topic CI_COMMIT_BEFORE_SHA=00")), "", "|refs/remotes/origin/main||s");
        check(&vars(&format!("{push}main CI_COMMIT_BEFORE_SHA=00")), "", "|||s");
        check(&vars("CI_PIPELINE_SOURCE=schedule"), "", "the event `schedule` brings no commits");
        check("", "", "neither GitHub Actions nor GitLab says which commits are new");
    }
}
