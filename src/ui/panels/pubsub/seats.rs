//! Who listens to what: a row for each client, a column for each channel and pattern.

use yew::prelude::*;

use crate::app::matrix::{Cell, Matrix};
use crate::app::table::Table;
use crate::app::words::common;
use crate::app::words::pubsub as words;
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
        <Twin what={words::SUBSCRIPTIONS} {table}>
            <div class="ps-scroll" role="region" aria-label={words::WHO_LISTENS} tabindex="0">
                <table class="ps-matrix">
                    <caption class="vh">{ words::WHO_LISTENS_AT_LENGTH }</caption>
                    <thead><tr>
                        <th scope="col">{ words::COLUMN_CLIENT }</th>
                        for (topic, name) in &matrix.columns {
                            <th key={format!("{topic:?}{name:?}")} scope="col" title={format!("{} {}", kind(*topic), format::lossy(name))}>
                                <span class="ps-name">{ icon(mark(*topic)) }<span class="vh">{ kind(*topic) }{ " " }</span><span class="mono">{ format::lossy(name) }</span></span>
                                if *topic == Topic::Shard { <span class="ps-kind">{ words::SHARD }</span> }
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
                                            <i key={props.sent} class={classes!("ps-trip", colour::client_tag(last.and_then(|e| e.conn).unwrap_or(0)))} ~style={format!("--rows:{rows}")} aria-hidden="true" />
                                        }
                                    </td>
                                }
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
            if columns > 0 { <p class="dim">{ words::more_columns(columns) }</p> }
            if rows > 0 { <p class="dim">{ words::more_clients(rows) }</p> }
        </Twin>
    }
}

fn kind(topic: Topic) -> &'static str {
    match topic {
        Topic::Channel => words::CHANNEL,
        Topic::Pattern => words::PATTERN,
        Topic::Shard => words::SHARD_CHANNEL,
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
        Some((_, true)) => Some(words::CUT),
        Some((_, false)) => Some(words::LEFT),
        None => None,
    };
    html! {
        <span class="ps-cell">
            if cell.listens {
                <span class="ps-in"><i class={classes!("ps-dot", colour::client_tag(conn))} aria-hidden="true" /><span class="vh">{ words::LISTENS }</span>{ words::got(cell.got) }</span>
            } else if let Some(away) = away {
                <span class="ps-in dim"><i class={classes!("ps-dot", "ps-away", colour::client_tag(conn))} aria-hidden="true" />{ away }</span>
            }
            if cell.missed > 0 { <span class="tag warn">{ words::cell_missed(cell.missed) }</span> }
            if cell.sent > 0 { <span class="ps-sent">{ words::cell_sent(cell.sent) }</span> }
            if cell.lost > 0 { <span class="tag bad">{ words::cell_lost(cell.lost) }</span> }
        </span>
    }
}

fn table(matrix: &Matrix) -> Table {
    let mut table = Table::new(&words::COLUMNS);
    for (conn, cells) in &matrix.rows {
        for (cell, (topic, name)) in cells.iter().zip(&matrix.columns) {
            if *cell == Cell::default() {
                continue;
            }
            let listens = match (cell.listens, cell.away) {
                (true, _) => common::YES,
                (false, Some((_, true))) => words::CUT,
                (false, Some((_, false))) => words::LEFT,
                (false, None) => common::NO,
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
