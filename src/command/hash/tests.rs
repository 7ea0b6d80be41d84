use crate::command::testing::check;

#[test]
fn a_hash_keeps_fields_with_values() {
    check(
        r#"
        A> HSET cart:7 apples 3 pears 2
        (integer) 2
        A> HSET cart:7 apples 4 plums 1
        (integer) 1
        A> HGETALL cart:7
        1) "apples"
        2) "4"
        3) "pears"
        4) "2"
        5) "plums"
        6) "1"
        A> HINCRBY cart:7 apples -1
        (integer) 3
        A> HINCRBYFLOAT cart:7 weight 0.1
        "0.1"
        A> HINCRBY cart:7 weight 1
        (error) ERR hash value is not an integer
        A> HMGET cart:7 pears nuts
        1) "2"
        2) (nil)
        A> HDEL cart:7 apples pears plums weight nuts
        (integer) 4
        A> EXISTS cart:7
        (integer) 0
        "#,
    );
}

#[test]
fn a_field_expires_by_itself() {
    check(
        r#"
        A> HSET session user ann token 9f3c
        (integer) 2
        A> HEXPIRE session 10 FIELDS 2 token nosuch
        1) (integer) 1
        2) (integer) -2
        A> HTTL session FIELDS 2 token user
        1) (integer) 10
        2) (integer) -1
        @9999
        A> HEXISTS session token
        (integer) 1
        @1
        A> HEXISTS session token
        (integer) 0
        A> HGETALL session
        1) "user"
        2) "ann"
        A> HPEXPIRE session 5 FIELDS 1 user
        1) (integer) 1
        @5
        A> EXISTS session
        (integer) 0
        "#,
    );
}

#[test]
fn a_deadline_can_be_moved_taken_back_or_lost() {
    check(
        r#"
        A> HSETEX h EX 100 FIELDS 2 a 1 b 2
        (integer) 1
        A> HSETEX h FNX FIELDS 2 a 1 c 2
        (integer) 0
        A> HEXPIRE h 50 GT FIELDS 1 a
        1) (integer) 0
        A> HGETEX h EX 200 FIELDS 1 a
        1) "1"
        A> HTTL h FIELDS 1 a
        1) (integer) 200
        A> HPERSIST h FIELDS 3 a b c
        1) (integer) 1
        2) (integer) 1
        3) (integer) -2
        A> HEXPIRE h 50 FIELDS 1 a
        1) (integer) 1
        A> HSET h a 3
        (integer) 0
        A> HTTL h FIELDS 1 a
        1) (integer) -1
        A> HEXPIREAT h 1 FIELDS 2 a b
        1) (integer) 2
        2) (integer) 2
        A> EXISTS h
        (integer) 0
        "#,
    );
}

#[test]
fn what_happens_to_a_hash_is_told() {
    let told = |commands: &[&str]| crate::command::testing::notifications(commands);
    assert_eq!(
        told(&["HSET h a 1 b 2", "HINCRBY h a 1", "HDEL h a b"]),
        ["hset h", "hincrby h", "hdel h", "del h"]
    );
    assert_eq!(
        told(&["HSETEX h PXAT 1 FIELDS 1 a 1"]),
        ["hset h", "hexpire h", "hexpired h", "del h"]
    );
    assert_eq!(
        told(&[
            "HSETEX h EX 9 FIELDS 1 a 1",
            "HGETEX h PERSIST FIELDS 1 a",
            "HGETEX h PXAT 1 FIELDS 1 a"
        ]),
        ["hset h", "hexpire h", "hpersist h", "hexpired h", "del h"]
    );
}
