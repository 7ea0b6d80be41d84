//! What two sets share.

use serde::{Deserialize, Serialize};

use super::{Kind, cut};
use crate::ds::bytes::Bytes;
use crate::ds::set::Set;
use crate::engine::db::{Db, Value};

/// The most members that are looked up in the other set: one lookup takes some tenths of a microsecond.
const LOOKUPS_MAX: usize = 20_000;
/// The most members of each part that are named.
const NAMED_MAX: usize = 60;
/// The most other sets that are named, and the most keys that are looked through for them.
const OTHERS_MAX: usize = 100;
const KEYS_MAX: usize = 5_000;

/// How a set stands to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// The keys of other sets: the first that were found.
    pub others: Vec<Bytes>,
    /// The other set's key, and how this one stands to it, where one was named.
    pub with: Option<(Bytes, Against)>,
}

/// What came of comparing two sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Against {
    /// There is no such key: an empty set.
    Missing,
    /// The key holds something else.
    NotASet(Kind),
    /// The smaller of the two has too many members to look up all of them whenever something changes: how many.
    TooMany(usize),
    /// They were compared, member by member.
    Shared(Shared),
}

/// What two sets share: exact counts, and the first members of each part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// How many members only this set has, both have, and only the other has.
    pub counts: [usize; 3],
    /// The first members of each of these parts.
    pub named: [Vec<Bytes>; 3],
    /// How many members of the smaller set were looked up in the other, which is all it has.
    pub looked_up: usize,
}

pub(super) fn of(db: &Db, key: &[u8], set: &Set, with: Option<&Bytes>) -> Overlap {
    let is_other =
        |(name, value): &(&Bytes, &Value)| matches!(value, Value::Set(_)) && name.as_slice() != key;
    let others = db
        .iter()
        .take(KEYS_MAX)
        .map(|(name, entry)| (name, &entry.value))
        .filter(is_other)
        .take(OTHERS_MAX)
        .map(|(name, _)| name.clone())
        .collect();
    let against = |other: &Bytes| match db.entry(other) {
        None => Against::Missing,
        Some(entry) => match &entry.value {
            Value::Set(other) => compare(set, other),
            _ => Against::NotASet(Kind::of(entry)),
        },
    };
    Overlap {
        others,
        with: with.map(|other| (other.clone(), against(other))),
    }
}

fn compare(here: &Set, there: &Set) -> Against {
    let swapped = here.len() > there.len();
    let (small, large) = if swapped {
        (there, here)
    } else {
        (here, there)
    };
    if small.len() > LOOKUPS_MAX {
        return Against::TooMany(small.len());
    }
    let (mut both, mut only_small) = (0, 0);
    let mut named = [Vec::new(), Vec::new(), Vec::new()];
    for member in small.iter() {
        let part = if large.contains(&member) {
            both += 1;
            1
        } else {
            only_small += 1;
            0
        };
        name(&mut named, part, &member);
    }
    // At most `both` of the larger one's members are passed over, so this ends soon.
    let only_large = large.iter().filter(|member| !small.contains(member));
    for member in only_large.take(NAMED_MAX) {
        name(&mut named, 2, &member);
    }
    let mut counts = [only_small, both, large.len() - both];
    if swapped {
        counts.swap(0, 2);
        named.swap(0, 2);
    }
    Against::Shared(Shared {
        counts,
        named,
        looked_up: small.len(),
    })
}

fn name(named: &mut [Vec<Bytes>; 3], part: usize, member: &[u8]) {
    if let Some(list) = named.get_mut(part).filter(|list| list.len() < NAMED_MAX) {
        list.push(cut(member));
    }
}
