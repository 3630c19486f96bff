//! Reads the index of a pack, version 2: which object begins where. Believes no number in it.

use super::Damage;
use crate::model::Oid;

const MAGIC: &[u8] = b"\xfftOc\0\0\0\x02";
const FANOUT: usize = 256 * 4;

/// An object of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object {
    /// Where it begins in the pack.
    pub offset: u64,
    /// Its name.
    pub oid: Oid,
    /// The checksum of its bytes in the pack, when the index has one.
    pub crc: Option<u32>,
}

/// An index; its tables lie in the bytes it was parsed from.
pub struct Index<'b> {
    oids: &'b [u8],
    crcs: &'b [u8],
    offsets: &'b [u8],
    large: &'b [u8],
    pack_checksum: &'b [u8],
    hash_len: usize,
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
        Ok(Index { oids, crcs, offsets, large, pack_checksum: &trailer[..hash_len], hash_len })
    }

    /// Fails when it is the index of another pack.
    pub fn belongs_to(&self, pack: &[u8]) -> Result<(), Damage> {
        if pack.ends_with(self.pack_checksum) { Ok(()) } else { Err(Damage::Checksum) }
    }

    /// Every object.
    pub fn objects(&self) -> Result<Vec<Object>, Damage> {
        let object = |(at, oid): (usize, &[u8])| {
            let offset = offset(number(self.offsets, at)?, self.large)?;
            let oid = Oid::from_bytes(oid).map_err(|_| Damage::Format)?;
            Ok(Object { offset, oid, crc: Some(number(self.crcs, at)?) })
        };
        self.oids.chunks_exact(self.hash_len).enumerate().map(object).collect()
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
