//! What others find of us: the hooks of the pre-commit framework, completions, manual pages, the package.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

fn portcullis(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn shells_complete_every_command() {
    for (shell, expected) in [
        ("bash", "complete -F _portcullis"),
        ("zsh", "#compdef portcullis"),
        ("fish", "complete -c portcullis"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[portcullis]"),
    ] {
        let text = portcullis(&["completions", shell]);
        assert!(text.contains(expected), "{shell}");
        assert!(text.contains("uninstall") && text.contains("history"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let dir = tempfile::tempdir().unwrap();
    portcullis(&["man", "--dir", dir.path().to_str().unwrap()]);
    for page in
        ["portcullis.1", "portcullis-scan.1", "portcullis-scan-history.1", "portcullis-deps-approve.1"]
    {
        let text = fs::read_to_string(dir.path().join(page)).unwrap();
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(portcullis(&["man"]).contains(".SH SUBCOMMANDS"));
}

#[test]
fn the_package_holds_what_it_is_built_from() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .current_dir(top)
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let list = String::from_utf8(output.stdout).unwrap();
    for file in [
        "build.rs",
        "rules/secrets/cloud.toml",
        "packages/known/npm.txt",
        "hooks/shim.sh",
        "src/report/html/page.js",
        "NOTICE",
    ] {
        assert!(list.lines().any(|line| line == file) && top.join(file).exists(), "{file}");
    }
    let is_of_no_use = |line: &str| line.starts_with("tests/") || line.starts_with(".portcullis/");
    assert!(!list.lines().any(is_of_no_use), "{list}");
}
