//! The index of a sorted set: the ids of members, by the hashes of their names.
//!
//! Shape: one list of slots, each an id beside the hash of its member, in the order of the hashes. A hash has a home, as far into the
//! list as it is into all hashes, and stands there or as close behind it as those before it let it. So what is looked for is mostly
//! found in one cache line, and a record is read only where all 32 bits of the hash are equal. The list stands in chunks and
//! grows where it stands, in two walks from end to end, which read no record: so that it leaves no large holes behind.
//!
//! Sources: O. Amble and D. Knuth, "Ordered hash tables" (1974), for linear probing in order; D. Knuth, TAOCP 3, 6.4.

use super::records::NONE;
use crate::ds::room;
use std::hint::black_box;
use std::mem::{replace, size_of};

/// One place in the list; empty where the id is [`NONE`]. The hash is then the greatest, so that a search ends there.
#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    id: u32,
}

const EMPTY: Slot = Slot {
    hash: u32::MAX,
    id: NONE,
};

/// How many slots there are first, in a list that has any, and how many more at least each time.
const FIRST: usize = 5;
/// How many slots a chunk has: all but a first one that is the only one.
const CHUNK: usize = 1024;
/// Most slots behind the last home, for what stands behind its home at the end. Where they are too few, more are put there.
const SPARE: usize = 64;

/// Ids by hash; of those with equal hashes, whoever asks knows which is meant. At most `u32::MAX` ids.
#[derive(Debug, Default)]
pub(super) struct Index {
    chunks: Vec<Vec<Slot>>,
    /// How many of the slots are homes: the first ones.
    homes: usize,
    len: usize,
}

// A copy is as large as what it was copied from: `MEMORY USAGE` tells.
impl Clone for Index {
    fn clone(&self) -> Self {
        let mut chunks = Vec::with_capacity(self.chunks.capacity());
        chunks.extend(self.chunks.iter().map(room::copy));
        Self { chunks, ..*self }
    }
}

impl Index {
    /// How many ids.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no id.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Makes room for so many ids in all.
    pub(super) fn reserve(&mut self, ids: usize) {
        if ids > self.most() {
            self.grow(ids * 5 / 4 + (ids / 4).min(SPARE) + 2);
        }
    }

    /// The id with this hash for which `same` says so.
    #[inline]
    pub(super) fn find(&self, hash: u32, same: impl FnMut(u32) -> bool) -> Option<u32> {
        Some(self.place(hash, same)?.1)
    }

    /// Reads the home of a hash, which is then in a cache.
    #[inline]
    pub(super) fn fetch(&self, hash: u32) {
        black_box(self.slot(self.home(hash)));
    }

    /// Puts in an id that is not there.
    pub(super) fn insert(&mut self, hash: u32, id: u32) {
        if self.len >= self.most() {
            let size = self.size();
            self.grow(size + (size / 4).max(FIRST));
        }
        let mut at = self.home(hash);
        while self
            .slot(at)
            .is_some_and(|slot| slot.id != NONE && slot.hash <= hash)
        {
            at += 1;
        }
        // Those behind it move on, up to the next gap.
        let mut slot = Slot { hash, id };
        while slot.id != NONE {
            if at == self.size() {
                self.extend(at + FIRST);
            }
            slot = self.put(at, slot);
            at += 1;
        }
        self.len += 1;
    }

    /// Takes an id out that is there with this hash.
    pub(super) fn remove(&mut self, hash: u32, id: u32) {
        let Some((mut at, _)) = self.place(hash, |other| other == id) else {
            return;
        };
        // Those behind it that are not at home come closer.
        while let Some(next) = self.slot(at + 1)
            && next.id != NONE
            && self.home(next.hash) <= at
        {
            self.put(at, next);
            at += 1;
        }
        self.put(at, EMPTY);
        self.len -= 1;
    }

    /// Bytes on the heap, the allocator's own aside.
    pub(super) fn memory_bytes(&self) -> usize {
        let slots: usize = self.chunks.iter().map(Vec::capacity).sum();
        self.chunks.capacity() * size_of::<Vec<Slot>>() + slots * size_of::<Slot>()
    }

    /// How many slots.
    fn size(&self) -> usize {
        match self.chunks.as_slice() {
            [first] => first.len(),
            chunks => chunks.len() * CHUNK,
        }
    }

    /// The most ids that the list is to hold: four for five homes, so that one in five or more is a gap.
    fn most(&self) -> usize {
        self.homes - self.homes / 5
    }

