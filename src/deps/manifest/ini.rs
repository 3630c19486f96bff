//! Files of sections, keys and values that go on over indented lines. Knows no section.

use super::{Misread, Problem, text_of};
use crate::model::Span;

/// A key with its value.
#[derive(Debug)]
pub struct Setting {
    /// The section it stands in.
    pub section: String,
    /// The key; empty for a line without one.
    pub key: String,
    /// The lines of the value with their places; blank ones and comments left out.
    pub lines: Vec<(String, Span)>,
    /// The place of the key's line.
    pub span: Span,
}

/// Reads settings; `continued` says whether indented lines go on with the value above, as Python has it.
pub fn parse(content: &[u8], continued: bool) -> Result<Vec<Setting>, Misread> {
    let (text, mark) = text_of(content)?;
    let mut found: Vec<Setting> = Vec::new();
    let mut section = String::new();
    let mut start = mark;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches(['\n', '\r']);
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        let span = Span::new(start + indent, start + indent + trimmed.len());
        start += raw.len();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if continued && indent > 0 {
            match found.last_mut() {
                Some(setting) => setting.lines.push((trimmed.to_owned(), span)),
                None => return Err(Misread::new(Problem::Syntax("a value without a key".to_owned()), span)),
            }
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or(name);
            section = name.trim().to_owned();
            continue;
        }
        let split = trimmed.find(['=', ':']).map(|at| (&trimmed[..at], trimmed[at + 1..].trim()));
        let (key, value) = split.unwrap_or((trimmed, ""));
        let lines = if value.is_empty() { Vec::new() } else { vec![(value.to_owned(), span)] };
        found.push(Setting { section: section.clone(), key: key.trim().to_owned(), lines, span });
    }
    Ok(found)
}
