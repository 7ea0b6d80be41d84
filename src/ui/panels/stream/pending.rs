//! What a group has delivered and nobody has acknowledged.

use yew::prelude::*;

use super::Claims;
use super::follow::FollowButton;
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
    /// Who claims, and after how long.
    pub claims: Claims,
    /// An entry is to be followed.
    pub on_follow: Callback<String>,
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
    let more = group.pending_len.saturating_sub(group.pending.len());
    let gone = group.pending.iter().any(|row| row.gone);
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
                <p class="dim">{ format!("and {} more, by ID", format::count(more as u64)) }</p>
            }
            if gone {
                <p class="strm-note">
                    { "Data gone: XDEL or a trim dropped the entry while it was pending, and nobody can read it any more. " }
                    if group.gone_before > 1 {
                        { match group.gone_before {
                            1000.. => "At least 1,000 are like that. ".to_string(),
                            count => format!("{count} from before the log's first entry are like that. "),
                        } }
                    }
                    { "XACK takes it off the list. So does claiming it, which returns nothing of it." }
                </p>
            }
        </>
    }
}

fn pending_row(props: &PendingProps, row: &PendingRow, key: &str, group: &str) -> Html {
    let id = format::short_id(&row.id);
    let on_command = &props.on_command;
    html! {
        <tr key={row.id.clone()} data-entry-id={row.id.clone()} data-consumer={format::lossy(&row.consumer)} data-deliveries={row.deliveries.to_string()}>
            <td>
                <FollowButton id={row.id.clone()} short=true on_follow={props.on_follow.clone()} />
                if row.gone { { " " }<span class="tag bad" title="XDEL or a trim dropped its data">{ "data gone" }</span> }
            </td>
            <td>{ tag::consumer(&row.consumer) }</td>
            <td class="num"><Since since={row.delivered_at} warn=true /></td>
            <td class="num deliveries">{ row.deliveries }</td>
            <td class="acts">
                <Typed line={format!("XACK {key} {group} {}", row.id)} text="Ack" more={id.clone()} on_command={on_command.clone()} />
                if !row.gone {
                    { " " }
                    { props.claims.button(&props.group, row, key, on_command) }
                }
            </td>
        </tr>
    }
}
