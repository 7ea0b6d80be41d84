//! What adding, trimming, ranging and reading answer.

use crate::command::testing::check;

#[test]
fn ids_must_grow() {
    check(
        r#"
        A> XADD s 0-0 f v
        (error) ERR The ID specified in XADD must be greater than 0-0
        A> XADD s 5-* f v
        "5-0"
        A> XADD s 5-* f v
        "5-1"
        A> XADD s 5-1 f v
        (error) ERR The ID specified in XADD is equal or smaller than the target stream top item
        A> XADD s 4-* f v
        (error) ERR The ID specified in XADD is equal or smaller than the target stream top item
        A> XADD s 5 f v
        (error) ERR The ID specified in XADD is equal or smaller than the target stream top item
        A> XADD s - f v
        (error) ERR Invalid stream ID specified as stream command argument
        A> XADD s 6 f v g
        (error) ERR wrong number of arguments for 'xadd' command
        A> XADD s 6 f v f w
        "6-0"
        A> XADD none NOMKSTREAM * f v
        (nil)
        A> XSETID s 18446744073709551615-18446744073709551615
        OK
        A> XADD s * f v
        (error) ERR The stream has exhausted the last possible ID, unable to add more items
        A> XSETID s 3
        (error) ERR The ID specified in XSETID is smaller than the target stream top item
        A> XSETID s 7 ENTRIESADDED 2
        (error) ERR The entries_added specified in XSETID is smaller than the target stream length
        A> XSETID s 7 ENTRIESADDED 100 MAXDELETEDID 6-5
        OK
        A> XINFO STREAM s
         1) "length"
         2) (integer) 3
         3) "radix-tree-keys"
         4) (integer) 1
         5) "radix-tree-nodes"
         6) (integer) 2
         7) "last-generated-id"
         8) "7-0"
         9) "max-deleted-entry-id"
        10) "6-5"
        11) "entries-added"
        12) (integer) 100
        13) "recorded-first-entry-id"
        14) "5-0"
        15) "groups"
        16) (integer) 0
        17) "first-entry"
        18) 1) "5-0"
            2) 1) "f"
               2) "v"
        19) "last-entry"
        20) 1) "6-0"
            2) 1) "f"
               2) "v"
               3) "f"
               4) "w"
        "#,
    );
}

#[test]
fn trims_are_exact_unless_told_otherwise() {
    check(
        r#"
        A> XADD s 1 f v
        "1-0"
        A> XADD s 2 f v
        "2-0"
        A> XADD s 3 f v
        "3-0"
        A> XADD s 4 f v
        "4-0"
        A> XTRIM s MAXLEN ~ 1
        (integer) 0
        A> XTRIM s MAXLEN 3
        (integer) 1
        A> XTRIM s MINID = 3
        (integer) 1
        A> XADD s MAXLEN 2 5 f v
        "5-0"
        A> XRANGE s - +
        1) 1) "4-0"
           2) 1) "f"
              2) "v"
        2) 1) "5-0"
           2) 1) "f"
              2) "v"
        A> XTRIM s MAXLEN 1 LIMIT 5
        (error) ERR syntax error, LIMIT cannot be used without the special ~ option
        A> XTRIM s LIMIT 5
        (error) ERR syntax error, LIMIT cannot be used without specifying a trimming strategy
        A> XTRIM s LIMIT 0
        (error) ERR syntax error, XTRIM must be called with a trimming strategy
        A> XTRIM s MAXLEN 1 MINID 1
        (error) ERR syntax error, MAXLEN and MINID options at the same time are not compatible
        A> XTRIM s MAXLEN -1
        (error) ERR The MAXLEN argument must be >= 0.
        A> XTRIM s MAXLEN ~ 1 LIMIT -1
        (error) ERR The LIMIT argument must be >= 0.
        A> XTRIM s FOO 1
        (error) ERR syntax error
        A> XTRIM none MAXLEN 1
        (integer) 0
        A> XTRIM s MAXLEN ~ 0 LIMIT 1
        (integer) 0
        A> XTRIM s MAXLEN ~ 0 LIMIT 2
        (integer) 2
        A> XLEN s
        (integer) 0
        "#,
    );
}

