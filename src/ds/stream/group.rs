//! Consumer groups: who was handed which entry, and what is still unacknowledged.

use std::collections::{BTreeMap, BTreeSet};

use crate::ds::bytes::Bytes;

use super::id::StreamId;
use super::log::Log;

/// A consumer group of one stream. All times are milliseconds.
///
/// With `p` pending entries and `c` consumers, every operation on one entry or consumer takes O(log p + log c).
#[derive(Clone, Debug, Default)]
pub struct Group {
    last_delivered: StreamId,
    entries_read: Option<i64>,
    /// The pending entries list (PEL).
    pending: BTreeMap<StreamId, Pending>,
    /// Consumers by number.
    consumers: Vec<Option<Consumer>>,
    /// The numbers that deleted consumers left.
    free: Vec<ConsumerId>,
    by_name: BTreeMap<Bytes, ConsumerId>,
}

/// Names a consumer within its group, for as long as the consumer lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerId(u32);

/// An entry that was delivered and not yet acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whom it was last delivered to.
    pub consumer: ConsumerId,
    /// When it was last delivered.
    pub delivered_at: u64,
    /// How often it was delivered.
    pub deliveries: u64,
}

/// One consumer of a group.
#[derive(Clone, Debug)]
pub struct Consumer {
    name: Bytes,
    seen_at: u64,
    active_at: Option<u64>,
    pending: BTreeSet<StreamId>,
}

/// What claiming an entry does to its count of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deliveries {
    /// Leaves it.
    Keep,
    /// Adds one.
    Count,
    /// Sets it.
    Set(u64),
}

impl Consumer {
    /// The consumer's name.
    pub fn name(&self) -> &Bytes {
        &self.name
    }

    /// When the consumer last tried to read or claim.
    pub fn seen_at(&self) -> u64 {
        self.seen_at
    }

    /// When the consumer last got an entry that it did not have; `None` if it never did.
    pub fn active_at(&self) -> Option<u64> {
        self.active_at
    }

    /// How many entries wait for this consumer's acknowledgement.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }
}

impl Group {
    /// A group that has been delivered everything up to `last_delivered`, and has read `entries_read` entries in all if
    /// that is known. The count is the user's to set, so it may be any number.
    pub fn new(last_delivered: StreamId, entries_read: Option<i64>) -> Self {
        Group { last_delivered, entries_read, ..Group::default() }
    }

    /// The last ID delivered to any consumer: `>` means the entries after it.
    pub fn last_delivered(&self) -> StreamId {
        self.last_delivered
    }

    /// How many of all entries ever added come no later than the last-delivered ID, if that is known.
    pub fn entries_read(&self) -> Option<i64> {
        self.entries_read
    }

    /// Moves the cursor to any place.
    pub fn set_cursor(&mut self, last_delivered: StreamId, entries_read: Option<i64>) {
        self.last_delivered = last_delivered;
        self.entries_read = entries_read;
    }

    /// Moves the cursor forward to `id` without reading; an ID further back is ignored.
    pub fn raise_cursor(&mut self, id: StreamId) {
        self.last_delivered = self.last_delivered.max(id);
    }

    /// Moves the cursor to `id`, the entry of `log` that is being read. One further back is ignored.
    pub fn advance(&mut self, log: &Log, id: StreamId) {
        if id <= self.last_delivered {
            return;
        }
        self.entries_read = match self.entries_read {
            Some(read) if self.last_delivered >= log.first_id() && !has_gap_after(log, self.last_delivered) => {
                Some(read.wrapping_add(1))
            }
            _ => read_count_at(log, id),
        };
        self.last_delivered = id;
    }

    /// How many entries of `log` wait to be read; `None` where deletions make that unknowable without counting.
    ///
    /// Follows Valkey's `streamReplyWithCGLag`. Negative where the user set a count of entries read that is too high.
    pub fn lag(&self, log: &Log) -> Option<i64> {
        let added = log.entries_added() as i64;
        match self.entries_read {
            _ if added == 0 => Some(0),
            Some(read) if !has_gap_after(log, self.last_delivered) => Some(added.wrapping_sub(read)),
            _ => read_count_at(log, self.last_delivered).map(|read| added.wrapping_sub(read)),
        }
    }

