//! Understands `--raw -z` of diff-index and diff-tree, and `ls-files -s -z`; does not run git.

use super::GitError;
use crate::model::{Oid, RepoPath};
use crate::text::escape;

/// What a tree or the index says an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: the path is not there.
    Absent,
    /// A file, executable or not.
    File,
    /// A symbolic link; its blob is the target's path.
    Link,
    /// A submodule's commit.
    Submodule,
}

/// A path in one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// What it is.
    pub mode: Mode,
    /// The id of its content; zeros when there is none.
    pub oid: Oid,
}

impl Side {
    /// The blob that holds the content, if the path has one.
    pub fn blob(self) -> Option<Oid> {
        match self.mode {
            Mode::File | Mode::Link => Some(self.oid),
            Mode::Absent | Mode::Submodule => None,
        }
    }
}

/// A path that differs from its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path in each parent that was compared.
    pub before: Vec<Side>,
    /// The path now.
    pub now: Side,
    /// The path.
    pub path: RepoPath,
    /// Where it was before, when git was asked to find renames and found one.
    pub source: Option<RepoPath>,
    /// True for a path whose conflict is not resolved: what it will be nobody knows.
    pub unmerged: bool,
}

/// One item of diff-tree's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The changes of this commit follow.
    Commit(Oid),
    /// A change.
    Change(Change),
}

/// An entry of the index, or of a whole tree, which has no conflicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// Its path.
    pub path: RepoPath,
    /// What it is, and the id of its content.
    pub side: Side,
    /// 0, or the side of an unresolved conflict.
    pub stage: u8,
}

/// Reads the output of `diff-tree --stdin --raw -z`.
pub(crate) fn records(command: &'static str, output: &[u8]) -> Result<Vec<Record>, GitError> {
    let mut fields = Fields { command, rest: output };
    let mut records = Vec::new();
    while let Some(field) = fields.next()? {
        records.push(match field.strip_prefix(b":") {
            Some(_) => Record::Change(change(field, &mut fields)?),
            None => Record::Commit(Oid::from_hex(field).map_err(|_| fields.error(field))?),
        });
    }
    Ok(records)
}

/// Reads the output of `diff-index --raw -z`.
pub(crate) fn changes(command: &'static str, output: &[u8]) -> Result<Vec<Change>, GitError> {
    let mut fields = Fields { command, rest: output };
    let mut changes = Vec::new();
    while let Some(field) = fields.next()? {
        changes.push(change(field, &mut fields)?);
    }
    Ok(changes)
}

/// Reads the output of `ls-files -s -z`: `mode oid stage TAB path`.
pub(crate) fn index_entries(output: &[u8]) -> Result<Vec<IndexEntry>, GitError> {
    let mut fields = Fields { command: "ls-files", rest: output };
    let mut entries = Vec::new();
    while let Some(field) = fields.next()? {
        entries.push(index_entry(field).ok_or_else(|| fields.error(field))?);
    }
    Ok(entries)
}

/// Reads the output of `ls-tree -r -z`: `mode kind oid TAB path`.
pub(crate) fn tree_entries(output: &[u8]) -> Result<Vec<IndexEntry>, GitError> {
    let mut fields = Fields { command: "ls-tree", rest: output };
    let mut entries = Vec::new();
    while let Some(field) = fields.next()? {
        entries.push(tree_entry(field).ok_or_else(|| fields.error(field))?);
    }
    Ok(entries)
}

fn index_entry(field: &[u8]) -> Option<IndexEntry> {
    let ([mode, oid, stage], path) = words_and_path(field)?;
    let &[digit @ b'0'..=b'3'] = stage else { return None };
    Some(IndexEntry { path, side: side(mode, oid)?, stage: digit - b'0' })
}

fn tree_entry(field: &[u8]) -> Option<IndexEntry> {
    let ([mode, _kind, oid], path) = words_and_path(field)?;
    Some(IndexEntry { path, side: side(mode, oid)?, stage: 0 })
}

