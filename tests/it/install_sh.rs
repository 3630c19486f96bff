//! `install.sh` in a home of its own, with a program that is already built.

#![allow(clippy::unwrap_used, reason = "a test may panic, also in its helpers")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");
const BUILT: &str = env!("CARGO_BIN_EXE_portcullis");

struct World {
    home: TempDir,
}

impl World {
    fn new() -> World {
        World { home: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn program(&self) -> PathBuf {
        self.path(".local/bin/portcullis")
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(SCRIPT).args(args).output().unwrap()
    }

    /// Standard output with the home's path as `~`; the script has to succeed.
    #[track_caller]
    fn says(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        self.shortened(&output.stdout)
    }

    fn shortened(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).replace(BUILT, "BUILT");
        text.replace(self.home.path().to_str().unwrap(), "~")
    }

    /// A PATH that has these programs and nothing else.
    fn path_with(&self, programs: &[&str]) -> PathBuf {
        let folder = self.path("path");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for program in programs {
            let find = self.command("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
            symlink(String::from_utf8(find.stdout).unwrap().trim(), folder.join(program)).unwrap();
        }
        folder
    }
}

const NOT_ON_PATH: &str = "install.sh: ~/.local/bin is not on PATH: add it in your shell's configuration, \
                           or call ~/.local/bin/portcullis by its full name\n";
const NEXT: &str = "install.sh: next, in each repository to guard: portcullis install\n";

#[test]
fn the_program_is_put_in_place_once() {
    let world = World::new();
    let installed = format!("install.sh: installed ~/.local/bin/portcullis\n{NOT_ON_PATH}{NEXT}");
    assert_eq!(world.says(&["--from", BUILT]), installed);
    assert_eq!(fs::read(world.program()).unwrap(), fs::read(BUILT).unwrap());
    assert_eq!(fs::metadata(world.program()).unwrap().permissions().mode() & 0o777, 0o755);
    let folder = world.path(".local/bin");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing temporary stays");
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 1, "no file of the shell is touched");

    let up_to_date = format!("install.sh: ~/.local/bin/portcullis is up to date\n{NOT_ON_PATH}{NEXT}");
    assert_eq!(world.says(&["--from", BUILT]), up_to_date);
}

#[test]
fn a_dry_run_changes_nothing() {
    let world = World::new();
    let expected = "install.sh: would copy BUILT to ~/my place/bin/portcullis\n\
                    install.sh: would run `portcullis install` in ~/repo\n";
    assert_eq!(
        world.says(&["--dry-run", "--from", BUILT, "--prefix", "my place", "--repo", "repo"]),
        expected
    );
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
}

#[test]
fn a_repository_is_guarded_and_released() {
    let world = World::new();
    let init = world.command("git").args(["init", "-q", "a repo"]).status().unwrap();
    assert!(init.success());
    let hook = world.path("a repo/.git/hooks/pre-commit");
    world.says(&["--from", BUILT, "--repo", "a repo"]);
    assert!(hook.is_file());
    world.says(&["--uninstall", "--repo", "a repo"]);
    assert!(!hook.exists());
    assert!(!world.program().exists());
    assert_eq!(
        world.says(&["--uninstall"]),
        "install.sh: nothing to do: there is no ~/.local/bin/portcullis\n"
    );
}

#[track_caller]
fn refuses(args: &[&str], code: i32, expected: &str) {
    let world = World::new();
    let output = world.run(args);
    assert_eq!(world.shortened(&output.stderr), expected, "{args:?}");
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let try_help = "Try: install.sh --help\n";
    refuses(&["--form", "x"], 2, &format!("install.sh: unknown argument: --form\n{try_help}"));
    refuses(&["--from"], 2, &format!("install.sh: --from needs a value\n{try_help}"));
    refuses(&["--prefix", ""], 2, &format!("install.sh: --prefix needs a value\n{try_help}"));
    refuses(&["--from", "gone"], 1, "install.sh: ~/gone: there is no such file\n");
}

#[test]
fn a_program_that_does_not_run_is_not_installed() {
    let world = World::new();
    world.says(&["--from", BUILT]);
    fs::write(world.path("broken"), "#!/bin/sh\nexit 3\n").unwrap();
    let output = world.run(&["--from", "broken"]);
    assert_eq!(world.shortened(&output.stderr), "install.sh: ~/broken does not run on this machine\n");
    assert_eq!(fs::read(world.program()).unwrap(), fs::read(BUILT).unwrap());
    assert_eq!(fs::read_dir(world.path(".local/bin")).unwrap().count(), 1, "nothing temporary stays");
}

#[test]
fn a_missing_tool_is_named() {
    let world = World::new();
    for (programs, missing) in [
        (&["sh", "dirname"][..], "git"),
        (&["sh", "dirname", "git"], "cargo"),
        (&["sh", "dirname", "git", "cargo"], "cc"),
    ] {
        let path = world.path_with(programs);
        let output = world.command(SCRIPT).env("PATH", path).output().unwrap();
        let said = world.shortened(&output.stderr);
        assert!(said.starts_with(&format!("install.sh: {missing} is missing: ")), "{said}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn help_is_printed_and_nothing_is_done() {
    let world = World::new();
    assert!(world.says(&["--help"]).starts_with("Usage: install.sh [options]\n"));
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
}

/// A release in a folder: the archive for this machine and the checksums, as the workflow makes them.
fn release(world: &World) -> (PathBuf, String) {
    let folder = world.path("release");
    fs::create_dir(&folder).unwrap();
    let word = |args: &[&str]| {
        let output = Command::new("uname").args(args).output().unwrap().stdout;
        String::from_utf8(output).unwrap().trim().to_lowercase()
    };
    let archive = format!("portcullis-{}-{}.tar.gz", word(&["-s"]), word(&["-m"]));
    fs::copy(BUILT, folder.join("portcullis")).unwrap();
    let packed =
        Command::new("tar").current_dir(&folder).args(["-czf", &archive, "portcullis"]).status().unwrap();
    assert!(packed.success());
    let sums = Command::new("sha256sum").current_dir(&folder).args(["--", &archive]).output().unwrap();
    fs::write(folder.join("SHA256SUMS"), sums.stdout).unwrap();
    (folder, archive)
}

#[test]
fn a_release_is_installed_when_its_checksum_is_right_and_not_otherwise() {
    let world = World::new();
    let (folder, archive) = release(&world);
    let url = format!("file://{}", folder.display());
    let failing = |args: &[&str], expected: &str| {
        let output = world.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{said}");
        assert!(!world.program().exists());
    };
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    fs::write(folder.join("SHA256SUMS"), sums.replace(&archive, "portcullis-beos-mips.tar.gz")).unwrap();
    failing(&["--fetch", &url], &format!("SHA256SUMS does not name {archive}"));
    fs::write(folder.join("SHA256SUMS"), format!("{}  {archive}\n", "0".repeat(64))).unwrap();
    failing(&["--fetch", &url], "is not what SHA256SUMS says: nothing was installed");
    fs::write(folder.join("SHA256SUMS"), &sums).unwrap();
    failing(&["--fetch", "http://127.0.0.1:1/release"], "cannot be fetched");
    failing(&["--fetch", &format!("{url}/none")], "cannot be fetched");
    world.says(&["--dry-run", "--fetch", &url]);
    assert!(!world.program().exists());
    let said = world.says(&["--fetch", &format!("{url}/")]);
    assert!(said.contains("installed ~/.local/bin/portcullis"), "{said}");
    assert_eq!(fs::read(world.program()).unwrap(), fs::read(BUILT).unwrap());
}

#[test]
fn the_release_has_what_is_asked_for_and_its_steps_are_shell() {
    let workflow =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/workflows/release.yml")).unwrap();
    // `uname -s` and `uname -m` of the machines that there are.
    for name in ["linux-x86_64", "linux-aarch64", "darwin-x86_64", "darwin-arm64"] {
        assert!(workflow.contains(&format!("name: {name},")), "{name}");
    }
    for needed in ["\"portcullis-$NAME.tar.gz\" portcullis ", "sha256sum -- * > SHA256SUMS", "--draft=false"]
    {
        assert!(workflow.contains(needed), "{needed}");
    }
    let mut steps = 0;
    for step in workflow.split("run: |\n").skip(1) {
        let lines = step.lines().take_while(|line| line.starts_with("          "));
        let script: String = lines.map(|line| format!("{}\n", line.trim_start())).collect();
        let checked = Command::new("sh").args(["-n", "-c", &script]).status().unwrap();
        assert!(checked.success() && !script.contains("${{"), "{script}");
        steps += 1;
    }
    assert_eq!(steps, 3);
    for file in [".ci/npm/build", ".ci/packages"] {
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        assert!(Command::new("bash").args(["-n", &path]).status().unwrap().success(), "{file}");
    }
}
