//! The page's end of the line to the server half: keeps the log of the session, and brings the
//! server half back to where it was when it is stopped or breaks.
//!
//! What is in doubt then is sent again one input at a time. The input that breaks the server half
//! again, or holds it up past [`PATIENCE`], is dropped; nothing else is lost.

use std::collections::{BTreeSet, VecDeque};

use crate::session::message::{
    Caps, Conn, Entry, Frame, Input, Log, Millis, Request, ScriptView, Speed, Steer, Turn, Update,
    What,
};

/// How long an input may take while the server half recovers, in milliseconds.
pub const PATIENCE: f64 = 1000.0;

/// What the browser is to do with the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// End the worker and start a new one; whatever follows goes to the new one.
    Restart,
    /// Send requests.
    Post(Vec<Request>),
    /// Tell that an input was given up.
    Dropped {
        /// Whose it was.
        conn: Conn,
        /// What it was.
        what: What,
    },
    /// Tell that a command of a client was left out, and that what it has still to send is.
    LeftOut(Conn),
}

/// The page's end of the line. Times named `wall` are the browser's, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Port {
    /// What was done, and up to when frames have been seen.
    log: Log,
    /// The browser's clock then.
    seen_wall: f64,
    /// How much of the session's time passed since then, when the server half was ended.
    passed: Millis,
    /// Whether the session's clock was told to stand, and how fast to run.
    paused: bool,
    speed: Speed,
    /// Sent and not yet recorded, oldest first.
    pending: VecDeque<(Conn, What, f64)>,
    /// Watches to set again on a new worker.
    watches: Vec<Request>,
    /// The page is there in part only: it looks at nothing yet, and knows no commands.
    in_part: bool,
    /// While it recovers: whether the first pending input is on its way, and since when.
    recovering: Option<Option<f64>>,
    ready: bool,
    /// While the session stands in the past: up to when time has passed at its end.
    past: Option<Millis>,
    /// The script that stands still.
    stand: Option<Stand>,
    /// What the session may use, where it came from elsewhere.
    guard: Option<Caps>,
}

/// A script that stands still, as far as it matters to who waits.
#[derive(Clone, Copy, Debug)]
struct Stand {
    /// Whose it is.
    conn: Conn,
    /// How many commands it has called.
    calls: u32,
    /// Since when it has been told to go on.
    going: Option<f64>,
}

impl Port {
    /// A new session.
    pub fn new(seed: u64, start: Millis) -> Self {
        Self {
            log: Log::new(seed, start),
            ..Self::default()
        }
    }

    /// What the first worker must be told.
    pub fn begin(&self) -> Vec<Order> {
        vec![self.begin_request()]
    }

    /// Whether the clock is held, and how fast it runs when it is not.
    pub fn clock(&self) -> (bool, Speed) {
        (self.paused, self.speed)
    }

    /// A session that comes back, with its clock as it ran; or one from elsewhere, with what it may use.
    pub fn of(log: Log, (paused, speed): (bool, Speed), guard: Option<Caps>) -> Self {
        Self {
            log,
            paused,
            speed,
            guard,
            ..Self::default()
        }
    }

    /// The page begins with a part of it: what its panels look at is asked for once it is [whole](Self::whole).
    pub fn begin_in_part(&mut self) {
        self.in_part = true;
    }

    /// Whether the page is there in part only.
    pub fn is_in_part(&self) -> bool {
        self.in_part
    }

    /// The page has the rest of itself, and the server half, which told its commands, has its own.
    pub fn whole(&mut self) -> Vec<Order> {
        match std::mem::take(&mut self.in_part) && !self.watches.is_empty() {
            true => vec![Order::Post(self.watches.clone())],
            false => Vec::new(),
        }
    }