fn words_and_path(field: &[u8]) -> Option<([&[u8]; 3], RepoPath)> {
    let tab = field.iter().position(|&byte| byte == b'\t')?;
    let words: Vec<&[u8]> = field[..tab].split(|&byte| byte == b' ').collect();
    Some((words.try_into().ok()?, RepoPath::new(&field[tab + 1..])))
}

/// Reads one change: `:` for every parent, modes and ids of the parents and of the result, status, path.
fn change(head: &[u8], fields: &mut Fields<'_>) -> Result<Change, GitError> {
    let (mut before, now, status) = head_of_change(head).ok_or_else(|| fields.error(head))?;
    let path = fields.path(head)?;
    let (path, source) = match status.first() {
        Some(b'R' | b'C') => (fields.path(head)?, Some(path)),
        Some(_) => (path, None),
        None => return Err(fields.error(head)),
    };
    let unmerged = status.contains(&b'U');
    if !unmerged && now.mode != Mode::Absent && now.oid.is_zero() {
        return Err(fields.error(head));
    }
    before.shrink_to_fit();
    Ok(Change { before, now, path, source, unmerged })
}

fn head_of_change(head: &[u8]) -> Option<(Vec<Side>, Side, &[u8])> {
    let parents = head.iter().take_while(|&&byte| byte == b':').count();
    let words: Vec<&[u8]> = head[parents..].split(|&byte| byte == b' ').collect();
    if parents == 0 || words.len() != 2 * (parents + 1) + 1 {
        return None;
    }
    let (modes, oids) = words[..2 * (parents + 1)].split_at(parents + 1);
    let sides = modes.iter().zip(oids).map(|(word, oid)| side(word, oid));
    let mut before: Vec<Side> = sides.collect::<Option<_>>()?;
    let now = before.pop()?;
    Some((before, now, words[words.len() - 1]))
}

fn side(mode_word: &[u8], oid: &[u8]) -> Option<Side> {
    Some(Side { mode: mode(mode_word)?, oid: Oid::from_hex(oid).ok()? })
}

/// Old repositories hold files of mode 100664 and others: what counts is the kind, the first three digits.
fn mode(word: &[u8]) -> Option<Mode> {
    match word {
        b"000000" => Some(Mode::Absent),
        [b'1', b'0', b'0', b'0'..=b'7', b'0'..=b'7', b'0'..=b'7'] => Some(Mode::File),
        b"120000" => Some(Mode::Link),
        b"160000" => Some(Mode::Submodule),
        _ => None,
    }
}

/// The fields of an output in which every field ends with a NUL byte.
struct Fields<'o> {
    command: &'static str,
    rest: &'o [u8],
}

