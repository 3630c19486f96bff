//! No command shows a secret: every one that there is runs over a repository full of them, and neither what it says nor
//! what it writes holds one, in clear or encoded.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};

use crate::fixture::{Fixture, fake_github_token};

/// A repository with the token in files of all kinds, in the index, in the past, in a message and in a local file.
fn full_of(token: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.commit("requirements.txt", "requests==2.32.0\n");
    fixture.stage("old.py", format!("TOKEN = \"{token}\"\n"));
    fixture.git(&["commit", "-qm", &format!("use {token}")]);
    fixture.git(&["tag", "-a", "v1", "-m", &format!("with {token}")]);
    fixture.commit("old.py", "TOKEN = read()\n");
    fixture.commit("src/app.py", format!("x = eval(\"{token}\")\nother = '{token}'\n"));
    fixture.write("encoded.txt", format!("data: {}\n", BASE64.encode(format!("token={token}").as_bytes())));
    fixture.write(format!("{token}.txt"), format!("token {token}\n"));
    fixture.write(".env", format!("API_TOKEN={token}\n"));
    fixture.stage(
        "staged.py",
        format!("def run():\n    return call(token=\"{token}\")  # portcullis: allow(github-pat)\n"),
    );
    fixture.write("load.py", format!("import yaml\nTOKEN = \"{token}\"\nsettings = yaml.load(TOKEN)\n"));
    fixture.write("leaks.json", format!("[{{\"RuleID\":\"x\",\"File\":\"old.py\",\"StartLine\":1,\"Secret\":\"{token}\",\"Match\":\"{token}\"}}]"));
    // What stands in a file of rules is copied from it: that holds no token.
    let rules = "[[rules]]\nid = 'own'\nregex = 'abcdef[0-9]'\n";
    fixture.write("gitleaks.toml", rules);
    fixture.write(".gitignore", ".env\nleaks.json\ngitleaks.toml\n");
    fixture
}

/// Runs the program; everything that it says.
fn said(fixture: &Fixture, args: &[&str], stdin: &[u8]) -> Vec<u8> {
    let mut command = fixture.command(args);
    for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        command.env(name, fixture.env().get(name).unwrap());
    }
    let output = fixture.run_with(&mut command, stdin);
    assert!(output.status.code().is_some_and(|code| code <= 2), "{args:?}: {output:?}");
    [output.stdout, output.stderr].concat()
}

/// The token as it must not be seen: itself, a good part of it, and encoded at each offset.
fn forms(token: &str) -> Vec<Vec<u8>> {
    let middle = &token[8..token.len() - 8];
    let mut forms = vec![middle.as_bytes().to_vec(), HEXLOWER.encode(middle.as_bytes()).into_bytes()];
    for skip in 0..3 {
        let whole = &middle.as_bytes()[skip..];
        let whole = &whole[..whole.len() / 3 * 3];
        forms.push(BASE64.encode(whole).into_bytes());
    }
    forms.push(middle.bytes().rev().collect());
    forms
}

fn holds(text: &[u8], forms: &[Vec<u8>]) -> bool {
    forms.iter().any(|form| text.windows(form.len()).any(|part| part == form))
}

/// Files that are the program's own: what it writes beside the repository's content.
fn written(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() { written(&path, files) } else { files.push(path) }
    }
}

