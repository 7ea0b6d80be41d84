//! Time as it passes: what expires, runs out or wakes, each at its own deadline.

use super::db::{self, Value};
use super::event::{FIELDS_MAX, Fact};
use super::time::Millis;
use super::timers::NEVER;
use super::{Engine, Going, notify};
use crate::ds::hash::Hash;

impl Engine {
    /// Moves time on, firing every expiry and timeout in order, each at its own deadline. A key is
    /// gone from the millisecond of its deadline on.
    pub fn advance_to(&mut self, at: Millis) {
        if !self.still() && self.next_due() > at {
            self.now = self.now.max(at); // as for nearly every input
        } else {
            self.advance_through(at);
        }
    }

    fn advance_through(&mut self, at: Millis) {
        loop {
            if self.stands() {
                return;
            }
            if let Some(until) = self.asleep {
                if at < until {
                    break;
                }
                self.wake_up(until);
                continue; // what wakes may have everything sleep or stand still again
            }
            let expiry = self.next_expiry();
            let timeout = self.timeouts.when();
            let lookout = self.lookouts.when();
            let wait = timeout.into_iter().chain(lookout).min();
            let pause = self.pause.map(|pause| pause.until);
            match (expiry, wait) {
                _ if pause.is_some_and(|end| {
                    end <= at
                        && expiry.is_none_or(|(when, _)| end <= when)
                        && wait.is_none_or(|when| end <= when)
                }) =>
                {
                    self.now = self.now.max(pause.unwrap_or_default());
                    self.unpause();
                }
                (Some((when, db)), t) if when <= at && t.is_none_or(|t| when <= t) => {
                    self.now = self.now.max(when);
                    self.expire_at(when, db);
                    continue;
                }
                (_, Some(when)) if when <= at => {
                    self.now = self.now.max(when);
                    if timeout == Some(when) {
                        self.time_out_first();
                    } else if let Some((_, conn)) = self.lookouts.pop() {
                        self.look_again(conn, None);
                    }
                }
                _ => break,
            }
            self.settle();
            self.broadcast();
        }
        self.now = self.now.max(at);
    }

    /// The next deadline of a key or field, and the database it is in.
    pub(super) fn next_expiry(&self) -> Option<(Millis, usize)> {
        if !self.config.expires_by_itself {
            return None;
        }
        let dbs = self.dbs.iter().enumerate();
        let next = dbs.map(|(i, db)| (db.next_due(), i)).min();
        next.filter(|(when, _)| *when != NEVER)
    }

    /// The next moment at which something happens by itself, but for the end of a sleep; or [`NEVER`].
    fn next_due(&self) -> Millis {
        let mut next = self.timeouts.when_or_never();
        next = next.min(self.lookouts.when_or_never());
        if let Some(pause) = self.pause {
            next = next.min(pause.until);
        }
        if self.config.expires_by_itself {
            for db in &self.dbs {
                next = next.min(db.next_due());
            }
        }
        next
    }

    /// Whether nothing is read, sent or served now: the server sleeps, or a script stands still.
    pub(super) fn still(&self) -> bool {
        self.asleep.is_some() || self.stands()
    }

    /// Until when everything sleeps, where it does.
    pub fn asleep(&self) -> Option<Millis> {
        self.asleep
    }

    /// Lets everything stand still for a while, from the end of the running command on.
    pub fn sleep(&mut self, millis: Millis) {
        let from = self.asleep.unwrap_or(self.now);
        self.asleep = Some(from.saturating_add(millis));
    }

    /// The sleep is over. What expired meanwhile is gone before those who wait look at what the last command made.
    pub(super) fn wake_up(&mut self, until: Millis) {
        self.asleep = None;
        self.now = self.now.max(until);
        while let Some((_, db)) = self.next_expiry().filter(|(when, _)| *when <= self.now) {
            self.expire_first(db);
        }
        self.settle();
        self.broadcast();
    }

    /// A command is about to look at a key: takes it away where it is past its deadline.
    pub fn expire_looked_at(&mut self, db: usize, key: &[u8]) {
        if self.dbs[db].entry(key).is_some_and(|e| e.is_due(self.now)) {
            self.expire_key(db, key);
        }
    }

