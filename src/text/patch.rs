//! Replaces parts of a text, and shows what changes as a unified diff. Knows nothing of files.

use super::{Lines, escape};
use crate::model::Span;

/// A part of a text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The part.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

/// Lines without a change that are shown around one.
const CONTEXT: usize = 3;

/// The text with its parts replaced. Edits are sorted; of two that overlap the first counts.
pub fn apply(content: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(content.len());
    let mut at = 0;
    for edit in edits.iter().filter(|edit| edit.span.end <= content.len()) {
        if edit.span.start >= at {
            changed.extend_from_slice(&content[at..edit.span.start]);
            changed.extend_from_slice(edit.text.as_bytes());
            at = edit.span.end;
        }
    }
    changed.extend_from_slice(&content[at..]);
    changed
}

/// The change as a unified diff; what a terminal would obey is escaped.
pub fn unified(path: &str, content: &[u8], edits: &[Edit]) -> String {
    let lines = Lines::new(content);
    let mut text = format!("--- a/{path}\n+++ b/{path}\n");
    // How many lines the text has grown by, before the hunk.
    let mut grown = 0isize;
    for (first, last, edits) in hunks(&lines, edits) {
        let from = first.saturating_sub(CONTEXT);
        // Behind the last newline there is no line.
        let count = lines.count() - usize::from(content.is_empty() || content.ends_with(b"\n"));
        let to = (last + CONTEXT).min(count.saturating_sub(1));
        let mut body = String::new();
        let (mut old, mut new) = (0, 0);
        let mut at = from;
        while at <= to {
            let Some(end) = touched(&lines, edits, at) else {
                old += 1;
                new += 1;
                push(&mut body, ' ', line(content, &lines, at));
                at += 1;
                continue;
            };
            let (start, stop) = (start_of(&lines, at), start_of(&lines, end + 1).min(content.len()));
            let inside = edits.iter().filter(|edit| start <= edit.span.start && edit.span.start < stop);
            let moved: Vec<Edit> = inside
                .map(|edit| Edit {
                    span: Span::new(edit.span.start - start, edit.span.end - start),
                    text: edit.text.clone(),
                })
                .collect();
            for idx in at..=end {
                old += 1;
                push(&mut body, '-', line(content, &lines, idx));
            }
            for changed in apply(&content[start..stop], &moved).split_inclusive(|&byte| byte == b'\n') {
                new += 1;
                push(&mut body, '+', changed);
            }
            at = end + 1;
        }
        let shifted = (from + 1).saturating_add_signed(grown);
        text.push_str(&format!("@@ -{},{old} +{shifted},{new} @@\n{body}", from + 1));
        grown += new as isize - old as isize;
    }
    text
}

/// The edits that are near each other, with the first and the last line that they touch.
fn hunks<'e>(lines: &Lines<'_>, edits: &'e [Edit]) -> Vec<(usize, usize, &'e [Edit])> {
    let mut found: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (idx, edit) in edits.iter().enumerate() {
        let (first, last) = (lines.index_at(edit.span.start), last_line(lines, edit));
        match found.last_mut() {
            Some((_, until, _, end)) if first <= *until + 2 * CONTEXT => {
                *until = last.max(*until);
                *end = idx + 1;
            }
            Some(_) | None => found.push((first, last, idx, idx + 1)),
        }
    }
    found.into_iter().map(|(first, last, start, end)| (first, last, &edits[start..end])).collect()
}

/// The last line of the edits that begin on a line; none when none does.
fn touched(lines: &Lines<'_>, edits: &[Edit], line: usize) -> Option<usize> {
    let mut last = None;
    for edit in edits {
        let first = lines.index_at(edit.span.start);
        if first == line || last.is_some_and(|last| line < first && first <= last) {
            last = last.max(Some(last_line(lines, edit)));
        }
    }
    last
}

fn last_line(lines: &Lines<'_>, edit: &Edit) -> usize {
    lines.index_at(edit.span.end.saturating_sub(1).max(edit.span.start))
}

fn start_of(lines: &Lines<'_>, idx: usize) -> usize {
    if idx < lines.count() { lines.span(idx).start } else { usize::MAX }
}

fn line<'c>(content: &'c [u8], lines: &Lines<'_>, idx: usize) -> &'c [u8] {
    &content[start_of(lines, idx).min(content.len())..start_of(lines, idx + 1).min(content.len())]
}

fn push(body: &mut String, sign: char, line: &[u8]) {
    let ended = line.ends_with(b"\n");
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    body.push(sign);
    body.push_str(&escape(line));
    body.push('\n');
    if !ended {
        body.push_str("\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply, unified};
    use crate::model::Span;

    fn edits(content: &str, changes: &[(&str, &str)]) -> Vec<Edit> {
        let edit = |(old, new): &(&str, &str)| {
            let start = content.find(old).unwrap();
            Edit { span: Span::new(start, start + old.len()), text: (*new).to_owned() }
        };
        changes.iter().map(edit).collect()
    }

    #[track_caller]
    fn check(content: &str, changes: &[(&str, &str)], changed: &str, diff: &str) {
        let edits = edits(content, changes);
        assert_eq!(String::from_utf8(apply(content.as_bytes(), &edits)).unwrap(), changed);
        assert_eq!(unified("x", content.as_bytes(), &edits), format!("--- a/x\n+++ b/x\n{diff}"));
    }

    #[test]
    fn parts_are_replaced_and_shown() {
        check("a\nb\nc\n", &[("b", "d")], "a\nd\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+d\n c\n");
        check(
            "ab c",
            &[("a", "x"), ("c", "yy")],
            "xb yy",
            "@@ -1,1 +1,1 @@\n-ab c\n\\ No newline at end of file\n+xb yy\n\\ No newline at end of file\n",
        );
        check("a\r\nb\r\n", &[("b", "c")], "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        check("(a,\n b)\nc\n", &[("a,\n b", "d")], "(d)\nc\n", "@@ -1,3 +1,2 @@\n-(a,\n- b)\n+(d)\n c\n");
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let content: String = (0..20).map(|idx| format!("l{idx}.\n")).collect();
        let edits = edits(&content, &[("l1.", "x"), ("l17.", "y")]);
        let diff = unified("x", content.as_bytes(), &edits);
        let heads: Vec<_> = diff.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(heads, ["@@ -1,5 +1,5 @@", "@@ -15,6 +15,6 @@"]);
    }

    #[test]
    fn of_two_that_overlap_the_first_counts() {
        let both = [
            Edit { span: Span::new(0, 2), text: "x".into() },
            Edit { span: Span::new(1, 3), text: "y".into() },
        ];
        assert_eq!(apply(b"abcd", &both), b"xcd");
    }
}
