//! The last facts about each key, and the last messages.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::message::{Bytes, Event, Fact};

/// How many facts are kept for each key, and how many messages.
const FACTS_MAX: usize = 64;
/// How many keys facts are kept for; the key longest without one is forgotten first.
const JOURNALS_MAX: usize = 256;

/// What was noted. Copies share what none of them has added to since.
#[derive(Clone, Debug, Default)]
pub struct Journals {
    of: BTreeMap<(usize, Bytes), Journal>,
    messages: Rc<VecDeque<Event>>,
    /// How many facts there have been.
    facts: u64,
}

/// The last facts about one key.
#[derive(Clone, Debug, Default)]
struct Journal {
    /// The number of the last one.
    last: u64,
    facts: Rc<VecDeque<Event>>,
}

impl Journals {
    /// Notes what has happened.
    pub fn note(&mut self, events: Vec<Event>) {
        for event in events {
            self.facts += 1;
            if matches!(event.fact, Fact::Published { .. }) {
                push_bounded(&mut self.messages, event);
                continue;
            }
            let place = (event.db, event.key.clone());
            if self.of.len() >= JOURNALS_MAX && !self.of.contains_key(&place) {
                let all = self.of.iter();
                let oldest = all.min_by_key(|(_, journal)| journal.last);
                let oldest = oldest.map(|(place, _)| place.clone());
                oldest.map(|place| self.of.remove(&place));
            }
            let journal = self.of.entry(place).or_default();
            journal.last = self.facts;
            if event.fact.is_reading() {
                // Readings are many, and would push out what changed.
                let kind = std::mem::discriminant(&event.fact);
                Rc::make_mut(&mut journal.facts)
                    .retain(|old| std::mem::discriminant(&old.fact) != kind);
            }
            push_bounded(&mut journal.facts, event);
        }
    }

    /// The last facts about a key, oldest first.
    pub fn facts(&self, db: usize, key: &Bytes) -> Vec<Event> {
        let found = self.of.get(&(db, key.clone()));
        found.map_or_else(Vec::new, |journal| journal.facts.iter().cloned().collect())
    }

    /// A number that grows with each fact about a key.
    pub fn stamp(&self, db: usize, key: &Bytes) -> u64 {
        self.of
            .get(&(db, key.clone()))
            .map_or(0, |journal| journal.last)
    }

    /// The last messages, oldest first.
    pub fn messages(&self) -> Vec<Event> {
        self.messages.iter().cloned().collect()
    }

    /// About how many bytes a copy comes to hold.
    pub fn memory_bytes(&self) -> usize {
        let facts: usize = self.of.values().map(|journal| journal.facts.len()).sum();
        self.of.len() * 96 + (facts + self.messages.len()) * size_of::<Event>()
    }
}

fn push_bounded(queue: &mut Rc<VecDeque<Event>>, event: Event) {
    let queue = Rc::make_mut(queue);
    if queue.len() == FACTS_MAX {
        queue.pop_front();
    }
    queue.push_back(event);
}
