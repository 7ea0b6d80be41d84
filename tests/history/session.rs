//! A session that is played and recorded, and what can be seen of a moment.

use keyglass::engine::resp::{encode_command, split_words};
use keyglass::session::history::{History, Limits, Point};
use keyglass::session::lua::machine;
use keyglass::session::message::{Bytes, Conn, Input, Millis, READY, Record, Steer, What};
use keyglass::session::moment::{Moment, Output};

use crate::generate::Generator;
use crate::rng::Rng;
use crate::step::{CLIENTS, Step};

pub const START: Millis = 1_700_000_000_000;
const SEED: u64 = 7;
/// The connections of actors.
pub const ACTORS: std::ops::Range<Conn> = 10..13;

/// What was sent to whom, and when.
pub type Sent = Vec<(Conn, Vec<u8>, Millis)>;

/// A session that goes on.
pub struct Session {
    pub history: History,
    pub now: Moment,
    pub sent: Sent,
}

/// The first moment.
pub fn first() -> Moment {
    Moment::first(SEED, START, machine())
}

/// What scripts leave behind, and what they see of it.
const SCRIPTS: &[&str] = &[
    "EVAL 'return {math.random(1000000), math.random(10)}' 0",
    "EVAL 'math.randomseed(ARGV[1]) return math.random(1000)' 0 42",
    "EVAL 'for i = 1, 20 do redis.call(\"RPUSH\", KEYS[1], math.random(100)) end return redis.call(\"LLEN\", KEYS[1])' 1 rolls",
    "EVAL 'cjson.encode_sparse_array(true) return cjson.encode({[1000] = 1})' 0",
    "EVAL 'return redis.pcall(\"INCR\", KEYS[1])' 1 k1",
    "EVAL 'return cjson.encode({[1000] = 1})' 0",
    "EVAL 'return nowhere' 0",
    "FUNCTION LOAD REPLACE '#!lua name=tally\nlocal n = 0\nredis.register_function(\"tally\", function() n = n + 1 return n end)'",
    "FCALL tally 0",
    "FCALL tally 0",
    "SCRIPT FLUSH",
    "EVALSHA 5bcb54a4b3dbd5ef2cdd7ff12ce1d53ce2a0ca3e 0",
];

fn command(line: &str) -> What {
    What::Bytes(encode_command(&split_words(line.as_bytes()).unwrap()))
}

/// An actor that is never still for long.
const QUICK: &str = "forever\n  wait 1ms..20ms\n  reply = try INCR k{1..3}\n  if 1 in 3\n    try RPUSH rolls {1..100} {ann|bob}\n  fail 1 in 5\n  try BLPOP rolls 0.03\n";

fn start(name: &str, text: &str) -> Steer {
    Steer::Start {
        name: name.to_string(),
        text: text.to_string(),
    }
}

/// How some actor is steered.
fn steer(rng: &mut Rng) -> (Conn, Steer) {
    let conn = ACTORS.start + rng.below(ACTORS.len()) as Conn;
    let steer = match rng.below(12) {
        0 => Steer::Pause,
        1 => Steer::Resume,
        2 => Steer::Slow {
            factor: 1 + rng.below(5) as u32,
        },
        3 => Steer::Crash,
        4 => Steer::Restart,
        5 => Steer::Remove,
        6 => start("quick", QUICK),
        _ => {
            let ready = rng.pick(READY);
            start(ready.name, ready.text)
        }
    };
    (conn, steer)
}

impl Session {
    /// One with four clients.
    pub fn new(limits: Limits) -> Self {
        let mut session = Self {
            history: History::new(SEED, first(), limits),
            now: first(),
            sent: Vec::new(),
        };
        for conn in 0..CLIENTS {
            session.happen(START, conn as Conn, What::Connect);
        }
        session
    }

    /// One in which all kinds of things have happened.
    pub fn random(rng: &mut Rng, limits: Limits) -> Self {
        let mut session = Self::new(limits);
        session.play(rng);
        session
    }

    /// Names where it stands.
    pub fn name(&mut self, name: &str) -> bool {
        self.history.name(self.history.point(), name)
    }

