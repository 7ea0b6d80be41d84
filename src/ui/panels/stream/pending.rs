//! What a group has delivered and nobody has acknowledged.

use yew::prelude::*;

use super::other_consumer;
use crate::app::{format, show};
use crate::session::message::{Bytes, GroupView, PendingRow};
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;

/// What the table needs.
#[derive(Properties, PartialEq)]
pub struct PendingProps {
    /// The stream's key.
    pub stream: Bytes,
    /// The group.
    pub group: GroupView,
    /// The entries in view, oldest first: one that should stand among them and does not has been deleted.
    pub ids: Vec<String>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

/// The table of pending entries, or what to type for there to be some.
#[component]
pub fn Pending(props: &PendingProps) -> Html {
    let (key, group) = (show::word(&props.stream), &props.group);
    let name = show::word(&group.name);
    if group.pending.is_empty() {
        let consumer = group
            .consumers
            .first()
            .map_or_else(|| "worker_1".into(), |c| show::word(&c.name));
        let line = format!("XREADGROUP GROUP {name} {consumer} COUNT 2 STREAMS {key} >");
        let state = if group.lag == Some(0) {
            "Nothing is pending and nothing to come."
        } else {
            "Nothing is pending. Read as a worker: "
        };
        return html! {
            <p class="empty">
                { state }
                if group.lag != Some(0) { <Typed {line} on_command={props.on_command.clone()} /> }
            </p>
        };
    }
    let more = group.pending_len - group.pending.len().min(group.pending_len);
    html! {
        <>
            <table class="pending">
                <caption class="vh">{ format!("Pending entries of group {}", format::lossy(&group.name)) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ "Pending" }</th><th scope="col">{ "Consumer" }</th><th scope="col">{ "Idle" }</th>
                        <th scope="col" class="deliveries">{ "Deliveries" }</th><th scope="col"><span class="vh">{ "Act" }</span></th>
                    </tr>
                </thead>
                <tbody>
                    for row in &group.pending {
                        { pending_row(props, row, &key, &name) }
                    }
                </tbody>
            </table>
            if more > 0 {
                <p class="dim">{ format!("and {} more", format::count(more as u64)) }</p>
            }
        </>
    }
}

fn pending_row(props: &PendingProps, row: &PendingRow, key: &str, group: &str) -> Html {
    let id = format::short_id(&row.id);
    let other = other_consumer(&props.group, &row.consumer);
    let on_command = &props.on_command;
    html! {
        <tr key={row.id.clone()} data-entry-id={row.id.clone()} data-consumer={format::lossy(&row.consumer)} data-deliveries={row.deliveries.to_string()}>
            <td class="mono" title={row.id.clone()}>
                { &id }
                if deleted(&row.id, &props.ids) { { " " }<span class="tag plain" title="The entry itself is no longer in the stream">{ "deleted" }</span> }
            </td>
            <td>{ tag::consumer(&row.consumer) }</td>
            <td class="num"><Since since={row.delivered_at} warn=true /></td>
            <td class="num deliveries">{ row.deliveries }</td>
            <td class="acts">
                <Typed line={format!("XACK {key} {group} {}", row.id)} text="Ack" label={format!("Acknowledge {id}")} on_command={on_command.clone()} />
                { " " }
                <Typed
                    line={format!("XCLAIM {key} {group} {} 0 {}", show::word(&other), row.id)}
                    text="Claim" label={format!("Claim {id} for {}", format::lossy(&other))} on_command={on_command.clone()}
                />
            </td>
        </tr>
    }
}

fn deleted(id: &str, ids: &[String]) -> bool {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return true;
    };
    let at = show::id_order(id);
    show::id_order(first) <= at
        && at <= show::id_order(last)
        && !ids.iter().any(|other| other == id)
}
