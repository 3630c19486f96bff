//! Reads an index of several packs: which object is in which of them, and where. Needed for a pack that has no index of
//! its own; believes no number in it.

use super::Damage;
use super::index::{Object, number, offset};
use crate::model::Oid;

const MAGIC: &[u8] = b"MIDX\x01";
const HEADER: usize = 12;
/// Name of a chunk, and where it begins.
const CHUNK: usize = 12;

/// An index of several packs; its tables lie in the bytes it was parsed from.
pub struct MultiIndex<'b> {
    names: &'b [u8],
    oids: &'b [u8],
    places: &'b [u8],
    large: &'b [u8],
    hash_len: usize,
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
        let (names, oids, places) = (needed(b"PNAM")?, needed(b"OIDL")?, needed(b"OOFF")?);
        if oids.len() / hash_len != places.len() / 8 {
            return Err(Damage::Contradiction);
        }
        Ok(MultiIndex { names, oids, places, large: chunk(b"LOFF")?.unwrap_or_default(), hash_len })
    }

    /// The number of the pack whose own index would have this name.
    pub fn number_of(&self, name: &[u8]) -> Option<u32> {
        let mut names = self.names.split(|byte| *byte == 0);
        names.position(|one| one == name).and_then(|number| u32::try_from(number).ok())
    }

    /// Every object for which this pack was chosen.
    pub fn objects_of(&self, pack: u32) -> Result<Vec<Object>, Damage> {
        let mut objects = Vec::new();
        for (at, oid) in self.oids.chunks_exact(self.hash_len).enumerate() {
            if number(self.places, at * 2)? == pack {
                let offset = offset(number(self.places, at * 2 + 1)?, self.large)?;
                let oid = Oid::from_bytes(oid).map_err(|_| Damage::Format)?;
                objects.push(Object { offset, oid, crc: None });
            }
        }
        Ok(objects)
    }
}
