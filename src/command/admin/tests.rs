use crate::command::testing::check;
use crate::engine::resp::{encode_command, split_words};
use crate::engine::{Engine, What};

#[test]
fn a_monitor_sees_every_command() {
    check(
        r#"
        M> MONITOR
        OK
        A> SET k "a\x00b"
        OK
        M<
        1700000000.000000 [0 client:0] "SET" "k" "a\x00b"
        "#,
    );
}

#[test]
fn keys_that_do_not_go_by_themselves_go_when_a_command_names_them() {
    check(
        r#"
        A> DEBUG SET-ACTIVE-EXPIRE 0
        OK
        A> SET k v PX 10
        OK
        A> SET other v PX 10
        OK
        A> HSET h f v
        (integer) 1
        A> HPEXPIRE h 10 FIELDS 1 f
        1) (integer) 1
        @20
        A> DBSIZE
        (integer) 3
        A> GET k
        (nil)
        A> HLEN h
        (integer) 0
        A> DBSIZE
        (integer) 1
        A> SCAN 0
        1) "0"
        2) (empty array)
        A> DBSIZE
        (integer) 0
        A> SET k v PX 10
        OK
        @20
        A> DEBUG SET-ACTIVE-EXPIRE 1
        OK
        @1
        A> DBSIZE
        (integer) 0
        "#,
    );
}

#[test]
fn a_histogram_counts_what_ran() {
    check(
        r#"
        A> LATENCY HISTOGRAM
        (empty array)
        A> SET k v
        OK
        A> SET k w
        OK
        A> CLIENT ID
        (integer) 1
        A> LATENCY HISTOGRAM nothing set client
        1) "set"
        2) 1) "calls"
           2) (integer) 2
           3) "histogram_usec"
           4) 1) (integer) 1
              2) (integer) 2
        3) "client|id"
        4) 1) "calls"
           2) (integer) 1
           3) "histogram_usec"
           4) 1) (integer) 1
              2) (integer) 1
        "#,
    );
}

#[test]
fn a_payload_may_be_let_in_without_its_checksum() {
    check(
        r#"
        A> RESTORE k 0 "\x00\x01v\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        (error) ERR DUMP payload version or checksum are wrong
        A> DEBUG SET-SKIP-CHECKSUM-VALIDATION 1
        OK
        A> RESTORE k 0 "\x00\x01v\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        OK
        A> GET k
        "v"
        A> DEBUG PROTOCOL attrib
        "Some real reply following the attribute"
        "#,
    );
}

#[test]
fn fields_with_a_deadline_in_the_past_count_as_expired() {
    check(
        r#"
        A> HSET h a 1 b 2
        (integer) 2
        A> HSETEX h PX 0 FIELDS 3 a 1 b 2 c 3
        (integer) 1
        A> HSET h a 1 b 2
        (integer) 2
        A> HGETEX h PX 0 FIELDS 2 a none
        1) "1"
        2) (nil)
        A> HPEXPIREAT h 1 FIELDS 1 b
        1) (integer) 2
        "#,
    );
    let mut engine = Engine::new(1, 1_700_000_000_000, crate::command::dispatch);
    engine.handle(engine.now, 0, What::Connect);
    for line in [
        "HSETEX h PX 0 FIELDS 3 a 1 b 2 c 3",
        "HSET h a 1 b 2",
        "HGETEX h PX 0 FIELDS 2 a none",
        "HPEXPIREAT h 1 FIELDS 1 b",
    ] {
        let words = split_words(line.as_bytes()).unwrap();
        engine.handle(engine.now, 0, What::Bytes(encode_command(&words)));
    }
    assert_eq!(engine.stats.expired_fields, 5);
}
