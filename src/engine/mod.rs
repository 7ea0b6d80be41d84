//! One server: keyspace, clients, time, delivery.
//!
//! The engine never asks what time it is and never draws chance of its own: every input brings its
//! moment, and chance comes from the seed. Equal seeds and equal inputs give equal bytes.

pub mod args;
pub mod block;
pub mod client;
pub mod commandlog;
pub mod config;
pub mod db;
pub mod error;
pub mod event;
pub mod evict;
pub mod lend;
pub mod lock;
pub mod next;
pub mod notify;
pub mod num;
pub mod profile;
pub mod pubsub;
pub mod rdb;
pub mod reply;
pub mod resp;
pub mod rng;
pub mod script;
mod size;
pub mod sought;
pub mod stats;
pub mod story;
mod tally;
pub mod text;
pub mod time;
pub mod timers;
pub mod tracking;
pub mod transaction;
pub mod view;
pub mod why;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use smallvec::SmallVec;

use args::Args;
use block::{Blocked, OnTimeout, Waiters};
use client::{Client, Conn, Pause};
use config::Config;
use db::{Db, Entry, Looks, Value};
use error::Error;
use event::{Event, FIELDS_MAX, Fact};
use profile::Profile;
use pubsub::PubSub;
use reply::Writer;
use resp::{Allowance, Parsed};
use rng::{Purpose, Rng};
use script::Scripting;
use stats::Stats;
use time::Millis;
use timers::{Deadlines, Ticket};
use tracking::Tracked;
use why::{Memory, Why, Woken};

use crate::ds::bytes::Bytes;
use crate::ds::hash::Hash;
use crate::ds::limits::Limits;
use crate::lua::message::CallKind;

/// How many numbered databases there are.
pub const DATABASES: usize = 16;

/// What the engine calls for each command: looks it up, checks it and runs it.
pub type Dispatch = fn(&mut Ctx<'_>, Args<'_>) -> Result<(), Error>;

/// What can happen to a connection from outside.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum What {
    /// The connection opens.
    Connect,
    /// Bytes arrive on it.
    Bytes(Vec<u8>),
    /// It is cut: subscriptions and waits end.
    Disconnect,
}

/// One server.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The moment of the input being handled, or of the last one.
    pub now: Millis,
    /// The numbered databases.
    pub dbs: Vec<Db>,
    /// Channels and patterns.
    pub pubsub: PubSub,
    /// The settings.
    pub config: Config,
    /// Chance for commands that pick at random.
    pub pick: Rng,
    /// Facts since they were last taken; only kept while `observing`.
    pub events: Vec<Event>,
    /// Whether somebody looks: keeps events and witnesses, which cost time and memory.
    pub observing: bool,
    /// Whether replies are explained to whoever looks: not while a moment is folded whose replies nobody reads.
    pub explaining: bool,
    /// A command asked for the server's end. The engine goes on; whoever runs it looks here.
    pub stopping: bool,
    /// It has a port of its own, which a command may end.
    pub may_stop: bool,
    /// When it began.
    pub started: Millis,
    /// What INFO counts.
    pub stats: Stats,
    /// Commands that were slow or large, by [`commandlog::Kind`].
    pub logs: [commandlog::Log; 3],
    /// Clients that are shown every command.
    pub monitors: BTreeSet<Conn>,
    /// What clients may keep copies of.
    pub tracked: Tracked,
    /// Commands are held back: CLIENT PAUSE.
    pub pause: Option<Pause>,
    /// Scripts and functions.
    pub scripting: Scripting,
    /// The last commands and what they cost, while observed.
    pub profile: Profile,
    /// How keys went, while observed.
    pub memory: Memory,
    /// Why the command that runs is answered so, while observed.
    pub why: Option<Why>,
    /// The wait that the command which runs may end.
    pub woken: Option<Woken>,
    /// What is kept in mind of keys that may have to go for want of memory.
    eviction: evict::Eviction,
    /// Chance for which key goes.
    chance: Rng,
    /// A key goes by no command.
    going: Option<Going>,
    /// Nothing happens before this moment: DEBUG SLEEP.
    asleep: Option<Millis>,
    /// Whose command runs; nobody's where time does something by itself.
    current: Option<Conn>,
    /// Clients whose command is held back, in that order.
    held: Vec<Conn>,
    clients: BTreeMap<Conn, Client>,
    next_id: u64,
    dispatch: Dispatch,
    waiters: Waiters,
    timeouts: Deadlines<Conn>,
    /// When clients that wait look again though no key changed.
    lookouts: Deadlines<Conn>,
    /// Who watches each key, by database and key.
    watchers: BTreeMap<(usize, Bytes), BTreeSet<Conn>>,
    /// Keys with waiters that changed and have not been looked at since.
    ready: Vec<Ready>,
    /// Clients that stopped waiting and may have more to read.
    unblocked: VecDeque<Conn>,
    /// Clients with bytes to send, or that ended.
    outputs: BTreeSet<Conn>,
}

