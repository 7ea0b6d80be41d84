//! A small map: places and what was searched in, laid on a flat piece of paper.
//!
//! A degree of longitude is drawn as wide as it is in the middle of the map (equirectangular). All lengths are in pixels.

use crate::app::format;
use crate::app::table::Table;
use crate::session::message::{MapView, PlaceRow};

/// The Earth's radius in metres, as distances are computed with.
const EARTH_RADIUS: f64 = 6_372_797.560_856;
/// The least that a map shows, in degrees.
const LEAST: f64 = 0.02;
/// Lines of the net are at least so far apart.
const NET: f64 = 64.0;
/// The scale bar is at most so long.
const BAR_MAX: f64 = 110.0;
/// Room around what is drawn.
const MARGIN: f64 = 22.0;
/// The room that a letter of a label takes, and a line of them.
const LETTER: (f64, f64) = (6.4, 14.0);
/// The radius of a place's dot.
const DOT: f64 = 4.0;
/// The longest label.
const LABEL_MAX: usize = 20;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Where each place of the [`MapView`] stands, in its order.
    pub dots: Vec<(f64, f64)>,
    /// The names that have room.
    pub labels: Vec<Label>,
    /// The line around what was searched in.
    pub outline: Vec<(f64, f64)>,
    /// What distances are measured from.
    pub centre: Option<(f64, f64)>,
    /// Where the meridians stand, with their names.
    pub meridians: Vec<(f64, String)>,
    /// Where the parallels stand, with their names.
    pub parallels: Vec<(f64, String)>,
    /// The scale bar: its length and what that is on the ground in the middle of the map.
    pub bar: (f64, String),
}

/// A name beside a dot.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Which place.
    pub of: usize,
    /// Where the text begins.
    pub x: f64,
    /// Its base line.
    pub y: f64,
    /// The text.
    pub text: String,
}

/// Lays out a map on paper of this width and height.
pub fn draw(map: &MapView, width: f64, height: f64) -> Drawn {
    let reference = middle(map);
    let turned = |longitude: f64| reference + wrap(longitude - reference);
    let place = |place: &PlaceRow| (turned(place.longitude), place.latitude);
    let centre = map
        .area
        .as_ref()
        .map(|area| (turned(area.centre.longitude), area.centre.latitude));
    // The outline keeps together: it is moved as a whole.
    let shift = map.area.as_ref().map_or(0.0, |area| {
        turned(area.centre.longitude) - area.centre.longitude
    });
    let outline = map.outline.iter().map(|&(x, y)| (x + shift, y));
    let all: Vec<(f64, f64)> = map
        .places
        .iter()
        .map(place)
        .chain(outline.clone())
        .chain(centre)
        .collect();
    let Some(paper) = Paper::around(&all, width, height) else {
        return Drawn::default();
    };
    let dots: Vec<_> = map.places.iter().map(|row| paper.at(place(row))).collect();
    let bar = paper.bar();
    let mut labels = Labels::new(&dots, width, height);
    // The scale bar and the names of the net have their room.
    labels.keep((0.0, height - 26.0, bar.0 + 70.0, height));
    for (of, row) in map.places.iter().enumerate() {
        labels.place(of, short(&format::lossy(&row.member)));
    }
    let [meridians, parallels] = paper.net();
    Drawn {
        labels: labels.placed,
        dots,
        outline: outline.map(|at| paper.at(at)).collect(),
        centre: centre.map(|at| paper.at(at)),
        meridians,
        parallels,
        bar,
    }
}

