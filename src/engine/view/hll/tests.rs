use super::*;
use crate::command::dispatch;
use crate::engine::event::Fact;
use crate::engine::resp::{encode_command, split_words};
use crate::engine::view::{Window, value};
use crate::engine::{Engine, What, text};

fn engine(lines: &[&str]) -> Engine {
    let mut engine = Engine::new(1, 1000, dispatch);
    engine.observing = true;
    engine.handle(1000, 0, What::Connect);
    for line in lines {
        reply(&mut engine, line);
    }
    engine
}

fn reply(engine: &mut Engine, line: &str) -> String {
    let words = split_words(line.as_bytes()).unwrap();
    engine.handle(1000, 0, What::Bytes(encode_command(&words)));
    text::format_all(&engine.take_output(0))
        .trim_end()
        .to_string()
}

fn look(engine: &Engine, key: &str, look: HllLook) -> HllView {
    let (db, window) = (
        &engine.dbs[0],
        Window {
            start: None,
            count: 10,
        },
    );
    let mut seen = value(db, key.as_bytes(), window, &Look::Hll(look));
    let entry = db.entry(key.as_bytes()).unwrap();
    measure(&mut seen, key.as_bytes(), entry, &engine.config.limits);
    match seen {
        ValueView::Hll(view) => view,
        other => panic!("{other:?}"),
    }
}

fn bytes(text: &str) -> Bytes {
    Bytes::from_slice(text.as_bytes())
}

#[test]
fn an_element_is_followed_to_the_register_that_the_reference_gives_it() {
    let mut engine = engine(&["PFADD h ann"]);
    let view = look(&engine, "h", HllLook::Element(bytes("ann")));
    let element = view.element.unwrap();
    // PFDEBUG GETREG of a real server (Redis 7.0) after PFADD h ann: this register alone, with this value.
    assert_eq!((element.register, element.rank, element.held), REFERENCE);
    assert_eq!(element.hash & 0x3fff, element.register as u64);
    let registers = reply(&mut engine, "PFDEBUG GETREG h");
    let line = registers.lines().nth(element.register).unwrap();
    assert!(
        line.ends_with(&format!("(integer) {}", element.rank)),
        "{line}"
    );
}

#[test]
fn a_fact_says_what_the_register_of_the_last_element_held_before() {
    let engine = engine(&["PFADD h bob ann", "PFADD h ann", "PFADD h"]);
    let told = engine.events.iter().map(|event| match &event.fact {
        Fact::Counted { last, grew, .. } => (*grew, last.clone()),
        other => panic!("{other:?}"),
    });
    let rank = REFERENCE.1;
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (true, Some((bytes("ann"), 0))),
            (false, Some((bytes("ann"), rank))),
            (false, None)
        ]
    );
}

#[test]
fn a_merge_is_foretold_and_nothing_is_changed() {
    let mut engine = engine(&["PFADD a x y z", "PFADD b z q", "SET s text", "SADD t 1"]);
    let view = look(&engine, "a", HllLook::Merge(Some(bytes("b"))));
    let merge = view.merge.unwrap();
    assert_eq!(merge.keys, [bytes("b")]);
    let other = merge.other.unwrap();
    assert_eq!((other.estimate, other.union, other.truth), (2, 4, Some(4)));
    assert_eq!(reply(&mut engine, "PFCOUNT a b"), "(integer) 4");
    assert_eq!(reply(&mut engine, "PFCOUNT a"), "(integer) 3");
    // What is no HyperLogLog cannot be merged with.
    for none in ["s", "t", "nokey"] {
        let merge = look(&engine, "a", HllLook::Merge(Some(bytes(none))))
            .merge
            .unwrap();
        assert_eq!(merge.other, None);
    }
}

#[test]
fn the_size_of_the_same_set_is_what_memory_usage_says_of_it() {
    let mut ints = Vec::new();
    let mut words = Vec::new();
    for n in 0..3000 {
        ints.push(n.to_string());
        words.push(format!("visitor-with-a-long-name:{n}"));
    }
    for (elements, len) in [
        (&ints, 3),
        (&ints, 600),
        (&words, 3),
        (&words, 100),
        (&words, 129),
        (&words, 3000),
    ] {
        let mut engine = engine(&[]);
        for chunk in elements[..len].chunks(50) {
            let members = chunk.join(" ");
            reply(&mut engine, &format!("PFADD h {members}"));
            for member in chunk {
                reply(&mut engine, &format!("SADD s {member}"));
            }
        }
        let known = look(&engine, "h", HllLook::Merge(None)).set.unwrap();
        assert!(known.exact);
        assert_eq!(
            format!("(integer) {}", known.set),
            reply(&mut engine, "MEMORY USAGE s"),
            "{len}"
        );
        assert_eq!(
            format!("(integer) {}", known.hll),
            reply(&mut engine, "MEMORY USAGE h")
        );
        // And of a merge about as much.
        reply(&mut engine, "PFADD g one two three");
        reply(&mut engine, "PFMERGE g h");
        let merged = look(&engine, "g", HllLook::Merge(None));
        let (set, truth) = (merged.set.unwrap(), merged.truth);
        assert_eq!((set.exact, truth), (false, Some(len + 3)));
        assert!(set.set >= known.set, "{set:?} {known:?}");
    }
}

#[test]
fn the_threshold_is_the_setting() {
    let mut engine = engine(&["PFADD h a", "CONFIG SET hll-sparse-max-bytes 20"]);
    assert_eq!(look(&engine, "h", HllLook::Merge(None)).sparse_max, 20);
    reply(&mut engine, "PFADD h b c");
    assert!(look(&engine, "h", HllLook::Merge(None)).dense);
}

/// Register, value offered, value held.
const REFERENCE: (usize, u8, u8) = (10757, 1, 1);
