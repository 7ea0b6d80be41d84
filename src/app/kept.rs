//! Sessions that the browser keeps: what is saved when, which are offered, and how one comes back.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::actors::command_line;
use super::console::Console;
use super::pace::Pace;
use super::port::Port;
use super::stage::Subject;
use super::timeline::{self, Timeline};
use super::{Effect, PUBSUB_PANEL, State, format, lesson, share};
use crate::session::message::*;

/// The format that sessions are saved in. What has a later one is left alone.
pub const FORMAT: u32 = 1;
/// How many sessions are kept; the ones changed longest ago go first.
pub const KEPT_MAX: usize = 20;
/// How often is saved up to when time has passed, in milliseconds of the browser's clock.
const PACE: f64 = 2_000.0;
/// How long after a failure it is tried again.
const AGAIN: f64 = 30_000.0;
/// How many keys a session is told by.
const KEYS_TOLD: usize = 3;

/// What is saved of a session beside its log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The seed of its chance.
    pub seed: u64,
    /// Its first moment.
    pub start: Millis,
    /// Up to when time has passed.
    pub until: Millis,
    /// How many commands were sent, those of actors among them.
    pub commands: usize,
    /// Some of its keys.
    pub keys: Vec<String>,
    /// Its clients in the order of their consoles: connection, label, colour.
    pub clients: Vec<(Conn, String, usize)>,
    /// What stands on the stage, and whether it is pinned.
    pub stage: Vec<(Shown, bool)>,
    /// The text in the script editor.
    pub script: String,
    /// Whether the clock is held, and how fast it runs when it is not.
    pub clock: (bool, Speed),
    /// What is said of it. It is written behind the rest, where older sessions end.
    #[serde(skip)]
    pub told: Box<Told>,
}

/// What is said of a session, and what is still to be stepped through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// What it is called, where it was given a title.
    pub title: Option<String>,
    /// What is said about it.
    pub note: String,
    /// The script that is stepped through.
    pub walk: Option<share::page::Left>,
    /// The lesson that it is a part of. It is written behind the rest.
    #[serde(skip)]
    pub lesson: Option<lesson::open::Kept>,
}

impl About {
    /// As it is saved.
    fn written(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(&(self, &self.told, &self.told.lesson))
    }

    /// Reads what was saved. `None`: it is broken.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (mut about, rest) = postcard::take_from_bytes::<Self>(bytes).ok()?;
        if !rest.is_empty() {
            let (told, rest) = postcard::take_from_bytes::<Told>(rest).ok()?;
            about.told = Box::new(told);
            if !rest.is_empty() {
                about.told.lesson = postcard::from_bytes(rest).ok()?;
            }
        }
        Some(about)
    }
}

/// What an inspector shows, as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// A key of a database.
    Key(usize, Bytes),
    /// Channels and their subscribers.
    PubSub,
    /// The script editor.
    Script,
    /// The profiler.
    Profiler,
}

/// A session that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its name in the storage.
    pub id: String,
    /// When it was changed last, to be read.
    pub when: String,
    /// Whether another tab has it.
    pub held: bool,
    /// What is known about it; `None`: a later version of the page made it.
    pub about: Option<About>,
}

/// What the bar says.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Bar {
    /// Nothing.
    #[default]
    Nothing,
    /// A session can be continued.
    Offer(Rc<Session>),
    /// A session of so many inputs comes back, of which so many have.
    Coming(usize, usize),
    /// It is back.
    Back,
    /// A new session was begun; the one before can be brought back.
    Fresh(String),
}

/// What the page knows of kept sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The name of the session that is shown; `None`: nothing can be saved yet.
    pub own: Option<String>,
    /// The kept sessions, the one changed last first.
    pub sessions: Rc<Vec<Session>>,
    /// What the bar says.
    pub bar: Bar,
    /// How long a session that comes back still takes.
    pub pace: Pace,
    /// What it says once a session from elsewhere is there.
    after: Option<Bar>,
    /// How many entries of the log are saved, or on their way.
    written: usize,
    /// What was last saved beside them.
    about: About,
    saving: bool,
    saved_wall: f64,
    failed: bool,
}

impl Kept {
    /// The session that was there before one in which nothing was done, as far as the bar tells of it, or is to.
    fn before(&self) -> Option<String> {
        match self.after.as_ref().unwrap_or(&self.bar) {
            Bar::Fresh(id) => Some(id.clone()),
            _ => None,
        }
    }
}

