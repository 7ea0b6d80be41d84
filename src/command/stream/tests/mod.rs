//! Transcripts; every reply was first asked of Valkey 9.1, but for times, which stand still here.

mod groups;
mod log;
mod refs;
mod waits;

use crate::command::dispatch;
use crate::ds::bytes::Bytes;
use crate::ds::stream::StreamId;
use crate::engine::event::{Delivery, Fact, Ids};
use crate::engine::resp::{encode_command, split_words};
use crate::engine::{Engine, What};

/// Sends a command as client 0, and gives what it is sent.
fn send(engine: &mut Engine, command: &str) -> String {
    let words = split_words(command.as_bytes()).unwrap_or_default();
    engine.handle(engine.now, 0, What::Bytes(encode_command(&words)));
    String::from_utf8_lossy(&engine.take_output(0)).replace("\r\n", " ")
}

fn engine() -> Engine {
    let mut engine = Engine::new(1, 1_700_000_000_000, dispatch);
    engine.observing = true;
    engine.handle(engine.now, 0, What::Connect);
    engine
}

#[test]
fn resp3_replies_in_maps_and_nulls() {
    let mut engine = engine();
    send(&mut engine, "HELLO 3");
    send(&mut engine, "XADD s 1-0 f v");
    send(&mut engine, "XGROUP CREATE s g 0");
    for (command, reply) in [
        (
            "XREAD STREAMS s s 0 0",
            "%2 $1 s *1 *2 $3 1-0 *2 $1 f $1 v $1 s *1 *2 $3 1-0 *2 $1 f $1 v ",
        ),
        ("XREAD STREAMS s 1", "_ "),
        (
            "XREADGROUP GROUP g c STREAMS s >",
            "%1 $1 s *1 *2 $3 1-0 *2 $1 f $1 v ",
        ),
        ("XDEL s 1-0", ":1 "),
        (
            "XREADGROUP GROUP g c STREAMS s 0",
            "%1 $1 s *1 *2 $3 1-0 _ ",
        ),
        ("XRANGE s - + COUNT 0", "_ "),
        ("XADD t NOMKSTREAM * f v", "_ "),
        (
            "XINFO CONSUMERS s g",
            "*1 %4 $4 name $1 c $7 pending :1 $4 idle :0 $8 inactive :0 ",
        ),
        ("XACK s g 1-0", ":1 "),
        ("XPENDING s g", "*4 :0 _ _ _ "),
    ] {
        assert_eq!(send(&mut engine, command), reply, "{command}");
    }
}

#[test]
fn inspectors_are_told_what_happened() {
    let mut engine = engine();
    for command in [
        "XADD s * f v",
        "XADD s MAXLEN 1 * f v",
        "XGROUP CREATE s g 0",
        "XREADGROUP GROUP g c STREAMS s >",
        "XREADGROUP GROUP g c STREAMS s 0",
        "XCLAIM s g d 0 1700000000000-1",
        "XAUTOCLAIM s g c 0 0",
        "XACK s g 1700000000000-1 1700000000000-1",
        "XDEL s 1-1",
        "XTRIM s MAXLEN 0",
    ] {
        send(&mut engine, command);
    }
    let name = |text: &str| Bytes::from_slice(text.as_bytes());
    let id = |seq: u64| format!("1700000000000-{seq}");
    let second: Ids = [StreamId::new(1_700_000_000_000, 1)].into_iter().collect();
    let facts: Vec<Fact> = engine.events.into_iter().map(|event| event.fact).collect();
    assert_eq!(
        facts,
        [
            Fact::EntryAdded { id: id(0) },
            Fact::EntryAdded { id: id(1) },
            Fact::EntriesRemoved {
                count: 1,
                ids: Ids::default(),
                before: Some(StreamId::new(1_700_000_000_000, 1))
            },
            Fact::Delivered {
                group: name("g"),
                consumer: name("c"),
                count: 1,
                ids: second.clone(),
                how: Delivery::New
            },
            Fact::Delivered {
                group: name("g"),
                consumer: name("c"),
                count: 1,
                ids: second.clone(),
                how: Delivery::Again
            },
            Fact::Claimed {
                group: name("g"),
                consumer: name("d"),
                count: 1,
                ids: second.clone(),
                from: vec![name("c")]
            },
            Fact::Claimed {
                group: name("g"),
                consumer: name("c"),
                count: 1,
                ids: second.clone(),
                from: vec![name("d")]
            },
            Fact::Acknowledged {
                group: name("g"),
                count: 1,
                ids: second
            },
            Fact::EntriesRemoved {
                count: 1,
                ids: Ids::default(),
                before: Some(StreamId::new(1_700_000_000_000, 2))
            },
        ]
    );
}
