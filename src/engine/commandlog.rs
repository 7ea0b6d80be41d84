//! Commands that took long, came with much or were answered with much: what SLOWLOG and COMMANDLOG show.

use std::collections::VecDeque;

use super::Engine;
use super::client::Conn;
use super::time::Millis;
use crate::ds::bytes::Bytes;

/// How many words an entry keeps, and how much of each (the reference's `COMMANDLOG_ENTRY_MAX_ARGC` and
/// `COMMANDLOG_ENTRY_MAX_STRING`).
const WORDS_MAX: usize = 32;
const WORD_MAX: usize = 128;

/// What a log is about; its place in [`Engine::logs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Commands that took so many microseconds.
    Slow,
    /// Commands of so many bytes.
    LargeRequest,
    /// Replies of so many bytes.
    LargeReply,
}

impl Kind {
    /// In the order of the logs.
    pub const ALL: [Self; 3] = [Self::Slow, Self::LargeRequest, Self::LargeReply];
}

/// From which value on a log keeps a command, and how many it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// From this value on; below zero: nothing.
    pub from: i64,
    /// So many entries.
    pub max_len: usize,
}

impl Bounds {
    /// Whether a log may keep a command of such a value.
    fn may_take(self, value: u64) -> bool {
        // One below zero is greater than any value.
        value >= self.from as u64
    }
}

/// One command.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A number that grows from entry to entry.
    pub id: i64,
    /// When it was over, in seconds since 1970.
    pub seconds: Millis,
    /// Microseconds or bytes.
    pub value: i64,
    /// Its words, cut.
    pub words: Vec<Bytes>,
    /// Where its client is connected from.
    pub address: String,
    /// The client's name.
    pub name: Bytes,
}

/// One log, the newest entry first.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The entries.
    pub entries: VecDeque<Entry>,
    next_id: i64,
}

impl Engine {
    /// A command is over, which took so many milliseconds and was answered with so many bytes: keeps it in
    /// the logs that it belongs in.
    #[inline]
    pub fn log_command(&mut self, conn: Conn, words: &[&[u8]], took: Millis, reply: usize) {
        // As nearly always: none of them takes it, and none is too long.
        let [slow, requests, replies] = &self.config.logs;
        let full = |(log, bounds): (&Log, &Bounds)| log.entries.len() > bounds.max_len;
        if !slow.may_take(took.saturating_mul(1000))
            && !requests.may_take(most_on_wire(words))
            && !replies.may_take(reply as u64)
            && !self.logs.iter().zip(&self.config.logs).any(full)
        {
            return;
        }
        self.log_closely(conn, words, took, reply);
    }

    #[inline(never)]
    fn log_closely(&mut self, conn: Conn, words: &[&[u8]], took: Millis, reply: usize) {
        for kind in Kind::ALL {
            let bounds = self.config.logs[kind as usize];
            if bounds.from < 0 || bounds.max_len == 0 {
                continue;
            }
            let value = match kind {
                Kind::Slow => took.saturating_mul(1000) as i64,
                Kind::LargeRequest => wire_size(words) as i64,
                Kind::LargeReply => reply as i64,
            };
            let log = &mut self.logs[kind as usize];
            if value >= bounds.from {
                let client = self.clients.get(&conn);
                log.entries.push_front(Entry {
                    id: log.next_id,
                    seconds: self.now / 1000,
                    value,
                    words: cut(words),
                    address: client.map(|c| c.address(conn)).unwrap_or_default(),
                    name: client.map(|c| c.name.clone()).unwrap_or_default(),
                });
                log.next_id += 1;
            }
            if log.entries.len() > bounds.max_len {
                log.entries.truncate(bounds.max_len);
            }
        }
    }
}

fn cut(words: &[&[u8]]) -> Vec<Bytes> {
    let shown = match words.len() {
        count if count > WORDS_MAX => WORDS_MAX - 1,
        count => count,
    };
    let word = |(at, word): (usize, &&[u8])| match word.get(..WORD_MAX) {
        _ if is_secret(words, at) => Bytes::from_slice(b"(redacted)"),
        Some(begin) if word.len() > WORD_MAX => {
            let more = format!("... ({} more bytes)", word.len() - WORD_MAX);
            Bytes::from_vec([begin, more.as_bytes()].concat())
        }
        _ => Bytes::from_slice(word),
    };
    let mut kept: Vec<Bytes> = words.iter().take(shown).enumerate().map(word).collect();
    if shown < words.len() {
        let more = format!("... ({} more arguments)", words.len() - shown);
        kept.push(Bytes::from_vec(more.into_bytes()));
    }
    kept
}

/// Bytes that a command takes on the wire.
fn wire_size(words: &[&[u8]]) -> usize {
    // A mark, the digits and the end of the line.
    let header = |n: usize| n.checked_ilog10().unwrap_or(0) as usize + 4;
    let word = |word: &&[u8]| header(word.len()) + word.len() + 2;
    header(words.len()) + words.iter().map(word).sum::<usize>()
}

/// No fewer bytes than those, for what every command passes: around a word stand 26 at most, and as many before the first.
fn most_on_wire(words: &[&[u8]]) -> u64 {
    let most = |word: &&[u8]| word.len() as u64 + 26;
    26 + words.iter().map(most).sum::<u64>()
}

/// The settings whose values are not shown.
const SECRET_SETTINGS: [&[u8]; 7] = [
    b"masterauth",
    b"masteruser",
    b"primaryauth",
    b"primaryuser",
    b"requirepass",
    b"tls-client-key-file-pass",
    b"tls-key-file-pass",
];

/// Whether the word at a place of a command is not to be shown, because it may be a password.
fn is_secret(words: &[&[u8]], at: usize) -> bool {
    let is = |at: usize, name: &str| {
        let word = words.get(at);
        word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    let after = |back: usize, name: &str| at.checked_sub(back).is_some_and(|at| is(at, name));
    match () {
        () if is(0, "AUTH") => at > 0,
        () if is(0, "HELLO") => at > 2 && (after(1, "AUTH") || after(2, "AUTH")),
        () if is(0, "MIGRATE") => {
            at > 6 && (after(1, "AUTH") || after(1, "AUTH2") || after(2, "AUTH2"))
        }
        () if is(0, "CONFIG") && is(1, "SET") => {
            let secret =
                |name: &&[u8]| SECRET_SETTINGS.iter().any(|s| name.eq_ignore_ascii_case(s));
            at > 2 && at % 2 == 1 && words.get(at - 1).is_some_and(secret)
        }
        () => false,
    }
}
