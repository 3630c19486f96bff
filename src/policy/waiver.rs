//! Inline waivers: `portcullis: allow(rule-id) reason` on the line of a finding or on the line before, or a block between
//! `portcullis: allow-start(rule-id) reason` and `portcullis: allow-end`.

use memchr::memmem;

use crate::model::{RuleId, Span};

const MARK: &[u8] = b"portcullis: allow";
const LINE: &[u8] = b"(";
const START: &[u8] = b"-start(";
const END: &[u8] = b"-end";

/// How much of an endless line is read as names and reason.
const MAX_LEN: usize = 1000;

/// An inline waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The waiver's bytes, from the mark to the closing parenthesis.
    pub span: Span,
    /// The rules it names.
    pub rules: Vec<RuleId>,
    /// Why; what follows on the line.
    pub reason: String,
    /// What it covers.
    pub reach: Reach,
}

/// What a waiver covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its line and the next one.
    Line,
    /// Everything up to this offset, where its end is marked.
    Until(usize),
}

impl Waiver {
    /// Where a waiver stands, whether it counts or not.
    pub fn span_of(waiver: &Result<Waiver, WaiverFault>) -> Span {
        match waiver {
            Ok(waiver) => waiver.span,
            Err(
                WaiverFault::NoReason(span)
                | WaiverFault::Unreadable(span)
                | WaiverFault::NoEnd(span)
                | WaiverFault::NoStart(span),
            ) => *span,
        }
    }
}

/// A waiver that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaiverFault {
    /// It gives no reason.
    NoReason(Span),
    /// Its list of rules does not read.
    Unreadable(Span),
    /// A block whose end is not marked.
    NoEnd(Span),
    /// The end of a block that has not begun.
    NoStart(Span),
}

/// Every waiver in `content`, in order; `Err` for one that does not count.
pub fn waivers(content: &[u8]) -> Vec<Result<Waiver, WaiverFault>> {
    let mut found = Vec::new();
    // Blocks that have begun and not ended: their places in `found`.
    let mut open: Vec<usize> = Vec::new();
    for start in memmem::find_iter(content, MARK) {
        let rest = &content[start + MARK.len()..];
        if rest.starts_with(LINE) {
            found.push(waiver(content, start, LINE));
        } else if rest.starts_with(START) {
            open.push(found.len());
            found.push(waiver(content, start, START));
        } else if rest.starts_with(END) {
            match open.pop() {
                Some(idx) => close(&mut found[idx], start),
                None => {
                    let end = start + MARK.len() + END.len();
                    found.push(Err(WaiverFault::NoStart(Span::new(start, end))));
                }
            }
        }
    }
    for idx in open {
        let span = Waiver::span_of(&found[idx]);
        if found[idx].is_ok() {
            found[idx] = Err(WaiverFault::NoEnd(span));
        }
    }
    found
}

fn close(block: &mut Result<Waiver, WaiverFault>, end: usize) {
    if let Ok(waiver) = block {
        waiver.reach = Reach::Until(end);
    }
}

fn waiver(content: &[u8], start: usize, opening: &[u8]) -> Result<Waiver, WaiverFault> {
    let names_start = start + MARK.len() + opening.len();
    let limit = content.len().min(names_start + MAX_LEN);
    let line_end =
        memchr::memchr(b'\n', &content[names_start..limit]).map_or(limit, |ahead| names_start + ahead);
    let close = memchr::memchr(b')', &content[names_start..line_end]).map(|ahead| names_start + ahead);
    let Some(close) = close else { return Err(WaiverFault::Unreadable(Span::new(start, line_end))) };
    let span = Span::new(start, close + 1);
    let names = String::from_utf8_lossy(&content[names_start..close]);
    let rules: Option<Vec<RuleId>> = names.split(',').map(|name| RuleId::parse(name.trim())).collect();
    let Some(rules) = rules else { return Err(WaiverFault::Unreadable(span)) };
    let reason = reason(&content[close + 1..line_end]);
    if reason.is_empty() {
        return Err(WaiverFault::NoReason(span));
    }
    Ok(Waiver { span, rules, reason, reach: Reach::Line })
}

/// What follows the parenthesis, without the end of the comment; a reason has at least one word of three letters.
fn reason(rest: &[u8]) -> String {
    let text = String::from_utf8_lossy(rest);
    let text = text.trim().trim_end_matches(['\r', '"', '\'', ',', ';']);
    let text =
        ["*/", "-->", "--%>", "#}", "%>"].iter().fold(text, |text, end| text.trim_end_matches(end)).trim();
    if says_why(text) { text.to_owned() } else { String::new() }
}

/// True for a reason: it has at least one word of three letters.
pub fn says_why(text: &str) -> bool {
    text.split(|char: char| !char.is_alphanumeric()).any(|word| word.chars().count() >= 3)
}

#[cfg(test)]
mod tests {
    use super::{WaiverFault, waivers};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let show = |found: &Result<super::Waiver, WaiverFault>| match found {
            Ok(waiver) => {
                let names: Vec<_> = waiver.rules.iter().map(|rule| rule.as_str()).collect();
                let until = match waiver.reach {
                    super::Reach::Line => String::new(),
                    super::Reach::Until(end) => format!(" until {end}"),
                };
                format!("{}: {}{until}", names.join("+"), waiver.reason)
            }
            Err(WaiverFault::NoEnd(_)) => "no end".to_owned(),
            Err(WaiverFault::NoStart(_)) => "no start".to_owned(),
            Err(WaiverFault::NoReason(_)) => "no reason".to_owned(),
            Err(WaiverFault::Unreadable(_)) => "unreadable".to_owned(),
        };
        assert_eq!(waivers(text.as_bytes()).iter().map(show).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn waivers_name_rules_and_a_reason() {
        check(
            "x = 1  # portcullis: allow(python-eval) input is a constant table\n",
            &["python-eval: input is a constant table"],
        );
        check("/* portcullis: allow(a-b, c.d) fixed test key */", &["a-b+c.d: fixed test key"]);
        check("<!-- portcullis: allow(x1) documented sample -->\r\n", &["x1: documented sample"]);
        check("# portcullis: allow(python-eval)\n", &["no reason"]);
        check("# portcullis: allow(python-eval) ok\n", &["no reason"]);
        let (start, end) = ("# portcullis: allow-start", "# portcullis: allow-end");
        let nested = format!("{start}(ab) outer block\n{start}(cd) inner block\nx\n{end}\n{end}\n");
        let ends: Vec<usize> = nested.match_indices("portcullis: allow-end").map(|(at, _)| at).collect();
        let expected =
            [format!("ab: outer block until {}", ends[1]), format!("cd: inner block until {}", ends[0])];
        check(&nested, &expected.each_ref().map(String::as_str));
        check(&format!("{start}(ab) never ends\n{start}(cd)\n"), &["no end", "no reason"]);
        check(
            &format!("{end}\n{start}(ab) good reason\n{end} of it"),
            &["no start", "ab: good reason until 68"],
        );
        check("portcullis: allow FILE:LINE\n", &[]);
        check("# portcullis: allow() because\n# portcullis: allow(a-b\n", &["unreadable", "unreadable"]);
    }
}
