//! Client-side caching: who may keep a copy of which key, and what they are told when it changes.
//!
//! A client that tracks is told of each key it read, once, when that key changes; in broadcasting mode
//! it is told of every key with one of its prefixes, whatever it read. Keys are remembered without
//! their database, as on the reference.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::client::Conn;
use super::reply::{Resp, Writer};
use crate::ds::bytes::Bytes;

/// The channel on which a RESP2 client is told what another one tracks.
const CHANNEL: &[u8] = b"__redis__:invalidate";

/// How a client tracks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// The ID of the client that is told in its place; 0: itself.
    pub redirect: u64,
    /// That client was gone when it should have been told.
    pub broken: bool,
    /// Told of every key with one of these prefixes; `None`: of the keys it read.
    pub prefixes: Option<BTreeSet<Bytes>>,
    /// Only what it reads after `CLIENT CACHING YES` is remembered.
    pub opt_in: bool,
    /// What it reads after `CLIENT CACHING NO` is not remembered.
    pub opt_out: bool,
    /// `CLIENT CACHING` was just given, and holds for the next command.
    pub caching: bool,
    /// Not told of its own changes.
    pub no_loop: bool,
}

/// What the server remembers for all of them.
#[derive(Clone, Debug, Default)]
pub struct Tracked {
    /// Which clients, by ID, have read a key since it changed. A client that is gone leaves its IDs
    /// behind; they go with the key's next change.
    pub keys: BTreeMap<Bytes, BTreeSet<u64>>,
    /// Keys that changed and were not broadcast yet, with who changed them last.
    changed: BTreeMap<Bytes, Option<Conn>>,
    /// Somebody broadcasts, or did: changes are kept until they are.
    pub broadcasting: bool,
}

impl Tracked {
    /// How many clients are remembered, over all keys.
    pub fn items(&self) -> usize {
        self.keys.values().map(BTreeSet::len).sum()
    }
}

/// What a client is told.
enum Stale<'a> {
    Keys(&'a [&'a [u8]]),
    /// All of them.
    All,
}

impl Engine {
    /// How many clients track.
    pub fn tracking_clients(&self) -> usize {
        self.clients().filter(|(_, c)| c.tracking.is_some()).count()
    }

    /// The prefixes of all clients that broadcast.
    pub fn tracking_prefixes(&self) -> BTreeSet<&Bytes> {
        self.clients()
            .filter_map(|(_, c)| c.tracking.as_ref()?.prefixes.as_ref())
            .flatten()
            .collect()
    }

    /// The handle of the client with an ID.
    pub fn by_id(&self, id: u64) -> Option<Conn> {
        self.clients()
            .find(|(_, client)| client.id == id)
            .map(|(conn, _)| conn)
    }

