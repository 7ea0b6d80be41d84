//! About how many bytes an engine takes, for whoever keeps copies of it.

use super::Engine;
use super::client::Client;
use super::db::{Db, Entry, Form, Value, Witness};
use crate::ds::bytes::Bytes;
use crate::ds::{listpack, room};

/// What a node of an ordered map takes beside what it holds.
const NODE: usize = 16;
/// What a hash table takes for an element, beside what it holds.
const SLOT: usize = 16;
/// What an entry that waits to be acknowledged takes: its place in the group's list, and in the consumer's.
const PENDING: usize = 96;
/// What a stream, a group and a consumer take on the reference.
const STREAM: usize = 120;
const GROUP: usize = 200;
const CONSUMER: usize = 100;
/// What a key's place in a table takes there, on the whole.
const TABLE: usize = 16;
/// What an engine without a key takes.
const EMPTY: usize = 16 * 1024;

impl Value {
    /// Bytes that the reference would take, about, beside the object that every value is. O(1), or bounded by what the
    /// small forms hold.
    fn usage(&self, key: &[u8], entry: &Entry) -> usize {
        match self {
            Self::Str(text) => match entry.text_encoding(key, text) {
                "raw" => room::allocated(room::string(text.len())),
                _ => 0,
            },
            Self::List(list) => list.usage(),
            Self::Set(set) => set.usage(),
            Self::Hash(hash) => hash.usage(),
            Self::Zset(zset) => zset.usage(),
            Self::Stream(stream) => {
                let groups = stream.groups.values().map(|group| {
                    GROUP + CONSUMER * group.consumer_count() + PENDING * group.pending_len()
                });
                STREAM + stream.log.usage() + groups.sum::<usize>()
            }
        }
    }

    /// Bytes of memory, estimated; consumer groups are not counted.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Str(text) => text.len(),
            Self::List(list) => list.memory_bytes(),
            Self::Set(set) => set.memory_bytes(),
            Self::Hash(hash) => hash.memory_bytes(),
            Self::Zset(zset) => zset.memory_bytes(),
            Self::Stream(stream) => stream.log.memory_bytes(),
        }
    }
}

impl Entry {
    /// What `MEMORY USAGE` says of a key and its value: about as many bytes as Valkey 9.1 takes for them. It is
    /// the same wherever this runs: what a limit on memory lets go must not depend on that.
    pub fn usage(&self, key: &[u8]) -> usize {
        let within = match &self.value {
            Value::Str(text) if self.text_encoding(key, text) == "embstr" => {
                let deadline = if self.deadline().is_some() { 8 } else { 0 };
                room::allocated(13 + room::string(key.len()) + text.len() + deadline)
            }
            _ => self.around(key),
        };
        within + self.value.usage(key, self)
    }

    /// What the object takes that holds a key and points at its value.
    pub fn around(&self, key: &[u8]) -> usize {
        let deadline = if self.deadline().is_some() { 8 } else { 0 };
        room::allocated(17 + room::string(key.len()) + deadline)
    }

    /// What the key and its value count for where memory is limited: also its places in the tables of keys and of
    /// deadlines.
    pub fn counts(&self, key: &[u8]) -> usize {
        let tables = if self.deadline().is_some() { 2 } else { 1 };
        self.usage(key) + tables * TABLE
    }

    /// What the reference keeps a string in: `int`, `embstr` (in one allocation with its key) or `raw`.
    /// Measured on Valkey 9.1: an allocation of 128 bytes has room for a key and a value of 113 bytes
    /// together, 111 where the key is so long that its own header grows; a deadline, where there was one
    /// when the value was set, takes 8 of them.
    pub fn text_encoding(&self, key: &[u8], text: &[u8]) -> &'static str {
        let room = if key.len() < 32 { 113 } else { 111 } - if self.tight { 8 } else { 0 };
        match self.form {
            Form::Best if listpack::integer(text).is_some() => "int",
            Form::Best | Form::Text if key.len() + text.len() <= room => "embstr",
            _ => "raw",
        }
    }
}

impl Engine {
    /// About how many bytes a copy takes. O(the elements of lists, sets and hashes).
    pub fn memory_bytes(&self) -> usize {
        let dbs: usize = self.dbs.iter().map(of_db).sum();
        let clients: usize = self.clients().map(|(_, client)| of_client(client)).sum();
        let watched = self.watched_keys() * (size_of::<Bytes>() + 2 * NODE);
        let logged = self.logs.iter().flat_map(|log| &log.entries);
        let logs: usize = logged.map(|entry| of_words(&entry.words) + 2 * NODE).sum();
        EMPTY + dbs + clients + watched + logs + self.scripting.memory_bytes()
    }
}

fn of_db(db: &Db) -> usize {
    let deadlines = db.expiring() + db.with_expiring_fields();
    db.iter()
        .map(|(key, entry)| of_entry(key, entry))
        .sum::<usize>()
        + deadlines * (size_of::<Bytes>() + 2 * NODE)
}

fn of_entry(key: &[u8], entry: &Entry) -> usize {
    let groups = match &entry.value {
        Value::Stream(stream) => stream
            .groups
            .values()
            .map(|group| group.pending_len())
            .sum(),
        _ => 0,
    };
    let witness = match entry.witness.as_deref() {
        Some(Witness::Uniques(seen)) => seen.len() * SLOT,
        Some(Witness::Lock { .. } | Witness::Made { .. } | Witness::Places) | None => 0,
    };
    size_of::<Entry>()
        + size_of::<Bytes>()
        + SLOT
        + key.len()
        + entry.value.memory_bytes()
        + groups * PENDING
        + witness
}

fn of_words(words: &[Bytes]) -> usize {
    words.iter().map(|w| size_of::<Bytes>() + w.len()).sum()
}

fn of_client(client: &Client) -> usize {
    let queue = client.transaction.queue.iter().flatten();
    let channels = client
        .channels
        .iter()
        .chain(&client.patterns)
        .chain(&client.shards);
    size_of::<Client>()
        + client.query.len()
        + client.out.len()
        + queue.map(|command| of_words(command)).sum::<usize>()
        + channels
            .map(|name| 2 * (size_of::<Bytes>() + NODE) + name.len())
            .sum::<usize>()
}
