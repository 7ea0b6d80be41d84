//! Scripts that would run for ever, or fill all memory, or go too deep: each ends by itself, soon, with an error
//! that says why; what was stored stands as it was, and the next script runs.

#![allow(clippy::unwrap_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "how long a script takes is what is tested"
)]

mod depth;
mod memory;
mod time;

use std::time::{Duration, Instant};

use keyglass::command::dispatch;
use keyglass::engine::resp::encode_command;
use keyglass::engine::{Engine, What};
use keyglass::session::lua::machine;

/// How long a script may take. Without optimisation everything takes longer.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 4000 } else { 1000 });
/// What this process may come to hold, in kilobytes: a script may use 32 MiB, and several tests run at once.
const MEMORY: u64 = 1_500_000;

/// What an error names: the setting of the budget that was used up.
const STEPS: &str = "script-step-limit";
const BYTES: &str = "script-memory-limit";

const NOW: u64 = 1_700_000_000_000;

/// A server with something in it.
struct Server(Engine);

impl Server {
    fn start() -> Self {
        let mut engine = Engine::new(1, NOW, dispatch);
        if let Some(machine) = machine() {
            engine.set_machine(machine);
        }
        let mut server = Self(engine);
        server.0.handle(NOW, 0, What::Connect);
        server.0.handle(NOW, 1, What::Connect);
        for words in [
            &["SET", "kept", "value"][..],
            &["RPUSH", "list", "a", "b", "c"],
            &["HSET", "hash", "f", "v"],
            &["EXPIRE", "hash", "1000"],
        ] {
            server.ask(0, words);
        }
        server
    }

    /// What a client gets for a command.
    fn ask(&mut self, client: u32, words: &[&str]) -> String {
        self.0
            .handle(NOW, client, What::Bytes(encode_command(words)));
        String::from_utf8_lossy(&self.0.take_output(client)).into_owned()
    }

    /// All that is stored.
    fn store(&mut self) -> Vec<String> {
        [
            &["DBSIZE"][..],
            &["GET", "kept"],
            &["LRANGE", "list", "0", "-1"],
            &["HGETALL", "hash"],
            &["PTTL", "hash"],
        ]
        .iter()
        .map(|words| self.ask(1, words))
        .collect()
    }
}