    /// A client read these keys: where it tracks, they are remembered for it.
    pub fn remember_read<'a>(&mut self, conn: Conn, keys: impl FnOnce() -> Vec<&'a [u8]>) {
        let Some(client) = self.clients.get(&conn) else {
            return;
        };
        let Some(tracking) = &client.tracking else {
            return;
        };
        let left_out = tracking.prefixes.is_some()
            || (tracking.opt_in && !tracking.caching)
            || (tracking.opt_out && tracking.caching);
        if left_out {
            return;
        }
        for key in keys() {
            let ids = self.tracked.keys.entry(Bytes::from_slice(key)).or_default();
            ids.insert(client.id);
        }
    }

    /// Forgets keys until there are no more than the setting allows, as if each had changed.
    pub fn limit_tracked(&mut self) {
        let most = self.config.tracked_max;
        while most > 0 && self.tracked.keys.len() > most {
            let Some((key, ids)) = self.tracked.keys.pop_first() else {
                break;
            };
            self.tell_stale(&key, &ids);
        }
    }

    /// A key changed: who may keep a copy of it is told.
    pub(super) fn invalidate(&mut self, key: &[u8]) {
        if self.tracked.broadcasting {
            let key = Bytes::from_slice(key);
            self.tracked.changed.insert(key, self.current);
        }
        if !self.tracked.keys.is_empty() {
            self.invalidate_read(key);
        }
    }

    #[inline(never)]
    fn invalidate_read(&mut self, key: &[u8]) {
        if let Some(ids) = self.tracked.keys.remove(key) {
            self.tell_stale(key, &ids);
        }
    }

    #[inline(never)]
    fn tell_stale(&mut self, key: &[u8], ids: &BTreeSet<u64>) {
        for id in ids {
            let Some(conn) = self.by_id(*id) else {
                continue;
            };
            let tracking = self.clients.get(&conn).and_then(|c| c.tracking.as_ref());
            let told = tracking.is_some_and(|t| {
                t.prefixes.is_none() && !(t.no_loop && self.current == Some(conn))
            });
            if told {
                self.send_stale(conn, Stale::Keys(&[key]));
            }
        }
    }

    /// Databases were emptied: every client that tracks is told once that nothing it keeps holds.
    pub fn flushed(&mut self) {
        let mut tracking: Vec<(u64, Conn)> = self
            .clients()
            .filter(|(_, c)| c.tracking.is_some())
            .map(|(conn, c)| (c.id, conn))
            .collect();
        tracking.sort_unstable();
        for (_, conn) in tracking {
            self.send_stale(conn, Stale::All);
        }
        self.tracked.keys.clear();
    }

    /// Tells those who broadcast what changed since: once for all that one input brought.
    #[inline]
    pub(super) fn broadcast(&mut self) {
        if !self.tracked.changed.is_empty() && !self.stands() {
            self.broadcast_changed();
        }
    }

    #[inline(never)]
    fn broadcast_changed(&mut self) {
        let changed = std::mem::take(&mut self.tracked.changed);
        let mut told: Vec<(Bytes, u64, Conn, bool)> = Vec::new();
        self.tracked.broadcasting = !self.tracking_prefixes().is_empty();
        for (conn, client) in self.clients() {
            let Some(tracking) = &client.tracking else {
                continue;
            };
            for prefix in tracking.prefixes.iter().flatten() {
                told.push((prefix.clone(), client.id, conn, tracking.no_loop));
            }
        }
        told.sort_unstable();
        for (prefix, _, conn, no_loop) in told {
            let keys: Vec<&[u8]> = changed
                .range(prefix.clone()..)
                .take_while(|(key, _)| key.starts_with(&prefix))
                .filter(|(_, by)| !(no_loop && **by == Some(conn)))
                .map(|(key, _)| key.as_slice())
                .collect();
            if !keys.is_empty() {
                self.send_stale(conn, Stale::Keys(&keys));
            }
        }
    }

    fn send_stale(&mut self, conn: Conn, stale: Stale<'_>) {
        let Some(client) = self.clients.get(&conn) else {
            return;
        };
        let own = client.resp;
        let redirect = client.tracking.as_ref().map_or(0, |t| t.redirect);
        let mut to = conn;
        if redirect != 0 {
            let target = self.by_id(redirect);
            let alive = |conn: &Conn| self.clients.get(conn).is_some_and(|c| !c.closing);
            let Some(target) = target.filter(alive) else {
                if let Some(tracking) = self
                    .clients
                    .get_mut(&conn)
                    .and_then(|c| c.tracking.as_mut())
                {
                    tracking.broken = true;
                }
                if own == Resp::Three {
                    self.push_to(conn, |out| {
                        out.push(2);
                        out.bulk(b"tracking-redir-broken");
                        out.int(redirect as i64);
                    });
                }
                return;
            };
            to = target;
        }
        let Some(target) = self.clients.get(&to) else {
            return;
        };
        let listens = redirect != 0 && target.subscriptions() > 0;
        if target.resp == Resp::Two && !listens {
            return; // there is no way to tell it
        }
        self.push_to(to, |out| {
            if out.resp == Resp::Three {
                out.push(2);
                out.bulk(b"invalidate");
            } else {
                out.push(3);
                out.bulk(b"message");
                out.bulk(CHANNEL);
            }
            match stale {
                Stale::Keys(keys) => {
                    out.array(keys.len());
                    keys.iter().for_each(|key| out.bulk(key));
                }
                // The null is that of the client that tracks, whoever is told.
                Stale::All => {
                    let mut null = Writer {
                        resp: own,
                        ..Writer::default()
                    };
                    null.null();
                    out.bytes.extend_from_slice(&null.bytes);
                }
            }
        });
    }
}
