//! A limit on memory, and which keys go where it is passed: `maxmemory` and its policies.
//!
//! As the reference does it, some keys are sampled and the best of them let go; those that were nearly let go are kept in
//! mind for the next time. What counts are the keys and their values and a fixed base, so that equal inputs let equal keys go.

use smallvec::SmallVec;

use super::Engine;
use super::db::Entry;
use super::event::Fact;
use super::notify;
use super::time::Millis;
use crate::ds::bytes::Bytes;

/// What a server without a key counts for. It is small, so that a small limit can be filled with few keys; and it
/// is not nothing, so that nothing fits into `maxmemory 1`, as on the reference.
pub const BASE: u64 = 1024;

/// How many keys are kept in mind.
const POOL_MAX: usize = 16;

/// Which keys are let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// By what they are chosen; `None`: none goes, and what would need memory is refused.
    pub by: Option<By>,
    /// Only those that have a deadline.
    pub volatile: bool,
}

/// By what keys are chosen to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The one that was used the longest time ago.
    LastUse,
    /// The one that is used the least.
    Frequency,
    /// The one that expires next.
    Deadline,
    /// Chance alone.
    Chance,
}

impl Policy {
    /// The policy of a name as `maxmemory-policy` takes it.
    pub fn of(name: &[u8]) -> Self {
        let (volatile, by) = match name {
            b"volatile-lru" => (true, By::LastUse),
            b"volatile-lfu" => (true, By::Frequency),
            b"volatile-ttl" => (true, By::Deadline),
            b"volatile-random" => (true, By::Chance),
            b"allkeys-lru" => (false, By::LastUse),
            b"allkeys-lfu" => (false, By::Frequency),
            b"allkeys-random" => (false, By::Chance),
            _ => return Self::default(),
        };
        Self {
            by: Some(by),
            volatile,
        }
    }
}

/// A key that may be let go.
#[derive(Clone, Debug)]
struct Candidate {
    /// How good it is to let it go: the greater, the better.
    rank: u64,
    db: usize,
    key: Bytes,
}

/// What is kept in mind between one time and the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Eviction {
    /// The best candidates that were seen, the best one last. Some may be gone, or used since.
    pool: SmallVec<[Candidate; 0]>,
    /// The database that chance took a key of last.
    last_db: usize,
    /// More memory is used than there may be, and nothing can be let go.
    full: bool,
    /// The limit has changed: it is looked at once the command is over.
    pub(super) due: bool,
    /// There is a limit.
    limited: bool,
    /// What whoever holds the engine lets it use.
    bound: Option<Bound>,
}

/// How many bytes an engine may use that runs what nobody vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    most: u64,
    /// Past it no command runs any more: for who gives the engine up then, since a record without the bound would not come
    /// to the same.
    strict: bool,
    passed: bool,
}

impl Eviction {
    /// How many bytes of replies there may be at once, where that is bound.
    pub(super) fn replies_max(&self) -> Option<usize> {
        let bound = self.bound.filter(|bound| bound.strict)?;
        usize::try_from(bound.most).ok()
    }

    /// Replies were written; whether they would have been more than there may be.
    pub(super) fn replied(&mut self, too_much: bool) {
        if let Some(bound) = &mut self.bound {
            bound.passed |= too_much;
        }
    }

    /// Keeps a candidate in mind, if it is better than the worst or there is room.
    fn consider(&mut self, rank: u64, db: usize, key: &Bytes) {
        let place = self.pool.iter().position(|other| other.rank >= rank);
        let mut place = place.unwrap_or(self.pool.len());
        if self.pool.len() == POOL_MAX {
            if place == 0 {
                return;
            }
            self.pool.remove(0);
            place -= 1;
        }
        let key = key.clone();
        self.pool.insert(place, Candidate { rank, db, key });
    }
}

impl Engine {
    /// What counts as used memory. O(1) for each key that changed since, or O(keys) without a limit.
    pub fn used_memory(&mut self) -> u64 {
        self.dbs.iter_mut().for_each(super::Db::count_changed);
        self.counted_memory()
    }

    /// What counted as used memory when that was last asked.
    pub fn counted_memory(&self) -> u64 {
        BASE + self.dbs.iter().map(super::Db::counts).sum::<u64>()
    }

    /// Whether more memory is used than there may be and nothing could be let go when the command that runs began.
    pub fn is_full(&self) -> bool {
        self.config.max_memory > 0 && self.eviction.full
    }

    /// The limit has changed, or the policy: begins to count what is used, or no longer does.
    pub fn limit_memory(&mut self) {
        let limited = self.config.max_memory > 0;
        let counts = limited || self.eviction.bound.is_some();
        // Which keys chance meets depends on when there was a limit, and not on who counts beside.
        let anew = limited && !std::mem::replace(&mut self.eviction.limited, limited);
        self.eviction.limited = limited;
        for db in &mut self.dbs {
            if anew || db.tally.is_some() != counts {
                db.count(counts);
            }
        }
        self.eviction.due = limited;
    }

    /// Lets the engine use so many bytes, or as many as it wants. Strict: past them, [no command runs](Self::is_spent).
    pub fn bound_memory(&mut self, most: Option<u64>, strict: bool) {
        let passed = self.has_passed_bound();
        let bound = most.map(|most| Bound {
            most,
            strict,
            passed,
        });
        let begins = bound.is_some() != self.eviction.bound.is_some();
        self.eviction.bound = bound;
        if begins {
            let due = self.eviction.due;
            self.limit_memory();
            self.eviction.due = due;
        }
    }

