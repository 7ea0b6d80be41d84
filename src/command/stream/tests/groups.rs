//! What consumer groups answer.

use crate::command::testing::check;

#[test]
fn a_group_hands_out_entries_until_they_are_acknowledged() {
    check(
        r#"
        A> XADD jobs 1-0 task mail
        "1-0"
        A> XADD jobs 2-0 task mail
        "2-0"
        A> XADD jobs 3-0 task print
        "3-0"
        A> XGROUP CREATE jobs workers 0
        OK
        B> XREADGROUP GROUP workers w1 COUNT 2 STREAMS jobs >
        1) 1) "jobs"
           2) 1) 1) "1-0"
                 2) 1) "task"
                    2) "mail"
              2) 1) "2-0"
                 2) 1) "task"
                    2) "mail"
        C> XREADGROUP GROUP workers w2 STREAMS jobs >
        1) 1) "jobs"
           2) 1) 1) "3-0"
                 2) 1) "task"
                    2) "print"
        C> XREADGROUP GROUP workers w2 STREAMS jobs >
        (nil)
        A> XPENDING jobs workers
        1) (integer) 3
        2) "1-0"
        3) "3-0"
        4) 1) 1) "w1"
              2) "2"
           2) 1) "w2"
              2) "1"
        B> XACK jobs workers 1-0 9-0
        (integer) 1
        B> XACK jobs workers 1-0
        (integer) 0
        @500
        B> XREADGROUP GROUP workers w1 STREAMS jobs 0
        1) 1) "jobs"
           2) 1) 1) "2-0"
                 2) 1) "task"
                    2) "mail"
        A> XINFO GROUPS jobs
        1)  1) "name"
            2) "workers"
            3) "consumers"
            4) (integer) 2
            5) "pending"
            6) (integer) 2
            7) "last-delivered-id"
            8) "3-0"
            9) "entries-read"
           10) (integer) 3
           11) "lag"
           12) (integer) 0
        @500
        A> XCLAIM jobs workers w2 400 2-0 3-0
        1) 1) "2-0"
           2) 1) "task"
              2) "mail"
        2) 1) "3-0"
           2) 1) "task"
              2) "print"
        A> XPENDING jobs workers - + 10 w2
        1) 1) "2-0"
           2) "w2"
           3) (integer) 0
           4) (integer) 3
        2) 1) "3-0"
           2) "w2"
           3) (integer) 0
           4) (integer) 2
        A> XDEL jobs 3-0
        (integer) 1
        C> XREADGROUP GROUP workers w2 STREAMS jobs 0
        1) 1) "jobs"
           2) 1) 1) "2-0"
                 2) 1) "task"
                    2) "mail"
              2) 1) "3-0"
                 2) (nil)
        A> XAUTOCLAIM jobs workers w1 0 0 COUNT 1
        1) "3-0"
        2) 1) 1) "2-0"
              2) 1) "task"
                 2) "mail"
        3) (empty array)
        A> XAUTOCLAIM jobs workers w1 0 3-0
        1) "0-0"
        2) (empty array)
        3) 1) "3-0"
        @250
        A> XINFO CONSUMERS jobs workers
        1) 1) "name"
           2) "w1"
           3) "pending"
           4) (integer) 1
           5) "idle"
           6) (integer) 250
           7) "inactive"
           8) (integer) 250
        2) 1) "name"
           2) "w2"
           3) "pending"
           4) (integer) 0
           5) "idle"
           6) (integer) 250
           7) "inactive"
           8) (integer) 250
        A> XGROUP DELCONSUMER jobs workers w1
        (integer) 1
        A> XPENDING jobs workers
        1) (integer) 0
        2) (nil)
        3) (nil)
        4) (nil)
        "#,
    );
}

