//! A session as a document that can be handed on, and the forms it is handed on in.
//!
//! | form | module |
//! |---|---|
//! | `#v1.…`: a link that holds it all | [`link`] |
//! | `#cmd=ZADD board 10 ann;…` and `?commands=…`: written by a person, or another page | [`readable`] |
//! | a `.keyglass` file, which is JSON | [`file`] |
//! | what a `redis-cli` printed | [`transcript`] |
//!
//! Whatever comes in is read as far as its caps and no further; what it holds is only ever text.

pub mod file;
pub mod link;
pub mod page;
pub mod readable;
pub mod transcript;

use std::collections::BTreeSet;
use std::fmt;

use super::actors::FIRST;
use super::client::LABEL_MAX;
use super::kept::{About, Shown, inputs};
use super::transcript::{Step as Meaning, interpret};
use super::{CLIENTS_MAX, colour, show};
use crate::session::message::*;

/// What a link has more characters than, some places cut.
pub const LONG_LINK: usize = 8_000;
/// How many characters of a link are read.
pub const LINK_MAX: usize = 200_000;
/// How many bytes a file or a pasted text may have, and what a link unpacks to.
pub const BYTES_MAX: usize = 1 << 20;
/// How many things may have been done in a shared session; a line that repeats counts as often as it does.
pub const STEPS_MAX: usize = 5_000;
/// How many actors may be started in it.
pub const SHARED_ACTORS_MAX: usize = 16;
/// How many inspectors may be pinned.
pub const PINNED_MAX: usize = 16;
/// How many characters a title may have.
pub const TITLE_MAX: usize = 120;
/// How many characters a note may have.
pub const NOTE_MAX: usize = 2_000;
/// How much time may pass in it, in milliseconds: ten years.
pub const TIME_MAX: Millis = 10 * 365 * 24 * 3_600_000;
/// How many commands may run without a click, where a link asks for that.
pub const RUN_MAX: usize = 100;
/// The largest number that is exact in JSON everywhere, which bounds seeds and moments.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// A session to be handed on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it is called; may be empty.
    pub title: String,
    /// What is to be said about it; may be empty.
    pub note: String,
    /// How it opens.
    pub mode: Mode,
    /// The seed of its chance, and its first moment; `None`: it begins when it is opened.
    pub begins: Option<(u64, Millis)>,
    /// How much time passed after the last step, in milliseconds.
    pub rest: Millis,
    /// Whether its clock is held, and how fast it runs when it is not.
    pub clock: (bool, Speed),
    /// Its clients, in the order of their consoles.
    pub clients: Vec<Client>,
    /// The inspectors that are pinned.
    pub pinned: Vec<Shown>,
    /// The text in the script editor.
    pub script: String,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Whether it asks to run without a click.
    pub run: bool,
}

/// How a document opens, unless whoever opens it wants otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// From the start, as a script to step through.
    #[default]
    Script,
    /// As it stands at its end.
    Now,
}

/// A client of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its connection, below [`CLIENTS_MAX`].
    pub conn: Conn,
    /// What it is called beside its letter; may be empty.
    pub label: String,
    /// Its hue.
    pub colour: usize,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many milliseconds after the one before, or after the start.
    pub after: Millis,
    /// To which connection: a client's, or an actor's from [`FIRST`] on.
    pub conn: Conn,
    /// What.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The connection opened.
    Connect,
    /// A line was entered: a command, or in what a person wrote anything that a console takes. Without a line break.
    Line(String),
    /// The connection was cut.
    Disconnect,
    /// It is an actor's, which was steered.
    Actor(Steer),
}

/// Why something is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The link is not whole.
    Cut,
    /// A later version of the page made it.
    Later,
    /// It is nothing that this page knows.
    Unknown,
    /// There is nothing to run in it.
    Empty,
    /// A step of it, from 1, cannot be read.
    Step(usize),
    /// What is wrong in a file, and where: a path such as `steps[3].run`.
    File(String),
    /// Something in it is more than a shared session may have: what, and how much may be.
    Cap(&'static str, u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut => f.write_str(
                "This link is not whole: some places cut long links. Ask for it again, or for the session as a file.",
            ),
            Self::Later => f.write_str(
                "A later version of Keyglass made this session. Load the page again to get that version.",
            ),
            Self::Unknown => f.write_str(
                "This holds no session: Keyglass opens its own links and files, and what redis-cli printed.",
            ),
            Self::Empty => f.write_str("There is no command in this session."),
            Self::Step(at) => write!(f, "Step {at} of this session cannot be read."),
            Self::File(what) => write!(f, "This file holds no session: {what}."),
            Self::Cap(what, most) => write!(
                f,
                "This is more than a shared session may hold: {what}, {} at most.",
                super::format::count(*most)
            ),
        }
    }
}

