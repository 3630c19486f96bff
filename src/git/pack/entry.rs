//! Reads what stands before the compressed bytes of an object in a pack. Believes no number in it.

use super::Damage;
use crate::git::Kind;

/// What an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held<'b> {
    /// An object.
    Whole(Kind),
    /// A delta against the entry that begins so many bytes before.
    Near(u64),
    /// A delta against the object of this name.
    Named(&'b [u8]),
}

/// The head of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'b> {
    /// What it holds.
    pub held: Held<'b>,
    /// How many bytes the object or the delta has.
    pub size: u64,
    /// How long the head is.
    pub len: usize,
}

/// Reads the head that `bytes` begin with.
pub fn head(bytes: &[u8], hash_len: usize) -> Result<Head<'_>, Damage> {
    let mut at = 0;
    let mut next = || {
        let byte = bytes.get(at).copied().ok_or(Damage::Truncated)?;
        at += 1;
        Ok(byte)
    };
    let first = next()?;
    let (mut byte, mut size, mut shift) = (first, u64::from(first & 15), 4);
    while byte & 0x80 != 0 {
        byte = next()?;
        size |= shifted(byte, shift)?;
        shift += 7;
    }
    let held = match first >> 4 & 7 {
        1 => Held::Whole(Kind::Commit),
        2 => Held::Whole(Kind::Tree),
        3 => Held::Whole(Kind::Blob),
        4 => Held::Whole(Kind::Tag),
        6 => {
            let mut byte = next()?;
            let mut back = u64::from(byte & 0x7f);
            while byte & 0x80 != 0 {
                byte = next()?;
                back = (back + 1).checked_mul(128).ok_or(Damage::Contradiction)? | u64::from(byte & 0x7f);
            }
            Held::Near(back)
        }
        7 => {
            let name = bytes.get(at..at + hash_len).ok_or(Damage::Truncated)?;
            at += hash_len;
            Held::Named(name)
        }
        _ => return Err(Damage::Format),
    };
    Ok(Head { held, size, len: at })
}

/// The low seven bits of a byte, moved up; none of them may be lost.
pub fn shifted(byte: u8, shift: u32) -> Result<u64, Damage> {
    let bits = u64::from(byte & 0x7f);
    if shift >= 64 || bits << shift >> shift != bits {
        return Err(Damage::Contradiction);
    }
    Ok(bits << shift)
}
