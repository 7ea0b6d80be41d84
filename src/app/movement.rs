//! How the members of a leaderboard moved with the last change to it.
//!
//! The facts say exactly how each change shifted the ranks around it, so the movement of any row in view is found by
//! walking the last change backwards. Only a removal does not say where; then ranks seen before are compared.

use std::collections::BTreeMap;

use crate::session::message::{Bytes, Conn, Event, Fact, Millis, ValueView, View};

/// As many facts as the server half keeps of one key: a change as long as that may have begun earlier.
const FACTS_MAX: usize = 64;

/// How one member moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// So many places up, towards the highest score.
    Up(usize),
    /// So many places down.
    Down(usize),
    /// It was not there before.
    New,
}

/// The member that the last change was about, and whose change it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// The member.
    pub member: Bytes,
    /// The client; `None` where time did it.
    pub conn: Option<Conn>,
    /// Its rank afterwards, from 0 at the highest score.
    pub rank: usize,
}

/// How members moved with the last change. A fold over the views of one key: [`Movement::see`] each in turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Movement {
    mover: Option<Mover>,
    /// The last change, and how many facts it had.
    last: Option<(Event, usize)>,
    /// Ranks of the rows last seen, and of those seen before the last change.
    known: BTreeMap<Bytes, usize>,
    before: BTreeMap<Bytes, usize>,
    moves: BTreeMap<Bytes, Move>,
}

impl Movement {
    /// How a member in view moved; `None`: it stayed, or that is not known.
    pub fn of(&self, member: &[u8]) -> Option<Move> {
        self.moves.get(member).copied()
    }

    /// The member last moved or added.
    pub fn mover(&self) -> Option<&Mover> {
        self.mover.as_ref()
    }

    /// Takes in the next view of the key.
    pub fn see(&mut self, view: &View) {
        let View::Key { value, facts, .. } = view else {
            return;
        };
        let ValueView::Zset(zset) = value else {
            // A set that comes again later has no past.
            *self = Self::default();
            return;
        };
        let ranks: BTreeMap<Bytes, usize> = zset
            .rows
            .iter()
            .enumerate()
            .map(|(i, row)| (row.member.clone(), zset.start + i))
            .collect();
        let change = last_change(facts);
        let last = change.last().map(|event| (event.clone(), change.len()));
        if last != self.last {
            self.before = std::mem::take(&mut self.known);
            self.last = last;
            self.mover = change.last().and_then(mover);
        }
        let whole = change.len() < FACTS_MAX;
        self.moves = ranks
            .iter()
            .filter_map(|(member, &rank)| {
                let before = match rank_before(change, rank) {
                    Before::At(before) if whole => before,
                    Before::Absent => return Some((member.clone(), Move::New)),
                    _ => *self.before.get(member)?,
                };
                match before.cmp(&rank) {
                    std::cmp::Ordering::Greater => Some((member.clone(), Move::Up(before - rank))),
                    std::cmp::Ordering::Less => Some((member.clone(), Move::Down(rank - before))),
                    std::cmp::Ordering::Equal => None,
                }
            })
            .collect();
        if self.moves.len() == zset.len && self.moves.values().all(|&m| m == Move::New) {
            // A whole set that is new says nothing about anybody.
            self.moves.clear();
        }
        self.known = ranks;
    }
}

/// The facts that changed ranks last: those of one client at one moment, which is one command.
pub fn last_change(facts: &[Event]) -> &[Event] {
    let Some(end) = facts.iter().rposition(|event| moves_ranks(&event.fact)) else {
        return &[];
    };
    let whole = facts.get(..=end).unwrap_or_default();
    let same = |event: &Event, with: (Millis, Option<Conn>)| {
        (event.at, event.conn) == with && moves_ranks(&event.fact)
    };
    let Some(with) = whole.last().map(|event| (event.at, event.conn)) else {
        return &[];
    };
    let start = whole
        .iter()
        .rposition(|event| !same(event, with))
        .map_or(0, |i| i + 1);
    whole.get(start..).unwrap_or_default()
}

fn moves_ranks(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::MemberAdded { .. } | Fact::MemberMoved { .. } | Fact::MembersRemoved { .. }
    )
}

fn mover(event: &Event) -> Option<Mover> {
    let (member, rank) = match &event.fact {
        Fact::MemberMoved { member, to, .. } => (member, *to),
        Fact::MemberAdded { member, rank, .. } => (member, *rank),
        _ => return None,
    };
    Some(Mover {
        member: member.clone(),
        conn: event.conn,
        rank,
    })
}

enum Before {
    /// It had this rank.
    At(usize),
    /// It was not there.
    Absent,
    /// The facts do not say.
    Unknown,
}

