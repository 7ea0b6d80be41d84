use super::*;
use crate::app::tests::Joined;
use crate::app::transcript::Kind;
use crate::session::message::{Entry, Input, What, split_words};

fn parsed(line: &str) -> Result<Turn, String> {
    parse(&split_words(line.as_bytes()).unwrap())
}

fn shown(page: &Joined, conn: usize, last: usize) -> Vec<String> {
    let blocks = page.state.consoles[conn].transcript.blocks();
    let text = |kind: &Kind| match kind {
        Kind::Command { line } => format!("> {line}"),
        Kind::Reply { text, .. }
        | Kind::Pushed { text }
        | Kind::Note { text }
        | Kind::Why { text } => text.clone(),
    };
    let said = |kind: &Kind| !matches!(kind, Kind::Why { .. });
    let blocks = blocks.iter().filter(|block| said(&block.kind));
    let all: Vec<_> = blocks.map(|block| text(&block.kind)).collect();
    all[all.len() - last..].to_vec()
}

/// A page whose clock stands at 10 s.
fn paused() -> Joined {
    let mut page = Joined::open();
    let gone = page.now - page.state.log().start;
    page.now += 10_000 - gone - 1; // what is typed takes a millisecond
    page.settle();
    page.act(Action::Clock(Turn::Pause));
    page.settle();
    page
}

#[test]
fn lines_are_read_and_wrong_ones_say_what_is_right() {
    assert_eq!(parsed(".pause"), Ok(Turn::Pause));
    assert_eq!(parsed(".RESUME"), Ok(Turn::Resume));
    assert_eq!(parsed(".step"), Ok(Turn::Step));
    assert_eq!(parsed(".advance expiry"), Ok(Turn::ToExpiry));
    assert_eq!(parsed(".advance Timeout"), Ok(Turn::ToTimeout));
    for (text, ms) in [
        ("30s", 30_000),
        ("5ms", 5),
        ("1.5m", 90_000),
        ("2H", 7_200_000),
        ("0.001s", 1),
        ("0.25h", 900_000),
    ] {
        let line = format!(".advance {text}");
        assert_eq!(parsed(&line), Ok(Turn::Advance(ms)), "{text}");
    }
    for (text, tenths) in [
        ("10", 100),
        ("0.1", 1),
        ("x100", 1000),
        ("×2.5", 25),
        ("1", 10),
    ] {
        let speed = Speed::of_tenths(tenths).unwrap();
        let line = format!(".speed {text}");
        assert_eq!(parsed(&line), Ok(Turn::Speed(speed)), "{text}");
    }
    for (line, part) in [
        (".advance", "takes one length of time"),
        (".advance 1s 2s", "takes one length of time"),
        (".advance 30", "'30' is no length of time"),
        (".advance -5s", "is no length of time"),
        (".advance .s", "is no length of time"),
        (".advance 1.2.3s", "is no length of time"),
        (".advance 3 s", "takes one length of time"),
        (".advance 0.1ms", "less than a millisecond"),
        (".advance 99999999999999999h", "ten years at most"),
        (".advance 999999999h", "ten years at most"),
        (".speed", "takes one number"),
        (".speed 0", "is no speed"),
        (".speed 100.1", "is no speed"),
        (".speed 0.15", "is no speed"),
        (".speed fast", "is no speed"),
        (".pause now", ".pause takes nothing behind it"),
        (".stop", "no .stop here: the clock knows .pause"),
    ] {
        let why = parsed(line).unwrap_err();
        assert!(
            why.starts_with("(error) ") && why.contains(part),
            "{line}: {why}"
        );
    }
    assert!(!is_turn(b".") && !is_turn(b"...") && !is_turn(b"GET") && is_turn(b".x"));
}

