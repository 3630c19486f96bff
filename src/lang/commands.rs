//! The commands that a workflow runs: the values of `run:` and `script:` in YAML. Knows lines and indents, and nothing of
//! what the commands do.

use super::Language;

/// Keys whose value is run.
const KEYS: [&[u8]; 4] = [b"run", b"script", b"before_script", b"after_script"];

/// `content` with everything blanked that is no command; newlines stay.
pub(super) fn only(language: Language, content: &[u8]) -> Vec<u8> {
    let mut view: Vec<u8> = content.iter().map(|&byte| if byte == b'\n' { b'\n' } else { b' ' }).collect();
    if language != Language::Yaml {
        return view;
    }
    // The column of the key whose value goes on.
    let mut within: Option<usize> = None;
    let mut start = 0;
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        let indent = line.iter().take_while(|&&byte| byte == b' ').count();
        let text = line[indent..].trim_ascii_end();
        let listed = within == Some(indent) && text.starts_with(b"- ");
        if !text.is_empty() && within.is_some_and(|column| indent <= column) && !listed {
            within = None;
        }
        let from = if within.is_some() {
            Some(start + indent)
        } else if let Some((column, value)) = key(text) {
            within = Some(indent + column);
            Some(start + indent + value)
        } else {
            None
        };
        if let Some(from) = from {
            let end = start + line.len();
            view[from..end].copy_from_slice(&content[from..end]);
        }
        start += line.len();
    }
    view
}

/// Where a key of ours and its value begin in a line without its indent.
fn key(text: &[u8]) -> Option<(usize, usize)> {
    let mut column = 0;
    while let Some(rest) = text[column..].strip_prefix(b"-") {
        column += 1 + rest.iter().take_while(|&&byte| byte == b' ').count();
        if rest.first() != Some(&b' ') {
            return None;
        }
    }
    let colon = memchr::memchr(b':', &text[column..])?;
    KEYS.contains(&&text[column..column + colon]).then_some((column, column + colon + 1))
}

#[cfg(test)]
mod tests {
    use super::only;
    use crate::lang::Language;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let view = String::from_utf8(only(Language::Yaml, text.as_bytes())).unwrap();
        assert_eq!(view.len(), text.len());
        let lines: Vec<_> = view.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn values_of_run_and_script_are_commands() {
        check("steps:\n  - run: a b\n    env:\n      X: c\n", &["a b"]);
        check("  - name: x\n    run: |\n      a\n\n      b\n    if: c\n", &["|", "a", "b"]);
        check("script:\n- a\n- b\nother: c\n", &["- a", "- b"]);
        check("  - - run: a\n", &["a"]);
        check("with:\n  script: |\n    a\nrunner: b\n", &["|", "a"]);
        check("rerun: a\n-run: b\n", &[]);
        assert_eq!(only(Language::Json, b"run: a\n"), b"      \n");
    }
}
