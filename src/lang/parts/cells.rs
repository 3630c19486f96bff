//! The code cells of a Jupyter notebook, joined into one text for each language. Knows how the text stands in the JSON,
//! and runs nothing.

use jsonc_parser::ast::{Object, StringLit, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, parse_to_ast};

use super::{Part, Places, Unparsed};
use crate::json::STRICT;
use crate::lang::Language;
use crate::model::Span;

/// Where the text of cells stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells {
    runs: Vec<Run>,
    /// Where the text of a cell begins, and the cell's number in the notebook.
    starts: Vec<(usize, usize)>,
}

/// A run of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Where it begins in the text.
    at: usize,
    kind: Kind,
    /// The bytes of the file that it comes from.
    source: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The bytes are the same.
    Plain,
    /// One character, and what it is written as; or nothing of the file's.
    Escape,
}

impl Cells {
    /// The bytes of the file that a part of the text comes from.
    pub fn source(&self, span: Span) -> Span {
        let start = self.run_at(span.start).map_or(0, |run| match run.kind {
            Kind::Plain => run.source.end.min(run.source.start + span.start - run.at),
            Kind::Escape => run.source.start,
        });
        let last = span.end.saturating_sub(1).max(span.start);
        // Of an escape all bytes stand for its character.
        let end = self.run_at(last).map_or(start, |run| match run.kind {
            Kind::Plain => run.source.end.min(run.source.start + last - run.at + 1),
            Kind::Escape => run.source.end,
        });
        Span::new(start, end.max(start))
    }

    fn run_at(&self, at: usize) -> Option<Run> {
        let behind = self.runs.partition_point(|run| run.at <= at);
        self.runs.get(behind.checked_sub(1)?).copied()
    }

    /// The cell of a byte and its line there, both counted from 1.
    pub fn told(&self, text: &[u8], at: usize) -> Option<String> {
        let behind = self.starts.partition_point(|(start, _)| *start <= at);
        let (start, cell) = self.starts.get(behind.checked_sub(1)?)?;
        let line = memchr::memchr_iter(b'\n', &text[*start..at]).count() + 1;
        Some(format!("cell {cell}, line {line}"))
    }
}

/// The code of a notebook by language.
pub fn parts(content: &[u8]) -> Result<Vec<Part>, Unparsed> {
    let text = std::str::from_utf8(content).map_err(|_| Unparsed)?;
    let (text, mark) = text.strip_prefix('\u{feff}').map_or((text, 0), |text| (text, '\u{feff}'.len_utf8()));
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|_| Unparsed)?;
    let Some(Value::Object(notebook)) = &parsed.value else { return Err(Unparsed) };
    let mut joined = Joined { content: text.as_bytes(), mark, parts: Vec::new() };
    let usual = language_of(notebook).unwrap_or(Language::Python);
    // Before version 4 the cells stood in worksheets.
    let sheets = list(notebook, "worksheets").filter_map(|sheet| sheet.as_object());
    let mut number = 0;
    for owner in std::iter::once(notebook).chain(sheets) {
        for cell in list(owner, "cells").filter_map(|cell| cell.as_object()) {
            number += 1;
            if cell.get_string("cell_type").is_some_and(|kind| kind.value == "code") {
                joined.cell(cell, number, usual);
            }
        }
    }
    if number == 0 && notebook.get_array("cells").is_none() {
        return Err(Unparsed);
    }
    let part = |(language, text, cells)| Part { language, text, places: Places::Cells(cells) };
    Ok(joined.parts.into_iter().map(part).collect())
}

fn list<'o, 'a>(object: &'o Object<'a>, name: &'static str) -> impl Iterator<Item = &'o Value<'a>> {
    object.get_array(name).into_iter().flat_map(|array| &array.elements)
}

/// The language that the notebook's kernel runs.
fn language_of(notebook: &Object<'_>) -> Option<Language> {
    let metadata = notebook.get_object("metadata")?;
    let kernel = metadata.get_object("kernelspec").and_then(|kernel| kernel.get_string("language"));
    let info = metadata.get_object("language_info").and_then(|info| info.get_string("name"));
    let name = kernel.or(info)?.value.to_ascii_lowercase();
    named(&name)
}

