//! A run of neighbouring entries packed into one byte vector.
//!
//! ```text
//! template: count, field 1 … field N         the fields of the block's first entry
//! entry:    count, ms, seq, items            one after the other, in ID order
//! ```
//!
//! An entry with the template's fields has count 0 and only values for items; any other has its own count, then field,
//! value, field, value … `ms` and `seq` are distances from the block's first ID. Counts and distances are varints.

use crate::ds::bytes::Bytes;
use crate::ds::limits::Limits;

use super::StreamId;
use super::pack::{Reader, listpack, put_item, put_varint};

/// How large a block may grow before the next entry opens a new one.
///
/// Both are the reference's settings (`stream-node-max-bytes`, `stream-node-max-entries`), in the reference's bytes: an
/// approximate trim removes whole blocks, so blocks break exactly where its nodes do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLimits {
    /// Bytes that the reference's node may take; 0 means a gibibyte.
    pub max_bytes: usize,
    /// Entries, deleted ones included; 0 means any number.
    pub max_entries: u64,
}

impl From<&Limits> for BlockLimits {
    fn from(limits: &Limits) -> Self {
        BlockLimits {
            max_bytes: limits.stream_node_max_bytes,
            max_entries: limits.stream_node_max_entries as u64,
        }
    }
}

impl Default for BlockLimits {
    fn default() -> Self {
        BlockLimits {
            max_bytes: 4096,
            max_entries: 100,
        }
    }
}

/// From how many entries on the next has a mark.
const MARKED: u64 = 16;

/// A block. Its first ID is the key it is stored under and is handed in where needed.
#[derive(Clone, Debug)]
pub(super) struct Block {
    data: Vec<u8>,
    /// Where the template ends and the entries begin.
    entries_at: usize,
    /// Where every 16th live entry begins but the first, so that who looks for one need not read all before it.
    marks: Vec<u32>,
    live: u64,
    /// Entries that were deleted: the reference keeps them in the node, and counts them, until the node goes.
    dead: u64,
    /// The last ID ever added, even if it was deleted since.
    last: StreamId,
    /// The size of the reference's node without its two counters.
    listpack: usize,
}

/// One entry, where it lies in its block.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    id: StreamId,
    /// Where the fields come from, if not from the entry itself.
    template: Option<Reader<'a>>,
    /// The items of the entry and all that follows.
    items: Reader<'a>,
    pairs: usize,
}

impl<'a> Entry<'a> {
    /// The entry's ID.
    pub fn id(&self) -> StreamId {
        self.id
    }

    /// Whether its fields are those of its block's first entry.
    pub(super) fn has_template(&self) -> bool {
        self.template.is_some()
    }

    /// How many fields the entry has: at least one, and a field may appear twice.
    pub fn field_count(&self) -> usize {
        self.pairs
    }

    /// The fields with their values, in the order they were given.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (Bytes, Bytes)> + use<'a> {
        let mut template = self.template;
        let mut items = self.items;
        (0..self.pairs).map(move |_| {
            let field = template.as_mut().unwrap_or(&mut items).item();
            (field, items.item())
        })
    }
}

impl Block {
    /// An empty block with the template taken from `fields`, the fields of the entry that is about to be added.
    pub(super) fn new<B: AsRef<[u8]>>(fields: &[(B, B)]) -> Self {
        let mut data = Vec::new();
        let mut size = listpack::EMPTY + listpack::int(fields.len() as i64) + listpack::int(0);
        put_varint(&mut data, fields.len() as u64);
        for (field, _) in fields {
            put_item(&mut data, field.as_ref());
            size += listpack::item(field.as_ref());
        }
        Block {
            entries_at: data.len(),
            data,
            marks: Vec::new(),
            live: 0,
            dead: 0,
            last: StreamId::MIN,
            listpack: size,
        }
    }

    /// Whether an entry with these fields still fits.
    pub(super) fn has_room<B: AsRef<[u8]>>(&self, fields: &[(B, B)], limits: BlockLimits) -> bool {
        const GIBIBYTE: usize = 1 << 30;
        let max_bytes = if limits.max_bytes == 0 {
            GIBIBYTE
        } else {
            limits.max_bytes.min(GIBIBYTE)
        };
        let added: usize = fields
            .iter()
            .map(|(field, value)| field.as_ref().len() + value.as_ref().len())
            .sum();
        let size =
            self.listpack + listpack::int(self.live as i64) + listpack::int(self.dead as i64);
        size + added < max_bytes
            && (limits.max_entries == 0 || self.live + self.dead < limits.max_entries)
    }

    /// Adds an entry behind all others.
    pub(super) fn push<B: AsRef<[u8]>>(&mut self, base: StreamId, id: StreamId, fields: &[(B, B)]) {
        let same = self.template_is(fields);
        let (ms, seq) = (
            id.ms.wrapping_sub(base.ms),
            id.seq.wrapping_sub(base.seq) as i64,
        );
        if self.live > 0 && self.live.is_multiple_of(MARKED) {
            self.marks.push(self.data.len() as u32);
        }
        put_varint(&mut self.data, if same { 0 } else { fields.len() as u64 });
        put_varint(&mut self.data, ms);
        put_varint(&mut self.data, (seq << 1 ^ seq >> 63) as u64);
        let pieces = if same {
            fields.len() + 3
        } else {
            fields.len() * 2 + 4
        };
        self.listpack += listpack::int(0)
            + listpack::int(ms as i64)
            + listpack::int(seq)
            + listpack::int(pieces as i64);
        if !same {
            self.listpack += listpack::int(fields.len() as i64);
        }
        for (field, value) in fields {
            let field = (!same).then_some(field.as_ref());
            for item in field.into_iter().chain([value.as_ref()]) {
                put_item(&mut self.data, item);
                self.listpack += listpack::item(item);
            }
        }
        self.live += 1;
        self.last = id;
    }

