//! Ways around the doors that nobody has listed: odd repositories, odd environments, hooks that die.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::fixture::{Fixture, fake_github_token, one_commit};
use crate::world::{Seen, World, said, snapshot, write_script};

fn secret() -> String {
    format!("token = \"{}\"\n", fake_github_token())
}

/// One commit, an empty bare repository `there` known as `origin`, and the hook.
fn guarded() -> Fixture {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    fixture.guard("work/.git", "pre-push");
    fixture
}

/// Whether git goes through; when it does not, a finding has stopped it.
#[track_caller]
fn check(fixture: &Fixture, args: &[&str], passes: bool) {
    let (code, said) = fixture.said(args);
    let expected = if passes { (0, false) } else { (1, true) };
    assert_eq!((code, said.contains("1 secret in 1 file")), expected, "{args:?}: {said}");
}

#[test]
fn a_bare_repository_that_pushes_on_is_guarded() {
    let mut fixture = guarded();
    fixture
        .commit(".portcullis/config.toml", "schema = 1\n[[exclude]]\npath = 'out/**'\nreason = 'not ours'\n");
    fixture.commit("out/a.py", secret());
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "mirror"]);
    fixture.git(&["checkout", "-qb", "bad"]);
    fixture.commit("a.py", secret());
    fixture.git(&["push", "-q", "--no-verify", "../mirror", "bad"]);
    fixture.work = fixture.root.join("mirror");
    fixture.guard("mirror", "pre-push");
    check(&fixture, &["push", "-q", "../there", "main"], true);
    check(&fixture, &["push", "-q", "../there", "bad"], false);
    check(&fixture, &["push", "-q", "--mirror", "../there"], false);
}

#[test]
fn an_unborn_head_pushes_other_branches() {
    let fixture = guarded();
    fixture.commit("a.py", secret());
    fixture.git(&["checkout", "-q", "--orphan", "nothing-yet"]);
    check(&fixture, &["push", "-q", "origin", "main~1:refs/heads/main"], true);
    check(&fixture, &["push", "-q", "origin", "main"], false);
}

#[test]
fn a_policy_that_is_no_folder_is_no_reason_to_do_without() {
    let fixture = guarded();
    symlink("elsewhere", fixture.work.join(".portcullis")).unwrap();
    fixture.git(&["add", ".portcullis"]);
    fixture.git(&["commit", "-qm", "link"]);
    let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
    assert_eq!((code, said.contains(".portcullis: must be a regular file in a folder")), (1, true), "{said}");
}

#[test]
fn a_tag_on_a_tag_on_a_tag_is_read_to_the_end() {
    let fixture = guarded();
    fixture.git(&["tag", "-a", "-m", "clean", "inner"]);
    fixture.git(&["tag", "-a", "-m", &secret(), "middle", "inner"]);
    fixture.git(&["tag", "-a", "-m", "clean", "outer", "middle"]);
    check(&fixture, &["push", "-q", "origin", "inner"], true);
    check(&fixture, &["push", "-q", "origin", "outer"], false);
}

#[test]
fn nobody_listening_changes_no_answer() {
    let fixture = one_commit();
    fixture.guard("work/.git", "pre-commit");
    for (line, expected) in [("clean = 1\n".to_owned(), 0), (secret(), 1)] {
        for closed in [">&-", "2>&-", ">&- 2>&-", "| true"] {
            fixture.stage("a.py", &line);
            let alias = format!(
                "alias.quietly=!git commit --allow-empty -qm x {closed}; git log -1 --format=%s > '{}'",
                fixture.root.join("last").display()
            );
            let (before, _) = (fixture.git(&["rev-parse", "HEAD"]), fixture.said(&["-c", &alias, "quietly"]));
            let made = i32::from(before == fixture.git(&["rev-parse", "HEAD"]));
            assert_eq!(made, expected, "{closed}: {line}");
        }
    }
}

#[test]
fn a_home_and_a_temporary_folder_are_not_needed() {
    let fixture =
        guarded().with_var("TMPDIR", "/nonexistent").with_var("HOME", "").with_var("XDG_CONFIG_HOME", "");
    for hook in ["pre-commit", "commit-msg"] {
        fixture.guard("work/.git", hook);
    }
    fixture.stage("a.py", secret());
    check(&fixture, &["commit", "-qm", "x"], false);
    fixture.stage("a.py", "clean = 1\n");
    check(&fixture, &["commit", "-qm", "x"], true);
    check(&fixture, &["push", "-q", "origin", "main"], true);
}

