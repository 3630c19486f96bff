//! What may stand right before and right after a secret.

use crate::model::Span;
use crate::rules::Boundary;

/// How many bytes before and behind a match the test looks at.
pub const MARGIN: usize = 8;

/// True when the bytes around `span` do not continue it, as far as the match around it, `whole`, does not say itself
/// what stands there. An `=` ends base64 and does not begin it. The end of an escape (`\n`, `%22`, `\x22`, `\u0022`, a
/// terminal's colour) counts as a boundary although it is a letter or a digit.
pub fn holds(boundary: Boundary, content: &[u8], span: Span, whole: Span) -> bool {
    let before = &content[span.start.saturating_sub(MARGIN)..span.start];
    let after = content.get(span.end).copied();
    let goes_on = |byte: u8| belongs(boundary, byte) && !(boundary == Boundary::Base64 && byte == b'=');
    let free_before = before.last().is_none_or(|byte| !goes_on(*byte)) || ends_escape(before);
    let free_after = after.is_none_or(|byte| !belongs(boundary, byte));
    (span.start > whole.start || free_before) && (span.end < whole.end || free_after)
}

fn belongs(boundary: Boundary, byte: u8) -> bool {
    match boundary {
        Boundary::Token => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        Boundary::Word => byte.is_ascii_alphanumeric() || byte == b'_',
        Boundary::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-'),
        Boundary::None => false,
    }
}

/// True when `before` ends in an escape sequence of a common notation.
fn ends_escape(before: &[u8]) -> bool {
    let tail = |len: usize| before.len().checked_sub(len).map(|start| &before[start..]);
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    if let Some([b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0']) = tail(2) {
        return true;
    }
    if let Some([b'%', digits @ ..]) = tail(3)
        && hex(digits)
    {
        return true;
    }
    if let Some([b'\\', b'x', digits @ ..]) = tail(4)
        && hex(digits)
    {
        return true;
    }
    if let Some([b'\\', b'u', digits @ ..]) = tail(6)
        && hex(digits)
    {
        return true;
    }
    // ESC [ 31 m
    let colour = before.iter().rposition(|byte| *byte == 0x1b);
    before.last() == Some(&b'm')
        && colour.is_some_and(|esc| {
            before[esc + 1..before.len() - 1]
                .iter()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'[' | b';'))
        })
}

#[cfg(test)]
mod tests {
    use super::holds;
    use crate::model::Span;
    use crate::rules::Boundary;

    #[test]
    fn letters_continue_a_token_and_escapes_do_not() {
        for (text, expected) in [
            ("=TOKEN;", true),
            ("TOKEN", true),
            ("xTOKEN", false),
            ("TOKENx", false),
            ("-TOKEN", false),
            ("\\nTOKEN", true),
            ("%22TOKEN", true),
            ("%2gTOKEN", false),
            ("\\x22TOKEN", true),
            ("\\u0022TOKEN\\u0022", true),
            ("\u{1b}[31mTOKEN\u{1b}", true),
            ("mTOKEN", false),
        ] {
            let start = text.find("TOKEN").unwrap();
            let span = Span::new(start, start + 5);
            assert_eq!(holds(Boundary::Token, text.as_bytes(), span, span), expected, "{text:?}");
        }
    }
}
