//! Scripted clients at work: each has a connection, and acts at its own moments.
//!
//! A round trip takes [`ROUND_TRIP`], so that no actor sends more than a thousand commands a second, and what
//! happens in one millisecond is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::actor::{Fault, Program, Run, Step, parse};
use super::message::{ActorView, Doing, Said, Steer};
use crate::engine::client::Conn;
use crate::engine::reply::Reply;
use crate::engine::resp;
use crate::engine::rng::{Purpose, Rng};
use crate::engine::time::Millis;
use crate::engine::timers::{Deadlines, Ticket};

/// How many milliseconds lie between a reply and what its actor does next.
const ROUND_TRIP: Millis = 1;
/// How many actors there can be.
pub const ACTORS_MAX: usize = 64;
/// How much slower than written an actor can be.
pub const SLOW_MAX: u32 = 1_000;
/// How much of what an actor and the server said is told in one frame: the last of it.
const SAID_MAX: usize = 64;
/// And how many bytes of it.
const SAID_BYTES_MAX: usize = 64 * 1024;

/// What is to be done to an actor's connection.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Do {
    /// Open it anew.
    Connect,
    /// Send bytes on it.
    Send(Vec<u8>),
    /// Cut it.
    Cut,
}

/// All actors of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Actors {
    seed: u64,
    all: BTreeMap<Conn, Actor>,
    due: Deadlines<Conn>,
    /// Whether what they say is kept until it is taken: to be told, it changes nothing.
    listened_to: bool,
}

#[derive(Clone, Debug)]
struct Actor {
    name: String,
    program: Result<Rc<Program>, Fault>,
    run: Option<Run>,
    chance: Rng,
    doing: Doing,
    /// When it goes on.
    ticket: Option<Ticket>,
    /// While it is paused: how long after its end it goes on.
    paused: Option<Option<Millis>>,
    slow: u32,
    /// Where a run that is over stood.
    line: u32,
    sent: u64,
    errors: u64,
    /// Rounds given up by runs that are over.
    failed: u64,
    /// Bytes of a reply that is not whole yet.
    buffer: Vec<u8>,
    said: VecDeque<Said>,
    said_bytes: usize,
    left_out: u32,
}

impl Actors {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// When one of them next does something.
    pub(super) fn next(&self) -> Option<Millis> {
        self.due.next().map(|(when, _)| when)
    }

    /// Whether a connection is an actor's.
    pub(super) fn has(&self, conn: Conn) -> bool {
        self.all.contains_key(&conn)
    }

    /// How many commands those that there are have sent.
    pub(super) fn sent(&self) -> u64 {
        self.all.values().map(|actor| actor.sent).sum()
    }

    /// Steers one, and says what is to be done to its connection.
    pub(super) fn steer(&mut self, conn: Conn, steer: Steer, now: Millis) -> Option<Do> {
        if let Steer::Start { name, text } = steer {
            let full = self.all.len() >= ACTORS_MAX && !self.has(conn);
            let program = if full {
                Err(Fault {
                    line: 1,
                    text: format!("there are {ACTORS_MAX} actors, and can be no more"),
                })
            } else {
                parse(&text).map(Rc::new)
            };
            self.rest(conn);
            let actor = Actor::new(name, program, self.seed, conn);
            self.all.insert(conn, actor);
            return self.begin(conn, now);
        }
        let actor = self.all.get_mut(&conn)?;
        match steer {
            Steer::Start { .. } => None,
            Steer::Pause => {
                if actor.paused.is_none() {
                    actor.paused = Some(None);
                    let left = actor.ticket.map(|ticket| ticket.when.saturating_sub(now));
                    self.rest(conn);
                    self.all.get_mut(&conn)?.paused = Some(left);
                }
                None
            }
            Steer::Resume => {
                if let Some(Some(left)) = actor.paused.take() {
                    if let Doing::Waits { until } = &mut actor.doing {
                        *until = now.saturating_add(left);
                    }
                    self.set(conn, now, left);
                }
                None
            }
            Steer::Slow { factor } => {
                actor.slow = factor.clamp(1, SLOW_MAX);
                None
            }
            Steer::Crash => {
                self.end(conn, Doing::Crashed);
                Some(Do::Cut)
            }
            Steer::Restart => {
                actor.paused = None;
                self.begin(conn, now)
            }
            Steer::Remove => {
                self.rest(conn);
                self.all.remove(&conn);
                Some(Do::Cut)
            }
        }
    }

