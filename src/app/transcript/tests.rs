use super::*;

fn send(t: &mut Transcript, line: &str) -> Ticket {
    t.sent(&line.split(' ').collect::<Vec<_>>(), false, 0)
}

fn texts(done: &[Done]) -> Vec<&str> {
    done.iter().map(|d| d.text.as_str()).collect()
}

fn pushed(t: &Transcript) -> Vec<String> {
    t.blocks()
        .iter()
        .filter_map(|b| {
            if let Kind::Pushed { text } = &b.kind {
                Some(text.clone())
            } else {
                None
            }
        })
        .collect()
}

/// `array(b"*", &["message", "a", "x"])`; a word that is a number is one.
fn frame(mark: &str, words: &[&str]) -> Vec<u8> {
    let mut out = format!("{mark}{}\r\n", words.len());
    for word in words {
        out += &match *word {
            "nil" => "$-1\r\n".to_owned(),
            n if n.parse::<i64>().is_ok() => format!(":{n}\r\n"),
            text => format!("${}\r\n{text}\r\n", text.len()),
        };
    }
    out.into_bytes()
}

#[test]
fn a_reply_belongs_to_the_command_that_waits() {
    let mut t = Transcript::default();
    t.command("GET a", 1);
    let ticket = send(&mut t, "GET a");
    assert!(t.busy());
    assert_eq!(t.received(b"$5\r\nhe", 2), []);
    assert_eq!(
        t.received(b"llo\r\n", 3),
        [Done {
            ticket,
            text: "\"hello\"".to_owned()
        }]
    );
    assert!(!t.busy());
    let kinds: Vec<_> = t
        .blocks()
        .iter()
        .map(|b| (b.id, b.at, b.kind.clone()))
        .collect();
    let reply = Kind::Reply {
        text: "\"hello\"".to_owned(),
        error: false,
        nil: false,
        left_out: 0,
    };
    assert_eq!(
        kinds,
        [
            (
                1,
                1,
                Kind::Command {
                    line: "GET a".to_owned()
                }
            ),
            (2, 3, reply)
        ]
    );
}

#[test]
fn errors_and_nil_are_marked() {
    let mut t = Transcript::default();
    send(&mut t, "GET");
    send(&mut t, "GET a");
    assert_eq!(
        texts(&t.received(b"-ERR no\r\n$-1\r\n", 0)),
        ["(error) ERR no", "(nil)"]
    );
    let marks: Vec<_> = t
        .blocks()
        .iter()
        .map(|b| matches!(&b.kind, Kind::Reply { error: e, nil: n, .. } if *e != *n))
        .collect();
    assert_eq!(marks, [true, true]);
}

#[test]
fn subscribe_is_answered_once_for_each_channel() {
    let mut t = Transcript::default();
    send(&mut t, "SUBSCRIBE a b");
    assert_eq!(t.received(&frame("*", &["subscribe", "a", "1"]), 0), []);
    assert!(t.busy());
    let done = t.received(&frame("*", &["subscribe", "b", "2"]), 0);
    assert_eq!(
        texts(&done),
        ["1) \"subscribe\"\n2) \"a\"\n3) (integer) 1\n1) \"subscribe\"\n2) \"b\"\n3) (integer) 2"]
    );
    assert_eq!(t.subscriptions(), 2);
    assert_eq!(t.received(&frame("*", &["message", "a", "hi"]), 0), []);
    assert_eq!(pushed(&t), ["1) \"message\"\n2) \"a\"\n3) \"hi\""]);
}

#[test]
fn unsubscribe_from_all_is_answered_for_each_or_once() {
    let mut t = Transcript::default();
    send(&mut t, "UNSUBSCRIBE");
    assert_eq!(
        t.received(&frame("*", &["unsubscribe", "nil", "0"]), 0)
            .len(),
        1
    );
    send(&mut t, "PSUBSCRIBE p*");
    t.received(&frame("*", &["psubscribe", "p*", "1"]), 0);
    send(&mut t, "SUBSCRIBE a b");
    t.received(
        &[
            frame("*", &["subscribe", "a", "2"]),
            frame("*", &["subscribe", "b", "3"]),
        ]
        .concat(),
        0,
    );
    send(&mut t, "unsubscribe");
    assert_eq!(t.received(&frame("*", &["unsubscribe", "a", "2"]), 0), []);
    assert_eq!(
        t.received(&frame("*", &["unsubscribe", "b", "1"]), 0).len(),
        1
    );
    assert_eq!(t.subscriptions(), 1);
    send(&mut t, "PUNSUBSCRIBE x y");
    let done = t.received(
        &[
            frame("*", &["punsubscribe", "x", "1"]),
            frame("*", &["punsubscribe", "y", "1"]),
        ]
        .concat(),
        0,
    );
    assert_eq!(done.len(), 1);
    assert_eq!(t.subscriptions(), 1);
}

