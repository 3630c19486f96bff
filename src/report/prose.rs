//! Sets sentences into lines of a given width; knows nothing of findings or colours.

use crate::text::escape;

/// `text` in lines of at most `width` columns. A line break in `text` stays one, an indented line is a command and is
/// left alone, and what stands between backticks is kept on one line.
pub fn wrap(text: &str, width: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| if line.starts_with(' ') { escape(line.as_bytes()) } else { fill(line, width) })
        .collect();
    lines.join("\n")
}

fn fill(line: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in words(line) {
        let len = word.chars().count();
        if column > 0 && column + 1 + len > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += len;
    }
    out
}

/// Words at white space, except that the inside of a pair of backticks is part of one word.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside_code = false;
    for part in line.split_whitespace().map(|part| escape(part.as_bytes())) {
        let toggles = part.matches('`').count() % 2 == 1;
        match words.last_mut() {
            Some(word) if inside_code => {
                word.push(' ');
                word.push_str(&part);
            }
            Some(_) | None => words.push(part),
        }
        inside_code ^= toggles;
    }
    words
}

/// `text`, or as much of it as fits into `width` columns with a mark that something is missing.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// `text` on one line.
pub fn one_line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(|word| escape(word.as_bytes())).collect();
    words.join(" ")
}

/// The first sentence of `text` on one line, without its full stop; a stop between backticks does not end it.
pub fn first_sentence(text: &str) -> String {
    let mut sentence: Vec<String> = Vec::new();
    for word in words(&text.replace('\n', " ")) {
        let is_last = word.ends_with('.');
        sentence.push(word);
        if is_last {
            break;
        }
    }
    sentence.join(" ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{first_sentence, wrap};

    #[test]
    fn lines_break_between_words_and_never_inside_code() {
        for (text, expected) in [
            ("one two three", "one two\nthree"),
            ("one\ntwo", "one\ntwo"),
            ("a `b c d e f` g", "a\n`b c d e f`\ng"),
            ("then\n  git add a/b c/d && git commit", "then\n  git add a/b c/d && git commit"),
            ("a-very-long-word b", "a-very-long-word\nb"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("", ""),
        ] {
            assert_eq!(wrap(text, 8), expected);
        }
    }

    #[test]
    fn the_short_form_of_a_fix_is_its_first_sentence() {
        for (text, expected) in [
            ("Revoke it at x.com/y. Then read it.", "Revoke it at x.com/y"),
            ("Revoke it.", "Revoke it"),
            ("Call `f(\"... x\")` now. Then rest.", "Call `f(\"... x\")` now"),
            ("Ask for it:\n  portcullis approve x", "Ask for it: portcullis approve x"),
        ] {
            assert_eq!(first_sentence(text), expected);
        }
    }
}
