//! The text of the small script that git runs, and how to recognise it; does not know where it is put.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::HookName;

const TEMPLATE: &str = include_str!("../../hooks/shim.sh");

/// The beginning of every shim, of every format.
const MARK: &[u8] = b"#!/bin/sh\n# portcullis-shim ";

/// The script that runs `binary` for `hook`.
pub fn text(hook: HookName, binary: &Path) -> Vec<u8> {
    let template = TEMPLATE.replace("@HOOK@", hook.as_str());
    let (head, tail) = template.split_once("@BINARY@").unwrap_or((&template, ""));
    [head.as_bytes(), &quoted(binary.as_os_str().as_bytes()), tail.as_bytes()].concat()
}

/// True for a script that this or another version of us has written.
pub fn is_ours(script: &[u8]) -> bool {
    script.starts_with(MARK)
}

/// `word` in single quotes, as one word for a shell.
fn quoted(word: &[u8]) -> Vec<u8> {
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
    use super::{TEMPLATE, is_ours, quoted, text};
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
        }
        assert_eq!(TEMPLATE.matches("@BINARY@").count(), 1);
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
