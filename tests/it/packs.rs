//! Packs that teams share: fetched from real git servers, pinned, compared, and never fetched by a hook.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portcullis::packs::{Limits, Wish, fetch};

use crate::fixture::{Fixture, one_commit};
use crate::team::{open, run, run_with};

/// A rule of a shared pack that finds `word-` and digits.
pub fn rule(word: &str, severity: &str) -> String {
    format!(
        "schema = 1\npack = 'acme'\n[[rule]]\nid = 'acme-{word}'\ntitle = 'A word'\ncategory = 'secret'\n\
         severity = '{severity}'\nconfidence = 'high'\nkeywords = ['{word}']\npattern = '{word}-[0-9]{{1,9}}'\n\
         message = 'It is a word of ours.'\nremediation = 'Take it out.'\n"
    )
}

/// A repository of rules beside the work tree, with a tag on its first commit.
pub fn with_rules() -> Fixture {
    let fixture = one_commit();
    let rules = fixture.root.join("rules");
    fixture.git_in(&fixture.root, &["init", "-q", "-b", "main", "rules"]);
    publish(&fixture, "packs/base/words.toml", &rule("quixotic", "high"));
    fs::write(rules.join("packs/base/README.md"), "no rules").unwrap();
    fixture.git_in(&rules, &["tag", "v1"]);
    fixture.write("text.py", "x = 'quixotic-42'\n");
    fixture
}

pub fn publish(fixture: &Fixture, path: &str, text: &str) {
    let rules = fixture.root.join("rules");
    fs::create_dir_all(rules.join(path).parent().unwrap()).unwrap();
    fs::write(rules.join(path), text).unwrap();
    fixture.git_in(&rules, &["add", "."]);
    fixture.git_in(&rules, &["commit", "-qm", path]);
}

pub fn url(fixture: &Fixture) -> String {
    format!("file://{}/rules", fixture.root.display())
}

pub fn store(fixture: &Fixture) -> std::path::PathBuf {
    fixture.root.join("home/.cache/portcullis/packs")
}

#[track_caller]
fn add(fixture: &Fixture, from: &str) {
    let (code, said) = run(fixture, &["packs", "add", from, "--path", "packs/base", "--name", "acme"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("acme: 1 rule at "), "{said}");
}

#[track_caller]
fn check(fixture: &Fixture, args: &[&str], code: i32, expected: &str) {
    let (found, said) = run(fixture, args);
    let said = said.replace(fixture.root.to_str().unwrap(), "ROOT");
    assert_eq!(found, code, "{said}");
    assert!(said.contains(expected), "{said}");
}

pub const FOUND: &str = "text.py:1 acme-quixotic";

#[test]
fn a_pack_is_added_pinned_and_found_by_everybody_who_syncs() {
    let fixture = with_rules();
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    add(&fixture, &format!("{}#v1", url(&fixture)));
    assert_eq!(open(&fixture, &["scan", "tree"]), [FOUND]);
    check(&fixture, &["packs", "list"], 0, "acme file://ROOT/rules#v1 at ");
    check(&fixture, &["packs", "verify"], 0, "acme: as the lock says");
    // Another machine: nothing is found there silently, and a hook fetches nothing.
    fs::remove_dir_all(store(&fixture)).unwrap();
    let missing = "pack acme: is not on this machine\n  `portcullis packs sync` fetches it; hooks never do";
    for args in [&["scan", "tree"][..], &["scan", "staged"], &["hook", "pre-commit"], &["packs", "verify"]] {
        check(&fixture, args, 2, missing);
    }
    check(&fixture, &["packs", "sync"], 0, "1 pack as the lock says, 1 fetched");
    assert_eq!(open(&fixture, &["scan", "tree"]), [FOUND]);
    check(&fixture, &["packs", "sync"], 0, "1 pack as the lock says, 0 fetched");
}

#[test]
fn a_fetch_knows_nothing_of_the_repository_around_it() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    fs::remove_dir_all(store(&fixture)).unwrap();
    let git_dir = fixture.work.join(".git");
    let (objects, index) = (git_dir.join("objects"), git_dir.join("index"));
    // As git sets them for its hooks.
    let vars = [("GIT_DIR", &git_dir), ("GIT_OBJECT_DIRECTORY", &objects), ("GIT_INDEX_FILE", &index)];
    let vars = vars.map(|(name, path)| (name, path.to_str().unwrap()));
    let before = crate::world::snapshot(&git_dir);
    let (code, said) = run_with(&fixture, &["packs", "sync"], &vars);
    assert_eq!((code, said.as_str()), (0, "1 pack as the lock says, 1 fetched\n"));
    assert_eq!(crate::world::snapshot(&git_dir), before);
}

