//! What one console shows, and which reply belongs to which command.
//!
//! A console sends one command and waits for its answer, as `redis-cli` does. Most answers are one frame;
//! SUBSCRIBE and its like answer with one frame for each channel. Messages belong to nobody, and can
//! come at any time.

pub mod steps;

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::session::message::{Millis, Reply, Resp, Talk, decode, text};
pub use steps::{Step, interpret, paste};

/// How many blocks are kept; the oldest go first.
pub const BLOCKS_MAX: usize = 2000;
/// How many bytes of one answer a block shows, up to the end of a line. What waits for the answer gets all of it.
pub const SHOWN_MAX: usize = 200_000;
/// From how many milliseconds on `redis-cli` says how long an answer took.
const SLOW: Millis = 500;
/// What `redis-cli` prints when the connection ends before the answer.
pub const CLOSED: &str = "Error: Server closed the connection";

/// Names a command that was sent, for its answer.
pub type Ticket = u64;

/// The whole answer of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Which command.
    pub ticket: Ticket,
    /// What `redis-cli` prints for it, without the last line break.
    pub text: String,
}

/// One piece of what a console shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Grows with every block of the console.
    pub id: u64,
    /// When it came, by the session's clock.
    pub at: Millis,
    /// What it is.
    pub kind: Kind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line that was entered.
    Command {
        /// As it was entered.
        line: String,
    },
    /// An answer, of the server or of the console itself.
    Reply {
        /// As `redis-cli` prints it, without the last line break.
        text: String,
        /// It is an error.
        error: bool,
        /// It is the absence of a value.
        nil: bool,
        /// How many lines at its end are too many to show.
        left_out: usize,
    },
    /// A message nobody asked for just now.
    Pushed {
        /// As `redis-cli` prints it, without the last line break.
        text: String,
    },
    /// A remark of the page.
    Note {
        /// The remark.
        text: String,
    },
    /// Why the reply above is what it is.
    Why {
        /// The sentence.
        text: String,
    },
}

/// A command that waits for its answer.
#[derive(Clone, Debug)]
struct Pending {
    ticket: Ticket,
    /// When it was sent, as far as the page knew; once the server half has taken it, when it did.
    at: Millis,
    taken: bool,
    /// Its words in lower case, as far as they decide how the answer is read: two of them.
    name: (String, String),
    words: usize,
    /// How many more confirmations complete it; unknown before the first one.
    left: Option<usize>,
    text: String,
    /// The same line runs it again.
    more: bool,
}

/// Everything one console shows and waits for.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    blocks: VecDeque<Rc<Block>>,
    next_id: u64,
    next_ticket: Ticket,
    /// Bytes received that are no whole frame yet.
    buffer: Vec<u8>,
    pending: VecDeque<Pending>,
    /// When the line whose command is answered, and will be sent again, was first sent.
    began: Option<Millis>,
    resp: Resp,
    in_multi: bool,
    channels: BTreeSet<Vec<u8>>,
    patterns: BTreeSet<Vec<u8>>,
    shards: BTreeSet<Vec<u8>>,
}

impl Transcript {
    /// What is shown, oldest first.
    pub fn blocks(&self) -> &VecDeque<Rc<Block>> {
        &self.blocks
    }