fn short(name: &str) -> String {
    match name.char_indices().nth(LABEL_MAX) {
        Some((cut, _)) => format!("{}…", name.get(..cut).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// A difference of longitudes, -180 to 180.
fn wrap(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// The longitude that a map is turned to, so that no two neighbours stand at opposite edges: what was searched around,
/// or else what lies across from the widest gap.
fn middle(map: &MapView) -> f64 {
    if let Some(area) = map.area.as_ref().filter(|_| !map.outline.is_empty()) {
        return area.centre.longitude;
    }
    let mut all: Vec<f64> = map.places.iter().map(|place| place.longitude).collect();
    all.sort_by(f64::total_cmp);
    let (Some(&first), Some(&last)) = (all.first(), all.last()) else {
        return 0.0;
    };
    let mut widest = (first + 360.0 - last, last);
    for pair in all.windows(2) {
        if let &[a, b] = pair
            && b - a > widest.0
        {
            widest = (b - a, a);
        }
    }
    wrap(widest.1 + widest.0 / 2.0 + 180.0)
}

/// Where degrees come to stand.
struct Paper {
    west: f64,
    north: f64,
    /// Pixels to a degree of longitude and of latitude.
    per: (f64, f64),
    size: (f64, f64),
}

impl Paper {
    fn around(all: &[(f64, f64)], width: f64, height: f64) -> Option<Self> {
        let span = |of: fn(&(f64, f64)) -> f64| {
            let least = all.iter().map(of).fold(f64::INFINITY, f64::min);
            let most = all.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
            (least, most)
        };
        let ((west, east), (south, north)) = (span(|at| at.0), span(|at| at.1));
        let room = (width - 2.0 * MARGIN, height - 2.0 * MARGIN);
        if all.is_empty() || room.0 <= 0.0 || room.1 <= 0.0 {
            return None;
        }
        let (middle, level) = ((west + east) / 2.0, (south + north) / 2.0);
        let narrow = level.to_radians().cos();
        let per =
            (room.0 / (east - west).max(LEAST) / narrow).min(room.1 / (north - south).max(LEAST));
        let per = (per * narrow, per);
        Some(Self {
            west: middle - width / 2.0 / per.0,
            north: level + height / 2.0 / per.1,
            per,
            size: (width, height),
        })
    }

    fn at(&self, (longitude, latitude): (f64, f64)) -> (f64, f64) {
        (
            (longitude - self.west) * self.per.0,
            (self.north - latitude) * self.per.1,
        )
    }

    /// The scale bar: a round length on the ground.
    fn bar(&self) -> (f64, String) {
        let metre = self.per.1 / (EARTH_RADIUS.to_radians());
        let long = round_down(BAR_MAX / metre);
        (long * metre, metres(long))
    }

    /// Meridians and parallels at round degrees.
    fn net(&self) -> [Vec<(f64, String)>; 2] {
        let least = (NET / self.per.0.min(self.per.1)).max(1e-6);
        let step = [30.0, 45.0, 60.0, 90.0]
            .into_iter()
            .find(|&step| least <= step && least > 20.0)
            .unwrap_or_else(|| round_up(least));
        let digits = (-step.log10().floor()).max(0.0) as usize;
        let lines = |from: f64, per: f64, size: f64| -> Vec<(f64, f64)> {
            let first = (from / step).ceil() as i64;
            let last = ((from + size / per) / step).floor() as i64;
            (first..=last)
                .take(100)
                .map(|i| i as f64 * step)
                .map(|degree| (degree, (degree - from) * per))
                .collect()
        };
        let meridians = lines(self.west, self.per.0, self.size.0);
        let south = self.north - self.size.1 / self.per.1;
        let parallels = lines(south, self.per.1, self.size.1);
        [
            meridians
                .into_iter()
                .map(|(degree, x)| (x, degrees(wrap(degree), digits, "E", "W")))
                .collect(),
            parallels
                .into_iter()
                .filter(|(degree, _)| degree.abs() <= 90.0)
                .map(|(degree, y)| (self.size.1 - y, degrees(degree, digits, "N", "S")))
                .collect(),
        ]
    }
}

/// The greatest of 1, 2 and 5 times a power of ten that is not above a number.
fn round_down(most: f64) -> f64 {
    let ten = 10_f64.powf(most.log10().floor());
    [5.0, 2.0]
        .into_iter()
        .map(|times| times * ten)
        .find(|&round| round <= most)
        .unwrap_or(ten)
}

/// The least of them that is not below a number.
fn round_up(least: f64) -> f64 {
    let ten = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|times| times * ten)
        .find(|&round| round >= least)
        .unwrap_or(10.0 * ten)
}

/// Degrees with so many digits at most: `15.5° E`.
pub fn degrees(value: f64, digits: usize, positive: &str, negative: &str) -> String {
    let text = format!("{:.digits$}", value.abs());
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    match text {
        "0" => "0°".into(),
        _ => format!("{text}° {}", if value < 0.0 { negative } else { positive }),
    }
}

/// A length on the ground: `56.4 km`, `120 m`.
pub fn metres(value: f64) -> String {
    let (value, unit) = if value >= 1000.0 {
        (value / 1000.0, "km")
    } else {
        (value, "m")
    };
    let text = format!("{value:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

type Box4 = (f64, f64, f64, f64);

/// Names beside dots, none over another name or dot.
struct Labels<'a> {
    dots: &'a [(f64, f64)],
    taken: Vec<Box4>,
    placed: Vec<Label>,
    size: (f64, f64),
}

impl<'a> Labels<'a> {
    fn new(dots: &'a [(f64, f64)], width: f64, height: f64) -> Self {
        Self {
            dots,
            taken: Vec::new(),
            placed: Vec::new(),
            size: (width, height),
        }
    }

    fn keep(&mut self, room: Box4) {
        self.taken.push(room);
    }

    /// Puts a name to the right of its dot, or else to the left, above or below; nowhere where there is no room.
    fn place(&mut self, of: usize, text: String) {
        let Some(&(x, y)) = self.dots.get(of) else {
            return;
        };
        let (wide, high) = (text.chars().count() as f64 * LETTER.0, LETTER.1);
        let gap = DOT + 3.0;
        let spots = [
            (x + gap, y - high / 2.0),
            (x - gap - wide, y - high / 2.0),
            (x - wide / 2.0, y - gap - high),
            (x - wide / 2.0, y + gap),
        ];
        let free = spots.into_iter().find(|&(left, top)| {
            let room = (left, top, left + wide, top + high);
            let inside = left >= 2.0
                && top >= 2.0
                && room.2 <= self.size.0 - 2.0
                && room.3 <= self.size.1 - 2.0;
            let dot = |&(x, y): &(f64, f64)| meet(room, (x - DOT, y - DOT, x + DOT, y + DOT));
            inside
                && !self.taken.iter().any(|&other| meet(room, other))
                && !self.dots.iter().any(dot)
        });
        if let Some((left, top)) = free {
            self.taken.push((left, top, left + wide, top + high));
            self.placed.push(Label {
                of,
                x: left,
                y: top + high - 3.5,
                text,
            });
        }
    }
}

fn meet(a: Box4, b: Box4) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// The table that says what the map draws.
pub fn table(map: &MapView, found: impl Fn(&PlaceRow) -> bool) -> Table {
    let searched = map.area.is_some();
    let mut table = if searched {
        Table::new(&["Member", "Distance", "Found", "Longitude", "Latitude"])
    } else {
        Table::new(&["Member", "Longitude", "Latitude"])
    };
    for row in &map.places {
        let mut cells = vec![format::lossy(&row.member)];
        if searched {
            cells.push(row.metres.map(metres).unwrap_or_default());
            cells.push(if found(row) { "yes" } else { "no" }.into());
        }
        cells.push(degrees(row.longitude, 6, "E", "W"));
        cells.push(degrees(row.latitude, 6, "N", "S"));
        table.row(cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::{Area, Bytes, Place, Shape};

    fn map(places: &[(&str, f64, f64)], area: Option<(f64, f64, f64)>) -> MapView {
        let area = area.map(|(longitude, latitude, radius)| Area {
            centre: Place {
                longitude,
                latitude,
            },
            shape: Shape::Circle(radius),
        });
        MapView {
            places: places
                .iter()
                .map(|&(name, longitude, latitude)| PlaceRow {
                    member: Bytes::from_slice(name.as_bytes()),
                    longitude,
                    latitude,
                    metres: None,
                    within: false,
                })
                .collect(),
            outline: area.as_ref().map_or_else(Vec::new, |area| {
                area.shape
                    .outline(area.centre)
                    .iter()
                    .map(|place| (place.longitude, place.latitude))
                    .collect()
            }),
            area,
        }
    }

    #[test]
    fn what_was_searched_in_is_round_and_all_of_it_is_on_the_paper() {
        let drawn = draw(
            &map(
                &[("Palermo", 13.361, 38.116), ("Catania", 15.087, 37.503)],
                Some((15.0, 37.0, 200_000.0)),
            ),
            400.0,
            300.0,
        );
        let within =
            |&(x, y): &(f64, f64)| (0.0..=400.0).contains(&x) && (0.0..=300.0).contains(&y);
        assert!(drawn.dots.iter().chain(&drawn.outline).all(within));
        let (cx, cy) = drawn.centre.unwrap();
        let radii: Vec<f64> = drawn
            .outline
            .iter()
            .map(|(x, y)| (x - cx).hypot(y - cy))
            .collect();
        let (least, most) = radii
            .iter()
            .fold((f64::MAX, 0.0_f64), |(a, b), &r| (a.min(r), b.max(r)));
        assert!(most / least < 1.06, "{least} {most}");
        // The scale bar agrees with the circle.
        let metres: f64 = drawn.bar.1.trim_end_matches(" km").parse::<f64>().unwrap() * 1000.0;
        assert!((drawn.bar.0 / metres * 200_000.0 / most - 1.0).abs() < 0.06);
        assert!(!drawn.meridians.is_empty() && !drawn.parallels.is_empty());
        assert_eq!(drawn.labels.len(), 2);
    }

    #[test]
    fn neighbours_across_the_date_line_stay_neighbours() {
        let drawn = draw(
            &map(&[("Fiji", 178.0, -18.0), ("Samoa", -172.0, -14.0)], None),
            400.0,
            300.0,
        );
        let gap = drawn.dots[1].0 - drawn.dots[0].0;
        assert!((100.0..400.0).contains(&gap), "{gap}");
    }

    #[test]
    fn names_that_would_meet_are_left_out() {
        let crowd: Vec<(String, f64, f64)> = (0..200)
            .map(|i| {
                (
                    format!("place number {i}"),
                    f64::from(i % 20) / 10.0,
                    f64::from(i / 20) / 10.0,
                )
            })
            .collect();
        let crowd: Vec<(&str, f64, f64)> = crowd
            .iter()
            .map(|(name, x, y)| (name.as_str(), *x, *y))
            .collect();
        let drawn = draw(&map(&crowd, None), 400.0, 300.0);
        assert!(drawn.labels.len() < 60);
        let room = |label: &Label| {
            let wide = label.text.chars().count() as f64 * LETTER.0;
            let top = label.y + 3.5 - LETTER.1;
            (label.x, top, label.x + wide, top + LETTER.1)
        };
        for (i, a) in drawn.labels.iter().enumerate() {
            assert!(
                drawn.labels[i + 1..]
                    .iter()
                    .all(|b| !meet(room(a), room(b)))
            );
        }
    }

    #[test]
    fn one_place_alone_has_a_map_too() {
        let drawn = draw(&map(&[("here", 0.0, 0.0)], None), 400.0, 300.0);
        assert_eq!(drawn.dots, [(200.0, 150.0)]);
        assert!(drawn.bar.0 > 20.0);
        assert_eq!(draw(&MapView::default(), 400.0, 300.0), Drawn::default());
        assert_eq!(
            draw(&map(&[("here", 0.0, 0.0)], None), 0.0, 0.0),
            Drawn::default()
        );
    }

    #[test]
    fn degrees_and_lengths_are_read_as_one_writes_them() {
        assert_eq!(degrees(15.5, 4, "E", "W"), "15.5° E");
        assert_eq!(degrees(-37.0, 0, "N", "S"), "37° S");
        assert_eq!(degrees(-10.0, 0, "N", "S"), "10° S");
        assert_eq!(degrees(0.0, 2, "N", "S"), "0°");
        assert_eq!(metres(56_441.3), "56.4 km");
        assert_eq!(metres(200_000.0), "200 km");
        assert_eq!(metres(120.0), "120 m");
    }
}
