//! What each type's inspector and the list of keys are told, from typed commands.

use super::*;

/// A session that one client types in, and what a panel sees.
struct Desk {
    host: Host,
    at: Millis,
}

impl Desk {
    fn new(lines: &[&str]) -> Self {
        let mut host = Host::new(1, START, fake::machine);
        for conn in 0..2 {
            let what = What::Connect;
            host.handle(START, Request::Input { conn, what });
        }
        let mut desk = Self { host, at: START };
        lines.iter().for_each(|line| desk.type_in(line));
        desk
    }

    fn type_in(&mut self, line: &str) {
        send(&mut self.host, self.at, 0, line);
        self.host.frame(self.at);
    }

    fn view(&mut self, target: Target) -> View {
        self.host
            .handle(self.at, Request::Watch { panel: 9, target });
        self.told().unwrap()
    }

    /// What panel 9 is told in the next frame.
    fn told(&mut self) -> Option<View> {
        let frame = self.host.frame(self.at);
        frame.updates.into_iter().find_map(|update| match update {
            Update::View { panel: 9, view } => Some(view),
            _ => None,
        })
    }

    fn key(&mut self, key: &str, look: Look) -> (ValueView, Vec<Fact>) {
        let target = Target::Key {
            db: 0,
            key: word(key),
            window: window(0, 10),
            look,
        };
        let View::Key { value, facts, .. } = self.view(target) else {
            panic!("not a key");
        };
        (value, facts.into_iter().map(|event| event.fact).collect())
    }

