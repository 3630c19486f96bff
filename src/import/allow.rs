//! What an allowlist of gitleaks lets pass, as stop words, expressions over lines and globs. What cannot be said is told, and
//! lets nothing pass.

use regex_syntax::hir::HirKind;

use super::expression::ours;
use super::globs::globs;
use super::read::{Allowlist, Target};
use super::{Effect, Note};

/// What passes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passes {
    /// Secrets that hold one of these.
    pub stop_words: Vec<String>,
    /// Lines that match one of these.
    pub lines: Vec<String>,
    /// Files under these globs.
    pub globs: Vec<String>,
}

impl Passes {
    /// Adds what `allowlist` lets pass of a rule whose matches stay on a line, or do not.
    pub fn add(&mut self, allowlist: &Allowlist, on_one_line: bool, notes: &mut dyn FnMut(Note)) {
        let Allowlist { line, needs_all, commits, paths, target, regexes, stop_words, .. } = allowlist;
        let mut note = |effect, what: String| notes(Note { line: *line, rule: None, effect, what });
        let kinds = [!commits.is_empty(), !paths.is_empty(), !regexes.is_empty(), !stop_words.is_empty()];
        if *needs_all && kinds.iter().filter(|is_there| **is_there).count() > 1 {
            note(
                Effect::More,
                "an exception of which all conditions must hold has no counterpart".to_owned(),
            );
            return;
        }
        if !commits.is_empty() {
            let what = "commits that are allowed: `portcullis baseline create` accepts what is there today";
            note(Effect::More, what.to_owned());
        }
        for path in paths {
            match globs(path) {
                Some(globs) => self.globs.extend(globs),
                None => note(Effect::More, format!("the allowed path {path:?} cannot be said with globs")),
            }
        }
        self.stop_words.extend(stop_words.iter().cloned());
        for regex in regexes {
            let plain = literal(regex).filter(|_| *target == Target::Secret);
            if let Some(plain) = plain {
                let what = format!("the allowed {regex:?} is a stop word, whatever the case of its letters");
                note(Effect::Less, what);
                self.stop_words.push(plain);
            } else if let Some(line) =
                ours(regex, None).ok().filter(|_| *target == Target::Line && on_one_line)
            {
                self.lines.push(line.text.replace("(?<secret>", "(?:"));
            } else {
                let place = match target {
                    Target::Secret => "secret",
                    Target::Match => "match",
                    Target::Line => "line of a match that may be longer than a line",
                };
                note(Effect::More, format!("{regex:?} over the {place} has no counterpart"));
            }
        }
    }
}

/// The text that an expression stands for, when it stands for one anywhere in a secret.
fn literal(regex: &str) -> Option<String> {
    let hir = regex_syntax::parse(regex).ok()?;
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        HirKind::Empty
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}
