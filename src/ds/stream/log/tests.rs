//! The log against a list of nodes, and against numbers asked of Valkey 9.1.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn id(ms: u64, seq: u64) -> StreamId {
    StreamId::new(ms, seq)
}

fn all(log: &Log) -> Vec<u64> {
    log.range(StreamId::MIN, StreamId::MAX)
        .map(|entry| entry.id().ms)
        .collect()
}

/// A log of entries `1-0 … n-0`, each with the field `f` and the value `v`.
fn log_of(n: u64) -> Log {
    let mut log = Log::default();
    for ms in 1..=n {
        assert!(log.append(id(ms, 0), &[("f", "v")], BlockLimits::default()));
    }
    log
}

#[test]
fn new_ids_are_greater_than_the_last() {
    let mut log = log_of(5);
    assert_eq!(log.resolve(NewId::Auto, 9), Some(id(9, 0)));
    assert_eq!(log.resolve(NewId::Auto, 5), Some(id(5, 1)));
    assert_eq!(log.resolve(NewId::Auto, 2), Some(id(5, 1)));
    assert_eq!(log.resolve(NewId::AutoSeq(5), 0), Some(id(5, 1)));
    assert_eq!(log.resolve(NewId::AutoSeq(6), 0), Some(id(6, 0)));
    assert_eq!(log.resolve(NewId::AutoSeq(4), 0), None);
    assert_eq!(log.resolve(NewId::Exact(id(5, 0)), 0), None);
    assert_eq!(Log::default().resolve(NewId::AutoSeq(0), 0), Some(id(0, 1)));
    assert!(!log.append(id(5, 0), &[("f", "v")], BlockLimits::default()));
    log.set_last_id(id(7, u64::MAX));
    assert_eq!(log.resolve(NewId::Auto, 7), Some(id(8, 0)));
    assert_eq!(log.resolve(NewId::AutoSeq(7), 7), None);
    log.set_last_id(StreamId::MAX);
    assert_eq!(log.resolve(NewId::Auto, 7), None);
}

#[test]
fn approximate_trims_remove_whole_blocks() {
    let trim = |log: &mut Log, to, limit| {
        log.trim(Trim {
            to,
            approx: Some(limit),
        })
    };
    let mut log = log_of(250);
    assert_eq!(log.block_count(), 3);
    assert_eq!(trim(&mut log, TrimTo::MaxLen(151), 0), 0);
    assert_eq!(trim(&mut log, TrimTo::MaxLen(150), 99), 0);
    assert_eq!(trim(&mut log, TrimTo::MaxLen(150), 100), 100);
    // A block of fewer live entries goes sooner, and a smaller limit does for it.
    (101..=190).for_each(|ms| assert!(log.delete(id(ms, 0))));
    assert_eq!(trim(&mut log, TrimTo::MaxLen(50), 9), 0);
    assert_eq!(trim(&mut log, TrimTo::MaxLen(50), 10), 10);
    assert_eq!(all(&log), (201..=250).collect::<Vec<_>>());
    // Deleted entries still count when the block's last ID is looked at.
    assert!(log.delete(id(250, 0)));
    assert_eq!(trim(&mut log, TrimTo::MinId(id(250, 0)), 0), 0);
    assert_eq!(trim(&mut log, TrimTo::MinId(id(251, 0)), 0), 49);
}

#[test]
fn an_exact_trim_can_leave_a_block_of_deleted_entries_only() {
    let mut log = log_of(5);
    assert!(log.delete(id(5, 0)));
    assert_eq!(
        log.trim(Trim {
            to: TrimTo::MinId(id(5, 0)),
            approx: None
        }),
        4
    );
    assert_eq!(
        (log.len(), log.block_count(), log.first_id()),
        (0, 1, StreamId::MIN)
    );
    assert!(log.append(id(6, 0), &[("f", "v")], BlockLimits::default()));
    assert_eq!(
        (log.len(), log.block_count(), log.first_id()),
        (1, 1, id(6, 0))
    );
}

