//! A change of the configuration that guards less is told, by every way that a change comes.

use crate::fixture::{Fixture, one_commit, text};

fn scan(fixture: &Fixture, args: &str) -> Vec<String> {
    let alias = format!("alias.run=!'{}' {args} --format concise", crate::fixture::PROGRAM);
    let output = fixture.try_git_in(&fixture.work, &["-c", &alias, "run"], b"");
    let said = text(&[output.stdout, output.stderr].concat());
    let told = said.lines().filter_map(|line| line.split_once("Configuration that guards less: "));
    told.map(|(_, what)| what.split("; fix:").next().unwrap().to_owned()).collect()
}

#[test]
fn every_way_of_guarding_less_is_told_once_where_it_happens() {
    let fixture = one_commit();
    let off = "schema = 1\n[rules.github-pat]\nenabled = false\nreason = 'none here'\n";
    fixture.stage(".portcullis/config.toml", off);
    assert_eq!(scan(&fixture, "scan staged"), ["the rule `github-pat` is switched off"]);
    fixture.git(&["commit", "-qm", "off"]);
    // What has been so before is nobody's change.
    let gate = format!("{off}[gate]\nseverity = 'critical'\n");
    fixture.stage(".portcullis/config.toml", &gate);
    let expected = ["only critical severity with medium confidence blocks"];
    assert_eq!(scan(&fixture, "scan staged"), expected);
    fixture.git(&["commit", "-qm", "gate"]);
    let commit = |what: &str, id: &str| format!("{what} (commit {})", &fixture.git(&["rev-parse", id])[..10]);
    let switched = commit("the rule `github-pat` is switched off", "HEAD~1");
    assert_eq!(scan(&fixture, "ci HEAD~2..HEAD"), [switched, commit(expected[0], "HEAD")]);
    fixture.stage(".portcullis/config.toml", "schema = 1\n");
    assert_eq!(scan(&fixture, "scan staged"), [""; 0]);
}

#[test]
fn a_change_cannot_hide_itself() {
    let fixture = one_commit();
    let hide = "schema = 1\npacks = ['secrets']\n[[exclude]]\npath = '**'\nreason = 'because'\n\
                [rules.policy-loosened]\nenabled = false\nreason = 'because'\n";
    fixture.stage(".portcullis/config.toml", hide);
    let packs = ["code", "dependencies", "policy"].map(|pack| format!("the pack `{pack}` is switched off"));
    let rest = ["the rule `policy-loosened` is switched off", "`**` is not scanned"].map(str::to_owned);
    let expected: Vec<String> = packs.into_iter().chain(rest).collect();
    assert_eq!(scan(&fixture, "scan staged"), expected);
}

#[test]
fn a_merge_that_takes_one_side_has_loosened_nothing() {
    let fixture = crate::fixture::diverged();
    fixture.commit(".portcullis/config.toml", "schema = 1\n[[exclude]]\npath = 'a'\nreason = 'theirs'\n");
    fixture.git(&["merge", "-q", "side~1", "-m", "merge"]);
    assert_eq!(scan(&fixture, "ci HEAD^1..HEAD"), [""; 0]);
}

#[test]
fn what_is_no_change_has_loosened_nothing() {
    let fixture = one_commit();
    fixture.commit(".portcullis/config.toml", "schema = 1\n[[exclude]]\npath = 'a'\nreason = 'not ours'\n");
    fixture.commit(".portcullis/approved.toml", "schema = 1\n");
    for what in ["scan tree", "scan history"] {
        assert_eq!(scan(&fixture, what), [""; 0], "{what}");
    }
}

/// A rule of the team's own that finds `word-` and digits, with `more` keys.
fn own_rule(pattern: &str, more: &str) -> String {
    format!(
        "schema = 1\npack = 'own'\n[[rule]]\nid = 'own-word'\ntitle = 'A word'\ncategory = 'secret'\n\
         severity = 'high'\nconfidence = 'high'\nkeywords = ['quixotic']\npattern = '{pattern}'\n\
         message = 'It is a word of ours.'\nremediation = 'Take it out.'\n{more}"
    )
}

