//! The words, strings and marks of program code in which manifests are written, with places. Runs nothing and knows no
//! grammar: what a string computes is told, not worked out.

use super::super::{Misread, Problem, text_of};
use crate::model::Span;

/// Levels of brackets.
const DEEPEST: usize = 100;

/// Tokens of one line, and of a statement over several.
const LONGEST: usize = 10_000;

/// How a language writes comments and strings.
pub struct Syntax {
    /// What begins a comment to the end of the line.
    pub line_comments: &'static [&'static str],
    /// What stands around other comments.
    pub block_comment: Option<(&'static str, &'static str)>,
    /// Strings, the longest quote first.
    pub quotes: &'static [Quote],
    /// Ruby's `%w[a b]`, `=begin` and `<<~END`.
    pub ruby: bool,
}

/// One kind of string.
pub struct Quote {
    /// What stands around it.
    pub mark: &'static str,
    /// What begins something computed inside of it; empty when nothing does.
    pub computes: &'static str,
    /// Whether it may reach over lines.
    pub lines: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or number.
    Word,
    /// A string; its text is what it stands for.
    Text,
    /// A string of which parts are computed; its text is as written.
    Computed,
    /// One character that is neither.
    Mark,
    /// The end of a line.
    Line,
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// The tokens of a file.
pub struct Code {
    /// In the order of the file.
    pub tokens: Vec<Token>,
    /// For every opening bracket the place of the one that closes it, for other tokens their own.
    closing: Vec<usize>,
}

impl Code {
    /// Splits `content` into tokens.
    pub fn parse(content: &[u8], syntax: &Syntax) -> Result<Code, Misread> {
        let (text, mark) = text_of(content)?;
        let mut lexer = Lexer { text, at: 0, mark, syntax, tokens: Vec::new() };
        while lexer.at < text.len() {
            lexer.step();
        }
        within_reason(&lexer.tokens)?;
        let closing = closing(&lexer.tokens);
        Ok(Code { tokens: lexer.tokens, closing })
    }

    /// The place of the bracket that closes the one at `at`; the end of the file when none does.
    pub fn close(&self, at: usize) -> usize {
        self.closing.get(at).copied().unwrap_or(at)
    }

    /// True when the token at `at` is this mark or word.
    pub fn is(&self, at: usize, text: &str) -> bool {
        let plain = |token: &&Token| matches!(token.kind, Kind::Mark | Kind::Word);
        self.tokens.get(at).filter(plain).is_some_and(|token| token.text == text)
    }

    /// The word at `at`.
    pub fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text.as_str())
    }

    /// The string at `at`, computed or not.
    pub fn string(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at).filter(|token| matches!(token.kind, Kind::Text | Kind::Computed))
    }

    /// Like `string`, as text; what is computed stands as written.
    pub fn text(&self, at: usize) -> Option<&str> {
        self.string(at).map(|token| token.text.as_str())
    }

    /// The first place from `at` on that is no end of a line.
    pub fn skip_lines(&self, mut at: usize) -> usize {
        while self.tokens.get(at).is_some_and(|token| token.kind == Kind::Line) {
            at += 1;
        }
        at
    }

    /// The end of the statement at `at`: the first end of a line outside of brackets that nothing continues.
    pub fn statement_end(&self, mut at: usize) -> usize {
        let last = at + LONGEST;
        while let Some(token) = self.tokens.get(at).filter(|_| at < last) {
            match token.kind {
                Kind::Line if !self.continues(at) => return at,
                Kind::Mark if matches!(token.text.as_str(), ")" | "]" | "}" | ";") => return at,
                Kind::Mark => at = self.close(at) + 1,
                Kind::Line | Kind::Word | Kind::Text | Kind::Computed => at += 1,
            }
        }
        at.min(self.tokens.len())
    }

    /// A line that ends with a comma or operator goes on, and so does one before a leading comma, dot or operator.
    fn continues(&self, at: usize) -> bool {
        let joins = |at: usize, marks: &str| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.kind == Kind::Mark && marks.contains(token.text.as_str()))
        };
        at > 0 && joins(at - 1, ",=+\\.|&:%>") || joins(self.skip_lines(at), ",.+|&%")
    }

    /// The ranges that commas part between `from` and `end`, brackets taken as a whole.
    pub fn parts(&self, from: usize, end: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (from, from);
        while at < end.min(self.tokens.len()) {
            if self.is(at, ",") {
                parts.push((self.skip_lines(start), at));
                start = at + 1;
            }
            at = self.close(at).max(at) + 1;
        }
        parts.push((self.skip_lines(start), end.min(self.tokens.len())));
        parts.retain(|(start, end)| start < end);
        parts
    }

    /// From the first to the last token of a range.
    pub fn span(&self, from: usize, end: usize) -> Span {
        let first = self.tokens.get(from).map_or(0, |token| token.span.start);
        let last =
            end.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(first, |token| token.span.end);
        Span::new(first, last.max(first))
    }
}

