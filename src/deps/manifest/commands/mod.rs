//! Finds the packages that commands install: `pip install x`, `npx -y x`, `cargo install x`. Runs nothing and knows no
//! variables; a name that needs one is no name.

mod installers;
mod registries;
mod words;

use super::{Manifest, Note};
use crate::model::{Dependency, Ecosystem, Source, Span};
use words::Word;

/// Words in front of a command that do not change which one it is.
const BEFORE: [&str; 22] = [
    "sudo", "doas", "env", "exec", "command", "time", "nice", "nohup", "xargs", "then", "do", "else", "if",
    "while", "until", "!", "{", "(", "-", "@", "eval", "run",
];

/// Shells, whose `-c` is another script.
const SHELLS: [&str; 6] = ["sh", "bash", "zsh", "dash", "ash", "ksh"];

/// How often a script may hold another one in quotes.
const DEEPEST: usize = 4;

/// What commands install.
#[derive(Debug, Default)]
struct Found {
    packages: Vec<Dependency>,
    /// Files with packages that are not known as manifests.
    lists: Vec<Word>,
    /// Registries, and whose packages are looked for in them.
    registries: Vec<(Ecosystem, Word)>,
}

impl Found {
    /// All of it at one place.
    fn add(self, span: Span, acc: &mut Manifest) {
        let packages = self.packages.into_iter().map(|one| Dependency { span, ..one }).collect();
        let lists = self.lists.into_iter().map(|list| Word { span, ..list }).collect();
        let registries = self.registries.into_iter().map(|(of, word)| (of, Word { span, ..word })).collect();
        Found { packages, lists, registries }.add_where_it_stands(acc);
    }

    fn add_where_it_stands(self, acc: &mut Manifest) {
        acc.commands.extend(self.packages);
        let list = |list: Word| Note::UnknownList { file: list.text, span: list.span };
        acc.notes.extend(self.lists.into_iter().map(list));
        acc.notes.extend(self.registries.into_iter().map(|(ecosystem, word)| Note::CommandRegistry {
            ecosystem,
            source: Source::OtherRegistry(word.text),
            span: word.span,
        }));
    }
}

/// Adds what the script `text` installs; `at` is its place in the file.
pub fn script(text: &str, at: usize, acc: &mut Manifest) {
    let mut found = Found::default();
    read(text, &|offset| at + offset, DEEPEST, &mut found);
    found.add_where_it_stands(acc);
}

/// The same for a script whose place in the file is known as a whole only.
pub fn script_at(text: &str, span: Span, acc: &mut Manifest) {
    let mut found = Found::default();
    read(text, &|offset| offset, DEEPEST, &mut found);
    found.add(span, acc);
}

/// The same for a program with its arguments, as configurations of agents hold them.
pub fn program(words: &[&str], span: Span, acc: &mut Manifest) {
    let words: Vec<Word> = words.iter().map(|text| Word { text: (*text).to_owned(), span }).collect();
    let mut found = Found::default();
    command(&words, DEEPEST, &mut found);
    found.add(span, acc);
}

fn read(text: &str, place: &dyn Fn(usize) -> usize, depth: usize, acc: &mut Found) {
    for mut words in words::commands(text) {
        for word in &mut words {
            word.span = Span::new(place(word.span.start), place(word.span.end));
        }
        command(&words, depth, acc);
    }
}

