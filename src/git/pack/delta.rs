//! Makes an object from its base and a delta, and says which of its bytes were copied. Believes no number in the delta.

use super::Damage;
use super::entry::shifted;
use crate::model::Shared;

/// What a delta says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of the base.
    pub base: u64,
    /// Bytes of the object.
    pub result: u64,
    /// Where the instructions begin.
    pub start: usize,
}

/// Reads the sizes that a delta begins with.
pub fn sizes(delta: &[u8]) -> Result<Sizes, Damage> {
    let (base, at) = size(delta, 0)?;
    let (result, start) = size(delta, at)?;
    Ok(Sizes { base, result, start })
}

fn size(delta: &[u8], mut at: usize) -> Result<(u64, usize), Damage> {
    let (mut size, mut shift) = (0, 0);
    loop {
        let byte = *delta.get(at).ok_or(Damage::Truncated)?;
        size |= shifted(byte, shift)?;
        (at, shift) = (at + 1, shift + 7);
        if byte & 0x80 == 0 {
            return Ok((size, at));
        }
    }
}

/// Follows the instructions; `object` and `copies` are empty, and `object` has room for what the delta gives.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    object: &mut Vec<u8>,
    copies: &mut Vec<Shared>,
) -> Result<(), Damage> {
    let Sizes { base: base_len, result, start } = sizes(delta)?;
    if base_len != base.len() as u64 {
        return Err(Damage::Delta);
    }
    let mut at = start;
    while let Some(&code) = delta.get(at) {
        at += 1;
        if code & 0x80 != 0 {
            let mut number = |bits: u8, count: usize| {
                let mut number = 0;
                for idx in (0..count).filter(|idx| bits >> idx & 1 == 1) {
                    number |= usize::from(*delta.get(at).ok_or(Damage::Truncated)?) << (8 * idx);
                    at += 1;
                }
                Ok(number)
            };
            let (from, len) = (number(code & 15, 4)?, number(code >> 4 & 7, 3)?);
            let len = if len == 0 { 0x10000 } else { len };
            let bytes = base.get(from..from + len).ok_or(Damage::Delta)?;
            room(object, len, result)?;
            copied(copies, Shared { from, to: object.len(), len });
            object.extend_from_slice(bytes);
        } else {
            let len = usize::from(code);
            let bytes = delta.get(at..at + len).filter(|_| len > 0).ok_or(Damage::Delta)?;
            room(object, len, result)?;
            object.extend_from_slice(bytes);
            at += len;
        }
    }
    if object.len() as u64 == result { Ok(()) } else { Err(Damage::Delta) }
}

/// An object never gets longer than it was said to be.
fn room(object: &[u8], len: usize, result: u64) -> Result<(), Damage> {
    if (object.len() + len) as u64 > result { Err(Damage::Delta) } else { Ok(()) }
}

/// Copies that go on where the last one ended are one: git cuts them at 64 KiB.
fn copied(copies: &mut Vec<Shared>, next: Shared) {
    match copies.last_mut() {
        Some(last) if last.from + last.len == next.from && last.to + last.len == next.to => {
            last.len += next.len;
        }
        Some(_) | None => copies.push(next),
    }
}
