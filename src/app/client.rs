//! What a learner does to the clients themselves, and what is to be seen of each.

use std::rc::Rc;

use super::console::Console;
use super::{CLIENTS_MAX, Effect, State, colour, format, show};
use crate::session::message::{Bytes, ClientView, Conn, Millis, What};

/// How many characters a client's label may have.
pub const LABEL_MAX: usize = 24;

/// What is done to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is given a label; an empty one takes it away.
    Label(String),
    /// It takes a colour, from 0; who had it takes this one's.
    Colour(usize),
    /// Its console moves to a place, from 0.
    Move(usize),
    /// Its connection is cut. The console stays.
    Disconnect,
    /// It connects again.
    Connect,
    /// Its connection is cut, and its console goes.
    Close,
}

/// A client as the rest of the page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Its connection.
    pub conn: Conn,
    /// `B`, or with a label `B, worker`.
    pub name: String,
}

/// What a client is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Its command holds up the server half.
    Stuck,
    /// A script stands still: whose, which may be its own.
    Script(Conn),
    /// The learner cut its connection.
    Disconnected,
    /// It has not been heard of yet.
    Connecting,
    /// It waits: since when, and until when.
    Blocked(Millis, Option<Millis>),
    /// It queues commands for EXEC: how many.
    Queuing(usize),
    /// It listens: to how many channels, and patterns.
    Listening(usize, usize),
    /// A command waits for its answer.
    Running,
    /// Lines are still to be run: how many, and about how many seconds they take.
    ToGo(usize, Option<u32>),
    /// It takes a command.
    Ready,
}

/// A client that waits for a key: since when, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its connection.
    pub conn: Conn,
    /// Since when it waits.
    pub since: Millis,
    /// Until when; `None`: for ever.
    pub until: Option<Millis>,
}

impl State {
    /// The clients that wait for a key, in the order in which they began to.
    pub fn waiting_for(&self, db: usize, key: &[u8]) -> Vec<Waiting> {
        let waits = |console: &Rc<Console>| {
            let client = console.client.as_ref().filter(|client| client.db == db)?;
            let (keys, since, until) = client.blocked.as_ref()?;
            keys.iter()
                .any(|wanted| wanted.as_slice() == key)
                .then_some(Waiting {
                    conn: console.conn,
                    since: *since,
                    until: *until,
                })
        };
        let mut waiting: Vec<_> = self.consoles.iter().filter_map(waits).collect();
        waiting.sort_by_key(|waiting| waiting.since);
        waiting
    }
}

impl Condition {
    /// What a client is doing.
    pub fn of(console: &Console) -> Self {
        if console.stuck {
            return Self::Stuck;
        }
        if let Some(conn) = console.held_by {
            return Self::Script(conn);
        }
        if console.cut {
            return Self::Disconnected;
        }
        let Some(client) = &console.client else {
            return Self::Connecting;
        };
        if let Some((_, since, until)) = client.blocked {
            return Self::Blocked(since, until);
        }
        if let Some(queue) = &client.queue {
            return Self::Queuing(queue.len);
        }
        if client.channels + client.patterns > 0 {
            return Self::Listening(client.channels, client.patterns);
        }
        match console.waiting() {
            0 if console.busy() => Self::Running,
            0 => Self::Ready,
            n => Self::ToGo(n, console.pace.left()),
        }
    }

    /// In a word or two, without numbers.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stuck => "holds up the server",
            Self::Script(_) => "waits for a script",
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Blocked(..) => "blocked",
            Self::Queuing(_) => "in MULTI",
            Self::Listening(..) => "subscribed",
            Self::Running | Self::ToGo(..) => "running",
            Self::Ready => "ready",
        }
    }
}

/// How long a wait lasts: what is left of it, or how long it has lasted where it has no end.
pub fn wait(since: Millis, until: Option<Millis>, now: Millis) -> String {
    match until {
        Some(until) => format!(
            "blocked, {} left",
            format::duration(until.saturating_sub(now))
        ),
        None => format!("blocked {}", format::duration(now.saturating_sub(since))),
    }
}

/// One thing to know of a client's state, such as the keys that it watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub what: &'static str,
    /// Its items: keys, channels or commands.
    pub items: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Whether EXEC will fail for it.
    pub bad: bool,
}

