//! Long sessions: how long it takes to go back, and what it takes to be able to.

use std::time::Instant;

use keyglass::engine::resp::encode_command;
use keyglass::session::history::{Limits, Point};
use keyglass::session::message::{Conn, What};

use crate::rng::Rng;
use crate::session::{START, Session};

/// What is asked of the build that is used; this one is hardly optimised, on a machine that is busy.
const GENEROUS: u128 = 1500;

fn words(line: String) -> What {
    let words: Vec<Vec<u8>> = line.split(' ').map(|w| w.as_bytes().to_vec()).collect();
    What::Bytes(encode_command(&words))
}

/// Goes to points all over a session, and back; gives the longest time in ms.
#[allow(clippy::disallowed_methods, reason = "time is what is measured")]
fn worst(session: &mut Session, rng: &mut Rng) -> u128 {
    let end = session.history.end();
    let mut worst = 0;
    for round in 0..60 {
        let inputs = match round {
            0 => end.inputs,
            1 => end.inputs - 1,
            _ => rng.below(end.inputs),
        };
        let before = Instant::now();
        let point = Point { inputs, at: START };
        session.history.go_to(point, &mut session.now);
        // And what every console is to show there.
        assert!(!session.now.said().is_empty());
        worst = worst.max(before.elapsed().as_millis());
        assert_eq!(session.history.point().inputs, inputs);
    }
    worst
}

fn report(what: &str, session: &mut Session, rng: &mut Rng) {
    let worst = worst(session, rng);
    let (bytes, checkpoints) = (
        session.history.memory_bytes(),
        session.history.checkpoints(),
    );
    println!(
        "{what}: any of {} inputs in {worst} ms, folding {} at most, with {checkpoints} checkpoints and {:.1} MB",
        session.history.end().inputs,
        session.history.longest_way(),
        bytes as f64 / 1e6
    );
    assert!(worst < GENEROUS, "{worst} ms");
    assert!(bytes < 64 << 20, "{bytes} bytes");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "time is what is measured")]
fn any_point_of_a_hundred_thousand_inputs_is_near() {
    let mut rng = Rng::new(1);
    let mut session = Session::new(Limits::default());
    let before = Instant::now();
    for n in 0..100_000_u64 {
        let conn = rng.below(4) as Conn;
        let line = match rng.below(10) {
            0 => format!(
                "SET lock:{} token-{n} NX PX {}",
                rng.below(50),
                rng.below(30_000)
            ),
            1 => format!("GET lock:{}", rng.below(50)),
            2..=4 => format!(
                "ZADD board {} player:{}",
                rng.below(100_000),
                rng.below(20_000)
            ),
            5 => format!("ZREVRANK board player:{}", rng.below(20_000)),
            6 | 7 => format!("XADD orders * id {n} item book-{}", rng.below(900)),
            8 => "XREADGROUP GROUP workers w COUNT 5 STREAMS orders >".to_string(),
            _ => format!("PFADD visitors {}", rng.next()),
        };
        session.happen(START + n * 20, conn, words(line));
        if n == 10 {
            session.happen(
                START + n * 20,
                0,
                words("XGROUP CREATE orders workers 0".into()),
            );
        }
    }
    println!("played in {} ms", before.elapsed().as_millis());
    // However slow the machine: the way there is short.
    let longest = session.history.longest_way();
    assert!(longest < 100_000 / 12, "{longest} inputs");
    report("a bit of all", &mut session, &mut rng);
}

#[test]
fn a_set_that_is_large_has_few_checkpoints_and_one_that_is_huge_none() {
    let mut rng = Rng::new(2);
    let mut session = Session::new(Limits {
        bytes: 4 << 20,
        ..Limits::default()
    });
    for n in 0..20_000_u64 {
        session.happen(START + n, 0, words(format!("SADD all member-number-{n}")));
    }
    let record: usize = session.history.memory_bytes();
    report("a set that outgrows its history", &mut session, &mut rng);
    assert!(record <= 4 << 20, "{record}");
}

#[test]
fn scripts_that_take_long_are_not_run_again_and_again() {
    let mut rng = Rng::new(3);
    let mut session = Session::new(Limits::default());
    let script = "local n = 0 for i = 1, ARGV[1] do n = n + i % 7 end return n";
    for n in 0..60_u64 {
        let words: Vec<Vec<u8>> = ["EVAL", script, "0", "100000"]
            .iter()
            .map(|w| w.as_bytes().to_vec())
            .collect();
        session.happen(START + n, 0, What::Bytes(encode_command(&words)));
    }
    assert!(
        session.history.checkpoints() >= 10,
        "{}",
        session.history.checkpoints()
    );
    report("scripts", &mut session, &mut rng);
}
