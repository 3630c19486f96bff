//! How far a pattern that does not match would have come: its beginning is tried, part by part. Knows nothing of rules
//! or of how the engine looks for matches.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Input, Match};
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, GroupKind, RepetitionKind, RepetitionRange};

use crate::model::Span;

/// Where a pattern stops fitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowFar {
    /// What its beginning matches.
    pub fits: Span,
    /// The part that does not match there, as written.
    pub wants: String,
    /// How often a repeated part does match, and how often it must.
    pub count: Option<(usize, u32)>,
}

/// A part of a pattern, as written; the least count of a repetition, and what it repeats.
struct Part {
    text: String,
    repeats: Option<(u32, String)>,
}

/// The longest beginning of `pattern` that matches in `text` at or behind `from` and around `keyword`. None when the
/// pattern has no parts in a row, or nothing of it fits.
pub fn how_far(pattern: &str, unicode: bool, text: &[u8], from: usize, keyword: Span) -> Option<HowFar> {
    let ast = Parser::new().parse(pattern).ok()?;
    let mut parts = Vec::new();
    flatten(pattern, &ast, &mut parts);
    let covering = |source: &str| covering(source, unicode, text, from, keyword);
    let beginning = |count: usize| parts[..count].iter().map(|part| part.text.as_str()).collect::<String>();
    let (count, found) =
        (1..parts.len()).rev().find_map(|count| Some((count, covering(&beginning(count))?)))?;
    let wanted = &parts[count];
    let repeats = wanted.repeats.as_ref();
    let (fits, count) = match repeats {
        None => (found.range(), None),
        Some((least, what)) => {
            let longer = covering(&format!("{}(?:{what})*", beginning(count)))?;
            let bytes = &text[found.end().min(longer.end())..longer.end()];
            (longer.range(), Some((String::from_utf8_lossy(bytes).chars().count(), *least)))
        }
    };
    Some(HowFar { fits: Span::new(fits.start, fits.end), wants: wanted.text.clone(), count })
}

/// The first match from `from` that begins before the keyword ends and covers its beginning.
fn covering(source: &str, unicode: bool, text: &[u8], from: usize, keyword: Span) -> Option<Match> {
    let syntax = syntax::Config::new().unicode(unicode).utf8(false);
    let regex = Regex::builder().syntax(syntax).build(source).ok()?;
    let mut at = from;
    loop {
        let found = regex.search(&Input::new(text).range(at..))?;
        if found.start() > keyword.start {
            return None;
        }
        if found.end() >= keyword.end {
            return Some(found);
        }
        at = found.start() + 1;
    }
}

/// Takes apart what stands in a row; a group that only has a name is no part of its own.
fn flatten(source: &str, ast: &Ast, acc: &mut Vec<Part>) {
    let written = |ast: &Ast| source[ast.span().start.offset..ast.span().end.offset].to_owned();
    match ast {
        Ast::Concat(concat) => concat.asts.iter().for_each(|ast| flatten(source, ast, acc)),
        Ast::Group(group)
            if matches!(group.kind, GroupKind::CaptureName { .. })
                && !matches!(*group.ast, Ast::Alternation(_)) =>
        {
            flatten(source, &group.ast, acc);
        }
        Ast::Repetition(repetition) => {
            let least = match &repetition.op.kind {
                RepetitionKind::Range(
                    RepetitionRange::Exactly(least)
                    | RepetitionRange::AtLeast(least)
                    | RepetitionRange::Bounded(least, _),
                ) => Some(*least).filter(|least| *least > 1),
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore | RepetitionKind::OneOrMore => None,
            };
            let repeats = least.map(|least| (least, written(&repetition.ast)));
            acc.push(Part { text: written(ast), repeats });
        }
        other => acc.push(Part { text: written(other), repeats: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::{HowFar, how_far};
    use crate::model::Span;

    /// What fits, what does not, how often and how often it must.
    type Expected<'e> = (&'e str, &'e str, Option<(usize, u32)>);

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<Expected<'_>>) {
        let start = text.find("key").unwrap();
        let found = how_far(pattern, false, text.as_bytes(), 0, Span::new(start, start + 3));
        let expected = expected.map(|(fits, wants, count)| {
            let at = text.find(fits).unwrap();
            HowFar { fits: Span::new(at, at + fits.len()), wants: wants.to_owned(), count }
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_part_that_does_not_fit_is_named() {
        let assignment = r#"\bkey\s*=\s*"(?<secret>[0-9a-f]{8,})""#;
        check(assignment, "my key : x", Some(("key ", "=", None)));
        check(assignment, "my key = x", Some(("key = ", "\"", None)));
        check(assignment, "my key = \"12345\"", Some(("key = \"12345", "[0-9a-f]{8,}", Some((5, 8)))));
        check(assignment, "my key = \"12345678;", Some(("key = \"12345678", "\"", None)));
        check("(?<secret>key_(?:a|b)c)", "key_d", Some(("key_", "(?:a|b)", None)));
        check("(?i)KEY[0-9]", "a keyx", Some(("key", "[0-9]", None)));
    }

    #[test]
    fn what_has_no_beginning_is_not_guessed_at() {
        check("key1|key2", "key3", None);
        check("x+key[0-9]", "key3", None);
    }
}
