//! The whole boundary between the halves: requests in, one frame of updates out. Pure: the shell
//! around it brings the time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::caps::Caps;
use super::clock::Clock;
use super::history::History;
use super::message::*;
use super::moment::{Moment, Output};
use crate::command;
use crate::command::spec::{Arg, BLOCKING, MAY_REPLICATE, READONLY, Row, Spec, WRITE};
use crate::engine::db::Value;
use crate::engine::profile::Profile;
use crate::engine::resp::{Parsed, parse_command};
use crate::engine::script::{Machine, Standing};
use crate::engine::view;

/// How many keys one input reports as touched.
const TOUCHED_MAX: usize = 8;

/// How many inputs wait for a script that stands still, and how many bytes; with more, it runs to its end.
const HELD_MAX: usize = 1_000;
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// After how many entries of a log that is folded again it is said how far that is.
pub(super) const FOLDED_TOLD: usize = 500;

/// How often the profiler is told of commands, in milliseconds: nobody reads faster.
const PROFILE_EVERY: Millis = 250;

/// How often a panel is told of changes that nobody asked for just now, in milliseconds: ten busy actors make hundreds
/// between two drawings of the page.
const VIEW_EVERY: Millis = 50;

/// Makes what runs scripts, new each time; `None`: scripts cannot run.
pub type MakeMachine = fn() -> Option<Box<dyn Machine>>;

/// Where a script stands still: the script, the calls before, and how many inputs wait.
type Stand = (u64, u32, usize);

/// The server half behind its one door.
#[derive(Debug)]
pub struct Host {
    pub(super) now: Moment,
    pub(super) clock: Clock,
    /// What was last told of the clock.
    clock_told: Option<ClockView>,
    pub(super) updates: Vec<Update>,
    watched: BTreeMap<Panel, Watched>,
    clients: BTreeMap<Conn, Option<ClientView>>,
    conns: BTreeSet<Conn>,
    /// What was last told of the actors that there are.
    actors: BTreeMap<Conn, ActorView>,
    pub(super) history: History,
    /// What was last told of the history.
    history_told: Option<HistoryView>,
    /// How many expiries were told.
    expiries_told: u64,
    machine: MakeMachine,
    /// What happened while a script stood still, in order: it happens once that is over.
    pub(super) held: VecDeque<(Conn, What)>,
    pub(super) held_bytes: usize,
    /// What was last told of a script that stands still.
    stand: Option<Stand>,
    /// How often lists of keys were made.
    listings: u64,
    /// When the profiler was last told something, by the wall clock.
    profiled: Option<Millis>,
    /// When a panel is to be told something again.
    panel_due: Option<Millis>,
    /// Whether something was asked for since the last frame, of which nobody is to wait for what comes.
    asked: bool,
    /// What a session may use that came from elsewhere.
    pub(super) guard: Option<Caps>,
    /// The work that had been done when its memory was last weighed.
    pub(super) weighed: u64,
    /// It used more, and whoever types has not heard of it yet: no command is taken.
    pub(super) spent: bool,
}

