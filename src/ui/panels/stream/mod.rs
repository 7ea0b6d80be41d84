//! The stream: entries in a lane, how far each group has delivered, and what waits to be acknowledged.

mod lane;
mod pending;

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::{format, show};
use crate::session::message::{Bytes, Event, Fact, GroupView, ValueView, Window};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::clock::{use_clock, use_now};
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::seen::use_size;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::{IDLE_LONG, Since, Ttl};
use crate::ui::widgets::typed::Typed;
use lane::Lane;
use pending::Pending;

/// The width that an entry needs in the lane, in pixels.
const ENTRY: f64 = 35.0;

/// The inspector of a stream.
#[component]
pub fn StreamInspector(props: &PanelProps) -> Html {
    let node = use_node_ref();
    let (width, _) = use_size(&node);
    let slots = ((width / ENTRY) as usize).clamp(4, 64);
    // The entry whose fields are shown; the newest where none is chosen.
    let picked = use_state_eq(|| None::<String>);
    let Some(ValueView::Stream(stream)) = props.value() else {
        return Html::default();
    };

    // Of the entries in view, as many as fit: the last ones, unless the reader has gone back.
    let skip = if props.state.window.start.is_none() {
        stream.entries.len().saturating_sub(slots)
    } else {
        0
    };
    let shown = stream.entries.get(skip..).unwrap_or_default();
    let shown = shown.get(..slots.min(shown.len())).unwrap_or_default();
    let first = stream.start + skip as u64;
    let last = first + shown.len() as u64;
    let turn = |start: Option<u64>| {
        let on_window = props.on_window.clone();
        Callback::from(move |_: MouseEvent| {
            on_window.emit(Window {
                start: start.map(|s| s as usize),
                count: slots,
            })
        })
    };
    let newer = (last + (slots as u64) < stream.len).then_some(last);
    let trimmed = stream.added.saturating_sub(stream.len);
    let meta = html! {
        <>
            { format!("{} entr{}", format::count(stream.len), if stream.len == 1 { "y" } else { "ies" }) }
            if trimmed > 0 { { format!(" · {} removed", format::count(trimmed)) } }
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let chosen = picked
        .as_ref()
        .and_then(|id| shown.iter().find(|entry| entry.id == *id))
        .or(shown.last());
    let on_pick = {
        let picked = picked.setter();
        Callback::from(move |id: Option<String>| picked.set(id))
    };
    let groups: Vec<Option<&GroupView>> = if stream.groups.is_empty() {
        vec![None]
    } else {
        stream.groups.iter().map(Some).collect()
    };
    html! {
        <Card
            name={props.label()} kind="stream" words="stream" icon={Icon::Stream} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="lane" ref={node} tabindex="0" role="group" aria-label="Entries and consumer groups">
                if stream.len == 0 {
                    <p class="empty">{ "No entries yet. " }<Typed line={format!("XADD {} * type click user 42", props.word())} on_command={props.on_command.clone()} /></p>
                }
                for (i, group) in groups.into_iter().enumerate() {
                    <Lane
                        key={group.map_or_else(String::new, |g| format::lossy(&g.name))}
                        entries={shown.to_vec()}
                        {first}
                        group={group.cloned()}
                        delivered={group.map_or(0, |g| g.delivered_in_view.saturating_sub(skip).min(shown.len()))}
                        picked={chosen.map(|entry| entry.id.clone())}
                        on_pick={on_pick.clone()}
                    />
                    if let Some(entry) = chosen.filter(|_| i == 0) {
                        <div class="fields">
                            <code class="dim">{ &entry.id }</code>
                            <dl>
                                for (i, (field, value)) in entry.fields.iter().enumerate() {
                                    <div key={i}><dt>{ format::lossy(field) }</dt><dd>{ format::lossy(value) }</dd></div>
                                }
                            </dl>
                        </div>
                    }
                    if let Some(group) = group {
                        <Pending
                            stream={props.name.clone()} group={group.clone()} ids={shown.iter().map(|e| e.id.clone()).collect::<Vec<_>>()}
                            on_command={props.on_command.clone()}
                        />
                    }
                }
                if stream.len > shown.len() as u64 {
                    <div class="pager">
                        <button type="button" class="line" disabled={first == 0} onclick={turn(Some(first.saturating_sub(slots as u64)))}>{ "Older" }</button>
                        <span class="dim num">{ format!("{}–{} of {}", format::count(first + 1), format::count(last), format::count(stream.len)) }</span>
                        <button type="button" class="line" disabled={last >= stream.len} onclick={turn(newer)}>{ "Newer" }</button>
                    </div>
                }
                if !shown.is_empty() {
                    <details class="twin">
                        <summary>{ "Entries as text" }</summary>
                        <ol>
                            for entry in shown {
                                <li key={entry.id.clone()}>
                                    <code>{ &entry.id }</code>
                                    for (field, value) in &entry.fields {
                                        { " " }<span class="dim">{ format::lossy(field) }</span>{ " " }{ format::lossy(value) }
                                    }
                                </li>
                            }
                        </ol>
                    </details>
                }
            </div>
            <Why stream={props.name.clone()} groups={stream.groups.clone()} last={props.facts().last().cloned()} on_command={props.on_command.clone()} />
        </Card>
    }
}

#[derive(Properties, PartialEq)]
struct WhyProps {
    stream: Bytes,
    groups: Vec<GroupView>,
    last: Option<Event>,
    on_command: Callback<String>,
}

/// What stands out: entries that nobody acknowledges; otherwise what happened last.
#[component]
fn Why(props: &WhyProps) -> Html {
    let oldest = props
        .groups
        .iter()
        .flat_map(|g| g.pending.iter().map(move |p| (g, p)))
        .min_by_key(|(_, p)| p.delivered_at);
    let waits = oldest.map(|(_, row)| row.delivered_at + IDLE_LONG);
    let moment = use_clock().now();
    let late = waits.is_some_and(|at| at <= moment);
    // Only while something may yet become late is there anything to watch for.
    let now = use_now(if waits.is_some() && !late { 1000 } else { 0 });
    let key = show::word(&props.stream);
    let text = match (oldest, &props.last) {
        (Some((group, row)), _) if now >= row.delivered_at + IDLE_LONG => {
            let other = other_consumer(group, &row.consumer);
            let line = format!(
                "XAUTOCLAIM {key} {} {} {IDLE_LONG} 0",
                show::word(&group.name),
                show::word(&other)
            );
            html! {
                <>
                    { tag::consumer(&row.consumer) }{ " has not acknowledged for " }<Since since={row.delivered_at} />
                    { ". Its entries stay pending until someone claims them: " }<Typed {line} on_command={props.on_command.clone()} />
                </>
            }
        }
        _ if props.groups.is_empty() => {
            let line = format!("XGROUP CREATE {key} workers 0 MKSTREAM");
            html! { <>{ "No group shares these entries among workers yet: " }<Typed {line} on_command={props.on_command.clone()} /></> }
        }
        (_, Some(event)) => fact(event),
        _ => return Html::default(),
    };
    html! { <div class="why">{ text }</div> }
}

fn fact(event: &Event) -> Html {
    let entries = |count: u64| {
        format!(
            "{} entr{}",
            format::count(count),
            if count == 1 { "y" } else { "ies" }
        )
    };
    let text = match &event.fact {
        Fact::EntryAdded { id } => {
            html! { <>{ " added " }<b class="mono">{ format::short_id(id) }</b>{ ". It stays in the log when it has been read." }</> }
        }
        Fact::EntriesRemoved { count, .. } => {
            html! { { format!(" removed {} from the log.", entries(*count)) } }
        }
        Fact::Delivered {
            consumer, count, ..
        } => {
            html! { <>{ format!(" was given {} as ", entries(*count as u64)) }{ tag::consumer(consumer) }{ ": pending until acknowledged." }</> }
        }
        Fact::Acknowledged { count, .. } => {
            html! { { format!(" acknowledged {}: no longer pending.", entries(*count as u64)) } }
        }
        Fact::Claimed {
            consumer, count, ..
        } => {
            html! { <>{ format!(" claimed {} for ", entries(*count as u64)) }{ tag::consumer(consumer) }{ "." }</> }
        }
        Fact::Expired => html! { { " let the stream expire." } },
        Fact::Deleted => html! { { " deleted the stream." } },
        _ => return Html::default(),
    };
    html! { <>{ tag::client(event.conn) }{ text }</> }
}

/// Who could take over from a consumer: another of the group, or one named for it.
fn other_consumer(group: &GroupView, than: &[u8]) -> Bytes {
    let other = group
        .consumers
        .iter()
        .find(|consumer| consumer.name.as_slice() != than);
    other.map_or_else(
        || Bytes::from_slice(b"rescuer"),
        |consumer| consumer.name.clone(),
    )
}
