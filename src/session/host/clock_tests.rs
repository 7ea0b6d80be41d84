//! The clock in the learner's hand: what it does, and that it changes nothing of what comes of an input.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::engine::script::fake;

const START: Millis = 1_700_000_000_000;
const CLIENTS: Conn = 6;

fn bytes(line: &str) -> What {
    What::Bytes(encode_command(&split_words(line.as_bytes()).unwrap()))
}

/// A host, every byte that its clients were sent, when, and what it recorded.
struct Session {
    host: Host,
    heard: BTreeMap<Conn, Vec<u8>>,
    /// When something was sent, to whom, and how much.
    sent: Vec<(Millis, Conn, usize)>,
    record: Record,
    waiting: VecDeque<(Conn, What)>,
    turned: Vec<Turned>,
    view: ClockView,
    wall: Millis,
}

impl Session {
    fn new(clients: Conn) -> Self {
        let mut session = Self {
            host: Host::new(5, START, fake::machine),
            heard: BTreeMap::new(),
            sent: Vec::new(),
            record: Record {
                seed: 5,
                start: START,
                inputs: Vec::new(),
            },
            waiting: VecDeque::new(),
            turned: Vec::new(),
            view: ClockView::default(),
            wall: START,
        };
        for conn in 0..clients {
            session.input(conn, What::Connect);
        }
        session
    }

    fn input(&mut self, conn: Conn, what: What) {
        self.waiting.push_back((conn, what.clone()));
        self.host.handle(self.wall, Request::Input { conn, what });
        self.frame();
    }

    fn run(&mut self, conn: Conn, line: &str) {
        self.input(conn, bytes(line));
    }

    fn turn(&mut self, turn: Turn) -> Frame {
        self.host.handle(self.wall, Request::Clock(turn));
        self.frame()
    }

    fn wait(&mut self, ms: Millis) -> Frame {
        self.wall += ms;
        self.frame()
    }

    fn frame(&mut self) -> Frame {
        let frame = self.host.frame(self.wall);
        for update in &frame.updates {
            match update {
                Update::Output { conn, bytes, at } => {
                    self.heard.entry(*conn).or_default().extend(bytes);
                    self.sent.push((*at, *conn, bytes.len()));
                }
                Update::Recorded { at, conn, .. } => {
                    let (whose, what) = self.waiting.pop_front().unwrap();
                    assert_eq!(whose, *conn);
                    self.record.inputs.push(Input {
                        at: *at,
                        conn: whose,
                        what,
                    });
                }
                Update::Turned(turned) => self.turned.push(turned.clone()),
                Update::Clock(view) => self.view = view.clone(),
                _ => {}
            }
        }
        frame
    }

    /// The whole state of the engine.
    fn state(&self) -> String {
        format!("{:?}", self.host.now.engine)
    }
}

#[test]
fn a_clock_that_is_held_lets_nothing_happen_by_itself() {
    let mut session = Session::new(2);
    session.run(0, "SET lock t PX 30000");
    session.run(1, "BLPOP q 40");
    session.wait(1000);
    session.turn(Turn::Pause);
    assert_eq!(session.host.next_deadline(), None);
    let frame = session.wait(3_600_000);
    assert_eq!((frame.now, frame.updates), (START + 1000, Vec::new()));
    session.run(0, "PTTL lock");
    assert!(session.heard[&0].ends_with(b":29000\r\n"));
    let expiry = session.view.expiry.clone().unwrap();
    assert_eq!(
        (expiry.at, expiry.key.as_slice()),
        (START + 30_000, &b"lock"[..])
    );
    let timeout = session.view.timeout.unwrap();
    assert_eq!((timeout.at, timeout.conn), (START + 40_000, 1));
    assert!(session.view.paused);

    assert_eq!(session.turn(Turn::Advance(1000)).now, START + 2000);
    assert_eq!(session.turn(Turn::ToExpiry).now, START + 30_000);
    assert_eq!(session.view.expiry, None);
    assert_eq!(session.turn(Turn::ToTimeout).now, START + 40_000);
    assert!(session.heard[&1].ends_with(b"*-1\r\n"));
    assert_eq!(
        session.turn(Turn::Step).now,
        START + 40_000,
        "nothing is to come"
    );
    let last = session.turned.last().unwrap();
    assert_eq!(
        (last.from, last.at, last.paused),
        (START + 40_000, START + 40_000, true)
    );

    session.turn(Turn::Resume);
    assert_eq!(session.wait(5).now, START + 40_005);
}

#[test]
fn a_step_goes_to_whatever_comes_next() {
    let mut session = Session::new(3);
    session.turn(Turn::Pause);
    session.run(0, "HSET h f v");
    session.run(0, "HPEXPIRE h 500 FIELDS 1 f");
    session.run(0, "CLIENT PAUSE 200 WRITE");
    session.run(1, "SET held 1");
    session.run(2, "XREAD BLOCK 300 STREAMS s $");
    let mut steps = Vec::new();
    for _ in 0..4 {
        session.turn(Turn::Step);
        let turned = session.turned.pop().unwrap();
        let expired = turned.expiry.map(|e| (e.key.to_vec(), e.field));
        steps.push((turned.at - START, expired, turned.timeout.map(|t| t.conn)));
    }
    let hash = Some((b"h".to_vec(), true));
    let told = [
        (200, None, None),
        (300, None, Some(2)),
        (500, hash, None),
        (500, None, None),
    ];
    assert_eq!(steps, told);
    assert_eq!(session.heard[&1], b"+OK\r\n");
}

