//! What is said by itself to a reader who cannot see the inspectors: ranks, pending entries and locks that changed.

use std::collections::{BTreeMap, VecDeque};

use super::format;
use crate::session::message::{Bytes, Conn, Delivery, Event, Fact, Millis, Panel, View};

/// How long one sentence is left alone before the next, in milliseconds of the browser's clock.
const PACE: f64 = 2_000.0;
/// How many sentences are said at once; of more, only how many they were.
const AT_ONCE: usize = 3;
/// How old a fact may be that an inspector which has just opened tells of, in milliseconds.
const FRESH: Millis = 1_000;

/// Says one thing after the other, and not too much of it.
#[derive(Debug, Default)]
pub struct Announcer {
    seen: BTreeMap<Panel, Event>,
    waiting: VecDeque<String>,
    left_out: usize,
    said: String,
    said_at: Option<f64>,
}

impl Announcer {
    /// What is said now.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Something else is to be said, once.
    pub fn also(&mut self, text: &str) {
        self.waiting.push_back(text.into());
    }

    /// Takes in what an inspector was told; `name` names a client.
    pub fn see(&mut self, panel: Panel, view: &View, now: Millis, name: &dyn Fn(Conn) -> String) {
        let View::Key { facts, .. } = view else {
            return;
        };
        // A fact may have made way for a later one of its kind.
        let old = match self.seen.get(&panel) {
            Some(seen) => facts
                .iter()
                .rposition(|event| event == seen)
                .or_else(|| facts.iter().rposition(|event| event.at <= seen.at)),
            None => facts.iter().rposition(|event| event.at + FRESH < now),
        };
        let news = facts.get(old.map_or(0, |at| at + 1)..).unwrap_or_default();
        let was_lock = |event: &Event| {
            facts
                .iter()
                .any(|other| other.at <= event.at && matches!(other.fact, Fact::LockTaken { .. }))
        };
        for event in news {
            if let Some(text) = sentence(event, was_lock(event), name) {
                self.waiting.push_back(text);
                if self.waiting.len() > AT_ONCE {
                    self.waiting.pop_front();
                    self.left_out += 1;
                }
            }
        }
        if let Some(last) = facts.last() {
            self.seen.insert(panel, last.clone());
        }
    }

    /// An inspector is closed.
    pub fn closed(&mut self, panel: Panel) {
        self.seen.remove(&panel);
    }

    /// The session stands at another moment: what is seen now did not just happen.
    pub fn forget(&mut self) {
        self.seen.clear();
        self.waiting.clear();
        self.left_out = 0;
    }

    /// Says what waits, once the last was left alone for long enough. Returns whether it said something.
    pub fn speak(&mut self, wall: f64) -> bool {
        if self.waiting.is_empty() || self.said_at.is_some_and(|at| wall - at < PACE) {
            return false;
        }
        self.said_at = Some(wall);
        let mut said: Vec<String> = self.waiting.drain(..).collect();
        match std::mem::take(&mut self.left_out) {
            0 => {}
            1 => said.insert(0, "1 change before:".into()),
            n => said.insert(0, format!("{} changes before:", format::count(n as u64))),
        }
        let said = said.join(" ");
        // A region whose text stays the same is not read again.
        self.said = if said == self.said {
            format!("{said}\u{a0}")
        } else {
            said
        };
        true
    }
}

/// A fact in a sentence, where it is one that a reader should hear of. `lock`: the key was taken as a lock.
fn sentence(event: &Event, lock: bool, name: &dyn Fn(Conn) -> String) -> Option<String> {
    let key = format::lossy(&event.key);
    let who = |conn: Option<Conn>| conn.map_or_else(|| "somebody".into(), name);
    let doer = || capital(who(event.conn));
    let of = |count: usize| match count {
        1 => format!("1 entry of {key}"),
        n => format!("{} entries of {key}", format::count(n as u64)),
    };
    let place = |rank: usize| format::ordinal(rank as u64 + 1);
    let text = |bytes: &Bytes| format::lossy(bytes);
    Some(match &event.fact {
        Fact::MemberAdded { member, rank, .. } => {
            format!(
                "{} is new in {key}, in {} place.",
                text(member),
                place(*rank)
            )
        }
        Fact::MemberMoved {
            member, from, to, ..
        } if from != to => format!(
            "{} moved from {} to {} in {key}.",
            text(member),
            place(*from),
            place(*to)
        ),
        Fact::MembersRemoved { count: 1 } => format!("1 member left {key}."),
        Fact::MembersRemoved { count } => {
            format!("{} members left {key}.", format::count(*count as u64))
        }
        Fact::Delivered {
            group,
            consumer,
            count,
            how: Delivery::New,
            ..
        } => format!(
            "{} now pending for {} in {}.",
            of(*count),
            text(consumer),
            text(group)
        ),
        Fact::Acknowledged { group, count, .. } => {
            format!("{} acknowledged in {}.", of(*count), text(group))
        }
        Fact::Claimed {
            group,
            consumer,
            count,
            ..
        } => format!(
            "{} claimed {} in {}.",
            text(consumer),
            of(*count),
            text(group)
        ),
        Fact::PendingGone { ids, group } => format!(
            "{} gone from the pending list of {}: the data was deleted.",
            of(ids.count),
            text(group)
        ),
        Fact::LockTaken { ttl, .. } => {
            format!("{} took {key} for {}.", doer(), format::duration(*ttl))
        }
        // Who asks again and again is heard once.
        Fact::LockRefused {
            holder, times: 1, ..
        } => format!("{} was refused {key}: {} has it.", doer(), who(*holder)),
        Fact::LockExtended { times: 1, .. } => format!("{} extended {key}.", doer()),
        Fact::LockOverwritten => format!("{} wrote over {key}: it is no lock any more.", doer()),
        Fact::LockReleased => format!("{} released {key}.", doer()),
        Fact::WrongToken { .. } => format!("{} has another token: {key} stays.", doer()),
        Fact::Deleted if lock => format!("{} deleted {key}.", doer()),
        Fact::Expired if lock => format!("{key} expired."),
        Fact::Evicted if lock => format!("{key} was evicted: memory was full."),
        _ => return None,
    })
}

fn capital(text: String) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    first.unwrap_or_default() + chars.as_str()
}

#[cfg(test)]
mod tests;
