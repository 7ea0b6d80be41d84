use super::*;
use crate::engine::script::fake;

mod clients;
mod probe;
mod streams;
mod types;

const START: Millis = 1_700_000_000_000;

fn send(host: &mut Host, at: Millis, conn: Conn, line: &str) {
    let words = split_words(line.as_bytes()).unwrap();
    host.handle(
        at,
        Request::Input {
            conn,
            what: What::Bytes(encode_command(&words)),
        },
    );
}

fn outputs(frame: &Frame) -> Vec<(Conn, String)> {
    frame
        .updates
        .iter()
        .filter_map(|update| match update {
            Update::Output { conn, bytes, .. } => Some((*conn, text::format_all(bytes))),
            _ => None,
        })
        .collect()
}

#[test]
fn how_far_a_long_log_is_folded_is_told() {
    let connect = |at| {
        Entry::Input(Input {
            at,
            conn: 0,
            what: What::Connect,
        })
    };
    let log = Log {
        entries: (0..1_200).map(|n| connect(START + n)).collect(),
        until: START + 1_200,
        ..Log::new(1, START)
    };
    let mut host = Host::new(1, START, fake::machine);
    let mut told = Vec::new();
    host.handle_telling(START, Request::Begin(log), &mut |frame| {
        told.extend(frame.updates);
    });
    let all = 1_200;
    let folded = [500, 1_000].map(|done| Update::Folded { done, all });
    assert_eq!(told, folded);
    assert!(matches!(host.frame(START).updates[0], Update::Ready));
}

#[test]
fn an_input_is_recorded_answered_and_seen() {
    let mut host = Host::new(1, START, fake::machine);
    host.handle(
        START,
        Request::Input {
            conn: 0,
            what: What::Connect,
        },
    );
    host.handle(
        START,
        Request::Watch {
            panel: 7,
            target: Target::Key {
                db: 0,
                key: Bytes::from_slice(b"lock"),
                window: Window {
                    start: None,
                    count: 10,
                },
                look: Look::default(),
            },
        },
    );
    send(&mut host, START + 5, 0, "SET lock t NX PX 100");
    let frame = host.frame(START + 5);
    assert_eq!(outputs(&frame), [(0, "OK\n".to_string())]);
    assert!(frame.updates.contains(&Update::Recorded {
        at: START + 5,
        conn: 0,
        bytes: true,
        keys: vec![Bytes::from_slice(b"lock")]
    }));
    let lock = LockView {
        holder: 0,
        since: START + 5,
        ttl: 100,
    };
    let seen = frame.updates.iter().any(|u| matches!(u, Update::View { panel: 7, view: View::Key { value: ValueView::Text(t), .. } } if t.lock == Some(lock)));
    assert!(seen, "{frame:?}");
    assert_eq!(host.next_deadline(), Some(START + 105));
    assert_eq!(
        host.frame(START + 50),
        Frame {
            now: START + 50,
            updates: Vec::new()
        }
    );
    let gone = host.frame(START + 105);
    assert!(
        matches!(&gone.updates[..], [Update::Expired(keys), Update::View { view: View::Key { value: ValueView::Missing, facts, .. }, .. }, Update::Clock(_)] if facts.len() == 3 && keys.len() == 1),
        "{gone:?}"
    );
}

#[test]
fn a_session_folded_again_from_its_record_sees_the_same_and_repeats_no_reply() {
    let inputs = vec![
        Input {
            at: START,
            conn: 0,
            what: What::Connect,
        },
        Input {
            at: START + 1,
            conn: 0,
            what: What::Bytes(encode_command(&["SET", "k", "v", "PX", "1000"])),
        },
    ];
    let record = Record {
        seed: 3,
        start: START,
        inputs,
    };
    let mut host = Host::new(0, 0, fake::machine);
    host.handle(
        START + 500,
        Request::Watch {
            panel: 1,
            target: Target::Keys {
                db: 0,
                asked: KeysAsked::default(),
                window: Window {
                    start: Some(0),
                    count: 9,
                },
            },
        },
    );
    host.handle(START + 500, Request::Begin(Log::of(record, START + 400)));
    let frame = host.frame(START + 500);
    assert_eq!(outputs(&frame), []);
    assert!(matches!(frame.updates.first(), Some(Update::Ready)));
    host.handle(START + 500, Request::Commands);
    let told = host.frame(START + 500).updates;
    assert!(told.iter().any(
        |update| matches!(update, Update::Commands(all) if all.iter().any(|c| c.name == "SET"))
    ));
    assert!(
        frame
            .updates
            .iter()
            .any(|u| matches!(u, Update::View { view: View::Keys(keys), .. } if keys.all == 1))
    );
    send(&mut host, START + 600, 0, "PTTL k");
    assert_eq!(
        outputs(&host.frame(START + 600)),
        [(0, "(integer) 501\n".to_string())],
        "time runs on from where the record was folded to"
    );
}

