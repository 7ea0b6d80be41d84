//! A set of members, in the three forms that the reference has for one.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::bytes::Bytes;
use super::limits::Limits;
use super::listpack;
use super::room;

/// A set. Small ones have a definite order: numbers by value, others as they came.
#[derive(Clone, Debug)]
pub enum Set {
    /// Only integers, in order: `intset`.
    Ints(Vec<i64>),
    /// Few members, in the order in which they came: `listpack`.
    Packed(Vec<Bytes>),
    /// Any number: `hashtable`.
    Table(Table),
}

/// The members of a large set.
#[derive(Clone, Debug, Default)]
pub struct Table {
    members: IndexSet<Bytes, FxBuildHasher>,
    /// Bytes that the reference would take for them.
    bytes: usize,
}

impl Table {
    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member at a place.
    pub fn get_index(&self, place: usize) -> Option<&Bytes> {
        self.members.get_index(place)
    }

    /// Its members, in the order it keeps.
    pub fn iter(&self) -> impl Iterator<Item = &Bytes> {
        self.members.iter()
    }

    fn insert(&mut self, member: &[u8]) -> bool {
        let new = self.members.insert(Bytes::from_slice(member));
        self.bytes += if new { of_member(member) } else { 0 };
        new
    }

    fn remove(&mut self, member: &[u8]) -> bool {
        let gone = self.members.swap_remove(member);
        self.bytes -= if gone { of_member(member) } else { 0 };
        gone
    }
}

impl FromIterator<Bytes> for Table {
    fn from_iter<T: IntoIterator<Item = Bytes>>(members: T) -> Self {
        let members: IndexSet<_, _> = members.into_iter().collect();
        let bytes = members.iter().map(|member| of_member(member)).sum();
        Self { members, bytes }
    }
}

/// What the reference takes for a member of a large set.
fn of_member(member: &[u8]) -> usize {
    room::allocated(room::string(member.len()))
}

/// What it takes for each number of an intset: as much as the widest of them needs.
fn width(least: i64, most: i64) -> usize {
    let fits = |from: i64, to: i64| from <= least && most <= to;
    match () {
        () if fits(i16::MIN.into(), i16::MAX.into()) => 2,
        () if fits(i32::MIN.into(), i32::MAX.into()) => 4,
        () => 8,
    }
}

/// What decides how much room the members of a set take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Bytes that they take in a table.
    pub table: usize,
    /// Bytes that they take in a listpack.
    pub packed: usize,
    /// The least number among them.
    pub least: i64,
    /// The greatest.
    pub most: i64,
    /// The length of the longest.
    pub longest: usize,
    /// Whether all are integers.
    pub integers: bool,
}

impl Default for About {
    fn default() -> Self {
        Self {
            table: 0,
            packed: 0,
            least: 0,
            most: 0,
            longest: 0,
            integers: true,
        }
    }
}

impl About {
    /// One more member.
    pub fn add(&mut self, member: &[u8]) {
        self.table += of_member(member);
        self.packed += listpack::entry_size(member);
        self.longest = self.longest.max(member.len());
        let integer = listpack::integer(member);
        self.integers &= integer.is_some();
        self.least = self.least.min(integer.unwrap_or_default());
        self.most = self.most.max(integer.unwrap_or_default());
    }
}

impl Default for Set {
    fn default() -> Self {
        Self::Ints(Vec::new())
    }
}

impl Set {
    /// An empty set in the form that suits a first member, when so many are to come.
    pub fn for_member(member: &[u8], hint: usize, limits: &Limits) -> Self {
        if listpack::integer(member).is_some() && hint <= limits.set_max_intset_entries {
            Self::Ints(Vec::new())
        } else if hint <= limits.set_max_listpack_entries {
            Self::Packed(Vec::new())
        } else {
            Self::Table(Table::default())
        }
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Ints(ints) => ints.len(),
            Self::Packed(items) => items.len(),
            Self::Table(table) => table.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `intset`, `listpack` or `hashtable`.
    pub fn encoding(&self) -> &'static str {
        match self {
            Self::Ints(_) => "intset",
            Self::Packed(_) => "listpack",
            Self::Table(_) => "hashtable",
        }
    }

