//! An ordered set that knows ranks: a counted B+tree.
//!
//! Shape: items stand in the leaves, in order, at most [`CAP`] to a leaf. An inner node keeps, for
//! each child, the smallest item under it (`low`), how many items are under it (`count`) and its
//! id. Adding up the counts to the left of the way down gives a rank; taking them off a rank gives
//! the way down to the item. `low` is always an item that is really there, never a left-over
//! separator, so a probe may look behind an item (in a member table, say) for as long as the item
//! is in the set.
//!
//! The set holds plain `Copy` items and does not know their order: each call brings a probe,
//! `FnMut(&T) -> Ordering`, that says how an item of the set stands to the one looked for (as in
//! `slice::binary_search_by`). A probe can count its own calls; the number of calls depends on
//! nothing but the tree. Where an item that is there is looked for, the probe is shown all items that it may
//! yet be, `FnMut(&[T], usize) -> Ordering`: how the one at this position stands to it is then known from
//! where it stands itself, which may cost less than to compare the two.
//!
//! Sources: R. Bayer and E. McCreight, "Organization and maintenance of large ordered indexes"
//! (1972); D. Comer, "The ubiquitous B-tree" (1979), for items in leaves only; D. Knuth, TAOCP 3,
//! 6.2.3, for counts in the nodes.
#![allow(
    clippy::indexing_slicing,
    reason = "ids and positions come from the tree itself; `check` in the tests walks them all"
)]

mod arena;
mod iter;
mod way;

use arena::{Arena, fit, grow, split};
pub use iter::Iter;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::ops::Range;
use std::slice;
pub use way::{Step, Way};

/// Most items in a leaf, and most children of an inner node.
const CAP: usize = 64;
/// Fewest items in a leaf, and fewest children of an inner node, the root excepted.
const MIN: usize = CAP / 4;
/// What [`Ranked::mend`] fills a node up to before it goes below it. Below, a child left with one
/// item by a cut may have to take in another such and two of `MIN`: that is three children less, so
/// the node still holds `MIN` afterwards.
const SAFE: usize = MIN + 4;
/// Two neighbours with no more than this in all become one; with more they share evenly.
const MERGE: usize = CAP * 3 / 4;

/// How many places are sought at once, mostly.
pub const BATCH: usize = 64;

/// An ordered set with order statistics. `rank` is 0-based, smallest item first.
///
/// Every lookup and change is O(log n); walking m items is O(log n + m). At most `u32::MAX` items.
#[derive(Clone, Debug)]
pub struct Ranked<T> {
    leaves: Arena<T>,
    inners: Arena<Child<T>>,
    /// A leaf id when `height` is 0, an inner id otherwise.
    root: u32,
    /// Levels of inner nodes above the leaves.
    height: usize,
    len: usize,
}

/// What an inner node knows of one child: a leaf on the lowest inner level, an inner node above it.
#[derive(Clone, Copy, Debug)]
struct Child<T> {
    low: T,
    count: u32,
    node: u32,
}

/// The way down: an inner node and the position of the child taken, root first.
type Path = SmallVec<[(u32, usize); 8]>;

/// One of several searches: the node that it is in, and among how many items from which on it goes on there.
#[derive(Clone, Copy, Default)]
struct Search {
    node: u32,
    at: usize,
    left: usize,
}

/// Where a way down ended: a leaf, the position in it, and the rank of the leaf's first item.
struct Spot {
    leaf: u32,
    at: usize,
    before: usize,
}

impl<T: Copy> Default for Ranked<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy> Ranked<T> {
    /// An empty set.
    pub fn new() -> Self {
        let mut leaves = Arena::new();
        let root = leaves.put(Vec::new());
        Ranked {
            leaves,
            inners: Arena::new(),
            root,
            height: 0,
            len: 0,
        }
    }

