//! Streams: their nodes, where they stand, and their groups.

use super::wire::{Reader, Writer};
use super::*;
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Deliveries, Group, Log, Stream, StreamId, node};

/// What stands for an unknown count of entries read.
const UNKNOWN: i64 = -1;

pub fn save(out: &mut Writer, stream: &Stream) {
    let log = &stream.log;
    out.bytes.push(STREAM_LISTPACKS_3);
    let nodes = log.nodes();
    out.length(nodes.len() as u64);
    for (base, listpack) in nodes {
        out.string(&raw_id(base));
        out.string(&listpack);
    }
    out.length(log.len());
    for id in [log.last_id(), log.first_id(), log.max_deleted_id()] {
        save_id(out, id);
    }
    out.length(log.entries_added());
    out.length(stream.groups.len() as u64);
    for (name, group) in &stream.groups {
        out.string(name);
        save_id(out, group.last_delivered());
        out.length(group.entries_read().unwrap_or(UNKNOWN) as u64);
        save_group(out, group);
    }
}

fn save_group(out: &mut Writer, group: &Group) {
    let all = StreamId::MIN..=StreamId::MAX;
    out.length(group.pending_len() as u64);
    for (id, pending) in group.pending_range(*all.start(), *all.end()) {
        out.bytes.extend(raw_id(id));
        out.millis(pending.delivered_at as i64);
        out.length(pending.deliveries);
    }
    out.length(group.consumer_count() as u64);
    for (id, consumer) in group.consumers() {
        out.string(consumer.name());
        out.millis(consumer.seen_at() as i64);
        out.millis(consumer.active_at().map_or(UNKNOWN, |when| when as i64));
        out.length(consumer.pending_len() as u64);
        for (id, _) in group.pending_range_of(id, *all.start(), *all.end()) {
            out.bytes.extend(raw_id(id));
        }
    }
}

fn save_id(out: &mut Writer, id: StreamId) {
    out.length(id.ms);
    out.length(id.seq);
}

fn raw_id(id: StreamId) -> [u8; 16] {
    (u128::from(id.ms) << 64 | u128::from(id.seq)).to_be_bytes()
}

fn load_id(reader: &mut Reader<'_>) -> Option<StreamId> {
    Some(StreamId::new(reader.length()?, reader.length()?))
}

fn load_raw_id(bytes: [u8; 16]) -> StreamId {
    let id = u128::from_be_bytes(bytes);
    StreamId::new((id >> 64) as u64, id as u64)
}

pub fn load(reader: &mut Reader<'_>, kind: u8) -> Option<Stream> {
    let mut stream = Stream::default();
    let log = &mut stream.log;
    for _ in 0..reader.size()? {
        let base = load_raw_id(reader.string()?.try_into().ok()?);
        let entries = node::read(base, &reader.string()?)?;
        if !log.append_node(&entries) {
            return None;
        }
    }
    let len = reader.length()?;
    if len != log.len() {
        return None;
    }
    let last = load_id(reader)?;
    if last < log.last_id() {
        return None;
    }
    log.set_last_id(last);
    if kind != STREAM_LISTPACKS {
        load_id(reader)?; // the first entry's, which its nodes have told
        log.set_max_deleted_id(load_id(reader)?);
        log.set_entries_added(reader.length()?);
    }
    for _ in 0..reader.size()? {
        let name = Bytes::from_vec(reader.string()?);
        let group = load_group(reader, &stream.log, kind)?;
        if stream.groups.insert(name, group).is_some() {
            return None;
        }
    }
    Some(stream)
}

fn load_group(reader: &mut Reader<'_>, log: &Log, kind: u8) -> Option<Group> {
    let cursor = load_id(reader)?;
    let mut group = if kind == STREAM_LISTPACKS {
        Group::at(log, cursor)
    } else {
        let read = reader.length()? as i64;
        Group::new(cursor, (read != UNKNOWN).then_some(read))
    };
    let mut pending = std::collections::BTreeMap::new();
    for _ in 0..reader.size()? {
        let id = load_raw_id(reader.array()?);
        let delivered = (reader.millis()? as u64, reader.length()?);
        if pending.insert(id, delivered).is_some() {
            return None;
        }
    }
    for _ in 0..reader.size()? {
        let name = reader.string()?;
        if group.find_consumer(&name).is_some() {
            return None;
        }
        let seen = reader.millis()? as u64;
        let active = match kind {
            STREAM_LISTPACKS_3 => u64::try_from(reader.millis()?).ok(),
            _ => Some(seen),
        };
        let consumer = group.add_consumer(&name, seen);
        for _ in 0..reader.size()? {
            let id = load_raw_id(reader.array()?);
            let (at, times) = pending.remove(&id)?;
            group.claim(id, consumer, at, at, Deliveries::Set(times));
        }
        group.set_times(consumer, seen, active);
    }
    // What is pending is pending with somebody.
    pending.is_empty().then_some(group)
}
