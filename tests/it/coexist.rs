//! The hook managers that people use, as their registries give them, before and after us. Without a registry these
//! tests are skipped, and say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::tools::{self, kept, run};
use crate::world::{World, blocking_line, said, skipped, write_script};

/// The folders with the programs, or why there are none.
fn managers() -> Result<Vec<PathBuf>, String> {
    static MANAGERS: OnceLock<Result<Vec<PathBuf>, String>> = OnceLock::new();
    MANAGERS.get_or_init(|| Ok(vec![from_pypi()?, from_npm()?])).clone()
}

fn from_pypi() -> Result<PathBuf, String> {
    let folder = kept("pypi", |folder| {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "pre-commit", "prek"]))
    })?;
    Ok(folder.join("bin"))
}

fn from_npm() -> Result<PathBuf, String> {
    Ok(tools::from_npm("npm", &["husky", "lefthook"])?.join("node_modules/.bin"))
}

/// Something that a developer does.
type Act = (&'static str, fn(&World));

fn tool(world: &World, name: &str, args: &[&str]) {
    let program = world.tools.iter().map(|dir| dir.join(name)).find(|path| path.exists()).unwrap();
    let output = world.run(world.command(&program, &world.repo).args(args));
    assert!(output.status.success(), "{name} {args:?}: {}", said(&output));
}

const OURS: Act = ("ours", |world| drop(world.install()));
const PRE_COMMIT: Act = ("pre-commit install", |world| tool(world, "pre-commit", &["install"]));
const PRE_COMMIT_FORCE: Act =
    ("pre-commit install -f", |world| tool(world, "pre-commit", &["install", "-f"]));
const PRE_COMMIT_OUT: Act = ("pre-commit uninstall", |world| tool(world, "pre-commit", &["uninstall"]));
const PREK: Act = ("prek install", |world| tool(world, "prek", &["install"]));
const PREK_FORCE: Act = ("prek install -f", |world| tool(world, "prek", &["install", "-f"]));
const LEFTHOOK: Act = ("lefthook install", |world| tool(world, "lefthook", &["install"]));
const LEFTHOOK_EDIT: Act = ("lefthook.yml edited", |world| {
    let path = world.repo.join("lefthook.yml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{text}\npre-push:\n  jobs:\n    - run: 'true'\n")).unwrap();
});
const HUSKY: Act = ("husky", |world| {
    tool(world, "husky", &[]);
    let script = world.repo.join(".husky/pre-commit");
    if !fs::read_to_string(&script).is_ok_and(|text| text.contains("echo job")) {
        fs::write(script, "echo job >> \"$HOME/calls\"\n").unwrap();
    }
});
const HUSKY_ELSEWHERE: Act = ("husky elsewhere", |world| {
    tool(world, "husky", &["config/husky"]);
    fs::write(world.repo.join("config/husky/pre-commit"), "echo job >> \"$HOME/calls\"\n").unwrap();
});
const SHARED: Act = ("a shared folder", |world| {
    write_script(&world.home.path().join("shared/pre-commit"), "#!/bin/sh\necho shared >> \"$HOME/calls\"\n");
    world.git(&["config", "--global", "core.hooksPath", "~/shared"]);
});
const GLOBAL: Act = ("ours for all", |world| {
    fs::create_dir(world.repo.join(".portcullis")).unwrap();
    let args = ["install", "--scope", "global", "--method", "shim"];
    let output = world.portcullis(&world.repo, &args);
    assert!(output.status.success(), "{}", said(&output));
});
/// What `doctor` finds to repair, and repairs.
const FIX: Act = ("doctor --fix", |world| {
    let sick = world.portcullis(&world.repo, &["doctor"]);
    assert_eq!(sick.status.code(), Some(1), "{}", said(&sick));
    let fixed = world.portcullis(&world.repo, &["doctor", "--fix"]);
    assert!(fixed.status.success(), "{}", said(&fixed));
});

/// A world with every manager and a job for each, which leaves a line when it runs.
fn world() -> Option<World> {
    let tools = match managers() {
        Ok(tools) => tools,
        Err(why) => {
            skipped(&why);
            return None;
        }
    };
    let mut world = World::new();
    world.tools = tools;
    // A program that husky's lines find.
    let local = world.home.path().join(".local/bin");
    fs::create_dir_all(&local).unwrap();
    std::os::unix::fs::symlink(&world.program, local.join("portcullis")).unwrap();
    let job = "      - id: job\n        name: job\n        entry: sh -c 'echo job >> \"$HOME/calls\"'\n        \
               language: system\n        always_run: true\n        pass_filenames: false\n";
    let config = format!("repos:\n  - repo: local\n    hooks:\n{job}");
    fs::write(world.repo.join(".pre-commit-config.yaml"), config).unwrap();
    let config = "pre-commit:\n  jobs:\n    - run: echo job >> \"$HOME/calls\"\n";
    fs::write(world.repo.join("lefthook.yml"), config).unwrap();
    world.git(&["add", "."]);
    world.git(&["commit", "-q", "-m", "first"]);
    Some(world)
}

