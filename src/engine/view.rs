//! Read-only windows on the engine, for whoever draws it: what is in view, and no more.

mod hll;
mod keys;
mod overlap;
mod text;
mod zset;

use serde::{Deserialize, Serialize};
pub use zset::*;

use super::client::Conn;
use super::db::{Db, Entry, Value, Witness};
use super::time::Millis;
use super::{Engine, reply::Resp};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Group, Stream, StreamId};
use crate::ds::hll as ds_hll;

pub use hll::{ElementView, HllLook, MergeView, OtherHll, SetBytes, measure};
pub use keys::{GroupRow, KeyIndex, KeyOrder, KeyRow, KeysAsked, KeysLine, KeysView, keys};
pub use overlap::{Against, Overlap, Shared};
pub use text::{BITS_MAX, BitsView, WHOLE_MAX};

/// The most pending entries that a stream's window lists for one group.
const PENDING_MAX: usize = 200;
/// The most bytes of an element that its row holds.
const ITEM_MAX: usize = 256;

/// What a key is to whoever looks at it: its type, and for a string what it is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A plain string.
    Text,
    /// A string set with NX and a TTL.
    Lock,
    /// A string that is a HyperLogLog.
    Hll,
    /// A sorted set.
    Zset,
    /// A stream.
    Stream,
    /// A list.
    List,
    /// A set.
    Set,
    /// A hash.
    Hash,
}

impl Kind {
    /// What an entry is.
    pub fn of(entry: &Entry) -> Self {
        match &entry.value {
            Value::Zset(_) => Self::Zset,
            Value::List(_) => Self::List,
            Value::Set(_) => Self::Set,
            Value::Hash(_) => Self::Hash,
            Value::Stream(_) => Self::Stream,
            Value::Str(_) if matches!(entry.witness.as_deref(), Some(Witness::Lock { .. })) => {
                Self::Lock
            }
            Value::Str(text) if ds_hll::encoding(text).is_ok() => Self::Hll,
            Value::Str(_) => Self::Text,
        }
    }
}


/// One element of a list or set, or one field of a hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The element, or the field.
    pub name: Bytes,
    /// The field's value.
    pub value: Option<Bytes>,
    /// When the field expires.
    pub deadline: Option<Millis>,
}

/// Part of a list, from its head, or of a set or hash, in the order it keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemsView {
    /// [`Kind::List`], [`Kind::Set`] or [`Kind::Hash`].
    pub kind: Kind,
    /// All elements.
    pub len: usize,
    /// Bytes of memory, as estimated by the structure.
    pub memory: usize,
    /// What the reference would keep it in, as `OBJECT ENCODING` names it.
    pub encoding: String,
    /// How many nodes a list is kept in.
    pub nodes: Option<usize>,
    /// How a set stands to another, if that was asked.
    pub overlap: Option<Overlap>,
    /// The place of the first row.
    pub start: usize,
    /// The rows in view.
    pub rows: Vec<ItemRow>,
}

/// One entry of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    /// Its ID.
    pub id: String,
    /// Its fields with their values.
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
    /// The first of them.
    pub pending: Vec<PendingRow>,
    /// Its consumers.
    pub consumers: Vec<ConsumerRow>,
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
    /// How many entries stand before the first in view.
    pub start: u64,
    /// The entries in view, oldest first.
    pub entries: Vec<EntryRow>,
    /// The groups.
    pub groups: Vec<GroupView>,
}

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockView {
    /// The client that took it.
    pub holder: Conn,
    /// When it was taken.
    pub since: Millis,
    /// The TTL it was taken with, in milliseconds.
    pub ttl: Millis,
}

/// A string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextView {
    /// Its length in bytes.
    pub len: usize,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// What the reference would keep it in, as `OBJECT ENCODING` names it.
    pub encoding: String,
    /// Bytes of memory with its key, as `MEMORY USAGE` estimates them.
    pub memory: usize,
    /// Some of its bits, if that was asked.
    pub bits: Option<BitsView>,
    /// The lock it is, if it is one.
    pub lock: Option<LockView>,
}

/// A HyperLogLog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HllView {
    /// The estimate of how many different elements it was shown.
    pub estimate: u64,
    /// How many it was really shown, where that is known.
    pub truth: Option<usize>,
    /// Whether every register has its own six bits.
    pub dense: bool,
    /// Its length in bytes.
    pub bytes: usize,
    /// The 16,384 registers.
    pub registers: Vec<u8>,
    /// The length up to which it stays sparse, in bytes.
    pub sparse_max: usize,
    /// What memory it takes beside a set of the same elements, where they are known.
    pub set: Option<SetBytes>,
    /// The element that was asked for.
    pub element: Option<ElementView>,
    /// The merge that was asked for.
    pub merge: Option<Box<MergeView>>,
}

