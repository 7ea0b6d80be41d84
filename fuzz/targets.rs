// What each fuzz target does with its bytes. The targets and tests/corpus.rs share it.

use keyglass::app::embed::check::Check;
use keyglass::app::embed::{Embed, protocol, text};
use keyglass::app::kept::About;
use keyglass::app::lesson::text as lesson;
use keyglass::app::share::{self, Document, Fault, file, link};
use keyglass::command::{self, dispatch};
use keyglass::ds::glob;
use keyglass::engine::resp::{Parsed, Parser, decode, encode_command, parse_command};
use keyglass::engine::{Engine, What};
use keyglass::lua::machine::Machine;
use keyglass::lua::message::{Answer, Limits, Request, Start};
use keyglass::session::actor;

const START: u64 = 1_700_000_000_000;
/// Longer inputs are cut: they find nothing that shorter ones do not.
const INPUT_MAX: usize = 16 * 1024;
const CLIENTS: u32 = 3;

fn engine() -> Engine {
    let mut engine = Engine::new(1, START, dispatch);
    engine.observing = true;
    for conn in 0..CLIENTS {
        engine.handle(START, conn, What::Connect);
    }
    engine
}

fn drain(engine: &mut Engine) {
    for conn in engine.take_touched() {
        engine.take_output(conn);
        if engine.client(conn).is_none() {
            engine.handle(engine.now, conn, What::Connect);
        }
    }
    engine.events.clear();
}

/// Bytes on a connection in pieces whose lengths come from the first byte: they are read as they are in
/// one piece, and the engine bears them.
pub fn resp(data: &[u8]) {
    let Some((&split, data)) = data.split_first() else {
        return;
    };
    let data = &data[..data.len().min(INPUT_MAX)];
    let piece = usize::from(split % 61) + 1;
    let mut rest = data;
    let mut parser = Parser::default();
    let mut seen = 0;
    // One parser over a growing buffer, a fresh one on each whole command: they must agree.
    while seen < rest.len() {
        seen = (seen + piece).min(rest.len());
        let grown = parser.next(&rest[..seen]);
        match grown {
            Parsed::Incomplete => {}
            Parsed::Command { used, .. } | Parsed::Inline { used, .. } => {
                assert_eq!(parse_command(&rest[..seen]), grown);
                rest = &rest[used.min(rest.len())..];
                seen = 0;
                parser = Parser::default();
            }
            Parsed::Broken(_) => break,
        }
    }
    let mut engine = engine();
    for piece in data.chunks(piece) {
        engine.handle(START, 0, What::Bytes(piece.to_vec()));
        drain(&mut engine);
    }
}

const WORDS: &[&[u8]] = &[
    b"",
    b"0",
    b"1",
    b"-1",
    b"2",
    b"3",
    b"10",
    b"-inf",
    b"+inf",
    b"nan",
    b"1.5",
    b"1e400",
    b"-0",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"9223372036854775808",
    b"4294967296",
    b"*",
    b"$",
    b">",
    b"<",
    b"-",
    b"+",
    b"0-1",
    b"1-1",
    b"(1",
    b"[a",
    b"a",
    b"b",
    b"f",
    b"v",
    b"g",
    b"\xff\0",
    b"ex",
    b"px",
    b"nx",
    b"xx",
    b"gt",
    b"lt",
    b"ch",
    b"incr",
    b"withscores",
    b"withvalues",
    b"limit",
    b"count",
    b"match",
    b"type",
    b"rev",
    b"bylex",
    b"byscore",
    b"weights",
    b"aggregate",
    b"sum",
    b"max",
    b"left",
    b"right",
    b"before",
    b"after",
    b"rank",
    b"maxlen",
    b"minid",
    b"~",
    b"=",
    b"streams",
    b"block",
    b"group",
    b"noack",
    b"store",
    b"storedist",
    b"fromlonlat",
    b"fromlonmember",
    b"byradius",
    b"bybox",
    b"km",
    b"asc",
    b"desc",
    b"get",
    b"set",
    b"incrby",
    b"u8",
    b"i64",
    b"u63",
    b"overflow",
    b"sat",
    b"fail",
    b"#1",
    b"and",
    b"or",
    b"xor",
    b"not",
    b"byte",
    b"bit",
    b"fields",
    b"fnx",
    b"keepttl",
    b"persist",
    b"replace",
    b"absttl",
    b"by",
    b"alpha",
    b"justid",
    b"idle",
    b"help",
    b"on",
    b"off",
    b"3",
    b"16",
    b"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789",
];
const KEYS: &[&[u8]] = &[b"k", b"l", b"s", b"h", b"z", b"x", b"str", b"set"];

