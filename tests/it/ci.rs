//! `portcullis ci` in clones as CI services make them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::fixture::{Fixture, fake_github_token, text};

/// A server `there` with one commit on `main`, and a clone of it, `work`, in which changes are made.
struct World {
    fixture: Fixture,
    base: String,
}

fn secret() -> String {
    format!("token = \"{}\"\n", fake_github_token())
}

impl World {
    fn new() -> World {
        let fixture = Fixture::new();
        fixture.git_in(&fixture.root, &["init", "-q", "--bare", "-b", "main", "there"]);
        fixture.git(&["remote", "add", "origin", "../there"]);
        fixture.commit("legacy.py", secret());
        let base = fixture.commit("file", "old\n");
        fixture.git(&["push", "-q", "origin", "main"]);
        fixture.git(&["checkout", "-q", "-b", "topic"]);
        World { fixture, base }
    }

    /// Pushes `topic` and clones everything, as a service does, with more arguments for `git clone`.
    fn clone(&self, args: &[&str]) -> PathBuf {
        self.fixture.git(&["push", "-q", "--force", "origin", "topic"]);
        let url = format!("file://{}/there", self.fixture.root.display());
        let args = [&["clone", "-q"], args, &["-b", "topic", &url, "clone"]].concat();
        let _ = fs::remove_dir_all(self.fixture.root.join("clone"));
        self.fixture.git_in(&self.fixture.root, &args);
        self.fixture.root.join("clone")
    }

    fn run(&self, dir: &Path, args: &[&str], vars: &[(&str, &str)]) -> Output {
        let args = [&["ci"], args].concat();
        self.fixture.run(self.fixture.command(&args).current_dir(dir).envs(vars.iter().copied()))
    }

    /// Exit code, and the rules and files of all findings.
    fn findings(&self, dir: &Path, args: &[&str], vars: &[(&str, &str)]) -> (i32, Vec<String>) {
        let output = self.run(dir, &[args, &["--format", "jsonl"]].concat(), vars);
        let mut found = Vec::new();
        for line in output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let line: serde_json::Value = serde_json::from_slice(line).unwrap();
            if line["event"] == "finding" {
                let name = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                found.push(format!("{} {}", name(&line["rule"]["id"]), name(&line["path"])));
            }
        }
        (output.status.code().unwrap(), found)
    }
}

fn words(output: &Output) -> String {
    text(&[&output.stdout[..], &output.stderr].concat())
}

#[test]
fn the_commits_of_a_change_are_judged_and_no_others() {
    let world = World::new();
    world.fixture.commit("clean", "clean\n");
    let clone = world.clone(&[]);
    assert_eq!(world.run(&clone, &["origin/main..HEAD"], &[]).status.code(), Some(0));
    world.fixture.commit("app.py", secret());
    world.fixture.git(&["rm", "-q", "app.py"]);
    world.fixture.git(&["commit", "-qm", "take it away again"]);
    let clone = world.clone(&[]);
    let range = format!("{}..HEAD", world.base);
    for (args, vars) in [
        (&[range.as_str()][..], &[][..]),
        (
            &[],
            &[
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", "HEAD"),
                ("CI_MERGE_REQUEST_DIFF_BASE_SHA", world.base.as_str()),
            ],
        ),
    ] {
        let (code, found) = world.findings(&clone, args, vars);
        assert_eq!((code, found), (1, vec!["github-pat app.py".to_owned()]));
    }
}

#[test]
fn a_pull_request_on_github_gets_text_and_annotations() {
    let world = World::new();
    let topic = world.fixture.commit("src/a, b.py", secret());
    let clone = world.clone(&[]);
    let event = world.fixture.root.join("event.json");
    let json = serde_json::json!({"pull_request": {
        "base": {"sha": world.base, "ref": "main"}, "head": {"sha": topic},
    }});
    fs::write(&event, json.to_string()).unwrap();
    let vars = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
        ("GITHUB_SHA", topic.as_str()),
    ];
    let output = world.run(&clone, &[], &vars);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    let said = words(&output);
    let annotation = format!(
        "::error file=src/a%2C b.py,line=1,endLine=1,col=10,endColumn=50,title=github-pat::GitHub personal access \
         token (commit {})%0Afix: ",
        &topic[..10]
    );
    let (people, runner) = said.split_once(&annotation).expect(&said);
    // What is quoted cannot be a command.
    let token = people.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    assert!(people.contains("error[github-pat]") && people.contains(&format!("\n::{token}::\n")), "{people}");
    assert_eq!(runner.lines().count(), 1, "{runner}");
}

