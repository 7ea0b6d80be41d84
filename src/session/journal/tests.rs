use super::*;
use crate::command::dispatch;
use crate::engine::{Engine, What};
use crate::session::lua;
use crate::session::message::{Millis, encode_command, split_words};

/// The facts that lines such as `A> SET lock 1 NX PX 10` and `@20` make, and what is kept of those about `lock`.
fn run(lines: &str) -> [Vec<(Option<Conn>, Fact)>; 2] {
    let mut engine = Engine::new(1, 1000, dispatch);
    if let Some(machine) = lua::machine() {
        engine.set_machine(machine);
    }
    engine.observing = true;
    let (mut journals, mut made) = (Journals::default(), Vec::new());
    let mut now: Millis = 1000;
    for conn in 0..3 {
        engine.handle(now, conn, What::Connect);
    }
    for line in lines.lines().map(str::trim) {
        if let Some(ms) = line.strip_prefix('@') {
            now += ms.parse::<Millis>().unwrap();
            engine.advance_to(now);
        } else if let Some((who, line)) = line.split_once("> ") {
            let conn = u32::from(who.as_bytes()[0] - b'A');
            let words = split_words(line.as_bytes()).unwrap();
            engine.handle(now, conn, What::Bytes(encode_command(&words)));
        }
        made.extend(engine.events.iter().cloned());
        journals.note(std::mem::take(&mut engine.events));
    }
    [made, journals.facts(0, &Bytes::from_slice(b"lock"))].map(|all| {
        all.into_iter()
            .map(|event| (event.conn, event.fact))
            .collect()
    })
}

fn facts(lines: &str) -> Vec<(Option<Conn>, Fact)> {
    let [mut made, _] = run(lines);
    // How the key went is told beside what it was.
    made.retain(|(_, fact)| !matches!(fact, Fact::Gone { .. }));
    made
}

fn kept(lines: &str) -> Vec<(Option<Conn>, Fact)> {
    let [_, kept] = run(lines);
    kept
}

#[test]
fn tries_and_extensions_are_counted_and_do_not_drive_out_who_took_the_lock() {
    let mut lines = "A> SET lock 1 NX PX 90000\n".to_string();
    for _ in 0..200 {
        lines += "B> SET lock 2 NX PX 90000\nC> SETNX lock 3\n@1\nA> PEXPIRE lock 90000\n";
    }
    let facts = kept(&lines);
    let counts: Vec<_> = facts
        .iter()
        .map(|(conn, fact)| match fact {
            Fact::LockTaken { .. } => (*conn, 0),
            Fact::LockRefused { times, .. } | Fact::LockExtended { times, .. } => (*conn, *times),
            _ => (None, 0),
        })
        .collect();
    assert_eq!(counts.first(), Some(&(Some(0), 0)), "{counts:?}");
    assert!(counts.len() < 8, "{counts:?}");
}

#[test]
fn only_who_may_think_that_it_holds_the_lock_learns_from_reading_it() {
    let facts = kept(
        "B> GET lock
         A> SET lock a NX PX 10
         A> GET lock
         B> GET lock
         @10
         B> SET lock b NX PX 100
         C> GET lock
         A> GET lock
         A> GET lock",
    );
    let missed: Vec<_> = facts
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::LockMissed { .. }))
        .collect();
    assert_eq!(missed, [&(Some(0), Fact::LockMissed { holder: Some(1) })]);
}

fn taken(token: &str, ttl: Millis) -> Fact {
    Fact::LockTaken {
        token: Bytes::from_slice(token.as_bytes()),
        ttl,
    }
}

#[test]
fn the_old_way_to_take_a_lock_is_one_too() {
    let (a, b) = (Some(0), Some(1));
    let left = Some(10_000);
    assert_eq!(
        facts("A> SETNX lock t\nB> SETNX lock u\nA> EXPIRE lock 10\nB> SET lock u NX EX 10"),
        [
            (
                b,
                Fact::LockRefused {
                    holder: None,
                    left: None,
                    times: 1,
                    since: 1000
                }
            ),
            (a, taken("t", 10_000)),
            (
                b,
                Fact::LockRefused {
                    holder: a,
                    left,
                    times: 1,
                    since: 1000
                }
            ),
        ]
    );
    // What another gives a deadline is no lock of its maker's.
    assert_eq!(facts("A> SETNX lock t\nB> EXPIRE lock 10"), []);
}

#[test]
fn a_lock_is_extended_by_a_deadline_or_its_own_token() {
    let extended = |left| (Some(0), Fact::LockExtended { left, times: 1 });
    assert_eq!(
        facts(
            "A> SET lock t NX PX 100
             @40
             A> PEXPIRE lock 200
             A> SET lock t PX 300
             A> SET lock t IFEQ t PX 400
             A> PERSIST lock
             B> SET lock u XX PX 100"
        ),
        [
            (Some(0), taken("t", 100)),
            extended(Some(200)),
            extended(Some(300)),
            extended(Some(400)),
            extended(None),
            (Some(1), Fact::LockOverwritten),
        ]
    );
}

#[test]
fn a_comparison_releases_keeps_or_finds_nothing() {
    let wrong = |conn| (Some(conn), Fact::WrongToken { holder: Some(0) });
    let missed = (Some(1), Fact::LockMissed { holder: None });
    let (took, released) = ((Some(0), taken("t", 100)), (Some(0), Fact::LockReleased));
    assert_eq!(
        facts(
            "A> SET lock t NX PX 100
             B> DELIFEQ lock u
             B> DELEX lock IFEQ u
             B> SET lock x IFEQ u
             A> DELEX lock IFEQ t
             B> DELIFEQ lock u
             B> DELEX lock IFEQ u"
        ),
        [
            took.clone(),
            wrong(1),
            wrong(1),
            wrong(1),
            released.clone(),
            missed.clone(),
            missed.clone()
        ]
    );
    let script = "EVAL \"if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end\" 1 lock";
    let look = "EVAL \"return redis.call('get', KEYS[1])\" 1 lock";
    assert_eq!(
        facts(&format!(
            "A> SET lock t NX PX 100\nC> {look}\nB> {script} u\nA> {script} t\nB> {script} u"
        )),
        [took, wrong(1), released, missed]
    );
}
