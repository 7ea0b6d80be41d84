//! What the panel of a sorted set decides: which reading it shows the way of, which rows that reading returned, and
//! what it says of it.

pub mod map;
pub mod scores;
pub mod way;

use std::ops::Range;

use super::format;
use crate::session::message::{Area, Event, Fact, LexEnd, MemberRow, Shape, Sought, ZsetView};

/// The last command whose way through the order is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What it looked for; `None`: it looked at members one by one.
    pub sought: Option<Sought>,
    /// What it was, as a sentence goes on: "asked for the rank of ann".
    pub what: String,
    /// Comparisons that the command made.
    pub comparisons: u32,
    /// Members in the set then.
    pub of: usize,
    /// Whether the set is the same now; `None`: the command changed it itself.
    pub same: Option<bool>,
}

/// The last command of which these facts tell that looked something up in the order.
pub fn subject(facts: &[Event], version: u64) -> Option<Subject> {
    facts.iter().rev().find_map(|event| {
        let (sought, comparisons, of, then) = match &event.fact {
            Fact::RankRead {
                member,
                comparisons,
                of,
                version,
                ..
            } => (
                Some(Sought::Member(member.clone())),
                *comparisons,
                *of,
                Some(*version),
            ),
            Fact::RangeRead {
                sought,
                comparisons,
                of,
                version,
                ..
            } => (sought.clone(), *comparisons, *of, Some(*version)),
            Fact::MemberAdded {
                member,
                comparisons,
                of,
                ..
            }
            | Fact::MemberMoved {
                member,
                comparisons,
                of,
                ..
            } => (
                Some(Sought::Member(member.clone())),
                *comparisons,
                *of,
                None,
            ),
            _ => return None,
        };
        Some(Subject {
            sought,
            what: what(&event.fact)?,
            comparisons,
            of,
            same: then.map(|then| then == version),
        })
    })
}

/// What a command did, as a sentence goes on after who did it; `None` where it looked nothing up.
pub fn what(fact: &Fact) -> Option<String> {
    let member = |member: &[u8]| format::lossy(member);
    Some(match fact {
        Fact::RankRead {
            member: name, rank, ..
        } => format!(
            "asked for the rank of {}: it stands {} from the highest score",
            member(name),
            format::ordinal(*rank as u64 + 1)
        ),
        Fact::RangeRead {
            counted,
            start,
            count,
            ..
        } => {
            let verb = if *counted { "counted" } else { "read" };
            match count {
                0 => format!("{verb} a range that holds no member"),
                1 => format!("{verb} 1 member, {}", place(*start)),
                _ => format!(
                    "{verb} {} members, {} to {}",
                    format::count(*count as u64),
                    place(*start),
                    place(start + count - 1)
                ),
            }
        }
        Fact::MemberAdded { member: name, .. } => format!("added {}", member(name)),
        Fact::MemberMoved { member: name, .. } => format!("gave {} a new score", member(name)),
        _ => return None,
    })
}

fn place(rank: usize) -> String {
    format::ordinal(rank as u64 + 1)
}

/// What was looked for, in words.
pub fn sought(sought: &Sought) -> String {
    use std::ops::Bound;
    let score = |bound: &Bound<f64>| match bound {
        Bound::Included(score) => format::score(*score),
        Bound::Excluded(score) => format!("({}", format::score(*score)),
        Bound::Unbounded => "all".into(),
    };
    let end = |end: &LexEnd| match end {
        LexEnd::Lowest => "-".to_owned(),
        LexEnd::Highest => "+".to_owned(),
        LexEnd::Included(member) => format!("[{}", format::lossy(member)),
        LexEnd::Excluded(member) => format!("({}", format::lossy(member)),
    };
    match sought {
        Sought::Member(member) => format::lossy(member),
        Sought::Rank(rank) => format!(
            "{} from the lowest score",
            format::ordinal(*rank as u64 + 1)
        ),
        Sought::Scores(min, max) => format!("scores {} to {}", score(min), score(max)),
        Sought::Members(min, max) => format!("members {} to {}", end(min), end(max)),
    }
}

/// The ranks from the highest score that the last command returned, for as long as nothing has changed since.
pub fn slice(facts: &[Event], version: u64) -> Option<Range<usize>> {
    let last = facts
        .iter()
        .rev()
        .find(|event| matches!(event.fact, Fact::RangeRead { .. }))?;
    match last.fact {
        Fact::RangeRead {
            start,
            count,
            version: then,
            ..
        } if then == version && count > 0 => Some(start..start + count),
        _ => None,
    }
}

