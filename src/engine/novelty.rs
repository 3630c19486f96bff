//! Which matches are new: not in any parent's version of the file. Works on whole versions, never on a textual diff.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use imara_diff::{Algorithm, Diff, InternedInput};
use memchr::memmem;

use super::{Basis, Match};
use crate::decode;
use crate::model::{RepoPath, Span};

/// One earlier version of the content, compared with the new one.
pub struct Before<'c> {
    old: &'c [u8],
    new: &'c [u8],
    /// For each line of the new version whether it was added.
    added: Vec<bool>,
    /// Where the lines of the new version begin.
    starts: Vec<usize>,
    /// How often each decoded value stands in the old version and in the new one.
    encoded: HashMap<Vec<u8>, (usize, usize)>,
}

/// Secrets that do not stand in a content in clear, to be counted in its versions.
pub struct Values {
    values: Vec<Vec<u8>>,
    automaton: AhoCorasick,
}

impl Values {
    /// Those of `matches`; none when there are none.
    pub fn encoded_in(matches: &[Match]) -> Option<Self> {
        let value = |found: &Match| match &found.basis {
            Basis::Encoded(encoded) => Some(encoded.value.expose().to_vec()),
            Basis::Text | Basis::Name(_) => None,
        };
        let mut values: Vec<Vec<u8>> = matches.iter().filter_map(value).collect();
        values.sort();
        values.dedup();
        // More values than an automaton can hold (2 GB) cannot be counted: then all of them are new.
        let automaton = AhoCorasick::new(&values).ok().filter(|_| !values.is_empty())?;
        Some(Values { values, automaton })
    }

    /// How often each value stands in `content`, in clear or encoded.
    pub fn count(&self, path: &RepoPath, content: &[u8]) -> Vec<usize> {
        let mut counts = vec![0; self.values.len()];
        decode::occurrences(path, content, &self.automaton)
            .into_iter()
            .for_each(|(value, _)| counts[value] += 1);
        counts
    }
}

impl<'c> Before<'c> {
    /// Compares two versions. A line is added when a line diff says so and the line stands more often in the new
    /// version: what was only moved is not new.
    pub fn compare(old: &'c [u8], new: &'c [u8]) -> Self {
        let input = InternedInput::new(old, new);
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_no_heuristic(&input);
        let mut balance: HashMap<_, isize> = HashMap::new();
        input.after.iter().for_each(|line| *balance.entry(*line).or_default() += 1);
        input.before.iter().for_each(|line| *balance.entry(*line).or_default() -= 1);
        let added =
            |idx: usize, line| diff.is_added(idx as u32) && balance.get(line).is_some_and(|more| *more > 0);
        let added = input.after.iter().enumerate().map(|(idx, line)| added(idx, line)).collect();
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', new).map(|at| at + 1)).collect();
        Before { old, new, added, starts, encoded: HashMap::new() }
    }

    /// Counts `values` in the old version; `new` are their counts in the new one.
    pub fn count(&mut self, path: &RepoPath, values: &Values, new: &[usize]) {
        let counts = values.count(path, self.old).into_iter().zip(new.iter().copied());
        self.encoded = values.values.iter().cloned().zip(counts).collect();
    }

    /// True when `found` is new against this version: a secret that occurs more often and touches an added line (or
    /// is not there at all), a statement that meets an added line.
    fn is_new(&self, found: &Match) -> bool {
        match &found.basis {
            Basis::Text => {}
            Basis::Encoded(encoded) => {
                let (old, new) = self.encoded.get(encoded.value.expose()).copied().unwrap_or((0, 1));
                return old == 0 || new > old && self.meets_added_line(found.span);
            }
            // The name is as old as the earlier version.
            Basis::Name(_) => return false,
        }
        if !found.secret {
            return self.meets_added_line(found.extent);
        }
        // A pair is new when either half is: a new id makes a key of an old value.
        self.is_new_secret(found.span) || found.partners.iter().any(|partner| self.is_new_secret(*partner))
    }

    fn is_new_secret(&self, span: Span) -> bool {
        let secret = span.of(self.new);
        let old_count = memmem::find_iter(self.old, secret).count();
        if old_count == 0 {
            return true;
        }
        memmem::find_iter(self.new, secret).count() > old_count && self.meets_added_line(span)
    }

    /// True when a line of `extent` that is not blank was added.
    fn meets_added_line(&self, extent: Span) -> bool {
        let first = self.starts.partition_point(|start| *start <= extent.start) - 1;
        let last = self.starts.partition_point(|start| *start < extent.end.max(extent.start + 1)) - 1;
        (first..=last).any(|idx| {
            let end = self.starts.get(idx + 1).copied().unwrap_or(self.new.len());
            let blank = self.new[self.starts[idx]..end].iter().all(u8::is_ascii_whitespace);
            !blank && self.added.get(idx).copied().unwrap_or(false)
        })
    }
}

/// True when `found` is new against every earlier version; with none, everything is new.
pub fn is_new(found: &Match, versions: &[Before<'_>]) -> bool {
    versions.iter().all(|before| before.is_new(found))
}

#[cfg(test)]
mod tests {
    use super::{Before, is_new};
    use crate::engine::{Basis, Match, Proof};
    use crate::model::Span;

    /// Which occurrences of `MARK` (a secret) or of lines with `mark` (code) are new, as 1-based lines.
    #[track_caller]
    fn check(new: &str, olds: &[&str], secrets: &[usize], code: &[usize]) {
        let versions: Vec<_> =
            olds.iter().map(|old| Before::compare(old.as_bytes(), new.as_bytes())).collect();
        let lines = |word: &str, secret: bool| -> Vec<usize> {
            let found = new.match_indices(word).filter(|(at, _)| {
                let span = Span::new(*at, at + word.len());
                is_new(
                    &Match {
                        pack: 0,
                        rule: 0,
                        span,
                        secret,
                        extent: span,
                        proof: Proof::Plain,
                        remark: None,
                        basis: Basis::Text,
                        partners: Vec::new(),
                    },
                    &versions,
                )
            });
            found.map(|(at, _)| new[..at].matches('\n').count() + 1).collect()
        };
        assert_eq!((lines("MARK", true), lines("mark", false)), (secrets.to_vec(), code.to_vec()));
    }

    #[test]
    fn what_was_there_before_is_not_new() {
        check("a MARK\nb mark\n", &[], &[1], &[2]);
        check("a MARK\nb mark\n", &["a MARK\nb mark\n"], &[], &[]);
        check("x\na MARK\nb mark\n", &["a MARK\nb mark\n"], &[], &[]);
        check("a MARK\n", &["a\n"], &[1], &[]);
    }

    #[test]
    fn moved_lines_are_not_new_and_copies_are() {
        check("y\nb mark\na MARK\nx\n", &["a MARK\nb mark\nx\ny\n"], &[], &[]);
        check("a MARK\nb mark\nx\na MARK\nb mark\n", &["a MARK\nb mark\nx\n"], &[4], &[5]);
    }

    #[test]
    fn an_edited_line_is_new_code_but_its_old_secret_is_not_a_new_secret() {
        check("aa MARK\nbb mark\n", &["a MARK\nb mark\n"], &[], &[2]);
    }

    #[test]
    fn a_merge_is_judged_against_every_parent() {
        check("ours\na MARK\nb mark\n", &["ours\n", "a MARK\nb mark\n"], &[], &[]);
        check("ours\na MARK\n", &["ours\n", "theirs\n"], &[2], &[]);
    }
}
