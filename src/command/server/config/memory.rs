//! Tests of `maxmemory`: what is refused, and which keys go.

use crate::command::dispatch;
use crate::command::testing::{check, notifications};
use crate::engine::evict::BASE;
use crate::engine::{Engine, What, resp, text};

#[test]
fn what_needs_memory_is_refused_where_nothing_may_go() {
    check(
        r#"
        A> RPUSH l a b
        (integer) 2
        A> CONFIG SET maxmemory 1
        OK
        A> SET k v
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> GET k
        (nil)
        A> SET k
        (error) ERR wrong number of arguments for 'set' command
        A> LPOP l
        "a"
        A> DEL l
        (integer) 1
        # Nothing is left, and still nothing fits.
        A> SET k v
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> MULTI
        OK
        A> GET k
        QUEUED
        A> SET k v
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> EXEC
        (error) EXECABORT Transaction discarded because of previous errors.
        A> CONFIG SET maxmemory 0
        OK
        A> SET k v
        OK
        A> MULTI
        OK
        A> SET k w
        QUEUED
        B> CONFIG SET maxmemory 1
        OK
        A> EXEC
        (error) EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.
        B> CONFIG SET maxmemory 0
        OK
        A> MULTI
        OK
        A> CONFIG SET maxmemory 1
        QUEUED
        A> SET k x
        QUEUED
        # What was free when EXEC began counts.
        A> EXEC
        1) OK
        2) OK
        A> GET k
        "x"
        "#,
    );
}

#[test]
fn a_script_may_write_only_if_it_was_written_to_do_without_memory() {
    check(
        r##"
        A> SET k v
        OK
        A> CONFIG SET maxmemory 1
        OK
        A> EVAL "pcall set k w\nreturn" 0
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> EVAL "call get k\nreturn" 0
        "v"
        A> EVAL_RO "pcall set k w\nreturn" 0
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> EVAL "#!lua\ncall get k\nreturn" 0
        (error) OOM command not allowed when used memory > 'maxmemory'.
        A> EVAL "#!lua flags=no-writes\ncall get k\nreturn" 0
        "v"
        A> EVAL "#!lua flags=allow-oom\ncall set k w\nreturn" 0
        OK
        # Who has begun to write goes on.
        A> EVAL "call del k\ncall set k x\nreturn" 0
        OK
        A> GET k
        "x"
        "##,
    );
}

#[test]
fn who_waits_is_refused_too_when_its_turn_comes() {
    check(
        r#"
        A> BLMOVE from to LEFT LEFT 0
        B> RPUSH other a
        (integer) 1
        B> CONFIG SET maxmemory 1
        OK
        B> RENAME other from
        OK
        A<
        (error) OOM command not allowed when used memory > 'maxmemory'.
        B> LRANGE from 0 -1
        1) "a"
        "#,
    );
}

#[test]
fn only_keys_with_a_ttl_go_where_the_policy_says_so() {
    check(
        r#"
        A> CONFIG SET maxmemory-policy volatile-ttl
        OK
        A> MSET a 1 b 2
        OK
        A> SET t 1 EX 100
        OK
        B> WATCH t
        OK
        A> CONFIG SET maxmemory 1
        OK
        A> EXISTS a b t
        (integer) 2
        A> SET k v
        (error) OOM command not allowed when used memory > 'maxmemory'.
        B> MULTI
        OK
        B> EXEC
        (nil)
        A> CONFIG SET maxmemory-policy allkeys-random
        OK
        A> DBSIZE
        (integer) 0
        A> SET k v
        (error) OOM command not allowed when used memory > 'maxmemory'.
        "#,
    );
}

/// A server with a limit, and what it is told.
struct Server(Engine);

impl Server {
    fn new(settings: &str) -> Self {
        let mut server = Self(Engine::new(1, 1_700_000_000_000, dispatch));
        server.0.handle(server.0.now, 0, What::Connect);
        if !settings.is_empty() {
            server.run(&format!("CONFIG SET {settings}"));
        }
        server
    }

