//! Plants a secret that is none in a repository that is thrown away, and lets git commit and push it.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::Problem;
use crate::hook::place::{Door, Place};
use crate::hook::{HookError, HookName, configured};

/// How a planted secret is called in a report.
const RULE: &str = "github-pat";

/// How long git and all hooks may take; a formatter may be slow, but nobody waits for one that never ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether they have ended.
const TICK: Duration = Duration::from_millis(2);

/// What git and we tell our children about the repository at hand, and what makes a new one special.
const LEADS_AWAY: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DEFAULT_HASH",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_PUSH_OPTION_COUNT",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
    "PORTCULLIS_FORWARDED",
    "PORTCULLIS_SHIM",
];

/// What happened to the planted secret in one hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The hook.
    pub hook: HookName,
    /// True when git was stopped.
    pub stopped: bool,
    /// True when our finding was told.
    pub found: bool,
    /// What was said.
    pub said: String,
}

impl Trial {
    /// What is wrong, if something is.
    pub fn problem(&self) -> Option<Problem> {
        match (self.stopped, self.found) {
            (true, true) => None,
            (true, false) => Some(Problem::BlockedByOther { hook: self.hook, said: self.said.clone() }),
            (false, _) => Some(Problem::NotBlocked(self.hook)),
        }
    }
}

/// Lets git commit and push a planted secret, with the hooks of `place`. Whatever they do before they see it, they do
/// it in the throwaway repository.
pub fn plant(place: &Place, hooks: &[HookName]) -> Result<Vec<Trial>, HookError> {
    let folder = tempfile::tempdir().map_err(HookError::io(Path::new("a temporary folder"), "created"))?;
    let cage = Cage { top: folder.path().join("canary") };
    let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).map_err(HookError::io(path, "written"));
    cage.git_in(folder.path(), &["init", "-q", "--template=", "canary"])?;
    let remote = folder.path().join("remote");
    cage.git_in(folder.path(), &["init", "-q", "--bare", "--template=", "remote"])?;
    cage.configure(if place.is_bare() { &remote } else { &cage.top }, place)?;
    let asks = cage.top.join(".portcullis");
    fs::create_dir(&asks).map_err(HookError::io(&asks, "created"))?;
    write(&cage.top.join("canary.txt"), planted().as_bytes())?;
    cage.git(&["add", "canary.txt"])?;
    // Made by hand, because no hook may stop these.
    let bad = cage.commit(&cage.git(&["write-tree"])?, &[])?;
    let pushed = format!("{bad}:refs/heads/canary");
    let mut trials = Vec::new();
    for &hook in hooks {
        let output = match hook {
            HookName::PreCommit => cage.run(&cage.top, &["commit", "-q", "-m", "canary"])?,
            HookName::CommitMsg => match cage.say(&write)? {
                Some(answer) => answer,
                None => continue,
            },
            HookName::PreMergeCommit => cage.merge(&write)?,
            HookName::PrePush | HookName::PreReceive => {
                cage.run(&cage.top, &["push", "-q", "../remote", &pushed])?
            }
            // The first stops what comes past the others only when asked to, the second nothing.
            HookName::PrepareCommitMsg | HookName::PostCommit => continue,
        };
        trials.push(output.trial(hook));
    }
    Ok(trials)
}

/// What git and the hooks said.
struct Answer {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Answer {
    fn trial(&self, hook: HookName) -> Trial {
        let said = [&self.stdout[..], &self.stderr].concat();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        Trial { hook, stopped: !self.status.success(), found: said.contains(RULE), said }
    }
}

/// Writes a file.
type Write = dyn Fn(&Path, &[u8]) -> Result<(), HookError>;

/// The throwaway repository.
struct Cage {
    top: PathBuf,
}

impl Cage {
    /// A commit that no hook has seen.
    fn commit(&self, tree: &str, parents: &[&str]) -> Result<String, HookError> {
        let parents = parents.iter().flat_map(|parent| ["-p", parent]);
        let args: Vec<&str> =
            ["commit-tree", "-m", "canary"].into_iter().chain(parents).chain([tree.trim()]).collect();
        Ok(self.git(&args)?.trim().to_owned())
    }

    /// Lets git run the hook alone: the others may not know what to do here. None with a git before 2.36, which cannot.
    fn say(&self, write: &Write) -> Result<Option<Answer>, HookError> {
        write(&self.top.join("message"), planted().as_bytes())?;
        let answer = self.run(&self.top, &["hook", "run", "commit-msg", "--", "message"])?;
        let knows = !String::from_utf8_lossy(&answer.stderr).contains("is not a git command");
        Ok(knows.then_some(answer))
    }

