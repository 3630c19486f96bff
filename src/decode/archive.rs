//! Opens gzip, zip and tar, entry by entry and within a budget; knows no other format and nothing of the entries.

use std::io::Read;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use rawzip::{CompressionMethod, ZipArchive};

use super::{Budget, Derived, Origin};
use crate::model::{Cut, RepoPath, Span};
use crate::text::escape;

const GZIP: &[u8] = b"\x1f\x8b\x08";
const ZIP: &[u8] = b"PK\x03\x04";
/// Where and how a tar archive says what it is; the two bytes behind differ.
const TAR: (usize, &[u8]) = (257, b"ustar");
/// What bzip2, xz, zstd, lz4, 7z and rar begin with: they are told, not opened (docs/decisions/0022).
const CLOSED: [&[u8]; 6] =
    [b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"];
/// Where a file of bzip2 goes on, and with what.
const BZIP2: (usize, &[u8]) = (4, b"1AY&SY");

/// True when an archive begins with these bytes.
pub fn begins(head: &[u8]) -> bool {
    head.starts_with(GZIP) || head.starts_with(ZIP)
}

/// True for what may be an archive, also one that is not opened.
pub fn is_archive(content: &[u8]) -> bool {
    begins(content) || is_closed(content) || content.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1))
}

/// Adds the files in `content`, if it is an archive; `path` is its own. True when everything in it was found that way.
pub fn derive(path: &RepoPath, content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) -> bool {
    let read = if content.starts_with(GZIP) {
        gzip(path, content, budget, acc)
    } else if content.starts_with(ZIP) {
        zip(content, budget, acc)
    } else if content.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        tar(content, budget, acc)
    } else {
        if is_closed(content) {
            budget.note(Cut::UnknownFormat);
        }
        return false;
    };
    read.unwrap_or_else(|cut| {
        budget.note(cut);
        false
    })
}

fn is_closed(content: &[u8]) -> bool {
    let goes_on = || content.get(BZIP2.0..).is_some_and(|rest| rest.starts_with(BZIP2.1));
    CLOSED.iter().any(|sign| content.starts_with(sign)) && (!content.starts_with(CLOSED[0]) || goes_on())
}

fn gzip(path: &RepoPath, content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) -> Result<bool, Cut> {
    let span = Span::new(0, content.len());
    let inner = path.file_name().strip_suffix(b".gz").unwrap_or(path.file_name());
    let inner = match inner.strip_suffix(b".tgz") {
        Some(stem) => [stem, b".tar"].concat(),
        None => inner.to_vec(),
    };
    let (text, complete) = inflate(MultiGzDecoder::new(content), budget);
    let origin = Origin::Entry { span, plain: false, step: "gzip".to_owned() };
    acc.push(Derived { text, file: Some(RepoPath::new(inner)), origin });
    Ok(complete)
}

fn zip(content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) -> Result<bool, Cut> {
    let archive = ZipArchive::from_slice(content).map_err(|_| Cut::Damaged)?;
    let mut entries = archive.entries();
    while let Some(header) = entries.next_entry().map_err(|_| Cut::Damaged)? {
        if header.is_dir() {
            continue;
        }
        budget.take_entry()?;
        if header.flags().is_encrypted() {
            budget.note(Cut::Locked);
            continue;
        }
        let Ok(entry) = archive.get_entry(header.wayfinder()) else {
            budget.note(Cut::Damaged);
            continue;
        };
        let method = header.compression_method();
        let text = match method {
            CompressionMethod::STORE => inflate(entry.data(), budget).0,
            CompressionMethod::DEFLATE => inflate(DeflateDecoder::new(entry.data()), budget).0,
            _ => {
                budget.note(Cut::UnknownFormat);
                continue;
            }
        };
        let path = RepoPath::new(header.file_path().as_ref());
        let (start, end) = entry.compressed_data_range();
        let span = Span::new(start as usize, end as usize);
        let step = format!("zip > {}", escape(path.as_bytes()));
        let origin = Origin::Entry { span, plain: method == CompressionMethod::STORE, step };
        acc.push(Derived { text, file: Some(path), origin });
    }
    Ok(true)
}

