//! The page's ways in and out: what is offered to be opened, how it opens, and the script that is stepped through.
//!
//! Nothing of a document is run before whoever looks at the page wants it, and it never takes the place of a session
//! without that one being kept.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{BYTES_MAX, Deed, Document, Fault, LINK_MAX, Mode, address, file, link, read};
use crate::app::kept::{About, Bar, Told};
use crate::app::{Effect, State, client, colour, example, format};
use crate::session::message::*;

/// How long a document may take to open, in milliseconds of the browser's clock.
const PATIENCE: f64 = 15_000.0;
/// How many steps run in a frame at most, so that the page can be stopped in between.
const STEPS_A_FRAME: usize = 64;
/// How often the server half may break at what came from elsewhere: twice for each command that breaks it, which is left out
/// then, and for an actor's without end.
const BREAKS_MAX: u32 = 4;
/// How many clients there are at least where nobody says.
const CLIENTS: Conn = 3;

/// What the page knows of sharing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Share {
    /// What is offered to be opened.
    pub offer: Option<Rc<Document>>,
    /// The script that is stepped through.
    pub walk: Option<Walk>,
    /// What the session is called, where it came with a title or was given one.
    pub title: Option<String>,
    /// What is said about it.
    pub note: String,
    /// What opens once there is a place to save it to.
    opening: Option<(Rc<Document>, How)>,
    /// Since when what came from elsewhere is being brought to its end, by the browser's clock.
    since: Option<f64>,
    /// How often the server half broke at it.
    broke: u32,
}

/// How a document is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// All of it at once.
    Run,
    /// Step by step.
    Step,
}

/// A script that is stepped through.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// Whose steps they are.
    pub document: Rc<Document>,
    /// The same, as its link.
    link: Rc<str>,
    /// The step that comes next, from 0.
    pub next: usize,
    /// Whether the rest runs by itself.
    pub running: bool,
    /// Whether it runs for a lesson, which shows itself what is done.
    pub quiet: bool,
    /// The moment that the session's clock was moved on to.
    at: Millis,
    /// The moment of the step that comes next.
    due: Millis,
    /// Whether the moment of the step that comes next was gone to.
    there: bool,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The page's address has a query and a fragment.
    Came(String, String),
    /// A text was opened, dropped or pasted.
    Text(String),
    /// What is offered is opened.
    Take(How),
    /// It is not.
    Leave,
    /// The next step.
    Next,
    /// All steps that are left, or no further.
    Rest(bool),
    /// The script is put away.
    Done,
    /// The session is called so.
    Title(String),
    /// This is said about it.
    Note(String),
}

/// A script that is stepped through, as it is kept with its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The script, as its link.
    link: String,
    /// As in [`Walk`].
    next: usize,
    at: Millis,
    due: Millis,
    there: bool,
}

impl Walk {
    fn new(document: Rc<Document>, start: Millis, running: bool) -> Self {
        let mut walk = Self {
            link: link::write(&document).into(),
            document,
            next: 0,
            running,
            quiet: false,
            at: start,
            due: start,
            there: false,
        };
        walk.due = walk.due.saturating_add(walk.after());
        walk
    }

    /// How many commands are done, and how many there are.
    pub fn count(&self) -> (usize, usize) {
        let seen = |step: &&super::Step| step.deed != Deed::Connect;
        let steps = &self.document.steps;
        let done = steps.iter().take(self.next).filter(seen).count();
        (done, steps.iter().filter(seen).count())
    }

    /// Whose turn it is next, and what is to be done, in words.
    pub fn shown(&self) -> Option<(Conn, String)> {
        let mut left = self.document.steps.iter().skip(self.next);
        let step = left.find(|step| step.deed != Deed::Connect)?;
        let text = match &step.deed {
            Deed::Connect => return None,
            Deed::Line(line) => line.clone(),
            Deed::Disconnect => "disconnects".into(),
            Deed::Actor(Steer::Start { name, .. }) => format!("{name} starts"),
            Deed::Actor(steer) => {
                let word = match steer {
                    Steer::Pause => "is paused",
                    Steer::Resume => "goes on",
                    Steer::Slow { .. } => "is slowed down",
                    Steer::Crash => "crashes",
                    Steer::Restart => "starts again",
                    _ => "is removed",
                };
                format!("{} {word}", self.actor(step.conn))
            }
        };
        Some((step.conn, text))
    }

