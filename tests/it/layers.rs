//! Who may say what: the machine, the repository, the person, the environment.

use std::fs;

use crate::fixture::{Fixture, fake_github_token, one_commit};
use crate::team::{open, run, run_with};

const EVAL: &str = "def total(formula):\n    return eval(formula)\n";

/// A repository with the configurations of a machine, of itself and of a person.
fn layered(system: &str, repository: &str, personal: &str) -> Fixture {
    let fixture = one_commit();
    for (path, text) in [
        (fixture.root.join("system/config.toml"), system),
        (fixture.work.join(".portcullis/config.toml"), repository),
        (fixture.root.join("home/portcullis/config.toml"), personal),
    ] {
        if !text.is_empty() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("schema = 1\n{text}")).unwrap();
        }
    }
    fixture
}

/// Runs with the configuration of the machine.
fn run_in(fixture: &Fixture, args: &[&str]) -> (i32, String) {
    let system = fixture.root.join("system");
    let (code, said) = run_with(fixture, args, &[("PORTCULLIS_SYSTEM_DIR", system.to_str().unwrap())]);
    (code, said.replace(fixture.root.to_str().unwrap(), "ROOT"))
}

const LOCKED: &str = "[rules.github-pat]\nlocked = true\n";

#[test]
fn what_the_machine_has_locked_nobody_loosens() {
    let rule = |keys: &str| format!("[rules.github-pat]\n{keys}\n");
    let exclude = |more: &str| format!("[[exclude]]\npath = '**'\nreason = 'not here'\n{more}");
    for (repository, expected) in [
        (
            rule("enabled = false\nreason = 'none here'"),
            Some(
                ".portcullis/config.toml:2:8: `rules`: `github-pat` is locked by ROOT/system/config.toml:2, and may only be tightened here",
            ),
        ),
        (
            exclude("rules = ['github-pat']\n"),
            Some(
                ".portcullis/config.toml:5:9: `rules`: `github-pat` is locked by ROOT/system/config.toml:2, and counts everywhere",
            ),
        ),
        (exclude(""), None),
        (rule("severity = 'low'"), None),
        ("packs = ['code']\n".to_owned(), None),
        ("[gate]\nseverity = 'critical'\nconfidence = 'high'\n".to_owned(), None),
    ] {
        let fixture = layered(LOCKED, &repository, "");
        fixture.write(
            "conf.py",
            format!("TOKEN = '{}'  # {}\n", fake_github_token(), "portcullis: allow(github-pat) my own"),
        );
        let (code, said) = run_in(&fixture, &["scan", "tree", "conf.py", "--format", "concise"]);
        match expected {
            Some(expected) => assert_eq!((code, said.lines().nth(1)), (2, Some(expected)), "{said}"),
            None => assert_eq!((code, said.contains("[github-pat]")), (1, true), "{repository}: {said}"),
        }
    }
}

#[test]
fn a_waiver_for_a_locked_rule_is_no_answer_unless_the_lock_lets_it() {
    let waiver =
        "schema = 1\n[[waiver]]\nrule = 'github-pat'\npath = 'conf.py'\nreason = 'a sample'\nowner = 'ada'\n";
    for (lock, expected) in [(LOCKED.to_owned(), 2), (format!("{LOCKED}waivable = true\n"), 0)] {
        let fixture = layered(&lock, "", "");
        fixture.write(".portcullis/waivers.toml", waiver);
        fixture.write("conf.py", format!("TOKEN = '{}'\n", fake_github_token()));
        let (code, said) = run_in(&fixture, &["scan", "tree", "conf.py"]);
        assert_eq!(code, expected, "{said}");
        let told = ".portcullis/waivers.toml:2: `github-pat` is locked by ROOT/system/config.toml:2, and cannot be waived";
        assert_eq!(said.contains(told), expected == 2, "{said}");
    }
}