fn named(name: &str) -> Option<Language> {
    match name {
        "bash" | "sh" => Some(Language::Shell),
        "js" | "deno" => Some(Language::JavaScript),
        "c++" | "c++17" => Some(Language::Cpp),
        "python3" | "python2" | "pypy" | "time" | "timeit" | "capture" | "prun" => Some(Language::Python),
        _ => Language::NAMES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language),
    }
}

/// True for a line that a shell runs, or an installer.
fn is_command(line: &[u8]) -> bool {
    let installers = [&b"%pip "[..], b"%conda ", b"%mamba ", b"%uv "];
    line.starts_with(b"!") || installers.iter().any(|installer| line.starts_with(installer))
}

/// The text of each language so far.
struct Joined<'c> {
    content: &'c [u8],
    /// How many bytes stand before `content` in the file.
    mark: usize,
    parts: Vec<(Language, Vec<u8>, Cells)>,
}

impl Joined<'_> {
    fn cell(&mut self, cell: &Object<'_>, number: usize, usual: Language) {
        let literals: Vec<&StringLit<'_>> =
            match cell.get("source").or_else(|| cell.get("input")).map(|prop| &prop.value) {
                Some(Value::StringLit(literal)) => vec![literal],
                Some(Value::Array(lines)) => {
                    lines.elements.iter().filter_map(|line| line.as_string_lit()).collect()
                }
                Some(_) | None => return,
            };
        let whole: String = literals.iter().map(|literal| literal.value.as_ref()).collect();
        // `%%bash` makes a shell script of a cell, `!` in front of a line a command.
        let magic = whole.strip_prefix("%%").and_then(|magic| magic.split_whitespace().next());
        let language = match magic {
            Some("script") => Some(Language::Shell),
            Some(name) => named(&name.to_ascii_lowercase()),
            None => Some(usual),
        };
        let Some(language) = language else { return };
        self.append(language, &literals, number, |line| !line.starts_with(b"!") && !line.starts_with(b"%"));
        if language == Language::Python && whole.lines().any(|line| is_command(line.trim_start().as_bytes()))
        {
            self.append(Language::Shell, &literals, number, is_command);
        }
    }

    /// Adds the lines of a cell that are wanted to the text of a language; the others are blank.
    fn append(
        &mut self,
        language: Language,
        literals: &[&StringLit<'_>],
        number: usize,
        wanted: impl Fn(&[u8]) -> bool,
    ) {
        let (content, mark) = (self.content, self.mark);
        let known = self.parts.iter().position(|(known, _, _)| *known == language);
        let idx = known.unwrap_or_else(|| {
            self.parts.push((language, Vec::new(), Cells::default()));
            self.parts.len() - 1
        });
        let (_, text, cells) = &mut self.parts[idx];
        let start = text.len();
        cells.starts.push((start, number));
        for literal in literals {
            let range = literal.range();
            let inner = Span::new(range.start + 1, range.end.saturating_sub(1).max(range.start + 1));
            unescape(content, inner, mark, text, cells);
        }
        let end = literals.last().map_or(0, |literal| literal.range().end) + mark;
        cells.runs.push(Run { at: text.len(), kind: Kind::Escape, source: Span::new(end, end) });
        text.push(b'\n');
        let mut at = start;
        for line in text.clone()[start..].split_inclusive(|&byte| byte == b'\n') {
            let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let command = is_command(&line[blanks..]);
            if !wanted(&line[blanks..]) {
                text[at..at + line.len()]
                    .iter_mut()
                    .filter(|byte| **byte != b'\n')
                    .for_each(|byte| *byte = b' ');
            } else if command {
                text[at + blanks] = b' ';
            }
            at += line.len();
        }
    }
}

/// Appends what the inside of a literal stands for, and where it comes from.
fn unescape(content: &[u8], inner: Span, mark: usize, text: &mut Vec<u8>, cells: &mut Cells) {
    let mut at = inner.start;
    while at < inner.end {
        let plain = memchr::memchr(b'\\', &content[at..inner.end]).unwrap_or(inner.end - at);
        if plain > 0 {
            let source = Span::new(mark + at, mark + at + plain);
            cells.runs.push(Run { at: text.len(), kind: Kind::Plain, source });
            text.extend_from_slice(&content[at..at + plain]);
            at += plain;
            continue;
        }
        let (char, len) = escaped(&content[at..inner.end]);
        let source = Span::new(mark + at, mark + at + len);
        cells.runs.push(Run { at: text.len(), kind: Kind::Escape, source });
        text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        at += len;
    }
}

