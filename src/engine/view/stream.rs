//! A stream: its log, its groups and their pending entries as far as they are in view, and one entry that is followed.

use serde::{Deserialize, Serialize};

use super::{Look, Window, cut};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Entry, Group, Pending, Stream, StreamId};
use crate::engine::story::{Begins, Step};
use crate::engine::time::Millis;

/// The most pending entries that are listed for one group, from the smallest ID on.
const PENDING_MAX: usize = 12;
/// The most pending entries that are told of one group between the first and the last entry in view.
const IN_VIEW_MAX: usize = 256;
/// The most consumers of one group that are told.
const CONSUMERS_MAX: usize = 64;
/// How far pending entries before the log's first are counted.
const GONE_MAX: usize = 1000;
/// The most fields of an entry that its row holds.
const FIELDS_MAX: usize = 32;

/// What a panel wants to see of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamLook {
    /// The life of one entry, by its ID.
    Entry(String),
}

/// One entry of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    /// Its ID.
    pub id: String,
    /// The first of its fields with the beginnings of their values.
    pub fields: Vec<(Bytes, Bytes)>,
}

/// One pending entry of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingRow {
    /// The entry's ID.
    pub id: String,
    /// Who has it.
    pub consumer: Bytes,
    /// When it was last delivered.
    pub delivered_at: Millis,
    /// How often it was delivered.
    pub deliveries: u64,
    /// Whether the entry itself is no longer in the log.
    pub gone: bool,
}

/// One consumer of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsumerRow {
    /// Its name.
    pub name: Bytes,
    /// How many entries it has not acknowledged.
    pub pending: usize,
    /// When it last asked.
    pub seen_at: Millis,
}

/// One consumer group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupView {
    /// Its name.
    pub name: Bytes,
    /// The last ID that it delivered.
    pub last_delivered: String,
    /// How many of the entries in view it has delivered (those at its cursor and before).
    pub delivered_in_view: usize,
    /// How many entries are still to come, where that is known.
    pub lag: Option<i64>,
    /// All pending entries.
    pub pending_len: usize,
    /// The first of them, by ID.
    pub pending: Vec<PendingRow>,
    /// Those between the first and the last entry in view.
    pub in_view: Vec<PendingRow>,
    /// How many pending entries stand before the first entry of the log, their data gone; 1,000: that many or more.
    pub gone_before: usize,
    /// The first of its consumers, by name.
    pub consumers: Vec<ConsumerRow>,
    /// All consumers.
    pub consumers_len: usize,
}

/// What an entry is to a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntryStanding {
    /// It stands behind the group's cursor: not delivered yet.
    ToCome,
    /// It was delivered and not acknowledged.
    Pending(PendingRow),
    /// The cursor is past it and it is not pending: acknowledged, read with NOACK, or passed over by the cursor.
    Past,
}

/// One entry that is followed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LifeView {
    /// Its ID.
    pub id: String,
    /// How many entries stand before it in the log, where it is in it.
    pub place: Option<u64>,
    /// Its fields; `None`: it is not in the log.
    pub fields: Option<Vec<(Bytes, Bytes)>>,
    /// What it is to each group now.
    pub standings: Vec<(Bytes, EntryStanding)>,
    /// What is known to have happened to it, oldest first.
    pub steps: Vec<Step>,
    /// How far back that is known.
    pub begins: Begins,
    /// How many commands on many entries came since that may have been about it too.
    pub unclear: u64,
}

/// The last trim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrimView {
    /// When it was.
    pub at: Millis,
    /// How many entries it dropped.
    pub count: u64,
    /// The ID before which it left none.
    pub before: String,
}

/// Part of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamView {
    /// All entries.
    pub len: u64,
    /// Entries ever added.
    pub added: u64,
    /// The last ID that was given.
    pub last_id: String,
    /// The ID of the first entry; `0-0` where there is none.
    pub first_id: String,
    /// How many entries stand before the first in view.
    pub start: u64,
    /// The entries in view, oldest first.
    pub entries: Vec<EntryRow>,
    /// IDs between those that are known to have been deleted, in order.
    pub deleted: Vec<String>,
    /// The last trim that is known of.
    pub trim: Option<TrimView>,
    /// The groups.
    pub groups: Vec<GroupView>,
    /// The entry that is followed.
    pub life: Option<Box<LifeView>>,
}

