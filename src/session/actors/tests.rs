use std::collections::BTreeMap;

use super::super::host::Host;
use super::super::lua::machine;
use super::super::message::*;
use super::*;

const START: Millis = 1_700_000_000_000;

/// A session in which inputs are sent and everything said is kept.
struct Stage {
    host: Host,
    record: Record,
    sent: Vec<(Conn, What)>,
    heard: BTreeMap<Conn, Vec<u8>>,
    states: BTreeMap<Conn, ActorView>,
}

impl Stage {
    fn new(seed: u64) -> Self {
        Self {
            host: Host::new(seed, START, machine),
            record: Record {
                seed,
                start: START,
                inputs: Vec::new(),
            },
            sent: Vec::new(),
            heard: BTreeMap::new(),
            states: BTreeMap::new(),
        }
    }

    fn input(&mut self, at: Millis, conn: Conn, what: What) {
        self.sent.push((conn, what.clone()));
        self.host.handle(START + at, Request::Input { conn, what });
        self.frame(at);
    }

    fn start(&mut self, at: Millis, conn: Conn, name: &str, text: &str) {
        let (name, text) = (name.to_string(), text.to_string());
        self.input(at, conn, What::Actor(Steer::Start { name, text }));
    }

    fn steer(&mut self, at: Millis, conn: Conn, steer: Steer) {
        self.input(at, conn, What::Actor(steer));
    }

    fn send(&mut self, at: Millis, conn: Conn, line: &str) {
        let words = split_words(line.as_bytes()).unwrap();
        self.input(at, conn, What::Bytes(encode_command(&words)));
    }

    /// What a client is answered, as redis-cli prints it.
    fn ask(&mut self, at: Millis, line: &str) -> String {
        const ASKER: Conn = 99;
        self.input(at, ASKER, What::Connect);
        self.heard.remove(&ASKER);
        self.send(at, ASKER, line);
        text::format_all(&self.heard.remove(&ASKER).unwrap_or_default())
    }

    fn frame(&mut self, at: Millis) -> Frame {
        let frame = self.host.frame(START + at);
        for update in &frame.updates {
            match update {
                Update::Recorded { at, conn, .. } => {
                    let (owner, what) = self.sent.remove(0);
                    assert_eq!(owner, *conn);
                    self.record.inputs.push(Input {
                        at: *at,
                        conn: owner,
                        what,
                    });
                }
                Update::Output { conn, bytes, .. } => {
                    self.heard.entry(*conn).or_default().extend(bytes)
                }
                Update::Actor {
                    conn,
                    state: Some(state),
                } => {
                    self.states.insert(*conn, state.clone());
                }
                Update::Actor { conn, state: None } => {
                    self.states.remove(conn);
                }
                _ => {}
            }
        }
        frame
    }

    fn fault(&self, conn: Conn) -> String {
        match self.states.get(&conn).map(|state| &state.doing) {
            Some(Doing::Failed(fault)) => format!("{}: {}", fault.line, fault.text),
            other => panic!("{other:?}"),
        }
    }
}

fn ready_text(name: &str) -> &'static str {
    READY.iter().find(|ready| ready.name == name).unwrap().text
}