#[test]
fn shard_channels_are_counted_too() {
    let mut t = Transcript::default();
    send(&mut t, "ssubscribe a b");
    assert_eq!(t.received(&frame("*", &["ssubscribe", "a", "1"]), 0), []);
    assert_eq!(
        t.received(&frame("*", &["ssubscribe", "b", "2"]), 0).len(),
        1
    );
    assert_eq!(t.received(&frame("*", &["smessage", "a", "hi"]), 0), []);
    assert_eq!((t.subscriptions(), pushed(&t).len()), (2, 1));
    send(&mut t, "sunsubscribe");
    t.received(&frame("*", &["sunsubscribe", "a", "1"]), 0);
    assert!(t.busy());
    t.received(&frame("*", &["sunsubscribe", "b", "0"]), 0);
    assert_eq!((t.subscriptions(), t.busy()), (0, false));
}

#[test]
fn a_refused_subscribe_is_one_error() {
    let mut t = Transcript::default();
    send(&mut t, "SUBSCRIBE");
    let done = t.received(
        b"-ERR wrong number of arguments for 'subscribe' command\r\n",
        0,
    );
    assert_eq!(
        texts(&done),
        ["(error) ERR wrong number of arguments for 'subscribe' command"]
    );
    assert!(!t.busy());
}

#[test]
fn messages_pass_by_the_command_that_waits() {
    let mut t = Transcript::default();
    send(&mut t, "SUBSCRIBE a");
    t.received(&frame("*", &["subscribe", "a", "1"]), 0);
    send(&mut t, "PING");
    let bytes = [
        frame("*", &["message", "a", "1st"]),
        frame("*", &["pong", "x"]),
        frame("*", &["pmessage", "p*", "a", "2nd"]),
    ]
    .concat();
    assert_eq!(texts(&t.received(&bytes, 0)), ["1) \"pong\"\n2) \"x\""]);
    assert_eq!(pushed(&t).len(), 2);
}

#[test]
fn an_array_that_looks_like_a_message_is_a_reply_where_nobody_subscribed() {
    let mut t = Transcript::default();
    send(&mut t, "LRANGE l 0 -1");
    assert_eq!(t.received(&frame("*", &["message", "a", "x"]), 0).len(), 1);
    assert_eq!(pushed(&t), Vec::<String>::new());
}

#[test]
fn in_resp3_only_pushes_are_messages() {
    let mut t = Transcript::default();
    send(&mut t, "HELLO 3");
    t.received(b"%1\r\n$5\r\nproto\r\n:3\r\n", 0);
    assert_eq!(t.resp(), Resp::Three);
    send(&mut t, "SUBSCRIBE a");
    let bytes = [
        frame(">", &["message", "z", "x"]),
        frame(">", &["subscribe", "a", "1"]),
    ]
    .concat();
    assert_eq!(t.received(&bytes, 0).len(), 1);
    assert_eq!((t.subscriptions(), pushed(&t).len()), (1, 1));
    send(&mut t, "LRANGE l 0 -1");
    let bytes = [
        frame(">", &["message", "a", "x"]),
        frame("*", &["message", "a", "x"]),
        frame(">", &["message", "a", "y"]),
    ]
    .concat();
    assert_eq!(t.received(&bytes, 0).len(), 1);
    assert_eq!(pushed(&t).len(), 3);
    send(&mut t, "RESET");
    t.received(b"+RESET\r\n", 0);
    assert_eq!((t.resp(), t.subscriptions()), (Resp::Two, 0));
}

#[test]
fn a_queued_subscribe_waits_for_exec() {
    let mut t = Transcript::default();
    for (line, bytes) in [("MULTI", "+OK\r\n"), ("SUBSCRIBE a b", "+QUEUED\r\n")] {
        send(&mut t, line);
        assert_eq!(t.received(bytes.as_bytes(), 0).len(), 1);
    }
    assert!(t.in_multi());
    send(&mut t, "EXEC");
    let bytes = [
        b"*1\r\n".to_vec(),
        frame("*", &["subscribe", "a", "1"]),
        frame("*", &["subscribe", "b", "2"]),
    ]
    .concat();
    assert_eq!(t.received(&bytes, 0).len(), 1);
    assert_eq!(
        (t.subscriptions(), t.in_multi(), t.busy()),
        (2, false, false)
    );
}

