//! A small map of a set of places, with what was searched in last.

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::app::format;
use crate::app::words::zset as words;
use crate::app::zset::{self as app, map};
use crate::session::message::{Bytes, Event, Fact, MapView, PLACES_MAX, PlaceRow};
use crate::ui::widgets::seen::use_size;
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;

/// How high a map is for its width, and at least, in pixels.
const SHAPE: (f64, f64) = (0.66, 180.0);

/// What a map needs.
#[derive(Properties, PartialEq)]
pub struct MapProps {
    /// The places.
    pub map: MapView,
    /// All members.
    pub len: usize,
    /// The last search.
    pub search: Option<Event>,
    /// The entry's version.
    pub version: u64,
    /// The key as a word.
    pub word: String,
    /// A command is to be typed.
    pub on_command: Callback<String>,
}

/// The map.
#[component]
pub fn Map(props: &MapProps) -> Html {
    let node = use_node_ref();
    let (width, _) = use_size(&node);
    let map = &props.map;
    let found = Found::of(props.search.as_ref(), props.version);
    let table = {
        let (map, found) = (map.clone(), found.clone());
        Callback::from(move |()| map::table(&map, |row| found.has(row)))
    };
    let all = if props.len > PLACES_MAX {
        words::places_drawn(map.places.len(), props.len)
    } else {
        words::places(props.len)
    };
    let searched = map.area.as_ref().map(|area| {
        let lit = map.places.iter().filter(|row| found.has(row)).count();
        words::searched(&app::area(area), lit, map.outline.is_empty(), !found.same)
    });
    let label = words::map(&all, searched.as_deref().unwrap_or_default());
    let proposal = map
        .places
        .first()
        .filter(|_| map.area.is_none())
        .map(|row| {
            let member = crate::app::show::word(&row.member);
            format!(
                "GEOSEARCH {} FROMMEMBER {member} BYRADIUS 200 km ASC WITHDIST",
                props.word
            )
        });
    html! {
        <>
            <Twin what={words::THE_MAP} {table}>
                <div class="zset-map" ref={node}>
                    if width > 0.0 { { drawn(map, &found, width, &label) } }
                </div>
            </Twin>
            <p>{ all }{ searched }</p>
            if let Some(line) = proposal {
                <p class="zset-typed">{ words::SEARCH_AROUND }<Typed {line} on_command={props.on_command.clone()} /></p>
            }
        </>
    }
}

/// What the last search found, as far as it still holds.
#[derive(Clone)]
struct Found {
    names: Option<BTreeSet<Bytes>>,
    same: bool,
}

impl Found {
    fn of(search: Option<&Event>, now: u64) -> Self {
        match search.map(|event| &event.fact) {
            Some(Fact::PlacesSearched {
                first,
                found,
                version,
                ..
            }) => {
                let same = *version == now;
                let whole = same && first.len() == *found;
                Self {
                    names: whole.then(|| first.iter().cloned().collect()),
                    same,
                }
            }
            _ => Self {
                names: None,
                same: true,
            },
        }
    }

    fn has(&self, row: &PlaceRow) -> bool {
        match &self.names {
            Some(names) => names.contains(&row.member),
            None => row.within,
        }
    }
}

fn drawn(map: &MapView, found: &Found, width: f64, label: &str) -> Html {
    let height = (width * SHAPE.0).max(SHAPE.1).round();
    let drawn = map::draw(map, width, height);
    let points = |line: &[(f64, f64)]| {
        let points: Vec<String> = line.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        points.join(" ")
    };
    let dot = |(row, (x, y)): (&PlaceRow, &(f64, f64))| {
        let lit = found.has(row);
        let class = if lit { "lit" } else { "place" };
        html! {
            <circle {class} cx={format!("{x:.1}")} cy={format!("{y:.1}")} r={if lit { "5" } else { "3.5" }}>
                <title>{ format::lossy(&row.member) }</title>
            </circle>
        }
    };
    // Those that were found lie on top.
    let (lit, others): (Vec<_>, Vec<_>) = map
        .places
        .iter()
        .zip(&drawn.dots)
        .partition(|(row, _)| found.has(row));
    let (bar, length) = &drawn.bar;
    let ground = height - 9.0;
    html! {
        <svg viewBox={format!("0 0 {width:.0} {height:.0}")} width={format!("{width:.0}")} height={format!("{height:.0}")} role="img" aria-label={label.to_owned()}>
            { for drawn.meridians.iter().map(|(x, name)| html! { <><line class="net" x1={format!("{x:.1}")} x2={format!("{x:.1}")} y1="0" y2={height.to_string()} /><text class="net" x={format!("{:.1}", x + 3.0)} y="11">{ name }</text></> }) }
            { for drawn.parallels.iter().map(|(y, name)| html! { <><line class="net" y1={format!("{y:.1}")} y2={format!("{y:.1}")} x1="0" x2={width.to_string()} /><text class="net end" x={format!("{:.1}", width - 3.0)} y={format!("{:.1}", y - 3.0)}>{ name }</text></> }) }
            if !drawn.outline.is_empty() { <polygon class="area" points={points(&drawn.outline)} /> }
            if let Some((x, y)) = drawn.centre.filter(|_| !drawn.outline.is_empty()) {
                <path class="centre" d={format!("M{:.1} {y:.1}h10M{x:.1} {:.1}v10", x - 5.0, y - 5.0)} />
            }
            { for others.into_iter().map(dot) }
            { for lit.into_iter().map(dot) }
            { for drawn.labels.iter().map(|label| html! {
                <text class={if map.places.get(label.of).is_some_and(|row| found.has(row)) { "name lit" } else { "name" }} x={format!("{:.1}", label.x)} y={format!("{:.1}", label.y)}>{ &label.text }</text>
            }) }
            <path class="scale" d={format!("M10 {:.1}v6h{bar:.1}v-6", ground - 6.0)} />
            <text class="scale" x={format!("{:.1}", bar + 16.0)} y={format!("{ground:.1}")}>{ length }</text>
        </svg>
    }
}