fn tar(content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) -> Result<bool, Cut> {
    let mut archive = tar::Archive::new(content);
    for entry in archive.entries().map_err(|_| Cut::Damaged)? {
        let mut entry = entry.map_err(|_| Cut::Damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        budget.take_entry()?;
        let path = RepoPath::new(entry.path_bytes().into_owned());
        let start = entry.raw_file_position() as usize;
        let (text, _) = inflate(&mut entry, budget);
        let span = Span::new(start, start + text.len());
        let step = format!("tar > {}", escape(path.as_bytes()));
        let origin = Origin::Entry { span, plain: true, step };
        acc.push(Derived { text, file: Some(path), origin });
    }
    Ok(true)
}

/// What a reader gives, as far as the budget goes, and whether that is all; what comes before damage is worth a look.
fn inflate(reader: impl Read, budget: &mut Budget) -> (Vec<u8>, bool) {
    let mut text = Vec::new();
    let most = budget.left();
    let complete = reader.take(most as u64 + 1).read_to_end(&mut text).is_ok();
    if !complete {
        budget.note(Cut::Damaged);
    }
    if text.len() > most {
        text.truncate(most);
        budget.note(Cut::TooMuch);
    }
    budget.take(text.len());
    (text, complete)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::derive;
    use crate::decode::{Budget, Derived};
    use crate::model::Cut;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    /// Empty files with the numbers as names.
    fn zip(count: usize) -> Vec<u8> {
        let mut packed = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut packed);
        for name in (0..count).map(|idx| idx.to_string()) {
            let file = archive.new_file(&name).compression_method(rawzip::CompressionMethod::STORE);
            let (mut entry, config) = file.start().unwrap();
            let (_, descriptor) = config.wrap(&mut entry).finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        packed
    }

    /// How many bytes of each file are unpacked with a budget of 1000 bytes and 20 files, and what is left out.
    #[track_caller]
    fn check(content: &[u8], lengths: &[usize], cuts: &[Cut]) {
        let (mut budget, mut found) = (Budget::of(1000, 20), Vec::new());
        derive(&"x".into(), content, &mut budget, &mut found);
        let unpacked: Vec<usize> = found.iter().map(|Derived { text, .. }| text.len()).collect();
        assert_eq!(
            (unpacked, budget.cuts().into_iter().collect::<Vec<_>>()),
            (lengths.to_vec(), cuts.to_vec())
        );
    }

    #[test]
    fn a_budget_ends_what_would_not_end() {
        check(&gzip(&[b' '; 1000]), &[1000], &[]);
        check(&gzip(&[b' '; 1001]), &[1000], &[Cut::TooMuch]);
        check(&gzip(&vec![0; 50 << 20]), &[1000], &[Cut::TooMuch]);
        check(&zip(20), &[0; 20], &[]);
        check(&zip(21), &[0; 20], &[Cut::TooMany]);
    }

    #[test]
    fn what_comes_before_damage_is_unpacked() {
        let text: Vec<u8> = (0..900u32).map(|idx| (idx.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let packed = gzip(&text);
        let (mut budget, mut found) = (Budget::of(1000, 20), Vec::new());
        assert!(!derive(&"x".into(), &packed[..packed.len() - 200], &mut budget, &mut found));
        assert_eq!(budget.cuts().into_iter().collect::<Vec<_>>(), [Cut::Damaged]);
        assert!(found[0].text.len() > 300 && text.starts_with(&found[0].text));
        check(b"PK\x03\x04 and nothing else", &[], &[Cut::Damaged]);
        check(b"nothing at all", &[], &[]);
        check(b"\xfd7zXZ\0\0\x04", &[], &[Cut::UnknownFormat]);
        check(b"BZh91AY&SY\x03", &[], &[Cut::UnknownFormat]);
        check(b"BZh in a text", &[], &[]);
    }
}
