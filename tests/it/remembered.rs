//! Rules of packs are checked once and remembered in the git folder; what is remembered never changes what is found.

use std::fs;
use std::path::PathBuf;

use crate::fixture::Fixture;
use crate::packs::{FOUND, publish, rule, store, url, with_rules};
use crate::team::{open, run};

/// A repository with a pack that is worth remembering, and a file that it finds something in, staged.
fn with_many_rules() -> Fixture {
    let fixture = with_rules();
    publish_many(&fixture, "quixotic");
    let (code, said) =
        run(&fixture, &["packs", "add", &url(&fixture), "--path", "packs/base", "--name", "acme"]);
    assert_eq!(code, 0, "{said}");
    fixture.git(&["add", ".portcullis"]);
    fixture.git(&["commit", "-qm", "use it"]);
    fixture.stage("text.py", "x = 'quixotic-42'\ny = 'sesquipedal-7'\n");
    fixture
}

fn publish_many(fixture: &Fixture, word: &str) {
    for number in 0..24 {
        let text = rule(&format!("other{number}"), "high");
        fs::write(fixture.root.join(format!("rules/packs/base/other{number}.toml")), text).unwrap();
    }
    publish(fixture, "packs/base/words.toml", &rule(word, "high"));
}

fn memory(fixture: &Fixture) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture.work.join(".git/portcullis/rules"));
    entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[track_caller]
fn finds(fixture: &Fixture, expected: &[&str]) {
    assert_eq!(open(fixture, &["scan", "staged"]), expected);
}

#[test]
fn rules_are_found_again_and_damage_is_as_if_nothing_were_there() {
    let fixture = with_many_rules();
    assert_eq!(memory(&fixture), Vec::<PathBuf>::new());
    finds(&fixture, &[FOUND]);
    let [place] = memory(&fixture).try_into().unwrap();
    let whole = fs::read(&place).unwrap();
    finds(&fixture, &[FOUND]);
    // The rule as it is remembered, with another word to look for.
    let at = whole.windows(8).position(|part| part == b"quixotic").unwrap();
    let mut other = whole.clone();
    other[at] = b'Q';
    for damaged in [&other[..], &whole[..whole.len() / 2], b"", b"\xff\xff\xff\xff\xff\xff\xff\xff"] {
        fs::write(&place, damaged).unwrap();
        finds(&fixture, &[FOUND]);
        assert_eq!(fs::read(&place).unwrap(), whole);
    }
    // A folder where nothing can be kept.
    fs::remove_dir_all(fixture.work.join(".git/portcullis")).unwrap();
    fs::write(fixture.work.join(".git/portcullis"), "").unwrap();
    finds(&fixture, &[FOUND]);
}

