//! A connected client, as the server knows it.

use std::collections::BTreeSet;

use super::block::Blocked;
use super::reply::Resp;
use super::resp::Parser;
use crate::ds::bytes::Bytes;

/// The caller's own name for a connection: the page's A is 0, B is 1, and so on. The server's client
/// ID is another number, which grows with every connection.
pub type Conn = u32;

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
    /// Where it is connected from, such as `127.0.0.1:50000`, where that is known.
    pub addr: String,
    /// The connection ends once what it was sent has been taken.
    pub closing: bool,
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

    /// How many channels, patterns and shard channels it is subscribed to.
    pub fn subscriptions(&self) -> usize {
        self.channels.len() + self.patterns.len() + self.shards.len()
    }
}
