//! The whole boundary between the halves: requests in, one frame of updates out. Pure: the shell
//! around it brings the time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::actors::{Actors, Do};
use super::clock::Clock;
use super::message::*;
use crate::command::spec::{Arg, Spec};
use crate::command::{self, dispatch};
use crate::engine::resp::{Parsed, parse_command};
use crate::engine::script::{Machine, Standing};
use crate::engine::{self, Engine, view};

/// How many facts are kept for each key, and how many messages.
const FACTS_MAX: usize = 64;
/// How many keys facts are kept for; the key longest without one is forgotten first.
const JOURNALS_MAX: usize = 256;
/// How many keys one input reports as touched.
const TOUCHED_MAX: usize = 8;

/// How many inputs wait for a script that stands still, and how many bytes; with more, it runs to its end.
const HELD_MAX: usize = 1_000;
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Makes what runs scripts, new each time; `None`: scripts cannot run.
pub type MakeMachine = fn() -> Option<Box<dyn Machine>>;

/// Where a script stands still: the script, the calls before, and how many inputs wait.
type Stand = (u64, u32, usize);

/// The server half behind its one door.
#[derive(Debug)]
pub struct Host {
    engine: Engine,
    actors: Actors,
    clock: Clock,
    /// What was last told of the clock.
    clock_told: Option<ClockView>,
    updates: Vec<Update>,
    watched: BTreeMap<Panel, Watched>,
    clients: BTreeMap<Conn, Option<ClientView>>,
    conns: BTreeSet<Conn>,
    /// The last facts about each key, and a number that grows with each.
    journals: BTreeMap<(usize, Bytes), (u64, VecDeque<Event>)>,
    messages: VecDeque<Event>,
    facts: u64,
    machine: MakeMachine,
    /// What happened while a script stood still, in order: it happens once that is over.
    held: VecDeque<(Conn, What)>,
    held_bytes: usize,
    /// What was last told of a script that stands still.
    stand: Option<Stand>,
}

#[derive(Debug)]
struct Watched {
    target: Target,
    /// What it was last told, so that it is told again only when that changes.
    stamp: Option<u64>,
    told: Option<View>,
}

impl Host {
    /// An empty session at a moment.
    pub fn new(seed: u64, start: Millis, machine: MakeMachine) -> Self {
        let mut engine = Engine::new(seed, start, dispatch);
        engine.observing = true;
        if let Some(machine) = machine() {
            engine.set_machine(machine);
        }
        Self {
            engine,
            actors: Actors::new(seed),
            clock: Clock::new(start),
            clock_told: None,
            updates: Vec::new(),
            watched: BTreeMap::new(),
            clients: BTreeMap::new(),
            conns: BTreeSet::new(),
            journals: BTreeMap::new(),
            messages: VecDeque::new(),
            facts: 0,
            machine,
            held: VecDeque::new(),
            held_bytes: 0,
            stand: None,
        }
    }

    /// Handles one request at a moment of the wall clock. What it changes is told by the next [`Host::frame`].
    pub fn handle(&mut self, wall: Millis, request: Request) {
        let at = self.read_clock(wall);
        match request {
            Request::Begin { record, until } => {
                let watched = std::mem::take(&mut self.watched);
                let (stepping, stood) = (self.engine.scripting.stepping, self.stand.is_some());
                let clock = self.clock.clone();
                *self = Self::new(record.seed, record.start, self.machine);
                self.watched = watched
                    .into_iter()
                    .map(|(panel, w)| {
                        (
                            panel,
                            Watched {
                                stamp: None,
                                told: None,
                                ..w
                            },
                        )
                    })
                    .collect();
                for Input { at, conn, what } in record.inputs {
                    self.live(at);
                    self.input(at, conn, what);
                    // Whose last bytes are taken is gone, as it was then.
                    self.deliver();
                    self.updates.clear();
                }
                self.live(until);
                self.actors.hush();
                // It runs, or is held, as before, from where the record leaves it.
                self.clock = clock;
                self.clock.set(self.engine.now);
                self.updates.clear();
                self.updates.push(Update::Ready { commands: docs() });
                if stood {
                    self.updates.push(Update::Script(None));
                }
                // What was folded ran at once, as it may again.
                self.engine.scripting.stepping = stepping;
            }
            Request::Input { conn, what } => {
                self.held_bytes += size(&what);
                self.held.push_back((conn, what));
                self.advance(at);
                while self.held.len() > HELD_MAX || self.held_bytes > HELD_BYTES_MAX {
                    self.step(at, true);
                }
            }
            Request::Watch { panel, target } => {
                self.watched.insert(
                    panel,
                    Watched {
                        target,
                        stamp: None,
                        told: None,
                    },
                );
            }
            Request::Unwatch { panel } => {
                self.watched.remove(&panel);
            }
            Request::Stepping { on } => {
                self.engine.scripting.stepping = on;
            }
            Request::Step { to_end } => self.step(at, to_end),
            Request::Clock(turn) => {
                self.advance(at);
                self.turn(turn);
            }
            Request::Passed(ms) => {
                self.clock.jump_to(at.saturating_add(ms));
                self.advance(self.clock.now());
            }
        }
    }

