//! Inline waivers: `portcullis: allow(rule-id) reason` on the line of a finding or on the line before.

use memchr::memmem;

use crate::model::{RuleId, Span};

const MARK: &[u8] = b"portcullis: allow(";

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
}

impl Waiver {
    /// Where a waiver stands, whether it counts or not.
    pub fn span_of(waiver: &Result<Waiver, WaiverFault>) -> Span {
        match waiver {
            Ok(waiver) => waiver.span,
            Err(WaiverFault::NoReason(span) | WaiverFault::Unreadable(span)) => *span,
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
}

/// Every waiver in `content`, in order; `Err` for one that does not count.
pub fn waivers(content: &[u8]) -> Vec<Result<Waiver, WaiverFault>> {
    memmem::find_iter(content, MARK).map(|start| waiver(content, start)).collect()
}

fn waiver(content: &[u8], start: usize) -> Result<Waiver, WaiverFault> {
    let names_start = start + MARK.len();
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
    Ok(Waiver { span, rules, reason })
}

/// What follows the parenthesis, without the end of the comment; a reason has at least one word of three letters.
fn reason(rest: &[u8]) -> String {
    let text = String::from_utf8_lossy(rest);
    let text = text.trim().trim_end_matches(['\r', '"', '\'', ',', ';']);
    let text =
        ["*/", "-->", "--%>", "#}", "%>"].iter().fold(text, |text, end| text.trim_end_matches(end)).trim();
    let word = text.split(|char: char| !char.is_alphanumeric()).any(|word| word.chars().count() >= 3);
    if word { text.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{WaiverFault, waivers};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let show = |found: &Result<super::Waiver, WaiverFault>| match found {
            Ok(waiver) => {
                let names: Vec<_> = waiver.rules.iter().map(|rule| rule.as_str()).collect();
                format!("{}: {}", names.join("+"), waiver.reason)
            }
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
        check("# portcullis: allow() because\n# portcullis: allow(a-b\n", &["unreadable", "unreadable"]);
    }
}