    fn begin_request(&self) -> Order {
        let mut requests = Vec::new();
        // Before the log is folded: the clock is to run on from there as it ran.
        if self.speed != Speed::NORMAL {
            requests.push(Request::Clock(Turn::Speed(self.speed)));
        }
        if self.paused {
            requests.push(Request::Clock(Turn::Pause));
        }
        requests.extend(self.guard.map(Request::Guard));
        requests.push(Request::Begin(self.log.clone()));
        if self.passed > 0 {
            requests.push(Request::Passed(self.passed));
        }
        if !self.in_part {
            requests.push(Request::Commands);
            requests.extend(self.watches.iter().cloned());
        }
        Order::Post(requests)
    }

    /// Whether the session came from elsewhere, and may use only so much.
    pub fn is_guarded(&self) -> bool {
        self.guard.is_some()
    }

    /// The actors that were started, known by their cards or not yet.
    pub fn started(&self) -> BTreeSet<Conn> {
        let done = self.log.entries.iter().filter_map(|entry| match entry {
            Entry::Input(input) => Some((input.conn, &input.what)),
            _ => None,
        });
        let sent = self.pending.iter().map(|(conn, what, _)| (*conn, what));
        let starts = done
            .chain(sent)
            .filter(|(_, what)| matches!(what, What::Actor(Steer::Start { .. })));
        starts.map(|(conn, _)| conn).collect()
    }

    /// The session so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Whether the server half has answered since it was last started.
    pub fn ready(&self) -> bool {
        self.ready
    }

    /// The input that has been waiting longest for the server half, and since when. While a script stands
    /// still nothing is late but what it was told: to go on.
    pub fn waiting(&self) -> Option<(Conn, f64)> {
        if let Some(stand) = self.stand {
            return stand.going.map(|since| (stand.conn, since));
        }
        self.pending.front().map(|(conn, _, since)| (*conn, *since))
    }

    /// Something happens to a connection.
    pub fn input(&mut self, conn: Conn, what: What, wall: f64) -> Vec<Order> {
        self.pending.push_back((conn, what.clone(), wall));
        if self.recovering.is_some() {
            self.send_next(wall)
        } else {
            vec![Order::Post(vec![Request::Input { conn, what }])]
        }
    }

    /// A panel looks at something, or no longer.
    pub fn watch(&mut self, request: Request) -> Vec<Order> {
        let panel = |r: &Request| match r {
            Request::Watch { panel, .. } | Request::Unwatch { panel } => Some(*panel),
            _ => None,
        };
        let this = panel(&request);
        self.watches.retain(|old| panel(old) != this);
        if matches!(request, Request::Watch { .. }) {
            self.watches.push(request.clone());
        }
        match self.in_part {
            true => Vec::new(),
            false => vec![Order::Post(vec![request])],
        }
    }

    /// The session's clock is turned.
    pub fn turn(&mut self, turn: Turn) -> Vec<Order> {
        match turn {
            Turn::Pause => self.paused = true,
            Turn::Resume => self.paused = false,
            Turn::Speed(speed) => self.speed = speed,
            Turn::Advance(_) | Turn::ToExpiry | Turn::ToTimeout | Turn::Step => {}
        }
        vec![Order::Post(vec![Request::Clock(turn)])]
    }

    /// Whether scripts that start from now on stand still at each call.
    pub fn stepping(&self, on: bool) -> Vec<Order> {
        vec![Order::Post(vec![Request::Stepping { on }])]
    }

    /// The script that stands still goes on.
    pub fn step(&mut self, to_end: bool, wall: f64) -> Vec<Order> {
        let Some(stand) = &mut self.stand else {
            return Vec::new();
        };
        stand.going = Some(wall);
        vec![Order::Post(vec![Request::Step { to_end }])]
    }

    /// A script stands still, or none does any more: what waited for it has only begun to wait for the server half.
    fn stands(&mut self, view: Option<&ScriptView>, wall: f64) {
        // One that was told to go on and is at the same call has not heard of it yet.
        let last = self.stand.take();
        self.stand = view.map(|view| Stand {
            conn: view.conn,
            calls: view.calls,
            going: last
                .filter(|last| (last.conn, last.calls) == (view.conn, view.calls))
                .and_then(|last| last.going),
        });
        for (.., since) in &mut self.pending {
            *since = since.max(wall);
        }
        if let Some(Some(since)) = &mut self.recovering {
            *since = since.max(wall);
        }
    }

