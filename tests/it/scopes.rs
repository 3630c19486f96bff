//! Hooks for one repository and for all, beside hooks of others in every place where git looks for them.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::world::{World, blocking_line, path, skipped, snapshot, stderr, write_script};

/// A hook that tells that it ran, with its arguments and input.
const LOG: &str = "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" >> \"$HOME/calls\"\ncat >> \"$HOME/calls\"\n";

#[track_caller]
fn install(world: &World, dir: &Path, args: &[&str]) -> Output {
    let output = world.portcullis(dir, &[&["install"], args].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

fn git_is_new(world: &World) -> bool {
    let version = world.git(&["version"]);
    let mut numbers =
        version.trim_start_matches("git version ").split('.').map(|it| it.parse::<u32>().unwrap_or(0));
    let is_new = (numbers.next(), numbers.next()) >= (Some(2), Some(54));
    if !is_new {
        skipped(&format!("{} does not run hooks named in its configuration", version.trim()));
    }
    is_new
}

#[test]
fn hooks_that_all_repositories_share_run_after_ours() {
    for (value, folder) in [("~/shared", "shared"), (".githooks", "repo/.githooks")] {
        let world = World::new();
        let shared = world.home.path().canonicalize().unwrap().join(folder);
        for name in ["pre-commit", "commit-msg", "post-commit"] {
            write_script(&shared.join(name), LOG);
        }
        write_script(&world.hook("pre-commit"), "#!/bin/sh\necho dormant >> \"$HOME/calls\"\n");
        world.git(&["config", "--global", "core.hooksPath", value]);
        world.install();
        assert!(world.commit().status.success());
        let shown = if value.starts_with('~') { shared.display().to_string() } else { value.to_owned() };
        let expected =
            format!("{shown}/pre-commit|{shown}/commit-msg|.git/COMMIT_EDITMSG|{shown}/post-commit|");
        assert_eq!(world.calls(), expected);
        world.check_guarded(&world.repo);
        world.calls();
        let doctor = world.portcullis(&world.repo, &["doctor"]);
        assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
        write_script(&shared.join("post-merge"), LOG);
        assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(1), "it is not run here");
        world.uninstall();
        assert_eq!(
            world.git(&["config", "core.hooksPath"]).trim(),
            if value.starts_with('~') { "~/shared" } else { value }
        );
    }
}

#[test]
fn a_shared_hook_that_runs_the_repositorys_own_does_not_go_in_a_circle() {
    for ask in ["git rev-parse --git-path hooks", "echo \"$(git rev-parse --git-common-dir)/hooks\""] {
        let world = World::new();
        let text = format!(
            "#!/bin/sh\necho shared >> \"$HOME/calls\"\nown=$({ask})/pre-commit\n[ -x \"$own\" ] || exit 0\n\"$own\"\n"
        );
        write_script(&world.home.path().join("shared/pre-commit"), &text);
        write_script(&world.hook("pre-commit"), "#!/bin/sh\necho own >> \"$HOME/calls\"\n");
        world.git(&["config", "--global", "core.hooksPath", "~/shared"]);
        world.install();
        assert!(world.commit().status.success());
        let calls = world.calls();
        assert_eq!(calls.matches("shared").count(), 1, "{ask}: {calls}");
        world.check_guarded(&world.repo);
    }
}

#[test]
fn a_repository_that_was_moved_is_found_out_and_repaired() {
    let mut world = World::new();
    write_script(&world.home.path().join("shared/pre-commit"), LOG);
    world.git(&["config", "--global", "core.hooksPath", "~/shared"]);
    world.install();
    let moved = world.repo.with_file_name("moved");
    fs::rename(&world.repo, &moved).unwrap();
    let old = std::mem::replace(&mut world.repo, moved);
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(1));
    let fixed = world.portcullis(&world.repo, &["doctor", "--fix"]);
    assert!(fixed.status.success(), "{}", stderr(&fixed));
    assert!(!old.exists());
    world.check_guarded(&world.repo);
    world.uninstall();
    assert!(!fs::read_to_string(world.repo.join(".git/config")).unwrap().contains("hooksPath"));
}

