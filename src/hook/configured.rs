//! Hooks that git's own configuration names, which git 2.54 and newer runs; does not know who else is named there.

use std::path::Path;

use super::{HookError, HookName, shim};

/// How our names begin there. Git refuses a name that is that of an event, such as `pre-commit`.
pub const PREFIX: &str = "hook.portcullis-";

/// The key of the command for the hook that git calls `name`.
pub fn command_key(name: &str) -> String {
    format!("{PREFIX}{name}.command")
}

/// The key of the event for the hook that git calls `name`.
pub fn event_key(name: &str) -> String {
    format!("{PREFIX}{name}.event")
}

/// The command that runs `binary`. Git gives it to a shell, and appends the arguments of the hook.
pub fn command(hook: HookName, binary: &Path) -> Result<String, HookError> {
    Ok(format!("{} hook {hook}", quoted(binary)?))
}

/// The same, but only in repositories that have a folder `.portcullis`.
pub fn command_where_configured(hook: HookName, binary: &Path) -> Result<String, HookError> {
    let binary = quoted(binary)?;
    Ok(format!(
        "portcullis() {{ [ -d .portcullis ] || {{ tracked=$(git ls-files -- .portcullis) || exit 1; \
         [ -n \"$tracked\" ] || exit 0; }}; {binary} hook {hook} \"$@\"; }}; portcullis"
    ))
}

/// True for a command that passes over repositories without a folder `.portcullis`.
pub fn waits_for_folder(command: &str) -> bool {
    command.contains("[ -d .portcullis ]")
}

fn quoted(binary: &Path) -> Result<String, HookError> {
    let quoted = shim::quoted(binary.as_os_str().as_encoded_bytes());
    String::from_utf8(quoted).map_err(|_| HookError::NotUtf8(binary.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{command, command_where_configured};
    use crate::hook::HookName;
    use std::path::Path;

    #[test]
    fn commands_take_the_arguments_that_git_appends() {
        let binary = Path::new("/opt/it's here/portcullis");
        let plain = "'/opt/it'\\''s here/portcullis' hook pre-push";
        assert_eq!(command(HookName::PrePush, binary).unwrap(), plain);
        let guarded = command_where_configured(HookName::PrePush, Path::new("echo")).unwrap();
        for (folder, expected) in [(true, "hook pre-push origin a b\n"), (false, "")] {
            let dir = tempfile::tempdir().unwrap();
            let git = |args: &[&str]| std::process::Command::new("git").current_dir(&dir).args(args).output();
            git(&["init", "-q"]).unwrap();
            if folder {
                std::fs::create_dir(dir.path().join(".portcullis")).unwrap();
            }
            let script = format!("{guarded} \"$@\"");
            let mut shell = std::process::Command::new("sh");
            let output =
                shell.current_dir(&dir).args(["-c", &script, "x", "origin", "a b"]).output().unwrap();
            assert!(output.status.success());
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        }
    }
}
