//! The list of keys, and of channels below it.

use std::ops::Range;
use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::stage::{Stage, Subject};
use crate::app::{format, show};
use crate::session::message::{KeysView, Kind, View, Window};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::rows::{Rows, Spot};
use crate::ui::widgets::ticking::Ttl;

/// The height of a row, in pixels.
const ROW: f64 = 28.0;
/// Rows asked for beyond those in view, above and below.
const MARGIN: usize = 24;
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
    /// What the keys are filtered by.
    pub pattern: AttrValue,
    /// The filter is changed.
    pub on_filter: Callback<String>,
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
            && self.pattern == other.pattern
            && self.on_filter == other.on_filter
            && self.on_window == other.on_window
            && self.on_show == other.on_show
            && self.on_pin == other.on_pin
    }
}

/// The column of keys.
#[component]
pub fn KeyList(props: &KeyListProps) -> Html {
    let window = use_state_eq(|| FIRST);
    let keys = &props.keys;
    let on_range = use_callback((props.on_window.clone(), keys.matching, *window), {
        let setter = window.setter();
        move |range: Range<usize>, (on_window, matching, window)| {
            let start = window.start.unwrap_or(0);
            if range.start < start || range.end.min(*matching) > start + window.count {
                let next = Window {
                    start: Some(range.start.saturating_sub(MARGIN)),
                    count: (range.len() + 2 * MARGIN).max(FIRST.count),
                };
                setter.set(next);
                on_window.emit(next);
            }
        }
    });
    let oninput = {
        let (on_filter, window) = (props.on_filter.clone(), window.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                window.set(FIRST);
                on_filter.emit(input.value());
            }
        })
    };
    // The server half moves a window that would reach past the end.
    let first = window
        .start
        .unwrap_or(0)
        .min(keys.matching.saturating_sub(window.count));
    let row = {
        let (keys, stage, on_show, on_pin) = (
            Rc::clone(keys),
            Rc::clone(&props.stage),
            props.on_show.clone(),
            props.on_pin.clone(),
        );
        Callback::from(move |spot: Spot| key_row(spot, first, &keys, &stage, &on_show, &on_pin))
    };
    let count = if keys.matching == keys.all {
        format::count(keys.all as u64)
    } else {
        format!(
            "{} of {}",
            format::count(keys.matching as u64),
            format::count(keys.all as u64)
        )
    };
    html! {
        <nav class="keys" aria-label="Keys and channels">
            <h2>{ "Keys · " }<span class="num">{ count }</span></h2>
            <div class="find">
                <input
                    type="search" value={props.pattern.clone()} {oninput} placeholder="filter, e.g. lock:*" aria-label="Filter keys by a glob pattern"
                    autocomplete="off" autocapitalize="off" spellcheck="false"
                />
            </div>
            if keys.all == 0 {
                <p class="empty">{ "No keys yet. Any write makes one." }</p>
            } else if keys.matching == 0 {
                <p class="empty">{ "No key matches. " }<code>{ "*" }</code>{ " stands for anything." }</p>
            }
            <div class="key-rows" style={format!("--rows:{}", keys.matching)}>
                <Rows len={keys.matching} row_height={ROW} label="Keys" role="list" {row} {on_range} />
            </div>
            { channels(props) }
            <div class="scripts">
                <h2>{ "Tools" }</h2>
                <div role="list">
                    { line("scripts".into(), String::new(), Icon::Script, "Lua script".into(), "run it, or step through it", Html::default(), Subject::Script, &props.stage, &props.on_show, &props.on_pin) }
                    { line("profiler".into(), String::new(), Icon::Profiler, "Profiler".into(), "all commands, and what they cost", Html::default(), Subject::Profiler, &props.stage, &props.on_show, &props.on_pin) }
                </div>
            </div>
        </nav>
    }
}

fn key_row(
    spot: Spot,
    first: usize,
    keys: &KeysView,
    stage: &Stage,
    on_show: &Callback<Subject>,
    on_pin: &Callback<Subject>,
) -> Html {
    let Some(row) = spot.index.checked_sub(first).and_then(|i| keys.rows.get(i)) else {
        return html! { <div key={format!(" {}", spot.index)} class="key skeleton" role="listitem" aria-busy="true" style={spot.style}><span /><span /></div> };
    };
    let (name, subject) = (format::lossy(&row.key), Subject::Key(0, row.key.clone()));
    let end = row.deadline.map_or_else(
        || html! { <span class="ttl" /> },
        |deadline| html! { <Ttl {deadline} /> },
    );
    let words = match row.kind {
        Kind::Text => "string",
        Kind::Lock => "lock",
        Kind::Hll => "HyperLogLog",
        Kind::Zset => "sorted set",
        Kind::Stream => "stream",
        Kind::List => "list",
        Kind::Set => "set",
        Kind::Hash => "hash",
    };
    line(
        show::word(&row.key),
        spot.style,
        row.kind.into(),
        name,
        words,
        end,
        subject,
        stage,
        on_show,
        on_pin,
    )
}

#[allow(
    clippy::too_many_arguments,
    reason = "one row's parts, put together in this file only"
)]
fn line(
    key: String,
    style: String,
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
    html! {
        <div {key} class={classes!("key", slot.map(|_| "on"))} role="listitem" {style}>
            <button type="button" class="open" title={format!("{name}: {words}")} onclick={show}>
                { icon(kind) }<span class="name">{ &name }</span><span class="vh">{ ", " }{ words }</span>{ end }
            </button>
            <button type="button" class="tool" aria-pressed={pinned.to_string()} aria-label={format!("Pin {name}")} title="Pin its inspector" onclick={pin}>
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
    let plural = if now.patterns.len() == 1 { "" } else { "s" };
    let count = match (now.channels.len(), now.patterns.len()) {
        (channels, 0) => channels.to_string(),
        (0, patterns) => format!("{patterns} pattern{plural}"),
        (channels, patterns) => format!("{channels} + {patterns} pattern{plural}"),
    };
    let listed = now
        .channels
        .iter()
        .map(|channel| (Icon::Channel, "channel", channel))
        .chain(
            now.patterns
                .iter()
                .map(|pattern| (Icon::Pattern, "pattern", pattern)),
        );
    html! {
        <div class="channels">
            <h2>{ "Channels · " }<span class="num">{ count }</span></h2>
            <div role="list">
                for (kind, words, (name, who)) in listed {
                    {{
                        let name = format::lossy(name);
                        let end = html! { <span class="ttl num" title="subscribers">{ who.len() }<span class="vh">{ " subscribed" }</span></span> };
                        line(format!("{words}{name}"), String::new(), kind, name, words, end, Subject::PubSub, &props.stage, &props.on_show, &props.on_pin)
                    }}
                }
            </div>
        </div>
    }
}
