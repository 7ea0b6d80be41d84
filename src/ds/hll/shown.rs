//! What is remembered of the elements that a HyperLogLog was shown, which its registers do not hold.

use rustc_hash::FxHashSet;

use crate::ds::set::About;

/// The different elements, by 64-bit hashes of another family than the HyperLogLog's own.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    hashes: FxHashSet<u64>,
    about: About,
    /// Whether `about` is only estimated.
    merged: bool,
}

impl Shown {
    /// How many different elements.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether an element with this hash was shown.
    pub fn contains(&self, hash: &u64) -> bool {
        self.hashes.contains(hash)
    }

    /// One more element, with its hash.
    pub fn add(&mut self, hash: u64, element: &[u8]) {
        if self.hashes.insert(hash) {
            self.about.add(element);
        }
    }

    /// What a set of them would take room by, and whether that is known exactly: after a merge it is an average.
    pub fn about(&self) -> (About, bool) {
        (self.about, !self.merged)
    }

    /// All that were shown to either.
    pub fn absorb(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        let both = (self.len() + other.len()).max(1);
        let first = self.is_empty();
        self.hashes.extend(&other.hashes);
        if first {
            (self.about, self.merged) = (other.about, other.merged);
            return;
        }
        let (one, two) = (self.about, other.about);
        // What both were shown is taken to be of average length.
        let mean = |sum: usize| (sum as u128 * self.len() as u128 / both as u128) as usize;
        self.about = About {
            table: mean(one.table + two.table),
            packed: mean(one.packed + two.packed),
            least: one.least.min(two.least),
            most: one.most.max(two.most),
            longest: one.longest.max(two.longest),
            integers: one.integers && two.integers,
        };
        self.merged = true;
    }

    /// How many were shown to either.
    pub fn union_len(&self, other: &Self) -> usize {
        let (few, many) = match self.len() < other.len() {
            true => (self, other),
            false => (other, self),
        };
        let new = few.hashes.iter().filter(|hash| !many.hashes.contains(hash));
        many.len() + new.count()
    }
}