#[test]
fn other_rules_are_not_taken_for_those_that_are_remembered() {
    let fixture = with_many_rules();
    finds(&fixture, &[FOUND]);
    publish_many(&fixture, "sesquipedal");
    let (code, said) = run(&fixture, &["packs", "update"]);
    assert_eq!(code, 0, "{said}");
    fixture.git(&["commit", "-qm", "newer", ".portcullis"]);
    finds(&fixture, &["text.py:2 acme-sesquipedal"]);
    assert_eq!(memory(&fixture).len(), 2);
    // A rule of the repository beside them.
    fixture.stage(".portcullis/rules/own.toml", rule("quixotic", "high"));
    fixture.git(&["commit", "-qm", "ours", ".portcullis"]);
    finds(&fixture, &[FOUND, "text.py:2 acme-sesquipedal"]);
    // What does not read is told, however often the rest was read.
    fixture.stage(".portcullis/rules/own.toml", "schema = 2\n");
    let (code, said) = run(&fixture, &["scan", "staged"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn a_pack_is_compared_with_the_lock_whatever_is_remembered_of_it() {
    let fixture = with_many_rules();
    finds(&fixture, &[FOUND]);
    let pack = fs::read_dir(store(&fixture)).unwrap().next().unwrap().unwrap().path();
    fs::write(pack.join("words.toml"), rule("sesquipedal", "high")).unwrap();
    for command in [&["scan", "staged"][..], &["hook", "pre-commit"]] {
        let (code, said) = run(&fixture, command);
        assert_eq!((code, said.contains("holds something else than the lock says")), (2, true), "{said}");
    }
    fs::remove_dir_all(pack).unwrap();
    let (code, said) = run(&fixture, &["hook", "pre-commit"]);
    assert_eq!((code, said.contains("portcullis packs sync")), (2, true), "{said}");
}

#[test]
fn what_judges_others_is_not_remembered() {
    let fixture = with_many_rules();
    for args in [&["scan", "tree"][..], &["ci", "HEAD..HEAD"], &["config", "validate"]] {
        run(&fixture, args);
        assert_eq!(memory(&fixture), Vec::<PathBuf>::new(), "{args:?}");
    }
    finds(&fixture, &[FOUND]);
    assert_eq!(memory(&fixture).len(), 1);
}

/// A repository whose waivers and baseline accept what is staged of `calc.py` and `old.py`, and nothing of `new.py`.
fn with_exceptions() -> Fixture {
    let fixture = Fixture::new();
    fixture.commit("old.py", "def run(text):\n    return eval(text)\n");
    assert_eq!(run(&fixture, &["baseline", "create"]).0, 0);
    let waivers = "schema = 1\n[[waiver]]\nrule = 'python-eval'\npath = 'calc.py'\n\
                   reason = 'formulas come from our own table'\nowner = 'team'\n";
    fixture.write(".portcullis/waivers.toml", waivers);
    fixture.git(&["add", ".portcullis"]);
    fixture.git(&["commit", "-qm", "accept"]);
    fixture.stage("calc.py", "x = eval(a)\n").stage("new.py", "x = eval(b)\n");
    fixture.stage("old.py", "def run(text):\n    return eval( text )\n");
    fixture
}

fn checked(fixture: &Fixture) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture.work.join(".git/portcullis/exceptions"));
    entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

const NEW: &str = "new.py:1 python-eval";

#[test]
fn exceptions_that_were_checked_count_as_before_and_damage_is_as_if_nothing_were_there() {
    let fixture = with_exceptions();
    let (_, first) = run(&fixture, &["scan", "staged", "--format", "json"]);
    let [place] = checked(&fixture).try_into().unwrap();
    let whole = fs::read(&place).unwrap();
    let (_, again) = run(&fixture, &["scan", "staged", "--format", "json"]);
    assert_eq!(first, again);
    assert_eq!(first.matches("\"suppressed\"").count(), 3, "{first}");
    finds(&fixture, &[NEW]);
    for damaged in [b"", &whole[1..]] {
        fs::write(&place, damaged).unwrap();
        finds(&fixture, &[NEW]);
        assert_eq!(fs::read(&place).unwrap(), whole);
    }
}

#[test]
fn exceptions_are_checked_again_when_they_or_the_rules_have_changed() {
    let fixture = with_exceptions();
    fixture.stage(".portcullis/rules/own.toml", rule("quixotic", "high"));
    let own = "schema = 1\n[[waiver]]\nrule = 'acme-quixotic'\npath = 'a'\nreason = 'a word of ours'\nowner = 'team'\n";
    fixture.stage(".portcullis/waivers.toml", own);
    let fine = || {
        fixture.git(&["commit", "-qm", "ours", ".portcullis"]);
        finds(&fixture, &["calc.py:1 python-eval", NEW]);
        finds(&fixture, &["calc.py:1 python-eval", NEW]);
    };
    fine();
    let told = |expected: &str| {
        for _ in 0..2 {
            let (code, said) = run(&fixture, &["scan", "staged"]);
            assert_eq!((code, said.contains(expected)), (2, true), "{said}");
        }
    };
    // The rule is gone; it is locked; the file does not read; there are marks of a conflict in the other.
    fixture.git(&["rm", "-qf", ".portcullis/rules/own.toml"]);
    told("there is no rule `acme-quixotic`");
    fixture.stage(".portcullis/rules/own.toml", rule("quixotic", "high"));
    finds(&fixture, &["calc.py:1 python-eval", NEW]);
    fixture.stage(".portcullis/config.toml", "schema = 1\n[rules.acme-quixotic]\nlocked = true\n");
    told("locked");
    fixture.git(&["rm", "-qf", ".portcullis/config.toml"]);
    finds(&fixture, &["calc.py:1 python-eval", NEW]);
    fixture.stage(".portcullis/waivers.toml", own.replace("owner", "ownr"));
    told("did you mean `owner`?");
    fixture.stage(".portcullis/waivers.toml", own);
    let baseline = fs::read_to_string(fixture.work.join(".portcullis/baseline.toml")).unwrap();
    fixture.stage(".portcullis/baseline.toml", baseline.replace("findings", "<<<<<<< HEAD\nfindings"));
    told("an unresolved merge conflict");
}

#[test]
fn exceptions_are_read_when_a_finding_asks_and_then_they_must_be_there() {
    let fixture = with_exceptions();
    finds(&fixture, &[NEW]);
    let blob = fixture.git(&["rev-parse", ":.portcullis/baseline.toml"]);
    fs::remove_file(fixture.work.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let (code, said) = run(&fixture, &["scan", "staged"]);
    assert_eq!((code, said.contains("exceptions that were read before")), (2, true), "{said}");
    fixture.git(&["reset", "-q", "--hard"]);
    fixture.stage("fine.py", "x = 1\n");
    assert_eq!(run(&fixture, &["scan", "staged"]).0, 0);
}
