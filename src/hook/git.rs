//! Asks git for paths, settings and its version; knows nothing of hooks.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::HookError;

/// What git said.
pub struct Answer {
    command: String,
    /// Its exit code.
    pub code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Answer {
    /// What it wrote, if it succeeded.
    pub fn succeeded(self) -> Result<Vec<u8>, HookError> {
        if self.code == Some(0) {
            return Ok(self.stdout);
        }
        let message = crate::text::escape(self.stderr.trim_ascii());
        Err(HookError::Git { command: self.command, message })
    }
}

/// Runs git in `dir` and waits for it.
pub fn run<A: AsRef<OsStr>>(dir: &Path, args: &[A]) -> Result<Answer, HookError> {
    let output = Command::new("git").current_dir(dir).args(args).output().map_err(HookError::GitMissing)?;
    let words: Vec<_> = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect();
    Ok(Answer {
        command: words.join(" "),
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
    })
}

/// The one path that `git rev-parse` prints; it may contain anything, also a newline.
pub fn rev_parse(dir: &Path, args: &[&str]) -> Result<PathBuf, HookError> {
    let mut all = vec!["rev-parse", "--path-format=absolute"];
    all.extend(args);
    let path = one_line(run(dir, &all)?)?;
    if path.is_absolute() {
        return Ok(path);
    }
    // An old git does not know --path-format, and prints it.
    Err(HookError::Git { command: all.join(" "), message: "git 2.31 or newer is needed".to_owned() })
}

/// The one line that git printed, as a path.
pub fn one_line(answer: Answer) -> Result<PathBuf, HookError> {
    let mut path = answer.succeeded()?;
    path.pop_if(|byte| *byte == b'\n');
    Ok(PathBuf::from(OsString::from_vec(path)))
}

/// The last value of `key` in one file; none when the file or the key is not there.
pub fn setting(file: &Path, key: &str) -> Result<Option<String>, HookError> {
    if !file.exists() {
        return Ok(None);
    }
    let answer = config(file, &["-z", "--get", key])?;
    if answer.code == Some(1) {
        return Ok(None);
    }
    let mut value = answer.succeeded()?;
    value.pop_if(|byte| *byte == 0);
    Ok(Some(String::from_utf8_lossy(&value).into_owned()))
}

/// Every key of one file that begins with `prefix`, with its value, in the order of the file.
pub fn settings(file: &Path, prefix: &str) -> Result<Vec<(String, String)>, HookError> {
    let answer = config(file, &["-z", "--get-regexp", &format!("^{}", prefix.replace('.', "\\."))])?;
    if answer.code == Some(1) {
        return Ok(Vec::new());
    }
    let answer = answer.succeeded()?;
    let text = String::from_utf8_lossy(&answer);
    let pairs = text.split('\0').filter(|pair| !pair.is_empty());
    Ok(pairs
        .map(|pair| pair.split_once('\n').unwrap_or((pair, "true")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect())
}

/// Gives `key` one value in a file, or takes it out.
pub fn set(file: &Path, key: &str, value: Option<&str>) -> Result<(), HookError> {
    match value {
        Some(value) => config(file, &[key, value])?.succeeded().map(drop),
        None => {
            config(file, &["--unset-all", key])?.succeeded()?;
            remove_empty_section(file, key.rsplit_once('.').map_or(key, |(section, _)| section))
        }
    }
}

/// Git leaves the header of a section that a comment precedes, because that may be about the section.
fn remove_empty_section(file: &Path, section: &str) -> Result<(), HookError> {
    let text = std::fs::read(file).map_err(HookError::io(file, "read"))?;
    let header = match section.split_once('.') {
        Some((section, name)) => format!("[{section} \"{name}\"]"),
        None => format!("[{section}]"),
    };
    let mut lines = text.split(|&byte| byte == b'\n').skip_while(|line| *line != header.as_bytes());
    let is_there = lines.next().is_some();
    let in_use = config(file, &["--get-regexp", &format!("^{section}\\.")])?.code == Some(0);
    if is_there && !in_use && lines.next().is_none_or(|next| next.is_empty() || next.starts_with(b"[")) {
        config(file, &["--remove-section", section])?.succeeded()?;
    }
    Ok(())
}

fn config(file: &Path, args: &[&str]) -> Result<Answer, HookError> {
    let start = [OsStr::new("config"), OsStr::new("--file"), file.as_os_str()];
    let args: Vec<&OsStr> = start.into_iter().chain(args.iter().map(OsStr::new)).collect();
    run(Path::new("/"), &args)
}

/// Every program called git in the folders of `path`, each once.
pub fn gits_on(path: &OsStr) -> Vec<PathBuf> {
    let mut seen = Vec::new();
    let mut gits = Vec::new();
    for git in env::split_paths(path).filter(|dir| dir.is_absolute()).map(|dir| dir.join("git")) {
        let Ok(real) = git.canonicalize() else { continue };
        if real.is_file() && !seen.contains(&real) {
            seen.push(real);
            gits.push(git);
        }
    }
    gits
}

/// A version of git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The first that runs hooks named in its configuration.
    pub const CONFIG_HOOKS: Version = Version { major: 2, minor: 54 };
    /// The first that we can ask for absolute paths.
    pub const OLDEST: Version = Version { major: 2, minor: 31 };
    /// The first that can be kept from fetching what a partial clone lacks by a variable.
    pub const NO_LAZY_FETCH: Version = Version { major: 2, minor: 45 };

    /// Reads what `git version` prints.
    pub fn parse(text: &str) -> Option<Version> {
        let mut numbers = text.trim().strip_prefix("git version ")?.split('.');
        Some(Version { major: numbers.next()?.parse().ok()?, minor: numbers.next()?.parse().ok()? })
    }

    /// The version of the program `git`.
    pub fn of(git: &OsStr) -> Option<Version> {
        let output = Command::new(git).arg("version").output().ok()?;
        Version::parse(std::str::from_utf8(&output.stdout).ok()?)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, set, setting};
    use std::fs;

    #[test]
    fn versions_are_read_as_gits_of_all_makers_print_them() {
        for (text, expected) in [
            ("git version 2.54.0\n", Some((2, 54))),
            ("git version 2.39.5 (Apple Git-154)\n", Some((2, 39))),
            ("git version 2.55.0.windows.1\n", Some((2, 55))),
            ("git version 3.0\n", Some((3, 0))),
            ("git version two\n", None),
            ("", None),
        ] {
            let expected = expected.map(|(major, minor)| Version { major, minor });
            assert_eq!(Version::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_setting_that_is_taken_out_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it's a config");
        for before in
            ["[core]\n\tbare = false\n# end\n", "[core]\n\tbare = false\n[user]\n\tname = x\n", "# x\n", ""]
        {
            fs::write(&file, before).unwrap();
            for key in ["core.hooksPath", "hook.portcullis-pre-push.command"] {
                assert_eq!(setting(&file, key).unwrap(), None);
                set(&file, key, Some("'a b' \"$@\" \\ # ;")).unwrap();
                assert_eq!(setting(&file, key).unwrap().as_deref(), Some("'a b' \"$@\" \\ # ;"));
                set(&file, key, None).unwrap();
                assert_eq!(fs::read_to_string(&file).unwrap(), before, "{key}");
            }
        }
        assert_eq!(setting(&folder.path().join("absent"), "core.bare").unwrap(), None);
    }
}