#[test]
fn blocks_break_where_the_reference_breaks_its_nodes() {
    // Asked of Valkey 9.1: how many such entries until `radix-tree-keys` is 2.
    let fill = |fields: &[(&str, &str)]| {
        let mut log = Log::default();
        let mut count = 0;
        while log.block_count() < 2 {
            count += 1;
            assert!(log.append(id(count, 0), fields, BlockLimits::default()));
        }
        count
    };
    assert_eq!(fill(&[("f", "v")]), 101);
    assert_eq!(
        fill(&[("f", "0123456789012345678901234567890123456789")]),
        82
    );
    assert_eq!(
        fill(&[
            ("f", "1234567"),
            ("g", "-5000"),
            ("h", "007"),
            ("i", "9999999999")
        ]),
        101
    );
    assert_eq!(
        fill(&[
            ("temperature", "21.5"),
            ("unit", "celsius"),
            ("station", "north-by-north-west")
        ]),
        92
    );
}

#[test]
fn radix_nodes_are_counted_as_the_reference_counts_them() {
    // Asked of Valkey 9.1 with entries of 5,000 bytes, so that each is a block.
    let nodes = |ids: &[StreamId]| {
        let mut log = Log::default();
        let wide = "x".repeat(5000);
        ids.iter()
            .for_each(|&id| assert!(log.append(id, &[("f", &wide)], BlockLimits::default())));
        log.radix_nodes()
    };
    assert_eq!(nodes(&[]), 1);
    assert_eq!(nodes(&[id(1, 0)]), 2);
    assert_eq!(nodes(&[id(1, 0), id(2, 0)]), 6);
    assert_eq!(nodes(&[id(1, 0), id(1, 1), id(1, 2)]), 5);
    assert_eq!(
        nodes(&[id(1, 0), id(1, 1), id(1, 256), id(300, 0), id(1 << 40, 7)]),
        15
    );
}

#[test]
fn windows_by_index_skip_what_is_deleted() {
    let mut log = log_of(1000);
    (150..=349).for_each(|ms| assert!(log.delete(id(ms, 0))));
    let at = |index| log.from_index(index).next().map(|entry| entry.id().ms);
    assert_eq!(
        (at(0), at(148), at(149), at(799), at(800)),
        (Some(1), Some(149), Some(350), Some(1000), None)
    );
    assert_eq!(log.index_of(id(200, 0)), 149);
    assert_eq!(log.index_of(StreamId::MAX), 800);
    assert_eq!(log.index_of(StreamId::MIN), 0);
}

#[derive(Clone, Debug)]
enum Op {
    Append(u64, Fields),
    Delete(usize),
    Trim(TrimTo, Option<u64>),
}

fn any_op() -> impl Strategy<Value = Op> {
    let item = || {
        prop_oneof![
            "[a-c]{0,3}".prop_map(String::into_bytes),
            (-200i64..200).prop_map(|n| n.to_string().into_bytes())
        ]
    };
    let fields = proptest::collection::vec((item(), item()), 1..3);
    let to = prop_oneof![
        (0u64..30).prop_map(TrimTo::MaxLen),
        (0u64..90).prop_map(|ms| TrimTo::MinId(id(ms, 1)))
    ];
    prop_oneof![
        6 => (0u64..3, fields).prop_map(|(step, fields)| Op::Append(step, fields)),
        2 => (0usize..60).prop_map(Op::Delete),
        1 => (to, proptest::option::of(0u64..9)).prop_map(|(to, approx)| Op::Trim(to, approx)),
    ]
}