    /// Lets the one act that is the first to be due, at this moment.
    pub(super) fn act(&mut self, now: Millis) -> Option<(Conn, Do)> {
        let (when, &conn) = self.due.next()?;
        if when > now {
            return None;
        }
        self.due.pop();
        let actor = self.all.get_mut(&conn)?;
        actor.ticket = None;
        let step = actor.run.as_mut()?.go(now, &mut actor.chance);
        let slow = Millis::from(actor.slow);
        match step {
            Ok(Step::Send(bytes)) => {
                actor.sent += 1;
                actor.doing = Doing::Asks;
                if self.listened_to {
                    actor.say(now, true, &bytes);
                }
                Some((conn, Do::Send(bytes)))
            }
            Ok(Step::Wait(millis)) => {
                // Of no length, it still takes the time of a round trip: otherwise a moment might never end.
                self.plan(conn, now, millis.saturating_mul(slow).max(ROUND_TRIP));
                None
            }
            Ok(Step::Receive(within)) => {
                actor.doing = Doing::Listens;
                if let Some(millis) = within {
                    self.set(conn, now, millis.saturating_mul(slow).max(ROUND_TRIP));
                }
                None
            }
            Ok(Step::Stop) => {
                self.end(conn, Doing::Done);
                Some((conn, Do::Cut))
            }
            Ok(Step::Crash) => {
                self.end(conn, Doing::Crashed);
                Some((conn, Do::Cut))
            }
            Err(fault) => {
                self.end(conn, Doing::Failed(fault));
                Some((conn, Do::Cut))
            }
        }
    }

    /// An actor is sent bytes; whether it is subscribed to anything. What is to be done to its connection then, if
    /// anything.
    pub(super) fn hear(
        &mut self,
        conn: Conn,
        bytes: &[u8],
        subscribed: bool,
        now: Millis,
    ) -> Option<Do> {
        let actor = self.all.get_mut(&conn)?;
        if bytes.is_empty() {
            return None;
        }
        if self.listened_to {
            actor.say(now, false, bytes);
        }
        actor.buffer.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut actor.buffer);
        let mut rest = buffer.as_slice();
        while let Some((reply, used)) = resp::decode(rest) {
            rest = rest.get(used..).unwrap_or_default();
            let actor = self.all.get_mut(&conn)?;
            let Some(run) = &mut actor.run else {
                return None;
            };
            let slow = Millis::from(actor.slow);
            if is_message(&reply, subscribed) {
                if run.message(reply) {
                    self.plan(conn, now, ROUND_TRIP.saturating_mul(slow));
                }
            } else if actor.doing == Doing::Asks {
                actor.errors += u64::from(matches!(reply, Reply::Error(_)));
                match run.answer(reply) {
                    Ok(()) => self.plan(conn, now, ROUND_TRIP.saturating_mul(slow)),
                    Err(fault) => {
                        self.end(conn, Doing::Failed(fault));
                        return Some(Do::Cut);
                    }
                }
            }
        }
        if let Some(actor) = self.all.get_mut(&conn) {
            actor.buffer = rest.to_vec();
        }
        None
    }

    /// An actor's connection is closed, by whomever.
    pub(super) fn closed(&mut self, conn: Conn) {
        let Some(run) = self.all.get(&conn).and_then(|actor| actor.run.as_ref()) else {
            return;
        };
        let fault = Fault {
            line: run.line(),
            text: "the connection was closed".to_string(),
        };
        self.end(conn, Doing::Failed(fault));
    }

    /// Whether what they say is kept until it is taken. What was said before is forgotten.
    pub(super) fn listen(&mut self, on: bool) {
        self.take_said();
        self.listened_to = on;
    }

    /// What they said and were sent since this was last asked: the last of it, and how much came before that.
    pub(super) fn take_said(&mut self) -> Vec<(Conn, Vec<Said>, u32)> {
        let all = self.all.iter_mut();
        all.filter(|(_, actor)| !actor.said.is_empty())
            .map(|(&conn, actor)| {
                let left_out = std::mem::take(&mut actor.left_out);
                actor.said_bytes = 0;
                (conn, std::mem::take(&mut actor.said).into(), left_out)
            })
            .collect()
    }

    /// How they are.
    pub(super) fn views(&self) -> impl Iterator<Item = (Conn, ActorView)> {
        self.all.iter().map(|(&conn, actor)| (conn, actor.view()))
    }

    /// About how many bytes a copy takes.
    pub(super) fn memory_bytes(&self) -> usize {
        let all = self.all.values();
        all.map(|actor| {
            let run = actor.run.as_ref().map_or(0, Run::memory_bytes);
            size_of::<Actor>() + actor.name.len() + actor.buffer.len() + actor.said_bytes + run
        })
        .sum()
    }

    /// From the first line, on a new connection.
    fn begin(&mut self, conn: Conn, now: Millis) -> Option<Do> {
        self.end(conn, Doing::Waits { until: now });
        let actor = self.all.get_mut(&conn)?;
        match &actor.program {
            Ok(program) => actor.run = Some(Run::new(Rc::clone(program), &actor.name)),
            Err(fault) => {
                actor.doing = Doing::Failed(fault.clone());
                return Some(Do::Cut);
            }
        }
        self.plan(conn, now, ROUND_TRIP);
        Some(Do::Connect)
    }

    /// The run is over.
    fn end(&mut self, conn: Conn, doing: Doing) {
        self.rest(conn);
        if let Some(actor) = self.all.get_mut(&conn) {
            if let Some(run) = actor.run.take() {
                actor.failed += run.failed;
                actor.line = run.line();
            }
            actor.buffer.clear();
            actor.paused = actor.paused.map(|_| None);
            actor.doing = doing;
        }
    }

    /// It goes on after a while, and waits till then.
    fn plan(&mut self, conn: Conn, now: Millis, after: Millis) {
        self.set(conn, now, after);
        if let Some(actor) = self.all.get_mut(&conn) {
            actor.doing = Doing::Waits {
                until: now.saturating_add(after),
            };
        }
    }

    /// It goes on after a while: if it is paused, from the end of that on.
    fn set(&mut self, conn: Conn, now: Millis, after: Millis) {
        self.rest(conn);
        let Some(actor) = self.all.get_mut(&conn) else {
            return;
        };
        match &mut actor.paused {
            Some(left) => *left = Some(after),
            None => actor.ticket = Some(self.due.set(now.saturating_add(after), conn)),
        }
    }

    fn rest(&mut self, conn: Conn) {
        if let Some(ticket) = self
            .all
            .get_mut(&conn)
            .and_then(|actor| actor.ticket.take())
        {
            self.due.cancel(ticket);
        }
    }
}