    /// What it shows, as plain text: each command behind a prompt, and what came.
    pub fn text(&self, prompt: &str) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            match &block.kind {
                Kind::Command { line } => {
                    out.push_str(prompt);
                    out.push_str("> ");
                    out.push_str(line);
                }
                Kind::Reply { text, .. } | Kind::Pushed { text } => out.push_str(text),
                Kind::Note { text } | Kind::Why { text } => {
                    out.push_str("# ");
                    out.push_str(text);
                }
            }
            out.push('\n');
        }
        out
    }

    /// Whether a command waits for its answer.
    pub fn busy(&self) -> bool {
        !self.pending.is_empty()
    }

    /// How many channels, patterns and shard channels the connection is subscribed to.
    pub fn subscriptions(&self) -> usize {
        self.channels.len() + self.patterns.len() + self.shards.len()
    }

    /// The protocol version that the connection speaks.
    pub fn resp(&self) -> Resp {
        self.resp
    }

    /// Whether commands are being queued for EXEC.
    pub fn in_multi(&self) -> bool {
        self.in_multi
    }

    /// Shows a line that was entered.
    pub fn command(&mut self, line: &str, at: Millis) {
        self.push(
            at,
            Kind::Command {
                line: line.to_owned(),
            },
        );
    }

    /// Shows what the console itself answers: help, or why a line cannot be read.
    pub fn answer(&mut self, text: &str, error: bool, at: Millis) {
        self.push(at, shown(text, error, false));
    }

    /// Shows a remark of the page.
    pub fn note(&mut self, text: &str, at: Millis) {
        self.push(
            at,
            Kind::Note {
                text: text.to_owned(),
            },
        );
    }

    /// Shows why the last reply is what it is.
    pub fn why(&mut self, text: String, at: Millis) {
        self.push(at, Kind::Why { text });
    }

    /// Shows nothing of what was.
    pub fn clear(&mut self) {
        self.blocks.clear();
    }

    /// A command was sent; `more`: the same line will send it again (`3 PING`).
    pub fn sent<W: AsRef<[u8]>>(&mut self, words: &[W], more: bool, at: Millis) -> Ticket {
        self.next_ticket += 1;
        let word = |i: usize| {
            words
                .get(i)
                .map(|w| String::from_utf8_lossy(w.as_ref()).to_ascii_lowercase())
                .unwrap_or_default()
        };
        let (ticket, name) = (self.next_ticket, (word(0), word(1)));
        self.pending.push_back(Pending {
            ticket,
            at,
            taken: false,
            name,
            words: words.len(),
            left: None,
            text: String::new(),
            more,
        });
        ticket
    }

    /// The server half took the next of the commands that were sent: what it waits for its answer counts from then.
    pub fn taken(&mut self, at: Millis) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| !pending.taken) {
            (pending.at, pending.taken) = (at, true);
        }
    }

    /// Bytes came from the server: shows them, and gives the commands that they complete.
    pub fn received(&mut self, bytes: &[u8], at: Millis) -> Vec<Done> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend_from_slice(bytes);
        let mut done = Vec::new();
        let mut rest = buffer.as_slice();
        while let Some((reply, used)) = decode(rest) {
            rest = rest.get(used..).unwrap_or_default();
            done.extend(self.frame(&reply, at));
        }
        let read = buffer.len() - rest.len();
        buffer.drain(..read);
        self.buffer = buffer;
        done
    }

    /// The server closed the connection: what waited ends with the text for that.
    pub fn disconnected(&mut self, at: Millis) -> Vec<Done> {
        let mut done = Vec::new();
        for pending in std::mem::take(&mut self.pending) {
            let text = pending.text + CLOSED;
            self.push(at, shown(&text, true, false));
            done.push(Done {
                ticket: pending.ticket,
                text,
            });
        }
        self.forget_connection();
        done
    }

    /// Ctrl-C: what waited ends with what was printed so far, and the subscriptions are gone; the
    /// connection is to be cut and opened again.
    pub fn interrupted(&mut self, at: Millis) -> Vec<Done> {
        if self.busy() || self.subscriptions() > 0 {
            self.note("^C", at);
        }
        let finish = |pending: Pending| Done {
            ticket: pending.ticket,
            text: trimmed(pending.text),
        };
        let done = std::mem::take(&mut self.pending)
            .into_iter()
            .map(finish)
            .collect();
        self.forget_connection();
        done
    }

    /// The command that waited longest will not be answered.
    pub fn given_up(&mut self) {
        self.pending.pop_front();
        self.began = None;
    }

    /// The connection stands as the server half says: some of what led there may not have been seen.
    pub fn stands_as(&mut self, talk: &Talk) {
        let names = talk.subscribed.each_ref();
        let [channels, patterns, shards] =
            names.map(|names| names.iter().map(|name| name.to_vec()).collect());
        (self.channels, self.patterns, self.shards) = (channels, patterns, shards);
        (self.resp, self.in_multi) = (talk.resp, talk.in_multi);
    }

    fn forget_connection(&mut self) {
        self.buffer.clear();
        self.channels.clear();
        self.patterns.clear();
        self.shards.clear();
        self.began = None;
        self.in_multi = false;
        self.resp = Resp::Two;
    }

    fn push(&mut self, at: Millis, kind: Kind) {
        self.next_id += 1;
        self.blocks.push_back(Rc::new(Block {
            id: self.next_id,
            at,
            kind,
        }));
        if self.blocks.len() > BLOCKS_MAX {
            self.blocks.pop_front();
        }
    }

    /// One whole frame came.
    fn frame(&mut self, reply: &Reply, at: Millis) -> Option<Done> {
        let subscribed = self.subscriptions() > 0;
        let mut waits = self.pending.front_mut();
        // In RESP2 only what is subscribed, or about to be, is sent messages; else an array is an array.
        let told = Told::read(reply).filter(|told| {
            matches!(reply, Reply::Push(_))
                || (self.resp == Resp::Two
                    && (subscribed || waits.as_ref().is_some_and(|p| p.name.0 == told.name)))
        });
        if told.is_none() && !matches!(reply, Reply::Push(_)) {
            return self.answered(reply, at);
        }
        let confirmed = told.as_ref().filter(|told| told.confirms);
        if let (Some(told), Some(pending)) = (confirmed, waits.as_mut())
            && pending.name.0 == told.name
        {
            let all = if told.name.ends_with("unsubscribe") {
                self.channels_of(told).len()
            } else {
                0
            };
            let pending = self.pending.front_mut()?;
            let left = pending.left.unwrap_or(if pending.words > 1 {
                pending.words - 1
            } else {
                all.max(1)
            });
            pending.left = Some(left.saturating_sub(1));
            pending.text.push_str(&text::format(reply));
            let last = pending.left == Some(0);
            self.subscription(told);
            return if last {
                self.finish(at, false, false)
            } else {
                None
            };
        }
        confirmed
            .into_iter()
            .for_each(|told| self.subscription(told));
        self.push(
            at,
            Kind::Pushed {
                text: trimmed(text::format(reply)),
            },
        );
        None
    }

    /// A frame that is the answer of the command that waits.
    fn answered(&mut self, reply: &Reply, at: Millis) -> Option<Done> {
        let error = matches!(reply, Reply::Error(_));
        let nil = *reply == Reply::Null;
        let Some(pending) = self.pending.front_mut() else {
            self.push(at, shown(&trimmed(text::format(reply)), error, nil));
            return None;
        };
        let (name, second) = (pending.name.0.clone(), pending.name.1.as_str());
        let raw = !self.in_multi && steps::prints_raw(&name, second, pending.words);
        pending.text.push_str(&if raw {
            steps::raw(reply)
        } else {
            text::format(reply)
        });
        self.follow(&name, reply);
        self.finish(at, error, nil)
    }

    /// What an answer says about the connection.
    fn follow(&mut self, name: &str, reply: &Reply) {
        match (name, reply) {
            ("hello", Reply::Map(_)) => self.resp = Resp::Three,
            ("hello", Reply::Array(_)) => self.resp = Resp::Two,
            ("multi", Reply::Simple(_)) => self.in_multi = true,
            ("discard", Reply::Simple(_)) => self.in_multi = false,
            ("exec", _) => {
                self.in_multi = false;
                if let Reply::Array(items) = reply {
                    // The first confirmation of a queued SUBSCRIBE stands among the answers.
                    items
                        .iter()
                        .filter_map(Told::read)
                        .filter(|told| told.confirms)
                        .for_each(|told| self.subscription(&told));
                }
            }
            ("reset", Reply::Simple(_)) => {
                self.channels.clear();
                self.patterns.clear();
                self.shards.clear();
                self.in_multi = false;
                self.resp = Resp::Two;
            }
            _ => {}
        }
    }

    /// The command that waits has its whole answer.
    fn finish(&mut self, at: Millis, error: bool, nil: bool) -> Option<Done> {
        let pending = self.pending.pop_front()?;
        let text = trimmed(pending.text);
        self.push(at, shown(&text, error, nil));
        let began = self.began.take().unwrap_or(pending.at);
        let ms = at.saturating_sub(began);
        if pending.more {
            self.began = Some(began);
        } else if ms >= SLOW {
            // As `%.2f` does, half a hundredth is rounded up.
            let hundredths = (ms + 5) / 10;
            self.note(
                &format!("({}.{:02}s)", hundredths / 100, hundredths % 100),
                at,
            );
        }
        Some(Done {
            ticket: pending.ticket,
            text,
        })
    }

    fn channels_of(&mut self, told: &Told) -> &mut BTreeSet<Vec<u8>> {
        match told.name.as_str() {
            "psubscribe" | "punsubscribe" => &mut self.patterns,
            "ssubscribe" | "sunsubscribe" => &mut self.shards,
            _ => &mut self.channels,
        }
    }

    fn subscription(&mut self, told: &Told) {
        let Some(channel) = told.channel.clone() else {
            return;
        };
        let leaves = told.name.ends_with("unsubscribe");
        let channels = self.channels_of(told);
        if leaves {
            channels.remove(&channel);
        } else {
            channels.insert(channel);
        }
    }
}

