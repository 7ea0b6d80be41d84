//! Writing.

use super::wire::Writer;
use super::*;
use crate::ds::bytes::Bytes;
use crate::ds::hash::Hash;
use crate::ds::list::List;
use crate::ds::listpack;
use crate::ds::set::Set;
use crate::ds::zset::{Encoding, Zset};
use crate::engine::num;

/// The type and the value.
pub fn save(value: &Value, compress: bool) -> Vec<u8> {
    let mut out = Writer {
        bytes: Vec::new(),
        compress,
    };
    match value {
        Value::Str(text) => {
            out.bytes.push(STRING);
            out.string(text);
        }
        Value::List(value) => list(&mut out, value),
        Value::Set(value) => set(&mut out, value),
        Value::Hash(value) => hash(&mut out, value),
        Value::Zset(value) => zset(&mut out, value),
        Value::Stream(value) => super::stream::save(&mut out, value),
    }
    out.bytes
}

fn list(out: &mut Writer, list: &List) {
    out.bytes.push(LIST_QUICKLIST_2);
    out.length(list.nodes().len() as u64);
    for node in list.nodes() {
        if node.is_plain() {
            out.length(NODE_PLAIN);
            node.items().for_each(|item| out.string(item));
        } else {
            out.length(NODE_PACKED);
            out.string(&listpack::write(node.items().map(Bytes::as_slice)));
        }
    }
}

fn set(out: &mut Writer, set: &Set) {
    match set {
        Set::Ints(ints) => {
            out.bytes.push(SET_INTSET);
            out.string(&intset(ints));
        }
        Set::Packed(items) => {
            out.bytes.push(SET_LISTPACK);
            out.string(&listpack::write(items.iter().map(Bytes::as_slice)));
        }
        Set::Table(table) => {
            out.bytes.push(SET);
            out.length(table.len() as u64);
            table.iter().for_each(|member| out.string(member));
        }
    }
}

/// Integers of one width, the least that all of them fit.
fn intset(ints: &[i64]) -> Vec<u8> {
    let fits = |least: i64, most: i64| ints.iter().all(|n| (least..=most).contains(n));
    let width: u32 = if fits(i16::MIN.into(), i16::MAX.into()) {
        2
    } else if fits(i32::MIN.into(), i32::MAX.into()) {
        4
    } else {
        8
    };
    let mut bytes = width.to_le_bytes().to_vec();
    bytes.extend((ints.len() as u32).to_le_bytes());
    for int in ints {
        bytes.extend(int.to_le_bytes().into_iter().take(width as usize));
    }
    bytes
}

fn hash(out: &mut Writer, hash: &Hash) {
    if let Hash::Packed(items) = hash {
        out.bytes.push(HASH_LISTPACK);
        let words = items.iter().flat_map(|(field, value)| [field, value]);
        out.string(&listpack::write(words.map(Bytes::as_slice)));
        return;
    }
    let expires = hash.next_deadline().is_some();
    out.bytes.push(if expires { HASH_2 } else { HASH });
    out.length(hash.len() as u64);
    for (field, value, deadline) in hash.iter() {
        out.string(field);
        out.string(value);
        if expires {
            out.millis(deadline.map_or(-1, |when| when as i64));
        }
    }
}

fn zset(out: &mut Writer, set: &Zset) {
    if set.encoding() == Encoding::Listpack {
        out.bytes.push(ZSET_LISTPACK);
        let mut words = Vec::with_capacity(set.len() * 2);
        for (member, score) in set.iter() {
            let mut text = Vec::new();
            num::write_f64(&mut text, score);
            words.extend([Bytes::from_slice(member), Bytes::from_vec(text)]);
        }
        out.string(&listpack::write(words.iter().map(Bytes::as_slice)));
        return;
    }
    out.bytes.push(ZSET_2);
    out.length(set.len() as u64);
    // From the top down, which is quickest to read back for the reference.
    for (member, score) in set.range_rev(0..set.len()) {
        out.string(member);
        out.bytes.extend(score.to_le_bytes());
    }
}
