//! A moment of a session: all that follows from what happened before it.

use super::actors::{Actors, Do};
use super::journal::Journals;
use super::message::{Conn, Input, Millis, Record, Steer, What, Why};
use super::talk::{Talk, Talks};
use crate::command::{self, dispatch, spec};
use crate::engine::db::Value;
use crate::engine::resp::{Parsed, parse_command};
use crate::engine::script::Machine;
use crate::engine::{self, Engine};

/// What an input costs, whatever it does, in steps of 10 to 20 ns; its commands come on top.
const INPUT: u64 = 300;
/// As many bytes are read or written in the time of a step.
const STEP_BYTES: u64 = 16;
/// How many commands of one input are looked at to say what it costs.
const COMMANDS_MAX: usize = 64;

/// A moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The server as it was.
    pub engine: Engine,
    /// Its scripted clients.
    pub(super) actors: Actors,
    /// What was noted up to then.
    pub(super) journals: Journals,
    /// What was said lately.
    pub(super) talks: Talks,
}

/// Told what a client is sent that is no actor, and when, and why.
pub type Sent<'f> = &'f mut dyn FnMut(Conn, Output, Millis);

/// What a client is sent.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Why replies among them are what they are, each with the number of bytes up to its end.
    pub whys: Vec<(usize, Why)>,
}

impl Moment {
    /// The first moment of a session.
    pub fn first(seed: u64, start: Millis, machine: Option<Box<dyn Machine>>) -> Self {
        let mut engine = Engine::new(seed, start, dispatch);
        engine.observing = true;
        if let Some(machine) = machine {
            engine.set_machine(machine);
        }
        Self {
            engine,
            actors: Actors::new(seed),
            journals: Journals::default(),
            talks: Talks::default(),
        }
    }

    /// When something next happens by itself.
    pub fn next(&self) -> Option<Millis> {
        if self.engine.stands() {
            return None;
        }
        let next = self.engine.next_deadline().into_iter();
        next.chain(self.actors.next()).min()
    }

    /// Lets time pass up to an input, and the input happen. Gives what both cost.
    pub fn input(&mut self, input: &Input, sent: Sent<'_>) -> u64 {
        self.advance(input.at, sent) + self.happen(input, sent)
    }

    /// Lets time pass up to a moment, unless a script stands still. What happens by itself and what actors do happens
    /// in order, each at its own moment, however far the step; in one moment, what happens by itself comes first.
    /// Gives about how long it takes, in steps of 10 to 20 ns.
    pub fn advance(&mut self, at: Millis, sent: Sent<'_>) -> u64 {
        let steps = self.steps();
        let mut cost = 0;
        while let Some(when) = self.next().filter(|when| *when <= at) {
            self.engine.advance_to(when);
            cost += INPUT + self.settle(sent);
            if self.engine.stands() {
                break;
            }
            if let Some((conn, todo)) = self.actors.act(self.engine.now) {
                cost += self.act(conn, todo) + self.settle(sent);
            }
        }
        self.engine.advance_to(at);
        cost += self.settle(sent);
        cost + self.steps().saturating_sub(steps)
    }

    /// Lets an input happen, up to whose moment time [has passed](Self::advance). Gives about how long that takes, in
    /// steps of 10 to 20 ns.
    pub fn happen(&mut self, input: &Input, sent: Sent<'_>) -> u64 {
        let steps = self.steps();
        let conn = input.conn;
        let cost = match &input.what {
            What::Actor(steer) => {
                let todo = self.actors.steer(conn, steer.clone(), self.engine.now);
                let cost = todo.map_or(INPUT, |todo| self.act(conn, todo));
                if *steer == Steer::Remove {
                    self.talks.forget(conn);
                }
                cost
            }
            // Nobody types on an actor's connection, whose replies it would take for its own.
            What::Bytes(_) if self.actors.has(conn) => INPUT,
            what => {
                self.talks.happens(self.engine.now, conn, what);
                let what = what.clone().engine();
                what.map_or(INPUT, |what| self.handle(conn, what))
            }
        };
        cost + self.settle(sent) + self.steps().saturating_sub(steps)
    }

    /// About how much work scripts and commands were so far, in steps of 10 to 20 ns; only differences mean anything.
    fn steps(&self) -> u64 {
        self.engine.scripting.steps() + self.engine.profile.steps()
    }

