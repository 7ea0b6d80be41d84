use crate::command::testing::check;

#[test]
fn a_list_is_read_and_changed_at_both_ends() {
    check(
        r#"
        A> RPUSH jobs b c
        (integer) 2
        A> LPUSH jobs a
        (integer) 3
        A> LRANGE jobs 0 -1
        1) "a"
        2) "b"
        3) "c"
        A> LINSERT jobs AFTER b x
        (integer) 4
        A> LPOS jobs x
        (integer) 2
        A> LPOP jobs 2
        1) "a"
        2) "b"
        A> LTRIM jobs 5 9
        OK
        A> EXISTS jobs
        (integer) 0
        A> LPUSHX jobs a
        (integer) 0
        "#,
    );
}

#[test]
fn who_waited_longest_is_served_first() {
    check(
        r#"
        A> BLPOP q other 0
        B> BRPOP q 0
        C> RPUSH q one two three
        (integer) 3
        A<
        1) "q"
        2) "one"
        B<
        1) "q"
        2) "three"
        C> LRANGE q 0 -1
        1) "two"
        "#,
    );
}

#[test]
fn a_moved_element_wakes_who_waits_for_the_other_list() {
    check(
        r#"
        A> BLMOVE in out LEFT RIGHT 0
        B> BLPOP out 0
        C> RPUSH in job
        (integer) 1
        A<
        "job"
        B<
        1) "out"
        2) "job"
        C> EXISTS in out
        (integer) 0
        "#,
    );
}

#[test]
fn a_wait_ends_at_its_timeout() {
    check(
        r#"
        A> BLPOP q 0.25
        B> BLMOVE q r LEFT LEFT 0.5
        @249
        A<
        @1
        A<
        (nil)
        @250
        B<
        (nil)
        A> BLPOP q -1
        (error) ERR timeout is negative
        A> BLPOP q nan
        (error) ERR timeout is not a float or out of range
        "#,
    );
}