impl Document {
    /// A session that is kept, as far as it is to be handed on.
    pub fn of(about: &About, log: &Log, mode: Mode) -> Self {
        let mut at = log.start;
        let step = |input: &Input| {
            let after = input.at.saturating_sub(at);
            at = at.max(input.at);
            let deed = match &input.what {
                What::Connect => Deed::Connect,
                What::Bytes(bytes) => Deed::Line(line_of(bytes)),
                What::Disconnect => Deed::Disconnect,
                What::Actor(steer) => Deed::Actor(steer.clone()),
            };
            Step {
                after,
                conn: input.conn,
                deed,
            }
        };
        let steps: Vec<Step> = inputs(log).into_iter().map(step).collect();
        let clients = about.clients.iter().cloned();
        let pinned = about.stage.iter().filter(|(_, pinned)| *pinned);
        Self {
            mode,
            begins: Some((log.seed, log.start)),
            rest: log.until.saturating_sub(at),
            clock: about.clock,
            clients: clients
                .map(|(conn, label, colour)| Client {
                    conn,
                    label,
                    colour,
                })
                .collect(),
            pinned: pinned.map(|(shown, _)| shown.clone()).collect(),
            script: about.script.clone(),
            steps,
            ..Self::default()
        }
    }

    /// Lines that a person wrote, each with whose it is. They run one after another, by a clock that runs.
    pub fn of_lines(lines: Vec<(Conn, String)>) -> Self {
        let conns: BTreeSet<Conn> = lines.iter().map(|(conn, _)| *conn).collect();
        let client = |conn: Conn| Client {
            conn,
            label: String::new(),
            colour: conn as usize % colour::HUES,
        };
        let step = |(conn, line)| Step {
            after: 0,
            conn,
            deed: Deed::Line(line),
        };
        Self {
            clients: conns.into_iter().map(client).collect(),
            steps: lines.into_iter().map(step).collect(),
            ..Self::default()
        }
    }

    /// How many commands there are.
    pub fn commands(&self) -> usize {
        let typed = |step: &&Step| matches!(step.deed, Deed::Line(_));
        self.steps.iter().filter(typed).count()
    }

    /// How many actors are started.
    pub fn actors(&self) -> usize {
        let begun = |step: &Step| match step.deed {
            Deed::Actor(Steer::Start { .. }) => Some(step.conn),
            _ => None,
        };
        let conns: BTreeSet<Conn> = self.steps.iter().filter_map(begun).collect();
        conns.len()
    }

    /// Whether it runs without a click: it asks to, and is small.
    pub fn runs_at_once(&self) -> bool {
        let small = self.actors() == 0 && times(self) <= RUN_MAX;
        self.run && small
    }

    /// Its length, in milliseconds.
    pub fn length(&self) -> Millis {
        let sum = |all: Millis, step: &Step| all.saturating_add(step.after);
        self.steps.iter().fold(self.rest, sum)
    }

