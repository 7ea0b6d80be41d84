//! Groups against a plain list of pending entries.

use super::*;
use crate::ds::stream::BlockLimits;
use proptest::prelude::*;

fn id(ms: u64) -> StreamId {
    StreamId::new(ms, 0)
}

fn log_of(n: u64) -> Log {
    let mut log = Log::default();
    for ms in 1..=n {
        assert!(log.append(id(ms), &[("f", "v")], BlockLimits::default()));
    }
    log
}

fn read(group: &mut Group, log: &Log, count: usize) {
    let from = group.last_delivered().next().unwrap_or_default();
    for entry in log.range(from, StreamId::MAX).take(count) {
        group.advance(log, entry.id());
    }
}

fn state(group: &Group, log: &Log) -> (Option<i64>, Option<i64>) {
    (group.entries_read(), group.lag(log))
}

#[test]
fn lag_counts_what_is_left_to_read() {
    let log = log_of(5);
    let mut group = Group::new(StreamId::MIN, None);
    assert_eq!(state(&group, &log), (None, Some(5)));
    read(&mut group, &log, 2);
    assert_eq!(state(&group, &log), (Some(2), Some(3)));
    read(&mut group, &log, 9);
    assert_eq!(state(&group, &log), (Some(5), Some(0)));
    assert_eq!(
        Group::new(StreamId::MIN, None).lag(&Log::default()),
        Some(0)
    );
}

#[test]
fn lag_is_unknown_behind_a_deleted_entry() {
    let mut log = log_of(5);
    let mut group = Group::new(StreamId::MIN, None);
    read(&mut group, &log, 2);
    assert!(log.delete(id(4)));
    assert_eq!(state(&group, &log), (Some(2), None));
    read(&mut group, &log, 1);
    assert_eq!(state(&group, &log), (None, None));
    read(&mut group, &log, 1);
    assert_eq!(state(&group, &log), (Some(5), Some(0)));
}

#[test]
fn lag_survives_deletions_in_front_of_the_first_entry() {
    let mut log = log_of(5);
    let mut group = Group::new(StreamId::MIN, None);
    assert!(log.delete(id(1)));
    assert_eq!(state(&group, &log), (None, Some(4)));
    read(&mut group, &log, 1);
    assert_eq!(state(&group, &log), (Some(2), Some(3)));
    // A cursor in the middle of nowhere, and one that the user knows better about.
    group.set_cursor(id(3), None);
    assert_eq!(state(&group, &log), (None, None));
    group.set_cursor(id(3), Some(3));
    assert_eq!(state(&group, &log), (Some(3), Some(2)));
    group.set_cursor(id(3), Some(7));
    assert_eq!(state(&group, &log), (Some(7), Some(-2)));
    group.set_cursor(id(9), None);
    assert_eq!(state(&group, &log), (None, None));
}

#[test]
fn consumers_are_listed_by_name_and_numbers_are_used_again() {
    let mut group = Group::default();
    for name in ["b", "a\0", "a", "", "ab"] {
        assert!(group.see_consumer(name.as_bytes(), 5).1);
    }
    assert!(!group.see_consumer(b"b", 9).1);
    let names = |group: &Group| {
        group
            .consumers()
            .map(|(_, it)| String::from_utf8_lossy(it.name()).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&group), ["", "a", "a\0", "ab", "b"]);
    let gone = group.find_consumer(b"a");
    assert_eq!(group.delete_consumer(b"a"), Some(0));
    assert_eq!(group.delete_consumer(b"a"), None);
    assert_eq!(Some(group.add_consumer(b"c", 7)), gone);
    assert_eq!(names(&group), ["", "a\0", "ab", "b", "c"]);
    let seen: Vec<_> = group
        .consumers()
        .map(|(_, it)| (it.seen_at(), it.active_at()))
        .collect();
    assert_eq!(
        seen,
        [(5, None), (5, None), (5, None), (9, None), (7, None)]
    );
}

#[derive(Clone, Debug)]
enum Op {
    Deliver(u64, usize),
    Redeliver(u64),
    Claim(u64, usize, Deliveries),
    Ack(u64),
    Drop(usize),
}

