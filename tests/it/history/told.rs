//! What people and programs are told of a history: one finding for a secret, where it came first, whether it is still there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::drawn;
use super::run::{Ran, run};
use crate::fixture::{Fixture, fake_github_token, one_commit};
use crate::report::check_golden;

/// In two halves, so that this file holds nothing that looks alive.
pub fn password() -> String {
    ["Vx7q2", "Lm9Zr4"].concat()
}

/// A token that came with the second commit, stands at the tip of a topic branch, and is gone from `main`; a password
/// that is gone everywhere; and dangerous code at a tip.
pub fn leaked() -> Fixture {
    let fixture = one_commit();
    let token = fake_github_token();
    fixture.commit("src/config.py", format!("x = 1\nTOKEN = \"{token}\"\n"));
    fixture.commit("src/config.py", format!("x = 2\nTOKEN = \"{token}\"\n"));
    fixture.git(&["checkout", "-qb", "topic"]);
    fixture.commit("old.py", format!("x = 2\nTOKEN = \"{token}\"\n# more\n"));
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["rm", "-q", "src/config.py"]);
    fixture.git(&["commit", "-qm", "take it out"]);
    fixture
        .commit("run.py", "import subprocess\n\n\ndef f(x):\n    subprocess.call(\"ls \" + x, shell=True)\n");
    fixture.commit("db.py", format!("url = 'postgres://app:{}@db.example.com/x'\n", password()));
    fixture.commit("db.py", "url = read()\n");
    fixture
}

/// The number of rules grows.
fn without_rules(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let word = |idx: usize| match words.get(idx + 1) {
        Some(&"rules") => "N",
        Some(_) | None => words[idx],
    };
    (0..words.len()).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_history_is_told_as_agreed() {
    let fixture = leaked();
    for (name, args) in [
        ("history.text", &["scan", "history"][..]),
        ("history-all.text", &["scan", "history", "--all-occurrences"]),
        ("history.concise", &["scan", "history", "--format", "concise"]),
    ] {
        let Ran { code, stdout, stderr } = run(&fixture, args);
        assert_eq!((code, stderr.as_str()), (1, ""));
        assert!(!stdout.contains(&fake_github_token()) && !stdout.contains(&password()));
        assert!(stdout.lines().all(|line| line.chars().count() <= 80 || !name.ends_with("text")), "{stdout}");
        check_golden(name, &without_rules(&stdout));
    }
}

/// Commits and paths of a finding, the refs that hold it at their tips, and how many contents have it.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    first: String,
    places: BTreeSet<(String, String)>,
    refs: BTreeSet<String>,
    standing: String,
    occurrences: usize,
}

fn secrets(json: &str) -> Vec<Value> {
    let report: Value = serde_json::from_str(json).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["rule"]["id"] == "github-pat").cloned().collect()
}

fn told(finding: &Value) -> Told {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let history = &finding["history"];
    let places = history["places"].as_array().unwrap();
    Told {
        first: text(&finding["provenance"]["id"]),
        places: places.iter().map(|place| (text(&place["commit"]["id"]), text(&place["path"]))).collect(),
        refs: history["refs"].as_array().unwrap().iter().map(text).collect(),
        standing: text(&history["standing"]),
        occurrences: history["occurrences"].as_u64().unwrap() as usize,
    }
}

/// The same from looking at every file of every commit with git; `is_wanted` by content.
fn by_looking_everywhere(fixture: &Fixture, is_wanted: impl Fn(&str) -> bool) -> Option<Told> {
    let mut trees: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut wanted: BTreeMap<String, bool> = BTreeMap::new();
    let (mut first, mut places, mut blobs) = (None, BTreeSet::new(), BTreeSet::new());
    let commits = fixture.git(&["rev-list", "--all", "--topo-order", "--reverse", "--parents"]);
    for line in commits.lines() {
        let (commit, parents) = line.split_once(' ').unwrap_or((line, ""));
        let mut tree = BTreeSet::new();
        for line in fixture.git(&["ls-tree", "-r", "-z", commit]).split_terminator('\0') {
            let (head, path) = line.split_once('\t').unwrap();
            let blob = head.split(' ').nth(2).unwrap().to_owned();
            let look = || is_wanted(&fixture.git(&["cat-file", "blob", &blob]));
            if *wanted.entry(blob.clone()).or_insert_with(look) {
                tree.insert((path.to_owned(), blob));
            }
        }
        let known =
            |place: &(String, String)| parents.split_terminator(' ').any(|id| trees[id].contains(place));
        for (path, blob) in tree.iter().filter(|place| !known(place)) {
            places.insert((commit.to_owned(), path.clone()));
            blobs.insert(blob.clone());
        }
        first = first.or_else(|| (!tree.is_empty()).then(|| commit.to_owned()));
        trees.insert(commit.to_owned(), tree);
    }
    let refs = fixture.git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
    let holds = |line: &&str| !trees[line.split_once(' ').unwrap().0].is_empty();
    let refs: BTreeSet<String> =
        refs.lines().filter(holds).map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    let standing = if refs.is_empty() { "history" } else { "at-tip" }.to_owned();
    first.map(|first| Told { first, places, refs, standing, occurrences: blobs.len() })
}

#[test]
fn a_secret_is_one_finding_with_every_place_that_git_knows() {
    let token = fake_github_token();
    let content = |number: u64| match number {
        0 => format!("{number}\nkey = \"{token}\"\n"),
        _ => format!("content {number}"),
    };
    let mut standings = BTreeSet::new();
    for seed in 10..20 {
        let fixture = drawn::history(seed, 40, &content);
        let args = ["scan", "history", "--all-occurrences", "--format", "json"];
        let found: Vec<Told> = secrets(&run(&fixture, &args).stdout).iter().map(told).collect();
        let expected = by_looking_everywhere(&fixture, |content| content.contains(&token));
        standings.extend(expected.iter().map(|told| told.standing.clone()));
        assert_eq!(found, Vec::from_iter(expected), "seed {seed}");
    }
    assert_eq!(standings.len(), 2, "both kinds are drawn: {standings:?}");
}

