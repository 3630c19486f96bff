//! The tokens of one statement, and where operands in it begin and end. Knows no language but its signs.

use super::operand;
use super::source::Source;
use crate::engine::work;
use crate::lang::{Language, Lexed};
use crate::model::Span;

/// A token of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A string literal, by its index.
    Text(usize),
    Word,
    Sign,
    /// An opening bracket, and the index of its partner.
    Open(Option<usize>),
    Close(Option<usize>),
}

/// The tokens of a region of a file.
pub(super) struct Expression<'l> {
    source: Source<'l>,
    pub(super) lexed: &'l Lexed,
    pub(super) content: &'l [u8],
    pub(super) tokens: Vec<(Token, Span)>,
}

/// Signs of more than one byte, longest first.
const SIGNS: &[&str] = &[
    "<<=", "||=", "===", "!==", "...", "?->", "**=", "->", "::", "=>", "==", "!=", "+=", ".=", "||", "<<",
    ">>", "&&", "?.", "?:", "??", ":=", "<=", ">=", "%=", "-=", "*=", "++", "--", "&.", "**", "<-",
];

/// Signs that mean something else, or nothing, in other languages.
const OWN_SIGNS: &[(Language, &str)] = &[(Language::Lua, ".."), (Language::Elixir, "<>")];

/// The bytes that signs of more than one byte are made of.
const PAIRED: &[u8] = b"!%&*+-.:<=>?|";

impl<'l> Expression<'l> {
    pub(super) fn new(source: Source<'l>, region: Span) -> Self {
        work::count(region.len());
        let Source { lexed, content, .. } = source;
        let mut expression = Expression { source, lexed, content, tokens: Vec::new() };
        let literals = literals_in(lexed, region);
        let mut literals = literals.iter().peekable();
        let mut open: Vec<usize> = Vec::new();
        let mut pos = region.start;
        while pos < region.end {
            while literals.peek().is_some_and(|(span, _)| span.start < pos) {
                literals.next();
            }
            if let Some((span, idx)) =
                literals.peek().filter(|(span, _)| span.start == pos && !span.is_empty())
            {
                if let Some(idx) = idx {
                    expression.tokens.push((Token::Text(*idx), *span));
                }
                pos = span.end;
                continue;
            }
            let end = expression.token_end(pos, region.end);
            expression.push(Span::new(pos, end), &mut open);
            pos = end;
        }
        expression
    }

    fn token_end(&self, pos: usize, limit: usize) -> usize {
        let rest = &self.lexed.code[pos..limit];
        let words = rest.iter().take_while(|byte| in_word(**byte)).count();
        if words > 0 {
            return pos + words;
        }
        // Most signs stand alone, and so does every blank.
        if !matches!(rest, [first, second, ..] if PAIRED.contains(first) && PAIRED.contains(second)) {
            return pos + 1;
        }
        let of_language = |(language, _): &&(Language, &str)| *language == self.lexed.language;
        let own = OWN_SIGNS.iter().filter(of_language).map(|(_, sign)| sign);
        let sign = SIGNS.iter().chain(own).find(|sign| rest.starts_with(sign.as_bytes()));
        pos + sign.map_or(1, |sign| sign.len())
    }

    fn push(&mut self, span: Span, open: &mut Vec<usize>) {
        let here = self.tokens.len();
        let token = match self.lexed.code[span.start] {
            byte if byte.is_ascii_whitespace() => return,
            b'\\' => return,
            byte if in_word(byte) => Token::Word,
            b'(' | b'[' | b'{' => {
                open.push(here);
                Token::Open(None)
            }
            b')' | b']' | b'}' => {
                let partner = open.pop();
                if let Some(partner) = partner {
                    self.tokens[partner].0 = Token::Open(Some(here));
                }
                Token::Close(partner)
            }
            _ => Token::Sign,
        };
        self.tokens.push((token, span));
    }

    pub(super) fn language(&self) -> Language {
        self.lexed.language
    }

