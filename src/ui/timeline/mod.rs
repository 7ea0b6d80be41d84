//! The strip at the foot of the page: what happened, by client and time.

mod history;

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::store::Store;
use super::widgets::clock::use_now;
use crate::app::Action;
use crate::app::client::Who;
use crate::app::colour;
use crate::app::format;
use crate::app::past::Past;
use crate::app::timeline::{Bracket, Stretch, Timeline, Zoom};
use crate::app::words::timeline as words;
use crate::session::message::{Conn, Millis, Point, Travel};
use crate::ui::widgets::said::said;
use history::HistorySheet;

/// The shortest time that the strip covers.
const LEAST: Millis = 20_000;
/// How much of a track the time up to the end takes, in percent.
const WIDTH: f64 = 97.0;
/// A point that nothing comes after.
const END: Point = Point {
    inputs: usize::MAX,
    at: Millis::MAX,
};
/// How many marks are drawn of one client, and lines listed.
const MARKS_MAX: usize = 200;
/// How many of a script's calls are drawn.
const CALLS_MAX: usize = 16;

/// What the strip needs.
#[derive(Properties)]
pub struct TimelineProps {
    /// What happened.
    pub timeline: Rc<Timeline>,
    /// Where the session stands.
    pub past: Rc<Past>,
    /// The session's first moment.
    pub start: Millis,
    /// The clients.
    pub clients: Rc<[Who]>,
    /// The actors' connections.
    pub actors: Vec<Conn>,
}

impl PartialEq for TimelineProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
            && Rc::ptr_eq(&self.past, &other.past)
            && self.start == other.start
            && self.clients == other.clients
            && self.actors == other.actors
    }
}