    /// A frame came in: what was recorded is kept.
    pub fn frame(&mut self, frame: &Frame, wall: f64) -> Vec<Order> {
        self.ready = true;
        let told = frame.updates.iter().rev().find_map(|update| match update {
            Update::History(view) => Some(view.past.map(|(_, end)| end.at)),
            _ => None,
        });
        if let Some(past) = told {
            self.past = past;
        }
        // Standing in the past takes nothing from the end.
        self.log.until = self.past.unwrap_or(frame.now);
        (self.seen_wall, self.passed) = (wall, 0);
        let mut orders = Vec::new();
        for update in &frame.updates {
            if let Update::Script(view) = update {
                self.stands(view.as_ref(), wall);
            }
            match update {
                Update::Logged(entry) => self.log.entries.push(entry.clone()),
                Update::Capped(_) => orders.extend(self.capped()),
                Update::Joined(seed, start) => (self.log.seed, self.log.start) = (*seed, *start),
                _ => {}
            }
            let Update::Recorded { at, conn, .. } = update else {
                continue;
            };
            if let Some((owner, what, _)) = self.pending.pop_front() {
                debug_assert_eq!(owner, *conn);
                let at = *at;
                let input = Input {
                    at,
                    conn: owner,
                    what,
                };
                self.log.entries.push(Entry::Input(input));
                if let Some(on_its_way) = &mut self.recovering {
                    *on_its_way = None;
                }
            }
        }
        if self.recovering.is_some() {
            orders.extend(self.send_next(wall));
        }
        orders
    }

    /// What came from elsewhere uses more than it may: commands that are not recorded were left out. From now on it may use
    /// what it wants.
    fn capped(&mut self) -> Vec<Order> {
        self.guard = None;
        let mut orders = Vec::new();
        self.pending.retain(|(conn, what, _)| {
            let left_out = what.is_bytes();
            if left_out {
                orders.push(Order::LeftOut(*conn));
            }
            !left_out
        });
        if let Some(on_its_way) = &mut self.recovering {
            *on_its_way = None;
        }
        orders
    }

    /// The worker broke, or the learner stopped it.
    pub fn restart(&mut self, wall: f64) -> Vec<Order> {
        let mut orders = Vec::new();
        // Alone on its way when it happened: this input did it.
        if let Some(Some(_)) = self.recovering
            && let Some((conn, what, _)) = self.pending.pop_front()
        {
            orders.push(Order::Dropped { conn, what });
        }
        if self.ready && !self.paused && self.stand.is_none() && self.past.is_none() {
            let passed = (wall - self.seen_wall).max(0.0) * self.speed.factor();
            self.passed = passed as Millis;
        }
        self.recovering = Some(None);
        self.ready = false;
        self.past = None;
        self.stand = None;
        orders.push(Order::Restart);
        orders.push(self.begin_request());
        orders.extend(self.send_next(wall));
        orders
    }

    /// To be called now and then: gives up on an input that holds up the recovery.
    pub fn tick(&mut self, wall: f64) -> Vec<Order> {
        match self.recovering {
            Some(Some(_)) if self.stand.is_some() => Vec::new(),
            Some(Some(since)) if self.ready && wall - since > PATIENCE => self.restart(wall),
            _ => Vec::new(),
        }
    }