    fn actor(&self, conn: Conn) -> String {
        let named = self
            .document
            .steps
            .iter()
            .find_map(|step| match &step.deed {
                Deed::Actor(Steer::Start { name, .. }) if step.conn == conn => Some(name.clone()),
                _ => None,
            });
        named.unwrap_or_else(|| "an actor".into())
    }

    fn after(&self) -> Millis {
        let step = self.document.steps.get(self.next);
        step.map_or(self.document.rest, |step| step.after)
    }

    fn go_on(&mut self) {
        self.next += 1;
        self.there = false;
        self.due = self.due.saturating_add(self.after());
    }
}

/// What a document is handed on as: the link behind the page's address, and the file. The link is `None` where no
/// page would read one that long.
pub fn handed_on(document: Document) -> Result<(Option<String>, String), Fault> {
    let document = document.checked()?;
    let text = file::write(&document);
    if text.len() > BYTES_MAX {
        return Err(Fault::Cap("too many bytes", BYTES_MAX as u64));
    }
    let link = Some(link::write(&document)).filter(|link| link.len() <= LINK_MAX);
    Ok((link.map(|link| format!("#{link}")), text))
}

/// The name of a document's file.
pub fn file_name(title: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = title.chars().take(60).map(plain).collect();
    let parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "session.keyglass".into(),
        false => format!("{}.keyglass", parts.join("-").to_lowercase()),
    }
}

impl State {
    /// What the page knows of sharing.
    pub fn share(&self) -> &Rc<Share> {
        &self.share
    }

    /// What the session is called.
    pub fn title(&self) -> &str {
        self.share.title.as_deref().unwrap_or(example::TITLE)
    }

    /// What is said of the session, to be kept with it.
    pub(in crate::app) fn told(&self) -> Told {
        let left = |walk: &Walk| Left {
            link: walk.link.to_string(),
            next: walk.next,
            at: walk.at,
            due: walk.due,
            there: walk.there,
        };
        Told {
            title: self.share.title.clone(),
            note: self.share.note.clone(),
            walk: self
                .share
                .walk
                .as_ref()
                .filter(|walk| !walk.quiet)
                .map(left),
            lesson: self.lesson_kept(),
        }
    }

    /// A kept session is back: what was said of it, and the script where it stood, which goes on when it is told to.
    pub(in crate::app) fn tell_again(&mut self, told: &Told) {
        let walk = told.walk.clone().and_then(|left| {
            let document = Rc::new(link::read(&left.link).ok()?);
            Some(Walk {
                document,
                link: left.link.into(),
                next: left.next,
                running: false,
                quiet: false,
                at: left.at,
                due: left.due,
                there: left.there,
            })
        });
        let share = self.share_mut();
        (share.title, share.note) = (told.title.clone(), told.note.clone());
        share.walk = walk;
        if let Some(lesson) = &told.lesson {
            self.lesson_again(lesson);
        }
    }

    /// The session as a document.
    pub fn document(&self, mode: Mode) -> Document {
        Document {
            title: self.title().trim().into(),
            note: self.share.note.trim().into(),
            ..Document::of(&self.about(), self.log(), mode)
        }
    }

    fn share_mut(&mut self) -> &mut Share {
        Rc::make_mut(&mut self.share)
    }