#[test]
fn what_an_exception_covers_stays_apart_from_what_it_does_not() {
    let fixture = one_commit();
    let token = fake_github_token();
    fixture.commit("a.py", format!("t = '{token}'  # portcullis: allow(github-pat) made up for a test\n"));
    fixture.commit("b.py", format!("t = '{token}'\n"));
    fixture.commit("tests/c.py", format!("t = '{token}'  # more\n"));
    let found = secrets(&run(&fixture, &["scan", "history", "--format", "json"]).stdout);
    let shown = |finding: &Value| {
        let (path, verdict) = (&finding["path"], &finding["verdict"]);
        format!("{path} {verdict} {}", finding["history"]["occurrences"])
    };
    assert_eq!(
        found.iter().map(shown).collect::<Vec<_>>(),
        ["\"a.py\" \"suppressed\" 1", "\"b.py\" \"blocking\" 2"]
    );
}

#[test]
fn where_it_stands_is_told_by_what_leads_to_it() {
    let fixture = one_commit();
    let token = fake_github_token();
    let line = |what: &str| format!("{what} = '{token}'\n");
    let standing = |fixture: &Fixture| {
        let found = secrets(&run(fixture, &["scan", "history", "--all-objects", "--format", "json"]).stdout);
        let [finding] = &found[..] else { panic!("{found:?}") };
        finding["history"]["standing"].as_str().unwrap().to_owned()
    };
    fixture.stage("key.py", line("a"));
    assert_eq!(standing(&fixture), "staged");
    fixture.git(&["commit", "-qm", "key"]);
    assert_eq!(standing(&fixture), "at-tip");
    fixture.commit("other", "other\n");
    fixture.git(&["rm", "-q", "key.py"]);
    fixture.git(&["commit", "-qm", "gone"]);
    assert_eq!(standing(&fixture), "history");
    fixture.git(&["reset", "-q", "--hard", "main~3"]);
    assert_eq!(standing(&fixture), "reflog");
    fixture.git(&["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    assert_eq!(standing(&fixture), "lost");
    fixture.git(&["commit", "-q", "--allow-empty", "-m", &line("b")]);
    assert_eq!(standing(&fixture), "at-tip", "a message");
    fixture.commit("other", "again\n");
    assert_eq!(standing(&fixture), "history", "a message");
}

#[test]
fn lines_of_json_come_while_the_scan_runs_and_the_report_has_the_last_word() {
    let fixture = leaked();
    let Ran { code, stdout, .. } = run(&fixture, &["scan", "history", "--format", "jsonl"]);
    let events: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let name = |event: &Value| format!("{} {}", event["event"].as_str().unwrap(), event["rule"]["id"]);
    let mut names: Vec<String> = events.iter().map(name).collect();
    // Threads decide what is seen first.
    names[1..4].sort();
    assert_eq!(
        names,
        [
            "begin null",
            "seen \"github-pat\"",
            "seen \"python-shell-true\"",
            "seen \"url-with-password\"",
            "finding \"url-with-password\"",
            "finding \"python-shell-true\"",
            "finding \"github-pat\"",
            "summary null"
        ]
    );
    assert!(events[1]["history"].is_null() && !events[5]["history"].is_null());
    assert_eq!(code, 1);
    assert!(!stdout.contains(&fake_github_token()));
}

#[test]
fn an_option_that_git_would_misread_is_refused() {
    let fixture = one_commit();
    for (args, expected) in [
        (
            &["--since", "tomorow"][..],
            "error: could not tell, so nothing goes on: `tomorow` is no date in the past",
        ),
        (&["--branch", "none"], "error: could not tell, so nothing goes on: no branch none"),
    ] {
        let Ran { code, stdout, stderr } = run(&fixture, &[&["scan", "history"], args].concat());
        assert_eq!((code, stdout.as_str(), stderr.lines().next()), (2, "", Some(expected)));
    }
    assert_eq!(run(&fixture, &["scan", "history", "--since", "2020-01-01"]).code, 0);
}

#[test]
fn dependencies_are_judged_where_somebody_would_install_them() {
    let fixture = one_commit();
    let manifest = |name: &str| format!("{{\n  \"dependencies\": {{ \"{name}\": \"1.0.0\" }}\n}}\n");
    fixture.commit("package.json", manifest("left-pad"));
    fixture.commit("package.json", manifest("right-pad"));
    let names = |fixture: &Fixture| {
        let ran = run(fixture, &["scan", "history", "--format", "json"]);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let of_dependencies = findings.filter(|finding| finding["rule"]["category"] == "dependency");
        let name = |finding: &Value| {
            let detail = finding["detail"].as_str().unwrap().split(' ').next().unwrap().to_owned();
            (detail, finding["provenance"]["subject"].as_str().unwrap().to_owned())
        };
        of_dependencies.map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&fixture), [], "without a record nobody has decided anything");
    fixture.commit(".portcullis/approved.toml", "schema = 1\n");
    assert_eq!(names(&fixture), [("npm:right-pad".to_owned(), "write package.json".to_owned())]);
    fixture.git(&["checkout", "-qb", "other"]);
    fixture.commit("sub/package.json", manifest("left-pad"));
    fixture.git(&["checkout", "-q", "main"]);
    assert_eq!(names(&fixture).len(), 2, "the tip of another branch counts");
}
