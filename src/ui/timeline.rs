//! The strip at the foot of the page: what happened, by client and time.

use std::rc::Rc;

use yew::prelude::*;

use super::widgets::clock::use_now;
use crate::app::colour;
use crate::app::format;
use crate::app::timeline::Timeline;
use crate::session::message::{Conn, Millis};

/// The longest time that the strip covers, and the shortest.
const LENGTH: std::ops::Range<Millis> = 20_000..600_000;
/// How many marks are drawn of one client, and lines listed.
const MARKS_MAX: usize = 200;

/// What the strip needs.
#[derive(Properties)]
pub struct TimelineProps {
    /// What happened.
    pub timeline: Rc<Timeline>,
    /// How many clients there are.
    pub clients: usize,
}

impl PartialEq for TimelineProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline) && self.clients == other.clients
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
    html! {
        <footer class="time" aria-label="Timeline">
            <div class="tracks">
                for conn in 0..props.clients as Conn {
                    <div class="lane-row" key={conn} style={format!("--c:{}", colour::client_var(conn))}>
                        <span class="dim">{ format::client_letter(conn) }</span>
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
