//! Going back is exact: whatever a session did, each of its points is reached by way of checkpoints as by folding
//! from the start, undoing and redoing changes nothing, and a fork leaves the branch that it leaves as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "of use to the comparison with real servers")]
#[path = "../oracle/frame.rs"]
mod frame;
#[allow(
    dead_code,
    unused_imports,
    reason = "of use to the comparison with real servers"
)]
#[path = "../oracle/generate/mod.rs"]
mod generate;
mod long;
mod replay;
#[allow(dead_code, reason = "of use to the comparison with real servers")]
#[path = "../oracle/rng.rs"]
mod rng;
mod session;
#[allow(dead_code, reason = "of use to the comparison with real servers")]
#[path = "../oracle/step.rs"]
mod step;

use keyglass::session::history::{BRANCHES_MAX, Forked, Limits, Point};
use keyglass::session::moment::Moment;
use rng::Rng;
use session::{ACTORS, START, Session, first, fold, print, probe};

/// Checkpoints as close together as they can be.
const CLOSE: Limits = Limits {
    bytes: 60 << 20,
    apart: 500,
    worth: 0,
};

fn random_point(rng: &mut Rng, session: &Session) -> Point {
    let end = session.history.end();
    let at = START + rng.next() % (end.at - START + 1);
    match rng.percent(50) {
        true => session.history.point_at(at),
        false => Point {
            inputs: rng.below(end.inputs + 1),
            at,
        },
    }
}

/// Two moments are one, as far as can be seen from inside and from outside.
fn same(one: &Moment, other: &Moment, what: &str) {
    let (seen, wanted) = (probe(one), probe(other));
    for (seen, wanted) in seen.iter().zip(&wanted) {
        assert_eq!(seen, wanted, "{what}");
    }
    assert_eq!(seen.len(), wanted.len(), "{what}");
    let (seen, wanted) = (print(one), print(other));
    if let Some(at) = seen.bytes().zip(wanted.bytes()).position(|(a, b)| a != b) {
        let around = |text: &str| {
            let from = at.saturating_sub(400);
            String::from_utf8_lossy(&text.as_bytes()[from..(at + 100).min(text.len())]).into_owned()
        };
        panic!("{what}:\n{}\n{}", around(&seen), around(&wanted));
    }
    assert_eq!(seen.len(), wanted.len(), "{what}");
}

#[test]
fn any_point_is_what_folding_from_the_start_gives() {
    let mut actors_met = 0;
    for seed in 0..16 {
        let mut rng = Rng::new(seed);
        let mut session = Session::random(&mut rng, CLOSE);
        assert!(session.history.checkpoints() > 10, "the test tests nothing");
        let record = session.history.record();
        for _ in 0..6 {
            session
                .history
                .go_to(random_point(&mut rng, &session), &mut session.now);
            let point = session.history.point();
            let (folded, _) = fold(&record, point);
            same(&session.now, &folded, &format!("seed {seed}, {point:?}"));
            actors_met += ACTORS
                .filter(|conn| folded.engine.client(*conn).is_some())
                .count();
            // What follows is answered as it was.
            let mut sent = Vec::new();
            let mut on = session.now.clone();
            for input in &record.inputs[point.inputs..] {
                on.input(input, &mut |conn, output, at| {
                    sent.push((conn, output.bytes, at))
                });
            }
            on.advance(session.history.end().at, &mut |conn, output, at| {
                sent.push((conn, output.bytes, at))
            });
            same(
                &on,
                &fold(&record, session.history.end()).0,
                "on to the end",
            );
        }
    }
    assert!(actors_met > 50, "the test tests nothing: {actors_met}");
}

#[test]
fn a_recorded_session_is_answered_byte_for_byte() {
    for seed in 100..116 {
        let mut rng = Rng::new(seed);
        let mut session = Session::random(&mut rng, Limits::default());
        let end = session.history.end();
        session.now.advance(end.at, &mut |_, _, _| {});
        let (folded, sent) = fold(&session.history.record(), end);
        assert_eq!(session.sent, sent, "seed {seed}");
        same(&session.now, &folded, &format!("seed {seed}"));
    }
}

#[test]
fn undoing_and_redoing_changes_nothing() {
    for seed in 200..208 {
        let mut rng = Rng::new(seed);
        let mut session = Session::random(&mut rng, CLOSE);
        let whole = session.history.record();
        if rng.percent(50) {
            session
                .history
                .go_to(random_point(&mut rng, &session), &mut session.now);
        }
        let (point, before) = (session.history.point(), session.now.clone());
        let mut times = 0;
        while times < 5 && session.history.undo(&mut session.now) {
            times += 1;
        }
        assert!(point.inputs < 10 || times == 5);
        let (folded, _) = fold(&whole, session.history.point());
        same(&session.now, &folded, &format!("seed {seed}, undone"));
        for _ in 0..times {
            assert!(session.history.redo(&mut session.now));
        }
        assert_eq!(session.history.point(), point);
        same(&session.now, &before, &format!("seed {seed}, redone"));
    }
}

