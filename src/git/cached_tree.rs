//! Reads the trees that an index remembers for its folders; does not know what is in them.
//!
//! Source: gitformat-index(5), "Cache tree". A folder that was touched since its tree was written has no tree there.

use crate::model::Oid;

/// A folder of the index.
#[derive(Debug, PartialEq, Eq)]
pub struct CachedTree {
    /// Its name in the folder above; empty for the top.
    name: Vec<u8>,
    /// Its tree and the number of index entries below it, when nothing has changed there since.
    known: Option<(Oid, usize)>,
    folders: Vec<CachedTree>,
}

impl CachedTree {
    /// None when the extension does not read to its end.
    pub fn parse(extension: &[u8], id_len: usize) -> Option<CachedTree> {
        let mut rest = extension;
        let top = folder(&mut rest, id_len, MAX_DEPTH)?;
        rest.is_empty().then_some(top)
    }

    /// The folder of this name inside of this one.
    pub fn folder(&self, name: &[u8]) -> Option<&CachedTree> {
        self.folders.iter().find(|folder| folder.name == name)
    }

    /// The number of index entries below this folder if its tree is `tree`.
    pub fn entries_if(&self, tree: Oid) -> Option<usize> {
        self.known.filter(|(known, _)| *known == tree).map(|(_, entries)| entries)
    }
}

/// Deeper trees are left to git, which refuses 2048 (`core.maxTreeDepth`): a level takes a kilobyte of stack in a debug build.
const MAX_DEPTH: usize = 512;

/// Name, NUL, number of entries, space, number of folders, newline, id if the number of entries is not negative; then
/// the folders.
fn folder(rest: &mut &[u8], id_len: usize, depth: usize) -> Option<CachedTree> {
    let name = until(rest, 0)?.to_vec();
    let entries: i64 = number(until(rest, b' ')?)?;
    let count: usize = number(until(rest, b'\n')?)?;
    let known = match usize::try_from(entries) {
        Ok(entries) => {
            let (oid, after) = rest.split_at_checked(id_len)?;
            *rest = after;
            Some((Oid::from_bytes(oid).ok()?, entries))
        }
        Err(_) => None,
    };
    let mut folders = Vec::new();
    for _ in 0..count {
        folders.push(folder(rest, id_len, depth.checked_sub(1)?)?);
    }
    Some(CachedTree { name, known, folders })
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn until<'b>(rest: &mut &'b [u8], end: u8) -> Option<&'b [u8]> {
    let at = memchr::memchr(end, rest)?;
    let field = &rest[..at];
    *rest = &rest[at + 1..];
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(byte: u8) -> Oid {
        Oid::from_bytes(&[byte; 20]).unwrap()
    }

    fn extension() -> Vec<u8> {
        let id = |byte: u8| [byte; 20];
        [&b"\0-1 2\n"[..], b"src\x003 0\n", &id(7), b"tests\x002 1\n", &id(8), b"it\x001 0\n", &id(9)]
            .concat()
    }

    #[test]
    fn folders_have_the_trees_that_git_has_kept() {
        let top = CachedTree::parse(&extension(), 20).unwrap();
        let tests = top.folder(b"tests").unwrap();
        assert_eq!(top.entries_if(oid(0)), None);
        assert_eq!(top.folder(b"src").unwrap().entries_if(oid(7)), Some(3));
        assert_eq!(tests.entries_if(oid(7)), None);
        assert_eq!(tests.entries_if(oid(8)), Some(2));
        assert_eq!(tests.folder(b"it").unwrap().entries_if(oid(9)), Some(1));
        assert_eq!(top.folder(b"it"), None);
    }

    #[test]
    fn a_part_of_it_is_nothing() {
        let whole = extension();
        for cut in 0..whole.len() {
            assert_eq!(CachedTree::parse(&whole[..cut], 20), None, "{cut}");
        }
        assert_eq!(CachedTree::parse(&[&whole[..], b"x"].concat(), 20), None);
        assert_eq!(CachedTree::parse(&b"\0-1 1\n".repeat(10_000), 20), None, "too deep");
    }
}