/// Refuses what no person writes: readers look along lines and through brackets more than once.
fn within_reason(tokens: &[Token]) -> Result<(), Misread> {
    let (mut depth, mut line) = (0_usize, 0_usize);
    for token in tokens {
        line = if token.kind == Kind::Line { 0 } else { line + 1 };
        if token.kind == Kind::Mark {
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let problem = match (depth > DEEPEST, line > LONGEST) {
            (true, _) => "nested too deep",
            (false, true) => "the line is too long to be read",
            (false, false) => continue,
        };
        return Err(Misread::new(Problem::Syntax(problem.to_owned()), token.span));
    }
    Ok(())
}

/// Pairs brackets; a bracket that nothing closes reaches to the end.
fn closing(tokens: &[Token]) -> Vec<usize> {
    let mut closing: Vec<usize> = (0..tokens.len()).collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        let opener = match token.text.as_str() {
            "(" | "[" | "{" => {
                open.push((at, &token.text));
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        if let Some(known) = open.iter().rposition(|(_, mark)| *mark == opener) {
            for (lost, _) in open.drain(known + 1..) {
                closing[lost] = at;
            }
            if let Some((matching, _)) = open.pop() {
                closing[matching] = at;
            }
        }
    }
    for (at, _) in open {
        closing[at] = tokens.len();
    }
    closing
}

/// What Ruby puts around literals that begin with `%`.
const CLOSERS: [(char, char); 5] = [('[', ']'), ('(', ')'), ('{', '}'), ('<', '>'), ('|', '|')];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    mark: usize,
    syntax: &'t Syntax,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(char) = rest.chars().next() else { return };
        if char == '\n' {
            return self.push(Kind::Line, "\n".to_owned(), 1);
        }
        if char.is_whitespace() {
            self.at += char.len_utf8();
            return;
        }
        if let Some(length) = self.comment(rest) {
            self.at += length;
            return;
        }
        if char == '\\' && rest[1..].trim_start_matches('\r').starts_with('\n') {
            self.at += rest.find('\n').map_or(1, |at| at + 1);
            return;
        }
        if self.syntax.ruby && self.ruby_words(rest) {
            return;
        }
        if let Some(quote) = self.syntax.quotes.iter().find(|quote| rest.starts_with(quote.mark))
            && self.quoted(rest, quote)
        {
            return;
        }
        let length = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
        let (kind, length) = if length > 0 { (Kind::Word, length) } else { (Kind::Mark, char.len_utf8()) };
        self.push(kind, rest[..length].to_owned(), length);
    }

    fn push(&mut self, kind: Kind, text: String, length: usize) {
        let start = self.at + self.mark;
        self.tokens.push(Token { kind, text, span: Span::new(start, start + length) });
        self.at += length;
    }

    /// The length of the comment that begins here; a block that stays open is none.
    fn comment(&self, rest: &str) -> Option<usize> {
        if let Some((open, close)) = self.syntax.block_comment
            && rest.starts_with(open)
        {
            return rest[open.len()..].find(close).map(|at| open.len() + at + close.len());
        }
        let fresh = self.at == 0 || self.text[..self.at].ends_with('\n');
        if self.syntax.ruby && fresh && rest.starts_with("=begin") {
            return rest.find("\n=end").map(|at| at + "\n=end".len());
        }
        let line = self.syntax.line_comments.iter().any(|mark| rest.starts_with(mark));
        line.then(|| rest.find('\n').unwrap_or(rest.len()))
    }

    /// A string that is not closed where it must be is no string: what follows is read as code, so that one stray quote
    /// hides nothing.
    fn quoted(&mut self, rest: &str, quote: &Quote) -> bool {
        let open = quote.mark.len();
        let Some(length) = closed(&rest[open..], quote) else { return false };
        let inner = &rest[open..open + length];
        let (prefix, raw) = self.prefix();
        let formatted =
            prefix.contains(['f', 'F']) && inner.contains('{') || prefix == "s" && inner.contains('$');
        let computed = formatted || !raw && !quote.computes.is_empty() && computes(inner, quote.computes);
        let text = if computed || raw { inner.to_owned() } else { unescaped(inner) };
        let kind = if computed { Kind::Computed } else { Kind::Text };
        if !prefix.is_empty() {
            self.tokens.pop();
        }
        self.push(kind, text, length + 2 * open);
        true
    }

    /// Letters right in front of a string that belong to it, and whether they say that `\` means nothing.
    fn prefix(&self) -> (String, bool) {
        let start = self.at + self.mark;
        match self.tokens.last() {
            Some(word) if word.kind == Kind::Word && word.span.end == start && word.text.len() <= 2 => {
                let letters = word.text.chars().all(|char| "rRbBuUfFs".contains(char));
                let text = if letters { word.text.clone() } else { String::new() };
                let raw = text.contains(['r', 'R']);
                (text, raw)
            }
            Some(_) | None => (String::new(), false),
        }
    }

    /// `%w[a b]` becomes its words; the body of a heredoc is left out.
    fn ruby_words(&mut self, rest: &str) -> bool {
        if let Some(list) = rest.strip_prefix("%w").or(rest.strip_prefix("%W")).or(rest.strip_prefix("%i")) {
            let open = list.chars().next();
            let Some((_, close)) = CLOSERS.iter().find(|(known, _)| Some(*known) == open) else {
                return false;
            };
            let Some(end) = list[1..].find(*close) else { return false };
            let words = list[1..=end].to_owned();
            self.push(Kind::Mark, "[".to_owned(), 3);
            let mut comma = false;
            for (at, word) in fields(&words) {
                let start = self.at + self.mark + at;
                let span = Span::new(start, start + word.len());
                if comma {
                    self.tokens.push(Token { kind: Kind::Mark, text: ",".to_owned(), span });
                }
                self.tokens.push(Token { kind: Kind::Text, text: word.to_owned(), span });
                comma = true;
            }
            self.at += words.len();
            self.push(Kind::Mark, "]".to_owned(), 1);
            return true;
        }
        if let Some(literal) = rest.strip_prefix("%q").or(rest.strip_prefix("%Q"))
            && let Some(open) = literal.chars().next().filter(|open| "<([{|".contains(*open))
        {
            let close = CLOSERS.iter().find(|(known, _)| *known == open).map_or(open, |(_, close)| *close);
            let Some(end) = literal[1..].find(close) else { return false };
            self.push(Kind::Text, literal[1..=end].to_owned(), end + 4);
            return true;
        }
        let bare =
            rest.strip_prefix("<<").filter(|name| name.starts_with(|char: char| char.is_ascii_uppercase()));
        let heredoc = rest.strip_prefix("<<~").or(rest.strip_prefix("<<-")).or(bare);
        let Some(name) = heredoc.map(|text| text.trim_start_matches(['\'', '"'])) else { return false };
        let length =
            name.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(name.len());
        let name = &name[..length];
        let ends = |line: &str| line.trim() == name;
        let mut end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        while let Some(line) = rest[end..].split_inclusive('\n').next() {
            end += line.len();
            if ends(line) {
                self.at += end - 1;
                return !name.is_empty();
            }
        }
        false
    }
}