#[test]
fn claims_can_set_everything_about_a_pending_entry() {
    check(
        r#"
        A> XADD s 1-0 f v
        "1-0"
        A> XADD s 2-0 f w
        "2-0"
        A> XGROUP CREATE s g 0
        OK
        A> XCLAIM s g c 0 1-0
        (empty array)
        A> XCLAIM s g c 0 1-0 FORCE JUSTID
        1) "1-0"
        A> XPENDING s g - + 9
        1) 1) "1-0"
           2) "c"
           3) (integer) 0
           4) (integer) 1
        A> XCLAIM s g c 0 1-0 IDLE 5000 RETRYCOUNT 7 JUSTID
        1) "1-0"
        A> XPENDING s g IDLE 5000 - + 9
        1) 1) "1-0"
           2) "c"
           3) (integer) 5000
           4) (integer) 7
        A> XCLAIM s g d 5001 1-0
        (empty array)
        A> XCLAIM s g d 5000 1-0 2-0 3-0 FORCE LASTID 2-0
        1) 1) "1-0"
           2) 1) "f"
              2) "v"
        2) 1) "2-0"
           2) 1) "f"
              2) "w"
        A> XINFO GROUPS s
        1)  1) "name"
            2) "g"
            3) "consumers"
            4) (integer) 2
            5) "pending"
            6) (integer) 2
            7) "last-delivered-id"
            8) "2-0"
            9) "entries-read"
           10) (nil)
           11) "lag"
           12) (integer) 0
        A> XINFO STREAM s FULL COUNT 1
         1) "length"
         2) (integer) 2
         3) "radix-tree-keys"
         4) (integer) 1
         5) "radix-tree-nodes"
         6) (integer) 2
         7) "last-generated-id"
         8) "2-0"
         9) "max-deleted-entry-id"
        10) "0-0"
        11) "entries-added"
        12) (integer) 2
        13) "recorded-first-entry-id"
        14) "1-0"
        15) "entries"
        16) 1) 1) "1-0"
               2) 1) "f"
                  2) "v"
        17) "groups"
        18) 1)  1) "name"
                2) "g"
                3) "last-delivered-id"
                4) "2-0"
                5) "entries-read"
                6) (nil)
                7) "lag"
                8) (integer) 0
                9) "pel-count"
               10) (integer) 2
               11) "pending"
               12) 1) 1) "1-0"
                      2) "d"
                      3) (integer) 1700000000000
                      4) (integer) 8
               13) "consumers"
               14) 1)  1) "name"
                       2) "c"
                       3) "seen-time"
                       4) (integer) 1700000000000
                       5) "active-time"
                       6) (integer) 1700000000000
                       7) "pel-count"
                       8) (integer) 0
                       9) "pending"
                      10) (empty array)
                   2)  1) "name"
                       2) "d"
                       3) "seen-time"
                       4) (integer) 1700000000000
                       5) "active-time"
                       6) (integer) 1700000000000
                       7) "pel-count"
                       8) (integer) 2
                       9) "pending"
                      10) 1) 1) "1-0"
                             2) (integer) 1700000000000
                             3) (integer) 8
        A> XDEL s 1-0
        (integer) 1
        A> XCLAIM s g e 99999 1-0
        (empty array)
        A> XPENDING s g
        1) (integer) 1
        2) "2-0"
        3) "2-0"
        4) 1) 1) "d"
              2) "1"
        "#,
    );
}

#[test]
fn lag_is_unknown_where_deletions_hide_it() {
    check(
        r#"
        A> XADD s 1-0 f v
        "1-0"
        A> XADD s 2-0 f v
        "2-0"
        A> XADD s 3-0 f v
        "3-0"
        A> XGROUP CREATE s g 0
        OK
        A> XREADGROUP GROUP g c COUNT 1 STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        A> XDEL s 2-0
        (integer) 1
        A> XINFO GROUPS s
        1)  1) "name"
            2) "g"
            3) "consumers"
            4) (integer) 1
            5) "pending"
            6) (integer) 1
            7) "last-delivered-id"
            8) "1-0"
            9) "entries-read"
           10) (integer) 1
           11) "lag"
           12) (nil)
        A> XREADGROUP GROUP g c STREAMS s >
        1) 1) "s"
           2) 1) 1) "3-0"
                 2) 1) "f"
                    2) "v"
        A> XINFO GROUPS s
        1)  1) "name"
            2) "g"
            3) "consumers"
            4) (integer) 1
            5) "pending"
            6) (integer) 2
            7) "last-delivered-id"
            8) "3-0"
            9) "entries-read"
           10) (integer) 3
           11) "lag"
           12) (integer) 0
        "#,
    );
}

