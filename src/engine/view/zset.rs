//! A window on a sorted set, and what else its panel may ask to see: a way through its order, a range of scores, a map.

use std::ops::Bound;

use serde::{Deserialize, Serialize};

use super::Window;
use crate::ds::bytes::Bytes;
use crate::ds::geo::Place;
use crate::ds::ranked::Way;
use crate::ds::zset::{Passed, Zset};
use crate::engine::db::{Entry, Witness};
use crate::engine::event::Area;
use crate::engine::sought::Sought;

/// The most places that a map draws.
pub const PLACES_MAX: usize = 300;
/// How many places a map looks at to find those within an area.
const LOOKED_MAX: usize = 2_000;

/// One row of a leaderboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The member.
    pub member: Bytes,
    /// Its score.
    pub score: f64,
}

/// Part of a sorted set, highest score first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ZsetView {
    /// All members.
    pub len: usize,
    /// Bytes of memory, as estimated by the structure.
    pub memory: usize,
    /// What the reference would keep it in, as `OBJECT ENCODING` names it.
    pub encoding: String,
    /// The entry's version: facts that carry the same one still hold.
    pub version: u64,
    /// Whether all members are places, put in by GEOADD.
    pub places: bool,
    /// The highest score and the lowest.
    pub scores: (f64, f64),
    /// The rank of the first row, from 0 at the highest score.
    pub start: usize,
    /// The rows in view.
    pub rows: Vec<MemberRow>,
    /// What else was asked for.
    pub more: Option<ZsetMore>,
}

/// What else may be asked of a sorted set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ZsetLook {
    /// The ways that a lookup takes through the order.
    Ways(Sought),
    /// The members whose scores lie between these, both included.
    Between(f64, f64),
    /// A map of its places, and how each stands to what was searched in.
    Map(Option<Area>),
}

/// The answer to a [`ZsetLook`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ZsetMore {
    /// The ways: one, or one to each end of a range; none where what was looked for is not there.
    Ways(Sought, Vec<WayView>),
    /// Of the range of scores: both ends, the rank of its first member from the highest score, and how many it has.
    Between((f64, f64), usize, usize),
    /// The map.
    Map(MapView),
}

/// A way down from the root to a leaf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WayView {
    /// The nodes on it, root first; the last is a leaf.
    pub steps: Vec<WayStep>,
    /// Where it led: a rank from 0 at the lowest score.
    pub rank: usize,
    /// How many comparisons it took.
    pub comparisons: usize,
    /// How many counts of members were read to choose children.
    pub read: usize,
}

/// One node of a way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WayStep {
    /// How many members are under each of its children; in a leaf, 1 for each of its members.
    pub counts: Vec<u32>,
    /// Which child was taken; in a leaf, where the way ended, which may be past its last member.
    pub at: usize,
    /// How many members of the set come before the first under this node.
    pub before: usize,
    /// Which were compared, in that order, and with whom.
    pub compared: Vec<(usize, MemberRow)>,
    /// The lowest member under the child that was taken; in a leaf, the member there.
    pub low: Option<MemberRow>,
}

/// A map of places.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapView {
    /// The places drawn: at most [`PLACES_MAX`], those within the area first.
    pub places: Vec<PlaceRow>,
    /// What was searched in.
    pub area: Option<Area>,
    /// The line around it: (longitude, latitude) in degrees, in order; empty where it has none on a flat map.
    pub outline: Vec<(f64, f64)>,
}

/// A place on a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// The member.
    pub member: Bytes,
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
    /// Metres from the centre of what was searched in.
    pub metres: Option<f64>,
    /// Whether it lies within.
    pub within: bool,
}

/// O(log n + rows).
pub(super) fn view(
    zset: &Zset,
    entry: &Entry,
    window: Window,
    look: Option<&ZsetLook>,
) -> ZsetView {
    let len = zset.len();
    let start = window.place(len);
    let end = (start + window.count).min(len);
    let score = |rank| zset.nth(rank).map_or(0.0, |(_, score)| score);
    let places = matches!(entry.witness.as_deref(), Some(Witness::Places));
    ZsetView {
        len,
        memory: zset.memory_bytes(),
        encoding: zset.encoding().name().to_string(),
        version: entry.version,
        places,
        scores: (score(len.saturating_sub(1)), score(0)),
        start,
        rows: zset.range_rev(len - end..len - start).map(row).collect(),
        more: look.and_then(|look| match look {
            ZsetLook::Ways(sought) => Some(ZsetMore::Ways(sought.clone(), ways(zset, sought))),
            &ZsetLook::Between(min, max) => {
                let ranks = zset.score_range(Bound::Included(min), Bound::Included(max));
                Some(ZsetMore::Between((min, max), len - ranks.end, ranks.len()))
            }
            ZsetLook::Map(area) => places.then(|| ZsetMore::Map(map(zset, area.clone()))),
        }),
    }
}

