//! An expression as gitleaks writes it, with the group that is the secret named as we name it. Knows nothing of what it is
//! for.

use regex_syntax::ast::{self, Ast, GroupKind, parse::Parser};
use regex_syntax::ast::{Visitor, visit};

/// Our form of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// The text.
    pub text: String,
    /// How many groups there are of which the first that is not empty would be the secret.
    pub choices: usize,
}

/// Names the secret: `group` when it is given, else the first group, else the whole match. The error says why the
/// expression cannot be used.
pub fn ours(regex: &str, group: Option<u64>) -> Result<Ours, String> {
    let ast = Parser::new().parse(regex).map_err(|error| error.kind().to_string())?;
    let parts = visit(&ast, Parts::default()).map_err(|()| "too deep".to_owned())?;
    let wanted = match group {
        Some(group) if group > 0 => group as usize,
        _ => 1,
    };
    if group.is_some_and(|group| group as usize > parts.groups.len()) {
        return Err(format!("it has no group {wanted}"));
    }
    let mut edits = parts.angles;
    // Other names go, so that none means something here.
    for (idx, (start, end)) in parts.groups.iter().enumerate() {
        let is_secret = idx + 1 == wanted;
        edits.push((*start, *end, if is_secret { "(?<secret>" } else { "(?:" }));
    }
    edits.sort_unstable();
    let mut text = String::with_capacity(regex.len());
    let mut from = 0;
    for (start, end, with) in edits {
        text.push_str(&regex[from..start]);
        text.push_str(with);
        from = end;
    }
    text.push_str(&regex[from..]);
    let choices = if group.is_some_and(|group| group > 0) { 1 } else { parts.groups.len() };
    Ok(Ours { text, choices })
}

/// True where classes and case would be Unicode's: bytes of other letters stand in the expression.
pub fn needs_unicode(regex: &str) -> bool {
    !regex.is_ascii() || regex.contains("\\p") || regex.contains("\\P")
}

#[derive(Default)]
struct Parts {
    /// The opening of each group, as bytes.
    groups: Vec<(usize, usize)>,
    /// `\<` and `\>`, which are characters there and ends of words here.
    angles: Vec<(usize, usize, &'static str)>,
}

impl Visitor for Parts {
    type Output = Parts;
    type Err = ();

    fn finish(self) -> Result<Parts, ()> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        match ast {
            Ast::Group(group) => {
                let start = group.span.start.offset;
                match &group.kind {
                    GroupKind::CaptureIndex(_) => self.groups.push((start, start + 1)),
                    GroupKind::CaptureName { name, .. } => {
                        self.groups.push((start, name.span.end.offset + 1));
                    }
                    GroupKind::NonCapturing(_) => {}
                }
            }
            Ast::Assertion(assertion) => {
                let character = match assertion.kind {
                    ast::AssertionKind::WordBoundaryStartAngle => "<",
                    ast::AssertionKind::WordBoundaryEndAngle => ">",
                    _ => return Ok(()),
                };
                let (start, end) = (assertion.span.start.offset, assertion.span.end.offset);
                self.angles.push((start, end, character));
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[track_caller]
    fn check(regex: &str, group: Option<u64>, expected: Result<(&str, usize), &str>) {
        let found = ours(regex, group).map(|ours| (ours.text, ours.choices));
        let expected = expected.map(|(text, choices)| (text.to_owned(), choices)).map_err(str::to_owned);
        assert_eq!(found, expected, "{regex}");
    }

    #[test]
    fn the_secret_is_the_group_that_gitleaks_takes() {
        check("ab[0-9]+", None, Ok(("ab[0-9]+", 0)));
        check("ab([0-9]+)", None, Ok(("ab(?<secret>[0-9]+)", 1)));
        check("ab([0-9]+)", Some(0), Ok(("ab(?<secret>[0-9]+)", 1)));
        check("(a|(b))(?:x)(c)", Some(3), Ok(("(?:a|(?:b))(?:x)(?<secret>c)", 1)));
        check("(?i)(?P<key>a)=(c)", Some(2), Ok(("(?i)(?:a)=(?<secret>c)", 1)));
        check(r"[(](a)\((b)", None, Ok((r"[(](?<secret>a)\((?:b)", 2)));
        check(r"\<a\>", None, Ok(("<a>", 0)));
        check("(a)", Some(2), Err("it has no group 2"));
        check("(?!a)b", None, Err("look-around, including look-ahead and look-behind, is not supported"));
    }
}
