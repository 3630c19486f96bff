//! The rules of packs and of the repository: read and checked, or as an earlier run of this program has checked them. Does
//! not know what they find.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::CliError;
use super::setup::{program, text};
use crate::cache::{self, Digest};
use crate::config::{TeamFile, TeamFiles};
use crate::engine::builtin;
use crate::rules::{Pack, check_file, freeze, thaw, unmet};
use crate::text::toml_doc::Problems;

/// Files with fewer bytes are read as quickly as what is remembered of them.
const WORTH_REMEMBERING: usize = 4096;

/// The rules of these files; none when there are no files.
pub fn read(files: &TeamFiles) -> Result<Option<Pack>, CliError> {
    let all: Vec<&TeamFile> = files.pack_rules.iter().chain(&files.rules).collect();
    if all.is_empty() {
        return Ok(None);
    }
    let len: usize = all.iter().map(|file| file.content.len()).sum();
    let memory = files.memory.as_deref().filter(|_| len >= WORTH_REMEMBERING);
    let Some((folder, digest)) = memory.zip(digest(files)) else { return checked(&all).map(Some) };
    if let Some(pack) = remembered(folder, digest) {
        return Ok(Some(pack));
    }
    let pack = checked(&all)?;
    // What cannot be kept is read again next time.
    let _ = remember(folder, digest, &pack);
    Ok(Some(pack))
}

/// Stands for these rules and this very program, which has the built-in ones. A pack is what the lock says.
fn digest(files: &TeamFiles) -> Option<Digest> {
    let program = program()?;
    let files = files.lock.iter().chain(&files.rules);
    let files = files.flat_map(|file| [file.name.as_bytes(), file.content.as_slice()]);
    Some(Digest::of([program.as_bytes()].into_iter().chain(files)))
}

/// What was checked before; none unless every byte is as it was written, and written for this digest.
fn remembered(folder: &Path, digest: Digest) -> Option<Pack> {
    let mut bytes = fs::read(folder.join(digest.hex())).ok()?;
    let frozen = bytes.len().checked_sub(size_of::<u32>())?;
    let is_whole = checksum(digest, &bytes[..frozen]).to_le_bytes() == bytes[frozen..];
    bytes.truncate(frozen);
    // The texts of the rules stay where they are, for as long as the process runs.
    if is_whole { thaw(bytes.leak()) } else { None }
}

fn remember(folder: &Path, digest: Digest, pack: &Pack) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut bytes = freeze(pack);
    bytes.extend(checksum(digest, &bytes).to_le_bytes());
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&bytes)?;
    file.persist(folder.join(digest.hex())).map_err(|error| error.error)?;
    cache::forget_old_files(folder)
}

fn checksum(digest: Digest, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(digest.as_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// Reads and checks all of them; they go together with the built-in rules.
fn checked(files: &[&TeamFile]) -> Result<Pack, CliError> {
    let mut rules = Vec::new();
    let mut problems = Problems::default();
    let mut taken: HashSet<String> = HashSet::new();
    let is_builtin =
        |id: &str| builtin::PACK.rules.binary_search_by(|rule| rule.info.id.as_str().cmp(id)).is_ok();
    for file in files {
        let checked = match check_file(&file.name, text(file)?, false) {
            Ok(checked) => checked,
            Err(mut more) => {
                problems.0.append(&mut more.0);
                continue;
            }
        };
        for rule in checked.rules {
            let id = rule.info.id.to_string();
            if is_builtin(&id) || !taken.insert(id.clone()) {
                return Err(CliError::DuplicateRule { file: file.name.clone(), id });
            }
            rules.push(rule);
        }
    }
    if !problems.0.is_empty() {
        return Err(problems.into());
    }
    match unmet(&rules, &builtin::PACK.rules) {
        Some(unmet) => Err(unmet.into()),
        None => Ok(Pack::new(rules)?),
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, builtin, checked, remember, remembered};
    use crate::config::TeamFile;
    use crate::rules::Pack;
    use std::fs;

    fn digest(name: &str) -> Digest {
        Digest::of([name.as_bytes()])
    }

    fn again(pack: &Pack) -> Option<Pack> {
        let folder = tempfile::tempdir().unwrap();
        remember(folder.path(), digest("one"), pack).unwrap();
        remembered(folder.path(), digest("one"))
    }

    #[test]
    fn what_is_remembered_of_rules_is_what_was_checked() {
        assert_eq!(again(&builtin::PACK).as_ref(), Some(&builtin::PACK));
        let mut files = 0;
        // Each file of ours as somebody's own: under other names, for those of the program are taken.
        for (name, text) in builtin::FILES {
            let text = text.replace("\nid = \"", "\nid = \"own-").replace("rule = \"", "rule = \"own-");
            let file = TeamFile { name: name.to_owned(), content: text.into_bytes() };
            // A few need rules of other files.
            let Ok(pack) = checked(&[&file]) else { continue };
            assert_eq!(again(&pack), Some(pack), "{name}");
            files += 1;
        }
        assert!(files > builtin::FILES.len() / 2, "{files}");
    }

    #[test]
    fn what_is_damaged_or_somebody_else_s_is_not_remembered() {
        let text = "schema = 1\npack = 'own'\n[[rule]]\nid = 'own-word'\ntitle = 'A word'\ncategory = 'secret'\n\
                    severity = 'high'\nconfidence = 'high'\npattern = 'quixotic-[0-9]{1,9}'\nmessage = 'x'\n\
                    remediation = 'x'\n";
        let pack = checked(&[&TeamFile { name: "own.toml".into(), content: text.into() }]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let known = || remembered(folder.path(), digest("one")).is_some();
        assert!(!known());
        remember(folder.path(), digest("one"), &pack).unwrap();
        assert!(known());
        let place = folder.path().join(digest("one").hex());
        let whole = fs::read(&place).unwrap();
        fs::write(folder.path().join(digest("two").hex()), &whole).unwrap();
        assert!(remembered(folder.path(), digest("two")).is_none());
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&place, &damaged).unwrap();
            assert!(!known(), "{at}");
            fs::write(&place, &whole[..at]).unwrap();
            assert!(!known(), "{at}");
        }
        fs::write(&place, [&whole[..], b"\0"].concat()).unwrap();
        assert!(!known());
        remember(folder.path(), digest("one"), &pack).unwrap();
        assert!(known());
    }
}
