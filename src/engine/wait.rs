//! Clients that wait: for which keys, what serves them, and what ends it.

use std::collections::BTreeSet;

use smallvec::SmallVec;

use super::block::{Blocked, OnTimeout};
use super::client::{Client, Conn};
use super::error::Error;
use super::timers::Ticket;
use super::why::{Why, Woken};
use super::{Engine, Ready};
use crate::ds::bytes::Bytes;

impl Engine {
    /// Who waits for a key looks again, once the command is over.
    #[inline]
    pub fn wake(&mut self, db: usize, key: &[u8]) {
        if !self.waiters.is_empty() {
            self.wake_waiters(db, key);
        }
    }

    #[inline(never)]
    fn wake_waiters(&mut self, db: usize, key: &[u8]) {
        let key = Bytes::from_slice(key);
        let born = self.dbs[db].born.contains(&key);
        let by = self.current.filter(|_| self.going.is_none());
        self.ready.push(Ready { db, key, born, by });
    }

    /// Ends a client's wait for a key before its time: with this error, or as its time would end it.
    /// False where it does not wait.
    pub fn end_wait(&mut self, conn: Conn, error: Option<&Error>) -> bool {
        let Some(blocked) = self.unblock(conn) else {
            return false;
        };
        if let Some(place) = self.clients.get(&conn).and_then(|client| client.last) {
            self.count_call(conn, place, error.is_some());
            let words: SmallVec<[&[u8]; 16]> =
                blocked.command.iter().map(|w| w.as_slice()).collect();
            if !words.is_empty() {
                self.log_command(conn, &words, 0, 0);
            }
        }
        let muted = self.clients.get(&conn).is_none_or(Client::muted);
        self.reply_to(conn, |out| match error {
            Some(error) => out.error(error),
            None => blocked.on_timeout.write(out),
        });
        if self.observing && !muted && error.is_none() {
            let why = match blocked.on_timeout {
                OnTimeout::Counts(_) => Why::NoReplica,
                _ => Why::TimedOut {
                    keys: blocked.keys.iter().take(4).cloned().collect(),
                    waited: self.now.saturating_sub(blocked.since),
                    stream: blocked.wants.is_some_and(|wants| wants == "stream"),
                },
            };
            if blocked.on_timeout != OnTimeout::Ok
                && let Some(client) = self.clients.get_mut(&conn)
            {
                client.whys.push((client.out.len(), why));
            }
        }
        self.unblocked.push_back(conn);
        true
    }

    /// How many clients wait for no longer than a while.
    pub fn waiting_with_timeout(&self) -> usize {
        self.timeouts.len()
    }

    /// How many keys clients wait for that would be told of the key's going, too.
    pub fn keys_waited_for_by_any_type(&self) -> usize {
        let waiting = self.clients.values().filter_map(|c| c.blocked.as_ref());
        let keys: BTreeSet<_> = waiting
            .filter(|blocked| blocked.wants.is_none())
            .flat_map(|blocked| blocked.keys.iter().map(|key| (blocked.db, key)))
            .collect();
        keys.len()
    }

    /// How many keys clients wait for.
    pub fn keys_waited_for(&self) -> usize {
        self.waiters.len()
    }

    /// Lets everything that the last step made possible happen.
    pub(super) fn settle(&mut self) {
        while !self.still() {
            if self.eviction.due {
                self.make_room();
            }
            if !self.ready.is_empty() {
                self.serve_ready();
            }
            let Some(conn) = self.unblocked.pop_front() else {
                break;
            };
            if let Some(command) = self.clients.get_mut(&conn).and_then(|c| c.held.take()) {
                let words: SmallVec<[&[u8]; 16]> = command.iter().map(|w| w.as_slice()).collect();
                self.run(conn, &words, false);
            }
            self.read_commands(conn, &[]);
        }
    }

