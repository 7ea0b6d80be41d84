//! A hash of fields, in the two forms that the reference has for one.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::bytes::Bytes;
use super::limits::Limits;
use super::listpack;
use super::room;

/// A hash. A small one keeps its fields in the order in which they came.
#[derive(Clone, Debug)]
pub enum Hash {
    /// Few fields, none of which expires: `listpack`.
    Packed(Vec<(Bytes, Bytes)>),
    /// Any: `hashtable`.
    Table(Table),
}

/// A large hash, or one with fields that expire.
#[derive(Clone, Debug, Default)]
pub struct Table {
    fields: IndexMap<Bytes, Field, FxBuildHasher>,
    due: BTreeSet<(u64, Bytes)>,
    /// Bytes that the reference would take for the fields.
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Field {
    value: Bytes,
    deadline: Option<u64>,
}

/// What the reference takes for a field of a large hash, with its value.
fn of_field(field: &[u8], value: &[u8]) -> usize {
    room::allocated(1 + room::string(field.len()) + room::string(value.len()))
}
/// What it takes for a field's deadline.
const DEADLINE: usize = 24;

impl Default for Hash {
    fn default() -> Self {
        Self::Packed(Vec::new())
    }
}

impl Hash {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Packed(items) => items.len(),
            Self::Table(table) => table.fields.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `listpack` or `hashtable`.
    pub fn encoding(&self) -> &'static str {
        match self {
            Self::Packed(_) => "listpack",
            Self::Table(_) => "hashtable",
        }
    }

    /// Bytes of memory, estimated.
    pub fn memory_bytes(&self) -> usize {
        let heap = room::of_bytes;
        size_of::<Self>()
            + match self {
                Self::Packed(items) => {
                    room::of_list(items.len()) * size_of::<(Bytes, Bytes)>()
                        + items.iter().map(|(f, v)| heap(f) + heap(v)).sum::<usize>()
                }
                Self::Table(table) => {
                    let slot = size_of::<Bytes>() + size_of::<Field>() + 2 * size_of::<usize>();
                    let heap = |(field, kept): (&Bytes, &Field)| heap(field) + heap(&kept.value);
                    room::of_table(table.fields.len()) * slot
                        + table.due.len() * size_of::<(u64, Bytes)>()
                        + table.fields.iter().map(heap).sum::<usize>()
                }
            }
    }

    /// Bytes that the reference would take, about. O(1), and O(n) for a small hash.
    pub fn usage(&self) -> usize {
        match self {
            Self::Packed(items) => {
                let entries = items.iter().flat_map(|(field, value)| [field, value]);
                let bytes: usize = entries.map(|entry| listpack::entry_size(entry)).sum();
                room::allocated(listpack::EMPTY + bytes)
            }
            Self::Table(table) => {
                let deadlines = table.due.len() * DEADLINE;
                room::buckets(table.fields.len()) + table.bytes + deadlines
            }
        }
    }

    /// Must be called before these words, fields and values by turns, are set at once: a small form that
    /// they may outgrow is left right away.
    pub fn expect(&mut self, words: &[&[u8]], limits: &Limits) {
        let long = |word: &&[u8]| word.len() > limits.hash_max_listpack_value;
        if matches!(self, Self::Packed(_))
            && (words.len() / 2 > limits.hash_max_listpack_entries || words.iter().any(long))
        {
            self.to_table();
        }
    }

    /// Takes the form `hashtable`.
    pub fn to_table(&mut self) {
        if let Self::Packed(items) = self {
            let bytes = items.iter().map(|(field, value)| of_field(field, value));
            let bytes = bytes.sum();
            let keep = |(field, value)| {
                (
                    field,
                    Field {
                        value,
                        deadline: None,
                    },
                )
            };
            *self = Self::Table(Table {
                fields: std::mem::take(items).into_iter().map(keep).collect(),
                due: BTreeSet::new(),
                bytes,
            });
        }
    }

