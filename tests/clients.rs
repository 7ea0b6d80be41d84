//! redis-rs against the port. `scripts/test.sh clients` runs this beside the clients of other languages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::{Commands, Connection};

struct Port(Child, String);

impl Port {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keyglass-server"))
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("Listening on ").unwrap().into();
        Self(child, address)
    }

    fn client(&self, query: &str) -> Connection {
        let client = redis::Client::open(format!("redis://{}/{query}", self.1)).unwrap();
        client.get_connection().unwrap()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn works(mut c: Connection, mut other: Connection) {
    let () = c.set("k", "v").unwrap();
    assert_eq!(c.get::<_, String>("k").unwrap(), "v");
    assert_eq!(c.get::<_, Option<String>>("none").unwrap(), None);
    assert_eq!(c.incr::<_, _, i64>("n", 5).unwrap(), 5);
    let () = c.rpush("l", &["a", "b", "c"]).unwrap();
    assert_eq!(
        c.lrange::<_, Vec<String>>("l", 0, -1).unwrap(),
        ["a", "b", "c"]
    );
    let () = c.zadd_multiple("z", &[(1.5, "a"), (2.0, "b")]).unwrap();
    let scores: Vec<(String, f64)> = c.zrange_withscores("z", 0, -1).unwrap();
    assert_eq!(scores, [("a".to_string(), 1.5), ("b".to_string(), 2.0)]);

    let many: Vec<i64> = (0..1000)
        .fold(redis::pipe(), |mut pipe, _| {
            pipe.incr("m", 1);
            pipe
        })
        .query(&mut c)
        .unwrap();
    assert_eq!(many, (1..=1000).collect::<Vec<_>>());

    let wrong = c.incr::<_, _, i64>("l", 1).unwrap_err();
    assert_eq!(wrong.code(), Some("WRONGTYPE"));

    let waiting = std::thread::spawn(move || {
        let popped: (String, String) = c.blpop("queue", 5.0).unwrap();
        popped
    });
    std::thread::sleep(Duration::from_millis(100));
    let () = other.lpush("queue", "job").unwrap();
    assert_eq!(
        waiting.join().unwrap(),
        ("queue".to_string(), "job".to_string())
    );
}

#[test]
fn redis_rs_works_over_both_protocols() {
    for protocol in ["?protocol=resp2", "?protocol=resp3"] {
        let port = Port::start();
        works(port.client(protocol), port.client(protocol));
    }
}

#[test]
fn redis_rs_hears_messages() {
    let port = Port::start();
    let (mut a, mut b) = (port.client(""), port.client(""));
    let mut heard = a.as_pubsub();
    heard.subscribe("news").unwrap();
    let reached: i64 = b.publish("news", "hello").unwrap();
    assert_eq!(reached, 1);
    let message = heard.get_message().unwrap();
    assert_eq!(message.get_channel_name(), "news");
    assert_eq!(message.get_payload::<String>().unwrap(), "hello");
}
