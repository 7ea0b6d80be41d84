//! Read-only windows on the engine, for whoever draws it: what is in view, and no more.

mod hll;
mod keys;
mod overlap;
mod pubsub;
mod stream;
mod text;
mod zset;

use serde::{Deserialize, Serialize};
pub use zset::*;

use super::client::Conn;
use super::db::{Db, Entry, Value, Witness};
use super::time::Millis;
use super::{Engine, reply::Resp};
use crate::ds::bytes::Bytes;
use crate::ds::hll as ds_hll;

pub use hll::{ElementView, HllLook, MergeView, OtherHll, SetBytes, measure};
pub use keys::{GroupRow, KeyIndex, KeyOrder, KeyRow, KeysAsked, KeysLine, KeysView, keys};
pub use overlap::{Against, Overlap, Shared};
pub use pubsub::*;
pub use stream::*;
pub use text::{BITS_MAX, BitsView, WHOLE_MAX};

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
    /// Something of a stream.
    Stream(StreamLook),
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
            ValueView::Zset(zset::view(set, entry, window, more))
        }
        Value::Stream(stream) => ValueView::Stream(stream::window(stream, window, look)),
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
