//! A console that shows another moment: made anew of what had been said up to then.

use super::super::show;
use super::{Ahead, Console, LINE_SHOWN, Line, may_wait};
use crate::app::format;
use crate::app::wire::Way;
use crate::session::message::{Conn, Millis, Reply, Say, Talk, decode};

/// What a console shows whose client had not come at that moment.
const NOT_YET: &str =
    "Not connected at this moment. A command typed here connects, and goes on from here.";

impl Console {
    /// Whoever waits for an answer gets what there is of it, since the session goes elsewhere; what waits goes on
    /// waiting where it is, for nobody. Lines that were not sent are given up, unless one of them it was that sent the
    /// session elsewhere.
    pub fn let_go(&mut self, sent_it: bool) -> Vec<(u32, String)> {
        let text = std::mem::take(&mut self.answers);
        let mut told = Vec::new();
        for ahead in &mut self.ahead {
            told.extend(ahead.line.asked_by.take());
        }
        if !sent_it {
            let behind = self.lines.drain(..);
            told.extend(behind.filter_map(|line| line.asked_by));
            told.extend(self.repeat.take().and_then(|repeat| repeat.line.asked_by));
        }
        self.turning = false;
        told.into_iter()
            .map(|ticket| (ticket, text.clone()))
            .collect()
    }

    /// The same client's console at another moment: as its owner named and coloured it, and with the lines that are
    /// still to be run.
    pub fn dressed_as(mut self, other: &Self) -> Self {
        self.label.clone_from(&other.label);
        self.lines.clone_from(&other.lines);
        self.repeat.clone_from(&other.repeat);
        (self.colour, self.hints) = (other.colour, other.hints);
        self
    }

    /// Shows what was said up to a moment; nothing, where the client had not come.
    pub fn retold(conn: Conn, talk: Option<&Talk>, now: Millis) -> Self {
        let mut console = Self::new(conn);
        let Some(talk) = talk else {
            console.transcript.note(NOT_YET, now);
            console.cut = true;
            return console;
        };
        if talk.left_out > 0 {
            let first = talk.said.first().map_or(now, |saying| saying.at);
            let text = format!(
                "{} earlier messages are not shown here.",
                format::count(talk.left_out)
            );
            console.transcript.note(&text, first);
            // It began in the midst of a conversation.
            console.transcript.stands_as(talk);
        }
        let mut opened = false;
        for saying in &talk.said {
            let at = saying.at;
            match &saying.say {
                Say::Opened => {
                    if std::mem::replace(&mut opened, true) && !console.cut {
                        console.interrupted(at);
                    }
                    console.cut = false;
                }
                Say::Sent(bytes) => console.said(bytes, at),
                Say::Received(bytes) => {
                    console.received(bytes, at);
                }
                Say::Cut => {
                    console.disconnected(at);
                }
            }
        }
        if talk.open {
            console.transcript.stands_as(talk);
        }
        console.cut = !talk.open;
        console
    }

    /// Shows commands that were sent.
    fn said(&mut self, bytes: &[u8], at: Millis) {
        self.wire.went(Way::Sent, bytes, at);
        let mut rest = bytes;
        while let Some((Reply::Array(items), used)) = decode(rest) {
            rest = rest.get(used..).unwrap_or_default();
            let words: Vec<Vec<u8>> = items
                .into_iter()
                .map(|item| match item {
                    Reply::Bulk(word) => word,
                    _ => Vec::new(),
                })
                .collect();
            let shown: Vec<String> = words.iter().map(|word| show::word(word)).collect();
            let text = format::shortened(&shown.join(" "), LINE_SHOWN);
            let first = self.ahead.is_empty();
            if first {
                self.transcript.command(&text, at);
            }
            let ticket = self.transcript.sent(&words, false, at);
            self.transcript.taken(at);
            self.ahead.push_back(Ahead {
                ticket,
                line: Line {
                    text,
                    asked_by: None,
                    recorded: true,
                },
                shown: first,
                last: true,
                may_wait: may_wait(&words),
            });
        }
    }
}
