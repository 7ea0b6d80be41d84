use super::*;
use crate::app::actors::Act;
use crate::app::completion::{Known, candidates};
use crate::app::tests::Joined;
use crate::app::{Action, clock};
use crate::session::message::{Turn, split_words};

fn parsed(line: &str) -> Result<Order, String> {
    parse(&split_words(line.as_bytes()).unwrap())
}

/// A page whose clock stands, with actors that count.
fn page(names: &[&str]) -> Joined {
    let mut page = Joined::open();
    page.act(Action::Clock(Turn::Pause));
    for name in names {
        page.act(Action::Actors(Act::Write(usize::MAX)));
        page.act(Action::Actors(Act::Name((*name).into())));
        page.act(Action::Actors(Act::Text(format!(
            "forever\n  wait 99ms\n  INCR {name}\n"
        ))));
        page.act(Action::Actors(Act::Save));
    }
    page.settle();
    page
}

#[test]
fn lines_are_read_and_wrong_ones_say_what_is_right() {
    for (line, name, steer) in [
        (".crash worker-1", "worker-1", Steer::Crash),
        (".RESTART worker-1", "worker-1", Steer::Restart),
        (".halt 'my worker'", "my worker", Steer::Pause),
        (".go my worker", "my worker", Steer::Resume),
        (
            ".slow my worker 10",
            "my worker",
            Steer::Slow { factor: 10 },
        ),
        (".remove w", "w", Steer::Remove),
    ] {
        let name = name.into();
        assert_eq!(parsed(line), Ok(Order { name, steer }), "{line}");
    }
    for (line, part) in [
        (".crash", ".crash takes an actor's name"),
        (
            ".slow",
            "takes an actor's name and a whole number from 1 to 1000",
        ),
        (".slow w", "a whole number"),
        (".slow 10", "a whole number"),
        (".slow w 0", "a whole number"),
        (".slow w 1001", "a whole number"),
        (".slow w 1.5", "a whole number"),
    ] {
        let why = parsed(line).unwrap_err();
        assert!(
            why.starts_with("(error) ") && why.contains(part),
            "{line}: {why}"
        );
    }
    assert!(is_order(b".Go") && !is_order(b".gone") && !is_order(b"go"));
    let why = clock::parse(&[b".stop".to_vec()]).unwrap_err();
    assert!(LINES.iter().all(|line| why.contains(line)), "{why}");
}

#[test]
fn a_console_steers_actors_and_says_what_came_of_it() {
    let mut page = page(&[]);
    assert_eq!(
        page.exec(0, ".crash a"),
        ["(error) there is no actor 'a': none was started"]
    );
    let mut page = self::page(&["a", "b"]);
    // Each round of a takes 100 ms, and of b twice that.
    for (line, answer) in [
        (".slow b 2", "b takes 2 times as long"),
        (".advance 1s", ""),
        ("MGET a b", "1) \"10\"\n2) \"5\""),
        (".crash a", "a crashed"),
        (".halt b", "b stands still"),
        (".advance 1s", ""),
        ("MGET a b", "1) \"10\"\n2) \"5\""),
        (".restart a", "a starts again"),
        (".slow b 1", "b takes as long as written"),
        (".go b", "b goes on"),
        (".advance 1s", ""),
        ("GET a", "\"20\""),
        (".remove a", "a is removed"),
        (".crash c", "(error) there is no actor 'c': there are b"),
    ] {
        let answers = page.exec(0, line);
        assert!(
            answer.is_empty() || answers == [answer],
            "{line}: {answers:?}"
        );
    }
    let names: Vec<_> = page
        .state
        .actors
        .cards
        .iter()
        .map(|card| &*card.name)
        .collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn a_client_that_waits_can_steer() {
    let mut page = page(&["a"]);
    assert_eq!(page.exec(1, "BLPOP q 0"), [""; 0]);
    page.act(Action::Run {
        conn: 1,
        text: ".crash a".into(),
        ticket: Some(2),
    });
    page.settle();
    assert_eq!(page.answers, [(2, "a crashed".to_string())]);
    assert!(page.state.actors.cards[0].over());
}

#[test]
fn actors_are_proposed_behind_a_line_that_steers_one() {
    let page = page(&["worker-1", "worker-2", "clock"]);
    let proposed = |before: &str| candidates(before, &[], &page.state.known(before)).1;
    assert_eq!(proposed(".cr"), [".crash"]);
    assert_eq!(proposed(".crash wo"), ["worker-1", "worker-2"]);
    assert_eq!(proposed(".slow worker-1 1"), ["10", "100"]);
    assert_eq!(proposed(".go clock "), [""; 0]);
    assert_eq!(candidates(".go ", &[], &Known::default()).1, [""; 0]);
}
