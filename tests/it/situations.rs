//! Every situation in which git makes a commit, with our hooks installed: a clean change goes through, and the same change
//! with a secret in it is stopped by a finding. Each is a line of a table, and an error never counts as a finding.

use std::fs;
use std::os::unix::fs::symlink;

use crate::fixture::{Fixture, fake_github_token, one_commit};

/// Prepares a repository in which `line` is about to be committed, and returns what git is to do then.
type Situation = fn(&Fixture, &str) -> Vec<&'static str>;

const COMMIT: [&str; 3] = ["commit", "-qm", "change"];

/// Makes git run our program, with the hooks of a usual installation.
fn guard(fixture: &Fixture, git_dir: &str) {
    for hook in ["pre-commit", "pre-merge-commit", "commit-msg"] {
        fixture.guard(git_dir, hook);
    }
}

#[track_caller]
fn check_in(make: fn() -> Fixture, situations: &[(&str, Situation)]) {
    for (name, situation) in situations {
        for bad in [false, true] {
            let fixture = make();
            let token = if bad { fake_github_token() } else { "changeme".to_owned() };
            let args = situation(&fixture, &format!("token = \"{token}\"\n"));
            let git_dir = fixture.git(&["rev-parse", "--git-common-dir"]);
            guard(&fixture, fixture.work.join(git_dir).to_str().unwrap());
            let (code, said) = fixture.said(&args);
            let expected = if bad { (1, true) } else { (0, false) };
            assert_eq!((code, said.contains("1 secret in 1 file")), expected, "{name}, bad: {bad}: {said}");
        }
    }
}

#[track_caller]
fn check(situations: &[(&str, Situation)]) {
    check_in(one_commit, situations);
}

