//! The command lines of package managers: which words name packages, and how they write a version.

use super::super::{Format, Recognised, npm_spec, pep508, recognise};
use super::Found;
use super::words::Word;
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// What bootstraps pip itself: it comes with every interpreter, and nobody declares it.
const OF_PIP: [&str; 4] = ["pip", "setuptools", "wheel", "virtualenv"];

/// Options of npm's family that take a value.
const NPM_VALUES: [&str; 12] = [
    "--registry",
    "--prefix",
    "--cache",
    "--userconfig",
    "-w",
    "--workspace",
    "-C",
    "--dir",
    "--filter",
    "--loglevel",
    "--tag",
    "--cwd",
];

/// Options of pip's family that take a value.
const PIP_VALUES: [&str; 28] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--python",
    "-p",
    "--platform",
    "--trusted-host",
    "--cache-dir",
    "--proxy",
    "--timeout",
    "--src",
    "--group",
    "--index",
    "--default-index",
    "--extra",
    "--directory",
];

/// Adds what a command installs.
pub fn read(program: &str, words: &[Word], acc: &mut Found) {
    let python = program.starts_with("python") && !program.contains('-');
    match program {
        _ if python => {
            if let [flag, module, rest @ ..] = words
                && flag.text == "-m"
            {
                read(&module.text, rest, acc);
            }
        }
        "uvx" => python_tool(words, &mut acc.packages),
        "uv" => uv(words, &mut acc.packages),
        "pipx" => match words.split_first() {
            Some((verb, rest)) if verb.text == "run" => python_tool(rest, &mut acc.packages),
            Some((verb, rest)) if matches!(verb.text.as_str(), "install" | "inject") => {
                pip(rest, &mut acc.packages)
            }
            Some(_) | None => {}
        },
        "poetry" | "pdm" | "rye" | "hatch" | "pipenv" => {
            if let Some((verb, rest)) = words.split_first()
                && (verb.text == "add" || program == "pipenv" && verb.text == "install")
            {
                pip(rest, &mut acc.packages);
            }
        }
        _ if program == "pip" || program.strip_prefix("pip").is_some_and(is_version) => {
            if let Some((_, rest)) = verb(words, &["install", "download", "wheel"]) {
                pip(rest, &mut acc.packages);
                acc.lists.extend(unknown_lists(rest));
            }
        }
        "npm" | "pnpm" | "yarn" | "bun" | "cnpm" => node(program, words, &mut acc.packages),
        "pnpx" => node_tool(words, true, &mut acc.packages),
        "npx" | "bunx" => node_tool(words, false, &mut acc.packages),
        "cargo" => {
            if let Some((_, rest)) = verb(words, &["install", "add", "binstall"]) {
                cargo(rest, &mut acc.packages);
            }
        }
        "go" => {
            if let Some((_, rest)) = verb(words, &["install", "get", "run"]) {
                go(rest, &mut acc.packages);
            }
        }
        "gem" => {
            if let Some((_, rest)) = verb(words, &["install", "i"]) {
                plain(
                    Ecosystem::Gem,
                    rest,
                    &["-v", "--version", "-s", "--source", "-i", "-n", "-P"],
                    &mut acc.packages,
                );
            }
        }
        "bundle" => {
            if let Some((_, rest)) = verb(words, &["add"]) {
                plain(
                    Ecosystem::Gem,
                    rest,
                    &["-v", "--version", "-s", "--source", "-g", "--group"],
                    &mut acc.packages,
                );
            }
        }
        "composer" => {
            let words =
                if words.first().is_some_and(|word| word.text == "global") { &words[1..] } else { words };
            if let Some((_, rest)) = verb(words, &["require", "create-project"]) {
                composer(rest, &mut acc.packages);
            }
        }
        "dotnet" => dotnet(words, &mut acc.packages),
        _ => {}
    }
}

/// The first word that is no option, when it is one of `verbs`, and what follows it.
fn verb<'w>(words: &'w [Word], verbs: &[&str]) -> Option<(&'w Word, &'w [Word])> {
    let at = words.iter().position(|word| !word.text.starts_with('-') && !word.text.starts_with('+'))?;
    verbs.contains(&words[at].text.as_str()).then(|| (&words[at], &words[at + 1..]))
}

/// Words that are neither options nor their values; `stop` at the first word for programs that pass on the rest.
fn arguments<'w>(words: &'w [Word], valued: &[&str]) -> Vec<&'w Word> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if valued.contains(&word.text.as_str()) {
            words.next();
        } else if word.text.starts_with('>') || word.text.starts_with("2>") || word.text.starts_with('<') {
            // A redirection ends what is passed on, or names its file next.
            if word.text.ends_with(['>', '<']) {
                words.next();
            }
        } else if !word.text.starts_with('-') {
            found.push(word);
        }
    }
    found
}

/// True for what only a shell knows, and for paths.
fn is_no_name(text: &str) -> bool {
    text.is_empty()
        || text.contains(['$', '*', '{', '}', '`', '%'])
        || text.starts_with(['.', '/', '~', '\\', '<'])
        || text.ends_with('/')
        || text.get(1..3) == Some(":\\")
}

