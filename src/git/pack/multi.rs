//! Reads an index of several packs: which object is in which of them, and where. Needed for a pack that has no index of
//! its own; believes no number in it.

use super::Damage;
use super::index::{Names, Object, number, offset};

const MAGIC: &[u8] = b"MIDX\x01";
const HEADER: usize = 12;
/// Name of a chunk, and where it begins.
const CHUNK: usize = 12;

/// An index of several packs; its tables lie in the bytes it was parsed from.
pub struct MultiIndex<'b> {
    packs: &'b [u8],
    names: Names<'b>,
    places: &'b [u8],
    large: &'b [u8],
}

impl<'b> MultiIndex<'b> {
    /// Finds the tables.
    pub fn parse(bytes: &'b [u8], hash_len: usize) -> Result<MultiIndex<'b>, Damage> {
        if !bytes.starts_with(MAGIC) {
            return Err(Damage::Format);
        }
        let chunks = usize::from(*bytes.get(6).ok_or(Damage::Truncated)?);
        let chunk = |name: &[u8]| {
            let table = bytes.get(HEADER..HEADER + (chunks + 1) * CHUNK).ok_or(Damage::Truncated)?;
            let Some(at) = (0..chunks).find(|at| table[at * CHUNK..].starts_with(name)) else {
                return Ok(None);
            };
            let place = |at: usize| {
                let bytes = table[at * CHUNK + 4..].first_chunk().ok_or(Damage::Truncated)?;
                usize::try_from(u64::from_be_bytes(*bytes)).map_err(|_| Damage::Contradiction)
            };
            bytes.get(place(at)?..place(at + 1)?).map(Some).ok_or(Damage::Contradiction)
        };
        let needed = |name| chunk(name)?.ok_or(Damage::Format);
        let (packs, oids, places) = (needed(b"PNAM")?, needed(b"OIDL")?, needed(b"OOFF")?);
        if oids.len() / hash_len != places.len() / 8 {
            return Err(Damage::Contradiction);
        }
        let names = Names { oids, crcs: None, hash_len };
        Ok(MultiIndex { packs, names, places, large: chunk(b"LOFF")?.unwrap_or_default() })
    }

    /// The names of the objects in all of the packs.
    pub fn names(&self) -> Names<'b> {
        self.names
    }

    /// The number of the pack whose own index would have this name.
    pub fn number_of(&self, name: &[u8]) -> Option<u32> {
        let mut names = self.packs.split(|byte| *byte == 0);
        names.position(|one| one == name).and_then(|number| u32::try_from(number).ok())
    }

    /// Every object for which this pack was chosen.
    pub fn objects_of(&self, pack: u32) -> Result<Vec<Object>, Damage> {
        let mut objects = Vec::new();
        for at in 0..self.names.len() {
            if number(self.places, at * 2)? == pack {
                let offset = offset(number(self.places, at * 2 + 1)?, self.large)?;
                objects.push(Object { offset, number: at as u32 });
            }
        }
        Ok(objects)
    }
}
