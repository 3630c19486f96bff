//! Shows how far a scan is, on a terminal where somebody sits; nothing of it goes anywhere else.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scan::Outcome;

/// A scan shorter than that needs no bar.
const REDRAW_PER_SECOND: u8 = 10;
/// How often the time that is left is reckoned anew when nothing comes.
const TICK: Duration = Duration::from_millis(200);
/// Objects between two looks at the bar; each costs a lock.
const STEP: u64 = 64;

/// A bar on standard error.
pub struct Progress {
    /// Whether somebody sits there.
    seen: bool,
    bar: ProgressBar,
    bytes: AtomicU64,
    objects: AtomicU64,
}

impl Progress {
    /// Begins to show how many of `entries` are done; a service that builds and tests is nobody.
    pub fn start(entries: usize) -> Progress {
        let seen = stderr().is_terminal() && std::env::var_os("CI").is_none();
        let target = if seen {
            ProgressDrawTarget::stderr_with_hz(REDRAW_PER_SECOND)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(entries as u64), target);
        let style = ProgressStyle::with_template("{bar:24} {pos} of {len} objects, {msg}, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        if seen {
            bar.enable_steady_tick(TICK);
        }
        Progress { seen, bar, bytes: AtomicU64::new(0), objects: AtomicU64::new(0) }
    }

    /// Counts an entry.
    pub fn note(&self, outcome: &Outcome) {
        // To count together costs threads something.
        if !self.seen {
            return;
        }
        let bytes = match outcome {
            Outcome::Scanned { bytes, .. } => *bytes,
            Outcome::Skipped(_) | Outcome::Unread(_) => 0,
        };
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let objects = self.objects.fetch_add(1, Ordering::Relaxed) + 1;
        if objects.is_multiple_of(STEP) {
            self.bar.set_position(objects);
            self.bar.set_message(HumanBytes(bytes).to_string());
        }
    }

    /// Leaves the line as it was.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
