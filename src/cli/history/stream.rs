//! Writes what a scan sees while it goes on, one line of JSON for each new thing; the report has the last word.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::cli::Output;
use crate::model::{Judged, Receipt, Report};
use crate::report::{Shown, seen_line};
use crate::scan::Outcome;
use crate::sightings::Key;

/// Lines about what is seen for the first time.
pub struct Stream {
    output: Output,
    seen: Mutex<Seen>,
}

/// What was written, and everything that no line may show.
struct Seen {
    keys: HashSet<Key>,
    judged: Vec<Judged>,
}

impl Stream {
    /// Nothing has been seen.
    pub fn new(output: Output) -> Stream {
        let seen = Seen { keys: HashSet::new(), judged: Vec::new() };
        Stream { output, seen: Mutex::new(seen) }
    }

    /// Writes what is new in an outcome. Who does not want to hear it any more is told so by the report.
    pub fn note(&self, outcome: &Outcome) {
        let judged = match outcome {
            Outcome::Scanned { judged, .. } if !judged.is_empty() => judged,
            Outcome::Scanned { .. } | Outcome::Skipped(_) | Outcome::Unread(_) => return,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = seen.judged.len();
        for judged in judged {
            if seen.keys.insert(Key::of(judged)) {
                seen.judged.push(judged.clone());
            }
        }
        if seen.judged.len() == first {
            return;
        }
        let report = Report { findings: std::mem::take(&mut seen.judged), receipt: Receipt::default() };
        let shown = Shown::new(&report);
        let _ = self.output.write(|out| {
            report.findings[first..].iter().try_for_each(|judged| seen_line(judged, &shown, out))
        });
        seen.judged = report.findings;
    }
}
