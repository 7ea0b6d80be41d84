//! The actors as the page shows them: a card each, with what it said last, and the text that is being written.

pub mod lines;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::timeline::Mark;
use super::{Effect, State, format, show};
use crate::session::message::*;

/// The connection of the first actor; letters are for those who type.
pub const FIRST: Conn = 1_000;
/// How many lines a card keeps.
const LINES_MAX: usize = 60;
/// How many characters of a line are shown.
const LINE_SHOWN: usize = 300;
/// How many lines of a reply are shown.
const REPLY_LINES: usize = 8;
/// How many marks an actor has on the timeline, so that a busy one leaves room for the others'.
const MARKS_MAX: usize = 60;
/// How often what actors say is drawn, in milliseconds: nobody reads faster, and ten busy ones would slow every frame.
const PACE: f64 = 250.0;

/// The actors, in the order they were started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actors {
    /// Their cards.
    pub cards: Vec<Rc<Card>>,
    /// The text that is being written.
    pub draft: Option<Draft>,
    started: Conn,
}

impl Actors {
    /// From which number on connections are free for more of them.
    pub fn started(&self) -> Conn {
        self.started
    }

    /// The name of the actor at a connection; `None`: no actor is.
    pub fn name_of(&self, conn: Conn) -> Option<String> {
        let card = self.cards.iter().find(|card| card.conn == conn);
        card.map(|card| card.name.clone())
    }
}

/// What was heard of actors and is not drawn yet.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    states: BTreeMap<Conn, Option<ActorView>>,
    said: Vec<(Conn, Vec<Said>, u32)>,
    /// When it was last drawn, by the browser's clock.
    drawn: f64,
    /// Whether somebody waits for it: an actor was steered, or has come to its end.
    urgent: bool,
}

/// One actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Its connection.
    pub conn: Conn,
    /// What it is called.
    pub name: String,
    /// What it does.
    pub text: String,
    /// How it is, once the server half has said so.
    pub state: Option<ActorView>,
    /// What it said last, and was told, oldest first.
    pub lines: VecDeque<Rc<Line>>,
    next: u64,
}

/// One line of what an actor said or was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Grows with every line of the card.
    pub id: u64,
    /// Whose it is.
    pub kind: LineKind,
    /// As a console shows it.
    pub text: String,
}

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The actor's: a command.
    Sent,
    /// The server's.
    Reply,
    /// The server's, an error.
    Error,
    /// The page's.
    Note,
}

/// A text that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose; `None`: a new actor's.
    pub conn: Option<Conn>,
    /// What it is called.
    pub name: String,
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// What can be done with actors.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Start one of those that stand ready.
    Start(usize),
    /// Write a text, beginning with one that stands ready.
    Write(usize),
    /// Write an actor's text anew.
    Edit(Conn),
    /// It is called otherwise.
    Name(String),
    /// It reads otherwise.
    Text(String),
    /// The text is started.
    Save,
    /// It is given up.
    Cancel,
    /// An actor is steered.
    Steer(Conn, Steer),
}

impl Actors {
    fn card(&mut self, conn: Conn) -> Option<&mut Card> {
        let card = self.cards.iter_mut().find(|card| card.conn == conn)?;
        Some(Rc::make_mut(card))
    }

    fn add(&mut self, conn: Conn, name: String, text: String) {
        self.started = self.started.max(conn.saturating_sub(FIRST) + 1);
        self.cards.push(Rc::new(Card {
            conn,
            name,
            text,
            state: None,
            lines: VecDeque::new(),
            next: 0,
        }));
    }

    /// What a new actor of a text is called: no other is.
    fn name(&self, of: &str) -> String {
        let free = |name: &String| self.cards.iter().all(|card| card.name != *name);
        let mut names = (1..).map(|n| format!("{of}-{n}"));
        names.find(free).unwrap_or_default()
    }
}

impl Card {
    fn push(&mut self, kind: LineKind, text: String) {
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.next += 1;
        self.lines.push_back(Rc::new(Line {
            id: self.next,
            kind,
            text,
        }));
    }

    /// Shows bytes that it sent or was sent.
    fn said(&mut self, one: &Said) {
        if one.sent {
            return self.push(LineKind::Sent, command_line(&one.bytes));
        }
        let text = text::format_all(&one.bytes);
        let kind = match text.starts_with("(error)") {
            true => LineKind::Error,
            false => LineKind::Reply,
        };
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.len() > REPLY_LINES {
            lines.truncate(REPLY_LINES);
            lines.push("…");
        }
        self.push(kind, format::shortened(&lines.join("\n"), LINE_SHOWN));
    }

