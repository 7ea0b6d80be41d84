//! The list of keys, and of channels below it.

use std::ops::Range;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::listing::{Act, Listing, ORDERS};
use crate::app::stage::{Stage, Subject};
use crate::app::viewport::asks_for;
use crate::app::words::common;
use crate::app::words::keys as words;
use crate::app::words::pubsub;
use crate::app::{format, show};
use crate::session::message::{GroupRow, KeyOrder, KeyRow, KeysLine, KeysView, View, Window};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::rows::Rows;
use crate::ui::widgets::said::said;
use crate::ui::widgets::ticking::Ttl;

/// The height of a row, in pixels.
const ROW: f64 = 28.0;
/// How many rows Page Up and Page Down pass.
const PAGE: usize = 10;
/// How often a row that scrolls into view is looked for, and after how many milliseconds again.
const TRIES: u32 = 40;
const AGAIN: u32 = 30;
/// The window that the page opens with.
const FIRST: Window = Window {
    start: Some(0),
    count: 64,
};

/// What the list needs.
#[derive(Properties)]
pub struct KeyListProps {
    /// The keys in view.
    pub keys: Rc<KeysView>,
    /// A [`View::PubSub`].
    pub pubsub: Rc<View>,
    /// Which inspectors stand on the stage.
    pub stage: Rc<Stage>,
    /// How the keys are listed.
    pub listing: Rc<Listing>,
    /// They are listed otherwise.
    pub on_list: Callback<Act>,
    /// Other rows come into view.
    pub on_window: Callback<Window>,
    /// One is to be shown on the stage.
    pub on_show: Callback<Subject>,
    /// One is to be pinned there, or let go.
    pub on_pin: Callback<Subject>,
}

impl PartialEq for KeyListProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.keys, &other.keys)
            && Rc::ptr_eq(&self.pubsub, &other.pubsub)
            && Rc::ptr_eq(&self.stage, &other.stage)
            && Rc::ptr_eq(&self.listing, &other.listing)
            && self.on_list == other.on_list
            && self.on_window == other.on_window
            && self.on_show == other.on_show
            && self.on_pin == other.on_pin
    }
}