/// A window on a stream, and the entry that is followed. O(n / b + rows); of a group with `p` pending entries
/// O(log p + rows).
pub(super) fn window(stream: &Stream, window: Window, look: &Look) -> StreamView {
    let log = &stream.log;
    let start = window.place(log.len() as usize) as u64;
    let shown: Vec<_> = log.from_index(start).take(window.count).collect();
    let ids: Vec<StreamId> = shown.iter().map(|entry| entry.id()).collect();
    let followed = match look {
        Look::Stream(StreamLook::Entry(id)) => StreamId::parse(id.as_bytes(), 0),
        _ => None,
    };
    let groups = &stream.groups;
    StreamView {
        len: log.len(),
        added: log.entries_added(),
        last_id: log.last_id().to_string(),
        first_id: log.first_id().to_string(),
        start,
        entries: shown
            .iter()
            .map(|entry| EntryRow {
                id: entry.id().to_string(),
                fields: fields(*entry),
            })
            .collect(),
        deleted: Vec::new(),
        trim: None,
        groups: groups
            .iter()
            .map(|(name, group)| group_view(name, group, stream, &ids))
            .collect(),
        life: followed.map(|id| Box::new(life(stream, id))),
    }
}

fn fields(entry: Entry<'_>) -> Vec<(Bytes, Bytes)> {
    let some = entry.fields().take(FIELDS_MAX);
    some.map(|(field, value)| (cut(&field), cut(&value)))
        .collect()
}

fn row(group: &Group, stream: &Stream, id: StreamId, pending: &Pending) -> PendingRow {
    PendingRow {
        id: id.to_string(),
        consumer: Bytes::from_slice(group.consumer_name(pending.consumer)),
        delivered_at: pending.delivered_at,
        deliveries: pending.deliveries,
        gone: stream.log.get(id).is_none(),
    }
}

fn group_view(name: &Bytes, group: &Group, stream: &Stream, ids: &[StreamId]) -> GroupView {
    let log = &stream.log;
    let rows = |from, to, most| {
        group
            .pending_range(from, to)
            .take(most)
            .map(|(id, pending)| row(group, stream, id, pending))
            .collect()
    };
    let before_first = match log.is_empty() {
        true => Some(StreamId::MAX),
        false => log.first_id().prev(),
    };
    GroupView {
        name: name.clone(),
        last_delivered: group.last_delivered().to_string(),
        delivered_in_view: ids
            .iter()
            .filter(|id| **id <= group.last_delivered())
            .count(),
        lag: group.lag(log),
        pending_len: group.pending_len(),
        pending: rows(StreamId::MIN, StreamId::MAX, PENDING_MAX),
        in_view: match (ids.first(), ids.last()) {
            (Some(&first), Some(&last)) => rows(first, last, IN_VIEW_MAX),
            _ => Vec::new(),
        },
        gone_before: before_first.map_or(0, |last| {
            let gone = group.pending_range(StreamId::MIN, last);
            gone.take(GONE_MAX).count()
        }),
        consumers: group
            .consumers()
            .take(CONSUMERS_MAX)
            .map(|(_, consumer)| ConsumerRow {
                name: consumer.name().clone(),
                pending: consumer.pending_len(),
                seen_at: consumer.seen_at(),
            })
            .collect(),
        consumers_len: group.consumer_count(),
    }
}

fn life(stream: &Stream, id: StreamId) -> LifeView {
    let standing = |group: &Group| match group.pending(id) {
        Some(pending) => EntryStanding::Pending(row(group, stream, id, pending)),
        None if id > group.last_delivered() => EntryStanding::ToCome,
        None => EntryStanding::Past,
    };
    let entry = stream.log.get(id);
    LifeView {
        id: id.to_string(),
        place: entry.map(|_| stream.log.index_of(id)),
        fields: entry.map(fields),
        standings: stream
            .groups
            .iter()
            .map(|(name, group)| (name.clone(), standing(group)))
            .collect(),
        steps: Vec::new(),
        begins: Begins::Unknown,
        unclear: 0,
    }
}