#[test]
fn what_was_tampered_with_is_no_answer() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    let folder = fs::read_dir(store(&fixture)).unwrap().next().unwrap().unwrap().path();
    fs::write(folder.join("words.toml"), rule("other", "low")).unwrap();
    check(&fixture, &["scan", "tree"], 2, "holds something else than the lock says: sha256:");
    check(&fixture, &["packs", "sync"], 0, "1 fetched");
    // A lock that was changed by hand fits no content.
    let lock = fixture.work.join(".portcullis/packs.lock");
    let text = fs::read_to_string(&lock).unwrap();
    let digest = text.split("sha256:").nth(1).unwrap()[..64].to_owned();
    fs::write(&lock, text.replace(&digest, &"0".repeat(64))).unwrap();
    check(&fixture, &["scan", "tree"], 2, "pack acme: is not on this machine");
    check(&fixture, &["packs", "sync"], 2, &format!("holds sha256:{digest}, and the lock says sha256:000"));
    fs::write(&lock, "schema = 1\n<<<<<<< HEAD\n").unwrap();
    check(&fixture, &["scan", "tree"], 2, ".portcullis/packs.lock:2:1: an unresolved merge conflict");
}

#[test]
fn an_update_shows_what_becomes_of_the_rules() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    check(&fixture, &["packs", "update"], 0, "acme: nothing newer than ");
    publish(&fixture, "packs/base/words.toml", &rule("quixotic", "low"));
    publish(&fixture, "packs/base/more.toml", &rule("sesquipedal", "high"));
    let changes = "  ~ acme-quixotic: high, high becomes low, high\n  + acme-sesquipedal (high, high)\n";
    check(&fixture, &["packs", "update", "acme"], 0, changes);
    check(&fixture, &["packs", "update", "none"], 2, "there is no pack none in .portcullis/packs.lock");
    fs::remove_file(fixture.root.join("rules/packs/base/more.toml")).unwrap();
    publish(&fixture, "packs/base/words.toml", &rule("quixotic", "low").replace("{1,9}", "{1,8}"));
    let changes = "  ~ acme-quixotic: looks for something else\n  - acme-sesquipedal\n";
    check(&fixture, &["packs", "update"], 0, changes);
}

#[test]
fn a_young_commit_waits() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    let rules = fixture.root.join("rules");
    fs::write(rules.join("packs/base/words.toml"), rule("quixotic", "low")).unwrap();
    // Later than any day on which this test runs.
    let young = fixture.with_var("GIT_COMMITTER_DATE", "4000000000 +0000");
    young.git_in(&rules, &["commit", "-qam", "young"]);
    check(&young, &["packs", "update", "--cooldown", "7d"], 0, " is 0 days old, and waits");
    assert_eq!(open(&young, &["scan", "tree"]), [FOUND]);
}

#[test]
fn a_moved_tag_and_a_commit_that_nothing_leads_to_are_refused() {
    let fixture = with_rules();
    add(&fixture, &format!("{}#v1", url(&fixture)));
    publish(&fixture, "packs/base/words.toml", &rule("quixotic", "low"));
    fixture.git_in(&fixture.root.join("rules"), &["tag", "-f", "v1"]);
    fs::remove_dir_all(store(&fixture)).unwrap();
    for args in [["packs", "sync"], ["packs", "update"]] {
        check(&fixture, &args, 2, "the tag v1 was moved, from ");
    }
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    fs::remove_dir_all(store(&fixture)).unwrap();
    // The commit still lies there, and no branch leads to it.
    let rules = fixture.root.join("rules");
    fixture.git_in(&rules, &["tag", "-d", "v1"]);
    fixture.git_in(&rules, &["commit", "-q", "--amend", "-m", "another one"]);
    check(&fixture, &["packs", "sync"], 2, "HEAD does not lead to commit ");
}