#[test]
fn husky_runs_us_first_and_its_script_reads_the_same_input() {
    let world = World::new();
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        let wrapper = "#!/bin/sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n\
                       [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n";
        write_script(&world.repo.join(".husky/_").join(name), wrapper);
    }
    fs::write(world.repo.join(".husky/pre-push"), "cat >> \"$HOME/calls\"\n").unwrap();
    world.git(&["config", "core.hooksPath", ".husky/_"]);
    install(&world, &world.repo, &["--hooks", "pre-commit,pre-push"]);
    assert!(!world.repo.join(".husky/commit-msg").exists());

    let commit = world.commit();
    assert!(!commit.status.success(), "without the program nothing is committed");
    let local = world.home.path().join(".local/bin");
    fs::create_dir_all(&local).unwrap();
    fs::hard_link(&world.program, local.join("portcullis")).unwrap();
    world.check_guarded(&world.repo);
    world.git(&["init", "-q", "--bare", "../remote"]);
    world.git(&["push", "-q", "../remote", "HEAD:refs/heads/main"]);
    let head = world.git(&["rev-parse", "HEAD"]).trim().to_owned();
    assert_eq!(world.calls(), format!("HEAD {head} refs/heads/main {}\n", "0".repeat(head.len())));
    let doctor = world.portcullis(&world.repo, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));

    world.git(&["add", "-f", ".husky/pre-commit"]);
    world.git(&["commit", "-q", "-m", "scripts"]);
    world.git(&["worktree", "add", "-q", "../linked"]);
    let linked = world.portcullis(&world.repo.with_file_name("linked"), &["doctor"]);
    assert_eq!(linked.status.code(), Some(1), "husky has written nothing there");
    fs::write(world.repo.join(".husky/pre-commit"), "true\n").unwrap();
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(1));
}

