//! Plants a secret that is none in a repository that is thrown away, and lets git commit and push it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::Problem;
use crate::hook::place::{Door, Place};
use crate::hook::{HookError, HookName, configured};

/// How a planted secret is called in a report.
const RULE: &str = "github-pat";

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
    write(&cage.top.join("canary.txt"), format!("token = \"{}\"\n", secret()).as_bytes())?;
    cage.git(&["add", "canary.txt"])?;
    let mut trials = Vec::new();
    if hooks.contains(&HookName::PreCommit) {
        let output = cage.run(&cage.top, &["commit", "-q", "-m", "canary"])?;
        trials.push(trial(HookName::PreCommit, &output));
    }
    let pushed = if place.is_bare() { HookName::PreReceive } else { HookName::PrePush };
    if hooks.contains(&pushed) {
        // Made by hand, because no hook may stop this one.
        let tree = cage.git(&["write-tree"])?;
        let commit = cage.git(&["commit-tree", "-m", "canary", tree.trim()])?;
        let refspec = format!("{}:refs/heads/canary", commit.trim());
        let output = cage.run(&cage.top, &["push", "-q", "../remote", &refspec])?;
        trials.push(trial(pushed, &output));
    }
    Ok(trials)
}

fn trial(hook: HookName, output: &Output) -> Trial {
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    Trial { hook, stopped: !output.status.success(), found: said.contains(RULE), said }
}

/// The throwaway repository.
struct Cage {
    top: PathBuf,
}

impl Cage {
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
        let output = self.run(dir, args)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let message = crate::text::escape(output.stderr.trim_ascii());
        Err(HookError::Git { command: args.join(" "), message })
    }

    /// Runs git as this user does, but for what would lead it to another repository or have it ask somebody.
    fn run(&self, dir: &Path, args: &[&str]) -> Result<Output, HookError> {
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
        command.output().map_err(HookError::GitMissing)
    }
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