#[test]
fn a_vendored_pack_needs_no_store() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    check(&fixture, &["packs", "vendor"], 0, "1 pack in .portcullis/packs; commit them with the lock");
    fs::remove_dir_all(store(&fixture)).unwrap();
    assert_eq!(open(&fixture, &["scan", "tree", "text.py"]), [FOUND]);
    fixture.git(&["add", "."]);
    // From the index alone.
    fs::remove_dir_all(fixture.work.join(".portcullis")).unwrap();
    assert_eq!(open(&fixture, &["scan", "staged"]), [".portcullis/packs.lock:1 policy-loosened", FOUND]);
    fixture.stage(".portcullis/packs/acme/words.toml", rule("quixotic", "low"));
    check(
        &fixture,
        &["scan", "staged"],
        2,
        ".portcullis/packs/acme/ holds something else than the lock says",
    );
}

#[test]
fn a_pack_may_lock_its_rules() {
    let fixture = with_rules();
    publish(&fixture, "packs/base/config.toml", "schema = 1\n[rules.acme-quixotic]\nlocked = true\n");
    add(&fixture, &url(&fixture));
    let off = "schema = 1\n[rules.acme-quixotic]\nenabled = false\nreason = 'not here'\n";
    fixture.write(".portcullis/config.toml", off);
    let (code, said) = run(&fixture, &["scan", "tree"]);
    assert_eq!(code, 2);
    let told = ".portcullis/config.toml:2:8: `rules`: `acme-quixotic` is locked by acme@";
    assert!(said.contains(told) && said.contains("/config.toml:2, and may only be tightened here"), "{said}");
}

#[test]
fn what_is_no_pack_is_refused_and_leaves_no_trace() {
    let fixture = with_rules();
    let lock = fixture.work.join(".portcullis/packs.lock");
    let bare = url(&fixture);
    for (args, expected) in [
        (&["--upload-pack=touch x"][..], "error: unexpected argument"),
        (&["ext::sh -c touch% x"], "is no address of a repository"),
        (&["../rules"], "is no address of a repository"),
        (&[&bare, "--path", "none"], "fatal: "),
        (&["file:///nowhere/at/all"], "fatal: "),
        (&[&bare, "--name", "../x"], "is no name of a pack"),
        (&[&format!("{bare}#-x")], "is no branch or tag"),
    ] {
        check(&fixture, &[&["packs", "add"], args].concat(), 2, expected);
        assert!(!lock.exists(), "{args:?}");
    }
    publish(&fixture, "packs/base/words.toml", "schema = 1\n[[rul]]\n");
    check(&fixture, &["packs", "add", &bare, "--name", "acme"], 2, "unknown key `rul`, did you mean `rule`?");
    publish(
        &fixture,
        "packs/base/words.toml",
        &rule("quixotic", "low").replace("acme-quixotic", "github-pat"),
    );
    check(&fixture, &["packs", "add", &bare, "--name", "acme"], 2, "there is a rule github-pat already");
    publish(&fixture, "packs/base/words.toml", &format!("#{}", "x".repeat(2 << 20)));
    check(
        &fixture,
        &["packs", "add", &bare, "--name", "acme"],
        2,
        "packs/base/words.toml: is larger than a pack may be",
    );
    assert!(!lock.exists());
}