    /// The consumers, by name in byte order.
    pub fn consumers(&self) -> impl Iterator<Item = (ConsumerId, &Consumer)> {
        self.by_name.values().filter_map(|&id| Some((id, self.consumer(id)?)))
    }

    /// How many consumers there are.
    pub fn consumer_count(&self) -> usize {
        self.by_name.len()
    }

    /// The consumer of that name.
    pub fn find_consumer(&self, name: &[u8]) -> Option<ConsumerId> {
        self.by_name.get(name).copied()
    }

    /// A consumer; `None` if it was deleted.
    pub fn consumer(&self, id: ConsumerId) -> Option<&Consumer> {
        self.consumers.get(id.0 as usize)?.as_ref()
    }

    /// A consumer's name; empty if it was deleted.
    pub fn consumer_name(&self, id: ConsumerId) -> &[u8] {
        self.consumer(id).map_or(&[], |consumer| consumer.name.as_slice())
    }

    /// Adds a consumer, seen `now`. One of that name must not be there.
    pub fn add_consumer(&mut self, name: &[u8], now: u64) -> ConsumerId {
        let name = Bytes::from_slice(name);
        let consumer = Consumer { name: name.clone(), seen_at: now, active_at: None, pending: BTreeSet::new() };
        let id = self.free.pop().unwrap_or(ConsumerId(self.consumers.len() as u32));
        match self.consumers.get_mut(id.0 as usize) {
            Some(slot) => *slot = Some(consumer),
            None => self.consumers.push(Some(consumer)),
        }
        self.by_name.insert(name, id);
        id
    }

    /// The consumer of that name, added if need be, and whether it was; it is seen `now`.
    pub fn see_consumer(&mut self, name: &[u8], now: u64) -> (ConsumerId, bool) {
        match self.find_consumer(name) {
            Some(id) => {
                if let Some(consumer) = self.consumer_mut(id) {
                    consumer.seen_at = now;
                }
                (id, false)
            }
            None => (self.add_consumer(name, now), true),
        }
    }

    /// Deletes a consumer with its pending entries; returns how many those were, or `None` if there is no such consumer.
    pub fn delete_consumer(&mut self, name: &[u8]) -> Option<usize> {
        let id = self.by_name.remove(name)?;
        let consumer = self.consumers.get_mut(id.0 as usize)?.take()?;
        self.free.push(id);
        for entry in &consumer.pending {
            self.pending.remove(entry);
        }
        Some(consumer.pending.len())
    }

    /// How many entries are pending.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// What is pending of the entry `id`.
    pub fn pending(&self, id: StreamId) -> Option<&Pending> {
        self.pending.get(&id)
    }

    /// The pending entries from `start` to `end`, both included, in order.
    pub fn pending_range(&self, start: StreamId, end: StreamId) -> impl Iterator<Item = (StreamId, &Pending)> {
        let from = self.pending.range(start..).take_while(move |(id, _)| **id <= end);
        from.map(|(&id, pending)| (id, pending))
    }

    /// One consumer's pending entries from `start` to `end`, both included, in order.
    pub fn pending_range_of(
        &self,
        consumer: ConsumerId,
        start: StreamId,
        end: StreamId,
    ) -> impl Iterator<Item = (StreamId, &Pending)> {
        let from = self.consumer(consumer).into_iter().flat_map(move |owner| owner.pending.range(start..));
        from.take_while(move |id| **id <= end).filter_map(|&id| Some((id, self.pending.get(&id)?)))
    }

    /// The smallest and the greatest pending ID.
    pub fn pending_bounds(&self) -> Option<(StreamId, StreamId)> {
        Some((*self.pending.first_key_value()?.0, *self.pending.last_key_value()?.0))
    }

    /// Hands the entry `id` to `consumer` as new: pending since `now`, delivered once, whoever had it before.
    pub fn deliver(&mut self, id: StreamId, consumer: ConsumerId, now: u64) {
        self.assign(id, Pending { consumer, delivered_at: now, deliveries: 1 });
        self.mark_active(consumer, now);
    }

