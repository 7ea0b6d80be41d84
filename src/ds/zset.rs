//! A sorted set: members, each with a score, in order of (score, member bytes).
//!
//! Shape: each member stands once, with its score, in a table of records and is known by its id
//! there. A hash index finds the id of a member; a [`Ranked`] set of (score, id) holds the order
//! and knows ranks. It compares scores first and looks a member up only between equal scores. A
//! member of up to 16 bytes (20 in wasm) costs about 57 bytes in all: 32 the record, 14 its place in
//! the order, 10 to 13 its share of the index.
#![allow(
    clippy::indexing_slicing,
    reason = "record ids come from the index and the order, which hold live ones only"
)]

mod index;
mod records;
mod way;

use super::bytes::Bytes;
use super::limits::Limits;
use super::listpack;
use super::ranked::{self, BATCH, Ranked};
use super::room;
use index::Index;
use records::{Member, Record, Records};
use rustc_hash::FxHasher;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::hash::Hasher;
use std::hint::black_box;
use std::mem::size_of;
use std::ops::{Bound, Range};
pub use way::Passed;

/// A sorted set. Ranks are 0-based, lowest score first; a range of ranks may reach past the end.
///
/// Finding a member's score takes O(1); every other lookup and every change O(log n), and O(log n +
/// m) where m members come out. A score is never NaN. 0 and -0 are equal, and the order among equal
/// scores is that of the members' bytes.
#[derive(Clone, Debug)]
pub struct Zset {
    records: Records,
    index: Index,
    order: Ranked<Place>,
    encoding: Encoding,
    /// Most members and longest member that the reference still keeps as a listpack.
    most: u32,
    longest: u32,
}

/// What the reference would keep a set in. It never goes back to a listpack by itself.
///
/// Ours is the same structure for both; the reference's choice shows in `OBJECT ENCODING`, in the
/// sign of a zero (a listpack keeps -0 as 0), and in what a range by member answers when scores
/// differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One block of bytes, searched from end to end.
    Listpack,
    /// A skip list and a hash table.
    Skiplist,
}

impl Encoding {
    /// Its name in `OBJECT ENCODING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listpack => "listpack",
            Self::Skiplist => "skiplist",
        }
    }
}

/// What [`Zset::insert`] did. `comparisons` counts the times that the order was asked which of two
/// members comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Insert {
    /// The member is new and stands at `rank`.
    Added {
        /// Its rank.
        rank: usize,
        /// What finding it cost.
        comparisons: u32,
    },
    /// The member had another score.
    Updated {
        /// The score it had.
        old: f64,
        /// The rank it had.
        from: usize,
        /// The rank it has.
        to: usize,
        /// What finding both cost.
        comparisons: u32,
    },
    /// The member has that score already.
    Unchanged,
    /// The score is NaN; nothing was done.
    NotANumber,
}

/// One end of a range by member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexBound<'a> {
    /// Before every member: `-`.
    Lowest,
    /// After every member: `+`.
    Highest,
    /// At this member: `[member`.
    Included(&'a [u8]),
    /// Just past this member: `(member`.
    Excluded(&'a [u8]),
}

impl LexBound<'_> {
    /// Whether a member lies before this lower bound.
    fn is_above(&self, member: &[u8]) -> bool {
        match *self {
            LexBound::Lowest => false,
            LexBound::Highest => true,
            LexBound::Included(min) => member < min,
            LexBound::Excluded(min) => member <= min,
        }
    }

    /// Whether a member lies after this upper bound.
    fn is_below(&self, member: &[u8]) -> bool {
        match *self {
            LexBound::Lowest => true,
            LexBound::Highest => false,
            LexBound::Included(max) => member > max,
            LexBound::Excluded(max) => member >= max,
        }
    }
}

/// An item of the order; packed so that it takes 12 bytes, not 16.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(4))]
struct Place {
    score: f64,
    id: u32,
}