/// The strip: what happened, and the way back to any moment of it.
#[component]
pub fn TimelineStrip(props: &TimelineProps) -> Html {
    let now = use_now(1000);
    let listed = use_state(|| false);
    let zoom = use_state_eq(Zoom::default);
    let dragged = use_mut_ref(|| false);
    let tracks = use_node_ref();
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    use_effect_with(store.clone(), |store| {
        let store = store.clone();
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(
                &window,
                "keydown",
                EventListenerOptions::enable_prevent_default(),
                move |event| {
                    undo_key(event, &store);
                },
            )
        });
        move || drop(listener)
    });
    let (timeline, past) = (&props.timeline, &props.past);
    let stands = past.stands();
    let last = stands.map_or(now, |(_, end)| end.at);
    let here = stands.map_or(now, |(here, _)| here.at);
    let point = stands.map_or(END, |(here, _)| here);
    let Stretch {
        start,
        length,
        slot,
    } = Stretch::new(
        zoom.start(timeline, props.start, last).min(here),
        last,
        LEAST,
    );
    let length = length as f64;
    // The head stands a little before the right edge, so that what comes next has somewhere to go.
    let place =
        move |at: Millis| (at.saturating_sub(start) as f64 / length * WIDTH).clamp(0.0, WIDTH);
    let on_open = {
        let listed = listed.clone();
        Callback::from(move |open| listed.set(open))
    };
    let toggle = on_open.reform({
        let open = *listed;
        move |_: MouseEvent| !open
    });
    // To take hold of the strip is to go to the moment under the finger.
    let go = {
        let (store, tracks) = (store.clone(), tracks.clone());
        Callback::from(move |x: i32| {
            let track = tracks
                .cast::<Element>()
                .and_then(|tracks| tracks.query_selector(".track").ok().flatten());
            let Some(rect) = track.map(|track| track.get_bounding_client_rect()) else {
                return;
            };
            let part = (f64::from(x) - rect.left()) / rect.width().max(1.0) * 100.0 / WIDTH;
            // Beyond the left edge lies what is not in view.
            let at = (start as f64 + part * length).max(0.0) as Millis;
            store.dispatch(Action::Travel(if at >= last {
                Travel::End
            } else {
                Travel::At(at)
            }));
        })
    };
    let onpointerdown = {
        let (dragged, go, tracks) = (Rc::clone(&dragged), go.clone(), tracks.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            *dragged.borrow_mut() = true;
            if let Some(tracks) = tracks.cast::<Element>() {
                // Refused only for a pointer that is gone.
                let _ = tracks.set_pointer_capture(event.pointer_id());
            }
            go.emit(event.client_x());
        })
    };
    let onpointermove = {
        let dragged = Rc::clone(&dragged);
        Callback::from(move |event: PointerEvent| {
            if *dragged.borrow() {
                go.emit(event.client_x());
            }
        })
    };
    let let_go = {
        let dragged = Rc::clone(&dragged);
        Callback::from(move |_: PointerEvent| *dragged.borrow_mut() = false)
    };
    let (inputs, all) = (past.inputs(), past.view.inputs);
    let zoom_to = |to: Option<Zoom>| {
        let zoom = zoom.clone();
        move || {
            if let Some(to) = to {
                zoom.set(to);
            }
        }
    };
    let (nearer, farther, whole) = (
        zoom_to(zoom.nearer()),
        zoom_to(zoom.farther()),
        zoom_to(Some(Zoom::WHOLE)),
    );
    let onkeydown = {
        let store = store.clone();
        let (nearer, farther, whole) = (nearer.clone(), farther.clone(), whole.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "+" | "=" => nearer(),
                "-" => farther(),
                "0" => whole(),
                _ => {}
            }
            let to = |inputs: usize| Travel::To(Point { inputs, at: 0 });
            let travel = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => to(inputs.saturating_sub(1)),
                "ArrowRight" | "ArrowUp" if inputs < all => to(inputs + 1),
                "ArrowRight" | "ArrowUp" | "End" => Travel::End,
                "PageDown" => to(inputs.saturating_sub(10)),
                "PageUp" if inputs + 10 < all => to(inputs + 10),
                "PageUp" => Travel::End,
                "Home" => to(0),
                _ => return,
            };
            event.prevent_default();
            store.dispatch(Action::Travel(travel));
        })
    };
    let scripted = timeline.brackets.iter().any(|b| b.at >= start);
    let shown = format::clock(here.saturating_sub(props.start));
    let says = words::input_of(inputs, all);
    let actors = props.actors.iter().map(|&conn| Who {
        conn,
        name: format::client_letter(conn),
    });
    let lanes: Vec<Who> = props.clients.iter().cloned().chain(actors).collect();
    html! {
        <footer class={classes!("time", stands.map(|_| "past"))} aria-label={words::TIMELINE}>
            if stands.is_some() {
                <div class="past-bar" role="status">
                    <span>{ said(words::you_look_at(html! { <b class="num">{ &shown }</b> })) }</span>
                    <button class="line" type="button" onclick={store.callback(|_| Action::Travel(Travel::Fork))}>{ words::FORK_HERE }</button>
                    <button class="solid" type="button" onclick={store.callback(|_| Action::Travel(Travel::End))}>{ words::BACK_TO_NOW }</button>
                </div>
            }
            <div class={classes!("tracks", scripted.then_some("scripted"))} ref={tracks} {onpointerdown} {onpointermove} onpointerup={let_go.clone()} onpointercancel={let_go}>
                if scripted {
                    <div class="lane-row brackets">
                        <span />
                        <div class="track">
                            for (i, bracket) in brackets(timeline, start).enumerate() {
                                { top(bracket, place(bracket.at), i == 0) }
                            }
                        </div>
                    </div>
                }
                for Who { conn, name } in lanes {
                    <div class="lane-row" key={conn} ~style={format!("--c:{}", colour::client_var(conn))}>
                        <span class="dim" title={name}>{ format::client_letter(conn) }</span>
                        <div class="track">
                            for (at, span) in timeline.spans.iter().enumerate().filter(|(_, s)| s.conn == conn && s.until.is_none_or(|u| u >= start)) {
                                <b
                                    key={at}
                                    title={if span.listening { words::SUBSCRIBED } else { words::BLOCKED }}
                                    ~style={format!("margin-left:{:.2}%;width:{:.2}%", place(span.from), place(span.until.unwrap_or(last)) - place(span.from))}
                                />
                            }
                            for dot in timeline.dots(conn, start, slot, point).into_iter().take(MARKS_MAX) {
                                <i key={format!("{}-{}", dot.slot, dot.later)} class={dot.later.then_some("later")} title={dot.title()} ~style={mark(place(dot.last.at))} />
                            }
                            for bracket in brackets(timeline, start) {
                                { inside(bracket, place(bracket.at), bracket.conn == conn) }
                            }
                            if timeline.brackets.back().is_some_and(|b| b.open) && timeline.waiting(conn) > 0 {
                                <i class="held" title={words::WAITS_FOR_SCRIPT} ~style={format!("margin-left:calc({:.2}% + 4px)", place(now))} />
                            }
                        </div>
                    </div>
                }
                if timeline.expired.iter().any(|gone| gone.at >= start) {
                    <div class="lane-row expiries">
                        <span class="dim" title={words::EXPIRED_KEYS}>{ "✕" }</span>
                        <div class="track">
                            for (i, gone) in timeline.expired.iter().filter(|gone| gone.at >= start).rev().take(MARKS_MAX).enumerate() {
                                <i key={i} class={(gone.at > here).then_some("later")} title={words::expired(&format::lossy(&gone.key))} ~style={mark(place(gone.at))} />
                            }
                        </div>
                    </div>
                }
                <div class="scrub">
                    for named in past.view.names.iter().filter(|named| named.point.at >= start) {
                        <span class="flag" title={named.name.clone()} ~style={format!("left:{:.2}%", place(named.point.at))} />
                    }
                    <span
                        class="head" role="slider" tabindex="0" aria-label={words::MOMENT} aria-orientation="horizontal"
                        aria-valuemin="0" aria-valuemax={all.to_string()} aria-valuenow={inputs.to_string()} aria-valuetext={format!("{says}, {shown}")}
                        ~style={format!("left:{:.2}%", place(here))} {onkeydown}
                    />
                </div>
            </div>
            <div class="time-side">
                <span class="dim num">{ if stands.is_some() { says } else { words::commands(timeline.total) } }</span>
                <span class="time-acts time-zoom" role="group" aria-label={words::HOW_MUCH}>
                    <button class="line" type="button" aria-label={words::SHORTER} title={words::shorter_does(&zoom.says())} disabled={zoom.nearer().is_none()} onclick={move |_| nearer()}>{ "+" }</button>
                    <button class="line" type="button" aria-label={words::LONGER} title={words::longer_does(&zoom.says())} disabled={zoom.farther().is_none()} onclick={move |_| farther()}>{ "−" }</button>
                    <button class="line" type="button" title={words::WHOLE_DOES} aria-pressed={(*zoom == Zoom::WHOLE).to_string()} onclick={move |_| whole()}>{ words::WHOLE }</button>
                </span>
                <span class="time-acts">
                    <button class="line" type="button" title={words::UNDO_DOES} disabled={!past.view.can_undo} onclick={store.callback(|_| Action::Travel(Travel::Undo))}>{ words::UNDO }</button>
                    <button class="line" type="button" title={words::REDO_DOES} disabled={stands.is_none()} onclick={store.callback(|_| Action::Travel(Travel::Redo))}>{ words::REDO }</button>
                    <button class="line" type="button" aria-expanded={listed.to_string()} onclick={toggle}>{ words::HISTORY }</button>
                </span>
            </div>
            if *listed {
                <HistorySheet timeline={Rc::clone(timeline)} past={Rc::clone(past)} start={props.start} now={here} {on_open} />
            }
        </footer>
    }
}

