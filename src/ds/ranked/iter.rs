//! Walking from one rank on.

use super::{Child, Ranked};
use smallvec::SmallVec;
use std::ops::Range;
use std::slice;

/// Items from one rank on, in order or in reverse; made by [`Ranked::range`] and
/// [`Ranked::range_rev`].
#[derive(Clone, Debug)]
pub struct Iter<'a, T> {
    set: &'a Ranked<T>,
    /// The children not yet visited on each inner level, root first.
    path: SmallVec<[slice::Iter<'a, Child<T>>; 4]>,
    leaf: slice::Iter<'a, T>,
    left: usize,
    reverse: bool,
}

impl<'a, T: Copy> Iter<'a, T> {
    pub(super) fn new(set: &'a Ranked<T>, ranks: Range<usize>, reverse: bool) -> Self {
        let (start, end) = (ranks.start, ranks.end.min(set.len));
        let left = end.saturating_sub(start);
        let mut iter = Iter {
            set,
            path: SmallVec::new(),
            leaf: [].iter(),
            left,
            reverse,
        };
        if left > 0 {
            let spot = set.spot_of_rank(if reverse { end - 1 } else { start }, |node, i| {
                let children = &set.inners[node];
                iter.path.push(if reverse {
                    children[..i].iter()
                } else {
                    children[i + 1..].iter()
                });
            });
            let items = &set.leaves[spot.leaf];
            iter.leaf = if reverse {
                items[..=spot.at].iter()
            } else {
                items[spot.at..].iter()
            };
        }
        iter
    }

    /// Goes up to the nearest node with a child left, then down to that child's nearest leaf.
    fn next_leaf(&mut self) -> Option<()> {
        let mut level = self.path.len();
        let mut child = loop {
            level = level.checked_sub(1)?;
            if let Some(child) = step(&mut self.path[level], self.reverse) {
                break child;
            }
        };
        while level + 1 < self.path.len() {
            level += 1;
            self.path[level] = self.set.inners[child.node].iter();
            child = step(&mut self.path[level], self.reverse)?;
        }
        self.leaf = self.set.leaves[child.node].iter();
        Some(())
    }
}

fn step<'a, X>(iter: &mut slice::Iter<'a, X>, reverse: bool) -> Option<&'a X> {
    if reverse {
        iter.next_back()
    } else {
        iter.next()
    }
}

impl<T: Copy> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        loop {
            if let Some(item) = step(&mut self.leaf, self.reverse) {
                return Some(*item);
            }
            self.next_leaf()?;
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Copy> ExactSizeIterator for Iter<'_, T> {}
