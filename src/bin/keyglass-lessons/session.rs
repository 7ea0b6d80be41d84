//! The page and its server half, joined without a browser. Time stands still in it unless it is moved on.

use std::collections::BTreeMap;

use keyglass::app::actors::{Act, Card};
use keyglass::app::kept::{self, About, Shown};
use keyglass::app::{Action, Effect, State, Theme};
use keyglass::session::host::Host;
use keyglass::session::lua::machine;
use keyglass::session::message::*;

const START: Millis = 1_700_000_000_000;
/// How many frames may come until nothing is left to say.
const FRAMES_MAX: usize = 100_000;
/// How long there is between two looks at the page, by the browser's clock, so that nothing is put off.
const LOOK: f64 = 200.0;

/// A session in a page.
pub struct Session {
    state: State,
    host: Host,
    wall: f64,
    next: u32,
    answers: BTreeMap<u32, String>,
    probed: BTreeMap<u32, Vec<u8>>,
}

impl Session {
    /// A new one. The clock is held or runs so fast.
    pub fn open(
        seed: u64,
        clients: &[(Conn, String)],
        pinned: &[Shown],
        clock: (bool, Speed),
    ) -> Self {
        let mut session = Self {
            state: State::new(seed, START, Theme::System),
            host: Host::new(seed, START, machine),
            wall: 0.0,
            next: 0,
            answers: BTreeMap::new(),
            probed: BTreeMap::new(),
        };
        let hue = |(conn, label): &(Conn, String)| (*conn, label.clone(), *conn as usize);
        let about = About {
            seed,
            start: START,
            until: START,
            clients: clients.iter().map(hue).collect(),
            stage: pinned.iter().map(|shown| (shown.clone(), true)).collect(),
            clock,
            ..About::default()
        };
        let connect = |(conn, _): &(Conn, String)| {
            Entry::Input(Input {
                at: START,
                conn: *conn,
                what: What::Connect,
            })
        };
        session.act(Action::Kept(kept::Act::Loaded {
            id: String::new(),
            about,
            entries: clients.iter().map(connect).collect(),
            broken: false,
        }));
        session.settle();
        session
    }

    fn act(&mut self, action: Action) {
        for effect in self.state.update(action, self.wall) {
            match effect {
                Effect::Post(requests) => requests
                    .into_iter()
                    .for_each(|request| self.host.handle(START, request)),
                Effect::Restart => self.host = Host::new(0, START, machine),
                Effect::Resolve(ticket, text) => {
                    self.answers.insert(ticket, text);
                }
                _ => {}
            }
        }
    }

    /// Lets frames go back and forth until nothing is left to say.
    fn settle(&mut self) {
        for _ in 0..FRAMES_MAX {
            let frame = self.host.frame(START);
            if frame.updates.is_empty() {
                break;
            }
            for update in &frame.updates {
                if let Update::Probed { ticket, bytes } = update {
                    self.probed.insert(*ticket, bytes.clone());
                }
            }
            self.act(Action::Frame(frame));
        }
        self.wall += LOOK;
        self.act(Action::Tick);
    }

    fn ticket(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A client types a line. `None`: it cannot, since it waits.
    pub fn enter(&mut self, conn: Conn, line: &str) -> Option<u32> {
        let mut consoles = self.state.consoles.iter();
        let console = consoles.find(|console| console.conn == conn)?;
        if !console.takes(line, false) {
            return None;
        }
        let ticket = self.ticket();
        self.act(Action::Run {
            conn,
            text: line.into(),
            ticket: Some(ticket),
        });
        self.settle();
        Some(ticket)
    }

    /// What was answered to a line, once it was.
    pub fn answer(&self, ticket: u32) -> Option<&str> {
        self.answers.get(&ticket).map(String::as_str)
    }

    /// An actor is started; one of that name starts anew.
    pub fn start(&mut self, name: &str, text: &str) {
        let known = self
            .cards()
            .find(|card| card.name == name)
            .map(|card| card.conn);
        let open = known.map_or(Act::Write(usize::MAX), Act::Edit);
        let (name, text) = (Act::Name(name.into()), Act::Text(text.into()));
        for act in [open, name, text, Act::Save] {
            self.act(Action::Actors(act));
        }
        self.settle();
    }

    fn cards(&self) -> impl Iterator<Item = &Card> {
        self.state.actors.cards.iter().map(|card| &**card)
    }

    /// Whether an actor is at work.
    pub fn actors_run(&self) -> bool {
        self.cards().any(|card| !card.over())
    }

    /// What went wrong in actors, each in a sentence.
    pub fn actors_failed(&self) -> Vec<String> {
        let failed = self.cards().filter_map(|card| {
            let fault = card.fault()?;
            Some(format!(
                "the actor {} stopped in its line {}: {}",
                card.name, fault.line, fault.text
            ))
        });
        failed.collect()
    }

    /// Moves the clock on.
    pub fn advance(&mut self, by: Millis) {
        self.act(Action::Clock(Turn::Advance(by)));
        self.settle();
    }

    /// Asks a copy of the session commands, one after another. `None`: the command has to wait.
    pub fn ask(&mut self, commands: &[Vec<u8>]) -> Vec<Option<Reply>> {
        let ask = |bytes: &Vec<u8>| {
            let (ticket, bytes) = (self.ticket(), bytes.clone());
            self.host.handle(START, Request::Probe { ticket, bytes });
            self.settle();
            let bytes = self.probed.remove(&ticket)?;
            Some(decode(&bytes)?.0)
        };
        commands.iter().map(ask).collect()
    }
}