fn open(conns: u32) -> Host {
    let mut host = Host::new(1, START, fake::machine);
    for conn in 0..conns {
        let what = What::Connect;
        host.handle(START, Request::Input { conn, what });
    }
    host.frame(START);
    host
}

fn recorded(frame: &Frame) -> Vec<(Millis, Conn)> {
    let recorded = frame.updates.iter().filter_map(|update| match update {
        Update::Recorded { at, conn, .. } => Some((*at, *conn)),
        _ => None,
    });
    recorded.collect()
}

fn script(frame: &Frame) -> Option<&Option<ScriptView>> {
    frame.updates.iter().find_map(|update| match update {
        Update::Script(script) => Some(script),
        _ => None,
    })
}

#[test]
fn a_script_stands_still_before_each_call_and_so_does_everything_else() {
    let mut host = open(2);
    send(&mut host, START, 1, "SET lock t PX 100");
    host.frame(START);
    let window = Window {
        start: Some(0),
        count: 9,
    };
    let target = Target::Keys {
        db: 0,
        asked: KeysAsked::default(),
        window,
    };
    host.handle(START, Request::Watch { panel: 1, target });
    host.handle(START, Request::Stepping { on: true });
    let eval = "EVAL \"call SET k v\\n\\ncall INCR n\\nreturn\" 0";
    send(&mut host, START + 10, 0, eval);
    let frame = host.frame(START + 500);
    assert_eq!(frame.now, START + 10, "the clock stands");
    assert_eq!(host.next_deadline(), None);
    assert_eq!(recorded(&frame), [(START + 10, 0)]);
    let view = script(&frame).unwrap().clone().unwrap();
    let word = Bytes::from_slice;
    assert_eq!(view.command, [word(b"SET"), word(b"k"), word(b"v")]);
    assert_eq!((view.conn, view.line, view.calls), (0, 1, 0));
    assert_eq!((view.last, view.waiting), (None, 0));
    assert_eq!(view.name.len(), 40);
    assert_eq!(view.frames[0].locals, [("last".into(), "".into())]);

    // What comes meanwhile waits, as does what stands behind the script on its own connection.
    send(&mut host, START + 600, 1, "GET k");
    send(&mut host, START + 700, 0, "GET n");
    host.handle(START + 800, Request::Step { to_end: false });
    let frame = host.frame(START + 800);
    assert_eq!((recorded(&frame), outputs(&frame)), (vec![], vec![]));
    let view = script(&frame).unwrap().clone().unwrap();
    assert_eq!((view.line, view.calls, view.waiting), (3, 1, 2));
    assert_eq!(view.last.as_deref(), Some("OK"));
    let keys = |frame: &Frame| {
        frame.updates.iter().find_map(|update| match update {
            Update::View {
                view: View::Keys(keys),
                ..
            } => Some(keys.all),
            _ => None,
        })
    };
    assert_eq!(
        keys(&frame),
        Some(2),
        "the lock is still there, and what was set"
    );
    assert_eq!(
        script(&host.frame(START + 900)),
        None,
        "nothing is told twice"
    );

    host.handle(START + 1000, Request::Step { to_end: false });
    let frame = host.frame(START + 1000);
    assert_eq!(script(&frame), Some(&None));
    let told = [
        (0, "(integer) 1\n".to_string()),
        (1, "\"v\"\n".to_string()),
        (0, "\"1\"\n".to_string()),
    ];
    assert_eq!(outputs(&frame), told);
    assert_eq!(recorded(&frame), [(START + 10, 1), (START + 10, 0)]);
    assert_eq!(
        keys(&frame),
        Some(3),
        "the lock is there: no time has passed"
    );
    let frame = host.frame(START + 1090);
    assert_eq!((frame.now, keys(&frame)), (START + 100, Some(2)));
}