/// Words that white space parts, with their places.
fn fields(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    let pieces = text.split_inclusive(char::is_whitespace).map(move |piece| {
        end += piece.len();
        (end - piece.len(), piece.trim_end())
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

/// How far the string reaches; nothing when it is not closed.
fn closed(inner: &str, quote: &Quote) -> Option<usize> {
    let mut at = 0;
    while let Some(char) = inner[at..].chars().next() {
        if inner[at..].starts_with(quote.mark) {
            return Some(at);
        }
        match char {
            '\n' if !quote.lines => return None,
            '\\' => at += 1 + inner[at + 1..].chars().next().map_or(0, char::len_utf8),
            _ => at += char.len_utf8(),
        }
    }
    None
}

/// True when `mark` stands in the string and no backslash takes its meaning away.
fn computes(inner: &str, mark: &str) -> bool {
    let plain = |at: usize| {
        let slashes = inner[..at].len() - inner[..at].trim_end_matches('\\').len();
        let follows = inner[at + mark.len()..].chars().next();
        let bare_dollar =
            mark == "$" && !follows.is_some_and(|char| char.is_alphabetic() || char == '{' || char == '_');
        slashes.is_multiple_of(2) && !bare_dollar
    };
    inner.match_indices(mark).any(|(at, _)| plain(at))
}

/// The escapes that can spell a name: characters by number, and any other character for itself.
fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (char, length) = escaped(escape);
        text.extend(char);
        rest = &escape[length..];
    }
    text.push_str(rest);
    text
}

/// The character behind a backslash and the length of what spells it.
fn escaped(escape: &str) -> (Option<char>, usize) {
    let digits = |from: usize, most: usize, radix: u32| {
        let digits = escape.get(from..).unwrap_or_default();
        let length = digits.chars().take(most).take_while(|char| char.is_digit(radix)).count();
        (u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32), from + length)
    };
    match escape.chars().next() {
        None => (None, 0),
        Some('n') => (Some('\n'), 1),
        Some('t') => (Some('\t'), 1),
        Some('r') => (Some('\r'), 1),
        Some('\n') => (None, 1),
        Some('u') if escape.starts_with("u{") => {
            let (char, length) = digits(2, 6, 16);
            (char, length + usize::from(escape[length..].starts_with('}')))
        }
        Some('u') => digits(1, 4, 16),
        Some('U') => digits(1, 8, 16),
        Some('x') => digits(1, 2, 16),
        Some('0'..='7') => digits(0, 3, 8),
        Some(other) => (Some(other), other.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Kind, Quote, Syntax};

    const SYNTAX: Syntax = Syntax {
        line_comments: &["#"],
        block_comment: Some(("/*", "*/")),
        quotes: &[
            Quote { mark: "\"\"\"", computes: "$", lines: true },
            Quote { mark: "\"", computes: "$", lines: false },
            Quote { mark: "'", computes: "", lines: false },
        ],
        ruby: true,
    };

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let code = Code::parse(text.as_bytes(), &SYNTAX).expect("UTF-8");
        let shown: Vec<String> = code
            .tokens
            .iter()
            .map(|token| match token.kind {
                Kind::Text => format!("'{}'", token.text),
                Kind::Computed => format!("${}", token.text),
                Kind::Line => "/".to_owned(),
                Kind::Word | Kind::Mark => token.text.clone(),
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn strings_comments_and_words_are_told_apart() {
        check("a 'b' # 'c'\n", &["a", "'b'", "/"]);
        check("a /* 'b'\n */ c", &["a", "c"]);
        check("\"\"\"a\n'b'\"\"\"", &["'a\n'b''"]);
        check("a \\\n b", &["a", "b"]);
        check("\u{e9}t\u{e9}=1", &["\u{e9}t\u{e9}", "=", "1"]);
    }

    #[test]
    fn a_string_that_is_not_closed_hides_nothing() {
        check("don't 'a'\n'b'", &["don", "'t '", "a", "'", "/", "'b'"]);
        check("/* 'a'", &["/", "*", "'a'"]);
        check("\"a\n'b'", &["\"", "a", "/", "'b'"]);
    }

    #[test]
    fn computed_strings_are_told_and_escapes_resolved() {
        check("\"a$b\" \"a\\$b\" '$b' \"5$\"", &["$a$b", "'a$b'", "'$b'", "'5$'"]);
        check("'\\x61\\u0062\\u{63}\\144\\n'", &["'abcd\n'"]);
        check("f'{a}' r'\\x' b'a'", &["${a}", "'\\x'", "'a'"]);
    }

    #[test]
    fn lists_of_words_and_heredocs_of_ruby_are_known() {
        check("%w[a b]", &["[", "'a'", ",", "'b'", "]"]);
        check("%q<a b>.c", &["'a b'", ".", "c"]);
        check("x = <<~END\n gem 'a'\nEND\ny", &["x", "=", "/", "y"]);
        check("=begin\n'a'\n=end\nb", &["/", "b"]);
    }
}