    fn run(&mut self, line: &str) -> String {
        let words = resp::split_words(line.as_bytes()).unwrap();
        let bytes = resp::encode_command(&words);
        self.0.handle(self.0.now, 0, What::Bytes(bytes));
        text::format_all(&self.0.take_output(0))
    }

    /// One command after the other, a second apart.
    fn run_slowly(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
            self.0.advance_to(self.0.now + 1000);
            self.run(line);
        }
    }

    /// Lets all keys but so many go, one after the other; which went, in that order.
    fn squeeze(&mut self, left: usize) -> Vec<String> {
        let mut gone = Vec::new();
        while self.0.dbs[0].len() > left {
            let before = self.keys();
            let max = self.0.used_memory() - 1;
            self.run(&format!("CONFIG SET maxmemory {max}"));
            let after = self.keys();
            gone.extend(before.into_iter().filter(|key| !after.contains(key)));
        }
        gone
    }

    fn keys(&self) -> Vec<String> {
        let keys = self.0.dbs[0].iter();
        keys.map(|(key, _)| String::from_utf8_lossy(key).into_owned())
            .collect()
    }
}

const FIVE: &str = "
    SET a 1 EX 500
    SET b 1 EX 400
    SET c 1
    SET d 1 EX 300
    SET e 1
    GET b
    GET c
    GET c
    SET a 2 KEEPTTL
";

#[test]
fn each_policy_lets_other_keys_go() {
    for (policy, order) in [
        ("allkeys-lru", vec!["d", "e", "b", "c", "a"]),
        ("volatile-lru", vec!["d", "b", "a"]),
        ("volatile-ttl", vec!["d", "b", "a"]),
    ] {
        let mut server = Server::new(&format!("maxmemory-policy {policy} maxmemory-samples 10"));
        server.run_slowly(FIVE);
        assert_eq!(server.squeeze(5 - order.len()), order, "{policy}");
    }
    // Of keys that are used as often, the one that was seen first.
    let mut server =
        Server::new("maxmemory-policy allkeys-lfu maxmemory-samples 10 lfu-log-factor 0");
    server.run_slowly(FIVE);
    let gone = server.squeeze(1);
    assert_eq!(gone[..2], ["d", "e"], "{gone:?}");
    assert_eq!(server.keys(), ["c"]);
}

#[test]
fn what_is_used_follows_every_change() {
    let lines = [
        "SET s hello",
        "APPEND s more-and-more-and-more",
        "SET s 5",
        "INCR s",
        "SETRANGE big 3000 x",
        "SET n 1 EX 100",
        "PERSIST n",
        "EXPIRE s 100",
        "SETEX n 50 v",
        "RPUSH l a b c",
        "LPUSH l long-element-that-takes-some-room",
        "LPOP l",
        "LSET l 0 other",
        "LINSERT l BEFORE b x",
        "LREM l 0 b",
        "LTRIM l 1 -1",
        "SADD set 1 2 3",
        "SADD set word",
        "SREM set 1",
        "SPOP set",
        "HSET h f v g w",
        "HSET h f longer-value",
        "HEXPIRE h 100 FIELDS 1 g",
        "HDEL h f",
        "ZADD z 1 a 2 b",
        "ZADD z 3 a",
        "ZREM z b",
        "XADD x * f v",
        "XADD x * f v g w",
        "XTRIM x MAXLEN 1",
        "XGROUP CREATE x g 0 MKSTREAM",
        "XREADGROUP GROUP g c STREAMS x >",
        "RENAME s t",
        "COPY t s",
        "MOVE t 1",
        "SWAPDB 0 2",
        "SWAPDB 0 2",
        "DEL l",
        "PFADD p a b c",
        "SETBIT bits 900 1",
        "SORT set ALPHA STORE l",
        "SINTERSTORE set set",
        "FLUSHDB",
        "DEBUG RELOAD",
        "GETDEL s",
        "RESTORE r 0 \"\\x00\\xc0\\x01\\n\\x00&x\\xe7\\xb6\\xd1\\x01\\x11\\xfc\" REPLACE",
    ];
    let mut server = Server::new(
        "maxmemory 1gb set-max-listpack-entries 4 hash-max-listpack-entries 3 zset-max-listpack-entries 3",
    );
    let mut at = 1_usize;
    for step in 0..2000 {
        at = (at * 61 + 17) % 7919;
        let line = lines[at % lines.len()];
        server.run(line);
        if step % 50 == 0 {
            server.0.advance_to(server.0.now + 20_000);
        }
        let kept = server.0.used_memory();
        let anew: u64 = server
            .0
            .dbs
            .iter()
            .flat_map(|db| db.iter())
            .map(|(key, entry)| entry.counts(key) as u64)
            .sum();
        assert_eq!(kept, BASE + anew, "{line}");
    }
    // And where the limit comes later, the same.
    let before = server.0.used_memory();
    server.run("CONFIG SET maxmemory 0");
    server.run("SET k v");
    server.run("DEL k");
    server.run("CONFIG SET maxmemory 2gb");
    assert_eq!(server.0.used_memory(), before);
}

