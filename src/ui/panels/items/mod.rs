//! Lists, sets and hashes: every element in its place, however many there are.

mod overlap;

use std::ops::Range;

use yew::prelude::*;

use super::part::{PanelProps, Same};
use crate::app::table::Table;
use crate::app::words::items as words;
use crate::app::{format, show};
use crate::session::message::{Event, Fact, ItemsView, Kind, Look, ValueView, View};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::{Rows, ask, use_asked};
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::{Since, Ttl};
use crate::ui::widgets::typed::Typed;
use crate::ui::widgets::views::Views;
use overlap::Compare;

/// The height of a row, in pixels.
const ROW: f64 = 26.0;

/// The class of each of the three, and what the page says of it.
fn words(kind: Kind) -> (&'static str, &'static words::Items) {
    match kind {
        Kind::Set => ("set", &words::SET),
        Kind::Hash => ("hash", &words::HASH),
        _ => ("list", &words::LIST),
    }
}

/// The inspector of a list, a set or a hash.
#[component]
pub fn ItemsInspector(props: &PanelProps) -> Html {
    let asked = use_asked(props.state.window);
    let len = match props.value() {
        Some(ValueView::Items(items)) => items.len,
        _ => 0,
    };
    let on_range = use_callback((props.on_window.clone(), len), {
        move |range: Range<usize>, (on_window, len)| {
            ask(&asked, &range, *len, on_window);
        }
    });
    let row = use_callback(Same(props.state.clone()), |place: usize, Same(state)| {
        row(&state.view, place)
    });
    let comparing = matches!(props.state.look, Look::Overlap { .. });
    let on_choose_set = props.on_look.reform(|with| Look::Overlap { with });
    let on_view = props.on_look.reform(|name| match name {
        words::MEMBERS => Look::Rows,
        _ => Look::Overlap { with: None },
    });
    let go_to = use_state_eq(|| None::<(usize, u32)>);
    let Some(ValueView::Items(items)) = props.value() else {
        return Html::default();
    };
    let jump = |to: usize| {
        let go_to = go_to.clone();
        Callback::from(move |_: MouseEvent| {
            go_to.set(Some((to, go_to.map_or(0, |(_, n)| n.wrapping_add(1)))))
        })
    };
    let copied = {
        let state = props.state.clone();
        Callback::from(move |()| table(&state.view).tsv())
    };
    let (class, words) = words(items.kind);
    let digits = format::count(items.len as u64).len();
    let meta = html! {
        <>
            { words.sized(items.len) }
            <span class="memory">{ " · " }{ format::bytes(items.memory as u64) }{ " · " }{ &items.encoding }{ nodes(items) }</span>
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let head = html! {
        <div role="row" class={if items.kind == Kind::Hash { "items-head" } else { "vh" }}>
            for name in words.columns {
                <span role="columnheader">{ *name }</span>
            }
        </div>
    };
    html! {
        <Card
            name={props.label()} kind={class} words={words.kind} icon={Icon::from(items.kind)} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            if items.kind == Kind::Set {
                <Views label={words::VIEWS} names={vec![words::MEMBERS, words::WITH_ANOTHER]} chosen={if comparing { words::WITH_ANOTHER } else { words::MEMBERS }} on_choose={on_view}>
                    if !comparing { <Copy what={words::MEMBERS_IN_VIEW} text={copied} /> }
                </Views>
            } else {
                <div class="items-tools">
                    if items.kind == Kind::List {
                        <button type="button" class="line" onclick={jump(0)}>{ words::HEAD }</button>
                        <button type="button" class="line" onclick={jump(items.len.saturating_sub(1))}>{ words::TAIL }</button>
                    }
                    <span class="dim">{ happened(props, items) }</span>
                    <Copy what={words::ROWS_IN_VIEW} text={copied} />
                </div>
            }
            if comparing && items.kind == Kind::Set {
                <div class="compare-body" tabindex="0" role="group" aria-label={words::COMPARISON}>
                    <Compare name={props.name.clone()} overlap={items.overlap.clone()} on_choose={on_choose_set} on_command={props.on_command.clone()} />
                </div>
            } else {
                <div class={classes!("items", class)} ~style={format!("--digits:{digits}")}>
                    <Rows len={items.len} row_height={ROW} label={words.label} role="table" {head} {row} {on_range} go_to={*go_to} />
                </div>
            }
            <div class="why">{ next(props, items) }</div>
        </Card>
    }
}

fn row(view: &View, place: usize) -> Html {
    let View::Key {
        value: ValueView::Items(items),
        facts,
        ..
    } = view
    else {
        return Html::default();
    };
    let rowindex = (place + 2).to_string();
    let index = |place: usize| html! { <span role="cell" class="num dim">{ format::count(place as u64) }</span> };
    let Some(item) = place
        .checked_sub(items.start)
        .and_then(|i| items.rows.get(i))
    else {
        return html! { <div key={place} class="item skeleton" role="row" aria-rowindex={rowindex} aria-busy="true"><span role="cell" /></div> };
    };
    let text = |bytes: &[u8]| {
        let text = format::lossy(bytes);
        html! { <span role="cell" class="mono" title={text.clone()}>{ &text }</span> }
    };
    html! {
        <div key={place} class={classes!("item", fresh(facts, items, place).then_some("items-fresh"))} role="row" aria-rowindex={rowindex} data-item={format::lossy(&item.name)}>
            if items.kind == Kind::List {
                { index(place) }
                <span role="cell" class="num dim items-from-tail">{ format!("-{}", format::count((items.len - place) as u64)) }</span>
            }
            { text(&item.name) }
            if items.kind == Kind::List { <span role="cell" class="items-end">{ end(facts, items, place) }</span> }
            if let Some(value) = &item.value { { text(value) } }
            if items.kind == Kind::Hash {
                <span role="cell">if let Some(deadline) = item.deadline { <Ttl {deadline} /> }</span>
            }
        </div>
    }
}

/// Whether an element came with the last thing that happened to its list.
fn fresh(facts: &[Event], items: &ItemsView, place: usize) -> bool {
    match facts.last().map(|event| &event.fact) {
        Some(Fact::Pushed { head: true, count }) if items.kind == Kind::List => place < *count,
        Some(Fact::Pushed { head: false, count }) if items.kind == Kind::List => {
            items.len - place <= *count
        }
        _ => false,
    }
}

/// What marks the ends of a list, and what was put there last.
fn end(facts: &[Event], items: &ItemsView, place: usize) -> Html {
    let (head, tail) = (place == 0, place + 1 == items.len);
    let end = match (head, tail) {
        (true, true) => words::HEAD_AND_TAIL,
        (true, false) => words::AT_HEAD,
        (false, true) => words::AT_TAIL,
        _ => "",
    };
    let pushed = facts
        .last()
        .filter(|_| fresh(facts, items, place))
        .and_then(|event| event.conn);
    html! {
        <>
            if pushed.is_some() { { tag::client(pushed) }<span class="dim">{ words::PUSHED }</span> }
            if !end.is_empty() { <span class="tag plain">{ end }</span> }
        </>
    }
}

fn nodes(items: &ItemsView) -> String {
    items.nodes.map(words::in_nodes).unwrap_or_default()
}

/// What happened last at the ends of a list, or to the fields of a hash.
fn happened(props: &PanelProps, items: &ItemsView) -> Html {
    match (items.kind, props.facts().last()) {
        (
            Kind::List,
            Some(Event {
                conn,
                fact: Fact::Pushed { head, count },
                ..
            }),
        ) => said(words::put(tag::client(*conn), *count, *head)),
        (
            Kind::List,
            Some(Event {
                conn,
                fact: Fact::Popped { head, count, last },
                ..
            }),
        ) => said(words::took(
            tag::client(*conn),
            *count,
            &format::shortened(&format::lossy(last), 24),
            *head,
        )),
        (Kind::Hash, _) => {
            let expired = props
                .facts()
                .iter()
                .rev()
                .find_map(|event| match &event.fact {
                    Fact::FieldsExpired { count, fields } => Some((event.at, *count, fields)),
                    _ => None,
                });
            match expired {
                Some((at, count, fields)) => {
                    let names: Vec<_> = fields
                        .iter()
                        .take(3)
                        .map(|field| format::shortened(&format::lossy(field), 20))
                        .collect();
                    said(words::fields_expired(
                        names,
                        count,
                        html! { <Since since={at} /> },
                    ))
                }
                None => Html::default(),
            }
        }
        _ => Html::default(),
    }
}

/// The rows that the page has, to be taken along.
fn table(view: &View) -> Table {
    let View::Key {
        value: ValueView::Items(items),
        ..
    } = view
    else {
        return Table::default();
    };
    let mut table = Table::new(match items.kind {
        Kind::Hash => &words::HASH_COLUMNS,
        Kind::Set => &words::SET_COLUMNS,
        _ => &words::LIST_COLUMNS,
    });
    for (at, item) in items.rows.iter().enumerate() {
        let name = format::lossy(&item.name);
        match items.kind {
            Kind::Hash => table.row([
                name,
                item.value
                    .as_ref()
                    .map(|value| format::lossy(value))
                    .unwrap_or_default(),
                item.deadline.map(|at| at.to_string()).unwrap_or_default(),
            ]),
            Kind::Set => table.row([name]),
            _ => table.row([(items.start + at).to_string(), name]),
        }
    }
    table
}

/// A command that shows what the structure is for.
fn next(props: &PanelProps, items: &ItemsView) -> Html {
    let key = props.word();
    let first = items
        .rows
        .first()
        .map_or_else(|| "a".into(), |row| show::word(&row.name));
    let (text, line, more) = match items.kind {
        Kind::Set => (
            words::IS_IT_A_MEMBER,
            format!("SISMEMBER {key} {first}"),
            format!("SCARD {key}"),
        ),
        Kind::Hash => (
            words::A_FIELD_CAN_EXPIRE,
            format!("HEXPIRE {key} 30 FIELDS 1 {first}"),
            format!("HGETALL {key}"),
        ),
        _ => (
            words::BOTH_ENDS_ARE_QUICK,
            format!("RPOP {key}"),
            format!("LRANGE {key} 0 9"),
        ),
    };
    html! { <>{ text }<Typed {line} on_command={props.on_command.clone()} />{ " " }<Typed line={more} on_command={props.on_command.clone()} /></> }
}