impl Actor {
    fn new(name: String, program: Result<Rc<Program>, Fault>, seed: u64, conn: Conn) -> Self {
        // Each draws from a stream of its own, so that none shifts another's chance.
        let own = seed.wrapping_add(u64::from(conn).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self {
            name,
            program,
            run: None,
            chance: Rng::new(own, Purpose::Actors),
            doing: Doing::Done,
            ticket: None,
            paused: None,
            slow: 1,
            line: 1,
            sent: 0,
            errors: 0,
            failed: 0,
            buffer: Vec::new(),
            said: VecDeque::new(),
            said_bytes: 0,
            left_out: 0,
        }
    }

    fn say(&mut self, at: Millis, sent: bool, bytes: &[u8]) {
        self.said_bytes += bytes.len();
        self.said.push_back(Said {
            at,
            sent,
            bytes: bytes.to_vec(),
        });
        while self.said.len() > SAID_MAX
            || (self.said_bytes > SAID_BYTES_MAX && self.said.len() > 1)
        {
            self.said_bytes -= self.said.pop_front().map_or(0, |said| said.bytes.len());
            self.left_out += 1;
        }
    }

    fn view(&self) -> ActorView {
        ActorView {
            name: self.name.clone(),
            doing: self.doing.clone(),
            paused: self.paused.is_some(),
            slow: self.slow,
            line: match (&self.doing, &self.run) {
                (Doing::Failed(fault), _) => fault.line,
                (_, Some(run)) => run.line(),
                (_, None) => self.line,
            },
            sent: self.sent,
            errors: self.errors,
            failed: self.failed + self.run.as_ref().map_or(0, |run| run.failed),
        }
    }
}

/// Whether it is a message of a subscription. In RESP2 they look like any reply, but to who is subscribed no other
/// begins so.
fn is_message(reply: &Reply, subscribed: bool) -> bool {
    let first = |items: &[Reply]| match items.first() {
        Some(Reply::Bulk(word)) => word.clone(),
        _ => Vec::new(),
    };
    match reply {
        Reply::Push(items) => !first(items).ends_with(b"subscribe"),
        Reply::Array(items) if subscribed => first(items).ends_with(b"message"),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
