//! The lines of a requirements file as pip sees them: split, joined and freed of comments in pip's own order. Knows no
//! requirement and no option.

use super::{Misread, Problem, text_of};
use crate::model::Span;

/// What pip takes for one line.
#[derive(Debug, PartialEq, Eq)]
pub struct LogicalLine {
    /// Text without comment and surrounding white space; never empty.
    pub text: String,
    /// From the first character to the end of the last physical line that belongs to it.
    pub span: Span,
}

/// Splits `content`. The order matters: line ends first, then continuations, then comments. A comment line that ends
/// with a backslash does not continue, a comment behind a requirement does.
pub fn logical_lines(content: &[u8]) -> Result<Vec<LogicalLine>, Misread> {
    let (text, mark) = decode(content)?;
    let mut lines = Vec::new();
    let mut open: Option<(String, Span)> = None;
    for (line, start) in physical_lines(text) {
        let span = visible(line, start + mark);
        let comment = is_comment(line);
        if line.ends_with('\\') && !comment {
            // pip strips backslashes at both ends.
            let piece = line.trim_matches('\\');
            let (joined, whole) = open.get_or_insert_with(|| (String::new(), span));
            joined.push_str(piece);
            whole.end = span.end;
            continue;
        }
        // The blank makes sure that a comment line still begins a comment after joining.
        let blank = if comment { " " } else { "" };
        let (joined, mut whole) = open.take().unwrap_or((String::new(), span));
        whole.end = if comment { whole.end } else { span.end };
        push(&format!("{joined}{blank}{line}"), whole, &mut lines);
    }
    if let Some((joined, whole)) = open {
        push(&joined, whole, &mut lines);
    }
    Ok(lines)
}

/// pip obeys byte order marks of UTF-16 and PEP 263 comments; we read UTF-8 and say so about everything else.
fn decode(content: &[u8]) -> Result<(&str, usize), Misread> {
    let (text, mark) = text_of(content)?;
    let cookie = physical_lines(text).take(2).find_map(|(line, start)| {
        let coding = line.strip_prefix('#')?.split_once("coding")?.1;
        let name = coding.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let end = name.find(|char: char| !char.is_ascii_alphanumeric() && !"-_.".contains(char));
        let name = &name[..end.unwrap_or(name.len())];
        (!name.is_empty()).then_some((name, Span::new(start + mark, start + mark + line.len())))
    });
    if let Some((name, span)) = cookie {
        let plain = name.to_ascii_lowercase().replace('_', "-");
        let unicode = matches!(plain.as_str(), "utf-8" | "utf8" | "utf-8-sig");
        let harmless = matches!(plain.as_str(), "ascii" | "us-ascii" | "latin-1" | "iso-8859-1");
        if !(unicode || mark > 0 || harmless && text.is_ascii()) {
            return Err(Misread::new(Problem::Encoding(name.to_owned()), span));
        }
    }
    Ok((text, mark))
}

/// Lines with their offsets, ended by what ends a line for Python's `str.splitlines`.
fn physical_lines(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let line = (rest, start);
        let Some((at, end)) = rest.char_indices().find(|(_, char)| ends_line(*char)) else {
            start = text.len();
            return Some(line);
        };
        let crlf = rest[at..].starts_with("\r\n");
        start += at + if crlf { 2 } else { end.len_utf8() };
        Some((&rest[..at], line.1))
    })
}

fn ends_line(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// White space as Python's `\s` and `str.strip` see it.
fn is_blank(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{1c}'..='\u{1f}')
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches(is_blank).starts_with('#')
}

/// The part of the line that is not white space at its ends.
fn visible(line: &str, start: usize) -> Span {
    let from = line.len() - line.trim_start_matches(is_blank).len();
    let to = line.trim_end_matches(is_blank).len();
    Span::new(start + from, start + to.max(from))
}

/// Drops the comment, which begins at the start or behind white space, and keeps what is left.
fn push(line: &str, mut span: Span, acc: &mut Vec<LogicalLine>) {
    let comment =
        line.char_indices().find(|&(at, char)| char == '#' && line[..at].chars().last().is_none_or(is_blank));
    let text = comment.map_or(line, |(at, _)| &line[..at]).trim_matches(is_blank);
    if text.is_empty() {
        return;
    }
    if span.len() >= text.len() && comment.is_some() {
        span.end = span.end.min(span.start + text.len());
    }
    acc.push(LogicalLine { text: text.to_owned(), span });
}

#[cfg(test)]
mod tests {
    use super::logical_lines;
    use crate::deps::manifest::Format::Requirements;
    use crate::deps::manifest::tests::check_refused;

    #[track_caller]
    fn check(content: &str, expected: &[&str]) {
        let lines = logical_lines(content.as_bytes()).expect("readable");
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, expected, "{content:?}");
    }

    #[test]
    fn everything_that_ends_a_line_for_python_ends_a_line() {
        for end in [
            "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}",
            "\u{2029}",
        ] {
            check(&format!("a # x{end}b"), &["a", "b"]);
        }
        check("a # x\u{1f}b", &["a"]);
    }

    #[test]
    fn a_comment_line_never_continues_but_a_trailing_comment_does() {
        check("a\n# x \\\nb\n", &["a", "b"]);
        check("a # x \\\nb\n", &["a"]);
        check("a \\\n# x\nb\n", &["a", "b"]);
        check("a \\\n  # x \\\nb\n", &["a", "b"]);
        check("e\\\nvil", &["evil"]);
        check("evil\\", &["evil"]);
        check("\\evil\\\n==1", &["evil==1"]);
        check("a \\ \nb", &["a \\", "b"]);
    }

    #[test]
    fn a_hash_begins_a_comment_only_behind_white_space() {
        check("a#b\na #b\na\t#b\na\u{a0}#b\n#b", &["a#b", "a", "a", "a"]);
    }

    #[test]
    fn spans_point_at_what_is_written() {
        let content = "# c\n  flask==1 # x\nev\\\nil\n";
        let lines = logical_lines(content.as_bytes()).expect("readable");
        let shown: Vec<&str> = lines.iter().map(|line| &content[line.span.start..line.span.end]).collect();
        assert_eq!(shown, ["flask==1", "ev\\\nil"]);
    }

    #[test]
    fn encodings_in_which_other_bytes_mean_other_text_are_refused() {
        check("# coding: utf-8\na", &["a"]);
        check("# coding: latin-1\na", &["a"]);
        check_refused(
            Requirements,
            "# coding: utf-7\na",
            "1:1 the file declares the encoding \"utf-7\"; only UTF-8 is read",
        );
        check_refused(
            Requirements,
            "\n# -*- coding: latin-1 -*-\n# \u{e9}\n",
            "2:1 the file declares the encoding \"latin-1\"; only UTF-8 is read",
        );
        check_refused(Requirements, b"\xff\xfea\0", "1:1 the file is not UTF-8 text");
    }
}
