//! A connected client, as the server knows it.

use std::collections::BTreeSet;

use super::block::Blocked;
use super::names::Place;
use super::reply::Resp;
use super::resp::Parser;
use super::time::Millis;
use super::tracking::Tracking;
use super::transaction::Transaction;
use super::why::Why;
use crate::ds::bytes::Bytes;

/// The caller's own name for a connection: the page's A is 0, B is 1, and so on. The server's client
/// ID is another number, which grows with every connection.
pub type Conn = u32;

/// Until when commands are held back, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// They go on from this moment.
    pub until: Millis,
    /// Only those that may change something.
    pub writes_only: bool,
}

/// What a client wants to hear of its commands: CLIENT REPLY.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replies {
    /// Every reply.
    #[default]
    On,
    /// None.
    Off,
    /// None to the next command.
    SkipNext,
    /// None to this one.
    Skip,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The server's number for it, from 1, never used again.
    pub id: u64,
    /// The name that CLIENT SETNAME gave.
    pub name: Bytes,
    /// The selected database.
    pub db: usize,
    /// The protocol version of its replies.
    pub resp: Resp,
    /// Bytes received and not yet read as commands.
    pub query: Vec<u8>,
    /// How far the command at the front of them is read.
    pub parser: Parser,
    /// Bytes to send.
    pub out: Vec<u8>,
    /// Why replies among them are what they are, each with the number of bytes up to the reply's end; only
    /// while observed.
    pub whys: Vec<(usize, Why)>,
    /// Channels subscribed to.
    pub channels: BTreeSet<Bytes>,
    /// Patterns subscribed to.
    pub patterns: BTreeSet<Bytes>,
    /// Shard channels subscribed to.
    pub shards: BTreeSet<Bytes>,
    /// What it waits for.
    pub blocked: Option<Blocked>,
    /// What it looks at does not count as used: `CLIENT NO-TOUCH`.
    pub unseen: bool,
    /// The library behind it, as CLIENT SETINFO said, and its version.
    pub lib: [Bytes; 2],
    /// It can be sent elsewhere: `CLIENT CAPA REDIRECT`.
    pub redirects: bool,
    /// `CLIENT NO-EVICT`.
    pub no_evict: bool,
    /// `CLIENT IMPORT-SOURCE`.
    pub import_source: bool,
    /// `READONLY`.
    pub readonly: bool,
    /// What it wants to hear.
    pub replies: Replies,
    /// It gave the password, or needed none when it came.
    pub authenticated: bool,
    /// How it tracks the keys that it reads, if it does.
    pub tracking: Option<Tracking>,
    /// The commands it has queued, and the keys it watches.
    pub transaction: Transaction,
    /// The command that is held back: CLIENT PAUSE.
    pub held: Option<Vec<Bytes>>,
    /// When it came.
    pub since: Millis,
    /// When it was last heard.
    pub used: Millis,
    /// The last command, by container and name.
    pub last: Option<Place>,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
    /// Commands that ran.
    pub commands: u64,
    /// Where it is connected to, where that is known.
    pub local: String,
    /// Where it is connected from, such as `127.0.0.1:50000`, where that is known.
    pub addr: String,
    /// The connection ends once what it was sent has been taken.
    pub closing: bool,
    /// It stands among those who have output to be taken.
    pub touched: bool,
}

impl Client {
    /// Where it is connected from; by its handle where that is not known.
    pub fn address(&self, conn: Conn) -> String {
        if self.addr.is_empty() {
            format!("client:{conn}")
        } else {
            self.addr.clone()
        }
    }

    /// Whether nothing more of it is read for now.
    pub fn waits(&self) -> bool {
        self.blocked.is_some() || self.held.is_some()
    }

    /// Whether it wants no reply to its command.
    pub fn muted(&self) -> bool {
        matches!(self.replies, Replies::Off | Replies::Skip)
    }

    /// What holds for one command only is over with it.
    pub(super) fn command_over(&mut self) {
        self.replies = match self.replies {
            Replies::SkipNext => Replies::Skip,
            Replies::Skip => Replies::On,
            other => other,
        };
        if let Some(tracking) = &mut self.tracking
            && !self.transaction.open()
            && self.last.is_none_or(|place| place.0 != "client")
        {
            tracking.caching = false;
        }
    }

    /// How many channels, patterns and shard channels it is subscribed to.
    pub fn subscriptions(&self) -> usize {
        self.channels.len() + self.patterns.len() + self.shards.len()
    }
}
