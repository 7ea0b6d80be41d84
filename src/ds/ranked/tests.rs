#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

impl<T: Copy + Ord + std::fmt::Debug> Ranked<T> {
    /// Walks the whole tree and holds it to everything the module's head says of it.
    fn check(&self) {
        let mut items = Vec::new();
        self.check_node(self.root, self.height, true, &mut items);
        assert_eq!(items.len(), self.len);
        assert!(
            items.is_sorted_by(|a, b| a < b),
            "items stand in order, each once"
        );
        assert!(
            self.height == 0 || self.inners[self.root].len() > 1,
            "a root with one child gives way to it"
        );
        let used = |arena: usize, free: &[u32]| arena - free.len();
        let (leaves, inners) = self.count_nodes(self.root, self.height);
        assert_eq!(
            used(self.leaves.nodes.len(), &self.leaves.free),
            leaves,
            "no leaf is lost"
        );
        assert_eq!(
            used(self.inners.nodes.len(), &self.inners.free),
            inners,
            "no inner node is lost"
        );
        assert!(
            self.leaves
                .free
                .iter()
                .all(|&id| self.leaves[id].capacity() == 0)
        );
        assert!(
            self.inners
                .free
                .iter()
                .all(|&id| self.inners[id].capacity() == 0)
        );
    }

    fn check_node(&self, node: u32, height: usize, root: bool, items: &mut Vec<T>) {
        let fill = self.fill(node, height);
        assert!(
            fill <= CAP && (root || fill >= MIN),
            "a node at height {height} holds {fill}"
        );
        if height == 0 {
            items.extend(&self.leaves[node]);
            return;
        }
        for child in &self.inners[node] {
            let before = items.len();
            self.check_node(child.node, height - 1, false, items);
            assert_eq!(items.len() - before, child.count as usize);
            assert_eq!(items[before], child.low);
        }
    }

    fn count_nodes(&self, node: u32, height: usize) -> (usize, usize) {
        if height == 0 {
            return (1, 0);
        }
        let below = self.inners[node]
            .iter()
            .map(|child| self.count_nodes(child.node, height - 1));
        below.fold((0, 1), |(leaves, inners), (l, i)| (leaves + l, inners + i))
    }
}

/// One change to a set and to its model. Numbers are taken modulo something fitting.
#[derive(Clone, Debug)]
enum Change {
    Insert { start: u32, step: u32, times: u32 },
    Remove { start: u32, step: u32, times: u32 },
    RemoveAt { rank: usize, times: u32 },
    RemoveRange { start: usize, len: usize },
    Rebuild,
}

fn change() -> impl Strategy<Value = Change> {
    let runs = || {
        (
            0..UNIVERSE,
            prop_oneof![Just(1), Just(UNIVERSE - 1), 0..UNIVERSE],
            prop_oneof![1..4u32, 1..6000u32],
        )
    };
    prop_oneof![
        4 => runs().prop_map(|(start, step, times)| Change::Insert { start, step, times }),
        2 => runs().prop_map(|(start, step, times)| Change::Remove { start, step, times }),
        1 => (any::<usize>(), 1..500u32).prop_map(|(rank, times)| Change::RemoveAt { rank, times }),
        4 => (any::<usize>(), prop_oneof![0..70usize, 0..20_000usize])
            .prop_map(|(start, len)| Change::RemoveRange { start, len }),
        1 => Just(Change::Rebuild),
    ]
}

const UNIVERSE: u32 = 30_011;

fn insert(set: &mut Ranked<u32>, item: u32) -> Result<usize, usize> {
    set.insert(item, |other| other.cmp(&item))
}

fn remove(set: &mut Ranked<u32>, item: u32) -> Option<(usize, u32)> {
    set.remove(|other| other.cmp(&item))
}

