//! Rows slide to their new ranks.
//!
//! A row's own transition does that, but for rows that had to be moved in the document: a browser ends what runs on
//! them. Those are animated from where they stood.

use std::collections::BTreeMap;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::session::message::{Bytes, ZsetView};

/// How long a row slides, in milliseconds, as `--t-move`.
const TIME: f64 = 260.0;
/// The most rows that one slides past, so that it is seen to move.
const FAR: isize = 24;

/// The ranks of the rows last told.
pub type Ranks = BTreeMap<Bytes, usize>;

/// The ranks of the rows in view.
pub fn ranks(zset: &ZsetView) -> Ranks {
    let rows = zset.rows.iter().enumerate();
    rows.map(|(i, row)| (row.member.clone(), zset.start + i))
        .collect()
}

/// Starts the movement of rows under an element whose ranks changed and that do not move already.
pub fn slide(list: &Element, before: &Ranks, now: &Ranks, row: f64) {
    let still = web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-reduced-motion: reduce)")
                .ok()?
        })
        .is_some_and(|reduced| reduced.matches());
    if still || before.is_empty() {
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

/// Lets an element come from so many pixels below, unless it moves already. Where a browser cannot, it just stands there.
fn animate(element: &Element, from: f64) -> Option<()> {
    let method = |name: &str| {
        let method = Reflect::get(element, &name.into()).ok()?;
        method.dyn_into::<Function>().ok()
    };
    let running = method("getAnimations")?.call0(element).ok()?;
    let moves = |animation: JsValue| {
        let of = Reflect::get(&animation, &"transitionProperty".into()).ok();
        of.is_none_or(|of| of.is_undefined() || of == "transform")
    };
    if running.dyn_into::<Array>().ok()?.iter().any(moves) {
        return None;
    }
    let place = element.get_attribute("style")?;
    let place = place
        .trim_start_matches("transform:")
        .trim_end_matches(';')
        .trim();
    let frames = Array::new();
    for transform in [format!("translateY({from}px) {place}"), place.to_owned()] {
        let frame = Object::new();
        Reflect::set(&frame, &"transform".into(), &transform.into()).ok()?;
        frames.push(&frame);
    }
    let options = Object::new();
    Reflect::set(&options, &"duration".into(), &TIME.into()).ok()?;
    Reflect::set(&options, &"easing".into(), &"ease".into()).ok()?;
    method("animate")?.call2(element, &frames, &options).ok()?;
    Some(())
}
