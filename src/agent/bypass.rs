//! Which commands go around the hooks of git, and around ours: a guard rail for assistants that were told not to, no
//! sandbox. Source of the ways around: git's documentation of `--no-verify`, `core.hooksPath`, `hook.<name>.enabled`.

use super::shell::{Simple, commands};

/// Commands inside of commands beyond this are not looked into.
const DEEPEST: usize = 8;

/// Programs that run the program behind them.
const WRAPPERS: [&str; 16] = [
    "builtin", "command", "doas", "env", "exec", "ionice", "nice", "nohup", "npx", "setsid", "stdbuf",
    "sudo", "then", "time", "timeout", "xargs",
];

/// Words before a command that are no program.
const RESERVED: [&str; 9] = ["!", "{", "do", "else", "elif", "if", "then", "until", "while"];

const SHELLS: [&str; 7] = ["bash", "busybox", "dash", "fish", "ksh", "sh", "zsh"];

/// Programs that change or remove the files they are given.
const CHANGERS: [&str; 10] = ["chmod", "cp", "install", "ln", "mv", "rm", "sed", "tee", "truncate", "unlink"];

/// Variables that switch hooks, or hook managers, off; and those with which git is given a configuration.
const SWITCHES: [&str; 8] = [
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_GLOBAL",
    "HUSKY",
    "LEFTHOOK",
    "PREK_SKIP",
    "SKIP",
    "PRE_COMMIT_ALLOW_NO_CONFIG",
];

/// Folders that hold hooks.
const HOOK_FOLDERS: [&str; 3] = [".git/hooks", ".husky", ".git/portcullis"];

/// What is thought of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing against it.
    Fine,
    /// A person has to say yes; why.
    Ask(String),
    /// It goes around the guard; how.
    Denied(String),
}

/// Judges a command line; the worst of its commands counts.
pub fn judge(line: &str) -> Judgement {
    judge_line(line, 0)
}

fn judge_line(line: &str, depth: usize) -> Judgement {
    let mut worst = Judgement::Fine;
    for simple in commands(line) {
        match judge_simple(&simple, depth) {
            denied @ Judgement::Denied(_) => return denied,
            ask @ Judgement::Ask(_) => worst = ask,
            Judgement::Fine => {}
        }
    }
    worst
}

fn judge_simple(simple: &Simple, depth: usize) -> Judgement {
    if let Some(file) = simple.writes.iter().find(|file| holds_hooks(file)) {
        return denied(format!("writing to `{file}` changes the hooks"));
    }
    let words: Vec<&str> = simple.words.iter().map(String::as_str).collect();
    let is_before = |word: &&&str| RESERVED.contains(*word) || assignment(word).is_some();
    let first = words.iter().take_while(is_before).count();
    let (before, words) = words.split_at(first);
    let switch = before.iter().filter_map(|word| assignment(word)).find(|name| is_switch(name));
    let judged = judge_words(words, depth);
    match switch {
        Some(name) if words.is_empty() || is_git(words) => {
            denied(format!("`{name}` switches hooks off or changes how git is configured"))
        }
        _ => judged,
    }
}

fn judge_words(words: &[&str], depth: usize) -> Judgement {
    let Some((program, args)) = words.split_first().filter(|_| depth < DEEPEST) else {
        return Judgement::Fine;
    };
    match program_name(program) {
        "git" => judge_git(args),
        "eval" => judge_line(&args.join(" "), depth + 1),
        "export" => match args.iter().filter_map(|word| assignment(word)).find(|name| is_switch(name)) {
            Some(name) => denied(format!("`{name}` switches hooks off or changes how git is configured")),
            None => Judgement::Fine,
        },
        "portcullis" => judge_portcullis(args),
        name if CHANGERS.contains(&name) => match args.iter().find(|word| holds_hooks(word)) {
            Some(file) => denied(format!("`{program} … {file}` changes the hooks")),
            None => Judgement::Fine,
        },
        name if SHELLS.contains(&name) => {
            script(args).map_or(Judgement::Fine, |text| judge_line(text, depth + 1))
        }
        name if WRAPPERS.contains(&name) => judge_wrapped(args, depth),
        _ => Judgement::Fine,
    }
}

/// Behind a wrapper stand its own options and values, then the command: the first word that is a program we judge.
fn judge_wrapped(args: &[&str], depth: usize) -> Judgement {
    let Some(at) = args.iter().position(|word| is_judged(program_name(word))) else { return Judgement::Fine };
    let (before, words) = args.split_at(at);
    let switch = before.iter().filter_map(|word| assignment(word)).find(|name| is_switch(name));
    match switch.filter(|_| is_git(words)) {
        Some(name) => denied(format!("`{name}` switches hooks off or changes how git is configured")),
        None => judge_words(words, depth + 1),
    }
}