#[test]
fn a_rule_of_the_teams_own_that_finds_less_is_told() {
    const FILE: &str = ".portcullis/rules/own.toml";
    let examples = "[rule.examples]\nhit = ['quixotic-42', 'quixotic-x']\n";
    let digits = "quixotic-[0-9]{1,9}";
    let (both, before) = ("quixotic-[0-9a-z]{1,9}", own_rule("quixotic-[0-9a-z]{1,9}", examples));
    for (after, expected) in [
        (own_rule(both, ""), None),
        (own_rule("quixotic-[0-9a-z]{1,20}", ""), None),
        (
            own_rule(digits, "[rule.examples]\nhit = ['quixotic-42']\n"),
            Some("`own-word` does not find 1 of the 2 examples that it had"),
        ),
        (
            own_rule(both, "paths = ['src/**']\n"),
            Some("`own-word` does not find 2 of the 2 examples that it had"),
        ),
        (before.replace("'own-word'", "'other-word'"), Some("the rule `own-word` is no longer in this file")),
        (
            before.replace("severity = 'high'", "severity = 'low'"),
            Some("the severity of `own-word` is lowered from high to low"),
        ),
        (
            before.replace("confidence = 'high'", "confidence = 'low'"),
            Some("the confidence of `own-word` is lowered from high to low"),
        ),
    ] {
        let fixture = one_commit();
        fixture.commit(FILE, &before);
        fixture.stage(FILE, &after);
        assert_eq!(scan(&fixture, "scan staged"), expected.map(str::to_owned).as_slice(), "{after}");
    }
    let fixture = one_commit();
    fixture.commit(FILE, own_rule(both, ""));
    fixture.stage(FILE, own_rule(digits, ""));
    let unknown = "`own-word` looks for something else, and had no example that tells whether it is less";
    assert_eq!(scan(&fixture, "scan staged"), [unknown]);
}

#[test]
fn a_file_of_the_teams_that_is_gone_is_told_and_one_that_is_moved_is_not() {
    let fixture = one_commit();
    let blocks_more = "schema = 1\n[gate]\nseverity = 'low'\n";
    fixture.stage(".portcullis/config.toml", blocks_more).stage(".portcullis/approved.toml", "schema = 1\n");
    fixture.commit(".portcullis/rules/own.toml", own_rule("quixotic-[0-9]{1,9}", ""));
    fixture.git(&["mv", ".portcullis/rules/own.toml", ".portcullis/rules/words.toml"]);
    assert_eq!(scan(&fixture, "scan staged"), [""; 0]);
    fixture.git(&["commit", "-qm", "moved"]);
    assert_eq!(scan(&fixture, "ci HEAD~1..HEAD"), [""; 0]);
    fixture.git(&["rm", "-q", "-r", ".portcullis"]);
    let expected =
        ["only high severity with medium confidence blocks", "the rule `own-word` is no longer in this file"];
    assert_eq!(scan(&fixture, "scan staged"), expected);
    fixture.git(&["commit", "-qm", "gone"]);
    let commit = fixture.git(&["rev-parse", "HEAD"])[..10].to_owned();
    assert_eq!(scan(&fixture, "ci HEAD~1..HEAD"), expected.map(|it| format!("{it} (commit {commit})")));
    // To where nobody reads them is as good as gone.
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    fixture.git(&["mv", ".portcullis/rules/words.toml", ".portcullis/rules/words.toml.off"]);
    fixture.git(&["mv", ".portcullis/config.toml", ".portcullis/config.off.toml"]);
    assert_eq!(scan(&fixture, "scan staged"), expected);
    fixture.git(&["rm", "-q", "-r", "-f", ".portcullis"]);
    fixture.git(&["commit", "-qm", "gone"]);
    // A configuration that only let things pass guards more when it is gone.
    fixture.commit(".portcullis/config.toml", "schema = 1\n[gate]\nseverity = 'critical'\n");
    fixture.git(&["rm", "-q", ".portcullis/config.toml"]);
    assert_eq!(scan(&fixture, "scan staged"), [""; 0]);
}

