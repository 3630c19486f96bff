//! Counts, in tests, the bytes that are given to what looks at them closely: patterns, conditions, detectors, decoders.
//! Knows none of them.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes are about to be looked at.
#[inline(always)]
#[cfg_attr(not(test), expect(unused_variables, reason = "a program that nobody tests counts nothing"))]
pub fn count(bytes: usize) {
    #[cfg(test)]
    BYTES.set(BYTES.get() + bytes);
}

/// How many bytes were looked at on this thread.
#[cfg(test)]
pub fn counted() -> usize {
    BYTES.get()
}
