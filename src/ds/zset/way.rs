//! The ways that lookups take through the order, for who wants to see them.

use super::{
    LexBound, Place, Zset, below_member, below_score, hash, probe_own, up_to_member, up_to_score,
};
use crate::ds::ranked::Way;
use std::ops::Bound;

/// A member and its score, as a way passes it.
pub type Passed<'a> = (&'a [u8], f64);

impl Zset {
    /// The way that [`Zset::rank`] takes.
    pub fn way_to_member(&self, member: &[u8]) -> Option<Way<Passed<'_>>> {
        let id = self.id(hash(member), member)?;
        let way = self.order.way_among(probe_own(&self.records, id, &mut 0));
        Some(self.named(way))
    }

    /// The way that a range takes to the member at a rank, which it begins at.
    pub fn way_to_rank(&self, rank: usize) -> Option<Way<Passed<'_>>> {
        Some(self.named(self.order.way_to_rank(rank)?))
    }

    /// The ways that [`Zset::score_range`] takes to its two ends.
    pub fn ways_to_scores(&self, min: Bound<f64>, max: Bound<f64>) -> [Way<Passed<'_>>; 2] {
        [
            self.named(self.order.way_to_partition(below_score(min))),
            self.named(self.order.way_to_partition(up_to_score(max))),
        ]
    }

    /// The ways that [`Zset::lex_range`] takes to its two ends.
    pub fn ways_to_members(&self, min: LexBound<'_>, max: LexBound<'_>) -> [Way<Passed<'_>>; 2] {
        let records = &self.records;
        [
            self.named(self.order.way_to_partition(below_member(records, min))),
            self.named(self.order.way_to_partition(up_to_member(records, max))),
        ]
    }

    fn named(&self, way: Way<Place>) -> Way<Passed<'_>> {
        way.map(|place| self.records.pair(place.id))
    }
}
