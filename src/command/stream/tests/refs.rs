//! What Redis 8 has and Valkey 9.1 has not: what becomes of the pending entries of deleted entries, and claiming while
//! reading. These transcripts follow its tests and its documentation.

use crate::command::testing::check;

#[test]
fn xdelex_says_what_became_of_each_entry() {
    check(
        r#"
        A> XDELEX s IDS 2 1-1 2-2
        1) (integer) -1
        2) (integer) -1
        A> XADD s 1 f v
        "1-0"
        A> XADD s 2 f v
        "2-0"
        A> XADD s 3 f v
        "3-0"
        A> XGROUP CREATE s g 0
        OK
        A> XREADGROUP GROUP g c COUNT 2 STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
              2) 1) "2-0"
                 2) 1) "f"
                    2) "v"
        A> XDELEX s ACKED IDS 4 1 2 3 4
        1) (integer) 2
        2) (integer) 2
        3) (integer) 2
        4) (integer) 2
        A> XACK s g 1
        (integer) 1
        A> XDELEX s IDS 2 1 2 ACKED
        1) (integer) 1
        2) (integer) 2
        A> XDELEX s DELREF IDS 1 2
        1) (integer) 1
        A> XPENDING s g
        1) (integer) 0
        2) (nil)
        3) (nil)
        4) (nil)
        A> XREADGROUP GROUP g c STREAMS s >
        1) 1) "s"
           2) 1) 1) "3-0"
                 2) 1) "f"
                    2) "v"
        A> xdelex s ids 2 3 3
        1) (integer) 1
        2) (integer) -1
        A> XPENDING s g - + 9
        1) 1) "3-0"
           2) "c"
           3) (integer) 0
           4) (integer) 1
        A> XDELEX s DELREF IDS 1 3
        1) (integer) -1
        A> XPENDING s g - + 9
        (empty array)
        "#,
    );
}

#[test]
fn xackdel_acknowledges_and_deletes() {
    check(
        r#"
        A> XACKDEL s g IDS 1 1
        1) (integer) -1
        A> XADD s 1 f v
        "1-0"
        A> XADD s 2 f v
        "2-0"
        A> XACKDEL s g IDS 1 1
        1) (integer) -1
        A> XGROUP CREATE s g 0
        OK
        A> XGROUP CREATE s h 0
        OK
        A> XREADGROUP GROUP g c STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
              2) 1) "2-0"
                 2) 1) "f"
                    2) "v"
        A> XREADGROUP GROUP h c STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
              2) 1) "2-0"
                 2) 1) "f"
                    2) "v"
        A> XACKDEL s g ACKED IDS 2 1 2
        1) (integer) 2
        2) (integer) 2
        A> XACKDEL s g IDS 1 1
        1) (integer) -1
        A> XACKDEL s h ACKED IDS 1 1
        1) (integer) 1
        A> XLEN s
        (integer) 1
        A> XDEL s 2
        (integer) 1
        A> XACKDEL s h KEEPREF IDS 1 2
        1) (integer) 1
        A> XPENDING s h - + 9
        (empty array)
        "#,
    );
}

