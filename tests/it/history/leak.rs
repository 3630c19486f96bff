//! What is told about a leak: who holds it, and what to do.

use super::run::{Ran, run};
use super::told::{leaked, password};
use crate::fixture::{Fixture, fake_github_token, one_commit};
use crate::report::check_golden;

/// The lines between "what still leads to it" and the suggestion.
fn holders(fixture: &Fixture, finding: &str) -> Vec<String> {
    let Ran { code, stdout, stderr } = run(fixture, &["leak", finding]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(!stdout.contains(&fake_github_token()));
    let lines = stdout.lines().skip_while(|line| !line.starts_with("2. "));
    let lines = lines.skip(1).take_while(|line| !line.is_empty());
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_leak_is_told_as_agreed() {
    let fixture = leaked();
    check_golden("leak.text", &run(&fixture, &["leak", "src/config.py:2"]).stdout);
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    fixture.git(&["push", "-q", "origin", "topic"]);
    fixture.stage("stashed.py", format!("t = '{}'\n", fake_github_token()));
    fixture.git(&["stash", "-q"]);
    check_golden("leak-pushed.text", &run(&fixture, &["leak", "old.py:2"]).stdout);
}

#[test]
fn everything_that_leads_to_it_is_named() {
    let fixture = one_commit();
    let line = format!("t = '{}'\n", fake_github_token());
    fixture.git(&["checkout", "-qb", "topic"]);
    fixture.commit("key.py", &line);
    fixture.git(&["tag", "v1"]);
    fixture.git(&["tag", "-m", "annotated", "v2"]);
    fixture.git(&["rm", "-q", "key.py"]);
    fixture.git(&["commit", "-qm", "gone"]);
    fixture.git(&["worktree", "add", "-q", "--detach", "../other", "topic~1"]);
    fixture.git(&["checkout", "-q", "main"]);
    fixture.stage("a.py", &line);
    fixture.git(&["stash", "-q"]);
    fixture.stage("b", "clean\n");
    fixture.git(&["stash", "-q"]);
    let other = fixture.root.join("other");
    let mut held = holders(&fixture, "key.py:1");
    let reflogs = held.pop().unwrap();
    assert_eq!(
        held,
        [
            "branches topic".to_owned(),
            "tags v1, v2".to_owned(),
            "stashes stash@{1}".to_owned(),
            format!("work trees {} (HEAD)", other.display()),
        ]
    );
    assert!(reflogs.starts_with("reflogs topic@{0}, topic@{1}, "), "{reflogs}");
    fixture.git(&["worktree", "remove", "--force", "../other"]);
    fixture.git(&["tag", "-d", "v1", "v2"]);
    fixture.git(&["branch", "-qD", "topic"]);
    fixture.git(&["stash", "clear"]);
    fixture.git(&["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    assert_eq!(holders(&fixture, "key.py:1"), ["lost objects until git collects its garbage"]);
}

#[test]
fn only_one_secret_can_be_meant() {
    let fixture = leaked();
    fixture.commit(
        "two.py",
        format!("t = '{}'; p = 'postgres://u:{}@db.example.com/x'\n", fake_github_token(), password()),
    );
    for (finding, code, expected) in [
        ("src/config.py:2", 0, ""),
        ("src/config.py:1", 2, "`src/config.py:1`: no finding of the history"),
        ("run.py:5", 2, "`run.py:5` is no secret, so nothing leaks"),
        ("v1:", 2, "`v1:`: no finding of the history"),
        ("two.py:1", 2, "`two.py:1` means several secrets"),
    ] {
        let ran = run(&fixture, &["leak", finding]);
        assert_eq!(ran.code, code, "{finding}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{finding}: {}", ran.stderr);
    }
    let concise = run(&fixture, &["leak", "src/config.py:2"]).stdout;
    let fingerprint = concise.lines().find_map(|line| line.trim().strip_prefix("v1:")).unwrap();
    for finding in [&format!("v1:{}", &fingerprint[..12]), &fingerprint[..6], fingerprint] {
        assert_eq!(run(&fixture, &["leak", finding]).stdout, concise);
    }
}

#[test]
fn what_is_no_plain_line_goes_with_its_files() {
    let fixture = one_commit();
    let encoded = data_encoding::BASE64.encode(format!("token: {}\n", fake_github_token()).as_bytes());
    fixture.commit("my secret.yaml", format!("data:\n  key: {encoded}\n"));
    let told = run(&fixture, &["leak", "my secret.yaml:2"]).stdout;
    assert!(told.contains("git filter-repo --invert-paths --path 'my secret.yaml'\n"), "{told}");
    assert!(!told.contains("--replace-text"), "{told}");
}
