//! Receipts: notes on commits that say what a hook has looked at. Writes and reads them; does not know who asks for one.

use std::collections::BTreeMap;
use std::fmt;

use super::committed::POLICY_FOLDER;
use super::{Reader, SourceError};
use crate::git::{GitError, Repo};
use crate::model::{Locator, Oid};

/// The ref that holds them.
const REF: &str = "--ref=refs/notes/portcullis";

/// What a receipt is about, as git knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The commit's tree.
    pub tree: Oid,
    /// `.portcullis` in it.
    pub policy: Option<Oid>,
}

/// A receipt as written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitReceipt {
    /// What was looked at.
    pub subject: Subject,
    /// The program that looked.
    pub version: String,
}

impl fmt::Display for CommitReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Subject { tree, policy } = self.subject;
        let policy = policy.map_or_else(|| "none".to_owned(), |oid| oid.to_string());
        writeln!(f, "portcullis receipt 1\ntree {tree}\npolicy {policy}\nversion {}", self.version)
    }
}

impl CommitReceipt {
    /// Reads what `Display` writes; whatever follows is for people.
    pub fn parse(text: &str) -> Option<CommitReceipt> {
        let mut lines = text.lines();
        let mut value = |key: &str| lines.next()?.strip_prefix(key)?.strip_prefix(' ');
        (value("portcullis receipt")? == "1").then_some(())?;
        let oid = |hex: &str| Oid::from_hex(hex.as_bytes()).ok();
        let tree = oid(value("tree")?)?;
        let policy = match value("policy")? {
            "none" => None,
            hex => Some(oid(hex)?),
        };
        Some(CommitReceipt { subject: Subject { tree, policy }, version: value("version")?.to_owned() })
    }
}

/// What receipts of `commits` have to be about, in their order; one git process.
pub fn subjects(repo: &Repo, commits: &[Oid]) -> Result<Vec<Subject>, SourceError> {
    const COMMAND: &str = "cat-file";
    let input: String = commits.iter().map(|id| format!("{id}^{{tree}}\n{id}:{POLICY_FOLDER}\n")).collect();
    let output = repo.git().feed(COMMAND, &["--batch-check=%(objectname)"], input.as_bytes())?;
    let lines: Vec<&[u8]> = output.split(|&byte| byte == b'\n').take(2 * commits.len()).collect();
    let subject = |pair: &[&[u8]]| {
        let [tree, policy] = pair else { return None };
        // What is not there is said in words.
        Some(Subject { tree: Oid::from_hex(tree).ok()?, policy: Oid::from_hex(policy).ok() })
    };
    let subjects: Option<Vec<Subject>> = lines.chunks(2).map(subject).collect();
    subjects.filter(|subjects| subjects.len() == commits.len()).ok_or_else(|| {
        let what = "a commit without a tree".to_owned();
        GitError::NotUnderstood { command: COMMAND, what }.into()
    })
}

/// Leaves `receipt` on `commit`, with `more` for people; replaces an older one.
pub fn write(repo: &Repo, commit: Oid, receipt: &CommitReceipt, more: &str) -> Result<(), SourceError> {
    let text = format!("{receipt}{more}\n");
    let args = [REF, "add", "-f", "-F", "-", &commit.to_string()];
    repo.git().feed("notes", &args, text.as_bytes())?;
    Ok(())
}

/// The receipts of `commits`, as far as they have one; one that does not read is `None`.
pub fn read(repo: &Repo, commits: &[Oid]) -> Result<BTreeMap<Oid, Option<CommitReceipt>>, SourceError> {
    const COMMAND: &str = "notes";
    let output = repo.git().run(COMMAND, &[REF, "list"])?;
    let mut reader = Reader::new(Some(repo));
    let mut receipts = BTreeMap::new();
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let mut words = line.split(|&byte| byte == b' ').map(Oid::from_hex);
        let (Some(Ok(note)), Some(Ok(commit))) = (words.next(), words.next()) else {
            let what = crate::text::escape(line);
            return Err(GitError::NotUnderstood { command: COMMAND, what }.into());
        };
        if commits.contains(&commit) {
            let text = reader.read(&Locator::Blob(note))?;
            receipts.insert(commit, std::str::from_utf8(&text).ok().and_then(CommitReceipt::parse));
        }
    }
    Ok(receipts)
}

#[cfg(test)]
mod tests {
    use super::{CommitReceipt, Oid, Subject};

    #[test]
    fn a_receipt_is_read_as_it_is_written_and_nothing_else_is() {
        let oid = |digit: &str| Oid::from_hex(digit.repeat(40).as_bytes()).unwrap();
        for policy in [None, Some(oid("b"))] {
            let subject = Subject { tree: oid("a"), policy };
            let receipt = CommitReceipt { subject, version: "1.2.3".to_owned() };
            let text = receipt.to_string();
            assert_eq!(CommitReceipt::parse(&format!("{text}for people\n")), Some(receipt));
            for (old, new) in
                [("receipt 1", "receipt 2"), ("tree", "treee"), ("tree a", "tree x"), ("version ", "")]
            {
                assert_eq!(CommitReceipt::parse(&text.replace(old, new)), None, "{new}");
            }
        }
        assert_eq!(CommitReceipt::parse(""), None);
    }
}
