//! A pack of checked rules as bytes and back, so that what was checked once need not be checked for every commit. Does not
//! know where the bytes are kept, nor whether they are still right.

use std::borrow::Cow;

use super::automaton::Automaton;
use super::kinds::{Argument, Boundary, Checksum, Detector, ScopeKind, Sight, Unit, Validator};
use super::look::{Letter, Look};
use super::pack::Pack;
use super::rule::{ByteSet, Keyword, Link, Near, Pattern, Place, Requirement, Rule, Sample, Step};
use crate::model::{Category, Confidence, Language, RuleId, RuleInfo, Severity};

/// A pack as bytes, for the very program that wrote them.
pub fn freeze(pack: &Pack) -> Vec<u8> {
    let mut out = Vec::new();
    pack.freeze(&mut out);
    out
}

/// The pack that was frozen; none when there is a byte too few or too many, or one that stands for nothing. Its texts are
/// those of `bytes`.
pub fn thaw(bytes: &'static [u8]) -> Option<Pack> {
    let mut input = Input(bytes);
    let pack = Pack::thaw(&mut input)?;
    input.0.is_empty().then_some(pack)
}

/// What is still to be read.
struct Input(&'static [u8]);

impl Input {
    fn take(&mut self, len: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn len(&mut self) -> Option<usize> {
        u32::thaw(self)?.try_into().ok()
    }
}

trait Frozen: Sized {
    fn freeze(&self, out: &mut Vec<u8>);
    fn thaw(input: &mut Input) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Frozen for $number {
            fn freeze(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn thaw(input: &mut Input) -> Option<Self> {
                input.array().map(<$number>::from_le_bytes)
            }
        })+
    };
}

numbers!(u8, u16, u32, u64, f32);

/// Values that stand in a table of names.
macro_rules! words {
    ($($word:ident),+) => {
        $(impl Frozen for $word {
            fn freeze(&self, out: &mut Vec<u8>) {
                out.push(*self as u8);
            }

            fn thaw(input: &mut Input) -> Option<Self> {
                let number = u8::thaw(input)?;
                $word::NAMES.iter().map(|(_, word)| *word).find(|word| *word as u8 == number)
            }
        })+
    };
}

words!(
    Argument, Boundary, Category, Checksum, Confidence, Detector, Language, ScopeKind, Severity, Unit,
    Validator
);

/// Types that are what their fields are; one that gets another field does not compile without it here.
macro_rules! fields {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {
        $(impl Frozen for $type {
            fn freeze(&self, out: &mut Vec<u8>) {
                let $type { $($field),+ } = self;
                $($field.freeze(out);)+
            }

            fn thaw(input: &mut Input) -> Option<Self> {
                Some($type { $($field: Frozen::thaw(input)?),+ })
            }
        })+
    };
}

fields! {
    Pack { rules, automaton, look_start, looks, sets, named }
    Automaton { classes, shift, table, first_hit, out_start, out, max_len }
    Look { rule, keyword, len, before, next, languages, sight, letter }
    Letter { back, byte }
    Rule {
        info, keywords, pattern, detector, boundary, entropy, stop_words, placeholders, checksum, validator, public, samples,
        generic, requires, helper, languages, paths, file_names, scope, unit, all_of, none_of, near, argument, named_by, fix,
        file_requires,
    }
    RuleInfo {
        id, title, pack, category, topic, severity, confidence, blocks_agents, message, remediation, fixable, references, cwe,
        owasp,
    }
    Keyword { bytes, fold, back, tail, places }
    Link { set, must, many }
    Near { lines, any_of, none_of }
    Pattern { source, unicode, max_len, run }
    Place { before, behind }
    Requirement { rule, within_lines }
    Sample { sha256, reason }
    Step { set, count }
}

impl Frozen for bool {
    fn freeze(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        match u8::thaw(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Frozen for usize {
    fn freeze(&self, out: &mut Vec<u8>) {
        (*self as u64).freeze(out);
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        u64::thaw(input)?.try_into().ok()
    }
}

impl Frozen for Sight {
    fn freeze(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        let number = u8::thaw(input)?;
        [Sight::All, Sight::Secrets, Sight::Shapes].into_iter().find(|sight| *sight as u8 == number)
    }
}

impl Frozen for RuleId {
    fn freeze(&self, out: &mut Vec<u8>) {
        Cow::Borrowed(self.as_str()).freeze(out);
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        RuleId::parse(&<Cow<'static, str>>::thaw(input)?)
    }
}

impl Frozen for ByteSet {
    fn freeze(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|part| part.freeze(out));
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        let mut set = ByteSet::default();
        for part in &mut set.0 {
            *part = u64::thaw(input)?;
        }
        Some(set)
    }
}

impl Frozen for [u8; 32] {
    fn freeze(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        input.array()
    }
}

impl Frozen for Cow<'_, [u8; 256]> {
    fn freeze(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self[..]);
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        input.array().map(Cow::Owned)
    }
}

impl Frozen for Cow<'_, str> {
    fn freeze(&self, out: &mut Vec<u8>) {
        (self.len() as u32).freeze(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        let len = input.len()?;
        std::str::from_utf8(input.take(len)?).ok().map(Cow::Borrowed)
    }
}

impl<T: Frozen> Frozen for Option<T> {
    fn freeze(&self, out: &mut Vec<u8>) {
        self.is_some().freeze(out);
        if let Some(value) = self {
            value.freeze(out);
        }
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        if bool::thaw(input)? { T::thaw(input).map(Some) } else { Some(None) }
    }
}

impl<T: Frozen + Clone> Frozen for Cow<'_, [T]> {
    fn freeze(&self, out: &mut Vec<u8>) {
        (self.len() as u32).freeze(out);
        self.iter().for_each(|item| item.freeze(out));
    }

    fn thaw(input: &mut Input) -> Option<Self> {
        let len = input.len()?;
        // Whatever the number says, there are no more items than bytes.
        let mut items = Vec::with_capacity(len.min(input.0.len()));
        for _ in 0..len {
            items.push(T::thaw(input)?);
        }
        Some(Cow::Owned(items))
    }
}
