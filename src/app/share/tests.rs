use proptest::prelude::*;

use super::*;

fn lines(document: &Document) -> Vec<(char, &str)> {
    let steps = document.steps.iter();
    steps
        .filter_map(|step| match &step.deed {
            Deed::Line(line) => Some((char::from(b'A' + step.conn as u8), line.as_str())),
            _ => None,
        })
        .collect()
}

fn by_hand(fragment: &str) -> Document {
    address("", fragment).unwrap().unwrap()
}

#[test]
fn a_link_is_written_by_hand_with_or_without_percent_encoding() {
    let plain = by_hand("#cmd=ZADD board 10 ann;ZREVRANGE board 0 -1");
    assert_eq!(
        lines(&plain),
        [('A', "ZADD board 10 ann"), ('A', "ZREVRANGE board 0 -1")]
    );
    let encoded = by_hand("cmd=ZADD%20board%2010%20ann%3bZREVRANGE%20board%200%20-1");
    assert_eq!(lines(&encoded), lines(&plain));
    // What is no encoding stays: a %, a + and an & too.
    let odd =
        by_hand("cmd=SET k 100%;SET l a+b;XADD s * q a&b=c%0APING&title=A %26 B&view=k,l&run=1");
    assert_eq!(
        lines(&odd),
        [
            ('A', "SET k 100%"),
            ('A', "SET l a+b"),
            ('A', "XADD s * q a&b=c"),
            ('A', "PING")
        ]
    );
    assert_eq!(odd.title, "A & B");
    let key = |key: &[u8]| Shown::Key(0, Bytes::from_slice(key));
    assert_eq!(odd.pinned, [key(b"k"), key(b"l")]);
    assert!(odd.runs_at_once());
}