#[test]
fn a_console_turns_the_clock_and_says_what_came_of_it() {
    let mut page = paused();
    assert_eq!(page.exec(0, "SET gone v PX 1500"), ["OK"]);
    assert_eq!(
        page.exec(0, ".advance 1s\nPTTL gone\n.advance expiry\nEXISTS gone"),
        ["(integer) 0"]
    );
    assert_eq!(
        shown(&page, 0, 8),
        [
            "> .advance 1s",
            "1.0 s on, to 00:00:11.000",
            "> PTTL gone",
            "(integer) 500",
            "> .advance expiry",
            "0.5 s on, to 00:00:11.500: gone expired",
            "> EXISTS gone",
            "(integer) 0"
        ]
    );
    assert_eq!(
        page.exec(1, ".speed 10"),
        ["the clock stands; it will run ×10"]
    );
    assert_eq!(page.exec(1, ".resume"), ["the clock runs ×10"]);
    assert_eq!(
        page.exec(2, ".step")[0].split_once(": ").unwrap().1,
        "lock:daily_report expired"
    );
    assert_eq!(
        page.exec(1, ".nonsense")[0].split(':').next(),
        Some("(error) no .nonsense here")
    );
    assert_eq!(
        page.exec(0, ".advance timeout"),
        ["(error) no wait has an end"]
    );
    let hears = |entry: &Entry| match entry {
        Entry::Input(Input { what, .. }) => {
            matches!(what, What::Bytes(b) if b.windows(8).any(|w| w == b".advance"))
        }
        _ => false,
    };
    let entries = &page.state.log().entries;
    assert!(!entries.is_empty() && !entries.iter().any(hears));
}

#[test]
fn a_client_that_waits_can_move_the_clock_to_the_end_of_its_wait() {
    let mut page = paused();
    assert_eq!(page.exec(1, "BLPOP q 30"), [""; 0]);
    assert_eq!(page.state.time.timeout.map(|t| t.conn), Some(1));
    page.act(Action::Run {
        conn: 1,
        text: ".advance 29s\n.advance timeout".into(),
        ticket: Some(2),
    });
    page.settle();
    let answers: Vec<_> = page.answers.drain(..).collect();
    assert_eq!(
        answers,
        [
            (
                2,
                "1.0 s on, to 00:00:40.000: B has waited long enough".to_string()
            ),
            (1, "(nil)".to_string())
        ]
    );
    // A subscriber turns it too.
    page.exec(2, "SUBSCRIBE news");
    assert_eq!(page.exec(2, ".advance 1m"), ["1m on, to 00:01:40.000"]);
    // The wait's bar ends where the wait did, however far one move took the clock.
    page.exec(1, "BLPOP q 30");
    page.exec(0, ".advance 1h");
    let spans = &page.state.timeline.spans;
    let span = spans.iter().rev().find(|span| span.conn == 1).unwrap();
    assert_eq!(span.until.map(|until| until - span.from), Some(30_000));
}

#[test]
fn a_server_half_that_is_started_again_keeps_the_clock_as_it_was() {
    let mut page = paused();
    page.act(Action::Clock(Turn::Speed(Speed::of_tenths(100).unwrap())));
    page.settle();
    let before = page.state.clock.now;
    page.now += 60_000;
    page.act(Action::Run {
        conn: 0,
        text: ".advance 1s\nTIME".into(),
        ticket: Some(4),
    });
    page.act(Action::ServerBroke("unreachable".into()));
    page.settle();
    assert_eq!(page.answers.len(), 1, "{:?}", page.answers);
    assert!(shown(&page, 0, 4).contains(&LOST.to_string()));
    assert!(page.state.time.paused && page.state.time.speed.tenths() == 100);
    assert_eq!(page.state.clock.now, before);
    assert!(!page.state.clock_runs());
    page.act(Action::Clock(Turn::Resume));
    page.settle();
    assert!(page.state.clock_runs());
}

#[test]
fn lines_that_turn_the_clock_are_proposed_once_a_dot_is_typed() {
    use crate::app::completion::{Known, candidates};
    let proposed = |before: &str| candidates(before, &[], &Known::default()).1;
    assert_eq!(proposed(".ad"), [".advance"]);
    assert_eq!(proposed(".S"), [".speed", ".step", ".slow"]);
    assert_eq!(
        proposed("."),
        [
            &LINES[..],
            &super::super::actors::lines::LINES,
            &super::super::past::LINES
        ]
        .concat()
    );
    assert!(!proposed("").iter().any(|name| name.starts_with('.')));
    assert_eq!(proposed(".speed "), ["0.1", "1", "10", "100"]);
    assert_eq!(proposed(".advance 1"), ["1s", "1m", "1h"]);
    assert_eq!(proposed(".pause "), [""; 0]);
}