/// Ctrl-Z and Ctrl-Shift-Z undo and redo, but where something is typed, which has an undo of its own.
fn undo_key(event: &web_sys::Event, store: &Store) {
    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
        return;
    };
    let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    if !command || !event.key().eq_ignore_ascii_case("z") {
        return;
    }
    let target = event.target();
    let text = target.as_ref().and_then(|t| {
        let input = t.dyn_ref::<HtmlInputElement>();
        let area = t.dyn_ref::<HtmlTextAreaElement>();
        input
            .map(HtmlInputElement::value)
            .or(area.map(HtmlTextAreaElement::value))
    });
    if text.is_some_and(|text| !text.is_empty()) {
        return;
    }
    event.prevent_default();
    let travel = if event.shift_key() {
        Travel::Redo
    } else {
        Travel::Undo
    };
    store.dispatch(Action::Travel(travel));
}

/// Where on its track a mark stands, in percent.
fn mark(left: f64) -> String {
    format!("margin-left:calc({left:.2}% - 1px)")
}

/// The brackets in view, newest first.
fn brackets(timeline: &Timeline, start: Millis) -> impl Iterator<Item = &Bracket> {
    let all = timeline.brackets.iter().rev();
    all.filter(move |b| b.at >= start).take(MARKS_MAX)
}

/// A script takes no time on the session's clock: its bracket is as wide as its calls need.
fn style(bracket: &Bracket, left: f64) -> String {
    let calls = bracket.calls.len().min(CALLS_MAX);
    format!(
        "left:{left:.2}%;--calls:{calls};--c:{}",
        colour::client_var(bracket.conn)
    )
}

/// The top of a bracket; the newest says what it means.
fn top(bracket: &Bracket, left: f64, newest: bool) -> Html {
    let letter = format::client_letter(bracket.conn);
    let title = words::script_of(&letter, bracket.calls.len());
    html! {
        <span class={classes!("bracket", bracket.open.then_some("open"))} ~style={style(bracket, left)} {title}>
            if newest {
                <span class={classes!("says", (left < 30.0).then_some("after"))}>{ words::NOBODY_ELSE }</span>
            }
        </span>
    }
}

/// A bracket's part in one client's track; in the script's own stand its calls.
fn inside(bracket: &Bracket, left: f64, own: bool) -> Html {
    let calls = bracket.calls.iter().take(if own { CALLS_MAX } else { 0 });
    html! {
        <span class="inside" ~style={style(bracket, left)}>
            for (i, call) in calls.enumerate() {
                <i key={i} title={call.clone()} class={classes!((bracket.open && i + 1 == bracket.calls.len()).then_some("next"))} ~style={format!("--i:{i}")} />
            }
        </span>
    }
}