const STRICT: &str = "schema = 1\n[waivers]\ninline = false\n";

/// A branch `side` that took nothing of what `main` had made stricter when it was merged.
fn swept() -> Fixture {
    let fixture = one_commit();
    fixture.commit(".portcullis/config.toml", "schema = 1\n");
    fixture.git(&["switch", "-qc", "side"]);
    fixture.commit("side.txt", "side\n");
    fixture.git(&["switch", "-q", "main"]);
    fixture.commit(".portcullis/config.toml", STRICT);
    fixture.git(&["switch", "-q", "side"]);
    fixture.git(&["merge", "-q", "-s", "ours", "main", "-m", "merge"]);
    fixture
}

#[test]
fn a_merge_that_takes_the_older_side_has_loosened_what_the_other_one_guards() {
    let fixture = swept();
    let head = |fixture: &Fixture| fixture.git(&["rev-parse", "HEAD"])[..10].to_owned();
    let expected = format!("comments may waive findings (commit {})", head(&fixture));
    assert_eq!(scan(&fixture, "ci main..HEAD"), [expected.as_str()]);
    // So has one that changes a word besides.
    fixture.stage(".portcullis/config.toml", "schema = 1\n# ours\n");
    fixture.git(&["commit", "-q", "--amend", "--no-edit"]);
    let expected = format!("comments may waive findings (commit {})", head(&fixture));
    assert_eq!(scan(&fixture, "ci main..HEAD"), [expected]);
    // The stricter side is nobody's loss, and a branch that began before it has taken nothing back.
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(scan(&fixture, "ci main..HEAD"), [""; 0]);
    fixture.git(&["merge", "-q", "main", "-m", "merge"]);
    assert_eq!(scan(&fixture, "ci main..HEAD"), [""; 0]);
}

#[test]
fn a_branch_that_is_swept_or_set_back_is_told_at_the_push_and_on_the_server() {
    let less = "comments may waive findings";
    for (hook, guarded) in [("pre-push", "work/.git"), ("pre-receive", "remote.git")] {
        let fixture = swept();
        fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "remote.git"]);
        fixture.git_in(&fixture.root.join("remote.git"), &["symbolic-ref", "HEAD", "refs/heads/main"]);
        fixture.git_in(&fixture.root.join("remote.git"), &["branch", "-q", "-D", "side"]);
        fixture.git(&["remote", "add", "origin", "../remote.git"]);
        fixture.git(&["fetch", "-q", "origin"]);
        fixture.guard(guarded, hook);
        let (code, said) = fixture.said(&["push", "-q", "origin", "side:main"]);
        assert_eq!((code, said.contains(less)), (0, true), "{hook}: {said}");
        let back = "main:main";
        let (code, said) = fixture.said(&["push", "-q", "-f", "origin", back]);
        assert_eq!((code, said.contains(less)), (0, false), "{hook}: {said}");
        let (code, said) = fixture.said(&["push", "-q", "-f", "origin", "main~1:main"]);
        assert_eq!((code, said.contains(less)), (0, true), "{hook}: {said}");
    }
}

#[test]
fn what_a_shared_pack_or_the_machine_asks_is_not_taken_back_in_silence() {
    let fixture = one_commit();
    let system = fixture.root.join("system");
    std::fs::create_dir_all(&system).unwrap();
    std::fs::write(system.join("config.toml"), STRICT).unwrap();
    let usual = "schema = 1\n[waivers]\ninline = true\n";
    fixture.stage(".portcullis/config.toml", usual);
    assert_eq!(scan(&fixture, "scan staged"), [""; 0]);
    let vars = format!("env PORTCULLIS_SYSTEM_DIR='{}'", system.display());
    let alias = format!("alias.run=!{vars} '{}' scan staged --format concise", crate::fixture::PROGRAM);
    let output = fixture.try_git_in(&fixture.work, &["-c", &alias, "run"], b"");
    let said = text(&[output.stdout, output.stderr].concat());
    assert!(said.contains("guards less: comments may waive findings"), "{said}");
}