    /// In a word, how it is; and the class of the tag that says so.
    pub fn word(&self) -> (&'static str, &'static str) {
        let Some(state) = &self.state else {
            return ("starts", "");
        };
        match &state.doing {
            Doing::Crashed => ("crashed", "bad"),
            Doing::Done => ("ended", ""),
            Doing::Failed(_) => ("stopped", "bad"),
            _ if state.paused => ("paused", "warn"),
            Doing::Waits { .. } => ("running", "good"),
            Doing::Asks => ("blocked", "warn"),
            Doing::Listens => ("listens", "good"),
        }
    }

    /// Whether it has come to an end, good or bad.
    pub fn over(&self) -> bool {
        let doing = self.state.as_ref().map(|state| &state.doing);
        matches!(doing, Some(Doing::Crashed | Doing::Done | Doing::Failed(_)))
    }

    /// What went wrong in it.
    pub fn fault(&self) -> Option<&Fault> {
        match self.state.as_ref().map(|state| &state.doing) {
            Some(Doing::Failed(fault)) => Some(fault),
            _ => None,
        }
    }

    /// The line that it stands at.
    pub fn here(&self) -> Option<&str> {
        let line = self.state.as_ref()?.line as usize;
        Some(self.text.lines().nth(line.checked_sub(1)?)?.trim())
    }
}

impl State {
    /// Something is done with actors.
    pub(super) fn act_on_actors(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        let actors = Rc::make_mut(&mut self.actors);
        match act {
            Act::Start(at) => {
                if let Some(ready) = READY.get(at) {
                    let name = actors.name(ready.name);
                    self.start_actor(None, name, ready.text.to_string(), wall, effects);
                }
            }
            Act::Write(at) => {
                let ready = READY.get(at);
                actors.draft = Some(Draft {
                    conn: None,
                    name: actors.name(ready.map_or("actor", |ready| ready.name)),
                    text: ready.map_or("", |ready| ready.text).to_string(),
                    fault: None,
                });
            }
            Act::Edit(conn) => {
                actors.draft = actors.card(conn).map(|card| Draft {
                    conn: Some(conn),
                    name: card.name.clone(),
                    text: card.text.clone(),
                    fault: card.fault().cloned(),
                });
            }
            Act::Name(name) => {
                if let Some(draft) = &mut actors.draft {
                    draft.name = name;
                }
            }
            Act::Text(text) => {
                if let Some(draft) = &mut actors.draft {
                    draft.fault = check(&text);
                    draft.text = text;
                }
            }
            Act::Save => {
                let fault = actors.draft.as_ref().and_then(|draft| check(&draft.text));
                match (fault, actors.draft.take()) {
                    (None, Some(draft)) => {
                        let name = match draft.name.trim() {
                            "" => actors.name("actor"),
                            name => name.to_string(),
                        };
                        self.start_actor(draft.conn, name, draft.text, wall, effects);
                    }
                    (fault, draft) => {
                        actors.draft = draft.map(|draft| Draft { fault, ..draft });
                    }
                }
            }
            Act::Cancel => actors.draft = None,
            Act::Steer(conn, steer) => self.steer(conn, steer, wall, effects),
        }
    }

    fn start_actor(
        &mut self,
        conn: Option<Conn>,
        name: String,
        text: String,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let actors = Rc::make_mut(&mut self.actors);
        let conn = match conn.filter(|conn| actors.card(*conn).is_some()) {
            Some(conn) => conn,
            None if actors.cards.len() >= ACTORS_MAX => {
                self.notice = Some(format!("The page holds {ACTORS_MAX} actors at most."));
                return;
            }
            None => {
                let conn = FIRST + actors.started;
                actors.add(conn, String::new(), String::new());
                conn
            }
        };
        if let Some(card) = actors.card(conn) {
            (card.name, card.text) = (name.clone(), text.clone());
        }
        self.used = true;
        self.steer(conn, Steer::Start { name, text }, wall, effects);
    }

    /// An actor that is there begins anew, with what may be another text.
    pub(super) fn actor_starts(&mut self, conn: Conn, steer: &Steer) {
        if let Steer::Start { name, text } = steer
            && let Some(card) = Rc::make_mut(&mut self.actors).card(conn)
        {
            (card.name, card.text) = (name.clone(), text.clone());
        }
    }

    pub(super) fn steer(&mut self, conn: Conn, steer: Steer, wall: f64, effects: &mut Vec<Effect>) {
        let orders = self.port.input(conn, What::Actor(steer), wall);
        self.follow(orders, wall, effects);
    }

    /// The server half told how an actor is.
    pub(super) fn actor_is(&mut self, conn: Conn, state: Option<ActorView>) {
        let standing = |state: Option<&ActorView>| {
            state.map(|state| (state.paused, state.slow, is_over(&state.doing)))
        };
        let card = self.actors.cards.iter().find(|card| card.conn == conn);
        let known = card.and_then(|card| card.state.as_ref());
        self.news.urgent |= standing(known) != standing(state.as_ref());
        self.news.states.insert(conn, state);
    }