/// The character of an escape, which the parser has accepted, and its length.
fn escaped(text: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    match text.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b' | b'f') => (' ', 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                (char::from_u32(code).unwrap_or(' '), 12.min(text.len()))
            }
            (code, _) => (code.and_then(char::from_u32).unwrap_or(' '), 6.min(text.len())),
        },
        Some(&other) => (char::from(other), 2),
        None => ('\\', text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Unparsed, parts};
    use crate::lang::Language;
    use crate::model::Span;

    fn notebook(cells: &str) -> String {
        format!("{{\"cells\": [{cells}], \"metadata\": {{}}, \"nbformat\": 4}}")
    }

    fn texts(content: &str) -> Vec<(Language, String)> {
        let parts = parts(&"a.ipynb".into(), content.as_bytes()).unwrap();
        parts.into_iter().map(|part| (part.language, String::from_utf8(part.text).unwrap())).collect()
    }

    #[test]
    fn the_code_of_all_cells_is_one_text() {
        let content = notebook(
            r##"{"cell_type": "markdown", "source": ["# no"]},
               {"cell_type": "code", "source": ["import os\n", "x = \"\u00e9\""]},
               {"cell_type": "code", "source": "os.system(x)"}"##,
        );
        assert_eq!(texts(&content), [(Language::Python, "import os\nx = \"é\"\nos.system(x)\n".to_owned())]);
    }

    #[test]
    fn commands_and_cells_of_other_languages_are_told_apart() {
        let content = notebook(
            r#"{"cell_type": "code", "source": ["!ls it's\n", "%pip install a\n", "f()"]},
               {"cell_type": "code", "source": ["%%bash\n", "cd a"]},
               {"cell_type": "code", "source": ["%%unknown\n", "cd b"]}"#,
        );
        let expected = [
            (Language::Python, "        \n              \nf()\n"),
            (Language::Shell, " ls it's\n pip install a\n   \n      \ncd a\n"),
        ];
        let expected: Vec<_> = expected.map(|(language, text)| (language, text.to_owned())).into();
        assert_eq!(texts(&content), expected);
    }

    #[test]
    fn the_kernel_says_the_language() {
        let metadata = r#""metadata": {"kernelspec": {"language": "scala"}}"#;
        let content =
            notebook(r#"{"cell_type": "code", "source": "a"}"#).replace("\"metadata\": {}", metadata);
        assert_eq!(texts(&content), [(Language::Scala, "a\n".to_owned())]);
    }

    #[test]
    fn places_lead_back_to_the_file_and_to_the_cell() {
        let content = notebook(
            r#"{"cell_type": "code", "source": ["a\n"]}, {"cell_type": "code", "source": ["b\n", "c(\"d\")"]}"#,
        );
        let parts = parts(&"a.ipynb".into(), content.as_bytes()).unwrap();
        let text = String::from_utf8(parts[0].text.clone()).unwrap();
        for (wanted, expected, told) in [
            ("a", "a", "cell 1, line 1"),
            ("c(\"d", r#"c(\"d"#, "cell 2, line 2"),
            ("\"d\"", r#"\"d\""#, "cell 2, line 2"),
            ("b\n", r"b\n", "cell 2, line 1"),
        ] {
            let start = text.find(wanted).unwrap();
            let source = parts[0].source(Span::new(start, start + wanted.len()));
            assert_eq!(&content[source.start..source.end], expected);
            assert_eq!(parts[0].told(start).as_deref(), Some(told));
        }
    }

    #[test]
    fn what_is_no_notebook_is_told() {
        for content in ["", "{", "[]", "{\"cells\": [", "{\"a\": 1}", "\u{0}", "{\"cells\": [{]}"] {
            assert_eq!(parts(&"a.ipynb".into(), content.as_bytes()), Err(Unparsed), "{content}");
        }
        assert_eq!(parts(&"a.ipynb".into(), b"\xff"), Err(Unparsed));
    }
}
