//! What makes a rule slow or noisy, read off its form. Knows no content: what that costs, `corpus` measures.

use std::fmt;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::model::Category;
use crate::rules::{Boundary, OTHER_BOUND, Rule};

/// From how many bytes on a literal is rare enough to be looked for.
const LONG_ENOUGH: usize = 4;

/// Something to think about, which may be right all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    /// A secret with letters or digits at this edge, and nothing says where it ends.
    NoBoundary(Edge),
    /// A literal that stands in many places by chance.
    ShortLiteral(String),
    /// An open repetition before this literal: every byte before it may be where a match begins.
    OpenPrefix(String),
}

/// One end of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weakness::NoBoundary(Edge::Start) => f.write_str("no boundary before it"),
            Weakness::NoBoundary(Edge::End) => f.write_str("no boundary behind it"),
            Weakness::ShortLiteral(literal) => write!(f, "short literal {literal}"),
            Weakness::OpenPrefix(literal) => write!(f, "unbounded before {literal}"),
        }
    }
}

/// Everything about `rule` that is worth a second look.
pub fn weaknesses(rule: &Rule) -> Vec<Weakness> {
    let mut found = Vec::new();
    if rule.info.category == Category::Secret && rule.boundary == Boundary::None {
        found.extend(open_edges(rule).into_iter().map(Weakness::NoBoundary));
    }
    for keyword in rule.keywords.iter() {
        let literal = keyword.bytes.escape_ascii().to_string();
        if keyword.bytes.len() < LONG_ENOUGH {
            found.push(Weakness::ShortLiteral(literal.clone()));
        }
        if keyword.back >= OTHER_BOUND {
            found.push(Weakness::OpenPrefix(literal));
        }
    }
    found
}

/// The edges at which a longer run of letters and digits would match as well.
fn open_edges(rule: &Rule) -> Vec<Edge> {
    let Some(pattern) = &rule.pattern else { return Vec::new() };
    let mut parser = ParserBuilder::new().unicode(pattern.unicode).utf8(false).build();
    // A checked rule has a pattern that parses.
    let Ok(hir) = parser.parse(&pattern.source) else { return Vec::new() };
    let reported = !["<secret>", "<at>"].iter().any(|group| pattern.source.contains(group));
    [Edge::Start, Edge::End].into_iter().filter(|edge| is_open(&hir, *edge, reported)).collect()
}

/// True when a class with letters or digits stands at the edge and is part of what is reported; where the pattern goes
/// on beyond that, it says itself what stands there.
fn is_open(hir: &Hir, edge: Edge, reported: bool) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => false,
        HirKind::Class(class) => reported && has_letters(class),
        HirKind::Repetition(repetition) => is_open(&repetition.sub, edge, reported),
        HirKind::Capture(capture) => {
            let named = matches!(capture.name.as_deref(), Some("secret" | "at"));
            is_open(&capture.sub, edge, reported || named)
        }
        HirKind::Alternation(branches) => branches.iter().any(|branch| is_open(branch, edge, reported)),
        HirKind::Concat(parts) => {
            let mut parts: Vec<&Hir> = parts.iter().collect();
            if edge == Edge::End {
                parts.reverse();
            }
            // What may be absent leaves the edge to the part beside it.
            let stays = parts.iter().position(|part| !may_be_absent(part)).map_or(parts.len(), |idx| idx + 1);
            parts[..stays].iter().any(|part| is_open(part, edge, reported))
        }
    }
}

fn may_be_absent(part: &Hir) -> bool {
    part.properties().minimum_len() == Some(0) && part.properties().look_set().is_empty()
}

fn has_letters(class: &Class) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_alphanumeric();
    match class {
        Class::Bytes(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).any(alphanumeric))
        }
        Class::Unicode(class) => class.ranges().iter().any(|range| {
            let last = u32::from(range.end()).min(0x7f);
            (u32::from(range.start())..=last).any(|char| u8::try_from(char).is_ok_and(alphanumeric))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::weaknesses;
    use crate::rules::check_file;

    #[track_caller]
    fn check(how: &str, expected: &[&str]) {
        let text = format!(
            "schema = 1\npack = \"t\"\n[[rule]]\nid = \"a-rule\"\ntitle = \"t\"\ncategory = \"secret\"\n\
             severity = \"high\"\nconfidence = \"high\"\nmessage = \"m\"\nremediation = \"r\"\n{how}\n"
        );
        let rules = check_file("t.toml", &text, false).unwrap().rules;
        let found: Vec<String> = weaknesses(&rules[0]).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{how}");
    }

    #[test]
    fn a_secret_needs_something_that_ends_it() {
        check("pattern = 'abcd_[0-9]{8}'", &[]);
        check("boundary = 'none'\npattern = 'abcd_[0-9]{8}'", &["no boundary behind it"]);
        check("boundary = 'none'\npattern = '[0-9]{8}_abcd'", &["no boundary before it"]);
        check("boundary = 'none'\npattern = 'abcd_[0-9]{8}(?:==)?'", &["no boundary behind it"]);
        check("boundary = 'none'\npattern = 'abcd_(?<secret>[0-9]{8})@[a-z]+'", &[]);
        check("boundary = 'none'\npattern = 'abcd_(?<secret>[0-9]{8})'", &["no boundary behind it"]);
        for closed in ["abcd_[0-9]{8}\"", "abcd_[0-9]{8}\\b", "abcd_[0-9]{8}[^!-~]", "abcd_(?:[0-9]y){8}"] {
            check(&format!("boundary = 'none'\npattern = '{closed}'"), &[]);
        }
    }

    #[test]
    fn literals_are_long_and_near_the_beginning() {
        check("pattern = 'abc[0-9]{8}'", &["short literal abc"]);
        check("pattern = '[a-z]{1,80}-key'", &[]);
        check("pattern = '[a-z]+-key'", &["unbounded before -key"]);
        check("pattern = '\\s*key_[0-9]'", &[]);
    }
}
