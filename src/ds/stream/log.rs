//! The entries of a stream, in ID order, in blocks.

use std::collections::BTreeMap;

use super::block::{Block, BlockLimits, Entry};
use super::id::{NewId, StreamId};

/// An append-only log with deletion and trimming, ordered by ID.
///
/// With `n` entries in blocks of at most `b` (100, and about 4 KiB, by default): seeking, appending and deleting take
/// O(log n + b), walking O(1) for each entry.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// By the first ID that each block was given.
    blocks: BTreeMap<StreamId, Block>,
    len: u64,
    first: StreamId,
    last: StreamId,
    max_deleted: StreamId,
    entries_added: u64,
    /// Bytes of the reference's nodes.
    bytes: usize,
}

/// What a trim leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrimTo {
    /// At most this many entries: the newest.
    MaxLen(u64),
    /// No entry with a smaller ID.
    MinId(StreamId),
}

/// A trim: what it leaves, and how closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    /// What is to be left.
    pub to: TrimTo,
    /// `None` trims exactly. `Some(limit)` removes whole blocks only, and no more than `limit` entries if that is not 0.
    pub approx: Option<u64>,
}

impl Log {
    /// The number of entries.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The ID of the first entry; `0-0` if there is none.
    pub fn first_id(&self) -> StreamId {
        self.first
    }

    /// The last ID ever given, whether or not that entry is still there. The next entry's is greater.
    pub fn last_id(&self) -> StreamId {
        self.last
    }

    /// The ID of the last entry that is still there. O(log n).
    pub fn last_entry_id(&self) -> Option<StreamId> {
        self.blocks.iter().rev().find_map(|(&base, block)| {
            let last = block.entries_near(base, StreamId::MAX).last()?;
            Some(last.id())
        })
    }

    /// The greatest ID ever deleted by [`Log::delete`]; `0-0` if none was. Trimming leaves it alone.
    pub fn max_deleted_id(&self) -> StreamId {
        self.max_deleted
    }

    /// How many entries were ever added.
    pub fn entries_added(&self) -> u64 {
        self.entries_added
    }

    /// Sets the last ID. The caller sees to it that no entry has a greater one.
    pub fn set_last_id(&mut self, id: StreamId) {
        self.last = id;
    }

    /// Sets the greatest deleted ID.
    pub fn set_max_deleted_id(&mut self, id: StreamId) {
        self.max_deleted = id;
    }

    /// Sets the count of entries ever added.
    pub fn set_entries_added(&mut self, count: u64) {
        self.entries_added = count;
    }

    /// The ID that a new entry gets at `now` (milliseconds); `None` where it would not be greater than the last.
    pub fn resolve(&self, wish: NewId, now: u64) -> Option<StreamId> {
        let id = match wish {
            NewId::Auto if now > self.last.ms => StreamId::new(now, 0),
            NewId::Auto => self.last.next()?,
            NewId::AutoSeq(ms) if ms == self.last.ms => {
                StreamId::new(ms, self.last.seq.checked_add(1)?)
            }
            NewId::AutoSeq(ms) => StreamId::new(ms, 0),
            NewId::Exact(id) => id,
        };
        (id > self.last).then_some(id)
    }

    /// Adds an entry with these field-value pairs. `false`, and nothing added, if `id` is not greater than the last.
    pub fn append<B: AsRef<[u8]>>(
        &mut self,
        id: StreamId,
        fields: &[(B, B)],
        limits: BlockLimits,
    ) -> bool {
        if id <= self.last {
            return false;
        }
        match self.blocks.last_entry() {
            Some(mut tail) if tail.get().has_room(fields, limits) => {
                let base = *tail.key();
                let block = tail.get_mut();
                let before = block.node_bytes();
                block.push(base, id, fields);
                self.bytes += block.node_bytes() - before;
            }
            tail => {
                if let Some(mut full) = tail {
                    full.get_mut().seal();
                }
                let mut block = Block::new(fields);
                block.push(id, id, fields);
                self.bytes += block.node_bytes();
                self.blocks.insert(id, block);
            }
        }
        if self.len == 0 {
            self.first = id;
        }
        self.len += 1;
        self.entries_added = self.entries_added.wrapping_add(1);
        self.last = id;
        true
    }

