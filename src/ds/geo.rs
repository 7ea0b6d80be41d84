//! Places on the Earth as 52-bit geohashes, distances between them, and the cells that a search
//! has to look through. Longitudes and latitudes are in degrees, distances in metres.
//!
//! A geohash halves longitude and latitude in turn, a bit each, so that places in one cell share a
//! prefix: a search becomes a few ranges of scores of a sorted set. The numbers are computed in the
//! reference's order of operations, so that they agree to the last digit.

mod outline;

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The longitudes that can be encoded.
pub const LONGITUDES: (f64, f64) = (-180.0, 180.0);
/// The latitudes that can be encoded: those of the square Mercator map.
pub const LATITUDES: (f64, f64) = (-85.051_128_78, 85.051_128_78);

/// Bits of longitude, and of latitude, in a score.
const STEPS: u32 = 26;
const EARTH_RADIUS: f64 = 6_372_797.560_856;
/// Half of the Mercator map's width.
const MERCATOR_MAX: f64 = 20_037_726.37;
const RADIANS: f64 = std::f64::consts::PI / 180.0;
/// Half differences of longitude whose sine is smaller are none: about 6 nm on the ground.
const SAME_LONGITUDE: f64 = 1e-15;

/// A place on the Earth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// East of Greenwich, in degrees.
    pub longitude: f64,
    /// North of the equator, in degrees.
    pub latitude: f64,
}

/// A cell of the grid that halving `steps` times makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    bits: u64,
    steps: u32,
}

/// What a cell covers: (least, greatest) of each.
#[derive(Clone, Copy, Debug)]
struct Area {
    longitude: (f64, f64),
    latitude: (f64, f64),
}

/// What is searched in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// All within this many metres of the centre.
    Circle(f64),
    /// A box of this width and height in metres around the centre.
    Rect(f64, f64),
    /// A polygon of places; the centre follows from them.
    Polygon(Vec<Place>),
}

impl Place {
    /// The place, if it can be encoded.
    pub fn new(longitude: f64, latitude: f64) -> Option<Self> {
        let within = |value: f64, (min, max): (f64, f64)| value >= min && value <= max;
        (within(longitude, LONGITUDES) && within(latitude, LATITUDES)).then_some(Self {
            longitude,
            latitude,
        })
    }

    /// The score that stands for the place in a sorted set.
    pub fn score(self) -> f64 {
        encode(self, LATITUDES, STEPS).bits as f64
    }

    /// The middle of the cell that a score stands for.
    pub fn of_score(score: f64) -> Self {
        let area = Cell {
            bits: truncate(score),
            steps: STEPS,
        }
        .area();
        let middle = |(min, max): (f64, f64), (least, most): (f64, f64)| {
            ((min + max) / 2.0).clamp(least, most)
        };
        Self {
            longitude: middle(area.longitude, LONGITUDES),
            latitude: middle(area.latitude, LATITUDES),
        }
    }

    /// The geohash string as others write it: of latitudes from -90 to 90, eleven characters. The
    /// last is always `0`, since the score has no bits for it.
    pub fn geohash(self) -> [u8; 11] {
        const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let bits = encode(self, (-90.0, 90.0), STEPS).bits;
        let mut text = [b'0'; 11];
        for (at, character) in text.iter_mut().take(10).enumerate() {
            *character = ALPHABET[(bits >> (52 - (at + 1) * 5)) as usize & 31];
        }
        text
    }

    /// Metres to another place along the great circle (haversine).
    pub fn distance(self, other: Self) -> f64 {
        let v = ((radians(other.longitude) - radians(self.longitude)) / 2.0).sin();
        if v.abs() <= SAME_LONGITUDE {
            return self.distance_north(other);
        }
        let (own, others) = (radians(self.latitude), radians(other.latitude));
        let u = ((others - own) / 2.0).sin();
        // Written out: the reference's order of operations decides the last digit.
        let a = u * u + own.cos() * others.cos() * v * v;
        2.0 * EARTH_RADIUS * a.sqrt().asin()
    }

    /// Metres from this latitude to another's.
    fn distance_north(self, other: Self) -> f64 {
        EARTH_RADIUS * (radians(other.latitude) - radians(self.latitude)).abs()
    }
}

impl Shape {
    /// The place that distances are measured from, where the shape has its own: the middle of a
    /// polygon's corners.
    pub fn centre(&self) -> Option<Place> {
        let Self::Polygon(corners) = self else {
            return None;
        };
        let (mut x, mut y, mut z) = (0.0, 0.0, 0.0);
        for corner in corners {
            let (longitude, latitude) = (radians(corner.longitude), radians(corner.latitude));
            x += latitude.cos() * longitude.cos();
            y += latitude.cos() * longitude.sin();
            z += latitude.sin();
        }
        Some(Place {
            longitude: y.atan2(x) / RADIANS,
            latitude: z.atan2((x * x + y * y).sqrt()) / RADIANS,
        })
    }