#[test]
fn a_stand_ends_with_too_much_that_waits_and_with_a_new_beginning() {
    let mut host = open(1);
    host.handle(START, Request::Stepping { on: true });
    let eval = "EVAL \"call SET k v\\ncall GET k\\nreturn\" 0";
    send(&mut host, START, 0, eval);
    assert!(script(&host.frame(START)).unwrap().is_some());
    // That is for scripts to come.
    host.handle(START, Request::Stepping { on: false });
    assert_eq!(script(&host.frame(START)), None);
    host.handle(START, Request::Step { to_end: false });
    assert!(script(&host.frame(START)).unwrap().is_some());
    host.handle(START, Request::Step { to_end: false });
    let frame = host.frame(START);
    assert_eq!(script(&frame), Some(&None));
    assert_eq!(outputs(&frame), [(0, "\"v\"\n".into())]);
    send(&mut host, START, 0, eval);
    let frame = host.frame(START);
    assert_eq!(script(&frame), None);
    assert_eq!(outputs(&frame), [(0, "\"v\"\n".into())]);

    host.handle(START, Request::Stepping { on: true });
    send(&mut host, START, 0, eval);
    for _ in 0..HELD_MAX {
        send(&mut host, START, 0, "PING");
    }
    assert!(host.now.engine.stands());
    send(&mut host, START, 0, "PING");
    assert!(!host.now.engine.stands());
    assert_eq!(recorded(&host.frame(START)).len(), HELD_MAX + 2);

    send(&mut host, START, 0, eval);
    assert!(script(&host.frame(START)).unwrap().is_some());
    let record = Record {
        seed: 1,
        start: START,
        inputs: vec![
            Input {
                at: START,
                conn: 0,
                what: What::Connect,
            },
            Input {
                at: START,
                conn: 0,
                what: What::Bytes(encode_command(&["EVAL", "call SET k w", "0"])),
            },
        ],
    };
    host.handle(START, Request::Begin(Log::of(record, START)));
    assert_eq!(script(&host.frame(START)), Some(&None));
    send(&mut host, START, 0, "GET k");
    assert_eq!(outputs(&host.frame(START)), [(0, "\"w\"\n".into())]);
    send(&mut host, START, 0, eval);
    let frame = host.frame(START);
    assert!(script(&frame).unwrap().is_some(), "it still steps");
}

#[test]
fn exec_runs_scripts_at_once() {
    let mut host = open(1);
    host.handle(START, Request::Stepping { on: true });
    for line in ["MULTI", "EVAL \"call INCR n\\nreturn\" 0", "EXEC"] {
        send(&mut host, START, 0, line);
    }
    let frame = host.frame(START);
    assert_eq!(script(&frame), None);
    assert!(outputs(&frame).contains(&(0, "1) (integer) 1\n".into())));
}

/// What the clients of the next test send.
const LINES: &[&str] = &[
    "EVAL \"call SET k v PX 40\\ncall PUBLISH news hi\\ncall RPUSH q a b\\nreturn\" 0",
    "EVAL \"call INCR n\\ncall SELECT 1\\ncall INCR n\\ncall PUBLISH news n\\nreturn\" 0",
    "EVAL \"call ZADD z 1 a\\npcall INCR q\\ncall GET q\" 0",
    "EVAL \"call LPUSH other x\\ncall DEL other\\ncall SET k w\\nreturn *2~:1~-A b\" 0",
    "EVAL_RO \"call GET k\\ncall GET n\\nreturn\" 0",
    "BLPOP q other 0.03",
    "BLPOP q 0",
    "BZPOPMIN z 0.1",
    "XREAD BLOCK 50 STREAMS s $",
    "SUBSCRIBE news",
    "UNSUBSCRIBE",
    "CLIENT PAUSE 30 WRITE",
    "CLIENT PAUSE 20",
    "CLIENT REPLY SKIP",
    "CLIENT TRACKING ON",
    "CLIENT TRACKING ON BCAST",
    "CLIENT TRACKING OFF",
    "HELLO 3",
    "HELLO 2",
    "MONITOR",
    "RESET",
    "CONFIG SET notify-keyspace-events KEA",
    "PSUBSCRIBE __key*",
    "WATCH k",
    "MULTI",
    "EXEC",
    "SET k 1",
    "GET k",
    "PEXPIRE n 25",
    "DEL q z",
    "DEBUG SLEEP 0.02",
    "SELECT 1",
    "INFO commandstats",
    "INFO errorstats",
    "PTTL k",
];

/// A host, and every byte that its clients were sent.
struct Heard {
    host: Host,
    bytes: BTreeMap<Conn, Vec<u8>>,
}

impl Heard {
    fn frame(&mut self, at: Millis) -> Frame {
        let frame = self.host.frame(at);
        for update in &frame.updates {
            if let Update::Output { conn, bytes, .. } = update {
                self.bytes.entry(*conn).or_default().extend(bytes);
            }
        }
        frame
    }
}