#[test]
fn every_way_of_committing() {
    check_in(
        Fixture::new,
        &[("the first commit", |f, line| {
            f.stage("a.py", line);
            COMMIT.to_vec()
        })],
    );
    check(&[
        ("commit", |f, line| {
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("commit -a", |f, line| {
            f.write("file", line);
            vec!["commit", "-qam", "change"]
        }),
        ("commit -i", |f, line| {
            f.stage("other", "other\n").write("file", line);
            vec!["commit", "-qm", "change", "-i", "file"]
        }),
        ("commit PATH", |f, line| {
            f.stage("other", "other\n").write("file", line);
            vec!["commit", "-qm", "change", "file"]
        }),
        ("commit --amend", |f, line| {
            f.stage("file", line);
            vec!["commit", "-q", "--amend", "--no-edit"]
        }),
        ("commit in a folder", |f, line| {
            f.stage("sub/a.py", line);
            vec!["-C", "sub", "commit", "-qm", "change"]
        }),
        ("detached", |f, line| {
            f.git(&["checkout", "-q", "--detach"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("after a squashed merge", |f, line| {
            f.git(&["checkout", "-qb", "side"]);
            f.commit("a.py", line);
            f.git(&["checkout", "-q", "main"]);
            f.git(&["merge", "-q", "--squash", "side"]);
            COMMIT.to_vec()
        }),
        ("rebase edit", |f, line| {
            f.commit("a.py", "a = 1\n");
            f.git(&["-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "-q", "-i", "HEAD~1"]);
            f.stage("a.py", line);
            vec!["commit", "-q", "--amend", "--no-edit"]
        }),
        ("the message", |f, line| {
            f.write("message", line);
            vec!["commit", "-q", "--allow-empty", "-F", "message"]
        }),
    ]);
}

/// `main` and `side` have both changed `file`.
fn conflict() -> Fixture {
    let fixture = one_commit();
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.commit("file", "side\n");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("file", "main\n");
    fixture
}

#[test]
fn every_way_of_bringing_branches_together() {
    fn resolve(f: &Fixture, args: &[&str], line: &str) {
        assert!(!f.try_git_in(&f.work, args, b"").status.success(), "{args:?}: there is a conflict");
        f.stage("file", line);
    }
    check_in(
        conflict,
        &[
            ("a merge that is resolved", |f, line| {
                resolve(f, &["merge", "-q", "side"], line);
                COMMIT.to_vec()
            }),
            ("merge --continue", |f, line| {
                resolve(f, &["merge", "-q", "side"], line);
                vec!["merge", "--continue"]
            }),
            ("a cherry-pick that is resolved", |f, line| {
                resolve(f, &["cherry-pick", "side"], line);
                COMMIT.to_vec()
            }),
            ("cherry-pick --continue", |f, line| {
                resolve(f, &["cherry-pick", "side"], line);
                vec!["cherry-pick", "--continue"]
            }),
            ("a revert that is resolved", |f, line| {
                f.commit("file", "later\n");
                resolve(f, &["revert", "--no-edit", "HEAD~1"], line);
                vec!["revert", "--continue"]
            }),
            ("an automatic merge whose driver writes it", |f, line| {
                f.write("planted", line);
                f.write(".git/info/attributes", "file merge=plant\n");
                f.git(&["config", "merge.plant.driver", "cp planted %A"]);
                vec!["merge", "-q", "-m", "merge", "side"]
            }),
            ("merge --no-commit with more staged", |f, line| {
                f.git(&["checkout", "-q", "-b", "third", "main~1"]);
                f.commit("third", "third\n");
                f.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
                f.stage("a.py", line);
                COMMIT.to_vec()
            }),
            ("a stash that is taken out again", |f, line| {
                f.write("file", line);
                f.git(&["stash", "-q"]);
                f.git(&["stash", "pop", "-q", "--index"]);
                vec!["commit", "-qam", "change"]
            }),
        ],
    );
}

#[test]
fn every_kind_of_change() {
    check(&[
        ("half of a file is staged", |f, line| {
            f.stage("a.py", line).write("a.py", "clean = 1\n");
            COMMIT.to_vec()
        }),
        ("the other half is staged", |f, line| {
            f.stage("a.py", line);
            f.write("a.py", format!("token = \"{}\"\n", fake_github_token()));
            COMMIT.to_vec()
        }),
        ("a file is renamed and changed", |f, line| {
            f.commit("long", "one\ntwo\nthree\nfour\nfive\nsix\n");
            f.git(&["mv", "long", "moved"]);
            f.stage("moved", format!("one\ntwo\nthree\nfour\nfive\nsix\n{line}"));
            COMMIT.to_vec()
        }),
        ("the mode and the content", |f, line| {
            f.stage("file", line);
            f.git(&["update-index", "--chmod=+x", "file"]);
            COMMIT.to_vec()
        }),
        ("a link's text", |f, line| {
            symlink(line.trim_end(), f.work.join("link")).unwrap();
            f.git(&["add", "link"]);
            COMMIT.to_vec()
        }),
        ("a file becomes a link", |f, line| {
            fs::remove_file(f.work.join("file")).unwrap();
            symlink(line.trim_end(), f.work.join("file")).unwrap();
            f.git(&["add", "file"]);
            COMMIT.to_vec()
        }),
        ("a link becomes a file", |f, line| {
            symlink("nowhere", f.work.join("link")).unwrap();
            f.git(&["add", "link"]);
            f.git(&["commit", "-qm", "link"]);
            fs::remove_file(f.work.join("link")).unwrap();
            f.stage("link", line);
            COMMIT.to_vec()
        }),
        ("the list of submodules", |f, line| {
            f.approve_submodule("../x");
            f.stage(".gitmodules", format!("[submodule \"x\"]\n\tpath = x\n\turl = ../x\n\t{line}"));
            COMMIT.to_vec()
        }),
        ("one of many files", |f, line| {
            for idx in 0..400 {
                f.write(format!("many/{idx}.py"), format!("value = {idx}\n"));
            }
            f.write("many/200.py", line);
            f.git(&["add", "many"]);
            COMMIT.to_vec()
        }),
        ("assumed to be unchanged", |f, line| {
            f.stage("file", line);
            f.git(&["update-index", "--assume-unchanged", "file"]);
            f.write("file", "something else\n");
            COMMIT.to_vec()
        }),
        ("left out of the work tree", |f, line| {
            f.stage("file", line);
            f.git(&["update-index", "--skip-worktree", "file"]);
            fs::remove_file(f.work.join("file")).unwrap();
            COMMIT.to_vec()
        }),
    ]);
}

#[test]
fn every_kind_of_content_and_name() {
    check(&[
        ("lines that end with CR LF", |f, line| {
            f.git(&["config", "core.autocrlf", "false"]);
            f.stage("a.py", line.replace('\n', "\r\n"));
            COMMIT.to_vec()
        }),
        ("line ends that git changes", |f, line| {
            f.git(&["config", "core.autocrlf", "true"]);
            f.git(&["config", "core.safecrlf", "warn"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("attributes that hide it", |f, line| {
            f.stage(".gitattributes", "* binary -diff -text linguist-generated export-ignore\n");
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("programs that show it differently", |f, line| {
            f.stage(".gitattributes", "* diff=hide\n").stage("a.py", line);
            for (key, value) in
                [("diff.hide.textconv", "true"), ("diff.hide.command", "true"), ("diff.external", "true")]
            {
                f.git(&["config", key, value]);
            }
            COMMIT.to_vec()
        }),
        ("a user who likes colours", |f, line| {
            f.stage("sub/a.py", line);
            for (key, value) in [
                ("color.ui", "always"),
                ("diff.noprefix", "true"),
                ("diff.mnemonicPrefix", "true"),
                ("diff.relative", "true"),
                ("diff.renames", "copies"),
                ("diff.ignoreSubmodules", "all"),
                ("core.quotePath", "false"),
            ] {
                f.git(&["config", key, value]);
            }
            vec!["-C", "sub", "commit", "-qm", "change"]
        }),
        ("UTF-16 in the work tree", |f, line| {
            f.stage(".gitattributes", "a.py working-tree-encoding=UTF-16LE\n");
            f.stage("a.py", line.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
            COMMIT.to_vec()
        }),
        ("UTF-16 with a mark", |f, line| {
            let text = format!("\u{feff}{line}");
            f.stage("a.py", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
            COMMIT.to_vec()
        }),
        ("a filter that puts it in", |f, line| {
            f.write("planted", line);
            f.git(&["config", "filter.plant.clean", "cat planted"]);
            f.stage(".gitattributes", "a.py filter=plant\n").stage("a.py", "nothing to see\n");
            COMMIT.to_vec()
        }),
        ("bytes that are no text", |f, line| {
            f.stage("a.py", [b"\xff\xfe\xfd \x80\n", line.as_bytes()].concat());
            COMMIT.to_vec()
        }),
        ("a zero byte", |f, line| {
            f.stage("a.py", [b"a\0b\n", line.as_bytes()].concat());
            COMMIT.to_vec()
        }),
        ("a very long line", |f, line| {
            f.stage("a.py", format!("{} {line}", "x = 1; ".repeat(100_000)));
            COMMIT.to_vec()
        }),
        ("what git takes for a huge file", |f, line| {
            f.git(&["config", "core.bigFileThreshold", "10"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("no line feed at the end", |f, line| {
            f.stage("a.py", line.trim_end());
            COMMIT.to_vec()
        }),
        ("a name that looks like a revision", |f, line| {
            f.stage("HEAD", line);
            COMMIT.to_vec()
        }),
        ("a name with everything in it", |f, line| {
            f.stage("-a \"b\"\t'c'\n:(glob)*.py", line);
            COMMIT.to_vec()
        }),
    ]);
}

#[test]
fn every_kind_of_repository() {
    check_in(
        || Fixture::with_init(&["--object-format=sha256"]),
        &[("long ids", |f, line| {
            f.commit("file", "old\n");
            f.stage("a.py", line);
            COMMIT.to_vec()
        })],
    );
    check_in(
        || Fixture::with_init(&["--ref-format=reftable"]),
        &[("reftable", |f, line| {
            f.commit("file", "old\n");
            f.stage("a.py", line);
            COMMIT.to_vec()
        })],
    );
    check(&[
        ("an index in two files", |f, line| {
            f.git(&["update-index", "--split-index"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("an index without a hash, in version 4", |f, line| {
            f.git(&["config", "index.skipHash", "true"]);
            f.git(&["update-index", "--index-version=4", "--force-untracked-cache"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("a sparse index", |f, line| {
            f.commit("in/file", "in\n");
            f.commit("out/file", "out\n");
            f.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
            f.stage("in/a.py", line);
            COMMIT.to_vec()
        }),
        ("extensions", |f, line| {
            f.git(&["config", "core.repositoryFormatVersion", "1"]);
            f.git(&["config", "extensions.worktreeConfig", "true"]);
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("a replaced commit", |f, line| {
            let other = f.commit("a.py", line);
            f.git(&["reset", "-q", "--hard", "HEAD~1"]);
            f.git(&["replace", "HEAD", &other]);
            // Git takes the other one for what was there, and has something to commit all the same.
            f.stage("a.py", format!("{line}more = 1\n"));
            COMMIT.to_vec()
        }),
        ("an ambiguous name", |f, line| {
            f.git(&["branch", "file"]);
            f.git(&["tag", "main"]);
            f.stage("file", line);
            COMMIT.to_vec()
        }),
        ("borrowed objects", |f, line| {
            f.git(&["clone", "-q", "--shared", ".", "borrower"]);
            f.write("borrower/a.py", line);
            f.git(&["-C", "borrower", "add", "a.py"]);
            guard(f, f.work.join("borrower/.git").to_str().unwrap());
            vec!["-C", "borrower", "commit", "-qm", "change"]
        }),
        ("a shallow clone", |f, line| {
            f.commit("file", "newer\n");
            let url = format!("file://{}", f.work.display());
            f.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
            f.write("shallow/a.py", line);
            f.git(&["-C", "shallow", "add", "a.py"]);
            guard(f, f.work.join("shallow/.git").to_str().unwrap());
            vec!["-C", "shallow", "commit", "-qm", "change"]
        }),
        ("a partial clone", |f, line| {
            f.git(&["config", "uploadpack.allowFilter", "true"]);
            f.commit("file", "newer\n");
            let url = format!("file://{}", f.work.display());
            f.git(&["clone", "-q", "--filter=blob:none", &url, "partial"]);
            f.write("partial/a.py", line);
            f.git(&["-C", "partial", "add", "a.py"]);
            guard(f, f.work.join("partial/.git").to_str().unwrap());
            vec!["-C", "partial", "commit", "-qm", "change"]
        }),
        ("a linked work tree", |f, line| {
            f.git(&["worktree", "add", "-q", "linked"]);
            f.write("linked/a.py", line);
            f.git(&["-C", "linked", "add", "a.py"]);
            vec!["-C", "linked", "commit", "-qm", "change"]
        }),
        ("a submodule", |f, line| {
            let url = format!("file://{}", f.work.display());
            f.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
            f.write("sub/a.py", line);
            f.git(&["-C", "sub", "add", "a.py"]);
            guard(f, f.work.join(".git/modules/sub").to_str().unwrap());
            vec!["-C", "sub", "commit", "-qm", "change"]
        }),
        ("git folder and work tree apart", |f, line| {
            fs::rename(f.work.join(".git"), f.root.join("git")).unwrap();
            f.write(".git", format!("gitdir: {}\n", f.root.join("git").display()));
            f.stage("a.py", line);
            COMMIT.to_vec()
        }),
        ("named by options", |f, line| {
            f.stage("a.py", line);
            vec!["--git-dir=.git", "--work-tree=.", "commit", "-qm", "change"]
        }),
    ]);
}

#[test]
fn what_brings_nothing_in_passes() {
    let bad = || format!("token = \"{}\"\n", fake_github_token());
    let passing: [(&str, Situation); 8] = [
        ("removing it", |f, line| {
            f.commit("a.py", line);
            f.stage("a.py", "clean = 1\n");
            COMMIT.to_vec()
        }),
        ("deleting the file", |f, line| {
            f.commit("a.py", line);
            f.git(&["rm", "-q", "a.py"]);
            COMMIT.to_vec()
        }),
        ("editing beside it", |f, line| {
            f.commit("a.py", line);
            f.stage("a.py", format!("{line}more = 1\n"));
            COMMIT.to_vec()
        }),
        ("moving it", |f, line| {
            f.commit("a.py", line);
            f.git(&["mv", "a.py", "b.py"]);
            COMMIT.to_vec()
        }),
        ("a new mode", |f, line| {
            f.commit("a.py", line);
            f.git(&["update-index", "--chmod=+x", "a.py"]);
            COMMIT.to_vec()
        }),
        ("amending it away", |f, line| {
            f.commit("a.py", line);
            f.stage("a.py", "clean = 1\n");
            vec!["commit", "-q", "--amend", "--no-edit"]
        }),
        ("only meant to be added", |f, line| {
            f.write("a.py", line);
            f.git(&["add", "-N", "a.py"]);
            f.stage("b.py", "clean = 1\n");
            COMMIT.to_vec()
        }),
        ("merging a branch that has it", |f, line| {
            f.git(&["checkout", "-qb", "side"]);
            f.commit("a.py", line);
            f.git(&["checkout", "-q", "main"]);
            f.commit("b.py", "clean = 1\n");
            vec!["merge", "-q", "-m", "merge", "side"]
        }),
    ];
    for (name, situation) in passing {
        let fixture = one_commit();
        let args = situation(&fixture, &bad());
        guard(&fixture, "work/.git");
        let (code, said) = fixture.said(&args);
        assert_eq!((code, said.contains("secret")), (0, false), "{name}: {said}");
    }
}