#[test]
fn a_waiver_that_would_not_count_is_not_written() {
    let fixture = layered(LOCKED, "", "");
    fixture.write("conf.py", format!("TOKEN = '{}'\n", fake_github_token()));
    let (code, said) = run_in(&fixture, &["allow", "conf.py:1", "--reason", "a sample", "--owner", "ada"]);
    let told = "github-pat: is locked by ROOT/system/config.toml:2, and cannot be waived";
    assert_eq!((code, said.contains(told)), (2, true), "{said}");
    assert!(!fixture.work.join(".portcullis/waivers.toml").exists());
}

#[test]
fn what_a_variable_names_may_lock_and_tighten_and_nothing_else() {
    let loose = "packs = ['policy']\nknown_values = false\n[gate]\nseverity = 'critical'\n\
                 [[exclude]]\npath = '**'\nreason = 'none of yours'\n\
                 [rules.python-eval]\nenabled = false\nreason = 'noisy'\n";
    for repository in ["", "[gate]\nseverity = 'high'\n"] {
        let fixture = layered(loose, repository, "");
        fixture.write("calc.py", EVAL);
        let (code, said) = run_in(&fixture, &["scan", "tree", "calc.py", "--format", "concise"]);
        assert_eq!((code, said.contains("[python-eval]")), (1, true), "{said}");
    }
}

#[test]
fn a_folder_that_is_a_link_or_a_repository_is_no_answer() {
    let fixture = layered("", "packs = ['policy']\n", "");
    let folder = fixture.work.join(".portcullis");
    fs::create_dir(folder.join(".git")).unwrap();
    let (code, said) = run(&fixture, &["scan", "tree"]);
    assert_eq!((code, said.contains(".portcullis: must be a regular file in a folder")), (2, true), "{said}");
    fs::remove_dir(folder.join(".git")).unwrap();
    fs::rename(&folder, fixture.work.join("policy")).unwrap();
    std::os::unix::fs::symlink("policy", &folder).unwrap();
    for args in [&["scan", "tree"][..], &["scan", "staged"], &["config", "validate"]] {
        let (code, said) = run(&fixture, args);
        assert_eq!((code, said.contains("not a link")), (2, true), "{args:?}: {said}");
    }
}

#[test]
fn a_person_may_only_tighten_for_himself() {
    let loose = "packs = ['secrets']\nknown_values = false\n[gate]\nseverity = 'critical'\n\
                 [rules.python-eval]\nenabled = false\nreason = 'noisy'\n[[exclude]]\npath = '**'\nreason = 'noisy'\n";
    let fixture = layered("", "", loose);
    fixture.write("calc.py", EVAL);
    assert_eq!(open(&fixture, &["scan", "tree"]), ["calc.py:2 python-eval"]);
    let (code, _) = run(&fixture, &["scan", "tree"]);
    assert_eq!(code, 1);
    let off = "[rules.python-eval]\nenabled = false\nreason = 'trusted formulas'\n";
    let fixture = layered("", off, "[rules.python-eval]\nenabled = true\n");
    fixture.write("calc.py", EVAL);
    assert_eq!(open(&fixture, &["scan", "tree"]), ["calc.py:2 python-eval"]);
    // What is pushed to a server, or judged in CI, knows no person.
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-qm", "all"]);
    fixture.commit("calc.py", format!("{EVAL}\n{EVAL}"));
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [""; 0]);
}