impl Default for Zset {
    fn default() -> Self {
        Self::new()
    }
}

impl Zset {
    /// An empty set.
    pub fn new() -> Self {
        Self::within(&Limits::default())
    }

    /// An empty set, of which small ones are kept as these limits say.
    pub fn within(limits: &Limits) -> Self {
        let mut set = Zset {
            records: Records::new(),
            index: Index::default(),
            order: Ranked::new(),
            encoding: Encoding::Listpack,
            most: 0,
            longest: 0,
        };
        set.limit(limits);
        set
    }

    /// Sets the limits that hold from now on.
    pub fn limit(&mut self, limits: &Limits) {
        let small = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
        self.most = small(limits.zset_max_listpack_entries);
        self.longest = small(limits.zset_max_listpack_value);
    }

    /// A set made at once, for much less than one insertion after the other costs. Of a repeated
    /// member the last score holds, and a pair with a NaN is left out.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (Bytes, f64)>, limits: &Limits) -> Self {
        let mut set = Self::within(limits);
        let pairs = pairs.into_iter();
        set.index.reserve(pairs.size_hint().0);
        for (member, score) in pairs.filter(|(_, score)| !score.is_nan()) {
            let hash = hash(&member);
            if let Some(id) = set.id(hash, &member) {
                set.records.get_mut(id).score = score;
            } else {
                set.expect(0, member.len());
                let member = Member::from_slice(&member);
                let id = set.records.put(Record { score, member });
                set.index.insert(hash, id);
            }
        }
        set.expect(set.index.len(), 0);
        let mut places: Vec<Place> = Vec::with_capacity(set.index.len());
        // Ids were given out without a gap, in the order of the pairs.
        for id in 0..set.index.len() as u32 {
            let record = set.records.get_mut(id);
            if set.encoding == Encoding::Listpack {
                record.score = unsigned_zero(record.score);
            }
            places.push(Place {
                score: record.score,
                id,
            });
        }
        let records = &set.records;
        places.sort_unstable_by(|a, b| compare(records, a, b.score, &records.get(b.id).member));
        set.order = Ranked::from_sorted(&places);
        set
    }

    /// How many members.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// What the reference would keep this set in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Says that this many members, the longest of this length, are about to be put in: the
    /// reference turns to a skip list at this point already, even if they then turn out to be there
    /// or unwanted.
    pub fn expect(&mut self, members: usize, longest: usize) {
        if members > self.most as usize || longest > self.longest as usize {
            self.encoding = Encoding::Skiplist;
        }
    }

    /// Turns to a skip list, for good.
    pub fn to_skiplist(&mut self) {
        self.encoding = Encoding::Skiplist;
    }

    /// A member's score.
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        Some(self.records.get(self.id(hash(member), member)?).score)
    }

    /// Gives a member a score, putting it in if it is not there.
    pub fn insert(&mut self, member: &[u8], mut score: f64) -> Insert {
        if score.is_nan() {
            return Insert::NotANumber;
        }
        let hash = hash(member);
        let mut comparisons = 0;
        if let Some(id) = self.id(hash, member) {
            let old = self.records.get(id).score;
            if old == score {
                return Insert::Unchanged;
            }
            if self.encoding == Encoding::Listpack {
                score = unsigned_zero(score);
            }
            let records = &self.records;
            let from = self
                .order
                .remove_among(probe_own(records, id, &mut comparisons));
            let to = self.order.insert(
                Place { score, id },
                probe(records, score, member, &mut comparisons),
            );
            self.records.get_mut(id).score = score;
            let (from, to) = (
                from.map_or(0, |(rank, _)| rank),
                to.unwrap_or_else(|rank| rank),
            );
            return Insert::Updated {
                old,
                from,
                to,
                comparisons,
            };
        }
        self.expect(self.len() + 1, member.len());
        if self.encoding == Encoding::Listpack {
            score = unsigned_zero(score);
        }
        let id = self.records.put(Record {
            score,
            member: Member::from_slice(member),
        });
        self.index.insert(hash, id);
        let records = &self.records;
        let rank = self.order.insert(
            Place { score, id },
            probe(records, score, member, &mut comparisons),
        );
        Insert::Added {
            rank: rank.unwrap_or_else(|rank| rank),
            comparisons,
        }
    }

    /// Takes a member out and tells its score.
    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let id = self.id(hash(member), member)?;
        self.order
            .remove_among(probe_own(&self.records, id, &mut 0));
        Some(self.forget(id).score)
    }

    /// A member's rank.
    pub fn rank(&self, member: &[u8]) -> Option<usize> {
        self.rank_counted(member).map(|(rank, _)| rank)
    }

    /// A member's rank, and how many comparisons finding it took.
    pub fn rank_counted(&self, member: &[u8]) -> Option<(usize, u32)> {
        let id = self.id(hash(member), member)?;
        let mut comparisons = 0;
        let rank = self
            .order
            .find_among(probe_own(&self.records, id, &mut comparisons));
        Some((rank.ok()?, comparisons))
    }

    /// Reads what [`Self::rank_counted`] will read of these members, of all side by side, so that each is found sooner.
    pub fn fetch(&self, members: &[&[u8]]) {
        let hashes: SmallVec<[u32; BATCH]> = members.iter().map(|member| hash(member)).collect();
        for &hash in &hashes {
            self.index.fetch(hash);
        }
        let ids = hashes.iter().map(|&hash| self.index.find(hash, |_| true));
        let ids: SmallVec<[u32; BATCH]> = ids.flatten().collect();
        let record = |&id: &u32| self.records.get(id);
        let scores = ids.iter().map(record).map(|record| {
            black_box(record.member.last());
            record.score
        });
        let scores: SmallVec<[f64; BATCH]> = scores.collect();
        black_box(
            self.order
                .seek_all(&scores, |place, score| place.score > *score),
        );
    }

    /// The member at `rank`, and its score.
    pub fn nth(&self, rank: usize) -> Option<(&[u8], f64)> {
        self.order
            .nth(rank)
            .map(|place| self.records.pair(place.id))
    }

    /// The ranks of the members whose scores lie between two bounds. Empty, at some rank, if none
    /// does.
    pub fn score_range(&self, min: Bound<f64>, max: Bound<f64>) -> Range<usize> {
        self.score_range_counted(min, max).0
    }

    /// The same, and how many comparisons finding both ends took.
    pub fn score_range_counted(&self, min: Bound<f64>, max: Bound<f64>) -> (Range<usize>, u32) {
        let mut comparisons = 0;
        let start = self
            .order
            .partition_point(counted(&mut comparisons, below_score(min)));
        let end = self
            .order
            .partition_point(counted(&mut comparisons, up_to_score(max)));
        (start..end.max(start), comparisons)
    }

    /// The ranks of the members between two bounds, in a set whose scores are all equal. Empty, at
    /// some rank, if there is none.
    pub fn lex_range(&self, min: LexBound<'_>, max: LexBound<'_>) -> Range<usize> {
        self.lex_range_counted(min, max).0
    }

    /// The same, and how many comparisons finding both ends took.
    pub fn lex_range_counted(&self, min: LexBound<'_>, max: LexBound<'_>) -> (Range<usize>, u32) {
        let mut comparisons = 0;
        let start = self
            .order
            .partition_point(counted(&mut comparisons, below_member(&self.records, min)));
        let end = self
            .order
            .partition_point(counted(&mut comparisons, up_to_member(&self.records, max)));
        (start..end.max(start), comparisons)
    }

    /// What [`Zset::lex_range`] is in a set whose scores differ: there the reference promises
    /// nothing, but from a listpack it takes the members that it meets on its way, from the front
    /// or from the back, and so do we. `None` where scores are equal, and for a skip list.
    ///
    /// The way begins at the first member inside the near bound, leads past `skip` members whatever
    /// they are, and ends before the first one outside the far bound.
    pub fn lex_scan(
        &self,
        min: LexBound<'_>,
        max: LexBound<'_>,
        reverse: bool,
        skip: usize,
    ) -> Option<Range<usize>> {
        let len = self.len();
        let (first, last) = (self.nth(0)?, self.nth(len - 1)?);
        if self.encoding == Encoding::Skiplist || first.1 == last.1 {
            return None;
        }
        let places = if reverse {
            self.range_rev(0..len)
        } else {
            self.range(0..len)
        };
        let way: Vec<&[u8]> = places.map(|(member, _)| member).collect();
        let (below, above) = (
            |member: &&[u8]| min.is_above(member),
            |member: &&[u8]| max.is_below(member),
        );
        let outside = |member: &&[u8], near: bool| {
            if near == reverse {
                above(member)
            } else {
                below(member)
            }
        };
        // The reference looks at both ends before it searches.
        let begin = way.iter().position(|member| !outside(member, true));
        let Some(begin) =
            begin.filter(|&at| !below(&last.0) && !above(&first.0) && !outside(&way[at], false))
        else {
            return Some(0..0);
        };
        let start = (begin + skip).min(len);
        let end = start
            + way[start..]
                .iter()
                .take_while(|member| !outside(member, false))
                .count();
        Some(if reverse {
            len - end..len - start
        } else {
            start..end
        })
    }

    /// The members at these ranks with their scores, lowest first.
    pub fn range(&self, ranks: Range<usize>) -> Iter<'_> {
        Iter {
            records: &self.records,
            places: self.order.range(ranks),
        }
    }

    /// The members at these ranks with their scores, highest first.
    pub fn range_rev(&self, ranks: Range<usize>) -> Iter<'_> {
        Iter {
            records: &self.records,
            places: self.order.range_rev(ranks),
        }
    }

    /// All members with their scores, lowest first.
    pub fn iter(&self) -> Iter<'_> {
        self.range(0..self.len())
    }

    /// Takes out the member with the lowest score.
    pub fn pop_min(&mut self) -> Option<(Bytes, f64)> {
        self.pop_at(0)
    }

    /// Takes out the member with the highest score.
    pub fn pop_max(&mut self) -> Option<(Bytes, f64)> {
        self.pop_at(self.len().checked_sub(1)?)
    }

    /// Takes out the member at `rank`.
    pub fn pop_at(&mut self, rank: usize) -> Option<(Bytes, f64)> {
        let place = self.order.remove_at(rank)?;
        let record = self.forget(place.id);
        Some((Bytes::from_slice(&record.member), record.score))
    }

    /// Takes out the members at these ranks, hands each to `gone`, lowest first, and tells how many
    /// there were.
    pub fn remove_range(&mut self, ranks: Range<usize>, mut gone: impl FnMut(Bytes, f64)) -> usize {
        let before = self.len();
        let mut ids = Vec::new();
        self.order.remove_range(ranks, |place| ids.push(place.id));
        for id in ids {
            let record = self.forget(id);
            gone(Bytes::from_slice(&record.member), record.score);
        }
        before - self.len()
    }

    /// Bytes held, the allocator's own aside. O(n / 40).
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + self.records.memory_bytes()
            + self.index.memory_bytes()
            + self.order.memory_bytes()
    }

    /// Bytes that the reference would take, about. O(1).
    pub fn usage(&self) -> usize {
        let (len, bytes) = (self.len(), self.records.bytes);
        match self.encoding {
            // A member's own header and end, and a score of two or three bytes.
            Encoding::Listpack => room::allocated(listpack::EMPTY + bytes + len * 5),
            // A node with its levels, a third of one more than the first, and half of what an allocation is rounded up by.
            Encoding::Skiplist => room::buckets(len) + bytes + len * 49,
        }
    }

    fn id(&self, hash: u32, member: &[u8]) -> Option<u32> {
        self.index
            .find(hash, |id| self.records.get(id).member.as_slice() == member)
    }

    /// Takes a record that is out of the order already from the index and the table. Gives room
    /// back once nothing is left.
    fn forget(&mut self, id: u32) -> Record {
        self.index.remove(self.records.hash(id), id);
        let record = self.records.take(id);
        if self.index.is_empty() {
            self.index = Index::default();
            self.records = Records::new();
        }
        record
    }
}

