//! The way that a search takes down the tree, for who wants to see it: the search itself, written down.

use super::{Ranked, child_at};
use std::cell::RefCell;
use std::cmp::Ordering;

/// A way from the root to a leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Way<T> {
    /// The nodes, root first; the last is a leaf.
    pub steps: Vec<Step<T>>,
    /// The rank it led to, from 0 at the smallest item.
    pub rank: usize,
    /// Whether an item stands there that is equal to what was looked for.
    pub found: bool,
}

/// One node on a way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<T> {
    /// How many items are under each of its children; in a leaf, 1 for each of its items.
    pub counts: Vec<u32>,
    /// The child that was taken; in a leaf, where the way ended, which may be past its last item.
    pub at: usize,
    /// How many items of the whole set come before the first one under this node.
    pub before: usize,
    /// The children or items that what was looked for was compared with, in that order, each with the item
    /// that it was compared with. Empty on the way to a rank.
    pub compared: Vec<(usize, T)>,
    /// The smallest item under the child that was taken; in a leaf, the item there.
    pub low: Option<T>,
    /// How many counts were read to choose the child; 0 on a way that compares.
    pub read: usize,
}

impl<T> Way<T> {
    /// How many comparisons were made.
    pub fn comparisons(&self) -> usize {
        self.steps.iter().map(|step| step.compared.len()).sum()
    }

    /// The same way with something else for each item.
    pub fn map<U>(self, mut item: impl FnMut(T) -> U) -> Way<U> {
        let steps = self.steps.into_iter().map(|step| Step {
            compared: step
                .compared
                .into_iter()
                .map(|(at, it)| (at, item(it)))
                .collect(),
            low: step.low.map(&mut item),
            counts: step.counts,
            at: step.at,
            before: step.before,
            read: step.read,
        });
        Way {
            steps: steps.collect(),
            rank: self.rank,
            found: self.found,
        }
    }
}

impl<T: Copy> Ranked<T> {
    /// The way that [`Ranked::find`] takes.
    pub fn way(&self, mut probe: impl FnMut(&T) -> Ordering) -> Way<T> {
        self.way_among(|items, at| probe(&items[at]))
    }

    /// The way that [`Ranked::find_among`] takes.
    pub fn way_among(&self, mut probe: impl FnMut(&[T], usize) -> Ordering) -> Way<T> {
        let compared = RefCell::new(Vec::new());
        let mut taken = Vec::new();
        let (spot, found) = self.descend(
            |in_node, items, at| {
                compared.borrow_mut().push((in_node, items[at]));
                probe(items, at)
            },
            |node, at| taken.push((node, at, compared.take())),
        );
        let mut steps = Vec::new();
        let mut before = 0;
        for (node, at, compared) in taken {
            steps.push(self.inner_step(node, at, &mut before, compared));
        }
        steps.push(self.leaf_step(spot.leaf, spot.at, before, compared.into_inner()));
        Way {
            steps,
            rank: spot.before + spot.at,
            found,
        }
    }

    /// The way that [`Ranked::partition_point`] takes.
    pub fn way_to_partition(&self, mut pred: impl FnMut(&T) -> bool) -> Way<T> {
        self.way(|item| {
            if pred(item) {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        })
    }

    /// The way that [`Ranked::nth`] and [`Ranked::range`] take to a rank: by counts alone.
    pub fn way_to_rank(&self, rank: usize) -> Option<Way<T>> {
        if rank >= self.len {
            return None;
        }
        let mut taken = Vec::new();
        let spot = self.spot_of_rank(rank, |node, at| taken.push((node, at)));
        let mut steps = Vec::new();
        let (mut before, mut left) = (0, rank);
        for (node, at) in taken {
            let children = &self.inners[node];
            debug_assert_eq!(child_at(children, left).0, at);
            let mut step = self.inner_step(node, at, &mut before, Vec::new());
            // The last child is taken without a look at its count.
            step.read = (at + 1).min(children.len() - 1);
            left = rank - before;
            steps.push(step);
        }
        steps.push(self.leaf_step(spot.leaf, spot.at, before, Vec::new()));
        Some(Way {
            steps,
            rank,
            found: true,
        })
    }

    /// A step through an inner node; moves `before` on past the children that are left behind.
    fn inner_step(
        &self,
        node: u32,
        at: usize,
        before: &mut usize,
        compared: Vec<(usize, T)>,
    ) -> Step<T> {
        let children = &self.inners[node];
        let counts: Vec<u32> = children.iter().map(|child| child.count).collect();
        let step = Step {
            at,
            before: *before,
            compared,
            low: Some(children[at].low),
            read: 0,
            counts,
        };
        *before += step.counts[..at]
            .iter()
            .map(|&count| count as usize)
            .sum::<usize>();
        step
    }

    fn leaf_step(&self, leaf: u32, at: usize, before: usize, compared: Vec<(usize, T)>) -> Step<T> {
        let items = &self.leaves[leaf];
        Step {
            counts: vec![1; items.len()],
            at,
            before,
            compared,
            low: items.get(at).copied(),
            read: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_the_search_itself() {
        for n in [0_u32, 1, 40, 64, 65, 3_000, 200_000] {
            let items: Vec<u32> = (0..n).map(|i| i * 2).collect();
            let set = Ranked::from_sorted(&items);
            for wanted in [0, 1, n / 2, n, n.saturating_sub(1) * 2, n * 2 + 1] {
                let mut asked = 0;
                let found = set.find(|item| {
                    asked += 1;
                    item.cmp(&wanted)
                });
                let way = set.way(|item| item.cmp(&wanted));
                assert_eq!(way.comparisons(), asked, "{wanted} of {n}");
                assert_eq!(
                    (way.rank, way.found),
                    found.map_or_else(|rank| (rank, false), |rank| (rank, true))
                );
                let last = way.steps.last().unwrap();
                assert_eq!(last.before + last.at, way.rank);
                for step in &way.steps {
                    // Each comparison names the item that it was made with.
                    assert!(step.compared.iter().all(|&(at, _)| at < step.counts.len()));
                }
            }
        }
    }

    #[test]
    fn a_way_to_a_rank_compares_nothing_and_counts() {
        let items: Vec<u32> = (0..100_000).collect();
        let set = Ranked::from_sorted(&items);
        for rank in [0, 1, 63, 50_000, 99_999] {
            let way = set.way_to_rank(rank).unwrap();
            assert_eq!((way.comparisons(), way.rank), (0, rank));
            assert_eq!(way.steps.last().unwrap().low, Some(rank as u32));
            for pair in way.steps.windows(2) {
                let under: u32 = pair[1].counts.iter().sum();
                assert_eq!(pair[0].counts[pair[0].at], under);
            }
        }
        assert_eq!(set.way_to_rank(100_000), None);
    }
}