    /// A set of items that the caller has sorted, each once. O(n), without one comparison.
    pub fn from_sorted(items: &[T]) -> Self {
        let mut set = Self::new();
        if items.is_empty() {
            return set;
        }
        let mut level: Vec<Child<T>> = Vec::new();
        set.leaves = Arena::new();
        for part in even_parts(items) {
            level.push(Child {
                low: part[0],
                count: part.len() as u32,
                node: set.leaves.put(part.to_vec()),
            });
        }
        while level.len() > 1 {
            let mut above = Vec::new();
            for part in even_parts(&level) {
                let count = part.iter().map(|child| child.count).sum();
                above.push(Child {
                    low: part[0].low,
                    count,
                    node: set.inners.put(part.to_vec()),
                });
            }
            level = above;
            set.height += 1;
        }
        set.root = level[0].node;
        set.len = items.len();
        set
    }

    /// How many items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The item at `rank`.
    pub fn nth(&self, rank: usize) -> Option<T> {
        if rank >= self.len {
            return None;
        }
        let spot = self.spot_of_rank(rank, |_, _| ());
        Some(self.leaves[spot.leaf][spot.at])
    }

    /// The rank of the item for which `probe` says `Equal`, or the rank it would have.
    pub fn find(&self, mut probe: impl FnMut(&T) -> Ordering) -> Result<usize, usize> {
        self.find_among(|items, at| probe(&items[at]))
    }

    /// The same with a probe that is shown what is left.
    pub fn find_among(
        &self,
        mut probe: impl FnMut(&[T], usize) -> Ordering,
    ) -> Result<usize, usize> {
        let (spot, found) = self.descend(|_, items, at| probe(items, at), |_, _| ());
        let rank = spot.before + spot.at;
        if found { Ok(rank) } else { Err(rank) }
    }

    /// For each that is sought, the last item that is not `past` it (the first one if all are), where `past` holds for a last part of the
    /// set and for nothing before it. All ways go down side by side, a comparison of each after the other, so that they wait for memory
    /// together; what they read is in a cache then.
    pub fn seek_all<S>(
        &self,
        sought: &[S],
        past: impl Fn(&T, &S) -> bool,
    ) -> SmallVec<[Option<T>; BATCH]> {
        let mut ways: SmallVec<[Search; BATCH]> = sought
            .iter()
            .map(|_| Search {
                node: self.root,
                ..Search::default()
            })
            .collect();
        for height in (0..=self.height).rev() {
            for way in &mut ways {
                way.at = 0;
                way.left = match height {
                    0 => self.leaves[way.node].len(),
                    _ => self.inners[way.node].len(),
                };
            }
            for _ in 0..CAP.ilog2() {
                for (way, sought) in ways.iter_mut().zip(sought) {
                    let half = way.left / 2;
                    let middle = way.at + half;
                    let item = match height {
                        0 => self.leaves[way.node].get(middle),
                        _ => self.inners[way.node].get(middle).map(|child| &child.low),
                    };
                    // Which side it is on is chance, which a processor cannot foresee: no branch.
                    way.at += half * usize::from(item.is_some_and(|item| !past(item, sought)));
                    way.left -= half;
                }
            }
            if height > 0 {
                for way in &mut ways {
                    way.node = self.inners[way.node][way.at].node;
                }
            }
        }
        let found = |way: &Search| self.leaves[way.node].get(way.at).copied();
        ways.iter().map(found).collect()
    }

