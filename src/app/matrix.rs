//! Who listens to what, as rows of clients and columns of channels and patterns.

use std::collections::BTreeSet;

use crate::session::message::{Bytes, Conn, Event, Fact, Millis, PubSubView, Topic};

/// How many columns there are at most.
const COLUMNS_MAX: usize = 24;
/// How many rows there are at most.
const ROWS_MAX: usize = 32;

/// What a client is to a channel or pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// It listens.
    pub listens: bool,
    /// It did: since when it does not, and whether its connection ended.
    pub away: Option<(Millis, bool)>,
    /// How many messages it got by this.
    pub got: u64,
    /// How many messages it missed.
    pub missed: u64,
    /// How many it published.
    pub sent: u64,
    /// How many of those reached nobody.
    pub lost: u64,
}

/// Who listens to what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// Those that somebody listens to first; of either kind channels, then patterns, then shard channels.
    pub columns: Vec<(Topic, Bytes)>,
    /// The clients with their cells, one for each column.
    pub rows: Vec<(Conn, Vec<Cell>)>,
    /// How many columns and rows there was no room for.
    pub left_out: (usize, usize),
}

impl Matrix {
    /// Of what is known of channels.
    pub fn of(now: &PubSubView) -> Self {
        let lists = [
            (Topic::Channel, &now.channels),
            (Topic::Pattern, &now.patterns),
            (Topic::Shard, &now.shards),
        ];
        let sender = |shard| match shard {
            true => Topic::Shard,
            false => Topic::Channel,
        };
        let (mut columns, mut clients) = (BTreeSet::new(), BTreeSet::new());
        for (topic, list) in lists {
            for (name, who) in list {
                columns.insert((topic, name.clone()));
                clients.extend(who.iter().copied());
            }
        }
        for seat in &now.seats {
            columns.insert((seat.topic, seat.name.clone()));
            clients.insert(seat.conn);
        }
        for from in &now.senders {
            columns.insert((sender(from.shard), from.channel.clone()));
            clients.insert(from.conn);
        }
        let left_out = (
            columns.len().saturating_sub(COLUMNS_MAX),
            clients.len().saturating_sub(ROWS_MAX),
        );
        // What somebody listens to stands first.
        let heard = |(topic, name): &(Topic, Bytes)| {
            let mut all = lists.iter();
            all.any(|(other, list)| other == topic && list.iter().any(|(n, _)| n == name))
        };
        let mut columns: Vec<_> = columns.into_iter().collect();
        columns.sort_by_key(|column| !heard(column));
        columns.truncate(COLUMNS_MAX);
        let cell = |conn: Conn, (topic, name): &(Topic, Bytes)| {
            let list = lists.iter().find(|(other, _)| other == topic);
            let list = list.and_then(|(_, list)| list.iter().find(|(other, _)| other == name));
            let mut cell = Cell {
                listens: list.is_some_and(|(_, who)| who.contains(&conn)),
                ..Cell::default()
            };
            let mut seats = now.seats.iter();
            if let Some(seat) =
                seats.find(|s| s.conn == conn && s.topic == *topic && s.name == *name)
            {
                (cell.away, cell.got, cell.missed) = (seat.away, seat.got, seat.missed);
            }
            let mut senders = now.senders.iter();
            if let Some(from) =
                senders.find(|s| s.conn == conn && sender(s.shard) == *topic && s.channel == *name)
            {
                (cell.sent, cell.lost) = (from.sent, from.lost);
            }
            cell
        };
        let rows = clients.into_iter().take(ROWS_MAX).map(|conn| {
            let cells = columns.iter().map(|column| cell(conn, column)).collect();
            (conn, cells)
        });
        Self {
            rows: rows.collect(),
            columns,
            left_out,
        }
    }

    /// How far the last message travels to the client in a row: how many rows from its publisher's, downwards;
    /// `None`: it did not reach that client.
    pub fn travels(&self, last: &Event, row: usize) -> Option<i64> {
        let Fact::Published { receivers, .. } = &last.fact else {
            return None;
        };
        let from = self.rows.iter().position(|(c, _)| Some(*c) == last.conn)?;
        let (conn, _) = self.rows.get(row)?;
        let reached = receivers.contains(conn);
        reached.then_some(row as i64 - from as i64)
    }

    /// How many messages each client missed, of those that did miss some.
    pub fn missed(&self) -> Vec<(Conn, u64)> {
        let rows = self.rows.iter().map(|(conn, cells)| {
            // One message may fit several names: at least as many as by the name that missed most.
            let most = cells.iter().map(|cell| cell.missed).max();
            (*conn, most.unwrap_or(0))
        });
        rows.filter(|(_, missed)| *missed > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::{SeatView, SenderView};

    fn name(text: &str) -> Bytes {
        Bytes::from_slice(text.as_bytes())
    }

    fn view() -> PubSubView {
        let seat = |conn, topic, text: &str, away, got, missed| SeatView {
            conn,
            topic,
            name: name(text),
            away,
            got,
            missed,
        };
        PubSubView {
            channels: vec![(name("news"), vec![1])],
            patterns: vec![(name("n*"), vec![2])],
            seats: vec![
                seat(1, Topic::Channel, "news", None, 2, 1),
                seat(2, Topic::Channel, "news", Some((5, false)), 1, 0),
                seat(2, Topic::Pattern, "n*", None, 3, 0),
                seat(3, Topic::Pattern, "n*", Some((7, true)), 0, 4),
            ],
            senders: vec![SenderView {
                conn: 0,
                shard: false,
                channel: name("nowhere"),
                sent: 2,
                lost: 2,
            }],
            ..PubSubView::default()
        }
    }

    #[test]
    fn clients_are_rows_and_names_are_columns() {
        let matrix = Matrix::of(&view());
        let columns: Vec<_> = matrix
            .columns
            .iter()
            .map(|(t, n)| (*t, n.as_slice()))
            .collect();
        let expected: [(Topic, &[u8]); 3] = [
            (Topic::Channel, b"news"),
            (Topic::Pattern, b"n*"),
            (Topic::Channel, b"nowhere"),
        ];
        assert_eq!(columns, expected);
        let cell = |row: usize, column: usize| &matrix.rows[row].1[column];
        assert_eq!((cell(0, 2).sent, cell(0, 2).lost), (2, 2));
        assert!(cell(1, 0).listens);
        assert_eq!((cell(1, 0).got, cell(1, 0).missed), (2, 1));
        assert_eq!(cell(2, 0).away, Some((5, false)));
        assert!(cell(2, 1).listens);
        assert_eq!(cell(3, 1).missed, 4);
        assert_eq!(matrix.missed(), [(1, 1), (3, 4)]);
    }

    #[test]
    fn a_message_travels_from_its_publisher_to_those_it_reached() {
        let matrix = Matrix::of(&view());
        let event = Event {
            at: 0,
            conn: Some(3),
            db: 0,
            key: name("news"),
            fact: Fact::Published {
                message: name("m"),
                receivers: vec![1, 2],
                shard: false,
            },
        };
        let all: Vec<_> = (0..4).map(|row| matrix.travels(&event, row)).collect();
        assert_eq!(all, [None, Some(-2), Some(-1), None]);
    }

    #[test]
    fn there_is_an_end_to_columns() {
        let mut view = view();
        view.channels = (0..40)
            .map(|i| (name(&format!("c{i:02}")), vec![1]))
            .collect();
        let matrix = Matrix::of(&view);
        assert_eq!((matrix.columns.len(), matrix.left_out.0), (24, 19));
    }
}