#[derive(Debug)]
struct Watched {
    target: Target,
    /// What it was last told, so that it is told again only when that changes.
    stamp: Option<u64>,
    told: Option<View>,
    /// When it was last looked for it, by the wall clock.
    looked: Option<Millis>,
    /// The order of a list of keys.
    index: Option<KeyIndex>,
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
            expiries_told: 0,
            machine,
            held: VecDeque::new(),
            held_bytes: 0,
            stand: None,
            listings: 0,
            profiled: None,
            panel_due: None,
            asked: false,
            guard: None,
            weighed: 0,
            spent: false,
        }
    }

    /// Handles one request at a moment of the wall clock. What it changes is told by the next [`Host::frame`].
    pub fn handle(&mut self, wall: Millis, request: Request) {
        self.handle_telling(wall, request, &mut |_| {});
    }

    /// Handles one request, and says how far it is where that takes long: a log is folded again.
    pub fn handle_telling(&mut self, wall: Millis, request: Request, told: &mut dyn FnMut(Frame)) {
        let at = self.read_clock(wall);
        self.asked = true;
        match request {
            Request::Guard(caps) => self.guard = Some(caps),
            Request::Begin(log) => {
                let watched = std::mem::take(&mut self.watched);
                let (stepping, stood) = (self.now.engine.scripting.stepping, self.stand.is_some());
                let (clock, guard) = (self.clock.clone(), self.guard);
                *self = Self::new(log.seed, log.start, self.machine);
                self.guard = guard;
                self.watched = watched
                    .into_iter()
                    .map(|(panel, w)| {
                        (
                            panel,
                            Watched {
                                stamp: None,
                                told: None,
                                looked: None,
                                index: None,
                                ..w
                            },
                        )
                    })
                    .collect();
                let capped = self.fold(log.entries, log.until, told);
                // What was said then is not told.
                self.now.actors.listen(true);
                // The clock runs, or is held, as before, from where the record leaves it.
                self.clock = clock;
                self.clock.set(self.now.engine.now);
                self.updates.clear();
                self.updates.push(Update::Ready);
                self.spend(capped);
                if stood {
                    self.updates.push(Update::Script(None));
                }
                // What was folded ran at once, as it may again.
                self.now.engine.scripting.stepping = stepping;
            }
            Request::Input { what, .. } if self.leaves_out(&what) => {}
            Request::Heard => self.spent = false,
            Request::Commands => self.updates.push(Update::Commands(docs())),
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
                // A list that scrolls keeps its order.
                let index = self.watched.remove(&panel).and_then(|old| old.index);
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
                        looked: None,
                        index,
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
            Request::Retell => self.retell(),
            Request::Probe { ticket, bytes } => {
                self.advance(at);
                let bytes = self.probe(bytes);
                self.updates.push(Update::Probed { ticket, bytes });
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
        self.tell_expiries();
        self.tell_script();
        self.tell_actors();
        self.tell_clients();
        self.tell_panels(wall);
        self.tell_clock();
        self.look_at_use();
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
        next.into_iter().chain(self.panel_due).min()
    }

    /// Moves the clock on, and lets happen what was to happen, unless a script stands still.
    fn advance(&mut self, at: Millis) {
        loop {
            let capped = self.creep(at, self.work());
            self.spend(capped);
            if !self.spent {
                self.pass(at);
            }
            if self.now.engine.stands() {
                self.clock.set(self.now.engine.now); // a move ends where a script stands
                break;
            }
            let Some((conn, what)) = self.held.pop_front() else {
                break;
            };
            self.held_bytes -= what.size();
            let keys = touched(&what);
            let bytes = what.is_bytes();
            self.updates.push(Update::Recorded {
                at: self.now.engine.now,
                conn,
                bytes,
                keys,
            });
            self.input(conn, what);
            self.look_at_use();
        }
    }

    /// Panels look at nothing any more.
    pub(super) fn unwatch(&mut self, panels: std::ops::Range<Panel>) {
        self.watched.retain(|panel, _| !panels.contains(panel));
    }

    /// What would be replied to commands. They happen to a copy; where they only read, that borrows the data, of which there may
    /// be much.
    fn probe(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let mut reply = Vec::new();
        if self.now.engine.stands() {
            return reply;
        }
        let mut lent = match reads_only(&bytes) {
            true => self.now.engine.lend(),
            false => None,
        };
        let mut copy = self.now.to_keep();
        copy.engine.scripting.stepping = false;
        if let Some(lent) = &mut lent {
            copy.engine.exchange(lent);
        }
        for what in [What::Connect, What::Bytes(bytes)] {
            let input = Input {
                at: copy.engine.now,
                conn: Conn::MAX,
                what,
            };
            copy.happen(&input, &mut |conn, output, _| {
                if conn == Conn::MAX {
                    reply.extend_from_slice(&output.bytes);
                }
            });
            copy.engine.look_unseen(Conn::MAX);
        }
        if let Some(mut lent) = lent {
            copy.engine.exchange(&mut lent);
            self.now.engine.take_back(lent);
        }
        reply
    }

    /// The session's moment at a moment of the wall clock. While a script stands still, or the
    /// session stands in the past, so does the clock.
    fn read_clock(&mut self, wall: Millis) -> Millis {
        if self.now.engine.stands() || self.history.in_past() || self.spent {
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
            let capped = self.creep(when, self.work());
            // What is left off moves the clock no further.
            let when = if capped.is_some() {
                self.now.engine.now
            } else {
                when
            };
            self.clock.jump_to(when);
            self.advance(self.clock.now());
            self.spend(capped);
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
    pub(super) fn pass(&mut self, at: Millis) {
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

    /// In the past nothing is new.
    fn tell_expiries(&mut self) {
        if self.history.in_past() {
            return;
        }
        let journals = &self.now.journals;
        let (told, all) = (self.expiries_told, journals.expiries());
        self.expiries_told = all;
        if all > told {
            self.updates
                .push(Update::Expired(journals.expired_since(told)));
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
        let mut due_next: Option<Millis> = None;
        let asked = std::mem::take(&mut self.asked);
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
                        due_next = due_next.into_iter().chain([due]).min();
                        continue;
                    }
                    self.profiled = Some(wall);
                    View::Profiler(profile.view(filter, *window))
                }
                target => {
                    let due = watch.looked.map_or(wall, |last| last + VIEW_EVERY);
                    if due > wall && stamp.is_some() && !asked {
                        due_next = due_next.into_iter().chain([due]).min();
                        continue;
                    }
                    watch.looked = Some(wall);
                    self.look(target, &mut watch.index)
                }
            };
            watch.stamp = stamp;
            if watch.told.as_ref() != Some(&view) {
                watch.told = Some(view.clone());
                self.updates.push(Update::View { panel, view });
            }
        }
        self.watched = watched;
        self.panel_due = due_next;
    }

    fn stamp(&self, target: &Target) -> Option<u64> {
        match target {
            Target::Keys { db, .. } => {
                // How many keys the other databases have is told too.
                let dbs = &self.now.engine.dbs;
                let counts = dbs.iter().map(|db| db.len() as u64);
                let counts = counts.fold(0_u64, |all, len| all.wrapping_mul(31).wrapping_add(len));
                Some(dbs.get(*db)?.version().rotate_left(32) ^ counts)
            }
            Target::Key { db, key, look, .. } => {
                let db_of = self.now.engine.dbs.get(*db)?;
                let version = |key: &Bytes| db_of.entry(key).map_or(0, |entry| entry.version);
                let other = match look {
                    Look::Overlap { with: Some(other) } => version(other),
                    Look::Overlap { with: None } => db_of.version(),
                    Look::Hll(HllLook::Merge(_)) => db_of.version(),
                    _ => 0,
                };
                let facts = self.now.journals.stamp(*db, key);
                Some(version(key).rotate_left(32) ^ facts ^ other.rotate_left(48))
            }
            Target::PubSub | Target::Profiler { .. } => None,
        }
    }

    /// What a panel looks at. By itself, since a first prompt, which looks at nothing, is not to wait for it.
    #[inline(never)]
    fn look(&mut self, target: &Target, index: &mut Option<KeyIndex>) -> View {
        match target {
            Target::Keys { db, asked, window } => {
                self.listings += 1;
                let (dbs, next) = (&mut self.now.engine.dbs, self.listings);
                View::Keys(view::keys(dbs, *db, asked, *window, index, next))
            }
            Target::Key {
                db,
                key,
                window,
                look,
            } => {
                let journals = &self.now.journals;
                let facts = journals.facts(*db, key);
                let number = *db;
                let db = self.now.engine.dbs.get(*db);
                let mut value =
                    db.map_or(ValueView::Missing, |db| view::value(db, key, *window, look));
                if let Some(entry) = db.and_then(|db| db.entry(key)) {
                    view::measure(&mut value, key, entry, &self.now.engine.config.limits);
                }
                if let ValueView::Stream(stream) = &mut value {
                    journals.tell(number, key, stream);
                }
                View::Key {
                    deadline: db.and_then(|db| db.deadline(key)),
                    value,
                    facts,
                }
            }
            Target::PubSub => self.channels(),
            Target::Profiler { filter, window, .. } => {
                View::Profiler(self.now.engine.profile.view(filter, *window))
            }
        }
    }

    fn channels(&self) -> View {
        let (engine, journals) = (&self.now.engine, &self.now.journals);
        let messages = journals.messages();
        let payload = |event: &'_ Event| match &event.fact {
            Fact::Published { message, .. } => Some(message.clone()),
            _ => None,
        };
        let payloads: Vec<Bytes> = messages.iter().filter_map(payload).collect();
        let payloads: BTreeSet<&[u8]> = payloads
            .iter()
            .map(|payload| payload.as_slice())
            .filter(|payload| !payload.is_empty())
            .collect();
        // Consoles begin in the first database: what they would read by a key's name alone is looked at.
        let kept = |(db, key): &(usize, Bytes)| {
            let value = engine.dbs.first()?.entry(key).filter(|_| *db == 0)?;
            match &value.value {
                Value::Stream(stream) => {
                    let (mut kept, found) = view::kept(key, stream, &payloads)?;
                    let holds = |message: &Bytes| found.contains(message.as_slice());
                    kept.messages = messages.iter().filter_map(payload).filter(holds).count();
                    kept.readers = journals.audience.missed(&messages, holds);
                    Some(kept)
                }
                _ => None,
            }
        };
        let kept = match payloads.is_empty() {
            true => Vec::new(),
            false => journals.streams().filter_map(kept).collect(),
        };
        View::PubSub {
            now: PubSubView {
                seats: journals.audience.seats(),
                senders: journals.audience.senders(),
                kept,
                ..view::pubsub(engine)
            },
            messages,
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
pub(super) fn docs() -> Vec<CommandDoc> {
    let mut docs = Vec::new();
    for spec in command::rows() {
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

fn doc(spec: &Row, name: String) -> CommandDoc {
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
/// Whether commands, one after another, do nothing but read keys.
fn reads_only(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let Parsed::Command { words, used } = parse_command(bytes) else {
            return false;
        };
        let word = |at: usize| bytes.get(words.get(at)?.clone());
        let spec = word(0).and_then(command::lookup);
        let spec = spec.and_then(|spec| match word(1) {
            Some(name) if !spec.subcommands.is_empty() => command::subcommand(spec, name),
            _ => Some(spec),
        });
        let only = |spec: &Spec| {
            let flags = spec.flags;
            // PFCOUNT keeps what it counted.
            flags & READONLY != 0 && flags & (WRITE | MAY_REPLICATE | BLOCKING) == 0
        };
        if !spec.is_some_and(only) {
            return false;
        }
        bytes = bytes.get(used..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests;
