//! Counts the comparisons that ordered structures make, for whoever wants to know what a command cost.
//!
//! One count for each thread; it only grows, and nothing depends on it.

use std::cell::Cell;

thread_local! {
    static COMPARISONS: Cell<u64> = const { Cell::new(0) };
}

/// The order was asked which of two comes first.
pub(super) fn compared() {
    COMPARISONS.set(COMPARISONS.get().wrapping_add(1));
}

/// How many comparisons this thread has made.
pub fn comparisons() -> u64 {
    COMPARISONS.get()
}
