#![allow(clippy::unwrap_used, clippy::panic)]

use super::records::NONE;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The same set, without cleverness: members in a map, sorted anew for each question.
#[derive(Default)]
struct Model(BTreeMap<Vec<u8>, f64>);

impl Model {
    fn sorted(&self) -> Vec<(&[u8], f64)> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .map(|(member, score)| (member.as_slice(), *score))
            .collect();
        // A stable sort of members that a map holds in order already.
        all.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap());
        all
    }

    fn rank(&self, member: &[u8]) -> Option<usize> {
        self.sorted().iter().position(|pair| pair.0 == member)
    }

    fn insert(&mut self, member: &[u8], score: f64) -> &'static str {
        if score.is_nan() {
            return "nan";
        }
        match self.0.get(member) {
            Some(old) if *old == score => "unchanged",
            Some(_) => {
                self.0.insert(member.to_vec(), score);
                "updated"
            }
            None => {
                self.0.insert(member.to_vec(), score);
                "added"
            }
        }
    }
}

impl Zset {
    fn check(&self, model: &Model) {
        let sorted = model.sorted();
        assert_eq!(self.len(), sorted.len());
        assert_eq!(self.is_empty(), sorted.is_empty());
        assert!(self.iter().eq(sorted.iter().copied()));
        assert!(
            self.range_rev(0..usize::MAX)
                .eq(sorted.iter().rev().copied())
        );
        assert_eq!(self.index.len(), sorted.len());
        self.index.check();
        let long: usize = sorted
            .iter()
            .map(|pair| if pair.0.len() > 16 { pair.0.len() } else { 0 })
            .sum();
        assert_eq!(self.records.long, long);
        let records: usize = self.records.chunks.iter().map(Vec::len).sum();
        assert_eq!(records - self.vacant(), sorted.len(), "no record is lost");
        for (rank, (member, score)) in sorted.into_iter().enumerate() {
            assert_eq!(self.nth(rank), Some((member, score)));
            assert_eq!(self.rank(member), Some(rank));
            assert_eq!(self.score(member), Some(score));
            // Who looks for a member by its id asks as often as who compares members.
            let mut compared = 0;
            let probe = probe(&self.records, score, member, &mut compared);
            assert_eq!(self.order.find(probe), Ok(rank));
            assert_eq!(self.rank_counted(member), Some((rank, compared)));
        }
    }

    fn vacant(&self) -> usize {
        let (mut count, mut id) = (0, self.records.free);
        while id != NONE {
            id = self.records.get(id).score.to_bits() as u32;
            count += 1;
        }
        count
    }
}

#[derive(Clone, Debug)]
enum Change {
    Insert(Vec<u8>, f64),
    Remove(Vec<u8>),
    PopMin,
    PopMax,
    RemoveRange(usize, usize),
    Many(u32, u32),
    Rebuild,
}

fn member() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), any::<u8>()], 0..3),
        1 => prop::collection::vec(any::<u8>(), 10..70),
    ]
}

fn score() -> impl Strategy<Value = f64> {
    prop_oneof![
        5 => (-2..3i32).prop_map(f64::from),
        2 => prop::sample::select(vec![-0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY]),
        1 => prop::sample::select(vec![f64::MIN_POSITIVE, f64::MAX, f64::NAN]),
        1 => any::<f64>(),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        40 => (member(), score()).prop_map(|(member, score)| Change::Insert(member, score)),
        20 => member().prop_map(Change::Remove),
        2 => Just(Change::PopMin),
        2 => Just(Change::PopMax),
        2 => (0..20usize, 0..20usize).prop_map(|(start, len)| Change::RemoveRange(start, len)),
        1 => (any::<u32>(), 0..1500u32).prop_map(|(seed, times)| Change::Many(seed, times)),
        1 => Just(Change::Rebuild),
    ]
}

