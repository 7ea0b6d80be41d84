//! Deadlines in order: of keys that expire and of clients that wait.

use std::collections::BTreeMap;

use super::time::Millis;

/// A moment that does not come: no deadline is as late.
pub const NEVER: Millis = Millis::MAX;

/// Names one deadline, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    /// When it is due.
    pub when: Millis,
    serial: u64,
}

/// Things that fall due, by time and then in the order they were set. Each operation is O(log n).
#[derive(Clone, Debug)]
pub struct Deadlines<T> {
    due: BTreeMap<Ticket, T>,
    /// The earliest, which each command asks for in every database; [`NEVER`] where there is none.
    first: Millis,
    serial: u64,
}

impl<T> Default for Deadlines<T> {
    fn default() -> Self {
        Self {
            due: BTreeMap::new(),
            first: NEVER,
            serial: 0,
        }
    }
}

impl<T> Deadlines<T> {
    /// Sets a deadline.
    pub fn set(&mut self, when: Millis, what: T) -> Ticket {
        self.serial += 1;
        let ticket = Ticket {
            when,
            serial: self.serial,
        };
        self.due.insert(ticket, what);
        self.first = self.first.min(when);
        ticket
    }

    /// Cancels a deadline, and gives back what it was for.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<T> {
        let what = self.due.remove(&ticket)?;
        if self.first == ticket.when {
            self.find_first();
        }
        Some(what)
    }

    fn find_first(&mut self) {
        let first = self.due.first_key_value();
        self.first = first.map_or(NEVER, |(ticket, _)| ticket.when);
    }

    /// The moment of the earliest deadline. O(1).
    pub fn when(&self) -> Option<Millis> {
        (self.first != NEVER).then_some(self.first)
    }

    /// The same, or [`NEVER`].
    #[inline]
    pub fn when_or_never(&self) -> Millis {
        self.first
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Millis, &T)> {
        self.due
            .first_key_value()
            .map(|(ticket, what)| (ticket.when, what))
    }

    /// All deadlines, the earliest first.
    pub fn iter(&self) -> impl Iterator<Item = (Millis, &T)> {
        self.due.iter().map(|(ticket, what)| (ticket.when, what))
    }

    /// Takes the earliest deadline.
    pub fn pop(&mut self) -> Option<(Millis, T)> {
        let (ticket, what) = self.due.pop_first()?;
        self.find_first();
        Some((ticket.when, what))
    }

    /// How many deadlines are set.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether no deadline is set.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}