proptest! {
    /// Where everything may go, asking makes no difference; what may not go stays, and nothing else that is too old.
    #[test]
    fn a_trim_that_asks_leaves_what_it_is_told_to(
        steps in proptest::collection::vec(1u64..3, 0..60),
        to in prop_oneof![(0u64..70).prop_map(TrimTo::MaxLen), (0u64..130).prop_map(|ms| TrimTo::MinId(id(ms, 0)))],
        approx in proptest::option::of(0u64..20),
        kept in 2u64..6,
    ) {
        let limits = BlockLimits { max_bytes: 0, max_entries: 4 };
        let mut log = Log::default();
        for step in steps {
            log.append(id(log.last_id().ms + step, 0), &[("f", "v")], limits);
        }
        let ids = |log: &Log| log.range(StreamId::MIN, StreamId::MAX).map(|entry| entry.id()).collect::<Vec<_>>();
        let (mut plain, mut asking) = (log.clone(), log.clone());
        prop_assert_eq!(plain.trim(Trim { to, approx }), asking.trim_where(Trim { to, approx }, |_| true));
        prop_assert_eq!(ids(&plain), ids(&asking));
        prop_assert_eq!((plain.len(), plain.first_id(), plain.block_count()), (asking.len(), asking.first_id(), asking.block_count()));
        if let TrimTo::MinId(min) = to {
            let want: Vec<_> = ids(&log).into_iter().filter(|id| *id >= min || id.ms % kept == 0).collect();
            let removed = log.trim_where(Trim { to, approx: None }, |id| id.ms % kept != 0);
            prop_assert_eq!(removed, plain.entries_added() - want.len() as u64);
            prop_assert_eq!(log.first_id(), want.first().copied().unwrap_or_default());
            prop_assert_eq!(ids(&log), want);
        }
    }
}

proptest! {
    /// Against a list of nodes, each a list of entries with a mark on the deleted ones.
    #[test]
    fn behaves_like_a_list_of_nodes(ops in proptest::collection::vec(any_op(), 0..120)) {
        let limits = BlockLimits { max_bytes: 0, max_entries: 4 };
        let mut log = Log::default();
        let mut model: Vec<Vec<(StreamId, Fields, bool)>> = Vec::new();
        let mut max_deleted = StreamId::MIN;
        let len = |model: &Vec<Vec<(StreamId, Fields, bool)>>| model.iter().flatten().filter(|entry| entry.2).count() as u64;
        for op in ops {
            match op {
                Op::Append(step, fields) => {
                    let new = log.resolve(NewId::AutoSeq(log.last_id().ms + step), 0).unwrap();
                    prop_assert!(log.append(new, &fields, limits));
                    if model.last().is_none_or(|node| node.len() == 4) {
                        model.push(Vec::new());
                    }
                    model.last_mut().unwrap().push((new, fields, true));
                }
                Op::Delete(index) => {
                    let victim = model.iter_mut().flatten().nth(index);
                    let target = victim.as_ref().map_or(id(77, 77), |entry| entry.0);
                    let want = victim.is_some_and(|entry| std::mem::replace(&mut entry.2, false));
                    prop_assert_eq!(log.delete(target), want);
                    if want {
                        max_deleted = max_deleted.max(target);
                        model.retain(|node| !node.iter().any(|entry| entry.0 == target) || node.iter().any(|entry| entry.2));
                    }
                }
                Op::Trim(to, approx) => {
                    let before = len(&model);
                    let mut removed = 0;
                    while !model.is_empty() {
                        let left = len(&model);
                        let live = model[0].iter().filter(|entry| entry.2).count() as u64;
                        let enough = matches!(to, TrimTo::MaxLen(max) if left <= max);
                        let whole = match to {
                            TrimTo::MaxLen(max) => left - live >= max,
                            TrimTo::MinId(min) => model[0].last().unwrap().0 < min,
                        };
                        if enough || approx.is_some_and(|limit| limit != 0 && removed + live > limit) || !whole {
                            break;
                        }
                        model.remove(0);
                        removed += live;
                    }
                    if approx.is_none() && let Some(node) = model.first_mut() {
                        let mut left = before - removed;
                        for entry in node.iter_mut().filter(|entry| entry.2) {
                            entry.2 = match to {
                                TrimTo::MaxLen(max) => left <= max,
                                TrimTo::MinId(min) => entry.0 >= min,
                            };
                            left -= u64::from(!entry.2);
                        }
                    }
                    prop_assert_eq!(log.trim(Trim { to, approx }), before - len(&model));
                    if approx.is_none() {
                        match to {
                            TrimTo::MaxLen(max) => prop_assert_eq!(log.len(), before.min(max)),
                            TrimTo::MinId(min) => prop_assert!(log.is_empty() || log.first_id() >= min),
                        }
                    }
                }
            }
            let want: Vec<(StreamId, Fields)> =
                model.iter().flatten().filter(|entry| entry.2).map(|entry| (entry.0, entry.1.clone())).collect();
            let unpack = |entry: Entry<'_>| {
                let fields = entry.fields().map(|(field, value)| (field.to_vec(), value.to_vec()));
                (entry.id(), fields.collect::<Fields>())
            };
            let got: Vec<_> = log.range(StreamId::MIN, StreamId::MAX).map(unpack).collect();
            prop_assert_eq!(&got, &want);
            let mut back: Vec<_> = log.rev_range(StreamId::MIN, StreamId::MAX).map(unpack).collect();
            back.reverse();
            prop_assert_eq!(&back, &want);
            prop_assert_eq!(log.len(), want.len() as u64);
            prop_assert_eq!(log.block_count(), model.len());
            prop_assert_eq!(log.bytes, log.blocks.values().map(Block::node_bytes).sum::<usize>());
            prop_assert_eq!(log.first_id(), want.first().map_or(StreamId::MIN, |entry| entry.0));
            prop_assert_eq!(log.last_entry_id(), want.last().map(|entry| entry.0));
            prop_assert_eq!(log.max_deleted_id(), max_deleted);
            for at in [0, want.len() / 2, want.len()] {
                prop_assert_eq!(log.from_index(at as u64).map(unpack).collect::<Vec<_>>(), &want[at..]);
            }
        }
        let ids: Vec<StreamId> = log.range(StreamId::MIN, StreamId::MAX).map(|entry| entry.id()).collect();
        for (start, end) in [(id(10, 0), id(40, 1)), (id(20, 2), id(20, 9)), (id(40, 0), id(10, 0))] {
            let within = |ids: &[StreamId]| ids.iter().copied().filter(|&it| start <= it && it <= end).collect::<Vec<_>>();
            prop_assert_eq!(log.range(start, end).map(|entry| entry.id()).collect::<Vec<_>>(), within(&ids));
            let mut back = log.rev_range(start, end).map(|entry| entry.id()).collect::<Vec<_>>();
            back.reverse();
            prop_assert_eq!(back, within(&ids));
            prop_assert_eq!(log.index_of(start), ids.iter().filter(|&&it| it < start).count() as u64);
            prop_assert_eq!(log.get(start).is_some(), ids.contains(&start));
        }
    }
}