/// What a key holds, as far as it is in view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ValueView {
    /// There is no such key.
    Missing,
    /// A string, plain or a lock.
    Text(TextView),
    /// A HyperLogLog.
    Hll(HllView),
    /// A sorted set.
    Zset(ZsetView),
    /// A stream.
    Stream(StreamView),
    /// A list, a set or a hash.
    Items(ItemsView),
}

/// Channels and patterns with their subscribers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PubSubView {
    /// Each channel and who listens.
    pub channels: Vec<(Bytes, Vec<Conn>)>,
    /// Each pattern and who listens.
    pub patterns: Vec<(Bytes, Vec<Conn>)>,
}

/// The most names of one kind that a client's state lists.
const NAMES_MAX: usize = 32;
/// The most words of a queued command that a client's state holds.
const WORDS_MAX: usize = 16;

/// What a client has queued since MULTI.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueView {
    /// All queued commands.
    pub len: usize,
    /// The words of the first of them.
    pub commands: Vec<Vec<Bytes>>,
    /// A command was refused: EXEC will be too.
    pub refused: bool,
}

/// A client's state. Lists hold their first names only, and long names are cut.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientView {
    /// The server's number for it.
    pub id: u64,
    /// Its name.
    pub name: Bytes,
    /// The selected database.
    pub db: usize,
    /// The protocol it speaks.
    pub resp: Resp,
    /// What it waits for: the keys, since when, and until when.
    pub blocked: Option<(Vec<Bytes>, Millis, Option<Millis>)>,
    /// How many channels it is subscribed to.
    pub channels: usize,
    /// How many patterns it is subscribed to.
    pub patterns: usize,
    /// The first channels, shard channels and patterns.
    pub names: Vec<Bytes>,
    /// What it has queued; `None`: it is not inside MULTI.
    pub queue: Option<QueueView>,
    /// How many keys it watches.
    pub watching: usize,
    /// The first of them, each with its database.
    pub watched: Vec<(usize, Bytes)>,
    /// A watched key was modified: EXEC will run nothing.
    pub dirty: bool,
    /// Which one, and its database.
    pub spoiler: Option<(usize, Bytes)>,
}

/// Which part of a long value is in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first row; `None`: so that the last row is in view.
    pub start: Option<usize>,
    /// How many rows.
    pub count: usize,
}

/// What a panel wants to see of a value besides its rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Look {
    /// Nothing else.
    #[default]
    Rows,
    /// Something of a HyperLogLog.
    Hll(HllLook),
    /// More of a sorted set.
    Zset(ZsetLook),
    /// More of a string's bytes, up to [`WHOLE_MAX`].
    Whole,
    /// Bits of a string.
    Bits {
        /// The first.
        start: u64,
        /// How many, at most [`BITS_MAX`].
        count: u64,
    },
    /// How a set stands to another, and which others there are.
    Overlap {
        /// The other set's key.
        with: Option<Bytes>,
    },
}

impl Window {
    fn place(self, len: usize) -> usize {
        self.start
            .unwrap_or(usize::MAX)
            .min(len.saturating_sub(self.count))
    }
}

/// A window on what a key holds, and what else a panel wants to see of it.
pub fn value(db: &Db, key: &[u8], window: Window, look: &Look) -> ValueView {
    let Some(entry) = db.entry(key) else {
        return ValueView::Missing;
    };
    match &entry.value {
        Value::Zset(set) => {
            let more = match look {
                Look::Zset(look) => Some(look),
                _ => None,
            };
            ValueView::Zset(zset::window(set, entry, window, more))
        }
        Value::Stream(stream) => ValueView::Stream(stream_window(stream, window)),
        Value::List(list) => {
            let row = |at| item(list.get(at)?);
            let about = (Kind::List, list.len(), list.memory_bytes(), list.encoding());
            ValueView::Items(ItemsView {
                nodes: Some(list.nodes().len()),
                ..items_window(about, window, row)
            })
        }
        Value::Set(set) => {
            let row = |at| item(&set.nth(at)?);
            let about = (Kind::Set, set.len(), set.memory_bytes(), set.encoding());
            let overlap = match look {
                Look::Overlap { with } => Some(overlap::of(db, key, set, with.as_ref())),
                _ => None,
            };
            ValueView::Items(ItemsView {
                overlap,
                ..items_window(about, window, row)
            })
        }
        Value::Hash(hash) => {
            let row = |at| {
                let (field, value, deadline) = hash.nth(at)?;
                Some(ItemRow {
                    name: Bytes::from_slice(field),
                    value: Some(cut(value)),
                    deadline,
                })
            };
            let about = (Kind::Hash, hash.len(), hash.memory_bytes(), hash.encoding());
            ValueView::Items(items_window(about, window, row))
        }
        Value::Str(text) => hll::view(db, key, entry, look).map_or_else(
            || ValueView::Text(text::view(key, text, entry, look)),
            ValueView::Hll,
        ),
    }
}

