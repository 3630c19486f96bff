//! Finds many texts in one pass and wipes them afterwards; does not know what they stand for.
//!
//! Built anew in every hook, so building must cost less than searching: the first six bytes of each text choose a slot
//! of a small table, and what stands in the slot is compared. An automaton is faster on many megabytes, costs more to
//! build, and keeps its copies of the texts where nobody wipes them.

use zeroize::Zeroizing;

use super::forms::{self, Form};
use super::{Value, Worth};

/// What chooses the slot; no text is shorter.
const HEAD: usize = 6;
const SLOT_BITS: u32 = 13;

/// A text that is looked for.
pub struct Needle {
    /// The value it is a form of.
    pub value: usize,
    /// Which form.
    pub form: Form,
    /// Why the value is looked for.
    pub worth: Worth,
    bytes: Zeroizing<Vec<u8>>,
    /// The next needle in the same slot, counted from one; zero for none.
    next: u32,
}

/// All that is looked for.
pub struct Needles {
    needles: Vec<Needle>,
    /// The first needle of each slot, counted from one.
    slots: Box<[u32]>,
}

impl Needles {
    /// Every form of every value.
    pub fn new(values: &[Value]) -> Needles {
        let mut needles = Vec::with_capacity(values.len() * 12);
        let mut slots = vec![0; 1 << SLOT_BITS].into_boxed_slice();
        for (idx, value) in values.iter().enumerate() {
            for (form, bytes) in forms::of(&value.bytes) {
                let Some(slot) = slot(&bytes) else { continue };
                needles.push(Needle { value: idx, form, worth: value.worth, bytes, next: slots[slot] });
                slots[slot] = needles.len() as u32;
            }
        }
        Needles { needles, slots }
    }

    /// Every place of every needle in `content`, by the place.
    pub fn find<'n>(&'n self, content: &'n [u8]) -> impl Iterator<Item = (usize, usize, &'n Needle)> + 'n {
        (0..content.len().saturating_sub(HEAD - 1)).flat_map(move |at| {
            let first = slot(&content[at..]).map_or(0, |slot| self.slots[slot]);
            std::iter::successors(self.at(first), |needle| self.at(needle.next))
                .filter(move |needle| content[at..].starts_with(&needle.bytes))
                .map(move |needle| (at, at + needle.bytes.len(), needle))
        })
    }

    fn at(&self, number: u32) -> Option<&Needle> {
        self.needles.get((number as usize).checked_sub(1)?)
    }
}

/// The slot of a text by its head.
#[inline]
fn slot(text: &[u8]) -> Option<usize> {
    let head = text.first_chunk::<HEAD>()?;
    let mut word = [0; 8];
    word[..HEAD].copy_from_slice(head);
    let mixed = u64::from_le_bytes(word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Some((mixed >> (64 - SLOT_BITS)) as usize)
}