    /// Moves on to a moment of the wall clock and gives what changed since the last frame.
    pub fn frame(&mut self, wall: Millis) -> Frame {
        let at = self.read_clock(wall);
        self.advance(at);
        self.tell_script();
        self.updates.extend(self.actors.tell());
        self.tell_clients();
        self.tell_panels();
        self.tell_clock();
        Frame {
            now: self.engine.now,
            updates: std::mem::take(&mut self.updates),
        }
    }

    /// The next moment of the wall clock at which something happens by itself; `None` while the clock is held.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.clock.wall_at(self.next_event()?)
    }

    /// The next moment at which something happens by itself.
    fn next_event(&self) -> Option<Millis> {
        if self.engine.stands() {
            return None;
        }
        self.engine
            .next_deadline()
            .into_iter()
            .chain(self.actors.next())
            .min()
    }

    /// Moves the clock on, and lets happen what was to happen, unless a script stands still.
    fn advance(&mut self, at: Millis) {
        loop {
            self.live(at);
            if self.engine.stands() {
                self.clock.set(self.engine.now); // a move ends where a script stands
                break;
            }
            let Some((conn, what)) = self.held.pop_front() else {
                break;
            };
            self.held_bytes -= size(&what);
            let keys = touched(&what);
            let bytes = matches!(what, What::Bytes(_));
            self.input(at, conn, what);
            self.updates.push(Update::Recorded {
                at: self.engine.now,
                conn,
                bytes,
                keys,
            });
        }
    }

    /// The session's moment at a moment of the wall clock. While a script stands still, so does the clock.
    fn read_clock(&mut self, wall: Millis) -> Millis {
        if self.engine.stands() {
            self.clock.stand(wall);
            return self.clock.now();
        }
        self.clock.read(wall)
    }

    fn turn(&mut self, turn: Turn) {
        let from = self.clock.now();
        let (expiry, timeout) = (self.engine.expires_next(), self.engine.times_out_next());
        let to = match turn {
            Turn::Pause => {
                self.clock.pause();
                None
            }
            Turn::Resume => {
                self.clock.resume();
                None
            }
            Turn::Speed(speed) => {
                self.clock.set_speed(speed);
                None
            }
            _ if self.engine.stands() => None,
            Turn::Advance(ms) => Some(from.saturating_add(ms)),
            Turn::ToExpiry => expiry.as_ref().map(|next| next.at),
            Turn::ToTimeout => timeout.map(|next| next.at),
            Turn::Step => self.next_event(),
        };
        let place = self.updates.len();
        if let Some(when) = to {
            self.clock.jump_to(when);
            self.advance(self.clock.now());
        }
        let at = self.clock.now();
        let turned = Turned {
            turn,
            from,
            at,
            paused: self.clock.paused(),
            speed: self.clock.speed(),
            expiry: expiry.filter(|next| next.at <= at),
            timeout: timeout.filter(|next| next.at <= at),
        };
        // Told before what came of it.
        self.updates.insert(place, Update::Turned(turned));
    }

    fn tell_clock(&mut self) {
        let view = ClockView {
            paused: self.clock.paused(),
            speed: self.clock.speed(),
            expiry: self.engine.expires_next(),
            timeout: self.engine.times_out_next(),
            next: self.next_event(),
        };
        if self.clock_told.as_ref() != Some(&view) {
            self.clock_told = Some(view.clone());
            self.updates.push(Update::Clock(view));
        }
    }

    /// Lets time pass up to a moment, unless a script stands still. What happens by itself and what actors do happens
    /// in order, each at its own moment, however far the step; in one moment, what happens by itself comes first.
    fn live(&mut self, at: Millis) {
        while let Some(when) = self.next_event().filter(|when| *when <= at) {
            self.engine.advance_to(when);
            self.deliver();
            if self.engine.stands() {
                return;
            }
            if let Some((conn, todo)) = self.actors.act(self.engine.now) {
                self.act(conn, todo);
                self.deliver();
            }
        }
        self.engine.advance_to(at);
        self.deliver();
    }

    /// Does something to an actor's connection.
    fn act(&mut self, conn: Conn, todo: Do) {
        let what = match todo {
            Do::Connect => engine::What::Connect,
            Do::Send(bytes) => engine::What::Bytes(bytes),
            Do::Cut => engine::What::Disconnect,
        };
        self.engine.handle(self.engine.now, conn, what);
    }

    /// Lets the script that stands still go on, if one does.
    fn step(&mut self, at: Millis, to_end: bool) {
        self.engine.step_script(to_end);
        self.deliver();
        self.advance(at);
    }

    fn tell_script(&mut self) {
        let place = self.engine.place_of_stand();
        let stand = place.map(|(serial, calls)| (serial, calls, self.held.len()));
        if stand == self.stand {
            return;
        }
        self.stand = stand;
        let waiting = self.held.len() as u32;
        let view = self
            .engine
            .standing()
            .map(|standing| view_of(standing, waiting));
        self.updates.push(Update::Script(view));
    }

    fn input(&mut self, at: Millis, conn: Conn, what: What) {
        self.conns.insert(conn);
        let what = match what {
            What::Actor(steer) => {
                if steer == Steer::Remove {
                    self.conns.remove(&conn);
                    self.clients.remove(&conn);
                }
                if let Some(todo) = self.actors.steer(conn, steer, self.engine.now) {
                    self.act(conn, todo);
                }
                return self.deliver();
            }
            // Nobody types on an actor's connection, whose replies it would take for its own.
            What::Bytes(_) if self.actors.has(conn) => return,
            What::Bytes(bytes) => engine::What::Bytes(bytes),
            What::Connect => engine::What::Connect,
            What::Disconnect => engine::What::Disconnect,
        };
        self.engine.handle(at, conn, what);
        self.deliver();
    }

    fn note_facts(&mut self) {
        for event in std::mem::take(&mut self.engine.events) {
            self.facts += 1;
            if matches!(event.fact, Fact::Published { .. }) {
                push_bounded(&mut self.messages, event);
                continue;
            }
            let place = (event.db, event.key.clone());
            if self.journals.len() >= JOURNALS_MAX && !self.journals.contains_key(&place) {
                let oldest = self
                    .journals
                    .iter()
                    .min_by_key(|(_, (last, _))| *last)
                    .map(|(place, _)| place.clone());
                oldest.map(|place| self.journals.remove(&place));
            }
            let (last, journal) = self.journals.entry(place).or_default();
            *last = self.facts;
            push_bounded(journal, event);
        }
    }

    /// Brings everybody what they were sent, and notes what became known.
    fn deliver(&mut self) {
        self.note_facts();
        for conn in self.engine.take_touched() {
            let bytes = self.engine.take_output(conn);
            if !self.actors.has(conn) {
                if !bytes.is_empty() {
                    self.updates.push(Update::Output {
                        conn,
                        bytes,
                        at: self.engine.now,
                    });
                }
                continue;
            }
            let subscribed = self
                .engine
                .client(conn)
                .is_some_and(|client| client.subscriptions() > 0);
            if let Some(todo) = self.actors.hear(conn, &bytes, subscribed, self.engine.now) {
                self.act(conn, todo);
            }
            if self.engine.client(conn).is_none() {
                self.actors.closed(conn);
            }
        }
    }

    fn tell_clients(&mut self) {
        for &conn in &self.conns {
            let state = view::client(&self.engine, conn);
            if self.clients.get(&conn) != Some(&state) {
                self.clients.insert(conn, state.clone());
                self.updates.push(Update::Client { conn, state });
            }
        }
    }

    fn tell_panels(&mut self) {
        let mut watched = std::mem::take(&mut self.watched);
        for (&panel, watch) in &mut watched {
            // A stamp says cheaply that nothing can have changed.
            let stamp = self.stamp(&watch.target);
            if stamp.is_some() && watch.stamp == stamp {
                continue;
            }
            watch.stamp = stamp;
            let view = self.look(&watch.target);
            if watch.told.as_ref() != Some(&view) {
                watch.told = Some(view.clone());
                self.updates.push(Update::View { panel, view });
            }
        }
        self.watched = watched;
    }

    fn stamp(&self, target: &Target) -> Option<u64> {
        match target {
            Target::Keys { db, .. } => self.engine.dbs.get(*db).map(|db| db.version()),
            Target::Key { db, key, .. } => {
                let version = self
                    .engine
                    .dbs
                    .get(*db)?
                    .entry(key)
                    .map_or(0, |entry| entry.version);
                let facts = self
                    .journals
                    .get(&(*db, key.clone()))
                    .map_or(0, |(last, _)| *last);
                Some(version.rotate_left(32) ^ facts)
            }
            Target::PubSub => None,
        }
    }

    fn look(&self, target: &Target) -> View {
        match target {
            Target::Keys {
                db,
                pattern,
                window,
            } => View::Keys(
                self.engine
                    .dbs
                    .get(*db)
                    .map(|db| view::keys(db, pattern, *window))
                    .unwrap_or_default(),
            ),
            Target::Key { db, key, window } => {
                let facts = self.journals.get(&(*db, key.clone()));
                let db = self.engine.dbs.get(*db);
                View::Key {
                    deadline: db.and_then(|db| db.deadline(key)),
                    value: db.map_or(ValueView::Missing, |db| view::value(db, key, *window)),
                    facts: facts
                        .map(|(_, events)| events.iter().cloned().collect())
                        .unwrap_or_default(),
                }
            }
            Target::PubSub => View::PubSub {
                now: view::pubsub(&self.engine),
                messages: self.messages.iter().cloned().collect(),
            },
        }
    }
}

