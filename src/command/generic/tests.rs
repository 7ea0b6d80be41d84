use crate::command::testing::{check, notifications};

#[test]
fn keys_are_deleted_counted_and_named() {
    check(
        r#"
        A> SET a 1
        OK
        A> SET b 2
        OK
        A> EXISTS a b a nokey
        (integer) 3
        A> DBSIZE
        (integer) 2
        A> DEL a nokey a
        (integer) 1
        A> UNLINK b b
        (integer) 1
        A> EXISTS a b
        (integer) 0
        A> RANDOMKEY
        (nil)
        A> SET only 1
        OK
        A> RANDOMKEY
        "only"
        A> TYPE only
        string
        A> TYPE nokey
        none
        "#,
    );
}

#[test]
fn a_renamed_key_keeps_its_deadline() {
    check(
        r#"
        A> RENAME nokey nokey
        (error) ERR no such key
        A> SET a 1 EX 100
        OK
        A> SET b 2
        OK
        A> RENAME a a
        OK
        A> RENAMENX a a
        (integer) 0
        A> RENAMENX a b
        (integer) 0
        A> RENAME a b
        OK
        A> TTL b
        (integer) 100
        A> GET b
        "1"
        A> SET c 3
        OK
        A> RENAME c b
        OK
        A> TTL b
        (integer) -1
        A> RENAMENX b d
        (integer) 1
        A> EXISTS a b c d
        (integer) 1
        "#,
    );
}

#[test]
fn a_flush_takes_one_database_or_all() {
    check(
        r#"
        A> SET a 1
        OK
        A> SELECT 1
        OK
        A> SET b 2 EX 100
        OK
        A> FLUSHDB LATER
        (error) ERR syntax error
        A> FLUSHDB ASYNC SYNC
        (error) ERR syntax error
        A> FLUSHDB async
        OK
        A> DBSIZE
        (integer) 0
        A> SELECT 0
        OK
        A> DBSIZE
        (integer) 1
        A> FLUSHALL SYNC
        OK
        A> DBSIZE
        (integer) 0
        "#,
    );
}

#[test]
fn keys_go_to_other_names_and_databases() {
    check(
        r#"
        A> SET k v EX 100
        OK
        A> COPY k k2
        (integer) 1
        A> COPY k k2
        (integer) 0
        A> COPY k k2 DB 1 REPLACE
        (integer) 1
        A> TTL k2
        (integer) 100
        A> MOVE k 1
        (integer) 1
        A> MOVE k2 1
        (integer) 0
        A> KEYS *
        1) "k2"
        A> SWAPDB 0 1
        OK
        A> MGET k k2
        1) "v"
        2) "v"
        A> COPY k k
        (error) ERR source and destination objects are the same
        A> SWAPDB 0 16
        (error) ERR DB index is out of range
        "#,
    );
}

#[test]
fn a_swap_of_databases_wakes_who_waits() {
    check(
        r#"
        A> BLPOP l 0
        B> SELECT 1
        OK
        B> RPUSH l x
        (integer) 1
        B> SWAPDB 0 1
        OK
        A<
        1) "l"
        2) "x"
        "#,
    );
}

#[test]
fn sort_by_other_keys() {
    check(
        r#"
        A> RPUSH l 3 1 2
        (integer) 3
        A> MSET w1 9 w2 8 w3 7
        OK
        A> HSET h3 name three
        (integer) 1
        A> SORT l DESC LIMIT 0 2
        1) "3"
        2) "2"
        A> SORT l BY w* GET # GET h*->name
        1) "3"
        2) "three"
        3) "2"
        4) (nil)
        5) "1"
        6) (nil)
        A> SORT l BY nosort STORE kept
        (integer) 3
        A> LRANGE kept 0 -1
        1) "3"
        2) "1"
        3) "2"
        A> SORT nothing STORE kept
        (integer) 0
        A> EXISTS kept
        (integer) 0
        A> RPUSH l x
        (integer) 4
        A> SORT l
        (error) ERR One or more scores can't be converted into double
        "#,
    );
}

#[test]
fn new_keys_are_told_of_before_what_made_them() {
    assert_eq!(
        notifications(&[
            "CONFIG SET notify-keyspace-events AEn",
            "SET a 1",
            "COPY a b",
            "MOVE b 1",
            "EXPIRE a -1"
        ]),
        [
            "new a",
            "set a",
            "new b",
            "copy_to b",
            "move_from b",
            "expired a"
        ]
    );
}

#[test]
fn a_value_is_dumped_and_restored() {
    check(
        r#"
        A> SET n 1
        OK
        A> DUMP n
        "\x00\xc0\x01\n\x00&x\xe7\xb6\xd1\x01\x11\xfc"
        A> DUMP nothing
        (nil)
        A> RESTORE m 0 "\x12\x01\x02\x0f\x0f\x00\x00\x00\x03\x00\x01\x01\x81a\x02\xc1,\x02\xffP\x00h\xb7zU\xde\xfac\xf9"
        OK
        A> LRANGE m 0 -1
        1) "1"
        2) "a"
        3) "300"
        A> RESTORE m 0 "\x00\xc0\x01\n\x00&x\xe7\xb6\xd1\x01\x11\xfc"
        (error) BUSYKEY Target key name already exists.
        A> RESTORE m 100 "\x00\xc0\x01\n\x00&x\xe7\xb6\xd1\x01\x11\xfc" REPLACE IDLETIME 9
        OK
        A> PTTL m
        (integer) 100
        A> OBJECT IDLETIME m
        (integer) 9
        A> RESTORE k 0 "\x00\xc0\x02\n\x00&x\xe7\xb6\xd1\x01\x11\xfc"
        (error) ERR DUMP payload version or checksum are wrong
        A> RESTORE k -1 x
        (error) ERR Invalid TTL value, must be >= 0
        "#,
    );
}