    fn text(&mut self, key: &str, look: Look) -> TextView {
        match self.key(key, look).0 {
            ValueView::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    fn items(&mut self, key: &str, look: Look) -> ItemsView {
        match self.key(key, look).0 {
            ValueView::Items(items) => items,
            other => panic!("{other:?}"),
        }
    }

    fn keys(&mut self, asked: KeysAsked, window: Window) -> KeysView {
        let db = 0;
        let View::Keys(keys) = self.view(Target::Keys { db, asked, window }) else {
            panic!("no list of keys");
        };
        keys
    }
}

fn word(text: &str) -> Bytes {
    Bytes::from_slice(text.as_bytes())
}

fn window(start: usize, count: usize) -> Window {
    Window {
        start: Some(start),
        count,
    }
}

fn lines(keys: &KeysView) -> Vec<String> {
    let line = |line: &KeysLine| match line {
        KeysLine::Key(row) => format!(
            "{}{}",
            if row.grouped { "  " } else { "" },
            String::from_utf8_lossy(&row.key)
        ),
        KeysLine::Group(group) => format!(
            "{} ({}){}",
            String::from_utf8_lossy(&group.prefix),
            group.count,
            if group.open { " open" } else { "" }
        ),
    };
    keys.lines.iter().map(line).collect()
}

#[test]
fn a_string_says_how_it_is_kept_and_what_was_added_to_it() {
    let mut desk = Desk::new(&["SET n 41", "INCR n", "SET t text"]);
    let text = desk.text("n", Look::Rows);
    assert_eq!(
        (text.encoding.as_str(), text.head.as_slice()),
        ("int", &b"42"[..])
    );
    assert_eq!(desk.text("t", Look::Rows).encoding, "embstr");
    desk.type_in("INCRBYFLOAT n 0.5");
    desk.type_in("INCRBY fresh -3");
    let added = |by: &str, from: Option<&str>, to: &str| Fact::NumberAdded {
        by: by.into(),
        from: from.map(Into::into),
        to: to.into(),
    };
    let (_, facts) = desk.key("n", Look::Rows);
    assert_eq!(
        facts,
        [
            added("1", Some("41"), "42"),
            added("0.5", Some("42"), "42.5")
        ]
    );
    assert_eq!(desk.key("fresh", Look::Rows).1, [added("-3", None, "-3")]);
}

#[test]
fn a_window_of_bits_crosses_however_long_the_string_is() {
    let mut desk = Desk::new(&[
        "SETBIT b 7 1",
        "SETBIT b 400000000 1",
        "GETBIT b 9",
        "BITFIELD b SET i5 100 -3 GET u8 #1",
    ]);
    let look = |start| Look::Bits { start, count: 64 };
    let text = desk.text("b", look(0));
    assert_eq!((text.len, text.head.len()), (50_000_001, 4096));
    let bits = text.bits.unwrap();
    assert_eq!((bits.start, bits.bytes), (0, vec![1, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(
        (bits.ones_in_view, bits.ones),
        (1, None),
        "too many to count"
    );
    assert_eq!((bits.first_one, bits.first_zero), (Some(7), Some(0)));
    // A window that would reach past the end stands at the end.
    let bits = desk.text("b", look(u64::MAX)).bits.unwrap();
    assert_eq!(bits.start, 399_999_944);
    assert_eq!(bits.bytes, [0, 0, 0, 0, 0, 0, 0, 128]);

    let (_, facts) = desk.key("b", look(0));
    let field = |offset, bits, signed, written, value| BitField {
        offset,
        bits,
        signed,
        written,
        value,
    };
    let expected = [
        vec![field(7, 1, false, true, 1)],
        vec![field(400_000_000, 1, false, true, 1)],
        vec![field(9, 1, false, false, 0)],
        vec![field(100, 5, true, true, -3), field(8, 8, false, false, 0)],
    ];
    assert_eq!(facts, expected.map(|fields| Fact::BitsTouched { fields }));

    desk.type_in("SET small abc");
    let bits = desk.text("small", look(0)).bits.unwrap();
    assert_eq!((bits.ones_in_view, bits.ones), (10, Some(10)));
    assert_eq!((bits.first_one, bits.first_zero), (Some(1), Some(0)));
    desk.type_in("SETBIT full 0 1");
    desk.type_in("BITFIELD full SET u8 0 255");
    let bits = desk.text("full", look(0)).bits.unwrap();
    assert_eq!(bits.first_zero, Some(8), "as BITPOS answers");
}

#[test]
fn a_long_string_crosses_whole_only_when_asked_and_never_more_than_64_kb() {
    let mut desk = Desk::new(&["SETRANGE long 99999 x", "SETRANGE short 9999 x"]);
    assert_eq!(desk.text("short", Look::Rows).head.len(), 4096);
    assert_eq!(desk.text("short", Look::Whole).head.len(), 10_000);
    assert_eq!(desk.text("long", Look::Whole).head.len(), WHOLE_MAX);
}

#[test]
fn a_list_tells_at_which_end_things_happened() {
    let mut desk = Desk::new(&[
        "RPUSH q a b c",
        "LPUSH q z",
        "RPOP q",
        "LMOVE q other LEFT RIGHT",
    ]);
    let (value, facts) = desk.key("q", Look::Rows);
    let popped = |head, last: &str| Fact::Popped {
        head,
        count: 1,
        last: word(last),
    };
    let pushed = |head, count| Fact::Pushed { head, count };
    assert_eq!(
        facts,
        [
            pushed(false, 3),
            pushed(true, 1),
            popped(false, "c"),
            popped(true, "z")
        ]
    );
    assert!(matches!(value, ValueView::Items(items) if items.nodes == Some(1) && items.len == 2));
    assert_eq!(desk.key("other", Look::Rows).1, [pushed(false, 1)]);
}

#[test]
fn two_sets_are_compared_member_by_member() {
    let mut desk = Desk::new(&["SADD a 1 2 3 4", "SADD b 3 4 5", "SET s x", "SADD c 9"]);
    let look = |with: Option<&str>| Look::Overlap {
        with: with.map(word),
    };
    let overlap = desk.items("a", look(None)).overlap.unwrap();
    assert_eq!(
        (overlap.others, overlap.with),
        (vec![word("b"), word("c")], None)
    );
    let against = |desk: &mut Desk, one: &str, other: &str| {
        desk.items(one, look(Some(other)))
            .overlap
            .unwrap()
            .with
            .unwrap()
            .1
    };
    let Against::Shared(shared) = against(&mut desk, "a", "b") else {
        panic!("not compared");
    };
    assert_eq!((shared.counts, shared.looked_up), ([2, 2, 1], 3));
    let names = |list: &[Bytes]| {
        let mut names: Vec<_> = list
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(shared.named.map(|list| names(&list)), ["1 2", "3 4", "5"]);
    let Against::Shared(shared) = against(&mut desk, "b", "a") else {
        panic!("not compared");
    };
    assert_eq!(shared.counts, [1, 2, 2]);
    assert_eq!(against(&mut desk, "a", "s"), Against::NotASet(Kind::Text));
    assert_eq!(against(&mut desk, "a", "none"), Against::Missing);

    // A change of the other set is told too.
    desk.items("a", look(Some("b")));
    send(&mut desk.host, desk.at, 0, "SADD b 1");
    let Some(View::Key {
        value: ValueView::Items(items),
        ..
    }) = desk.told()
    else {
        panic!("not told");
    };
    let (_, against) = items.overlap.unwrap().with.unwrap();
    assert!(matches!(against, Against::Shared(shared) if shared.counts == [1, 3, 1]));
}

#[test]
fn sets_that_are_too_large_to_compare_at_each_change_are_not() {
    let mut desk = Desk::new(&[]);
    for key in ["a", "b"] {
        for part in 0..21 {
            let members: Vec<_> = (0..1000).map(|n| format!("{}", part * 1000 + n)).collect();
            desk.type_in(&format!("SADD {key} {}", members.join(" ")));
        }
    }
    desk.type_in("SADD few 1 2 nobody");
    let look = |with: &str| Look::Overlap {
        with: Some(word(with)),
    };
    let with = |items: ItemsView| items.overlap.unwrap().with.unwrap().1;
    assert_eq!(with(desk.items("a", look("b"))), Against::TooMany(21_000));
    assert!(
        matches!(with(desk.items("a", look("few"))), Against::Shared(shared) if shared.counts == [20_998, 2, 1])
    );
}

#[test]
fn a_hash_names_the_fields_that_expired() {
    let mut desk = Desk::new(&["HSET h a 1 b 2 c 3", "HPEXPIRE h 100 FIELDS 2 a b"]);
    desk.at += 100;
    let (value, facts) = desk.key("h", Look::Rows);
    assert!(matches!(value, ValueView::Items(items) if items.len == 1));
    let [Fact::FieldsExpired { count: 2, fields }] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    assert_eq!(fields, &[word("a"), word("b")]);
}

#[test]
fn a_key_that_went_says_what_it_was_and_how_it_went() {
    let mut desk = Desk::new(&[
        "RPUSH q a b",
        "DEL q",
        "RPUSH q2 a",
        "LPOP q2",
        "SET k v PX 100",
        "SADD s 1 2 3",
        "RENAME s s2",
    ]);
    desk.at += 100;
    let gone = |kind, size| Fact::Gone {
        kind,
        size,
        to: None,
    };
    let facts = |desk: &mut Desk, key: &str| {
        let (value, facts) = desk.key(key, Look::Rows);
        assert_eq!(value, ValueView::Missing);
        facts
    };
    assert_eq!(
        facts(&mut desk, "q")[1..],
        [gone(Kind::List, 2), Fact::Deleted]
    );
    assert_eq!(facts(&mut desk, "q2").last(), Some(&gone(Kind::List, 0)));
    assert_eq!(facts(&mut desk, "k"), [gone(Kind::Text, 1), Fact::Expired]);
    let to = Some((0, word("s2")));
    let renamed = Fact::Gone {
        kind: Kind::Set,
        size: 3,
        to,
    };
    assert_eq!(facts(&mut desk, "s"), [renamed, Fact::Deleted]);
}

#[test]
fn keys_stand_in_the_order_that_was_asked_for() {
    let mut desk = Desk::new(&[
        "SET b 333",
        "SET a 1 PX 9000",
        "RPUSH c 1 2",
        "DEL b",
        "SET b 55555 PX 5000",
    ]);
    let mut in_order = |order| {
        let asked = KeysAsked {
            order,
            ..KeysAsked::default()
        };
        lines(&desk.keys(asked, window(0, 9))).join(" ")
    };
    assert_eq!(
        in_order(KeyOrder::Made),
        "a c b",
        "made anew, it is the newest"
    );
    assert_eq!(in_order(KeyOrder::Name), "a b c");
    assert_eq!(in_order(KeyOrder::Kind), "a b c");
    assert_eq!(in_order(KeyOrder::Ttl), "b a c");
    assert_eq!(in_order(KeyOrder::Size), "b c a");
}

#[test]
fn keys_that_begin_alike_stand_in_groups_that_open() {
    let mut desk = Desk::new(&["MSET user:2 b session:1 s user:1 a plain p user:3 c"]);
    let asked = |open: &[&str]| KeysAsked {
        order: KeyOrder::Name,
        groups: Some(open.iter().map(|prefix| word(prefix)).collect()),
        ..KeysAsked::default()
    };
    let keys = desk.keys(asked(&[]), window(0, 9));
    assert_eq!(lines(&keys), ["session:1", "user: (3)", "plain"]);
    assert_eq!((keys.all, keys.matching, keys.len), (5, 5, 3));
    let all = [
        "session:1",
        "user: (3) open",
        "  user:1",
        "  user:2",
        "  user:3",
        "plain",
    ];
    assert_eq!(lines(&desk.keys(asked(&["user:"]), window(0, 9))), all);
    for start in 0..=4 {
        let keys = desk.keys(asked(&["user:"]), window(start, 2));
        assert_eq!(
            (keys.len, lines(&keys)),
            (
                6,
                all[start..start + 2]
                    .iter()
                    .map(|s| s.to_string())
                    .collect()
            )
        );
    }
}

/// Whatever is typed between two frames, the list equals one that is made from nothing.
#[test]
fn a_list_that_is_kept_up_equals_one_made_anew() {
    let mut desk = Desk::new(&["SELECT 0"]);
    let mut chance = 7_u64;
    let mut next = |below: u64| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (chance >> 33) % below
    };
    let orders = [
        KeyOrder::Made,
        KeyOrder::Name,
        KeyOrder::Kind,
        KeyOrder::Ttl,
        KeyOrder::Size,
    ];
    for round in 0..60 {
        let asked = KeysAsked {
            pattern: word(if round % 3 == 0 { "*1*" } else { "" }),
            order: orders[round / 2 % 5],
            groups: (round % 2 == 0).then(|| vec![word("g1:")]),
        };
        desk.keys(asked.clone(), window(0, 99));
        for _ in 0..6 {
            for _ in 0..5 {
                let key = format!("g{}:{}", next(4), next(12));
                let line = match next(9) {
                    0 => format!("DEL {key}"),
                    1 => format!("SET {key} {}", "x".repeat(next(9) as usize)),
                    2 => format!("PEXPIRE {key} {}", next(4000)),
                    3 => format!("SADD {key}s {}", next(9)),
                    4 => format!("RENAME {key} loner{}", next(30)),
                    5 if next(20) == 0 => "FLUSHDB".to_string(),
                    6 if next(20) == 0 => "SWAPDB 0 1".to_string(),
                    _ => format!("APPEND {key} x"),
                };
                send(&mut desk.host, desk.at, 0, &line);
                desk.at += next(40);
            }
            let kept = desk.keys(asked.clone(), window(0, 99));
            let mut dbs = desk.host.now.engine.dbs.clone();
            let fresh = view::keys(&mut dbs, 0, &asked, window(0, 99), &mut None, u64::MAX);
            assert_eq!(kept, fresh, "{asked:?}");
        }
    }
}

#[test]
fn a_list_of_keys_says_which_databases_hold_keys() {
    let mut desk = Desk::new(&["SET a 1"]);
    assert_eq!(desk.keys(KeysAsked::default(), window(0, 9)).dbs, [(0, 1)]);
    let before = desk.keys(KeysAsked::default(), window(0, 9));
    send(&mut desk.host, desk.at, 1, "SELECT 3");
    send(&mut desk.host, desk.at, 1, "MSET x 1 y 2");
    let Some(View::Keys(keys)) = desk.told() else {
        panic!("not told of another database's keys");
    };
    assert_eq!(
        (keys.dbs.clone(), keys.lines),
        (vec![(0, 1), (3, 2)], before.lines)
    );
}

/// Run by hand: `cargo test --release --lib hundred_thousand -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn a_list_of_a_hundred_thousand_keys_under_writes() {
    let mut desk = Desk::new(&[]);
    for part in 0..100 {
        let pairs: Vec<_> = (0..1000)
            .map(|n| format!("user:{}:{} v", part % 10, part * 1000 + n))
            .collect();
        desk.type_in(&format!("MSET {}", pairs.join(" ")));
    }
    for (order, groups) in [
        (KeyOrder::Made, None),
        (KeyOrder::Name, None),
        (KeyOrder::Size, Some(vec![word("user:")])),
        (KeyOrder::Ttl, None),
    ] {
        let asked = KeysAsked {
            order,
            groups,
            ..KeysAsked::default()
        };
        #[allow(clippy::disallowed_methods, reason = "it measures")]
        let began = std::time::Instant::now();
        desk.keys(asked.clone(), window(500, 64));
        println!("{order:?}: made in {:?}", began.elapsed());
        let (mut worst, mut n) = (std::time::Duration::ZERO, 0);
        for _ in 0..60 {
            // 5,000 writes a second are 84 in each frame.
            for _ in 0..84 {
                n += 7919;
                send(
                    &mut desk.host,
                    desk.at,
                    0,
                    &format!(
                        "SET user:{}:{} {n} PX {}",
                        n % 10,
                        n % 120_000,
                        1_000_000 + n % 9999
                    ),
                );
            }
            desk.at += 16;
            #[allow(clippy::disallowed_methods, reason = "it measures")]
            let began = std::time::Instant::now();
            desk.host.frame(desk.at);
            worst = worst.max(began.elapsed());
        }
        println!("{order:?}: the slowest frame took {worst:?}");
    }
}