/// What there is to know of a client's state.
pub fn facts(client: &ClientView) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut tell = |what, items: Vec<String>, all: usize, bad| {
        if !items.is_empty() {
            let more = all.saturating_sub(items.len());
            facts.push(Fact {
                what,
                items,
                more,
                bad,
            });
        }
    };
    let names = |some: &[Bytes]| {
        some.iter()
            .map(|name| format::lossy(name))
            .collect::<Vec<_>>()
    };
    let place = |(db, key): &(usize, Bytes)| {
        let key = format::lossy(key);
        if *db == client.db {
            key
        } else {
            format!("{key} of db {db}")
        }
    };
    if let Some((keys, ..)) = &client.blocked {
        tell("waits for", names(keys), keys.len(), false);
    }
    tell(
        "listens to",
        names(&client.names),
        client.channels + client.patterns,
        false,
    );
    if let Some(queue) = &client.queue {
        let line = |words: &Vec<Bytes>| {
            let words: Vec<_> = words.iter().map(|word| show::word(word)).collect();
            words.join(" ")
        };
        tell(
            "queued",
            queue.commands.iter().map(line).collect(),
            queue.len,
            false,
        );
        if queue.refused {
            let why = "a command was refused, so EXEC will run nothing";
            tell("refused", vec![why.into()], 1, true);
        }
    }
    let watched = client.watched.iter().map(place).collect();
    tell("watches", watched, client.watching, false);
    if client.dirty {
        let key = client
            .spoiler
            .as_ref()
            .map_or("a watched key".into(), place);
        tell(
            "dirty",
            vec![format!("{key} was modified, so EXEC will run nothing")],
            1,
            true,
        );
    }
    facts
}

impl State {
    /// The clients, in the order of their consoles.
    pub fn clients(&self) -> Rc<[Who]> {
        let who = |console: &Rc<Console>| Who {
            conn: console.conn,
            name: console.name(),
        };
        self.consoles.iter().map(who).collect()
    }

    /// The colours that are not those that clients begin with, as custom properties.
    pub fn hues(&self) -> String {
        let own = |c: &&Rc<Console>| c.colour != c.conn as usize % colour::HUES;
        let set = |c: &Rc<Console>| colour::set(c.conn, c.colour);
        self.consoles.iter().filter(own).map(set).collect()
    }

    /// Something is done to a client.
    pub(super) fn client_act(
        &mut self,
        conn: Conn,
        act: Act,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let Some(at) = self.consoles.iter().position(|c| c.conn == conn) else {
            return;
        };
        match act {
            Act::Label(label) => {
                if let Some(console) = self.console(conn) {
                    // Its end is trimmed where it is shown: more may be typed behind a space.
                    console.label = label.trim_start().chars().take(LABEL_MAX).collect();
                }
            }
            Act::Colour(new) if new < colour::HUES => {
                let old = self.consoles[at].colour;
                for console in &mut self.consoles {
                    if console.conn == conn {
                        Rc::make_mut(console).colour = new;
                    } else if console.colour == new {
                        Rc::make_mut(console).colour = old;
                    }
                }
            }
            Act::Colour(_) => {}
            Act::Move(to) => {
                let console = self.consoles.remove(at);
                self.consoles.insert(to.min(self.consoles.len()), console);
            }
            Act::Disconnect => self.cut(conn, wall, effects),
            Act::Connect => self.connect_again(conn, wall, effects),
            // Somebody must take what the panels type.
            Act::Close if self.consoles.len() > 1 => {
                self.cut(conn, wall, effects);
                self.consoles.remove(at);
                let other = self.consoles.first().map_or(0, |c| c.conn);
                if self.last_used == conn {
                    self.last_used = other;
                }
                if self.script.client == conn {
                    Rc::make_mut(&mut self.script).client = other;
                }
            }
            Act::Close => {}
        }
    }

    /// The lowest letter that is free, and a colour that nobody has.
    pub(super) fn new_console(&self) -> Option<Console> {
        let free = |conn: &Conn| self.consoles.iter().all(|c| c.conn != *conn);
        let conn = (0..CLIENTS_MAX as Conn).find(free)?;
        self.new_console_of(conn)
    }

    /// A console for a connection that came while the page did not look.
    pub(super) fn new_console_of(&self, conn: Conn) -> Option<Console> {
        let mut console = Console::new(conn);
        let taken = |hue: usize| self.consoles.iter().any(|c| c.colour == hue);
        console.colour = (0..colour::HUES)
            .map(|step| (conn as usize + step) % colour::HUES)
            .find(|hue| !taken(*hue))?;
        Some(console)
    }

    fn cut(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        let now = self.clock.now;
        let Some(console) = self.console(conn).filter(|console| !console.cut) else {
            return;
        };
        for (ticket, text) in console.disconnected(now) {
            self.resolve(conn, ticket, text, wall, effects);
        }
        let orders = self.port.input(conn, What::Disconnect, wall);
        self.follow(orders, wall, effects);
    }

    /// Connects a client again whose connection was cut.
    pub(super) fn connect_again(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        let Some(console) = self.console(conn).filter(|console| console.cut) else {
            return;
        };
        console.cut = false;
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }
}

#[cfg(test)]
mod tests;