    /// Lets all kinds of things happen.
    pub fn play(&mut self, rng: &mut Rng) {
        let mut at = self.now.engine.now;
        for step in Generator::sequence(rng.next(), None) {
            match rng.below(20) {
                0 => at += rng.next() % 3000,
                1..=8 => at += rng.next() % 20,
                _ => {}
            }
            if rng.percent(6) {
                let line = rng.pick(SCRIPTS);
                self.happen(at, rng.below(CLIENTS) as Conn, command(line));
            }
            if rng.percent(5) {
                let (conn, steer) = steer(rng);
                self.happen(at, conn, What::Actor(steer));
            }
            if rng.percent(3) {
                let waits = [
                    "BLPOP k1 k2 0.05",
                    "XREAD BLOCK 30 STREAMS s $",
                    "SET k3 v PX 15",
                ];
                let line = rng.pick(&waits);
                self.happen(at, rng.below(CLIENTS) as Conn, command(line));
            }
            match step {
                Step::Command(client, words) => {
                    self.happen(at, client as Conn, What::Bytes(encode_command(&words)));
                }
                Step::Raw(client, bytes) => {
                    // In two parts, as a network may bring it.
                    let (one, two) = bytes.split_at(bytes.len() / 2);
                    for part in [one, two] {
                        self.happen(at, client as Conn, What::Bytes(part.to_vec()));
                    }
                }
                Step::Pause(millis) => at += millis,
                Step::Hangup(client) => {
                    self.happen(at, client as Conn, What::Disconnect);
                    self.happen(at, client as Conn, What::Connect);
                }
                Step::ScanAll(_) | Step::Dump => self.happen(at, 0, command("SCAN 0")),
                Step::Carry(key) => {
                    let words = [b"DUMP".to_vec(), key];
                    self.happen(at, 0, What::Bytes(encode_command(&words)));
                }
            }
        }
        let Self { now, sent, history } = self;
        let cost = now.advance(at + 20, &mut |conn, output, at| {
            sent.push((conn, output.bytes, at))
        });
        history.passed(cost, now);
    }

    /// Time has passed.
    pub fn pass(&mut self) {
        self.history.passed(0, &self.now);
    }

    /// Somebody types a line, so many milliseconds after the start.
    pub fn say(&mut self, after: Millis, conn: Conn, line: &str) {
        self.happen(START + after, conn, command(line));
    }

    /// Lets an input happen.
    pub fn happen(&mut self, at: Millis, conn: Conn, what: What) {
        let Self { now, sent, history } = self;
        let mut sent = |conn, output: Output, at| sent.push((conn, output.bytes, at));
        let input = Input { at, conn, what };
        let cost = now.input(&input, &mut sent);
        history.append(input, cost, now);
    }
}

/// Folds a record up to a point.
pub fn fold(record: &Record, point: Point) -> (Moment, Sent) {
    let mut moment = Moment::first(record.seed, record.start, machine());
    let mut sent = Vec::new();
    for input in &record.inputs[..point.inputs] {
        moment.input(input, &mut |conn, output, at| {
            sent.push((conn, output.bytes, at))
        });
    }
    moment.advance(point.at, &mut |conn, output, at| {
        sent.push((conn, output.bytes, at))
    });
    (moment, sent)
}

/// Everything in a moment, down to where `math.random` stands. Of the profiler the totals: checkpoints do not keep its rows.
pub fn print(moment: &Moment) -> String {
    let mut moment = moment.clone();
    moment.engine.profile.drop_calls();
    format!("{moment:?}")
}

/// What a client is told that asks for all there is to know.
pub fn probe(moment: &Moment) -> Sent {
    let mut moment = moment.clone();
    let mut lines: Vec<Vec<Vec<u8>>> = [
        "CLIENT LIST",
        "INFO everything",
        "LATENCY HISTOGRAM",
        "SCAN 0 COUNT 1000",
        "DBSIZE",
        "RANDOMKEY",
        "PUBSUB CHANNELS",
        "FUNCTION LIST WITHCODE",
        "SLOWLOG GET",
        "CONFIG GET *",
        "FCALL tally 0",
        "EVAL 'return {math.random(1000000), cjson.encode({[1000] = 1})}' 0",
    ]
    .iter()
    .map(|line| split_words(line.as_bytes()).unwrap())
    .collect();
    for (number, db) in moment.engine.dbs.iter().enumerate() {
        let number = number.to_string().into_bytes();
        let keys: Vec<Bytes> = db.iter().map(|(key, _)| key.clone()).collect();
        if !keys.is_empty() {
            lines.push(vec![b"SELECT".to_vec(), number]);
        }
        for key in keys {
            let key = key.to_vec();
            for words in [
                &[b"OBJECT".as_slice(), b"ENCODING"] as &[&[u8]],
                &[b"OBJECT", b"IDLETIME"],
                &[b"DUMP"],
                &[b"PEXPIRETIME"],
                &[b"MEMORY", b"USAGE"],
                &[b"SRANDMEMBER"],
                &[b"ZRANDMEMBER"],
                &[b"XINFO", b"STREAM"],
            ] {
                let mut words: Vec<Vec<u8>> = words.iter().map(|w| w.to_vec()).collect();
                words.push(key.clone());
                lines.push(words);
            }
        }
    }
    const WHO: Conn = 99;
    let mut sent = Vec::new();
    let at = moment.engine.now;
    let mut ask = |what: What| {
        let input = Input {
            at,
            conn: WHO,
            what,
        };
        moment.happen(&input, &mut |conn, output, at| {
            sent.push((conn, output.bytes, at));
        });
    };
    ask(What::Connect);
    for words in lines {
        ask(What::Bytes(encode_command(&words)));
    }
    sent
}
