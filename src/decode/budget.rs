//! How much may be decoded for one content: keeps count, and remembers what was left out.

use std::collections::BTreeSet;

use crate::model::Cut;

/// Bytes that may be decoded whatever the size of the content.
const BYTES: usize = 64 << 20;
/// Bytes that may be decoded for each byte of the content.
const BYTES_PER_BYTE: usize = 4;
/// Files that may be unpacked.
const ENTRIES: usize = 10_000;

/// What may still be decoded, and what was not.
#[derive(Debug)]
pub struct Budget {
    bytes: usize,
    entries: usize,
    cuts: BTreeSet<Cut>,
}

impl Budget {
    /// The budget for a content of so many bytes.
    pub fn for_content(len: usize) -> Self {
        Budget::of(BYTES + BYTES_PER_BYTE * len, ENTRIES)
    }

    pub(super) fn of(bytes: usize, entries: usize) -> Self {
        Budget { bytes, entries, cuts: BTreeSet::new() }
    }

    /// What was not looked at.
    pub fn cuts(self) -> BTreeSet<Cut> {
        self.cuts
    }

    /// How many bytes may be decoded in any content.
    pub const LEAST: usize = BYTES;

    /// How many bytes were decoded, given the size of the content.
    pub fn spent(&self, len: usize) -> usize {
        BYTES + BYTES_PER_BYTE * len - self.bytes
    }

    /// True when something was not looked at.
    pub fn is_cut(&self) -> bool {
        !self.cuts.is_empty()
    }

    /// Remembers that something was not looked at.
    pub fn note(&mut self, cut: Cut) {
        self.cuts.insert(cut);
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes
    }

    /// Takes so many bytes; false when there are not so many.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(self.bytes);
        if left.is_none() {
            self.note(Cut::TooMuch);
        }
        left.is_some()
    }

    /// Takes a file of an archive.
    pub(super) fn take_entry(&mut self) -> Result<(), Cut> {
        self.entries = self.entries.checked_sub(1).ok_or(Cut::TooMany)?;
        Ok(())
    }
}
