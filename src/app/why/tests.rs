//! Each sentence, from commands that a learner types.

use crate::app::tests::Joined;
use crate::app::transcript::Kind;
use crate::app::{Action, Choice, State};
use crate::session::message::Conn;

/// A page without keys, at which three clients are free.
fn fresh() -> Joined {
    emptied(Joined::open())
}

fn emptied(mut page: Joined) -> Joined {
    page.act(Action::Interrupt(2)); // it listens, in the example
    page.settle();
    page.exec(0, "FLUSHALL");
    page
}

/// Runs lines such as `A> SET k v`, and `@250` for time that passes. Below each stands what is said of it, as
/// `? sentence`, or `-` for nothing.
fn check(page: &mut Joined, transcript: &str) {
    let mut seen = whys(&page.state).len();
    let mut wrong = String::new();
    let mut place = "";
    let mut expected: Vec<&str> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for line in transcript.lines().chain(["@0"]) {
        if let Some(sentence) = line.strip_prefix("? ") {
            expected.push(sentence);
            continue;
        }
        if line.is_empty() || line == "-" {
            continue;
        }
        if said != expected {
            wrong.push_str(&format!(
                "\n{place}\n  expected {expected:?}\n  said     {said:?}\n"
            ));
        }
        expected.clear();
        place = line;
        if let Some(ms) = line.strip_prefix('@') {
            page.now += ms.parse::<u64>().unwrap();
            page.settle();
        } else {
            let (client, line) = line.split_once("> ").unwrap();
            page.exec(Conn::from(client.as_bytes()[0] - b'A'), line);
        }
        let all = whys(&page.state);
        said = all.get(seen..).unwrap_or_default().to_vec();
        seen = all.len();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// All sentences, in the order in which they came.
fn whys(state: &State) -> Vec<String> {
    let mut all = Vec::new();
    for console in &state.consoles {
        for block in console.transcript.blocks() {
            if let Kind::Why { text } = &block.kind {
                all.push((block.at, text.clone()));
            }
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, text)| text).collect()
}

/// What a console shows last.
fn shown(page: &Joined, conn: usize, last: usize) -> Vec<String> {
    let blocks = page.state.consoles[conn].transcript.blocks();
    let text = |kind: &Kind| match kind {
        Kind::Command { line } => format!("> {line}"),
        Kind::Reply { text, .. } | Kind::Pushed { text } | Kind::Note { text } => text.clone(),
        Kind::Why { text } => format!("? {text}"),
    };
    let all: Vec<_> = blocks.iter().map(|block| text(&block.kind)).collect();
    all[all.len() - last..].to_vec()
}

#[test]
fn of_keys_and_strings() {
    check(&mut fresh(), include_str!("said/strings.txt"));
}

#[test]
fn of_lists_sets_and_hashes() {
    check(&mut fresh(), include_str!("said/elements.txt"));
}

#[test]
fn of_sorted_sets() {
    check(&mut fresh(), include_str!("said/zsets.txt"));
}

#[test]
fn of_streams() {
    check(&mut fresh(), include_str!("said/streams.txt"));
}

#[test]
fn of_channels_transactions_and_connections() {
    check(&mut fresh(), include_str!("said/sessions.txt"));
}

#[test]
fn of_memory() {
    check(&mut fresh(), include_str!("said/memory.txt"));
}

#[test]
fn of_scripts() {
    check(
        &mut emptied(Joined::with_scripts()),
        include_str!("said/scripts.txt"),
    );
}

#[test]
fn of_what_is_large() {
    let mut page = fresh();
    let words = |what: &str, n: std::ops::Range<u32>| {
        let words = n.map(|i| format!(" {what}{i}"));
        words.collect::<String>()
    };
    page.exec(0, &format!("SADD big{}", words("m", 0..600)));
    page.exec(0, &format!("RPUSH items{}", words("", 0..520)));
    let mut page_of =
        |line: &str, sentence: &str| check(&mut page, &format!("A> {line}\n? {sentence}"));
    page_of(
        "SMEMBERS big",
        "This went through all 600 elements of “big” in one go; SSCAN takes fewer at a time.",
    );
    page_of(
        "LRANGE items 0 -1",
        "This went through all 520 elements of “items” in one go; LRANGE with a few indexes takes fewer at a time.",
    );
    check(&mut page, "A> LRANGE items 0 9\n-");
    let pairs: String = (0..30).map(|i| format!(" k{i} v")).collect();
    page.exec(0, &format!("MSET{pairs}"));
    for at in 0..150 {
        page.exec(
            0,
            &format!("PFADD crowd{}", words("c", at * 200..at * 200 + 200)),
        );
    }
    check(
        &mut page,
        "A> PFCOUNT crowd
? This is an estimate: it was really shown 30,000 different elements, so it is off by -0.28%.
A> PFADD crowd z1
? No register grew, though the element is new: it shares registers that other elements raised as high, so the estimate misses it.
A> KEYS cr*
? KEYS looked at all 33 keys in the database to find 1; nothing else runs meanwhile. SCAN does it in steps.",
    );
    page.exec(0, "SCAN 0");
    let said = whys(&page.state).pop().unwrap();
    assert!(
        said.starts_with("A cursor other than 0 means that there may be more: SCAN goes on from "),
        "{said}"
    );
    page.exec(0, "SCAN 0 MATCH zz* COUNT 12");
    let said = whys(&page.state).pop().unwrap();
    assert!(
        said.starts_with(
            "This step looked at about 12 and none matched. A cursor other than 0 means"
        ),
        "{said}"
    );
}

#[test]
fn in_resp3_too() {
    let mut page = fresh();
    page.exec(0, "HELLO 3");
    page.exec(0, "XADD log 1-1 f v");
    page.exec(0, "XGROUP CREATE log g 0");
    check(
        &mut page,
        "A> GET none
? There is no key “none”.
A> HGETALL none
? There is no key “none”; a missing key counts as an empty hash.
A> XREADGROUP GROUP g c STREAMS log 0
? An ID asks for what was given to “c” before and not acknowledged, and nothing is pending for it. 1 entry is new for “g”: > reads it.
A> SUBSCRIBE news
-
A> GET none
? There is no key “none”.",
    );
}

#[test]
fn each_stands_below_its_own_reply_however_many_come_at_once() {
    let mut page = fresh();
    page.exec(
        0,
        "GET one\nPING\nTTL two\nMULTI\nGET one\nEXEC\nSTRLEN three",
    );
    assert_eq!(
        shown(&page, 0, 17),
        [
            "> GET one",
            "(nil)",
            "? There is no key “one”.",
            "> PING",
            "PONG",
            "> TTL two",
            "(integer) -2",
            "? There is no key “two”.",
            "> MULTI",
            "OK",
            "> GET one",
            "QUEUED",
            "> EXEC",
            "1) (nil)",
            "> STRLEN three",
            "(integer) 0",
            "? There is no key “three”; a missing key counts as an empty string.",
        ]
    );
}

#[test]
fn a_run_of_lines_is_told_the_same_a_few_times_only() {
    let mut page = fresh();
    let before = whys(&page.state).len();
    page.exec(0, &"GET nothing\n".repeat(20));
    assert_eq!(whys(&page.state).len() - before, super::REPEATS_MAX);
    page.exec(0, "GET nothing");
    assert_eq!(whys(&page.state).len() - before, super::REPEATS_MAX + 1);
}

#[test]
fn they_can_be_switched_off() {
    let mut page = fresh();
    let before = whys(&page.state).len();
    page.act(Action::Choose(Choice::Whys, false));
    page.exec(0, "GET nothing");
    assert_eq!(whys(&page.state).len(), before);
    page.act(Action::Choose(Choice::Whys, true));
    page.exec(0, "GET nothing");
    assert_eq!(whys(&page.state).len(), before + 1);
}

#[test]
fn to_be_observed_changes_no_byte() {
    use crate::command::dispatch;
    use crate::engine::resp::{encode_command, split_words};
    use crate::engine::{Engine, What};
    let run = |observing: bool, text: &str| {
        let mut engine = Engine::new(1, 1_700_000_000_000, dispatch);
        engine.observing = observing;
        (0..3).for_each(|conn| engine.handle(engine.now, conn, What::Connect));
        let mut sent = Vec::new();
        for line in text.lines() {
            if let Some(ms) = line.strip_prefix('@') {
                engine.advance_to(engine.now + ms.parse::<u64>().unwrap());
            } else if let Some((client, line)) = line.split_once("> ") {
                let words = split_words(line.as_bytes()).unwrap();
                let conn = Conn::from(client.as_bytes()[0] - b'A');
                engine.handle(engine.now, conn, What::Bytes(encode_command(&words)));
            }
            sent.extend((0..3).map(|conn| engine.take_output(conn)));
        }
        sent
    };
    for text in [
        include_str!("said/strings.txt"),
        include_str!("said/elements.txt"),
        include_str!("said/zsets.txt"),
        include_str!("said/streams.txt"),
        include_str!("said/sessions.txt"),
    ] {
        // Sentences hold the mark that commands have behind the client's letter.
        let lines = text.lines().filter(|line| !line.starts_with('?'));
        let text = lines.collect::<Vec<_>>().join("\n");
        assert_eq!(run(true, &text), run(false, &text));
    }
}
