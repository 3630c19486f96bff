//! Draws random matches of a pattern's secret from the pattern itself; knows no provider and no engine.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A small generator of numbers: the same seed gives the same tokens on every machine.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Draw(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }

    /// Something that `hir` matches. A repetition without end is drawn up to twenty-four times more than it must.
    pub fn sample(&mut self, hir: &Hir) -> Vec<u8> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Vec::new(),
            HirKind::Literal(literal) => literal.0.to_vec(),
            HirKind::Class(class) => {
                let members = members(class);
                vec![members[self.below(members.len())]]
            }
            HirKind::Repetition(repetition) => {
                let least = repetition.min as usize;
                let most = repetition.max.map_or(least + 24, |max| (max as usize).min(least + 24));
                (0..least + self.below(most - least + 1)).flat_map(|_| self.sample(&repetition.sub)).collect()
            }
            HirKind::Capture(group) => self.sample(&group.sub),
            HirKind::Concat(parts) => parts.iter().flat_map(|part| self.sample(part)).collect(),
            HirKind::Alternation(parts) => {
                let chosen = self.below(parts.len());
                self.sample(&parts[chosen])
            }
        }
    }
}

/// The printable bytes of a class.
fn members(class: &Class) -> Vec<u8> {
    let holds = |byte: u8| match class {
        Class::Bytes(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
        Class::Unicode(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte)))
        }
    };
    (b'!'..=b'~').filter(|byte| holds(*byte)).collect()
}

/// The group `secret` of a pattern in which nothing else stands but what may not touch it; none where the pattern
/// asks for a name, a host or another neighbour.
pub fn context_free(pattern: &str) -> Option<Hir> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    let parts: &[Hir] = match parsed.kind() {
        HirKind::Concat(parts) => parts,
        _ => std::slice::from_ref(&parsed),
    };
    let (secrets, others): (Vec<&Hir>, Vec<&Hir>) = parts.iter().partition(|part| is_secret(part));
    let alone = secrets.len() == 1 && others.iter().all(|other| is_boundary(other));
    alone.then(|| secrets[0].clone())
}

fn is_secret(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Capture(group) if group.name.as_deref() == Some("secret"))
}

/// `^`, `$`, and one byte of a class that a line's end belongs to.
fn is_boundary(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(_) => true,
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b'\n'))
        }
        HirKind::Alternation(parts) => parts.iter().all(is_boundary),
        _ => false,
    }
}
