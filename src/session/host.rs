//! The whole boundary between the halves: requests in, one frame of updates out. Pure: the shell
//! around it brings the time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::clock::Clock;
use super::history::History;
use super::message::*;
use super::moment::{Moment, Output};
use crate::command;
use crate::command::spec::{Arg, Spec};
use crate::engine::profile::Profile;
use crate::engine::resp::{Parsed, parse_command};
use crate::engine::script::{Machine, Standing};
use crate::engine::view;

/// How many keys one input reports as touched.
const TOUCHED_MAX: usize = 8;

/// How many inputs wait for a script that stands still, and how many bytes; with more, it runs to its end.
const HELD_MAX: usize = 1_000;
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How often the profiler is told of commands, in milliseconds: nobody reads faster.
const PROFILE_EVERY: Millis = 250;

/// Makes what runs scripts, new each time; `None`: scripts cannot run.
pub type MakeMachine = fn() -> Option<Box<dyn Machine>>;

/// Where a script stands still: the script, the calls before, and how many inputs wait.
type Stand = (u64, u32, usize);

/// The server half behind its one door.
#[derive(Debug)]
pub struct Host {
    now: Moment,
    clock: Clock,
    /// What was last told of the clock.
    clock_told: Option<ClockView>,
    updates: Vec<Update>,
    watched: BTreeMap<Panel, Watched>,
    clients: BTreeMap<Conn, Option<ClientView>>,
    conns: BTreeSet<Conn>,
    /// What was last told of the actors that there are.
    actors: BTreeMap<Conn, ActorView>,
    history: History,
    /// What was last told of the history.
    history_told: Option<HistoryView>,
    machine: MakeMachine,
    /// What happened while a script stood still, in order: it happens once that is over.
    held: VecDeque<(Conn, What)>,
    held_bytes: usize,
    /// What was last told of a script that stands still.
    stand: Option<Stand>,
    /// When the profiler was last told something, by the wall clock, and when it is to be told again.
    profiled: Option<Millis>,
    profile_due: Option<Millis>,
}

#[derive(Debug)]
struct Watched {
    target: Target,
    /// What it was last told, so that it is told again only when that changes.
    stamp: Option<u64>,
    told: Option<View>,
    /// What a profiler that stands still looks at.
    held: Option<Profile>,
}

impl Host {
    /// An empty session at a moment.
    pub fn new(seed: u64, start: Millis, machine: MakeMachine) -> Self {
        let first = Moment::first(seed, start, machine());
        let mut now = first.clone();
        now.actors.listen(true);
        Self {
            now,
            clock: Clock::new(start),
            clock_told: None,
            updates: Vec::new(),
            watched: BTreeMap::new(),
            clients: BTreeMap::new(),
            conns: BTreeSet::new(),
            actors: BTreeMap::new(),
            history: History::new(seed, first, Limits::default()),
            history_told: None,
            machine,
            held: VecDeque::new(),
            held_bytes: 0,
            stand: None,
            profiled: None,
            profile_due: None,
        }
    }

