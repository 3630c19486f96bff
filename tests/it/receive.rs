//! What a server is about to accept.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portcullis::git::{GitEnv, Repo};
use portcullis::source::{Reader, receive};

use crate::fixture::{Fixture, fake_github_token, one_commit, text};

/// A bare repository `there` whose pre-receive hook keeps what it is told, and its quarantine, and refuses.
fn with_server() -> Fixture {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    let hook = fixture.root.join("there/hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let root = fixture.root.display();
    let script =
        format!("#!/bin/sh\nenv -0 > '{root}/env'\ncat > '{root}/stdin'\ncp -r . '{root}/copy'\nexit 1\n");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    fixture
}

/// What `git push args` would bring in: path and content, in order.
fn received(fixture: &Fixture, args: &[&str]) -> Vec<(String, String)> {
    fixture.try_git_in(&fixture.work, &[&["push", "origin"], args].concat(), b"");
    let there = fixture.root.join("there").into_os_string().into_vec();
    let copy = fixture.root.join("copy").into_os_string().into_vec();
    let vars = fs::read(fixture.root.join("env")).unwrap();
    let vars = vars.split(|&byte| byte == 0).filter_map(|variable| {
        let equals = variable.iter().position(|&byte| byte == b'=')?;
        // The quarantine is gone by now; the copy of it is not.
        let value = variable[equals + 1..].to_vec();
        let value = match value.strip_prefix(&there[..]) {
            Some(rest) => [&copy, rest].concat(),
            None => value,
        };
        Some((OsString::from_vec(variable[..equals].to_vec()), OsString::from_vec(value)))
    });
    let env = GitEnv::from_vars(vars);
    let repo = Repo::open_in_hook(&fixture.root.join("copy"), env).unwrap();
    let changes = receive::parse_changes(&fs::read(fixture.root.join("stdin")).unwrap()).unwrap();
    let listing = receive::list(&repo, &changes).unwrap();
    let mut reader = Reader::new(Some(&repo));
    let read =
        listing.entries.iter().map(|it| (text(it.path.as_bytes()), text(&reader.read(&it.locator).unwrap())));
    let read = read.collect();
    fs::remove_dir_all(fixture.root.join("copy")).unwrap();
    read
}

#[test]
fn what_is_in_quarantine_is_read() {
    let fixture = with_server();
    fixture.commit("file", "new\n");
    fixture.git(&["tag", "-m", "tagged", "v1"]);
    let expected =
        [(".git/TAG_EDITMSG", "tagged\n"), (".git/COMMIT_EDITMSG", "write file\n"), ("file", "new\n")];
    let expected = expected.map(|(path, content)| (path.to_owned(), content.to_owned()));
    assert_eq!(received(&fixture, &["main", "v1"]), expected);
    assert_eq!(received(&fixture, &["main~1:refs/heads/again"]), []);
    assert_eq!(received(&fixture, &[":main"]), []);
}

/// A bare repository `there`, guarded, with the history of `work`; `origin` reaches it as a server is reached.
fn guarded_server() -> Fixture {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "there"]);
    let url = format!("file://{}/there", fixture.root.display());
    fixture.git(&["remote", "add", "origin", &url]);
    fixture.guard("there", "pre-receive");
    fixture
}

/// Whether `git push origin refs` goes through; one that does not must have been stopped by a finding. Returns what
/// the user sees.
#[track_caller]
fn check(fixture: &Fixture, refs: &[&str], passes: bool) -> String {
    let (code, said) = fixture.said(&[&["push", "-q", "origin"], refs].concat());
    let expected = if passes { (0, false) } else { (1, true) };
    assert_eq!((code, said.contains("remote: error: push stopped: ")), expected, "{refs:?}: {said}");
    assert!(!said.contains(&fake_github_token()), "{said}");
    said
}

fn secret() -> String {
    format!("token = \"{}\"\n", fake_github_token())
}

