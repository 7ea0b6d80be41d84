//! Deadlines in order: of keys that expire and of clients that wait.

use std::collections::BTreeMap;

use super::time::Millis;

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
    serial: u64,
}

impl<T> Default for Deadlines<T> {
    fn default() -> Self {
        Self {
            due: BTreeMap::new(),
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
        ticket
    }

    /// Cancels a deadline, and gives back what it was for.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<T> {
        self.due.remove(&ticket)
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
        self.due
            .pop_first()
            .map(|(ticket, what)| (ticket.when, what))
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