    /// What [`Self::usage`] would say of a set that so many members were added to one at a time, by what is known of them.
    pub fn usage_of(members: usize, about: About, limits: &Limits) -> usize {
        let small = about.longest <= limits.set_max_listpack_value;
        if about.integers && members <= limits.set_max_intset_entries {
            room::allocated(8 + members * width(about.least, about.most))
        } else if small && !about.integers && members <= limits.set_max_listpack_entries {
            room::allocated(listpack::EMPTY + about.packed)
        } else {
            room::buckets(members) + about.table
        }
    }

    /// Bytes that the reference would take, about. O(1), and O(n) for a small set.
    pub fn usage(&self) -> usize {
        match self {
            Self::Ints(ints) => {
                let end = |number: Option<&i64>| number.copied().unwrap_or_default();
                // An intset that was wide once stays so on the reference; here it is as wide as it must be.
                let width = width(end(ints.first()).min(0), end(ints.last()).max(0));
                room::allocated(8 + ints.len() * width)
            }
            Self::Packed(items) => {
                let entries = items.iter().map(|item| listpack::entry_size(item));
                room::allocated(listpack::EMPTY + entries.sum::<usize>())
            }
            Self::Table(table) => room::buckets(table.len()) + table.bytes,
        }
    }

    /// Bytes of memory, estimated.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Ints(ints) => room::of_list(ints.len()) * size_of::<i64>(),
                Self::Packed(items) => {
                    room::of_list(items.len()) * size_of::<Bytes>()
                        + items.iter().map(room::of_bytes).sum::<usize>()
                }
                Self::Table(table) => {
                    room::of_table(table.len()) * (size_of::<Bytes>() + 2 * size_of::<usize>())
                        + table.iter().map(room::of_bytes).sum::<usize>()
                }
            }
    }

    /// Must be called before so many members are added at once: a small form that they may outgrow is
    /// left right away.
    pub fn expect(&mut self, more: usize, limits: &Limits) {
        let outgrown = match self {
            Self::Ints(_) => more > limits.set_max_intset_entries,
            Self::Packed(_) => more > limits.set_max_listpack_entries,
            Self::Table(_) => false,
        };
        if outgrown {
            self.to_table();
        }
    }

    /// Takes the form `hashtable`.
    pub fn to_table(&mut self) {
        *self = Self::Table(self.iter().collect());
    }

    /// Takes the form `intset`, where it holds only integers and not too many.
    pub fn to_ints_if_possible(&mut self, limits: &Limits) {
        if self.len() > limits.set_max_intset_entries {
            return;
        }
        let ints: Option<Vec<i64>> = self.iter().map(|m| listpack::integer(&m)).collect();
        if let Some(mut ints) = ints {
            ints.sort_unstable();
            *self = Self::Ints(ints);
        }
    }

    /// Whether it has a member.
    pub fn contains(&self, member: &[u8]) -> bool {
        match self {
            Self::Ints(ints) => {
                listpack::integer(member).is_some_and(|n| ints.binary_search(&n).is_ok())
            }
            Self::Packed(items) => items.iter().any(|item| item.as_slice() == member),
            Self::Table(table) => table.members.contains(member),
        }
    }

    /// Adds a member; false when it was there.
    pub fn insert(&mut self, member: &[u8], limits: &Limits) -> bool {
        let small = member.len() <= limits.set_max_listpack_value;
        match self {
            Self::Table(table) => table.insert(member),
            Self::Packed(items) => {
                if items.iter().any(|item| item.as_slice() == member) {
                    return false;
                }
                if items.len() < limits.set_max_listpack_entries && small {
                    items.push(Bytes::from_slice(member));
                } else {
                    self.to_table();
                    return self.insert(member, limits);
                }
                true
            }
            Self::Ints(ints) => match listpack::integer(member) {
                Some(number) => {
                    let Err(place) = ints.binary_search(&number) else {
                        return false;
                    };
                    ints.insert(place, number);
                    if ints.len() > limits.set_max_intset_entries.min(1 << 30) {
                        self.to_table();
                    }
                    true
                }
                None => {
                    let digits = |n: Option<&i64>| n.map_or(0, |n| decimal(*n).len());
                    let widest = digits(ints.first()).max(digits(ints.last()));
                    if ints.len() < limits.set_max_listpack_entries
                        && small
                        && widest <= limits.set_max_listpack_value
                    {
                        *self = Self::Packed(self.iter().collect());
                    } else {
                        self.to_table();
                    }
                    match self {
                        Self::Packed(items) => items.push(Bytes::from_slice(member)),
                        Self::Table(table) => {
                            table.insert(member);
                        }
                        Self::Ints(_) => {}
                    }
                    true
                }
            },
        }
    }

    /// Takes a member out; false when it was not there. In a large set the last one takes its place.
    pub fn remove(&mut self, member: &[u8]) -> bool {
        match self {
            Self::Ints(ints) => {
                let place = listpack::integer(member).and_then(|n| ints.binary_search(&n).ok());
                place.map(|place| ints.remove(place)).is_some()
            }
            Self::Packed(items) => {
                let place = items.iter().position(|item| item.as_slice() == member);
                place.map(|place| items.remove(place)).is_some()
            }
            Self::Table(table) => table.remove(member),
        }
    }

    /// The member at a place.
    pub fn nth(&self, place: usize) -> Option<Bytes> {
        match self {
            Self::Ints(ints) => ints.get(place).map(|n| decimal(*n)),
            Self::Packed(items) => items.get(place).cloned(),
            Self::Table(table) => table.get_index(place).cloned(),
        }
    }

    /// Its members, in the order it keeps.
    pub fn iter(&self) -> impl Iterator<Item = Bytes> + '_ {
        (0..self.len()).filter_map(|place| self.nth(place))
    }
}