    /// The server half told what an actor said and was told.
    pub(super) fn actor_said(&mut self, conn: Conn, said: Vec<Said>, left_out: u32) {
        let at = self.news.said.iter().position(|(of, ..)| *of == conn);
        let Some((_, known, before)) = at.and_then(|at| self.news.said.get_mut(at)) else {
            return self.news.said.push((conn, said, left_out));
        };
        if left_out > 0 {
            *before += left_out + known.len() as u32;
            known.clear();
        }
        known.extend(said);
        // What no card would show any more need not be read.
        let more = known.len().saturating_sub(LINES_MAX);
        known.drain(..more);
        *before += more as u32;
    }

    /// Shows what was heard of actors, if it is time.
    pub(super) fn show_news(&mut self, wall: f64) {
        let nothing = self.news.states.is_empty() && self.news.said.is_empty();
        if nothing || !(self.news.urgent || wall - self.news.drawn >= PACE) {
            return;
        }
        self.changed = true;
        let fresh = News {
            drawn: wall,
            ..News::default()
        };
        let news = std::mem::replace(&mut self.news, fresh);
        for (conn, said, left_out) in news.said {
            self.show_said(conn, &said, left_out);
        }
        let actors = Rc::make_mut(&mut self.actors);
        for (conn, state) in news.states {
            match state {
                None => actors.cards.retain(|card| card.conn != conn),
                Some(state) => {
                    if actors.card(conn).is_none() {
                        let text = started_as(self.port.log(), conn, &state.name);
                        actors.add(conn, state.name.clone(), text);
                    }
                    if let Some(card) = actors.card(conn) {
                        card.state = Some(state);
                    }
                }
            }
        }
    }

    /// Shows at once all that was heard of actors.
    pub(super) fn show_all_news(&mut self, wall: f64) {
        self.news.urgent = true;
        self.show_news(wall);
    }

    /// An actor's card shows what had been said up to another moment.
    pub(super) fn actor_retold(&mut self, talk: &Talk) {
        let Some(card) = Rc::make_mut(&mut self.actors).card(talk.conn) else {
            return;
        };
        card.lines.clear();
        let said = talk.said.iter().filter_map(|saying| {
            let (sent, bytes) = match &saying.say {
                Say::Sent(bytes) => (true, bytes),
                Say::Received(bytes) => (false, bytes),
                Say::Opened | Say::Cut => return None,
            };
            let (at, bytes) = (saying.at, bytes.clone());
            Some(Said { at, sent, bytes })
        });
        for one in said {
            card.said(&one);
        }
    }

    fn show_said(&mut self, conn: Conn, said: &[Said], left_out: u32) {
        let timeline = Rc::make_mut(&mut self.timeline);
        let Some(card) = Rc::make_mut(&mut self.actors).card(conn) else {
            return;
        };
        if left_out > 0 {
            card.push(LineKind::Note, format!("… {left_out} more"));
        }
        let (mut said_last, mut count) = (None, left_out as usize / 2);
        for one in said {
            card.said(one);
            if one.sent {
                count += 1;
                said_last = Some((one.at, command_line(&one.bytes)));
            }
        }
        // On the timeline, one mark each time: more could not be told apart.
        if let Some((at, line)) = said_last {
            let input = 0;
            let mark = Mark {
                at,
                conn,
                line,
                input,
            };
            timeline.acted(mark, count, MARKS_MAX);
        }
    }
}

/// The text that an actor of a name was last started with.
fn started_as(log: &Log, conn: Conn, wanted: &str) -> String {
    let texts = log.entries.iter().rev().filter_map(|entry| match entry {
        Entry::Input(Input {
            conn: of,
            what: What::Actor(Steer::Start { name, text }),
            ..
        }) if *of == conn && name == wanted => Some(text.clone()),
        _ => None,
    });
    let mut texts = texts;
    texts.next().unwrap_or_default()
}

fn is_over(doing: &Doing) -> bool {
    matches!(doing, Doing::Crashed | Doing::Done | Doing::Failed(_))
}

