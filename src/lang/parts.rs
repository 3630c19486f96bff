//! The parts of a file that are written in another language than the file: cells of notebooks, scripts of pages and
//! components, code in templates. Knows where they stand, and nothing of rules.

mod cells;
mod markup;

use super::Language;
use crate::model::{RepoPath, Span};

/// All code of one language that a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The language it is written in.
    pub language: Language,
    /// The code.
    pub text: Vec<u8>,
    places: Places,
}

/// Where the code stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Places {
    /// Where it stands in the text: all else there is blank.
    Same,
    /// The text was taken out of literals.
    Cells(cells::Cells),
}

/// A notebook that is no JSON, or none with cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unparsed;

/// What a file holds, by its extension; nothing for a file of one language.
pub fn parts(path: &RepoPath, content: &[u8]) -> Result<Vec<Part>, Unparsed> {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.as_slice() {
        b"ipynb" => notebook(content),
        b"vue" | b"svelte" | b"html" | b"htm" => Ok(markup::scripts(content)),
        b"erb" | b"rhtml" => Ok(markup::template(content, Language::Ruby)),
        b"ejs" => Ok(markup::template(content, Language::JavaScript)),
        b"eex" | b"heex" | b"leex" => Ok(markup::template(content, Language::Elixir)),
        _ => Ok(Vec::new()),
    }
}

/// The code of a Jupyter notebook.
pub fn notebook(content: &[u8]) -> Result<Vec<Part>, Unparsed> {
    cells::parts(content)
}

impl Part {
    /// The bytes of the file that a part of the text comes from.
    pub fn source(&self, span: Span) -> Span {
        match &self.places {
            Places::Same => span,
            Places::Cells(cells) => cells.source(span),
        }
    }

    /// Where a person finds a byte of the text, when the file's line does not say it.
    pub fn told(&self, at: usize) -> Option<String> {
        match &self.places {
            Places::Same => None,
            Places::Cells(cells) => cells.told(&self.text, at),
        }
    }
}