    fn template_is<B: AsRef<[u8]>>(&self, fields: &[(B, B)]) -> bool {
        let mut template = Reader(&self.data);
        template.varint() == fields.len() as u64
            && fields
                .iter()
                .all(|(field, _)| template.item().as_slice() == field.as_ref())
    }

    /// The fields of the first entry.
    pub(super) fn template(&self) -> Vec<Bytes> {
        let mut template = Reader(&self.data);
        let fields = template.varint();
        (0..fields).map(|_| template.item()).collect()
    }

    /// Gives back memory that was set aside for growing: nothing will be added any more.
    pub(super) fn seal(&mut self) {
        self.data.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    pub(super) fn live(&self) -> u64 {
        self.live
    }

    /// The last ID ever added, deleted or not.
    pub(super) fn last(&self) -> StreamId {
        self.last
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.data.len()
    }

    /// Bytes of the reference's node, which keeps deleted entries until it goes.
    pub(super) fn node_bytes(&self) -> usize {
        self.listpack
    }

    /// The live entries, in order.
    pub(super) fn entries(&self, base: StreamId) -> Entries<'_> {
        let mut template = Reader(&self.data);
        let template_pairs = template.varint() as usize;
        Entries {
            base,
            template,
            template_pairs,
            rest: Reader(self.data.get(self.entries_at..).unwrap_or_default()),
        }
    }

    /// The live entries, in order, from the last mark on whose entry has no greater ID than `id`.
    pub(super) fn entries_near(&self, base: StreamId, id: StreamId) -> Entries<'_> {
        let mut entries = self.entries(base);
        let at = |mark: u32| Reader(self.data.get(mark as usize..).unwrap_or_default());
        let before = self.marks.partition_point(|&mark| {
            let mut reader = at(mark);
            reader.varint();
            read_id(base, &mut reader) <= id
        });
        if let Some(mark) = before.checked_sub(1).and_then(|i| self.marks.get(i)) {
            entries.rest = at(*mark);
        }
        entries
    }

    /// Entries went: sets the marks of those that are left.
    fn mark(&mut self, base: StreamId) {
        let mut marks = std::mem::take(&mut self.marks);
        marks.clear();
        let mut entries = self.entries(base);
        let mut count = 0_u64;
        loop {
            let at = self.data.len() - entries.rest.0.len();
            if entries.next().is_none() {
                break;
            }
            if count > 0 && count.is_multiple_of(MARKED) {
                marks.push(at as u32);
            }
            count += 1;
        }
        self.marks = marks;
    }

    /// Drops the entry `id`; `false` if it is not here.
    pub(super) fn delete(&mut self, base: StreamId, id: StreamId) -> bool {
        let mut entries = self.entries_near(base, id);
        let mut from = self.data.len() - entries.rest.0.len();
        while let Some(entry) = entries.next() {
            let to = self.data.len() - entries.rest.0.len();
            if entry.id == id {
                self.data.drain(from..to);
                self.live -= 1;
                self.dead += 1;
                self.mark(base);
                return true;
            }
            from = to;
        }
        false
    }

    /// Goes through the entries from the front for as long as `verdict` has something to say, and drops those of which
    /// it says `true`; returns how many.
    pub(super) fn delete_front(
        &mut self,
        base: StreamId,
        mut verdict: impl FnMut(StreamId) -> Option<bool>,
    ) -> u64 {
        let mut entries = self.entries(base);
        let (mut count, mut rest) = (0, entries.rest.0.len());
        let mut kept = Vec::new();
        while let Some(entry) = entries.next() {
            let Some(doomed) = verdict(entry.id) else {
                break;
            };
            let after = entries.rest.0.len();
            if doomed {
                count += 1;
            } else {
                let own = self.data.len() - rest..self.data.len() - after;
                kept.extend_from_slice(self.data.get(own).unwrap_or_default());
            }
            rest = after;
        }
        let seen = self.entries_at..self.data.len() - rest;
        self.data.splice(seen, kept);
        self.live -= count;
        self.dead += count;
        if count > 0 {
            self.mark(base);
        }
        count
    }
}

/// The ID that stands next, after how many fields the entry has.
fn read_id(base: StreamId, reader: &mut Reader<'_>) -> StreamId {
    let ms = reader.varint();
    let seq = reader.varint();
    StreamId {
        ms: base.ms.wrapping_add(ms),
        seq: base.seq.wrapping_add((seq >> 1) ^ (seq & 1).wrapping_neg()),
    }
}

/// Walks a block from its first entry to its last.
pub(super) struct Entries<'a> {
    base: StreamId,
    template: Reader<'a>,
    template_pairs: usize,
    rest: Reader<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.0.is_empty() {
            return None;
        }
        let own = self.rest.varint() as usize;
        let id = read_id(self.base, &mut self.rest);
        let items = self.rest;
        let (pairs, template, skip) = match own {
            0 => (
                self.template_pairs,
                Some(self.template),
                self.template_pairs,
            ),
            _ => (own, None, own * 2),
        };
        for _ in 0..skip {
            self.rest.skip_item();
        }
        Some(Entry {
            id,
            template,
            items,
            pairs,
        })
    }
}
