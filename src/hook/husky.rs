//! The lines that make a script of husky call us; knows the text, not where the script is.

use super::HookName;

const BEGIN: &str =
    "# portcullis: begin; written by `portcullis install`, taken out by `portcullis uninstall`\n";
const END: &str = "# portcullis: end\n";
/// The beginnings that every version of us writes.
const MARKS: [&[u8]; 2] = [b"# portcullis: begin", b"# portcullis: end"];

/// The script with our lines at the top, where nothing can end it before them.
pub fn with_lines(script: &[u8], hook: HookName) -> Vec<u8> {
    let script = without_lines(script);
    let line_feed = script.iter().position(|&byte| byte == b'\n').filter(|_| script.starts_with(b"#!"));
    let (head, rest) = script.split_at(line_feed.map_or(0, |at| at + 1));
    [head, lines(hook).as_bytes(), rest].concat()
}

/// The script without our lines.
pub fn without_lines(script: &[u8]) -> Vec<u8> {
    let mut ours = false;
    let mut kept = Vec::new();
    for line in script.split_inclusive(|&byte| byte == b'\n') {
        ours |= line.starts_with(MARKS[0]);
        if !ours {
            kept.extend_from_slice(line);
        }
        ours &= !line.starts_with(MARKS[1]);
    }
    kept
}

/// True when the script has lines of ours.
pub fn has_lines(script: &[u8]) -> bool {
    without_lines(script) != script
}

/// The file is committed, so the lines hold no path of this machine. What reads a push after us reads it all, too.
fn lines(hook: HookName) -> String {
    let call =
        format!("PATH=\"$PATH:$HOME/.local/bin:$HOME/.cargo/bin\" portcullis hook {hook} \"$@\" || exit");
    let lines = match hook {
        HookName::PreCommit
        | HookName::PreMergeCommit
        | HookName::PrepareCommitMsg
        | HookName::CommitMsg
        | HookName::PostCommit => {
            format!("{call}\n")
        }
        HookName::PrePush | HookName::PreReceive => format!(
            "portcullis_input=$(cat)\nprintf '%s' \"${{portcullis_input:+$portcullis_input\n}}\" | {call}\n\
             exec <<PORTCULLIS\n$portcullis_input\nPORTCULLIS\n"
        ),
    };
    [BEGIN, &lines, END].concat()
}

#[cfg(test)]
mod tests {
    use super::{has_lines, with_lines, without_lines};
    use crate::hook::HookName;
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Stdio};

    #[test]
    fn lines_go_to_the_top_once_and_leave_no_trace() {
        for script in [
            "",
            "npx lint-staged\n",
            "no newline",
            "#!/usr/bin/env sh\n. x\nnpm test\n",
            "#!/bin/sh\n",
            "#!/bin/sh",
        ] {
            for (_, hook) in HookName::NAMES {
                let once = with_lines(script.as_bytes(), hook);
                assert!(has_lines(&once) && !has_lines(script.as_bytes()));
                assert_eq!(with_lines(&once, hook), once);
                assert_eq!(without_lines(&once), script.as_bytes());
                let line =
                    once.split(|&byte| byte == b'\n').position(|line| line.starts_with(b"# portcullis"));
                assert_eq!(line, Some(usize::from(script.starts_with("#!") && script.contains('\n'))));
            }
        }
    }

    #[test]
    fn a_script_stops_where_we_stop_and_reads_what_we_read() {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join(".local/bin");
        fs::create_dir_all(&bin).unwrap();
        let run = |code: u8, input: &str| {
            let program = bin.join("portcullis");
            let text = format!("#!/bin/sh\necho \"$@\"\ncat\nexit {code}\n");
            let mut write = Command::new("sh");
            write.args(["-c", "printf %s \"$1\" > \"$0\""]).arg(&program).arg(text);
            assert!(write.status().unwrap().success());
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            let script = with_lines(b"echo then\ncat\n", HookName::PrePush);
            let mut command = Command::new("sh");
            command.arg("-c").arg(String::from_utf8(script).unwrap()).args(["x", "origin"]);
            command.env("HOME", dir.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
        };
        let refs = "refs/heads/$HOME 1 `id` 2\nb\n";
        assert_eq!(run(0, refs), (0, format!("hook pre-push origin\n{refs}then\n{refs}")));
        assert_eq!(run(3, refs), (3, format!("hook pre-push origin\n{refs}")));
        assert_eq!(run(0, ""), (0, "hook pre-push origin\nthen\n\n".to_owned()));
    }
}
