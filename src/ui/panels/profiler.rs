//! The profiler: a live feed of all commands of all clients, and what they cost.

use std::ops::Range;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::format;
use crate::app::profiler::{Act, Profiler, inside, line, whole};
use crate::app::viewport::asks_for;
use crate::app::words::console;
use crate::app::words::keys;
use crate::app::words::profiler as words;
use crate::session::message::Call;
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::Rows;
use crate::ui::widgets::said::said;
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
    let meta = html! { { words::size(view.all, profiler.paused) } };
    // A client that was chosen stays to be chosen, though its commands are gone.
    let mut clients = view.clients.clone();
    clients.extend(profiler.conn.filter(|conn| !view.clients.contains(conn)));
    html! {
        <Card
            name="" kind="profiler" words={keys::PROFILER} icon={Icon::Profiler} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="prof-bar">
                <select aria-label={words::WHOSE_COMMANDS} onchange={on_client}>
                    <option value="" selected={profiler.conn.is_none()}>{ words::ALL_CLIENTS }</option>
                    for conn in clients {
                        <option key={conn} value={conn.to_string()} selected={profiler.conn == Some(conn)}>{ console::client(&format::client_letter(conn)) }</option>
                    }
                </select>
                <input type="search" value={profiler.key.clone()} oninput={typed(Act::Key)} placeholder={words::KEY} aria-label={words::KEY_DOES} autocomplete="off" autocapitalize="off" spellcheck="false" />
                <input type="search" value={profiler.command.clone()} oninput={typed(Act::Command)} placeholder={words::COMMAND} aria-label={words::COMMAND_DOES} autocomplete="off" autocapitalize="off" spellcheck="false" />
            </div>
            <div class="prof-bar">
                <span class="prof-views" role="group" aria-label={words::WHAT_IS_LISTED}>
                    <button type="button" class="line" aria-pressed={(!*totals).to_string()} onclick={turn(false)}>{ words::EACH }</button>
                    <button type="button" class="line" aria-pressed={totals.to_string()} onclick={turn(true)}>{ words::BY_COMMAND }</button>
                </span>
                <span class="prof-acts">
                    <Copy what={if *totals { words::THE_TOTALS } else { words::THE_ROWS }} {text} />
                    <button type="button" class="line" aria-pressed={profiler.paused.to_string()} onclick={on_pause}>{ words::PAUSE }</button>
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
                <summary>{ words::WHAT_IS_COUNTED }</summary>
                <p>{ said(words::touched_means(|term| html! { <b>{ term }</b> })) }</p>
                <p>{ said(words::compared_means(|term| html! { <b>{ term }</b> })) }</p>
                <p>{ words::LEFT_OUT }</p>
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
        Callback::from(move |index: usize| {
            let view = &profiler.view;
            let call = index
                .checked_sub(view.start)
                .and_then(|at| view.rows.get(at));
            match call {
                Some(call) => call_row(call, index),
                None => {
                    html! { <div key={format!(" {index}")} class="prof-row" role="row" aria-busy="true"><span role="cell" /></div> }
                }
            }
        })
    };
    let head = html! {
        <div class="prof-row prof-head" role="row">
            <span role="columnheader">{ words::COLUMN_WHO }</span>
            <span role="columnheader">{ words::COLUMN_COMMAND }</span>
            <span role="columnheader" class="num">{ words::COLUMN_TOUCHED }</span>
            <span role="columnheader" class="num">{ words::COLUMN_COMPARED }</span>
        </div>
    };
    html! { <Rows len={view.matching} row_height={ROW} label={words::COMMANDS} role="table" {head} {row} {on_range} /> }
}

fn call_row(call: &Call, index: usize) -> Html {
    let text = line(call);
    let class = classes!(
        "prof-row",
        call.cost.whole.map(|_| "prof-whole"),
        call.failed.then_some("prof-failed"),
        inside(call).map(|_| "prof-inside")
    );
    let title = format!("{} · {text}", format::clock(call.at));
    html! {
        <div key={call.number} {class} role="row" aria-rowindex={(index + 2).to_string()}>
            <span role="cell">{ tag::client(Some(call.conn)) }</span>
            <span role="cell" class="prof-line" {title}>
                if let Some(inside) = inside(call) { <span class="tag plain">{ inside }</span> }
                <span class="mono">{ text }</span>
                if call.failed { <span class="tag bad">{ words::ERROR }</span> }
                if let Some(whole) = whole(call) { <span class="tag warn">{ whole }</span> }
            </span>
            <span role="cell" class="num">{ format::count(call.cost.touched) }</span>
            <span role="cell" class="num">{ format::count(call.cost.comparisons) }</span>
        </div>
    }
}

fn by_command(profiler: &Profiler) -> Html {
    if profiler.view.totals.is_empty() {
        return html! { <p class="empty">{ words::NO_COMMAND }</p> };
    }
    html! {
        <div class="prof-totals" role="region" aria-label={words::TOTALS} tabindex="0">
            <table>
                <thead><tr>
                    <th scope="col">{ words::COLUMN_COMMAND }</th>
                    <th scope="col" class="num">{ words::COLUMN_CALLS }</th>
                    <th scope="col" class="num">{ words::COLUMN_TOUCHED }</th>
                    <th scope="col" class="num">{ words::COLUMN_COMPARED }</th>
                    <th scope="col" class="num">{ words::COLUMN_SHARE }</th>
                </tr></thead>
                <tbody>
                    for (one, share) in profiler.shares() {
                        <tr key={one.name.clone()}>
                            <th scope="row" class="mono">{ &one.name }</th>
                            <td class="num">{ format::count(one.total.calls) }</td>
                            <td class="num">{ format::count(one.total.touched) }</td>
                            <td class="num">{ format::count(one.total.comparisons) }</td>
                            <td class="num"><span class="prof-share" ~style={format!("--share:{share:.1}%")}>{ format!("{share:.0}%") }</span></td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}