/// Why a key goes that no command takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    /// It reached its deadline.
    Expired,
    /// Memory was full.
    Evicted,
}

/// A key that changed, which somebody waits for.
#[derive(Clone, Debug)]
struct Ready {
    db: usize,
    key: Bytes,
    /// It was made just now.
    born: bool,
    /// By whose command.
    by: Option<Conn>,
}

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

impl Engine {
    /// An empty server at a moment, with a seed for its chance and the commands it is handed.
    pub fn new(seed: u64, now: Millis, dispatch: Dispatch) -> Self {
        Self {
            now,
            dbs: vec![Db::default(); DATABASES],
            pubsub: PubSub::default(),
            config: Config::default(),
            pick: Rng::new(seed, Purpose::Pick),
            events: Vec::new(),
            observing: false,
            explaining: true,
            stopping: false,
            may_stop: false,
            started: now,
            stats: Stats::default(),
            logs: Default::default(),
            monitors: BTreeSet::new(),
            tracked: Tracked::default(),
            pause: None,
            scripting: Scripting::default(),
            profile: Profile::default(),
            memory: Memory::default(),
            why: None,
            woken: None,
            eviction: evict::Eviction::default(),
            chance: Rng::new(seed, Purpose::Evict),
            going: None,
            asleep: None,
            current: None,
            held: Vec::new(),
            clients: BTreeMap::new(),
            next_id: 1,
            dispatch,
            waiters: Waiters::default(),
            timeouts: Deadlines::default(),
            lookouts: Deadlines::default(),
            watchers: BTreeMap::new(),
            ready: Vec::new(),
            unblocked: VecDeque::new(),
            outputs: BTreeSet::new(),
        }
    }

    /// Lets one thing happen at a moment, after everything that falls due before it. A moment that
    /// lies before the last one counts as the last one.
    pub fn handle(&mut self, at: Millis, conn: Conn, what: What) {
        self.advance_to(at);
        match what {
            What::Connect => {
                self.disconnect(conn);
                let id = self.next_id;
                self.next_id += 1;
                self.stats.connections += 1;
                let client = Client {
                    id,
                    since: self.now,
                    used: self.now,
                    authenticated: self.config.password.is_empty(),
                    ..Client::default()
                };
                self.clients.insert(conn, client);
            }
            What::Bytes(bytes) => self.feed(conn, &bytes),
            What::Disconnect => self.disconnect(conn),
        }
    }

