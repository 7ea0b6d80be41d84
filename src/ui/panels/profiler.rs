//! The profiler: a live feed of all commands of all clients, and what they cost.

use std::ops::Range;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::format;
use crate::app::profiler::{Act, Profiler, inside, line, whole};
use crate::app::viewport::asks_for;
use crate::session::message::Call;
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::{Rows, Spot};
use crate::ui::widgets::tag;

/// The height of a row, in pixels.
const ROW: f64 = 26.0;

/// What the inspector needs.
#[derive(Properties)]
pub struct ProfilerProps {
    /// Its state.
    pub profiler: Rc<Profiler>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// It is pinned or let go.
    pub on_pin: Callback<()>,
    /// It is closed.
    pub on_close: Callback<()>,
    /// Something is done with it.
    pub on_act: Callback<Act>,
}

impl PartialEq for ProfilerProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.profiler, &other.profiler)
            && self.pinned == other.pinned
            && self.on_pin == other.on_pin
            && self.on_close == other.on_close
            && self.on_act == other.on_act
    }
}

/// The inspector of all commands.
#[component]
pub fn ProfilerPanel(props: &ProfilerProps) -> Html {
    let totals = use_state_eq(|| false);
    let profiler = &props.profiler;
    let view = &profiler.view;
    let typed = |act: fn(String) -> Act| {
        let on_act = props.on_act.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                on_act.emit(act(input.value()));
            }
        })
    };
    let on_client = {
        let on_act = props.on_act.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                on_act.emit(Act::Client(select.value().parse().ok()));
            }
        })
    };
    let on_pause = {
        let (on_act, paused) = (props.on_act.clone(), profiler.paused);
        Callback::from(move |_: MouseEvent| on_act.emit(Act::Pause(!paused)))
    };
    let turn = |to: bool| {
        let totals = totals.clone();
        Callback::from(move |_: MouseEvent| totals.set(to))
    };
    let text = {
        let (profiler, totals) = (Rc::clone(profiler), *totals);
        Callback::from(move |()| {
            if totals {
                profiler.totals_table().tsv()
            } else {
                profiler.table().tsv()
            }
        })
    };
    let paused = if profiler.paused { "paused" } else { "live" };
    let meta = html! { { format!("{} · {paused}", format::count(view.all)) } };
    // A client that was chosen stays to be chosen, though its commands are gone.
    let mut clients = view.clients.clone();
    clients.extend(profiler.conn.filter(|conn| !view.clients.contains(conn)));
    html! {
        <Card
            name="" kind="profiler" words="Profiler" icon={Icon::Profiler} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="prof-bar">
                <select aria-label="Whose commands" onchange={on_client}>
                    <option value="" selected={profiler.conn.is_none()}>{ "All clients" }</option>
                    for conn in clients {
                        <option key={conn} value={conn.to_string()} selected={profiler.conn == Some(conn)}>{ format!("Client {}", format::client_letter(conn)) }</option>
                    }
                </select>
                <input type="search" value={profiler.key.clone()} oninput={typed(Act::Key)} placeholder="key" aria-label="Only commands on keys like this" autocomplete="off" autocapitalize="off" spellcheck="false" />
                <input type="search" value={profiler.command.clone()} oninput={typed(Act::Command)} placeholder="command" aria-label="Only commands whose name holds this" autocomplete="off" autocapitalize="off" spellcheck="false" />
            </div>
            <div class="prof-bar">
                <span class="prof-views" role="group" aria-label="What is listed">
                    <button type="button" class="line" aria-pressed={(!*totals).to_string()} onclick={turn(false)}>{ "Each" }</button>
                    <button type="button" class="line" aria-pressed={totals.to_string()} onclick={turn(true)}>{ "By command" }</button>
                </span>
                <span class="prof-acts">
                    <Copy what={if *totals { "the totals" } else { "the rows that are loaded" }} {text} />
                    <button type="button" class="line" aria-pressed={profiler.paused.to_string()} onclick={on_pause}>{ "Pause" }</button>
                </span>
            </div>
            <div class="prof-body">
                if *totals {
                    { by_command(profiler) }
                } else {
                    <Feed profiler={Rc::clone(profiler)} on_act={props.on_act.clone()} />
                }
            </div>
            <p class="prof-says">{ profiler.says() }</p>
            <details class="why">
                <summary>{ "What is counted" }</summary>
                <p><b>{ "Touched" }</b>{ ": how many keys, elements, entries, bytes of bits or registers a command goes through, by its complexity, what its keys held and what it answered." }</p>
                <p><b>{ "Compared" }</b>{ ": how often a sorted set was asked which of two members comes first, counted as it happens." }</p>
                <p>{ "As MONITOR does, this leaves out administrators’ commands, such as CONFIG. EXEC and scripts cost what the commands cost that they run, which are rows of their own." }</p>
            </details>
        </Card>
    }
}