#[test]
fn speeds_last_through_a_new_beginning_and_deadlines_are_told_by_the_wall_clock() {
    let mut session = Session::new(1);
    let speed = |tenths| Turn::Speed(Speed::of_tenths(tenths).unwrap());
    session.run(0, "SET lock t PX 30000");
    session.turn(speed(1000));
    assert_eq!(session.host.next_deadline(), Some(START + 300));
    assert_eq!(session.wait(299).now, START + 29_900);
    session.turn(speed(1));
    assert_eq!(session.host.next_deadline(), Some(START + 1299));
    session.turn(Turn::Pause);
    let begin = Request::Begin(Log::of(session.record.clone(), START + 29_000));
    session.wall += 77;
    session.host.handle(session.wall, begin);
    let frame = session.wait(500);
    assert_eq!(frame.now, START + 29_000);
    assert_eq!(
        (session.view.paused, session.view.speed.tenths()),
        (true, 1)
    );
    session.host.handle(session.wall, Request::Passed(400));
    assert_eq!(session.frame().now, START + 29_400);
    assert_eq!(
        session.view.expiry.as_ref().map(|e| e.at),
        Some(START + 30_000)
    );
}

#[test]
fn a_script_that_stands_still_holds_the_clock_and_ends_a_move() {
    let mut session = Session::new(2);
    session.host.handle(START, Request::Stepping { on: true });
    session.run(0, "CLIENT PAUSE 1000");
    session.run(1, "EVAL \"call SET k v\\nreturn\" 0");
    assert_eq!(session.turn(Turn::Advance(60_000)).now, START + 1000);
    assert_eq!(session.wait(5000).now, START + 1000);
    assert_eq!(session.turn(Turn::Advance(60_000)).now, START + 1000);
    assert_eq!(session.view.next, None);
    session
        .host
        .handle(session.wall, Request::Step { to_end: true });
    assert_eq!(session.frame().now, START + 1000);
    assert_eq!(session.wait(10).now, START + 1010);
}

/// What the clients of the properties send: all that waits, expires, or is told by the clock.
const LINES: &[&str] = &[
    "SET k v PX 40",
    "SET long v PX 900",
    "SET k w KEEPTTL",
    "PEXPIRE z 25",
    "PERSIST k",
    "PTTL k",
    "HSET h a 1 b 2 c 3",
    "HPEXPIRE h 35 FIELDS 1 a",
    "HPEXPIRE h 300 FIELDS 2 b c",
    "HPTTL h FIELDS 3 a b c",
    "BLPOP q other 0.03",
    "BLPOP q 2",
    "BZPOPMIN z 0.1",
    "BLMOVE q other LEFT RIGHT 0.7",
    "RPUSH q a b",
    "ZADD z 1 a 2 b",
    "DEL q z",
    "XADD s * f v",
    "XGROUP CREATE s g 0 MKSTREAM",
    "XREADGROUP GROUP g one COUNT 1 STREAMS s >",
    "XREADGROUP GROUP g two COUNT 1 BLOCK 60 STREAMS s >",
    "XREADGROUP GROUP g two BLOCK 500 CLAIM 80 STREAMS s >",
    "XAUTOCLAIM s g two 50 0",
    "XPENDING s g IDLE 20 - + 9",
    "XINFO STREAM s FULL",
    "XREAD BLOCK 250 STREAMS s $",
    "CLIENT PAUSE 30 WRITE",
    "CLIENT PAUSE 120",
    "CONFIG SET notify-keyspace-events KEA",
    "PSUBSCRIBE __key*",
    "PUNSUBSCRIBE",
    "CLIENT TRACKING ON",
    "HELLO 3",
    "RESET",
    "MULTI",
    "EXEC",
    "WATCH k",
    "WAIT 1 90",
    "TIME",
    "OBJECT IDLETIME k",
    "DEBUG SLEEP 0.02",
    "EVAL \"call SET k v PX 40\\ncall PUBLISH news hi\\nreturn\" 0",
];

#[derive(Clone, Debug)]
enum Happens {
    Line(Conn, usize),
    Cut(Conn),
    Passes(Millis),
}

fn happenings() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        12 => (0..CLIENTS, 0..LINES.len()).prop_map(|(conn, line)| Happens::Line(conn, line)),
        1 => (0..CLIENTS).prop_map(Happens::Cut),
        4 => prop_oneof![0..20u64, 0..200u64, 0..4000u64].prop_map(Happens::Passes),
    ];
    proptest::collection::vec(one, 1..120)
}