/// The last search for places.
pub fn search(facts: &[Event]) -> Option<&Event> {
    facts
        .iter()
        .rev()
        .find(|event| matches!(event.fact, Fact::PlacesSearched { .. }))
}

/// The last fact that is told of in a sentence: a change of ranks, or a reading.
pub fn last_told(facts: &[Event]) -> Option<&Event> {
    facts.iter().rev().find(|event| {
        event.fact.is_reading()
            || matches!(
                event.fact,
                Fact::MemberAdded { .. } | Fact::MemberMoved { .. } | Fact::MembersRemoved { .. }
            )
    })
}

/// Whether the row at this place of those known shares its score with a neighbour.
pub fn tied(rows: &[MemberRow], at: usize) -> bool {
    let score = |at: usize| rows.get(at).map(|row| row.score);
    let own = score(at);
    own.is_some() && (score(at + 1) == own || at > 0 && score(at - 1) == own)
}

/// Where places are searched for, in words: "within 200 km of 15° E, 37° N".
pub fn area(area: &Area) -> String {
    let centre = format!(
        "{}, {}",
        map::degrees(area.centre.longitude, 4, "E", "W"),
        map::degrees(area.centre.latitude, 4, "N", "S")
    );
    match &area.shape {
        Shape::Circle(radius) => format!("within {} of {centre}", map::metres(*radius)),
        Shape::Rect(width, height) => format!(
            "in a box {} wide and {} high around {centre}",
            map::metres(*width),
            map::metres(*height)
        ),
        Shape::Polygon(corners) => format!("in a polygon of {} corners", corners.len()),
    }
}

/// What the reference keeps a set of this encoding in, and how it looks up there.
pub fn reference(zset: &ZsetView) -> &'static str {
    if zset.encoding == "listpack" {
        "Redis keeps a set this small as a listpack, one block that it walks from end to end; from its limits on it is a skip list and a hash table."
    } else {
        "Redis keeps the order in a skip list, which also takes a number of steps that grows as log2 n; this page keeps a counted B+tree, and every reply is the same."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::Bytes;

    fn event(fact: Fact) -> Event {
        Event {
            at: 0,
            conn: Some(0),
            db: 0,
            key: Bytes::from_slice(b"k"),
            fact,
        }
    }

    fn range(start: usize, count: usize, version: u64) -> Event {
        event(Fact::RangeRead {
            sought: Some(Sought::Rank(3)),
            counted: false,
            start,
            count,
            comparisons: 0,
            of: 9,
            version,
        })
    }

    #[test]
    fn a_slice_is_lit_until_the_set_changes() {
        let facts = [range(2, 3, 7)];
        assert_eq!(slice(&facts, 7), Some(2..5));
        assert_eq!(slice(&facts, 8), None);
        assert_eq!(slice(&[range(2, 0, 7)], 7), None);
        assert_eq!(slice(&[range(0, 1, 7), range(4, 1, 7)], 7), Some(4..5));
    }

    #[test]
    fn the_last_lookup_is_what_is_shown() {
        let moved = event(Fact::MemberMoved {
            member: Bytes::from_slice(b"ann"),
            score: 5.0,
            from: 3,
            to: 1,
            comparisons: 9,
            of: 40,
        });
        let removed = event(Fact::MembersRemoved { count: 1 });
        assert_eq!(subject(std::slice::from_ref(&removed), 1), None);
        let shown = subject(&[range(0, 2, 1), moved, removed], 3).unwrap();
        assert_eq!(
            shown.sought,
            Some(Sought::Member(Bytes::from_slice(b"ann")))
        );
        assert_eq!((shown.comparisons, shown.of, shown.same), (9, 40, None));
        let shown = subject(&[range(0, 2, 1)], 3).unwrap();
        assert_eq!(shown.what, "read 2 members, 1st to 2nd");
        assert_eq!(shown.same, Some(false));
    }

    #[test]
    fn a_tie_is_between_neighbours() {
        let rows: Vec<MemberRow> = [9.0, 5.0, 5.0, 1.0]
            .into_iter()
            .map(|score| MemberRow {
                member: Bytes::from_slice(b"m"),
                score,
            })
            .collect();
        let ties: Vec<bool> = (0..5).map(|at| tied(&rows, at)).collect();
        assert_eq!(ties, [false, true, true, false, false]);
    }
}
