//! What an adversary and a careless user have tried, through the program itself.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use crate::fixture::Fixture;

/// Runs the program in `dir`, with the repository's environment and nothing else.
fn portcullis(fixture: &Fixture, dir: &Path, args: &[&str]) -> Output {
    fixture.run(fixture.command(args).current_dir(dir))
}

/// Runs `portcullis ARGS --format concise` at the repository's top and compares its exit code, and its lines up to
/// the fix, without the last one.
#[track_caller]
fn check(fixture: &Fixture, dir: &str, args: &[&str], code: i32, expected: &[&str]) {
    let output = portcullis(fixture, &fixture.work.join(dir), &[args, &["--format", "concise"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<&str> = text.lines().map(|line| line.split("; fix: ").next().unwrap()).collect();
    lines.pop();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), lines), (Some(code), expected.to_vec()), "{error}");
}

/// What nobody may commit to a Python file.
const EVAL: &str = "def f(x):\n    return eval(x)\n";

#[test]
fn a_line_of_many_waivers_costs_what_its_bytes_cost() {
    let fixture = Fixture::new();
    let (mark, count) = ("/* portcullis: allow(js-eval) because of this */", 20_000);
    fixture.write("a.js", mark.repeat(count));
    let output = portcullis(&fixture, &fixture.work, &["scan", "tree", "--format", "jsonl"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("\"waiver-unused\"")).count(), count);
    assert_eq!(output.status.code(), Some(0));
}

/// A `package.json` with one dependency a line.
fn package_json(names: &[&str]) -> String {
    let lines: Vec<String> = names.iter().map(|name| format!("    \"{name}\": \"1\"")).collect();
    format!("{{\n  \"dependencies\": {{\n{}\n  }}\n}}\n", lines.join(",\n"))
}

#[test]
fn a_merge_of_a_team_without_a_record_brings_in_no_dependency_that_a_parent_has() {
    let fixture = Fixture::new();
    fixture.commit("package.json", package_json(&["b", "c", "d", "e", "f"]));
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.commit("package.json", package_json(&["b", "c", "d", "e", "f", "side"]));
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("package.json", package_json(&["a", "b", "c", "d", "e", "f"]));
    fixture.try_git_in(&fixture.work, &["merge", "-q", "--no-commit", "side"], b"");
    fixture.stage("package.json", package_json(&["a", "b", "c", "d", "e", "f", "side"]));
    check(&fixture, "", &["scan", "staged"], 0, &[]);
    fixture.stage("package.json", package_json(&["a", "b", "c", "d", "e", "f", "new", "side"]));
    let expected = "package.json:9:5: error[DEP001]: Dependency that nobody approved: npm:new is not approved \
                    (runtime, new in this change)";
    check(&fixture, "", &["scan", "staged"], 1, &[expected]);
}

#[test]
fn an_import_is_held_against_the_manifests_of_the_index() {
    let fixture = Fixture::new();
    fixture.commit("app/requirements.txt", "requests==2\n");
    fixture.commit("app/main.py", "import requests\n");
    fixture.stage("app/main.py", "import requests\nimport flask_helper\n");
    let told = "app/main.py:2:8: warning[DEP017]: Import of a package that nobody declares: `flask_helper` is imported, \
                but no manifest around this file declares it";
    check(&fixture, "", &["scan", "staged"], 0, &[told]);
    // What lies on the disk beside it is not part of the commit.
    fixture.write("app/flask_helper.py", "");
    check(&fixture, "", &["scan", "staged"], 0, &[told]);
    fixture.stage("app/flask_helper.py", "x = 1\n");
    check(&fixture, "", &["scan", "staged"], 0, &[]);
}

#[test]
fn a_waiver_for_a_rule_that_does_not_exist_is_told_with_the_nearest_name() {
    let fixture = Fixture::new();
    let waiver = |rule: &str| format!("y = eval(x)  # portcullis: allow({rule}) x is a constant table\n");
    fixture.stage("a.py", waiver("pyhton-eval"));
    let expected = [
        "a.py:1:5: error[python-eval]: eval or exec of a value",
        "a.py:1:16: warning[waiver-invalid]: Waiver that does not count: there is no rule `pyhton-eval`, did you \
         mean `python-eval`?",
    ];
    check(&fixture, "", &["scan", "staged"], 1, &expected);
    fixture.stage("a.py", waiver("python-eval"));
    check(&fixture, "", &["scan", "staged"], 0, &[]);
    // A rule that is switched off exists.
    fixture.stage(
        ".portcullis/config.toml",
        "schema = 1\n[rules.python-eval]\nenabled = false\nreason = 'we like it'\n",
    );
    let expected = [
        ".portcullis/config.toml:1:1: warning[policy-loosened]: Configuration that guards less: the rule \
         `python-eval` is switched off",
        "a.py:1:16: warning[waiver-unused]: Waiver without a finding",
    ];
    check(&fixture, "", &["scan", "staged"], 0, &expected);
}

