//! Transactions: what a client has queued, and which keys it watches meanwhile.

use std::collections::BTreeSet;

use super::client::Conn;
use super::time::Millis;
use super::{Engine, Going};
use crate::ds::bytes::Bytes;

/// What a client has queued and watches.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// There ever was one on this connection, or a watched key.
    pub used: bool,
    /// The commands since MULTI; `None`: there was none. Empty again once EXEC cannot run them.
    pub queue: Option<Vec<Vec<Bytes>>>,
    /// The flags that any of them has.
    pub flags: u32,
    /// A command was refused instead of queued, and so will EXEC be.
    pub refused: bool,
    /// A watched key was modified: EXEC will run nothing.
    pub dirty: bool,
    /// The first watched key that was modified, and its database: for whoever looks.
    pub spoiler: Option<(usize, Bytes)>,
    /// How that came.
    pub spoiled: Option<Spoiled>,
    /// The watched keys, each with its database.
    pub watched: BTreeSet<(usize, Bytes)>,
}

/// How a watched key was modified.
#[derive(Clone, Copy, Debug)]
pub struct Spoiled {
    /// When.
    pub at: Millis,
    /// Whose command did it, and which; nobody's where the key expired or was evicted.
    pub by: Option<(Conn, &'static str)>,
    /// It was evicted.
    pub evicted: bool,
}

impl Transaction {
    /// The commands that follow are queued.
    pub fn begin(&mut self) {
        self.used = true;
        self.queue = Some(Vec::new());
    }

    /// Whether commands are queued.
    pub fn open(&self) -> bool {
        self.queue.is_some()
    }

    /// Queues a command with these flags; one that will not run in any case is not kept.
    pub fn push(&mut self, words: &[&[u8]], flags: u32) {
        if let Some(queue) = self.queue.as_mut().filter(|_| !self.dirty && !self.refused) {
            queue.push(words.iter().map(|word| Bytes::from_slice(word)).collect());
            self.flags |= flags;
        }
    }

    /// A command was refused: where commands are queued, EXEC will be too.
    pub fn refuse(&mut self) {
        if self.open() {
            self.refused = true;
            self.drop_queued();
        }
    }

    fn drop_queued(&mut self) {
        if let Some(queue) = &mut self.queue {
            queue.clear();
        }
        self.flags = 0;
    }
}

impl Engine {
    /// A client watches a key.
    pub fn watch(&mut self, conn: Conn, db: usize, key: &[u8]) {
        if let Some(client) = self.clients.get_mut(&conn) {
            let place = (db, Bytes::from_slice(key));
            client.transaction.used = true;
            client.transaction.watched.insert(place.clone());
            self.watchers.entry(place).or_default().insert(conn);
        }
    }

    /// Takes the watched keys away that are past their deadline.
    pub fn expire_watched(&mut self) {
        let watched: Vec<_> = self.watchers.keys().cloned().collect();
        for (db, key) in watched {
            self.expire_looked_at(db, &key);
        }
    }

    /// A client watches no key any more. What happened to those it watched stays with it.
    pub fn unwatch(&mut self, conn: Conn) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        for place in std::mem::take(&mut client.transaction.watched) {
            if let Some(conns) = self.watchers.get_mut(&place) {
                conns.remove(&conn);
                if conns.is_empty() {
                    self.watchers.remove(&place);
                }
            }
        }
    }

    /// Forgets what a client has queued and watches.
    pub fn discard(&mut self, conn: Conn) {
        self.unwatch(conn);
        if let Some(client) = self.clients.get_mut(&conn) {
            client.transaction = Transaction {
                used: client.transaction.used,
                ..Transaction::default()
            };
        }
    }

    /// How many clients watch keys.
    pub fn watching_clients(&self) -> usize {
        let watches = |client: &&super::client::Client| !client.transaction.watched.is_empty();
        self.clients.values().filter(watches).count()
    }

    /// How many keys are watched, each counted for each client that watches it.
    pub fn watched_keys(&self) -> usize {
        self.clients
            .values()
            .map(|client| client.transaction.watched.len())
            .sum()
    }

    /// A key is not what it was: the transactions of those who watch it will not run. Says who they are.
    pub(super) fn spoil_watched(&mut self, db: usize, key: &[u8]) -> BTreeSet<Conn> {
        if self.watchers.is_empty() {
            return BTreeSet::new();
        }
        let place = (db, Bytes::from_slice(key));
        let conns = self.watchers.get(&place).cloned().unwrap_or_default();
        let how = Spoiled {
            at: self.now,
            by: self.running().filter(|_| self.going.is_none()),
            evicted: self.going == Some(Going::Evicted),
        };
        for conn in &conns {
            if let Some(client) = self.clients.get_mut(conn) {
                client.transaction.dirty = true;
                let spoiler = &mut client.transaction.spoiler;
                spoiler.get_or_insert_with(|| place.clone());
                let spoiled = &mut client.transaction.spoiled;
                spoiled.get_or_insert(how);
                client.transaction.drop_queued();
            }
        }
        conns
    }

    /// Two databases are about to change places: a watched key of theirs is not what it was if it is
    /// in either.
    pub(super) fn spoil_swapped(&mut self, one: usize, other: usize) {
        if !self.config.expires_by_itself {
            // Who watches a place where such a key comes to stand sees no difference.
            for db in [one, other] {
                self.expire_due(db, &|_, _| true);
            }
        }
        let there = |(db, key): &&(usize, Bytes)| {
            [one, other].contains(db) && [one, other].iter().any(|db| self.dbs[*db].contains(key))
        };
        let places: Vec<_> = self.watchers.keys().filter(there).cloned().collect();
        for (db, key) in places {
            self.spoil_watched(db, &key);
        }
    }
}
