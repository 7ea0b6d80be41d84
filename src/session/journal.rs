//! The last facts about each key, and the last messages.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::message::{Bytes, Event, Fact, Gone};

/// How many facts are kept for each key, and how many messages.
const FACTS_MAX: usize = 64;
/// How many keys facts are kept for; the key longest without one is forgotten first.
const JOURNALS_MAX: usize = 256;
/// How many expiries are kept.
const EXPIRED_MAX: usize = 500;

/// What was noted. Copies share what none of them has added to since.
#[derive(Clone, Debug, Default)]
pub struct Journals {
    of: BTreeMap<(usize, Bytes), Journal>,
    messages: Rc<VecDeque<Event>>,
    /// The last keys that expired, and how many there have been.
    expired: Rc<VecDeque<Gone>>,
    expiries: u64,
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
            if event.fact == Fact::Expired {
                let (at, db, key) = (event.at, event.db, event.key.clone());
                let expired = Rc::make_mut(&mut self.expired);
                if expired.len() == EXPIRED_MAX {
                    expired.pop_front();
                }
                expired.push_back(Gone { at, db, key });
                self.expiries += 1;
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

    /// How many keys have expired.
    pub fn expiries(&self) -> u64 {
        self.expiries
    }

    /// The keys that expired after so many others, oldest first, as far as they are kept.
    pub fn expired_since(&self, told: u64) -> Vec<Gone> {
        let new = usize::try_from(self.expiries.saturating_sub(told)).unwrap_or(usize::MAX);
        let skipped = self.expired.len().saturating_sub(new);
        self.expired.iter().skip(skipped).cloned().collect()
    }

    /// The last messages, oldest first.
    pub fn messages(&self) -> Vec<Event> {
        self.messages.iter().cloned().collect()
    }

    /// About how many bytes a copy comes to hold.
    pub fn memory_bytes(&self) -> usize {
        let facts: usize = self.of.values().map(|journal| journal.facts.len()).sum();
        self.of.len() * 96 + (facts + self.messages.len() + self.expired.len()) * size_of::<Event>()
    }
}

fn push_bounded(queue: &mut Rc<VecDeque<Event>>, event: Event) {
    let queue = Rc::make_mut(queue);
    if queue.len() == FACTS_MAX {
        queue.pop_front();
    }
    queue.push_back(event);
}
