//! One line per declaration, so that the tests of every format are tables.

use super::{Format, Manifest, Note, read};
use crate::deps::origin::Origin;
use crate::text::Lines;

/// Compares everything the reader found: `LINE:COLUMN NAME(KEY) =REQUIREMENT SCOPE SOURCE`, then includes and notes.
#[track_caller]
pub fn check(format: Format, content: impl AsRef<[u8]>, expected: &[&str]) {
    let content = content.as_ref();
    let shown = match read(format, content) {
        Ok(manifest) => show(&manifest, &Lines::new(content)),
        Err(error) => vec![format!("refused: {error}")],
    };
    assert_eq!(shown, expected, "{}", String::from_utf8_lossy(content));
}

/// Compares the reason for which a reader gives no answer: `LINE:COLUMN PROBLEM`.
#[track_caller]
pub fn check_refused(format: Format, content: impl AsRef<[u8]>, expected: &str) {
    let content = content.as_ref();
    let shown = match read(format, content) {
        Ok(manifest) => format!("read: {:?}", show(&manifest, &Lines::new(content))),
        Err(error) => format!("{}:{} {}", error.position.line, error.position.column, error.problem),
    };
    assert_eq!(shown, expected, "{}", String::from_utf8_lossy(content));
}

fn show(manifest: &Manifest, lines: &Lines<'_>) -> Vec<String> {
    let at = |offset: usize| {
        let position = lines.position(offset);
        format!("{}:{}", position.line, position.column)
    };
    let dependencies = manifest.dependencies.iter().map(|dependency| {
        let key = dependency.key.as_ref().map(|key| format!("({key})")).unwrap_or_default();
        let scope = dependency.scope;
        let origin = Origin::of(&dependency.source);
        let place = at(dependency.span.start);
        format!("{place} {}{key} ={} {scope} {origin}", dependency.name, dependency.requirement)
    });
    let includes = manifest.includes.iter().map(|include| {
        let kind = if include.constraint { "constrained by" } else { "includes" };
        format!("{} {kind} {}", at(include.span.start), include.target)
    });
    let notes = manifest.notes.iter().map(|note| match note {
        Note::Registry { source, span } => format!("{} looks in {}", at(span.start), Origin::of(source)),
        Note::NotRead { what, span } => format!("{} does not tell {what}", at(span.start)),
        Note::Computed { what, span } => format!("{} computes {what}", at(span.start)),
    });
    dependencies.chain(includes).chain(notes).collect()
}
