//! What `deps list` shows: everything a file declares, includes followed. Reads through a closure, so it knows no disk
//! and no repository.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Origin;
use super::manifest::{self, Format, Manifest, Note, Recognised, recognise};
use super::origin::masked;
use crate::model::RepoPath;
use crate::text::Lines;

/// One file, as reported.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// The path as given.
    pub file: String,
    /// The ecosystem's package-URL type; absent for a file that is not read.
    pub ecosystem: Option<String>,
    /// The format's name.
    pub format: Option<&'static str>,
    /// Packages that get installed, as written; sorted, each once.
    pub names: Vec<String>,
    /// Keys of aliases; sorted, each once.
    pub keys: Vec<String>,
    /// Every declaration, in the order of the file, included files where they are included.
    pub dependencies: Vec<DependencyReport>,
    /// What the file leaves to a build, to variables or to other files, and other registries it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why there is no answer.
    pub error: Option<String>,
}

/// One declaration, as reported.
#[derive(Debug, Serialize)]
pub struct DependencyReport {
    /// The package that gets installed, as written.
    pub name: String,
    /// The key of an alias.
    pub key: Option<String>,
    /// What it is for.
    pub scope: String,
    /// The version, as written.
    pub requirement: String,
    /// Where it comes from, in an approval's words.
    pub source: String,
    /// The line, from 1.
    pub line: usize,
    /// The file it stands in, when that is an included one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_from: Option<String>,
}

/// Reads files by path.
type Read<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

/// Reports one file.
pub fn list(file: &Path, read: Read<'_>) -> FileReport {
    let mut report = FileReport {
        file: file.display().to_string(),
        ecosystem: None,
        format: None,
        names: Vec::new(),
        keys: Vec::new(),
        dependencies: Vec::new(),
        notes: Vec::new(),
        error: None,
    };
    let format = match recognise(&RepoPath::new(file.as_os_str().as_encoded_bytes())) {
        Some(Recognised::Read(format)) => format,
        Some(Recognised::NotRead(what)) => {
            report.error = Some(format!("recognised as a file of {what}, not read"));
            return report;
        }
        Some(Recognised::Package(what)) => {
            report.error = Some(format!("a package itself ({what}), not a manifest"));
            return report;
        }
        None => {
            report.error = Some("not recognised as a manifest".to_owned());
            return report;
        }
    };
    report.ecosystem = Some(format.ecosystem().to_string());
    report.format = Format::NAMES.iter().find(|(_, known)| *known == format).map(|(name, _)| *name);
    let mut walk =
        Walk { read, top: file, seen: Vec::new(), found: Vec::new(), notes: Vec::new(), open: None };
    report.error = walk.file(file, format).err();
    if walk.found.is_empty() {
        // What was not understood is not "no dependencies".
        report.error = report.error.or(walk.open);
    }
    report.dependencies = walk.found;
    report.notes = walk.notes;
    report.names = sorted(report.dependencies.iter().map(|dependency| dependency.name.clone()));
    report.keys = sorted(report.dependencies.iter().filter_map(|dependency| dependency.key.clone()));
    report
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

struct Walk<'a> {
    read: Read<'a>,
    top: &'a Path,
    /// What was read already: includes may go in circles.
    seen: Vec<(PathBuf, Format)>,
    found: Vec<DependencyReport>,
    notes: Vec<String>,
    /// The first note that leaves a question open.
    open: Option<String>,
}