fn apply(set: &mut Ranked<u32>, model: &mut Vec<u32>, change: Change) {
    let run = |start: u32, step: u32, times| {
        (0..times)
            .map(move |i: u32| ((start as u64 + i as u64 * step as u64) % UNIVERSE as u64) as u32)
    };
    match change {
        Change::Insert { start, step, times } => {
            for item in run(start, step, times) {
                let place = model.binary_search(&item);
                assert_eq!(insert(set, item), place.map_or_else(Ok, Err));
                if let Err(rank) = place {
                    model.insert(rank, item);
                }
            }
        }
        Change::Remove { start, step, times } => {
            for item in run(start, step, times) {
                let place = model.binary_search(&item).ok();
                assert_eq!(remove(set, item), place.map(|rank| (rank, item)));
                place.map(|rank| model.remove(rank));
            }
        }
        Change::RemoveAt { rank, times } => {
            for _ in 0..times {
                let rank = rank % (model.len() + 1);
                let expected = (rank < model.len()).then(|| model.remove(rank));
                assert_eq!(set.remove_at(rank), expected);
            }
        }
        Change::RemoveRange { start, len } => {
            let start = start % (model.len() + 1);
            let mut gone = Vec::new();
            set.remove_range(start..start + len, |item| gone.push(item));
            let end = (start + len).min(model.len());
            assert_eq!(gone, model.drain(start..end).collect::<Vec<_>>());
        }
        Change::Rebuild => *set = Ranked::from_sorted(model),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_a_sorted_vec(
        changes in prop::collection::vec(change(), 1..14),
        probes in prop::collection::vec((0..UNIVERSE, any::<usize>(), 0..300usize), 8),
    ) {
        let (mut set, mut model) = (Ranked::new(), Vec::new());
        for change in changes {
            apply(&mut set, &mut model, change);
            set.check();
            prop_assert_eq!(set.len(), model.len());
        }
        for (item, start, len) in probes {
            prop_assert_eq!(set.find(|other| other.cmp(&item)), model.binary_search(&item));
            let upto = |other: &u32| *other <= item;
            prop_assert_eq!(set.partition_point(upto), model.partition_point(upto));
            let start = start % (model.len() + 1);
            prop_assert_eq!(set.nth(start), model.get(start).copied());
            let expected = &model[start..(start + len).min(model.len())];
            let walk = set.range(start..start + len);
            prop_assert_eq!(walk.len(), expected.len());
            prop_assert_eq!(walk.collect::<Vec<_>>(), expected);
            let walk = set.range_rev(start..start + len);
            prop_assert!(walk.eq(expected.iter().rev().copied()));
        }
        prop_assert!(set.range(0..usize::MAX).eq(model.iter().copied()));
        prop_assert!(set.range_rev(0..usize::MAX).eq(model.iter().rev().copied()));
        prop_assert!(Ranked::from_sorted(&model).range(0..usize::MAX).eq(model.iter().copied()));
    }
}

#[test]
fn filled_from_either_end_and_emptied_again() {
    for order in [false, true] {
        let mut set = Ranked::new();
        for i in 0..20_000u32 {
            insert(&mut set, if order { i } else { 19_999 - i }).unwrap();
        }
        set.check();
        // Filled from one end, leaves are three quarters full.
        let leaves = set.leaves.nodes.len() - set.leaves.free.len();
        assert!(leaves * 48 < 20_000, "{leaves} leaves");
        while set.len() > 1 {
            assert!(set.remove_at(set.len() / 2).is_some());
        }
        set.check();
        assert_eq!(set.height, 0);
    }
}

#[test]
fn each_cut_of_a_tall_set_leaves_it_whole() {
    let all: Vec<u32> = (0..120_000).collect();
    let tall = Ranked::from_sorted(&all);
    tall.check();
    assert_eq!(tall.height, 3);
    for (start, end) in [
        (1, 119_999),
        (0, 119_999),
        (1, 120_000),
        (60_000, 60_001),
        (47, 119_000),
        (30_000, 90_000),
        (119_998, 120_000),
    ] {
        let mut set = tall.clone();
        set.remove_range(start..end, |_| ());
        set.check();
        assert!(
            set.range(0..usize::MAX)
                .eq((0..start as u32).chain(end as u32..120_000))
        );
        insert(&mut set, start as u32).unwrap();
        set.check();
    }
}

#[test]
fn places_that_are_sought_at_once_are_those_that_are_sought_alone() {
    for len in [0, 1, 2, 3, 47, 64, 65, 1000, 20_000] {
        let items: Vec<u32> = (0..len).map(|n| 3 * n + 5).collect();
        let set = Ranked::from_sorted(&items);
        let sought: Vec<u32> = (0..200).map(|n| n * (3 * len + 20) / 200).collect();
        let found = set.seek_all(&sought, |item, sought| item > sought);
        for (found, &sought) in found.iter().zip(&sought) {
            let before = set.partition_point(|item| *item <= sought);
            assert_eq!(
                *found,
                set.nth(before.saturating_sub(1)),
                "{sought} of {len}"
            );
        }
        assert_eq!(found.len(), sought.len());
    }
}

#[test]
fn a_lookup_compares_about_log2_n_times() {
    for n in [1u32, 10, 1_000, 100_000] {
        let mut set = Ranked::new();
        for i in 0..n {
            insert(&mut set, (i as u64 * 48_271 % 100_003) as u32).unwrap();
        }
        let limit = (n as f64).log2().ceil() as u32 + set.height as u32 + 1;
        for rank in (0..n as usize).step_by(n as usize / 10 + 1) {
            let item = set.nth(rank).unwrap();
            let mut calls = 0;
            let found = set.find(|other| {
                calls += 1;
                other.cmp(&item)
            });
            assert_eq!(found, Ok(rank));
            assert!(calls <= limit + 1, "{calls} comparisons among {n}");
        }
    }
}

#[test]
fn an_empty_set_answers() {
    let mut set: Ranked<u32> = Ranked::default();
    assert!(set.is_empty());
    assert_eq!(set.nth(0), None);
    assert_eq!(set.remove_at(0), None);
    assert_eq!(set.find(|_| Ordering::Equal), Err(0));
    assert_eq!(set.partition_point(|_| true), 0);
    assert_eq!(set.range(0..5).next(), None);
    assert_eq!(set.range_rev(0..5).next(), None);
    set.remove_range(0..9, |_| panic!("nothing to remove"));
    set.check();
    assert!(Ranked::<u32>::from_sorted(&[]).is_empty());
}