    /// A command is about to look at a hash that may hold fields past their deadline, which it is not to
    /// see: takes them out, and gives the hash as it was.
    pub fn hide_due_fields(&mut self, db: usize, key: &[u8]) -> Option<Hash> {
        let now = self.now;
        let hash = match self.dbs[db].value(key) {
            Some(Value::Hash(hash)) if hash.next_deadline().is_some_and(|when| when <= now) => {
                hash.as_ref().clone()
            }
            _ => return None,
        };
        if let Ok(Some(seen)) = self.dbs[db].write::<Hash>(key) {
            seen.expire(now);
        }
        self.dbs[db].fields_changed(key);
        Some(hash)
    }

    /// Puts a hash back from which fields were [taken out](Self::hide_due_fields).
    pub fn show_due_fields(&mut self, db: usize, key: &[u8], hash: Hash) {
        if let Ok(Some(seen)) = self.dbs[db].write::<Hash>(key) {
            *seen = hash;
        }
        self.dbs[db].fields_changed(key);
    }

    /// Takes the keys of a database away that are past their deadline and that a command which goes through
    /// keys is about to come by.
    pub fn expire_due(&mut self, db: usize, wanted: &dyn Fn(&[u8], &db::Entry) -> bool) {
        let due = self.dbs[db].due(self.now);
        for key in due {
            if self.dbs[db].entry(&key).is_some_and(|e| wanted(&key, e)) {
                self.expire_key(db, &key);
            }
        }
    }

    /// The next moment at which something happens by itself.
    pub fn next_deadline(&self) -> Option<Millis> {
        if self.stands() {
            return None;
        }
        if self.asleep.is_some() {
            return self.asleep;
        }
        Some(self.next_due()).filter(|when| *when != NEVER)
    }

    /// Takes away what is due in a database at a moment, which comes before all else: one after the other, as long as nothing stops that.
    fn expire_at(&mut self, when: Millis, db: usize) {
        while !self.still() && self.dbs[db].next_due() == when {
            self.expire_first(db);
            self.settle();
            self.broadcast();
        }
    }

    pub(super) fn expire_first(&mut self, db: usize) {
        let fields = self.dbs[db].next_field_deadline();
        let keys = self.dbs[db].next_deadline().map(|(when, _)| when);
        match fields {
            Some((when, key)) if keys.is_none_or(|at| when < at) => {
                let key = key.clone();
                self.expire_fields(db, &key, when);
            }
            _ => {
                if let Some((key, gone)) = self.dbs[db].remove_first_due() {
                    self.expired(db, &key, Some(&gone));
                }
            }
        }
    }

    pub(super) fn expire_key(&mut self, db: usize, key: &[u8]) {
        let gone = self.dbs[db].remove(key);
        self.expired(db, key, gone.as_ref());
    }

    /// A key is gone because its time was over.
    fn expired(&mut self, db: usize, key: &[u8], gone: Option<&db::Entry>) {
        self.stats.expired_keys += 1;
        self.note_gone(None, db, key, gone, None);
        self.note(None, db, key, || Fact::Expired);
        self.going = Some(Going::Expired);
        self.changed(db, key);
        self.going = None;
        self.notify(db, notify::EXPIRED, "expired", key);
    }

    /// Takes the fields of a hash that are due at a moment, and the hash with the last of them.
    pub(super) fn expire_fields(&mut self, db: usize, key: &[u8], when: Millis) {
        let Ok(Some(hash)) = self.dbs[db].write::<Hash>(key) else {
            return;
        };
        let expired = hash.expire(when);
        let empty = hash.is_empty();
        self.stats.expired_fields += expired.len() as u64;
        self.dbs[db].fields_changed(key);
        self.note(None, db, key, || Fact::FieldsExpired {
            count: expired.len(),
            fields: expired.into_iter().take(FIELDS_MAX).collect(),
        });
        if empty {
            let gone = self.dbs[db].remove(key);
            self.note_gone(None, db, key, gone.as_ref(), None);
        }
        self.going = Some(match empty {
            true => Going::Expired,
            false => Going::FieldsExpired,
        });
        self.changed(db, key);
        self.going = None;
        self.notify(db, notify::HASH, "hexpired", key);
        if empty {
            self.notify(db, notify::GENERIC, "del", key);
        }
    }

    pub(super) fn time_out_first(&mut self) {
        let Some((_, conn)) = self.timeouts.pop() else {
            return;
        };
        self.end_wait(conn, None);
    }
}