#[test]
fn an_index_of_ones_own_is_the_one_that_counts() {
    let fixture = one_commit();
    fixture.guard("work/.git", "pre-commit");
    fixture.stage("a.py", secret()).write("sub/b.py", "clean = 1\n");
    // What is staged in the usual index is not committed from another one, and the reverse.
    let own = fixture.root.join("index");
    let fixture = fixture.with_var("GIT_INDEX_FILE", &own);
    fixture.git(&["read-tree", "HEAD"]);
    fixture.git(&["add", "sub/b.py"]);
    check(&fixture, &["-C", "sub", "commit", "-qm", "x"], true);
    fixture.git(&["add", "a.py"]);
    check(&fixture, &["-C", "sub", "commit", "-qm", "x"], false);
}

#[test]
fn names_and_urls_that_git_changes_lead_to_the_same_remote() {
    let fixture = guarded();
    fixture.commit("a.py", secret());
    fixture.git(&["push", "-q", "--no-verify", "origin", "main"]);
    fixture.git(&["remote", "rename", "origin", "team/up.stream"]);
    fixture.git(&["config", "remote.team/up.stream.url", "short:there"]);
    fixture.git(&["config", &format!("url.{}/.pushInsteadOf", fixture.root.display()), "short:"]);
    fixture.commit("b.py", "clean = 1\n");
    check(&fixture, &["push", "-q", "team/up.stream", "main"], true);
    fixture.commit("b.py", secret());
    check(&fixture, &["push", "-q", "team/up.stream", "main:refs/heads/--all"], false);
}

#[test]
fn a_push_that_pushes_submodules_first_meets_their_hooks() {
    let fixture = guarded();
    fixture.approve_submodule("../library");
    fixture.git(&["push", "-q", "origin", "main"]);
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "library"]);
    let allow = ["-c", "protocol.file.allow=always"];
    fixture.git(&[&allow[..], &["submodule", "--quiet", "add", "../library", "sub"]].concat());
    fixture.guard("work/.git/modules/sub", "pre-push");
    fixture.git(&["commit", "-qm", "submodule"]);
    let push = [&allow[..], &["push", "-q", "--recurse-submodules=on-demand", "origin", "main"]].concat();
    check(&fixture, &push, true);
    for (line, passes) in [("clean = 1\n".to_owned(), true), (secret(), false)] {
        fixture.write("sub/a.py", &line);
        fixture.git(&["-C", "sub", "add", "a.py"]);
        fixture.git(&["-C", "sub", "commit", "-qm", "in the submodule"]);
        fixture.git(&["commit", "-qam", "newer submodule"]);
        let (code, said) = fixture.said(&push);
        assert_eq!((code == 0, said.contains("1 secret in 1 file")), (passes, !passes), "{said}");
    }
}

#[test]
fn a_hook_that_is_killed_leaves_nothing_half_done() {
    let fixture = guarded();
    fixture.commit("a.py", secret());
    fixture.put_slow_git("work/.git", "pre-push");
    let mut push = Command::new("sh");
    let id = fixture.root.join("id");
    let script = format!(
        "echo $$ > '{}'; exec '{}' hook pre-push origin ../there",
        id.display(),
        crate::fixture::PROGRAM
    );
    let path = std::env::join_paths(
        [fixture.root.join("bin")].into_iter().chain(std::env::split_paths(&crate::world::path())),
    )
    .unwrap();
    push.current_dir(&fixture.work).env("PATH", path).args(["-c", &script]).stdin(Stdio::piped());
    let mut child = push.spawn().unwrap();
    let update = format!(
        "refs/heads/main {} refs/heads/main {}\n",
        fixture.git(&["rev-parse", "main"]),
        "0".repeat(40)
    );
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), update.as_bytes()).unwrap();
    while !id.exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = |name: &str| fixture.work.join(".git").join(name).exists();
    assert!(!left("index.lock") && !left("portcullis/clean"), "nothing is left behind");
    fs::remove_dir_all(fixture.root.join("bin")).unwrap();
    fixture.guard("work/.git", "pre-push");
    check(&fixture, &["push", "-q", "origin", "main"], false);
    check(&fixture, &["push", "-q", "origin", "main~1:refs/heads/main"], true);
}

#[test]
fn an_amended_message_alone_brings_nothing_in() {
    let fixture = one_commit();
    fixture.commit("a.py", secret());
    for hook in ["pre-commit", "commit-msg"] {
        fixture.guard("work/.git", hook);
    }
    check(&fixture, &["commit", "-q", "--amend", "-m", "better words"], true);
    check(&fixture, &["commit", "-q", "--amend", "-m", &secret()], false);
}

#[test]
fn a_repository_made_from_a_template_with_our_hooks_is_guarded() {
    let world = World::new();
    world.install();
    let template = world.home.path().join("template");
    fs::create_dir(&template).unwrap();
    fs::rename(world.repo.join(".git/hooks"), template.join("hooks")).unwrap();
    world.git(&["config", "--global", "init.templateDir", template.to_str().unwrap()]);
    world.git(&["init", "-q", "../new"]);
    let new = world.repo.with_file_name("new");
    world.check_guarded(&new);
    assert!(world.portcullis(&new, &["install"]).status.success(), "a copy is ours already");
    world.check_guarded(&new);
    assert!(world.portcullis(&new, &["uninstall"]).status.success());
    assert!(!new.join(".git/hooks/pre-commit").exists());
    assert!(template.join("hooks/pre-commit").exists(), "the template is somebody else's");
}