    fn send_next(&mut self, wall: f64) -> Vec<Order> {
        match (self.recovering, self.pending.front()) {
            (Some(None), Some((conn, what, _))) => {
                self.recovering = Some(Some(wall));
                vec![Order::Post(vec![Request::Input {
                    conn: *conn,
                    what: what.clone(),
                }])]
            }
            (Some(None), None) => {
                self.recovering = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> What {
        What::Bytes(text.as_bytes().to_vec())
    }

    fn recorded(at: Millis, conn: Conn) -> Frame {
        Frame {
            now: at,
            updates: vec![Update::Recorded {
                at,
                conn,
                bytes: true,
                keys: Vec::new(),
            }],
        }
    }

    fn ready(at: Millis) -> Frame {
        Frame {
            now: at,
            updates: vec![Update::Ready],
        }
    }

    #[test]
    fn an_input_that_hangs_is_dropped_and_the_others_survive() {
        let mut port = Port::new(1, 100);
        port.frame(&ready(100), 0.0);
        port.input(0, bytes("first"), 1.0);
        port.frame(&recorded(101, 0), 2.0);
        port.input(0, bytes("handled but not yet told"), 3.0);
        port.input(1, bytes("hangs"), 4.0);
        port.input(2, bytes("after"), 5.0);
        assert_eq!(port.waiting(), Some((0, 3.0)));

        let orders = port.restart(2000.0);
        let input = Input {
            at: 101,
            conn: 0,
            what: bytes("first"),
        };
        let first = Log {
            entries: vec![Entry::Input(input)],
            until: 101,
            ..Log::new(1, 100)
        };
        assert_eq!(orders[0], Order::Restart);
        assert_eq!(
            orders[1],
            Order::Post(vec![
                Request::Begin(first),
                Request::Passed(1998),
                Request::Commands
            ])
        );
        assert_eq!(
            orders[2],
            Order::Post(vec![Request::Input {
                conn: 0,
                what: bytes("handled but not yet told")
            }])
        );
        assert_eq!(orders.len(), 3);

        port.frame(&ready(102), 2010.0);
        let next = port.frame(&recorded(103, 0), 2011.0);
        assert_eq!(
            next,
            [Order::Post(vec![Request::Input {
                conn: 1,
                what: bytes("hangs")
            }])]
        );
        assert_eq!(port.tick(2500.0), []);
        let again = port.tick(3500.0);
        assert_eq!(
            again[0],
            Order::Dropped {
                conn: 1,
                what: bytes("hangs")
            }
        );
        assert_eq!(again[1], Order::Restart);
        assert_eq!(
            again.last(),
            Some(&Order::Post(vec![Request::Input {
                conn: 2,
                what: bytes("after")
            }]))
        );

        port.frame(&ready(104), 3510.0);
        assert_eq!(port.frame(&recorded(105, 2), 3520.0), []);
        assert_eq!(port.log().entries.len(), 3);
        assert_eq!(port.input(0, bytes("on it goes"), 3600.0).len(), 1);
    }

    #[test]
    fn what_is_under_way_when_a_session_uses_too_much_is_left_out_and_it_is_guarded_no_more() {
        let mut port = Port::of(
            Log::new(1, 100),
            (false, Speed::NORMAL),
            Some(Caps::default()),
        );
        port.frame(&ready(100), 0.0);
        port.input(0, bytes("much"), 1.0);
        port.input(1, bytes("left out"), 1.0);
        port.input(2, What::Connect, 1.0);
        let mut frame = recorded(101, 0);
        let capped = Update::Capped(crate::session::message::Cap::Memory(1));
        frame.updates.push(capped);
        frame.updates.extend(recorded(101, 2).updates);
        assert_eq!(port.frame(&frame, 2.0), [Order::LeftOut(1)]);
        assert_eq!(port.waiting(), None);
        assert_eq!(port.log().entries.len(), 2);
        let begin = Request::Begin(port.log().clone());
        let begin = Order::Post(vec![begin, Request::Passed(1), Request::Commands]);
        assert_eq!(port.restart(3.0)[1], begin);
    }

    #[test]
    fn watches_are_set_again() {
        let mut port = Port::new(1, 0);
        let watch = Request::Watch {
            panel: 4,
            target: crate::session::message::Target::PubSub,
        };
        port.watch(watch.clone());
        port.watch(watch.clone());
        let orders = port.restart(1.0);
        assert!(matches!(&orders[1], Order::Post(requests) if requests[2..] == [watch]));
        port.watch(Request::Unwatch { panel: 4 });
        let orders = port.restart(2.0);
        assert!(matches!(&orders[1], Order::Post(requests) if requests.len() == 2));
    }

    #[test]
    fn what_is_there_in_part_looks_at_nothing_before_it_is_whole() {
        let mut port = Port::new(1, 0);
        port.begin_in_part();
        assert!(matches!(&port.begin()[..], [Order::Post(told)] if told.len() == 1));
        let watch = Request::Watch {
            panel: 4,
            target: crate::session::message::Target::PubSub,
        };
        assert_eq!(port.watch(watch.clone()), []);
        assert_eq!(port.whole(), [Order::Post(vec![watch.clone()])]);
        assert_eq!(port.whole(), []);
        assert_eq!(port.watch(watch.clone()), [Order::Post(vec![watch])]);
    }

    #[test]
    fn a_new_worker_is_told_how_the_clock_runs_and_how_far_it_has_run() {
        let mut port = Port::new(1, 100);
        port.frame(&ready(100), 0.0);
        port.turn(Turn::Speed(Speed::of_tenths(100).unwrap()));
        let begin = Request::Begin(Log::new(1, 100));
        let speed = Request::Clock(Turn::Speed(Speed::of_tenths(100).unwrap()));
        let passed = Request::Passed(500);
        let told = [speed.clone(), begin.clone(), passed, Request::Commands];
        assert_eq!(port.restart(50.0)[1], Order::Post(told.to_vec()));
        // The clock stood while the next one loaded.
        assert_eq!(port.restart(900.0)[1], Order::Post(told.to_vec()));
        port.frame(&ready(600), 1000.0);
        port.turn(Turn::Pause);
        let Order::Post(told) = &port.restart(5000.0)[1] else {
            panic!("nothing was sent");
        };
        assert!(matches!(&told[2], Request::Begin(log) if log.until == 600));
        assert_eq!(told[..2], [speed, Request::Clock(Turn::Pause)]);
        assert_eq!(told.len(), 4, "it stood");
    }

    #[test]
    fn what_waits_for_a_script_that_stands_is_not_late() {
        let stands = |at: Option<(Conn, u32)>| Frame {
            now: 100,
            updates: vec![Update::Script(at.map(|(conn, calls)| ScriptView {
                conn,
                name: "f".into(),
                command: Vec::new(),
                line: 1,
                calls,
                last: None,
                frames: Vec::new(),
                waiting: 0,
            }))],
        };
        let mut port = Port::new(1, 100);
        port.frame(&ready(100), 0.0);
        assert_eq!(port.step(true, 1.0), []);
        port.input(2, bytes("EVAL"), 10.0);
        port.frame(&stands(Some((2, 0))), 20.0);
        port.input(0, bytes("held"), 30.0);
        assert_eq!(port.waiting(), None);
        assert_eq!(
            port.step(false, 5000.0),
            [Order::Post(vec![Request::Step { to_end: false }])]
        );
        assert_eq!(port.waiting(), Some((2, 5000.0)), "it may never come back");
        port.frame(&stands(Some((2, 0))), 5005.0);
        assert_eq!(port.waiting(), Some((2, 5000.0)), "told before it heard");
        port.frame(&stands(Some((2, 1))), 5010.0);
        assert_eq!(port.waiting(), None);
        port.step(true, 6000.0);
        port.frame(&stands(None), 6010.0);
        assert_eq!(port.waiting(), Some((2, 6010.0)));
        port.frame(&recorded(101, 2), 6020.0);
        assert_eq!(port.waiting(), Some((0, 6010.0)));

        // A server half that is started anew knows of no script; what was in doubt is in doubt still.
        port.frame(&stands(Some((0, 0))), 6030.0);
        assert_eq!(port.restart(7000.0).len(), 3);
        assert_eq!(port.step(true, 7001.0), []);
        port.frame(&ready(102), 7010.0);
        port.frame(&stands(Some((0, 0))), 7020.0);
        assert_eq!(port.tick(60_000.0), []);
        port.frame(&stands(None), 60_010.0);
        assert_eq!(port.tick(60_020.0), []);
        assert_eq!(port.tick(61_500.0).len(), 3);
    }
}
