//! Reading. A payload is a stranger's: nothing in it is taken for granted.

use super::wire::Reader;
use super::*;
use crate::ds::bytes::Bytes;
use crate::ds::hash::Hash;
use crate::ds::list::List;
use crate::ds::listpack;
use crate::ds::set::Set;
use crate::ds::zset::Zset;
use crate::engine::db::Kind;
use crate::engine::num;

/// The value that a type and what follows it stand for. One without elements is none.
pub fn load(body: &[u8], limits: &Limits) -> Option<Value> {
    let mut reader = Reader(body);
    let kind = reader.byte()?;
    let value = match kind {
        STRING => Value::Str(reader.string()?),
        LIST => {
            let items = strings(&mut reader)?;
            List::built(items.iter().map(Bytes::as_slice), limits).into_value()
        }
        LIST_ZIPLIST => {
            let items = ziplist::read(&reader.string()?)?;
            List::built(items.iter().map(Bytes::as_slice), limits).into_value()
        }
        LIST_QUICKLIST | LIST_QUICKLIST_2 => list(&mut reader, kind, limits)?.into_value(),
        SET => set(&strings(&mut reader)?, limits)?.into_value(),
        SET_INTSET => intset(&reader.string()?, limits)?.into_value(),
        SET_LISTPACK => {
            let members = listpack::read(&reader.string()?)?;
            packed_set(members, limits)?.into_value()
        }
        HASH => hash(&mut reader, limits)?.into_value(),
        HASH_2 => expiring_hash(&mut reader, limits)?.into_value(),
        HASH_LISTPACK => packed_hash(listpack::read(&reader.string()?)?, limits)?.into_value(),
        HASH_ZIPLIST => packed_hash(ziplist::read(&reader.string()?)?, limits)?.into_value(),
        ZSET | ZSET_2 => zset(&mut reader, kind, limits)?.into_value(),
        ZSET_LISTPACK => packed_zset(listpack::read(&reader.string()?)?, limits)?.into_value(),
        ZSET_ZIPLIST => packed_zset(ziplist::read(&reader.string()?)?, limits)?.into_value(),
        STREAM_LISTPACKS | STREAM_LISTPACKS_2 | STREAM_LISTPACKS_3 => {
            super::stream::load(&mut reader, kind)?.into_value()
        }
        _ => return None,
    };
    let empty = match &value {
        Value::List(list) => list.is_empty(),
        Value::Set(set) => set.is_empty(),
        Value::Hash(hash) => hash.is_empty(),
        Value::Zset(set) => set.is_empty(),
        Value::Str(_) | Value::Stream(_) => false,
    };
    (!empty).then_some(value)
}

/// A number of strings, and the strings.
fn strings(reader: &mut Reader<'_>) -> Option<Vec<Bytes>> {
    let count = reader.size()?;
    (0..count)
        .map(|_| reader.string().map(Bytes::from_vec))
        .collect()
}

fn list(reader: &mut Reader<'_>, kind: u8, limits: &Limits) -> Option<List> {
    let count = reader.size()?;
    let mut nodes = Vec::new();
    for _ in 0..count {
        let container = match kind {
            LIST_QUICKLIST_2 => reader.length()?,
            _ => NODE_PACKED,
        };
        let bytes = reader.string()?;
        let (plain, items) = match container {
            NODE_PLAIN => (true, vec![Bytes::from_vec(bytes)]),
            NODE_PACKED if kind == LIST_QUICKLIST => (false, ziplist::read(&bytes)?),
            NODE_PACKED => (false, listpack::read(&bytes)?),
            _ => return None,
        };
        if !items.is_empty() {
            nodes.push((plain, items));
        }
    }
    Some(List::from_nodes(nodes, limits))
}

fn set(members: &[Bytes], limits: &Limits) -> Option<Set> {
    let mut set = Set::default();
    if members.len() > limits.set_max_intset_entries {
        set.to_table();
    }
    members
        .iter()
        .all(|member| set.insert(member, limits))
        .then_some(set)
}

