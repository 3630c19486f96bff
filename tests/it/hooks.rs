//! Hooks in real repositories, each in a world of its own: what `install` writes, what git then runs, and what
//! `uninstall` leaves.

#![allow(clippy::unwrap_used, reason = "a test may panic, also in its helpers")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::world::{Seen, World, blocking_line, snapshot, stderr, write_script};

/// What a spy tells of a commit.
const COMMIT: &str = "hook,pre-commit,hook,commit-msg,.git/COMMIT_EDITMSG,";
const AGREES: &str = "#!/bin/sh\nexit 0\n";

/// States in which a repository may be when we come.
type Prepare = fn(&World);
const STATES: [(&str, Prepare); 16] = [
    ("without a hooks folder", |_| {}),
    ("with an empty hooks folder", |world| fs::create_dir(world.hook("")).unwrap()),
    ("with a hook", |world| write_script(&world.hook("pre-commit"), AGREES)),
    ("with every hook", |world| {
        for name in ["pre-commit", "pre-merge-commit", "pre-push", "commit-msg"] {
            write_script(&world.hook(name), AGREES);
        }
    }),
    ("with a hook that is not executable", |world| {
        write_script(&world.hook("pre-commit"), "#!/bin/sh\nexit 1\n");
        fs::set_permissions(world.hook("pre-commit"), fs::Permissions::from_mode(0o640)).unwrap();
    }),
    ("with a hook and its siblings", |world| {
        for name in ["pre-commit", "pre-commit.legacy", "pre-commit.old", "pre-push.old"] {
            write_script(&world.hook(name), AGREES);
        }
    }),
    ("with a link to an absolute path", |world| {
        write_script(&world.repo.join("check.sh"), AGREES);
        fs::create_dir(world.hook("")).unwrap();
        symlink(world.repo.join("check.sh"), world.hook("pre-commit")).unwrap();
    }),
    ("with a link to a relative path", |world| {
        write_script(&world.repo.join("check.sh"), AGREES);
        fs::create_dir(world.hook("")).unwrap();
        symlink("../../check.sh", world.hook("pre-commit")).unwrap();
    }),
    ("with a folder of its own for hooks", |world| {
        write_script(&world.repo.join(".githooks/pre-push"), AGREES);
        world.git(&["config", "core.hooksPath", ".githooks"]);
    }),
    ("with a folder elsewhere for hooks", |world| {
        let elsewhere = world.repo.with_file_name("else where");
        write_script(&elsewhere.join("pre-push"), AGREES);
        world.git(&["config", "core.hooksPath", elsewhere.to_str().unwrap()]);
    }),
    ("with a deep folder for hooks that does not exist", |world| {
        world.git(&["config", "core.hooksPath", "a/b/c"]);
    }),
    ("with a folder for all repositories", |world| {
        write_script(&world.home.path().join("shared/pre-commit"), AGREES);
        write_script(&world.home.path().join("shared/post-commit"), AGREES);
        write_script(&world.hook("pre-commit"), "#!/bin/sh\nexit 1\n");
        world.git(&["config", "--global", "core.hooksPath", "~/shared"]);
    }),
    ("with a folder for all repositories that does not exist", |world| {
        world.git(&["config", "--global", "core.hooksPath", "/nonexistent/hooks"]);
    }),
    ("with a relative folder for all repositories", |world| {
        write_script(&world.repo.join(".githooks/pre-commit"), AGREES);
        world.git(&["config", "--global", "core.hooksPath", ".githooks"]);
    }),
    ("with husky", |world| {
        husky(world);
        fs::write(world.repo.join(".husky/pre-commit"), "true\n").unwrap();
        write_script(&world.repo.join(".husky/commit-msg"), "#!/bin/sh\ntrue");
    }),
    ("with husky and no scripts", husky),
];

/// What husky does, as far as git sees it.
fn husky(world: &World) {
    for name in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        let text = "#!/bin/sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n\
                    [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n";
        write_script(&world.repo.join(".husky/_").join(name), text);
    }
    world.git(&["config", "core.hooksPath", ".husky/_"]);
    // Its lines name the program as everybody has it.
    let local = world.home.path().join(".local/bin");
    fs::create_dir_all(&local).unwrap();
    symlink(&world.program, local.join("portcullis")).unwrap();
}