#[test]
fn the_data_stays_within_the_limit_and_the_same_keys_go() {
    let run = |samples: usize| {
        let mut server = Server::new(&format!(
            "maxmemory 20kb maxmemory-policy allkeys-lru maxmemory-samples {samples}"
        ));
        let value = "x".repeat(100);
        for n in 0..1000 {
            server.0.advance_to(server.0.now + 10);
            assert_eq!(server.run(&format!("SET key:{n} {value}")).trim(), "OK");
            server.run("GET key:0");
        }
        server.run("PING");
        assert!(server.0.used_memory() <= 20 << 10);
        server
    };
    let server = run(5);
    let keys = server.keys();
    assert!((100..150).contains(&keys.len()), "{}", keys.len());
    assert_eq!(server.0.stats.evicted_keys, 1000 - keys.len() as u64);
    // What is used all the time stays, and mostly what came last.
    assert!(keys.contains(&"key:0".to_string()));
    let late = keys
        .iter()
        .filter(|key| key[4..].parse::<usize>().unwrap() >= 700);
    assert!(late.count() > keys.len() * 8 / 10);
    assert_eq!(run(5).keys(), keys);
    assert_ne!(run(1).keys(), keys);
}

#[test]
fn who_listens_is_told_of_keys_that_went() {
    let told = notifications(&[
        "SET a 1",
        "SET b 1",
        "CONFIG SET maxmemory 1 maxmemory-policy allkeys-lru",
        "PING",
    ]);
    assert_eq!(told, ["set a", "set b", "evicted a", "evicted b"]);
}

#[test]
fn settings_of_memory_are_told_by_info() {
    let mut server = Server::new("maxmemory 300kb maxmemory-policy allkeys-lfu");
    server.run("SET k v");
    let info = server.run("INFO memory");
    for line in [
        "maxmemory:307200",
        "maxmemory_human:300.00K",
        "maxmemory_policy:allkeys-lfu",
        "used_memory:1064",
        "used_memory_startup:1024",
    ] {
        assert!(info.contains(line), "{line}\n{info}");
    }
    assert_eq!(server.run("OBJECT FREQ k").trim(), "(integer) 5");
    server.run("SET k w");
    assert_eq!(server.run("OBJECT FREQ k").trim(), "(integer) 6");
    assert!(server.run("INFO stats").contains("evicted_keys:0"));
}

#[test]
fn a_command_that_reads_what_it_writes_uses_it_once() {
    let mut server = Server::new("maxmemory-policy allkeys-lfu lfu-log-factor 0");
    for (line, frequency) in [
        ("SET k 1", 5),
        ("SET k 1", 6),
        ("INCR k", 7),
        ("SETRANGE k 0 a", 8),
        ("GETSET k q", 9),
        ("EXPIRE k 1000", 10),
        ("TTL k", 10),
        ("SETEX k 100 v", 11),
        ("SET k 1 GET", 12),
        ("DEL k", 0),
        ("HSET k f v", 5),
        ("HSET k f v", 6),
        ("HGET k f", 7),
        ("ZADD k 1 a", 8),
    ] {
        server.run(line);
        if line != "DEL k" {
            let said = server.run("OBJECT FREQ k");
            assert_eq!(said.trim(), format!("(integer) {frequency}"), "{line}");
        }
    }
}
