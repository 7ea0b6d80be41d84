//! One console: what it shows, what it has still to send, and who waits for which answer.

mod retell;

use std::collections::VecDeque;

use super::actors::lines::Order;
use super::pace::Pace;
use super::past::Way;
use super::transcript::{Done, Step, Ticket, Transcript, interpret};
use super::wire::{self, Wire};
use super::{format, help, why};
use crate::session::message::{
    Bytes, ClientView, CommandDoc, Conn, Millis, Turn, decode, split_words,
};

/// How many commands a console sends ahead of their answers. A person's next line waits for the last
/// answer anyway; a pasted script would otherwise take a frame for each line.
const AHEAD_MAX: usize = 256;
/// How many characters of a line are shown: one of a megabyte would slow every frame.
const LINE_SHOWN: usize = 2000;
/// What whoever waits is told when their command was given up.
pub const STOPPED: &str =
    "(error) Stopped: the command held up the server half, which was started again without it.";

/// What whoever waits is told when their command was left out.
pub const LEFT_OUT: &str =
    "(error) Not run: the session used more than one that came from elsewhere may.";

/// What a console says when the learner cuts its connection.
pub const DISCONNECTED: &str = "Disconnected: its waits, subscriptions, watched keys and queued commands are gone; entries pending for a consumer stay. The next command connects again.";

/// What is asked of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// Send a command.
    Words {
        /// As it was typed.
        line: String,
        /// Its words.
        words: Vec<Vec<u8>>,
    },
    /// A line is answered, without the server half.
    Done(u32, String),
    /// Turn the session's clock, and tell whoever waits for it.
    Turn(Turn, Option<u32>),
    /// Steer an actor, and tell whoever waits for it.
    Steer(Order, Option<u32>),
    /// Go to another moment, and tell whoever waits for it.
    Travel(Way, Option<u32>),
    /// Cut the connection, and open it again.
    Quit,
    /// Nothing; there may be more.
    Nothing,
}

/// A line that is waiting, or being run.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    /// Whoever waits for its answer.
    asked_by: Option<u32>,
    /// It was recorded as it was sent: the console reads nothing into it.
    recorded: bool,
}

impl Line {
    fn means(&self) -> Option<Step> {
        meaning(&self.text, self.recorded)
    }
}

fn meaning(line: &str, recorded: bool) -> Option<Step> {
    match recorded {
        true => split_words(line.as_bytes())
            .filter(|words| !words.is_empty())
            .map(|words| Step::Send { words, times: 1 }),
        false => interpret(line),
    }
}

/// A line that sends the same words again and again.
#[derive(Clone, Debug)]
struct Repeat {
    line: Line,
    words: Vec<Vec<u8>>,
    left: u64,
    shown: bool,
}

/// A command on its way.
#[derive(Clone, Debug)]
struct Ahead {
    ticket: Ticket,
    line: Line,
    /// Whether its line is shown already; a line is shown when the one before it is answered.
    shown: bool,
    /// Whether it is its line's last.
    last: bool,
    /// Whether it may wait: nothing is sent behind it.
    may_wait: bool,
}

/// One console.
#[derive(Clone, Debug, Default)]
pub struct Console {
    /// Its connection.
    pub conn: Conn,
    /// What it shows.
    pub transcript: Transcript,
    /// The connection's state, as the server half tells it.
    pub client: Option<ClientView>,
    /// Its command holds up the server half, and can be stopped.
    pub stuck: bool,
    /// Whose script stands still while a command of this client waits: another's, or its own.
    pub held_by: Option<Conn>,
    /// Whether hints are shown.
    pub hints: bool,
    /// A line of it turned the clock, and what came of that is still to be told: the next line waits.
    pub turning: bool,
    /// What the learner calls it, beside its letter; may be empty.
    pub label: String,
    /// Its hue, from 0.
    pub colour: usize,
    /// The learner cut its connection, and it did not connect again.
    pub cut: bool,
    /// The last bytes of its connection.
    pub wire: Wire,
    /// Why replies of the next bytes are what they are: where each ends, what kind of sentence, and the sentence.
    whys: VecDeque<(usize, why::Kind, String)>,
    /// The kinds of the sentences shown in the run of lines that was entered last.
    told: Vec<why::Kind>,
    lines: VecDeque<Line>,
    repeat: Option<Repeat>,
    ahead: VecDeque<Ahead>,
    buffer: Vec<u8>,
    answers: String,
    /// How long the lines that wait still take.
    pub pace: Pace,
}

