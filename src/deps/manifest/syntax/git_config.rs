//! Files in the syntax of git's own configuration, as git reads them. Knows no section.

use crate::deps::manifest::{Misread, Problem, text_of};
use crate::model::Span;

/// A variable with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The section's name, in lower case.
    pub section: String,
    /// The name in quotes behind it; empty when there is none.
    pub subsection: String,
    /// Its name, in lower case.
    pub name: String,
    /// Its value; empty for a variable that stands alone, which git takes for true.
    pub value: String,
    /// From its name to the end of its value.
    pub span: Span,
}

/// Reads variables; what git refuses is refused.
pub fn parse(content: &[u8]) -> Result<Vec<Variable>, Misread> {
    let (text, mark) = text_of(content)?;
    let mut reader = Reader { text, at: 0, mark };
    let mut variables = Vec::new();
    let (mut section, mut subsection) = (String::new(), String::new());
    loop {
        reader.skip(|char| char.is_ascii_whitespace());
        let start = reader.at;
        match reader.peek() {
            None => return Ok(variables),
            Some('#' | ';') => reader.skip(|char| char != '\n'),
            Some('[') => (section, subsection) = reader.section().ok_or_else(|| reader.misread(start))?,
            Some(char) if char.is_ascii_alphabetic() && !section.is_empty() => {
                let name =
                    reader.take(|char| char.is_ascii_alphanumeric() || char == '-').to_ascii_lowercase();
                let value = reader.value().ok_or_else(|| reader.misread(start))?;
                let end = start + text[start..reader.at].trim_end().len();
                let span = Span::new(mark + start, mark + end);
                let (section, subsection) = (section.clone(), subsection.clone());
                variables.push(Variable { section, subsection, name, value, span });
            }
            Some(_) => return Err(reader.misread(start)),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    mark: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|char| !wanted(char)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        self.take(unwanted);
    }

    fn misread(&self, start: usize) -> Misread {
        let line = self.text[start..].lines().next().unwrap_or_default();
        let span = Span::new(self.mark + start, self.mark + start + line.len());
        Misread::new(Problem::Syntax("not a line of git's configuration".to_owned()), span)
    }

    /// `[section "subsection"]`, or `[section.subsection]` of old, which git compares in lower case.
    fn section(&mut self) -> Option<(String, String)> {
        self.next();
        let name =
            self.take(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.')).to_ascii_lowercase();
        let blank = self.take(|char| matches!(char, ' ' | '\t'));
        match self.next()? {
            ']' if blank.is_empty() && !name.is_empty() => {
                let (section, subsection) = name.split_once('.').unwrap_or((&name, ""));
                Some((section.to_owned(), subsection.to_owned()))
            }
            '"' if !blank.is_empty() => {
                let mut subsection = String::new();
                loop {
                    match self.next()? {
                        '"' => break,
                        '\n' => return None,
                        '\\' => subsection.push(self.next().filter(|char| *char != '\n')?),
                        char => subsection.push(char),
                    }
                }
                (self.next()? == ']').then_some((name, subsection))
            }
            _ => None,
        }
    }

    /// What stands behind a variable's name, to the end of its line or lines.
    fn value(&mut self) -> Option<String> {
        self.skip(|char| matches!(char, ' ' | '\t' | '\r'));
        match self.next() {
            None | Some('\n') => return Some(String::new()),
            Some('=') => {}
            Some(_) => return None,
        }
        let (mut value, mut kept, mut quoted) = (String::new(), 0, false);
        loop {
            match self.next() {
                None | Some('\n') if quoted => return None,
                None | Some('\n') => break,
                Some('#' | ';') if !quoted => {
                    self.skip(|char| char != '\n');
                    continue;
                }
                Some('"') => quoted = !quoted,
                Some('\\') => {
                    self.text[self.at..].starts_with("\r\n").then(|| self.next());
                    match self.next()? {
                        '\n' => continue,
                        't' => value.push('\t'),
                        'n' => value.push('\n'),
                        'b' => value.push('\u{8}'),
                        char @ ('"' | '\\') => value.push(char),
                        _ => return None,
                    }
                }
                Some(char) if char.is_ascii_whitespace() && !quoted => {
                    // Blanks in front and at the end are none of the value.
                    if !value.is_empty() {
                        value.push(char);
                    }
                    continue;
                }
                Some(char) => value.push(char),
            }
            kept = value.len();
        }
        value.truncate(kept);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = match parse(text.as_bytes()) {
            Ok(variables) => variables
                .iter()
                .map(|one| {
                    let place = text[..one.span.start].matches('\n').count() + 1;
                    let (section, subsection) = (&one.section, &one.subsection);
                    format!("{place} {section}|{subsection}|{}={:?}", one.name, one.value)
                })
                .collect(),
            Err(misread) => vec![format!("refused at {}", misread.span.start)],
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn variables_are_read_as_git_reads_them() {
        check("[Submodule \"A b\"]\nURL = x\n", &["2 submodule|A b|url=\"x\""]);
        check("[submodule.Old] url=x", &["1 submodule|old|url=\"x\""]);
        check("[a \"q\\\"\\\\\"] # why\n; b = 1\nurl = x y  # z\n", &["3 a|q\"\\|url=\"x y\""]);
        check("[a]\nb = \" x ; \" ; y\nc\nd =\n", &["2 a||b=\" x ; \"", "3 a||c=\"\"", "4 a||d=\"\""]);
        check("[a]\r\nb = x\\\r\n  y\\tz\r\nc = 1\\\n2\r\n", &["2 a||b=\"x  y\\tz\"", "4 a||c=\"12\""]);
    }

    #[test]
    fn what_git_refuses_is_refused() {
        for (text, at) in [
            ("url = x\n", 0),
            ("[a\nb = 1\n", 0),
            ("[a \"b]\nc = 1\n", 0),
            ("[a]\nb: c\n", 4),
            ("[a]\nb = \"x\n", 4),
            ("[a]\nb = \\x\n", 4),
            ("[a]\n<<<<<<< ours\n", 4),
        ] {
            check(text, &[&format!("refused at {at}")]);
        }
    }
}
