//! The nodes of the reference's stream, as they stand in its dumps: one listpack for a run of entries.
//!
//! ```text
//! node:  live, deleted, fields, field 1 … field N, 0       of the first entry
//! entry: flags, ms, seq, items, pieces                     pieces: how many elements stand before it
//! ```
//!
//! Distances are from the node's own ID. An entry with the node's fields has only values for items; any
//! other has its own number of fields, then field, value, field, value …

use crate::ds::bytes::Bytes;
use crate::ds::listpack;

use super::block::{Block, Entry};
use super::id::StreamId;
use super::log::Log;

const DELETED: i64 = 1;
const SAME_FIELDS: i64 = 2;

/// An entry as it was read: its ID, and its fields with their values.
pub type Read = (StreamId, Vec<(Bytes, Bytes)>);

impl Log {
    /// The nodes, each with its ID and its listpack. Deleted entries are not in them.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (StreamId, Vec<u8>)> {
        self.blocks()
            .map(|(base, block)| (base, write(base, block)))
    }
}

fn number(elements: &mut Vec<Bytes>, number: i64) {
    elements.push(Bytes::from_slice(
        itoa::Buffer::new().format(number).as_bytes(),
    ));
}

fn write(base: StreamId, block: &Block) -> Vec<u8> {
    let mut elements = Vec::new();
    let template = block.template();
    number(&mut elements, block.live() as i64);
    number(&mut elements, 0);
    number(&mut elements, template.len() as i64);
    elements.extend(template);
    number(&mut elements, 0);
    for entry in block.entries(base) {
        write_entry(&mut elements, base, &entry);
    }
    listpack::write(elements.iter().map(Bytes::as_slice))
}

fn write_entry(elements: &mut Vec<Bytes>, base: StreamId, entry: &Entry<'_>) {
    let (id, same) = (entry.id(), entry.has_template());
    number(elements, if same { SAME_FIELDS } else { 0 });
    number(elements, id.ms.wrapping_sub(base.ms) as i64);
    number(elements, id.seq.wrapping_sub(base.seq) as i64);
    let mut pieces = 3;
    if !same {
        number(elements, entry.field_count() as i64);
        pieces += 1;
    }
    for (field, value) in entry.fields() {
        if !same {
            elements.push(field);
            pieces += 1;
        }
        elements.push(value);
        pieces += 1;
    }
    number(elements, pieces);
}

/// The entries of a node that are not deleted; `None` where the listpack is no node.
pub fn read(base: StreamId, bytes: &[u8]) -> Option<Vec<Read>> {
    let elements = listpack::read(bytes)?;
    let mut rest = elements.iter();
    let mut number = || listpack::integer(rest.next()?);
    let (live, deleted, fields) = (number()?, number()?, number()?);
    let fields = usize::try_from(fields).ok()?;
    let template: Vec<Bytes> = rest.by_ref().take(fields).cloned().collect();
    if template.len() < fields || listpack::integer(rest.next()?)? != 0 {
        return None;
    }
    let (mut entries, mut gone) = (Vec::new(), 0);
    while rest.len() > 0 {
        let mut number = || listpack::integer(rest.next()?);
        let (flags, ms, seq) = (number()?, number()?, number()?);
        let id = StreamId {
            ms: base.ms.wrapping_add(ms as u64),
            seq: base.seq.wrapping_add(seq as u64),
        };
        let mut own = Vec::new();
        let mut pieces = 3;
        if flags & SAME_FIELDS != 0 {
            for field in &template {
                own.push((field.clone(), rest.next()?.clone()));
                pieces += 1;
            }
        } else {
            let fields = usize::try_from(listpack::integer(rest.next()?)?).ok()?;
            pieces += 1;
            for _ in 0..fields {
                own.push((rest.next()?.clone(), rest.next()?.clone()));
                pieces += 2;
            }
        }
        if listpack::integer(rest.next()?)? != pieces {
            return None;
        }
        if flags & DELETED == 0 {
            entries.push((id, own));
        } else {
            gone += 1;
        }
    }
    (entries.len() as i64 == live && gone == deleted && live + gone > 0).then_some(entries)
}