/// A server that is stopped with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `git daemon` on loopback; none where this git has none.
fn daemon(root: &Path) -> Option<(Server, u16)> {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut command = Command::new("git");
    command.args(["daemon", "--export-all", "--reuseaddr", "--listen=127.0.0.1"]);
    command.args([format!("--port={port}"), format!("--base-path={}", root.display())]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let mut server = Server(child);
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((server, port));
        }
        if server.0.try_wait().ok().flatten().is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

#[test]
fn a_server_on_the_network_is_asked_by_git() {
    let fixture = with_rules();
    let Some((_server, port)) = daemon(&fixture.root) else {
        crate::world::skipped("this git has no daemon");
        return;
    };
    add(&fixture, &format!("git://127.0.0.1:{port}/rules/.git#v1"));
    fs::remove_dir_all(store(&fixture)).unwrap();
    check(&fixture, &["packs", "sync"], 0, "1 fetched");
    assert_eq!(open(&fixture, &["scan", "tree"]), [FOUND]);
}

#[test]
fn an_archive_takes_packs_to_a_machine_without_a_network() {
    let fixture = with_rules();
    add(&fixture, &format!("{}#v1", url(&fixture)));
    check(&fixture, &["packs", "export", "packs.tar"], 0, "1 pack in ROOT/work/packs.tar");
    let archive = fs::read(fixture.work.join("packs.tar")).unwrap();
    fs::remove_dir_all(store(&fixture)).unwrap();
    fs::remove_dir_all(fixture.root.join("rules")).unwrap();
    check(&fixture, &["scan", "tree"], 2, "pack acme: is not on this machine");
    // A byte of a rule is another one.
    let at = archive.windows(8).position(|part| part == b"quixotic").unwrap();
    let mut other = archive.clone();
    other[at] = b'Q';
    fixture.write("packs.tar", other);
    check(&fixture, &["packs", "import", "packs.tar"], 2, "holds something else than its name says: sha256:");
    // Another pack than the lock's.
    fixture.write(
        "packs.tar",
        portcullis::packs::archive(&[[("a.toml".to_owned(), b"x".to_vec())].into()]).unwrap(),
    );
    check(&fixture, &["packs", "import", "packs.tar"], 2, "does not hold acme as the lock says");
    assert!(!store(&fixture).exists());
    fixture.write("packs.tar", &archive);
    check(&fixture, &["packs", "import", "packs.tar"], 0, "1 pack as the lock says");
    fs::remove_file(fixture.work.join("packs.tar")).unwrap();
    assert_eq!(open(&fixture, &["scan", "tree", "text.py"]), [FOUND]);
}

#[test]
fn a_change_of_the_lock_is_told() {
    let fixture = with_rules();
    add(&fixture, &format!("{}#v1", url(&fixture)));
    fixture.git(&["add", ".portcullis"]);
    assert_eq!(open(&fixture, &["scan", "staged"]), [".portcullis/packs.lock:1 policy-loosened"]);
    fixture.git(&["commit", "-qm", "use it"]);
    fixture.stage(".portcullis/signers", "# ours\nada ssh-ed25519 AAAA\n");
    assert_eq!(open(&fixture, &["scan", "staged"]), [".portcullis/signers:1 policy-loosened"]);
    fixture.git(&["commit", "-qm", "who signs"]);
    fixture.stage(".portcullis/signers", "# ours still\nada ssh-ed25519 AAAA\n");
    assert_eq!(open(&fixture, &["scan", "staged"]), [""; 0]);
    fixture.git(&["rm", "-q", ".portcullis/packs.lock"]);
    assert_eq!(open(&fixture, &["scan", "staged"]), [".portcullis/packs.lock:1 policy-loosened"]);
}

/// A commit in the repository of rules whose tree has a folder with this name, and a rule file in it.
fn publish_odd_folder(fixture: &Fixture, name: &str) {
    let rules = fixture.root.join("rules");
    let object = |kind: &str, content: &[u8]| {
        let file = fixture.root.join("object");
        fs::write(&file, content).unwrap();
        let file = file.display().to_string();
        fixture.git_in(&rules, &["hash-object", "-w", "--literally", "-t", kind, &file]).trim().to_owned()
    };
    let entry = |mode: &str, name: &str, id: &str| {
        let id = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap());
        [format!("{mode} {name}\0").into_bytes(), id.collect()].concat()
    };
    let blob = object("blob", rule("quixotic", "low").as_bytes());
    let inner = object("tree", &entry("100644", "words.toml", &blob));
    let tree = object("tree", &entry("40000", name, &inner));
    let commit = fixture.git_in(&rules, &["commit-tree", "-m", "odd", &tree]).trim().to_owned();
    fixture.git_in(&rules, &["update-ref", "refs/heads/main", &commit]);
}

#[test]
fn no_file_of_a_pack_leads_out_of_its_folder() {
    for (name, expected) in [
        ("..", "fsck error in packed object"),
        ("a\\b", "error: could not tell, so nothing goes on: \"a\\\\b/words.toml\" is no path of a pack"),
        ("C:", "error: could not tell, so nothing goes on: \"C:/words.toml\" is no path of a pack"),
    ] {
        let fixture = with_rules();
        publish_odd_folder(&fixture, name);
        check(&fixture, &["packs", "add", &url(&fixture), "--name", "acme"], 2, expected);
        assert!(!store(&fixture).exists());
    }
}

