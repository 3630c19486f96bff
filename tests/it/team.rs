//! Exceptions that a team writes down: waivers, fingerprints and the baseline, from the command to the next commit.

use std::fs;

use crate::fixture::{Fixture, fake_github_token, one_commit, text};

/// Our program in the work tree, with variables more; its exit code and everything that it says.
pub fn run_with(fixture: &Fixture, args: &[&str], vars: &[(&str, &str)]) -> (i32, String) {
    let output = fixture.run(fixture.command(args).envs(vars.iter().copied()));
    (output.status.code().unwrap(), text(&[output.stdout, output.stderr].concat()))
}

pub fn run(fixture: &Fixture, args: &[&str]) -> (i32, String) {
    run_with(fixture, args, &[])
}

/// What is found and counts, as `path:line rule`.
pub fn open(fixture: &Fixture, args: &[&str]) -> Vec<String> {
    let (_, said) = run(fixture, &[args, &["--format", "concise"]].concat());
    let place = |line: &str| {
        let mut parts = line.splitn(4, ':');
        let (path, row) = (parts.next()?, parts.next()?.parse::<usize>().ok()?);
        let rule = line.split_once('[')?.1.split(']').next()?;
        Some(format!("{path}:{row} {rule}"))
    };
    said.lines().filter_map(place).collect()
}