    /// Handles one request at a moment of the wall clock. What it changes is told by the next [`Host::frame`].
    pub fn handle(&mut self, wall: Millis, request: Request) {
        let at = self.read_clock(wall);
        match request {
            Request::Begin(log) => {
                let watched = std::mem::take(&mut self.watched);
                let (stepping, stood) = (self.now.engine.scripting.stepping, self.stand.is_some());
                let clock = self.clock.clone();
                *self = Self::new(log.seed, log.start, self.machine);
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
                for entry in log.entries {
                    self.repeat(entry);
                    self.updates.clear();
                }
                self.pass(log.until);
                // What was said then is not told.
                self.now.actors.listen(true);
                // The clock runs, or is held, as before, from where the record leaves it.
                self.clock = clock;
                self.clock.set(self.now.engine.now);
                self.updates.clear();
                self.updates.push(Update::Ready { commands: docs() });
                if stood {
                    self.updates.push(Update::Script(None));
                }
                // What was folded ran at once, as it may again.
                self.now.engine.scripting.stepping = stepping;
            }
            Request::Input { conn, what } => {
                self.leave_past();
                self.held_bytes += what.size();
                self.held.push_back((conn, what));
                self.advance(at);
                while self.held.len() > HELD_MAX || self.held_bytes > HELD_BYTES_MAX {
                    self.step(at, true);
                }
            }
            Request::Watch { panel, target } => {
                let held = match &target {
                    Target::Profiler { paused: true, .. } => {
                        let before = self.watched.remove(&panel).and_then(|watch| watch.held);
                        Some(before.unwrap_or_else(|| self.now.engine.profile.clone()))
                    }
                    _ => None,
                };
                self.profiled = None;
                self.watched.insert(
                    panel,
                    Watched {
                        target,
                        stamp: None,
                        told: None,
                        held,
                    },
                );
            }
            Request::Unwatch { panel } => {
                self.watched.remove(&panel);
            }
            Request::Stepping { on } => {
                self.now.engine.scripting.stepping = on;
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
            Request::Travel(travel) => {
                // Nothing may be under way.
                self.advance(at);
                while self.now.engine.stands() {
                    self.step(at, true);
                }
                self.travel(travel);
            }
        }
    }

    /// Moves on to a moment of the wall clock and gives what changed since the last frame.
    pub fn frame(&mut self, wall: Millis) -> Frame {
        let at = self.read_clock(wall);
        self.advance(at);
        self.tell_history();
        self.tell_script();
        self.tell_actors();
        self.tell_clients();
        self.tell_panels(wall);
        self.tell_clock();
        Frame {
            now: self.now.engine.now,
            updates: std::mem::take(&mut self.updates),
        }
    }

    /// The computer has slept: who counts on by themselves may have counted that, and are told anew.
    pub fn woke(&mut self) {
        self.clock_told = None;
    }

    /// The next moment of the wall clock at which something happens by itself; `None` while the clock is held, or the
    /// session stands in the past.
    pub fn next_deadline(&self) -> Option<Millis> {
        let next = self.now.next().filter(|_| !self.history.in_past());
        let next = next.and_then(|next| self.clock.wall_at(next));
        next.into_iter().chain(self.profile_due).min()
    }

    /// Moves the clock on, and lets happen what was to happen, unless a script stands still.
    fn advance(&mut self, at: Millis) {
        loop {
            self.pass(at);
            if self.now.engine.stands() {
                self.clock.set(self.now.engine.now); // a move ends where a script stands
                break;
            }
            let Some((conn, what)) = self.held.pop_front() else {
                break;
            };
            self.held_bytes -= what.size();
            let keys = touched(&what);
            let bytes = matches!(what, What::Bytes(_));
            self.updates.push(Update::Recorded {
                at: self.now.engine.now,
                conn,
                bytes,
                keys,
            });
            self.input(conn, what);
        }
    }

    /// The session's moment at a moment of the wall clock. While a script stands still, or the
    /// session stands in the past, so does the clock.
    fn read_clock(&mut self, wall: Millis) -> Millis {
        if self.now.engine.stands() || self.history.in_past() {
            self.clock.stand(wall);
            return self.clock.now();
        }
        self.clock.read(wall)
    }

    fn turn(&mut self, turn: Turn) {
        let from = self.clock.now();
        let (expiry, timeout) = (
            self.now.engine.expires_next(),
            self.now.engine.times_out_next(),
        );
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
            _ if self.now.engine.stands() => None,
            Turn::Advance(ms) => Some(from.saturating_add(ms)),
            Turn::ToExpiry => expiry.as_ref().map(|next| next.at),
            Turn::ToTimeout => timeout.map(|next| next.at),
            Turn::Step => self.now.next(),
        };
        if to.is_some() {
            self.leave_past();
        }
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
            expiry: self.now.engine.expires_next(),
            timeout: self.now.engine.times_out_next(),
            next: self.now.next(),
        };
        if self.clock_told.as_ref() != Some(&view) {
            self.clock_told = Some(view.clone());
            self.updates.push(Update::Clock(view));
        }
    }

    /// Lets time pass, unless the session stands in the past.
    fn pass(&mut self, at: Millis) {
        if self.history.in_past() {
            return;
        }
        let cost = self.now.advance(at, &mut send(&mut self.updates));
        self.history.passed(cost, &self.now);
    }

    /// Lets the script that stands still go on, if one does.
    fn step(&mut self, at: Millis, to_end: bool) {
        self.now.engine.step_script(to_end);
        self.now.settle(&mut send(&mut self.updates));
        self.advance(at);
    }

    fn tell_script(&mut self) {
        let place = self.now.engine.place_of_stand();
        let stand = place.map(|(serial, calls)| (serial, calls, self.held.len()));
        if stand == self.stand {
            return;
        }
        self.stand = stand;
        let waiting = self.held.len() as u32;
        let view = self
            .now
            .engine
            .standing()
            .map(|standing| view_of(standing, waiting));
        self.updates.push(Update::Script(view));
    }

    /// Lets an input happen now.
    fn input(&mut self, conn: Conn, what: What) {
        if !matches!(what, What::Actor(_)) {
            self.conns.insert(conn);
        }
        let at = self.now.engine.now;
        let input = Input { at, conn, what };
        let cost = self.now.happen(&input, &mut send(&mut self.updates));
        self.history.append(input, cost, &self.now);
    }

    /// Tells what actors said, and then how they are.
    fn tell_actors(&mut self) {
        for (conn, said, left_out) in self.now.actors.take_said() {
            self.updates.push(Update::Acted {
                conn,
                said,
                left_out,
            });
        }
        let before = std::mem::take(&mut self.actors);
        self.actors = self.now.actors.views().collect();
        for &conn in before.keys().filter(|conn| !self.actors.contains_key(conn)) {
            self.conns.remove(&conn);
            self.clients.remove(&conn);
            self.updates.push(Update::Actor { conn, state: None });
        }
        for (&conn, view) in &self.actors {
            self.conns.insert(conn);
            if before.get(&conn) != Some(view) {
                let state = Some(view.clone());
                self.updates.push(Update::Actor { conn, state });
            }
        }
    }

    fn tell_clients(&mut self) {
        for &conn in &self.conns {
            let state = view::client(&self.now.engine, conn);
            if self.clients.get(&conn) != Some(&state) {
                self.clients.insert(conn, state.clone());
                self.updates.push(Update::Client { conn, state });
            }
        }
    }

    fn tell_panels(&mut self, wall: Millis) {
        let mut watched = std::mem::take(&mut self.watched);
        self.profile_due = None;
        for (&panel, watch) in &mut watched {
            let profile = watch.held.as_ref().unwrap_or(&self.now.engine.profile);
            // A stamp says cheaply that nothing can have changed.
            let stamp = match &watch.target {
                Target::Profiler { .. } => Some(profile.stamp()),
                target => self.stamp(target),
            };
            if stamp.is_some() && watch.stamp == stamp {
                continue;
            }
            let view = match &watch.target {
                Target::Profiler { filter, window, .. } => {
                    let due = self.profiled.map_or(wall, |last| last + PROFILE_EVERY);
                    if due > wall {
                        self.profile_due = Some(due);
                        continue;
                    }
                    self.profiled = Some(wall);
                    View::Profiler(profile.view(filter, *window))
                }
                target => self.look(target),
            };
            watch.stamp = stamp;
            if watch.told.as_ref() != Some(&view) {
                watch.told = Some(view.clone());
                self.updates.push(Update::View { panel, view });
            }
        }
        self.watched = watched;
    }

    fn stamp(&self, target: &Target) -> Option<u64> {
        match target {
            Target::Keys { db, .. } => self.now.engine.dbs.get(*db).map(|db| db.version()),
            Target::Key { db, key, .. } => {
                let version = self
                    .now
                    .engine
                    .dbs
                    .get(*db)?
                    .entry(key)
                    .map_or(0, |entry| entry.version);
                Some(version.rotate_left(32) ^ self.now.journals.stamp(*db, key))
            }
            Target::PubSub | Target::Profiler { .. } => None,
        }
    }

    fn look(&self, target: &Target) -> View {
        match target {
            Target::Keys {
                db,
                pattern,
                window,
            } => View::Keys(
                self.now
                    .engine
                    .dbs
                    .get(*db)
                    .map(|db| view::keys(db, pattern, *window))
                    .unwrap_or_default(),
            ),
            Target::Key {
                db,
                key,
                window,
                look,
            } => {
                let facts = self.now.journals.facts(*db, key);
                let db = self.now.engine.dbs.get(*db);
                View::Key {
                    deadline: db.and_then(|db| db.deadline(key)),
                    value: db.map_or(ValueView::Missing, |db| view::value(db, key, *window, look)),
                    facts,
                }
            }
            Target::PubSub => View::PubSub {
                now: view::pubsub(&self.now.engine),
                messages: self.now.journals.messages(),
            },
            Target::Profiler { filter, window, .. } => {
                View::Profiler(self.now.engine.profile.view(filter, *window))
            }
        }
    }
}

/// Tells clients what they are sent.
fn send(updates: &mut Vec<Update>) -> impl FnMut(Conn, Output, Millis) {
    |conn, Output { bytes, whys }, at| {
        if !whys.is_empty() {
            let whys = whys.into_iter().map(|(end, why)| (end as u32, why));
            let whys = whys.collect();
            updates.push(Update::Why { conn, whys });
        }
        updates.push(Update::Output { conn, bytes, at });
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

mod travel;

#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod tests;
