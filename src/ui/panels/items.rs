//! Lists, sets and hashes: every element in its place, however many there are.

use std::ops::Range;

use yew::prelude::*;

use super::part::{PanelProps, Same};
use crate::app::{format, show};
use crate::session::message::{ItemsView, Kind, ValueView, View, Window};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::{Rows, Spot};
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// The height of a row, in pixels.
const ROW: f64 = 26.0;
/// Rows asked for beyond those in view, above and below.
const MARGIN: usize = 40;

/// What the page says of each of the three.
struct Words {
    kind: &'static str,
    one: &'static str,
    label: &'static str,
    columns: &'static [&'static str],
}

fn words(kind: Kind) -> Words {
    match kind {
        Kind::Set => Words {
            kind: "set",
            one: "member",
            label: "Members",
            columns: &["Member"],
        },
        Kind::Hash => Words {
            kind: "hash",
            one: "field",
            label: "Fields with their values",
            columns: &["Field", "Value", "Expires"],
        },
        _ => Words {
            kind: "list",
            one: "element",
            label: "Elements, from the head",
            columns: &["Index", "Element"],
        },
    }
}

/// The inspector of a list, a set or a hash.
#[component]
pub fn ItemsInspector(props: &PanelProps) -> Html {
    let window = use_mut_ref(|| props.state.window);
    *window.borrow_mut() = props.state.window;
    let len = match props.value() {
        Some(ValueView::Items(items)) => items.len,
        _ => 0,
    };
    let on_range = use_callback((props.on_window.clone(), len), {
        move |range: Range<usize>, (on_window, len)| {
            let has = window
                .borrow()
                .start
                .map_or(0..0, |start| start..start + window.borrow().count);
            if range.start < has.start || range.end.min(*len) > has.end {
                on_window.emit(Window {
                    start: Some(range.start.saturating_sub(MARGIN)),
                    count: range.len() + 2 * MARGIN,
                });
            }
        }
    });
    let row = use_callback(Same(props.state.clone()), |spot: Spot, Same(state)| {
        row(&state.view, spot)
    });
    let Some(ValueView::Items(items)) = props.value() else {
        return Html::default();
    };
    let words = words(items.kind);
    let digits = format::count(items.len as u64).len();
    let meta = html! {
        <>
            { format!("{} {}{}", format::count(items.len as u64), words.one, if items.len == 1 { "" } else { "s" }) }
            <span class="memory">{ " · " }{ format::bytes(items.memory as u64) }{ " · " }{ &items.encoding }</span>
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let head = html! {
        <div role="row" class="vh">
            for name in words.columns {
                <span role="columnheader">{ *name }</span>
            }
        </div>
    };
    html! {
        <Card
            name={props.label()} kind={words.kind} words={words.kind} icon={Icon::from(items.kind)} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class={classes!("items", words.kind)} style={format!("--digits:{digits}")}>
                <Rows len={items.len} row_height={ROW} label={words.label} role="table" {head} {row} {on_range} />
            </div>
            <div class="why">{ next(props, items) }</div>
        </Card>
    }
}

fn row(view: &View, spot: Spot) -> Html {
    let View::Key {
        value: ValueView::Items(items),
        ..
    } = view
    else {
        return Html::default();
    };
    let place = spot.index;
    let rowindex = (place + 2).to_string();
    let index = |place: usize| html! { <span role="cell" class="num dim">{ format::count(place as u64) }</span> };
    let Some(item) = place
        .checked_sub(items.start)
        .and_then(|i| items.rows.get(i))
    else {
        return html! { <div key={place} class="item skeleton" role="row" aria-rowindex={rowindex} style={spot.style} aria-busy="true"><span role="cell" /></div> };
    };
    let text = |bytes: &[u8]| {
        let text = format::lossy(bytes);
        html! { <span role="cell" class="mono" title={text.clone()}>{ &text }</span> }
    };
    html! {
        <div key={place} class="item" role="row" aria-rowindex={rowindex} style={spot.style} data-item={format::lossy(&item.name)}>
            if items.kind == Kind::List { { index(place) } }
            { text(&item.name) }
            if let Some(value) = &item.value { { text(value) } }
            if items.kind == Kind::Hash {
                <span role="cell">if let Some(deadline) = item.deadline { <Ttl {deadline} /> }</span>
            }
        </div>
    }
}

/// A command that shows what the structure is for.
fn next(props: &PanelProps, items: &ItemsView) -> Html {
    let key = props.word();
    let first = items
        .rows
        .first()
        .map_or_else(|| "a".into(), |row| show::word(&row.name));
    let (text, line) = match items.kind {
        Kind::Set => (
            "Is it a member? One look, however large the set: ",
            format!("SISMEMBER {key} {first}"),
        ),
        Kind::Hash => (
            "A field can expire by itself: ",
            format!("HEXPIRE {key} 30 FIELDS 1 {first}"),
        ),
        _ => (
            "Both ends are quick; take one from the tail: ",
            format!("RPOP {key}"),
        ),
    };
    html! { <>{ text }<Typed {line} on_command={props.on_command.clone()} /></> }
}
