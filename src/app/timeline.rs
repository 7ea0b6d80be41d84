//! What happened, by client and time.

use std::collections::{BTreeMap, VecDeque};

use super::{format, show};
use crate::session::message::{Bytes, ClientView, Conn, ExpiredKey, Millis, Point, ScriptView};

/// How many marks are kept.
const MARKS_MAX: usize = 2000;
/// How many expiries are kept.
const EXPIRED_MAX: usize = 500;
/// How many characters of a line are kept.
const LINE_SHOWN: usize = 300;
/// How many of a script's calls are kept.
const CALLS_MAX: usize = 200;

/// One input on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When.
    pub at: Millis,
    /// Whose.
    pub conn: Conn,
    /// The line as it was typed.
    pub line: String,
    /// Which input of the branch it was, from 1; 0: an actor's, which follows from others.
    pub input: usize,
}

impl Mark {
    /// Whether it comes after a point.
    pub fn is_after(&self, point: Point) -> bool {
        self.at > point.at || self.input > point.inputs
    }
}

/// A time during which a client waited or listened.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Whose.
    pub conn: Conn,
    /// From when.
    pub from: Millis,
    /// Until when; `None`: still.
    pub until: Option<Millis>,
    /// Whether it listened to channels; otherwise it was blocked.
    pub listening: bool,
}

/// A script that was stepped through: nobody else runs in it, and the clock stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Bracket {
    /// Whose.
    pub conn: Conn,
    /// When.
    pub at: Millis,
    /// Whether it still stands.
    pub open: bool,
    /// The commands that it was seen to call, oldest first; while it stands, the last is still to come.
    pub calls: Vec<String>,
    name: String,
}

/// The marks and spans of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The inputs, oldest first.
    pub marks: VecDeque<Mark>,
    /// Waits and subscriptions, oldest first.
    pub spans: VecDeque<Span>,
    /// Scripts that were stepped through, oldest first.
    pub brackets: VecDeque<Bracket>,
    /// Keys that expired, oldest first.
    pub expired: VecDeque<ExpiredKey>,
    /// All inputs there were.
    pub total: usize,
    waiting: BTreeMap<Conn, VecDeque<String>>,
}

impl Timeline {
    /// A line was sent; it is marked once the server half has recorded it.
    pub fn sent(&mut self, conn: Conn, line: String) {
        self.waiting
            .entry(conn)
            .or_default()
            .push_back(format::shortened(&line, LINE_SHOWN));
    }

    /// The server half recorded a client's next line.
    pub fn recorded(&mut self, conn: Conn, at: Millis, input: usize) {
        let Some(line) = self.waiting.get_mut(&conn).and_then(VecDeque::pop_front) else {
            return;
        };
        self.total += 1;
        if self.marks.len() == MARKS_MAX {
            self.marks.pop_front();
        }
        self.marks.push_back(Mark {
            at,
            conn,
            line,
            input,
        });
    }

    /// An actor sent commands, of which one is marked; it keeps so many marks.
    pub fn acted(&mut self, mark: Mark, commands: usize, marks_max: usize) {
        self.total += commands;
        let own = |other: &Mark| other.conn == mark.conn;
        if self.marks.iter().filter(|other| own(other)).count() >= marks_max
            && let Some(oldest) = self.marks.iter().position(own)
        {
            self.marks.remove(oldest);
        } else if self.marks.len() == MARKS_MAX {
            self.marks.pop_front();
        }
        self.marks.push_back(mark);
    }

    /// Keys expired.
    pub fn expired(&mut self, keys: Vec<ExpiredKey>) {
        self.expired.extend(keys);
        let more = self.expired.len().saturating_sub(EXPIRED_MAX);
        self.expired.drain(..more);
    }

    /// A line was given up.
    pub fn dropped(&mut self, conn: Conn) {
        self.waiting.get_mut(&conn).and_then(VecDeque::pop_front);
    }

    /// A client's state changed at a moment.
    pub fn client(&mut self, conn: Conn, state: Option<&ClientView>, now: Millis) {
        let blocked = state
            .and_then(|s| s.blocked.as_ref())
            .map(|(_, since, _)| *since);
        let listening = state.filter(|s| s.channels + s.patterns > 0).map(|_| now);
        for (kind, since) in [(false, blocked), (true, listening)] {
            let open = self
                .spans
                .iter_mut()
                .rev()
                .find(|s| s.conn == conn && s.listening == kind && s.until.is_none());
            match (open, since) {
                (Some(span), None) => span.until = Some(now),
                (Some(span), Some(from)) if !kind && span.from != from => {
                    span.until = Some(from);
                    self.spans.push_back(Span {
                        conn,
                        from,
                        until: None,
                        listening: kind,
                    });
                }
                (None, Some(from)) => self.spans.push_back(Span {
                    conn,
                    from,
                    until: None,
                    listening: kind,
                }),
                _ => {}
            }
        }
        while self.spans.len() > MARKS_MAX {
            self.spans.pop_front();
        }
    }