    /// Runs the waiting commands again whose keys changed, first come first served.
    pub(super) fn serve_ready(&mut self) {
        while !self.ready.is_empty() {
            let mut seen = BTreeSet::new();
            for Ready { db, key, born, by } in std::mem::take(&mut self.ready) {
                if !seen.insert((db, key.clone(), born)) {
                    continue;
                }
                for conn in self.waiters.of(db, &key) {
                    let kind = self.dbs[db].value(&key).map(|v| v.type_name());
                    let Some(blocked) = self.clients.get(&conn).and_then(|c| c.blocked.as_ref())
                    else {
                        continue;
                    };
                    // A list or sorted set that was there before, under another type's waiting, wakes
                    // nobody on the reference; a stream wakes with every entry.
                    if let Some(wants) = blocked.wants
                        && (kind != Some(wants) || !born && wants != "stream")
                    {
                        continue;
                    }
                    self.look_again(conn, by);
                }
            }
        }
    }

    /// Runs the command of a client that waits again, since somebody's command made what it may wait for.
    pub(super) fn look_again(&mut self, conn: Conn, by: Option<Conn>) {
        let Some(waiting) = self.suspend(conn) else {
            return;
        };
        let words: SmallVec<[&[u8]; 16]> = waiting.command.iter().map(|w| w.as_slice()).collect();
        let since = waiting.since;
        self.woken = Some(Woken { since, by });
        self.run(conn, &words, true);
        self.woken = None;
        drop(words);
        self.resume(conn, Some(waiting));
    }

    /// Has a client that waits look again when it wants to, and at no other time that it wanted to before.
    pub(super) fn set_lookout(&mut self, conn: Conn) {
        let Some(blocked) = self.clients.get_mut(&conn).and_then(|c| c.blocked.as_mut()) else {
            return;
        };
        if let Some(ticket) = blocked.again_ticket.take() {
            self.lookouts.cancel(ticket);
        }
        blocked.again_ticket = blocked.again.map(|when| self.lookouts.set(when, conn));
    }

    /// Takes a client out of its wait for a retry.
    pub(super) fn suspend(&mut self, conn: Conn) -> Option<Blocked> {
        self.clients.get_mut(&conn)?.blocked.take()
    }

    /// After a retry: a command that waits again keeps its deadline. As on the server, it goes to
    /// the end of the queues: who looked in vain comes after who has not looked yet.
    pub(super) fn resume(&mut self, conn: Conn, before: Option<Blocked>) {
        let Some(mut before) = before else { return };
        let again = self.clients.get(&conn).and_then(|c| c.blocked.as_ref());
        if let Some(again) = again {
            before.again = again.again;
            self.waiters.remove(&before);
            before.serial = self.waiters.next_serial();
            self.waiters.add(conn, &before);
            if let Some(client) = self.clients.get_mut(&conn) {
                client.blocked = Some(before);
            }
            self.set_lookout(conn);
        } else {
            self.release(&before);
            self.unblocked.push_back(conn);
        }
    }

    pub(super) fn release(&mut self, blocked: &Blocked) {
        self.waiters.remove(blocked);
        if let Some(ticket) = blocked.ticket {
            self.timeouts.cancel(ticket);
        }
        if let Some(ticket) = blocked.again_ticket {
            self.lookouts.cancel(ticket);
        }
    }

    pub(super) fn unblock(&mut self, conn: Conn) -> Option<Blocked> {
        let blocked = self.suspend(conn)?;
        self.release(&blocked);
        Some(blocked)
    }

    pub(super) fn wait(&mut self, conn: Conn, mut blocked: Blocked) {
        blocked.serial = self.waiters.next_serial();
        blocked.ticket = blocked
            .until
            .map(|when| -> Ticket { self.timeouts.set(when, conn) });
        self.waiters.add(conn, &blocked);
        if let Some(client) = self.clients.get_mut(&conn) {
            client.blocked = Some(blocked);
        }
    }
}
