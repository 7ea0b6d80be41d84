//! The strip at the foot of the page: what happened, by client and time.

use std::rc::Rc;

use yew::prelude::*;

use super::widgets::clock::use_now;
use crate::app::client::Who;
use crate::app::colour;
use crate::app::format;
use crate::app::timeline::{Bracket, Timeline};
use crate::session::message::{Conn, Millis};

/// The longest time that the strip covers, and the shortest.
const LENGTH: std::ops::Range<Millis> = 20_000..600_000;
/// How many marks are drawn of one client, and lines listed.
const MARKS_MAX: usize = 200;
/// How many of a script's calls are drawn.
const CALLS_MAX: usize = 16;

/// What the strip needs.
#[derive(Properties)]
pub struct TimelineProps {
    /// What happened.
    pub timeline: Rc<Timeline>,
    /// The clients.
    pub clients: Rc<[Who]>,
    /// The actors' connections.
    pub actors: Vec<Conn>,
}

impl PartialEq for TimelineProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
            && self.clients == other.clients
            && self.actors == other.actors
    }
}

/// The strip, and the list of what happened behind a button.
#[component]
pub fn TimelineStrip(props: &TimelineProps) -> Html {
    let now = use_now(1000);
    let listed = use_state(|| false);
    let timeline = &props.timeline;
    let start = timeline.start(now, LENGTH.end);
    let length = now.saturating_sub(start).max(LENGTH.start) as f64;
    // The head stands a little before the right edge, so that what comes next has somewhere to go.
    let place =
        move |at: Millis| (at.saturating_sub(start) as f64 / length * 97.0).clamp(0.0, 97.0);
    let toggle = {
        let listed = listed.clone();
        Callback::from(move |_| listed.set(!*listed))
    };
    let actors = props.actors.iter().map(|&conn| Who {
        conn,
        name: format::client_letter(conn),
    });
    let lanes: Vec<Who> = props.clients.iter().cloned().chain(actors).collect();
    html! {
        <footer class="time" aria-label="Timeline">
            <div class="tracks">
                if timeline.brackets.iter().any(|b| b.at >= start) {
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
                    <div class="lane-row" key={conn} style={format!("--c:{}", colour::client_var(conn))}>
                        <span class="dim" title={name}>{ format::client_letter(conn) }</span>
                        <div class="track">
                            for span in timeline.spans.iter().filter(|s| s.conn == conn && s.until.is_none_or(|u| u >= start)) {
                                <b
                                    key={format!("{}-{}", span.from, span.listening)}
                                    title={if span.listening { "subscribed" } else { "blocked" }}
                                    style={format!("left:{:.2}%;width:{:.2}%", place(span.from), place(span.until.unwrap_or(now)) - place(span.from))}
                                />
                            }
                            for (i, mark) in timeline.marks.iter().filter(|m| m.conn == conn && m.at >= start).rev().take(MARKS_MAX).enumerate() {
                                <i key={i} title={mark.line.clone()} style={format!("left:{:.2}%", place(mark.at))} />
                            }
                            for bracket in brackets(timeline, start) {
                                { inside(bracket, place(bracket.at), bracket.conn == conn) }
                            }
                            if timeline.brackets.back().is_some_and(|b| b.open) && timeline.waiting(conn) > 0 {
                                <i class="held" title="waits for the end of the script" style={format!("left:{:.2}%", place(now))} />
                            }
                            <span class="head" style={format!("left:{:.2}%", place(now))} />
                        </div>
                    </div>
                }
            </div>
            <div class="time-side">
                <span class="dim num">{ format!("{} commands", format::count(timeline.total as u64)) }</span>
                <button class="line" type="button" aria-expanded={listed.to_string()} onclick={toggle}>{ "What happened" }</button>
            </div>
            if *listed {
                <ol class="happened" aria-label="What happened, newest first" tabindex="0">
                    for (i, mark) in timeline.marks.iter().rev().take(MARKS_MAX).enumerate() {
                        <li key={timeline.total - i}>
                            <span class="dim num mono">{ format!("−{}", format::duration(now.saturating_sub(mark.at))) }</span>
                            <span class={classes!("tag", colour::client_tag(mark.conn))}>{ format::client_letter(mark.conn) }</span>
                            <span class="mono">{ &mark.line }</span>
                        </li>
                    }
                </ol>
            }
        </footer>
    }
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
    let calls = bracket.calls.len();
    let title = format!(
        "The script of {letter}, {calls} call{}: nobody else runs in here",
        if calls == 1 { "" } else { "s" }
    );
    html! {
        <span class={classes!("bracket", bracket.open.then_some("open"))} style={style(bracket, left)} {title}>
            if newest {
                <span class={classes!("says", (left < 30.0).then_some("after"))}>{ "nobody else runs in here" }</span>
            }
        </span>
    }
}

/// A bracket's part in one client's track; in the script's own stand its calls.
fn inside(bracket: &Bracket, left: f64, own: bool) -> Html {
    let calls = bracket.calls.iter().take(if own { CALLS_MAX } else { 0 });
    html! {
        <span class="inside" style={style(bracket, left)}>
            for (i, call) in calls.enumerate() {
                <i key={i} title={call.clone()} class={classes!((bracket.open && i + 1 == bracket.calls.len()).then_some("next"))} style={format!("--i:{i}")} />
            }
        </span>
    }
}