impl Console {
    /// A console for a connection.
    pub fn new(conn: Conn) -> Self {
        Self {
            conn,
            hints: true,
            ..Self::default()
        }
    }

    /// Its letter, and its label if it has one.
    pub fn name(&self) -> String {
        let letter = format::client_letter(self.conn);
        if self.label.is_empty() {
            letter
        } else {
            format!("{letter}, {}", self.label.trim_end())
        }
    }

    /// How many lines have still to be run.
    pub fn waiting(&self) -> usize {
        self.lines.len()
            + self
                .repeat
                .as_ref()
                .map_or(0, |r| usize::try_from(r.left).unwrap_or(usize::MAX))
    }

    /// Whether a command waits for its answer.
    pub fn busy(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// The selected database.
    pub fn db(&self) -> usize {
        self.client.as_ref().map_or(0, |c| c.db)
    }

    /// The keys it waits for, since when, and until when.
    pub fn blocked(&self) -> Option<&(Vec<Bytes>, Millis, Option<Millis>)> {
        self.client.as_ref()?.blocked.as_ref()
    }

    /// Whether what was sent must be answered before anything else is sent.
    pub fn is_held_up(&self) -> bool {
        self.ahead.len() >= AHEAD_MAX || self.ahead.back().is_some_and(|a| a.may_wait)
    }

    /// Takes lines to be run; whoever waits is told the answer of the last.
    pub fn enqueue(&mut self, text: &str, asked_by: Option<u32>) {
        self.enqueue_lines(text, asked_by, false);
    }

    /// Takes a command that was recorded, which is sent whatever the console would make of such a line.
    pub fn enqueue_recorded(&mut self, line: &str, asked_by: Option<u32>) {
        self.enqueue_lines(line, asked_by, true);
    }

    fn enqueue_lines(&mut self, text: &str, asked_by: Option<u32>, recorded: bool) {
        if !self.busy() && self.lines.is_empty() {
            self.told.clear();
        }
        let mut lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        if lines.is_empty() {
            lines.push("");
        }
        let last = lines.len() - 1;
        for (i, line) in lines.into_iter().enumerate() {
            self.lines.push_back(Line {
                text: line.to_string(),
                asked_by: asked_by.filter(|_| i == last),
                recorded,
            });
        }
    }

    /// What is to be done next, if anything can be now.
    pub fn next(&mut self, commands: &[CommandDoc], now: Millis) -> Option<Sent> {
        if self.turning {
            return None;
        }
        // The clock is not the server's to turn: a client that waits may move it on to the end of its wait. Nor are
        // actors its to steer.
        if self.client_waits() {
            match self.lines.front()?.means() {
                Some(Step::Clock(turn)) => return self.turn(turn, now),
                Some(Step::Actor(order)) => return self.order(order, now),
                Some(Step::Past(way)) => {
                    let line = self.lines.pop_front()?;
                    return Some(Sent::Travel(way, line.asked_by));
                }
                _ => {}
            }
        }
        if self.is_held_up() {
            return None;
        }
        if let Some(repeat) = self.repeat.take() {
            return Some(self.send(repeat, now));
        }
        // What the console answers by itself must not overtake an answer that is still to come.
        let step = self.lines.front()?.means();
        if self.busy() && !matches!(step, Some(Step::Send { .. })) {
            return None;
        }
        match step {
            Some(Step::Clock(turn)) => return self.turn(turn, now),
            Some(Step::Actor(order)) => return self.order(order, now),
            // The page is still to be told of them.
            Some(Step::Help(_)) if commands.is_empty() => return None,
            _ => {}
        }
        let line = self.lines.pop_front()?;
        if !matches!(step, Some(Step::Send { .. })) {
            self.transcript
                .command(&format::shortened(&line.text, LINE_SHOWN), now);
        }
        let mut answer = String::new();
        let mut sent = Sent::Nothing;
        match step {
            Some(Step::Send { words, times }) => {
                return Some(self.send(
                    Repeat {
                        line,
                        words,
                        left: times,
                        shown: false,
                    },
                    now,
                ));
            }
            Some(Step::Help(words)) => {
                answer = help::help(&words, commands).trim_end().to_string();
                self.transcript.answer(&answer, false, now);
            }
            Some(Step::Clear) => self.transcript.clear(),
            Some(Step::Quit) => sent = Sent::Quit,
            Some(Step::Hints(on)) => self.hints = on,
            Some(Step::Refused(why)) => {
                self.transcript.answer(&why, true, now);
                answer = why;
            }
            Some(Step::Past(way)) => return Some(Sent::Travel(way, line.asked_by)),
            Some(Step::Clock(_) | Step::Actor(_)) | None => {}
        }
        match line.asked_by {
            Some(ticket) if sent == Sent::Nothing => Some(Sent::Done(ticket, answer)),
            _ => Some(sent),
        }
    }

    /// Whether a line that is entered now is sent at once: while the client waits, only one that the console answers
    /// itself.
    pub fn takes(&self, line: &str, recorded: bool) -> bool {
        let steers = || {
            matches!(
                meaning(line, recorded),
                Some(Step::Clock(_) | Step::Actor(_) | Step::Past(_))
            )
        };
        let free = !self.is_held_up() && self.blocked().is_none();
        !self.turning && self.waiting() == 0 && (free || self.client_waits() && steers())
    }

    /// Whether all that was entered is on its way, or waits for no more than its client does.
    pub fn is_settled(&self) -> bool {
        !self.turning && (self.waiting() == 0 || self.client_waits())
    }

    /// Whether the server half has said that this client waits, and no answer comes before it stops waiting.
    fn client_waits(&self) -> bool {
        self.repeat.is_none() && (self.blocked().is_some() || self.transcript.subscriptions() > 0)
    }

    fn order(&mut self, order: Order, now: Millis) -> Option<Sent> {
        let line = self.lines.pop_front()?;
        self.transcript
            .command(&format::shortened(&line.text, LINE_SHOWN), now);
        Some(Sent::Steer(order, line.asked_by))
    }

    fn turn(&mut self, turn: Turn, now: Millis) -> Option<Sent> {
        let line = self.lines.pop_front()?;
        self.transcript
            .command(&format::shortened(&line.text, LINE_SHOWN), now);
        self.turning = true;
        Some(Sent::Turn(turn, line.asked_by))
    }

    fn send(&mut self, mut repeat: Repeat, now: Millis) -> Sent {
        let line = repeat.line.clone();
        let words = repeat.words.clone();
        let last = repeat.left <= 1;
        // A line that is run several times is shown once.
        let mut shown = repeat.shown;
        if !shown && self.ahead.is_empty() {
            self.transcript
                .command(&format::shortened(&line.text, LINE_SHOWN), now);
            shown = true;
        }
        let ticket = self.transcript.sent(&words, !last, now);
        self.ahead.push_back(Ahead {
            ticket,
            line: line.clone(),
            shown,
            last,
            may_wait: may_wait(&words),
        });
        if !last {
            repeat.left -= 1;
            repeat.shown = true;
            self.repeat = Some(repeat);
        }
        Sent::Words {
            line: line.text,
            words,
        }
    }

    /// The next bytes have reasons: where each of their replies ends, what kind of sentence, and the sentence.
    pub fn explain(&mut self, whys: impl IntoIterator<Item = (usize, why::Kind, String)>) {
        self.whys = whys.into_iter().collect();
    }

    /// Shows the reason of the reply that ends there, if it has one. Of one kind, a run of lines shows only a few.
    fn tell_why(&mut self, end: usize, at: Millis) {
        while self.whys.front().is_some_and(|why| why.0 <= end)
            && let Some((_, kind, text)) = self.whys.pop_front()
        {
            let told = self.told.iter().filter(|of| **of == kind).count();
            if told < why::REPEATS_MAX {
                self.told.push(kind);
                self.transcript.why(text, at);
            }
        }
    }

    /// Bytes came from the server half: shows them, and gives the answers that somebody waits for.
    pub fn received(&mut self, bytes: &[u8], at: Millis) -> Vec<(u32, String)> {
        if self.cut {
            self.whys.clear();
            return Vec::new(); // it was on its way when the connection was cut
        }
        self.wire.went(wire::Way::Received, bytes, at);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend_from_slice(bytes);
        let before = buffer.len() - bytes.len();
        let mut rest = buffer.as_slice();
        let mut told = Vec::new();
        // Frame by frame, so that each answer stands below its line.
        while let Some((_, used)) = decode(rest) {
            let (frame, behind) = rest.split_at(used.min(rest.len()));
            rest = behind;
            let done = self.transcript.received(frame, at);
            self.tell_why((buffer.len() - rest.len()).saturating_sub(before), at);
            for done in done {
                told.extend(self.done(done, at));
            }
        }
        let read = buffer.len() - rest.len();
        buffer.drain(..read);
        self.buffer = buffer;
        self.whys.clear();
        told
    }

    fn done(&mut self, done: Done, at: Millis) -> Option<(u32, String)> {
        let ahead = self.ahead.pop_front()?;
        debug_assert_eq!(ahead.ticket, done.ticket);
        if let Some(next) = self.ahead.front_mut().filter(|next| !next.shown) {
            next.shown = true;
            let text = next.line.text.clone();
            self.transcript
                .command(&format::shortened(&text, LINE_SHOWN), at);
        }
        let asked_by = ahead.line.asked_by?;
        if !self.answers.is_empty() {
            self.answers.push('\n');
        }
        self.answers.push_str(&done.text);
        ahead
            .last
            .then(|| (asked_by, std::mem::take(&mut self.answers)))
    }

    /// Ctrl-C, or the connection was closed: what waited is given up, and so are the lines behind it.
    pub fn interrupted(&mut self, at: Millis) -> Vec<(u32, String)> {
        let done = self.transcript.interrupted(at);
        self.give_up(done, at)
    }

    /// The learner cut the connection: what waited is answered as `redis-cli` does then.
    pub fn disconnected(&mut self, at: Millis) -> Vec<(u32, String)> {
        let done = self.transcript.disconnected(at);
        self.transcript.note(DISCONNECTED, at);
        (self.cut, self.stuck, self.client) = (true, false, None);
        self.give_up(done, at)
    }

    fn give_up(&mut self, done: Vec<Done>, at: Millis) -> Vec<(u32, String)> {
        let texts: Vec<String> = done.into_iter().map(|done| done.text).collect();
        self.wire.went(wire::Way::Ended, b"", at);
        self.buffer.clear();
        self.answers.clear();
        self.turning = false;
        let repeat = self.repeat.take().map(|r| r.line);
        let ahead = std::mem::take(&mut self.ahead)
            .into_iter()
            .zip(texts)
            .filter(|(a, _)| a.last)
            .map(|(a, text)| (a.line, text));
        let behind = repeat
            .into_iter()
            .chain(std::mem::take(&mut self.lines))
            .map(|line| (line, String::new()));
        ahead
            .chain(behind)
            .filter_map(|(line, text)| Some((line.asked_by?, text)))
            .collect()
    }

    /// What has still to be sent is not.
    pub fn left_behind(&mut self) -> Vec<(u32, String)> {
        let repeat = self.repeat.take().map(|r| r.line);
        let lines = repeat.into_iter().chain(std::mem::take(&mut self.lines));
        lines
            .filter_map(|line| Some((line.asked_by?, LEFT_OUT.to_string())))
            .collect()
    }

    /// The command that waited longest was given up; why.
    pub fn stopped(&mut self, why: &str, at: Millis) -> Option<(u32, String)> {
        self.stuck = false;
        let ahead = self.ahead.pop_front()?;
        self.transcript.given_up();
        self.transcript.answer(why, true, at);
        if let Some(next) = self.ahead.front_mut().filter(|next| !next.shown) {
            next.shown = true;
            let text = next.line.text.clone();
            self.transcript
                .command(&format::shortened(&text, LINE_SHOWN), at);
        }
        Some((ahead.line.asked_by?, why.to_string()))
    }
}

/// Whether a command may wait for others: it listens, or it blocks.
fn may_wait(words: &[Vec<u8>]) -> bool {
    let name = words
        .first()
        .map(|w| w.to_ascii_lowercase())
        .unwrap_or_default();
    name.ends_with(b"subscribe") || words.iter().any(|w| w.eq_ignore_ascii_case(b"block"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::transcript::Kind;

    fn shown(console: &Console) -> Vec<String> {
        console
            .transcript
            .blocks()
            .iter()
            .map(|block| match &block.kind {
                Kind::Command { line } => format!("> {line}"),
                Kind::Reply { text, .. }
                | Kind::Pushed { text }
                | Kind::Note { text }
                | Kind::Why { text } => text.clone(),
            })
            .collect()
    }

    fn run(console: &mut Console) -> usize {
        let mut sent = 0;
        while let Some(step) = console.next(&[], 0) {
            sent += usize::from(matches!(step, Sent::Words { .. }));
        }
        sent
    }

    #[test]
    fn pasted_lines_are_sent_ahead_and_answers_stand_below_their_lines() {
        let mut console = Console::new(0);
        console.enqueue("SET a 1\nGET a\nGET b", Some(9));
        assert_eq!(run(&mut console), 3);
        assert_eq!(console.received(b"+OK\r\n$1\r\n1\r\n$-", 0), []);
        assert_eq!(console.received(b"1\r\n", 0), [(9, "(nil)".to_string())]);
        assert_eq!(
            shown(&console),
            ["> SET a 1", "OK", "> GET a", "\"1\"", "> GET b", "(nil)"]
        );
    }

    #[test]
    fn a_repeated_line_is_shown_once_and_answered_once() {
        let mut console = Console::new(0);
        console.enqueue("3 INCR n", Some(1));
        assert_eq!(run(&mut console), 3);
        assert_eq!(console.received(b":1\r\n:2\r\n", 0), []);
        assert_eq!(
            console.received(b":3\r\n", 0),
            [(1, "(integer) 1\n(integer) 2\n(integer) 3".to_string())]
        );
        assert_eq!(
            shown(&console),
            ["> 3 INCR n", "(integer) 1", "(integer) 2", "(integer) 3"]
        );
    }

    #[test]
    fn nothing_is_sent_behind_a_command_that_may_wait() {
        let mut console = Console::new(0);
        console.enqueue("XREAD BLOCK 0 STREAMS s $\nPING", Some(2));
        assert_eq!(run(&mut console), 1);
        assert_eq!(console.waiting(), 1);
        assert_eq!(console.interrupted(0), [(2, String::new())]);
        assert!(!console.busy());
    }

    #[test]
    fn a_command_that_was_given_up_is_answered_and_the_next_goes_on() {
        let mut console = Console::new(0);
        console.enqueue("KEYS *", Some(1));
        console.enqueue("PING", Some(2));
        run(&mut console);
        assert_eq!(console.stopped(STOPPED, 0), Some((1, STOPPED.to_string())));
        assert_eq!(console.received(b"+PONG\r\n", 0), [(2, "PONG".to_string())]);
        assert_eq!(shown(&console), ["> KEYS *", STOPPED, "> PING", "PONG"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_refused_by_the_console() {
        let mut console = Console::new(0);
        console.enqueue("GET 'open", Some(1));
        assert_eq!(
            console.next(&[], 0),
            Some(Sent::Done(1, "Invalid argument(s)".to_string()))
        );
    }
}