/// A frame about subscriptions: a message, or the confirmation of a command.
struct Told {
    name: String,
    channel: Option<Vec<u8>>,
    confirms: bool,
}

impl Told {
    fn read(reply: &Reply) -> Option<Self> {
        let (Reply::Array(items) | Reply::Push(items)) = reply else {
            return None;
        };
        let Some(Reply::Bulk(name)) = items.first() else {
            return None;
        };
        let name = std::str::from_utf8(name).ok()?;
        let channel = match items.get(1) {
            Some(Reply::Bulk(channel)) => Some(channel.clone()),
            Some(Reply::Null) => None,
            _ => return None,
        };
        let confirms = match (name, items.get(2..)?) {
            ("message" | "smessage", [Reply::Bulk(_)])
            | ("pmessage", [Reply::Bulk(_), Reply::Bulk(_)]) => false,
            ("subscribe" | "unsubscribe", [Reply::Int(_)])
            | ("psubscribe" | "punsubscribe", [Reply::Int(_)])
            | ("ssubscribe" | "sunsubscribe", [Reply::Int(_)]) => true,
            _ => return None,
        };
        Some(Self {
            name: name.to_owned(),
            channel,
            confirms,
        })
    }
}

fn trimmed(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// An answer as a block shows it: the lines that fit, the last one cut where it alone is too long.
fn shown(text: &str, error: bool, nil: bool) -> Kind {
    if text.len() <= SHOWN_MAX {
        return Kind::Reply {
            text: text.to_owned(),
            error,
            nil,
            left_out: 0,
        };
    }
    let head = (0..=SHOWN_MAX)
        .rev()
        .find_map(|end| text.get(..end))
        .unwrap_or_default();
    let kept = head
        .rfind('\n')
        .map_or(head, |end| head.get(..end).unwrap_or_default());
    let left_out = text
        .get(kept.len()..)
        .unwrap_or_default()
        .matches('\n')
        .count()
        .max(1);
    Kind::Reply {
        text: kept.to_owned(),
        error,
        nil,
        left_out,
    }
}

#[cfg(test)]
mod tests;