    /// Bytes arrive on a connection now; unknown connections are passed over.
    pub fn feed(&mut self, conn: Conn, bytes: &[u8]) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        client.query.extend_from_slice(bytes);
        client.used = self.now;
        client.bytes_in += bytes.len() as u64;
        self.stats.bytes_in += bytes.len() as u64;
        self.stats.reads += 1;
        if self.still() {
            self.unblocked.push_back(conn);
            return;
        }
        self.read_commands(conn);
        self.settle();
        self.broadcast();
    }

    /// Moves time on, firing every expiry and timeout in order, each at its own deadline. A key is
    /// gone from the millisecond of its deadline on.
    pub fn advance_to(&mut self, at: Millis) {
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
            let timeout = self.timeouts.next().map(|(when, _)| when);
            let lookout = self.lookouts.next().map(|(when, _)| when);
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
                    self.expire_first(db);
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
    fn next_expiry(&self) -> Option<(Millis, usize)> {
        if !self.config.expires_by_itself {
            return None;
        }
        let dbs = self.dbs.iter().enumerate();
        dbs.filter_map(|(i, db)| Some((db.next_due()?, i))).min()
    }

    /// Whether nothing is read, sent or served now: the server sleeps, or a script stands still.
    fn still(&self) -> bool {
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
    fn wake_up(&mut self, until: Millis) {
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
        let expiry = self.next_expiry().map(|(when, _)| when);
        expiry
            .filter(|_| self.config.expires_by_itself)
            .into_iter()
            .chain(self.timeouts.next().map(|(when, _)| when))
            .chain(self.lookouts.next().map(|(when, _)| when))
            .chain(self.pause.map(|pause| pause.until))
            .min()
    }

    /// Takes the bytes that wait to be sent to a client; a client that was closing is then gone.
    pub fn take_output(&mut self, conn: Conn) -> Vec<u8> {
        if self.still() {
            return Vec::new();
        }
        self.outputs.remove(&conn);
        let Some(client) = self.clients.get_mut(&conn) else {
            return Vec::new();
        };
        let out = std::mem::take(&mut client.out);
        client.whys.clear();
        client.bytes_out += out.len() as u64;
        self.stats.bytes_out += out.len() as u64;
        self.stats.writes += u64::from(!out.is_empty());
        if client.closing {
            self.disconnect(conn);
        }
        out
    }

    /// Takes the reasons of the replies among the bytes that wait to be sent to a client: each with the number of
    /// bytes up to the end of its reply. To be called right before [`Self::take_output`].
    pub fn take_whys(&mut self, conn: Conn) -> Vec<(usize, Why)> {
        let client = self.clients.get_mut(&conn);
        client.map_or_else(Vec::new, |client| std::mem::take(&mut client.whys))
    }

    /// Takes the names of those who have output to be taken, or who ended, since their output was last
    /// taken: so that nobody has to ask every client.
    pub fn take_touched(&mut self) -> BTreeSet<Conn> {
        if self.still() {
            return BTreeSet::new();
        }
        std::mem::take(&mut self.outputs)
    }

    /// Ends a client's connection once what it was sent has been taken, whoever asks for it.
    pub fn close(&mut self, conn: Conn) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.closing = true;
            self.outputs.insert(conn);
        }
    }

    /// A client, if it is connected.
    pub fn client(&self, conn: Conn) -> Option<&Client> {
        self.clients.get(&conn)
    }

    /// The connected clients, in the order of their handles.
    pub fn clients(&self) -> impl Iterator<Item = (Conn, &Client)> {
        self.clients.iter().map(|(conn, client)| (*conn, client))
    }

    /// Sends frames to a client beside its replies, such as a published message.
    pub fn push_to(&mut self, conn: Conn, write: impl FnOnce(&mut Writer)) {
        if let Some(client) = self.clients.get_mut(&conn) {
            let mut writer = Writer {
                bytes: std::mem::take(&mut client.out),
                resp: client.resp,
                ..Writer::default()
            };
            write(&mut writer);
            client.out = writer.bytes;
            self.outputs.insert(conn);
        }
    }

    /// Notes a fact, while somebody looks.
    pub fn note(&mut self, conn: Option<Conn>, db: usize, key: &[u8], fact: impl FnOnce() -> Fact) {
        if self.observing {
            self.events.push(Event {
                at: self.now,
                conn,
                db,
                key: Bytes::from_slice(key),
                fact: fact(),
            });
        }
    }

    /// Notes that a key went, and where to, if that is known.
    pub fn note_gone(
        &mut self,
        conn: Option<Conn>,
        db: usize,
        key: &[u8],
        gone: Option<&Entry>,
        to: Option<(usize, &[u8])>,
    ) {
        if let Some(entry) = gone {
            self.note(conn, db, key, || Fact::Gone {
                kind: view::Kind::of(entry),
                size: entry.value.size(),
                to: to.map(|(db, key)| (db, Bytes::from_slice(key))),
            });
        }
    }

    /// A key was modified in any way that a client may want to know of: its value, its deadline, its
    /// being there. Nobody who waits is woken by that alone.
    pub fn modified(&mut self, db: usize, key: &[u8]) {
        for conn in self.spoil_watched(db, key) {
            self.unwatch(conn); // nothing more can make a difference to it
        }
        self.remember(db, key);
        self.stats.changes += 1;
        self.invalidate(key);
    }

    /// A key's value changed: it is [modified](Self::modified), and who waits for it looks again, once
    /// the command is over.
    pub fn changed(&mut self, db: usize, key: &[u8]) {
        self.modified(db, key);
        self.wake(db, key);
    }

    /// Remembers how a key went that is no longer there, while somebody looks.
    fn remember(&mut self, db: usize, key: &[u8]) {
        if !self.observing {
            return;
        }
        if self.dbs[db].contains(key) {
            self.memory.there(db, key);
        } else if let Some(going) = self.going {
            let evicted = going == Going::Evicted;
            self.memory.went(db, key, self.now, evicted);
        } else if let Some((conn, command)) = self.running() {
            self.memory.gone(db, key, self.now, conn, command);
        }
    }

    /// Whose command runs, and which.
    pub fn running(&self) -> Option<(Conn, &'static str)> {
        let conn = self.current?;
        let (container, _) = self.clients.get(&conn)?.last?;
        Some((conn, container))
    }

    /// A key went with its whole database. Clients that keep copies are told of that once, by
    /// [flushed](Self::flushed).
    pub fn cleared(&mut self, db: usize, key: &[u8]) {
        self.spoil_watched(db, key);
        self.remember(db, key);
        self.stats.changes += 1;
        self.wake(db, key);
    }

    /// Who waits for a key looks again, once the command is over.
    pub fn wake(&mut self, db: usize, key: &[u8]) {
        if !self.waiters.is_empty() {
            let key = Bytes::from_slice(key);
            let born = self.dbs[db].born.contains(&key);
            let by = self.current.filter(|_| self.going.is_none());
            self.ready.push(Ready { db, key, born, by });
        }
    }

    /// Lets two databases change places. Who waits for a key of either looks again.
    pub fn swap_databases(&mut self, one: usize, other: usize) {
        self.spoil_swapped(one, other);
        let [one_db, other_db] = match self.dbs.get_disjoint_mut([one, other]) {
            Ok(both) => both,
            Err(_) => return,
        };
        one_db.swap(other_db);
        self.memory.forget();
        self.stats.changes += 1;
        let by = self.current;
        for db in [one, other] {
            let ready = |key: &Bytes| Ready {
                db,
                key: key.clone(),
                born: true,
                by,
            };
            self.ready.extend(self.waiters.keys_in(db).map(ready));
        }
    }

    /// Shows a command to the monitors, as `redis-cli` quotes words.
    pub fn show_monitors(&mut self, conn: Conn, words: &[&[u8]]) {
        let Some(client) = self
            .clients
            .get(&conn)
            .filter(|_| !self.monitors.is_empty())
        else {
            return;
        };
        let (db, who) = match self.scripting.selected() {
            Some(db) => (db, "lua".to_string()),
            None => (client.db, client.address(conn)),
        };
        let (seconds, millis) = (self.now / 1000, self.now % 1000);
        let mut line = format!("{seconds}.{millis:03}000 [{db} {who}]");
        for word in words {
            line.push(' ');
            line.push_str(&text::quote(word));
        }
        for monitor in self.monitors.clone() {
            self.push_to(monitor, |out| out.simple(&line));
        }
    }

    /// Notes where a client is connected from, and to.
    pub fn set_address(&mut self, conn: Conn, addr: String, local: String) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.addr = addr;
            client.local = local;
        }
    }

    /// Whether a command with these flags is held back now.
    pub fn holds_back(&self, changes: bool) -> bool {
        self.pause
            .is_some_and(|pause| changes || !pause.writes_only)
    }

    /// Commands go on, in the order in which they were held back.
    pub fn unpause(&mut self) {
        self.pause = None;
        self.unblocked.extend(std::mem::take(&mut self.held));
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

    /// Counts a command that is over, by container and name.
    pub fn count_call(&mut self, conn: Conn, place: stats::Place, failed: bool) {
        self.stats.commands += 1;
        if let Some(client) = self.clients.get_mut(&conn) {
            client.commands += 1;
        }
        let calls = self.stats.calls.entry(place).or_default();
        calls[0] += 1;
        calls[2] += u64::from(failed);
    }

    /// A command took time: DEBUG SLEEP, and what runs it.
    pub fn took(&mut self, place: stats::Place, millis: Millis) {
        self.stats.latency.took(place, millis);
        let threshold = self.config.latency_threshold;
        if threshold > 0 && millis >= threshold {
            self.stats.latency.sample(self.now + millis, millis);
        }
    }

    /// Answers the command that a client waited with, unless it wants no replies.
    fn reply_to(&mut self, conn: Conn, write: impl FnOnce(&mut Writer)) {
        if let Some(client) = self.clients.get_mut(&conn) {
            let muted = client.muted();
            client.command_over();
            if !muted {
                self.push_to(conn, write);
            }
        }
    }

    /// Cuts a client off, with what it was not sent yet.
    pub fn kill(&mut self, conn: Conn) {
        self.disconnect(conn);
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

    fn disconnect(&mut self, conn: Conn) {
        self.drop_stand(conn);
        self.unblock(conn);
        self.unwatch(conn);
        if self.clients.remove(&conn).is_some() {
            self.monitors.remove(&conn);
            self.held.retain(|held| *held != conn);
            self.outputs.insert(conn);
            self.unsubscribe_all(conn);
        }
    }

    fn read_commands(&mut self, conn: Conn) {
        let mut used = 0;
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        let query = std::mem::take(&mut client.query);
        while !self.stands()
            && let Some(client) = self.clients.get_mut(&conn)
        {
            if client.waits() || client.closing || used >= query.len() {
                break;
            }
            if self.asleep.is_some() {
                self.unblocked.push_back(conn);
                break;
            }
            let rest = query.get(used..).unwrap_or_default();
            let allowance = Allowance {
                bulk_max: self.config.proto_max_bulk_len,
                stranger: !self.config.password.is_empty() && !client.authenticated,
            };
            match client.parser.next_of(rest, allowance) {
                Parsed::Incomplete => break,
                Parsed::Command {
                    words: places,
                    used: n,
                } => {
                    used += n;
                    let words: SmallVec<[&[u8]; 16]> = places
                        .iter()
                        .map(|r| rest.get(r.clone()).unwrap_or_default())
                        .collect();
                    self.run(conn, &words, false);
                    if let Some(client) = self.clients.get_mut(&conn) {
                        client.parser.recycle(places);
                    }
                }
                Parsed::Inline { words, used: n } => {
                    used += n;
                    let words: SmallVec<[&[u8]; 16]> = words.iter().map(Vec::as_slice).collect();
                    self.run(conn, &words, false);
                }
                Parsed::Broken(text) => {
                    used = query.len();
                    self.push_to(conn, |out| out.error(&Error::from(text)));
                    self.close(conn);
                }
            }
        }
        if let Some(client) = self.clients.get_mut(&conn) {
            let mut rest = query;
            rest.drain(..used.min(rest.len()));
            client.query = rest;
        }
    }

    fn run(&mut self, conn: Conn, words: &[&[u8]], retry: bool) {
        if words.is_empty() {
            return;
        }
        if self.config.max_memory > 0 {
            self.make_room();
        }
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        // Messages that the command itself pushes to this client come after its reply.
        let out = Writer {
            bytes: std::mem::take(&mut client.out),
            resp: client.resp,
            most: self.eviction.replies_max(),
            ..Writer::default()
        };
        let start = out.bytes.len();
        let (db, unseen) = (client.db, client.unseen);
        let dispatch = self.dispatch;
        let listens = self.config.notify & notify::NEW != 0;
        self.ready_databases(unseen, db);
        let mut ctx = Ctx {
            engine: self,
            conn,
            db,
            out,
            retry,
            in_exec: false,
            script: None,
        };
        let before = ctx.engine.current.replace(conn);
        if let Err(error) = dispatch(&mut ctx, Args(words)) {
            ctx.out.bytes.truncate(start);
            ctx.out.error(&error);
            ctx.out.pushed = false;
        }
        let out = ctx.out;
        self.current = before;
        self.eviction.replied(out.full);
        if self.stands() {
            self.why = None;
            self.begin_stand(conn, out.bytes);
            return;
        }
        if listens {
            self.notify_births();
        }
        let why = self.why.take().filter(|_| !out.pushed);
        if let (Some(why), Some(client)) = (why, self.clients.get_mut(&conn))
            && !client.waits()
            && !client.muted()
        {
            client.whys.push((out.bytes.len(), why));
        }
        self.command_over(conn, out, start);
        if !retry && self.asleep.is_none() {
            self.serve_ready();
        }
    }

    /// A command is over, or waits: `out` is what its client is sent, the reply from `start` on. What it was
    /// pushed meanwhile comes after that.
    fn command_over(&mut self, conn: Conn, out: Writer, start: usize) {
        let pushed = out.pushed;
        let mut out = out.bytes;
        if let Some(client) = self.clients.get_mut(&conn) {
            if client.muted() && !pushed {
                out.truncate(start);
            }
            if !client.waits() {
                client.command_over();
            }
            out.append(&mut client.out);
            client.out = out;
            if start == 0 {
                self.outputs.insert(conn);
            }
        }
    }

    /// How what is looked at counts as used.
    fn looks(&self, unseen: bool) -> Looks {
        Looks {
            births: self.config.notify & notify::NEW != 0 || !self.waiters.is_empty(),
            unseen,
            log_factor: self.config.lfu_log_factor,
            decay_minutes: self.config.lfu_decay_minutes,
        }
    }

    /// A command begins: tells the databases the moment, and how what it looks at counts as used.
    fn ready_databases(&mut self, unseen: bool, selected: usize) {
        if let Some(db) = self.dbs.get(selected) {
            db.used.set(0);
        }
        let (now, looks) = (self.now, self.looks(unseen));
        // All of them are told the same, and only what makes births known leaves more to be cleared.
        let told = |db: &Db| db.now == now && db.looks == looks;
        if !looks.births && self.dbs.first().is_some_and(told) {
            return;
        }
        for db in &mut self.dbs {
            db.now = now;
            db.looks = looks;
            db.born.clear();
            db.told = 0;
        }
    }

    /// Lets everything that the last step made possible happen.
    fn settle(&mut self) {
        while !self.still() {
            if self.eviction.due {
                self.make_room();
            }
            self.serve_ready();
            let Some(conn) = self.unblocked.pop_front() else {
                break;
            };
            if let Some(command) = self.clients.get_mut(&conn).and_then(|c| c.held.take()) {
                let words: SmallVec<[&[u8]; 16]> = command.iter().map(|w| w.as_slice()).collect();
                self.run(conn, &words, false);
            }
            self.read_commands(conn);
        }
    }

    /// Runs the waiting commands again whose keys changed, first come first served.
    fn serve_ready(&mut self) {
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
    fn look_again(&mut self, conn: Conn, by: Option<Conn>) {
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
    fn set_lookout(&mut self, conn: Conn) {
        let Some(blocked) = self.clients.get_mut(&conn).and_then(|c| c.blocked.as_mut()) else {
            return;
        };
        if let Some(ticket) = blocked.again_ticket.take() {
            self.lookouts.cancel(ticket);
        }
        blocked.again_ticket = blocked.again.map(|when| self.lookouts.set(when, conn));
    }

    /// Takes a client out of its wait for a retry.
    fn suspend(&mut self, conn: Conn) -> Option<Blocked> {
        self.clients.get_mut(&conn)?.blocked.take()
    }

    /// After a retry: a command that waits again keeps its deadline. As on the server, it goes to
    /// the end of the queues: who looked in vain comes after who has not looked yet.
    fn resume(&mut self, conn: Conn, before: Option<Blocked>) {
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

    fn release(&mut self, blocked: &Blocked) {
        self.waiters.remove(blocked);
        if let Some(ticket) = blocked.ticket {
            self.timeouts.cancel(ticket);
        }
        if let Some(ticket) = blocked.again_ticket {
            self.lookouts.cancel(ticket);
        }
    }

    fn unblock(&mut self, conn: Conn) -> Option<Blocked> {
        let blocked = self.suspend(conn)?;
        self.release(&blocked);
        Some(blocked)
    }

    fn expire_first(&mut self, db: usize) {
        let (keys, fields) = (
            &self.dbs[db].next_deadline(),
            &self.dbs[db].next_field_deadline(),
        );
        match (keys, fields) {
            (Some((when, key)), fields) if fields.is_none_or(|(at, _)| *when <= at) => {
                let key = (*key).clone();
                self.expire_key(db, &key);
            }
            (_, Some((when, key))) => {
                let (when, key) = (*when, (*key).clone());
                self.expire_fields(db, &key, when);
            }
            _ => {}
        }
    }

    fn expire_key(&mut self, db: usize, key: &[u8]) {
        self.stats.expired_keys += 1;
        let gone = self.dbs[db].remove(key);
        self.note_gone(None, db, key, gone.as_ref(), None);
        self.note(None, db, key, || Fact::Expired);
        self.going = Some(Going::Expired);
        self.changed(db, key);
        self.going = None;
        self.notify(db, notify::EXPIRED, "expired", key);
    }

    /// Takes the fields of a hash that are due at a moment, and the hash with the last of them.
    fn expire_fields(&mut self, db: usize, key: &[u8], when: Millis) {
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
        self.going = Some(Going::Expired);
        self.changed(db, key);
        self.going = None;
        self.notify(db, notify::HASH, "hexpired", key);
        if empty {
            self.notify(db, notify::GENERIC, "del", key);
        }
    }

    fn time_out_first(&mut self) {
        let Some((_, conn)) = self.timeouts.pop() else {
            return;
        };
        self.end_wait(conn, None);
    }

    fn wait(&mut self, conn: Conn, mut blocked: Blocked) {
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
    pub fn client(&mut self) -> &mut Client {
        self.engine.clients.entry(self.conn).or_default()
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
