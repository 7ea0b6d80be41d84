//! Who listens to what: a row for each client, a column for each channel and pattern.

use yew::prelude::*;

use crate::app::matrix::{Cell, Matrix};
use crate::app::table::Table;
use crate::app::{colour, format};
use crate::session::message::{Conn, Event, Millis, Topic};
use crate::ui::widgets::clock::use_clock;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::tag;
use crate::ui::widgets::twin::Twin;

/// For how long after it was published a message still sets out, in milliseconds of the session.
const TRAVELS: Millis = 1_500;

/// What the matrix needs.
#[derive(Properties, PartialEq)]
pub struct SeatsProps {
    /// Who listens to what.
    pub matrix: Matrix,
    /// The last message.
    pub last: Option<Event>,
    /// How many messages there have been, which tells one from the next.
    pub sent: u64,
}

/// The matrix.
#[component]
pub fn Seats(props: &SeatsProps) -> Html {
    let matrix = &props.matrix;
    let now = use_clock().now();
    // Only what was published just now is on its way.
    let last = props.last.as_ref();
    let last = last.filter(|event| now.saturating_sub(event.at) < TRAVELS);
    let table = {
        let matrix = matrix.clone();
        Callback::from(move |()| table(&matrix))
    };
    let (columns, rows) = matrix.left_out;
    html! {
        <Twin what="subscriptions" {table}>
            <div class="ps-scroll" role="region" aria-label="Who listens to what" tabindex="0">
                <table class="ps-matrix">
                    <caption class="vh">{ "Clients against channels and patterns" }</caption>
                    <thead><tr>
                        <th scope="col">{ "Client" }</th>
                        for (topic, name) in &matrix.columns {
                            <th key={format!("{topic:?}{name:?}")} scope="col" title={format!("{} {}", kind(*topic), format::lossy(name))}>
                                <span class="ps-name">{ icon(mark(*topic)) }<span class="vh">{ kind(*topic) }{ " " }</span><span class="mono">{ format::lossy(name) }</span></span>
                                if *topic == Topic::Shard { <span class="ps-kind">{ "shard" }</span> }
                            </th>
                        }
                    </tr></thead>
                    <tbody>
                        for (row, (conn, cells)) in matrix.rows.iter().enumerate() {
                            <tr key={*conn} data-client={format::client_letter(*conn)}>
                                <th scope="row">{ tag::client(Some(*conn)) }</th>
                                for (cell, (topic, name)) in cells.iter().zip(&matrix.columns) {
                                    <td key={format!("{topic:?}{name:?}")}>
                                        { shown(*conn, cell) }
                                        if let Some(rows) = last.filter(|_| cell.listens && cell.got > 0).and_then(|event| matrix.travels(event, row)) {
                                            <i key={props.sent} class={classes!("ps-trip", colour::client_tag(last.and_then(|e| e.conn).unwrap_or(0)))} style={format!("--rows:{rows}")} aria-hidden="true" />
                                        }
                                    </td>
                                }
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
            if columns > 0 { <p class="dim">{ format!("and {columns} more channels and patterns") }</p> }
            if rows > 0 { <p class="dim">{ format!("and {rows} more clients") }</p> }
        </Twin>
    }
}

fn kind(topic: Topic) -> &'static str {
    match topic {
        Topic::Channel => "channel",
        Topic::Pattern => "pattern",
        Topic::Shard => "shard channel",
    }
}

fn mark(topic: Topic) -> Icon {
    match topic {
        Topic::Pattern => Icon::Pattern,
        Topic::Channel | Topic::Shard => Icon::Channel,
    }
}

fn shown(conn: Conn, cell: &Cell) -> Html {
    let away = match cell.away {
        Some((_, true)) => Some("cut"),
        Some((_, false)) => Some("left"),
        None => None,
    };
    html! {
        <span class="ps-cell">
            if cell.listens {
                <span class="ps-in"><i class={classes!("ps-dot", colour::client_tag(conn))} aria-hidden="true" /><span class="vh">{ "listens, " }</span>{ format!("got {}", format::count(cell.got)) }</span>
            } else if let Some(away) = away {
                <span class="ps-in dim"><i class={classes!("ps-dot", "ps-away", colour::client_tag(conn))} aria-hidden="true" />{ away }</span>
            }
            if cell.missed > 0 { <span class="tag warn">{ format!("missed {}", format::count(cell.missed)) }</span> }
            if cell.sent > 0 { <span class="ps-sent">{ format!("sent {}", format::count(cell.sent)) }</span> }
            if cell.lost > 0 { <span class="tag bad">{ format!("{} lost", format::count(cell.lost)) }</span> }
        </span>
    }
}

fn table(matrix: &Matrix) -> Table {
    let mut table = Table::new(&[
        "Client", "Of", "Name", "Listens", "Got", "Missed", "Sent", "Lost",
    ]);
    for (conn, cells) in &matrix.rows {
        for (cell, (topic, name)) in cells.iter().zip(&matrix.columns) {
            if *cell == Cell::default() {
                continue;
            }
            let listens = match (cell.listens, cell.away) {
                (true, _) => "yes",
                (false, Some((_, true))) => "cut",
                (false, Some((_, false))) => "left",
                (false, None) => "no",
            };
            let counts = [cell.got, cell.missed, cell.sent, cell.lost];
            let words = [
                format::client_letter(*conn),
                kind(*topic).to_string(),
                format::lossy(name),
                listens.to_string(),
            ];
            table.row(words.into_iter().chain(counts.map(|n| n.to_string())));
        }
    }
    table
}