#[test]
fn a_setting_is_explained_with_its_chain() {
    let fixture = layered(
        "[gate]\nseverity = 'medium'\n",
        "[gate]\nseverity = 'low'\n",
        "[gate]\nseverity = 'critical'\n",
    );
    let (code, said) = run_in(&fixture, &["config", "explain", "gate.severity"]);
    let expected = "gate.severity\n  \"high\"       built-in\n  'medium'     ROOT/system/config.toml:3  (counts where it tightens)\n  \
                    'low'        .portcullis/config.toml:3\n  'critical'   ROOT/home/portcullis/config.toml:3  \
                    (ignored: a personal configuration may only tighten)\n= \"low\"\n";
    assert_eq!((code, said.as_str()), (0, expected));
    let (_, said) = run_in(&fixture, &["config", "show", "--origin"]);
    let line = said.lines().find(|line| line.starts_with("gate.severity"));
    assert_eq!(line, Some("gate.severity = \"low\"  # .portcullis/config.toml:3"));
    let (code, said) = run_in(&fixture, &["config", "explain", "gate.severty"]);
    assert_eq!(code, 2);
    assert!(
        said.contains("`gate.severty` is no key, no rule and no path, did you mean `gate.severity`?"),
        "{said}"
    );
}

#[test]
fn a_rule_and_a_path_are_explained() {
    let repository = "[rules.python-eval]\nseverity = 'medium'\n[[exclude]]\npath = 'tests/**'\n\
                      rules = ['python-eval']\nreason = 'formulas of ours'\n";
    let fixture = layered("", repository, "");
    fixture.write(
        ".portcullis/waivers.toml",
        "schema = 1\n[[waiver]]\nrule = 'python-eval'\npath = 'tests/calc.py'\nreason = 'a sample'\nowner = 'ada'\n",
    );
    let (_, said) = run(&fixture, &["config", "explain", "python-eval"]);
    let expected = "python-eval\n  code, severity high, confidence high  pack code\n  \
                    severity = 'medium'  .portcullis/config.toml:3\n  does not count in tests/**: formulas of ours\n  \
                    waiver for `python-eval` in `tests/calc.py`  .portcullis/waivers.toml:2\n\
                    = told: severity medium, confidence high\n";
    assert_eq!(said, expected);
    let (_, said) = run(&fixture, &["config", "explain", "tests/calc.py"]);
    let expected = "tests/calc.py\n  kind of place: test\n  excluded by tests/**: python-eval: formulas of ours\n  \
                    waiver for `python-eval` in `tests/calc.py`  .portcullis/waivers.toml:2\n";
    assert_eq!(said, expected);
}

#[test]
fn all_files_are_validated_at_once() {
    let fixture = layered("", "[gate]\nseverity = 'medium'\n", "");
    fixture.write(".portcullis/approved.toml", "schema = 1\n");
    let (code, said) = run(&fixture, &["config", "validate"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("valid: .portcullis/config.toml, .portcullis/approved.toml; "), "{said}");
    fixture.write(".portcullis/waivers.toml", "schema = 1\n[[waver]]\n");
    let (code, said) = run(&fixture, &["config", "validate"]);
    let expected = ".portcullis/waivers.toml:2:3: unknown key `waver`, did you mean `waiver`?";
    assert_eq!((code, said.lines().nth(1)), (2, Some(expected)));
}

#[test]
fn a_skip_needs_a_reason_is_written_down_and_told_at_the_push() {
    let fixture = one_commit();
    fixture.stage("calc.py", EVAL);
    let skip = |rules, reason| [("PORTCULLIS_SKIP", rules), ("PORTCULLIS_SKIP_REASON", reason)];
    for (rules, reason, expected) in [
        (
            "python-eval",
            "",
            "PORTCULLIS_SKIP needs PORTCULLIS_SKIP_REASON, with a reason that a reviewer can judge",
        ),
        (
            "python-evl",
            "a hurry",
            "PORTCULLIS_SKIP: there is no rule `python-evl`, did you mean `python-eval`?",
        ),
    ] {
        let (code, said) = run_with(&fixture, &["scan", "staged"], &skip(rules, reason));
        assert_eq!(code, 2);
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(run(&fixture, &["hook", "pre-commit"]).0, 1);
    assert_eq!(run_with(&fixture, &["hook", "pre-commit"], &skip("python-eval", "the demo is at ten")).0, 0);
    let log = fs::read_to_string(fixture.work.join(".git/portcullis/skips")).unwrap();
    assert!(log.ends_with(" skipped python-eval: the demo is at ten\n"), "{log}");
    fixture.git(&["commit", "-qm", "demo"]);
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "remote"]);
    fixture.git(&["remote", "add", "origin", "../remote"]);
    fixture.guard("work/.git", "pre-push");
    // The push looks for itself, and repeats what was skipped.
    let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("portcullis: since the last push: ")
            && said.contains("python-eval: the demo is at ten"),
        "{said}"
    );
    let system = fixture.root.join("system");
    fs::create_dir_all(&system).unwrap();
    fs::write(system.join("config.toml"), "schema = 1\n[rules.python-eval]\nlocked = true\n").unwrap();
    let vars = [
        &skip("python-eval", "the demo is at ten")[..],
        &[("PORTCULLIS_SYSTEM_DIR", system.to_str().unwrap())],
    ]
    .concat();
    let (code, said) = run_with(&fixture, &["scan", "staged"], &vars);
    assert_eq!(code, 2);
    assert!(said.contains("PORTCULLIS_SKIP: `python-eval` is locked by"), "{said}");
}