/// The one hash of members: fixed, so that nothing ever depends on chance.
fn hash(member: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(member);
    // The hasher's best bits are its lowest; a multiplication brings them to where the index looks first.
    (hasher.finish() as u32).wrapping_mul(0x9E37_79B1)
}

fn unsigned_zero(score: f64) -> f64 {
    if score == 0.0 { 0.0 } else { score }
}

/// How a place in the order stands to a score and a member.
fn compare(records: &Records, place: &Place, score: f64, member: &[u8]) -> Ordering {
    let own = place.score;
    if own < score {
        Ordering::Less
    } else if own > score {
        Ordering::Greater
    } else {
        records.get(place.id).member.as_slice().cmp(member)
    }
}

fn probe<'a>(
    records: &'a Records,
    score: f64,
    member: &'a [u8],
    comparisons: &'a mut u32,
) -> impl FnMut(&Place) -> Ordering + 'a {
    move |place| {
        *comparisons += 1;
        compare(records, place, score, member)
    }
}

/// The same for a record that is there. Among equal scores it is looked for by its id, where it must be if that is in this leaf: other
/// members would have to be fetched from all over memory.
fn probe_own<'a>(
    records: &'a Records,
    id: u32,
    comparisons: &'a mut u32,
) -> impl FnMut(&[Place], usize) -> Ordering + 'a {
    let (member, score) = records.pair(id);
    move |places, at| {
        *comparisons += 1;
        let place = &places[at];
        if place.score != score {
            return compare(records, place, score, member);
        }
        match places.iter().position(|other| other.id == id) {
            Some(own) => at.cmp(&own),
            None => compare(records, place, score, member),
        }
    }
}