/// The most memory that this process has held, in kilobytes, where the system tells.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Runs each script on a server of its own; one of the texts beside it must be in its reply, which is an error
/// unless the empty text is among them.
fn all_end(scripts: &[(&[&str], &str)]) {
    let mut wrong = Vec::new();
    for (expected, script) in scripts {
        let mut server = Server::start();
        let before = server.store();
        let began = Instant::now();
        let reply = server.ask(0, &["EVAL", script, "0"]);
        let took = began.elapsed();
        println!("{took:>12.1?} {script}");
        let mut blame = |what: String| wrong.push(format!("{what}\n    {script}"));
        let shown: String = reply.chars().take(150).collect();
        if !reply.starts_with('-') && !expected.contains(&"") {
            blame(format!("no error, but {shown:?}"));
        } else if !expected.iter().any(|text| reply.contains(text)) {
            blame(format!("{shown:?} and not one of {expected:?}"));
        }
        if took > PATIENCE {
            blame(format!("took {took:?}"));
        }
        if server.store() != before {
            blame("the store has changed".into());
        }
        let next = server.ask(0, &["EVAL", "return redis.call('get', 'kept')", "0"]);
        if next != "$5\r\nvalue\r\n" {
            blame(format!("the next script says {next:?}"));
        }
        if server.ask(1, &["PING"]) != "+PONG\r\n" {
            blame("another client is not answered".into());
        }
        let most = most_memory();
        assert!(
            most < MEMORY,
            "{most} kB of memory were held after\n    {script}"
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a script wrote before its budget ended stays, as the reference keeps what was written before an error.
#[test]
fn writes_before_the_end_stay() {
    let mut server = Server::start();
    let began = Instant::now();
    let script = "while true do redis.call('incr', KEYS[1]) end";
    let reply = server.ask(0, &["EVAL", script, "1", "n"]);
    assert!(reply.contains(STEPS), "{reply}");
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    let n = server.ask(1, &["GET", "n"]);
    let n: u64 = n.lines().nth(1).unwrap().parse().unwrap();
    assert!(n > 1000, "only {n} turns");
    assert_eq!(server.ask(1, &["INCR", "n"]), format!(":{}\r\n", n + 1));
    assert_eq!(server.ask(1, &["DBSIZE"]), ":4\r\n");

    let script = "redis.call('set', 'a', 1) local s = ('x'):rep(1e9) redis.call('set', 'b', 1)";
    let reply = server.ask(0, &["EVAL", script, "0"]);
    assert!(reply.starts_with('-'), "{reply}");
    assert_eq!(server.ask(1, &["EXISTS", "a", "b"]), ":1\r\n");
}

/// Large values, written for ever: the store does not grow past what the machine has.
#[test]
fn endless_large_writes_end() {
    for script in [
        "local s, i = ('x'):rep(1e6), 0 while true do i = i + 1 redis.call('set', 'big' .. i, s) end",
        "while true do redis.call('append', 'grows', ('x'):rep(1e6)) end",
        "while true do redis.call('rpush', 'grows', ('x'):rep(1e6)) end",
        "local i = 0 while true do i = i + 1 redis.call('setrange', 'wide' .. i, 5e7, 'x') end",
    ] {
        let mut server = Server::start();
        let began = Instant::now();
        let reply = server.ask(0, &["EVAL", script, "0"]);
        assert!(reply.starts_with('-'), "{script}: {reply}");
        assert!(
            began.elapsed() < PATIENCE,
            "{script}: {:?}",
            began.elapsed()
        );
        assert!(most_memory() < MEMORY, "{script}: {} kB", most_memory());
        assert_eq!(server.ask(0, &["EVAL", "return 1", "0"]), ":1\r\n");
    }
}

#[test]
fn functions_are_bounded_too() {
    let mut server = Server::start();
    let before = server.store();
    for source in [
        "#!lua name=l\nwhile true do end",
        "#!lua name=l\nlocal t = {} while true do t = {t} end",
        "#!lua name=l\nlocal s = ('x'):rep(2^40)",
        "#!lua name=l\nlocal i = 0 while true do i = i + 1 redis.register_function('f' .. i, function() end) end",
    ] {
        let began = Instant::now();
        let reply = server.ask(0, &["FUNCTION", "LOAD", source]);
        assert!(reply.starts_with('-'), "{source}: {reply}");
        assert!(
            began.elapsed() < PATIENCE,
            "{source}: {:?}",
            began.elapsed()
        );
        assert_eq!(server.ask(0, &["FUNCTION", "LIST"]), "*0\r\n");
    }
    let library = "#!lua name=l\n\
        redis.register_function('loop', function() while true do end end)\n\
        redis.register_function('fill', function() local t = {} while true do t = {t} end end)\n\
        redis.register_function('fine', function() return 1 end)\n\
        local kept = {}\n\
        redis.register_function('keep', function() for i = 1, 1e9 do kept[#kept + 1] = ('x'):rep(1000) .. i end end)";
    assert_eq!(server.ask(0, &["FUNCTION", "LOAD", library]), "$1\r\nl\r\n");
    for name in ["loop", "fill", "keep", "keep", "keep", "loop"] {
        let began = Instant::now();
        let reply = server.ask(0, &["FCALL", name, "0"]);
        assert!(reply.contains("limit)"), "{name}: {reply}");
        assert!(began.elapsed() < PATIENCE, "{name}: {:?}", began.elapsed());
        assert!(most_memory() < MEMORY, "{name}: {} kB", most_memory());
    }
    assert_eq!(server.store(), before);
    // A library that has filled its memory makes room once it is replaced.
    server.ask(
        0,
        &[
            "FUNCTION",
            "LOAD",
            "REPLACE",
            "#!lua name=l\nredis.register_function('fine', function() return 1 end)",
        ],
    );
    assert_eq!(server.ask(0, &["FCALL", "fine", "0"]), ":1\r\n");
}

#[test]
fn a_transaction_goes_on_after_a_script_that_was_stopped() {
    let mut server = Server::start();
    server.ask(0, &["MULTI"]);
    server.ask(0, &["EVAL", "while true do end", "0"]);
    server.ask(0, &["SET", "after", "1"]);
    server.ask(0, &["EVAL", "return 2", "0"]);
    let reply = server.ask(0, &["EXEC"]);
    assert!(
        reply.starts_with("*3\r\n-ERR ") && reply.ends_with("+OK\r\n:2\r\n"),
        "{reply}"
    );
    assert!(reply.contains(STEPS), "{reply}");
}