    /// How many items at the start satisfy `pred`, which must hold for a first part of the set and
    /// for nothing after it.
    pub fn partition_point(&self, mut pred: impl FnMut(&T) -> bool) -> usize {
        let side = |item: &T| {
            if pred(item) {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        };
        self.find(side).unwrap_or_else(|rank| rank)
    }

    /// Adds `item` where `probe` (about that same item) says it belongs: `Ok` with its rank, or, if
    /// an equal one is there already, `Err` with that one's rank and no change.
    pub fn insert(
        &mut self,
        item: T,
        mut probe: impl FnMut(&T) -> Ordering,
    ) -> Result<usize, usize> {
        let mut path = Path::new();
        let (spot, found) = self.descend(
            |_, items, at| probe(&items[at]),
            |node, i| path.push((node, i)),
        );
        let rank = spot.before + spot.at;
        if found {
            return Err(rank);
        }
        let last = rank == self.len;
        self.len += 1;
        let leaf = &mut self.leaves[spot.leaf];
        grow(leaf);
        leaf.insert(spot.at, item);
        let mut new = None;
        if leaf.len() > CAP {
            // A set filled from one end gets full leaves behind that end, not half-empty ones.
            let at = if last {
                CAP + 1 - MIN
            } else if rank == 0 {
                MIN
            } else {
                leaf.len() / 2
            };
            let right = split(leaf, at);
            new = Some(Child {
                low: right[0],
                count: right.len() as u32,
                node: self.leaves.put(right),
            });
        }
        for &(node, i) in path.iter().rev() {
            let children = &mut self.inners[node];
            children[i].count += 1;
            // Position 0 of a leaf is taken only by a new smallest item of the whole set.
            if spot.at == 0 {
                children[i].low = item;
            }
            if let Some(right) = new.take() {
                children[i].count -= right.count;
                grow(children);
                children.insert(i + 1, right);
                if children.len() > CAP {
                    let at = children.len() / 2;
                    let right = split(children, at);
                    let count = right.iter().map(|child| child.count).sum();
                    new = Some(Child {
                        low: right[0].low,
                        count,
                        node: self.inners.put(right),
                    });
                }
            }
        }
        if let Some(right) = new {
            let left = Child {
                low: self.low(self.root, self.height),
                count: self.len as u32 - right.count,
                node: self.root,
            };
            self.root = self.inners.put(vec![left, right]);
            self.height += 1;
        }
        Ok(rank)
    }

    /// Takes out the item for which `probe` says `Equal`, and tells the rank it had.
    pub fn remove(&mut self, mut probe: impl FnMut(&T) -> Ordering) -> Option<(usize, T)> {
        self.remove_among(|items, at| probe(&items[at]))
    }

    /// The same with a probe that is shown what is left.
    pub fn remove_among(
        &mut self,
        mut probe: impl FnMut(&[T], usize) -> Ordering,
    ) -> Option<(usize, T)> {
        let mut path = Path::new();
        let (spot, found) = self.descend(
            |_, items, at| probe(items, at),
            |node, i| path.push((node, i)),
        );
        found.then(|| (spot.before + spot.at, self.take(&path, &spot)))
    }

    /// Takes out the item at `rank`.
    pub fn remove_at(&mut self, rank: usize) -> Option<T> {
        if rank >= self.len {
            return None;
        }
        let mut path = Path::new();
        let spot = self.spot_of_rank(rank, |node, i| path.push((node, i)));
        Some(self.take(&path, &spot))
    }

    /// Takes out the items at these ranks (those there are) and hands each to `gone`, smallest
    /// first. O(log n + m).
    pub fn remove_range(&mut self, ranks: Range<usize>, mut gone: impl FnMut(T)) {
        let (start, end) = (ranks.start, ranks.end.min(self.len));
        if start >= end {
            return;
        }
        if end - start == self.len {
            self.release(self.root, self.height, &mut gone);
            *self = Self::new();
            return;
        }
        self.cut(self.root, self.height, start..end, &mut gone);
        self.len -= end - start;
        // Only nodes that hold an item next to the cut can be too small.
        if start > 0 {
            self.mend(start - 1);
        }
        if start < self.len {
            self.mend(start);
        }
    }

    /// The items at these ranks (those there are), smallest first.
    pub fn range(&self, ranks: Range<usize>) -> Iter<'_, T> {
        Iter::new(self, ranks, false)
    }

