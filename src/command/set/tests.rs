use crate::command::testing::check;

#[test]
fn members_and_what_sets_share() {
    check(
        r#"
        A> SADD a 3 1 2 2
        (integer) 3
        A> SMEMBERS a
        1) "1"
        2) "2"
        3) "3"
        A> SADD b 2 3 x
        (integer) 3
        A> SINTER a b
        1) "2"
        2) "3"
        A> SINTERCARD 2 a b LIMIT 1
        (integer) 1
        A> SDIFFSTORE c b a
        (integer) 1
        A> SMEMBERS c
        1) "x"
        A> SMOVE c a x
        (integer) 1
        A> EXISTS c
        (integer) 0
        A> OBJECT ENCODING a
        "listpack"
        "#,
    );
}

#[test]
fn a_pick_is_a_member_and_a_pop_takes_it() {
    check(
        r#"
        A> SADD one x
        (integer) 1
        A> SRANDMEMBER one -3
        1) "x"
        2) "x"
        3) "x"
        A> SRANDMEMBER one 5
        1) "x"
        A> SPOP one
        "x"
        A> SPOP one
        (nil)
        A> SRANDMEMBER one -99999999999
        (empty array)
        A> SADD one x
        (integer) 1
        A> SRANDMEMBER one -99999999999
        (error) ERR value is out of range
        "#,
    );
}

#[test]
fn spop_takes_different_members() {
    let mut engine = crate::engine::Engine::new(5, 0, crate::command::dispatch);
    let mut say = |text: &str| {
        let words = crate::engine::resp::split_words(text.as_bytes()).unwrap();
        if engine.client(0).is_none() {
            engine.handle(0, 0, crate::engine::What::Connect);
        }
        let bytes = crate::engine::resp::encode_command(&words);
        engine.handle(0, 0, crate::engine::What::Bytes(bytes));
        String::from_utf8(engine.take_output(0)).unwrap()
    };
    say("SADD s 1 2 3 4 5 6 7 8 9");
    let mut seen: Vec<String> = (0..5).map(|_| say("SPOP s")).collect();
    seen.extend((0..4).map(|_| say("SPOP s")));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 9, "{seen:?}");
    assert_eq!(say("EXISTS s"), ":0\r\n");
}
