use crate::command::testing::check;
use crate::ds::bytes::Bytes;
use crate::engine::event::Fact;
use crate::engine::sought::Sought;
use crate::engine::view::{self, Look, ValueView, Window, ZsetLook, ZsetMore, ZsetView};
use crate::engine::{Engine, What};
use std::ops::Bound;

#[test]
fn a_leaderboard() {
    check(
        r#"
        A> ZADD board 120 ada 95 bob 130 cyd
        (integer) 3
        A> ZREVRANGE board 0 1 WITHSCORES
        1) "cyd"
        2) "130"
        3) "ada"
        4) "120"
        A> ZINCRBY board 40 bob
        "135"
        A> ZREVRANK board bob
        (integer) 0
        A> ZRANK board bob WITHSCORE
        1) (integer) 2
        2) "135"
        A> ZRANK board dan
        (nil)
        A> ZSCORE board ada
        "120"
        A> ZMSCORE board ada dan
        1) "120"
        2) (nil)
        A> ZCARD board
        (integer) 3
        A> ZCOUNT board (120 +inf
        (integer) 2
        A> ZREM board ada dan
        (integer) 1
        A> ZPOPMAX board
        1) "bob"
        2) "135"
        A> ZPOPMIN board 5
        1) "cyd"
        2) "130"
        A> EXISTS board
        (integer) 0
        "#,
    );
}

#[test]
fn zadd_writes_under_conditions() {
    check(
        r#"
        A> ZADD k 1 a 2 b
        (integer) 2
        A> ZADD k NX 9 a 3 c
        (integer) 1
        A> ZADD k XX CH 5 a 5 d
        (integer) 1
        A> ZADD k GT CH 4 a 9 b
        (integer) 1
        A> ZADD k LT CH 4 a 9 c
        (integer) 1
        A> ZADD k CH 4 a 3 c 8 b
        (integer) 1
        A> ZRANGE k 0 -1 WITHSCORES
        1) "c"
        2) "3"
        3) "a"
        4) "4"
        5) "b"
        6) "8"
        A> ZADD k INCR 2 a
        "6"
        A> ZADD k NX INCR 2 a
        (nil)
        A> ZADD k GT INCR -2 a
        (nil)
        A> ZADD none XX 1 a
        (integer) 0
        A> ZADD none XX INCR 1 a
        (nil)
        A> EXISTS none
        (integer) 0
        A> ZADD k inf e
        (integer) 1
        A> ZINCRBY k -inf e
        (error) ERR resulting score is not a number (NaN)
        A> ZSCORE k e
        "inf"
        "#,
    );
}

#[test]
fn zadd_refuses_in_the_order_of_the_reference() {
    check(
        r#"
        A> SET text x
        OK
        A> ZADD text NX XX 1
        (error) ERR syntax error
        A> ZADD text NX XX GT 1 a
        (error) ERR XX and NX options at the same time are not compatible
        A> ZADD text NX GT INCR 1 a 2 b
        (error) ERR GT, LT, and/or NX options at the same time are not compatible
        A> ZADD text INCR 1 a 2 b
        (error) ERR INCR option supports a single increment-element pair
        A> ZADD text 1 a nan b
        (error) ERR value is not a valid float
        A> ZADD text 1 a
        (error) WRONGTYPE Operation against a key holding the wrong kind of value
        A> ZADD k CH NX
        (error) ERR syntax error
        A> ZINCRBY k NX a
        (error) ERR syntax error
        A> ZINCRBY k 1e400 a
        (error) ERR value is not a valid float
        "#,
    );
}