fn command(words: &[Word], depth: usize, acc: &mut Found) {
    let mut words = words;
    // What stands in front: assignments, keywords, `sudo -H`, make's `-` and `@`.
    while let [first, rest @ ..] = words {
        let text = first.text.trim_start_matches(['@', '-']);
        let assigns = text.split_once('=').is_some_and(|(name, _)| is_name(name));
        if assigns || BEFORE.contains(&text) || text.is_empty() {
            words = rest;
            while let [flag, rest @ ..] = words
                && !assigns
                && flag.text.starts_with('-')
                && matches!(text, "sudo" | "doas" | "env" | "nice" | "xargs" | "exec" | "time")
            {
                words = rest;
            }
        } else {
            break;
        }
    }
    let [first, rest @ ..] = words else { return };
    let program = first.text.trim_start_matches(['@', '-']).rsplit('/').next().unwrap_or_default();
    let program = program.strip_suffix(".exe").or(program.strip_suffix(".cmd")).unwrap_or(program);
    if SHELLS.contains(&program) {
        let inner = rest.iter().position(|word| word.text.starts_with('-') && word.text.ends_with('c'));
        if let Some(inner) = inner.and_then(|at| rest.get(at + 1)).filter(|_| depth > 0) {
            // The quotes shift what is inside by one; what is escaped there is not worth a second count.
            let start = inner.span.start;
            read(&inner.text, &|_| start, depth - 1, acc);
        }
        return;
    }
    registries::read(program, rest, &mut acc.registries);
    installers::read(program, rest, acc);
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::script;
    use crate::deps::manifest::Manifest;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut manifest = Manifest::default();
        script(text, 0, &mut manifest);
        let shown: Vec<String> = manifest
            .commands
            .iter()
            .map(|one| {
                format!("{} {}:{} {}", one.span.start, one.ecosystem, one.name, one.requirement)
                    .trim_end()
                    .to_owned()
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn every_installer_is_known() {
        for (text, expected) in [
            ("pip install flask", "12 pypi:flask"),
            ("pip3 install 'flask>=2'", "13 pypi:flask >=2"),
            ("python3.12 -m pip install -U flask", "29 pypi:flask"),
            ("uv pip install --system flask", "24 pypi:flask"),
            ("uv add flask", "7 pypi:flask"),
            ("uvx ruff@0.4 check", "4 pypi:ruff 0.4"),
            ("uvx --from httpie http", "11 pypi:httpie"),
            ("uv tool run ruff", "12 pypi:ruff"),
            ("uv run --with rich x.py", "14 pypi:rich"),
            ("pipx run --spec black black .", "16 pypi:black"),
            ("poetry add flask", "11 pypi:flask"),
            ("npm install -g left-pad", "15 npm:left-pad"),
            ("npm i left-pad@1.3.0", "6 npm:left-pad 1.3.0"),
            ("pnpm add -D @s/x", "12 npm:@s/x"),
            ("yarn add x", "9 npm:x"),
            ("yarn global add x", "16 npm:x"),
            ("bun add x", "8 npm:x"),
            ("npx -y cowsay hi", "7 npm:cowsay"),
            ("npx --package=a b", "4 npm:a"),
            ("pnpm dlx x y", "9 npm:x"),
            ("bunx x@1", "5 npm:x 1"),
            ("npm exec --yes -- x", "18 npm:x"),
            ("npm create vite@latest app", "11 npm:create-vite latest"),
            ("cargo install --locked ripgrep", "23 cargo:ripgrep"),
            ("cargo install --git https://h.example/x x", "40 cargo:x"),
            ("go install example.com/x/cmd/y@v1", "11 golang:example.com/x/cmd/y v1"),
            ("go run example.com/x@latest", "7 golang:example.com/x latest"),
            ("gem install rake -v 13", "12 gem:rake"),
            ("composer global require a/b:^1", "24 composer:a/b ^1"),
            ("dotnet tool install -g x", "23 nuget:x"),
            ("dotnet add package X", "19 nuget:X"),
        ] {
            check(text, &[expected]);
        }
    }

    #[test]
    fn what_stands_around_a_command_does_not_hide_it() {
        for text in [
            "sudo -H pip install x",
            "FOO=1 pip install x",
            "cd /a && pip install x",
            "true; pip install x",
            "(pip install x)",
            "if ! pip install x; then",
            "$(pip install x)",
            "pip \\\n  install x",
            "/usr/bin/pip install x",
            "\tpip install x",
            "@pip install x",
            "sh -c 'pip install x'",
            "bash -lc \"cd a && pip install x\"",
            "xargs -n1 pip install x",
            "pip install --index-url https://h.example x",
            "pip install \"x\"",
        ] {
            let mut manifest = Manifest::default();
            script(text, 0, &mut manifest);
            let names: Vec<&str> = manifest.commands.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names, ["x"], "{text}");
        }
        check("pip install a b==1 'c[x]>2'", &["12 pypi:a", "14 pypi:b ==1", "19 pypi:c >2"]);
    }

    #[test]
    fn what_installs_what_manifests_declare_is_no_finding() {
        for text in [
            "pip install -r requirements.txt",
            "pip install -e .",
            "pip install . ./lib ../x",
            "pip install -c constraints.txt",
            "pip install dist/*.whl",
            "pip install $PACKAGES",
            "pip install --upgrade pip setuptools wheel",
            "npm install",
            "npm ci",
            "npm install ./x",
            "npm run build",
            "npx tsc",
            "npx eslint .",
            "yarn",
            "yarn install",
            "pnpm install --frozen-lockfile",
            "cargo install --path .",
            "cargo build",
            "go install ./...",
            "go run .",
            "go get",
            "uv sync",
            "uv run pytest",
            "bundle install",
            "echo pip install x",
            "# pip install x",
            "cat <<EOF\npip install x\nEOF",
            "pip install ${X}",
            "pip uninstall x",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn files_with_packages_that_no_name_tells_are_named() {
        let check = |text: &str, expected: &[&str]| {
            let mut manifest = Manifest::default();
            script(text, 0, &mut manifest);
            let says: Vec<String> = manifest.notes.iter().map(|note| note.says().1).collect();
            assert_eq!(says, expected, "{text}");
        };
        check(
            "pip install -r deps.lst && python3 -m pip install --requirement=more.cfg x",
            &["deps.lst", "more.cfg"],
        );
        check("sh -c 'pip download -rdeps.lst'", &["deps.lst"]);
        check("pip install -r requirements-dev.txt -r requirements/base.txt -c deps.lst", &[]);
        check("pip install -r $LIST -r /tmp/x.lst -r https://h.example/x.lst; npm install -r x", &[]);
    }
}