fn view_of(standing: Standing, waiting: u32) -> ScriptView {
    let Standing {
        conn,
        name,
        command,
        line,
        calls,
        last,
        frames,
    } = standing;
    ScriptView {
        conn,
        name,
        command,
        line,
        calls,
        last,
        frames,
        waiting,
    }
}

/// How many bytes an input takes.
fn size(what: &What) -> usize {
    match what {
        What::Bytes(bytes) => bytes.len(),
        What::Actor(Steer::Start { name, text }) => name.len() + text.len(),
        What::Connect | What::Disconnect | What::Actor(_) => 0,
    }
}

fn push_bounded(queue: &mut VecDeque<Event>, event: Event) {
    if queue.len() == FACTS_MAX {
        queue.pop_front();
    }
    queue.push_back(event);
}

/// The keys that an input's commands name.
fn touched(what: &What) -> Vec<Bytes> {
    let What::Bytes(bytes) = what else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    let mut rest = bytes.as_slice();
    while keys.len() < TOUCHED_MAX {
        let Parsed::Command { words, used } = parse_command(rest) else {
            break;
        };
        let words: Vec<&[u8]> = words
            .into_iter()
            .map(|range| rest.get(range).unwrap_or_default())
            .collect();
        keys.extend(
            command::keys_of(&words)
                .into_iter()
                .take(TOUCHED_MAX)
                .map(Bytes::from_slice),
        );
        rest = rest.get(used..).unwrap_or_default();
    }
    keys
}

/// Every command and subcommand as the page needs it.
fn docs() -> Vec<CommandDoc> {
    let mut docs = Vec::new();
    for spec in command::all() {
        docs.push(doc(spec, spec.name.to_ascii_uppercase()));
        for sub in spec.subcommands {
            docs.push(doc(
                sub,
                format!("{} {}", spec.name, sub.name).to_ascii_uppercase(),
            ));
        }
    }
    docs
}

fn doc(spec: &Spec, name: String) -> CommandDoc {
    CommandDoc {
        name,
        group: spec.group.to_string(),
        summary: spec.summary.to_string(),
        complexity: spec.complexity.to_string(),
        since: spec.since.to_string(),
        args: spec.args.iter().map(arg_doc).collect(),
        container: spec.handler.is_none(),
    }
}

fn arg_doc(arg: &Arg) -> ArgDoc {
    ArgDoc {
        name: arg.display.unwrap_or(arg.name).to_string(),
        kind: arg.kind,
        token: arg.token.map(str::to_string),
        optional: arg.optional,
        multiple: arg.multiple,
        multiple_token: arg.multiple_token,
        args: arg.args.iter().map(arg_doc).collect(),
    }
}

#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod tests;