#[test]
fn quotes_keep_a_semicolon_and_a_prompt_switches_the_client() {
    let read = by_hand(r#"cmd=SET k "a;b\";c";GET k;B> SET l 'x;y';GET l;c[2]>PING;A>PING"#);
    assert_eq!(
        lines(&read),
        [
            ('A', r#"SET k "a;b\";c""#),
            ('A', "GET k"),
            ('B', "SET l 'x;y'"),
            ('B', "GET l"),
            ('C', "PING"),
            ('A', "PING")
        ]
    );
    assert_eq!(read.clients.len(), 3);
    // A quote left open ends with its line.
    let open = by_hand("cmd=SET k 'it%0AGET k;PING");
    assert_eq!(lines(&open).len(), 3);
}

#[test]
fn a_documentation_page_gives_its_commands_as_base64_of_json() {
    // ["ZADD board 10 ann","B> ZRANGE board 0 -1"], in both alphabets.
    let json = r#"["SET k \"a;b?>\"","B> GET k"]"#;
    let coded = base64::Engine::encode(&link::BASE64, json);
    for coded in [
        coded.clone(),
        coded.replace('-', "+").replace('_', "/") + "=",
    ] {
        let query = format!("?commands={coded}&autorun=true");
        let read = address(&query, "").unwrap().unwrap();
        assert_eq!(lines(&read), [('A', r#"SET k "a;b?>""#), ('B', "GET k")]);
        assert!(read.runs_at_once());
    }
    assert_eq!(address("?commands=%%%", ""), Some(Err(Fault::Cut)));
    assert_eq!(address("?utm=1", "#top"), None);
}

#[test]
fn what_redis_cli_printed_becomes_a_session() {
    let printed = "\
redis> SET k 1
OK
127.0.0.1:6379> GET k
\"> 1\"
127.0.0.1:6379> SELECT 2
OK
127.0.0.1:6379[2]> MULTI
OK
127.0.0.1:6379[2](TX)> INCR n
QUEUED
127.0.0.1:6379[2](TX)> EXEC
1) (integer) 1
127.0.0.1:6379[2]>
B> PING
PONG
";
    let read = read(printed).unwrap();
    assert_eq!(
        lines(&read),
        [
            ('A', "SET k 1"),
            ('A', "GET k"),
            ('A', "SELECT 2"),
            ('A', "MULTI"),
            ('A', "INCR n"),
            ('A', "EXEC"),
            ('B', "PING")
        ]
    );
    // One that begins in another database goes there first.
    let read = super::read("localhost:6380[3]> GET k\n(nil)").unwrap();
    assert_eq!(lines(&read), [('A', "SELECT 3"), ('A', "GET k")]);
    // Only what was typed, in a transaction from its first line on.
    let read = super::read("127.0.0.1:6379(TX)> INCR n\n127.0.0.1:6379(TX)> EXEC\n").unwrap();
    assert_eq!(lines(&read), [('A', "INCR n"), ('A', "EXEC")]);
    for text in [
        "SET k 1\nGET k",
        "(nil)",
        "1) \"a> b\"",
        "a b:1> x",
        "# > x",
    ] {
        assert!(!transcript::is_one(text), "{text}");
    }
}

#[test]
fn more_than_a_cap_is_refused_by_name() {
    let cap = |fragment: &str| match address("", fragment) {
        Some(Err(fault @ Fault::Cap(..))) => fault.to_string(),
        other => panic!("{other:?}"),
    };
    let many = "PING;".repeat(STEPS_MAX + 1);
    assert!(cap(&format!("cmd={many}")).contains("too many inputs"));
    assert!(cap("cmd=1000000 INCR n").contains("5,000 at most"));
    assert!(cap(&format!("cmd=PING&title={}", "x".repeat(TITLE_MAX + 1))).contains("title"));
    assert!(cap(&format!("cmd={}", "x".repeat(LINK_MAX))).contains("link"));
    let steps = |deed: &dyn Fn(Conn) -> Step, many: usize| Document {
        begins: Some((1, 1)),
        steps: (0..many as Conn).map(deed).collect(),
        ..Document::default()
    };
    let actor = |n: Conn| Step {
        after: 0,
        conn: FIRST + n,
        deed: Deed::Actor(Steer::Start {
            name: "w".into(),
            text: "PING".into(),
        }),
    };
    let refused = |document: &Document| link::read(&link::write(document)).unwrap_err().to_string();
    assert!(refused(&steps(&actor, SHARED_ACTORS_MAX + 1)).contains("too many actors"));
    let late = |_| Step {
        after: TIME_MAX,
        conn: 0,
        deed: Deed::Line("PING".into()),
    };
    assert!(refused(&steps(&late, 2)).contains("milliseconds"));
    // What unpacks to too much is not unpacked to its end.
    let mut bomb = steps(&late, 1);
    bomb.note = "x".repeat(BYTES_MAX);
    assert!(link::write(&bomb).len() < 5_000);
    assert!(refused(&bomb).contains("1,048,576 at most"));
    assert!(
        read(&"x".repeat(BYTES_MAX + 1))
            .unwrap_err()
            .to_string()
            .contains("bytes")
    );
}

#[test]
fn a_link_that_was_cut_or_mistyped_says_so() {
    let whole = link::write(&by_hand(
        "cmd=ZADD board 10 ann;ZADD board 20 bob;ZREVRANGE board 0 -1",
    ));
    for cut in "v1.".len()..whole.len() {
        assert_eq!(link::read(&whole[..cut]), Err(Fault::Cut), "{cut}");
    }
    // What mail programs put behind it is no part of it.
    assert!(link::read(&format!("{whole}).")).is_ok());
    assert!(link::read(&format!("{whole}&run=1")).unwrap().run);
    assert_eq!(address("", "v2.abc"), Some(Err(Fault::Later)));
    assert_eq!(address("", "version"), None);
}

#[test]
fn a_file_says_what_is_wrong_in_it_and_where() {
    let wrong = |text: &str| file::read(text).unwrap_err().to_string();
    assert!(wrong("{").contains("line 1"));
    assert!(wrong("{}").contains("\"keyglass\" must be 1"));
    assert_eq!(file::read(r#"{"keyglass":2}"#), Err(Fault::Later));
    assert!(
        wrong(r#"{"keyglass":1,"steps":[{"run":"PING"},{"run":1}]}"#)
            .contains("\"steps[1].run\" must be a text")
    );
    assert!(wrong(r#"{"keyglass":1,"clock":{"speed":0},"steps":[]}"#).contains("clock.speed"));
    assert!(wrong(r#"{"keyglass":1,"clients":[{"client":"Q"}]}"#).contains("clients[0].client"));
    assert_eq!(
        file::read(r#"{"keyglass":1,"steps":[]}"#),
        Err(Fault::Empty)
    );
    assert_eq!(
        file::read(r#"{"keyglass":1,"steps":[{"run":" "}]}"#),
        Err(Fault::Step(1))
    );
    let short =
        file::read(r#"{"keyglass":1,"steps":[{"run":"PING"},{"client":"B","run":"PING"}]}"#)
            .unwrap();
    assert_eq!(short.clients.len(), 2);
}

fn a_line() -> impl Strategy<Value = String> {
    prop_oneof![
        "(GET|SET|ZADD) [a-z:]{1,8}( [a-zA-Z0-9:.]{1,6}){0,4}",
        "[^\r\n]{0,20}x",
    ]
}

fn a_deed() -> impl Strategy<Value = (Conn, Deed)> {
    let steer = prop_oneof![
        ("\\PC{0,8}", "[^\\x00]{0,30}").prop_map(|(name, text)| Steer::Start { name, text }),
        Just(Steer::Pause),
        Just(Steer::Resume),
        (0..2000u32).prop_map(|factor| Steer::Slow { factor }),
        Just(Steer::Crash),
        Just(Steer::Restart),
        Just(Steer::Remove),
    ];
    prop_oneof![
        8 => (0..CLIENTS_MAX as Conn, a_line()).prop_map(|(conn, line)| (conn, Deed::Line(line))),
        1 => (0..CLIENTS_MAX as Conn).prop_map(|conn| (conn, Deed::Connect)),
        1 => (0..CLIENTS_MAX as Conn).prop_map(|conn| (conn, Deed::Disconnect)),
        1 => (FIRST..FIRST + 9, steer).prop_map(|(conn, steer)| (conn, Deed::Actor(steer))),
    ]
}

prop_compose! {
    fn a_document()(
        texts in ("\\PC{0,20}", "[^\\x00]{0,60}", "[^\\x00]{0,40}"),
        now in any::<bool>(),
        begins in proptest::option::of((0..NUMBER_MAX, 0..LAST_START)),
        (rest, held, run, tenths) in (0..1_000_000u64, any::<bool>(), any::<bool>(), 1..=1000u16),
        clients in proptest::collection::btree_map(0..CLIENTS_MAX as Conn, ("\\PC{0,10}", 0..colour::HUES), 0..5),
        pinned in proptest::collection::vec(prop_oneof![
            (0..16usize, proptest::collection::vec(any::<u8>(), 0..9)).prop_map(|(db, key)| Shown::Key(db, Bytes::from_slice(&key))),
            Just(Shown::PubSub), Just(Shown::Script), Just(Shown::Profiler),
        ], 0..5),
        deeds in proptest::collection::vec((a_deed(), prop_oneof![Just(0), 0..10_000u64, 0..10_000_000_000u64]), 0..30),
    ) -> Document {
        let (title, note, script) = texts;
        let steps = deeds.into_iter().map(|((conn, deed), after)| Step { after, conn, deed });
        let last = Step { after: 0, conn: 0, deed: Deed::Line("PING".into()) };
        Document {
            title, note, script, begins, run, pinned,
            mode: if now { Mode::Now } else { Mode::Script },
            // Without a first moment nothing of time is told.
            rest: if begins.is_some() { rest } else { 0 },
            clock: (held, Speed::of_tenths(tenths).unwrap_or_default()),
            clients: clients.into_iter().map(|(conn, (label, colour))| Client { conn, label, colour }).collect(),
            steps: steps.chain([last]).collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_document_comes_back_from_its_link_and_its_file(document in a_document()) {
        let there = document.clone().checked();
        prop_assert_eq!(link::read(&link::write(&document)), there.clone());
        // A file that lists no clients has those that run something.
        prop_assert_eq!(file::read(&file::write(&document)), there.map(Document::with_clients_listed));
    }

    #[test]
    fn nothing_that_comes_in_breaks_a_reader(text in "\\PC{0,200}", query in "\\PC{0,40}") {
        let _ = read(&text);
        let _ = address(&query, &text);
        let _ = link::read(&format!("v1.{text}"));
    }

    #[test]
    fn a_recorded_command_comes_back_to_the_byte(words in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..12), 1..6)) {
        let bytes = encode_command(&words);
        let line = line_of(&bytes);
        prop_assert!(!line.contains(['\n', '\r']));
        prop_assert_eq!(split_words(line.as_bytes()), Some(words));
    }
}

impl Document {
    fn with_clients_listed(self) -> Self {
        match self.clients.is_empty() {
            true => {
                let conns = self.steps.iter().filter(|step| step.conn < FIRST);
                let clients =
                    Self::of_lines(conns.map(|step| (step.conn, String::new())).collect()).clients;
                Self { clients, ..self }
            }
            false => self,
        }
    }
}