/// Blocks know where some of their entries begin; that must hold after entries went, and when more come.
#[test]
fn an_entry_is_found_wherever_it_lies_in_a_block_and_whatever_went_before_it() {
    let mut log = log_of(150);
    let mut left: Vec<u64> = (1..=150).collect();
    let check = |log: &Log, left: &[u64]| {
        assert_eq!(all(log), left);
        assert_eq!(
            log.last_entry_id(),
            left.last().map(|&ms| StreamId::new(ms, 0))
        );
        for ms in 0..=161 {
            let found = log.get(id(ms, 0)).map(|entry| entry.id().ms);
            assert_eq!(found, left.contains(&ms).then_some(ms), "{ms}");
            let next = log.range(id(ms, 0), StreamId::MAX).next();
            let wanted = left.iter().copied().find(|&at| at >= ms);
            assert_eq!(next.map(|entry| entry.id().ms), wanted, "from {ms}");
        }
    };
    check(&log, &left);
    for ms in [1, 16, 17, 18, 33, 48, 64, 65, 99, 100, 101, 116, 150] {
        assert!(log.delete(id(ms, 0)));
        assert!(!log.delete(id(ms, 0)));
        left.retain(|&at| at != ms);
        check(&log, &left);
    }
    for ms in 151..=160 {
        assert!(log.append(id(ms, 0), &[("f", "v")], BlockLimits::default()));
        left.push(ms);
    }
    check(&log, &left);
    let trim = |log: &mut Log, left: &mut Vec<u64>, to: u64| {
        log.trim(Trim {
            to: TrimTo::MaxLen(to),
            approx: None,
        });
        left.drain(..left.len() - to as usize);
    };
    for to in [120, 99, 60, 41, 7] {
        trim(&mut log, &mut left, to);
        check(&log, &left);
    }
}
