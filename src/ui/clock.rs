//! The clock bar: the session's time, and what the learner does with it.

use std::rc::Rc;

use yew::prelude::*;

use super::store::Store;
use super::widgets::clock::use_now;
use crate::app::clock::expiry_name;
use crate::app::words::clock as words;
use crate::app::{Action, State, colour, format};
use crate::session::message::{ClockView, Millis, Speed, Turn};

/// How far the two buttons move the clock on, in milliseconds.
const MOVES: [(Millis, &str, &str); 2] = [
    (1000, words::MOVE_1_S, words::MOVE_1_S_DOES),
    (30_000, words::MOVE_30_S, words::MOVE_30_S_DOES),
];

/// What the bar needs.
#[derive(Properties, PartialEq)]
pub struct ClockBarProps {
    /// How the clock runs, and what is next.
    pub time: Rc<ClockView>,
    /// A script stands still, and the clock with it.
    pub stands: bool,
}

/// The clock bar. On a narrow page all but the time and its pause stand behind a button.
#[component]
pub fn ClockBar(props: &ClockBarProps) -> Html {
    let open = use_state(|| false);
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let start = store.read(|state: &State| state.log().start);
    let ClockView {
        paused,
        speed,
        ref expiry,
        timeout,
        next,
    } = *props.time;
    let turn = |turn: Turn| store.callback(move |_: MouseEvent| Action::Clock(turn));
    let at = |when: Millis| format::clock(when.saturating_sub(start));
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                open.set(false);
            }
        })
    };
    let (hold, hold_title) = match paused {
        true => (words::RESUME, words::RESUME_DOES),
        false => (words::PAUSE, words::PAUSE_DOES),
    };
    let step = words::step_does(next.map(at).as_deref());
    let to_expiry = match expiry {
        Some(expiry) => words::to_expiry_does(&expiry_name(expiry), &at(expiry.at)),
        None => words::NOTHING_TO_EXPIRE.into(),
    };
    let to_timeout = match timeout {
        Some(timeout) => {
            words::to_timeout_does(&format::client_letter(timeout.conn), &at(timeout.at))
        }
        None => words::NO_WAIT_HAS_AN_END.into(),
    };
    html! {
        <div
            class={classes!("clock", paused.then_some("held"), open.then_some("open"))}
            role="group" aria-label={words::CLOCK} data-speed={speed.to_string()} {onkeydown}
        >
            <button class="hold" type="button" aria-label={hold} title={hold_title} onclick={store.callback(move |_: MouseEvent| Action::pause_or_resume(paused))}>
                { glyph(if paused { "M4.5 2.5v11l8.5-5.5z" } else { "M4 3h3v10H4zM9 3h3v10H9z" }) }
            </button>
            <ClockFace {start} />
            <button class="turns" type="button" aria-label={words::more(&speed.to_string())} aria-expanded={open.to_string()} aria-controls="clock-turns" onclick={toggle}>
                { format!("×{speed}") }
            </button>
            <div id="clock-turns" class="clock-turns">
                <span class="speeds" role="group" aria-label={words::SPEED}>
                    for offered in Speed::OFFERED {
                        <button
                            type="button" class="num" aria-pressed={(offered == speed).to_string()}
                            title={words::speed_does(&offered.to_string())} onclick={turn(Turn::Speed(offered))}
                        >{ format!("×{offered}") }</button>
                    }
                </span>
                <button class="step" type="button" aria-label={words::STEP} title={step} disabled={next.is_none()} onclick={turn(Turn::Step)}>
                    { glyph("M3 3l7 5-7 5zM11 3h2v10h-2z") }
                </button>
                for (ms, text, title) in MOVES {
                    <button type="button" class="num" {title} disabled={props.stands} onclick={turn(Turn::Advance(ms))}>{ text }</button>
                }
                <button class="to" type="button" aria-label={words::next_expiry(&expiry.as_ref().map(expiry_name).unwrap_or_default())} title={to_expiry} disabled={expiry.is_none()} onclick={turn(Turn::ToExpiry)}>
                    <span class="word">{ words::NEXT }</span>{ words::EXPIRY }
                    if let Some(expiry) = expiry {
                        { " " }<span class="mono">{ expiry_name(expiry) }</span>
                    }
                </button>
                <button class="to" type="button" aria-label={words::next_timeout(&timeout.map(|t| format::client_letter(t.conn)).unwrap_or_default())} title={to_timeout} disabled={timeout.is_none()} onclick={turn(Turn::ToTimeout)}>
                    <span class="word">{ words::NEXT }</span>{ words::TIMEOUT }
                    if let Some(timeout) = timeout {
                        { " " }<span class={classes!("tag", colour::client_tag(timeout.conn))}>{ format::client_letter(timeout.conn) }</span>
                    }
                </button>
            </div>
        </div>
    }
}

/// A filled sign of the clock bar.
fn glyph(path: &'static str) -> Html {
    html! { <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg> }
}

#[derive(Properties, PartialEq)]
struct ClockFaceProps {
    start: Millis,
}

/// The session's time since it began.
#[component]
fn ClockFace(props: &ClockFaceProps) -> Html {
    let now = use_now(10);
    html! {
        <span class="now mono num" role="timer" aria-label={words::TIME_SINCE_BEGAN}>
            { format::clock(now.saturating_sub(props.start)) }
        </span>
    }
}
