//! What must follow a literal in every match of a pattern, byte by byte, as long as every byte has its place.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::anchor::byte_class;
use super::rule::ByteSet;

/// How many bytes behind a literal are described.
pub const MAX_TAIL: usize = 64;

/// What must follow, byte by byte: fixed places as long as there are any, then the first byte of the rest.
pub fn tail(following: &[&Hir]) -> Vec<ByteSet> {
    let mut sets = Vec::new();
    let mut pending: Vec<&Hir> = following.iter().rev().copied().collect();
    while let Some(hir) = pending.pop() {
        if sets.len() >= MAX_TAIL {
            break;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => sets.extend(literal.0.iter().map(|byte| ByteSet::of(&[*byte]))),
            HirKind::Capture(capture) => pending.push(&capture.sub),
            HirKind::Concat(parts) => pending.extend(parts.iter().rev()),
            HirKind::Repetition(repetition) => {
                let one = byte_class(&repetition.sub);
                let fixed = repetition.max == Some(repetition.min);
                match one {
                    Some(set) => {
                        sets.extend(std::iter::repeat_n(set, (repetition.min as usize).min(MAX_TAIL)));
                        if !fixed {
                            pending.push(hir);
                            break;
                        }
                    }
                    None => {
                        pending.push(hir);
                        break;
                    }
                }
            }
            HirKind::Class(_) => match byte_class(hir) {
                Some(set) => sets.push(set),
                None => {
                    pending.push(hir);
                    break;
                }
            },
            HirKind::Alternation(_) => {
                pending.push(hir);
                break;
            }
        }
    }
    if sets.len() < MAX_TAIL
        && let Some(first) = first_of_rest(&pending)
    {
        sets.push(first);
    }
    sets.truncate(MAX_TAIL);
    sets
}

/// The bytes that can come next; none when the match may end here. `pending` is a stack, next part last. The last
/// part may be a repetition whose minimum has been taken already.
fn first_of_rest(pending: &[&Hir]) -> Option<ByteSet> {
    let mut union = ByteSet::default();
    for (depth, hir) in pending.iter().rev().enumerate() {
        let (set, nullable) = first(hir);
        union = union.union(&set);
        let taken = depth == 0 && matches!(hir.kind(), HirKind::Repetition(_));
        if !nullable && !taken {
            return Some(union);
        }
    }
    None
}

/// The first bytes of `hir`'s matches, and whether it matches the empty text.
fn first(hir: &Hir) -> (ByteSet, bool) {
    let nullable = hir.properties().minimum_len() == Some(0);
    let mut set = ByteSet::default();
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => set.insert(literal.0[0], literal.0[0]),
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.iter() {
                if u32::from(range.start()) < 0x80 {
                    set.insert(range.start() as u8, u32::from(range.end()).min(0x7f) as u8);
                }
                if u32::from(range.end()) >= 0x80 {
                    set.insert(0x80, 0xff);
                }
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().for_each(|range| set.insert(range.start(), range.end()))
        }
        HirKind::Capture(capture) => return first(&capture.sub),
        HirKind::Repetition(repetition) => set = first(&repetition.sub).0,
        HirKind::Concat(parts) => {
            for part in parts {
                let (more, nullable) = first(part);
                set = set.union(&more);
                if !nullable {
                    break;
                }
            }
        }
        HirKind::Alternation(parts) => parts.iter().for_each(|part| set = set.union(&first(part).0)),
    }
    (set, nullable)
}