fn apply(set: &mut Zset, model: &mut Model, change: Change) {
    match change {
        Change::Insert(member, score) => insert(set, model, &member, score),
        Change::Remove(member) => assert_eq!(set.remove(&member), model.0.remove(&member)),
        Change::PopMin => {
            let expected = model
                .sorted()
                .first()
                .map(|pair| (Bytes::from_slice(pair.0), pair.1));
            if let Some(pair) = &expected {
                model.0.remove(pair.0.as_slice());
            }
            assert_eq!(set.pop_min(), expected);
        }
        Change::PopMax => {
            let expected = model
                .sorted()
                .last()
                .map(|pair| (Bytes::from_slice(pair.0), pair.1));
            if let Some(pair) = &expected {
                model.0.remove(pair.0.as_slice());
            }
            assert_eq!(set.pop_max(), expected);
        }
        Change::RemoveRange(start, len) => {
            let mut gone = Vec::new();
            let count = set.remove_range(start..start + len, |member, score| {
                gone.push((member.to_vec(), score))
            });
            let expected: Vec<_> = model
                .sorted()
                .into_iter()
                .skip(start)
                .take(len)
                .map(|(member, score)| (member.to_vec(), score))
                .collect();
            for pair in &expected {
                model.0.remove(&pair.0);
            }
            assert_eq!(count, expected.len());
            assert_eq!(gone, expected);
        }
        Change::Many(seed, times) => {
            for i in 0..times {
                let n = seed.wrapping_add(i).wrapping_mul(2_654_435_761);
                let member = format!("m{}", n % 2000);
                let score = f64::from(n >> 28);
                // Ranks are left to `check` here: the model is slow.
                let outcome = set.insert(member.as_bytes(), score);
                let expected = model.insert(member.as_bytes(), score);
                assert_eq!(name(&outcome), expected);
            }
        }
        Change::Rebuild => {
            *set = made(
                model
                    .0
                    .iter()
                    .map(|(member, score)| (Bytes::from_slice(member), *score)),
            )
        }
    }
}

fn name(outcome: &Insert) -> &'static str {
    match outcome {
        Insert::Added { .. } => "added",
        Insert::Updated { .. } => "updated",
        Insert::Unchanged => "unchanged",
        Insert::NotANumber => "nan",
    }
}

fn insert(set: &mut Zset, model: &mut Model, member: &[u8], score: f64) {
    let (rank, old) = (model.rank(member), model.0.get(member).copied());
    let expected = model.insert(member, score);
    let outcome = set.insert(member, score);
    assert_eq!(name(&outcome), expected);
    match outcome {
        Insert::Added { rank, .. } => assert_eq!(Some(rank), model.rank(member)),
        Insert::Updated {
            old: was, from, to, ..
        } => {
            assert_eq!((Some(was), Some(from)), (old, rank));
            assert_eq!(Some(to), model.rank(member));
        }
        Insert::Unchanged | Insert::NotANumber => (),
    }
}

fn between<T>(kind: u8, value: T) -> Bound<T> {
    match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(value),
        _ => Bound::Excluded(value),
    }
}

fn inside<T: PartialOrd + ?Sized>(value: &T, min: Bound<&T>, max: Bound<&T>) -> bool {
    let low = match min {
        Bound::Unbounded => true,
        Bound::Included(min) => value >= min,
        Bound::Excluded(min) => value > min,
    };
    low && match max {
        Bound::Unbounded => true,
        Bound::Included(max) => value <= max,
        Bound::Excluded(max) => value < max,
    }
}

proptest! {
    #[test]
    fn agrees_with_a_sorted_list(changes in prop::collection::vec(change(), 1..80)) {
        let (mut set, mut model) = (Zset::new(), Model::default());
        for change in changes {
            apply(&mut set, &mut model, change);
        }
        set.check(&model);
        set.clone().check(&model);
    }

    #[test]
    fn score_bounds_agree(
        pairs in prop::collection::vec((member(), score()), 0..60),
        min in (0..3u8, score()),
        max in (0..3u8, score()),
    ) {
        prop_assume!(!min.1.is_nan() && !max.1.is_nan());
        let set = made(pairs.iter().map(|pair| (Bytes::from_slice(&pair.0), pair.1)));
        let (min, max) = (between(min.0, min.1), between(max.0, max.1));
        let found: Vec<_> = set.range(set.score_range(min, max)).collect();
        let inside = |pair: &(&[u8], f64)| inside(&pair.1, min.as_ref(), max.as_ref());
        prop_assert_eq!(found, set.iter().filter(inside).collect::<Vec<_>>());
    }

    #[test]
    fn member_bounds_agree_among_equal_scores(
        members in prop::collection::vec(member(), 0..60),
        min in (0..4u8, member()),
        max in (0..4u8, member()),
    ) {
        let set = made(members.iter().map(|member| (Bytes::from_slice(member), 7.0)));
        let (low, high) = (lex_bound(min.0, &min.1), lex_bound(max.0, &max.1));
        let found: Vec<_> = set.range(set.lex_range(low, high)).collect();
        let inside = |pair: &(&[u8], f64)| {
            above(pair.0, low) && !above(pair.0, match high {
                // Past a closed upper bound is what lies above it, past an open one also itself.
                LexBound::Included(max) => LexBound::Excluded(max),
                LexBound::Excluded(max) => LexBound::Included(max),
                end => end,
            })
        };
        prop_assert_eq!(found, set.iter().filter(inside).collect::<Vec<_>>());
    }
}