/// Whether a place lies before this lower bound.
fn below_score(min: Bound<f64>) -> impl FnMut(&Place) -> bool {
    move |place| match min {
        Bound::Included(min) => place.score < min,
        Bound::Excluded(min) => place.score <= min,
        Bound::Unbounded => false,
    }
}

/// Whether a place does not lie after this upper bound.
fn up_to_score(max: Bound<f64>) -> impl FnMut(&Place) -> bool {
    move |place| match max {
        Bound::Included(max) => place.score <= max,
        Bound::Excluded(max) => place.score < max,
        Bound::Unbounded => true,
    }
}

fn below_member<'a>(
    records: &'a Records,
    min: LexBound<'a>,
) -> impl FnMut(&Place) -> bool + use<'a> {
    move |place| min.is_above(records.get(place.id).member.as_slice())
}

fn up_to_member<'a>(
    records: &'a Records,
    max: LexBound<'a>,
) -> impl FnMut(&Place) -> bool + use<'a> {
    move |place| !max.is_below(records.get(place.id).member.as_slice())
}

fn counted(
    comparisons: &mut u32,
    mut pred: impl FnMut(&Place) -> bool,
) -> impl FnMut(&Place) -> bool {
    move |place| {
        *comparisons += 1;
        pred(place)
    }
}

/// Members and scores in order or in reverse; made by [`Zset::range`] and [`Zset::range_rev`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    records: &'a Records,
    places: ranked::Iter<'a, Place>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], f64);

    fn next(&mut self) -> Option<Self::Item> {
        self.places.next().map(|place| self.records.pair(place.id))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests;
