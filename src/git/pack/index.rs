//! Reads the index of a pack, version 2: which object begins where. Believes no number in it.

use std::cmp::Ordering;

use super::Damage;
use crate::model::Oid;

const MAGIC: &[u8] = b"\xfftOc\0\0\0\x02";
const FANOUT: usize = 256 * 4;

/// Where an object of a pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object {
    /// Where it begins in the pack.
    pub offset: u64,
    /// Its number in the index.
    pub number: u32,
}

/// The names of objects by their numbers in an index, and what it knows of their bytes.
#[derive(Clone, Copy)]
pub struct Names<'b> {
    pub(super) oids: &'b [u8],
    /// Checksums; an index of several packs has none.
    pub(super) crcs: Option<&'b [u8]>,
    pub(super) hash_len: usize,
}

/// An index; its tables lie in the bytes it was parsed from.
pub struct Index<'b> {
    names: Names<'b>,
    offsets: &'b [u8],
    large: &'b [u8],
    pack_checksum: &'b [u8],
}

impl<'b> Names<'b> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.oids.len() / self.hash_len
    }

    /// The name of an object.
    pub fn oid(&self, object: u32) -> Result<Oid, Damage> {
        Oid::from_bytes(self.raw(object as usize)).map_err(|_| Damage::Format)
    }

    /// The checksum of its bytes in the pack.
    pub fn crc(&self, object: u32) -> Result<Option<u32>, Damage> {
        self.crcs.map(|crcs| number(crcs, object as usize)).transpose()
    }

    /// The number of the object with this name.
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.raw(middle).cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle as u32),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn raw(&self, object: usize) -> &'b [u8] {
        self.oids.get(object * self.hash_len..).and_then(|rest| rest.get(..self.hash_len)).unwrap_or_default()
    }
}

impl<'b> Index<'b> {
    /// Finds the tables.
    pub fn parse(bytes: &'b [u8], hash_len: usize) -> Result<Index<'b>, Damage> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Damage::Format)?;
        let (fanout, rest) = rest.split_at_checked(FANOUT).ok_or(Damage::Truncated)?;
        let count = number(fanout, 255)? as usize;
        let mut rest = rest;
        let mut table = |width: usize| {
            let (table, behind) = rest.split_at_checked(count * width).ok_or(Damage::Truncated)?;
            rest = behind;
            Ok(table)
        };
        let (oids, crcs, offsets) = (table(hash_len)?, table(4)?, table(4)?);
        let large = rest.len().checked_sub(2 * hash_len).ok_or(Damage::Truncated)?;
        let (large, trailer) = rest.split_at(large);
        let names = Names { oids, crcs: Some(crcs), hash_len };
        Ok(Index { names, offsets, large, pack_checksum: &trailer[..hash_len] })
    }

    /// The names of its objects.
    pub fn names(&self) -> Names<'b> {
        self.names
    }

    /// Fails when it is the index of another pack.
    pub fn belongs_to(&self, pack: &[u8]) -> Result<(), Damage> {
        if pack.ends_with(self.pack_checksum) { Ok(()) } else { Err(Damage::Checksum) }
    }

    /// Every object.
    pub fn objects(&self) -> Result<Vec<Object>, Damage> {
        let object = |at: u32| {
            Ok(Object { offset: offset(number(self.offsets, at as usize)?, self.large)?, number: at })
        };
        (0..self.names.len() as u32).map(object).collect()
    }
}

/// An offset as indices store it: in four bytes, or, with the highest bit set, as the place of eight bytes in `large`.
pub fn offset(short: u32, large: &[u8]) -> Result<u64, Damage> {
    if short & 1 << 31 == 0 {
        return Ok(u64::from(short));
    }
    let at = (short & !(1 << 31)) as usize;
    let bytes = large.get(at * 8..).and_then(|rest| rest.first_chunk()).ok_or(Damage::Contradiction)?;
    Ok(u64::from_be_bytes(*bytes))
}

/// The four-byte number at a place of a table.
pub fn number(table: &[u8], at: usize) -> Result<u32, Damage> {
    let bytes = table.get(at * 4..).and_then(|rest| rest.first_chunk()).ok_or(Damage::Truncated)?;
    Ok(u32::from_be_bytes(*bytes))
}