/// What happens to kept sessions.
#[derive(Clone, Debug)]
pub enum Act {
    /// The page has a place to save to.
    Holds(String),
    /// These are kept.
    Listed(Vec<Session>),
    /// What was to be saved is.
    Saved,
    /// It could not be, or nothing can be kept; why.
    Failed(String),
    /// A session is to come back.
    Continue(String),
    /// Its log was read, as far as it could be.
    Loaded {
        /// Which.
        id: String,
        /// What is known about it.
        about: About,
        /// Its log.
        entries: Vec<Entry>,
        /// Whether more of it could not be read.
        broken: bool,
    },
    /// A session does not come back; why.
    Stays(String),
    /// What is coming back is to come no further; a new session begins, and that one stays kept.
    GiveUp,
    /// A new session is to begin.
    Fresh,
    /// It begins.
    Begins {
        /// The name it is saved by.
        id: Option<String>,
        /// The seed of its chance.
        seed: u64,
        /// Its first moment.
        start: Millis,
    },
    /// A session is to be deleted.
    Remove(String),
    /// The bar has been read.
    Dismiss,
    /// The page is about to be loaded again.
    Now,
}

impl State {
    /// Something happens to kept sessions.
    pub(super) fn keep_act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        match act {
            // Of a session that began meanwhile it has come too late.
            Act::Holds(id) => {
                self.kept_mut().own.get_or_insert(id);
            }
            Act::Listed(sessions) => self.listed(sessions, effects),
            Act::Saved => {
                let kept = self.kept_mut();
                (kept.saving, kept.failed, kept.saved_wall) = (false, false, wall);
            }
            Act::Failed(why) => {
                let kept = self.kept_mut();
                let known = std::mem::replace(&mut kept.failed, true);
                (kept.saving, kept.written, kept.saved_wall) = (false, 0, wall);
                if !known {
                    self.notice = Some(format!(
                        "This session is not being saved: {why} It goes on, but is lost when the page is closed."
                    ));
                }
            }
            Act::Continue(id) => {
                self.save(true, wall, effects);
                let sessions = Rc::clone(&self.kept.sessions);
                let found = sessions.iter().find(|session| session.id == id);
                let about = found.and_then(|session| session.about.clone());
                if let Some(about) = about {
                    self.kept_mut().bar = Bar::Coming(about.commands, 0);
                    effects.push(Effect::Load(id, Box::new(about)));
                }
            }
            Act::Loaded {
                id,
                about,
                entries,
                broken,
            } => self.restore_session(id, about, entries, broken, wall, effects),
            Act::Stays(why) => {
                self.kept_mut().bar = Bar::Nothing;
                self.notice = Some(why);
                effects.push(Effect::List);
            }
            Act::GiveUp => {
                // Of what is not all there, nothing is saved.
                self.used = false;
                self.share_given_up();
                effects.push(Effect::Fresh);
            }
            Act::Fresh => {
                self.save(true, wall, effects);
                effects.push(Effect::Fresh);
            }
            Act::Begins { id, seed, start } => {
                let before = self.kept.own.clone().filter(|_| self.used);
                let before = before.or_else(|| self.kept.before());
                let after = before.map_or(Bar::Nothing, Bar::Fresh);
                let notice = self.notice.take();
                self.kept_mut().bar = after.clone();
                if self.open_waiting((seed, start), wall, effects)
                    || self.open_waiting_lesson(start, wall, effects)
                {
                    let kept = self.kept_mut();
                    kept.after = matches!(kept.bar, Bar::Coming(..)).then_some(after);
                } else {
                    self.begin_anew(State::new(seed, start, self.theme), wall, effects);
                    self.kept_mut().after = None;
                    self.open(wall, effects);
                    self.play_example(wall, effects);
                }
                self.notice = self.notice.take().or(notice);
                self.kept_mut().own = id;
                effects.push(Effect::List);
            }
            Act::Remove(id) => effects.push(Effect::Remove(id)),
            Act::Dismiss => self.kept_mut().bar = Bar::Nothing,
            Act::Now => self.save(true, wall, effects),
        }
    }

    /// What the page knows of kept sessions.
    pub fn kept(&self) -> &Rc<Kept> {
        &self.kept
    }

    /// Whether the session would be there again if the page was loaded again, or there is none to be missed.
    pub fn keeps(&self) -> bool {
        !self.used || self.kept.own.is_some() && !self.kept.failed
    }

    /// Whether all of it is saved.
    pub fn is_saved(&self) -> bool {
        let kept = &self.kept;
        let written = !kept.saving && kept.written >= self.log().entries.len();
        !self.used || written && self.keeps()
    }

    pub(super) fn kept_mut(&mut self) -> &mut Kept {
        Rc::make_mut(&mut self.kept)
    }

    fn listed(&mut self, sessions: Vec<Session>, effects: &mut Vec<Effect>) {
        let own = self.kept.own.clone();
        let mut free = sessions.iter().filter(|session| {
            !session.held && session.about.is_some() && Some(&session.id) != own.as_ref()
        });
        let offered = free.next().cloned();
        // Of those that this page can read, and nobody has open, the oldest go.
        let old: Vec<String> = free.skip(KEPT_MAX - 2).map(|s| s.id.clone()).collect();
        effects.extend(old.into_iter().map(Effect::Remove));
        let first = self.kept.bar == Bar::Nothing && !self.used;
        let kept = self.kept_mut();
        kept.sessions = Rc::new(sessions);
        if let Some(session) = offered.filter(|_| first) {
            kept.bar = Bar::Offer(Rc::new(session));
        }
        // What is offered must still be there.
        let gone = |id: &String| kept.sessions.iter().all(|session| session.id != *id);
        let over = match &kept.bar {
            Bar::Offer(session) => gone(&session.id),
            Bar::Fresh(id) => gone(id),
            _ => false,
        };
        if over {
            kept.bar = Bar::Nothing;
        }
    }

    /// Saves what was done since it was last saved, if there is anything to save, and now and then how far time went.
    pub(super) fn save(&mut self, now: bool, wall: f64, effects: &mut Vec<Effect>) {
        let (kept, log) = (&self.kept, self.port.log());
        let pause = if kept.failed { AGAIN } else { PACE };
        let waited = wall - kept.saved_wall >= pause;
        let Some(id) = kept.own.clone().filter(|_| self.used) else {
            return;
        };
        if (kept.saving || kept.failed && !waited) && !now {
            return;
        }
        let from = kept.written.min(log.entries.len());
        let fresh = log.entries.get(from..).unwrap_or_default();
        let about = (!fresh.is_empty() || waited || now).then(|| self.about());
        let Some(about) = about.filter(|about| !fresh.is_empty() || *about != kept.about) else {
            return;
        };
        // Only what cannot be written fails to be encoded, and bytes always can.
        let (Ok(told), Ok(piece)) = (
            about.written(),
            match fresh.is_empty() {
                true => Ok(Vec::new()),
                false => postcard::to_allocvec(fresh),
            },
        ) else {
            return;
        };
        let written = log.entries.len();
        let kept = self.kept_mut();
        (kept.written, kept.about, kept.saving) = (written, about, true);
        effects.push(Effect::Save {
            id,
            about: told,
            from,
            piece,
        });
    }

    pub(super) fn about(&self) -> About {
        let log = self.port.log();
        let shown = |subject: &Subject| match subject {
            Subject::Key(db, key) => Shown::Key(*db, key.clone()),
            Subject::PubSub => Shown::PubSub,
            Subject::Script => Shown::Script,
            Subject::Profiler => Shown::Profiler,
        };
        let keys = self.keys.rows().take(KEYS_TOLD);
        let slots = self.stage.slots().iter();
        let clients = self.consoles.iter();
        About {
            seed: log.seed,
            start: log.start,
            until: log.until,
            commands: self.timeline.total,
            keys: keys.map(|row| format::lossy(&row.key)).collect(),
            clients: clients
                .map(|console| (console.conn, console.label.clone(), console.colour))
                .collect(),
            stage: slots
                .map(|slot| (shown(&slot.subject), slot.pinned))
                .collect(),
            script: self.script.text.to_string(),
            clock: self.port.clock(),
            told: Box::new(self.told()),
        }
    }

    /// A new session takes the place of this one; how the page looks stays.
    fn begin_anew(&mut self, fresh: State, wall: f64, effects: &mut Vec<Effect>) {
        // Nobody is to wait for what will not come.
        self.settle(wall, effects);
        self.turns_lost(wall, effects);
        self.stays("", wall, effects);
        let old = std::mem::replace(self, fresh);
        (self.commands, self.tab, self.kept) = (old.commands, old.tab, old.kept);
        (self.whys, self.announces) = (old.whys, old.announces);
        self.embed = old.embed;
        let kept = self.kept_mut();
        (kept.written, kept.about) = (0, About::default());
    }

    fn restore_session(
        &mut self,
        id: String,
        about: About,
        entries: Vec<Entry>,
        broken: bool,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let log = Log {
            seed: about.seed,
            start: about.start,
            until: about.until,
            entries,
        };
        let all = log.entries.len();
        self.begin_log(about.clone(), log, None, wall, effects);
        self.tell_again(&about.told);
        let kept = self.kept_mut();
        kept.own = Some(id);
        kept.bar = Bar::Coming(all, 0);
        // What was read is not written again, unless some of it was lost.
        kept.written = if broken { 0 } else { all };
        kept.about = about;
        if broken {
            self.notice = Some(format!(
                "Some of this session could not be read. It is back up to input {}.",
                format::count(all as u64)
            ));
        }
        effects.push(Effect::List);
    }

    /// A session takes the place of this one, from its log; `guard` is what it may use, where it came from elsewhere.
    pub(super) fn begin_log(
        &mut self,
        about: About,
        log: Log,
        guard: Option<Caps>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.begin_anew(State::new(log.seed, log.start, self.theme), wall, effects);
        self.used = true;
        self.timeline = Rc::new(timeline(&log, about.commands));
        let said = !log.entries.is_empty();
        self.port = Port::of(log, about.clock, guard);
        for (conn, label, colour) in &about.clients {
            let mut console = Console::new(*conn);
            (console.label, console.colour) = (label.clone(), *colour);
            self.consoles.push(Rc::new(console));
        }
        if !about.script.is_empty() {
            Rc::make_mut(&mut self.script).text = about.script.as_str().into();
        }
        self.begin_worker(wall, effects);
        for (shown, pinned) in about.stage {
            let subject = match shown {
                Shown::Key(db, key) => Subject::Key(db, key),
                Shown::PubSub => Subject::PubSub,
                Shown::Script => Subject::Script,
                Shown::Profiler => Subject::Profiler,
            };
            self.on_stage(
                |stage| match pinned {
                    true => stage.toggle_pin(subject),
                    false => stage.touch(subject),
                },
                wall,
                effects,
            );
        }
        // Where nothing was said, who is about to connect would be shown as not there.
        if said {
            effects.push(Effect::Post(vec![Request::Retell]));
        }
    }

    /// Starts a worker with the session of the port, and looks at keys and channels.
    pub(super) fn begin_worker(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        effects.push(Effect::Restart);
        let orders = self.port.begin();
        self.follow(orders, wall, effects);
        self.watch_keys(wall, effects);
        let orders = self.port.watch(Request::Watch {
            panel: PUBSUB_PANEL,
            target: Target::PubSub,
        });
        self.follow(orders, wall, effects);
    }

    /// So much of a session that comes back is there.
    pub(super) fn folded(&mut self, so_far: usize, wall: f64) {
        let kept = self.kept_mut();
        if let Bar::Coming(all, done) = &mut kept.bar {
            *done = so_far;
            kept.pace.see(all.saturating_sub(so_far), wall);
        }
    }

    /// A session that was to come back is there.
    pub(super) fn session_is_back(&mut self) {
        if matches!(self.kept.bar, Bar::Coming(..)) {
            let kept = self.kept_mut();
            kept.bar = kept.after.take().unwrap_or(Bar::Back);
        }
    }
}