impl<'o> Fields<'o> {
    fn next(&mut self) -> Result<Option<&'o [u8]>, GitError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let end = memchr::memchr(0, self.rest).ok_or_else(|| self.error(self.rest))?;
        let field = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(Some(field))
    }

    /// The path that belongs to the change described by `head`.
    fn path(&mut self, head: &[u8]) -> Result<RepoPath, GitError> {
        match self.next()? {
            Some(path) if !path.is_empty() => Ok(RepoPath::new(path)),
            Some(_) | None => Err(self.error(head)),
        }
    }

    fn error(&self, field: &[u8]) -> GitError {
        let shown = &field[..field.len().min(200)];
        GitError::NotUnderstood { command: self.command, what: escape(shown) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const C: &str = "cccccccccccccccccccccccccccccccccccccccc";
    const Z: &str = "0000000000000000000000000000000000000000";

    /// What a change says, in one line.
    fn words(record: &Record) -> String {
        let change = match record {
            Record::Commit(oid) => return format!("commit {}", &oid.to_string()[..2]),
            Record::Change(change) => change,
        };
        let side = |side: &Side| format!("{:?} {}", side.mode, &side.oid.to_string()[..2]);
        let before: Vec<String> = change.before.iter().map(side).collect();
        let source = change.source.as_ref().map_or(String::new(), |path| format!(" from {:?}", path));
        let unmerged = if change.unmerged { " unmerged" } else { "" };
        let path = escape(change.path.as_bytes());
        format!("{} -> {}: {path}{source}{unmerged}", before.join(", "), side(&change.now))
    }

    #[track_caller]
    fn check(output: &str, expected: &[&str]) {
        let records = records("diff-tree", output.replace('|', "\0").as_bytes()).unwrap();
        assert_eq!(records.iter().map(words).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn changes_of_one_parent() {
        check("", &[]);
        check(&format!(":100644 100755 {A} {B} M|a b\tc\n|"), &["File aa -> File bb: a b c\\u{a}"]);
        check(&format!(":000000 120000 {Z} {B} A|l|"), &["Absent 00 -> Link bb: l"]);
        check(&format!(":100664 000000 {A} {Z} D|gone|"), &["File aa -> Absent 00: gone"]);
        check(&format!(":160000 100644 {A} {B} T|t|"), &["Submodule aa -> File bb: t"]);
        check(&format!(":100644 000000 {A} {Z} U|u|"), &["File aa -> Absent 00: u unmerged"]);
        check(
            &format!(":100644 100644 {A} {B} R087|old|new|"),
            &["File aa -> File bb: new from RepoPath([111, 108, 100])"],
        );
    }

    #[test]
    fn paths_may_look_like_anything() {
        check(&format!(":000000 100644 {Z} {B} A|:100644|"), &["Absent 00 -> File bb: :100644"]);
        check(&format!(":000000 100644 {Z} {B} A|{A}|"), &[&format!("Absent 00 -> File bb: {A}")]);
    }

    #[test]
    fn combined_changes_of_merges() {
        check(
            &format!(
                "{A}|::100644 000000 100644 {A} {Z} {C} MA|m|:::100644 100644 100644 000000 {A} {A} {B} {Z} DDD|d|"
            ),
            &["commit aa", "File aa, Absent 00 -> File cc: m", "File aa, File aa, File bb -> Absent 00: d"],
        );
    }

    #[test]
    fn long_ids() {
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        check(&format!("{old}|:100644 100644 {old} {new} M|f|"), &["commit aa", "File aa -> File bb: f"]);
    }

    #[test]
    fn anything_unexpected_is_an_error() {
        for output in [
            "garbage|".to_owned(),
            "|".to_owned(),
            format!(":100644 100644 {A} {B} M|no end"),
            format!(":100644 100644 {A} {B} M|"),
            format!(":100644 100644 {A} {B} M||"),
            format!(":100644 100644 {A} {B}|f|"),
            format!("::100644 100644 {A} {B} M|f|"),
            format!(":100644 040000 {A} {B} M|f|"),
            format!(":100644 100644 {A} {} M|f|", &B[1..]),
            format!(":100644 100644 {A} {B} R100|only one|"),
            // "The content is in the work tree": never true for `--cached`.
            format!(":100644 100644 {A} {Z} M|f|"),
        ] {
            let bytes = output.replace('|', "\0");
            let result = records("diff-tree", bytes.as_bytes());
            assert!(matches!(result, Err(GitError::NotUnderstood { .. })), "{output}: {result:?}");
        }
        assert!(changes("diff-index", format!("{A}\0").as_bytes()).is_err());
    }

    #[test]
    fn index_entries_have_mode_id_stage_and_path() {
        let output = format!("100644 {A} 0\ta\tb\0120000 {B} 2\tl\0");
        let entries = index_entries(output.as_bytes()).unwrap();
        let shown: Vec<_> =
            entries.iter().map(|entry| (entry.path.as_bytes(), entry.side.mode, entry.stage)).collect();
        assert_eq!(shown, [(&b"a\tb"[..], Mode::File, 0), (b"l", Mode::Link, 2)]);
        for output in
            ["100644 x 0\tf\0", "100644\0", &format!("100644 {A} 4\tf\0"), &format!("100644 {A} 0\tf")]
        {
            assert!(index_entries(output.as_bytes()).is_err(), "{output:?}");
        }
        let tree = tree_entries(format!("160000 commit {A}\tm\0").as_bytes()).unwrap();
        let oid = Oid::from_hex(A.as_bytes()).unwrap();
        let side = Side { mode: Mode::Submodule, oid };
        assert_eq!(tree, [IndexEntry { path: "m".into(), side, stage: 0 }]);
    }
}