/// Commands of the table with words that fit and words that do not, from several clients, with time
/// that passes between.
pub fn commands(data: &[u8]) {
    let mut bytes = data.iter().take(INPUT_MAX).copied();
    let specs: Vec<_> = command::all().collect();
    let mut engine = engine();
    let mut at = START;
    for _ in 0..256 {
        let (Some(hi), Some(lo)) = (bytes.next(), bytes.next()) else {
            break;
        };
        let number = usize::from(hi) << 8 | usize::from(lo);
        let spec = specs[number % specs.len()];
        let mut words = vec![spec.name.as_bytes().to_vec()];
        let Some(shape) = bytes.next() else { break };
        if !spec.subcommands.is_empty() {
            let sub = &spec.subcommands[number / specs.len() % spec.subcommands.len()];
            words.push(sub.name.as_bytes().to_vec());
        }
        for place in 0..usize::from(shape & 15) {
            let Some(choice) = bytes.next() else { break };
            let word = match choice {
                // Mostly a key where a key is likely.
                0..=95 if place == 0 => KEYS[usize::from(choice) % KEYS.len()].to_vec(),
                0..=219 => WORDS[usize::from(choice) % WORDS.len()].to_vec(),
                220..=239 => KEYS[usize::from(choice) % KEYS.len()].to_vec(),
                _ => bytes.by_ref().take(usize::from(choice % 16)).collect(),
            };
            words.push(word);
        }
        at += u64::from(shape >> 6) * 500;
        let conn = u32::from(shape >> 4 & 3) % CLIENTS;
        engine.handle(at, conn, What::Bytes(encode_command(&words)));
        drain(&mut engine);
        if engine.dbs.iter().map(|db| db.len()).sum::<usize>() > 4096 {
            break;
        }
    }
    if let Some(next) = engine.next_deadline() {
        engine.advance_to(next.min(at + 3_600_000));
    }
}

/// A payload for RESTORE; what it makes is read, written and dumped again.
pub fn restore(data: &[u8]) {
    let data = &data[..data.len().min(INPUT_MAX)];
    let mut engine = engine();
    let mut send = |words: &[&[u8]]| {
        engine.handle(START, 0, What::Bytes(encode_command(words)));
        drain(&mut engine);
    };
    // The checksum would refuse nearly everything: the version and a true checksum are put behind.
    let mut whole = data.to_vec();
    whole.extend([10, 0]);
    let sum = crc64(&whole);
    whole.extend(sum.to_le_bytes());
    for payload in [data, whole.as_slice()] {
        send(&[b"RESTORE", b"k", b"0", payload, b"REPLACE"]);
        for words in [
            &[&b"DUMP"[..], b"k"][..],
            &[b"OBJECT", b"ENCODING", b"k"],
            &[b"GET", b"k"],
            &[b"LRANGE", b"k", b"0", b"-1"],
            &[b"LPUSH", b"k", b"a"],
            &[b"SMEMBERS", b"k"],
            &[b"SADD", b"k", b"a", b"1"],
            &[b"HGETALL", b"k"],
            &[b"HSET", b"k", b"a", b"b"],
            &[b"ZRANGE", b"k", b"0", b"-1", b"WITHSCORES"],
            &[b"ZADD", b"k", b"1", b"a"],
            &[b"XRANGE", b"k", b"-", b"+"],
            &[b"XINFO", b"STREAM", b"k", b"FULL"],
            &[b"XADD", b"k", b"*", b"f", b"v"],
            &[b"PFCOUNT", b"k"],
            &[b"PFADD", b"k", b"a"],
            &[b"DUMP", b"k"],
        ] {
            send(words);
        }
    }
}

/// CRC-64 as the reference's DUMP has it (Jones, reflected).
fn crc64(bytes: &[u8]) -> u64 {
    let mut crc = 0u64;
    for &byte in bytes {
        crc ^= u64::from(byte);
        for _ in 0..8 {
            crc = crc >> 1
                ^ if crc & 1 == 1 {
                    0x95ac_9329_ac4b_c9b5
                } else {
                    0
                };
        }
    }
    crc
}

/// A pattern and a text, divided at the first NUL.
pub fn glob(data: &[u8]) {
    let data = &data[..data.len().min(512)];
    let (pattern, text) = match data.iter().position(|&b| b == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, data),
    };
    let plain = !pattern.iter().any(|b| b"*?[\\".contains(b));
    let matches = glob::matches(pattern, text);
    if plain {
        assert_eq!(matches, pattern == text);
    }
    // As on the reference, a star alone does not fit an empty text.
    assert_eq!(glob::matches(b"*", text), !text.is_empty());
}