    /// Merges two branches in such a way that only the merge has the secret in it.
    fn merge(&self, write: &Write) -> Result<Answer, HookError> {
        let file = self.top.join("merged.txt");
        let tree = |text: &str| {
            write(&file, text.as_bytes())?;
            self.git(&["add", "merged.txt"])?;
            self.git(&["write-tree"])
        };
        self.git(&["rm", "-q", "-r", "--cached", "."])?;
        let base = self.commit(&tree("base\n")?, &[])?;
        let theirs = self.commit(&tree("theirs\n")?, &[&base])?;
        let ours = self.commit(&tree("ours\n")?, &[&base])?;
        self.git(&["update-ref", "HEAD", &ours])?;
        let info = self.top.join(".git/info");
        fs::create_dir_all(&info).map_err(HookError::io(&info, "created"))?;
        write(&info.join("attributes"), b"merged.txt merge=canary\n")?;
        self.git(&["config", "merge.canary.driver", "cp canary.txt %A"])?;
        self.run(&self.top, &["merge", "-q", "-m", "canary", &theirs])
    }

    /// What makes git run hooks in `guarded` as in `place`. What the user has configured for all repositories holds anyway.
    fn configure(&self, guarded: &Path, place: &Place) -> Result<(), HookError> {
        let folder = match &place.door {
            Door::Own | Door::Husky => Some(&place.hooks_dir),
            Door::Shared { .. } if place.hooks_dir == place.own_hooks_dir() => Some(&place.hooks_dir),
            Door::Shared { .. } | Door::Dispatcher => None,
        };
        if let Some(folder) = folder {
            let folder = folder.to_str().ok_or_else(|| HookError::NotUtf8(folder.clone()))?;
            self.git_in(guarded, &["config", "core.hooksPath", folder])?;
        }
        let ours = crate::hook::git::settings(&place.common_dir.join("config"), configured::PREFIX)?;
        for (key, value) in ours {
            self.git_in(guarded, &["config", "--add", &key, &value])?;
        }
        Ok(())
    }

    fn git(&self, args: &[&str]) -> Result<String, HookError> {
        self.git_in(&self.top, args)
    }

    fn git_in(&self, dir: &Path, args: &[&str]) -> Result<String, HookError> {
        let answer = self.run(dir, args)?;
        if answer.status.success() {
            return Ok(String::from_utf8_lossy(&answer.stdout).into_owned());
        }
        let message = crate::text::escape(answer.stderr.trim_ascii());
        Err(HookError::Git { command: args.join(" "), message })
    }

    /// Runs git as this user does, but for what would lead it to another repository or have it ask somebody.
    fn run(&self, dir: &Path, args: &[&str]) -> Result<Answer, HookError> {
        let mut command = Command::new("git");
        for name in LEADS_AWAY {
            command.env_remove(name);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "canary");
            command.env(format!("GIT_{role}_EMAIL"), "canary@example.invalid");
        }
        command
            .current_dir(dir)
            .args([
                "-c",
                "commit.gpgSign=false",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(args)
            .env("PORTCULLIS_FORMAT", "concise")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null());
        answer(command, PATIENCE)
            .map_err(HookError::GitMissing)?
            .ok_or_else(|| HookError::NoEnd { command: args.join(" "), seconds: PATIENCE.as_secs() })
    }
}

/// What `command` says; none when it has not ended after `patience`. What it writes goes to files, because a program
/// that it leaves behind could hold a pipe open for ever.
fn answer(mut command: Command, patience: Duration) -> io::Result<Option<Answer>> {
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = command.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?).spawn()?;
    for _ in 0..=patience.as_millis() / TICK.as_millis() {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(Answer { status, stdout: all(&mut stdout)?, stderr: all(&mut stderr)? }));
        }
        thread::sleep(TICK);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn all(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What is planted.
fn planted() -> String {
    format!("token = \"{}\"\n", secret())
}

/// A token with the form and the checksum of a real one. It is made here, so that it stands in no file of ours.
fn secret() -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |number: u64| char::from(DIGITS[(number % 62) as usize]);
    let mut state = 11_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        digit(state >> 33)
    };
    let body: String = (0..30).map(|_| draw()).collect();
    let checksum = u64::from(crc32fast::hash(body.as_bytes()));
    let checksum: String = (0..6).rev().map(|power| digit(checksum / 62_u64.pow(power))).collect();
    ["ghp", "_", &body, &checksum].concat()
}

#[cfg(test)]
mod tests {
    use super::{Duration, Stdio, answer};
    use std::process::Command;

    #[test]
    fn nobody_waits_for_a_hook_that_never_ends() {
        let sh = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(Stdio::null());
            answer(command, Duration::from_millis(300)).unwrap()
        };
        let quick = sh("echo out; echo err >&2; exit 3").unwrap();
        assert_eq!(
            (quick.status.code(), &*quick.stdout, &*quick.stderr),
            (Some(3), &b"out\n"[..], &b"err\n"[..])
        );
        assert!(sh("sleep 20").is_none());
        // What it leaves behind holds nothing that is waited for.
        assert!(sh("sleep 20 &").is_some());
    }
}
