use std::rc::Rc;

use super::*;
use crate::engine::reply::Reply;
use crate::engine::resp::Parsed;
use crate::engine::resp::parse_command;
use crate::engine::rng::{Purpose, Rng};

fn bulk(text: &str) -> Reply {
    Reply::Bulk(text.as_bytes().to_vec())
}

fn list(items: &[Reply]) -> Reply {
    Reply::Array(items.to_vec())
}

fn words(bytes: &[u8]) -> String {
    let Parsed::Command { words, .. } = parse_command(bytes) else {
        panic!("not one command: {bytes:?}");
    };
    let words: Vec<_> = words
        .into_iter()
        .map(|range| String::from_utf8_lossy(&bytes[range]).into_owned())
        .collect();
    words.join(" ")
}

/// What a text does, one line for each step, answered by `reply`; as many steps as asked for.
fn played(
    text: &str,
    seed: u64,
    steps: usize,
    mut reply: impl FnMut(&str) -> Reply,
) -> Vec<String> {
    let program = parse(text).unwrap_or_else(|fault| panic!("{fault:?}"));
    let mut chance = Rng::new(seed, Purpose::Actors);
    let mut run = Run::new(Rc::new(program), "w1");
    let mut out = Vec::new();
    while out.len() < steps {
        match run.go(1000, &mut chance) {
            Ok(Step::Send(bytes)) => {
                let line = words(&bytes);
                let answered = run.answer(reply(&line));
                out.push(line);
                if let Err(fault) = answered {
                    out.push(format!("line {}: {}", fault.line, fault.text));
                    break;
                }
            }
            Ok(Step::Wait(millis)) => out.push(format!("wait {millis}")),
            Ok(Step::Receive(within)) => out.push(format!("receive {within:?}")),
            Ok(step @ (Step::Stop | Step::Crash)) => {
                out.push(format!("{step:?}"));
                break;
            }
            Err(fault) => {
                out.push(format!("line {}: {}", fault.line, fault.text));
                break;
            }
        }
    }
    out
}

fn plays(text: &str, expected: &[&str]) {
    assert_eq!(
        played(text, 1, 100, |_| Reply::Simple("OK".into())),
        expected
    );
}

fn wrong(text: &str) -> String {
    let fault = parse(text).expect_err(text);
    format!("{}: {}", fault.line, fault.text)
}

#[test]
fn a_worker_handles_what_it_read_and_leaves_what_fails() {
    let text = ready::READY
        .iter()
        .find(|ready| ready.name == "worker")
        .unwrap()
        .text;
    let entry = |id: &str| list(&[bulk(id), list(&[bulk("user"), bulk("ann")])]);
    let mut reads = 0;
    let steps = played(text, 5, 24, |line| {
        if !line.starts_with("XREADGROUP") {
            return Reply::Int(1);
        }
        reads += 1;
        match reads {
            2 => Reply::Null,
            _ => list(&[list(&[bulk("events"), list(&[entry("1-0"), entry("2-0")])])]),
        }
    });
    assert_eq!(steps[0], "XGROUP CREATE events workers $ MKSTREAM");
    assert_eq!(
        steps[1],
        "XREADGROUP GROUP workers w1 COUNT 10 BLOCK 2000 STREAMS events >"
    );
    let waits: Vec<u64> = steps
        .iter()
        .filter_map(|s| s.strip_prefix("wait ")?.parse().ok())
        .collect();
    assert!(
        waits.len() > 8 && waits.iter().all(|wait| (50..=200).contains(wait)),
        "{steps:?}"
    );
    let acks = steps
        .iter()
        .filter(|s| s.starts_with("XACK events workers "))
        .count();
    assert!(acks < waits.len() && acks > waits.len() / 2, "{steps:?}");
    assert!(
        steps.iter().any(|s| s == "XACK events workers 2-0"),
        "{steps:?}"
    );
}