#[test]
fn uninstall_leaves_every_byte_as_it_was_before_install() {
    for (state, prepare) in STATES {
        let world = World::new();
        prepare(&world);
        let before = snapshot(world.home.path());

        assert!(world.portcullis(&world.repo, &["install", "--dry-run"]).status.success());
        assert_eq!(snapshot(world.home.path()), before, "a dry run changes nothing {state}");
        world.install();
        let installed = snapshot(world.home.path());
        assert_ne!(installed, before, "{state}");
        world.install();
        assert_eq!(snapshot(world.home.path()), installed, "a second time changes nothing {state}");
        assert!(world.commit().status.success(), "a commit goes through {state}");
        world.git(&["update-ref", "-d", "HEAD"]);

        assert!(world.portcullis(&world.repo, &["uninstall", "--dry-run"]).status.success());
        world.uninstall();
        let without_commit = |paths: BTreeMap<PathBuf, Seen>| -> BTreeMap<_, _> {
            let by_git = ["objects", "logs", "COMMIT_EDITMSG", "index", "refs"];
            let git_dir = world.repo.join(".git");
            // Git and we write these anew, as another file with the same content.
            let anew = [git_dir.join("config"), world.repo.join(".husky")];
            let without_inode = |(path, (inode, mode, bytes)): (PathBuf, Seen)| {
                let is_new = anew.iter().any(|top| path.starts_with(top));
                (path, (if is_new { 0 } else { inode }, mode, bytes))
            };
            paths
                .into_iter()
                .filter(|(p, _)| by_git.iter().all(|name| !p.starts_with(git_dir.join(name))))
                .map(without_inode)
                .collect()
        };
        assert_eq!(without_commit(snapshot(world.home.path())), without_commit(before), "{state}");
        assert_eq!(world.uninstall(), "nothing to do: no hook of portcullis is installed here\n");
    }
}

#[test]
fn a_place_that_is_not_ours_is_refused_and_not_touched() {
    let refusals: [(Prepare, &str, &str); 9] = [
        (|world| fs::create_dir_all(world.hook("pre-push")).unwrap(), ".git/hooks/pre-push", "is a folder"),
        (
            |world| {
                write_script(&world.hook("pre-commit"), AGREES);
                symlink("nowhere", world.hook("pre-push")).unwrap();
            },
            ".git/hooks/pre-push",
            "is a symbolic link to something that does not exist",
        ),
        (
            |world| {
                fs::create_dir(world.repo.join("elsewhere")).unwrap();
                symlink("../elsewhere", world.repo.join(".git/hooks")).unwrap();
            },
            ".git/hooks",
            "is a symbolic link;",
        ),
        (
            |world| {
                write_script(&world.hook("pre-commit"), AGREES);
                fs::set_permissions(world.hook(""), fs::Permissions::from_mode(0o555)).unwrap();
            },
            ".git/hooks",
            "is read-only",
        ),
        (
            |world| drop(world.git(&["config", "core.hooksPath", "/proc/self"])),
            "/proc/self",
            "", // The kernel says no in words of its own.
        ),
        (|world| drop(world.git(&["config", "core.hooksPath", "/dev/null"])), "/dev/null", "is not a folder"),
        (|world| drop(world.git(&["config", "core.hooksPath", ""])), "core.hooksPath", "set to nothing"),
        (
            |world| {
                husky(world);
                symlink("elsewhere", world.repo.join(".husky/pre-push")).unwrap();
            },
            ".husky/pre-push",
            "is a symbolic link;",
        ),
        (
            |world| {
                write_script(&world.hook("pre-commit"), AGREES);
                write_script(&world.hook("portcullis.chain/pre-commit"), "#!/bin/sh\nexit 1\n");
            },
            ".git/hooks/pre-commit",
            "cannot be kept, because ",
        ),
    ];
    for (prepare, object, words) in refusals {
        let world = World::new();
        prepare(&world);
        let before = snapshot(world.home.path());
        let output = world.portcullis(&world.repo, &["install"]);
        assert!(!output.status.success(), "{object}: {words}");
        let said = stderr(&output);
        assert!(said.contains(object) && said.contains(words), "{object}: {words}: {said}");
        assert_eq!(snapshot(world.home.path()), before, "{object}: {words}");
    }
}

