//! A change of the configuration that guards less is told, by every way that a change comes.

use crate::fixture::{Fixture, one_commit, text};

fn scan(fixture: &Fixture, args: &str) -> Vec<String> {
    let alias = format!("alias.run=!'{}' {args} --format concise", env!("CARGO_BIN_EXE_portcullis"));
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