    /// Something is shared, or opened.
    pub(in crate::app) fn share_act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        match act {
            Act::Came(_, fragment) if self.lesson_addressed(&fragment, wall, effects) => {}
            Act::Text(text) if self.lesson_opened(&text, effects) => {}
            Act::Came(query, fragment) => match address(&query, &fragment) {
                Some(Ok(document)) => self.offer(document, wall, effects),
                Some(Err(fault)) => {
                    self.notice = Some(fault.to_string());
                    effects.push(Effect::Unlink);
                }
                None => {}
            },
            Act::Text(text) => match read(&text) {
                // What somebody chose themselves asks for no more than to be looked at.
                Ok(document) => self.share_mut().offer = Some(Rc::new(document)),
                Err(fault) => self.notice = Some(fault.to_string()),
            },
            Act::Take(how) => {
                if let Some(document) = self.share_mut().offer.take() {
                    self.take(document, how, wall, effects);
                }
            }
            Act::Leave => {
                self.share_mut().offer = None;
                effects.push(Effect::Unlink);
                let untouched = self.timeline.total == 0 && self.log().entries.len() <= 3;
                if untouched && !self.used && !self.consoles.is_empty() {
                    self.play_example(wall, effects);
                }
            }
            Act::Next => {
                self.walk_step(wall, effects);
            }
            Act::Rest(running) => {
                if let Some(walk) = &mut self.share_mut().walk {
                    walk.running = running;
                }
                self.walk_on(wall, effects);
            }
            Act::Done => self.share_mut().walk = None,
            Act::Title(title) => self.share_mut().title = Some(title),
            Act::Note(note) => self.share_mut().note = note,
        }
    }

    fn offer(&mut self, document: Document, wall: f64, effects: &mut Vec<Effect>) {
        let document = Rc::new(document);
        // Before the page has opened, it waits for that.
        if document.runs_at_once() && !self.consoles.is_empty() {
            return self.take(document, How::Run, wall, effects);
        }
        self.share_mut().offer = Some(document);
    }

    fn take(&mut self, document: Rc<Document>, how: How, wall: f64, effects: &mut Vec<Effect>) {
        self.save(true, wall, effects);
        self.share_mut().opening = Some((document, how));
        effects.extend([Effect::Unlink, Effect::Fresh]);
    }

    /// The page opens: with what its address asks to run at once; otherwise with a new session, and the example unless
    /// something is offered.
    pub(in crate::app) fn open_first(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let offered = self.share.offer.clone();
        if let Some(document) = offered.clone().filter(|document| document.runs_at_once()) {
            let begins = (self.log().seed, self.log().start);
            effects.extend([Effect::Theme(self.theme), Effect::Unlink]);
            return self.open_document(&document, How::Run, begins, wall, effects);
        }
        if self.open_waiting_lesson(self.log().start, wall, effects) {
            return effects.extend([Effect::Theme(self.theme), Effect::Unlink]);
        }
        self.open(wall, effects);
        if offered.is_none() && self.lessons.fetching.is_none() {
            self.play_example(wall, effects);
        }
    }

    /// A new session has a place to be saved to: what was to be opened opens in it. False: nothing was.
    pub(in crate::app) fn open_waiting(
        &mut self,
        begins: (u64, Millis),
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let Some((document, how)) = self.share_mut().opening.take() else {
            return false;
        };
        self.open_document(&document, how, begins, wall, effects);
        true
    }

    /// A document opens step by step, in a new session.
    pub(in crate::app) fn open_steps(
        &mut self,
        document: &Rc<Document>,
        begins: (u64, Millis),
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.open_document(document, How::Step, begins, wall, effects);
    }

    /// A document opens step by step, once there is a new session for it.
    pub(in crate::app) fn open_steps_anew(
        &mut self,
        document: Rc<Document>,
        effects: &mut Vec<Effect>,
    ) {
        self.share_mut().opening = Some((document, How::Step));
        effects.push(Effect::Fresh);
    }

    fn open_document(
        &mut self,
        document: &Rc<Document>,
        how: How,
        begins: (u64, Millis),
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let (seed, start) = document.begins.unwrap_or(begins);
        let whole = match (how, document.begins) {
            (How::Run, Some(_)) => document.log().map(Some),
            _ => Ok(None),
        };
        let (log, walk) = match whole {
            Ok(Some(log)) => (log, None),
            Ok(None) => {
                let walk = Walk::new(Rc::clone(document), start, how == How::Run);
                (Log::new(seed, start), Some(walk))
            }
            Err(fault) => {
                self.notice = Some(fault.to_string());
                (Log::new(seed, start), None)
            }
        };
        let mut about = About {
            until: log.until,
            ..document.about()
        };
        if document.begins.is_none() && self.embed.is_none() {
            about.clients.extend((0..CLIENTS).filter_map(|conn| {
                let known = document.clients.iter().any(|client| client.conn == conn);
                (!known).then(|| (conn, String::new(), conn as usize % colour::HUES))
            }));
            about.clients.sort_by_key(|(conn, ..)| *conn);
        }
        if walk.is_some() {
            about.commands = 0;
            // Each step goes to its own moment.
            about.clock.0 |= document.begins.is_some();
        }
        let bar = Bar::Coming(log.entries.len(), 0);
        let folds = !log.entries.is_empty();
        self.begin_log(about, log, Some(Caps::default()), wall, effects);
        // Before it is known to keep within its caps, it is not saved.
        self.used = false;
        let title = Some(document.title.clone()).filter(|title| !title.is_empty());
        let share = self.share_mut();
        share.title = title.or(Some(String::new()));
        share.note.clone_from(&document.note);
        share.since = folds.then_some(wall);
        share.broke = 0;
        if folds {
            self.kept_mut().bar = bar;
        }
        if let Some(walk) = walk {
            self.share_mut().walk = Some(walk);
            self.connect_all(wall, effects);
            self.embed_begun(wall, effects);
            self.walk_on(wall, effects);
        }
    }

    /// Connects the clients of a script before its first step: in its own order, and then those that it does not
    /// connect.
    fn connect_all(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let mut first = Vec::new();
        while let Some(walk) = &mut self.share_mut().walk
            && let Some(step) = walk.document.steps.get(walk.next)
            && (&step.deed, step.after) == (&Deed::Connect, 0)
        {
            first.push(step.conn);
            walk.go_on();
        }
        let later: Vec<Conn> = self.consoles.iter().map(|console| console.conn).collect();
        let mut done = Vec::new();
        for conn in first.into_iter().chain(later) {
            if !done.contains(&conn) {
                done.push(conn);
                self.walk_connect(conn, wall, effects);
            }
        }
    }

    /// A client of a script connects; one that has gone, or has not come, gets a console.
    fn walk_connect(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        if self.console(conn).is_none()
            && let Some(console) = self.new_console_of(conn)
        {
            self.consoles.push(Rc::new(console));
        }
        if self.console(conn).is_some_and(|console| console.cut) {
            return self.connect_again(conn, wall, effects);
        }
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }

    /// Goes to the moment of the next step. False: there is none.
    fn walk_there(&mut self, wall: f64, effects: &mut Vec<Effect>) -> bool {
        let now = self.clock.now;
        let Some(walk) = &mut self.share_mut().walk else {
            return false;
        };
        if walk.next >= walk.document.steps.len() {
            return false;
        }
        let timed = walk.document.begins.is_some();
        let from = walk.at.max(now);
        let due = walk.due;
        if !std::mem::replace(&mut walk.there, true) && timed && due > from {
            walk.at = due;
            self.turn(Turn::Advance(due - from), None, wall, effects);
        }
        true
    }

    /// Does the next step. False: there is none.
    fn walk_step(&mut self, wall: f64, effects: &mut Vec<Effect>) -> bool {
        loop {
            if !self.walk_there(wall, effects) {
                return false;
            }
            let Some(walk) = &mut self.share_mut().walk else {
                return false;
            };
            let Some(step) = walk.document.steps.get(walk.next).cloned() else {
                return false;
            };
            walk.go_on();
            let over = walk.next >= walk.document.steps.len();
            let recorded = walk.document.begins.is_some();
            let conn = step.conn;
            let silent = step.deed == Deed::Connect;
            match step.deed {
                Deed::Connect => {
                    // Those that were there from the start are connected.
                    let there = self.console(conn).is_some_and(|console| !console.cut);
                    if !there {
                        self.walk_connect(conn, wall, effects);
                    }
                }
                Deed::Line(line) => {
                    if self.console(conn).is_none() {
                        self.walk_connect(conn, wall, effects);
                    }
                    self.enter_line(conn, &line, recorded, None, wall, effects);
                }
                Deed::Disconnect => self.client_act(conn, client::Act::Disconnect, wall, effects),
                Deed::Actor(steer) => {
                    self.used = true;
                    self.actor_starts(conn, &steer);
                    self.steer(conn, steer, wall, effects);
                }
            }
            if over {
                self.walk_ends(wall, effects);
            }
            if over || !silent {
                return true;
            }
        }
    }

    /// Steps run, as far as they can, in the session that is there, and nothing is shown of them but what they do.
    pub(in crate::app) fn walk_quietly(
        &mut self,
        document: Document,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let mut walk = Walk::new(Rc::new(document), self.clock.now, true);
        walk.quiet = true;
        self.share_mut().walk = Some(walk);
        self.walk_on(wall, effects);
    }

    /// Whether such steps are left.
    pub(in crate::app) fn walks(&self) -> bool {
        self.share.walk.as_ref().is_some_and(|walk| walk.quiet)
    }

    /// They run no further.
    pub(in crate::app) fn walk_stops(&mut self) {
        if self.walks() {
            self.share_mut().walk = None;
        }
    }

    /// The session is called so.
    pub(in crate::app) fn title_is(&mut self, title: &str) {
        self.share_mut().title = Some(title.into());
    }

    /// The last step is done: the clock runs as the document says.
    fn walk_ends(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        self.walk_stops();
        let Some(walk) = &mut self.share_mut().walk else {
            return;
        };
        walk.running = false;
        let document = Rc::clone(&walk.document);
        if document.begins.is_none() {
            return;
        }
        if document.rest > 0 {
            self.turn(Turn::Advance(document.rest), None, wall, effects);
        }
        if !document.clock.0 {
            self.turn(Turn::Resume, None, wall, effects);
        }
    }

    /// Runs the steps that are left, as far as those whose turn it is can take them now: what one client waits for,
    /// another may be about to do.
    pub(in crate::app) fn walk_on(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        for _ in 0..STEPS_A_FRAME {
            let running = self.share.walk.as_ref().is_some_and(|walk| walk.running);
            if !running || self.travels() || !self.ready() || !self.walk_there(wall, effects) {
                return;
            }
            // A line that turns the clock waits for the replies before it, and what follows waits for that.
            if !self.consoles.iter().all(|console| console.is_settled()) {
                return;
            }
            let walk = self.share.walk.as_ref();
            let next = walk.and_then(|walk| walk.document.steps.get(walk.next));
            let recorded = walk.is_some_and(|walk| walk.document.begins.is_some());
            if let Some((conn, Deed::Line(line))) = next.map(|step| (step.conn, &step.deed)) {
                let mut consoles = self.consoles.iter();
                let console = consoles.find(|console| console.conn == conn);
                if console.is_some_and(|console| !console.takes(line, recorded)) {
                    return;
                }
            }
            self.walk_step(wall, effects);
        }
    }

    /// What came from elsewhere uses more than it may.
    pub(in crate::app) fn capped(&mut self, cap: Cap, wall: f64, effects: &mut Vec<Effect>) {
        let (most, what) = match cap {
            Cap::Keys(most) => (most, "keys"),
            Cap::Memory(most) => (most, "bytes of memory"),
            Cap::Steps(most) => (most, "steps of work to open"),
            Cap::ScriptSteps(most) => (most, "steps of its scripts to open"),
            Cap::Acts(most) => (most, "commands of its actors to open"),
        };
        let more = format!(
            "more than {} {what}, the most that a shared session may",
            format::count(most)
        );
        if self.share.since.is_some() {
            return self.give_up(&format!("it takes {more}"), effects);
        }
        self.notice = Some(format!(
            "This session takes {more}: its actors are paused, and its script goes no further."
        ));
        for conn in self.port.started() {
            let cards = &self.actors.cards;
            if !cards.iter().any(|card| card.conn == conn && card.over()) {
                self.steer(conn, Steer::Pause, wall, effects);
            }
        }
        effects.push(Effect::Post(vec![Request::Heard]));
        self.share_mut().walk = None;
    }

    /// What came from elsewhere does not open: a new session takes its place, and nothing of it is kept.
    fn give_up(&mut self, why: &str, effects: &mut Vec<Effect>) {
        self.notice = Some(format!("This session was not opened: {why}."));
        self.used = false;
        self.share_mut().since = None;
        effects.push(Effect::Fresh);
    }

    /// What came from elsewhere is no longer brought to its end.
    pub(in crate::app) fn share_given_up(&mut self) {
        self.share_mut().since = None;
    }

    /// Whether the server half broke while it brought to its end what came from elsewhere, or breaks at it again and again:
    /// then that is given up.
    pub(in crate::app) fn broke_opening(&mut self, effects: &mut Vec<Effect>) -> bool {
        let guarded = self.port.is_guarded();
        let share = self.share_mut();
        share.broke += u32::from(guarded);
        let over = share.since.is_some() || share.broke > BREAKS_MAX;
        if over {
            share.broke = 0;
            self.give_up("the server half broke at it", effects);
        }
        over
    }

    /// Time passes: what takes too long to open is given up.
    pub(in crate::app) fn share_tick(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        if self
            .share
            .since
            .is_some_and(|since| wall - since > PATIENCE)
        {
            self.changed = true;
            let seconds = PATIENCE as u64 / 1000;
            self.give_up(
                &format!(
                    "it takes longer than {seconds} seconds, the most that a shared session may"
                ),
                effects,
            );
        }
        self.walk_on(wall, effects);
    }

    /// What came from elsewhere is there, within its caps.
    pub(in crate::app) fn share_opened(&mut self) {
        if self.share_mut().since.take().is_some() {
            self.used = true;
        }
    }
}

#[cfg(test)]
mod tests;