fn lex_bound(kind: u8, member: &[u8]) -> LexBound<'_> {
    match kind {
        0 => LexBound::Lowest,
        1 => LexBound::Highest,
        2 => LexBound::Included(member),
        _ => LexBound::Excluded(member),
    }
}

/// Whether a member lies above a lower bound.
fn above(member: &[u8], bound: LexBound<'_>) -> bool {
    match bound {
        LexBound::Lowest => true,
        LexBound::Highest => false,
        LexBound::Included(min) => member >= min,
        LexBound::Excluded(min) => member > min,
    }
}

#[test]
fn a_moved_member_tells_where_from_and_where_to() {
    let mut set = Zset::new();
    for (member, score) in [("ada", 10.0), ("bob", 20.0), ("cyd", 30.0)] {
        set.insert(member.as_bytes(), score);
    }
    let Insert::Updated {
        old,
        from,
        to,
        comparisons,
    } = set.insert(b"ada", 25.0)
    else {
        panic!("ada moved")
    };
    assert_eq!((old, from, to), (10.0, 0, 1));
    assert!(comparisons > 0);
    assert_eq!(set.insert(b"ada", 25.0), Insert::Unchanged);
    assert_eq!(set.insert(b"ada", f64::NAN), Insert::NotANumber);
    assert_eq!(set.rank_counted(b"cyd"), Some((2, 2)));
    assert_eq!(set.rank_counted(b"dan"), None);
}

#[test]
fn a_listpack_forgets_the_sign_of_zero() {
    let mut set = Zset::new();
    set.insert(b"x", -0.0);
    assert!(set.score(b"x").unwrap().is_sign_positive());
    set.expect(1, Limits::default().zset_max_listpack_value + 1);
    assert_eq!(set.insert(b"x", -0.0), Insert::Unchanged);
    set.insert(b"y", -0.0);
    assert!(set.score(b"y").unwrap().is_sign_negative());
    assert_eq!(set.rank(b"y"), Some(1));
}

#[test]
fn a_listpack_grows_out_of_itself_and_does_not_come_back() {
    let mut set = Zset::new();
    for i in 0..Limits::default().zset_max_listpack_entries {
        set.insert(i.to_string().as_bytes(), 0.0);
    }
    assert_eq!(set.encoding(), Encoding::Listpack);
    set.insert(b"one more", 0.0);
    assert_eq!(set.encoding(), Encoding::Skiplist);
    set.remove(b"one more");
    assert_eq!(set.encoding(), Encoding::Skiplist);
}

#[test]
fn members_of_different_scores_by_bytes() {
    // As Valkey 9.1 answers for a listpack: from the front the run starts at d and nothing ends it;
    // from the back it is c, b.
    let set = made(
        [("d", 1.0), ("a", 2.0), ("b", 3.0), ("c", 4.0)]
            .map(|(m, s)| (Bytes::from_slice(m.as_bytes()), s)),
    );
    let b = LexBound::Included(b"b");
    assert_eq!(set.lex_scan(b, LexBound::Highest, false, 0), Some(0..4));
    assert_eq!(set.lex_scan(b, LexBound::Highest, false, 1), Some(1..4));
    assert_eq!(set.lex_scan(b, LexBound::Highest, true, 0), Some(2..4));
    assert_eq!(set.lex_scan(b, LexBound::Highest, true, 9), Some(0..0));
    assert!(
        set.lex_scan(b, LexBound::Included(b"c"), false, 0)
            .unwrap()
            .is_empty()
    );
    assert!(
        set.lex_scan(LexBound::Included(b"cc"), LexBound::Highest, false, 0)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        made([(Bytes::from_slice(b"a"), 1.0)]).lex_scan(b, LexBound::Highest, false, 0),
        None
    );
}

#[test]
fn a_member_costs_little() {
    let mut empty = Zset::new().memory_bytes();
    assert!(empty < 300, "{empty} bytes for an empty set");
    let mut set = Zset::new();
    for i in 0..4 {
        set.insert(format!("member:{i}").as_bytes(), 0.0);
    }
    empty = set.memory_bytes();
    assert!(empty < 600, "{empty} bytes for four members");
    let mut n = 1u64;
    for i in 0..100_000 {
        n = n * 48_271 % 2_147_483_647;
        set.insert(format!("player:{i:04}").as_bytes(), (n % 10_000) as f64);
    }
    let each = set.memory_bytes() / set.len();
    assert!(each <= 60, "{each} bytes a member");
    set.remove_range(0..usize::MAX, |_, _| ());
    assert!(set.memory_bytes() < 300);
}

fn made(pairs: impl IntoIterator<Item = (Bytes, f64)>) -> Zset {
    Zset::from_pairs(pairs, &Limits::default())
}