fn any_op() -> impl Strategy<Value = Op> {
    let deliveries = prop_oneof![
        Just(Deliveries::Keep),
        Just(Deliveries::Count),
        (0u64..9).prop_map(Deliveries::Set)
    ];
    prop_oneof![
        3 => (0u64..12, 0usize..3).prop_map(|(id, who)| Op::Deliver(id, who)),
        1 => (0u64..12).prop_map(Op::Redeliver),
        2 => (0u64..12, 0usize..3, deliveries).prop_map(|(id, who, deliveries)| Op::Claim(id, who, deliveries)),
        2 => (0u64..12).prop_map(Op::Ack),
        1 => (0usize..3).prop_map(Op::Drop),
    ]
}

proptest! {
    /// Against a plain list of (ID, consumer, time, count).
    #[test]
    fn behaves_like_a_list_of_pending_entries(ops in proptest::collection::vec(any_op(), 0..60)) {
        const NAMES: [&[u8]; 3] = [b"x", b"y", b"z"];
        let mut group = Group::default();
        let mut model: BTreeMap<u64, (usize, u64, u64)> = BTreeMap::new();
        for (now, op) in (100..).zip(ops) {
            match op {
                Op::Deliver(ms, who) => {
                    let (consumer, _) = group.see_consumer(NAMES[who], now);
                    group.deliver(id(ms), consumer, now);
                    model.insert(ms, (who, now, 1));
                    prop_assert_eq!(group.consumer(consumer).and_then(Consumer::active_at), Some(now));
                }
                Op::Redeliver(ms) => {
                    group.redeliver(id(ms), now);
                    if let Some(entry) = model.get_mut(&ms) {
                        *entry = (entry.0, now, entry.2 + 1);
                    }
                }
                Op::Claim(ms, who, deliveries) => {
                    let (consumer, _) = group.see_consumer(NAMES[who], now);
                    let before = group.claim(id(ms), consumer, now, now - 50, deliveries);
                    let old = model.get(&ms).copied();
                    prop_assert_eq!(before.map(|it| group.consumer_name(it)), old.map(|entry| NAMES[entry.0]));
                    let count = old.map_or(1, |entry| entry.2);
                    let count = match deliveries {
                        Deliveries::Keep => count,
                        Deliveries::Count => count + 1,
                        Deliveries::Set(count) => count,
                    };
                    model.insert(ms, (who, now - 50, count));
                }
                Op::Ack(ms) => prop_assert_eq!(group.ack(id(ms)).is_some(), model.remove(&ms).is_some()),
                Op::Drop(who) => {
                    let own = model.values().filter(|entry| entry.0 == who).count();
                    let known = group.find_consumer(NAMES[who]).is_some();
                    prop_assert_eq!(group.delete_consumer(NAMES[who]), known.then_some(own));
                    model.retain(|_, entry| entry.0 != who);
                }
            }
            let unpack = |(at, pending): (StreamId, &Pending)| {
                (at.ms, group.consumer_name(pending.consumer).to_vec(), pending.delivered_at, pending.deliveries)
            };
            let within = |start: u64, end: u64, who: Option<usize>| {
                let from = model.range(start..).take_while(|(ms, _)| **ms <= end);
                from.filter(|(_, entry)| who.is_none_or(|who| entry.0 == who))
                    .map(|(&ms, entry)| (ms, NAMES[entry.0].to_vec(), entry.1, entry.2))
                    .collect::<Vec<_>>()
            };
            for (start, end) in [(0, 99), (3, 8), (5, 5), (8, 3)] {
                prop_assert_eq!(group.pending_range(id(start), id(end)).map(unpack).collect::<Vec<_>>(), within(start, end, None));
                for (who, name) in NAMES.iter().enumerate() {
                    let got = group.find_consumer(name).map(|it| group.pending_range_of(it, id(start), id(end)).map(unpack).collect());
                    prop_assert_eq!(got.unwrap_or_else(Vec::new), within(start, end, Some(who)));
                }
            }
            prop_assert_eq!(group.pending_len(), model.len());
            let sum: usize = group.consumers().map(|(_, it)| it.pending_len()).sum();
            prop_assert_eq!(sum, model.len());
            let bounds = model.keys().next().zip(model.keys().next_back()).map(|(a, b)| (id(*a), id(*b)));
            prop_assert_eq!(group.pending_bounds(), bounds);
        }
    }
}