impl Walk<'_> {
    fn file(&mut self, file: &Path, format: Format) -> Result<(), String> {
        let plain: PathBuf = file.components().collect();
        if self.seen.contains(&(plain.clone(), format)) {
            return Ok(());
        }
        self.seen.push((plain, format));
        let content = (self.read)(file).map_err(|error| format!("{}: {error}", file.display()))?;
        if file == self.top && !manifest::holds(&RepoPath::new(file.as_os_str().as_encoded_bytes()), &content)
        {
            return Err("not recognised as a manifest".to_owned());
        }
        let place = if file == self.top { String::new() } else { format!("{}: ", file.display()) };
        let manifest = manifest::read(format, &content).map_err(|error| format!("{place}{error}"))?;
        self.report(file, &content, &manifest);
        for include in &manifest.includes {
            if include.target.contains("://") {
                let target = super::origin::without_credentials(&include.target);
                self.leave_open(format!("{place}includes {target}, which is not a file"));
                continue;
            }
            let target = file.parent().unwrap_or(Path::new("")).join(&include.target);
            if (self.read)(&target).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                self.leave_open(format!("{place}includes {}, which is not there", target.display()));
                continue;
            }
            // A file that a constraints file takes in constrains as well.
            let constraint = include.constraint || format == Format::Constraints;
            self.file(&target, if constraint { Format::Constraints } else { Format::Requirements })?;
        }
        Ok(())
    }

    /// Tells what nobody can answer here; alone it is no answer at all.
    fn leave_open(&mut self, words: String) {
        self.open.get_or_insert_with(|| words.clone());
        self.notes.push(words);
    }

    fn report(&mut self, file: &Path, content: &[u8], manifest: &Manifest) {
        let lines = Lines::new(content);
        for note in &manifest.notes {
            let (words, span, open) = match note {
                Note::Registry { source, span } | Note::CommandRegistry { source, span, .. } => {
                    (format!("packages are looked up in {}", Origin::of(source)), span, false)
                }
                Note::Computed { what, span } => (format!("{what} is computed by the build"), span, true),
                Note::UnknownList { file, span } => (format!("installs what {file} lists"), span, false),
                Note::InstallCode { what, span, .. } => {
                    (format!("runs when it is installed: {what}"), span, false)
                }
            };
            let words = format!("line {}: {words}", lines.position(span.start).line);
            if open {
                self.leave_open(words);
            } else {
                self.notes.push(words);
            }
        }
        for command in &manifest.commands {
            let line = lines.position(command.span.start).line;
            self.notes.push(format!("line {line}: installs {}:{}", command.ecosystem, command.name));
        }
        for dependency in &manifest.dependencies {
            self.found.push(DependencyReport {
                name: masked(&dependency.name),
                key: dependency.key.as_deref().map(masked),
                scope: dependency.scope.to_string(),
                requirement: masked(&dependency.requirement),
                source: Origin::of(&dependency.source).to_string(),
                line: lines.position(dependency.span.start).line,
                included_from: (file != self.top).then(|| file.display().to_string()),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::list;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str], error: Option<&str>) {
        let read = |path: &Path| {
            let text = files
                .iter()
                .find(|(name, _)| Path::new(name) == path)
                .map(|(_, text)| text.as_bytes().to_vec());
            text.ok_or(io::Error::from(io::ErrorKind::NotFound))
        };
        let report = list(Path::new(files[0].0), &read);
        let shown: Vec<String> = report
            .dependencies
            .iter()
            .map(|one| {
                format!(
                    "{}:{} {} {}",
                    one.included_from.as_deref().unwrap_or(""),
                    one.line,
                    one.name,
                    one.scope
                )
            })
            .collect();
        assert_eq!(shown, expected);
        assert_eq!(report.error.as_deref(), error);
    }

    #[test]
    fn includes_are_followed_and_circles_end() {
        check(
            &[
                ("a/requirements.txt", "x\n-r b.txt\n-c c.txt\n"),
                ("a/b.txt", "y\n-r requirements.txt\n"),
                ("a/c.txt", "\nz\n"),
            ],
            &[":1 x runtime", "a/b.txt:1 y runtime", "a/c.txt:2 z indirect"],
            None,
        );
    }

    #[test]
    fn no_credentials_are_listed() {
        let text = "{\"dependencies\": {\"x\": \"https://u:word@h.example/x.tgz?token=abc\"}}";
        let report = list(Path::new("package.json"), &|_| Ok(text.as_bytes().to_vec()));
        let shown = format!("{report:?}");
        assert!(!shown.contains("word") && !shown.contains("abc"), "{shown}");
        assert_eq!(report.dependencies[0].source, "url:https://h.example/x.tgz?token=…");
    }

    #[test]
    fn no_answer_is_never_an_empty_answer() {
        check(&[("requirements.txt", "-r none.txt\n")], &[], Some("includes none.txt, which is not there"));
        check(&[("requirements.txt", "x\n-r none.txt\n")], &[":1 x runtime"], None);
        check(
            &[("requirements.txt", "-r b.txt\n"), ("b.txt", "a b\n")],
            &[],
            Some("b.txt: line 1, column 1: not a requirement: \"a b\""),
        );
        check(&[("x.cabal", "")], &[], Some("recognised as a file of Cabal, not read"));
        check(&[("Gemfile", "gem name")], &[], Some("line 1: gem is computed by the build"));
        check(&[("Gemfile", "gem name\ngem 'a'")], &[":2 a runtime"], None);
        check(&[("x.yaml", "a: b\n")], &[], Some("not recognised as a manifest"));
        check(&[("notes.txt", "")], &[], Some("not recognised as a manifest"));
        check(
            &[("requirements.txt", "-r https://u:p@h.example/r.txt\n")],
            &[],
            Some("includes https://h.example/r.txt, which is not a file"),
        );
    }
}
