//! A stream's log as a lane: which columns it has, where a group's cursor stands among them, and what is pending in each.

use std::collections::BTreeSet;

use super::show::id_order;
use crate::session::message::{Bytes, EntryRow, GroupView, Millis, PendingRow, StreamView};

/// How many lanes of consumers one group has.
const LANES_MAX: usize = 6;

/// One column of the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// What stood before the log's first entry is gone.
    Before,
    /// The entry at this place of those shown.
    Entry(usize),
    /// Between two entries these were deleted, as far as that is known.
    Gap(Vec<String>),
}

/// The columns for the entries shown, oldest first.
pub fn columns(view: &StreamView, shown: &[EntryRow], first: u64) -> Vec<Column> {
    let mut columns = Vec::new();
    if first == 0 && view.added > view.len {
        columns.push(Column::Before);
    }
    let pending = view.groups.iter().flat_map(|group| &group.in_view);
    let gone = pending.filter(|row| row.gone).map(|row| &row.id);
    let gone: BTreeSet<_> = gone
        .chain(&view.deleted)
        .map(|id| (id_order(id), id))
        .collect();
    let mut gone = gone.into_iter().peekable();
    for (place, entry) in shown.iter().enumerate() {
        let own = id_order(&entry.id);
        let mut gap = Vec::new();
        while let Some((_, id)) = gone.next_if(|(at, _)| *at < own) {
            gap.push(id.clone());
        }
        if place > 0 && !gap.is_empty() {
            columns.push(Column::Gap(gap));
        }
        columns.push(Column::Entry(place));
    }
    columns
}

/// How many of the columns a group's cursor has passed, where it has delivered so many of the entries shown.
pub fn passed(columns: &[Column], group: &GroupView, delivered: usize) -> usize {
    let cursor = id_order(&group.last_delivered);
    let passed = |column: &Column| match column {
        Column::Before => true,
        Column::Entry(place) => *place < delivered,
        Column::Gap(ids) => ids.iter().all(|id| id_order(id) <= cursor),
    };
    columns.iter().take_while(|column| passed(column)).count()
}

/// What one consumer has pending in one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Held<'a> {
    /// The column, from 0.
    pub column: usize,
    /// The first of it.
    pub row: &'a PendingRow,
    /// How much there is; more than 1 only where the data is gone.
    pub count: usize,
}

/// One consumer's lane.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerLane<'a> {
    /// The consumer.
    pub name: &'a Bytes,
    /// All that is pending for it.
    pub pending: usize,
    /// When it last asked.
    pub seen_at: Millis,
    /// What of that is in view.
    pub held: Vec<Held<'a>>,
}

/// The lanes of a group's consumers: those with entries in view first, then those with the most pending; and how
/// many consumers have none.
pub fn lanes<'a>(
    group: &'a GroupView,
    columns: &[Column],
    shown: &[EntryRow],
) -> (Vec<ConsumerLane<'a>>, usize) {
    let column_of = |row: &PendingRow| {
        columns.iter().position(|column| match column {
            Column::Before => {
                row.gone
                    && shown
                        .first()
                        .is_none_or(|e| id_order(&row.id) < id_order(&e.id))
            }
            Column::Entry(place) => shown.get(*place).is_some_and(|e| e.id == row.id),
            Column::Gap(ids) => ids.contains(&row.id),
        })
    };
    let before = group
        .pending
        .iter()
        .filter(|row| row.gone && group.in_view.iter().all(|other| other.id != row.id));
    let rows: Vec<_> = before
        .chain(&group.in_view)
        .filter_map(|row| Some((column_of(row)?, row)))
        .collect();
    let mut lanes: Vec<_> = group
        .consumers
        .iter()
        .map(|consumer| {
            let mut held: Vec<Held> = Vec::new();
            for &(column, row) in rows.iter().filter(|(_, r)| r.consumer == consumer.name) {
                match held.iter_mut().find(|held| held.column == column) {
                    Some(held) => held.count += 1,
                    None => held.push(Held {
                        column,
                        row,
                        count: 1,
                    }),
                }
            }
            ConsumerLane {
                name: &consumer.name,
                pending: consumer.pending,
                seen_at: consumer.seen_at,
                held,
            }
        })
        .collect();
    if lanes.len() > LANES_MAX {
        lanes.sort_by_key(|lane| (lane.held.is_empty(), std::cmp::Reverse(lane.pending)));
        lanes.truncate(LANES_MAX);
        lanes.sort_by_key(|lane| lane.name);
    }
    let more = group.consumers_len - lanes.len();
    (lanes, more)
}

/// A time in as few characters as a lane's cell has room for: `0s`, `41s`, `9m`, `6h`, `3d`.
pub fn short_time(ms: Millis) -> String {
    match ms / 1000 {
        s @ ..60 => format!("{s}s"),
        s @ 60..3_600 => format!("{}m", s / 60),
        s @ 3_600..86_400 => format!("{}h", s / 3_600),
        s => format!("{}d", s / 86_400),
    }
}