    /// Notes that a pending entry was handed to its own consumer again.
    pub fn redeliver(&mut self, id: StreamId, now: u64) {
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.delivered_at = now;
            pending.deliveries = pending.deliveries.wrapping_add(1);
        }
    }

    /// Makes `consumer` the owner of the entry `id` as if delivered at `delivered_at`; returns the owner before. An entry
    /// that is not pending becomes so, counting from one delivery.
    pub fn claim(
        &mut self,
        id: StreamId,
        consumer: ConsumerId,
        now: u64,
        delivered_at: u64,
        deliveries: Deliveries,
    ) -> Option<ConsumerId> {
        let before = self.pending.get(&id).copied();
        let count = before.map_or(1, |pending| pending.deliveries);
        let deliveries = match deliveries {
            Deliveries::Keep => count,
            Deliveries::Count => count.wrapping_add(1),
            Deliveries::Set(count) => count,
        };
        self.assign(id, Pending { consumer, delivered_at, deliveries });
        self.mark_active(consumer, now);
        before.map(|pending| pending.consumer)
    }

    /// Takes the entry `id` off the lists of the group and of its consumer: acknowledged, or gone from the stream.
    pub fn ack(&mut self, id: StreamId) -> Option<Pending> {
        let pending = self.pending.remove(&id)?;
        if let Some(consumer) = self.consumer_mut(pending.consumer) {
            consumer.pending.remove(&id);
        }
        Some(pending)
    }

    fn assign(&mut self, id: StreamId, pending: Pending) {
        if let Some(before) = self.pending.insert(id, pending)
            && before.consumer != pending.consumer
            && let Some(owner) = self.consumer_mut(before.consumer)
        {
            owner.pending.remove(&id);
        }
        if let Some(owner) = self.consumer_mut(pending.consumer) {
            owner.pending.insert(id);
        }
    }

    fn mark_active(&mut self, consumer: ConsumerId, now: u64) {
        if let Some(consumer) = self.consumer_mut(consumer) {
            consumer.active_at = Some(now);
        }
    }

    fn consumer_mut(&mut self, id: ConsumerId) -> Option<&mut Consumer> {
        self.consumers.get_mut(id.0 as usize)?.as_mut()
    }
}

/// Whether an entry at or after `id` was ever deleted, as far as the log remembers: it keeps only the greatest such ID.
fn has_gap_after(log: &Log, id: StreamId) -> bool {
    !log.is_empty() && !log.max_deleted_id().is_zero() && id <= log.max_deleted_id()
}

/// How many of all entries ever added come no later than `id`, where that follows from the log's edges alone.
///
/// Follows Valkey's `streamEstimateDistanceFromFirstEverEntry`, in its order.
fn read_count_at(log: &Log, id: StreamId) -> Option<i64> {
    let (added, len) = (log.entries_added() as i64, log.len() as i64);
    let deleted = log.max_deleted_id();
    if added == 0 {
        return Some(0);
    }
    if len == 0 && id <= log.last_id() {
        return Some(added);
    }
    if !id.is_zero() && id < deleted || id > log.last_id() {
        return None;
    }
    if id == log.last_id() {
        return Some(added);
    }
    let whole = deleted.is_zero() || deleted < log.first_id();
    match id.cmp(&log.first_id()) {
        std::cmp::Ordering::Less if whole => Some(added.wrapping_sub(len)),
        std::cmp::Ordering::Equal if whole => Some(added.wrapping_sub(len).wrapping_add(1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Group::new(StreamId::MIN, None).lag(&Log::default()), Some(0));
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
        let names = |group: &Group| group.consumers().map(|(_, it)| String::from_utf8_lossy(it.name()).into_owned()).collect::<Vec<_>>();
        assert_eq!(names(&group), ["", "a", "a\0", "ab", "b"]);
        let gone = group.find_consumer(b"a");
        assert_eq!(group.delete_consumer(b"a"), Some(0));
        assert_eq!(group.delete_consumer(b"a"), None);
        assert_eq!(Some(group.add_consumer(b"c", 7)), gone);
        assert_eq!(names(&group), ["", "a\0", "ab", "b", "c"]);
        let seen: Vec<_> = group.consumers().map(|(_, it)| (it.seen_at(), it.active_at())).collect();
        assert_eq!(seen, [(5, None), (5, None), (5, None), (9, None), (7, None)]);
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
        let deliveries = prop_oneof![Just(Deliveries::Keep), Just(Deliveries::Count), (0u64..9).prop_map(Deliveries::Set)];
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
}