fn intset(bytes: &[u8], limits: &Limits) -> Option<Set> {
    let mut reader = Reader(bytes);
    let width = u32::from_le_bytes(reader.array()?) as usize;
    let count = u32::from_le_bytes(reader.array()?) as usize;
    if !matches!(width, 2 | 4 | 8) || count.checked_mul(width) != Some(reader.0.len()) {
        return None;
    }
    let ints: Vec<i64> = reader
        .0
        .chunks_exact(width)
        .map(listpack::little_endian)
        .collect();
    if !ints.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let outgrown = ints.len() > limits.set_max_intset_entries;
    let mut set = Set::Ints(ints);
    if outgrown {
        set.to_table();
    }
    Some(set)
}

fn packed_set(members: Vec<Bytes>, limits: &Limits) -> Option<Set> {
    let outgrown = members.len() > limits.set_max_listpack_entries
        || members
            .iter()
            .any(|member| member.len() > limits.set_max_listpack_value);
    let count = members.len();
    let table: crate::ds::set::Table = members.into_iter().collect();
    (table.len() == count).then(|| match outgrown {
        true => Set::Table(table),
        false => Set::Packed(table.iter().cloned().collect()),
    })
}

fn hash(reader: &mut Reader<'_>, limits: &Limits) -> Option<Hash> {
    let count = reader.size()?;
    let mut hash = Hash::default();
    if count > limits.hash_max_listpack_entries {
        hash.to_table();
    }
    for _ in 0..count {
        let (field, value) = (reader.string()?, reader.string()?);
        hash.expect(&[&field, &value], limits);
        if !hash.set(&field, &value, false, limits) {
            return None;
        }
    }
    Some(hash)
}

/// Fields with a deadline each; -1 where there is none.
fn expiring_hash(reader: &mut Reader<'_>, limits: &Limits) -> Option<Hash> {
    let count = reader.size()?;
    let mut hash = Hash::default();
    hash.to_table();
    for _ in 0..count {
        let (field, value) = (reader.string()?, reader.string()?);
        let deadline = u64::try_from(reader.millis()?).ok();
        if !hash.set(&field, &value, false, limits) {
            return None;
        }
        hash.set_deadline(&field, deadline);
    }
    Some(hash)
}

fn packed_hash(words: Vec<Bytes>, limits: &Limits) -> Option<Hash> {
    let pairs = words.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let mut hash = Hash::default();
    let all: Vec<&[u8]> = words.iter().map(Bytes::as_slice).collect();
    hash.expect(&all, limits);
    for pair in pairs {
        let [field, value] = pair else { return None };
        if !hash.set(field, value, false, limits) {
            return None;
        }
    }
    Some(hash)
}

fn zset(reader: &mut Reader<'_>, kind: u8, limits: &Limits) -> Option<Zset> {
    let count = reader.size()?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let member = Bytes::from_vec(reader.string()?);
        let score = match kind {
            ZSET_2 => reader.double()?,
            _ => text_score(reader)?,
        };
        pairs.push((member, score));
    }
    scored(pairs, limits)
}

/// A score of the oldest form: a length and as many characters, or a length that stands for what has none.
fn text_score(reader: &mut Reader<'_>) -> Option<f64> {
    match reader.byte()? {
        253 => None,
        254 => Some(f64::INFINITY),
        255 => Some(f64::NEG_INFINITY),
        length => num::parse_f64(reader.take(length.into())?),
    }
}

fn packed_zset(words: Vec<Bytes>, limits: &Limits) -> Option<Zset> {
    let pairs = words.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let pairs = pairs.map(|pair| match pair {
        [member, score] => Some((member.clone(), num::parse_f64(score)?)),
        _ => None,
    });
    scored(pairs.collect::<Option<Vec<_>>>()?, limits)
}

fn scored(pairs: Vec<(Bytes, f64)>, limits: &Limits) -> Option<Zset> {
    let count = pairs.len();
    let set = Zset::from_pairs(pairs, limits);
    // Fewer: a member came twice, or had no score.
    (set.len() == count).then_some(set)
}