#[test]
fn a_server_stops_a_secret_on_any_way_in() {
    let fixture = guarded_server();
    fixture.commit("clean", "clean\n");
    check(&fixture, &["main", "main:refs/heads/new", "main~1:refs/tags/light"], true);
    fixture.commit("app.py", secret());
    check(&fixture, &["main"], false);
    check(&fixture, &["main:refs/heads/another"], false);
    check(&fixture, &["main~1:refs/heads/good", "main:refs/custom/bad"], false);
    fixture.git(&["tag", "bad"]);
    check(&fixture, &["bad"], false);
    // Taken away again is still in history.
    fixture.git(&["rm", "-q", "app.py"]);
    fixture.git(&["commit", "-qm", "remove it"]);
    check(&fixture, &["main"], false);
    fixture.git(&["reset", "-q", "--hard", "HEAD~2"]);
    fixture.git(&["tag", "-m", &secret(), "annotated"]);
    check(&fixture, &["annotated"], false);
    fixture.git(&["notes", "add", "-m", &secret()]);
    check(&fixture, &["refs/notes/commits"], false);
    fixture.git(&["commit", "-q", "--allow-empty", "-m", &secret()]);
    check(&fixture, &["main"], false);
    fixture.git(&["commit", "-q", "--amend", "--allow-empty", "-m", "clean"]);
    check(&fixture, &["--force", "main", ":new"], true);
    let refs = fixture.git_in(&fixture.root.join("there"), &["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/heads/main\nrefs/tags/light");
}

#[test]
fn what_a_server_has_already_does_not_stop_a_push() {
    let fixture = guarded_server();
    let hook = fixture.root.join("there/hooks/pre-receive");
    fs::rename(&hook, fixture.root.join("hook")).unwrap();
    fixture.commit("app.py", secret());
    fixture.git(&["push", "-q", "origin", "main"]);
    fs::rename(fixture.root.join("hook"), &hook).unwrap();
    fixture.commit("app.py", format!("{}x = 1\n", secret()));
    check(&fixture, &["main", "main:refs/heads/topic"], true);
}

#[test]
fn a_push_does_not_bring_its_own_policy() {
    let fixture = guarded_server();
    let off = "schema = 1\n[[exclude]]\npath = '*.py'\nreason = 'none here'\n";
    fixture.stage(".portcullis/config.toml", off);
    fixture.commit("app.py", secret());
    check(&fixture, &["main"], false);
    // Where the default branch has it, it counts, also for other branches.
    fixture.git(&["rm", "-q", "app.py"]);
    fixture.git(&["commit", "-q", "--amend", "-m", "configure"]);
    check(&fixture, &["main"], true);
    fixture.git(&["checkout", "-qb", "topic"]);
    fixture.commit("app.py", secret());
    check(&fixture, &["topic"], true);
    // The server's own folder counts more.
    let folder = fixture.root.join("policy");
    fs::create_dir(&folder).unwrap();
    let there = fixture.root.join("there");
    fixture.git_in(&there, &["config", "portcullis.policy", folder.to_str().unwrap()]);
    fixture.commit("other.py", secret());
    check(&fixture, &["topic"], false);
    // One that is not there is no answer.
    fs::remove_dir(&folder).unwrap();
    let (code, said) = fixture.said(&["push", "origin", "main:refs/heads/again"]);
    assert_eq!((code, said.contains("could not tell, so nothing goes on")), (1, true), "{said}");
}

#[test]
fn approvals_count_when_the_default_branch_has_them() {
    let fixture = guarded_server();
    fixture.commit("requirements.txt", "requests==2.32.0\n");
    let approval = "schema = 1\n[[approve]]\necosystem = 'pypi'\nname = 'requests'\nreason = 'the team talks http with it'\n\
                    approved_by = 'Ada'\ndate = 2024-01-01\n";
    fixture.commit(".portcullis/approved.toml", approval);
    let said = check(&fixture, &["main"], false);
    assert!(said.contains("DEP001"), "{said}");
    // The approval first, the dependency on top of it.
    fixture.git(&["reset", "-q", "--hard", "HEAD~2"]);
    fixture.commit(".portcullis/approved.toml", approval);
    check(&fixture, &["main"], true);
    fixture.commit("requirements.txt", "requests==2.32.0\n");
    check(&fixture, &["main"], true);
}

#[test]
fn a_first_push_into_an_empty_repository_is_judged_by_the_built_in_rules() {
    let fixture = guarded_server();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "-b", "main", "empty"]);
    fixture.guard("empty", "pre-receive");
    fixture.git(&["remote", "set-url", "origin", "../empty"]);
    fixture.commit("requirements.txt", "requests==2.32.0\n");
    check(&fixture, &["main"], true);
    fixture.git(&["update-ref", "-d", "refs/heads/main"]);
    fixture.commit("app.py", secret());
    check(&fixture, &["main:refs/heads/other"], false);
}