#[test]
fn the_configuration_that_is_shown_is_a_valid_one() {
    let fixture = Fixture::new();
    let text = r#"schema = 1
packs = ["code", "secrets"]
[rules.python-eval]
enabled = false
reason = 'we "like" it'
[rules.github-pat]
severity = "low"
[[exclude]]
path = 'a[\[]b/**'
rules = ["js-eval"]
reason = "not ours\u001b"
"#;
    fixture.write(".portcullis/config.toml", text);
    let show = || portcullis(&fixture, &fixture.work, &["config", "show"]);
    let first = show();
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    fs::write(fixture.work.join(".portcullis/config.toml"), &first.stdout).unwrap();
    let second = show();
    assert_eq!(
        String::from_utf8_lossy(&second.stdout),
        String::from_utf8_lossy(&first.stdout),
        "{}",
        String::from_utf8_lossy(&second.stderr)
    );
}

#[test]
fn paths_on_disk_count_from_the_teams_folder_wherever_the_command_runs() {
    let fixture = Fixture::new();
    fixture.write("sub/a.py", EVAL).write("sub/gen/b.py", EVAL).write("other/c.py", EVAL);
    fixture.write(
        ".portcullis/config.toml",
        "schema = 1\n[[exclude]]\npath = 'sub/gen/**'\nreason = 'made by a program'\n",
    );
    let a = "sub/a.py:2:12: error[python-eval]: eval or exec of a value";
    let c = "other/c.py:2:12: error[python-eval]: eval or exec of a value";
    check(&fixture, "", &["scan", "tree"], 1, &[c, a]);
    check(&fixture, "sub", &["scan", "tree"], 1, &[a]);
    check(&fixture, "sub", &["scan", "tree", "gen"], 0, &[]);
    check(&fixture, "sub", &["scan", "tree", "..", "../sub/./gen/b.py", "../sub/a.py"], 1, &[c, a]);
    check(&fixture, "sub/gen", &["scan", "tree", "../../other"], 1, &[c]);
}

