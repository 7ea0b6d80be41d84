//! Strings: any bytes, each kept once, so that comparing two compares their handles.

use std::rc::Rc;

use hashbrown::HashTable;

use super::arena::Arena;
use super::value::StrId;

/// What a string takes beside its bytes.
pub const OVERHEAD: usize = 48;

/// One string.
#[derive(Clone, Debug)]
struct Entry {
    bytes: Rc<[u8]>,
    hash: u32,
}

/// Every string that is in use.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    entries: Arena<Entry>,
    index: HashTable<u32>,
    /// Bytes that they take, with [`OVERHEAD`].
    pub memory: usize,
}

impl Strings {
    /// The handle of a string. Takes memory, which is not checked here.
    pub fn intern(&mut self, bytes: &[u8]) -> StrId {
        let hash = hash(bytes);
        let entries = &self.entries;
        let same = |id: &u32| {
            entries
                .get(*id)
                .is_some_and(|entry| entry.hash == hash && *entry.bytes == *bytes)
        };
        if let Some(id) = self.index.find(spread(hash), same) {
            return StrId(*id);
        }
        self.memory += bytes.len() + OVERHEAD;
        let id = self.entries.add(Entry {
            bytes: bytes.into(),
            hash,
        });
        let entries = &self.entries;
        self.index.insert_unique(spread(hash), id, |id| {
            spread(entries.get(*id).map_or(0, |entry| entry.hash))
        });
        StrId(id)
    }

    /// A string's bytes.
    pub fn bytes(&self, id: StrId) -> &[u8] {
        match self.entries.get(id.0) {
            Some(entry) => &entry.bytes,
            None => &[],
        }
    }

    /// A string's bytes, to hold on to while the state changes.
    pub fn shared(&self, id: StrId) -> Rc<[u8]> {
        match self.entries.get(id.0) {
            Some(entry) => Rc::clone(&entry.bytes),
            None => Rc::default(),
        }
    }

    /// A string's hash, which decides its place in a table.
    pub fn hash(&self, id: StrId) -> u32 {
        self.entries.get(id.0).map_or(0, |entry| entry.hash)
    }

    /// How many handles there are, free ones counted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Drops all that are not marked.
    pub fn sweep(&mut self, marks: &[bool]) {
        let (index, memory) = (&mut self.index, &mut self.memory);
        self.entries.sweep(marks, |id, entry| {
            *memory -= entry.bytes.len() + OVERHEAD;
            if let Ok(place) = index.find_entry(spread(entry.hash), |other| *other == id) {
                place.remove();
            }
        });
    }
}

/// A hash for the index, which wants its upper bits filled too.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// MurmurHash3 of 32 bits over all bytes, seeded with the length: the reference's own choice, which decides
/// in which order a table is walked.
fn hash(bytes: &[u8]) -> u32 {
    let scramble = |k: u32| {
        k.wrapping_mul(0xcc9e_2d51)
            .rotate_left(15)
            .wrapping_mul(0x1b87_3593)
    };
    let mut hash = bytes.len() as u32;
    let mut blocks = bytes.chunks_exact(4);
    for block in &mut blocks {
        let block = block
            .iter()
            .rev()
            .fold(0, |k, byte| k << 8 | u32::from(*byte));
        hash ^= scramble(block);
        hash = hash
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe654_6b64);
    }
    let tail = blocks.remainder();
    if !tail.is_empty() {
        hash ^= scramble(
            tail.iter()
                .rev()
                .fold(0, |k, byte| k << 8 | u32::from(*byte)),
        );
    }
    hash ^= bytes.len() as u32;
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