/// The beginning of a string, for a row.
fn cut(text: &[u8]) -> Bytes {
    Bytes::from_slice(text.get(..ITEM_MAX).unwrap_or(text))
}

fn item(name: &[u8]) -> Option<ItemRow> {
    Some(ItemRow {
        name: cut(name),
        value: None,
        deadline: None,
    })
}

fn items_window(
    (kind, len, memory, encoding): (Kind, usize, usize, &'static str),
    window: Window,
    row: impl Fn(usize) -> Option<ItemRow>,
) -> ItemsView {
    let start = window.start.unwrap_or(0).min(len);
    let end = start.saturating_add(window.count).min(len);
    ItemsView {
        kind,
        len,
        memory,
        encoding: encoding.to_string(),
        nodes: None,
        overlap: None,
        start,
        rows: (start..end).filter_map(row).collect(),
    }
}

fn stream_window(stream: &Stream, window: Window) -> StreamView {
    let log = &stream.log;
    let start = window.place(log.len() as usize) as u64;
    let shown: Vec<_> = log.from_index(start).take(window.count).collect();
    let ids: Vec<StreamId> = shown.iter().map(|entry| entry.id()).collect();
    StreamView {
        len: log.len(),
        added: log.entries_added(),
        last_id: log.last_id().to_string(),
        start,
        entries: shown
            .iter()
            .map(|entry| EntryRow {
                id: entry.id().to_string(),
                fields: entry.fields().collect(),
            })
            .collect(),
        groups: stream
            .groups
            .iter()
            .map(|(name, group)| group_view(name, group, stream, &ids))
            .collect(),
    }
}

fn group_view(name: &Bytes, group: &Group, stream: &Stream, ids: &[StreamId]) -> GroupView {
    let everything = (
        StreamId { ms: 0, seq: 0 },
        StreamId {
            ms: u64::MAX,
            seq: u64::MAX,
        },
    );
    GroupView {
        name: name.clone(),
        last_delivered: group.last_delivered().to_string(),
        delivered_in_view: ids
            .iter()
            .filter(|id| **id <= group.last_delivered())
            .count(),
        lag: group.lag(&stream.log),
        pending_len: group.pending_len(),
        pending: group
            .pending_range(everything.0, everything.1)
            .take(PENDING_MAX)
            .map(|(id, pending)| PendingRow {
                id: id.to_string(),
                consumer: Bytes::from_slice(group.consumer_name(pending.consumer)),
                delivered_at: pending.delivered_at,
                deliveries: pending.deliveries,
            })
            .collect(),
        consumers: group
            .consumers()
            .map(|(_, consumer)| ConsumerRow {
                name: consumer.name().clone(),
                pending: consumer.pending_len(),
                seen_at: consumer.seen_at(),
            })
            .collect(),
    }
}

/// Every channel and pattern with its subscribers.
pub fn pubsub(engine: &Engine) -> PubSubView {
    let list = |map: &std::collections::BTreeMap<Bytes, std::collections::BTreeSet<Conn>>| {
        map.iter()
            .map(|(name, who)| (name.clone(), who.iter().copied().collect()))
            .collect()
    };
    PubSubView {
        channels: list(&engine.pubsub.channels),
        patterns: list(&engine.pubsub.patterns),
    }
}

/// A client's state; `None` when it is not connected.
pub fn client(engine: &Engine, conn: Conn) -> Option<ClientView> {
    let client = engine.client(conn)?;
    let transaction = &client.transaction;
    let place = |(db, key): &(usize, Bytes)| (*db, cut(key));
    let names = [&client.channels, &client.shards, &client.patterns];
    let words = |words: &Vec<Bytes>| words.iter().take(WORDS_MAX).map(|word| cut(word)).collect();
    Some(ClientView {
        id: client.id,
        name: client.name.clone(),
        db: client.db,
        resp: client.resp,
        blocked: client.blocked.as_ref().map(|b| {
            (
                b.keys.iter().take(NAMES_MAX).map(|key| cut(key)).collect(),
                b.since,
                b.until,
            )
        }),
        channels: client.channels.len() + client.shards.len(),
        patterns: client.patterns.len(),
        names: names
            .into_iter()
            .flat_map(|some| some.iter().take(NAMES_MAX).map(|name| cut(name)))
            .collect(),
        queue: transaction.queue.as_ref().map(|queue| QueueView {
            len: queue.len(),
            commands: queue.iter().take(NAMES_MAX).map(words).collect(),
            refused: transaction.refused,
        }),
        watching: transaction.watched.len(),
        watched: transaction
            .watched
            .iter()
            .take(NAMES_MAX)
            .map(place)
            .collect(),
        dirty: transaction.dirty,
        spoiler: transaction.spoiler.as_ref().map(place),
    })
}