/// The members in the cells that an area lies in, which are those that may lie within; of very many, some.
fn near<'z>(zset: &'z Zset, area: Option<&Area>) -> impl Iterator<Item = Passed<'z>> {
    let cells = area.map_or_else(Vec::new, |area| area.shape.score_ranges(area.centre));
    let ranks = cells
        .into_iter()
        .map(|cell| zset.score_range(Bound::Included(cell.start), Bound::Excluded(cell.end)));
    let mut ranks: Vec<_> = ranks.collect();
    // A search that goes round the Earth comes to some cells twice.
    ranks.sort_by_key(|ranks| ranks.start);
    ranks.dedup();
    let all: usize = ranks.iter().map(|ranks| ranks.len()).sum();
    let step = all.div_ceil(LOOKED_MAX).max(1);
    let some = ranks.into_iter().flatten().step_by(step);
    some.filter_map(|rank| zset.nth(rank))
}

fn row((member, score): Passed<'_>) -> MemberRow {
    MemberRow {
        member: Bytes::from_slice(member),
        score,
    }
}

/// The ways as the set stands now. O(log n).
fn ways(zset: &Zset, sought: &Sought) -> Vec<WayView> {
    let ways: Vec<Way<Passed<'_>>> = match sought {
        Sought::Member(member) => zset.way_to_member(member).into_iter().collect(),
        Sought::Rank(rank) => zset.way_to_rank(*rank).into_iter().collect(),
        Sought::Scores(min, max) => zset.ways_to_scores(*min, *max).into(),
        Sought::Members(min, max) => zset.ways_to_members(min.bound(), max.bound()).into(),
    };
    ways.into_iter().map(way_view).collect()
}

fn way_view(way: Way<Passed<'_>>) -> WayView {
    WayView {
        rank: way.rank,
        comparisons: way.comparisons(),
        read: way.steps.iter().map(|step| step.read).sum(),
        steps: way
            .steps
            .into_iter()
            .map(|step| WayStep {
                counts: step.counts,
                at: step.at,
                before: step.before,
                compared: step
                    .compared
                    .into_iter()
                    .map(|(at, passed)| (at, row(passed)))
                    .collect(),
                low: step.low.map(row),
            })
            .collect(),
    }
}

/// Of a set with more than [`PLACES_MAX`] members: those within the area, as many as fit in half of them, and others
/// at even steps of their scores' ranks. O(log n + [`LOOKED_MAX`] · log n), however many there are.
fn map(zset: &Zset, area: Option<Area>) -> MapView {
    let place = |(member, score): Passed<'_>| {
        let place = Place::of_score(score);
        let centre = area.as_ref().map(|area| area.centre);
        let within = area
            .as_ref()
            .is_some_and(|area| area.shape.distance_within(area.centre, place).is_some());
        PlaceRow {
            member: Bytes::from_slice(member),
            longitude: place.longitude,
            latitude: place.latitude,
            metres: centre.map(|centre| centre.distance(place)),
            within,
        }
    };
    let len = zset.len();
    let mut places: Vec<PlaceRow> = if len <= PLACES_MAX {
        zset.iter().map(place).collect()
    } else {
        let mut some: Vec<_> = near(zset, area.as_ref())
            .map(place)
            .filter(|place| place.within)
            .collect();
        // Of too many, some all over the area.
        let every = some.len().div_ceil(PLACES_MAX / 2).max(1);
        some = some.into_iter().step_by(every).collect();
        let room = PLACES_MAX - some.len();
        let others = (0..room).filter_map(|i| zset.nth(i * len / room));
        let others: Vec<_> = others.map(place).filter(|place| !place.within).collect();
        some.extend(others);
        some
    };
    places.sort_by_key(|place| !place.within);
    let outline = area.as_ref().map(|area| area.shape.outline(area.centre));
    MapView {
        places,
        outline: outline
            .unwrap_or_default()
            .iter()
            .map(|place| (place.longitude, place.latitude))
            .collect(),
        area,
    }
}