    /// The log that brings it to its end at once. What was never a command cannot be in it.
    pub fn log(&self) -> Result<Log, Fault> {
        let (seed, start) = self.begins.ok_or(Fault::Unknown)?;
        let mut at = start;
        let mut entries = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            at = at.saturating_add(step.after);
            let what = match &step.deed {
                Deed::Connect => What::Connect,
                Deed::Disconnect => What::Disconnect,
                Deed::Actor(steer) => What::Actor(steer.clone()),
                Deed::Line(line) => {
                    let words = split_words(line.as_bytes()).filter(|words| !words.is_empty());
                    What::Bytes(encode_command(&words.ok_or(Fault::Step(n + 1))?))
                }
            };
            let conn = step.conn;
            entries.push(Entry::Input(Input { at, conn, what }));
        }
        Ok(Log {
            seed,
            start,
            entries,
            until: at.saturating_add(self.rest),
        })
    }

    /// What is kept of it beside its log.
    pub fn about(&self) -> About {
        let (seed, start) = self.begins.unwrap_or_default();
        let clients = self.clients.iter();
        About {
            seed,
            start,
            until: start.saturating_add(self.length()),
            commands: self.commands(),
            keys: Vec::new(),
            clients: clients
                .map(|client| (client.conn, client.label.clone(), client.colour))
                .collect(),
            stage: self.pinned.iter().map(|one| (one.clone(), true)).collect(),
            script: self.script.clone(),
            clock: self.clock,
            told: Box::default(),
        }
    }

    /// The document, if it keeps within all caps and means something.
    pub(in crate::app) fn checked(self) -> Result<Self, Fault> {
        let cap = |is: usize, most: usize, what: &'static str| match is > most {
            true => Err(Fault::Cap(what, most as u64)),
            false => Ok(()),
        };
        cap(
            self.title.chars().count(),
            TITLE_MAX,
            "too many characters in its title",
        )?;
        cap(
            self.note.chars().count(),
            NOTE_MAX,
            "too many characters in its note",
        )?;
        cap(self.steps.len(), STEPS_MAX, "too many inputs")?;
        cap(times(&self), STEPS_MAX, "too many inputs")?;
        cap(self.clients.len(), CLIENTS_MAX, "too many clients")?;
        cap(self.actors(), SHARED_ACTORS_MAX, "too many actors")?;
        cap(self.pinned.len(), PINNED_MAX, "too many pinned inspectors")?;
        cap(
            self.script.len(),
            TEXT_MAX,
            "too many bytes in its script editor",
        )?;
        let texts = self.steps.iter().filter_map(|step| match &step.deed {
            Deed::Actor(Steer::Start { name, text }) => Some(text.len().max(name.len())),
            _ => None,
        });
        cap(
            texts.max().unwrap_or_default(),
            TEXT_MAX,
            "too many bytes in the text of an actor",
        )?;
        if self.length() > TIME_MAX {
            return Err(Fault::Cap("too many milliseconds that pass", TIME_MAX));
        }
        if self.commands() == 0 && self.actors() == 0 {
            return Err(Fault::Empty);
        }
        let (seed, start) = self.begins.unwrap_or_default();
        if seed > NUMBER_MAX || start > LAST_START {
            return Err(Fault::Unknown);
        }
        let mut known = BTreeSet::new();
        for client in &self.clients {
            let fits = client.conn < CLIENTS_MAX as Conn && client.colour < colour::HUES;
            if !fits || !known.insert(client.conn) || client.label.chars().count() > LABEL_MAX {
                return Err(Fault::Unknown);
            }
        }
        for (at, step) in self.steps.iter().enumerate() {
            let actor = matches!(step.deed, Deed::Actor(_));
            let conns = match actor {
                true => FIRST..FIRST + 100_000,
                false => 0..CLIENTS_MAX as Conn,
            };
            let broken = matches!(&step.deed, Deed::Line(line) if line.contains(['\n', '\r']) || line.trim().is_empty());
            if !conns.contains(&step.conn) || broken {
                return Err(Fault::Step(at + 1));
            }
        }
        Ok(self)
    }
}

/// The last first moment that a session may have: the end of the year 9899, so that time can still pass.
const LAST_START: Millis = 250_246_540_800_000;

/// How often something is done, with lines that repeat.
fn times(document: &Document) -> usize {
    let of = |step: &Step| match &step.deed {
        Deed::Line(line) if document.begins.is_none() => match interpret(line) {
            Some(Meaning::Send { times, .. }) => usize::try_from(times).unwrap_or(usize::MAX),
            _ => 1,
        },
        _ => 1,
    };
    let steps = document.steps.iter().map(of);
    steps.fold(0, usize::saturating_add)
}

/// A command as it would be typed, whole: from its line its bytes can be told again.
fn line_of(bytes: &[u8]) -> String {
    let Some((Reply::Array(words), _)) = decode(bytes) else {
        return String::new();
    };
    let word = |word: &Reply| match word {
        Reply::Bulk(word) => show::word(word),
        _ => String::new(),
    };
    let words: Vec<String> = words.iter().map(word).collect();
    words.join(" ")
}

/// A key as it is written in a document: as one word of a console.
fn key_text(key: &Bytes) -> String {
    show::word(key)
}

/// The key of such a text; one that is no word is the key as it stands.
fn key_of(text: &str) -> Bytes {
    match split_words(text.as_bytes()).as_deref() {
        Some([word]) => Bytes::from_slice(word),
        _ => Bytes::from_slice(text.as_bytes()),
    }
}

/// Reads whatever may be opened or dropped: a link, a file, or what redis-cli printed.
pub fn read(text: &str) -> Result<Document, Fault> {
    if text.len() > BYTES_MAX {
        return Err(Fault::Cap("too many bytes", BYTES_MAX as u64));
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('{') {
        return file::read(text);
    }
    if transcript::is_one(text) {
        return transcript::read(text);
    }
    if !text.contains('\n')
        && let Some((page, _)) = text.split_once(['#', '?'])
        && (page.is_empty() || page.contains("://"))
    {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let query = before.split_once('?').map_or("", |(_, query)| query);
        if let Some(read) = address(query, fragment) {
            return read;
        }
    }
    Err(Fault::Unknown)
}

/// Reads what stands behind `?` and `#` in the page's address. `None`: nothing there is a session.
pub fn address(query: &str, fragment: &str) -> Option<Result<Document, Fault>> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    if query.len() + fragment.len() > LINK_MAX {
        let known = link::is_one(fragment) || readable::is_one(query, fragment);
        let fault = Fault::Cap("too many characters in its link", LINK_MAX as u64);
        return known.then_some(Err(fault));
    }
    if link::is_one(fragment) {
        return Some(link::read(fragment));
    }
    readable::is_one(query, fragment).then(|| readable::read(query, fragment))
}

#[cfg(test)]
mod tests;