/// The column of keys.
#[component]
pub fn KeyList(props: &KeyListProps) -> Html {
    let window = use_state_eq(|| FIRST);
    let list = use_node_ref();
    // Whether the focus is in the list: a row that has it may be drawn anew, and takes it back.
    let focused = use_mut_ref(|| false);
    let cursor = use_mut_ref(|| 0_usize);
    // How often it is still tried to give the focus to a row that is not drawn yet.
    let tries = use_mut_ref(|| 0_u32);
    let redraw = use_force_update();
    let go_to = use_state_eq(|| None::<(usize, u32)>);
    let keys = &props.keys;
    let on_range = use_callback((props.on_window.clone(), keys.len, *window), {
        let setter = window.setter();
        move |range: Range<usize>, (on_window, len, window)| {
            if let Some(next) = asks_for(*window, &range, *len) {
                setter.set(next);
                on_window.emit(next);
            }
        }
    });
    let on_list = {
        let (on_list, window) = (props.on_list.clone(), window.setter());
        Callback::from(move |act: Act| {
            if !matches!(act, Act::Fold(_)) {
                window.set(FIRST);
            }
            on_list.emit(act);
        })
    };
    let row = {
        let (keys, stage, on_show, on_pin) = (
            Rc::clone(keys),
            Rc::clone(&props.stage),
            props.on_show.clone(),
            props.on_pin.clone(),
        );
        let (on_list, db) = (on_list.clone(), props.listing.db);
        let at_cursor = *cursor.borrow();
        Callback::from(move |index: usize| {
            let tabindex = if index == at_cursor { "0" } else { "-1" };
            let line = index
                .checked_sub(keys.start)
                .and_then(|i| keys.lines.get(i));
            match line {
                Some(KeysLine::Key(row)) => {
                    key_row(index, row, db, &stage, &on_show, &on_pin, tabindex)
                }
                Some(KeysLine::Group(group)) => group_row(index, group, &on_list, tabindex),
                None => html! {
                    <div key={format!(" {index}")} class="key skeleton" role="listitem" aria-busy="true"><span /><span /></div>
                },
            }
        })
    };
    let onkeydown = {
        let tries = tries.clone();
        let (cursor, list, go_to, keys) =
            (cursor.clone(), list.clone(), go_to.clone(), Rc::clone(keys));
        let (on_pin, on_list, db) = (props.on_pin.clone(), on_list.clone(), props.listing.db);
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || keys.len == 0 {
                return;
            }
            let here = focused_row();
            let from = here.unwrap_or(*cursor.borrow()).min(keys.len - 1);
            let line = from.checked_sub(keys.start).and_then(|i| keys.lines.get(i));
            let last = keys.len - 1;
            let to = match event.key().as_str() {
                "ArrowDown" if here.is_none() => from,
                "ArrowDown" => (from + 1).min(last),
                "ArrowUp" => from.saturating_sub(1),
                "PageDown" => (from + PAGE).min(last),
                "PageUp" => from.saturating_sub(PAGE),
                "Home" => 0,
                "End" => last,
                key => {
                    match (key, line) {
                        ("p", Some(KeysLine::Key(row))) if here.is_some() => {
                            on_pin.emit(Subject::Key(db, row.key.clone()))
                        }
                        ("ArrowRight", Some(KeysLine::Group(group))) if !group.open => {
                            on_list.emit(Act::Fold(group.prefix.clone()))
                        }
                        ("ArrowLeft", Some(KeysLine::Group(group))) if group.open => {
                            on_list.emit(Act::Fold(group.prefix.clone()))
                        }
                        _ => return,
                    }
                    from
                }
            };
            event.prevent_default();
            *cursor.borrow_mut() = to;
            if !focus_row(&list, to) {
                // It is not drawn yet.
                *tries.borrow_mut() = TRIES;
                go_to.set(Some((to, go_to.map_or(0, |(_, n)| n.wrapping_add(1)))));
            }
        })
    };
    let onfocusin = {
        let (focused, cursor) = (focused.clone(), cursor.clone());
        Callback::from(move |_: FocusEvent| {
            *focused.borrow_mut() = true;
            if let Some(at) = focused_row() {
                *cursor.borrow_mut() = at;
            }
        })
    };
    let onfocusout = {
        let (focused, tries) = (focused.clone(), tries.clone());
        Callback::from(move |event: FocusEvent| {
            let target: Option<Element> = event.target_dyn_into();
            // A row that is taken away while it has the focus is no longer part of the page.
            let stays = target.is_none_or(|target| target.is_connected());
            *focused.borrow_mut() = !stays;
            if stays && event.related_target().is_some() {
                *tries.borrow_mut() = 0;
            }
        })
    };
    use_effect({
        let (list, focused, cursor, tries) =
            (list.clone(), focused.clone(), cursor.clone(), tries.clone());
        move || {
            let left = *tries.borrow();
            let at = *cursor.borrow();
            if left > 0 {
                let is_there = focus_row(&list, at);
                *tries.borrow_mut() = if is_there { 0 } else { left - 1 };
                if !is_there {
                    Timeout::new(AGAIN, move || redraw.force_update()).forget();
                }
            } else if *focused.borrow() && nothing_focused() && !focus_row(&list, at) {
                focus_rows(&list);
            }
        }
    });
    let count = if keys.matching == keys.all {
        format::count(keys.all as u64)
    } else {
        words::matching(keys.matching, keys.all)
    };
    html! {
        <nav class="keys" aria-label={words::KEYS_AND_CHANNELS}>
            <h2>{ words::KEYS_HEAD }<span class="num">{ count }</span></h2>
            { controls(props, &on_list) }
            if keys.all == 0 {
                <p class="empty">{ words::NO_KEYS }</p>
            } else if keys.matching == 0 {
                <p class="empty">{ said(words::no_key_matches(html! { <code>{ "*" }</code> })) }</p>
            }
            <div ref={list} class="key-rows" data-order={order_name(props.listing.order)} ~style={format!("--rows:{}", keys.len)} {onkeydown} {onfocusin} {onfocusout}>
                <Rows len={keys.len} row_height={ROW} label={words::KEYS} role="list" {row} {on_range} go_to={*go_to} />
            </div>
            { channels(props) }
            <div class="scripts">
                <h2>{ words::TOOLS }</h2>
                <div role="list">
                    { line("scripts".into(), Place::default(), Icon::Script, words::LUA_SCRIPT.into(), words::LUA_SCRIPT_DOES, Html::default(), Subject::Script, &props.stage, &props.on_show, &props.on_pin) }
                    { line("profiler".into(), Place::default(), Icon::Profiler, words::PROFILER.into(), words::PROFILER_DOES, Html::default(), Subject::Profiler, &props.stage, &props.on_show, &props.on_pin) }
                </div>
            </div>
        </nav>
    }
}

