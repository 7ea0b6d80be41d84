use crate::command::testing::check;

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