#[test]
fn refusals() {
    check(
        r#"
        A> XDELEX s IDS 1
        (error) ERR wrong number of arguments for 'xdelex' command
        A> XACKDEL s g IDS 1
        (error) ERR wrong number of arguments for 'xackdel' command
        A> XACKDEL s g IDS abc 1-1
        (error) ERR Number of IDs must be a positive integer
        A> XACKDEL s g IDS 0 1-1
        (error) ERR Number of IDs must be a positive integer
        A> XDELEX s IDS 3 1-1 2-2
        (error) ERR The `numids` parameter must match the number of arguments
        A> XDELEX s IDS 1 1-1 2-2
        (error) ERR syntax error
        A> XDELEX s KEEPREF DELREF IDS 1 1-1
        (error) ERR syntax error
        A> XADD s 1 f v
        "1-0"
        A> XDELEX s IDS 1 x
        (error) ERR Invalid stream ID specified as stream command argument
        A> XTRIM s MAXLEN 1 ACKED KEEPREF
        (error) ERR syntax error
        A> XADD s ACKED KEEPREF 2 f v
        (error) ERR Invalid stream ID specified as stream command argument
        A> SET text v
        OK
        A> XDELEX text IDS 0 1
        (error) WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn trims_can_wait_for_acknowledgements() {
    check(
        r#"
        A> CONFIG SET stream-node-max-entries 2
        OK
        A> XADD s 1 f v
        "1-0"
        A> XADD s 2 f v
        "2-0"
        A> XADD s 3 f v
        "3-0"
        A> XADD s 4 f v
        "4-0"
        A> XGROUP CREATE s g 0
        OK
        A> XTRIM s MAXLEN 1 ACKED
        (integer) 0
        A> XREADGROUP GROUP g c COUNT 3 STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
              2) 1) "2-0"
                 2) 1) "f"
                    2) "v"
              3) 1) "3-0"
                 2) 1) "f"
                    2) "v"
        A> XACK s g 2 3
        (integer) 2
        A> XTRIM s MAXLEN ~ 0 ACKED
        (integer) 2
        A> XRANGE s - +
        1) 1) "1-0"
           2) 1) "f"
              2) "v"
        2) 1) "4-0"
           2) 1) "f"
              2) "v"
        A> XADD s MINID 5 DELREF 5 f v
        "5-0"
        A> XPENDING s g - + 9
        (empty array)
        A> XLEN s
        (integer) 1
        "#,
    );
}

#[test]
fn reading_claims_what_has_been_idle() {
    check(
        r#"
        A> XADD s 1 f v
        "1-0"
        A> XADD s 2 f v
        "2-0"
        A> XGROUP CREATE s g 0
        OK
        A> XREADGROUP GROUP g ann COUNT 1 STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        @100
        A> XREADGROUP GROUP g bob CLAIM 50 COUNT 1 STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
                 3) (integer) 100
                 4) (integer) 1
        A> XREADGROUP CLAIM 50 GROUP g bob STREAMS s >
        1) 1) "s"
           2) 1) 1) "2-0"
                 2) 1) "f"
                    2) "v"
                 3) (integer) 0
                 4) (integer) 0
        A> XPENDING s g - + 9
        1) 1) "1-0"
           2) "bob"
           3) (integer) 0
           4) (integer) 2
        2) 1) "2-0"
           2) "bob"
           3) (integer) 0
           4) (integer) 1
        A> XREADGROUP GROUP g bob CLAIM 1 STREAMS s >
        (nil)
        A> XDEL s 1
        (integer) 1
        A> XREADGROUP GROUP g cid CLAIM 0 NOACK STREAMS s >
        1) 1) "s"
           2) 1) 1) "2-0"
                 2) 1) "f"
                    2) "v"
                 3) (integer) 0
                 4) (integer) 1
        A> XREADGROUP GROUP g bob CLAIM -1 STREAMS s >
        (error) ERR min-idle-time must be a positive integer
        A> XREADGROUP GROUP g bob CLAIM COUNT 1 STREAMS s >
        (error) ERR min-idle-time is not an integer
        A> XREAD CLAIM 1 STREAMS s 0
        (error) ERR The CLAIM option is only supported by XREADGROUP. You called XREAD instead.
        "#,
    );
}

#[test]
fn who_waits_claims_what_becomes_idle() {
    check(
        r#"
        A> XADD s 1 f v
        "1-0"
        A> XGROUP CREATE s g 0
        OK
        A> XREADGROUP GROUP g ann STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        B> XREADGROUP GROUP g bob BLOCK 0 CLAIM 100 STREAMS s >
        C> XREADGROUP GROUP g cid BLOCK 150 CLAIM 100 STREAMS s >
        @99
        B<
        @1
        B<
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
                 3) (integer) 100
                 4) (integer) 1
        C<
        @50
        C<
        (nil)
        "#,
    );
}
