//! Understands commit and tag objects; reads none.

use super::GitError;
use super::objects::Kind;
use super::trailers::{names_an_agent, trailers};
use crate::model::{CommitInfo, Oid};

/// A commit, as far as it is read by people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitText {
    /// Who, when, and the first line.
    pub info: CommitInfo,
    /// The whole message, bytes as git holds them.
    pub message: Vec<u8>,
}

/// An annotated tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagText {
    /// The object it names.
    pub target: Oid,
    /// The message, with the signature if there is one.
    pub message: Vec<u8>,
}

impl CommitText {
    /// Takes a commit object apart. History holds odd author lines: what is missing in one becomes empty.
    pub fn parse(id: Oid, object: &[u8]) -> CommitText {
        let (headers, message) = split(object);
        let author = headers.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"author "));
        let author = author.unwrap_or_default();
        let name_end = author.iter().rposition(|&byte| byte == b'>').map_or(author.len(), |at| at + 1);
        let (name, date) = author.split_at(name_end);
        let seconds = date.trim_ascii().split(|&byte| byte == b' ').next().unwrap_or_default();
        let time = std::str::from_utf8(seconds).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let body = message.trim_ascii_start();
        let subject = body.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
        let trailers = trailers(message);
        let by_agent = names_an_agent(&trailers, name);
        let (author, subject) = (name.to_vec(), subject.to_vec());
        let info = CommitInfo { id, author, time, subject, by_agent, trailers };
        CommitText { info, message: message.to_vec() }
    }
}

/// The tree of a commit object.
pub fn tree_of(id: Oid, commit: &[u8]) -> Result<Oid, GitError> {
    let hex = commit.strip_prefix(b"tree ").and_then(|rest| rest.split(|&byte| byte == b'\n').next());
    let no_tree = || GitError::ObjectUnreadable { oid: id, reason: "not a commit".to_owned() };
    hex.and_then(|hex| Oid::from_hex(hex).ok()).ok_or_else(no_tree)
}

/// The parents of a commit object, as it names them.
pub fn parents_of(commit: &[u8]) -> Vec<Oid> {
    let lines = split(commit).0.split(|&byte| byte == b'\n').skip(1);
    lines.map_while(|line| Oid::from_hex(line.strip_prefix(b"parent ")?).ok()).collect()
}

/// When a commit was made, as it says, in seconds since 1970; zero where that makes no sense.
pub fn made_at(commit: &[u8]) -> u64 {
    let mut lines = split(commit).0.split(|&byte| byte == b'\n');
    let committer = lines.find_map(|line| line.strip_prefix(b"committer ")).unwrap_or_default();
    let date = committer.rsplit(|&byte| byte == b'>').next().unwrap_or_default().trim_ascii_start();
    let digits = date.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&date[..digits]).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

impl TagText {
    /// Takes a tag object apart; one that does not say what it names is an error.
    pub fn parse(id: Oid, object: &[u8]) -> Result<TagText, GitError> {
        let (headers, message) = split(object);
        let mut lines = headers.split(|&byte| byte == b'\n');
        let mut header = |name: &[u8]| lines.next()?.strip_prefix(name);
        let target = header(b"object ").and_then(|hex| Oid::from_hex(hex).ok());
        let kind = header(b"type ").and_then(Kind::from_name);
        match (target, kind) {
            (Some(target), Some(_)) => Ok(TagText { target, message: message.to_vec() }),
            _ => Err(GitError::ObjectUnreadable { oid: id, reason: "not a tag".to_owned() }),
        }
    }
}

/// Headers end at the first empty line.
fn split(object: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memmem::find(object, b"\n\n") {
        Some(end) => (&object[..end], &object[end + 2..]),
        None => (object, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(object: &str, author: &str, time: i64, subject: &str, message: &str) {
        let id = Oid::from_bytes(&[1; 20]).unwrap();
        let info = CommitInfo {
            id,
            author: author.into(),
            time,
            subject: subject.into(),
            by_agent: false,
            trailers: Vec::new(),
        };
        assert_eq!(CommitText::parse(id, object.as_bytes()), CommitText { info, message: message.into() });
    }

    #[test]
    fn commits_have_author_date_and_message() {
        let head = "tree 0\nparent 0\nauthor Jo D <jo@x> 1700000000 +0100\ncommitter C <c> 1 +0000";
        check(&format!("{head}\n\nfix\n\nbody\n"), "Jo D <jo@x>", 1_700_000_000, "fix", "fix\n\nbody\n");
        check(
            &format!("{head}\ngpgsig -----\n x\n \n -----\n\n\nlate  \n"),
            "Jo D <jo@x>",
            1_700_000_000,
            "late",
            "\nlate  \n",
        );
        check(&format!("{head}\n\n"), "Jo D <jo@x>", 1_700_000_000, "", "");
        check("tree 0\nauthor odd <x>> \n\nm", "odd <x>>", 0, "m", "m");
        check("tree 0\nauthor nobody", "nobody", 0, "", "");
    }

    #[test]
    fn tags_name_an_object() {
        let id = Oid::from_bytes(&[1; 20]).unwrap();
        let target = Oid::from_bytes(&[0xab; 20]).unwrap();
        let tag =
            TagText::parse(id, format!("object {target}\ntype blob\ntag v\n\nhello\n").as_bytes()).unwrap();
        assert_eq!(tag, TagText { target, message: b"hello\n".to_vec() });
        for odd in
            ["", "type blob\n\nx", "object 12\ntype blob\n\nx", &format!("object {target}\ntype x\n\n")]
        {
            assert!(TagText::parse(id, odd.as_bytes()).is_err(), "{odd:?}");
        }
    }
}
