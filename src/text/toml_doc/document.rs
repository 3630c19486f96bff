//! A TOML file that is being read, with everything that is wrong with it. Knows no keys.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::DeTable;

use super::{Fault, Outline, Problem, Problems, Table};
use crate::model::Position;
use crate::text::Lines;

/// A TOML file that is being read.
pub struct Document<'i> {
    file: String,
    lines: Lines<'i>,
    root: Spanned<DeTable<'i>>,
    faults: RefCell<Vec<(usize, Fault)>>,
    /// What is asked, where nothing is read.
    pub(super) outline: Option<RefCell<Outline>>,
}

impl<'i> Document<'i> {
    /// Parses `text`; syntax errors are collected and what could be read is there all the same.
    pub fn parse(file: impl Into<String>, text: &'i str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let fault = |error: &toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            (at.min(text.len()), Fault::Syntax(error.message().to_owned()))
        };
        // What else is wrong in such a file follows from the conflict.
        let faults = match conflict(text).filter(|_| !errors.is_empty()) {
            Some(at) => vec![(at, Fault::Conflict)],
            None => errors.iter().map(fault).collect(),
        };
        let lines = Lines::new(text.as_bytes());
        Document { file: file.into(), lines, root, faults: RefCell::new(faults), outline: None }
    }

    /// What `read` asks of a file, whatever stands in it: every table seems to be there once, and empty.
    pub fn outline(read: impl FnOnce(&Document<'static>)) -> Outline {
        let doc = Document { outline: Some(RefCell::default()), ..Document::parse("", "") };
        read(&doc);
        doc.outline.map(RefCell::into_inner).unwrap_or_default()
    }

    /// The whole file as a table.
    pub fn root(&self) -> Table<'_, 'i> {
        Table::new(self, self.root.get_ref(), self.root.span())
    }

    /// Lets somebody note what is asked; does nothing where a file is read.
    pub(super) fn note(&self, note: impl FnOnce(&mut Outline)) {
        if let Some(outline) = &self.outline {
            note(&mut outline.borrow_mut());
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }

    /// Notes a fault at a byte offset.
    pub fn fault(&self, at: usize, fault: Fault) {
        self.faults.borrow_mut().push((at, fault));
    }

    /// Notes that the reader of `key` refuses what stands at a byte offset.
    pub fn invalid(&self, at: usize, key: &'static str, why: impl Into<String>) {
        self.fault(at, Fault::Invalid { key, why: why.into() });
    }

    /// True when something is wrong already.
    pub fn has_faults(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    /// `value` when nothing was wrong, every problem otherwise.
    pub fn into_result<T>(self, value: T) -> Result<T, Problems> {
        let mut faults = self.faults.into_inner();
        if faults.is_empty() {
            return Ok(value);
        }
        if faults.iter().any(|(_, fault)| *fault == Fault::Conflict) {
            faults.retain(|(_, fault)| *fault == Fault::Conflict);
        }
        faults.sort_by_key(|(at, _)| *at);
        let problem = |(at, fault)| Problem { file: self.file.clone(), at: self.lines.position(at), fault };
        Err(Problems(faults.into_iter().map(problem).collect()))
    }
}

/// Where git has left two versions of a part of the file.
fn conflict(text: &str) -> Option<usize> {
    const MARK: &str = "<<<<<<< ";
    if text.starts_with(MARK) { Some(0) } else { text.find(&format!("\n{MARK}")).map(|at| at + 1) }
}