#[test]
fn an_update_that_does_not_go_together_with_the_other_rules_changes_nothing() {
    let fixture = with_rules();
    add(&fixture, &url(&fixture));
    check(&fixture, &["packs", "vendor"], 0, "1 pack in");
    let lock = fs::read(fixture.work.join(".portcullis/packs.lock")).unwrap();
    publish(&fixture, "packs/base/more.toml", &rule("more", "low").replace("acme-more", "github-pat"));
    check(&fixture, &["packs", "update"], 2, "there is a rule github-pat already");
    assert_eq!(fs::read(fixture.work.join(".portcullis/packs.lock")).unwrap(), lock);
    assert_eq!(open(&fixture, &["scan", "tree", "text.py"]), [FOUND]);
}

/// A server that answers every connection with `answer`, again and again until its client goes away, or with silence.
fn liar(answer: &'static [u8]) -> u16 {
    use std::io::{Read, Write};
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                while !answer.is_empty() && stream.write_all(answer).is_ok() {}
                // Until the client goes away.
                while stream.read(&mut [0; 4096]).is_ok_and(|len| len > 0) {}
            });
        }
    });
    port
}

/// What fetching says with these limits.
fn fetched(url: &str, seconds: f64, megabytes: u64) -> String {
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let limits = Limits { is_up: &|| Instant::now() >= until, bytes: megabytes << 20 };
    let env = [("PATH".into(), crate::world::path())];
    let wish = Wish { url, name: None, path: None, env: &env, signers: None, limits };
    let begun = Instant::now();
    let said =
        fetch(&wish).map_or_else(|error| error.to_string(), |pack| format!("{} files", pack.contents.len()));
    assert!(begun.elapsed() < Duration::from_secs(60), "{said}");
    said
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let port = liar(b"");
    for scheme in ["git", "http"] {
        let url = format!("{scheme}://127.0.0.1:{port}/rules");
        assert_eq!(fetched(&url, 0.5, 100), format!("{url}: has not answered in time"));
    }
}

#[test]
fn a_server_that_talks_nonsense_is_no_answer() {
    let fixture = one_commit();
    for answer in [
        &b"nonsense\n"[..],
        b"\0\xff\x1b[2J",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xff\xff\xff",
    ] {
        let port = liar(answer);
        for scheme in ["git", "http"] {
            let url = format!("{scheme}://127.0.0.1:{port}/rules");
            let (code, said) = run(&fixture, &["packs", "add", &url]);
            assert_eq!(code, 2, "{said}");
            assert!(
                said.starts_with(&format!("error: could not tell, so nothing goes on: {url}: ")),
                "{said}"
            );
            assert!(!said.contains('\x1b'), "{said:?}");
        }
    }
    assert!(!fixture.work.join(".portcullis").exists() && !store(&fixture).exists());
}

#[test]
fn a_repository_that_never_ends_is_not_taken() {
    let fixture = with_rules();
    // Nothing that could be packed tighter.
    let noise: Vec<u8> =
        (0_u32..1 << 18).flat_map(|at| at.wrapping_mul(0x9e37_79b1).rotate_left(at).to_le_bytes()).collect();
    fs::write(fixture.root.join("rules/noise.bin"), noise).unwrap();
    publish(&fixture, "words.toml", &rule("more", "low"));
    let url = url(&fixture);
    assert_eq!(fetched(&url, 60.0, 100), "2 files");
    assert_eq!(fetched(&url, 60.0, 0), format!("{url}: sends more than 0 MB"));
}

/// A key of somebody, and git's settings to sign with it.
pub fn signer(fixture: &Fixture, name: &str) -> Option<(String, Vec<String>)> {
    let key = fixture.root.join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(&key)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        crate::world::skipped("there is no ssh-keygen");
        return None;
    }
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let settings = ["gpg.format=ssh".to_owned(), format!("user.signingKey={}", key.display())];
    Some((public, settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()))
}