    /// The home of a hash.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.homes as u64) >> 32) as usize
    }

    #[inline]
    fn slot(&self, at: usize) -> Option<Slot> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK).copied()
    }

    /// Writes a slot, and tells what was there.
    fn put(&mut self, at: usize, slot: Slot) -> Slot {
        replace(&mut self.chunks[at / CHUNK][at % CHUNK], slot)
    }

    /// The id with this hash for which `same` says so, after where it stands.
    #[inline]
    fn place(&self, hash: u32, mut same: impl FnMut(u32) -> bool) -> Option<(usize, u32)> {
        let mut at = self.home(hash);
        // How many stand before it is chance, which a processor cannot foresee: they are counted four at a time.
        while let Some([a, b, c, d]) = self
            .chunks
            .get(at / CHUNK)
            .and_then(|chunk| chunk.get(at % CHUNK..)?.first_chunk())
        {
            let less = |slot: &Slot| usize::from(slot.hash < hash);
            let passed = less(a) + less(b) + less(c) + less(d);
            at += passed;
            if passed < 4 {
                break;
            }
        }
        while let Some(slot) = self.slot(at) {
            if slot.hash == hash && slot.id != NONE {
                if same(slot.id) {
                    return Some((at, slot.id));
                }
            } else if slot.hash >= hash {
                break;
            }
            at += 1;
        }
        None
    }

    /// Puts empty slots behind the last one, so that there are no fewer than these.
    fn extend(&mut self, size: usize) {
        if let [] | [_] = self.chunks.as_slice() {
            if self.chunks.is_empty() {
                self.chunks.reserve_exact(1);
                self.chunks.push(Vec::new());
            }
            let first = &mut self.chunks[0];
            let size = size.clamp(first.len(), CHUNK);
            first.reserve_exact(size - first.len());
            first.resize(size, EMPTY);
        }
        while self.size() < size {
            self.chunks.push(vec![EMPTY; CHUNK]);
        }
    }

    /// Makes the list longer: of so many slots at least.
    fn grow(&mut self, size: usize) {
        self.extend(size);
        self.homes = self.size() - (self.size() / 8).min(SPARE);
        let mut end = 0;
        for slot in self.chunks.iter().flatten().filter(|s| s.id != NONE) {
            end = self.home(slot.hash).max(end) + 1;
        }
        self.extend(end);
        // All go to the end, and from there, the first one first, to where they belong, which is never behind where they stand then.
        let size = self.size();
        let mut from = size;
        for at in (0..size).rev() {
            let slot = self.put(at, EMPTY);
            if slot.id != NONE {
                from -= 1;
                self.put(from, slot);
            }
        }
        let mut to = 0;
        for at in from..size {
            let slot = self.put(at, EMPTY);
            to = self.home(slot.hash).max(to);
            self.put(to, slot);
            to += 1;
        }
    }

    /// Holds that each id stands where it is looked for.
    #[cfg(test)]
    pub(super) fn check(&self) {
        let (mut next, mut last, mut count) = (0, 0, 0);
        for (at, slot) in self.chunks.iter().flatten().enumerate() {
            if slot.id == NONE {
                continue;
            }
            assert!(slot.hash >= last, "hashes are in order");
            assert_eq!(at, self.home(slot.hash).max(next), "no gap before it");
            (next, last, count) = (at + 1, slot.hash, count + 1);
        }
        assert_eq!(count, self.len);
        let size = self.chunks.iter().map(Vec::len).sum::<usize>();
        assert_eq!(size, self.size());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes of which some are equal, and many stand at one end.
    fn hash(id: u32) -> u32 {
        match id % 4 {
            0 => u32::MAX - id % 3,
            1 => id % 5,
            2 => (id / 7).wrapping_mul(0x9E37_79B1),
            _ => id.wrapping_mul(0x9E37_79B1),
        }
    }

    #[test]
    fn ids_are_found_whatever_their_hashes() {
        let mut index = Index::default();
        for id in 0..12_000 {
            assert_eq!(index.find(hash(id), |other| other == id), None);
            index.insert(hash(id), id);
            if id % 100 == 0 {
                index.check();
            }
        }
        let copy = index.clone();
        assert_eq!(copy.memory_bytes(), index.memory_bytes());
        for id in (0..12_000).filter(|id| id % 3 != 0) {
            index.remove(hash(id), id);
            index.remove(hash(id), id);
        }
        index.check();
        assert_eq!((index.len(), copy.len()), (4_000, 12_000));
        for id in 0..12_000 {
            let there = index.find(hash(id), |other| other == id);
            assert_eq!(there, (id % 3 == 0).then_some(id));
            assert_eq!(copy.find(hash(id), |other| other == id), Some(id));
        }
    }

    #[test]
    fn there_is_room_for_as_many_as_were_told() {
        for ids in [0, 1, 3, 7, 48, 100, 1_000, 10_000] {
            let mut index = Index::default();
            index.reserve(ids);
            let held = index.memory_bytes();
            for id in 0..ids as u32 {
                index.insert(id.wrapping_mul(0x9E37_79B1), id);
            }
            index.check();
            assert_eq!(index.memory_bytes(), held, "{ids}");
        }
    }
}