    /// The distance in metres of a place within the shape from its centre.
    pub fn distance_within(&self, centre: Place, place: Place) -> Option<f64> {
        match self {
            Self::Circle(radius) => {
                let distance = centre.distance(place);
                (distance <= *radius).then_some(distance)
            }
            Self::Rect(width, height) => {
                if place.distance_north(centre) > height / 2.0 {
                    return None;
                }
                let beside = Place {
                    longitude: centre.longitude,
                    latitude: place.latitude,
                };
                (place.distance(beside) <= width / 2.0).then(|| centre.distance(place))
            }
            Self::Polygon(corners) => contains(corners, place).then(|| centre.distance(place)),
        }
    }

    /// The ranges of scores in which everything within the shape lies, in the order in which the
    /// reference looks through them. A range may come twice where a search goes round the Earth.
    pub fn score_ranges(&self, centre: Place) -> Vec<Range<f64>> {
        // The middle of a polygon around a pole has no cell. There the reference looks wherever its
        // stack's leftovers point; we look everywhere.
        let Some(centre) = Place::new(centre.longitude, centre.latitude) else {
            return vec![0.0..(1_u64 << (STEPS * 2)) as f64];
        };
        let bounds = self.bounds(centre);
        let radius = self.radius(centre, bounds);
        let mut steps = steps_for(radius, centre.latitude);
        let mut cell = encode(centre, LATITUDES, steps);
        // Near the edge of a cell its neighbours may not reach far enough.
        let around = |east, north| cell.moved(east, north).area();
        let short = around(0, 1).latitude.1 < bounds.latitude.1
            || around(0, -1).latitude.0 > bounds.latitude.0
            || around(1, 0).longitude.1 < bounds.longitude.1
            || around(-1, 0).longitude.0 > bounds.longitude.0;
        if steps > 1 && short {
            steps -= 1;
            cell = encode(centre, LATITUDES, steps);
        }
        let area = cell.area();
        let (west, east) = (
            area.longitude.0 < bounds.longitude.0,
            area.longitude.1 > bounds.longitude.1,
        );
        let (south, north) = (
            area.latitude.0 < bounds.latitude.0,
            area.latitude.1 > bounds.latitude.1,
        );
        let useless = |to_east: i8, to_north: i8| {
            steps >= 2
                && (to_east < 0 && west
                    || to_east > 0 && east
                    || to_north < 0 && south
                    || to_north > 0 && north)
        };
        let neighbours = [
            (0, 0),
            (0, 1),
            (0, -1),
            (1, 0),
            (-1, 0),
            (1, 1),
            (-1, 1),
            (1, -1),
            (-1, -1),
        ];
        let mut ranges = Vec::with_capacity(neighbours.len());
        let mut last = None;
        for (at, (to_east, to_north)) in neighbours.into_iter().enumerate() {
            if useless(to_east, to_north) {
                continue;
            }
            let neighbour = cell.moved(to_east, to_north);
            // Neighbours are the same where the cells go round the Earth. The reference compares
            // with the one before only, and with the centre's never.
            if last == Some(neighbour) {
                continue;
            }
            ranges.push(neighbour.scores());
            if at > 0 {
                last = Some(neighbour);
            }
        }
        ranges
    }

    /// Least and greatest longitude and latitude.
    fn bounds(&self, centre: Place) -> Area {
        let (width, height) = match self {
            Self::Circle(radius) => (*radius, *radius),
            Self::Rect(width, height) => (width / 2.0, height / 2.0),
            Self::Polygon(corners) => {
                let bounds = |of: fn(&Place) -> f64, (least, most): (f64, f64)| {
                    (
                        corners.iter().map(of).fold(most, f64::min),
                        corners.iter().map(of).fold(least, f64::max),
                    )
                };
                return Area {
                    longitude: bounds(|place| place.longitude, LONGITUDES),
                    latitude: bounds(|place| place.latitude, LATITUDES),
                };
            }
        };
        let up = height / EARTH_RADIUS / RADIANS;
        // Meridians come together towards the poles, so the side nearer to the pole is wider in degrees.
        let edge = if centre.latitude < 0.0 {
            centre.latitude - up
        } else {
            centre.latitude + up
        };
        let aside = width / EARTH_RADIUS / radians(edge).cos() / RADIANS;
        Area {
            longitude: (centre.longitude - aside, centre.longitude + aside),
            latitude: (centre.latitude - up, centre.latitude + up),
        }
    }

    /// The radius in metres of a circle around the whole shape.
    fn radius(&self, centre: Place, bounds: Area) -> f64 {
        match self {
            Self::Circle(radius) => *radius,
            Self::Rect(width, height) => {
                ((width / 2.0) * (width / 2.0) + (height / 2.0) * (height / 2.0)).sqrt()
            }
            Self::Polygon(_) => {
                let corner = |longitude, latitude| {
                    centre.distance(Place {
                        longitude,
                        latitude,
                    })
                };
                let ((west, east), (south, north)) = (bounds.longitude, bounds.latitude);
                [(west, north), (east, north), (west, south), (east, south)]
                    .into_iter()
                    .map(|(longitude, latitude)| corner(longitude, latitude))
                    .fold(0.0, f64::max)
            }
        }
    }
}

