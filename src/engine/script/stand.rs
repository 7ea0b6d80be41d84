//! A script that stands still before a call, for whoever steps through it.
//!
//! While it does, nothing happens: the clock stands, nothing is read and nothing is sent. What comes of
//! it in the end is byte for byte what comes of running it at once.

use smallvec::SmallVec;

use super::{Frame, Outcome, Request, Running};
use crate::ds::bytes::Bytes;
use crate::engine::client::Conn;
use crate::engine::reply::Writer;
use crate::engine::{Engine, text};
use crate::lua::message::Answer;

/// How much of a reply is shown, in characters.
const REPLY_SHOWN: usize = 2_000;

/// A script that stands still, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub conn: Conn,
    /// Its SHA-1, or the function's name.
    pub name: String,
    /// The command that it is about to call.
    pub command: Vec<Bytes>,
    /// The line that the call stands on.
    pub line: u32,
    /// How many commands it has called before.
    pub calls: u32,
    /// The reply to the last of them, as redis-cli prints it.
    pub last: Option<String>,
    /// Its functions, the innermost first.
    pub frames: Vec<Frame>,
}

impl Engine {
    /// Whether a script stands still before a call.
    pub fn stands(&self) -> bool {
        let running = self.scripting.running.as_ref();
        running.is_some_and(|running| running.call.is_some())
    }

    /// Where the script that stands still is: its number, and how many commands it has called. One or the
    /// other changes with each step.
    pub fn place_of_stand(&self) -> Option<(u64, u32)> {
        let running = self.scripting.running.as_ref().filter(|_| self.stands())?;
        Some((running.serial, running.calls))
    }

    /// The script that stands still.
    pub fn standing(&mut self) -> Option<Standing> {
        self.place_of_stand()?;
        let frames = match self.scripting.ask(Request::Look) {
            Answer::Frames(frames) => frames,
            _ => Vec::new(),
        };
        let running = self.scripting.running.as_ref()?;
        let call = running.call.as_ref()?;
        let shown = |reply: &Vec<u8>| {
            let text = text::format_all(reply);
            let text = text.trim_end_matches('\n');
            match text.char_indices().nth(REPLY_SHOWN) {
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
                None => text.to_string(),
            }
        };
        Some(Standing {
            conn: running.conn,
            name: running.job.name.clone(),
            command: call.words.iter().map(|w| Bytes::from_slice(w)).collect(),
            line: call.line,
            calls: running.calls,
            last: running.last.as_ref().map(shown),
            frames,
        })
    }

    /// Lets the script that stands still make its call, and go on to the next one, or to its end.
    pub fn step_script(&mut self, to_end: bool) {
        let Some(running) = &mut self.scripting.running else {
            return;
        };
        let Some(call) = running.call.take() else {
            return;
        };
        let conn = running.conn;
        let sent = self
            .clients
            .get_mut(&conn)
            .map(|c| std::mem::take(&mut c.out));
        let before = self.current.replace(conn);
        let (reply, steps) = self.call_from_script(&call);
        let answer = self.scripting.ask(Request::Resume { reply, steps });
        let outcome = self.go_on(answer, !to_end);
        self.current = before;
        let client = self.clients.get_mut(&conn);
        let pushed = client.map(|c| std::mem::replace(&mut c.out, sent.unwrap_or_default()));
        if let Some(running) = &mut self.scripting.running {
            running.pushed.extend(pushed.unwrap_or_default());
        }
        if let Some(outcome) = outcome
            && let Some(running) = self.script_over(&outcome)
        {
            self.end_stand(running, outcome);
        }
    }

    /// A script that stood still is over: it is answered, and everything goes on as after any command.
    fn end_stand(&mut self, running: Running, outcome: Outcome) {
        let conn = running.conn;
        if let Err(error) = &outcome {
            self.count_error(error);
        }
        self.count_call(conn, running.job.place, outcome.is_err());
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        let mut out = Writer {
            bytes: std::mem::take(&mut client.out),
            resp: client.resp,
            ..Writer::default()
        };
        client.out = running.pushed;
        let start = out.bytes.len();
        match &outcome {
            Ok(reply) => out.bytes.extend_from_slice(reply),
            Err(error) => out.error(error),
        }
        let words: SmallVec<[&[u8]; 16]> = running.command.iter().map(|w| w.as_slice()).collect();
        self.log_command(conn, &words, 0, out.bytes.len() - start);
        self.command_over(conn, out, start);
        self.serve_ready();
        self.read_commands(conn, &[]);
        self.settle();
        self.broadcast();
    }

    /// The client whose script stands still is gone.
    pub(in crate::engine) fn drop_stand(&mut self, conn: Conn) {
        if self.stands()
            && self
                .scripting
                .running
                .as_ref()
                .is_some_and(|r| r.conn == conn)
        {
            self.scripting.ask(Request::Stop);
            self.script_over(&Err(super::NO_ANSWER));
        }
    }

    /// A command of this client has just come to stand still: what it was sent meanwhile comes after the reply.
    pub(in crate::engine) fn begin_stand(&mut self, conn: Conn, sent: Vec<u8>) {
        let client = self.clients.get_mut(&conn);
        let pushed = client.map(|c| std::mem::replace(&mut c.out, sent));
        if let Some(running) = &mut self.scripting.running {
            running.pushed = pushed.unwrap_or_default();
        }
    }
}
