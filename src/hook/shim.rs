//! The text of the small scripts that git runs, and how to recognise them; does not know where they are put.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::HookName;

const SHIM: &str = include_str!("../../hooks/shim.sh");
const GUARD: &str = include_str!("../../hooks/guard.sh");
const CONFIGURED: &str = include_str!("../../hooks/configured.sh");
const FORWARD_OWN: &str = include_str!("../../hooks/forward-own.sh");
const FORWARD_SHARED: &str = include_str!("../../hooks/forward-shared.sh");

/// The beginning of every shim, of every format.
const SHIM_MARK: &[u8] = b"#!/bin/sh\n# portcullis-shim ";
/// The beginning of every script that only runs another.
const FORWARD_MARK: &[u8] = b"#!/bin/sh\n# portcullis-forward ";

/// Which repositories a hook of all repositories guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that have a folder `.portcullis`.
    Configured,
    /// All of them.
    Always,
}

/// The script that runs `binary` for `hook` of one repository.
pub fn text(hook: HookName, binary: &Path) -> Vec<u8> {
    fill(&SHIM.replace("@GUARD@", ""), hook.as_str(), binary)
}

/// The script that runs `binary` for `hook` of all repositories.
pub fn dispatcher(hook: HookName, binary: &Path, reach: Reach) -> Vec<u8> {
    let guard = match reach {
        Reach::Configured => [GUARD, CONFIGURED].concat(),
        Reach::Always => GUARD.to_owned(),
    };
    fill(&SHIM.replace("@GUARD@", &guard), hook.as_str(), binary)
}

/// The script that runs the hook `name` of whatever repository it is called in.
pub fn forward_own(name: &str) -> Vec<u8> {
    FORWARD_OWN.replace("@HOOK@", name).into_bytes()
}

/// The script that runs `target` as the hook `name`.
pub fn forward_shared(name: &str, target: &Path) -> Vec<u8> {
    fill(FORWARD_SHARED, name, target)
}

/// True for a shim that this or another version of us has written.
pub fn is_shim(script: &[u8]) -> bool {
    script.starts_with(SHIM_MARK)
}

/// True for any script that this or another version of us has written.
pub fn is_ours(script: &[u8]) -> bool {
    is_shim(script) || script.starts_with(FORWARD_MARK)
}

/// The program that a shim runs first of all.
pub fn binary(script: &[u8]) -> Option<PathBuf> {
    const BEFORE: &[u8] = b"\nportcullis='";
    let start = script.windows(BEFORE.len()).position(|window| window == BEFORE)? + BEFORE.len();
    let mut path = Vec::new();
    let mut rest = &script[start..];
    loop {
        let end = rest.iter().position(|&byte| byte == b'\'')?;
        path.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix(br"\''") else { break };
        path.push(b'\'');
        rest = more;
    }
    Some(PathBuf::from(OsString::from_vec(path)))
}

fn fill(template: &str, name: &str, path: &Path) -> Vec<u8> {
    let template = template.replace("@HOOK@", name).replace("@TARGET@", "@BINARY@");
    let (head, tail) = template.split_once("@BINARY@").unwrap_or((&template, ""));
    [head.as_bytes(), &quoted(path.as_os_str().as_bytes()), tail.as_bytes()].concat()
}

/// True for what this version would write for `hook` to run `program`, for one repository or for all.
pub fn is_current(script: &[u8], hook: HookName, program: &Path) -> bool {
    let dispatchers = [Reach::Configured, Reach::Always].map(|reach| dispatcher(hook, program, reach));
    script == text(hook, program) || dispatchers.iter().any(|current| script == current)
}

/// True for a shim that passes over repositories without a folder `.portcullis`.
pub fn waits_for_folder(script: &[u8]) -> bool {
    const TEST: &[u8] = b"if ! [ -d .portcullis ]; then";
    script.windows(TEST.len()).any(|window| window == TEST)
}

/// `word` in single quotes, as one word for a shell.
pub fn quoted(word: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for &byte in word {
        match byte {
            b'\'' => out.extend_from_slice(br"'\''"),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

#[cfg(test)]
mod tests {
    use super::{
        Reach, SHIM, binary, dispatcher, forward_own, forward_shared, is_ours, is_shim, quoted, text,
    };
    use crate::hook::HookName;
    use std::path::Path;

    #[test]
    fn every_shim_is_complete_and_recognised() {
        for (name, hook) in HookName::NAMES {
            let script = String::from_utf8(text(hook, Path::new("/opt/it's here/portcullis"))).unwrap();
            assert!(is_ours(script.as_bytes()));
            assert!(!script.contains(['@', '\r']) || !script.replace("\"$@\"", "").contains(['@', '\r']));
            assert_eq!(script.matches(&format!("hook {name} \"$@\"")).count(), 2);
            assert!(script.contains("\nportcullis='/opt/it'\\''s here/portcullis'\n"));
            assert_eq!(binary(script.as_bytes()).unwrap(), Path::new("/opt/it's here/portcullis"));
        }
        assert_eq!(SHIM.matches("@BINARY@").count(), 1);
    }

    #[test]
    fn scripts_that_only_run_others_are_ours_and_no_shims() {
        for script in [forward_own("post-merge"), forward_shared("post-merge", Path::new("/it's/here"))] {
            assert!(is_ours(&script) && !is_shim(&script));
            let text = String::from_utf8(script).unwrap();
            assert!(!text.replace("$@", "").contains('@'), "{text}");
        }
        for reach in [Reach::Configured, Reach::Always] {
            let script = dispatcher(HookName::PrePush, Path::new("/opt/portcullis"), reach);
            assert!(is_shim(&script));
            assert!(!String::from_utf8(script).unwrap().replace("$@", "").contains('@'));
        }
    }

    #[test]
    fn other_scripts_are_not_ours() {
        for script in
            ["", "#!/bin/sh\n", "#!/bin/sh\nexec portcullis hook pre-commit\n", "# portcullis-shim 1\n"]
        {
            assert!(!is_ours(script.as_bytes()), "{script}");
        }
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for word in ["plain", "", "two words", "it's", "''", "line\nbreak", "$HOME `id` \\ \"", "caf\u{e9}"] {
            let script = [b"printf %s ", &quoted(word.as_bytes())[..]].concat();
            let script = String::from_utf8(script).unwrap();
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(output.stdout, word.as_bytes());
        }
    }
}
