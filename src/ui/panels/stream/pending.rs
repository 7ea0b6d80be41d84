//! What a group has delivered and nobody has acknowledged.

use yew::prelude::*;

use crate::app::table::Table;
use crate::app::words::stream as words;

use super::Claims;
use super::follow::FollowButton;
use crate::app::{format, show};
use crate::session::message::{Bytes, GroupView, PendingRow};
use crate::ui::widgets::copy::Copy;
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
            words::NOTHING_PENDING_NOR_TO_COME
        } else {
            words::NOTHING_PENDING
        };
        return html! {
            <p class="empty">
                { state }
                if group.lag != Some(0) { <Typed {line} on_command={props.on_command.clone()} /> }
            </p>
        };
    }
    let copied = {
        let group = group.clone();
        Callback::from(move |()| table(&group).tsv())
    };
    let more = group.pending_len.saturating_sub(group.pending.len());
    let gone = group.pending.iter().any(|row| row.gone);
    html! {
        <>
            <table class="pending">
                <caption class="vh">{ words::pending_of(&format::lossy(&group.name)) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ words::COLUMN_PENDING }</th><th scope="col">{ words::COLUMN_CONSUMER }</th><th scope="col">{ words::COLUMN_IDLE }</th>
                        <th scope="col" class="deliveries">{ words::COLUMN_DELIVERIES }</th><th scope="col" class="acts"><span class="vh">{ words::COLUMN_ACT }</span><Copy what={words::pending_in_view(&format::lossy(&group.name))} text={copied} /></th>
                    </tr>
                </thead>
                <tbody>
                    for row in &group.pending {
                        { pending_row(props, row, &key, &name) }
                    }
                </tbody>
            </table>
            if more > 0 {
                <p class="dim">{ words::more_by_id(more) }</p>
            }
            if gone {
                <p class="strm-note">
                    { words::data_gone_means(group.gone_before) }
                </p>
            }
        </>
    }
}

fn table(group: &GroupView) -> Table {
    let mut table = Table::new(&words::PENDING_COLUMNS);
    for row in &group.pending {
        table.row([
            row.id.clone(),
            format::lossy(&row.consumer),
            row.delivered_at.to_string(),
            row.deliveries.to_string(),
        ]);
    }
    table
}

fn pending_row(props: &PendingProps, row: &PendingRow, key: &str, group: &str) -> Html {
    let id = format::short_id(&row.id);
    let on_command = &props.on_command;
    html! {
        <tr key={row.id.clone()} data-entry-id={row.id.clone()} data-consumer={format::lossy(&row.consumer)} data-deliveries={row.deliveries.to_string()}>
            <td>
                <FollowButton id={row.id.clone()} short=true on_follow={props.on_follow.clone()} />
                if row.gone { { " " }<span class="tag bad" title={words::DATA_GONE_BY}>{ words::DATA_GONE }</span> }
            </td>
            <td>{ tag::consumer(&row.consumer) }</td>
            <td class="num"><Since since={row.delivered_at} warn=true /></td>
            <td class="num deliveries">{ row.deliveries }</td>
            <td class="acts">
                <Typed line={format!("XACK {key} {group} {}", row.id)} text={words::ACK} more={id.clone()} on_command={on_command.clone()} />
                if !row.gone {
                    { " " }
                    { props.claims.button(&props.group, row, key, on_command) }
                }
            </td>
        </tr>
    }
}