#[derive(Properties)]
struct FeedProps {
    profiler: Rc<Profiler>,
    on_act: Callback<Act>,
}

impl PartialEq for FeedProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.profiler, &other.profiler) && self.on_act == other.on_act
    }
}

#[component]
fn Feed(props: &FeedProps) -> Html {
    let profiler = &props.profiler;
    let view = &profiler.view;
    let on_range = use_callback(
        (props.on_act.clone(), view.matching, profiler.window),
        |range: Range<usize>, (on_act, matching, window)| {
            if let Some(next) = asks_for(*window, &range, *matching) {
                on_act.emit(Act::Window(next));
            }
        },
    );
    if view.matching == 0 {
        return html! { <p class="empty">{ profiler.empty() }</p> };
    }
    let row = {
        let profiler = Rc::clone(profiler);
        Callback::from(move |spot: Spot| {
            let view = &profiler.view;
            let call = spot
                .index
                .checked_sub(view.start)
                .and_then(|at| view.rows.get(at));
            match call {
                Some(call) => call_row(call, &spot),
                None => {
                    html! { <div key={format!(" {}", spot.index)} class="prof-row" role="row" aria-busy="true" style={spot.style}><span role="cell" /></div> }
                }
            }
        })
    };
    let head = html! {
        <div class="prof-row prof-head" role="row">
            <span role="columnheader">{ "Who" }</span>
            <span role="columnheader">{ "Command" }</span>
            <span role="columnheader" class="num">{ "Touched" }</span>
            <span role="columnheader" class="num">{ "Compared" }</span>
        </div>
    };
    html! { <Rows len={view.matching} row_height={ROW} label="Commands, newest first" role="table" {head} {row} {on_range} /> }
}

fn call_row(call: &Call, spot: &Spot) -> Html {
    let text = line(call);
    let class = classes!(
        "prof-row",
        call.cost.whole.map(|_| "prof-whole"),
        call.failed.then_some("prof-failed"),
        inside(call).map(|_| "prof-inside")
    );
    let title = format!("{} · {text}", format::clock(call.at));
    html! {
        <div key={call.number} {class} role="row" aria-rowindex={(spot.index + 2).to_string()} style={spot.style.clone()}>
            <span role="cell">{ tag::client(Some(call.conn)) }</span>
            <span role="cell" class="prof-line" {title}>
                if let Some(inside) = inside(call) { <span class="tag plain">{ inside }</span> }
                <span class="mono">{ text }</span>
                if call.failed { <span class="tag bad">{ "error" }</span> }
                if let Some(whole) = whole(call) { <span class="tag warn">{ whole }</span> }
            </span>
            <span role="cell" class="num">{ format::count(call.cost.touched) }</span>
            <span role="cell" class="num">{ format::count(call.cost.comparisons) }</span>
        </div>
    }
}

fn by_command(profiler: &Profiler) -> Html {
    if profiler.view.totals.is_empty() {
        return html! { <p class="empty">{ "No command yet: whatever a client sends comes here." }</p> };
    }
    html! {
        <div class="prof-totals" role="region" aria-label="What each command cost since the beginning" tabindex="0">
            <table>
                <thead><tr>
                    <th scope="col">{ "Command" }</th>
                    <th scope="col" class="num">{ "Calls" }</th>
                    <th scope="col" class="num">{ "Touched" }</th>
                    <th scope="col" class="num">{ "Compared" }</th>
                    <th scope="col" class="num">{ "Share" }</th>
                </tr></thead>
                <tbody>
                    for (one, share) in profiler.shares() {
                        <tr key={one.name.clone()}>
                            <th scope="row" class="mono">{ &one.name }</th>
                            <td class="num">{ format::count(one.total.calls) }</td>
                            <td class="num">{ format::count(one.total.touched) }</td>
                            <td class="num">{ format::count(one.total.comparisons) }</td>
                            <td class="num"><span class="prof-share" style={format!("--share:{share:.1}%")}>{ format!("{share:.0}%") }</span></td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}
