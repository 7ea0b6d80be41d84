//! What the keys of a database count for, while memory is limited: kept by the keys that change.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::db::{Db, Entry};
use crate::ds::bytes::Bytes;

/// With so many changed keys, they are counted at once.
const CHANGED_MAX: usize = 4096;

/// The sum of what all keys count for, without those that changed since.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    total: u64,
    changed: Vec<Bytes>,
    /// The keys that have a deadline, so that some of them can be picked.
    volatile: IndexSet<Bytes, FxBuildHasher>,
}

impl Tally {
    /// A key is about to change. True once there are many: they are to be counted then.
    pub(super) fn note(&mut self, key: &[u8]) -> bool {
        if self
            .changed
            .last()
            .is_none_or(|last| last.as_slice() != key)
        {
            self.changed.push(Bytes::from_slice(key));
        }
        self.changed.len() >= CHANGED_MAX
    }

    /// A key went that counted for so much.
    pub(super) fn gone(&mut self, key: &[u8], counted: u32) {
        self.total -= u64::from(counted);
        self.volatile.swap_remove(key);
    }
}

impl Db {
    /// Begins to count, in one walk, or to count no longer.
    pub(super) fn count(&mut self, on: bool) {
        self.tally = on.then(|| {
            let mut tally = Tally::default();
            for (key, entry) in self.entries_mut() {
                entry.counted = 0;
                tally.count(key, entry);
            }
            Box::new(tally)
        });
    }

    /// Counts the keys that changed.
    pub(super) fn count_changed(&mut self) {
        let Some(mut tally) = self.tally.take() else {
            return;
        };
        let mut changed = std::mem::take(&mut tally.changed);
        for key in changed.drain(..) {
            match self.uncounted(&key) {
                Some(entry) => tally.count(&key, entry),
                None => {
                    tally.volatile.swap_remove(&key);
                }
            }
        }
        tally.changed = changed;
        self.tally = Some(tally);
    }

    /// What all keys count for, once [what changed was counted](Self::count_changed); O(keys) where no tally is kept.
    pub(super) fn counts(&self) -> u64 {
        match &self.tally {
            Some(tally) => tally.total,
            None => self
                .iter()
                .map(|(key, entry)| entry.counts(key) as u64)
                .sum(),
        }
    }

    /// How many keys may be let go: all, or only those with a deadline.
    pub(super) fn candidates(&self, volatile: bool) -> usize {
        match &self.tally {
            Some(tally) if volatile => tally.volatile.len(),
            _ => self.len(),
        }
    }

    /// One of the keys that may be let go.
    pub(super) fn candidate(&self, volatile: bool, at: usize) -> Option<(&Bytes, &Entry)> {
        match &self.tally {
            Some(tally) if volatile => {
                let key = tally.volatile.get_index(at)?;
                Some((key, self.entry(key)?))
            }
            _ => self.at(at),
        }
    }
}

impl Tally {
    fn count(&mut self, key: &[u8], entry: &mut Entry) {
        let now = u32::try_from(entry.counts(key)).unwrap_or(u32::MAX);
        self.total = self.total - u64::from(entry.counted) + u64::from(now);
        entry.counted = now;
        match entry.deadline() {
            Some(_) => self.volatile.insert(Bytes::from_slice(key)),
            None => self.volatile.swap_remove(key),
        };
    }
}