#[test]
fn git_runs_our_program_with_the_hooks_arguments_and_input() {
    let world = World::new();
    world.install();
    world.put_spy();
    assert!(world.commit().status.success());
    assert_eq!(world.calls(), COMMIT);

    world.git(&["branch", "-M", "main"]);
    world.git(&["init", "-q", "--bare", "../remote"]);
    world.git(&["push", "-q", "../remote", "main"]);
    let head = world.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let none = "0".repeat(head.len());
    let expected =
        format!("hook,pre-push,../remote,../remote,refs/heads/main {head} refs/heads/main {none}\n");
    assert_eq!(world.calls(), expected);

    world.git(&["checkout", "-q", "-b", "side"]);
    world.git(&["commit", "-q", "--allow-empty", "-m", "side"]);
    world.git(&["checkout", "-q", "main"]);
    world.calls();
    world.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    assert_eq!(world.calls(), "hook,pre-merge-commit,hook,commit-msg,.git/MERGE_MSG,");
}

#[test]
fn a_hook_that_was_there_before_still_runs_and_decides() {
    let world = World::new();
    let log = "#!/bin/sh\nprintf '%s|' \"${0##*/}\" \"$@\" >> \"$HOME/calls\"\ncat >> \"$HOME/calls\"\n";
    write_script(&world.hook("pre-commit"), log);
    write_script(&world.hook("pre-push"), log);
    world.install();
    assert!(world.commit().status.success());
    assert_eq!(world.calls(), "pre-commit|");
    world.git(&["branch", "-M", "main"]);
    world.git(&["init", "-q", "--bare", "../remote"]);
    world.git(&["push", "-q", "../remote", "main"]);
    let head = world.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let none = "0".repeat(head.len());
    assert_eq!(
        world.calls(),
        format!("pre-push|../remote|../remote|refs/heads/main {head} refs/heads/main {none}\n")
    );

    write_script(&world.hook("portcullis.chain/pre-commit"), "#!/bin/sh\necho no >&2\nexit 3\n");
    let output = world.commit();
    assert!(!output.status.success());
    assert_eq!(stderr(&output), "no\n");
}

#[test]
fn what_blocks_stops_the_commit_and_the_push() {
    let world = World::new();
    world.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    world.git(&["init", "-q", "--bare", "../remote"]);
    world.git(&["checkout", "-q", "-b", "side"]);
    fs::write(world.repo.join("settings.py"), blocking_line()).unwrap();
    world.git(&["add", "."]);
    world.install();
    assert_eq!(world.commit().status.code(), Some(1));
    world.git(&["commit", "-q", "--no-verify", "-m", "second"]);
    let push = world.try_git(&world.repo, &["push", "-q", "../remote", "side"]);
    assert!(!push.status.success());
    assert_eq!(world.git(&["ls-remote", "../remote"]), "");
}

#[test]
fn what_a_chained_hook_stages_is_scanned_too() {
    let world = World::new();
    let text = format!("#!/bin/sh\ncat > made.py <<'EOF'\n{}EOF\ngit add made.py\n", blocking_line());
    write_script(&world.hook("pre-commit"), &text);
    world.install();
    let commits: [&[&str]; 2] =
        [&["commit", "-q", "--allow-empty", "-m", "x"], &["commit", "-q", "-a", "--allow-empty", "-m", "x"]];
    for commit in commits {
        let output = world.try_git(&world.repo, commit);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(world.repo.join("made.py").exists(), "the first scan let it pass, the second did not");
        world.git(&["rm", "-q", "-f", "--ignore-unmatch", "made.py"]);
    }
    let harmless = "#!/bin/sh\necho x = 1 > made.py\ngit add made.py\n";
    write_script(&world.hook("portcullis.chain/pre-commit"), harmless);
    let output = world.commit();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(world.git(&["show", "HEAD:made.py"]), "x = 1\n");
}

