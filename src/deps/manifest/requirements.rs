//! Reads requirements and constraints files as `pip install -r` and `-c` do. Follows no include and reads no
//! environment: a variable inside a name is an error, not a guess.

use super::requirements_lines::{LogicalLine, logical_lines};
use super::{Include, Manifest, Misread, Note, Problem, pep508};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// What an option does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Include { constraint: bool },
    Editable,
    Index,
    Value,
    Flag,
}

/// pip's options in requirements files. pip takes any unambiguous beginning of a long one.
const OPTIONS: [(&str, &str, Effect); 23] = [
    ("-r", "--requirement", Effect::Include { constraint: false }),
    ("-c", "--constraint", Effect::Include { constraint: true }),
    ("-e", "--editable", Effect::Editable),
    ("-i", "--index-url", Effect::Index),
    ("", "--pypi-url", Effect::Index),
    ("", "--extra-index-url", Effect::Index),
    ("-f", "--find-links", Effect::Index),
    ("", "--trusted-host", Effect::Value),
    ("", "--no-binary", Effect::Value),
    ("", "--only-binary", Effect::Value),
    ("", "--use-feature", Effect::Value),
    ("", "--global-option", Effect::Value),
    ("", "--install-option", Effect::Value),
    ("", "--hash", Effect::Value),
    ("-C", "--config-settings", Effect::Value),
    ("", "--config-setting", Effect::Value),
    ("", "--all-releases", Effect::Value),
    ("", "--only-final", Effect::Value),
    ("", "--no-index", Effect::Flag),
    ("", "--prefer-binary", Effect::Flag),
    ("", "--require-hashes", Effect::Flag),
    ("", "--pre", Effect::Flag),
    ("", "--no-deps", Effect::Flag),
];

/// Reads a file for `pip install -r`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    read_as(Scope::Runtime, content)
}

/// Reads a file for `pip install -c`: it installs nothing, but it can say where something else comes from.
pub fn read_constraints(content: &[u8]) -> Result<Manifest, Misread> {
    read_as(Scope::Indirect, content)
}

fn read_as(scope: Scope, content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for line in logical_lines(content)? {
        let (requirement, options) = split_options(&line.text);
        if requirement.is_empty() {
            option_line(options, (scope, &line), &mut manifest)?;
        } else {
            // Options behind a requirement belong to it alone; they must still be ones that pip knows.
            parse_options(options, &line)?;
            manifest.dependencies.push(dependency(requirement, scope, &line)?);
        }
    }
    Ok(manifest)
}

/// Requirement and options: options begin at the first word, as blanks separate words, that begins with `-`.
fn split_options(line: &str) -> (&str, &str) {
    let mut at = 0;
    for word in line.split(' ') {
        if word.starts_with('-') {
            return (line[..at].trim_end(), &line[at..]);
        }
        at += word.len() + 1;
    }
    (line, "")
}

fn option_line(
    options: &str,
    (scope, line): (Scope, &LogicalLine),
    acc: &mut Manifest,
) -> Result<(), Misread> {
    for (effect, value) in parse_options(options, line)? {
        match effect {
            Effect::Include { constraint } => {
                acc.includes.push(Include { target: value, constraint, span: line.span });
            }
            Effect::Editable => acc.dependencies.push(dependency(&value, scope, line)?),
            Effect::Index if is_default_index(&value) => {}
            Effect::Index => {
                acc.notes.push(Note::Registry { source: Source::OtherRegistry(value), span: line.span });
            }
            Effect::Value | Effect::Flag => {}
        }
    }
    Ok(())
}

fn is_default_index(url: &str) -> bool {
    matches!(url.trim_end_matches('/'), "https://pypi.org/simple" | "https://pypi.python.org/simple")
}

fn dependency(text: &str, scope: Scope, line: &LogicalLine) -> Result<Dependency, Misread> {
    let Some(found) = pep508::parse_pip(text) else {
        return Err(Misread::new(Problem::Requirement(text.to_owned()), line.span));
    };
    let (requirement, source) = (found.version, found.source);
    Ok(Dependency { scope, requirement, source, ..Dependency::new(Ecosystem::Pypi, found.name, line.span) })
}

/// Options and their values as Python's `optparse` sees them; words that belong to no option are dropped by pip, so
/// they are refused here.
fn parse_options(options: &str, line: &LogicalLine) -> Result<Vec<(Effect, String)>, Misread> {
    let refuse = |text: &str| Misread::new(Problem::Option(text.to_owned()), line.span);
    let words = split_words(options).ok_or_else(|| refuse(options))?;
    let mut words = words.into_iter();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let (effect, glued) = option(&word).ok_or_else(|| refuse(&word))?;
        let value = match (effect, glued) {
            (Effect::Flag, None) => String::new(),
            (Effect::Flag, Some(_)) => return Err(refuse(&word)),
            (_, Some(value)) => value,
            (_, None) => words.next().ok_or_else(|| refuse(&word))?,
        };
        found.push((effect, value));
    }
    Ok(found)
}