    /// True when an expression of this text cannot carry what somebody else wrote.
    pub(super) fn is_constant(&self, text: &[u8]) -> bool {
        operand::is_safe(text) || self.source.is_constant_name(text.trim_ascii())
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The bytes of token `at`; nothing outside.
    pub(super) fn bytes(&self, at: usize) -> &'l [u8] {
        self.tokens.get(at).map_or(b"", |(_, span)| span.of(self.content))
    }

    pub(super) fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).map(|(token, _)| *token)
    }

    /// The bytes from token `start` to before token `end`.
    pub(super) fn source(&self, start: usize, end: usize) -> &'l [u8] {
        match (self.tokens.get(start), end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some((_, first)), Some((_, last))) if first.start <= last.end => {
                &self.lexed.no_comments[first.start..last.end]
            }
            _ => b"",
        }
    }

    fn is_access(&self, at: usize) -> bool {
        match self.bytes(at) {
            b"->" | b"::" | b"?." | b"?->" | b"&." => true,
            b"." => self.language() != Language::Php,
            _ => false,
        }
    }

    /// The index of the first token of the operand whose last token is `last`, if that ends an operand.
    pub(super) fn operand_start(&self, mut last: usize) -> Option<usize> {
        loop {
            let mut first = match self.token(last)? {
                Token::Close(partner) => partner?,
                Token::Word | Token::Text(_) => last,
                Token::Sign | Token::Open(_) => return None,
            };
            let called = first > 0 && matches!(self.token(last), Some(Token::Close(_)));
            if called && self.bytes(first - 1) == b"!" {
                first -= 1;
            }
            let callee = first.checked_sub(1).filter(|_| called).and_then(|at| self.token(at));
            if first >= 3 && self.is_cast(first - 3) {
                return Some(first - 3);
            }
            if matches!(callee, Some(Token::Word | Token::Close(_))) && !self.is_keyword(first - 1) {
                last = first - 1;
            } else if first >= 2 && self.is_access(first - 1) {
                last = first - 2;
            } else {
                return Some(first);
            }
        }
    }

    /// The index behind the operand that begins with token `start`.
    pub(super) fn operand_end(&self, start: usize) -> usize {
        let mut at = start;
        while matches!(self.bytes(at), b"&" | b"*" | b"!" | b"-" | b"new" | b"await" | b"..." | b"not") {
            at += 1;
        }
        if self.is_cast(at) {
            return self.operand_end(at + 3);
        }
        at = match self.token(at) {
            Some(Token::Open(Some(partner))) => partner + 1,
            Some(Token::Word | Token::Text(_)) => at + 1,
            Some(Token::Sign | Token::Close(_) | Token::Open(None)) | None => return at,
        };
        loop {
            if self.is_access(at) && self.token(at + 1) == Some(Token::Word) {
                at += 2;
                continue;
            }
            let bang =
                usize::from(self.bytes(at) == b"!" && matches!(self.token(at + 1), Some(Token::Open(_))));
            match self.token(at + bang) {
                Some(Token::Open(Some(partner))) if self.bytes(at + bang) != b"{" => at = partner + 1,
                _ => return at,
            }
        }
    }

    /// `(int) $id`: a type in brackets, and what is turned into it.
    fn is_cast(&self, at: usize) -> bool {
        let casts = matches!(
            self.language(),
            Language::C
                | Language::Cpp
                | Language::CSharp
                | Language::Groovy
                | Language::Java
                | Language::Php
        );
        casts
            && self.bytes(at) == b"("
            && self.token(at + 1) == Some(Token::Word)
            && !self.bytes(at + 1).starts_with(b"$")
            && self.bytes(at + 2) == b")"
            && matches!(self.token(at + 3), Some(Token::Word | Token::Open(Some(_))))
    }

    /// Words that end an expression before them, so that what follows is no call of theirs.
    pub(super) fn is_keyword(&self, at: usize) -> bool {
        matches!(
            self.bytes(at),
            b"return"
                | b"in"
                | b"and"
                | b"or"
                | b"not"
                | b"if"
                | b"else"
                | b"elif"
                | b"unless"
                | b"while"
                | b"when"
                | b"await"
                | b"yield"
                | b"new"
                | b"case"
                | b"then"
                | b"do"
                | b"is"
                | b"as"
                | b"for"
                | b"from"
                | b"import"
                | b"let"
                | b"var"
                | b"val"
                | b"const"
                | b"print"
                | b"echo"
                | b"throw"
                | b"raise"
        )
    }

    /// The opening bracket around token `at`, and how many commas stand between.
    pub(super) fn enclosing(&self, at: usize) -> Option<(usize, usize)> {
        let mut commas = 0;
        let mut idx = at;
        while idx > 0 {
            idx -= 1;
            match self.tokens[idx].0 {
                Token::Close(Some(partner)) => idx = partner,
                Token::Open(_) => return Some((idx, commas)),
                Token::Sign if self.bytes(idx) == b"," => commas += 1,
                Token::Sign | Token::Word | Token::Text(_) | Token::Close(None) => {}
            }
        }
        None
    }

    /// The tokens of the callee in front of the bracket `open`: first and behind the last.
    pub(super) fn callee(&self, open: usize) -> Option<(usize, usize)> {
        if self.bytes(open) != b"(" {
            return None;
        }
        let bang = usize::from(open > 0 && self.bytes(open - 1) == b"!");
        let last = open.checked_sub(1 + bang)?;
        // A type argument, as in `Query<User>(`, stands between.
        let last = if self.bytes(last) == b">" { self.before_type_argument(last)? } else { last };
        if self.token(last)? != Token::Word || self.is_keyword(last) {
            return None;
        }
        Some((self.operand_start(last)?, last + 1))
    }

    fn before_type_argument(&self, last: usize) -> Option<usize> {
        let open = (0..last).rev().take(8).find(|&at| self.bytes(at) == b"<")?;
        open.checked_sub(1)
    }

    /// The parts between commas inside of the bracket `open`, as ranges of tokens.
    pub(super) fn arguments(&self, open: usize) -> Vec<(usize, usize)> {
        let Some(Token::Open(partner)) = self.token(open) else { return Vec::new() };
        let end = partner.unwrap_or(self.len());
        let mut arguments = Vec::new();
        let mut start = open + 1;
        let mut at = start;
        while at < end {
            match self.tokens[at].0 {
                Token::Open(Some(partner)) => at = partner,
                Token::Sign if self.bytes(at) == b"," => {
                    arguments.push((start, at));
                    start = at + 1;
                }
                Token::Sign | Token::Word | Token::Text(_) | Token::Open(None) | Token::Close(_) => {}
            }
            at += 1;
        }
        if start < end {
            arguments.push((start, end));
        }
        arguments
    }
}

