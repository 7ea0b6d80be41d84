//! The last facts about each key, and the last messages.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::message::{Bytes, Conn, Event, Fact, Gone};

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
            if matches!(event.fact, Fact::LockMissed { .. }) && !self.may_think_it_holds(&event) {
                continue;
            }
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
            let event = joined(&mut journal.facts, event);
            push_bounded(&mut journal.facts, event);
        }
    }

    /// Whether somebody took a lock and, for all it was told since, still has it. Anybody may read any key; only
    /// for such a client is it news not to find a lock there.
    fn may_think_it_holds(&self, event: &Event) -> bool {
        let own = |fact: &&Event| fact.conn == event.conn;
        let facts = self.of.get(&(event.db, event.key.clone()));
        let last = facts.and_then(|journal| {
            let facts = journal.facts.iter().rev().filter(own);
            facts
                .map(|event| &event.fact)
                .find(|fact| settles(fact, event.conn))
        });
        matches!(last, Some(Fact::LockTaken { .. }))
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

/// Whether a fact about a lock leaves no doubt what the client that it is of thinks of it afterwards.
fn settles(fact: &Fact, conn: Option<Conn>) -> bool {
    match fact {
        Fact::LockTaken { .. }
        | Fact::LockMissed { .. }
        | Fact::LockReleased
        | Fact::LockOverwritten
        | Fact::WrongToken { .. }
        | Fact::Deleted => true,
        Fact::LockRefused { holder, .. } => holder.is_some() && *holder != conn,
        _ => false,
    }
}

/// The same thing done again and again by one client is one fact with a count, or it would drive out what it is about:
/// a client that tries for a lock every few milliseconds, or keeps one.
fn joined(facts: &mut Rc<VecDeque<Event>>, mut event: Event) -> Event {
    let again = |fact: &Fact| matches!(fact, Fact::LockRefused { .. } | Fact::LockExtended { .. });
    if !again(&event.fact) {
        return event;
    }
    let kind = std::mem::discriminant(&event.fact);
    let same = |one: &Event| one.conn == event.conn && std::mem::discriminant(&one.fact) == kind;
    let mut back = facts.iter().rev().take_while(|one| again(&one.fact));
    let Some(ago) = back.position(same) else {
        return event;
    };
    let at = facts.len() - 1 - ago;
    let earlier = Rc::make_mut(facts).remove(at).map(|one| one.fact);
    match (earlier, &mut event.fact) {
        (
            Some(Fact::LockRefused {
                times: n,
                since: first,
                ..
            }),
            Fact::LockRefused { times, since, .. },
        ) => (*times, *since) = (n.saturating_add(1), first),
        (Some(Fact::LockExtended { times: n, .. }), Fact::LockExtended { times, .. }) => {
            *times = n.saturating_add(1);
        }
        _ => {}
    }
    event
}

fn push_bounded(queue: &mut Rc<VecDeque<Event>>, event: Event) {
    let queue = Rc::make_mut(queue);
    if queue.len() == FACTS_MAX {
        queue.pop_front();
    }
    queue.push_back(event);
}

#[cfg(test)]
mod tests;