#[test]
fn git_lfs_still_gets_the_list_of_what_is_pushed_after_us() {
    let mut world = World::new();
    let tools = world.home.path().join("tools");
    write_script(&tools.join("git-lfs"), "#!/bin/sh\n{ echo \"$@\"; cat; } >> \"$HOME/calls\"\n");
    world.tools = vec![tools];
    let hook = "#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 missing; exit 2; }\ngit lfs pre-push \"$@\"\n";
    write_script(&world.hook("pre-push"), hook);
    world.install();
    world.git(&["init", "-q", "--bare", "../there"]);
    assert!(world.commit().status.success());
    let push = || world.try_git(&world.repo, &["push", "-q", "../there", "HEAD:refs/heads/main"]);
    let clean = push();
    assert!(clean.status.success(), "{}", said(&clean));
    let update =
        format!("HEAD {} refs/heads/main {}\n", world.git(&["rev-parse", "HEAD"]).trim(), "0".repeat(40));
    assert_eq!(world.calls(), format!("pre-push ../there ../there\n{update}"));
    fs::write(world.repo.join("a.py"), secret()).unwrap();
    world.git(&["add", "a.py"]);
    world.git(&["commit", "-q", "--no-verify", "-m", "bad"]);
    let bad = push();
    assert_eq!(
        (bad.status.success(), said(&bad).contains("1 secret in 1 file"), world.calls()),
        (false, true, String::new())
    );
}

#[test]
fn a_formatter_that_writes_the_index_anew_is_looked_at_again_in_every_kind_of_commit() {
    for (args, index) in [
        (&["commit", "-qm", "x"][..], "usual"),
        (&["commit", "-qam", "x"], "of -a"),
        (&["commit", "-qm", "x", "file"], "of a path"),
    ] {
        for bad in [false, true] {
            let world = World::new();
            fs::write(world.repo.join("file"), "old\n").unwrap();
            world.git(&["add", "file"]);
            world.git(&["commit", "-qm", "first"]);
            let line = if bad { secret() } else { "formatted = 1\n".to_owned() };
            let hook = format!("#!/bin/sh\ncat > file <<'EOF'\n{line}EOF\ngit add file\n");
            write_script(&world.hook("pre-commit"), &hook);
            world.install();
            fs::write(world.repo.join("file"), "new\n").unwrap();
            if args.len() == 3 && args[1] == "-qm" {
                world.git(&["add", "file"]);
            }
            let output = world.try_git(&world.repo, args);
            let expected = if bad { (Some(1), true) } else { (Some(0), false) };
            assert_eq!(
                (output.status.code(), said(&output).contains("1 secret in 1 file")),
                expected,
                "index {index}: {}",
                said(&output)
            );
        }
    }
}

#[test]
fn a_commit_and_a_push_touch_nothing_but_what_git_touches() {
    let world = World::new();
    world.install();
    world.git(&["init", "-q", "--bare", "../there"]);
    fs::write(world.repo.join("a.py"), secret()).unwrap();
    fs::write(world.repo.join("unstaged.py"), "not added\n").unwrap();
    world.git(&["add", "a.py"]);
    // Git writes the tree before it runs any hook: here for one that only says no.
    write_script(&world.home.path().join("no/pre-commit"), "#!/bin/sh\nexit 1\n");
    let no = format!("core.hooksPath={}", world.home.path().join("no").display());
    assert!(!world.try_git(&world.repo, &["-c", &no, "commit", "-qm", "bad"]).status.success());
    let before = snapshot(&world.repo);
    let stopped = world.try_git(&world.repo, &["commit", "-qm", "bad"]);
    assert_eq!(stopped.status.code(), Some(1), "{}", said(&stopped));
    let changed = |before: &BTreeMap<PathBuf, Seen>| {
        let after = snapshot(&world.repo);
        let names = before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path));
        names.map(|path| path.strip_prefix(&world.repo).unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    // Git itself refreshes the index before it runs the hook.
    let gits_own: BTreeSet<PathBuf> = [PathBuf::from(".git/index")].into();
    assert!(changed(&before).is_subset(&gits_own), "{:?}", changed(&before));
    world.git(&["commit", "-q", "--no-verify", "-m", "bad"]);
    let before = snapshot(&world.repo);
    let push = world.try_git(&world.repo, &["push", "-q", "../there", "HEAD:refs/heads/main"]);
    assert!(said(&push).contains("1 secret in 1 file"), "{}", said(&push));
    // A push remembers what was clean, and nothing was.
    let ours = changed(&before).into_iter().filter(|path| !path.starts_with(".git/portcullis"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}
