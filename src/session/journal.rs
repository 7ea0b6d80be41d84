//! The last facts about each key, and the last messages.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use hashlink::LinkedHashMap;
use rustc_hash::FxBuildHasher;

use super::audience::Audience;
use super::message::{Begins, Bytes, Conn, Event, ExpiredKey, Fact, StreamView, TrimView};
use crate::ds::stream::StreamId;
use crate::engine::story;

/// How many facts about each key are told, and how many messages.
const FACTS_MAX: usize = 64;
/// How many facts are kept for a stream, so that the lives of its entries can be told.
const STORY_MAX: usize = 512;
/// How many facts are kept in all; beyond, a stream longest without one keeps no more than others do.
const KEPT_MAX: usize = 16_384;
/// How many keys facts are kept for; the key longest without one is forgotten first.
const JOURNALS_MAX: usize = 256;
/// How many expiries are kept.
const EXPIRED_MAX: usize = 500;
/// How many of a fact's entries are told with it.
const TOLD_IDS: usize = 4;
/// How many streams are named that may hold what messages did.
const STREAMS_MAX: usize = 8;
/// How many deleted entries are told of one stream.
const DELETED_MAX: usize = 64;

/// What was noted. Copies share what none of them has added to since.
#[derive(Clone, Debug, Default)]
pub struct Journals {
    /// By database and key; the one longest without a fact is the first.
    of: LinkedHashMap<(usize, Bytes), Journal, FxBuildHasher>,
    messages: Rc<VecDeque<Event>>,
    /// The last keys that expired, and how many there have been.
    expired: Rc<VecDeque<ExpiredKey>>,
    expiries: u64,
    /// Who listens, and who did.
    pub audience: Audience,
    /// How many facts there have been.
    facts: u64,
    /// How many are kept about keys.
    kept: usize,
}

/// The last facts about one key.
#[derive(Clone, Debug, Default)]
struct Journal {
    /// The number of the last one.
    last: u64,
    facts: Rc<VecDeque<Event>>,
    /// Whether it is a stream's.
    stream: bool,
}

