//! What happened, by client and time.

use std::collections::{BTreeMap, VecDeque};

use super::table::Table;
use super::words::timeline as says;
use super::{format, show};
use crate::session::message::{Bytes, ClientView, Conn, ExpiredKey, Millis, Point, ScriptView};

/// How many marks are kept.
pub const MARKS_MAX: usize = 2000;
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

/// Marks that stand in the same place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot<'a> {
    /// The place: a slot since the beginning of time.
    pub slot: u64,
    /// The last of them.
    pub last: &'a Mark,
    /// How many.
    pub marks: usize,
    /// Whether they come after where the session stands.
    pub later: bool,
}

impl Dot<'_> {
    /// What it says when it is pointed at.
    pub fn title(&self) -> String {
        match self.marks {
            1 => self.last.line.clone(),
            n => format!(
                "{} lines, the last: {}",
                format::count(n as u64),
                self.last.line
            ),
        }
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

/// How much of a session a strip shows: so much before its end, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zoom(usize);

/// The lengths, in milliseconds, beside the whole session.
const LENGTHS: [Millis; 7] = [
    20_000, 60_000, 180_000, 600_000, 1_800_000, 7_200_000, 28_800_000,
];

impl Default for Zoom {
    /// Ten minutes, and no more than there is to see.
    fn default() -> Self {
        Self(3)
    }
}

impl Zoom {
    /// All of the session.
    pub const WHOLE: Self = Self(LENGTHS.len());

    /// A shorter time; `None`: there is none.
    pub fn nearer(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    /// A longer time; `None`: it is the whole session already.
    pub fn farther(self) -> Option<Self> {
        (self != Self::WHOLE).then_some(Self(self.0 + 1))
    }

    /// What it shows, in words.
    pub fn says(self) -> String {
        match LENGTHS.get(self.0) {
            None => "the whole session".into(),
            Some(ms) => format!("at most {}", format::duration(*ms)),
        }
    }

    /// The first moment of a strip that ends at another, of a session that began at `first`.
    pub fn start(self, timeline: &Timeline, first: Millis, last: Millis) -> Millis {
        match LENGTHS.get(self.0) {
            None => first,
            Some(&length) if self <= Self::default() => timeline.start(last, length),
            // Marks of long ago are gone, but the way there is not.
            Some(&length) => last.saturating_sub(length).max(first),
        }
    }
}

/// The time that a strip shows, in milliseconds. It moves on in steps, so that what stands on the strip stays where it
/// is in between, and a strip that is drawn many times a second is not made anew each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub start: Millis,
    /// How long it is.
    pub length: Millis,
    /// What stands in one place: see [`Timeline::dots`].
    pub slot: Millis,
}

impl Stretch {
    /// The steps that it goes in, at least.
    const STEPS: Millis = 48;
    /// The places in each.
    const SLOTS: Millis = 8;

    /// From a moment, or a little before, until another, or a little after; `least` milliseconds at least.
    pub fn new(start: Millis, last: Millis, least: Millis) -> Self {
        let length = |start: Millis| last.saturating_sub(start).max(least);
        let step = (length(start) / Self::STEPS).max(1).next_power_of_two();
        let start = start / step * step;
        Self {
            start,
            length: length(start).next_multiple_of(step),
            slot: (step / Self::SLOTS).max(1),
        }
    }
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

    /// All of it in the order of time; `time` writes a moment, `name` a client.
    pub fn table(&self, time: &dyn Fn(Millis) -> String, name: &dyn Fn(Conn) -> String) -> Table {
        let marks = self
            .marks
            .iter()
            .map(|mark| (mark.at, Some(mark.conn), mark.line.clone()));
        let spans = self.spans.iter().map(|span| {
            let until = span.until.map(time);
            (
                span.from,
                Some(span.conn),
                says::span(span.listening, until.as_deref()),
            )
        });
        let expired = self
            .expired
            .iter()
            .map(|gone| (gone.at, None, says::expired(&format::lossy(&gone.key))));
        let mut all: Vec<_> = marks.chain(spans).chain(expired).collect();
        all.sort_by_key(|(at, ..)| *at);
        let mut table = Table::new(&says::WHAT_HAPPENED_COLUMNS);
        for (at, conn, what) in all {
            table.row([time(at), conn.map(name).unwrap_or_default(), what]);
        }
        table
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

    /// The marks of a client from a moment on, the newest first. Those that stand in one `slot` of milliseconds are one,
    /// or a busy client's would be drawn hundreds of times in the same place. They part where the past ends.
    pub fn dots(&self, conn: Conn, start: Millis, slot: Millis, here: Point) -> Vec<Dot<'_>> {
        let own = self.marks.iter().rev();
        let own = own.filter(|mark| mark.conn == conn && mark.at >= start);
        let mut dots: Vec<Dot<'_>> = Vec::new();
        for mark in own {
            let (place, later) = (mark.at / slot.max(1), mark.is_after(here));
            match dots.last_mut() {
                Some(dot) if (dot.slot, dot.later) == (place, later) => dot.marks += 1,
                _ => dots.push(Dot {
                    slot: place,
                    last: mark,
                    marks: 1,
                    later,
                }),
            }
        }
        dots
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
    fn marks_in_one_place_are_one_dot() {
        let mut timeline = Timeline::default();
        for (input, at) in [100, 101, 109, 110, 140].into_iter().enumerate() {
            timeline.sent(0, format!("GET {at}"));
            timeline.recorded(0, at, input + 1);
            timeline.sent(1, "PING".into());
            timeline.recorded(1, at, 0);
        }
        let here = Point { inputs: 2, at: 300 };
        let dots = timeline.dots(0, 101, 10, here);
        let told: Vec<_> = dots.iter().map(|dot| (dot.slot, dot.title())).collect();
        let title = |text: &str| text.to_string();
        assert_eq!(
            told,
            [
                (14, title("GET 140")),
                (11, title("GET 110")),
                (10, title("GET 109")),
                (10, title("GET 101")),
            ],
            "109 is after where the session stands, and 101 is not"
        );
        let end = Point { inputs: 9, at: 300 };
        let dots = timeline.dots(0, 0, 50, end);
        assert_eq!(dots.len(), 1);
        assert_eq!(dots[0].title(), "5 lines, the last: GET 140");
    }

    #[test]
    fn a_strip_shows_a_shorter_or_a_longer_time() {
        let mut timeline = Timeline::default();
        timeline.sent(0, "PING".into());
        timeline.recorded(0, 9_900_000, 1);
        let zoom = Zoom::default();
        let start = |zoom: Zoom| zoom.start(&timeline, 1_000, 10_000_000);
        assert_eq!(start(zoom), 9_900_000, "nothing is marked before");
        let near = zoom.nearer().and_then(Zoom::nearer).unwrap();
        assert_eq!((start(near), near.says()), (9_940_000, "at most 1m".into()));
        assert_eq!(start(zoom.farther().unwrap()), 8_200_000);
        let ways: Vec<_> = std::iter::successors(Some(zoom), |zoom| zoom.farther()).collect();
        let far = ways[ways.len() - 1];
        assert_eq!((far, start(far)), (Zoom::WHOLE, 1_000));
        assert_eq!(far.says(), "the whole session");
        let ways = std::iter::successors(Some(zoom), |zoom| zoom.nearer());
        assert_eq!(ways.count(), 4);
    }

    #[test]
    fn a_strip_moves_on_in_steps_and_shows_all_that_it_is_to_show() {
        let mut stretches = std::collections::BTreeSet::new();
        for now in (100_000..200_000).step_by(10) {
            let one = Stretch::new(12_345, now, 20_000);
            assert!(one.start <= 12_345 && one.start + one.length >= now);
            assert!(one.length as f64 <= 1.1 * (now - 12_345) as f64, "{one:?}");
            assert!((100..900).contains(&(one.length / one.slot)), "{one:?}");
            stretches.insert((one.start, one.length));
        }
        assert!(stretches.len() < 60, "{}", stretches.len());
        assert_eq!(Stretch::new(7, 7, 20_000).length, 20_480);
        assert_eq!(Stretch::new(7, 7, 0).slot, 1);
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
    fn it_is_a_table_too() {
        let mut timeline = Timeline::default();
        timeline.sent(0, "SET k v PX 5".into());
        timeline.recorded(0, 1, 1);
        timeline.spans.push_back(Span {
            conn: 1,
            from: 3,
            until: Some(9),
            listening: false,
        });
        timeline.expired(vec![ExpiredKey {
            at: 6,
            db: 0,
            key: Bytes::from_slice(b"k"),
        }]);
        let table = timeline.table(&|at| at.to_string(), &format::client_letter);
        assert_eq!(
            table.rows,
            [
                ["1", "A", "SET k v PX 5"],
                ["3", "B", "waited until 9"],
                ["6", "", "k expired"]
            ]
        );
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
