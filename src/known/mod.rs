//! The values of secret files that git does not track, found wherever they are copied to, whatever they look like.
//!
//! Knows files and bytes; does not know git, rules, or what becomes of a hit.

mod common;
mod find;
mod format;
mod forms;
mod glue;
mod names;
mod needles;
mod place;
mod read;
mod worth;

use std::path::Path;

use zeroize::Zeroizing;

use crate::model::Skipped;

pub use find::Hit;
pub use forms::Form;
pub use place::{Candidate, Usual, candidates, in_home};

/// Values beyond this number are not looked for; no person has so many.
const MOST_VALUES: usize = 2000;

/// Why a value is looked for, which decides where it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Letters only: an ordinary word could be the same, so it counts where a value stands, not in a sentence.
    Word,
    /// A person made it up: it counts where nothing continues it.
    Chosen,
    /// A machine drew it: it counts wherever it stands.
    Drawn,
}

/// A value and where it is kept. Redacts itself: there is no `Debug`, and the bytes are wiped.
struct Value {
    name: String,
    file: String,
    worth: Worth,
    bytes: Zeroizing<Vec<u8>>,
}

/// The values that are looked for.
pub struct Known {
    values: Vec<Value>,
    needles: needles::Needles,
}

impl Known {
    /// Reads the values of `files`, and what is said about files that could not be read. None when there is nothing to
    /// look for. `top` is the folder that nothing is read outside of.
    pub fn read(top: &Path, files: &[Candidate]) -> (Option<Known>, Vec<Skipped>) {
        let mut skipped = Vec::new();
        let mut texts = Vec::new();
        for file in files {
            match read::read(top, &file.path) {
                Ok(text) => texts.push((file, text)),
                Err(why) => skipped.push(file.skipped(why)),
            }
        }
        (Known::of(texts.iter().map(|(file, text)| (*file, text.as_slice()))), skipped)
    }

    /// Takes the values of one file as if it stood at `path`: for examples of rules.
    pub fn of_text(path: &str, text: &[u8]) -> Option<Known> {
        let file = Candidate::at(Path::new(path))?;
        Known::of(std::iter::once((&file, text)))
    }

    fn of<'t>(files: impl Iterator<Item = (&'t Candidate, &'t [u8])>) -> Option<Known> {
        let mut values: Vec<Value> = Vec::new();
        let mut shared = Vec::new();
        for (file, text) in files {
            let pairs = format::read(file.format, text);
            if file.is_template {
                shared.extend(pairs.into_iter().map(|pair| pair.value));
                continue;
            }
            let dull = common::dull(&pairs);
            for (name, bytes, worth) in pairs.iter().flat_map(worth::values) {
                if !dull.contains(&bytes) {
                    values.push(Value { name, file: file.shown.clone(), worth, bytes });
                }
            }
        }
        values.retain(|value| !shared.contains(&value.bytes));
        // Of equal values the first one read speaks: the nearest to the top.
        values.sort_by(|a, b| a.bytes.cmp(&b.bytes));
        values.dedup_by(|again, first| again.bytes == first.bytes);
        values.truncate(MOST_VALUES);
        (!values.is_empty()).then(|| Known { needles: needles::Needles::new(&values), values })
    }

    /// How many values are looked for.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True when there is nothing to look for, which `read` never returns.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Where a value stands, in words for people: its name and its file, never itself.
    pub fn describe(&self, hit: &Hit) -> String {
        let Value { name, file, .. } = &self.values[hit.value];
        format!("the value of `{name}` from {file}{}", hit.form.words())
    }

    /// Why the value of a hit is looked for.
    pub fn worth(&self, hit: &Hit) -> Worth {
        self.values[hit.value].worth
    }

    /// The value of a hit in clear: for asking whether it was committed before, never for output.
    pub fn expose(&self, hit: &Hit) -> &[u8] {
        &self.values[hit.value].bytes
    }
}

#[cfg(test)]
mod tests;
