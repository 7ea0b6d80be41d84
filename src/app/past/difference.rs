//! What differs between two moments, as a table.

use crate::app::format;
use crate::app::table::Table;
use crate::session::message::{Bytes, Differences, KeyDifference, Kind, Millis, Part};

/// How many characters of a value are shown.
const SHOWN: usize = 60;
/// What stands where something is not there.
const ABSENT: &str = "—";

/// A table of what differs: where, and what it was and is. `start` is the session's first moment.
pub fn table(differences: &Differences, start: Millis) -> Table {
    let mut table = Table::new(&["Key", "What", "Earlier", "Later"]);
    for key in &differences.keys {
        rows(&mut table, key, start);
    }
    if differences.more > 0 {
        let text = format!("and {} more keys", format::count(differences.more as u64));
        table.row([text, String::new(), String::new(), String::new()]);
    }
    table
}

fn rows(table: &mut Table, difference: &KeyDifference, start: Millis) {
    let db = match difference.db {
        0 => String::new(),
        db => format!(" (db {db})"),
    };
    let key = format!("{}{db}", text(&difference.key));
    let mut row = |what: String, [earlier, later]: [String; 2]| {
        table.row([key.clone(), what, earlier, later]);
    };
    let [earlier, later] = difference.is;
    if earlier != later || difference.parts.is_empty() {
        row("the key".into(), difference.is.map(held));
    }
    for part in &difference.parts {
        let (what, is) = part_text(part, start);
        row(what, is);
    }
    if difference.more > 0 {
        let more = format!("and {} more", format::count(difference.more as u64));
        row(more, [String::new(), String::new()]);
    }
}

fn held(is: Option<(Kind, u64)>) -> String {
    let Some((kind, size)) = is else {
        return ABSENT.into();
    };
    let (one, name) = match kind {
        Kind::Text => ("byte", "string"),
        Kind::Lock => ("byte", "lock"),
        Kind::Hll => ("byte", "HyperLogLog"),
        Kind::Zset => ("member", "sorted set"),
        Kind::Stream => ("entry", "stream"),
        Kind::List => ("element", "list"),
        Kind::Set => ("member", "set"),
        Kind::Hash => ("field", "hash"),
    };
    let many = match (one, size) {
        (_, 1) => one.to_string(),
        ("entry", _) => "entries".into(),
        _ => format!("{one}s"),
    };
    format!("{name}, {} {many}", format::count(size))
}

fn part_text(part: &Part, start: Millis) -> (String, [String; 2]) {
    let there = |is: &[bool; 2]| is.map(|is| if is { "there" } else { ABSENT }.to_string());
    let bytes = |is: &[Option<Bytes>; 2]| is.each_ref().map(|is| or_absent(is.as_ref().map(text)));
    match part {
        Part::Text(is) => ("value".into(), is.each_ref().map(text)),
        Part::Member(name, is) => (
            format!("member {}", text(name)),
            is.map(|score| or_absent(score.map(format::score))),
        ),
        Part::Item(name, is) => (format!("member {}", text(name)), there(is)),
        Part::Field(name, is) => (format!("field {}", text(name)), bytes(is)),
        Part::Element(at, is) => (format!("element {at}"), bytes(is)),
        Part::Entry(id, is) => (format!("entry {id}"), there(is)),
        Part::Group(name, is) => (
            format!("group {}, last delivered", text(name)),
            is.each_ref().map(|id| or_absent(id.clone())),
        ),
        Part::Owner(group, id, is) => {
            (format!("{id} pending in {}, owner", text(group)), bytes(is))
        }
        Part::Holder(is) => (
            "holder of the lock".into(),
            is.map(|conn| or_absent(conn.map(format::client_letter))),
        ),
        Part::Deadline(is) => (
            "expires at".into(),
            is.map(|at| or_absent(at.map(|at| format::clock(at.saturating_sub(start))))),
        ),
    }
}

fn or_absent(text: Option<String>) -> String {
    text.unwrap_or_else(|| ABSENT.into())
}

fn text(bytes: &Bytes) -> String {
    format::shortened(&format::lossy(bytes), SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_a_row() {
        let word = |text: &str| Bytes::from_slice(text.as_bytes());
        let differences = Differences {
            keys: vec![
                KeyDifference {
                    db: 0,
                    key: word("board"),
                    is: [Some((Kind::Zset, 2)), Some((Kind::Zset, 3))],
                    parts: vec![Part::Member(word("ann"), [None, Some(7.5)])],
                    more: 4,
                },
                KeyDifference {
                    db: 1,
                    key: word("gone"),
                    is: [Some((Kind::Stream, 1)), None],
                    parts: Vec::new(),
                    more: 0,
                },
                KeyDifference {
                    db: 0,
                    key: word("lock"),
                    is: [Some((Kind::Lock, 3)); 2],
                    parts: vec![
                        Part::Holder([Some(0), Some(1)]),
                        Part::Deadline([Some(1_500), None]),
                    ],
                    more: 0,
                },
            ],
            more: 2,
        };
        let rows: Vec<String> = table(&differences, 1_000)
            .rows
            .iter()
            .map(|row| row.join(" | "))
            .collect();
        assert_eq!(
            rows,
            [
                "board | the key | sorted set, 2 members | sorted set, 3 members",
                "board | member ann | — | 7.5",
                "board | and 4 more |  | ",
                "gone (db 1) | the key | stream, 1 entry | —",
                "lock | holder of the lock | A | B",
                "lock | expires at | 00:00:00.500 | —",
                "and 2 more keys |  |  | ",
            ]
        );
    }
}