#[test]
fn rounds_and_their_ends() {
    plays(
        "times 2\n  PING\nECHO end",
        &["PING", "PING", "ECHO end", "Stop"],
    );
    plays(
        "for i in 1..5\n  if i is 2\n    next\n  if i > 3\n    leave\n  else\n    ECHO a\n  ECHO {i}\nPING",
        &["ECHO a", "ECHO 1", "ECHO a", "ECHO 3", "PING", "Stop"],
    );
    plays(
        "for i in 1..2\n  for j in 1..9\n    if j is 2\n      leave\n    ECHO {i}{j}\n  ECHO out",
        &["ECHO 11", "ECHO out", "ECHO 21", "ECHO out", "Stop"],
    );
    plays("for i in 3..2\n  PING\ncrash", &["Crash"]);
    plays(
        "let n = 2\ntimes n\n  PING\nstop\nPING",
        &["PING", "PING", "Stop"],
    );
    plays("times 3\n  fail 5 in 5\n  PING", &["Stop"]);
    plays("times 2\n  fail 0 in 5\n  PING", &["PING", "PING", "Stop"]);
}

#[test]
fn values_and_the_ways_into_them() {
    plays(
        "let n = 6\nlet a = {n} / 4\nlet b = {n} % 4\nlet c = {n} * -2\nlet d = {n} - {a}\nECHO {a}/{b}/{c}/{d}",
        &["ECHO 1/2/-12/5", "Stop"],
    );
    plays(
        "ECHO \"two words\" {me} {now} {{}} 'a\\'b'",
        &["ECHO two words w1 1000 {} a'b", "Stop"],
    );
    let map = Reply::Map(vec![(
        bulk("events"),
        list(&[list(&[
            bulk("7-1"),
            list(&[bulk("kind"), bulk("buy"), bulk("n"), bulk("3")]),
        ])]),
    )]);
    let steps = played(
        "r = XREAD STREAMS events 0\nfor e in r.entries\n  XADD dead * {e.fields} from {e.id} {e.kind} {e.fields.count} {e.2.4}\nif r.1.9 is nil\n  ECHO none",
        1,
        9,
        |line| {
            if line.starts_with("XREAD ") {
                map.clone()
            } else {
                Reply::Int(1)
            }
        },
    );
    assert_eq!(steps[1], "XADD dead * kind buy n 3 from 7-1 buy 4 3");
    assert_eq!(steps[2], "ECHO none");
}

#[test]
fn conditions_on_replies() {
    let text = "a = try SET k v\nif a is error\n  ECHO error\nif a is not nil\n  ECHO some\nb = GET k\nif b is nil\n  ECHO nil\nc = LRANGE l 0 -1\nif c is empty\n  ECHO empty\nd = INCR n\nif d >= 5\n  ECHO five\nif d < 5\n  ECHO less\nif d is not {d}\n  ECHO never";
    let steps = played(text, 1, 99, |line| match line.split(' ').next() {
        Some("SET") => Reply::Error("ERR no".into()),
        Some("GET") => Reply::Null,
        Some("LRANGE") => list(&[]),
        Some("INCR") => Reply::Int(5),
        _ => Reply::Int(0),
    });
    let echoes: Vec<_> = steps
        .iter()
        .filter_map(|s| s.strip_prefix("ECHO "))
        .collect();
    assert_eq!(echoes, ["error", "some", "nil", "empty", "five"]);
}

#[test]
fn chance_comes_from_the_seed() {
    let text =
        "times 200\n  ECHO {ann|bob|cy} {1..3}\n  wait 10ms..20ms\n  if 1 in 4\n    ECHO rare";
    let once = played(text, 7, 900, |_| Reply::Int(1));
    assert_eq!(once, played(text, 7, 900, |_| Reply::Int(1)));
    assert_ne!(once, played(text, 8, 900, |_| Reply::Int(1)));
    for wanted in [
        "ECHO ann 1",
        "ECHO bob 3",
        "ECHO cy 2",
        "wait 10",
        "wait 20",
    ] {
        assert!(once.iter().any(|step| step == wanted), "{wanted}");
    }
    let rare = once.iter().filter(|step| *step == "ECHO rare").count();
    assert!((30..70).contains(&rare), "{rare}");
}