#[test]
fn ranges_by_rank_score_and_member() {
    check(
        r#"
        A> ZADD k 1 a 2 b 3 c 4 d
        (integer) 4
        A> ZRANGE k 1 -2
        1) "b"
        2) "c"
        A> ZRANGE k 0 0 REV WITHSCORES
        1) "d"
        2) "4"
        A> ZRANGE k 3 (1 BYSCORE REV
        1) "c"
        2) "b"
        A> ZRANGE k (1 +inf BYSCORE LIMIT 1 1
        1) "c"
        A> ZRANGE k 1 4 BYSCORE LIMIT 1 -1
        1) "b"
        2) "c"
        3) "d"
        A> ZRANGE k 1 4 BYSCORE LIMIT -1 2
        (empty array)
        A> ZRANGE k [b (d BYLEX
        1) "b"
        2) "c"
        A> ZRANGE k + - BYLEX REV LIMIT 0 2
        1) "d"
        2) "c"
        A> ZRANGE k + - BYLEX
        (empty array)
        A> ZREVRANGE k 3 9
        1) "a"
        A> ZRANGEBYSCORE k -inf 2 WITHSCORES LIMIT 1 5
        1) "b"
        2) "2"
        A> ZREVRANGEBYSCORE k 2 -inf
        1) "b"
        2) "a"
        A> ZREMRANGEBYSCORE k (1 2
        (integer) 1
        A> ZREMRANGEBYRANK k -1 -1
        (integer) 1
        A> ZREMRANGEBYRANK k 0 -1
        (integer) 2
        A> TYPE k
        none
        "#,
    );
}