#[test]
fn only_the_hooks_that_were_asked_for_are_written_and_more_can_follow() {
    let world = World::new();
    install(&world, &world.repo, &["--hooks", "pre-push"]);
    assert!(!world.hook("pre-commit").exists());
    install(&world, &world.repo, &["--hooks", "pre-commit"]);
    let names: Vec<bool> =
        ["pre-commit", "pre-merge-commit", "pre-push"].map(|name| world.hook(name).exists()).into();
    assert_eq!(names, [true, false, true]);
    for wrong in ["pre-receive", "post-merge", ""] {
        let output = world.portcullis(&world.repo, &["install", "--hooks", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn force_sets_the_older_of_two_kept_hooks_aside() {
    let world = World::new();
    write_script(&world.hook("pre-commit"), "#!/bin/sh\necho first >> \"$HOME/calls\"\n");
    world.install();
    write_script(&world.hook("pre-commit"), "#!/bin/sh\necho second >> \"$HOME/calls\"\n");
    let refused = world.portcullis(&world.repo, &["install"]);
    assert_eq!(refused.status.code(), Some(2));
    install(&world, &world.repo, &["--force"]);
    assert!(world.commit().status.success());
    assert_eq!(world.calls(), "second\n");
    let aside = world.hook("portcullis.chain/pre-commit.replaced");
    assert!(world.uninstall().contains(&format!("left {}", aside.display())));
    assert!(fs::read_to_string(aside).unwrap().contains("first"));
}

#[test]
fn all_repositories_that_ask_for_it_are_guarded_and_keep_their_own_hooks() {
    let world = World::new();
    let before = snapshot(world.home.path());
    install(&world, &world.repo, &["--scope", "global", "--method", "shim"]);
    let installed = snapshot(world.home.path());
    install(&world, &world.repo, &["--scope", "global"]);
    assert_eq!(snapshot(world.home.path()), installed, "a second time changes nothing");

    for name in ["pre-commit", "pre-push", "post-commit"] {
        write_script(&world.hook(name), LOG);
    }
    let commit = |dir: &Path| world.try_git(dir, &["commit", "-q", "--allow-empty", "-m", "x"]);
    fs::write(world.repo.join("settings.py"), blocking_line()).unwrap();
    world.git(&["add", "."]);
    assert!(commit(&world.repo).status.success(), "this repository did not ask");
    assert_eq!(world.calls(), ".git/hooks/pre-commit|.git/hooks/post-commit|");
    world.git(&["rm", "-q", "settings.py"]);
    assert!(commit(&world.repo).status.success());

    fs::create_dir(world.repo.join(".portcullis")).unwrap();
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(0));
    world.check_guarded(&world.repo);
    world.git(&["worktree", "add", "-q", "../linked"]);
    fs::create_dir(world.repo.with_file_name("linked").join(".portcullis")).unwrap();
    world.check_guarded(&world.repo.with_file_name("linked"));

    world.git(&["init", "-q", "--bare", "../remote"]);
    world.calls();
    let push = world.try_git(&world.repo, &["push", "-q", "../remote", "HEAD~2:refs/heads/main"]);
    assert!(!push.status.success(), "the commit from before is stopped here");
    assert_eq!(world.calls(), "");
    world.git(&["checkout", "-q", "--orphan", "other"]);
    assert!(commit(&world.repo).status.success());
    world.calls();
    world.git(&["push", "-q", "../remote", "HEAD:refs/heads/other"]);
    let head = world.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let line = format!("HEAD {head} refs/heads/other {}\n", "0".repeat(head.len()));
    assert_eq!(world.calls(), format!(".git/hooks/pre-push|../remote|../remote|{line}"));

    world.install();
    world.check_guarded(&world.repo);
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(0));
    world.uninstall();

    let output = world.portcullis(&world.repo, &["uninstall", "--scope", "global"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let names = |seen: &std::collections::BTreeMap<_, _>| -> Vec<std::path::PathBuf> {
        let outside = |path: &&std::path::PathBuf| {
            !path.starts_with(&world.repo) && !path.starts_with(world.repo.with_file_name("linked"))
        };
        seen.keys().filter(outside).cloned().collect()
    };
    let mut after = snapshot(world.home.path());
    after
        .retain(|path, _| !path.starts_with(world.repo.with_file_name("remote")) && !path.ends_with("calls"));
    assert_eq!(names(&after), names(&before));
    let config = world.home.path().canonicalize().unwrap().join(".gitconfig");
    assert_eq!(after[&config].2, before[&config].2);
}

#[test]
fn with_always_every_repository_is_guarded() {
    let world = World::new();
    install(&world, &world.repo, &["--scope", "global", "--method", "shim", "--always"]);
    world.check_guarded(&world.repo);
    assert_eq!(world.portcullis(&world.repo, &["doctor"]).status.code(), Some(0));
}

#[test]
fn repositories_are_made_cloned_and_served_while_all_are_guarded() {
    let world = World::new();
    world.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    install(&world, &world.repo, &["--scope", "global", "--method", "shim"]);
    world.git(&["init", "-q", "../plain"]);
    world.git(&["init", "-q", "--bare", "../bare"]);
    world.git(&["push", "-q", "../bare", "HEAD:refs/heads/main"]);
    world.git(&["clone", "-q", "../bare", "../clone"]);
    world.git(&["worktree", "add", "-q", "../linked"]);
    write_script(&world.repo.with_file_name("bare").join("hooks/pre-receive"), "#!/bin/sh\nexit 1\n");
    let refused = world.try_git(&world.repo, &["push", "-q", "../bare", "HEAD:refs/heads/other"]);
    assert!(!refused.status.success(), "a server's own hook decides");
}

#[test]
fn a_folder_that_others_chose_for_all_repositories_is_not_taken() {
    for file in [".gitconfig", ".config/git/config"] {
        let world = World::new();
        let file = world.home.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        world.git(&["config", "--file", file.to_str().unwrap(), "core.hooksPath", "/srv/hooks"]);
        let before = snapshot(world.home.path());
        let output = world.portcullis(&world.repo, &["install", "--scope", "global", "--method", "shim"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("core.hooksPath: set for all repositories to /srv/hooks"));
        assert_eq!(snapshot(world.home.path()), before);
    }
}

#[test]
fn an_old_git_is_not_given_hooks_that_it_passes_over() {
    let world = World::new();
    let old = world.home.path().join("old");
    write_script(
        &old.join("git"),
        "#!/bin/sh\n[ \"$1\" = version ] && { echo git version 2.53.1; exit; }\nexec /usr/bin/env -i PATH=\"$REAL\" git \"$@\"\n",
    );
    let before = snapshot(world.home.path());
    for scope in ["repo", "global"] {
        let mut command = world.command(&world.program, &world.repo);
        let path = path();
        let with_old = std::env::join_paths([&old].into_iter().cloned().chain(std::env::split_paths(&path)));
        command.env("PATH", with_old.unwrap()).env("REAL", &path);
        let output = world.run(command.args(["install", "--method", "config", "--scope", scope]));
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains("since version 2.54; ") && said.contains("git has version 2.53"), "{said}");
        assert_eq!(snapshot(world.home.path()), before);
    }
}

#[test]
fn gits_own_configuration_can_name_us_beside_any_hooks_folder() {
    let world = World::new();
    if !git_is_new(&world) {
        return;
    }
    write_script(&world.hook("pre-commit"), LOG);
    let before = fs::read(world.repo.join(".git/config")).unwrap();
    install(&world, &world.repo, &["--method", "config"]);
    let nothing = install(&world, &world.repo, &[]);
    assert!(String::from_utf8_lossy(&nothing.stdout).starts_with("nothing to do"));
    world.check_guarded(&world.repo);
    assert_eq!(world.calls(), ".git/hooks/pre-commit|.git/hooks/pre-commit|");
    let shim = world.portcullis(&world.repo, &["install", "--method", "shim"]);
    assert!(stderr(&shim).contains("installed with `--method config` already"));
    // An older git on PATH keeps `doctor` from calling this healthy.
    let doctor = world.portcullis(&world.repo, &["doctor", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let mut problems = answer["problems"].as_array().unwrap().iter();
    assert!(problems.all(|problem| problem["kind"] == "old-git"), "{answer}");
    world.git(&["config", "hook.portcullis-pre-push.enabled", "false"]);
    let doctor = world.portcullis(&world.repo, &["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("hook.portcullis-pre-push.enabled: is false"));
    world.git(&["config", "--unset", "hook.portcullis-pre-push.enabled"]);
    world.uninstall();
    assert_eq!(fs::read(world.repo.join(".git/config")).unwrap(), before);
}

#[test]
fn gits_own_configuration_can_guard_all_repositories() {
    let world = World::new();
    if !git_is_new(&world) {
        return;
    }
    let only_new = path();
    let only_new = std::env::split_paths(&only_new).next().unwrap();
    let run = |args: &[&str]| {
        // The folders behind it are for sh and its tools, under a name that is not git.
        let tools = world.home.path().join("tools");
        fs::create_dir_all(&tools).unwrap();
        for tool in ["sh", "cat", "cp"] {
            let _ = std::os::unix::fs::symlink(Path::new("/bin").join(tool), tools.join(tool));
        }
        let mut command = world.command(&world.program, &world.repo);
        world.run(command.env("PATH", std::env::join_paths([&only_new, &tools]).unwrap()).args(args))
    };
    let before = fs::read(world.home.path().join(".gitconfig")).unwrap();
    let output = run(&["install", "--scope", "global"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!world.home.path().join(".config/portcullis/hooks").exists(), "every git in reach is new");
    fs::write(world.repo.join("settings.py"), blocking_line()).unwrap();
    world.git(&["add", "."]);
    assert!(world.commit().status.success(), "this repository did not ask");
    world.git(&["rm", "-q", "-f", "settings.py"]);
    fs::create_dir(world.repo.join(".portcullis")).unwrap();
    world.check_guarded(&world.repo);
    let doctor = run(&["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    assert!(run(&["uninstall", "--scope", "global"]).status.success());
    assert_eq!(fs::read(world.home.path().join(".gitconfig")).unwrap(), before);
    assert!(!world.home.path().join(".config").exists());
}