#[test]
fn waits_and_messages() {
    plays(
        "wait 1.5s\nwait 20ms\nlet n = 3\nwait {n}s\nwait {n}ms",
        &["wait 1500", "wait 20", "wait 3000", "wait 3", "Stop"],
    );
    let program =
        parse("forever\n  m = receive 2s\n  if m is nil\n    ECHO late\n  else\n    ECHO {m.3}")
            .unwrap();
    let mut chance = Rng::new(1, Purpose::Actors);
    let mut run = Run::new(Rc::new(program), "s");
    let message = |text: &str| list(&[bulk("message"), bulk("news"), bulk(text)]);
    assert_eq!(run.go(0, &mut chance), Ok(Step::Receive(Some(2000))));
    let Ok(Step::Send(late)) = run.go(0, &mut chance) else {
        panic!("it was late")
    };
    assert_eq!(words(&late), "ECHO late");
    assert!(
        !run.message(message("one")),
        "it waits for a reply, not for a message"
    );
    run.answer(Reply::Int(1)).unwrap();
    let Ok(Step::Send(one)) = run.go(0, &mut chance) else {
        panic!("it was there")
    };
    assert_eq!(words(&one), "ECHO one");
    run.answer(Reply::Int(1)).unwrap();
    assert_eq!(run.go(0, &mut chance), Ok(Step::Receive(Some(2000))));
    assert!(run.message(message("two")));
    let Ok(Step::Send(two)) = run.go(0, &mut chance) else {
        panic!("it came")
    };
    assert_eq!(words(&two), "ECHO two");
    for n in 0..INBOX_MAX + 5 {
        run.message(message(&n.to_string()));
    }
    run.answer(Reply::Int(1)).unwrap();
    let Ok(Step::Send(first)) = run.go(0, &mut chance) else {
        panic!("many came")
    };
    assert_eq!(words(&first), "ECHO 5", "the oldest are forgotten");
}

#[test]
fn what_is_wrong_names_its_line_and_what_was_expected() {
    for (text, expected) in [
        ("", "1: expected a command in capitals, or one of"),
        (
            "PING\nxadd k * a b",
            "2: expected a command in capitals, or one of",
        ),
        ("x = ping", "1: expected a command in capitals; found ping"),
        (
            "forever",
            "1: expected statements further in below this line",
        ),
        ("# note\nforever\nPING", "2: expected statements further in"),
        (
            "forever\n    PING\n  PING",
            "3: expected 0 spaces before the statement, found 2",
        ),
        ("PING\n  PING", "2: expected 0 spaces"),
        ("  PING", "1: expected the first statement at the margin"),
        (
            "forever\n\tPING",
            "2: expected spaces before the statement, not a tab",
        ),
        ("times ten!\n  PING", "1: "),
        ("for x of y\n  PING", "1: expected for name in"),
        (
            "for X in 1..2\n  PING",
            "1: expected a name of small letters",
        ),
        ("me = PING", "1: expected a name of small letters"),
        ("if\n  PING", "1: expected if name is"),
        ("if a\n  PING", "1: expected if name is"),
        ("if a is\n  PING", "1: expected if name is"),
        ("else\n  PING", "1: expected an if as far in"),
        ("wait", "1: expected a time"),
        ("wait 5", "1: expected a time"),
        ("wait 5..6s", "1: expected a time"),
        ("wait infs", "1: expected a time"),
        (
            "fail 1 in 5",
            "1: expected fail inside forever, times or for",
        ),
        ("next", "1: expected next inside"),
        ("leave", "1: expected leave inside"),
        (
            "forever\n  fail 1 of 5",
            "2: expected a chance, as in 1 in 5; found 1 of 5",
        ),
        ("forever\n  fail 6 in 5", "2: expected a chance"),
        ("stop now", "1: expected nothing after stop"),
        ("let x", "1: expected let name = value"),
        ("let x = 1 ^ 2", "1: expected let name = value"),
        ("PING\nECHO {who}", "2: nothing is kept as who"),
        ("ECHO {who", "1: expected } after {"),
        ("ECHO who}", "1: expected }} for a brace"),
        ("ECHO \"who", "1: expected the end of a quoted word"),
        (
            "x = PING\nECHO {x.0}",
            "2: expected a name or a number from 1",
        ),
        (
            "x = PING\nECHO {x.}",
            "2: expected a name or a number from 1",
        ),
        ("ECHO {}", "1: expected a name, as in reply"),
    ] {
        let found = wrong(text);
        assert!(found.starts_with(expected), "{text:?}: {found}");
    }
}