/// What the keys are filtered by, sorted by and grouped by, and of which database they are.
fn controls(props: &KeyListProps, on_list: &Callback<Act>) -> Html {
    let listing = &props.listing;
    let oninput = on_list.reform(|event: InputEvent| {
        Act::Filter(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    let on_order = on_list.reform(|event: Event| {
        let at = event
            .target_unchecked_into::<HtmlSelectElement>()
            .selected_index();
        let order = usize::try_from(at).ok().and_then(|at| ORDERS.get(at));
        Act::Sort(order.map_or(KeyOrder::Made, |(order, _)| *order))
    });
    let on_group = on_list.reform(|_: MouseEvent| Act::Group);
    let on_db = on_list.reform(|event: Event| {
        Act::Db(
            event
                .target_unchecked_into::<HtmlSelectElement>()
                .value()
                .parse()
                .unwrap_or(0),
        )
    });
    let mut dbs: Vec<(usize, usize)> = props.keys.dbs.clone();
    for db in [0, listing.db] {
        if !dbs.iter().any(|(number, _)| *number == db) {
            dbs.push((db, 0));
        }
    }
    dbs.sort_unstable();
    html! {
        <div class="find">
            <input
                type="search" value={listing.pattern.clone()} {oninput} placeholder={words::FILTER} aria-label={words::FILTER_DOES}
                autocomplete="off" autocapitalize="off" spellcheck="false"
            />
            if dbs.len() > 1 {
                <select class="keys-db" aria-label={words::DATABASE} onchange={on_db}>
                    for (number, count) in dbs {
                        <option value={number.to_string()} selected={number == listing.db}>{ words::database(number, count) }</option>
                    }
                </select>
            }
            <div class="keys-order">
                <select aria-label={words::ORDER} onchange={on_order}>
                    for (order, name) in ORDERS {
                        <option selected={order == listing.order}>{ name }</option>
                    }
                </select>
                <button type="button" class="line" aria-pressed={listing.grouped.to_string()} title={words::GROUP_DOES} onclick={on_group}>{ words::GROUP }</button>
            </div>
        </div>
    }
}

fn order_name(order: KeyOrder) -> &'static str {
    match order {
        KeyOrder::Made => "made",
        KeyOrder::Name => "name",
        KeyOrder::Kind => "type",
        KeyOrder::Ttl => "ttl",
        KeyOrder::Size => "size",
    }
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// The number of the row that has the focus.
fn focused_row() -> Option<usize> {
    let row = document()?.active_element()?.closest("[data-at]").ok()??;
    row.get_attribute("data-at")?.parse().ok()
}

fn nothing_focused() -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether that row is drawn, and has the focus now.
fn focus_row(list: &NodeRef, at: usize) -> bool {
    let button = list.cast::<Element>().and_then(|list| {
        list.query_selector(&format!("[data-at=\"{at}\"] .open"))
            .ok()?
    });
    let Some(button) =
        button.and_then(|button| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(button).ok())
    else {
        return false;
    };
    button.focus().is_ok()
}

fn focus_rows(list: &NodeRef) {
    let rows = list
        .cast::<Element>()
        .and_then(|list| list.query_selector(".rows").ok()?);
    if let Some(rows) =
        rows.and_then(|rows| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(rows).ok())
    {
        // Refused only by an element that is going away.
        let _ = rows.focus();
    }
}

fn group_row(
    index: usize,
    group: &GroupRow,
    on_list: &Callback<Act>,
    tabindex: &'static str,
) -> Html {
    let name = format::lossy(&group.prefix);
    let prefix = group.prefix.clone();
    let onclick = on_list.reform(move |_: MouseEvent| Act::Fold(prefix.clone()));
    html! {
        <div key={format!("  {}", show::word(&group.prefix))} class="key keys-group" role="listitem" data-at={index.to_string()}>
            <button type="button" class="open" {tabindex} aria-expanded={group.open.to_string()} {onclick}>
                { icon(if group.open { Icon::Opened } else { Icon::Closed }) }<span class="name">{ name }</span>
                <span class="ttl num">{ format::count(group.count as u64) }<span class="vh">{ words::AFTER_KEYS }</span></span>
            </button>
        </div>
    }
}

fn key_row(
    index: usize,
    row: &KeyRow,
    db: usize,
    stage: &Stage,
    on_show: &Callback<Subject>,
    on_pin: &Callback<Subject>,
    tabindex: &'static str,
) -> Html {
    let (name, subject) = (format::lossy(&row.key), Subject::Key(db, row.key.clone()));
    let end = html! {
        <>
            <span class="keys-size num">{ show::short_size(row.kind, row.size) }</span>
            if let Some(deadline) = row.deadline { <Ttl {deadline} /> } else { <span class="ttl" /> }
        </>
    };
    let words = format!(
        "{}, {}",
        show::kind_words(row.kind),
        show::size(row.kind, row.size)
    );
    let place = Place {
        at: Some(index),
        grouped: row.grouped,
        tabindex: Some(tabindex),
    };
    line(
        show::word(&row.key),
        place,
        row.kind.into(),
        name,
        &words,
        end,
        subject,
        stage,
        on_show,
        on_pin,
    )
}

/// Where a line stands.
#[derive(Default)]
struct Place {
    at: Option<usize>,
    grouped: bool,
    tabindex: Option<&'static str>,
}

#[allow(
    clippy::too_many_arguments,
    reason = "one row's parts, put together in this file only"
)]
fn line(
    key: String,
    place: Place,
    kind: Icon,
    name: String,
    words: &str,
    end: Html,
    subject: Subject,
    stage: &Stage,
    on_show: &Callback<Subject>,
    on_pin: &Callback<Subject>,
) -> Html {
    let slot = stage.slots().iter().find(|slot| slot.subject == subject);
    let pinned = slot.is_some_and(|slot| slot.pinned);
    let show = {
        let (on_show, subject) = (on_show.clone(), subject.clone());
        Callback::from(move |_| on_show.emit(subject.clone()))
    };
    let pin = {
        let on_pin = on_pin.clone();
        Callback::from(move |_| on_pin.emit(subject.clone()))
    };
    let Place {
        at,
        grouped,
        tabindex,
    } = place;
    html! {
        <div {key} class={classes!("key", slot.map(|_| "on"), grouped.then_some("keys-grouped"))} role="listitem" data-at={at.map(|at| at.to_string())}>
            <button type="button" class="open" {tabindex} title={format!("{name}: {words}")} onclick={show}>
                { icon(kind) }<span class="name">{ &name }</span><span class="vh">{ ", " }{ words }</span>{ end }
            </button>
            <button type="button" class="tool" {tabindex} aria-pressed={pinned.to_string()} aria-label={common::pin(&name)} title={words::PIN_DOES} onclick={pin}>
                { icon(Icon::Pin) }
            </button>
        </div>
    }
}

fn channels(props: &KeyListProps) -> Html {
    let View::PubSub { now, .. } = &*props.pubsub else {
        return Html::default();
    };
    if now.channels.is_empty() && now.patterns.is_empty() {
        return Html::default();
    }
    let count = words::channels_and_patterns(now.channels.len(), now.patterns.len());
    let listed = now
        .channels
        .iter()
        .map(|channel| (Icon::Channel, pubsub::CHANNEL, channel))
        .chain(
            now.patterns
                .iter()
                .map(|pattern| (Icon::Pattern, pubsub::PATTERN, pattern)),
        );
    html! {
        <div class="channels">
            <h2>{ words::CHANNELS_HEAD }<span class="num">{ count }</span></h2>
            <div role="list">
                for (kind, words, (name, who)) in listed {
                    {{
                        let name = format::lossy(name);
                        let end = html! { <span class="ttl num" title={words::SUBSCRIBERS}>{ who.len() }<span class="vh">{ words::AFTER_SUBSCRIBED }</span></span> };
                        line(format!("{words}{name}"), Place::default(), kind, name, words, end, Subject::PubSub, &props.stage, &props.on_show, &props.on_pin)
                    }}
                }
            </div>
        </div>
    }
}
