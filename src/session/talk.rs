//! What was said on each connection lately, so that a console can show any moment as it was.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::message::{Bytes, Conn, Millis, Resp, What};
use crate::engine::Engine;

/// How many things that were said are kept together. Of each connection the last of these are kept, and those before.
const KEPT_TOGETHER: usize = 150;
/// How many bytes they have at most, about.
const BYTES_MAX: usize = 64 * 1024;
/// What has more bytes than this is not kept, nor is what was said before it.
const LONG: usize = 256 * 1024;

/// Something that went over a connection, or became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Say {
    /// It was opened.
    Opened,
    /// The client sent bytes.
    Sent(Vec<u8>),
    /// The client was sent bytes.
    Received(Vec<u8>),
    /// It was cut by the client.
    Cut,
}

/// Something that was said, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// When.
    pub at: Millis,
    /// What.
    pub say: Say,
}

/// What was said on one connection up to a moment, and how the connection stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    /// The connection.
    pub conn: Conn,
    /// Whether it is open.
    pub open: bool,
    /// What was said last, oldest first.
    pub said: Vec<Saying>,
    /// How much was said before that.
    pub left_out: u64,
    /// The protocol that it speaks.
    pub resp: Resp,
    /// Whether commands are queued on it.
    pub in_multi: bool,
    /// What it is subscribed to: channels, patterns and shard channels.
    pub subscribed: [Vec<Bytes>; 3],
}

/// What was said on all connections. Copies share what is not added to any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Talks(BTreeMap<Conn, Kept>);

#[derive(Clone, Debug, Default)]
struct Kept {
    before: Rc<Vec<Saying>>,
    last: Vec<Saying>,
    /// Bytes of the last.
    bytes: usize,
    bytes_before: usize,
    left_out: u64,
}

impl Talks {
    /// Something happens to a connection that is no actor's.
    pub(super) fn happens(&mut self, at: Millis, conn: Conn, what: &What) {
        match what {
            What::Connect => self.note(at, conn, Say::Opened, 0),
            What::Bytes(bytes) => self.sent(at, conn, bytes),
            What::Disconnect => self.note(at, conn, Say::Cut, 0),
            What::Actor(_) => {}
        }
    }

    /// A client sends bytes.
    pub(super) fn sent(&mut self, at: Millis, conn: Conn, bytes: &[u8]) {
        self.note(at, conn, Say::Sent(bytes.to_vec()), bytes.len());
    }

    /// A client is sent bytes.
    pub(super) fn received(&mut self, at: Millis, conn: Conn, bytes: &[u8]) {
        self.note(at, conn, Say::Received(bytes.to_vec()), bytes.len());
    }

    fn note(&mut self, at: Millis, conn: Conn, say: Say, bytes: usize) {
        let kept = self.0.entry(conn).or_default();
        if kept.last.len() >= KEPT_TOGETHER || kept.bytes >= BYTES_MAX {
            kept.left_out += kept.before.len() as u64;
            kept.before = Rc::new(std::mem::take(&mut kept.last));
            kept.bytes_before = std::mem::take(&mut kept.bytes);
        }
        if bytes > LONG {
            let left_out = kept.left_out + (kept.before.len() + kept.last.len() + 1) as u64;
            *kept = Kept {
                left_out,
                ..Kept::default()
            };
            return;
        }
        kept.bytes += bytes;
        kept.last.push(Saying { at, say });
    }

    /// A connection is forgotten.
    pub(super) fn forget(&mut self, conn: Conn) {
        self.0.remove(&conn);
    }

    /// What was said on every connection, and how it stands.
    pub(super) fn tell(&self, engine: &Engine) -> Vec<Talk> {
        let talk = |(&conn, kept): (&Conn, &Kept)| {
            let mut talk = Talk {
                conn,
                said: kept.before.iter().chain(&kept.last).cloned().collect(),
                left_out: kept.left_out,
                ..Talk::default()
            };
            if let Some(client) = engine.client(conn) {
                talk.open = true;
                talk.resp = client.resp;
                talk.in_multi = client.transaction.open();
                let names = [&client.channels, &client.patterns, &client.shards];
                talk.subscribed = names.map(|names| names.iter().cloned().collect());
            }
            talk
        };
        self.0.iter().map(talk).collect()
    }

    /// About how many bytes a copy comes to hold.
    pub(super) fn memory_bytes(&self) -> usize {
        let all = self.0.values();
        all.map(|kept| {
            let said = kept.before.len() + kept.last.len();
            size_of::<(Conn, Kept)>() + said * size_of::<Saying>() + kept.bytes + kept.bytes_before
        })
        .sum()
    }
}
