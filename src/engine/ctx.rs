//! What a command's handler is handed.

use super::block::{Blocked, OnTimeout};
use super::client::{Client, Conn};
use super::db::{Db, Value};
use super::event::Fact;
use super::reply::Writer;
use super::time::Millis;
use super::{Engine, notify};
use crate::ds::bytes::Bytes;
use crate::ds::limits::Limits;
use crate::lua::message::CallKind;

/// What a handler works with: the engine, the client whose command it is, and where its reply goes.
pub struct Ctx<'e> {
    /// The engine.
    pub engine: &'e mut Engine,
    /// Whose command it is.
    pub conn: Conn,
    /// The database that is selected.
    pub db: usize,
    /// The reply.
    pub out: Writer,
    /// The command waited, and is run again because a key that it waits for changed.
    pub retry: bool,
    /// The command is one of those that EXEC or a script runs: it waits for nothing.
    pub in_exec: bool,
    /// A script calls it, in this way.
    pub script: Option<CallKind>,
}

impl Ctx<'_> {
    /// The moment that this whole command sees.
    pub fn now(&self) -> Millis {
        self.engine.now
    }

    /// The selected database.
    pub fn db(&mut self) -> &mut Db {
        &mut self.engine.dbs[self.db]
    }

    /// The selected database and the reply, both to change.
    pub fn parts(&mut self) -> (&mut Db, &mut Writer) {
        (&mut self.engine.dbs[self.db], &mut self.out)
    }

    /// The client whose command it is.
    #[inline]
    pub fn client(&mut self) -> &mut Client {
        self.engine.clients.get_or_make(self.conn)
    }

    /// The next of the commands that EXEC runs begins: those before it may have selected another
    /// database, or changed how this client's looks count.
    pub fn begin_queued(&mut self) {
        let client = self.client();
        let (db, unseen) = (client.db, client.unseen);
        self.db = db;
        self.engine.ready_databases(unseen, db);
    }

    /// The command is held back until the pause is over.
    pub fn hold(&mut self, words: &[&[u8]]) {
        let words = words.iter().map(|word| Bytes::from_slice(word)).collect();
        self.client().held = Some(words);
        self.engine.held.push(self.conn);
    }

    /// A key's value changed. To be called once for each key whose value a command really changed. A
    /// new deadline alone is no such change: nobody waits for that.
    pub fn changed(&mut self, key: &[u8]) {
        self.engine.changed(self.db, key);
    }

    /// A key was modified without its value having grown: deadlines, removals that wake nobody.
    pub fn modified(&mut self, key: &[u8]) {
        self.engine.modified(self.db, key);
    }

    /// Who waits for a key is to look again, though the key itself does not count as modified.
    pub fn wake(&mut self, key: &[u8]) {
        self.engine.wake(self.db, key);
    }

    /// Sends a keyspace notification, such as `(notify::ZSET, "zadd", key)`, in the reference's order:
    /// after [`Self::changed`] or [`Self::modified`].
    pub fn notify(&mut self, class: u32, event: &str, key: &[u8]) {
        self.engine.notify(self.db, class, event, key);
    }

    /// Keeps what a command made under a key, or takes the key away where that is empty; answers how
    /// many elements it has.
    pub fn keep(&mut self, key: &[u8], value: Value, len: usize, class: u32, event: &str) {
        if len == 0 {
            self.delete_told(key);
        } else {
            self.db().set(key, value, false);
            self.changed(key);
            self.notify(class, event, key);
        }
        self.out.count(len);
    }

    /// Takes a key away, with the notification `del`. False when there was none.
    pub fn delete_told(&mut self, key: &[u8]) -> bool {
        let gone = self.delete(key);
        if gone {
            self.notify(notify::GENERIC, "del", key);
        }
        gone
    }

    /// Takes away a key that a command emptied, which counts as one change with what emptied it.
    pub fn delete_emptied(&mut self, key: &[u8]) {
        let changes = self.engine.stats.changes;
        self.delete_told(key);
        self.engine.stats.changes = changes;
    }

    /// How far the reference packs values.
    pub fn limits(&self) -> Limits {
        self.engine.config.limits
    }

    /// Notes a fact about a key, while somebody looks.
    pub fn note(&mut self, key: &[u8], fact: impl FnOnce() -> Fact) {
        self.engine.note(Some(self.conn), self.db, key, fact);
    }

    /// Takes a key away, telling who waits for it. False when there was none.
    pub fn delete(&mut self, key: &[u8]) -> bool {
        let gone = self.db().remove(key);
        let (conn, db) = (Some(self.conn), self.db);
        self.engine.note_gone(conn, db, key, gone.as_ref(), None);
        if gone.is_some() {
            self.changed(key);
        }
        gone.is_some()
    }

    /// The client waits: nothing is replied now, and `command` is run again when one of the keys
    /// changes (to a key of type `wants`, if that is given). `until: None` waits for ever. When a
    /// command that runs again waits again, it keeps its deadline. In EXEC it waits for nothing, and is
    /// answered as if its time had run out.
    pub fn block(
        &mut self,
        keys: &[&[u8]],
        wants: Option<&'static str>,
        until: Option<Millis>,
        command: &[&[u8]],
        on_timeout: OnTimeout,
    ) {
        if self.in_exec {
            on_timeout.write(&mut self.out);
            return;
        }
        let own = |words: &[&[u8]]| {
            words
                .iter()
                .map(|w| Bytes::from_slice(w))
                .collect::<Vec<_>>()
        };
        let blocked = Blocked {
            keys: own(keys),
            wants,
            command: own(command),
            since: self.engine.now,
            until,
            on_timeout,
            db: self.db,
            again: None,
            ticket: None,
            again_ticket: None,
            serial: 0,
        };
        if self.retry {
            self.client().blocked = Some(blocked); // only a mark: `resume` puts the first wait back
        } else {
            let conn = self.conn;
            self.engine.wait(conn, blocked);
        }
    }

    /// The client, which [waits](Self::block) now, looks again at a moment even if no key changed.
    pub fn look_again_at(&mut self, when: Millis) {
        if let Some(blocked) = &mut self.client().blocked {
            blocked.again = Some(when);
        }
        if !self.retry {
            let conn = self.conn;
            self.engine.set_lookout(conn);
        }
    }
}
