//! Counts values in a content and in everything that is encoded or packed in it, so that one can tell what is new.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::{Budget, DEEPEST, derive};
use crate::model::{RepoPath, Span};

/// Where each of the searched values stands in `content`, in clear or encoded: the value's number and the bytes.
pub fn occurrences(path: &RepoPath, content: &[u8], values: &AhoCorasick) -> BTreeSet<(usize, Span)> {
    let mut budget = Budget::for_content(content.len());
    let mut found = BTreeSet::new();
    collect(path, content, values, (&mut budget, 0), &mut found);
    found
}

fn collect(
    path: &RepoPath,
    content: &[u8],
    values: &AhoCorasick,
    (budget, depth): (&mut Budget, usize),
    acc: &mut BTreeSet<(usize, Span)>,
) {
    for found in values.find_overlapping_iter(content) {
        acc.insert((found.pattern().as_usize(), Span::new(found.start(), found.end())));
    }
    if depth == DEEPEST {
        return;
    }
    for derived in derive(path, content, budget) {
        let mut inner = BTreeSet::new();
        let path = derived.file.as_ref().unwrap_or(path);
        collect(path, &derived.text, values, (budget, depth + 1), &mut inner);
        acc.extend(inner.into_iter().map(|(value, span)| (value, derived.source(span))));
    }
}