#[test]
fn ranges_refuse_in_the_order_of_the_reference() {
    check(
        r#"
        A> SET text x
        OK
        A> ZRANGE text a b WITHSCORES LIMIT 0 1
        (error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
        A> ZRANGE text a b WITHSCORES BYLEX
        (error) ERR syntax error, WITHSCORES not supported in combination with BYLEX
        A> ZRANGE text a b BYSCORE LIMIT 1 x
        (error) ERR value is not an integer or out of range
        A> ZRANGE text a b BYSCORE LIMIT 1
        (error) ERR syntax error
        A> ZRANGE text a b BYSCORE BYLEX
        (error) ERR syntax error
        A> ZRANGE text a b
        (error) ERR value is not an integer or out of range
        A> ZRANGE text a b BYSCORE
        (error) ERR min or max is not a float
        A> ZRANGE text a b BYLEX
        (error) ERR min or max not valid string range item
        A> ZRANGE text - + BYLEX
        (error) WRONGTYPE Operation against a key holding the wrong kind of value
        A> ZRANGEBYSCORE text 0 1 REV
        (error) ERR syntax error
        A> ZREVRANGE none 0 1
        (empty array)
        A> ZRANK text a WITHSCORES
        (error) ERR syntax error
        A> ZRANK text a WITHSCORE x
        (error) ERR wrong number of arguments for 'zrank' command
        A> ZRANK none a WITHSCORE
        (nil)
        A> ZPOPMIN text -1
        (error) ERR value is out of range, must be positive
        A> ZPOPMIN text 0
        (error) WRONGTYPE Operation against a key holding the wrong kind of value
        A> ZPOPMAX none 1 2
        (error) ERR syntax error
        A> ZREMRANGEBYRANK text 0 x
        (error) ERR value is not an integer or out of range
        A> ZCOUNT text 0 nan
        (error) ERR min or max is not a float
        "#,
    );
}

#[test]
fn a_bound_is_read_more_loosely_than_a_score() {
    check(
        r#"
        A> ZADD k 0 zero 5 five inf top
        (integer) 3
        A> ZCOUNT k "" 1e400
        (integer) 3
        A> ZCOUNT k ( (1e400
        (integer) 1
        A> ZCOUNT k 1e-400 "5\x00x"
        (integer) 2
        A> ZCOUNT k 0x5 6
        (error) ERR min or max is not a float
        "#,
    );
}

#[test]
fn scores_are_doubles_and_pairs_are_arrays_in_resp3() {
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.handle(0, 0, What::Connect);
    let mut wire = |command: &str| {
        engine.handle(0, 0, What::Bytes(format!("{command}\r\n").into_bytes()));
        String::from_utf8(engine.take_output(0))
            .unwrap()
            .replace("\r\n", " ")
    };
    wire("HELLO 3");
    assert_eq!(wire("ZADD k 1.5 a 2 b"), ":2 ");
    assert_eq!(
        wire("ZRANGE k 0 -1 WITHSCORES"),
        "*2 *2 $1 a ,1.5 *2 $1 b ,2 "
    );
    assert_eq!(wire("ZRANGE k 0 -1"), "*2 $1 a $1 b ");
    assert_eq!(wire("ZMSCORE k a c"), "*2 ,1.5 _ ");
    assert_eq!(wire("ZADD k NX INCR 1 a"), "_ ");
    assert_eq!(wire("ZINCRBY k inf b"), ",inf ");
    assert_eq!(wire("ZRANK k a WITHSCORE"), "*2 :0 ,1.5 ");
    assert_eq!(wire("ZRANK k c WITHSCORE"), "_ ");
    assert_eq!(wire("ZPOPMIN k"), "*2 $1 a ,1.5 ");
    assert_eq!(wire("ZPOPMAX k 5"), "*1 *2 $1 b ,inf ");
    assert_eq!(wire("ZPOPMAX k 5"), "*0 ");
}

/// The facts that a few commands leave behind.
fn facts(commands: &[&str]) -> Vec<Fact> {
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.observing = true;
    engine.handle(0, 0, What::Connect);
    for command in commands {
        engine.handle(0, 0, What::Bytes(format!("{command}\r\n").into_bytes()));
    }
    engine.events.into_iter().map(|event| event.fact).collect()
}

#[test]
fn a_move_tells_its_ranks_from_the_top() {
    let facts = facts(&[
        "ZADD k 10 ada 20 bob 30 cyd",
        "ZADD k 10 ada",
        "ZINCRBY k 15 ada",
        "ZADD k CH 25.5 ada",
        "ZREM k bob dan",
        "ZREM k dan",
    ]);
    let ada = Bytes::from_slice(b"ada");
    // Each comes in above those that are there.
    let (rank, of, comparisons) = (0, 1, 0);
    let came = Fact::MemberAdded {
        member: ada.clone(),
        score: 10.0,
        rank,
        comparisons,
        of,
    };
    assert_eq!(facts[0], came);
    assert!(matches!(facts[1], Fact::MemberAdded { rank: 0, of: 2, .. }));
    assert!(matches!(facts[2], Fact::MemberAdded { rank: 0, of: 3, .. }));
    let Fact::MemberMoved {
        member,
        score,
        from,
        to,
        comparisons,
        of,
    } = &facts[3]
    else {
        panic!("{:?}", facts[3])
    };
    assert_eq!((member, *score, *from, *to, *of), (&ada, 25.0, 2, 1, 3));
    assert!(*comparisons > 0);
    // A new score, the same rank.
    assert!(matches!(
        &facts[4],
        Fact::MemberMoved {
            score: 25.5,
            from: 1,
            to: 1,
            ..
        }
    ));
    assert_eq!(facts[5..], [Fact::MembersRemoved { count: 1 }]);
}

#[test]
fn sorted_sets_are_joined_with_weights() {
    check(
        r#"
        A> ZADD week 10 ann 7 bob
        (integer) 2
        A> ZADD month 100 ann 5 cy
        (integer) 2
        A> SADD team ann cy
        (integer) 2
        A> ZUNION 2 week month WEIGHTS 2 1 WITHSCORES
        1) "cy"
        2) "5"
        3) "bob"
        4) "14"
        5) "ann"
        6) "120"
        A> ZINTERSTORE out 3 week month team AGGREGATE MAX
        (integer) 1
        A> ZSCORE out ann
        "100"
        A> ZDIFF 2 month team
        (empty array)
        A> ZRANGESTORE top month 0 0 REV
        (integer) 1
        A> ZMPOP 2 nosuch top MAX
        1) "top"
        2) 1) 1) "ann"
              2) "100"
        A> EXISTS top
        (integer) 0
        B> BZPOPMIN top 0
        A> ZADD top 3 dee
        (integer) 1
        B<
        1) "top"
        2) "dee"
        3) "3"
        "#,
    );
}