/// The inputs of the branch that a log ends on, in order.
pub fn inputs(log: &Log) -> Vec<&Input> {
    let mut here: Vec<&Input> = Vec::new();
    let mut others: BTreeMap<BranchId, Vec<&Input>> = BTreeMap::new();
    // Branches are numbered as the history does.
    let (mut branch, mut last) = (1, 1);
    for entry in &log.entries {
        match entry {
            Entry::Input(input) => here.push(input),
            Entry::Forked { from, .. } => {
                // To take back nothing but time makes no branch.
                if from.inputs < here.len() {
                    let forked = here.get(..from.inputs).unwrap_or_default().to_vec();
                    others.insert(branch, std::mem::replace(&mut here, forked));
                    last += 1;
                    branch = last;
                }
            }
            Entry::Walked { branch: to, .. } => {
                if let Some(there) = others.remove(to) {
                    others.insert(branch, std::mem::replace(&mut here, there));
                    branch = *to;
                }
            }
            Entry::Dropped(dropped) => {
                others.remove(dropped);
            }
            Entry::Named { .. } => {}
        }
    }
    here
}

/// The timeline of a session that comes back: the last lines that were sent.
fn timeline(log: &Log, commands: usize) -> Timeline {
    let mut timeline = Timeline::default();
    let all = inputs(log);
    let lines = all.iter().filter(|input| input.what.is_bytes());
    let lines = lines.count();
    let (mut before, marked) = (0, lines.saturating_sub(timeline::MARKS_MAX));
    for (at, input) in all.into_iter().enumerate() {
        if let What::Bytes(bytes) = &input.what {
            before += 1;
            // To show a line takes longer than to skip it, and the first of very many would be dropped again.
            if before > marked {
                timeline.sent(input.conn, command_line(bytes));
                timeline.recorded(input.conn, input.at, at + 1);
            }
        }
    }
    timeline.total = commands.max(lines);
    timeline
}

#[cfg(test)]
mod tests;
