//! A HyperLogLog: its registers, the way of one element into them, a merge with another, and its size.

use serde::{Deserialize, Serialize};

use super::{HllView, Kind, Look, ValueView};
use crate::ds::bytes::Bytes;
use crate::ds::hll::{self, Encoding};
use crate::ds::limits::Limits;
use crate::ds::set::Set;
use crate::engine::db::{Db, Entry, Value, Witness};

/// How many other HyperLogLogs are named at most.
const OTHERS_MAX: usize = 32;
/// How many keys are gone through for them.
const KEYS_MAX: usize = 10_000;
/// Up to so many elements the true count of a merge is counted.
const UNION_MAX: usize = 100_000;

/// What a panel wants to see of a HyperLogLog besides its registers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HllLook {
    /// The way of an element to its register.
    Element(Bytes),
    /// What PFMERGE with another key would make, and which keys there are to choose from.
    Merge(Option<Bytes>),
}

/// The way of an element to its register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElementView {
    /// The element.
    pub element: Bytes,
    /// Its hash, MurmurHash64A; the low 14 bits choose the register.
    pub hash: u64,
    /// The register, 0 to 16,383.
    pub register: usize,
    /// The place of the first one-bit among the other 50 bits, from the low end and from 1: what it offers the register.
    pub rank: u8,
    /// What the register holds.
    pub held: u8,
}

/// What a merge would make; nothing is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeView {
    /// The other HyperLogLogs, the first of them.
    pub keys: Vec<Bytes>,
    /// The one that was chosen, while it is one.
    pub other: Option<OtherHll>,
}

/// The other side of a merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherHll {
    /// Its key.
    pub key: Bytes,
    /// Its estimate.
    pub estimate: u64,
    /// Its 16,384 registers.
    pub registers: Vec<u8>,
    /// The estimate of both together.
    pub union: u64,
    /// How many different elements both were really shown, where that is known.
    pub truth: Option<usize>,
}

/// Memory in bytes, with its key, as `MEMORY USAGE` estimates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetBytes {
    /// Of the HyperLogLog.
    pub hll: usize,
    /// Of a set of the elements that it was shown, under a key as long.
    pub set: usize,
    /// Whether the lengths of the elements are known; otherwise they are averages.
    pub exact: bool,
}

pub(super) fn view(db: &Db, key: &[u8], entry: &Entry, look: &Look) -> Option<HllView> {
    let Value::Str(text) = &entry.value else {
        return None;
    };
    let encoding = hll::encoding(text).ok()?;
    let registers = hll::registers(text).ok()?;
    let (mut element, mut merge) = (None, None);
    match look {
        Look::Hll(HllLook::Element(bytes)) => element = Some(follow(bytes, &registers)),
        Look::Hll(HllLook::Merge(other)) => {
            merge = Some(Box::new(MergeView {
                keys: others(db, key),
                other: other
                    .as_ref()
                    .and_then(|other| with(db, text, entry, other)),
            }));
        }
        _ => {}
    }
    Some(HllView {
        estimate: hll::estimate(text).ok()?,
        truth: match entry.witness.as_deref() {
            Some(Witness::Uniques(seen)) => Some(seen.len()),
            _ => None,
        },
        dense: encoding == Encoding::Dense,
        bytes: text.len(),
        registers,
        sparse_max: Limits::default().hll_sparse_max_bytes,
        set: None,
        element,
        merge,
    })
}

/// Adds what follows from the server's settings.
pub fn measure(value: &mut ValueView, key: &[u8], entry: &Entry, limits: &Limits) {
    let ValueView::Hll(view) = value else { return };
    view.sparse_max = limits.hll_sparse_max_bytes;
    if let Some(Witness::Uniques(shown)) = entry.witness.as_deref() {
        let (about, exact) = shown.about();
        view.set = Some(SetBytes {
            hll: entry.usage(key),
            set: entry.around(key) + Set::usage_of(shown.len(), about, limits),
            exact,
        });
    }
}

fn follow(element: &Bytes, registers: &[u8]) -> ElementView {
    let hash = hll::hash(element);
    let (register, rank) = hll::parts(hash);
    ElementView {
        element: element.clone(),
        hash,
        register,
        rank,
        held: registers.get(register).copied().unwrap_or(0),
    }
}

fn others(db: &Db, key: &[u8]) -> Vec<Bytes> {
    db.iter()
        .take(KEYS_MAX)
        .filter(|(name, entry)| name.as_slice() != key && Kind::of(entry) == Kind::Hll)
        .take(OTHERS_MAX)
        .map(|(name, _)| name.clone())
        .collect()
}

fn with(db: &Db, text: &[u8], entry: &Entry, key: &Bytes) -> Option<OtherHll> {
    let other = db.entry(key)?;
    let Value::Str(theirs) = &other.value else {
        return None;
    };
    let truth = match (entry.witness.as_deref(), other.witness.as_deref()) {
        (Some(Witness::Uniques(one)), Some(Witness::Uniques(two)))
            if one.len().min(two.len()) <= UNION_MAX =>
        {
            Some(one.union_len(two))
        }
        _ => None,
    };
    Some(OtherHll {
        key: key.clone(),
        estimate: hll::estimate(theirs).ok()?,
        registers: hll::registers(theirs).ok()?,
        union: hll::count_many([text, theirs.as_slice()]).ok()?,
        truth,
    })
}

#[cfg(test)]
mod tests;