fn tool(ecosystem: Ecosystem, name: &str, version: &str, word: &Word) -> Dependency {
    let requirement = version.to_owned();
    Dependency { scope: Scope::Tool, requirement, ..Dependency::new(ecosystem, name, word.span) }
}

/// Files behind `-r` that no name tells as lists of requirements; what only a shell knows is left out.
fn unknown_lists(words: &[Word]) -> impl Iterator<Item = Word> + '_ {
    let named = words.iter().enumerate().filter_map(|(at, word)| match word.text.as_str() {
        "-r" | "--requirement" => words.get(at + 1).cloned(),
        text => {
            let text = text.strip_prefix("--requirement=").or(text.strip_prefix("-r"))?;
            Some(Word { text: text.to_owned(), span: word.span })
        }
    });
    named.filter(|word| {
        let known = recognise(&word.text.as_str().into());
        let is_list = matches!(known, Some(Recognised::Read(Format::Requirements)));
        !is_list && !is_no_name(word.text.trim_start_matches("./")) && !word.text.contains("://")
    })
}

fn pip(words: &[Word], acc: &mut Vec<Dependency>) {
    for word in arguments(words, &PIP_VALUES) {
        python_package(word, acc);
    }
}

fn python_package(word: &Word, acc: &mut Vec<Dependency>) {
    let text = word.text.as_str();
    let local = [".whl", ".zip", ".tar.gz"].iter().any(|end| text.ends_with(end)) && !text.contains("://");
    if is_no_name(text) || local {
        return;
    }
    // `ruff@0.4` is how uv writes a version.
    let (text, version) = match text.split_once('@') {
        Some((name, version))
            if !version.starts_with(' ') && !version.contains("://") && !name.contains(' ') =>
        {
            (name, Some(version))
        }
        _ => (text, None),
    };
    let Some(found) = pep508::parse_pip(text) else { return };
    if found.source == Source::Registry && OF_PIP.contains(&found.name.as_str()) {
        return;
    }
    let requirement = version.unwrap_or(&found.version);
    acc.push(Dependency { source: found.source, ..tool(Ecosystem::Pypi, &found.name, requirement, word) });
}

/// `uvx`, `pipx run`: one package runs, with what `--with` and `--from` name.
fn python_tool(words: &[Word], acc: &mut Vec<Dependency>) {
    let mut named = false;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "--from" | "--spec" | "--with" => {
                let Some(value) = words.next() else { return };
                named |= word.text != "--with";
                python_package(value, acc);
            }
            text if PIP_VALUES.contains(&text) => {
                words.next();
            }
            text if text.starts_with('-') => {}
            _ if named => return,
            _ => return python_package(word, acc),
        }
    }
}

fn uv(words: &[Word], acc: &mut Vec<Dependency>) {
    let Some((first, rest)) = verb(words, &["pip", "add", "tool", "run", "x"]) else { return };
    match (first.text.as_str(), rest.first().map(|word| word.text.as_str())) {
        ("pip", Some("install")) => pip(&rest[1..], acc),
        ("add", _) => pip(rest, acc),
        ("tool", Some("install")) => pip(&rest[1..], acc),
        ("tool", Some("run")) => python_tool(&rest[1..], acc),
        ("run", _) => {
            for pair in rest.windows(2).filter(|pair| pair[0].text == "--with") {
                python_package(&pair[1], acc);
            }
        }
        _ => {}
    }
}

fn node(program: &str, words: &[Word], acc: &mut Vec<Dependency>) {
    let words = match verb(words, &["global"]) {
        Some((_, rest)) if program == "yarn" => rest,
        Some(_) | None => words,
    };
    let verbs = ["install", "i", "add", "exec", "x", "dlx", "create", "init", "in", "ins", "isntall"];
    let Some((verb, rest)) = verb(words, &verbs) else { return };
    match verb.text.as_str() {
        "dlx" => node_tool(rest, true, acc),
        "exec" | "x" if program != "pnpm" => node_tool(rest, words.len() > rest.len() + 1, acc),
        "exec" | "x" => {}
        "create" | "init" => {
            if let Some(word) = arguments(rest, &NPM_VALUES).first().filter(|word| !is_no_name(&word.text)) {
                let (name, version) = split(&word.text);
                let name = match name.split_once('/') {
                    Some((scope, name)) => format!("{scope}/create-{name}"),
                    None if name.starts_with('@') => format!("{name}/create"),
                    None => format!("create-{name}"),
                };
                acc.push(tool(Ecosystem::Npm, &name, version, word));
            }
        }
        // Yarn's and pnpm's `install` take no packages.
        "install" | "i" if program == "yarn" => {}
        _ => {
            for word in arguments(rest, &NPM_VALUES) {
                node_package(word, acc);
            }
        }
    }
}