/// The last finding of a scan in JSON: its fingerprint.
fn fingerprints(fixture: &Fixture) -> Vec<String> {
    let (_, said) = run(fixture, &["scan", "tree", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
}

const EVAL: &str = "def total(formula):\n    return eval(formula)\n";

fn with_eval() -> Fixture {
    let fixture = one_commit();
    fixture.write("src/calc.py", EVAL);
    fixture
}

#[track_caller]
fn allow(fixture: &Fixture, place: &str, more: &[&str]) -> String {
    let args = [&["allow", place, "--reason", "formulas are our own", "--owner", "team-web"], more].concat();
    let (code, said) = run(fixture, &args);
    assert_eq!(code, 0, "{said}");
    said
}

#[test]
fn what_is_allowed_passes_and_another_statement_does_not() {
    let fixture = with_eval();
    let expected = ["src/calc.py:2 python-eval"];
    assert_eq!(open(&fixture, &["scan", "tree"]), expected);
    let said = allow(&fixture, "src/calc.py:2", &[]);
    assert!(
        said.starts_with("src/calc.py:2: python-eval may pass, as .portcullis/waivers.toml:4 says\n"),
        "{said}"
    );
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    let waivers = fs::read_to_string(fixture.work.join(".portcullis/waivers.toml")).unwrap();
    assert_eq!(waivers.lines().nth(3), Some("[[waiver]]"));
    // Moved in its file and indented anew it is the same; with other words it is another one.
    fixture
        .write("src/calc.py", format!("import os\n\n\n{}", EVAL.replace("eval(formula)", "eval( formula )")));
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    fixture.write("src/calc.py", EVAL.replace("eval(formula)", "eval(request)"));
    let unused = ".portcullis/waivers.toml:4 waiver-unused";
    assert_eq!(open(&fixture, &["scan", "tree"]), [unused, "src/calc.py:2 python-eval"]);
    // Staged, the waiver counts with what it is about, and the change says that it guards less.
    fixture.write("src/calc.py", EVAL);
    fixture.git(&["add", "."]);
    assert_eq!(open(&fixture, &["scan", "staged"]), [".portcullis/waivers.toml:1 policy-loosened"]);
}

#[test]
fn nothing_is_allowed_without_a_reason_a_person_and_a_finding() {
    let fixture = with_eval();
    fixture.write("both.py", format!("eval(input())  # {}\n", fake_github_token()));
    let check = |args: &[&str], vars: &[(&str, &str)], expected: &str| {
        let (code, said) = run_with(&fixture, &[&["allow"], args].concat(), vars);
        assert_eq!(code, 2, "{said}");
        assert_eq!(
            said.lines().next(),
            Some(&*format!("error: could not tell, so nothing goes on: {expected}"))
        );
        assert!(!fixture.work.join(".portcullis/waivers.toml").exists());
    };
    let reason = "the reason has to say why, in a few words that a reviewer can judge";
    check(&["src/calc.py:2", "--reason", "ok"], &[], reason);
    let owned = ["--reason", "formulas are our own", "--owner", "ada"];
    check(&["src/calc.py:2", owned[0], owned[1]], &[], "nobody answers for it: git knows no user.name here");
    check(&[&["src/calc.py:1"], &owned[..]].concat(), &[], "src/calc.py:1: nothing is found there");
    check(&[&["src/calc.py"], &owned[..]].concat(), &[], "`src/calc.py` is no place");
    let agent = "an AI agent may not let findings pass by itself";
    check(&[&["src/calc.py:2"], &owned[..]].concat(), &[("CLAUDECODE", "1")], agent);
    let several = "both.py:1: several rules have found something: python-eval, github-pat";
    check(&[&["both.py:1"], &owned[..]].concat(), &[], several);
    let reviewed = [&["allow", "src/calc.py:2", "--reviewed-by", "bob"], &owned[..2]].concat();
    assert_eq!(run_with(&fixture, &reviewed, &[("CLAUDECODE", "1")]).0, 0);
    let (code, said) = run(&fixture, &[&["allow", "src/calc.py:2"], &owned[..]].concat());
    assert_eq!(code, 2);
    assert!(said.contains("src/calc.py:2: passes already: formulas are our own (bob, "), "{said}");
}

#[test]
fn a_waiver_warns_before_it_ends_and_then_no_longer_counts() {
    for (expires, code, expected) in [
        ("2999-01-01", 0, ""),
        ("2000-01-01", 1, "its waiver ended on 2000-01-01 (.portcullis/waivers.toml:2, ada)"),
    ] {
        let fixture = with_eval();
        let waiver = "[[waiver]]\nrule = 'python-eval'\npath = 'src/calc.py'\nreason = 'until the parser is done'\nowner = 'ada'\n";
        fixture.write(".portcullis/waivers.toml", format!("schema = 1\n{waiver}expires = {expires}\n"));
        let (found, said) = run(&fixture, &["scan", "tree", "src", "--format", "concise"]);
        assert_eq!(found, code, "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn waivers_that_cover_nothing_or_everything_are_told() {
    let fixture = with_eval();
    let waiver = |rule: &str, path: &str| {
        format!(
            "[[waiver]]\nrule = '{rule}'\npath = '{path}'\nreason = 'formulas are our own'\nowner = 'ada'\n"
        )
    };
    let waivers = [waiver("python-eval", "**/*.py"), waiver("github-pat", "old/**")].concat();
    fixture.write(".portcullis/waivers.toml", format!("schema = 1\n{waivers}"));
    let expected = [".portcullis/waivers.toml:2 waiver-broad", ".portcullis/waivers.toml:7 waiver-unused"];
    assert_eq!(open(&fixture, &["scan", "tree"]), expected);
    // A scan of a part cannot tell what is unused.
    assert_eq!(open(&fixture, &["scan", "tree", "src"]), [""; 0]);
}

#[test]
fn comments_waive_a_line_or_a_block_unless_the_team_says_no() {
    let fixture = one_commit();
    let mark = |what: &str| format!("# {}: {what}\n", "portcullis");
    let block = format!(
        "{}x = eval(a)\n\n\ny = eval(b)\n{}z = eval(c)\n",
        mark("allow-start(python-eval) formulas are our own"),
        mark("allow-end")
    );
    fixture.write("a.py", &block);
    assert_eq!(open(&fixture, &["scan", "tree"]), ["a.py:7 python-eval"]);
    let no = "schema = 1\n[waivers]\ninline_not_for = ['python-eval']\n";
    fixture.write(".portcullis/config.toml", no);
    assert_eq!(open(&fixture, &["scan", "tree"]).len(), 3);
    let (_, said) = run(&fixture, &["scan", "tree", "--format", "concise"]);
    assert!(said.contains("a comment cannot waive this rule: only .portcullis/waivers.toml does"), "{said}");
    fixture.write(".portcullis/config.toml", "schema = 1\n[waivers]\ninline_by_agents = false\n");
    assert_eq!(open(&fixture, &["scan", "tree"]).len(), 1);
    let scan = ["scan", "tree", "--format", "concise"];
    let (_, said) = run_with(&fixture, &scan, &[("CLAUDECODE", "1")]);
    assert_eq!(said.matches("an AI agent may not waive what it commits").count(), 2, "{said}");
    // A commit says by its trailers who wrote it.
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-qm", "by a person"]);
    assert_eq!(open(&fixture, &["scan", "range", "HEAD~1..HEAD"]), ["a.py:7 python-eval"]);
    fixture.git(&["commit", "-q", "--amend", "-m", "s\n\nCo-authored-by: Claude <noreply@anthropic.com>"]);
    assert_eq!(open(&fixture, &["scan", "range", "HEAD~1..HEAD"]).len(), 3);
}

#[test]
fn comments_for_other_scanners_count_where_the_team_says_so() {
    let fixture = one_commit();
    fixture
        .write("a.py", format!("x = eval(a)  # nosec\nkey = '{}'  # gitleaks:allow\n", fake_github_token()));
    let both = ["a.py:1 python-eval", "a.py:2 github-pat"];
    assert_eq!(open(&fixture, &["scan", "tree"]), both);
    for (value, expected) in [("off", &both[..]), ("advice", &both), ("waive", &[])] {
        fixture.write(".portcullis/config.toml", format!("schema = 1\n[waivers]\nother_tools = '{value}'\n"));
        assert_eq!(open(&fixture, &["scan", "tree"]), expected, "{value}");
    }
}

#[test]
fn a_baseline_leaves_what_is_new_and_only_shrinks() {
    let fixture = with_eval();
    let token = fake_github_token();
    fixture.write("conf.py", format!("TOKEN = '{token}'\n"));
    let (code, said) = run(&fixture, &["baseline", "create"]);
    assert_eq!(
        (code, said.lines().next()),
        (0, Some(".portcullis/baseline.toml: 2 findings accepted")),
        "{said}"
    );
    let baseline = || fs::read_to_string(fixture.work.join(".portcullis/baseline.toml")).unwrap();
    let lines = baseline();
    let paths: Vec<&str> = lines.lines().skip(3).filter_map(|line| line.split(' ').next_back()).collect();
    assert_eq!(paths, ["conf.py\",", "src/calc.py\",", "]"]);
    assert!(!lines.contains(&token));
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    // The secret moves to another file and is known there; a second statement in the same file is new.
    fs::rename(fixture.work.join("conf.py"), fixture.work.join("settings.py")).unwrap();
    fixture.write("src/calc.py", format!("{EVAL}\n{EVAL}"));
    assert_eq!(open(&fixture, &["scan", "tree"]), ["src/calc.py:5 python-eval"]);
    let (_, said) = run(&fixture, &["baseline", "stats"]);
    let expected = ".portcullis/baseline.toml: 2 findings accepted: 1 where they were, 1 moved, 0 gone; 1 found and not accepted";
    assert_eq!(said.lines().next(), Some(expected), "{said}");
    let (_, said) = run(&fixture, &["baseline", "update"]);
    assert_eq!(
        said.lines().next(),
        Some(".portcullis/baseline.toml: 2 findings accepted, 1 moved, 0 gone, 0 new")
    );
    assert!(baseline().contains("settings.py") && !baseline().contains("conf.py"));
    assert_eq!(open(&fixture, &["scan", "tree"]), ["src/calc.py:5 python-eval"]);
    run(&fixture, &["baseline", "update", "--extend"]);
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    fs::remove_file(fixture.work.join("settings.py")).unwrap();
    let (_, said) = run(&fixture, &["baseline", "prune"]);
    assert_eq!(said.lines().next(), Some(".portcullis/baseline.toml: 2 findings accepted, 1 gone"));
    let (code, said) = run(&fixture, &["baseline", "create"]);
    assert!(code == 2 && said.contains(".portcullis/baseline.toml: is there already"), "{said}");
}

#[test]
fn a_copy_beside_an_accepted_finding_is_new_in_a_commit() {
    let fixture = one_commit();
    fixture.commit("src/calc.py", EVAL);
    run(&fixture, &["baseline", "create"]);
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-qm", "baseline"]);
    // In front of the old one, so that it would be taken for it by counting from the top.
    fixture.stage("src/calc.py", format!("{EVAL}\n{EVAL}"));
    assert_eq!(open(&fixture, &["scan", "staged"]).len(), 1);
}

#[test]
fn a_baseline_that_grows_is_told_and_one_with_a_conflict_is_no_answer() {
    let fixture = with_eval();
    run(&fixture, &["baseline", "create"]);
    fixture.git(&["add", "."]);
    let (_, said) = run(&fixture, &["scan", "staged", "--format", "concise"]);
    assert!(said.contains("the baseline accepts 1 more finding"), "{said}");
    fixture.git(&["commit", "-qm", "baseline"]);
    let path = fixture.work.join(".portcullis/baseline.toml");
    let written = fs::read_to_string(&path).unwrap();
    let conflict =
        written.replacen("findings = [\n", "findings = [\n<<<<<<< HEAD\n=======\n>>>>>>> side\n", 1);
    fixture.stage(".portcullis/baseline.toml", &conflict);
    for args in [&["scan", "staged"][..], &["scan", "tree"], &["baseline", "update"]] {
        let (code, said) = run(&fixture, args);
        assert_eq!(code, 2, "{said}");
        let expected = ".portcullis/baseline.toml:4:1: an unresolved merge conflict; choose what stays, then take the marks out";
        assert_eq!(said.lines().nth(1), Some(expected));
    }
    fs::remove_file(fixture.work.join(".portcullis/key.toml")).unwrap();
    fixture.write(".portcullis/baseline.toml", written);
    let (code, said) = run(&fixture, &["scan", "tree"]);
    assert_eq!(code, 2);
    assert!(
        said.contains(".portcullis/baseline.toml: names findings by fingerprint, and .portcullis/key.toml"),
        "{said}"
    );
}

#[test]
fn baselines_of_two_branches_merge() {
    let fixture = one_commit();
    for name in ["a", "m", "z"] {
        fixture.commit(&format!("{name}.py"), format!("{name} = eval(the_{name})\n"));
    }
    run(&fixture, &["baseline", "create"]);
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-qm", "baseline"]);
    // Each branch repairs another one; the lines between keep them apart, whatever their order is.
    let prune = |branch: &str, line: usize| {
        fixture.git(&["checkout", "-q", "-b", branch, "main"]);
        let path = ".portcullis/baseline.toml";
        let text = fs::read_to_string(fixture.work.join(path)).unwrap();
        let file = text
            .lines()
            .nth(line)
            .unwrap()
            .split(' ')
            .next_back()
            .unwrap()
            .trim_matches(['"', ','])
            .to_owned();
        fixture.commit(&file, "clean = 1\n");
        run(&fixture, &["baseline", "prune"]);
        fixture.git(&["commit", "-qam", "prune"]);
    };
    prune("first", 3);
    prune("last", 5);
    fixture.git(&["merge", "-q", "first", "-m", "merge"]);
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    let (_, said) = run(&fixture, &["baseline", "stats"]);
    assert!(
        said.starts_with(".portcullis/baseline.toml: 1 finding accepted: 1 where they were, 0 moved, 0 gone"),
        "{said}"
    );
}

#[test]
fn baselines_of_other_scanners_are_taken_over() {
    let token = fake_github_token();
    let fixture = one_commit();
    fixture.write("conf.py", format!("\n\nTOKEN = '{token}'\n")).write("src/calc.py", EVAL);
    let gitleaks =
        format!(r#"[{{"RuleID": "github-pat", "File": "conf.py", "StartLine": 9, "Secret": "{token}"}}]"#);
    fixture.write("report.txt", gitleaks);
    let (code, said) = run(&fixture, &["baseline", "create", "--import", "report.txt"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.lines().next(), Some(".portcullis/baseline.toml: 1 finding accepted"));
    fs::remove_file(fixture.work.join("report.txt")).unwrap();
    assert_eq!(open(&fixture, &["scan", "tree"]), ["src/calc.py:2 python-eval"]);
    let fixture = with_eval();
    fixture.write("nothing.json", "{}");
    let (code, said) = run(&fixture, &["baseline", "create", "--import", "nothing.json"]);
    assert_eq!(code, 2);
    assert!(said.contains("nothing.json: is no baseline of gitleaks"), "{said}");
}

#[test]
fn fingerprints_survive_moves_and_change_with_the_secret() {
    let fixture = one_commit();
    let (first, token) = ("first.py", fake_github_token());
    fixture.write(first, format!("TOKEN = '{token}'\n"));
    let (_, said) = run(&fixture, &["baseline", "create"]);
    assert!(said.contains("1 finding accepted"), "{said}");
    fs::remove_file(fixture.work.join(".portcullis/baseline.toml")).unwrap();
    let before = fingerprints(&fixture);
    assert!(before[0].starts_with("v2:"), "{before:?}");
    fs::remove_file(fixture.work.join(first)).unwrap();
    fixture.write("lib/other.py", format!("\n\n    client = connect(token='{token}')  # moved\n"));
    assert_eq!(fingerprints(&fixture), before);
    fixture.write(".portcullis/key.toml", format!("schema = 1\nwords = '{}'\n", ["abcdefgh"; 8].join(" ")));
    assert_ne!(fingerprints(&fixture), before);
}