#[test]
fn a_signed_pack_is_taken_with_a_signature_that_git_verifies_and_not_without() {
    let fixture = with_rules();
    let (Some((ada, signing)), Some((eve, foreign))) = (signer(&fixture, "ada"), signer(&fixture, "eve"))
    else {
        return;
    };
    let rules = fixture.root.join("rules");
    let sign = |settings: &[String], args: &[&str]| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        fixture.git_in(&rules, &[&settings[..], args].concat())
    };
    sign(&signing, &["tag", "-s", "-m", "three", "v3"]);
    sign(&foreign, &["tag", "-s", "-m", "four", "v4"]);
    let signers = |lines: &str| fixture.write(".portcullis/signers", lines);
    let add = |tag: &str| {
        let from = format!("{}#{tag}", url(&fixture));
        run(&fixture, &["packs", "add", &from, "--path", "packs/base", "--name", "acme", "--signed"])
    };
    let refused = "has no signature that git verifies";
    // Nobody is known; somebody else is; the key had ended; the tag has no signature.
    for (lines, tag) in [
        (String::new(), "v3"),
        (format!("eve {eve}"), "v3"),
        (format!("ada valid-before=\"20200101\" {ada}"), "v3"),
        (format!("ada {ada}"), "v4"),
        (format!("ada {ada}"), "v1"),
    ] {
        signers(&lines);
        let (code, said) = add(tag);
        assert_eq!((code, said.contains(refused)), (2, true), "{tag}: {said}");
    }
    fs::remove_file(fixture.work.join(".portcullis/signers")).unwrap();
    let (code, said) = add("v3");
    assert_eq!((code, said.contains(refused)), (2, true), "{said}");
    signers(&format!("ada {ada}"));
    let (code, said) = add("v3");
    assert_eq!(code, 0, "{said}");
    assert!(
        fs::read_to_string(fixture.work.join(".portcullis/packs.lock")).unwrap().ends_with("signed = true\n")
    );
    // A machine that does not know the signer takes nothing.
    fs::remove_dir_all(store(&fixture)).unwrap();
    signers(&format!("eve {eve}"));
    check(&fixture, &["packs", "sync"], 2, refused);
    signers(&format!("ada {ada}"));
    check(&fixture, &["packs", "sync"], 0, "1 fetched");

    // A branch: the commit itself is signed, or the update does not come.
    let (code, said) =
        run(&fixture, &["packs", "add", &url(&fixture), "--path", "packs/base", "--name", "two", "--signed"]);
    assert_eq!((code, said.contains(refused)), (2, true), "{said}");
    publish(&fixture, "packs/more/words.toml", &rule("sesquipedal", "high"));
    sign(&signing, &["commit", "-q", "--amend", "-S", "-m", "signed"]);
    let (code, said) =
        run(&fixture, &["packs", "add", &url(&fixture), "--path", "packs/more", "--name", "two", "--signed"]);
    assert_eq!(code, 0, "{said}");
    publish(&fixture, "packs/more/words.toml", &rule("sesquipedal", "low"));
    check(&fixture, &["packs", "update", "two"], 2, refused);
}

#[test]
fn a_server_that_speaks_http_is_asked_by_git() {
    let fixture = with_rules();
    let Some(server) = crate::http::GitServer::start(&fixture.root) else {
        crate::world::skipped("this git has no http-backend");
        return;
    };
    add(&fixture, &format!("{}/rules/.git#v1", server.url()));
    fs::remove_dir_all(store(&fixture)).unwrap();
    check(&fixture, &["packs", "sync"], 0, "1 fetched");
    assert_eq!(open(&fixture, &["scan", "tree"]), [FOUND]);
    publish(&fixture, "packs/base/words.toml", &rule("quixotic", "low"));
    fixture.git_in(&fixture.root.join("rules"), &["tag", "-f", "v1"]);
    check(&fixture, &["packs", "update"], 2, "the tag v1 was moved, from ");
    // A server that has nothing, and one that asks for a password that nobody can type.
    fs::remove_dir_all(store(&fixture)).unwrap();
    fs::rename(fixture.root.join("rules"), fixture.root.join("locked")).unwrap();
    check(&fixture, &["packs", "sync"], 2, "fatal: ");
}