/// A command as it would be typed.
pub(super) fn command_line(bytes: &[u8]) -> String {
    let Some((Reply::Array(words), _)) = decode(bytes) else {
        return String::new();
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| match word {
            Reply::Bulk(word) => show::word(word),
            _ => String::new(),
        })
        .collect();
    format::shortened(&words.join(" "), LINE_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Action, Theme};
    use crate::session::host::Host;

    const START: Millis = 1_700_000_000_000;

    /// A page and a server half, which hear each other at once.
    struct Pair(State, Host);

    impl Pair {
        fn new() -> Self {
            let state = State::new(1, START, Theme::System);
            let mut pair = Self(state, Host::new(0, START, || None));
            pair.update(START, Action::Open);
            pair
        }

        fn update(&mut self, at: Millis, action: Action) {
            for effect in self.0.update(action, at as f64) {
                let Effect::Post(requests) = effect else {
                    continue;
                };
                for request in requests {
                    self.1.handle(at, request);
                }
            }
        }

        fn frame(&mut self, at: Millis) {
            let frame = self.1.frame(START + at);
            self.update(START + at, Action::Frame(frame));
        }

        fn act(&mut self, at: Millis, act: Act) {
            self.update(START + at, Action::Actors(act));
            self.frame(at);
        }

        fn card(&self, at: usize) -> &Card {
            &self.0.actors.cards[at]
        }
    }

    #[test]
    fn actors_have_cards_that_show_what_they_say_and_how_they_are() {
        let mut pair = Pair::new();
        let at = |name| READY.iter().position(|ready| ready.name == name).unwrap();
        pair.act(0, Act::Start(at("worker")));
        pair.act(0, Act::Start(at("worker")));
        assert_eq!(pair.card(0).name, "worker-1");
        assert_eq!(pair.card(1).name, "worker-2");
        pair.frame(1_000);
        assert_eq!(pair.card(0).word(), ("blocked", "warn"));
        assert!(
            pair.card(0)
                .here()
                .unwrap()
                .starts_with("reply = XREADGROUP")
        );
        let lines: Vec<_> = pair
            .card(0)
            .lines
            .iter()
            .map(|line| (line.kind, line.text.as_str()))
            .collect();
        assert_eq!(
            lines[..2],
            [
                (LineKind::Sent, "XGROUP CREATE events workers $ MKSTREAM"),
                (LineKind::Reply, "OK")
            ]
        );
        let last = pair.card(1).lines.iter().rev().nth(1).unwrap();
        assert_eq!(last.kind, LineKind::Error, "{last:?}");
        assert!(
            pair.0
                .timeline
                .marks
                .iter()
                .any(|mark| mark.conn == FIRST + 1)
        );

        pair.act(1_000, Act::Steer(FIRST, Steer::Crash));
        assert_eq!(pair.card(0).word(), ("crashed", "bad"));
        assert!(pair.card(0).over());
        pair.act(1_000, Act::Steer(FIRST + 1, Steer::Pause));
        assert_eq!(pair.card(1).word(), ("paused", "warn"));
        pair.act(1_000, Act::Steer(FIRST, Steer::Remove));
        assert_eq!(pair.0.actors.cards.len(), 1);
        pair.act(1_000, Act::Start(at("worker")));
        assert_eq!(
            (pair.card(1).name.as_str(), pair.card(1).conn),
            ("worker-1", FIRST + 2)
        );
    }

    #[test]
    fn a_text_is_written_checked_and_started() {
        let mut pair = Pair::new();
        pair.act(0, Act::Write(usize::MAX));
        pair.act(0, Act::Text("forever\nINCR n".into()));
        let line = |pair: &Pair| {
            pair.0
                .actors
                .draft
                .as_ref()
                .and_then(|draft| Some(draft.fault.as_ref()?.line))
        };
        assert_eq!(line(&pair), Some(1));
        pair.act(0, Act::Save);
        assert_eq!(line(&pair), Some(1), "what is wrong is not started");
        assert!(pair.0.actors.cards.is_empty());
        pair.act(0, Act::Text("forever\n  INCR n\n  wait 9ms\n".into()));
        pair.act(0, Act::Name("mine".into()));
        assert_eq!(line(&pair), None);
        pair.act(0, Act::Save);
        assert_eq!(pair.0.actors.draft, None);
        pair.frame(1_000);
        assert_eq!(
            pair.card(0).state.as_ref().map(|state| state.sent),
            Some(100)
        );
        assert!(pair.card(0).lines.len() <= LINES_MAX);
        pair.act(1_000, Act::Edit(FIRST));
        pair.act(1_000, Act::Text("LPUSH n a".into()));
        pair.act(1_000, Act::Save);
        pair.frame(1_100);
        let card = pair.card(0);
        assert_eq!((card.name.as_str(), card.word().0), ("mine", "stopped"));
        assert_eq!(card.fault().map(|fault| fault.line), Some(1));
        assert_eq!(card.lines.back().unwrap().kind, LineKind::Error);
    }

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let shown = |words: &[&str]| command_line(&encode_command(words));
        assert_eq!(
            shown(&["SET", "k", "two words", "", "a\"b"]),
            r#"SET k "two words" "" "a\"b""#
        );
    }
}