#[test]
fn a_closed_connection_ends_what_waits() {
    let mut t = Transcript::default();
    let ticket = send(&mut t, "BLPOP a 0");
    assert_eq!(
        t.disconnected(5),
        [Done {
            ticket,
            text: CLOSED.to_owned()
        }]
    );
    assert!(!t.busy());
    assert_eq!(t.disconnected(5), []);
}

#[test]
fn ctrl_c_ends_waits_and_subscriptions() {
    let mut t = Transcript::default();
    assert_eq!(t.interrupted(1), []);
    assert!(t.blocks().is_empty());
    send(&mut t, "SUBSCRIBE a");
    t.received(&frame("*", &["subscribe", "a", "1"]), 0);
    t.received(b"*3\r\n$7\r\nmess", 0);
    assert_eq!(t.interrupted(1), []);
    assert_eq!(
        t.blocks().back().map(|b| b.kind.clone()),
        Some(Kind::Note {
            text: "^C".to_owned()
        })
    );
    let ticket = send(&mut t, "PING");
    assert_eq!(
        t.received(b"+PONG\r\n", 0),
        [Done {
            ticket,
            text: "PONG".to_owned()
        }]
    );
}

#[test]
fn slow_answers_say_how_long_they_took() {
    let last = |t: &Transcript| t.blocks().back().map(|b| b.kind.clone());
    let mut t = Transcript::default();
    t.sent(&["BLPOP", "a", "1"], false, 1000);
    t.received(b"*-1\r\n", 2045);
    assert_eq!(
        last(&t),
        Some(Kind::Note {
            text: "(1.05s)".to_owned()
        })
    );
    // Of a repeated command, all the times together.
    t.sent(&["BLPOP", "a", "0.4"], true, 3000);
    t.received(b"*-1\r\n", 3400);
    t.sent(&["BLPOP", "a", "0.4"], false, 3400);
    t.received(b"*-1\r\n", 3800);
    assert_eq!(
        last(&t),
        Some(Kind::Note {
            text: "(0.80s)".to_owned()
        })
    );
    // A command behind it counts from when it was sent itself.
    t.sent(&["PING"], false, 4000);
    t.sent(&["PING"], false, 4001);
    t.received(b"+PONG\r\n", 4002);
    t.received(b"+PONG\r\n", 4499);
    assert!(matches!(last(&t), Some(Kind::Reply { .. })));
}

#[test]
fn what_is_shown_is_bounded_and_what_is_given_is_not() {
    let mut t = Transcript::default();
    for i in 0..BLOCKS_MAX as u64 + 10 {
        t.note("x", i);
    }
    assert_eq!(
        (t.blocks().len(), t.blocks().front().map(|b| b.id)),
        (BLOCKS_MAX, Some(11))
    );
    send(&mut t, "KEYS *");
    let bytes = [b"*30000\r\n".to_vec(), b"$1\r\nx\r\n".repeat(30_000)].concat();
    let done = t.received(&bytes, 0);
    assert_eq!(done.first().map(|d| d.text.lines().count()), Some(30_000));
    let Some(Kind::Reply { text, left_out, .. }) = t.blocks().back().map(|b| b.kind.clone()) else {
        panic!("no reply")
    };
    assert!(text.len() <= SHOWN_MAX && text.lines().count() + left_out == 30_000);
}

#[test]
fn frames_cut_anywhere_read_the_same() {
    let bytes = [
        frame("*", &["subscribe", "a", "1"]),
        frame("*", &["message", "a", "hello"]),
        b"+PONG\r\n".to_vec(),
    ]
    .concat();
    for cut in 0..bytes.len() {
        let mut t = Transcript::default();
        send(&mut t, "SUBSCRIBE a");
        send(&mut t, "PING");
        let (head, tail) = bytes.split_at(cut);
        let mut done = t.received(head, 0);
        done.extend(t.received(tail, 0));
        assert_eq!(
            texts(&done),
            ["1) \"subscribe\"\n2) \"a\"\n3) (integer) 1", "PONG"],
            "{cut}"
        );
        assert_eq!(pushed(&t).len(), 1);
    }
}

#[test]
fn a_transcript_is_copied_as_it_is_read() {
    let mut console = Transcript::default();
    console.command("GET k", 0);
    send(&mut console, "GET k");
    console.received(b"$1\r\nv\r\n", 0);
    console.note("a remark", 0);
    assert_eq!(console.text("A"), "A> GET k\n\"v\"\n# a remark\n");
}