    /// Whether more is used than the bound allows, or was when a command began. O(1) for each key that changed since.
    pub fn has_passed_bound(&mut self) -> bool {
        let Some(bound) = self.eviction.bound else {
            return false;
        };
        let passed = bound.passed || self.used_memory() > bound.most;
        self.eviction.bound = Some(Bound { passed, ..bound });
        passed
    }

    /// Whether no command runs any more.
    pub fn is_spent(&mut self) -> bool {
        self.eviction.bound.is_some_and(|bound| bound.strict) && self.has_passed_bound()
    }

    /// Lets keys go until what is left fits, or none can.
    pub(super) fn make_room(&mut self) {
        self.eviction.due = false;
        self.eviction.full = false;
        if self.config.max_memory == 0 || self.pause.is_some() {
            return;
        }
        let mut excess = self.used_memory().saturating_sub(self.config.max_memory);
        while excess > 0 {
            let Some((db, key)) = self.next_to_go() else {
                self.eviction.full = true;
                return;
            };
            excess = excess.saturating_sub(self.evict(db, &key));
        }
    }

    /// The key that goes next.
    fn next_to_go(&mut self) -> Option<(usize, Bytes)> {
        let Policy { by, volatile } = self.config.policy;
        match by? {
            By::Chance => self.any_key(volatile),
            by => loop {
                self.sample(by, volatile)?;
                if self.eviction.pool.is_empty() {
                    return None;
                }
                // One that was in mind may be gone by now.
                while let Some(Candidate { db, key, .. }) = self.eviction.pool.pop() {
                    let entry = self.dbs.get(db).and_then(|db| db.entry(&key));
                    if entry.is_some_and(|entry| !volatile || entry.deadline().is_some()) {
                        return Some((db, key));
                    }
                }
            },
        }
    }

    /// A key that chance picks, of each database in its turn.
    fn any_key(&mut self, volatile: bool) -> Option<(usize, Bytes)> {
        for _ in 0..self.dbs.len() {
            self.eviction.last_db = (self.eviction.last_db + 1) % self.dbs.len();
            let at = self.eviction.last_db;
            let db = self.dbs.get(at)?;
            let count = db.candidates(volatile);
            if count > 0 {
                let (key, _) = db.candidate(volatile, self.chance.below(count))?;
                return Some((at, key.clone()));
            }
        }
        None
    }

    /// Looks at some keys of each database. `None`: there are none.
    fn sample(&mut self, by: By, volatile: bool) -> Option<()> {
        let (now, looks) = (self.now, self.looks(false));
        let rank = |entry: &Entry| match by {
            By::LastUse => now.saturating_sub(entry.accessed.get()),
            By::Frequency => u64::from(u8::MAX - entry.frequency(now, looks)),
            By::Deadline | By::Chance => Millis::MAX - entry.deadline().unwrap_or(Millis::MAX),
        };
        let mut any = None;
        for (number, db) in self.dbs.iter().enumerate() {
            let count = db.candidates(volatile);
            if count == 0 {
                continue;
            }
            any = Some(());
            let samples = self.config.memory_samples;
            let mut seen: SmallVec<[usize; 64]> = SmallVec::new();
            while seen.len() < samples.min(count) {
                let at = match samples < count {
                    true => self.chance.below(count),
                    false => seen.len(),
                };
                if seen.contains(&at) {
                    continue;
                }
                seen.push(at);
                if let Some((key, entry)) = db.candidate(volatile, at) {
                    self.eviction.consider(rank(entry), number, key);
                }
            }
        }
        any
    }

    /// Lets a key go; answers how much memory that gives back.
    fn evict(&mut self, db: usize, key: &[u8]) -> u64 {
        let gone = self.dbs[db].remove(key);
        let freed = gone.as_ref().map_or(0, |entry| u64::from(entry.counted));
        self.stats.evicted_keys += 1;
        self.note_gone(None, db, key, gone.as_ref(), None);
        self.note(None, db, key, || Fact::Evicted);
        let changes = self.stats.changes;
        self.going = Some(super::Going::Evicted);
        self.changed(db, key);
        self.going = None;
        self.stats.changes = changes;
        self.notify(db, notify::EVICTED, "evicted", key);
        freed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_candidates_stay_in_mind() {
        let mut kept = Eviction::default();
        for rank in (0..40).chain(10..30).rev() {
            kept.consider(rank, 0, &Bytes::from_slice(b"k"));
            assert!(kept.pool.is_sorted_by_key(|one| one.rank));
            assert!(kept.pool.len() <= POOL_MAX);
        }
        let ranks: Vec<u64> = kept.pool.iter().map(|one| one.rank).collect();
        let best: Vec<u64> = (29..34).flat_map(|rank| [rank; 1]).collect();
        assert!(ranks.ends_with(&[36, 37, 38, 39]), "{ranks:?}");
        assert!(best.iter().all(|rank| ranks.contains(rank)), "{ranks:?}");
    }

    #[test]
    fn a_policy_says_which_keys_go_and_by_what() {
        assert_eq!(Policy::of(b"noeviction").by, None);
        let ttl = Policy::of(b"volatile-ttl");
        assert_eq!((ttl.by, ttl.volatile), (Some(By::Deadline), true));
        assert!(!Policy::of(b"allkeys-random").volatile);
    }
}