    /// A field's value.
    pub fn get(&self, field: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Packed(items) => items
                .iter()
                .find(|(name, _)| name.as_slice() == field)
                .map(|(_, value)| value.as_slice()),
            Self::Table(table) => table.fields.get(field).map(|kept| kept.value.as_slice()),
        }
    }

    /// Sets a field; true when it is new. Its deadline goes unless `keep_ttl`.
    pub fn set(&mut self, field: &[u8], value: &[u8], keep_ttl: bool, limits: &Limits) -> bool {
        self.expect(&[field, value], limits);
        match self {
            Self::Packed(items) => {
                let value = Bytes::from_slice(value);
                if let Some(item) = items.iter_mut().find(|(f, _)| f.as_slice() == field) {
                    item.1 = value;
                    return false;
                }
                items.push((Bytes::from_slice(field), value));
                if items.len() > limits.hash_max_listpack_entries {
                    self.to_table();
                }
                true
            }
            Self::Table(table) => {
                if let Some(kept) = table.fields.get_mut(field) {
                    table.bytes -= of_field(field, &kept.value);
                    table.bytes += of_field(field, value);
                    kept.value = Bytes::from_slice(value);
                    if !keep_ttl {
                        table.set_deadline(field, None);
                    }
                    return false;
                }
                let kept = Field {
                    value: Bytes::from_slice(value),
                    deadline: None,
                };
                table.fields.insert(Bytes::from_slice(field), kept);
                table.bytes += of_field(field, value);
                true
            }
        }
    }

    /// Takes a field out, and gives its value. In a large hash the last one takes its place.
    pub fn remove(&mut self, field: &[u8]) -> Option<Bytes> {
        match self {
            Self::Packed(items) => {
                let place = items.iter().position(|(f, _)| f.as_slice() == field)?;
                Some(items.remove(place).1)
            }
            Self::Table(table) => {
                table.set_deadline(field, None);
                let value = table.fields.swap_remove(field)?.value;
                table.bytes -= of_field(field, &value);
                Some(value)
            }
        }
    }

    /// When a field expires; `None` where it is not there, `Some(None)` where it stays.
    pub fn deadline(&self, field: &[u8]) -> Option<Option<u64>> {
        match self {
            Self::Packed(_) => self.get(field).map(|_| None),
            Self::Table(table) => table.fields.get(field).map(|kept| kept.deadline),
        }
    }

    /// Sets or clears a field's deadline, in milliseconds since 1970. False when there is no such field.
    pub fn set_deadline(&mut self, field: &[u8], when: Option<u64>) -> bool {
        if self.get(field).is_none() {
            return false;
        }
        if when.is_some() {
            self.to_table();
        }
        match self {
            Self::Packed(_) => true,
            Self::Table(table) => table.set_deadline(field, when),
        }
    }

    /// The earliest deadline of a field.
    pub fn next_deadline(&self) -> Option<u64> {
        match self {
            Self::Packed(_) => None,
            Self::Table(table) => table.due.first().map(|(when, _)| *when),
        }
    }

    /// Takes the fields out that are due, and gives them.
    pub fn expire(&mut self, now: u64) -> Vec<Bytes> {
        let mut gone = Vec::new();
        let Self::Table(table) = self else {
            return gone;
        };
        while let Some((when, _)) = table.due.first()
            && *when <= now
            && let Some((_, field)) = table.due.pop_first()
        {
            if let Some(kept) = table.fields.swap_remove(&field) {
                table.bytes -= of_field(&field, &kept.value);
            }
            gone.push(field);
        }
        gone
    }

    /// The field at a place, with its value and deadline.
    pub fn nth(&self, place: usize) -> Option<(&[u8], &[u8], Option<u64>)> {
        match self {
            Self::Packed(items) => items
                .get(place)
                .map(|(field, value)| (field.as_slice(), value.as_slice(), None)),
            Self::Table(table) => table
                .fields
                .get_index(place)
                .map(|(field, kept)| (field.as_slice(), kept.value.as_slice(), kept.deadline)),
        }
    }

    /// Its fields with their values and deadlines, in the order it keeps.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8], Option<u64>)> {
        (0..self.len()).filter_map(|place| self.nth(place))
    }
}

impl Table {
    fn set_deadline(&mut self, field: &[u8], when: Option<u64>) -> bool {
        let Some(kept) = self.fields.get_mut(field) else {
            return false;
        };
        let name = Bytes::from_slice(field);
        if let Some(before) = std::mem::replace(&mut kept.deadline, when) {
            self.due.remove(&(before, name.clone()));
        }
        if let Some(when) = when {
            self.due.insert((when, name));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_map_whose_fields_expire(
            steps in proptest::collection::vec((0..6_u8, 0..20_u8, 0..40_u64), 0..200),
            most in 0..12_usize,
        ) {
            let limits = Limits { hash_max_listpack_entries: most, ..Limits::default() };
            let mut hash = Hash::default();
            let mut model: BTreeMap<Vec<u8>, (Vec<u8>, Option<u64>)> = BTreeMap::new();
            for (step, n, number) in steps {
                let field = format!("f{n}").into_bytes();
                let value = number.to_string().into_bytes();
                match step {
                    0 | 1 => {
                        let keep = step == 1;
                        let before = model.get(&field).and_then(|kept| kept.1).filter(|_| keep);
                        let new = model.insert(field.clone(), (value.clone(), before)).is_none();
                        prop_assert_eq!(hash.set(&field, &value, keep, &limits), new);
                    }
                    2 => {
                        let gone = model.remove(&field).map(|kept| kept.0);
                        prop_assert_eq!(hash.remove(&field).map(|v| v.to_vec()), gone);
                    }
                    3 | 4 => {
                        let when = (step == 3).then_some(number);
                        let there = model.get_mut(&field).map(|kept| kept.1 = when).is_some();
                        prop_assert_eq!(hash.set_deadline(&field, when), there);
                    }
                    _ => {
                        let before = model.len();
                        model.retain(|_, kept| kept.1.is_none_or(|when| when > number));
                        prop_assert_eq!(hash.expire(number).len(), before - model.len());
                    }
                }
                let next = model.values().filter_map(|kept| kept.1).min();
                prop_assert_eq!(hash.next_deadline(), next);
                prop_assert_eq!(hash.deadline(&field), model.get(&field).map(|kept| kept.1));
                if let Hash::Table(table) = &hash {
                    let bytes = hash.iter().map(|(field, value, _)| of_field(field, value));
                    prop_assert_eq!(table.bytes, bytes.sum::<usize>());
                }
                let mut all: Vec<_> = hash
                    .iter()
                    .map(|(f, v, when)| (f.to_vec(), (v.to_vec(), when)))
                    .collect();
                all.sort();
                prop_assert!(all.into_iter().eq(model.clone()));
                prop_assert!(most == 0 || hash.len() <= most || hash.encoding() == "hashtable");
            }
        }
    }
}