    /// The items at these ranks (those there are), largest first.
    pub fn range_rev(&self, ranks: Range<usize>) -> Iter<'_, T> {
        Iter::new(self, ranks, true)
    }

    /// Bytes on the heap, allocator's own aside. Looks at each node: O(n / 40).
    pub fn memory_bytes(&self) -> usize {
        self.leaves.memory_bytes() + self.inners.memory_bytes()
    }

    /// The way to where `probe` leads: a child's `low` compared at each halving, by itself, then the leaf's
    /// own items, among those that are left. The probe is told first where in its node the item stands.
    fn descend(
        &self,
        mut probe: impl FnMut(usize, &[T], usize) -> Ordering,
        mut step: impl FnMut(u32, usize),
    ) -> (Spot, bool) {
        let mut probe = |in_node: usize, items: &[T], at: usize| {
            super::work::compared();
            probe(in_node, items, at)
        };
        let (mut node, mut before) = (self.root, 0);
        for _ in 0..self.height {
            let children = &self.inners[node];
            // The last child whose low is not past the probe; the first child if all are.
            let (mut low, mut high) = (1, children.len());
            while low < high {
                let middle = (low + high) / 2;
                let low_item = slice::from_ref(&children[middle].low);
                if probe(middle, low_item, 0) == Ordering::Greater {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            let i = low - 1;
            before += children[..i]
                .iter()
                .map(|child| child.count as usize)
                .sum::<usize>();
            step(node, i);
            node = children[i].node;
        }
        let items = &self.leaves[node];
        let (mut low, mut high) = (0, items.len());
        while low < high {
            let middle = (low + high) / 2;
            match probe(middle, &items[low..high], middle - low) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => {
                    return (
                        Spot {
                            leaf: node,
                            at: middle,
                            before,
                        },
                        true,
                    );
                }
                Ordering::Greater => high = middle,
            }
        }
        (
            Spot {
                leaf: node,
                at: low,
                before,
            },
            false,
        )
    }

    /// The way to the item at `rank`, which is less than `len`.
    fn spot_of_rank(&self, rank: usize, mut step: impl FnMut(u32, usize)) -> Spot {
        let (mut node, mut at) = (self.root, rank);
        for _ in 0..self.height {
            let (i, rest) = child_at(&self.inners[node], at);
            step(node, i);
            (node, at) = (self.inners[node][i].node, rest);
        }
        Spot {
            leaf: node,
            at,
            before: rank - at,
        }
    }

    /// The smallest item under a node.
    fn low(&self, node: u32, height: usize) -> T {
        if height == 0 {
            self.leaves[node][0]
        } else {
            self.inners[node][0].low
        }
    }

    /// Takes one item out, sets counts and lows right on the way up, and mends the leaf if it got
    /// too small.
    fn take(&mut self, path: &Path, spot: &Spot) -> T {
        let leaf = &mut self.leaves[spot.leaf];
        let item = leaf.remove(spot.at);
        fit(leaf);
        let small = leaf.len() < MIN;
        let mut low = if spot.at == 0 {
            leaf.first().copied()
        } else {
            None
        };
        self.len -= 1;
        for &(node, i) in path.iter().rev() {
            let child = &mut self.inners[node][i];
            child.count -= 1;
            if let Some(item) = low {
                child.low = item;
            }
            if i > 0 {
                low = None;
            }
        }
        if small && self.height > 0 {
            self.mend(spot.before);
        }
        item
    }

    /// Takes out a part, but not all, of what is under a node. Leaves nodes too small, and inner
    /// nodes with one child, behind.
    fn cut(&mut self, node: u32, height: usize, part: Range<usize>, gone: &mut impl FnMut(T)) {
        if height == 0 {
            let leaf = &mut self.leaves[node];
            leaf.drain(part).for_each(gone);
            fit(leaf);
            return;
        }
        let mut whole = 0..0;
        let mut before = 0;
        for i in 0..self.inners[node].len() {
            let Child {
                count, node: child, ..
            } = self.inners[node][i];
            let count = count as usize;
            let start = part.start.saturating_sub(before).min(count);
            let end = part.end.saturating_sub(before).min(count);
            before += count;
            if start == end {
                continue;
            }
            if end - start == count {
                self.release(child, height - 1, gone);
                if whole.is_empty() {
                    whole.start = i;
                }
                whole.end = i + 1;
            } else {
                self.cut(child, height - 1, start..end, gone);
                let low = self.low(child, height - 1);
                self.inners[node][i] = Child {
                    low,
                    count: (count - (end - start)) as u32,
                    node: child,
                };
            }
        }
        let children = &mut self.inners[node];
        children.drain(whole);
        fit(children);
    }

    /// Frees a node and all under it, handing over its items in order.
    fn release(&mut self, node: u32, height: usize, gone: &mut impl FnMut(T)) {
        if height == 0 {
            self.leaves.take(node).into_iter().for_each(gone);
        } else {
            for child in self.inners.take(node) {
                self.release(child.node, height - 1, gone);
            }
        }
    }

    /// Brings every node on the way to `rank` back to at least `MIN`, from the root down: each is
    /// filled up from its neighbours to `SAFE` before the nodes below it are, for merging those
    /// takes children away from it.
    fn mend(&mut self, rank: usize) {
        let (mut node, mut at) = (self.root, rank);
        for height in (0..self.height).rev() {
            let (mut i, mut rest) = child_at(&self.inners[node], at);
            while self.fill(self.inners[node][i].node, height) < SAFE && self.inners[node].len() > 1
            {
                self.join(node, if i == 0 { 0 } else { i - 1 }, height);
                (i, rest) = child_at(&self.inners[node], at);
            }
            (node, at) = (self.inners[node][i].node, rest);
        }
        while self.height > 0 && self.inners[self.root].len() == 1 {
            let only = self.inners.take(self.root)[0];
            self.root = only.node;
            self.height -= 1;
        }
    }

    /// How many items or children a node has itself.
    fn fill(&self, node: u32, height: usize) -> usize {
        if height == 0 {
            self.leaves[node].len()
        } else {
            self.inners[node].len()
        }
    }

    /// Makes one of the children `i` and `i + 1` (of the given height), or shares their content
    /// evenly if that is too much for one.
    fn join(&mut self, parent: u32, i: usize, height: usize) {
        let (left, right) = (self.inners[parent][i].node, self.inners[parent][i + 1].node);
        let merged = if height == 0 {
            self.leaves.even(left, right)
        } else {
            self.inners.even(left, right)
        };
        let counted = |inners: &Arena<Child<T>>, leaves: &Arena<T>, node| {
            if height == 0 {
                leaves[node].len() as u32
            } else {
                inners[node].iter().map(|child| child.count).sum()
            }
        };
        self.inners[parent][i].count = counted(&self.inners, &self.leaves, left);
        if merged {
            self.inners[parent].remove(i + 1);
        } else {
            let low = self.low(right, height);
            let count = counted(&self.inners, &self.leaves, right);
            self.inners[parent][i + 1] = Child {
                low,
                count,
                node: right,
            };
        }
    }
}

/// Which child holds the `at`th item under a node, and the place of that item under the child. At
/// most `CAP` steps.
fn child_at<T>(children: &[Child<T>], mut at: usize) -> (usize, usize) {
    let last = children.len() - 1;
    for (i, child) in children[..last].iter().enumerate() {
        let count = child.count as usize;
        if at < count {
            return (i, at);
        }
        at -= count;
    }
    (last, at)
}

/// Cuts a slice into parts of nearly equal length, none above `MERGE` and, if there are several,
/// none below half of it.
fn even_parts<X>(all: &[X]) -> impl Iterator<Item = &[X]> {
    let parts = all.len().div_ceil(MERGE);
    (0..parts).map(move |i| &all[i * all.len() / parts..(i + 1) * all.len() / parts])
}

#[cfg(test)]
mod tests;
