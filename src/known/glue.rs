//! Joins literals that a program joins (`"abc" + "def"`), as people split what a scanner must not see; knows no language.

use crate::model::Span;

/// White space, an operator and a line continuation between two literals take no more.
const LONGEST: usize = 64;

/// A content without what stands between literals that are joined.
pub struct Joined {
    /// The bytes.
    pub text: Vec<u8>,
    /// Where something was left out, and how much until then.
    seams: Vec<(usize, usize)>,
}

impl Joined {
    /// None where nothing is joined, as in most contents.
    pub fn of(content: &[u8]) -> Option<Joined> {
        let mut joined = Joined { text: Vec::new(), seams: Vec::new() };
        let mut kept = 0;
        let mut open = Open::default();
        let mut from = 0;
        while let Some(ahead) = memchr::memchr3(b'"', b'\'', b'`', &content[from..]) {
            let at = from + ahead;
            let closes = open.meet(&content[from..=at]);
            from = at + 1;
            if let Some(end) = next_literal(content, at).filter(|_| closes) {
                joined.text.extend_from_slice(&content[kept..at]);
                open.reopen(content[at]);
                (kept, from) = (end, end);
                joined.seams.push((joined.text.len(), kept - joined.text.len()));
            }
        }
        if joined.seams.is_empty() {
            return None;
        }
        joined.text.extend_from_slice(&content[kept..]);
        Some(joined)
    }

    /// The bytes of the content from the first to the last of `start..end`, if something was left out between them.
    pub fn across(&self, start: usize, end: usize) -> Option<Span> {
        let shift = |at: usize| {
            let seam = self.seams.partition_point(|(seam, _)| *seam <= at);
            seam.checked_sub(1).map_or(0, |idx| self.seams[idx].1)
        };
        let (first, last) = (start + shift(start), end - 1 + shift(end - 1));
        (last - first >= end - start).then(|| Span::new(first, last + 1))
    }
}

/// Which quotes are open on a line, as far as counting tells: `"+"` is a literal, and `"a"+"b"` joins two.
#[derive(Default)]
struct Open([bool; 3]);

impl Open {
    /// Takes the bytes up to a quote, and tells whether the quote closes a literal.
    fn meet(&mut self, until: &[u8]) -> bool {
        let [rest @ .., quote] = until else { return false };
        if memchr::memchr(b'\n', rest).is_some() {
            self.0 = [false; 3];
        }
        if rest.last() == Some(&b'\\') {
            return false;
        }
        let open = &mut self.0[Open::kind(*quote)];
        *open = !*open;
        !*open
    }

    /// The literal goes on behind an operator, perhaps on another line.
    fn reopen(&mut self, quote: u8) {
        self.0 = [false; 3];
        self.0[Open::kind(quote)] = true;
    }

    fn kind(quote: u8) -> usize {
        match quote {
            b'"' => 0,
            b'\'' => 1,
            _ => 2,
        }
    }
}

/// Where the text of the next literal begins, when the quote at `at` closes one and nothing but an operator that joins
/// strings, or nothing, stands between them. The quotes of an empty string have nothing between them.
fn next_literal(content: &[u8], at: usize) -> Option<usize> {
    let quote = content[at];
    let rest = &content[at + 1..content.len().min(at + 1 + LONGEST)];
    let blanks = |from: usize| {
        rest[from..].iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'\\').count()
    };
    let mut len = blanks(0);
    let operator = rest[len..].iter().take_while(|byte| b"+.&|~<>".contains(byte)).count();
    if operator > 2 {
        return None;
    }
    len += operator;
    len += blanks(len);
    // A letter right behind the quote is what the literal holds: `"r"`.
    let prefix = len > 0
        && rest.get(len).is_some_and(|byte| b"fFrRbBuU@$".contains(byte))
        && rest.get(len + 1) == Some(&quote);
    len += usize::from(prefix);
    (len > 0 && rest.get(len) == Some(&quote)).then_some(at + len + 2)
}

#[cfg(test)]
mod tests {
    use super::Joined;

    #[track_caller]
    fn check(content: &str, expected: Option<&str>) {
        let joined = Joined::of(content.as_bytes()).map(|joined| String::from_utf8(joined.text).unwrap());
        assert_eq!(joined.as_deref(), expected);
    }

    #[test]
    fn literals_are_joined_as_programs_join_them() {
        check("a = \"ab\" + \"cd\"", Some("a = \"abcd\""));
        check("('ab'\n  'cd')", Some("('abcd')"));
        check("\"ab\" . \"cd\" \\\n \"ef\"", Some("\"abcdef\""));
        check("x = f\"ab\" + f\"cd\"", Some("x = f\"abcd\""));
        check("\"r\" + \"b\"", Some("\"rb\""));
        check("\"+\"+\"b\" + 'c'", Some("\"+b\" + 'c'"));
        check("it's \"a\\\"b\" + \"c\"", Some("it's \"a\\\"bc\""));
        for apart in ["\"ab\", \"cd\"", "\"ab\" + 'cd'", "x = \"\"", "\"ab\" + c + \"cd\"", "no quotes"] {
            check(apart, None);
        }
    }

    #[test]
    fn a_place_is_told_in_the_content() {
        let content = b"x \"ab\" + \"cd\"";
        let joined = Joined::of(content).unwrap();
        let at = memchr::memmem::find(&joined.text, b"abcd").unwrap();
        assert_eq!(joined.across(at, at + 4).map(|span| span.of(content)), Some(&b"ab\" + \"cd"[..]));
        assert_eq!(joined.across(at, at + 2), None);
        assert_eq!(joined.across(at + 2, at + 4), None);
    }
}