#[test]
fn no_command_shows_or_writes_a_secret() {
    let token = fake_github_token();
    let fixture = full_of(&token);
    let forms = forms(&token);
    let zero = "0".repeat(40);
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let push = format!("refs/heads/main {head} refs/heads/main {zero}\n");
    let receive = format!("{zero} {head} refs/heads/main\n");
    let write = serde_json::json!({"hook_event_name": "PreToolUse", "tool_name": "Write", "cwd": fixture.work,
        "tool_input": {"file_path": fixture.work.join("new.py"), "content": format!("TOKEN = \"{token}\"\n")}});
    let shell = serde_json::json!({"hook_event_name": "PreToolUse", "tool_name": "Bash", "cwd": fixture.work,
        "tool_input": {"command": format!("TOKEN={token} git commit --no-verify -m x")}});
    let message = format!("use {token}\n");
    fixture.write(".git/COMMIT_EDITMSG", &message);
    let text = format!("TOKEN = \"{token}\"\n");
    let formats = [
        "text",
        "concise",
        "json",
        "jsonl",
        "sarif",
        "github",
        "gitlab",
        "gitlab-secrets",
        "junit",
        "rdjson",
        "csv",
        "markdown",
        "html",
    ];
    let mut runs: Vec<(Vec<&str>, &[u8])> = Vec::new();
    for format in formats {
        for what in [
            &["tree"][..],
            &["staged"],
            &["history"],
            &["history", "--all-objects", "--all-occurrences"],
            &["range", "HEAD~3..HEAD"],
            &["stdin", "--path", "a.py"],
        ] {
            runs.push(([&["scan"], what, &["--format", format]].concat(), text.as_bytes()));
        }
    }
    let others: &[(&[&str], &[u8])] = &[
        (&["ci", "HEAD~2..HEAD"], b""),
        (&["hook", "pre-commit"], b""),
        (&["hook", "pre-merge-commit"], b""),
        (&["hook", "prepare-commit-msg", ".git/COMMIT_EDITMSG"], b""),
        (&["hook", "commit-msg", ".git/COMMIT_EDITMSG"], b""),
        (&["hook", "post-commit"], b""),
        (&["hook", "pre-push", "origin", "https://example.org/x.git"], push.as_bytes()),
        (&["hook", "pre-receive"], receive.as_bytes()),
        (&["explain", "src/app.py:1"], b""),
        (&["explain", "src/app.py:2", "--all", "--format", "json"], b""),
        (&["explain", "--text", &text, "--path", "a.py"], b""),
        (&["allow", "src/app.py:2", "--reason", "a made-up token", "--owner", "team"], b""),
        (&["leak", "old.py:1"], b""),
        (&["fix"], b""),
        (&["fix", "--staged"], b""),
        (&["leak", "src/app.py:1", "--format", "json"], b""),
        (&["import", "gitleaks.toml"], b""),
        (&["baseline", "create", "--import", "leaks.json"], b""),
        (&["baseline", "update", "--extend"], b""),
        (&["baseline", "stats"], b""),
        (&["baseline", "prune"], b""),
        (&["install"], b""),
        (&["doctor"], b""),
        (&["rules", "list"], b""),
        (&["rules", "show", "github-pat"], b""),
        (&["rules", "test", "--corpus", "src"], b""),
        (&["rules", "lint"], b""),
        (&["packs", "list"], b""),
        (&["deps", "list", "--json"], b""),
        (&["deps", "check"], b""),
        (&["agent", "install", "--for", "claude", "--print"], b""),
        (&["agent", "instructions"], b""),
        (&["agent-hook"], b"WRITE"),
        (&["agent-hook"], b"SHELL"),
        (&["completions", "bash"], b""),
        (&["man"], b""),
        (&["config", "show", "--origin"], b""),
        (&["config", "explain", "src/app.py"], b""),
        (&["config", "validate"], b""),
        (&["uninstall"], b""),
    ];
    runs.extend(others.iter().map(|(args, stdin)| (args.to_vec(), *stdin)));
    let mut commands = BTreeSet::new();
    for (args, stdin) in runs {
        let stdin = match stdin {
            b"WRITE" => write.to_string().into_bytes(),
            b"SHELL" => shell.to_string().into_bytes(),
            other => other.to_vec(),
        };
        if args[0] == "baseline" {
            // The team's files name paths as they are.
            let _ = fs::remove_file(fixture.work.join(format!("{token}.txt")));
        }
        let said = said(&fixture, &args, &stdin);
        assert!(
            !holds(&said, &forms),
            "{args:?}: {}",
            String::from_utf8_lossy(&said).replace(&token, "THE-TOKEN")
        );
        commands.insert(args[0].to_owned());
    }
    // A command that joins the program joins this test.
    let help = String::from_utf8(said(&fixture, &["--help"], b"")).unwrap();
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for name in
        listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()))
    {
        assert!(name == "help" || commands.contains(name), "{name} is not looked at");
    }
    let mut files = Vec::new();
    for folder in ["work/.portcullis", "work/.git/portcullis", "home"] {
        written(&fixture.root.join(folder), &mut files);
    }
    assert!(files.len() > 2, "{files:?}");
    for file in files {
        assert!(!holds(&fs::read(&file).unwrap(), &forms), "{}", file.display());
    }
}