#[test]
fn the_way_on_after_an_unapproved_dependency_works_as_it_is_written() {
    let fixture = Fixture::new();
    fixture.git(&["config", "user.name", "Ada"]);
    fixture.stage("package.json", package_json(&["left-pad"]));
    let output = portcullis(&fixture, &fixture.work, &["install"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let stopped = fixture.try_git_in(&fixture.work, &["commit", "-m", "x"], b"");
    let text = String::from_utf8(stopped.stderr).unwrap();
    let next = "next: fix the lines above (after an approval, `git add .portcullis/approved.toml` too), then\n  \
                git add package.json && git commit\n";
    assert!(text.contains(next), "{text}");
    let reason = ["deps", "approve", "npm:left-pad", "--reason", "pads lines of our tables to the left"];
    assert_eq!(portcullis(&fixture, &fixture.work, &reason).status.code(), Some(0));
    fixture.git(&["add", ".portcullis/approved.toml"]);
    fixture.git(&["add", "package.json"]);
    fixture.git(&["commit", "-q", "-m", "x"]);
}

#[test]
fn the_record_of_approvals_has_the_mode_of_any_other_file() {
    let fixture = Fixture::new();
    let record = fixture.work.join(".portcullis/approved.toml");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let approve = |name: &str| {
        let reason = ["deps", "approve", name, "--by", "Ada", "--reason", "pads lines of our tables"];
        assert_eq!(portcullis(&fixture, &fixture.work, &reason).status.code(), Some(0));
    };
    fixture.write("other", "");
    approve("npm:left-pad");
    assert_eq!(mode(&record), mode(&fixture.work.join("other")));
    fs::set_permissions(&record, fs::Permissions::from_mode(0o660)).unwrap();
    approve("npm:right-pad");
    assert_eq!(mode(&record), 0o660);
}

#[test]
fn the_way_on_works_from_a_folder_below_the_top() {
    let fixture = Fixture::new();
    assert_eq!(portcullis(&fixture, &fixture.work, &["install"]).status.code(), Some(0));
    fixture.stage("sub/a.py", EVAL);
    let stopped = fixture.try_git_in(&fixture.work.join("sub"), &["commit", "-m", "x"], b"");
    let text = String::from_utf8(stopped.stderr).unwrap();
    assert!(text.contains("\n  git add :/sub/a.py && git commit\n"), "{text}");
    fixture.git_in(&fixture.work.join("sub"), &["add", ":/sub/a.py"]);
}

/// What a command says when it has no answer.
#[track_caller]
fn check_no_answer(fixture: &Fixture, args: &[&str], expected: &str) {
    let output = portcullis(fixture, &fixture.work, args);
    let error = String::from_utf8(output.stderr).unwrap();
    let expected = format!("error: could not tell, so nothing goes on:{expected}\n");
    assert_eq!((output.status.code(), error), (Some(2), expected));
}

#[test]
fn what_git_says_is_told_without_its_advice() {
    let fixture = Fixture::new();
    fixture.commit("a", "a\n");
    check_no_answer(
        &fixture,
        &["scan", "range", "nope..HEAD"],
        " git rev-parse: exit status 128: fatal: ambiguous argument 'nope..HEAD': unknown revision or path not in \
         the working tree.",
    );
}

#[test]
fn the_teams_files_on_disk_are_regular_files() {
    let fixture = Fixture::new();
    fixture.write(".portcullis/rules/a.toml", "");
    let not_a_file = |name: &str| {
        format!(
            " .portcullis/{name}: must be a regular file in a folder, not a link or a submodule\n  \
             commit the file itself; what a link leads to cannot be reviewed"
        )
    };
    for name in ["config.toml", "approved.toml", "rules/a.toml"] {
        let path = fixture.work.join(".portcullis").join(name);
        let _ = fs::remove_file(&path);
        symlink("nowhere", &path).unwrap();
        check_no_answer(&fixture, &["scan", "tree"], &not_a_file(name));
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        check_no_answer(&fixture, &["scan", "tree"], &not_a_file(name));
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn one_mistake_in_a_rule_is_told_once() {
    let fixture = Fixture::new();
    let rule = "schema = 1\npack = 'own'\n[[rule]]\nid = 'own-rule'\ntitle = 'T'\ncategory = 'secret'\n\
                severity = 'high'\nconfidence = 'high'\nmessage = 'M'\nremediation = 'R'\n\
                pattern = 'abcd'\nkeywords = ['a']\n";
    fixture.write(".portcullis/rules/a.toml", rule);
    check_no_answer(
        &fixture,
        &["scan", "tree"],
        "\n.portcullis/rules/a.toml:12:12: `keywords`: a keyword needs at least 2 bytes\n  \
         correct the file; see docs/rule-format.md and docs/configuration.md",
    );
}

#[test]
fn moving_a_file_out_of_an_excluded_folder_does_not_excuse_what_is_in_it() {
    let fixture = Fixture::new();
    let exclude = "schema = 1\n[[exclude]]\npath = 'out/**'\nreason = 'written by a program'\n";
    fixture.commit(".portcullis/config.toml", exclude);
    fixture.commit("out/a.py", EVAL);
    fixture.commit("b.py", EVAL.replace('x', "y"));
    fixture.git(&["mv", "b.py", "moved.py"]);
    check(&fixture, "", &["scan", "staged"], 0, &[]);
    fixture.git(&["mv", "out/a.py", "a.py"]);
    let expected = ["a.py:2:12: error[python-eval]: eval or exec of a value"];
    check(&fixture, "", &["scan", "staged"], 1, &expected);
}

#[test]
fn a_standard_input_that_leads_nowhere_is_no_answer() {
    let fixture = Fixture::new();
    let program = crate::fixture::PROGRAM;
    let run = |script: String| fixture.said(&["-c", &format!("alias.run=!{script}"), "run"]);
    for args in ["scan stdin --path x", "hook pre-push origin url", "hook pre-receive"] {
        for nowhere in ["<&-", "</dev/null"] {
            let expected = "error: could not tell, so nothing goes on: standard input: is closed, so nothing can come from it\n";
            assert_eq!(
                run(format!("'{program}' {args} {nowhere}")),
                (2, expected.to_owned()),
                "{args} {nowhere}"
            );
        }
        let (code, said) = run(format!("printf '' | '{program}' {args}"));
        assert_eq!(code, 0, "{args}: {said}");
    }
}

#[test]
fn a_glob_of_a_rule_is_told_with_its_place() {
    let fixture = Fixture::new();
    let rule = "schema = 1\npack = 'own'\n[[rule]]\nid = 'own-rule'\ntitle = 'T'\ncategory = 'secret'\n\
                severity = 'high'\nconfidence = 'high'\nmessage = 'M'\nremediation = 'R'\n\
                pattern = 'abcd'\npaths = ['src/**', '[a']\n";
    fixture.write(".portcullis/rules/a.toml", rule);
    check_no_answer(
        &fixture,
        &["scan", "tree"],
        "\n.portcullis/rules/a.toml:12:9: `paths`: \"[a\": unclosed character class; missing ']'\n  \
         correct the file; see docs/rule-format.md and docs/configuration.md",
    );
}