/// The rank that whoever has `rank` now had before the change.
fn rank_before(change: &[Event], rank: usize) -> Before {
    let mut at = rank;
    for event in change.iter().rev() {
        match event.fact {
            Fact::MemberMoved { to, from, .. } if at == to => at = from,
            Fact::MemberMoved { to, from, .. } if to < at && at <= from => at -= 1,
            Fact::MemberMoved { to, from, .. } if from <= at && at < to => at += 1,
            Fact::MemberAdded { rank, .. } if at == rank => return Before::Absent,
            Fact::MemberAdded { rank, .. } if at > rank => at -= 1,
            Fact::MembersRemoved { .. } => return Before::Unknown,
            _ => {}
        }
    }
    Before::At(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::{MemberRow, ZsetView};

    fn bytes(text: &str) -> Bytes {
        Bytes::from_slice(text.as_bytes())
    }

    fn event(at: Millis, fact: Fact) -> Event {
        Event {
            at,
            conn: Some(0),
            db: 0,
            key: bytes("board"),
            fact,
        }
    }

    fn moved(member: &str, from: usize, to: usize) -> Fact {
        Fact::MemberMoved {
            member: bytes(member),
            score: 0.0,
            from,
            to,
            comparisons: 1,
            of: 9,
        }
    }

    fn added(member: &str, rank: usize) -> Fact {
        Fact::MemberAdded {
            member: bytes(member),
            score: 0.0,
            rank,
            comparisons: 1,
            of: 9,
        }
    }

    fn view(start: usize, members: &str, facts: &[Event]) -> View {
        let rows = members
            .split_whitespace()
            .map(|m| MemberRow {
                member: bytes(m),
                score: 0.0,
            })
            .collect();
        let zset = ZsetView {
            len: 9,
            start,
            rows,
            ..ZsetView::default()
        };
        View::Key {
            deadline: None,
            value: ValueView::Zset(zset),
            facts: facts.to_vec(),
        }
    }

    fn moves(movement: &Movement, members: &str) -> Vec<Option<Move>> {
        members
            .split_whitespace()
            .map(|m| movement.of(m.as_bytes()))
            .collect()
    }

    #[test]
    fn one_move_shifts_those_it_passed() {
        let mut movement = Movement::default();
        movement.see(&view(0, "a b e c d f", &[event(1, moved("e", 4, 2))]));
        assert_eq!(
            moves(&movement, "a b e c d f"),
            [
                None,
                None,
                Some(Move::Up(2)),
                Some(Move::Down(1)),
                Some(Move::Down(1)),
                None
            ]
        );
        assert_eq!(
            movement.mover(),
            Some(&Mover {
                member: bytes("e"),
                conn: Some(0),
                rank: 2
            })
        );
        movement.see(&view(
            0,
            "b e c a d f",
            &[event(1, moved("e", 4, 2)), event(2, moved("a", 0, 3))],
        ));
        assert_eq!(
            moves(&movement, "b e c a d f"),
            [
                Some(Move::Up(1)),
                Some(Move::Up(1)),
                Some(Move::Up(1)),
                Some(Move::Down(3)),
                None,
                None
            ]
        );
    }

    #[test]
    fn one_command_with_several_members_is_one_change() {
        let mut movement = Movement::default();
        let facts = [
            event(1, added("x", 0)),
            event(2, added("n", 1)),
            event(2, moved("d", 4, 0)),
        ];
        movement.see(&view(0, "d x n b c", &facts));
        assert_eq!(
            moves(&movement, "d x n b c"),
            [
                Some(Move::Up(3)),
                Some(Move::Down(1)),
                Some(Move::New),
                Some(Move::Down(2)),
                Some(Move::Down(2))
            ]
        );
    }

    #[test]
    fn after_a_removal_ranks_seen_before_are_compared() {
        let mut movement = Movement::default();
        movement.see(&view(0, "a b c", &[]));
        movement.see(&view(
            0,
            "a c x",
            &[event(5, Fact::MembersRemoved { count: 1 })],
        ));
        assert_eq!(moves(&movement, "a c x"), [None, Some(Move::Up(1)), None]);
        assert_eq!(movement.mover(), None);
    }

    #[test]
    fn scrolling_keeps_the_last_change() {
        let mut movement = Movement::default();
        let facts = [event(1, moved("e", 4, 2))];
        movement.see(&view(0, "a b", &facts));
        movement.see(&view(2, "e c d f", &facts));
        assert_eq!(
            moves(&movement, "e c d f"),
            [
                Some(Move::Up(2)),
                Some(Move::Down(1)),
                Some(Move::Down(1)),
                None
            ]
        );
    }

    #[test]
    fn a_change_too_long_to_be_whole_is_not_guessed() {
        let mut movement = Movement::default();
        let facts: Vec<Event> = (0..FACTS_MAX).map(|_| event(1, added("z", 0))).collect();
        movement.see(&view(70, "p q", &facts));
        assert_eq!(moves(&movement, "p q"), [None, None]);
    }

    #[test]
    fn a_key_that_goes_forgets_its_past() {
        let mut movement = Movement::default();
        movement.see(&view(0, "a b", &[event(1, moved("a", 1, 0))]));
        movement.see(&View::Key {
            deadline: None,
            value: ValueView::Missing,
            facts: Vec::new(),
        });
        assert_eq!(movement, Movement::default());
    }
}
