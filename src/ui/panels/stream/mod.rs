//! The stream: its log in a lane, how far each group has delivered, what waits to be acknowledged and by whom, and the
//! life of one entry.

mod follow;
mod group;
mod life;
mod log;
mod pending;

use std::collections::BTreeMap;

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::lane::{self, Column};
use crate::app::table::Table;
use crate::app::{format, show};
use crate::session::message::{
    Bytes, Delivery, EntryRow, Event, Fact, GroupView, Look, Millis, PendingRow, StreamLook,
    StreamView, ValueView, Window,
};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::clock::{use_clock, use_now};
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::seen::use_size;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::{IDLE_LONG, Since, Ttl};
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;
use follow::FollowButton;
use group::Group;
use life::Life;
use log::Log;

/// The width that an entry needs in the lane, in pixels.
const ENTRY: f64 = 36.0;
/// The width of what stands before the lanes, with the panel's edges.
const BESIDE: f64 = 120.0;

/// Who claims pending entries of a group when a button is pressed, and how long they must have been idle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// The consumer that was chosen; `None`: another than has them.
    pub to: Option<Bytes>,
    /// How long, in milliseconds.
    pub min_idle: Millis,
}

impl Claims {
    /// Who claims all that is idle.
    fn to(&self, group: &GroupView) -> Bytes {
        let owner = group.pending.first().map(|row| row.consumer.as_slice());
        let other = || lane::other_consumer(group, owner.unwrap_or_default());
        self.to.clone().unwrap_or_else(other)
    }

    /// The button that claims one entry.
    fn button(
        &self,
        group: &GroupView,
        row: &PendingRow,
        key: &str,
        on_command: &Callback<String>,
    ) -> Html {
        let other = || lane::other_consumer(group, &row.consumer);
        let to = self.to.clone().unwrap_or_else(other);
        let line = format!(
            "XCLAIM {key} {} {} {} {}",
            show::word(&group.name),
            show::word(&to),
            self.min_idle,
            row.id
        );
        let more = format!("{} for {}", format::short_id(&row.id), format::lossy(&to));
        html! { <Typed {line} text="Claim" {more} on_command={on_command.clone()} /> }
    }
}

