//! Rows slide to their new ranks.
//!
//! Rows stand under each other in the document, so that one which changed its rank stands at its new place at once: it is
//! animated from where it stood.

use std::collections::{BTreeMap, VecDeque};

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::NodeRef;

use crate::session::message::{Bytes, ZsetView};
use crate::ui::store::wall;

/// How long a row slides, in milliseconds, as `--t-move`.
const TIME: f64 = 260.0;
/// The most rows that one slides past, so that it is seen to move.
const FAR: isize = 24;

/// How many movements of a list run beside each other. Where ranks change faster than that nobody could follow them, and
/// rows just stand at their new places.
const AT_ONCE: usize = 3;

/// The ranks of the rows last told.
pub type Ranks = BTreeMap<Bytes, usize>;

/// What a list remembers of how its rows moved.
#[derive(Default)]
pub struct Slides {
    ranks: Ranks,
    /// When they last changed, by the browser's clock.
    changed: VecDeque<f64>,
}

impl Slides {
    /// Takes in the ranks of the rows under an element, and starts the movement of those that changed.
    pub fn see(&mut self, list: &NodeRef, now: Ranks, row: f64) {
        let before = std::mem::replace(&mut self.ranks, now);
        let now = &self.ranks;
        // Other rows may have come into view only.
        let moved =
            |(member, rank): (&Bytes, &usize)| before.get(member).is_some_and(|was| was != rank);
        if !now.iter().any(moved) {
            return;
        }
        let wall = wall();
        self.changed.retain(|at| wall - at < TIME);
        if self.changed.len() < AT_ONCE
            && let Some(list) = list.cast::<Element>()
        {
            slide(&list, &before, now, row);
        }
        self.changed.push_back(wall);
    }
}

/// The ranks of the rows in view.
pub fn ranks(zset: &ZsetView) -> Ranks {
    let rows = zset.rows.iter().enumerate();
    rows.map(|(i, row)| (row.member.clone(), zset.start + i))
        .collect()
}

/// Starts the movement of rows under an element whose ranks changed.
fn slide(list: &Element, before: &Ranks, now: &Ranks, row: f64) {
    let still = web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-reduced-motion: reduce)")
                .ok()?
        })
        .is_some_and(|reduced| reduced.matches());
    if still {
        return;
    }
    let Ok(drawn) = list.query_selector_all(".rank[data-rank]") else {
        return;
    };
    let by_rank: BTreeMap<usize, &Bytes> = now.iter().map(|(name, &rank)| (rank, name)).collect();
    for at in 0..drawn.length() {
        let Some(element) = drawn
            .get(at)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let rank = element
            .get_attribute("data-rank")
            .and_then(|rank| rank.parse::<usize>().ok());
        let moved = rank.and_then(|rank| {
            let from = *before.get(*by_rank.get(&rank)?)?;
            Some((from as isize - rank as isize).clamp(-FAR, FAR))
        });
        if let Some(moved) = moved.filter(|&moved| moved != 0) {
            animate(&element, moved as f64 * row);
        }
    }
}

/// Lets an element come from so many pixels below, on top of how it moves already. Where a browser cannot, it just stands there.
fn animate(element: &Element, from: f64) -> Option<()> {
    let frames = Array::new();
    for transform in [format!("translateY({from}px)"), "none".to_owned()] {
        let frame = Object::new();
        Reflect::set(&frame, &"transform".into(), &transform.into()).ok()?;
        frames.push(&frame);
    }
    let options = Object::new();
    Reflect::set(&options, &"duration".into(), &TIME.into()).ok()?;
    Reflect::set(&options, &"easing".into(), &"ease".into()).ok()?;
    Reflect::set(&options, &"composite".into(), &"add".into()).ok()?;
    let animate = Reflect::get(element, &"animate".into()).ok()?;
    let animate = animate.dyn_into::<Function>().ok()?;
    animate.call2(element, &frames, &options).ok()?;
    Some(())
}