#[test]
fn nothing_is_undone_at_the_start_nor_redone_at_the_end() {
    let mut session = Session::new(CLOSE);
    assert!(!session.history.undo(&mut session.now));
    session.say(5, 0, "SET k 1");
    assert!(!session.history.redo(&mut session.now));
    assert!(session.history.undo(&mut session.now));
    assert_eq!(
        session.history.point(),
        Point {
            inputs: 4,
            at: START + 5
        }
    );
    assert!(
        !session.history.undo(&mut session.now),
        "clients are not taken back"
    );
    assert!(session.history.redo(&mut session.now));
    assert!(!session.history.in_past());
}

#[test]
fn redo_steps_on_through_a_past_that_was_scrubbed_to() {
    let mut session = Session::new(CLOSE);
    for (at, line) in [(5, "SET k 1"), (9, "SET k 2")] {
        session.say(at, 0, line);
    }
    session.history.go_to(
        Point {
            inputs: 0,
            at: START,
        },
        &mut session.now,
    );
    for inputs in [5, 6] {
        assert!(session.history.redo(&mut session.now));
        assert_eq!(session.history.point().inputs, inputs);
    }
    assert!(!session.history.redo(&mut session.now));
}

#[test]
fn a_fork_leaves_the_branch_that_it_leaves_as_it_was() {
    for seed in 300..308 {
        let mut rng = Rng::new(seed);
        let mut session = Session::random(&mut rng, CLOSE);
        session
            .now
            .advance(session.history.end().at + 7, &mut |_, _, _| {});
        session.pass();
        let (record, end) = (session.history.record(), session.history.end());
        let was = session.now.clone();
        let point = Point {
            inputs: rng.below(end.inputs),
            at: START + rng.next() % 100_000,
        };
        session.history.go_to(point, &mut session.now);
        let point = session.history.point();
        let Some(Forked {
            kept,
            dropped: None,
        }) = session.history.fork()
        else {
            panic!("nothing was kept");
        };
        assert!(!session.history.in_past());
        session.play(&mut rng);
        let (other, other_end) = (session.history.record(), session.history.end());
        assert_eq!(record.inputs[..point.inputs], other.inputs[..point.inputs]);
        let (folded, _) = fold(&other, other_end);
        session.now.advance(other_end.at, &mut |_, _, _| {});
        same(
            &session.now,
            &folded,
            &format!("seed {seed}, the new branch"),
        );

        let branch = session.history.branch();
        let views: Vec<_> = session.history.branches().collect();
        assert_eq!((views.len(), views[0].id, views[0].end), (1, kept, end));
        assert_eq!(views[0].fork.inputs, point.inputs);
        assert!(session.history.walk(kept, &mut session.now));
        assert_eq!(session.history.record(), record);
        same(&session.now, &was, &format!("seed {seed}, the old branch"));
        assert!(session.history.walk(branch, &mut session.now));
        same(
            &session.now,
            &folded,
            &format!("seed {seed}, the new branch again"),
        );
        assert!(!session.history.walk(77, &mut session.now));
    }
}

#[test]
fn only_so_many_branches_are_kept() {
    let mut session = Session::new(CLOSE);
    let mut gone = Vec::new();
    for n in 0..BRANCHES_MAX as u64 + 2 {
        session.say(10 * n + 1, 0, "INCR k");
        session.history.undo(&mut session.now);
        gone.extend(session.history.fork().unwrap().dropped);
    }
    assert_eq!(gone, [1, 2]);
    assert_eq!(session.history.branches().len(), BRANCHES_MAX);
    assert!(session.history.drop_branch(3));
    assert!(!session.history.drop_branch(3));
    // To go back in time alone leaves no branch behind.
    session.now.advance(START + 500, &mut |_, _, _| {});
    session.pass();
    session.history.go_to(
        Point {
            inputs: 4,
            at: START + 300,
        },
        &mut session.now,
    );
    assert!(session.history.in_past());
    assert_eq!(session.history.fork(), None);
    assert_eq!(
        session.history.end(),
        Point {
            inputs: 4,
            at: START + 300
        }
    );
}

#[test]
fn a_moment_with_a_name_is_found_again_on_each_branch_that_has_it() {
    let mut session = Session::new(CLOSE);
    session.say(10, 0, "SET k 1");
    assert!(session.name("  one  "));
    session.say(20, 0, "SET k 2");
    assert!(session.name("two"));
    let names = |session: &Session| {
        let names = session.history.names().iter();
        names
            .map(|n| (n.name.clone(), n.point.inputs))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&session), [("one".into(), 5), ("two".into(), 6)]);
    session
        .history
        .go_to(session.history.names()[0].point, &mut session.now);
    session.history.fork();
    assert_eq!(names(&session), [("one".into(), 5)]);
    assert!(session.name(""));
    assert_eq!(names(&session), []);
    session.history.walk(1, &mut session.now);
    assert_eq!(names(&session).len(), 2);
    assert!(session.name(&"é".repeat(300)), "a long name is cut");
    assert_eq!(names(&session)[1].0.len(), 200);
    assert_eq!(first().engine.now, START);
}