    /// Notes what has happened, and brings everybody what they are sent. Gives about how long that takes.
    pub fn settle(&mut self, sent: Sent<'_>) -> u64 {
        let mut bytes_sent = 0;
        loop {
            self.journals.note(std::mem::take(&mut self.engine.events));
            let touched = self.engine.take_touched();
            if touched.is_empty() {
                return bytes_sent / STEP_BYTES;
            }
            for conn in touched {
                let whys = self.engine.take_whys(conn);
                let bytes = self.engine.take_output(conn);
                bytes_sent += bytes.len() as u64;
                if !bytes.is_empty() {
                    self.talks.received(self.engine.now, conn, &bytes);
                }
                if self.actors.has(conn) {
                    self.hear(conn, &bytes);
                } else if !bytes.is_empty() {
                    sent(conn, Output { bytes, whys }, self.engine.now);
                }
            }
        }
    }

    /// What was said lately on every connection.
    pub fn said(&self) -> Vec<Talk> {
        self.talks.tell(&self.engine)
    }

    /// A copy to go back to. It holds how many commands there were and what they cost, and not each of the last ones: those
    /// would take more room than most data sets.
    pub(super) fn to_keep(&self) -> Self {
        let mut copy = self.clone();
        copy.engine.profile.drop_calls();
        copy
    }

    /// About how many bytes [such a copy](Self::to_keep) takes.
    pub fn memory_bytes(&self) -> usize {
        self.engine.memory_bytes()
            + self.engine.profile.memory_bytes()
            + self.actors.memory_bytes()
            + self.journals.memory_bytes()
            + self.talks.memory_bytes()
    }

    /// Brings an actor what it is sent. By itself, since a first prompt, beside which there are none, is not to wait for it.
    #[inline(never)]
    fn hear(&mut self, conn: Conn, bytes: &[u8]) {
        let client = self.engine.client(conn);
        let subscribed = client.is_some_and(|client| client.subscriptions() > 0);
        if let Some(todo) = self.actors.hear(conn, bytes, subscribed, self.engine.now) {
            self.act(conn, todo);
        }
        if self.engine.client(conn).is_none() {
            self.actors.closed(conn);
        }
    }

    /// Does something to an actor's connection.
    fn act(&mut self, conn: Conn, todo: Do) -> u64 {
        let what = match todo {
            Do::Connect => engine::What::Connect,
            Do::Send(bytes) => {
                self.talks.sent(self.engine.now, conn, &bytes);
                engine::What::Bytes(bytes)
            }
            Do::Cut => engine::What::Disconnect,
        };
        self.handle(conn, what)
    }

    /// Lets something happen to a connection. Gives what it costs before anything is sent or a script runs.
    fn handle(&mut self, conn: Conn, what: engine::What) -> u64 {
        let cost = match &what {
            // While it is folded, what it cost is known.
            engine::What::Bytes(_) if self.engine.profile.counts_only() => 0,
            engine::What::Bytes(bytes) => cost(&self.engine, conn, bytes),
            engine::What::Connect | engine::What::Disconnect => INPUT,
        };
        self.engine.handle(self.engine.now, conn, what);
        cost
    }
}

/// What clients are sent in a session that has one branch, up to its last input: to whom, when, and what.
pub fn replay(record: &Record, machine: Option<Box<dyn Machine>>) -> Vec<(Conn, Millis, Vec<u8>)> {
    let mut moment = Moment::first(record.seed, record.start, machine);
    let mut all = Vec::new();
    for input in &record.inputs {
        moment.input(input, &mut |conn, output, at| {
            all.push((conn, at, output.bytes));
        });
    }
    all
}

/// What bytes cost that arrive, beside what the profiler and the scripts count.
fn cost(engine: &Engine, conn: Conn, bytes: &[u8]) -> u64 {
    let db = engine.client(conn).map_or(0, |client| client.db);
    let mut copied = 0;
    let mut rest = bytes;
    for _ in 0..COMMANDS_MAX {
        let Parsed::Command { words, used } = parse_command(rest) else {
            break;
        };
        let words: Vec<&[u8]> = words
            .into_iter()
            .map(|range| rest.get(range).unwrap_or_default())
            .collect();
        copied += texts(engine, db, &words);
        rest = rest.get(used..).unwrap_or_default();
    }
    INPUT + (bytes.len() as u64 + copied) / STEP_BYTES
}

/// How many bytes the strings have that a command may copy to change them; to the profiler, each is one element.
fn texts(engine: &Engine, db: usize, words: &[&[u8]]) -> u64 {
    let spec = words.first().and_then(|name| command::lookup(name));
    let slow = spec.is_some_and(|s| s.flags & spec::WRITE != 0 && s.flags & spec::FAST == 0);
    let Some(db) = engine.dbs.get(db).filter(|_| slow) else {
        return 0;
    };
    let keys = command::keys_of(words).into_iter();
    keys.filter_map(|key| db.entry(key))
        .map(|entry| match &entry.value {
            Value::Str(text) => text.len() as u64,
            _ => 0,
        })
        .sum()
}