/// Who could take over from a consumer: another of the group, or one named for it.
pub fn other_consumer(group: &GroupView, than: &[u8]) -> Bytes {
    let mut others = group.consumers.iter();
    let other = others.find(|consumer| consumer.name.as_slice() != than);
    other.map_or_else(
        || Bytes::from_slice(b"rescuer"),
        |consumer| consumer.name.clone(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::ConsumerRow;

    fn entry(id: &str) -> EntryRow {
        EntryRow {
            id: id.into(),
            fields: Vec::new(),
        }
    }

    fn row(id: &str, consumer: &str, gone: bool) -> PendingRow {
        PendingRow {
            id: id.into(),
            consumer: Bytes::from_slice(consumer.as_bytes()),
            delivered_at: 0,
            deliveries: 1,
            gone,
        }
    }

    fn consumer(name: &str, pending: usize) -> ConsumerRow {
        ConsumerRow {
            name: Bytes::from_slice(name.as_bytes()),
            pending,
            seen_at: 0,
        }
    }

    /// 1-0 and 2-0 were trimmed and 4-0 deleted, all pending; 3-0 and 6-0 are pending too.
    fn view() -> StreamView {
        StreamView {
            len: 4,
            added: 7,
            last_id: "7-0".into(),
            first_id: "3-0".into(),
            start: 0,
            entries: ["3-0", "5-0", "6-0", "7-0"].map(entry).into(),
            deleted: Vec::new(),
            trim: None,
            groups: vec![GroupView {
                name: Bytes::from_slice(b"g"),
                last_delivered: "6-0".into(),
                delivered_in_view: 3,
                lag: Some(1),
                pending_len: 5,
                pending: vec![
                    row("1-0", "a", true),
                    row("2-0", "a", true),
                    row("3-0", "a", false),
                    row("4-0", "b", true),
                    row("6-0", "b", false),
                ],
                in_view: vec![
                    row("3-0", "a", false),
                    row("4-0", "b", true),
                    row("6-0", "b", false),
                ],
                gone_before: 2,
                consumers: vec![consumer("a", 3), consumer("b", 2)],
                consumers_len: 2,
            }],
            life: None,
        }
    }

    #[test]
    fn dashes_stand_where_entries_are_gone() {
        let view = view();
        let columns = columns(&view, &view.entries, 0);
        let expected = [
            Column::Before,
            Column::Entry(0),
            Column::Gap(vec!["4-0".into()]),
            Column::Entry(1),
            Column::Entry(2),
            Column::Entry(3),
        ];
        assert_eq!(columns, expected);
        assert_eq!(passed(&columns, &view.groups[0], 3), 5);
        // Further back in the log, what stands before is not gone.
        let later = super::columns(&view, &view.entries[1..], 1);
        assert_eq!(later, [0, 1, 2].map(Column::Entry));
    }

    #[test]
    fn each_consumer_has_its_pending_entries_under_the_log() {
        let view = view();
        let columns = columns(&view, &view.entries, 0);
        let (lanes, more) = lanes(&view.groups[0], &columns, &view.entries);
        let held = |at: usize| -> Vec<_> {
            let held = lanes[at].held.iter();
            held.map(|h| (h.column, h.row.id.as_str(), h.count))
                .collect()
        };
        assert_eq!(held(0), [(0, "1-0", 2), (1, "3-0", 1)]);
        assert_eq!(held(1), [(2, "4-0", 1), (4, "6-0", 1)]);
        assert_eq!(more, 0);
    }

    #[test]
    fn of_many_consumers_those_in_view_have_a_lane() {
        let mut view = view();
        let group = &mut view.groups[0];
        group.consumers = (0..20).map(|i| consumer(&format!("w{i:02}"), i)).collect();
        group.consumers_len = 70;
        group.in_view = vec![row("3-0", "w01", false)];
        let columns = columns(&view, &view.entries, 0);
        let (lanes, more) = lanes(&view.groups[0], &columns, &view.entries);
        let names: Vec<_> = lanes.iter().map(|l| l.name.as_slice()).collect();
        assert_eq!(names, [&b"w01"[..], b"w15", b"w16", b"w17", b"w18", b"w19"]);
        assert_eq!(more, 64);
    }

    #[test]
    fn times_are_short_and_never_rounded_up() {
        let of = |ms| short_time(ms);
        assert_eq!([of(999), of(41_900), of(3_599_999)], ["0s", "41s", "59m"]);
        assert_eq!([of(86_399_999), of(260_000_000)], ["23h", "3d"]);
    }

    #[test]
    fn another_takes_over_or_one_named_for_it() {
        let mut view = view();
        assert_eq!(other_consumer(&view.groups[0], b"a").as_slice(), b"b");
        view.groups[0].consumers.truncate(1);
        assert_eq!(other_consumer(&view.groups[0], b"a").as_slice(), b"rescuer");
    }
}
