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
use crate::app::words::stream as words;
use crate::app::{format, show};
use crate::session::message::{
    Bytes, EntryRow, Event, Fact, GroupView, Look, Millis, PendingRow, StreamLook, StreamView,
    ValueView, Window,
};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::clock::{use_clock, use_now};
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
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
        let more = words::id_for(&format::short_id(&row.id), &format::lossy(&to));
        html! { <Typed {line} text={words::CLAIM} {more} on_command={on_command.clone()} /> }
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
            { words::size(stream.len, gone) }
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
            name={props.label()} kind="stream" words={words::KIND} icon={Icon::Stream} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="strm" ref={node} tabindex="0" role="group" aria-label={words::ENTRIES_AND_GROUPS} ~style={format!("--n:{}", columns.len().max(1))}>
                if stream.len == 0 {
                    <p class="empty">{ words::NO_ENTRIES }<Typed line={format!("XADD {} * type click user 42", props.word())} on_command={props.on_command.clone()} /></p>
                }
                <Twin what={words::LOG} {table}>
                    <p class="strm-note strm-top">{ dropped(stream, gone) }</p>
                    if !shown.is_empty() {
                        <div class="strm-row">
                            <span class="dim">{ words::LOG }</span>
                            <Log
                                entries={shown.to_vec()} columns={columns.clone()} before={words::dropped_before(gone, &stream.first_id)}
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
                            key={show::word(&group.name)}
                            stream={props.name.clone()} group={group.clone()} columns={columns.clone()} entries={shown.to_vec()}
                            delivered={group.delivered_in_view.saturating_sub(skip).min(shown.len())}
                            among_others={stream.groups.len() > 1}
                            claims={claims_of(group)} on_claims={on_claims(group)}
                            followed={followed.clone()} on_follow={on_follow.clone()} on_command={props.on_command.clone()}
                        />
                    }
                    if stream.len > shown.len() as u64 {
                        <div class="pager">
                            <button type="button" class="line" disabled={first == 0} onclick={turn(Some(first.saturating_sub(slots as u64)))}>{ words::OLDER }</button>
                            <span class="dim num">{ words::shown(first + 1, last, stream.len) }</span>
                            <button type="button" class="line" disabled={last >= stream.len} onclick={turn(newer)}>{ words::NEWER }</button>
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
    match gone {
        0 if stream.len == 0 => words::NONE_ADDED.into(),
        0 => words::ALL_STILL_HERE.into(),
        _ => {
            let trim = stream.trim.as_ref();
            words::gone_of(
                gone,
                stream.added,
                trim.map(|trim| (trim.count, trim.before.as_str())),
            )
        }
    }
}

/// The log as a table: each entry with its fields, and what it is to each group.
fn table(stream: &StreamView, shown: &[EntryRow], skip: usize) -> Table {
    let names: Vec<_> = stream
        .groups
        .iter()
        .map(|g| format::lossy(&g.name))
        .collect();
    let mut heads = words::LOG_COLUMNS.to_vec();
    heads.extend(names.iter().map(String::as_str));
    let mut table = Table::new(&heads);
    for column in lane::columns(stream, shown, stream.start + skip as u64) {
        match column {
            Column::Before => {
                let gone = vec![words::before(&stream.first_id), words::DROPPED.into()];
                let counts = stream.groups.iter().map(|g| match g.gone_before {
                    0 => String::new(),
                    1000.. => words::PENDING_MANY.into(),
                    count => words::pending(count),
                });
                table.row(gone.into_iter().chain(counts));
            }
            Column::Gap(ids) => {
                for id in ids {
                    let states = stream
                        .groups
                        .iter()
                        .map(|g| held(g, &id).unwrap_or_default());
                    table.row(
                        [id.clone(), words::DELETED.into()]
                            .into_iter()
                            .chain(states),
                    );
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
                        if past {
                            words::NOT_PENDING
                        } else {
                            words::TO_COME
                        }
                        .to_string()
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
    Some(words::pending_for(
        &format::lossy(&row.consumer),
        row.deliveries,
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
            said(words::unacknowledged(
                tag::consumer(&row.consumer),
                html! { <Since since={row.delivered_at} /> },
                html! { <Typed {line} on_command={props.on_command.clone()} /> },
            ))
        }
        _ if props.groups.is_empty() => {
            let line = format!("XGROUP CREATE {key} workers 0 MKSTREAM");
            html! { <>{ words::NO_GROUP }<Typed {line} on_command={props.on_command.clone()} /></> }
        }
        (_, Some(event)) => fact(event),
        _ => return Html::default(),
    };
    html! { <div class="why">{ text }</div> }
}

fn fact(event: &Event) -> Html {
    let who = tag::client(event.conn);
    said(match &event.fact {
        Fact::EntryAdded { id } => {
            words::entry_added(who, html! { <b class="mono">{ format::short_id(id) }</b> })
        }
        Fact::EntriesRemoved { count, .. } => words::entries_removed(who, *count),
        Fact::Delivered {
            consumer,
            count,
            how,
            ..
        } => words::delivered_to(who, *count as u64, tag::consumer(consumer), how),
        Fact::Acknowledged { count, .. } => words::acknowledged(who, *count as u64),
        Fact::Claimed {
            consumer, count, ..
        } => words::claimed(who, *count as u64, tag::consumer(consumer)),
        Fact::PendingGone { ids, .. } => words::found_gone(who, ids.count as u64),
        Fact::ConsumerDeleted {
            consumer, pending, ..
        } => words::consumer_deleted(who, tag::consumer(consumer), *pending as u64),
        Fact::GroupDestroyed { group } => words::group_destroyed(who, &format::lossy(group)),
        Fact::Expired => words::expired(who),
        Fact::Evicted => words::evicted(who),
        Fact::Deleted => words::deleted(who),
        _ => return Html::default(),
    })
}