#[test]
fn history_never_waits() {
    check(
        r#"
        A> XGROUP CREATE s g $ MKSTREAM
        OK
        A> XREADGROUP GROUP g c BLOCK 0 STREAMS s 0
        1) 1) "s"
           2) (empty array)
        A> XADD s 1-0 f v
        "1-0"
        A> XREADGROUP GROUP g c STREAMS s >
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        A> XREADGROUP GROUP g c BLOCK 0 STREAMS s s > 0
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        A> XREADGROUP GROUP g c NOACK STREAMS s >
        (nil)
        "#,
    );
}

#[test]
fn groups_are_refused_in_the_servers_own_words() {
    check(
        r#"
        A> XADD s 1-0 f v
        "1-0"
        A> XGROUP CREATE none g $
        (error) ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.
        A> XGROUP CREATE s g x
        (error) ERR Invalid stream ID specified as stream command argument
        A> XGROUP CREATE s g $ ENTRIESREAD -2
        (error) ERR value for ENTRIESREAD must be positive or -1
        A> XGROUP CREATE s g $ FOO
        (error) ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP.
        A> XGROUP CREATE s g $ ENTRIESREAD 1 MKSTREAM
        OK
        A> XGROUP CREATE s g $
        (error) BUSYGROUP Consumer Group name already exists
        A> XGROUP SETID s h $
        (error) NOGROUP No such consumer group 'h' for key name 's'
        A> XGROUP SETID s g $ MKSTREAM
        (error) ERR unknown subcommand or wrong number of arguments for 'SETID'. Try XGROUP HELP.
        A> XGROUP CREATECONSUMER s g c
        (integer) 1
        A> XGROUP CREATECONSUMER s g c
        (integer) 0
        A> XGROUP DELCONSUMER s g d
        (integer) 0
        A> XGROUP DESTROY s h
        (integer) 0
        A> XPENDING s h
        (error) NOGROUP No such key 's' or consumer group 'h'
        A> XPENDING s g - +
        (error) ERR syntax error
        A> XPENDING s g IDLE 5 - +
        (error) ERR syntax error
        A> XPENDING s g - + 5 d
        (empty array)
        A> XCLAIM s h c 0 1
        (error) NOGROUP No such key 's' or consumer group 'h'
        A> XCLAIM s g c x 1
        (error) ERR Invalid min-idle-time argument for XCLAIM
        A> XCLAIM s g c 0 1 FOO
        (error) ERR Unrecognized XCLAIM option 'FOO'
        A> XCLAIM s g c 0 1 RETRYCOUNT x
        (error) ERR Invalid RETRYCOUNT option argument for XCLAIM
        A> XAUTOCLAIM s g c 0 0 COUNT 0
        (error) ERR COUNT must be > 0
        A> XAUTOCLAIM s g c x 0
        (error) ERR Invalid min-idle-time argument for XAUTOCLAIM
        A> XINFO CONSUMERS s h
        (error) NOGROUP No such consumer group 'h' for key name 's'
        A> XINFO STREAM none
        (error) ERR no such key
        A> XINFO STREAM s FULL COUNT
        (error) ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.
        "#,
    );
}

#[test]
fn what_happens_to_groups_is_told() {
    check(
        r#"
        A> CONFIG SET notify-keyspace-events Et
        OK
        B> PSUBSCRIBE __key*
        1) "psubscribe"
        2) "__key*"
        3) (integer) 1
        A> XGROUP CREATE s g 0 MKSTREAM
        OK
        A> XGROUP SETID s g 0
        OK
        A> XGROUP CREATECONSUMER s g ann
        (integer) 1
        A> XGROUP CREATECONSUMER s g ann
        (integer) 0
        A> XREADGROUP GROUP g bob STREAMS s >
        (nil)
        A> XCLAIM s g cid 0 1-0
        (empty array)
        A> XGROUP DELCONSUMER s g bob
        (integer) 0
        A> XGROUP DELCONSUMER s g bob
        (integer) 0
        A> XGROUP DESTROY s g
        (integer) 1
        A> XGROUP DESTROY s g
        (integer) 0
        B<
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-create"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-setid"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-createconsumer"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-createconsumer"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-createconsumer"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-delconsumer"
        4) "s"
        1) "pmessage"
        2) "__key*"
        3) "__keyevent@0__:xgroup-destroy"
        4) "s"
        "#,
    );
}