/// True for programs whose words are looked at.
fn is_judged(name: &str) -> bool {
    matches!(name, "git" | "eval" | "export" | "portcullis")
        || CHANGERS.contains(&name)
        || SHELLS.contains(&name)
}

/// What `sh -c` runs.
fn script<'w>(args: &[&'w str]) -> Option<&'w str> {
    let flag = args
        .iter()
        .position(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'))?;
    args.get(flag + 1).copied()
}

fn judge_git(args: &[&str]) -> Judgement {
    let mut idx = 0;
    while let Some(word) = args.get(idx).filter(|word| word.starts_with('-')) {
        let value = match *word {
            "-c" | "--config-env" => args.get(idx + 1).copied(),
            word => word.strip_prefix("--config-env=").or_else(|| word.strip_prefix("-c")),
        };
        if let Some(key) = value.filter(|value| changes_hooks(value)) {
            return denied(format!("`git -c {key}` switches hooks off"));
        }
        idx += if matches!(*word, "-c" | "-C" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env")
        {
            2
        } else {
            1
        };
    }
    let Some((command, args)) = args.get(idx..).and_then(<[&str]>::split_first) else {
        return Judgement::Fine;
    };
    let skips = |letters: bool| {
        args.iter()
            .take_while(|word| **word != "--")
            .find(|word| is_no_verify(word) || (letters && has_letter_n(word)))
    };
    match *command {
        "commit" | "am" => refused(command, skips(true)),
        "merge" | "push" | "pull" | "rebase" | "cherry-pick" | "revert" => refused(command, skips(false)),
        "commit-tree" | "send-pack" | "fast-import" => denied(format!("`git {command}` runs no hooks")),
        "update-ref" => Judgement::Ask("`git update-ref` moves a branch without hooks".to_owned()),
        "config" => judge_config(args),
        _ => Judgement::Fine,
    }
}

fn refused(command: &str, word: Option<&&str>) -> Judgement {
    word.map_or(Judgement::Fine, |word| denied(format!("`git {command} {word}` skips the hooks")))
}

/// `git config KEY` reads; with a value, or `--unset`, it writes.
fn judge_config(args: &[&str]) -> Judgement {
    let reads = ["get", "list", "--get", "--get-all", "--get-regexp", "--list", "-l", "--show-origin"];
    if args.iter().any(|word| reads.contains(word)) {
        return Judgement::Fine;
    }
    let Some(at) = args.iter().position(|word| changes_hooks(word)) else { return Judgement::Fine };
    let removes = args
        .iter()
        .any(|word| word.starts_with("--unset") || word.starts_with("--remove") || *word == "unset");
    if removes || args.get(at + 1).is_some() {
        return denied(format!("`git config {}` changes which hooks run", args[at]));
    }
    Judgement::Fine
}

fn judge_portcullis(args: &[&str]) -> Judgement {
    let names: Vec<&str> = args.iter().filter(|word| !word.starts_with('-')).take(2).copied().collect();
    match names.as_slice() {
        ["uninstall", ..] => Judgement::Ask("`portcullis uninstall` takes the guard away".to_owned()),
        ["allow", ..] | ["deps", "approve" | "baseline"] | ["baseline", "create" | "update"] => {
            Judgement::Ask(format!(
                "`portcullis {}` makes an exception, which a person decides",
                names.join(" ")
            ))
        }
        _ => Judgement::Fine,
    }
}

fn denied(how: String) -> Judgement {
    Judgement::Denied(how)
}

fn program_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn is_git(words: &[&str]) -> bool {
    words.first().is_some_and(|word| program_name(word) == "git")
}

/// The name in `NAME=value`.
fn assignment(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let is_name = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    (is_name && name.starts_with(|char: char| !char.is_ascii_digit())).then_some(name)
}

fn is_switch(name: &str) -> bool {
    SWITCHES.contains(&name) || name.starts_with("GIT_CONFIG_KEY_") || name == "PORTCULLIS"
}

/// `--no-verify`, and what git takes for it: any beginning of it that no other option of these commands has.
fn is_no_verify(word: &str) -> bool {
    word.len() >= "--no-veri".len() && "--no-verify".starts_with(word)
}

/// A bundle of short options with `n` in it, such as `-qnm`; behind a letter that takes a value comes the value.
fn has_letter_n(word: &str) -> bool {
    let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else {
        return false;
    };
    letters.chars().take_while(|letter| !"mFcCtSu".contains(*letter)).any(|letter| letter == 'n')
}

/// A key, with its value or without, on which it depends which hooks run.
fn changes_hooks(setting: &str) -> bool {
    let lower = setting.to_ascii_lowercase();
    lower.starts_with("core.hookspath")
        || lower.starts_with("hook.")
        || (lower.starts_with("alias.") && lower.contains("--no-veri"))
}

fn holds_hooks(path: &str) -> bool {
    let path = path.replace('\\', "/");
    HOOK_FOLDERS.iter().any(|folder| {
        path.find(folder).is_some_and(|at| {
            let begins = at == 0 || path[..at].ends_with('/');
            begins && path[at + folder.len()..].chars().next().is_none_or(|char| char == '/')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Judgement, judge};

    #[track_caller]
    fn check(lines: &[&str], is_expected: fn(&Judgement) -> bool) {
        for line in lines {
            let judged = judge(line);
            assert!(is_expected(&judged), "{line}: {judged:?}");
        }
    }

    #[test]
    fn ways_around_the_hooks_are_denied() {
        check(
            &[
                "git commit --no-verify -m x",
                "git commit -n -m x",
                "git commit -qnm x",
                "git commit -anm 'x'",
                "git commit --no-veri",
                "cd a && git -C b commit -m x --no-verify; ls",
                "git push --no-verify origin main",
                "git merge --no-verify x",
                "git am -n < x",
                "git -c core.hooksPath=/dev/null commit -m x",
                "git -ccore.hookspath= commit",
                "git --config-env=core.hooksPath=HOME commit",
                "git -c hook.portcullis-pre-commit.enabled=false commit",
                "git -c alias.ci='commit --no-verify' ci",
                "git config core.hooksPath /tmp",
                "git config --unset core.hooksPath",
                "git config set core.hooksPath /tmp",
                "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath git commit",
                "export GIT_CONFIG_COUNT=1",
                "HUSKY=0 git commit -m x",
                "env LEFTHOOK=0 git push",
                "SKIP=portcullis git commit",
                "sh -c 'git commit --no-verify'",
                "bash -lc \"cd x && git commit -nm y\"",
                "echo $(git commit --no-verify)",
                "eval 'git commit -n'",
                "sudo -u me git commit -n",
                "timeout 10 git push --no-verify",
                "env env env env env env env env env env env env git commit -n",
                "env HUSKY=0 nice git commit",
                "if git commit -n; then ls; fi",
                "git commit-tree abc",
                "rm .git/hooks/pre-commit",
                "chmod -x /w/.git/hooks/pre-commit",
                "echo > .git/hooks/pre-push",
                "mv .husky/pre-commit x",
                "/usr/bin/git commit -n",
            ],
            |judged| matches!(judged, Judgement::Denied(_)),
        );
    }

    #[test]
    fn what_git_does_every_day_is_fine() {
        check(
            &[
                "git commit -m 'do not use --no-verify'",
                "git commit -mn",
                "git commit -F n",
                "git commit -am x",
                "git commit -m x -- --no-verify",
                "git push -n",
                "git merge -n x",
                "git cherry-pick -n x",
                "git revert -n x",
                "git rebase -n",
                "git config core.hooksPath",
                "git config --get core.hooksPath",
                "git config user.name n",
                "git log -n 3",
                "grep -rn -- --no-verify .",
                "cat <<'E' > README\ngit commit --no-verify\nE",
                "ls .git/hooks",
                "cat .git/hooks/pre-commit",
                "rm -rf target .github/hooks",
                "SKIP=1 make",
                "echo git commit -n",
                "portcullis scan staged",
                "git commit -uno -m x",
                "",
            ],
            |judged| *judged == Judgement::Fine,
        );
    }

    #[test]
    fn wrappers_around_wrappers_are_looked_through_once() {
        // Each wrapper looking anew behind the next would not come to an end.
        check(&[&"env ".repeat(5000), &"env eval ".repeat(5000)], |judged| *judged == Judgement::Fine);
    }

    #[test]
    fn what_a_person_decides_is_asked() {
        check(
            &[
                "portcullis uninstall",
                "portcullis deps approve npm/left-pad --reason x",
                "portcullis allow a.py:3 --reason x",
                "git update-ref refs/heads/main abc",
            ],
            |judged| matches!(judged, Judgement::Ask(_)),
        );
    }
}