#[test]
fn a_configuration_that_leaves_no_rule_on_is_no_answer() {
    let fixture = layered("", "packs = []\n", "");
    for args in [&["scan", "tree"][..], &["scan", "staged"], &["hook", "pre-commit"], &["config", "validate"]]
    {
        let (code, said) = run(&fixture, args);
        assert_eq!((code, said.contains("switch at least one pack on")), (2, true), "{args:?}: {said}");
    }
}

/// What a finding of `eval` and the rule's page say about letting it pass.
fn offered(repository: &str, vars: &[(&str, &str)]) -> (String, String) {
    let fixture = layered("", repository, "");
    fixture.write("a b.py", EVAL);
    let (_, said) = run_with(&fixture, &["scan", "tree", "--format", "text"], vars);
    let note = said.split_once("except: ").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
    let note: Vec<&str> = note.lines().map(|line| line.trim_start_matches([' ', '│', '='])).collect();
    let (_, page) = run_with(&fixture, &["rules", "show", "python-eval"], vars);
    let waive = page.split_once("  waive       ").unwrap().1;
    let waive: Vec<&str> =
        waive.lines().take_while(|line| !line.starts_with("  languages")).map(str::trim).collect();
    (note.join(" "), waive.join(" "))
}

#[test]
fn no_exception_is_offered_that_does_not_count() {
    let comment = (
        "safe here? say why in a comment on this line or the line before portcullis: allow(python-eval) <reason>",
        "`portcullis: allow(python-eval) REASON` in a comment on the line or the line before",
    );
    let file = (
        "safe here? a comment does not count here, a reviewed entry does portcullis allow 'a b.py':2 --reason <reason>",
        "by a reviewed entry: `portcullis allow FILE:LINE --reason REASON`",
    );
    let nowhere = ("", "not here: it is locked");
    let agent: &[(&str, &str)] = &[("CLAUDECODE", "1")];
    let locked = "[rules.python-eval]\nlocked = true\n";
    for (repository, vars, expected) in [
        ("", &[][..], comment),
        (locked, &[], nowhere),
        (&format!("{locked}waivable = true\n"), &[], file),
        ("[waivers]\ninline = false\n", &[], file),
        ("[waivers]\ninline_not_for = ['python-eval']\n", &[], file),
        ("[waivers]\ninline_not_for = ['github-pat']\n", &[], comment),
        ("[waivers]\ninline_by_agents = false\n", &[], comment),
        ("[waivers]\ninline_by_agents = false\n", agent, file),
    ] {
        let (note, waive) = offered(repository, vars);
        assert_eq!((note.as_str(), waive.as_str()), expected, "{repository} {vars:?}");
    }
}
