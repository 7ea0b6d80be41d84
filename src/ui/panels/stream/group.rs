//! One group: its cursor under the log, its consumers' lanes, who claims, and what is pending.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::Claims;
use super::pending::Pending;
use crate::app::lane::{self, Column, ConsumerLane};
use crate::app::words::stream as words;
use crate::app::{colour, format, show};
use crate::session::message::{Bytes, EntryRow, GroupView, Millis};
use crate::ui::widgets::clock::{use_clock, use_now};
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::IDLE_LONG;
use crate::ui::widgets::typed::Typed;

/// The shortest times that can be asked for before an entry is claimed, in milliseconds.
const MIN_IDLES: [Millis; 4] = [0, 1_000, 10_000, IDLE_LONG];

/// What a group's part needs.
#[derive(Properties, PartialEq)]
pub struct GroupProps {
    /// The stream's key.
    pub stream: Bytes,
    /// The group.
    pub group: GroupView,
    /// The columns of the log.
    pub columns: Vec<Column>,
    /// The entries shown, oldest first.
    pub entries: Vec<EntryRow>,
    /// How many of them the group has delivered.
    pub delivered: usize,
    /// Whether the stream has other groups.
    pub among_others: bool,
    /// Who claims, and after how long.
    pub claims: Claims,
    /// Somebody else claims.
    pub on_claims: Callback<Claims>,
    /// The entry that is followed.
    pub followed: Option<String>,
    /// An entry is to be followed.
    pub on_follow: Callback<String>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

/// A group's part of the panel.
#[component]
pub fn Group(props: &GroupProps) -> Html {
    let group = &props.group;
    let (lanes, more) = lane::lanes(group, &props.columns, &props.entries);
    // Idle times run by the session's clock; without any there is nothing to draw again.
    let ticks = lanes.iter().any(|lane| !lane.held.is_empty());
    use_now(if ticks { 1000 } else { 0 });
    let now = use_clock().now();
    let name = format::lossy(&group.name);
    let list = html! {
        <Pending
            stream={props.stream.clone()} group={group.clone()} claims={props.claims.clone()}
            on_follow={props.on_follow.clone()} on_command={props.on_command.clone()}
        />
    };
    let part = lane::passed(&props.columns, group, props.delivered) as f64
        / props.columns.len().max(1) as f64;
    html! {
        <section class="strm-group" aria-label={words::group(&name)} ~style={format!("--part:{part:.4}")}>
            { cursor(group, &name, part) }
            for lane in &lanes { { consumer(props, lane, now) } }
            if more > 0 {
                <p class="strm-more dim">{ words::more_consumers(more) }</p>
            }
            if group.pending_len > 0 { { claims(props) } }
            if props.among_others && group.pending_len > 0 {
                <details class="strm-list">
                    <summary>{ words::pending(group.pending_len) }</summary>
                    { list }
                </details>
            } else {
                { list }
            }
        </section>
    }
}

/// The cursor stands between what has been delivered and what is to come, and its words on the side that has room.
fn cursor(group: &GroupView, name: &str, part: f64) -> Html {
    let side = match part {
        ..0.45 => "strm-start",
        0.8.. => "strm-end",
        _ => "strm-mid",
    };
    html! {
        <div class={classes!("strm-row", "strm-cursor", side)} title={words::last_delivered(&group.last_delivered)}>
            <b title={name.to_string()}>{ name }</b>
            <p>
                <span>{ words::DELIVERED_UP_TO_HERE }</span>
                <span class="num">{ words::lag(group.lag) }</span>
            </p>
        </div>
    }
}

fn consumer(props: &GroupProps, lane: &ConsumerLane<'_>, now: Millis) -> Html {
    let name = format::lossy(lane.name);
    let title = words::consumer(&name, lane.pending, now.saturating_sub(lane.seen_at));
    html! {
        <div key={show::word(lane.name)} class="strm-row strm-lane">
            <div class="strm-who" {title}>
                { tag::consumer(lane.name) }
                <span class="dim num">{ format::count(lane.pending as u64) }<span class="vh">{ words::AFTER_PENDING }</span></span>
            </div>
            <div class="strm-cells">
                for held in &lane.held { { cell(props, lane.name, held, now) } }
            </div>
        </div>
    }
}

fn cell(props: &GroupProps, name: &Bytes, held: &lane::Held<'_>, now: Millis) -> Html {
    let (row, idle) = (held.row, now.saturating_sub(held.row.delivered_at));
    let title = match held.count {
        1 => words::held(&row.id, idle, row.deliveries, row.gone),
        count => words::held_from(count, &row.id, row.gone),
    };
    let follow = {
        let id = row.id.clone();
        props.on_follow.reform(move |_: MouseEvent| id.clone())
    };
    let class = classes!(
        "strm-cell",
        colour::consumer_tag(name),
        row.gone.then_some("strm-nodata"),
        (idle >= IDLE_LONG).then_some("strm-late"),
        (props.followed.as_ref() == Some(&row.id)).then_some("strm-followed")
    );
    // The table below has the same as buttons, for the keyboard.
    html! {
        <div
            key={row.id.clone()} {class} ~style={format!("grid-column:{}", held.column + 1)} {title} onclick={follow}
            data-pending-id={row.id.clone()}
        >
            <span class="num">{ lane::short_time(idle) }</span>
            <span class="strm-times num">
                if held.count > 1 { { words::gone(held.count) } } else { { format!("×{}", row.deliveries) } }
            </span>
        </div>
    }
}

/// Who claims, what, and the button that claims all of it.
fn claims(props: &GroupProps) -> Html {
    let (group, claims) = (&props.group, &props.claims);
    let to = claims.to(group);
    let mut names: Vec<Bytes> = group.consumers.iter().map(|c| c.name.clone()).collect();
    if !names.contains(&to) {
        names.push(to.clone());
    }
    if names.len() == 1 {
        names.push(lane::other_consumer(group, &to));
        names.dedup();
    }
    let chosen = |event: &Event| -> Option<usize> {
        let select: HtmlSelectElement = event.target()?.dyn_into().ok()?;
        usize::try_from(select.selected_index()).ok()
    };
    let on_to = {
        let (names, claims, on_claims) = (names.clone(), claims.clone(), props.on_claims.clone());
        Callback::from(move |event: Event| {
            if let Some(name) = chosen(&event).and_then(|at| names.get(at)) {
                let to = Some(name.clone());
                on_claims.emit(Claims {
                    to,
                    ..claims.clone()
                });
            }
        })
    };
    let on_idle = {
        let (claims, on_claims) = (claims.clone(), props.on_claims.clone());
        Callback::from(move |event: Event| {
            if let Some(&min_idle) = chosen(&event).and_then(|at| MIN_IDLES.get(at)) {
                on_claims.emit(Claims {
                    min_idle,
                    ..claims.clone()
                });
            }
        })
    };
    let line = format!(
        "XAUTOCLAIM {} {} {} {} 0",
        show::word(&props.stream),
        show::word(&group.name),
        show::word(&to),
        claims.min_idle
    );
    let name = format::lossy(&group.name);
    html! {
        <div class="strm-claims">
            <span class="dim">{ words::TO_CLAIM }</span>
            <select aria-label={words::who_claims(&name)} onchange={on_to}>
                for name in &names { <option selected={*name == to}>{ format::lossy(name) }</option> }
            </select>
            <select aria-label={words::how_long_idle(&name)} onchange={on_idle}>
                for idle in MIN_IDLES {
                    <option selected={idle == claims.min_idle}>{ words::min_idle(idle) }</option>
                }
            </select>
            <Typed {line} text={words::AUTOCLAIM} more={words::autoclaims_for(&format::lossy(&to), &name)} on_command={props.on_command.clone()} />
        </div>
    }
}