/// Commits a harmless change; some managers do nothing for an empty commit.
fn commit(world: &World) -> Output {
    let path = world.repo.join("notes.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, format!("{text}one more line\n")).unwrap();
    world.git(&["add", "notes.txt"]);
    world.try_git(&world.repo, &["commit", "-q", "-m", "clean"])
}

/// Does `acts`; then a clean change passes with `jobs` done, one that blocks is stopped by a finding, `doctor` agrees,
/// and without us everything is as if we had never been there.
#[track_caller]
fn check(acts: &[Act], jobs: &str) {
    let Some(world) = world() else { return };
    let names: Vec<&str> = acts.iter().map(|(name, _)| *name).collect();
    let names = names.join(", then ");
    acts.iter().for_each(|(_, act)| act(&world));

    let clean = commit(&world);
    assert!(clean.status.success(), "{names}: {}", said(&clean));
    assert_eq!(world.calls(), jobs, "{names}");
    world.check_guarded(&world.repo);
    let doctor = world.portcullis(&world.repo, &["doctor"]);
    assert!(doctor.status.success(), "{names}: {}", said(&doctor));

    world.calls();
    world.uninstall();
    let global = world.portcullis(&world.repo, &["uninstall", "--scope", "global"]);
    assert!(global.status.success(), "{names}: {}", said(&global));
    let clean = commit(&world);
    assert!(clean.status.success(), "{names}, without us: {}", said(&clean));
    assert_eq!(world.calls(), jobs, "{names}, without us");
    let config = fs::read_to_string(world.repo.join(".git/config")).unwrap();
    assert!(!config.contains("portcullis"), "{names}: {config}");
}

#[test]
fn pre_commit_before_and_after_us() {
    check(&[OURS, PRE_COMMIT], "job\n");
    check(&[OURS, PRE_COMMIT, PRE_COMMIT_OUT], "");
    check(&[PRE_COMMIT, OURS], "job\n");
    check(&[PRE_COMMIT, OURS, PRE_COMMIT], "job\n");
    check(&[PRE_COMMIT, OURS, PRE_COMMIT, OURS], "job\n");
    check(&[OURS, PRE_COMMIT_FORCE, FIX], "job\n");
}

#[test]
fn prek_before_and_after_us() {
    check(&[OURS, PREK], "job\n");
    check(&[PREK, OURS], "job\n");
    check(&[PREK, OURS, PREK], "job\n");
    check(&[PREK, OURS, PREK, OURS], "job\n");
    check(&[OURS, PREK_FORCE, FIX], "job\n");
}

#[test]
fn lefthook_before_and_after_us() {
    check(&[LEFTHOOK, OURS], "job\n");
    check(&[LEFTHOOK, OURS, LEFTHOOK_EDIT], "job\n");
    check(&[OURS, LEFTHOOK, FIX], "job\n");
    check(&[OURS, LEFTHOOK, FIX, LEFTHOOK, FIX], "job\n");
}

#[test]
fn husky_before_and_after_us() {
    check(&[HUSKY, OURS], "job\n");
    check(&[HUSKY, OURS, HUSKY], "job\n");
    check(&[OURS, HUSKY, FIX], "job\n");
    check(&[OURS, HUSKY, FIX, OURS, HUSKY], "job\n");
    check(&[HUSKY_ELSEWHERE, OURS], "job\n");
}

#[test]
fn two_managers_and_shared_folders_and_us() {
    check(&[PRE_COMMIT, GLOBAL], "job\n");
    check(&[PRE_COMMIT, OURS, GLOBAL], "job\n");
    check(&[LEFTHOOK, GLOBAL], "job\n");
    check(&[HUSKY, OURS, GLOBAL], "job\n");
    check(&[SHARED, OURS], "shared\n");
}

/// The framework takes our hooks from the list in this repository, as `.pre-commit-config.yaml` names them.
#[test]
fn the_frameworks_run_us_from_our_own_list() {
    for program in ["pre-commit", "prek"] {
        let Some(mut world) = world() else { return };
        world.tools.push(world.home.path().join(".local/bin"));
        let ours = world.home.path().join("ours");
        fs::create_dir(&ours).unwrap();
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
        fs::copy(list, ours.join(".pre-commit-hooks.yaml")).unwrap();
        let git = |args: &[&str]| {
            let output = world.try_git(&ours, args);
            assert!(output.status.success(), "{args:?}: {}", said(&output));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "-q"]);
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "list"]);
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: portcullis-system\n      \
             - id: portcullis-system-commit-msg\n",
            ours.display(),
            git(&["rev-parse", "HEAD"])
        );
        fs::write(world.repo.join(".pre-commit-config.yaml"), config).unwrap();
        world.git(&["commit", "-q", "-a", "-m", "configured"]);
        tool(&world, program, &["install", "--hook-type", "pre-commit", "--hook-type", "commit-msg"]);
        let clean = commit(&world);
        assert!(clean.status.success(), "{program}: {}", said(&clean));
        fs::write(world.repo.join("bad.py"), blocking_line()).unwrap();
        world.git(&["add", "bad.py"]);
        for args in [&["commit", "-m", "bad"][..], &["commit", "-m", &blocking_line(), "--", "notes.txt"]] {
            let stopped = world.try_git(&world.repo, args);
            assert!(!stopped.status.success(), "{program} {args:?}");
            assert!(said(&stopped).contains("error["), "{program} {args:?}: {}", said(&stopped));
            fs::write(world.repo.join("notes.txt"), "other words\n").unwrap();
        }
    }
}