#[test]
fn linked_worktrees_and_submodules_are_guarded() {
    let world = World::new();
    world.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    world.git(&["worktree", "add", "-q", "../linked"]);
    let linked = world.repo.with_file_name("linked");
    assert!(world.portcullis(&linked, &["install"]).status.success());

    let library = world.repo.with_file_name("library");
    world.git(&["init", "-q", "../library"]);
    world.try_git(&library, &["commit", "-q", "--allow-empty", "-m", "first"]);
    world.git(&["submodule", "--quiet", "add", "../library", "sub"]);
    let sub = world.repo.join("sub");
    assert!(world.portcullis(&sub, &["install"]).status.success());
    assert!(world.repo.join(".git/modules/sub/hooks/pre-commit").is_file());

    world.put_spy();
    for dir in [&world.repo, &linked, &sub] {
        let output = world.try_git(dir, &["commit", "-q", "--allow-empty", "-m", "second"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let calls = world.calls();
        assert!(calls.starts_with("hook,pre-commit,hook,commit-msg,"), "{dir:?}: {calls}");
    }
}

#[test]
fn names_with_quotes_spaces_and_newlines_are_only_names() {
    for (repo, folder) in [
        ("a repo", "a bin"),
        ("it's \"quoted\"", "it's \"quoted\" too"),
        ("new\nline\n", "new\nline"),
        ("$(touch x)`touch x`", "$HOME;&*?\\"),
        ("caf\u{e9}", "caf\u{e9}"),
    ] {
        let world = World::named(repo, folder);
        write_script(&world.hook("pre-commit"), "#!/bin/sh\necho chained >> \"$HOME/calls\"\n");
        let before = snapshot(world.home.path());
        world.install();
        assert!(world.commit().status.success(), "{repo}");
        assert_eq!(world.calls(), "chained\n", "{repo}");
        world.uninstall();
        let after = snapshot(world.home.path());
        for path in ["pre-commit", ".."].map(|name| world.hook(name)) {
            assert_eq!(after.get(&path), before.get(&path), "{repo}");
        }
        world.install();
        world.put_spy();
        assert!(world.commit().status.success(), "{repo}");
        assert_eq!(world.calls(), COMMIT, "{folder}");
    }
}

#[test]
fn a_commit_is_stopped_with_words_when_the_program_is_gone() {
    let world = World::new();
    world.install();
    let expected = format!(
        "portcullis: stopped, nothing was scanned: the program that the pre-commit hook runs is gone.\n\
         \x20 It stood at {}\n\
         \x20 and is neither on PATH nor in ~/.local/bin or ~/.cargo/bin.\n\
         \x20 To go on:          install portcullis again, then run `portcullis install` in this repository.\n\
         \x20 To have no hooks:  install portcullis again, then run `portcullis uninstall` in this repository.\n",
        world.program.display()
    );
    let breakages: [Prepare; 4] = [
        |world| fs::remove_file(&world.program).unwrap(),
        |world| write_script(&world.program, ""),
        |world| fs::set_permissions(&world.program, fs::Permissions::from_mode(0o644)).unwrap(),
        |world| {
            fs::remove_file(&world.program).unwrap();
            fs::create_dir(&world.program).unwrap();
        },
    ];
    for breakage in breakages {
        breakage(&world);
        let output = world.commit();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(stderr(&output), expected);
    }
    // A repository cannot bring its own scanner through a relative entry of PATH.
    write_script(&world.repo.join("portcullis"), AGREES);
    let mut command = world.command(Path::new("git"), &world.repo);
    let path = format!(".::{}", std::env::var("PATH").unwrap());
    let output = world.run(command.env("PATH", path).args(["commit", "--allow-empty", "-qm", "x"]));
    assert_eq!(stderr(&output), expected);

    for folder in [".local/bin", ".cargo/bin"] {
        let moved = world.home.path().join(folder).join("portcullis");
        write_script(&moved, AGREES);
        assert!(world.commit().status.success(), "{folder}");
        fs::remove_file(moved).unwrap();
    }
}

/// What `pre-commit install` does to a hook that it finds, and what its own hook then does.
fn other_manager(world: &World, overwrite: bool) {
    let path = world.hook("pre-commit");
    let legacy = world.hook("pre-commit.legacy");
    let text = fs::read_to_string(&path).unwrap_or_default();
    if !overwrite && path.exists() && !text.contains("File generated by pre-commit") {
        fs::rename(&path, legacy).unwrap();
    }
    write_script(
        &path,
        "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n\
         [ -z \"$PRE_COMMIT_RUNNING_LEGACY\" ] || { echo 'bug: running in a circle' >&2; exit 9; }\n\
         legacy=$(dirname \"$0\")/pre-commit.legacy\n\
         if [ -x \"$legacy\" ]; then PRE_COMMIT_RUNNING_LEGACY=1 \"$legacy\" \"$@\" || exit 1; fi\n\
         echo manager >> \"$HOME/calls\"\n",
    );
}

#[test]
fn another_manager_may_come_before_after_and_again() {
    type Act = fn(&World);
    let ours: Act = |world| drop(world.install());
    let theirs: Act = |world| other_manager(world, false);
    let theirs_by_force: Act = |world| other_manager(world, true);
    let own: Act =
        |world| write_script(&world.hook("pre-commit"), "#!/bin/sh\necho own >> \"$HOME/calls\"\n");
    let sequences: [(&[Act], &str); 8] = [
        (&[ours, theirs], "manager\n"),
        (&[theirs, ours], "manager\n"),
        (&[theirs, ours, theirs], "manager\n"),
        (&[theirs, ours, theirs, ours], "manager\n"),
        (&[theirs, ours, theirs_by_force, ours], "manager\n"),
        (&[own, ours, theirs], "own\nmanager\n"),
        (&[own, theirs, ours], "own\nmanager\n"),
        (&[own, ours, theirs, ours], "own\nmanager\n"),
    ];
    for (idx, (acts, expected)) in sequences.into_iter().enumerate() {
        let world = World::new();
        acts.iter().for_each(|act| act(&world));
        let output = world.commit();
        assert!(output.status.success(), "sequence {idx}: {}", stderr(&output));
        assert_eq!(world.calls(), expected, "sequence {idx}");

        world.uninstall();
        assert!(world.commit().status.success(), "sequence {idx}");
        assert_eq!(world.calls(), expected, "sequence {idx}: as before, without us");
        let left = snapshot(&world.repo.join(".git"));
        assert!(
            !left.keys().any(|path| path.to_string_lossy().contains("portcullis")),
            "sequence {idx}: {left:?}"
        );
        assert!(
            !left.values().any(|(_, _, bytes)| bytes.starts_with(b"#!/bin/sh\n# portcullis-shim")),
            "sequence {idx}: a shim is left"
        );
    }
}

#[test]
fn somebody_elses_hook_in_our_place_is_left_and_told() {
    let world = World::new();
    write_script(&world.hook("pre-commit"), AGREES);
    world.install();
    write_script(&world.hook("pre-commit"), "#!/bin/sh\n# new\n");
    write_script(&world.hook("pre-push"), "#!/bin/sh\n# new\n");
    let kept = world.hook("portcullis.chain/pre-commit");
    let (commit, push) = (world.hook("pre-commit"), world.hook("pre-push"));
    let expected = format!(
        "uninstalled: commits and pushes in this repository are no longer scanned\n\
         left {}: its place {} is taken by another hook\nleft {}: it is not ours\nleft {}: it is not ours\n",
        kept.display(),
        commit.display(),
        commit.display(),
        push.display()
    );
    assert_eq!(world.uninstall(), expected);
    assert_eq!(fs::read_to_string(kept).unwrap(), AGREES);
    assert_eq!(fs::read_to_string(commit).unwrap(), "#!/bin/sh\n# new\n");
}