fn number(text: &str) -> i64 {
    text.trim()
        .trim_start_matches("(integer) ")
        .parse()
        .unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn a_worker_crashes_and_a_reclaimer_takes_over_what_it_left() {
    let mut stage = Stage::new(1);
    stage.start(0, 50, "worker-1", ready_text("worker"));
    stage.start(0, 51, "producer-1", ready_text("producer"));
    stage.frame(20_000);
    // Crashed between reading and acknowledging.
    let mut at = 20_000;
    while stage
        .ask(at, "XPENDING events workers")
        .starts_with("1) (integer) 0")
    {
        at += 7;
    }
    stage.steer(at, 50, Steer::Crash);
    assert_eq!(stage.states[&50].doing, Doing::Crashed);
    assert!(
        !stage.ask(at, "CLIENT LIST").contains("client:50"),
        "its connection is cut"
    );
    stage.steer(at, 51, Steer::Pause);
    let idle = stage.ask(
        at + 30_000,
        "XPENDING events workers IDLE 30000 - + 100 worker-1",
    );
    assert!(idle.contains("worker-1"), "{idle}");
    stage.start(at + 30_000, 52, "reclaimer-1", ready_text("reclaimer"));
    stage.frame(at + 300_000);
    let left = stage.ask(at + 300_000, "XPENDING events workers");
    assert!(
        left.starts_with("1) (integer) 0"),
        "all are acknowledged or dead: {left}"
    );
    let all = number(&stage.ask(at + 300_000, "XLEN events"));
    let dead = number(&stage.ask(at + 300_000, "XLEN events:dead"));
    assert!(all > 20, "{all}");
    assert!(dead < all / 4, "{dead} of {all}");
    stage.steer(at + 300_000, 50, Steer::Restart);
    stage.steer(at + 300_000, 51, Steer::Resume);
    let before = stage.states[&50].sent;
    stage.frame(at + 310_000);
    assert!(stage.states[&50].sent > before);
    stage.steer(at + 310_000, 50, Steer::Remove);
    assert_eq!(stage.states.get(&50), None);
}

#[test]
fn what_is_never_handled_goes_to_the_dead() {
    let mut stage = Stage::new(2);
    stage.start(
        0,
        50,
        "worker-1",
        &ready_text("worker").replace("fail 1 in 5", "fail 1 in 1"),
    );
    stage.start(
        5,
        51,
        "reclaimer-1",
        &ready_text("reclaimer").replace("fail 1 in 5", "fail 1 in 1"),
    );
    stage.start(10, 52, "producer-1", ready_text("producer"));
    stage.frame(10_000);
    stage.steer(10_000, 52, Steer::Crash);
    stage.frame(200_000);
    let all = number(&stage.ask(200_000, "XLEN events"));
    assert_eq!(number(&stage.ask(200_000, "XLEN events:dead")), all);
    assert!(
        stage
            .ask(200_000, "XRANGE events:dead - + COUNT 1")
            .contains("\"from\"")
    );
    assert!(
        stage
            .ask(200_000, "XPENDING events workers")
            .starts_with("1) (integer) 0")
    );
}

#[test]
fn the_other_texts_do_what_they_say() {
    let mut stage = Stage::new(3);
    stage.start(0, 50, "subscriber-1", ready_text("subscriber"));
    stage.start(5, 51, "publisher-1", ready_text("publisher"));
    stage.start(5, 52, "caller-1", ready_text("caller"));
    stage.start(5, 53, "contender-1", ready_text("contender"));
    stage.start(5, 54, "contender-2", ready_text("contender"));
    let mut holders = std::collections::BTreeSet::new();
    for second in 1..60 {
        holders.insert(stage.ask(second * 1000, "GET lock"));
        for conn in [53, 54] {
            if stage.states[&conn].doing == Doing::Crashed {
                stage.steer(second * 1000, conn, Steer::Restart);
            }
        }
    }
    assert!(
        holders.iter().any(|h| h.contains("contender-1"))
            && holders.iter().any(|h| h.contains("contender-2")),
        "{holders:?}"
    );
    let heard = stage.ask(60_000, "HVALS heard");
    let heard: i64 = heard
        .lines()
        .filter_map(|line| line.split('"').nth(1)?.parse::<i64>().ok())
        .sum();
    let published = stage.states[&51].sent as i64;
    assert!(
        heard >= 20 && published - heard <= 1,
        "{heard} of {published}"
    );
    let calls = number(&stage.ask(60_000, "XLEN called"));
    assert!(
        (20..=35).contains(&calls),
        "{calls} calls in a minute, 5 in 10 s at most"
    );
    for state in stage.states.values() {
        assert_eq!(state.errors, 0, "{state:?}");
    }
}

#[test]
fn an_actor_can_be_paused_slowed_and_started_again() {
    let mut stage = Stage::new(4);
    let text = "forever\n  wait 99ms\n  INCR n";
    stage.start(0, 50, "counter", text);
    let n = |stage: &mut Stage, at| number(&stage.ask(at, "INCRBY n 0"));
    assert_eq!(n(&mut stage, 1_050), 10);
    stage.steer(1_050, 50, Steer::Pause);
    assert!(stage.states[&50].paused);
    assert_eq!(n(&mut stage, 5_000), 10);
    stage.steer(5_000, 50, Steer::Resume);
    assert_eq!(
        n(&mut stage, 5_049),
        10,
        "the rest of its wait is still to come"
    );
    assert_eq!(n(&mut stage, 5_051), 11);
    stage.steer(6_051, 50, Steer::Slow { factor: 10 });
    let before = n(&mut stage, 6_051);
    assert_eq!(n(&mut stage, 16_100) - before, 10);
    stage.start(16_100, 50, "counter", "INCRBY n 1000");
    assert_eq!(n(&mut stage, 17_000) - before, 1010);
    assert_eq!(stage.states[&50].doing, Doing::Done);
    assert_eq!(stage.states[&50].sent, 1);
}

#[test]
fn what_goes_wrong_is_told_with_its_line() {
    let mut stage = Stage::new(5);
    stage.start(0, 50, "bad", "forever\nPING");
    assert!(
        stage.fault(50).starts_with("1: expected statements"),
        "{}",
        stage.fault(50)
    );
    stage.start(0, 50, "bad", "PING\nLPUSH k");
    stage.frame(100);
    assert!(
        stage.fault(50).contains("2: the reply is an error"),
        "{}",
        stage.fault(50)
    );
    stage.start(100, 50, "cut", "SET k v\nwait 1s\nBLPOP q 0");
    stage.frame(5_000);
    assert_eq!(
        (&stage.states[&50].doing, stage.states[&50].line),
        (&Doing::Asks, 3)
    );
    let id = stage.ask(5_000, "CLIENT LIST");
    let line = id.lines().find(|line| line.contains("cmd=blpop")).unwrap();
    let id = line.split("id=").nth(1).unwrap().split(' ').next().unwrap();
    stage.ask(5_000, &format!("CLIENT KILL ID {id}"));
    stage.frame(5_001);
    assert_eq!(stage.fault(50), "3: the connection was closed");
    stage.send(5_001, 50, "SET k typed");
    assert_eq!(
        stage.ask(5_002, "GET k"),
        "\"v\"\n",
        "nobody types for an actor"
    );
    for conn in 100..100 + ACTORS_MAX as Conn {
        stage.start(6_000, conn, "many", "wait 1s");
    }
    assert_eq!(
        stage.fault(100 + ACTORS_MAX as Conn - 1),
        "1: there are 64 actors, and can be no more"
    );
}

#[test]
fn what_an_actor_says_is_told_in_order_and_no_more_than_a_page_can_take() {
    let mut stage = Stage::new(6);
    stage.start(0, 50, "echo", "forever\n  ECHO hi");
    let acted = |frame: &Frame| {
        let acted = frame.updates.iter().find_map(|update| match update {
            Update::Acted {
                conn: 50,
                said,
                left_out,
            } => Some((said.clone(), *left_out)),
            _ => None,
        });
        acted.unwrap()
    };
    let (said, left_out) = acted(&stage.frame(2));
    assert_eq!(left_out, 0);
    let told: Vec<_> = said
        .iter()
        .map(|said| (said.at - START, said.sent))
        .collect();
    assert_eq!(told, [(1, true), (1, false), (2, true), (2, false)]);
    assert_eq!(said[0].bytes, encode_command(&["ECHO", "hi"]));
    assert_eq!(said[1].bytes, b"$2\r\nhi\r\n");
    let (said, left_out) = acted(&stage.frame(10_002));
    assert_eq!((said.len(), left_out), (64, 20_000 - 64));
}

const TEXTS: [&str; 6] = [
    "try XGROUP CREATE s g $ MKSTREAM\nforever\n  r = XREADGROUP GROUP g {me} COUNT 3 BLOCK 40 STREAMS s >\n  for e in r.entries\n    wait 1ms..9ms\n    fail 1 in 3\n    XACK s g {e.id}",
    "forever\n  wait 3ms..20ms\n  XADD s MAXLEN 50 * n {1..9}\n  PUBLISH c {a|b}",
    "HELLO 3\nSUBSCRIBE c\nforever\n  m = receive 30ms\n  if m is nil\n    SET quiet {now} PX {5..50}\n  else\n    RPUSH q {m.3}",
    "forever\n  x = BLPOP q 0.03\n  if x is nil\n    wait 7ms\n    next\n  SET k:{x.2} {me} PX {1..40}\n  if 1 in 30\n    crash",
    "forever\n  x = SET lock {me} NX PX {5..30}\n  wait 2ms..8ms\n  if x is nil\n    next\n  DELIFEQ lock {me}",
    "forever\n  wait 10ms\n  EVAL \"return redis.call('INCR', KEYS[1])\" 1 n\n  RANDOMKEY",
];

const LINES: [&str; 9] = [
    "XADD s * n 0",
    "RPUSH q a b",
    "SET lock me PX 25",
    "CLIENT PAUSE 15",
    "DEBUG SLEEP 0.02",
    "XAUTOCLAIM s g me 10 0",
    "CONFIG SET notify-keyspace-events KEA",
    "PSUBSCRIBE __key*",
    "DEL s",
];

/// Random inputs: at a moment each, to whom, what.
fn script(seed: u64) -> Vec<(Millis, Conn, What)> {
    let mut chance = Rng::new(seed, Purpose::Pick);
    let mut inputs = vec![(0, 0, What::Connect), (0, 1, What::Connect)];
    for conn in 50..54 {
        let text = TEXTS[chance.below(TEXTS.len())].to_string();
        inputs.push((
            0,
            conn,
            What::Actor(Steer::Start {
                name: format!("a{conn}"),
                text,
            }),
        ));
    }
    let mut at = 0;
    for _ in 0..25 {
        at += chance.below(40) as Millis;
        let conn = 50 + chance.below(4) as Conn;
        let steer = |steer| What::Actor(steer);
        let (conn, what) = match chance.below(12) {
            0 => (conn, steer(Steer::Pause)),
            1 => (conn, steer(Steer::Resume)),
            2 => (
                conn,
                steer(Steer::Slow {
                    factor: 1 + chance.below(5) as u32,
                }),
            ),
            3 => (conn, steer(Steer::Crash)),
            4 => (conn, steer(Steer::Remove)),
            5 | 6 => (conn, steer(Steer::Restart)),
            7 => {
                let text = TEXTS[chance.below(TEXTS.len())].to_string();
                (
                    conn,
                    steer(Steer::Start {
                        name: format!("b{conn}"),
                        text,
                    }),
                )
            }
            _ => {
                let words = split_words(LINES[chance.below(LINES.len())].as_bytes()).unwrap();
                (chance.below(2) as Conn, What::Bytes(encode_command(&words)))
            }
        };
        inputs.push((at, conn, what));
    }
    inputs
}

/// Everything that can be seen of a session in the end.
fn seen(stage: &mut Stage, at: Millis) -> Vec<String> {
    const QUESTIONS: [&str; 9] = [
        "XRANGE s - +",
        "XINFO STREAM s FULL",
        "LRANGE q 0 -1",
        "MGET lock n quiet k:a k:b",
        "PTTL lock",
        "CLIENT LIST",
        "INFO commandstats",
        "INFO keyspace",
        "PUBSUB NUMSUB c",
    ];
    let mut seen: Vec<String> = QUESTIONS
        .iter()
        .map(|question| stage.ask(at, question))
        .collect();
    seen.push(format!("{:?}", stage.states));
    seen
}

fn heard(stage: &Stage) -> [String; 2] {
    [0, 1].map(|conn| {
        String::from_utf8_lossy(stage.heard.get(&conn).map_or(&[][..], |bytes| bytes)).into_owned()
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(150))]

    #[test]
    fn one_great_step_gives_what_a_thousand_small_ones_give(seed in 0..u64::MAX) {
        const END: Millis = 3_000;
        let inputs = script(seed);
        let run = |ticks: &mut dyn FnMut(Millis) -> Millis| {
            let mut stage = Stage::new(seed);
            let mut now = 0;
            for (at, conn, what) in inputs.clone() {
                while now < at {
                    now = (now + ticks(now)).min(at);
                    stage.frame(now);
                }
                stage.input(at, conn, what);
            }
            while now < END {
                now = (now + ticks(now)).min(END);
                stage.frame(now);
            }
            let heard = heard(&stage);
            (seen(&mut stage, END), heard)
        };
        let mut chance = Rng::new(seed, Purpose::Pick);
        let great = run(&mut |_| END);
        proptest::prop_assert_eq!(&great, &run(&mut |_| 1));
        proptest::prop_assert_eq!(&great, &run(&mut |_| 1 + chance.below(50) as Millis));
    }

    #[test]
    fn a_record_folded_again_gives_the_same_bytes(seed in 0..u64::MAX) {
        const END: Millis = 2_000;
        let mut live = Stage::new(seed);
        for (at, conn, what) in script(seed) {
            live.input(at, conn, what);
        }
        live.frame(END);
        let mut folded = Stage::new(0);
        let record = live.record.clone();
        let half = START + END / 2;
        let (before, after): (Vec<_>, Vec<_>) = record.inputs.iter().cloned().partition(|input| input.at < half);
        // The session's clock goes on from there.
        let met = before.last().map_or(START, |input| input.at);
        folded.host.handle(met, Request::Begin(Log::of(Record { inputs: before, ..record.clone() }, met)));
        for Input { at, conn, what } in after {
            folded.input(at - START, conn, what);
        }
        folded.frame(END);
        // What was sent before the fold is not repeated: what comes after is the same.
        let (one, other) = (heard(&live), heard(&folded));
        for (one, other) in one.iter().zip(&other) {
            proptest::prop_assert!(one.ends_with(other.as_str()));
        }
        for text in [&mut live, &mut folded] {
            text.heard.clear();
        }
        proptest::prop_assert_eq!(seen(&mut live, END + 500), seen(&mut folded, END + 500));
        proptest::prop_assert_eq!(heard(&live), heard(&folded));
    }
}

#[test]
#[ignore = "a measurement: cargo test --release --lib busy_actors -- --ignored --nocapture"]
fn busy_actors_cost_little() {
    let mut stage = Stage::new(7);
    stage.input(0, 0, What::Connect);
    for n in 0..10 {
        let text = match n % 2 {
            0 => "forever\n  wait 1ms\n  XADD events MAXLEN ~ 1000 * user {ann|bob|cy} n {1..100}",
            _ => "forever\n  wait 1ms\n  ZINCRBY board {1..10} {ann|bob|cy|dan|eve}",
        };
        stage.start(0, 50 + n, &format!("busy-{n}"), text);
    }
    let began = cpu_millis();
    for frame in 1..=3_750 {
        stage.frame(frame * 16);
    }
    let sent: u64 = stage.states.values().map(|state| state.sent).sum();
    let spent = cpu_millis() - began;
    println!(
        "{sent} commands in 60 s of session time: {} ms of CPU for each second",
        spent as f64 / 60.0
    );
    assert!(sent >= 290_000, "{sent}");
}

/// The CPU time of this process, in milliseconds: no clock is read in this house.
fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<u64> = after
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    (fields.get(11).unwrap_or(&0) + fields.get(12).unwrap_or(&0)) * 10
}