#[test]
fn what_the_user_sees_is_short_and_plain() {
    let fixture = guarded_server().with_var("CLICOLOR_FORCE", "1").with_var("COLUMNS", "300");
    for number in 0..20 {
        fixture.stage(&format!("src/a/rather/long/path/to/module_{number}/app.py"), secret());
    }
    fixture.git(&["commit", "-qm", "many"]);
    let said = check(&fixture, &["main"], false);
    let longest = said.lines().max_by_key(|line| line.trim_end().chars().count()).unwrap();
    assert!(longest.trim_end().chars().count() <= 100, "{longest}");
    assert!(said.lines().count() < 60, "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_server_that_may_not_take_longer_does_what_it_was_told() {
    for (on_timeout, expected, words) in [
        ("reject", 1, "push stopped: it could not be looked at to the end in 1 seconds"),
        ("accept", 0, "warning: push taken in unseen"),
    ] {
        let fixture = guarded_server();
        let policy = fixture.root.join("policy");
        fs::create_dir(&policy).unwrap();
        let config = format!("schema = 1\n[receive]\nmax_seconds = 1\non_timeout = '{on_timeout}'\n");
        fs::write(policy.join("config.toml"), config).unwrap();
        fixture
            .git_in(&fixture.root.join("there"), &["config", "portcullis.policy", policy.to_str().unwrap()]);
        fixture.put_slow_git("there", "pre-receive");
        fixture.commit("app.py", secret());
        let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
        assert_eq!((code, said.contains(words)), (expected, true), "{said}");
    }
}

#[test]
fn garbage_is_no_answer() {
    let fixture = guarded_server();
    let there = fixture.root.join("there");
    let program = crate::fixture::PROGRAM;
    for (stdin, expected) in [("", 0), ("garbage\n", 2), ("a b c", 2)] {
        let alias = format!("!{program} hook pre-receive");
        fixture.git_in(&there, &["config", "alias.receive", &alias]);
        let output = fixture.try_git_in(&there, &["receive"], stdin.as_bytes());
        assert_eq!(output.status.code(), Some(expected), "{stdin:?}");
    }
}

#[test]
fn a_server_is_guarded_by_one_command_and_left_as_it_was() {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    let there = fixture.root.join("there");
    let before = files(&there);
    let run = |args: &str| {
        let alias = format!("alias.run=!'{}' {args}", crate::fixture::PROGRAM);
        fixture.try_git_in(&there, &["-c", &alias, "run"], b"")
    };
    let refused = run("install");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("`portcullis install --server` guards what is pushed to it"));
    assert_eq!(files(&there), before);
    // The hook that is there already runs after ours, and gets its own copy of what git tells.
    let kept = "#!/bin/sh\nwhile read -r old new name; do [ \"$name\" != refs/heads/no ] || exit 1; done\n";
    fixture.put_hook("there", "pre-receive", kept);
    for args in ["install --server", "install --server"] {
        let done = run(args);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    fixture.commit("clean", "clean\n");
    check(&fixture, &["main"], true);
    let (code, said) = fixture.said(&["push", "-q", "origin", "main:no"]);
    assert_eq!((code, said.contains("pre-receive hook declined")), (1, true), "{said}");
    fixture.commit("app.py", secret());
    check(&fixture, &["main"], false);
    assert!(run("uninstall").status.success());
    let hook = there.join("hooks/pre-receive");
    assert_eq!(fs::read_to_string(&hook).unwrap(), kept);
    fs::remove_file(hook).unwrap();
    let left: Vec<_> = files(&there).into_iter().filter(|path| !before.contains(path)).collect();
    assert!(left.iter().all(|path| path.contains("/objects/") || path.contains("/refs/")), "{left:?}");
}

/// Every file below `dir`.
fn files(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        files.extend(if path.is_dir() { self::files(&path) } else { vec![path.display().to_string()] });
    }
    files.sort();
    files
}

#[test]
fn a_server_with_sha_256_is_guarded_like_any_other() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    fixture.commit("file", "old\n");
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "there"]);
    let url = format!("file://{}/there", fixture.root.display());
    fixture.git(&["remote", "add", "origin", &url]);
    fixture.guard("there", "pre-receive");
    fixture.commit("clean", "clean\n");
    check(&fixture, &["main", "main:refs/heads/new"], true);
    fixture.commit("app.py", secret());
    check(&fixture, &["main", ":new"], false);
}

#[test]
fn gitlab_s_web_pages_get_a_line_that_they_show() {
    let fixture = guarded_server().with_var("GL_PROTOCOL", "web");
    fixture.commit("app.py", secret());
    let said = check(&fixture, &["main"], false);
    assert!(said.contains("remote: GL-HOOK-ERR: portcullis has stopped this"), "{said}");
}

#[test]
fn a_policy_that_does_not_read_never_becomes_the_server_s() {
    let fixture = guarded_server();
    for (name, text) in
        [("config.toml", "schema = 2\n"), ("approved.toml", "schema = 2\n"), ("rules/own.toml", "not toml")]
    {
        fixture.commit(&format!(".portcullis/{name}"), text);
        let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
        assert_eq!((code, said.contains("could not tell, so nothing goes on")), (1, true), "{said}");
        // On another branch it judges nobody.
        check(&fixture, &["--force", "main:topic"], true);
        fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
    fixture.commit("file", "new\n");
    check(&fixture, &["main"], true);
}