#[test]
fn stepping_changes_no_byte_of_what_comes_of_an_input() {
    const CLIENTS: u32 = 4;
    let (mut stood, mut compared) = (0, 0);
    for seed in 0..400 {
        let mut chance = crate::engine::rng::Rng::new(seed, crate::engine::rng::Purpose::Pick);
        let mut below = |n: usize| chance.below(n);
        let mut stepped = Heard {
            host: Host::new(seed, START, fake::machine),
            bytes: BTreeMap::new(),
        };
        stepped.host.handle(START, Request::Stepping { on: true });
        let mut sent: VecDeque<(Conn, What)> = VecDeque::new();
        let mut record: Vec<Input> = Vec::new();
        let mut cut = BTreeSet::new();
        let mut now = START;
        for turn in 0..120 {
            if below(3) == 0 {
                now += below(30) as Millis;
            }
            let request = match below(10) {
                _ if turn < CLIENTS as usize => Request::Input {
                    conn: turn as Conn,
                    what: What::Connect,
                },
                0..=2 => Request::Step { to_end: false },
                3 => Request::Step { to_end: true },
                4 if below(6) == 0 => Request::Stepping { on: below(4) > 0 },
                5 if below(20) == 0 => Request::Input {
                    conn: below(CLIENTS as usize) as Conn,
                    what: [What::Connect, What::Disconnect][below(2)].clone(),
                },
                _ => {
                    let mut bytes = Vec::new();
                    for _ in 0..1 + below(3) {
                        let line = LINES[below(LINES.len())];
                        let words = split_words(line.as_bytes()).unwrap();
                        bytes.extend(encode_command(&words));
                    }
                    Request::Input {
                        conn: below(CLIENTS as usize) as Conn,
                        what: What::Bytes(bytes),
                    }
                }
            };
            if let Request::Input { conn, what } = &request {
                if turn >= CLIENTS as usize && !matches!(what, What::Bytes(_)) {
                    cut.insert(*conn); // what it was still to be sent may be lost
                }
                sent.push_back((*conn, what.clone()));
            }
            stepped.host.handle(now, request);
            stood += usize::from(stepped.host.now.engine.stands());
            for (at, conn) in recorded(&stepped.frame(now)) {
                let (whose, what) = sent.pop_front().unwrap();
                assert_eq!(whose, conn);
                record.push(Input { at, conn, what });
            }
        }
        stepped.host.handle(now, Request::Stepping { on: false });
        stepped.host.handle(now, Request::Step { to_end: true });
        for (at, conn) in recorded(&stepped.frame(now)) {
            let (_, what) = sent.pop_front().unwrap();
            record.push(Input { at, conn, what });
        }
        stepped.frame(now + 60_000);
        assert!(sent.is_empty());

        let mut at_once = Heard {
            host: Host::new(seed, START, fake::machine),
            bytes: BTreeMap::new(),
        };
        for Input { at, conn, what } in record {
            at_once.host.handle(at, Request::Input { conn, what });
            at_once.frame(at);
        }
        at_once.frame(now + 60_000);
        for conn in (0..CLIENTS).filter(|conn| !cut.contains(conn)) {
            let one = stepped.bytes.remove(&conn).unwrap_or_default();
            let other = at_once.bytes.remove(&conn).unwrap_or_default();
            let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
            let after = |bytes: &[u8]| String::from_utf8_lossy(&bytes[same..]).into_owned();
            assert_eq!(after(&one), after(&other), "client {conn}, seed {seed}");
            compared += one.len();
        }
    }
    assert!(stood > 1_000 && compared > 100_000, "{stood} {compared}");
}

#[test]
fn a_panel_is_told_at_once_of_what_was_asked_for_and_at_a_pace_of_what_actors_do() {
    let mut host = Host::new(1, START, fake::machine);
    let target = Target::Key {
        db: 0,
        key: Bytes::from_slice(b"n"),
        window: Window {
            start: None,
            count: 10,
        },
        look: Look::default(),
    };
    host.handle(START, Request::Watch { panel: 7, target });
    let what = What::Connect;
    host.handle(START, Request::Input { conn: 0, what });
    let steer = |steer| Request::Input {
        conn: 1_000,
        what: What::Actor(steer),
    };
    let busy = Steer::Start {
        name: "busy".into(),
        text: "forever\n  wait 1ms\n  INCR n".into(),
    };
    host.handle(START, steer(busy));
    let told = |frame: Frame| {
        let views = frame.updates.into_iter().filter_map(|update| match update {
            Update::View { panel: 7, view } => Some(view),
            _ => None,
        });
        views.collect::<Vec<_>>()
    };
    let mut times = Vec::new();
    for at in START..START + 160 {
        if !told(host.frame(at)).is_empty() {
            times.push(at - START);
        }
    }
    assert_eq!(times, [0, 50, 100, 150]);
    let due = host.next_deadline().unwrap();
    assert!(due <= START + 200, "{due}");

    // Whoever asks does not wait, and what came before is not left untold.
    send(&mut host, START + 161, 0, "SET n 5");
    assert_eq!(told(host.frame(START + 161)).len(), 1);
    assert!(told(host.frame(START + 170)).is_empty());
    host.handle(START + 171, steer(Steer::Pause));
    assert_eq!(told(host.frame(START + 171)).len(), 1);
    assert_eq!(told(host.frame(START + 400)).len(), 0);
}
