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
        A> HGET h f
        (nil)
        A> HLEN h
        (integer) 1
        A> DBSIZE
        (integer) 2
        A> SCAN 0
        1) "0"
        2) 1) "h"
        A> DBSIZE
        (integer) 1
        A> WATCH k
        OK
        B> SET k v PX 10
        OK
        @20
        A> MULTI
        OK
        A> PING
        QUEUED
        A> EXEC
        (nil)
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

#[test]
fn nothing_happens_while_the_server_sleeps() {
    check(
        r#"
        A> BLPOP list 0
        B> MULTI
        OK
        B> RPUSH list one
        QUEUED
        B> PEXPIRE list 100
        QUEUED
        B> DEBUG SLEEP 0.2
        QUEUED
        B> EXEC
        C> PING
        @199
        B<
        C<
        @1
        B<
        1) (integer) 1
        2) (integer) 1
        3) OK
        C<
        PONG
        # What was pushed was gone before anybody could take it.
        A<
        B> RPUSH list two
        (integer) 1
        A<
        1) "list"
        2) "two"
        B> DEBUG SLEEP 1
        @1000
        B<
        OK
        "#,
    );
}

#[test]
fn values_are_packed_again_when_they_are_reloaded() {
    check(
        r#"
        A> CONFIG SET list-max-listpack-size 4
        OK
        A> RPUSH l a b c d e
        (integer) 5
        A> RPOP l 2
        1) "e"
        2) "d"
        A> OBJECT ENCODING l
        "quicklist"
        A> SET k 1 EX 100
        OK
        A> APPEND k 2
        (integer) 2
        A> OBJECT ENCODING k
        "raw"
        A> DEBUG RELOAD
        OK
        A> OBJECT ENCODING l
        "listpack"
        A> LRANGE l 0 -1
        1) "a"
        2) "b"
        3) "c"
        A> OBJECT ENCODING k
        "int"
        A> TTL k
        (integer) 100
        A> DEBUG RELOAD twice
        (error) ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.
        "#,
    );
}

#[test]
fn the_logs_keep_what_was_slow_or_large() {
    check(
        r#"
        A> SLOWLOG LEN
        (integer) 0
        A> CLIENT SETNAME ann
        OK
        A> DEBUG SLEEP 0.02
        @20
        A<
        OK
        A> SLOWLOG GET
        1) 1) (integer) 0
           2) (integer) 1700000000
           3) (integer) 20000
           4) 1) "DEBUG"
              2) "SLEEP"
              3) "0.02"
           5) "client:0"
           6) "ann"
        A> CONFIG SET slowlog-log-slower-than -1 commandlog-reply-larger-than 12
        OK
        A> CONFIG SET commandlog-request-larger-than 65
        OK
        A> COMMANDLOG RESET large-request
        OK
        A> ECHO 1234567
        "1234567"
        A> CONFIG SET requirepass longlonglonglong
        OK
        A> CONFIG SET commandlog-request-larger-than -1 commandlog-reply-larger-than -1
        OK
        A> COMMANDLOG LEN slow
        (integer) 1
        A> COMMANDLOG GET -1 large-reply
        1) 1) (integer) 0
           2) (integer) 1700000000
           3) (integer) 13
           4) 1) "ECHO"
              2) "1234567"
           5) "client:0"
           6) "ann"
        A> COMMANDLOG GET 1 large-request
        1) 1) (integer) 1
           2) (integer) 1700000000
           3) (integer) 66
           4) 1) "CONFIG"
              2) "SET"
              3) "requirepass"
              4) "(redacted)"
           5) "client:0"
           6) "ann"
        A> SLOWLOG RESET
        OK
        A> SLOWLOG GET -1
        (empty array)
        A> SLOWLOG GET x
        (error) ERR count should be greater than or equal to -1
        "#,
    );
}

#[test]
fn a_sleep_is_a_latency_event_where_that_is_asked_for() {
    check(
        r#"
        A> DEBUG SLEEP 0.3
        @300
        A<
        OK
        A> LATENCY LATEST
        (empty array)
        A> CONFIG SET latency-monitor-threshold 200
        OK
        A> DEBUG SLEEP 0.3
        @1300
        A<
        OK
        A> DEBUG SLEEP 0.5
        @500
        A<
        OK
        A> LATENCY HISTORY command
        1) 1) (integer) 1700000000
           2) (integer) 300
        2) 1) (integer) 1700000002
           2) (integer) 500
        A> LATENCY LATEST
        1) 1) "command"
           2) (integer) 1700000002
           3) (integer) 500
           4) (integer) 500
           5) (integer) 800
           6) (integer) 2
        A> LATENCY HISTOGRAM debug
        1) "debug"
        2) 1) "calls"
           2) (integer) 3
           3) "histogram_usec"
           4) 1) (integer) 524288
              2) (integer) 3
        A> LATENCY RESET expire-cycle
        (integer) 0
        A> LATENCY RESET
        (integer) 1
        A> LATENCY GRAPH command
        (error) ERR No samples available for event 'command'
        "#,
    );
}