    /// Adds entries in a block of their own, as they stood in a node. `false` if their IDs do not grow, or not from the
    /// last one on; some may have been added then.
    pub fn append_node<B: AsRef<[u8]>>(&mut self, entries: &[(StreamId, Vec<(B, B)>)]) -> bool {
        let roomless = BlockLimits {
            max_bytes: 1,
            max_entries: 1,
        };
        let boundless = BlockLimits {
            max_bytes: 0,
            max_entries: 0,
        };
        entries.iter().enumerate().all(|(at, (id, fields))| {
            let limits = if at == 0 { roomless } else { boundless };
            self.append(*id, fields, limits)
        })
    }

    /// The blocks by their first IDs.
    pub(super) fn blocks(&self) -> impl ExactSizeIterator<Item = (StreamId, &Block)> {
        self.blocks.iter().map(|(base, block)| (*base, block))
    }

    /// The entries from `start` to `end`, both included, in order.
    pub fn range(&self, start: StreamId, end: StreamId) -> impl Iterator<Item = Entry<'_>> {
        let from = self.block_of(start).unwrap_or(StreamId::MIN);
        self.blocks
            .range(from..)
            .flat_map(move |(&base, block)| block.entries_near(base, start))
            .skip_while(move |entry| entry.id() < start)
            .take_while(move |entry| entry.id() <= end)
    }

    /// The entries from `end` back to `start`, both included.
    pub fn rev_range(&self, start: StreamId, end: StreamId) -> impl Iterator<Item = Entry<'_>> {
        self.blocks
            .range(..=end)
            .rev()
            .flat_map(|(&base, block)| block.entries(base).collect::<Vec<_>>().into_iter().rev())
            .skip_while(move |entry| entry.id() > end)
            .take_while(move |entry| entry.id() >= start)
    }

    /// The entry `id`.
    pub fn get(&self, id: StreamId) -> Option<Entry<'_>> {
        self.range(id, id).next()
    }

    /// The entries from the one at `index` (0 is the oldest) on. O(n / b + b) to find it.
    pub fn from_index(&self, index: u64) -> impl Iterator<Item = Entry<'_>> {
        let mut skip = index;
        let start = self.blocks.iter().find_map(|(&base, block)| {
            let here = skip < block.live();
            if !here {
                skip -= block.live();
            }
            here.then_some(base)
        });
        start
            .into_iter()
            .flat_map(|base| self.blocks.range(base..))
            .flat_map(|(&base, block)| block.entries(base))
            .skip(skip as usize)
    }

    /// How many entries have a smaller ID than `id`. O(n / b + b).
    pub fn index_of(&self, id: StreamId) -> u64 {
        let Some(own) = self.block_of(id) else {
            return 0;
        };
        let before: u64 = self
            .blocks
            .range(..own)
            .map(|(_, block)| block.live())
            .sum();
        let within = self
            .range(own, id)
            .take_while(|entry| entry.id() < id)
            .count() as u64;
        before + within
    }

    /// Removes the entry `id`; `false` if there is none.
    pub fn delete(&mut self, id: StreamId) -> bool {
        let Some(base) = self.block_of(id) else {
            return false;
        };
        let Some(block) = self.blocks.get_mut(&base) else {
            return false;
        };
        if !block.delete(base, id) {
            return false;
        }
        if block.live() == 0 {
            self.bytes -= block.node_bytes();
            self.blocks.remove(&base);
        }
        self.len -= 1;
        self.max_deleted = self.max_deleted.max(id);
        if id == self.first {
            self.find_first();
        }
        true
    }

    /// Removes entries from the front; returns how many. O(log n) for each block removed, and O(b).
    ///
    /// Follows the reference step by step, so that an approximate trim stops at the very same entry.
    pub fn trim(&mut self, trim: Trim) -> u64 {
        self.trim_by(trim, None)
    }

    /// Removes entries from the front as [`Log::trim`] does, but for those that `may_go` says no of: they stay, and the
    /// trim goes on behind them. O(b) for each block looked at.
    pub fn trim_where(&mut self, trim: Trim, mut may_go: impl FnMut(StreamId) -> bool) -> u64 {
        self.trim_by(trim, Some(&mut may_go))
    }

    fn trim_by(&mut self, trim: Trim, mut may_go: Option<&mut dyn FnMut(StreamId) -> bool>) -> u64 {
        let (mut removed, mut next) = (0, Some(StreamId::MIN));
        while let Some((&base, block)) = next.and_then(|from| self.blocks.range_mut(from..).next())
        {
            next = base.next();
            let live = block.live();
            if matches!(trim.to, TrimTo::MaxLen(max) if self.len <= max) {
                break;
            }
            if matches!(trim.approx, Some(limit) if limit != 0 && removed + live > limit) {
                break;
            }
            let whole = match trim.to {
                TrimTo::MaxLen(max) => self.len - live >= max,
                TrimTo::MinId(min) => block.last() < min,
            };
            if whole && may_go.is_none() {
                self.bytes -= block.node_bytes();
                self.blocks.remove(&base);
                self.len -= live;
                removed += live;
                continue;
            }
            if !whole && trim.approx.is_some() {
                break;
            }
            let mut left = self.len;
            // A block may be left without entries here: the reference keeps such nodes, and they count.
            let here = block.delete_front(base, |id| {
                let doomed = match trim.to {
                    TrimTo::MaxLen(max) => left > max,
                    TrimTo::MinId(min) => id < min,
                };
                let goes = doomed && may_go.as_mut().is_none_or(|may_go| may_go(id));
                left -= u64::from(goes);
                doomed.then_some(goes)
            });
            self.len = left;
            removed += here;
            if !whole {
                break;
            }
            if here == live {
                self.bytes -= block.node_bytes();
                self.blocks.remove(&base);
            }
        }
        if removed > 0 {
            self.find_first();
        }
        removed
    }

    /// The number of blocks: the reference's `radix-tree-keys`.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The number of nodes in the reference's radix tree over the blocks' first IDs, 16 bytes each. O(n / b).
    ///
    /// In such a tree (a compressed trie) every leaf and every fork is a node, and so is every stretch of bytes between
    /// two of them beyond the one byte that the fork itself holds.
    pub fn radix_nodes(&self) -> usize {
        const LEAF: usize = 16;
        let stretch = |fork: usize, child: usize| usize::from(child - fork > 1);
        let mut keys = self
            .blocks
            .keys()
            .map(|id| u128::from(id.ms) << 64 | u128::from(id.seq));
        let Some(mut key) = keys.next() else { return 1 };
        let mut nodes = 1;
        // The forks on the way down to `key`, by the number of bytes above them.
        let mut forks: Vec<usize> = Vec::new();
        for next in keys {
            let common = (key ^ next).leading_zeros() as usize / 8;
            let mut child = LEAF;
            while let Some(fork) = forks.pop_if(|fork| *fork > common) {
                nodes += stretch(fork, child);
                child = fork;
            }
            if forks.last() != Some(&common) {
                forks.push(common);
                nodes += 1;
            }
            nodes += 1 + stretch(common, child);
            key = next;
        }
        let mut child = LEAF;
        while let Some(fork) = forks.pop() {
            nodes += stretch(fork, child);
            child = fork;
        }
        nodes + usize::from(child > 0)
    }

    /// About how many bytes of memory the entries take.
    pub fn memory_bytes(&self) -> usize {
        let own = size_of::<(StreamId, Block)>();
        self.blocks
            .values()
            .map(|block| own + block.heap_bytes())
            .sum()
    }

    /// Bytes that the reference would take for the entries, about: it keeps 4 KiB for the node that they are
    /// added to, and gives back what is too much of it once there is a next one. O(1).
    pub fn usage(&self) -> usize {
        const AHEAD: usize = 4096;
        const PLACE: usize = 72;
        let tail = self.blocks.last_key_value();
        let ahead = tail.map_or(0, |(_, tail)| AHEAD.saturating_sub(tail.node_bytes()));
        self.bytes + ahead + self.blocks.len() * PLACE
    }

    /// The first ID of the block that holds `id`, if any does.
    fn block_of(&self, id: StreamId) -> Option<StreamId> {
        self.blocks.range(..=id).next_back().map(|(&base, _)| base)
    }

    fn find_first(&mut self) {
        let first = self
            .range(StreamId::MIN, StreamId::MAX)
            .next()
            .map(|entry| entry.id());
        self.first = first.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests;