fn node_package(word: &Word, acc: &mut Vec<Dependency>) {
    let text = word.text.as_str();
    if is_no_name(text) || text.starts_with("file:") || text.ends_with(".tgz") && !text.contains("://") {
        return;
    }
    let (name, version) = split(text);
    let place = npm_spec::parse(if version.is_empty() { text } else { version });
    // `user/repo`, `git+https://…`: the specification alone is the package.
    if version.is_empty() && place.source != Source::Registry {
        acc.push(Dependency { source: place.source, ..tool(Ecosystem::Npm, name, "", word) });
        return;
    }
    let (real, version) = if version.is_empty() {
        (name.to_owned(), String::new())
    } else {
        (place.name.unwrap_or_else(|| name.to_owned()), place.requirement)
    };
    let source = if version.is_empty() && text == name { Source::Registry } else { place.source };
    acc.push(Dependency { source, ..tool(Ecosystem::Npm, &real, &version, word) });
}

/// `name@version`; the first `@` may belong to a scope.
fn split(text: &str) -> (&str, &str) {
    let at = text.char_indices().skip(1).find(|(_, char)| *char == '@').map(|(at, _)| at);
    at.map_or((text, ""), |at| (&text[..at], &text[at + 1..]))
}

/// `npx`: one package runs, unless `-p` names others. Without `-y` or a version a name is that of a program which is
/// usually installed already, and says nothing about packages (`tsc` is one of `typescript`).
fn node_tool(words: &[Word], fetches: bool, acc: &mut Vec<Dependency>) {
    let (mut named, mut fetches) = (false, fetches);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-p" | "--package" => {
                let Some(value) = words.next() else { return };
                named = true;
                node_package(value, acc);
            }
            text if text.starts_with("--package=") => {
                named = true;
                let value = text.trim_start_matches("--package=").to_owned();
                node_package(&Word { text: value, span: word.span }, acc);
            }
            "-c" | "--call" => return,
            "--no" | "--no-install" => return,
            "-y" | "--yes" => fetches = true,
            text if NPM_VALUES.contains(&text) => {
                words.next();
            }
            text if text.starts_with('-') => {}
            text if named || !fetches && split(text).1.is_empty() => return,
            _ => return node_package(word, acc),
        }
    }
}

fn cargo(words: &[Word], acc: &mut Vec<Dependency>) {
    if words.iter().any(|word| word.text == "--path") {
        return;
    }
    let valued = [
        "--version",
        "--vers",
        "--git",
        "--branch",
        "--tag",
        "--rev",
        "--root",
        "--registry",
        "--index",
        "--features",
        "-F",
        "--target",
        "--profile",
        "--bin",
        "--example",
        "-j",
        "--jobs",
        "-p",
        "--package",
        "--rename",
    ];
    for word in arguments(words, &valued).into_iter().filter(|word| !is_no_name(&word.text)) {
        let (name, version) = split(&word.text);
        let git = words.windows(2).find(|pair| pair[0].text == "--git").map(|pair| pair[1].text.clone());
        let source = git.map_or(Source::Registry, Source::Git);
        acc.push(Dependency { source, ..tool(Ecosystem::Cargo, name, version, word) });
    }
}

/// Go installs by the path of a package; its module may be shorter, and an approval for a namespace covers it.
fn go(words: &[Word], acc: &mut Vec<Dependency>) {
    let found = arguments(words, &["-C", "-tags", "-ldflags", "-o", "-mod", "-modfile", "-gcflags"]);
    for word in found.into_iter().filter(|word| !is_no_name(&word.text)) {
        let (name, version) = split(&word.text);
        if name.split('/').next().is_some_and(|host| host.contains('.')) && !name.ends_with(".go") {
            acc.push(tool(Ecosystem::Golang, name, version, word));
        }
    }
}

fn plain(ecosystem: Ecosystem, words: &[Word], valued: &[&str], acc: &mut Vec<Dependency>) {
    for word in arguments(words, valued).into_iter().filter(|word| !is_no_name(&word.text)) {
        if !word.text.ends_with(".gem") {
            acc.push(tool(ecosystem, &word.text, "", word));
        }
    }
}

fn composer(words: &[Word], acc: &mut Vec<Dependency>) {
    for word in arguments(words, &["-d", "--working-dir"]).into_iter().filter(|word| !is_no_name(&word.text))
    {
        let (name, version) = word.text.split_once([':', '=']).unwrap_or((&word.text, ""));
        if name.contains('/') {
            acc.push(tool(Ecosystem::Composer, name, version, word));
        }
    }
}

fn dotnet(words: &[Word], acc: &mut Vec<Dependency>) {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let rest = match texts.as_slice() {
        ["tool", "install", ..] => &words[2..],
        ["add", "package", ..] => &words[2..],
        ["add", _, "package", ..] => &words[3..],
        _ => return,
    };
    let valued = ["--version", "-v", "--tool-path", "--add-source", "-s", "--source", "--framework", "-f"];
    if let Some(word) = arguments(rest, &valued).first().filter(|word| !is_no_name(&word.text)) {
        acc.push(tool(Ecosystem::Nuget, &word.text, "", word));
    }
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
