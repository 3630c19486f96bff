//! Where a literal begins in code: quotes, heredocs, patterns between slashes, Ruby's percent signs.

use super::{
    Close, Escape, Frame, HEREDOC, Heredoc, Holes, Lexer, PERCENT, Pending, REGEX, StringKind, StringToken,
    Style, is_word, style, word_before,
};
use crate::model::Span;

/// A condition in front of a pattern is looked at that far back, in bytes.
const LONG_CONDITION: usize = 256;

impl Lexer<'_> {
    /// Takes the opening of a literal that begins here.
    pub(super) fn literal(&mut self, byte: u8) -> bool {
        match byte {
            b'/' if self.syntax.quirks.slash_regex => self.regex(),
            b'<' => self.heredoc(),
            b'%' if self.syntax.quirks.percent_literals => self.percent(),
            b'\'' if self.syntax.quirks.lifetimes => self.character(),
            _ => self.quote(),
        }
    }

    fn quote(&mut self) -> bool {
        let quotes = self.syntax.quotes;
        let Some(idx) = quotes.iter().position(|quote| self.at(self.pos, quote.open)) else { return false };
        if self.is_dead(idx) || self.is_apostrophe() {
            return false;
        }
        let style = style(self.syntax.prefixes, &quotes[idx], self.content, self.pos);
        self.open(idx, StringKind::Quoted, style);
        true
    }

    fn is_apostrophe(&self) -> bool {
        let quirks = &self.syntax.quirks;
        let touches = self.pos > 0 && is_word(self.content[self.pos - 1]);
        let word = || word_before(self.content, self.word_end).of(self.content);
        // `import{x}from'y'`, which are names elsewhere.
        let before_text = || {
            matches!(word(), b"from" | b"as" | b"get" | b"set" | b"static" | b"async")
                || self.word_before_operand(b'\'')
        };
        let in_text = || self.byte(self.pos) == b'\'' && !before_text();
        touches && (quirks.quote_after_blank || quirks.markup_text && in_text())
    }

    /// Opens a string here. Its ends are set when it closes.
    fn open(&mut self, opener: usize, kind: StringKind, style: Style) {
        let inner = self.pos + style.open_len;
        let outer = Span::new(style.prefix.start.min(self.pos), inner);
        self.push(kind, style, outer, outer);
        let token = self.strings.len() - 1;
        self.stack.push(Frame::Text { token, opener, style, depth: 0 });
        self.pos = inner;
    }

    fn push(&mut self, kind: StringKind, style: Style, outer: Span, place: Span) {
        self.strings.push(StringToken {
            outer,
            inner: Span::new(outer.end, outer.end),
            prefix: style.prefix,
            kind,
            place,
            raw: style.raw,
            interpolating: style.holes != Holes::None,
            holes: Vec::new(),
        });
    }

    /// A Rust character, which a lifetime is not.
    fn character(&mut self) -> bool {
        let rest = &self.content[self.pos + 1..];
        let window = &rest[..rest.len().min(12)];
        let len = match window {
            [b'\\', ..] => window.iter().skip(2).position(|&byte| byte == b'\'').map(|at| at + 2),
            [b'\'' | b'\n', ..] | [] => None,
            [first, ..] => {
                let len = first.leading_ones().clamp(1, 4) as usize;
                (window.get(len) == Some(&b'\'')).then_some(len)
            }
        };
        len.is_some_and(|len| self.closed_literal(StringKind::Quoted, 1, len))
    }

    /// Records a literal of known length: `open` bytes of opener, `len` bytes of text, one byte of closer.
    fn closed_literal(&mut self, kind: StringKind, open: usize, len: usize) -> bool {
        let inner = Span::new(self.pos + open, self.pos + open + len);
        self.strings.push(StringToken {
            outer: Span::new(self.pos, inner.end + 1),
            inner,
            prefix: Span::new(self.pos, self.pos),
            kind,
            place: Span::new(self.pos, inner.end + 1),
            raw: true,
            interpolating: false,
            holes: Vec::new(),
        });
        self.pos = inner.end + 1;
        self.significant(b'"');
        true
    }

    fn regex(&mut self) -> bool {
        if self.is_dead(REGEX) || !self.operand_expected() {
            return false;
        }
        let mut in_class = false;
        let mut at = self.pos + 1;
        while at < self.content.len() && self.content[at] != b'\n' {
            self.steps += 1;
            match self.content[at] {
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return self.closed_literal(StringKind::Regex, 1, at - self.pos - 1),
                _ => {}
            }
            at += 1;
        }
        self.dead[REGEX] = Span::new(self.pos, at);
        false
    }

    /// True when a slash here begins a pattern: an operand must follow, and it is no tag's end (`</a>`, `/>`).
    fn operand_expected(&self) -> bool {
        let next = self.byte(self.pos + 1);
        let touches = self.pos > 0 && self.content[self.pos - 1] == b'<';
        if touches || next == b'>' {
            return false;
        }
        match self.last {
            b')' => self.behind_condition(),
            b'+' | b'-' => !self.behind_twice(),
            b'(' | b',' | b'=' | b':' | b'[' | b'!' | b'&' | b'|' | b'?' | b'{' | b'}' | b';' | b'*'
            | b'%' | b'<' | b'>' | b'~' | b'^' | b'\n' => true,
            last if is_word(last) => self.word_before_operand(next),
            _ => false,
        }
    }

    /// Behind `i++`, which is an operand.
    fn behind_twice(&self) -> bool {
        let code = self.content[..self.pos].trim_ascii_end();
        matches!(code, [.., a, b] if a == b)
    }

    /// Behind the bracket that closes `if (…)`; a longer condition than usual is taken for an operand.
    fn behind_condition(&self) -> bool {
        let mut at = self.content[..self.pos].trim_ascii_end().len();
        let farthest = at.saturating_sub(LONG_CONDITION);
        let mut strings = self.strings.iter().rev().peekable();
        let mut depth = 0;
        while at > farthest {
            while strings.peek().is_some_and(|token| token.outer.start >= at) {
                strings.next();
            }
            if let Some(token) = strings.peek().filter(|token| token.outer.end >= at) {
                at = token.outer.start;
                continue;
            }
            at -= 1;
            match self.content[at] {
                b')' => depth += 1,
                b'(' if depth > 1 => depth -= 1,
                b'(' => {
                    let word_end = self.content[..at].trim_ascii_end().len();
                    let word = word_before(self.content, word_end).of(self.content);
                    return matches!(word, b"if" | b"while" | b"for" | b"with");
                }
                _ => {}
            }
        }
        false
    }

    fn word_before_operand(&self, next: u8) -> bool {
        let blank_before = self.content[self.word_end..self.pos].iter().any(u8::is_ascii_whitespace);
        match word_before(self.content, self.word_end).of(self.content) {
            b"return" | b"typeof" | b"case" | b"in" | b"of" | b"delete" | b"void" | b"throw" | b"new"
            | b"do" | b"else" | b"yield" | b"await" | b"when" | b"if" | b"unless" | b"and" | b"or"
            | b"not" | b"import" | b"export" | b"default" | b"extends" | b"instanceof" => true,
            // Ruby: `match /x/` passes a pattern, `a / b` and `a/b` divide.
            _ => {
                self.syntax.quirks.percent_literals
                    && blank_before
                    && !matches!(next, b' ' | b'=' | b'\n' | b'\t')
            }
        }
    }

    fn percent(&mut self) -> bool {
        let letter = self.byte(self.pos + 1);
        let (kind, skip) = match letter {
            b'q' | b'Q' | b'x' => (StringKind::Quoted, 2),
            b'r' => (StringKind::Regex, 2),
            b'w' | b'W' | b'i' | b'I' | b's' => (StringKind::Words, 2),
            b'(' | b'[' | b'{' if self.operand_expected() && !is_word(self.last) => (StringKind::Quoted, 1),
            _ => return false,
        };
        let open = self.byte(self.pos + skip);
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            b'|' | b'!' | b'/' | b'^' => open,
            _ => return false,
        };
        if self.is_dead(PERCENT) {
            return false;
        }
        let holes = if matches!(letter, b'q' | b'w' | b'i' | b's') { Holes::None } else { Holes::HashBrace };
        let prefix = Span::new(self.pos, self.pos);
        let close = Close::Bracket(open, close);
        let escape = Escape::Backslash;
        let style = Style { prefix, open_len: skip + 1, close, escape, multiline: true, holes, raw: false };
        self.open(PERCENT, kind, style);
        true
    }

    fn heredoc(&mut self) -> bool {
        if self.is_dead(HEREDOC) {
            return false;
        }
        let (signs, default_holes) = match self.syntax.heredoc {
            Heredoc::None => return false,
            Heredoc::Shift(holes) => ("<<", holes),
            Heredoc::Php => ("<<<", Holes::Php),
        };
        if !self.at(self.pos, signs) || (signs == "<<" && self.at(self.pos, "<<<")) {
            return false;
        }
        let php = signs == "<<<";
        let mut at = self.pos + signs.len();
        let indented = php || matches!(self.byte(at), b'-' | b'~');
        at += usize::from(!php && indented);
        // A shell allows a blank here; elsewhere it is a shift.
        let blank_allowed = php || self.syntax.quirks.code_escapes;
        while blank_allowed && self.byte(at) == b' ' {
            at += 1;
        }
        let quote = self.byte(at);
        let quoted = matches!(quote, b'\'' | b'"' | b'`');
        at += usize::from(quoted || (quote == b'\\' && self.syntax.quirks.code_escapes));
        let word =
            Span::new(at, at + self.content[at..].iter().take(64).take_while(|byte| is_word(**byte)).count());
        let begins_well = match self.byte(at) {
            b'A'..=b'Z' | b'_' => true,
            b'a'..=b'z' => quoted || indented || blank_allowed,
            _ => false,
        };
        if word.is_empty() || !begins_well || (quoted && self.byte(word.end) != quote) {
            return false;
        }
        let raw = quote == b'\'' || quote == b'\\' || (quoted && self.syntax.quirks.code_escapes);
        let end = word.end + usize::from(quoted);
        let style = Style {
            prefix: Span::new(self.pos, self.pos),
            open_len: 0,
            close: Close::Line { word, indented },
            escape: if raw { Escape::None } else { Escape::Backslash },
            multiline: true,
            holes: if raw { Holes::None } else { default_holes },
            raw,
        };
        self.pending.push(Pending { place: Span::new(self.pos, end), style });
        self.pos = end;
        self.significant(b'"');
        true
    }

    /// Begins the body of the first heredoc that waits for it; a new line begins here.
    pub(super) fn heredoc_body(&mut self) {
        let Pending { place, style } = self.pending.remove(0);
        let here = Span::new(self.pos, self.pos);
        self.push(StringKind::Heredoc, Style { prefix: here, ..style }, here, place);
        let token = self.strings.len() - 1;
        self.stack.push(Frame::Text { token, opener: HEREDOC, style, depth: 0 });
        if self.content.len() > self.pos {
            self.line_of_heredoc(token, style);
        }
    }
}