#[test]
fn ranges_take_both_ends_in_unless_told_otherwise() {
    check(
        r#"
        A> XADD s 1-1 f v
        "1-1"
        A> XADD s 1-2 f v
        "1-2"
        A> XADD s 2-0 f v
        "2-0"
        A> XRANGE s 1 1 COUNT 1
        1) 1) "1-1"
           2) 1) "f"
              2) "v"
        A> XRANGE s (1-1 (2-0
        1) 1) "1-2"
           2) 1) "f"
              2) "v"
        A> XREVRANGE s + (1-2
        1) 1) "2-0"
           2) 1) "f"
              2) "v"
        A> XREVRANGE s 1 1-2
        1) 1) "1-2"
           2) 1) "f"
              2) "v"
        A> XRANGE s 2 1
        (empty array)
        A> XRANGE s - + COUNT 0
        (nil)
        A> XRANGE none - +
        (empty array)
        A> XRANGE s (18446744073709551615-18446744073709551615 +
        (error) ERR invalid start ID for the interval
        A> XRANGE s - (0-0
        (error) ERR invalid end ID for the interval
        A> XRANGE s (- +
        (error) ERR Invalid stream ID specified as stream command argument
        A> XRANGE s - + COUNT
        (error) ERR syntax error
        "#,
    );
}

#[test]
fn reads_are_refused_in_the_servers_own_words() {
    check(
        r#"
        A> XADD s 1-0 f v
        "1-0"
        A> XGROUP CREATE s g 0
        OK
        A> XREAD STREAMS s t 0
        (error) ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.
        A> XREADGROUP GROUP g c STREAMS s t 0
        (error) ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified.
        A> XREAD STREAMS s >
        (error) ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.
        A> XREAD GROUP g c STREAMS s 0
        (error) ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.
        A> XREAD NOACK STREAMS s 0
        (error) ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.
        A> XREAD BLOCK x STREAMS s 0
        (error) ERR timeout is not an integer or out of range
        A> XREAD BLOCK -1 STREAMS s 0
        (error) ERR timeout is negative
        A> XREAD BLOCK 9223372036854775807 STREAMS s 0
        (error) ERR timeout is out of range
        A> XREAD COUNT x STREAMS s 0
        (error) ERR value is not an integer or out of range
        A> XREADGROUP COUNT 1 BLOCK 1 STREAMS s >
        (error) ERR Missing GROUP option for XREADGROUP
        A> XREADGROUP GROUP g c STREAMS s $
        (error) ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.
        A> XREADGROUP GROUP g c STREAMS s +
        (error) ERR The + ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The + ID would just return an empty result set.
        A> XREADGROUP GROUP g c STREAMS s none > >
        (error) NOGROUP No such key 'none' or consumer group 'g' in XREADGROUP with GROUP option
        A> XREADGROUP GROUP h c STREAMS s >
        (error) NOGROUP No such key 's' or consumer group 'h' in XREADGROUP with GROUP option
        "#,
    );
}

#[test]
fn nodes_are_as_large_as_the_settings_let_them_be() {
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
        A> XTRIM s MAXLEN ~ 2
        (integer) 0
        A> XTRIM s MAXLEN ~ 1
        (integer) 2
        A> CONFIG SET stream-node-max-entries 0 stream-node-max-bytes 30
        OK
        A> XADD s MINID ~ 4 4 field value
        "4-0"
        A> XRANGE s - +
        1) 1) "4-0"
           2) 1) "field"
              2) "value"
        "#,
    );
}

#[test]
fn what_happens_to_a_stream_is_told() {
    check(
        r#"
        A> CONFIG SET notify-keyspace-events Et
        OK
        B> PSUBSCRIBE __key*
        1) "psubscribe"
        2) "__key*"
        3) (integer) 1
        A> XADD s MAXLEN 1 1 f v
        "1-0"
        A> XADD s MAXLEN 1 2 f v
        "2-0"
        A> XDEL s 2 3
        (integer) 1
        A> XDEL s 2 3
        (integer) 0
        A> XTRIM s MAXLEN 0
        (integer) 0
        A> XSETID s 7
        OK
        B<
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xadd"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xadd"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xtrim"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xdel"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xsetid"
        4) "s"
        "#,
    );
}