impl Journals {
    /// Notes what has happened.
    pub fn note(&mut self, events: Vec<Event>) {
        for event in events {
            self.facts += 1;
            if self.audience.note(&event) {
                if matches!(event.fact, Fact::Published { .. }) {
                    push_bounded(&mut self.messages, event, FACTS_MAX);
                }
                continue;
            }
            if event.fact == Fact::Expired {
                let (at, db, key) = (event.at, event.db, event.key.clone());
                let expired = Rc::make_mut(&mut self.expired);
                if expired.len() == EXPIRED_MAX {
                    expired.pop_front();
                }
                expired.push_back(ExpiredKey { at, db, key });
                self.expiries += 1;
            }
            let place = (event.db, event.key.clone());
            if matches!(event.fact, Fact::LockMissed { .. }) && !self.may_think_it_holds(&event) {
                continue;
            }
            let known = self.of.to_back(&place).is_some();
            if !known
                && self.of.len() >= JOURNALS_MAX
                && let Some((_, gone)) = self.of.pop_front()
            {
                self.kept -= gone.facts.len();
            }
            let journal = self.of.entry(place).or_insert_with(Journal::default);
            journal.last = self.facts;
            let before = journal.facts.len();
            if event.fact.is_reading() {
                // Readings are many, and would push out what changed.
                let kind = std::mem::discriminant(&event.fact);
                Rc::make_mut(&mut journal.facts)
                    .retain(|old| std::mem::discriminant(&old.fact) != kind);
            }
            let event = joined(&mut journal.facts, event);
            journal.stream |= of_stream(&event.fact);
            let most = if journal.stream { STORY_MAX } else { FACTS_MAX };
            push_bounded(&mut journal.facts, event, most);
            self.kept = self.kept + journal.facts.len() - before;
            if self.kept > KEPT_MAX {
                self.shorten();
            }
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

    /// The stream longest without a fact keeps only as many as any key.
    fn shorten(&mut self) {
        let mut journals = self.of.values_mut();
        if let Some(journal) = journals.find(|journal| journal.facts.len() > FACTS_MAX) {
            let over = journal.facts.len() - FACTS_MAX;
            Rc::make_mut(&mut journal.facts).drain(..over);
            self.kept -= over;
        }
    }

    /// The last facts about a key, oldest first; each with its first entries only.
    pub fn facts(&self, db: usize, key: &Bytes) -> Vec<Event> {
        let Some(journal) = self.of.get(&(db, key.clone())) else {
            return Vec::new();
        };
        let over = journal.facts.len().saturating_sub(FACTS_MAX);
        let told = journal.facts.iter().skip(over).map(|event| {
            let mut event = event.clone();
            if let Some(ids) = event.fact.ids_mut() {
                ids.listed.truncate(TOLD_IDS);
            }
            if let Fact::Claimed { from, .. } = &mut event.fact {
                from.truncate(TOLD_IDS);
            }
            event
        });
        told.collect()
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
    pub fn expired_since(&self, told: u64) -> Vec<ExpiredKey> {
        let new = usize::try_from(self.expiries.saturating_sub(told)).unwrap_or(usize::MAX);
        let skipped = self.expired.len().saturating_sub(new);
        self.expired.iter().skip(skipped).cloned().collect()
    }

    /// Adds to a window on a stream what its bytes do not hold: deleted entries between those in view, the last trim,
    /// and the life of the entry that is followed.
    pub fn tell(&self, db: usize, key: &Bytes, view: &mut StreamView) {
        let Some(journal) = self.of.get(&(db, key.clone())) else {
            return;
        };
        // What came before the stream was last made anew is not its own.
        let anew = journal
            .facts
            .iter()
            .rposition(|event| matches!(event.fact, Fact::Deleted | Fact::Expired | Fact::Evicted));
        let own = || journal.facts.iter().skip(anew.map_or(0, |at| at + 1));
        let id = |text: &str| StreamId::parse(text.as_bytes(), 0);
        let ends = view.entries.first().zip(view.entries.last());
        let ends = ends.and_then(|(first, last)| id(&first.id).zip(id(&last.id)));
        let here: BTreeSet<_> = view.entries.iter().filter_map(|e| id(&e.id)).collect();
        let mut deleted = BTreeSet::new();
        for event in own() {
            let Fact::EntriesRemoved { ids, before, count } = &event.fact else {
                continue;
            };
            if let Some((first, last)) = ends {
                let between = ids.listed.iter();
                deleted
                    .extend(between.filter(|id| first < **id && **id < last && !here.contains(id)));
            }
            if let Some(before) = before {
                view.trim = Some(TrimView {
                    at: event.at,
                    count: *count,
                    before: before.to_string(),
                });
            }
        }
        let deleted = deleted.iter().take(DELETED_MAX);
        view.deleted = deleted.map(StreamId::to_string).collect();
        if let Some(life) = &mut view.life
            && let Some(id) = id(&life.id)
        {
            let story = story::tell(journal.facts.iter(), id);
            life.steps = story.steps;
            life.unclear = story.unclear;
            life.begins = story.begins;
            // Of a stream that came whole (by RESTORE, say) nothing is known but what came since.
            if life.steps.is_empty() && life.begins == Begins::Whole {
                life.begins = Begins::Unknown;
            }
        }
    }

    /// The streams that were added to last, the last one first.
    pub fn streams(&self) -> impl Iterator<Item = &(usize, Bytes)> {
        let streams = self.of.iter().rev().filter(|(_, journal)| journal.stream);
        streams.map(|(place, _)| place).take(STREAMS_MAX)
    }

    /// The last messages, oldest first.
    pub fn messages(&self) -> Vec<Event> {
        self.messages.iter().cloned().collect()
    }

    /// About how many bytes a copy comes to hold.
    pub fn memory_bytes(&self) -> usize {
        let ids = self.of.values().filter(|journal| journal.stream);
        let ids: usize = ids.map(|journal| journal.facts.len() * 96).sum();
        let facts = (self.kept + self.messages.len() + self.expired.len()) * size_of::<Event>();
        self.of.len() * 96 + facts + ids + self.audience.memory_bytes()
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

fn of_stream(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::EntryAdded { .. }
            | Fact::EntriesRemoved { .. }
            | Fact::Delivered { .. }
            | Fact::Acknowledged { .. }
            | Fact::Claimed { .. }
            | Fact::PendingGone { .. }
            | Fact::ConsumerDeleted { .. }
            | Fact::GroupDestroyed { .. }
    )
}

fn push_bounded(queue: &mut Rc<VecDeque<Event>>, event: Event, most: usize) {
    let queue = Rc::make_mut(queue);
    while queue.len() >= most {
        queue.pop_front();
    }
    queue.push_back(event);
}

#[cfg(test)]
mod tests;