/// The inspector of a stream.
#[component]
pub fn StreamInspector(props: &PanelProps) -> Html {
    let node = use_node_ref();
    let (width, _) = use_size(&node);
    let slots = (((width - BESIDE) / ENTRY) as usize).clamp(4, 48);
    // The entry whose fields are shown; the newest where none is chosen.
    let picked = use_state_eq(|| None::<String>);
    let claims = use_state_eq(BTreeMap::<Bytes, Claims>::new);
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
    let columns = lane::columns(stream, shown, first);
    let show_from = {
        let on_window = props.on_window.clone();
        Callback::from(move |start: Option<u64>| {
            on_window.emit(Window {
                start: start.map(|s| s as usize),
                count: slots,
            })
        })
    };
    let turn = |start: Option<u64>| show_from.reform(move |_: MouseEvent| start);
    let newer = (last + (slots as u64) < stream.len).then_some(last);
    let gone = stream.added.saturating_sub(stream.len);
    let meta = html! {
        <>
            { format!("{} entr{}", format::count(stream.len), if stream.len == 1 { "y" } else { "ies" }) }
            if gone > 0 { { format!(" · {} dropped", format::count(gone)) } }
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let chosen = picked
        .as_ref()
        .and_then(|id| shown.iter().find(|entry| entry.id == *id))
        .or(shown.last());
    let on_pick = {
        let picked = picked.setter();
        Callback::from(move |id: String| picked.set(Some(id)))
    };
    let on_follow = {
        let on_pick = on_pick.clone();
        let on_look = props.on_look.clone();
        Callback::from(move |id: String| {
            on_pick.emit(id.clone());
            on_look.emit(Look::Stream(StreamLook::Entry(id)));
        })
    };
    let followed = match &props.state.look {
        Look::Stream(StreamLook::Entry(id)) => Some(id.clone()),
        _ => None,
    };
    let on_claims = |group: &GroupView| {
        let (claims, name) = (claims.clone(), group.name.clone());
        Callback::from(move |chosen: Claims| {
            let mut all = (*claims).clone();
            all.insert(name.clone(), chosen);
            claims.set(all);
        })
    };
    let claims_of = |group: &GroupView| claims.get(&group.name).cloned().unwrap_or_default();
    let table = {
        let (stream, shown) = (stream.clone(), shown.to_vec());
        Callback::from(move |()| table(&stream, &shown, skip))
    };
    html! {
        <Card
            name={props.label()} kind="stream" words="stream" icon={Icon::Stream} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="strm" ref={node} tabindex="0" role="group" aria-label="Entries and consumer groups" style={format!("--n:{}", columns.len().max(1))}>
                if stream.len == 0 {
                    <p class="empty">{ "No entries. " }<Typed line={format!("XADD {} * type click user 42", props.word())} on_command={props.on_command.clone()} /></p>
                }
                <Twin what="log" {table}>
                    <p class="strm-note strm-top">{ dropped(stream, gone) }</p>
                    if !shown.is_empty() {
                        <div class="strm-row">
                            <span class="dim">{ "log" }</span>
                            <Log
                                entries={shown.to_vec()} columns={columns.clone()} before={format!("{} dropped before {}", format::count(gone), stream.first_id)}
                                groups={stream.groups.clone()} {skip}
                                picked={chosen.map(|entry| entry.id.clone())} followed={followed.clone()} on_pick={on_pick} on_follow={on_follow.clone()}
                            />
                        </div>
                    }
                    if let Some(life) = &stream.life {
                        <Life
                            stream={props.name.clone()} life={(**life).clone()} groups={stream.groups.clone()}
                            claims={stream.groups.iter().map(claims_of).collect::<Vec<_>>()}
                            shown={shown.iter().any(|entry| entry.id == life.id)}
                            on_place={show_from.reform(Some)}
                            on_close={props.on_look.reform(|()| Look::Rows)}
                            on_command={props.on_command.clone()}
                        />
                    } else if let Some(entry) = chosen {
                        <div class="strm-picked-fields">
                            <FollowButton id={entry.id.clone()} on_follow={on_follow.clone()} />
                            { life::fields(Some(&entry.fields)) }
                        </div>
                    }
                    for group in &stream.groups {
                        <Group
                            key={format::lossy(&group.name)}
                            stream={props.name.clone()} group={group.clone()} columns={columns.clone()} entries={shown.to_vec()}
                            delivered={group.delivered_in_view.saturating_sub(skip).min(shown.len())}
                            among_others={stream.groups.len() > 1}
                            claims={claims_of(group)} on_claims={on_claims(group)}
                            followed={followed.clone()} on_follow={on_follow.clone()} on_command={props.on_command.clone()}
                        />
                    }
                    if stream.len > shown.len() as u64 {
                        <div class="pager">
                            <button type="button" class="line" disabled={first == 0} onclick={turn(Some(first.saturating_sub(slots as u64)))}>{ "Older" }</button>
                            <span class="dim num">{ format!("{}–{} of {}", format::count(first + 1), format::count(last), format::count(stream.len)) }</span>
                            <button type="button" class="line" disabled={last >= stream.len} onclick={turn(newer)}>{ "Newer" }</button>
                        </div>
                    }
                </Twin>
            </div>
            <Why stream={props.name.clone()} groups={stream.groups.clone()} last={props.facts().last().cloned()} on_command={props.on_command.clone()} />
        </Card>
    }
}

/// How many entries are gone, and what of that the last trim dropped.
fn dropped(stream: &StreamView, gone: u64) -> String {
    if gone == 0 {
        return match stream.len {
            0 => "None was ever added.",
            _ => "Every entry ever added is still here.",
        }
        .into();
    }
    let all = format!(
        "{} of {} entries ever added are gone",
        format::count(gone),
        format::count(stream.added)
    );
    match &stream.trim {
        Some(trim) => format!(
            "{all}; the last trim dropped {} and left none before {}.",
            format::count(trim.count),
            trim.before
        ),
        None => format!("{all}."),
    }
}

/// The log as a table: each entry with its fields, and what it is to each group.
fn table(stream: &StreamView, shown: &[EntryRow], skip: usize) -> Table {
    let names: Vec<_> = stream
        .groups
        .iter()
        .map(|g| format::lossy(&g.name))
        .collect();
    let mut heads = vec!["ID", "Fields"];
    heads.extend(names.iter().map(String::as_str));
    let mut table = Table::new(&heads);
    for column in lane::columns(stream, shown, stream.start + skip as u64) {
        match column {
            Column::Before => {
                let gone = vec![format!("before {}", stream.first_id), "dropped".into()];
                let counts = stream.groups.iter().map(|g| match g.gone_before {
                    0 => String::new(),
                    1000.. => "1,000 or more pending".into(),
                    count => format!("{count} pending"),
                });
                table.row(gone.into_iter().chain(counts));
            }
            Column::Gap(ids) => {
                for id in ids {
                    let states = stream
                        .groups
                        .iter()
                        .map(|g| held(g, &id).unwrap_or_default());
                    table.row([id.clone(), "deleted".into()].into_iter().chain(states));
                }
            }
            Column::Entry(place) => {
                let Some(entry) = shown.get(place) else {
                    continue;
                };
                let fields: Vec<_> = entry
                    .fields
                    .iter()
                    .map(|(field, value)| {
                        format!("{} {}", format::lossy(field), format::lossy(value))
                    })
                    .collect();
                let states = stream.groups.iter().map(|g| {
                    held(g, &entry.id).unwrap_or_else(|| {
                        let past = place + skip < g.delivered_in_view;
                        if past { "not pending" } else { "to come" }.to_string()
                    })
                });
                table.row(
                    [entry.id.clone(), fields.join(", ")]
                        .into_iter()
                        .chain(states),
                );
            }
        }
    }
    table
}

fn held(group: &GroupView, id: &str) -> Option<String> {
    let row = group.in_view.iter().find(|row| row.id == id)?;
    Some(format!(
        "pending for {}, delivered {} time{}",
        format::lossy(&row.consumer),
        format::count(row.deliveries),
        if row.deliveries == 1 { "" } else { "s" }
    ))
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
            let other = lane::other_consumer(group, &row.consumer);
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
            consumer,
            count,
            how: Delivery::NoAck,
            ..
        } => {
            html! { <>{ format!(" was given {} as ", entries(*count as u64)) }{ tag::consumer(consumer) }{ " with NOACK: not pending." }</> }
        }
        Fact::Delivered {
            consumer,
            count,
            how: Delivery::Again,
            ..
        } => {
            html! { <>{ format!(" was given {} again as ", entries(*count as u64)) }{ tag::consumer(consumer) }{ ": still pending." }</> }
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
        Fact::PendingGone { ids, .. } => {
            html! { { format!(" found the data of {} gone: no longer pending.", entries(ids.count as u64)) } }
        }
        Fact::ConsumerDeleted {
            consumer, pending, ..
        } => {
            html! { <>{ " deleted " }{ tag::consumer(consumer) }{ match pending { 0 => ".".to_string(), count => format!(" and the {} pending for it: nobody will be given them again.", entries(*count as u64)) } }</> }
        }
        Fact::GroupDestroyed { group } => {
            html! { { format!(" destroyed the group {}.", format::lossy(group)) } }
        }
        Fact::Expired => html! { { " let the stream expire." } },
        Fact::Deleted => html! { { " deleted the stream." } },
        _ => return Html::default(),
    };
    html! { <>{ tag::client(event.conn) }{ text }</> }
}