#[test]
fn a_change_does_not_bring_its_own_policy() {
    let world = World::new();
    let off = "schema = 1\n[[exclude]]\npath = '*.py'\nreason = 'none here'\n";
    world.fixture.stage(".portcullis/config.toml", off);
    let approval = "schema = 1\n[[approve]]\necosystem = 'pypi'\nname = 'requests'\n\
                    reason = 'the team talks http with it'\napproved_by = 'Ada'\ndate = 2024-01-01\n";
    world.fixture.stage(".portcullis/approved.toml", approval);
    world.fixture.stage("requirements.txt", "requests==2.32.0\n");
    world.fixture.commit("app.py", secret());
    let expected =
        ["policy-loosened .portcullis/config.toml", "github-pat app.py", "DEP001 requirements.txt"];
    let expected = expected.map(str::to_owned).to_vec();
    let found = world.findings(&world.clone(&[]), &["origin/main..HEAD"], &[]);
    assert_eq!(found, (1, expected));
    // What the base has decided counts.
    world.fixture.git(&["checkout", "-q", "main"]);
    world.fixture.stage(".portcullis/config.toml", off).commit(".portcullis/approved.toml", approval);
    world.fixture.git(&["push", "-q", "origin", "main"]);
    world.fixture.git(&["rebase", "-q", "main", "topic"]);
    let found = world.findings(&world.clone(&[]), &["origin/main..HEAD"], &[]);
    assert_eq!(found, (0, vec![]));
}

#[test]
fn a_new_branch_is_compared_with_the_default_branch_and_the_first_push_with_nothing() {
    let world = World::new();
    world.fixture.commit("app.py", secret());
    let clone = world.clone(&[]);
    let vars = |branch: &'static str| {
        [
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_BRANCH", branch),
            ("CI_COMMIT_SHA", "HEAD"),
            ("CI_COMMIT_BEFORE_SHA", "0000000000000000000000000000000000000000"),
        ]
    };
    let app = "github-pat app.py".to_owned();
    assert_eq!(world.findings(&clone, &[], &vars("topic")), (1, vec![app.clone()]));
    let legacy = "github-pat legacy.py".to_owned();
    assert_eq!(world.findings(&clone, &[], &vars("main")), (1, vec![app, legacy]));
}

#[test]
fn a_clone_that_is_too_shallow_is_no_answer() {
    let world = World::new();
    world.fixture.commit("a", "a\n");
    world.fixture.commit("b", "b\n");
    let range = format!("{}..HEAD", world.base);
    let advice = "`fetch-depth: 0` for actions/checkout";
    for (args, range, expected) in [
        (&["--depth=1"][..], range.as_str(), format!("commit {} is not in this clone", world.base)),
        (&["--depth=1", "--no-single-branch"], "origin/main..HEAD", "this clone is too shallow".to_owned()),
    ] {
        let output = world.run(&world.clone(args), &[range], &[]);
        let said = words(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&expected) && said.contains(advice), "{said}");
    }
    let deep = world.run(&world.clone(&["--depth=4"]), &[&range], &[]);
    assert_eq!(deep.status.code(), Some(0), "{}", words(&deep));
}

#[test]
fn a_policy_that_does_not_read_does_not_pass() {
    let world = World::new();
    world.fixture.commit(".portcullis/config.toml", "schema = 2\n");
    let output = world.run(&world.clone(&[]), &["origin/main..HEAD"], &[]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
}

#[test]
fn what_is_no_change_is_no_answer() {
    let world = World::new();
    let clone = world.clone(&[]);
    for (args, vars, expected) in [
        (&[][..], &[][..], "neither GitHub Actions nor GitLab says which commits are new"),
        (&["main"], &[], "not a range of commits"),
        (&["a...b"], &[], "not a range of commits"),
        (&["HEAD..nothing"], &[], "commit nothing is not in this clone"),
        (&["--", "--all..HEAD"], &[], "commit --all is not in this clone"),
        (&[], &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_PATH", "nowhere")], "GITHUB_EVENT_PATH: "),
    ] {
        let output = world.run(&clone, args, vars);
        let said = words(&output);
        assert_eq!((output.status.code(), said.contains(expected)), (Some(2), true), "{args:?}: {said}");
    }
}