impl Cell {
    /// The scores that lie in the cell.
    fn scores(self) -> Range<f64> {
        let align = |bits: u64| (bits << (52 - self.steps * 2)) as f64;
        align(self.bits)..align(self.bits + 1)
    }

    fn area(self) -> Area {
        let (latitude, longitude) = (squash(self.bits), squash(self.bits >> 1));
        let side = |at: u32, (min, max): (f64, f64)| {
            let part = |at: u32| f64::from(at) / (1_u64 << self.steps) as f64;
            // The reference counts in 32 bits.
            (
                min + part(at) * (max - min),
                min + part(at.wrapping_add(1)) * (max - min),
            )
        };
        Area {
            longitude: side(longitude, LONGITUDES),
            latitude: side(latitude, LATITUDES),
        }
    }

    /// The neighbour some cells to the east and the north, each -1, 0 or 1; round the Earth if need be.
    fn moved(self, east: i8, north: i8) -> Self {
        let mask = (1 << self.steps) - 1;
        let go = |at: u32, by: i8| match by {
            0 => at,
            by => at.wrapping_add_signed(by.into()) & mask,
        };
        let latitude = go(squash(self.bits), north);
        let longitude = go(squash(self.bits >> 1), east);
        Self {
            bits: spread(latitude) | spread(longitude) << 1,
            ..self
        }
    }
}

fn radians(degrees: f64) -> f64 {
    degrees * RADIANS
}

/// The cell of a place in the grid of so many steps.
fn encode(place: Place, (south, north): (f64, f64), steps: u32) -> Cell {
    let (west, east) = LONGITUDES;
    let cells = (1_u64 << steps) as f64;
    let latitude = (place.latitude - south) / (north - south) * cells;
    let longitude = (place.longitude - west) / (east - west) * cells;
    Cell {
        bits: spread(latitude as u32) | spread(longitude as u32) << 1,
        steps,
    }
}

/// How many halvings make cells that are not much larger than a circle of that radius in metres.
fn steps_for(mut radius: f64, latitude: f64) -> u32 {
    if radius == 0.0 {
        return STEPS;
    }
    let mut steps = 1_i32;
    while radius < MERCATOR_MAX {
        radius *= 2.0;
        steps += 1;
    }
    steps -= 2;
    // Cells grow narrow towards the poles.
    if latitude.abs() > 66.0 {
        steps -= 1;
    }
    if latitude.abs() > 80.0 {
        steps -= 1;
    }
    steps.clamp(1, STEPS as i32) as u32
}

/// Whether a ray from the place to the west crosses the polygon's sides an odd number of times.
fn contains(corners: &[Place], place: Place) -> bool {
    let mut inside = false;
    let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
    for (a, b) in corners.iter().zip(before) {
        let crosses = (a.latitude > place.latitude) != (b.latitude > place.latitude)
            && place.longitude
                < (b.longitude - a.longitude) * (place.latitude - a.latitude)
                    / (b.latitude - a.latitude)
                    + a.longitude;
        inside ^= crosses;
    }
    inside
}

/// A score as an unsigned integer, as the reference's processor converts it: a negative one wraps.
fn truncate(score: f64) -> u64 {
    const TOP: f64 = 9_223_372_036_854_775_808.0;
    if score < TOP {
        score as i64 as u64
    } else if score < TOP * 2.0 {
        score as u64
    } else {
        0
    }
}

/// The bits of a number with a free bit above each.
fn spread(value: u32) -> u64 {
    let mut value = u64::from(value);
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        value = (value | value << shift) & mask;
    }
    value
}

/// Every second bit of a number, from the lowest: what [`spread`] spread.
fn squash(value: u64) -> u32 {
    let mut value = value & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0F0F_0F0F_0F0F_0F0F),
        (4, 0x00FF_00FF_00FF_00FF),
        (8, 0x0000_FFFF_0000_FFFF),
        (16, 0x0000_0000_FFFF_FFFF),
    ] {
        value = (value | value >> shift) & mask;
    }
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn squash_undoes_spread(value: u32) {
            prop_assert_eq!(squash(spread(value)), value);
            prop_assert_eq!(squash(spread(value) << 1), 0);
        }

        /// The ranges leave nothing out: what a look at every place finds, they hold.
        #[test]
        fn score_ranges_hold_what_lies_within(
            centre in (-180.0..180.0, -60.0..60.0),
            places in prop::collection::vec((-180.0..180.0, -85.0..85.0), 1..40),
            radius in 1.0..3_000_000.0,
        ) {
            let place = |(longitude, latitude): (f64, f64)| Place { longitude, latitude };
            let centre = place(centre);
            let shape = Shape::Circle(radius);
            let ranges = shape.score_ranges(centre);
            for found in places.into_iter().map(place) {
                let score = found.score();
                let near = (found.longitude - centre.longitude).abs() < 90.0;
                if near && shape.distance_within(centre, Place::of_score(score)).is_some() {
                    prop_assert!(ranges.iter().any(|range| range.contains(&score)));
                }
            }
        }
    }
}
