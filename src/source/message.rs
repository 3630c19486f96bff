//! Lists a commit message that is being written, as the file that git gives a commit-msg hook.

use super::Listing;
use super::listing::COMMIT_MESSAGE;
use crate::model::{Entry, Locator, Provenance};

/// The line above which `git commit -v` keeps the message: below it is the diff, where removed secrets still stand.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// Lists the message, without what git will cut off. Comment lines stay: `git commit -m` keeps them.
pub fn list(file: &[u8]) -> Listing {
    let entry = Entry {
        path: COMMIT_MESSAGE.into(),
        locator: Locator::Inline(above_scissors(file).into()),
        before: Vec::new(),
        moved_from: None,
        provenance: Provenance::WorkTree,
    };
    Listing { entries: vec![entry], ..Listing::default() }
}

fn above_scissors(file: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in file.split_inclusive(|&byte| byte == b'\n') {
        if is_scissors(line.trim_ascii_end()) {
            return &file[..start];
        }
        start += line.len();
    }
    file
}

/// The mark after whatever starts a comment, `#` or what `core.commentString` says.
fn is_scissors(line: &[u8]) -> bool {
    let comment = line.strip_suffix(SCISSORS).unwrap_or_default();
    !comment.is_empty() && !comment.contains(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_ends_at_the_scissors() {
        let mark = String::from_utf8_lossy(SCISSORS);
        for (file, expected) in [
            (String::new(), ""),
            ("m\n\n# comment\n".to_owned(), "m\n\n# comment\n"),
            (format!("m\n#{mark}\n# text\ndiff\n-old\n"), "m\n"),
            (format!("m\n;;{mark}\r\ndiff"), "m\n"),
            (format!("#{mark}"), ""),
            (format!("m\n{mark}\nrest"), &format!("m\n{mark}\nrest")),
            (format!("m\nsee #{mark} there\n"), &format!("m\nsee #{mark} there\n")),
        ] {
            assert_eq!(above_scissors(file.as_bytes()), expected.as_bytes(), "{file:?}");
        }
    }
}