#[test]
fn what_goes_wrong_names_its_line() {
    let last = |text: &str, reply: Reply| played(text, 1, 50, |_| reply.clone()).pop().unwrap();
    let ok = Reply::Int(1);
    assert_eq!(
        last("forever\n  let n = 1\n  let n = 2", ok.clone())
            .split_once(": ")
            .unwrap()
            .1,
        "10000 statements ran without a wait or a command: expected one in this loop"
    );
    assert!(
        last("PING\nLPUSH k", Reply::Error("ERR wrong".into()))
            .starts_with("line 1: the reply is an error")
    );
    assert_eq!(
        last("x = PING\n\nECHO {x}", Reply::Null),
        "line 3: x is nil"
    );
    assert_eq!(
        last("x = PING\nECHO a{x}", list(std::slice::from_ref(&ok))),
        "line 2: x is a list: expected one element of it, as in x.1"
    );
    assert_eq!(
        last("x = PING\nfor y in x\n  PING", ok.clone()),
        "line 2: x is not a list"
    );
    assert_eq!(
        last("let x = a\nlet y = {x} + 1", ok.clone()),
        "line 2: expected a whole number, found a"
    );
    assert!(last("let x = 1\nlet y = {x} / 0", ok.clone()).starts_with("line 2: the result"));
    let growing = "let x = aaaaaaaa\nforever\n  let x = {x}{x}\n  wait 1ms";
    assert_eq!(
        last(growing, ok),
        "line 3: a word is longer than 65536 bytes"
    );
}

#[test]
fn the_texts_that_stand_ready_can_be_read() {
    for ready in ready::READY {
        assert_eq!(parse(ready.text).err(), None, "{}", ready.name);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(lines in proptest::collection::vec((0..4usize, 0..24usize), 0..20), junk in "[ -~\n]{0,60}") {
        const PARTS: [&str; 24] = [
            "forever", "times 2", "for x in y", "for x in 1..2", "if x is nil", "if 1 in 2", "else", "next", "leave", "stop",
            "crash", "fail 1 in 2", "wait 1ms", "x = receive 1s", "x = PING", "try LPUSH k {x}", "let x = 1", "let x = {x} + 1",
            "y = XREAD STREAMS a {1..3}", "# note", "ECHO {a|b} {{", "if x.1.b < 4", "receive", "let y = {x.entries}",
        ];
        let mut text = junk;
        let _ = parse(&text);
        text.clear();
        for (indent, part) in lines {
            text.push_str(&" ".repeat(indent));
            text.push_str(PARTS[part]);
            text.push('\n');
        }
        if let Ok(program) = parse(&text) {
            let mut run = Run::new(Rc::new(program), "p");
            let mut chance = Rng::new(3, Purpose::Actors);
            for _ in 0..50 {
                match run.go(0, &mut chance) {
                    Ok(Step::Send(_)) => if run.answer(list(&[list(&[bulk("a")])])).is_err() { break },
                    Ok(Step::Stop | Step::Crash) | Err(_) => break,
                    Ok(_) => {}
                }
            }
        }
    }
}
