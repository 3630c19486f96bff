//! `portcullis explain`: why something is found at a place, or not. Finds the content and shows the answer.

mod text;
mod wire;

use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::scan::{self, Staged};
use super::{CLEAN, CliError, Output, named, setup};
use crate::explain::{self, Explanation, Place};
use crate::git::Repo;
use crate::model::{Entry, Locator, Position, Provenance, RepoPath};
use crate::report::wire as json;
use crate::scan::Scanner;
use crate::source::{self, Reader, tree};

/// How an explanation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Json,
}

const SHAPES: [(&str, Shape); 2] = [("text", Shape::Text), ("json", Shape::Json)];

/// What to explain.
#[derive(Debug, Args)]
#[command(
    after_help = "An explanation is no verdict: the exit code is 0 whatever is found, 2 if nothing could be told."
)]
pub struct ExplainArgs {
    /// A place in a file: FILE:LINE or FILE:LINE:COLUMN
    #[arg(value_name = "FILE:LINE", required_unless_present = "text", conflicts_with = "text")]
    place: Option<String>,
    /// Explain this text instead of a file
    #[arg(long, value_name = "STRING", requires = "path")]
    text: Option<String>,
    /// The name that rules see for the text
    #[arg(long, value_name = "NAME", requires = "text")]
    path: Option<String>,
    /// Explain the file as it is staged, where only what is new counts
    #[arg(long, conflicts_with = "text")]
    staged: bool,
    /// Also show every rule that did not match, and those that were not asked
    #[arg(long)]
    all: bool,
    /// The shape of the answer.
    #[arg(long, default_value = "text", value_parser = named(&SHAPES))]
    format: Shape,
}

/// Runs `portcullis explain`.
pub fn run(args: &ExplainArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let (path, told) = match (&args.text, &args.place) {
        (Some(text), _) => of_text(text, args.path.as_deref().unwrap_or_default(), dir)?,
        (None, Some(place)) => {
            let (file, place) = parse(place).ok_or_else(|| CliError::NoPlace(place.clone()))?;
            if args.staged { of_staged(file, place, dir)? } else { of_file(file, place, dir)? }
        }
        (None, None) => return Err(CliError::NoPlace(String::new())),
    };
    match args.format {
        Shape::Text => output.write(|out| text::write(&path, &told, args.all, out))?,
        Shape::Json => output.write(|out| json::document(&wire::document(&path, &told), out))?,
    }
    Ok(CLEAN)
}

/// `FILE:LINE` or `FILE:LINE:COLUMN`; the file may have colons itself.
pub fn parse(text: &str) -> Option<(&str, Place)> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0);
    let (rest, last) = text.rsplit_once(':')?;
    let last = number(last)?;
    let two = rest.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?)));
    match two {
        Some((file, line)) => Some((file, Place::Character(Position { line, column: last }))),
        None => Some((rest, Place::Line(last))),
    }
}

type Answer = (RepoPath, Explanation);

fn answer(scanner: &Scanner, entry: &Entry, repo: Option<&Repo>, place: Place) -> Result<Answer, CliError> {
    let told = explain::explain(scanner, entry, &mut Reader::new(repo), place)?;
    Ok((entry.path.clone(), told))
}

fn of_text(text: &str, path: &str, dir: &Path) -> Result<Answer, CliError> {
    let scanner = setup::scanner_without_dependencies(&setup::files_on_disk(&setup::home(dir))?)?;
    let listing = source::stdin::list(RepoPath::new(path), text.into());
    let entry = listing.entries.first().ok_or_else(|| CliError::NoPlace(path.to_owned()))?;
    answer(&scanner, entry, None, Place::Everything)
}

/// As `scan tree` would judge it.
fn of_file(file: &str, place: Place, dir: &Path) -> Result<Answer, CliError> {
    let home = setup::home(dir);
    let scanner = scan::scanner_on_disk(&home)?;
    let listing = tree::list(&home, &[dir.join(file)], tree::Ignored::Scanned)?;
    match listing.entries.as_slice() {
        [entry] => answer(&scanner, entry, None, place),
        _ => Err(CliError::NoFile(file.to_owned())),
    }
}

/// As a commit would judge it.
fn of_staged(file: &str, place: Place, dir: &Path) -> Result<Answer, CliError> {
    let repo = scan::open(dir)?;
    let path = repo.top().and_then(|top| below(top, &dir.join(file)));
    let path = path.ok_or_else(|| CliError::NoFile(file.to_owned()))?;
    let staged = Staged::read(&repo)?;
    if let Some(entry) = staged.entry(&path) {
        return answer(staged.scanner(), entry, Some(&repo), place);
    }
    let unchanged = source::index::lookup(&repo, std::slice::from_ref(&path))?;
    let entry = unchanged.first().ok_or_else(|| CliError::NoFile(file.to_owned()))?;
    let locator = Locator::Blob(entry.side.oid);
    let before = vec![locator.clone()];
    let entry = Entry { path, locator, before, moved_from: None, provenance: Provenance::Index };
    answer(staged.scanner(), &entry, Some(&repo), place)
}

/// The name of a file in its repository; the file itself need not exist any more.
fn below(top: &Path, file: &Path) -> Option<RepoPath> {
    let mut clean = PathBuf::new();
    for part in file.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => clean.push(part),
        }
    }
    let inside = clean.strip_prefix(top).ok()?;
    Some(RepoPath::new(inside.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::explain::Place;
    use crate::model::Position;

    #[test]
    fn a_place_is_a_file_a_line_and_perhaps_a_column() {
        let character = |line, column| Place::Character(Position { line, column });
        for (text, expected) in [
            ("src/app.py:3", Some(("src/app.py", Place::Line(3)))),
            ("src/app.py:3:10", Some(("src/app.py", character(3, 10)))),
            ("odd:name:7", Some(("odd:name", Place::Line(7)))),
            ("src/app.py", None),
            ("src/app.py:0", None),
            ("src/app.py:x", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
