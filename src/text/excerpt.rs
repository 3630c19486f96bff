//! One line of content, made fit to be shown: secrets redacted, control characters escaped, long lines cut.

use super::escape;
use crate::model::{Excerpt, Mark, Secret, Span};

/// How many bytes of a line are shown before and behind the part that matters.
const AROUND: usize = 70;
/// How far behind the beginning of the finding its line is looked at.
const MOST: usize = 16 << 10;

/// The line around `focus`. Each of `secrets` (sorted, not overlapping) is shown redacted wherever it touches the line.
pub fn excerpt(content: &[u8], focus: Span, secrets: &[Span]) -> Excerpt {
    let line = line_around(content, focus.start);
    let shown = Span::new(
        line.start.max(focus.start.saturating_sub(AROUND)),
        line.end.min(focus.end.max(focus.start) + AROUND),
    );
    let focus = Span::new(focus.start, focus.end.min(line.end));
    let mut out = Builder { text: String::new(), mark: Mark { start: 0, end: 0 }, content, focus };
    out.plain_text(if shown.start > line.start { "…" } else { "" });
    let mut at = shown.start;
    let first = secrets.partition_point(|secret| secret.end <= at);
    for secret in secrets[first..].iter().take_while(|secret| secret.start < shown.end) {
        out.bytes(Span::new(at, secret.start.max(at)));
        out.redacted(*secret);
        at = secret.end;
    }
    out.bytes(Span::new(at.min(shown.end), shown.end));
    out.plain_text(if shown.end < line.end { "…" } else { "" });
    let indent = out.text.len() - out.text.trim_start().len();
    Excerpt {
        text: out.text.trim().to_owned(),
        mark: Mark { start: out.mark.start.saturating_sub(indent), end: out.mark.end.saturating_sub(indent) },
    }
}

/// The line around `offset`, as far as it can matter to an excerpt.
fn line_around(content: &[u8], offset: usize) -> Span {
    let from = offset.saturating_sub(2 * AROUND);
    let to = content.len().min(offset + MOST);
    let start = content[from..offset]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(from, |newline| from + newline + 1);
    let end = content[offset..to].iter().position(|byte| *byte == b'\n').map_or(to, |ahead| offset + ahead);
    let end = if end > start && content[end - 1] == b'\r' { end - 1 } else { end };
    Span::new(start, end.max(offset))
}

struct Builder<'c> {
    text: String,
    mark: Mark,
    content: &'c [u8],
    focus: Span,
}

impl Builder<'_> {
    fn plain_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends the bytes of `span`, noting where the focus begins and ends.
    fn bytes(&mut self, span: Span) {
        let cuts = [
            span.start,
            self.focus.start.clamp(span.start, span.end),
            self.focus.end.clamp(span.start, span.end),
            span.end,
        ];
        for pair in cuts.windows(2) {
            let part = Span::new(pair[0], pair[1]);
            if part.is_empty() {
                continue;
            }
            let begin = self.text.len();
            self.text.push_str(&escape(part.of(self.content)));
            self.note(part, begin);
        }
    }

    fn redacted(&mut self, secret: Span) {
        let begin = self.text.len();
        self.text.push_str(&Secret::new(secret.of(self.content)).redacted());
        self.note(secret, begin);
    }

    fn note(&mut self, part: Span, begin: usize) {
        if part.overlaps(self.focus) {
            if self.mark.end == 0 {
                self.mark.start = begin;
            }
            self.mark.end = self.text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;
    use crate::model::Span;

    /// The excerpt with its mark in brackets; `focus` and the secrets are words of the text.
    #[track_caller]
    fn check(text: &str, focus: &str, secrets: &[&str], expected: &str) {
        let span = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(start, start + word.len())
        };
        let mut secrets: Vec<_> = secrets.iter().map(|word| span(word)).collect();
        secrets.sort();
        let made = excerpt(text.as_bytes(), span(focus), &secrets);
        let (head, rest) = made.text.split_at(made.mark.start);
        let (mark, tail) = rest.split_at(made.mark.end - made.mark.start);
        assert_eq!(format!("{head}[{mark}]{tail}"), expected);
    }

    #[test]
    fn every_secret_of_the_line_is_redacted() {
        check("  a = one\n  b = eval(x)\r\n", "eval", &[], "b = [eval](x)");
        check(
            "k = 'ABCDEFGHIJKLMNOPQRST' # x",
            "ABCDEFGHIJKLMNOPQRST",
            &["ABCDEFGHIJKLMNOPQRST"],
            "k = '[ABCD…(20)]' # x",
        );
        check(
            "u = 'hunter22', p = 'sesame99'",
            "sesame99",
            &["hunter22", "sesame99"],
            "u = '…(8)', p = '[…(8)]'",
        );
    }

    #[test]
    fn long_lines_are_cut_and_control_characters_spelled_out() {
        let long = format!("{}eval(\x1b){}", "x".repeat(500), "y".repeat(500));
        check(&long, "eval", &[], &format!("…{}[eval](\\u{{1b}}){}…", "x".repeat(70), "y".repeat(67)));
    }

    #[test]
    fn a_secret_cut_by_the_window_is_still_redacted_whole() {
        let line = format!("SECRET{}eval()", "-".repeat(66));
        check(&line, "eval", &["SECRET"], &format!("……(6){}[eval]()", "-".repeat(66)));
    }
}
