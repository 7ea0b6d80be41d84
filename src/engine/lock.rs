//! What becomes known of locks: who takes one, who is refused, who learns that it has lost it.
//!
//! Nothing here changes what a command does or answers, and nothing is kept while nobody looks.

use super::client::Conn;
use super::db::{Value, Witness};
use super::event::Fact;
use super::time::Millis;
use super::{Ctx, Engine};
use crate::ds::bytes::Bytes;

/// How many keys that one script reads are remembered.
const LOOKED_MAX: usize = 16;

/// A key that the script that runs has read, to compare it as scripts do that release a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    db: usize,
    key: Bytes,
    /// Who held it; `None`: there was no such key.
    holder: Option<Conn>,
}

/// How a comparison with a lock's token came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It was another token, or there was no such key: nothing was done.
    Unequal,
    /// It was the token, and the key is gone.
    Deleted,
}

impl Ctx<'_> {
    /// Who holds the lock that a key is; `None`: it is none.
    pub fn lock_holder(&self, key: &[u8]) -> Option<Conn> {
        match self
            .engine
            .dbs
            .get(self.db)?
            .entry(key)?
            .witness
            .as_deref()?
        {
            Witness::Lock { holder, .. } => Some(*holder),
            Witness::Made { .. } | Witness::Uniques(_) | Witness::Places => None,
        }
    }

    /// A key was set because there was none: with a TTL that is how a lock is taken. Where the TTL comes
    /// with a later command, that one takes it.
    pub fn lock_taken(&mut self, key: &[u8], until: Option<Millis>) {
        if !self.engine.observing {
            return;
        }
        let (holder, since) = (self.conn, self.now());
        let Some(entry) = self.db().entry_mut(key) else {
            return;
        };
        let Some(until) = until else {
            entry.witness = Some(Box::new(Witness::Made { by: holder }));
            return;
        };
        let ttl = until.saturating_sub(since);
        entry.witness = Some(Box::new(Witness::Lock { holder, since, ttl }));
        let token = token(&entry.value);
        self.note(key, || Fact::LockTaken { token, ttl });
    }

    /// A key was not set because there is one.
    pub fn lock_refused(&mut self, key: &[u8]) {
        let (holder, now) = (self.lock_holder(key), self.now());
        let left = self.db().deadline(key).map(|when| when.saturating_sub(now));
        self.note(key, || Fact::LockRefused {
            holder,
            left,
            times: 1,
            since: now,
        });
    }

    /// A key's deadline was set, moved or taken away.
    pub fn lock_extended(&mut self, key: &[u8]) {
        if !self.engine.observing {
            return;
        }
        let now = self.now();
        let conn = self.conn;
        let Some(entry) = self.engine.dbs.get(self.db).and_then(|db| db.entry(key)) else {
            return;
        };
        let deadline = entry.deadline();
        match entry.witness.as_deref() {
            Some(Witness::Lock { .. }) => {
                self.looked_done(key);
                let left = deadline.map(|when| when.saturating_sub(now));
                self.note(key, || Fact::LockExtended { left, times: 1 });
            }
            // SETNX and then EXPIRE, as locks were taken before SET knew NX.
            Some(Witness::Made { by }) if *by == conn && deadline.is_some() => {
                self.lock_taken(key, deadline);
            }
            _ => {}
        }
    }

    /// To be asked before a string is written over: the lock that it is, and its token.
    #[inline]
    pub fn lock_before(&self, key: &[u8]) -> Option<Box<(Witness, Vec<u8>)>> {
        match self.engine.observing {
            true => self.lock_there(key),
            false => None,
        }
    }

    #[inline(never)]
    fn lock_there(&self, key: &[u8]) -> Option<Box<(Witness, Vec<u8>)>> {
        let entry = self.engine.dbs.get(self.db)?.entry(key)?;
        match (entry.witness.as_deref()?, &entry.value) {
            (lock @ Witness::Lock { .. }, Value::Str(token)) => {
                Some(Box::new((lock.clone(), token.clone())))
            }
            _ => None,
        }
    }

    /// To be told afterwards, with what was written. Set to its own token, as one does to extend it, it is the same lock.
    #[inline]
    pub fn lock_after(&mut self, key: &[u8], lock: Option<Box<(Witness, Vec<u8>)>>, value: &[u8]) {
        if let Some(lock) = lock {
            self.lock_written(key, *lock, value);
        }
    }

    #[inline(never)]
    fn lock_written(&mut self, key: &[u8], (witness, token): (Witness, Vec<u8>), value: &[u8]) {
        if token != value {
            self.note(key, || Fact::LockOverwritten);
        } else if let Some(entry) = self.db().entry_mut(key) {
            entry.witness = Some(Box::new(witness));
        }
    }

    /// A key was read. Whoever took it as a lock and now reads anything else learns that it has lost it.
    pub fn lock_read(&mut self, key: &[u8]) {
        if !self.engine.observing {
            return;
        }
        let (db, conn) = (self.db, self.conn);
        let holder = match self.engine.dbs.get(db).and_then(|db| db.entry(key)) {
            None => None,
            Some(_) => match self.lock_holder(key) {
                Some(holder) => Some(holder),
                None => return,
            },
        };
        if self.script.is_some() {
            let looked = Looked {
                db,
                key: Bytes::from_slice(key),
                holder,
            };
            if let Some(all) = self.engine.scripting.looked()
                && all.len() < LOOKED_MAX
                && !all.contains(&looked)
            {
                all.push(looked);
            }
        } else if holder != Some(conn) {
            self.note(key, || Fact::LockMissed { holder });
        }
    }

    /// A command compared a key with a token, to do something only where they are equal. `before` held it as a lock.
    pub fn lock_compared(&mut self, key: &[u8], before: Option<Conn>, outcome: Compared) {
        if !self.engine.observing {
            return;
        }
        let there = self.db().contains(key);
        self.note(key, || match (outcome, before) {
            (Compared::Deleted, Some(_)) => Fact::LockReleased,
            (Compared::Deleted, None) => Fact::Deleted,
            (Compared::Unequal, holder) if there => Fact::WrongToken { holder },
            (Compared::Unequal, _) => Fact::LockMissed { holder: None },
        });
    }

    /// A key was deleted. A script that read the lock first has compared it.
    pub fn note_deleted(&mut self, key: &[u8]) {
        let compared = self.script.is_some() && self.looked_done(key);
        self.note(key, || match compared {
            true => Fact::LockReleased,
            false => Fact::Deleted,
        });
    }

    /// The script does something with a lock that it has read; false: it has not read it, or it is none.
    fn looked_done(&mut self, key: &[u8]) -> bool {
        let db = self.db;
        let Some(all) = self.engine.scripting.looked() else {
            return false;
        };
        let this = |looked: &Looked| {
            looked.db == db && looked.key.as_slice() == key && looked.holder.is_some()
        };
        let before = all.len();
        all.retain(|looked| !this(looked));
        all.len() < before
    }
}

impl Engine {
    /// A script is over. What it read, left alone and answered "no" to is a lock that it compared in vain.
    pub(super) fn note_looked(&mut self, conn: Conn, looked: Vec<Looked>, reply: &[u8]) {
        if !matches!(reply, b":0\r\n" | b"$-1\r\n" | b"_\r\n" | b"#f\r\n") {
            return;
        }
        for Looked { db, key, holder } in looked {
            self.note(Some(conn), db, &key, || match holder {
                Some(_) => Fact::WrongToken { holder },
                None => Fact::LockMissed { holder },
            });
        }
    }
}

fn token(value: &Value) -> Bytes {
    match value {
        Value::Str(text) => Bytes::from_slice(text),
        _ => Bytes::default(),
    }
}
