//! What `doctor` tells of hooks in every condition, and what it repairs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::world::{World, snapshot, stderr, write_script};

/// The kinds of problems that `doctor` tells, its exit code, and what it let git try.
#[track_caller]
fn examine(world: &World, args: &[&str]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let output = world.portcullis(&world.repo, &[&["doctor", "--format", "json"], args].concat());
    let answer: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let problems = answer["problems"].as_array().unwrap().iter();
    let trials = answer["trials"].as_array().unwrap().iter();
    let trials =
        trials.map(|it| format!("{} {} {}", it["hook"].as_str().unwrap(), it["stopped"], it["found"]));
    assert_eq!(answer["healthy"] == true, output.status.code() == Some(0));
    let kinds = problems.map(|it| it["kind"].as_str().unwrap().to_owned()).collect();
    (output.status.code(), kinds, trials.collect())
}

const TRIALS: [&str; 4] =
    ["pre-commit true true", "pre-merge-commit true true", "commit-msg true true", "pre-push true true"];

#[test]
fn healthy_hooks_stop_what_is_planted_and_nothing_is_touched() {
    let world = World::new();
    world.install();
    write_script(&world.hook("post-commit"), "#!/bin/sh\necho ran >> \"$HOME/calls\"\n");
    let before = snapshot(world.home.path());
    let (code, problems, trials) = examine(&world, &[]);
    assert_eq!((code, problems), (Some(0), Vec::new()));
    assert_eq!(trials, TRIALS);
    assert_eq!(snapshot(world.home.path()), before);
}

#[test]
fn a_server_is_tried_with_a_push() {
    let mut world = World::new();
    world.git(&["init", "-q", "--bare", "../server"]);
    let server = world.repo.with_file_name("server");
    assert!(world.portcullis(&server, &["install", "--server"]).status.success());
    world.repo = server;
    let (code, problems, trials) = examine(&world, &[]);
    assert_eq!((code, problems), (Some(0), Vec::new()));
    assert_eq!(trials, ["pre-receive true true"]);
}

type Harm = fn(&World);

#[test]
fn what_is_wrong_is_named_and_repaired() {
    let harms: [(&str, &[&str], Harm); 9] = [
        ("not installed", &["not-installed"], |world| drop(world.uninstall())),
        ("deleted", &["missing"], |world| fs::remove_file(world.hook("commit-msg")).unwrap()),
        ("not executable", &["not-executable"], |world| {
            fs::set_permissions(world.hook("pre-push"), fs::Permissions::from_mode(0o644)).unwrap();
        }),
        ("overwritten", &["taken-over"], |world| write_script(&world.hook("pre-commit"), "#!/bin/sh\n")),
        ("put aside by lefthook", &["taken-over"], |world| {
            fs::rename(world.hook("pre-commit"), world.hook("pre-commit.old")).unwrap();
            write_script(&world.hook("pre-commit"), "#!/bin/sh\n");
        }),
        ("of another version", &["outdated"], |world| {
            let text = fs::read_to_string(world.hook("pre-commit")).unwrap();
            write_script(&world.hook("pre-commit"), &text.replace("portcullis-shim 1", "portcullis-shim 0"));
        }),
        ("for a program that is gone", &["program-gone"; 4], |world| {
            for name in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
                let text = fs::read_to_string(world.hook(name)).unwrap();
                let program = world.program.to_str().unwrap();
                write_script(&world.hook(name), &text.replace(program, "/nonexistent/portcullis"));
            }
        }),
        ("elsewhere", &["shadowed"], |world| drop(world.git(&["config", "core.hooksPath", "other"]))),
        ("behind husky", &["shadowed"], |world| drop(world.git(&["config", "core.hooksPath", ".husky/_"]))),
    ];
    for (what, expected, harm) in harms {
        let world = World::new();
        world.install();
        harm(&world);
        let (code, problems, trials) = examine(&world, &[]);
        assert_eq!(
            (code, problems.iter().map(String::as_str).collect()),
            (Some(1), expected.to_vec()),
            "{what}"
        );
        assert!(trials.is_empty(), "{what}: nothing is planted where hooks are wrong");
        if what == "behind husky" {
            let fix = world.portcullis(&world.repo, &["doctor", "--fix"]);
            assert_eq!(fix.status.code(), Some(2), "husky's own files are not there");
            continue;
        }
        let (code, problems, trials) = examine(&world, &["--fix"]);
        assert_eq!((code, problems), (Some(0), Vec::new()), "{what}");
        assert_eq!(trials, TRIALS, "{what}");
    }
}

#[test]
fn hooks_that_git_is_told_not_to_run_are_named() {
    let world = World::new();
    world.install();
    world.git(&["config", "core.hooksPath", ""]);
    assert_eq!(examine(&world, &[]).1, ["hooks-path"]);
}

#[test]
fn a_program_that_does_not_scan_is_found_out() {
    let world = World::new();
    world.install();
    let doctor = world.program.with_file_name("doctor");
    // A copy would be open for writing while another test starts a program, which then cannot be run.
    fs::hard_link(&world.program, &doctor).unwrap();
    for (text, expected) in
        [("#!/bin/sh\nexit 0\n", "not-blocked"), ("#!/bin/sh\nexit 1\n", "blocked-by-other")]
    {
        fs::remove_file(&world.program).unwrap();
        write_script(&world.program, text);
        let output = world.run(world.command(&doctor, &world.repo).args(["doctor", "--format", "json"]));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["problems"][0]["kind"], expected);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn what_cannot_be_told_is_exit_two() {
    let world = World::new();
    let output = world.portcullis(world.home.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(2), "no repository");
    world.install();
    fs::write(world.repo.join(".git/portcullis/install.toml"), "format = 9").unwrap();
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(2), "no record that reads");
}

#[test]
fn a_push_warns_when_the_hooks_beside_it_are_taken_over() {
    let world = World::new();
    world.install();
    assert!(world.commit().status.success());
    world.git(&["init", "-q", "--bare", "../remote"]);
    let push = || stderr(&world.try_git(&world.repo, &["push", "-q", "../remote", "HEAD:refs/heads/main"]));
    assert_eq!(push(), "");
    let path = world.hook("pre-commit");
    fs::rename(&path, world.hook("pre-commit.old")).unwrap();
    write_script(&path, "#!/bin/sh\n");
    let expected = format!(
        "portcullis: warning: {}: is another program's hook; ours is {}, and is not run; see `portcullis doctor`\n",
        path.display(),
        world.hook("pre-commit.old").display()
    );
    assert_eq!(push(), expected);
}
