//! The table of members and their scores.

use super::hash;
use crate::ds::room;
use smallvec::SmallVec;
use std::mem::size_of;

/// A member: what fits in the 32 bytes of a record, beside the score and a length, is held in place, and longer ones on the
/// heap. (In the page, that is up to 20 bytes.)
pub(super) type Member = SmallVec<[u8; 24 - size_of::<usize>()]>;

/// A member and its score.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) score: f64,
    pub(super) member: Member,
}

/// Records by id. They stand in chunks, so that growing moves none and leaves no large holes
/// behind; the first chunk grows as a small set does. Free records are chained: each holds the id
/// of the next in the bits of its score.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) chunks: Vec<Vec<Record>>,
    pub(super) free: u32,
    /// Bytes of the members that stand on the heap by themselves.
    pub(super) long: usize,
    /// Bytes of all members.
    pub(super) bytes: usize,
}

const CHUNK: usize = 1024;
pub(super) const NONE: u32 = u32::MAX;

// A copy is as large as what it was copied from: `MEMORY USAGE` tells.
impl Clone for Records {
    fn clone(&self) -> Self {
        let mut chunks = Vec::with_capacity(self.chunks.capacity());
        chunks.extend(self.chunks.iter().map(room::copy));
        Self {
            chunks,
            free: self.free,
            long: self.long,
            bytes: self.bytes,
        }
    }
}

impl Records {
    pub(super) fn new() -> Self {
        Records {
            chunks: Vec::new(),
            free: NONE,
            long: 0,
            bytes: 0,
        }
    }

    pub(super) fn get(&self, id: u32) -> &Record {
        &self.chunks[id as usize / CHUNK][id as usize % CHUNK]
    }

    pub(super) fn get_mut(&mut self, id: u32) -> &mut Record {
        &mut self.chunks[id as usize / CHUNK][id as usize % CHUNK]
    }

    pub(super) fn pair(&self, id: u32) -> (&[u8], f64) {
        let record = self.get(id);
        (&record.member, record.score)
    }

    pub(super) fn hash(&self, id: u32) -> u32 {
        hash(&self.get(id).member)
    }

    pub(super) fn put(&mut self, record: Record) -> u32 {
        self.long += long(&record.member);
        self.bytes += record.member.len();
        if self.free != NONE {
            let id = self.free;
            let place = self.get_mut(id);
            let next = place.score.to_bits() as u32;
            *place = record;
            self.free = next;
            return id;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            let room = if self.chunks.is_empty() { 1 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let last = self.chunks.len() - 1;
        let chunk = &mut self.chunks[last];
        if chunk.len() == chunk.capacity() {
            chunk.reserve_exact(chunk.len().min(CHUNK - chunk.len()));
        }
        chunk.push(record);
        (last * CHUNK + chunk.len() - 1) as u32
    }

    pub(super) fn take(&mut self, id: u32) -> Record {
        let vacant = Record {
            score: f64::from_bits(self.free as u64),
            member: Member::new(),
        };
        let record = std::mem::replace(self.get_mut(id), vacant);
        self.free = id;
        self.long -= long(&record.member);
        self.bytes -= record.member.len();
        record
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let rooms: usize = self.chunks.iter().map(|chunk| chunk.capacity()).sum();
        self.chunks.capacity() * size_of::<Vec<Record>>() + rooms * size_of::<Record>() + self.long
    }
}

fn long(member: &Member) -> usize {
    room::of_bytes(member)
}
