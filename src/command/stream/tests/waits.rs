//! Who waits, for how long, and what wakes them.

use crate::command::testing::check;

#[test]
fn blocked_readers_are_served_first_come_first_served() {
    check(
        r#"
        A> XGROUP CREATE jobs workers $ MKSTREAM
        OK
        B> XREADGROUP GROUP workers w1 BLOCK 0 STREAMS jobs >
        C> XREADGROUP GROUP workers w2 BLOCK 0 STREAMS jobs >
        D> XREAD BLOCK 0 STREAMS jobs $
        A> XADD jobs 1-0 task mail
        "1-0"
        B<
        1) 1) "jobs"
           2) 1) 1) "1-0"
                 2) 1) "task"
                    2) "mail"
        C<
        D<
        1) 1) "jobs"
           2) 1) 1) "1-0"
                 2) 1) "task"
                    2) "mail"
        A> XADD jobs 2-0 task print
        "2-0"
        C<
        1) 1) "jobs"
           2) 1) 1) "2-0"
                 2) 1) "task"
                    2) "print"
        D<
        "#,
    );
}

#[test]
fn a_blocked_reader_gives_up_at_its_deadline() {
    check(
        r#"
        A> XREAD BLOCK 1000 STREAMS s $
        @999
        A<
        @1
        A<
        (nil)
        A> XREAD BLOCK 1000 STREAMS s 0
        @600
        B> XADD s 0-1 f v
        "0-1"
        A<
        1) 1) "s"
           2) 1) 1) "0-1"
                 2) 1) "f"
                    2) "v"
        @1000
        A<
        "#,
    );
}

#[test]
fn a_dollar_sign_means_the_last_id_when_the_wait_began() {
    check(
        r#"
        A> XADD s 1-0 f v
        "1-0"
        B> XREAD BLOCK 0 STREAMS s t $ 0
        A> XADD s MAXLEN 0 2-0 f lost
        "2-0"
        B<
        A> XADD s 3-0 f found
        "3-0"
        B<
        1) 1) "s"
           2) 1) 1) "3-0"
                 2) 1) "f"
                    2) "found"
        A> XREAD STREAMS s +
        1) 1) "s"
           2) 1) 1) "3-0"
                 2) 1) "f"
                    2) "found"
        B> XREAD BLOCK 0 STREAMS t +
        A> XADD t 1-0 f v
        "1-0"
        B<
        1) 1) "t"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        "#,
    );
}

#[test]
fn who_waits_in_a_group_is_told_when_the_group_goes() {
    check(
        r#"
        A> XGROUP CREATE s g $ MKSTREAM
        OK
        B> XREADGROUP GROUP g c BLOCK 0 STREAMS s >
        A> XGROUP DESTROY s g
        (integer) 1
        B<
        (error) NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option
        A> XGROUP CREATE s g $
        OK
        B> XREADGROUP GROUP g c BLOCK 0 STREAMS s >
        A> FLUSHALL
        OK
        B<
        (error) NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option
        A> XGROUP CREATE s g $ MKSTREAM
        OK
        B> XREADGROUP GROUP g c BLOCK 0 STREAMS s >
        C> XREAD BLOCK 0 STREAMS s 0
        A> SET s x
        OK
        B<
        (error) WRONGTYPE Operation against a key holding the wrong kind of value
        C<
        A> GETDEL s
        "x"
        A> XADD s 1-0 f v
        "1-0"
        C<
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        "#,
    );
}

#[test]
fn who_looked_in_vain_comes_after_who_has_not_looked() {
    check(
        r#"
        A> XGROUP CREATE s g $ MKSTREAM
        OK
        A> XGROUP CREATE t g $ MKSTREAM
        OK
        B> XREADGROUP GROUP g b BLOCK 0 STREAMS s t > >
        C> XREADGROUP GROUP g c BLOCK 0 STREAMS s >
        A> XADD t MAXLEN 0 1-0 f v
        "1-0"
        A> XADD s 1-0 f v
        "1-0"
        B<
        C<
        1) 1) "s"
           2) 1) 1) "1-0"
                 2) 1) "f"
                    2) "v"
        "#,
    );
}