#[test]
fn what_happens_to_a_sorted_set_is_told() {
    let told = crate::command::testing::notifications;
    assert_eq!(
        told(&["ZADD z 1 a 2 b", "ZINCRBY z 1 a", "ZPOPMIN z", "ZREM z b a"]),
        ["zadd z", "zincr z", "zpopmin z", "zrem z", "del z"]
    );
    assert_eq!(
        told(&[
            "ZADD z 1 a",
            "ZUNIONSTORE y 1 z",
            "ZDIFFSTORE y 2 z z",
            "ZREMRANGEBYSCORE z 1 1"
        ]),
        [
            "zadd z",
            "zunionstore y",
            "del y",
            "zremrangebyscore z",
            "del z"
        ]
    );
}

#[test]
fn a_reading_tells_its_slice_and_what_it_cost() {
    let facts = facts(&[
        "ZADD k 10 ada 20 bob 30 cyd 40 dan",
        "ZRANK k bob",
        "ZRANK k nobody",
        "ZRANGE k 0 1",
        "ZREVRANGE k 0 1",
        "ZRANGEBYSCORE k (10 30",
        "ZCOUNT k -inf 15",
        "ZRANGEBYLEX k - +",
        "ZRANGE k 7 9",
    ]);
    let read = |at: usize| match &facts[4 + at] {
        Fact::RangeRead {
            sought,
            counted,
            start,
            count,
            comparisons,
            of: 4,
            version,
        } if *version > 0 => (sought.clone(), *counted, *start, *count, *comparisons > 0),
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        &facts[4],
        Fact::RankRead {
            rank: 2,
            comparisons: 1..=3,
            of: 4,
            ..
        }
    ));
    assert_eq!(read(1), (Some(Sought::Rank(0)), false, 2, 2, false));
    assert_eq!(read(2), (Some(Sought::Rank(3)), false, 0, 2, false));
    let scores = Sought::Scores(Bound::Excluded(10.0), Bound::Included(30.0));
    assert_eq!(read(3), (Some(scores), false, 1, 2, true));
    let (_, counted, start, count, _) = read(4);
    assert_eq!((counted, start, count), (true, 3, 1));
    // In a listpack with different scores the reference walks.
    assert_eq!(read(5).0, None);
    assert_eq!(read(6).0, None);
    assert_eq!(facts.len(), 11);
}

/// What the panel of `k` sees.
fn seen(commands: &[&str], look: ZsetLook) -> ZsetView {
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.observing = true;
    engine.handle(0, 0, What::Connect);
    for command in commands {
        engine.handle(0, 0, What::Bytes(format!("{command}\r\n").into_bytes()));
    }
    let window = Window {
        start: Some(0),
        count: 10,
    };
    match view::value(&engine.dbs[0], b"k", window, &Look::Zset(look)) {
        ValueView::Zset(zset) => zset,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_way_costs_what_the_command_paid() {
    let many: Vec<String> = (0..500).map(|i| format!("{} m{i}", i / 3)).collect();
    let add = format!("ZADD k {}", many.join(" "));
    let add = add.as_str();
    for (command, sought) in [
        ("ZRANK k m250", Sought::Member(Bytes::from_slice(b"m250"))),
        (
            "ZCOUNT k 10 (20",
            Sought::Scores(Bound::Included(10.0), Bound::Excluded(20.0)),
        ),
    ] {
        let paid = match facts(&[add, command]).pop() {
            Some(Fact::RankRead { comparisons, .. } | Fact::RangeRead { comparisons, .. }) => {
                comparisons as usize
            }
            other => panic!("{other:?}"),
        };
        let Some(ZsetMore::Ways(told, ways)) =
            seen(&[add, command], ZsetLook::Ways(sought.clone())).more
        else {
            panic!()
        };
        assert_eq!(told, sought);
        assert_eq!(ways.iter().map(|way| way.comparisons).sum::<usize>(), paid);
        assert!(paid > 0);
    }
    let gone = Sought::Member(Bytes::from_slice(b"nobody"));
    let more = seen(&[add], ZsetLook::Ways(gone.clone())).more;
    assert_eq!(more, Some(ZsetMore::Ways(gone, Vec::new())));
    let more = seen(&[add], ZsetLook::Between(10.0, 11.0)).more;
    // 500 members, three to a score, from 166 down.
    assert_eq!(more, Some(ZsetMore::Between((10.0, 11.0), 464, 6)));
}
