//! One server: keyspace, clients, time, delivery.
//!
//! The engine never asks what time it is and never draws chance of its own: every input brings its
//! moment, and chance comes from the seed. Equal seeds and equal inputs give equal bytes.

pub mod ahead;
pub mod args;
pub mod block;
pub mod client;
mod clients;
pub mod commandlog;
pub mod config;
mod connection;
mod ctx;
pub mod db;
mod entry;
pub mod error;
pub mod event;
pub mod evict;
mod expiry;
pub mod lend;
pub mod lock;
pub mod names;
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
mod wait;
pub mod why;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ahead::Ahead;
use args::Args;
use block::Waiters;
use client::{Client, Conn, Pause};
use clients::Clients;
use config::Config;
pub use ctx::Ctx;
use db::{Db, Entry, Looks};
use error::Error;
use event::{Event, Fact};
use names::Place;
use profile::Profile;
use pubsub::PubSub;
use reply::Writer;
use resp::{Allowance, Parsed, Words};
use rng::{Purpose, Rng};
use script::Scripting;
use stats::Stats;
use time::Millis;
use timers::Deadlines;
use tracking::Tracked;
use why::{Memory, Why, Woken};

use crate::ds::bytes::Bytes;

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
    /// What the command that ran says of others like it.
    pub ahead: Option<Ahead>,
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
    clients: Clients,
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
    /// Clients with bytes to send, or that ended, each once: who is among them knows it.
    outputs: Vec<Conn>,
}