/// The function's own name in a callee.
pub(super) fn last_name(callee: &[u8]) -> &[u8] {
    let callee = callee.strip_suffix(b"!").unwrap_or(callee);
    let start = callee.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'$'));
    &callee[start.map_or(0, |at| at + 1)..]
}

/// The literals of a region that are not inside of others, by their place; the bodies of heredocs without an index.
fn literals_in(lexed: &Lexed, region: Span) -> Vec<(Span, Option<usize>)> {
    let first = lexed.strings.partition_point(|token| token.outer.start < region.start);
    let mut literals = Vec::new();
    for (idx, token) in lexed.strings.iter().enumerate().skip(first) {
        if token.place.start >= region.end && token.outer.start >= region.end + HEREDOC_REACH {
            break;
        }
        literals.push((token.place, Some(idx)));
        if token.place != token.outer {
            literals.push((token.outer, None));
        }
    }
    literals.sort();
    literals
}

/// How far behind a statement the body of its heredoc may begin.
const HEREDOC_REACH: usize = 4 << 10;

fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::{OWN_SIGNS, PAIRED, SIGNS};

    #[test]
    fn every_sign_of_several_bytes_is_looked_for() {
        let own = OWN_SIGNS.iter().map(|(_, sign)| sign);
        for sign in SIGNS.iter().chain(own) {
            assert!(sign.bytes().all(|byte| PAIRED.contains(&byte)), "{sign}");
        }
    }
}
