//! A home, a program and repositories that nothing outside knows of, for tests of what git runs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::fixture::{PROGRAM, Planted};

/// A home, a program and a repository that nothing outside knows of.
pub struct World {
    pub home: TempDir,
    pub repo: PathBuf,
    pub program: PathBuf,
    /// Folders before all others on `PATH`.
    pub tools: Vec<PathBuf>,
    pub planted: Planted,
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.planted.assert_not_kept(self.home.path());
        }
    }
}

impl World {
    pub fn new() -> World {
        World::named("repo", "bin")
    }

    pub fn named(repo: &str, folder: &str) -> World {
        let home = tempfile::tempdir().unwrap();
        // Git answers with real paths, and a temporary folder may be reached through a link.
        let root = home.path().canonicalize().unwrap();
        let world = World {
            repo: root.join(repo),
            program: root.join(folder).join("portcullis"),
            tools: Vec::new(),
            planted: Planted::default(),
            home,
        };
        world.planted.note(b"settings.py", blocking_line().as_bytes());
        fs::create_dir_all(&world.repo).unwrap();
        fs::create_dir_all(root.join(folder)).unwrap();
        world.put_program();
        world.git(&["init", "-q", "--template="]);
        world.git(&["config", "--global", "user.name", "Somebody"]);
        world.git(&["config", "--global", "user.email", "somebody@example.com"]);
        world.git(&["config", "--global", "protocol.file.allow", "always"]);
        world
    }

    pub fn put_program(&self) {
        let built = Path::new(PROGRAM);
        if fs::hard_link(built, &self.program).is_err() {
            fs::copy(built, &self.program).unwrap();
        }
    }

    /// Puts a script in the place of the program, which tells what it was called with.
    pub fn put_spy(&self) {
        fs::remove_file(&self.program).unwrap();
        write_script(
            &self.program,
            "#!/bin/sh\nprintf '%s,' \"$@\" >> \"$HOME/calls\"\ncat >> \"$HOME/calls\"\n",
        );
    }

    pub fn calls(&self) -> String {
        let path = self.home.path().join("calls");
        let calls = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        calls
    }

    pub fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(dir)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C");
        command
    }

    /// Runs a program. What it says does not hold the secret of the line that blocks.
    #[track_caller]
    pub fn run(&self, command: &mut Command) -> Output {
        let output = command.output().unwrap();
        self.planted.assert_silent(command, &[&output.stdout[..], &output.stderr].concat());
        output
    }

    fn path(&self) -> OsString {
        let path = path();
        std::env::join_paths(self.tools.iter().cloned().chain(std::env::split_paths(&path))).unwrap()
    }

    /// A clean commit goes through, one that blocks is stopped by a finding.
    #[track_caller]
    pub fn check_guarded(&self, dir: &Path) {
        let clean = self.try_git(dir, &["commit", "-q", "--allow-empty", "-m", "clean"]);
        assert!(clean.status.success(), "{}", said(&clean));
        fs::write(dir.join("settings.py"), blocking_line()).unwrap();
        assert!(self.try_git(dir, &["add", "settings.py"]).status.success());
        let bad = self.try_git(dir, &["commit", "-q", "-m", "bad"]);
        assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));
        assert!(said(&bad).contains("adafruit"), "{}", said(&bad));
        self.try_git(dir, &["rm", "-q", "-f", "settings.py"]);
    }

    pub fn try_git(&self, dir: &Path, args: &[&str]) -> Output {
        self.run(self.command(Path::new("git"), dir).args(args))
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(&self.repo, args);
        assert!(output.status.success(), "git {args:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn portcullis(&self, dir: &Path, args: &[&str]) -> Output {
        self.run(self.command(&self.program, dir).args(args))
    }

    #[track_caller]
    pub fn install(&self) -> Output {
        let output = self.portcullis(&self.repo, &["install"]);
        assert!(output.status.success(), "install: {}", stderr(&output));
        output
    }

    #[track_caller]
    pub fn uninstall(&self) -> String {
        let output = self.portcullis(&self.repo, &["uninstall"]);
        assert!(output.status.success(), "uninstall: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn commit(&self) -> Output {
        self.try_git(&self.repo, &["commit", "-q", "--allow-empty", "-m", "x"])
    }

    pub fn hook(&self, name: &str) -> PathBuf {
        self.repo.join(".git/hooks").join(name)
    }
}

/// `PATH`, with the folder of `PORTCULLIS_TEST_GIT` before all others: the same tests for another git.
pub fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    match std::env::var_os("PORTCULLIS_TEST_GIT").map(PathBuf::from) {
        Some(git) => {
            let folder = git.parent().unwrap().to_owned();
            std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path))).unwrap()
        }
        None => path,
    }
}

/// Tells why a test checks nothing, past the harness, which shows only what failing tests say.
pub fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(std::io::stderr(), "test {test} ... skipped: {why}");
}

/// Both streams, one after the other.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn write_script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // By a program of its own: what this one has open for writing, other tests hand on to the programs that they start, and
    // a script is busy as long as anybody has it open.
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat > \"$1\" && chmod 751 \"$1\"", "sh"]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success(), "{}", path.display());
}

/// Which file it is, its kind and mode, and its bytes or where it points.
pub type Seen = (u64, u32, Vec<u8>);

/// Everything below a folder.
pub fn snapshot(top: &Path) -> BTreeMap<PathBuf, Seen> {
    let mut seen = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let content = if metadata.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else if metadata.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                fs::read(&path).unwrap()
            };
            seen.insert(path, (metadata.ino(), metadata.mode(), content));
        }
    }
    seen
}

/// A line that blocks; in two halves, so that this file does not.
pub fn blocking_line() -> String {
    format!("key = \"aio_{}\"\n", "Nq72LkVd81xWcRtY5bGz".to_owned() + "34HsPfJm")
}