/// The option that `word` names, and the value that is glued to it.
fn option(word: &str) -> Option<(Effect, Option<String>)> {
    if word.starts_with("--") {
        let (name, value) =
            word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value.to_owned())));
        if let Some((_, _, effect)) = OPTIONS.iter().find(|(_, long, _)| *long == name) {
            return Some((*effect, value));
        }
        let mut meant = OPTIONS.iter().filter(|(_, long, _)| name.len() > 2 && long.starts_with(name));
        let (_, _, effect) = meant.next()?;
        return meant.all(|(_, _, other)| other == effect).then_some((*effect, value));
    }
    let short = word.get(..2)?;
    let (_, _, effect) = OPTIONS.iter().find(|(known, _, _)| *known == short)?;
    let value = Some(&word[2..]).filter(|value| !value.is_empty()).map(str::to_owned);
    Some((*effect, value))
}

/// Words as a POSIX shell splits them, with quotes and backslashes; `None` when a quote stays open.
fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(open), char) if char == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (Some('"') | None, '\\') => word.get_or_insert_default().push(chars.next()?),
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (Some(_) | None, char) => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{Constraints, Requirements};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn requirements_with_options_behind_them_are_read() {
        check(Requirements, "\u{feff}flask==2.0\n", &["1:2 flask ===2.0 runtime registry"]);
        check(
            Requirements,
            "a==1 --hash=sha256:aa \\\n  --hash=sha256:bb\nb\n",
            &["1:1 a ===1 runtime registry", "3:1 b = runtime registry"],
        );
        check(Requirements, "a==1 --global-option=\"--x y\" -C k=v\n", &["1:1 a ===1 runtime registry"]);
        check(
            Requirements,
            "a==1\0\nb==1\n",
            &["1:1 a ===1\0 runtime registry", "2:1 b ===1 runtime registry"],
        );
    }

    #[test]
    fn editable_requirements_are_dependencies_too() {
        check(Requirements, "-e git+ssh://git@h.example/w.git#egg=w\n", &["1:1 w = runtime git:h.example/w"]);
        check(Requirements, "-e.\n", &["1:1 . = runtime path"]);
        check(Requirements, "--editable=./x[y]\n", &["1:1 ./x = runtime path"]);
        check(Requirements, "--edit ./x\n", &["1:1 ./x = runtime path"]);
    }

    #[test]
    fn includes_are_told_in_every_spelling() {
        for line in [
            "-r x.txt",
            "-rx.txt",
            "--requirement x.txt",
            "--requirement=x.txt",
            "--requirem=x.txt",
            "-r 'x.txt'",
        ] {
            check(Requirements, line, &["1:1 includes x.txt"]);
        }
        check(Requirements, "-cx.txt", &["1:1 constrained by x.txt"]);
        check(Requirements, "-r x.txt -r y.txt", &["1:1 includes x.txt", "1:1 includes y.txt"]);
    }

    #[test]
    fn switched_registries_are_told_without_credentials() {
        for line in [
            "-i https://u:p@h.example/simple",
            "--index-url=https://h.example/simple/",
            "--extra https://h.example/simple",
            "--pre -fhttps://h.example/simple",
        ] {
            check(Requirements, line, &["1:1 looks in registry:h.example/simple"]);
        }
        check(Requirements, "-i https://pypi.org/simple/\n", &[]);
    }

    #[test]
    fn constraints_install_nothing() {
        check(
            Constraints,
            "a==1\nb @ https://h.example/b.zip\n",
            &["1:1 a ===1 indirect registry", "2:1 b = indirect url:https://h.example/b.zip"],
        );
    }

    #[test]
    fn what_pip_refuses_or_drops_is_refused() {
        check_refused(Requirements, "a\nflask django\n", "2:1 not a requirement: \"flask django\"");
        check_refused(Requirements, "{{ pkg }}==1\n", "1:1 not a requirement: \"{{ pkg }}==1\"");
        check_refused(Requirements, "<<<<<<< HEAD\n", "1:1 not a requirement: \"<<<<<<< HEAD\"");
        check_refused(Requirements, "--unknown x\n", "1:1 unknown or ambiguous option: \"--unknown\"");
        check_refused(Requirements, "--pre flask\n", "1:1 unknown or ambiguous option: \"flask\"");
        check_refused(Requirements, "--re x.txt\n", "1:1 unknown or ambiguous option: \"--re\"");
        check_refused(Requirements, "-r 'x.txt\n", "1:1 unknown or ambiguous option: \"-r 'x.txt\"");
        check_refused(Requirements, "fl\u{430}sk==1\n", "1:1 not a requirement: \"fl\u{430}sk==1\"");
    }
}