/// A script of these bytes, which ends within its budgets whatever it says; and the next one runs.
pub fn scripts(data: &[u8]) {
    const REPLIES: [&[u8]; 6] = [
        b":1\r\n",
        b"$1\r\nx\r\n",
        b"$-1\r\n",
        b"-ERR no\r\n",
        b"*2\r\n:1\r\n*1\r\n$0\r\n\r\n",
        b"%1\r\n+k\r\n,1.5\r\n",
    ];
    let mut machine = Machine::new();
    let mut run = |name: &str, source: &[u8], calls: usize| {
        let loaded = machine.ask(Request::Load {
            name: name.into(),
            source: source.to_vec(),
        });
        if loaded != Answer::Done {
            return loaded;
        }
        let mut answer = machine.ask(Request::Start(Start {
            name: name.into(),
            function: false,
            keys: vec![b"k".to_vec()],
            args: vec![b"1".to_vec()],
            resp: 3,
            limits: Limits {
                steps: 20_000,
                memory: 1 << 20,
            },
        }));
        for turn in 0..calls {
            let Answer::Call(_) = answer else { break };
            machine.ask(Request::Look);
            answer = machine.ask(Request::Resume {
                reply: REPLIES[turn % REPLIES.len()].to_vec(),
                steps: 100,
            });
        }
        machine.ask(Request::Stop);
        answer
    };
    run("x", &data[..data.len().min(INPUT_MAX)], 50);
    let next = run("y", b"return 1", 0);
    assert!(matches!(next, Answer::Returned { reply, .. } if reply == b":1\r\n"));
}

/// What is read from elsewhere comes back the same from each form that it is handed on in.
fn comes_back(read: Result<Document, Fault>) {
    if let Ok(document) = read {
        assert_eq!(link::read(&link::write(&document)).as_ref(), Ok(&document));
        let listed = !document.clients.is_empty();
        let back = file::read(&file::write(&document));
        assert!(!listed || back == Ok(document));
    }
}

/// A link of these bytes, as they are, deflated, and as what a link unpacks to.
pub fn links(data: &[u8]) {
    let data = &data[..data.len().min(INPUT_MAX)];
    comes_back(link::read(&format!("v1.{}", String::from_utf8_lossy(data))));
    comes_back(link::read_deflated(data));
    link::unpacked(data);
}

/// A query and a fragment, divided at the first line break.
pub fn addresses(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    let (query, fragment) = text.split_once('\n').unwrap_or(("", &text));
    if let Some(read) = share::address(query, fragment) {
        comes_back(read);
    }
}

/// A file, or what was pasted.
pub fn files(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    comes_back(file::read(&text));
    comes_back(share::read(&text));
}

/// What redis-cli printed.
pub fn transcripts(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    comes_back(share::transcript::read(&text));
}

/// The address of an embed, divided at the first line break; and what its author may have written.
pub fn embeds(data: &[u8]) {
    let written = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    let (query, fragment) = written.split_once('\n').unwrap_or(("", &written));
    let _ = Embed::read(query, fragment);
    let said = text::read(&written, 0);
    assert!(said.iter().all(|one| !one.line.contains('\n')));
    if let Some(check) = Check::read(&written) {
        assert!(
            matches!(parse_command(&check.command), Parsed::Command { used, .. } if used == check.command.len())
        );
    }
}

/// What another page says: what is answered is JSON with the version and the id that it had.
pub fn messages(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    if let Err(Some((id, why))) = protocol::read(&text) {
        let answer = protocol::write(Some(&id), &protocol::Tell::Error(&why));
        assert!(answer.contains("\"keyglass\":1"));
        assert!(answer.contains(&format!("\"id\":{id}")));
    }
}

/// What an actor is to do: what is wrong with it stands in one of its lines.
pub fn actors(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    if let Some(fault) = actor::check(&text) {
        let lines = text.lines().count();
        assert!((1..=lines + 1).contains(&(fault.line as usize)));
    }
}

/// What the browser kept of a session, beside its log.
pub fn kept(data: &[u8]) {
    About::read(&data[..data.len().min(INPUT_MAX)]);
}

/// A lesson, as it is and behind a head: what is wrong with it stands in one of its lines.
pub fn lessons(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(INPUT_MAX)]);
    let headed = format!("---\ntitle: T\nminutes: 1\n---\n## S\n{text}");
    for text in [&*text, &headed] {
        if let Err(faults) = lesson::read(text) {
            let lines = text
                .replace("\r\n", "\n")
                .replace('\r', "\n")
                .lines()
                .count();
            assert!(!faults.is_empty());
            assert!(
                faults
                    .iter()
                    .all(|fault| (1..=lines + 1).contains(&fault.line))
            );
        }
    }
}

/// What a server is supposed to have answered: it is read without harm, not past its end, and no prefix of a whole reply is
/// taken for another one.
pub fn replies(data: &[u8]) {
    let data = &data[..data.len().min(INPUT_MAX)];
    let mut at = 0;
    while let Some((reply, took)) = decode(&data[at..]) {
        assert!(took > 0 && at + took <= data.len());
        let again = decode(&data[at..at + took]);
        assert_eq!(
            again.map(|(again, took)| (format!("{again:?}"), took)),
            Some((format!("{reply:?}"), took))
        );
        at += took;
    }
}