    /// A script stands at a call, or the one that stood has ended.
    pub fn script(&mut self, view: Option<&ScriptView>, now: Millis) {
        let same = |bracket: &&mut Bracket| {
            let seen = bracket.calls.len();
            bracket.open
                && view.is_some_and(|view| {
                    let calls = view.calls as usize;
                    // It is told again, at the same call, when something comes to wait for it.
                    (calls > 0 || seen == 1)
                        && (bracket.conn, &bracket.name) == (view.conn, &view.name)
                })
        };
        if let (Some(bracket), Some(view)) = (self.brackets.back_mut().filter(same), view) {
            if bracket.calls.len() < CALLS_MAX && bracket.calls.len() <= view.calls as usize {
                bracket.calls.push(words(&view.command));
            }
            return;
        }
        if let Some(last) = self.brackets.back_mut() {
            last.open = false;
        }
        let Some(view) = view else { return };
        if self.brackets.len() == MARKS_MAX {
            self.brackets.pop_front();
        }
        self.brackets.push_back(Bracket {
            conn: view.conn,
            at: now,
            open: true,
            calls: vec![words(&view.command)],
            name: view.name.clone(),
        });
    }

    /// The session goes on from a point: what came after is no more.
    pub fn cut(&mut self, from: Point) {
        let (at, all) = (from.at, self.marks.len());
        self.marks.retain(|mark| !mark.is_after(from));
        self.total -= (all - self.marks.len()).min(self.total);
        self.brackets.retain(|bracket| bracket.at <= at);
        self.expired.retain(|gone| gone.at <= at);
        self.spans.retain(|span| span.from <= at);
        for span in &mut self.spans {
            span.until = span.until.filter(|until| *until <= at);
        }
    }

    /// How many of a client's lines the server half has not yet handled.
    pub fn waiting(&self, conn: Conn) -> usize {
        self.waiting.get(&conn).map_or(0, VecDeque::len)
    }

    /// The first moment on the strip: at most `length` before the end.
    pub fn start(&self, now: Millis, length: Millis) -> Millis {
        let first = self.marks.front().map_or(now, |mark| mark.at);
        first.max(now.saturating_sub(length))
    }
}

/// A command as a line.
fn words(command: &[Bytes]) -> String {
    let words: Vec<String> = command.iter().map(|word| show::word(word)).collect();
    format::shortened(&words.join(" "), LINE_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(blocked: Option<Millis>, patterns: usize) -> ClientView {
        let blocked = blocked.map(|since| (Vec::new(), since, None));
        ClientView {
            id: 1,
            blocked,
            patterns,
            ..ClientView::default()
        }
    }

    #[test]
    fn lines_are_marked_when_they_are_recorded() {
        let mut timeline = Timeline::default();
        timeline.sent(0, "PING".into());
        timeline.sent(0, "GET k".into());
        timeline.recorded(0, 5, 1);
        timeline.recorded(1, 6, 2);
        timeline.dropped(0);
        timeline.recorded(0, 7, 3);
        assert_eq!(
            timeline.marks,
            [Mark {
                at: 5,
                conn: 0,
                line: "PING".into(),
                input: 1
            }]
        );
    }

    #[test]
    fn waits_and_subscriptions_become_spans() {
        let mut timeline = Timeline::default();
        timeline.client(1, Some(&state(Some(10), 0)), 10);
        timeline.client(1, Some(&state(Some(10), 1)), 15);
        timeline.client(1, Some(&state(None, 1)), 20);
        timeline.client(1, None, 30);
        let spans: Vec<_> = timeline
            .spans
            .iter()
            .map(|s| (s.from, s.until, s.listening))
            .collect();
        assert_eq!(spans, [(10, Some(20), false), (15, Some(30), true)]);
    }

    #[test]
    fn a_script_that_is_stepped_through_is_a_bracket_with_its_calls() {
        let view = |conn: Conn, calls: u32, command: &str| ScriptView {
            conn,
            name: "5bb9".into(),
            command: command
                .split(' ')
                .map(|w| Bytes::from_slice(w.as_bytes()))
                .collect(),
            line: 1,
            calls,
            last: None,
            frames: Vec::new(),
            waiting: 0,
        };
        let mut timeline = Timeline::default();
        timeline.script(None, 1);
        timeline.script(Some(&view(0, 0, "GET lock")), 10);
        timeline.script(Some(&view(0, 0, "GET lock")), 10);
        timeline.script(Some(&view(0, 1, "DEL lock")), 10);
        timeline.script(Some(&view(0, 1, "DEL lock")), 10);
        assert!(timeline.brackets.iter().all(|b| b.open));
        timeline.script(None, 10);
        // The same script once more, and another client's right behind it.
        timeline.script(Some(&view(0, 0, "GET lock")), 20);
        timeline.script(Some(&view(1, 0, "GET lock")), 20);
        let seen: Vec<_> = timeline
            .brackets
            .iter()
            .map(|b| (b.conn, b.at, b.open, b.calls.join(",")))
            .collect();
        assert_eq!(
            seen,
            [
                (0, 10, false, "GET lock,DEL lock".to_string()),
                (0, 20, false, "GET lock".to_string()),
                (1, 20, true, "GET lock".to_string()),
            ]
        );
    }
}
