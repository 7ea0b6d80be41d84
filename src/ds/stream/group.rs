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
        Group {
            last_delivered,
            entries_read,
            ..Group::default()
        }
    }

    /// A group that has been delivered everything up to `last_delivered`, as far as `log` tells how many entries that were.
    pub fn at(log: &Log, last_delivered: StreamId) -> Self {
        Self::new(last_delivered, read_count_at(log, last_delivered))
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
            Some(read)
                if self.last_delivered >= log.first_id()
                    && !has_gap_after(log, self.last_delivered) =>
            {
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
            Some(read) if !has_gap_after(log, self.last_delivered) => {
                Some(added.wrapping_sub(read))
            }
            _ => read_count_at(log, self.last_delivered).map(|read| added.wrapping_sub(read)),
        }
    }

    /// The consumers, by name in byte order.
    pub fn consumers(&self) -> impl Iterator<Item = (ConsumerId, &Consumer)> {
        self.by_name
            .values()
            .filter_map(|&id| Some((id, self.consumer(id)?)))
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
        self.consumer(id)
            .map_or(&[], |consumer| consumer.name.as_slice())
    }

    /// Adds a consumer, seen `now`. One of that name must not be there.
    pub fn add_consumer(&mut self, name: &[u8], now: u64) -> ConsumerId {
        let name = Bytes::from_slice(name);
        let consumer = Consumer {
            name: name.clone(),
            seen_at: now,
            active_at: None,
            pending: BTreeSet::new(),
        };
        let id = self
            .free
            .pop()
            .unwrap_or(ConsumerId(self.consumers.len() as u32));
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
    pub fn pending_range(
        &self,
        start: StreamId,
        end: StreamId,
    ) -> impl Iterator<Item = (StreamId, &Pending)> {
        let from = self
            .pending
            .range(start..)
            .take_while(move |(id, _)| **id <= end);
        from.map(|(&id, pending)| (id, pending))
    }

    /// One consumer's pending entries from `start` to `end`, both included, in order.
    pub fn pending_range_of(
        &self,
        consumer: ConsumerId,
        start: StreamId,
        end: StreamId,
    ) -> impl Iterator<Item = (StreamId, &Pending)> {
        let from = self
            .consumer(consumer)
            .into_iter()
            .flat_map(move |owner| owner.pending.range(start..));
        from.take_while(move |id| **id <= end)
            .filter_map(|&id| Some((id, self.pending.get(&id)?)))
    }

    /// The pending entries that were last delivered no later than `moment`, longest ago first.
    ///
    /// Sorted when asked for: O(p log p), paid by no other operation.
    pub fn delivered_until(&self, moment: u64) -> Vec<(StreamId, Pending)> {
        let old = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.delivered_at <= moment);
        let mut old: Vec<_> = old.map(|(&id, &pending)| (id, pending)).collect();
        old.sort_by_key(|(_, pending)| pending.delivered_at);
        old
    }

    /// The earliest of the deliveries after `moment` that are still pending. O(p).
    pub fn first_delivery_after(&self, moment: u64) -> Option<u64> {
        let times = self.pending.values().map(|pending| pending.delivered_at);
        times.filter(|&at| at > moment).min()
    }

    /// The smallest and the greatest pending ID.
    pub fn pending_bounds(&self) -> Option<(StreamId, StreamId)> {
        Some((
            *self.pending.first_key_value()?.0,
            *self.pending.last_key_value()?.0,
        ))
    }

    /// Hands the entry `id` to `consumer` as new: pending since `now`, delivered once, whoever had it before.
    pub fn deliver(&mut self, id: StreamId, consumer: ConsumerId, now: u64) {
        self.assign(
            id,
            Pending {
                consumer,
                delivered_at: now,
                deliveries: 1,
            },
        );
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
        self.assign(
            id,
            Pending {
                consumer,
                delivered_at,
                deliveries,
            },
        );
        self.mark_active(consumer, now);
        before.map(|pending| pending.consumer)
    }

    /// Notes when a consumer was last seen and last active.
    pub fn set_times(&mut self, consumer: ConsumerId, seen_at: u64, active_at: Option<u64>) {
        if let Some(consumer) = self.consumer_mut(consumer) {
            consumer.seen_at = seen_at;
            consumer.active_at = active_at;
        }
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
mod tests;