fn happens(session: &mut Session, what: &Happens) {
    match what {
        Happens::Line(conn, line) => session.run(*conn, LINES[*line]),
        Happens::Cut(conn) => session.input(*conn, What::Connect),
        Happens::Passes(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Time that passes in one jump, in small steps, from one thing to the next, or by itself, is the same time.
    #[test]
    fn a_jump_equals_its_steps(what in happenings(), step in 1..40u64) {
        let mut sessions: Vec<Session> = (0..4).map(|_| Session::new(CLIENTS)).collect();
        for session in &mut sessions[..3] {
            session.turn(Turn::Pause);
        }
        for what in what.iter().chain([&Happens::Passes(5000)]) {
            if let &Happens::Passes(ms) = what {
                sessions[0].turn(Turn::Advance(ms));
                let mut left = ms;
                while left > 0 {
                    sessions[1].turn(Turn::Advance(left.min(step)));
                    left -= left.min(step);
                }
                let end = sessions[2].host.clock.now() + ms;
                while sessions[2].host.now.next().is_some_and(|when| when <= end) {
                    sessions[2].turn(Turn::Step);
                }
                let left = end - sessions[2].host.clock.now();
                sessions[2].turn(Turn::Advance(left));
                sessions[3].wait(ms);
            }
            for session in &mut sessions {
                happens(session, what);
            }
        }
        let (first, others) = sessions.split_first().unwrap();
        for other in others {
            prop_assert_eq!(&first.heard, &other.heard);
            prop_assert_eq!(&first.record, &other.record);
            prop_assert_eq!(first.state(), other.state());
        }
        // A jump tells when each thing was sent, not only that it was.
        prop_assert_eq!(&first.sent, &sessions[2].sent);
    }

    /// However the clock was held and hurried, the record alone gives the same bytes and the same state.
    #[test]
    fn holding_the_clock_changes_no_byte_of_a_record(
        what in happenings(),
        turns in proptest::collection::vec((0..8usize, 1..1000u16, 1..9u64), 1..120),
    ) {
        let mut session = Session::new(CLIENTS);
        for (what, (kind, tenths, pieces)) in what.iter().zip(turns.iter().cycle()) {
            session.turn(match kind {
                0 => Turn::Pause,
                1 | 2 => Turn::Resume,
                3 | 4 => Turn::Speed(Speed::of_tenths(*tenths).unwrap()),
                5 => Turn::Advance(u64::from(*tenths)),
                6 => Turn::ToExpiry,
                _ => Turn::Step,
            });
            if let Happens::Passes(ms) = what {
                for _ in 0..*pieces {
                    session.wait(ms / pieces);
                }
            }
            happens(&mut session, what);
        }
        session.turn(Turn::Resume);
        session.turn(Turn::Advance(5000));
        let end = session.host.clock.now();
        let mut plain = Session::new(0);
        for Input { at, conn, what } in session.record.inputs.clone() {
            plain.wall = at;
            plain.input(conn, what);
        }
        plain.wall = end;
        plain.frame();
        prop_assert_eq!(&session.heard, &plain.heard);
        prop_assert_eq!(&session.record, &plain.record);
        prop_assert_eq!(session.state(), plain.state());
        let mut folded = Host::new(0, 0, fake::machine);
        folded.handle(9, Request::Begin(Log::of(session.record.clone(), end)));
        prop_assert_eq!(session.state(), format!("{:?}", folded.now.engine));
    }
}

/// An hour in one jump: a thousand keys expire, ten clients wait again and again for what comes, and a listener is told.
#[allow(
    clippy::disallowed_methods,
    reason = "how long it takes is what is tested"
)]
#[test]
fn an_hour_passes_in_well_under_a_second() {
    const KEYS: u64 = 1000;
    let mut session = Session::new(12);
    session.turn(Turn::Pause);
    session.run(10, "CONFIG SET notify-keyspace-events KEA");
    for n in 0..KEYS {
        session.run(
            10,
            &format!("SET key:{n} v PX {}", n * 3_600_000 / KEYS + 1),
        );
    }
    session.run(11, "PSUBSCRIBE __keyevent*");
    for conn in 0..10 {
        // Each waits for its minutes, one after the other, 40 times.
        for _ in 0..40 {
            session.run(conn, &format!("BLPOP nothing:{conn} {}", 80 + conn));
        }
    }
    let began = Instant::now();
    let frame = session.turn(Turn::Advance(3_600_000));
    let took = began.elapsed();
    println!("an hour with {KEYS} expiries and 400 waits took {took:?}");
    assert_eq!(frame.now, START + 3_600_000);
    let expired = session.heard[&11]
        .windows(9)
        .filter(|w| w == b"\n__keyeve")
        .count();
    assert!(expired >= KEYS as usize, "{expired}");
    let ended: usize = (0..10)
        .map(|conn| {
            session.heard[&conn]
                .windows(5)
                .filter(|w| w == b"*-1\r\n")
                .count()
        })
        .sum();
    assert_eq!(ended, 400);
    assert!(took < Duration::from_secs(1), "{took:?}");
}
