use super::*;

/// What is asked of a copy, and whether that only reads.
const ASKED: &[(&str, bool)] = &[
    ("ZREVRANK board ann", true),
    ("GET k", true),
    ("GET nothing", true),
    ("GET list", true),
    ("LRANGE list 0 -1", true),
    ("OBJECT FREQ k", true),
    ("OBJECT IDLETIME k", true),
    ("XPENDING jobs g", true),
    ("MEMORY USAGE board", true),
    ("TTL k", true),
    ("SORT_RO list ALPHA", true),
    ("RANDOMKEY", true),
    ("PFCOUNT hll", false),
    ("SET k other", false),
    ("FLUSHALL", false),
    ("XREAD BLOCK 0 STREAMS jobs $", false),
    ("INFO stats", false),
    ("EVAL 'return 1' 0", false),
    ("NOSUCH", false),
];

fn bytes(line: &str) -> Vec<u8> {
    encode_command(&split_words(line.as_bytes()).unwrap())
}

#[test]
fn what_only_reads_is_known() {
    for (line, reads) in ASKED {
        assert_eq!(reads_only(&bytes(line)), *reads, "{line}");
    }
    let both = [bytes("GET k"), bytes("SET k 1")].concat();
    assert!(!reads_only(&both));
    assert!(!reads_only(b"*1\r\n$4\r\nPI"));
}

#[test]
fn a_session_that_is_asked_all_along_goes_on_as_one_that_is_not() {
    const LINES: &[&str] = &[
        "CONFIG SET maxmemory-policy allkeys-lfu",
        "SET k v EX 100",
        "ZADD board 1 ann 2 bob",
        "RPUSH list b a",
        "PFADD hll a b c",
        "XADD jobs 1-0 a b",
        "XGROUP CREATE jobs g 0",
        "XREADGROUP GROUP g w STREAMS jobs >",
        "GET k",
        "CONFIG SET maxmemory 1500",
        "SET more 1",
        "GET k",
        "OBJECT FREQ k",
        "CONFIG SET maxmemory 0",
        "CONFIG SET maxmemory-policy noeviction",
        "OBJECT IDLETIME k",
        "RANDOMKEY",
        "INFO stats",
        "INFO memory",
        "INFO commandstats",
        "DEBUG SET-ACTIVE-EXPIRE 0",
        "PEXPIRE board 1",
        "DBSIZE",
        "EXISTS board",
        "DBSIZE",
    ];
    let run = |asks: bool| {
        let mut host = Host::new(3, START, || None);
        let mut told = Vec::new();
        host.handle(
            START,
            Request::Input {
                conn: 0,
                what: What::Connect,
            },
        );
        for (n, line) in LINES.iter().enumerate() {
            let at = START + 1_000 * n as u64;
            send(&mut host, at, 0, line);
            for (ticket, (asked, _)) in ASKED.iter().enumerate().filter(|_| asks) {
                host.handle(
                    at,
                    Request::Probe {
                        ticket: ticket as u32,
                        bytes: bytes(asked),
                    },
                );
            }
            let frame = host.frame(at);
            if asks {
                let probed = frame
                    .updates
                    .iter()
                    .filter(|update| matches!(update, Update::Probed { .. }));
                assert_eq!(probed.count(), ASKED.len());
            }
            told.extend(outputs(&frame));
        }
        told
    };
    let (alone, asked) = (run(false), run(true));
    for (alone, asked) in alone.iter().zip(&asked) {
        assert_eq!(alone, asked);
    }
    assert_eq!(alone.len(), asked.len());
}

#[test]
fn an_answer_is_what_a_new_client_would_be_told() {
    let mut host = Host::new(3, START, || None);
    host.handle(
        START,
        Request::Input {
            conn: 0,
            what: What::Connect,
        },
    );
    send(&mut host, START, 0, "ZADD board 1 ann 2 bob");
    let asked = [
        bytes("ZREVRANK board ann"),
        bytes("ZCARD board"),
        bytes("GET board"),
    ]
    .concat();
    host.handle(
        START,
        Request::Probe {
            ticket: 9,
            bytes: asked,
        },
    );
    let frame = host.frame(START);
    let told = frame.updates.iter().find_map(|update| match update {
        Update::Probed { ticket: 9, bytes } => Some(text::format_all(bytes)),
        _ => None,
    });
    let wrong = "(error) WRONGTYPE Operation against a key holding the wrong kind of value\n";
    assert_eq!(told, Some(format!("(integer) 1\n(integer) 2\n{wrong}")));
}