/// Why a key, or something of it, goes that no command takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    /// It reached its deadline.
    Expired,
    /// Fields of it did, and others are left.
    FieldsExpired,
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
            ahead: None,
            woken: None,
            eviction: evict::Eviction::default(),
            chance: Rng::new(seed, Purpose::Evict),
            going: None,
            asleep: None,
            current: None,
            held: Vec::new(),
            clients: Clients::default(),
            next_id: 1,
            dispatch,
            waiters: Waiters::default(),
            timeouts: Deadlines::default(),
            lookouts: Deadlines::default(),
            watchers: BTreeMap::new(),
            ready: Vec::new(),
            unblocked: VecDeque::new(),
            outputs: Vec::new(),
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
                    touched: self.outputs.contains(&conn),
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
        client.used = self.now;
        client.bytes_in += bytes.len() as u64;
        self.stats.bytes_in += bytes.len() as u64;
        self.stats.reads += 1;
        if self.still() {
            if let Some(client) = self.clients.get_mut(&conn) {
                client.query.extend_from_slice(bytes);
            }
            self.unblocked.push_back(conn);
            return;
        }
        self.read_commands(conn, bytes);
        self.settle();
        self.broadcast();
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
        if !self.watchers.is_empty() {
            for conn in self.spoil_watched(db, key) {
                self.unwatch(conn); // nothing more can make a difference to it
            }
        }
        if self.observing {
            self.remember(db, key);
        }
        self.stats.changes += 1;
        self.invalidate(key);
    }

    /// A key's value changed: it is [modified](Self::modified), and who waits for it looks again, once
    /// the command is over.
    pub fn changed(&mut self, db: usize, key: &[u8]) {
        self.modified(db, key);
        self.wake(db, key);
    }

    /// Remembers how a key went that is no longer there, for whoever looks.
    #[inline(never)]
    fn remember(&mut self, db: usize, key: &[u8]) {
        if let Some(going @ (Going::Expired | Going::Evicted)) = self.going {
            let evicted = going == Going::Evicted;
            self.memory.went(db, key, self.now, evicted);
        } else if self.dbs[db].contains(key) {
            self.memory.there(db, key);
        } else if let Some((conn, command)) = self.running() {
            self.memory.gone(db, key, self.now, conn, command);
        }
    }

    /// Whose command runs, and which.
    pub fn running(&self) -> Option<(Conn, &'static str)> {
        let conn = self.current?;
        let Place(container, _) = self.clients.get(&conn)?.last?;
        Some((conn, container))
    }

    /// A key went with its whole database. Clients that keep copies are told of that once, by
    /// [flushed](Self::flushed).
    pub fn cleared(&mut self, db: usize, key: &[u8]) {
        self.spoil_watched(db, key);
        if self.observing {
            self.remember(db, key);
        }
        self.stats.changes += 1;
        self.wake(db, key);
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

    /// Counts a command that is over, by container and name.
    #[inline]
    pub fn count_call(&mut self, conn: Conn, place: Place, failed: bool) {
        self.stats.commands += 1;
        if let Some(client) = self.clients.get_mut(&conn) {
            client.commands += 1;
        }
        let calls = self.stats.calls_of(place);
        calls[0] += 1;
        calls[2] += u64::from(failed);
    }

    /// A command took time: DEBUG SLEEP, and what runs it.
    pub fn took(&mut self, place: Place, millis: Millis) {
        self.stats.latency.took(place, millis);
        let threshold = self.config.latency_threshold;
        if threshold > 0 && millis >= threshold {
            self.stats.latency.sample(self.now + millis, millis);
        }
    }

    /// Runs the commands in what a client sent: what was not read of it before, and then `fresh`.
    fn read_commands(&mut self, conn: Conn, fresh: &[u8]) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        if client.query.is_empty() {
            // As mostly: what comes is read where it stands.
            let used = self.run_all(conn, fresh);
            if let Some(rest) = fresh.get(used..).filter(|rest| !rest.is_empty())
                && let Some(client) = self.clients.get_mut(&conn)
            {
                client.query.extend_from_slice(rest);
            }
            return;
        }
        let mut query = std::mem::take(&mut client.query);
        query.extend_from_slice(fresh);
        let used = self.run_all(conn, &query);
        if let Some(client) = self.clients.get_mut(&conn) {
            query.drain(..used.min(query.len()));
            client.query = query;
        }
    }

    /// Runs the commands at the front of `query`, for as long as their client does not wait; answers how many bytes they took.
    fn run_all(&mut self, conn: Conn, query: &[u8]) -> usize {
        let mut used = 0;
        // How far lookups were read ahead.
        let mut fetched = 0;
        let mut words = Words::new();
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
            if let Some(n) = client.parser.short(rest, allowance, &mut words) {
                used += n;
                self.run(conn, &words, false);
                if let Some(ahead) = self.ahead.take()
                    && used >= fetched
                {
                    let rest = query.get(used..).unwrap_or_default();
                    fetched = used + self.fetch_ahead(conn, ahead, &words, rest);
                }
                continue;
            }
            match client.parser.next_of(rest, allowance) {
                Parsed::Incomplete => break,
                Parsed::Command { words, used: n } => {
                    used += n;
                    let words = words.into_iter();
                    let words: Words<'_> = words.map(|r| rest.get(r).unwrap_or_default()).collect();
                    self.run(conn, &words, false);
                }
                Parsed::Inline { words, used: n } => {
                    used += n;
                    let words: Words<'_> = words.iter().map(Vec::as_slice).collect();
                    self.run(conn, &words, false);
                }
                Parsed::Broken(text) => {
                    used = query.len();
                    self.push_to(conn, |out| out.error(&Error::from(text)));
                    self.close(conn);
                }
            }
        }
        used
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
        if self.why.is_some() {
            self.keep_why(conn, &out);
        }
        self.command_over(conn, out, start);
        if !self.ready.is_empty() && !retry && self.asleep.is_none() {
            self.serve_ready();
        }
    }

    /// Keeps why a command was answered as it was, for whoever takes the reply.
    #[inline(never)]
    fn keep_why(&mut self, conn: Conn, out: &Writer) {
        let why = self.why.take().filter(|_| !out.pushed);
        if let (Some(why), Some(client)) = (why, self.clients.get_mut(&conn))
            && !client.waits()
            && !client.muted()
        {
            client.whys.push((out.bytes.len(), why));
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
            if !client.out.is_empty() {
                out.append(&mut client.out);
            }
            client.out = out;
            if start == 0 {
                connection::touch(&mut self.outputs, conn, client);
            }
        }
    }

    /// How what is looked at counts as used.
    #[inline]
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
}