fn decimal(number: i64) -> Bytes {
    Bytes::from_slice(itoa::Buffer::new().format(number).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_changes_form_where_the_reference_does() {
        let limits = Limits::default();
        let mut set = Set::default();
        for n in 0..512 {
            set.insert(n.to_string().as_bytes(), &limits);
        }
        assert_eq!(set.encoding(), "intset");
        set.insert(b"512", &limits);
        assert_eq!(set.encoding(), "hashtable");
        let mut set = Set::default();
        set.insert(b"7", &limits);
        set.insert(b"x", &limits);
        assert_eq!(set.encoding(), "listpack");
        assert!(
            set.iter()
                .map(|m| m.to_vec())
                .eq([b"7".to_vec(), b"x".to_vec()])
        );
        set.insert(&[b'y'; 65], &limits);
        assert_eq!(set.encoding(), "hashtable");
    }

    proptest! {
        #[test]
        fn it_is_a_set(steps in proptest::collection::vec((any::<bool>(), -9..30_i64, any::<bool>()), 0..200), most in 0..12_usize) {
            let limits = Limits { set_max_intset_entries: most, set_max_listpack_entries: most * 2, set_max_listpack_value: 3, ..Limits::default() };
            let (mut set, mut model) = (Set::default(), BTreeSet::new());
            for (add, n, text) in steps {
                let member = if text { format!("{:a>1$}", n, n.unsigned_abs() as usize % 5) } else { n.to_string() };
                if add {
                    prop_assert_eq!(set.insert(member.as_bytes(), &limits), model.insert(member.clone()));
                } else {
                    prop_assert_eq!(set.remove(member.as_bytes()), model.remove(&member));
                }
                prop_assert_eq!(set.len(), model.len());
                prop_assert!(model.iter().all(|m| set.contains(m.as_bytes())));
                if let Set::Table(table) = &set {
                    let bytes: usize = table.iter().map(|member| of_member(member)).sum();
                    prop_assert_eq!(table.bytes, bytes);
                }
                let all: BTreeSet<Vec<u8>> = set.iter().map(|m| m.to_vec()).collect();
                prop_assert_eq!(all.len(), model.len());
            }
        }
    }
}
