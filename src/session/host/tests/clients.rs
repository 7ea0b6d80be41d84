//! What is told of a client, and what ends with its connection.

use super::*;

/// A host with clients, and the state of each as it was last told.
struct Server {
    host: Host,
    at: Millis,
    states: BTreeMap<Conn, Option<ClientView>>,
}

impl Server {
    fn with_clients(count: Conn) -> Self {
        let mut server = Self {
            host: Host::new(1, START, fake::machine),
            at: START,
            states: BTreeMap::new(),
        };
        for conn in 0..count {
            server.happens(conn, What::Connect);
        }
        server
    }

    fn happens(&mut self, conn: Conn, what: What) {
        self.host.handle(self.at, Request::Input { conn, what });
        self.passes(0);
    }

    /// A client sends a line; what all clients are sent because of it.
    fn says(&mut self, conn: Conn, line: &str) -> Vec<(Conn, String)> {
        send(&mut self.host, self.at, conn, line);
        self.passes(0)
    }

    fn passes(&mut self, ms: Millis) -> Vec<(Conn, String)> {
        self.at += ms;
        let frame = self.host.frame(self.at);
        for update in &frame.updates {
            if let Update::Client { conn, state } = update {
                self.states.insert(*conn, state.clone());
            }
        }
        outputs(&frame)
    }

    fn state(&self, conn: Conn) -> &ClientView {
        self.states[&conn].as_ref().unwrap()
    }
}

fn names(names: &[&str]) -> Vec<Bytes> {
    names
        .iter()
        .map(|name| Bytes::from_slice(name.as_bytes()))
        .collect()
}

fn said(conn: Conn, text: &str) -> Vec<(Conn, String)> {
    vec![(conn, format!("{text}\n"))]
}

#[test]
fn a_wait_and_subscriptions_are_told_by_name_and_end_with_the_connection() {
    let mut server = Server::with_clients(3);
    server.says(0, "BLPOP l1 l2 5");
    let blocked = (names(&["l1", "l2"]), START, Some(START + 5000));
    assert_eq!(server.state(0).blocked, Some(blocked));
    server.says(1, "SUBSCRIBE news sport");
    server.says(1, "PSUBSCRIBE w*");
    assert_eq!(server.state(1).names, names(&["news", "sport", "w*"]));
    assert_eq!((server.state(1).channels, server.state(1).patterns), (2, 1));

    server.happens(0, What::Disconnect);
    server.happens(1, What::Disconnect);
    assert_eq!((&server.states[&0], &server.states[&1]), (&None, &None));
    assert_eq!(server.says(2, "RPUSH l1 a"), said(2, "(integer) 1"));
    assert_eq!(
        server.says(2, "LLEN l1"),
        said(2, "(integer) 1"),
        "nobody waited for it"
    );
    assert_eq!(server.says(2, "PUBLISH news hello"), said(2, "(integer) 0"));
    assert_eq!(server.passes(10_000), [], "no wait is left to end");

    server.happens(0, What::Connect);
    assert!(server.state(0).blocked.is_none() && server.state(0).id > 3);
    assert_eq!(server.says(0, "LPOP l1"), said(0, "\"a\""));
}

#[test]
fn a_transaction_is_told_with_its_queue_and_is_gone_with_the_connection() {
    let mut server = Server::with_clients(2);
    server.says(0, "WATCH k other");
    assert_eq!(
        server.state(0).watched,
        names(&["k", "other"])
            .into_iter()
            .map(|key| (0, key))
            .collect::<Vec<_>>()
    );
    server.says(0, "MULTI");
    server.says(0, "SET k 'two words'");
    server.says(0, "INCR n");
    let queue = server.state(0).queue.clone().unwrap();
    assert_eq!((queue.len, queue.refused), (2, false));
    assert_eq!(
        queue.commands,
        [names(&["SET", "k", "two words"]), names(&["INCR", "n"])]
    );
    assert!(!server.state(0).dirty);

    server.says(1, "SET k theirs");
    assert!(server.state(0).dirty);
    assert_eq!(server.state(0).spoiler, Some((0, Bytes::from_slice(b"k"))));
    assert_eq!(server.says(0, "EXEC"), said(0, "(nil)"));
    assert_eq!(
        (&server.state(0).queue, server.state(0).dirty),
        (&None, false)
    );
    assert_eq!(server.state(0).spoiler, None);

    server.says(0, "WATCH k");
    server.says(1, "SET k again");
    server.says(0, "UNWATCH");
    assert_eq!(
        (server.state(0).dirty, &server.state(0).spoiler),
        (false, &None)
    );

    server.says(0, "WATCH k");
    server.says(0, "MULTI");
    server.says(0, "NOSUCH");
    assert!(server.state(0).queue.as_ref().unwrap().refused);
    server.happens(0, What::Disconnect);
    server.happens(0, What::Connect);
    server.says(1, "SET k once-more");
    let fresh = server.state(0);
    assert!(fresh.queue.is_none() && fresh.watched.is_empty() && !fresh.dirty);
    assert_eq!(
        server.says(0, "GET k"),
        said(0, "\"once-more\""),
        "it is queued no more"
    );
}

#[test]
fn what_a_consumer_has_pending_stays_when_its_client_goes() {
    let mut server = Server::with_clients(2);
    server.says(0, "XGROUP CREATE s g 0 MKSTREAM");
    server.says(0, "XADD s 1-1 f v");
    server.says(0, "XREADGROUP GROUP g worker STREAMS s >");
    server.says(0, "XREADGROUP GROUP g worker BLOCK 0 STREAMS s >");
    server.happens(0, What::Disconnect);
    server.passes(4000);
    let pending = "1) 1) \"1-1\"\n   2) \"worker\"\n   3) (integer) 4000\n   4) (integer) 1";
    assert_eq!(server.says(1, "XPENDING s g - + 10"), said(1, pending));
    // And nobody reads what comes now.
    server.says(1, "XADD s 2-1 f v");
    assert_eq!(server.says(1, "XPENDING s g - + 10"), said(1, pending));
}

#[test]
fn what_is_told_of_a_client_is_bounded_and_told_once() {
    let mut server = Server::with_clients(1);
    let long = "x".repeat(5000);
    let many: Vec<_> = (0..100).map(|i| format!("{long}{i}")).collect();
    server.says(0, &format!("WATCH {}", many.join(" ")));
    server.says(0, "MULTI");
    for _ in 0..100 {
        server.says(0, &format!("MSET {}", many.join(" ")));
    }
    let state = server.state(0);
    assert_eq!(
        (state.watching, state.queue.as_ref().unwrap().len),
        (100, 100)
    );
    let size = postcard::to_allocvec(state).unwrap().len();
    assert!(size < 160_000, "{size} bytes");
    let frame = server.host.frame(server.at + 1);
    assert_eq!(frame.updates, []);
}
