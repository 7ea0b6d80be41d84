//! What is done with lessons: they open, their blocks run, and there are ways back.
//!
//! A block types into the consoles as a reader would.

use std::rc::Rc;

use super::open::{Kept, Open, Place, blocks, library_line};
use super::shelf::{Asked, Progress, asked};
use super::text::{Block, Fault, Kind, Lesson, Node};
use crate::app::embed::text::Said;
use crate::app::kept::About;
use crate::app::share::{Deed, Document, Step as Deeds};
use crate::app::words::lesson as words;
use crate::app::{Effect, State, Tab, actors, colour};
use crate::session::message::*;

/// How long the reader's notes may be, in characters.
pub const NOTES_MAX: usize = 10_000;

/// What the page knows of lessons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lessons {
    /// The one that is open.
    pub open: Option<Open>,
    /// The name of one that is fetched, or read; empty: it came from elsewhere.
    pub fetching: Option<String>,
    /// What opens once there is a session for it.
    opening: Option<Open>,
}

impl Lessons {
    /// Whether one is about to be opened.
    pub fn coming(&self) -> bool {
        self.fetching.is_some() || self.opening.is_some()
    }
}

/// What can be done with lessons.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// One of `static/lessons/` is to be opened.
    Ask(String),
    /// It was fetched: its name, its text, and how far the reader is with it.
    Came(String, String, Progress),
    /// It was read: its name and its text, how far the reader is with it, and what it is. Without any fault: nothing can read it now.
    Read(String, String, Progress, Result<Rc<Lesson>, Vec<Fault>>),
    /// It could not be fetched.
    Missing(String),
    /// Another step is shown.
    Go(usize),
    /// The block at a place of the step runs.
    Run(usize),
    /// An answer is chosen at the question at a place.
    Guess(usize, usize),
    /// The step is ticked by hand, or no longer.
    Tick(bool),
    /// The session goes back to where the step began.
    Reset,
    /// The session goes back to where the lesson left it.
    Back,
    /// What the steps before this one do is done.
    CatchUp,
    /// The reader notes something.
    Notes(String),
    /// The lesson is put away; the session stays.
    Leave,
}

impl State {
    /// What the page knows of lessons.
    pub fn lessons(&self) -> &Rc<Lessons> {
        &self.lessons
    }

    pub(super) fn open_lesson(&mut self) -> Option<&mut Open> {
        self.lessons.open.as_ref()?;
        Rc::make_mut(&mut self.lessons).open.as_mut()
    }

    fn lessons_mut(&mut self) -> &mut Lessons {
        Rc::make_mut(&mut self.lessons)
    }

    /// Whether an address asks for a lesson, which then comes.
    pub(in crate::app) fn lesson_addressed(
        &mut self,
        address: &str,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let asked = asked(address);
        let some = asked.is_some();
        if let Some(asked) = asked {
            self.lesson_asked(asked, wall, effects);
        }
        some
    }

    /// A lesson is asked for, which then comes.
    pub(in crate::app) fn lesson_asked(
        &mut self,
        asked: Asked,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        match asked {
            Asked::Name(name) => self.lesson_act(Act::Ask(name), wall, effects),
            Asked::Text(text) => {
                self.lesson_text(String::new(), text, Progress::default(), effects)
            }
            Asked::Cut => {
                self.notice = Some(words::CUT.into());
                effects.push(Effect::Unlink);
            }
        }
    }

    /// The lesson that is open begins again in a new session. False: none is.
    pub(in crate::app) fn lesson_anew(&mut self, effects: &mut Vec<Effect>) -> bool {
        let Some(open) = &self.lessons.open else {
            return false;
        };
        let again = Open::new(
            open.name.clone(),
            &open.text,
            Rc::clone(&open.lesson),
            &open.progress(),
        );
        self.lessons_mut().opening = Some(again);
        effects.push(Effect::Fresh);
        true
    }

    /// Whether a text that was opened is a lesson, which then opens.
    pub(in crate::app) fn lesson_opened(&mut self, text: &str, effects: &mut Vec<Effect>) -> bool {
        let is_one = super::text::is_one(text);
        if is_one {
            self.lesson_text(String::new(), text.into(), Progress::default(), effects);
        }
        is_one
    }

    /// Something is done with lessons.
    pub(in crate::app) fn lesson_act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        match act {
            Act::Ask(name) => {
                self.lessons_mut().fetching = Some(name.clone());
                return effects.push(Effect::FetchLesson(name));
            }
            Act::Came(name, text, progress) => {
                if self.lessons.fetching.as_ref() == Some(&name) {
                    self.lesson_text(name, text, progress, effects);
                }
                return;
            }
            Act::Read(name, text, progress, read) => {
                if self.lessons.fetching.as_ref() == Some(&name) {
                    self.lesson_read((name, &text, &progress), read, wall, effects);
                }
                return;
            }
            Act::Missing(name) => {
                self.lessons_mut().fetching = None;
                self.notice = Some(words::missing(&name));
                return effects.push(Effect::Unlink);
            }
            Act::Go(step) => {
                if let Some(open) = self.open_lesson() {
                    open.step = step.min(open.lesson.steps.len().saturating_sub(1));
                    (open.stale, open.ask_at) = (true, 0.0);
                }
                self.lesson_begins(wall, effects);
            }
            Act::Run(at) => self.lesson_run(vec![at], wall, effects),
            Act::CatchUp => self.lesson_catch_up(wall, effects),
            Act::Guess(at, answer) => {
                if let Some(done) = self.open_lesson().and_then(Open::stands_mut) {
                    done.guesses.entry(at).or_insert(answer);
                }
            }
            Act::Tick(on) => {
                if let Some(done) = self.open_lesson().and_then(Open::stands_mut) {
                    done.ticked = on;
                }
            }
            Act::Reset => self.lesson_reset(effects),
            Act::Back => {
                let here = self.lessons.open.as_ref().and_then(|open| open.here);
                self.lesson_goes(here, effects);
            }
            Act::Notes(notes) => {
                if let Some(open) = self.open_lesson() {
                    open.notes = notes.chars().take(NOTES_MAX).collect();
                }
            }
            Act::Leave => {
                self.lessons_mut().open = None;
                if self.tab == Tab::Lesson {
                    self.tab = Tab::Consoles;
                }
                return;
            }
        }
        self.lesson_remember(effects);
    }

    /// The browser is to remember how far the reader is.
    pub(super) fn lesson_remember(&self, effects: &mut Vec<Effect>) {
        let open = self
            .lessons
            .open
            .as_ref()
            .filter(|open| !open.name.is_empty());
        effects.extend(open.map(|open| Effect::Remember(open.name.clone(), open.progress())));
    }

    /// The text of a lesson is there: it is read.
    fn lesson_text(
        &mut self,
        name: String,
        text: String,
        progress: Progress,
        effects: &mut Vec<Effect>,
    ) {
        self.lessons_mut().fetching = Some(name.clone());
        effects.push(Effect::ReadLesson(name, text, progress));
    }

    /// A lesson was read: it opens in a session of its own.
    fn lesson_read(
        &mut self,
        (name, text, progress): (String, &str, &Progress),
        read: Result<Rc<Lesson>, Vec<Fault>>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.lessons_mut().fetching = None;
        match read {
            Ok(lesson) => {
                self.lessons_mut().opening = Some(Open::new(name, text, lesson, progress));
                // Before the page has opened, it waits for that.
                if !self.consoles.is_empty() {
                    self.save(true, wall, effects);
                    effects.extend([Effect::Unlink, Effect::Fresh]);
                }
            }
            Err(faults) => {
                self.notice = Some(match faults.first() {
                    Some(first) => words::wrong(&first.to_string(), faults.len()),
                    None => words::NO_READER.into(),
                });
                effects.push(Effect::Unlink);
            }
        }
    }

    /// There is a new session: the lesson that waits for it opens in it. False: none does.
    pub(in crate::app) fn open_waiting_lesson(
        &mut self,
        start: Millis,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if self.lessons.opening.is_none() {
            return false;
        }
        let Some(open) = self.lessons_mut().opening.take() else {
            return false;
        };
        let lesson = Rc::clone(&open.lesson);
        let client =
            |(conn, label): &(Conn, String)| (*conn, label.clone(), *conn as usize % colour::HUES);
        let about = About {
            seed: lesson.seed,
            start,
            until: start,
            clients: lesson.clients.iter().map(client).collect(),
            stage: lesson
                .pinned
                .iter()
                .map(|one| (one.clone(), true))
                .collect(),
            clock: lesson.clock,
            ..About::default()
        };
        // One that comes with the page may build what is large.
        let guard = open.name.is_empty().then(Caps::default);
        self.begin_log(about, Log::new(lesson.seed, start), guard, wall, effects);
        self.used = false;
        self.title_is(&lesson.title);
        for (conn, _) in &lesson.clients {
            let orders = self.port.input(*conn, What::Connect, wall);
            self.follow(orders, wall, effects);
        }
        self.tab = Tab::Lesson;
        self.lessons_mut().open = Some(open);
        self.embed_begun(wall, effects);
        true
    }

    /// The lesson, to be kept with the session.
    pub(in crate::app) fn lesson_kept(&self) -> Option<Kept> {
        self.lessons.open.as_ref().map(Open::kept)
    }

    /// A kept session is back, and its lesson with it.
    pub(in crate::app) fn lesson_again(&mut self, kept: &Kept) {
        self.lessons_mut().open = Some(Open::again(kept));
    }

    /// Where the session stands now.
    pub(super) fn place(&self) -> Place {
        let view = &self.past.view;
        let end = Point {
            inputs: view.inputs,
            at: self.clock.now,
        };
        Place {
            branch: view.branch,
            point: view.past.map_or(end, |(here, _)| here),
        }
    }

    /// The step that is shown begins, if it has not.
    fn lesson_begins(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let place = self.place();
        let told = self.ready() && self.past.view.inputs > 0;
        if let Some(open) = self.open_lesson()
            && told
        {
            open.here.get_or_insert(place);
            if let Some(done) = open.stands_mut() {
                done.began.get_or_insert(place);
            }
        }
        self.lesson_ask(wall, effects);
    }

    fn lesson_run(&mut self, blocks: Vec<usize>, wall: f64, effects: &mut Vec<Effect>) {
        let Some(open) = self.lessons.open.as_ref().filter(|open| !open.busy()) else {
            return;
        };
        let (step, lesson) = (open.step, Rc::clone(&open.lesson));
        let deeds = self.deeds(&lesson, &[(step, blocks.clone())]);
        self.lesson_walks(deeds, (step, blocks), wall, effects);
    }

    /// What the steps before the one that is shown do, one after another.
    fn lesson_catch_up(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let Some(open) = self.lessons.open.as_ref().filter(|open| !open.busy()) else {
            return;
        };
        let (step, lesson) = (open.step, Rc::clone(&open.lesson));
        let before = lesson.steps.iter().zip(&open.done).take(step).enumerate();
        let all: Vec<(usize, Vec<usize>)> = before
            .map(|(at, (step, done))| {
                (
                    at,
                    blocks(step)
                        .filter(|block| !done.ran.contains(block))
                        .collect(),
                )
            })
            .collect();
        let deeds = self.deeds(&lesson, &all);
        if let Some(open) = self.open_lesson() {
            for (at, blocks) in all {
                if let Some(done) = open.done.get_mut(at) {
                    done.ran.extend(blocks);
                }
            }
        }
        self.lesson_walks(deeds, (step, Vec::new()), wall, effects);
    }

    /// What is to be done for blocks. An actor that is there already begins anew.
    fn deeds(&self, lesson: &Lesson, all: &[(usize, Vec<usize>)]) -> Vec<Deeds> {
        let first = lesson.clients.first().map_or(0, |(conn, _)| *conn);
        let mut deeds = Vec::new();
        let mut names: Vec<(String, Conn)> = self
            .actors
            .cards
            .iter()
            .map(|card| (card.name.clone(), card.conn))
            .collect();
        let mut next = actors::FIRST + self.actors.started();
        let line = |conn: Conn, line: &str| Deeds {
            after: 0,
            conn,
            deed: Deed::Line(line.into()),
        };
        for (step, blocks) in all {
            let nodes = lesson.steps.get(*step).map(|step| &step.nodes);
            for at in blocks {
                let Some(Node::Block(block)) = nodes.and_then(|nodes| nodes.get(*at)) else {
                    continue;
                };
                match &block.kind {
                    Kind::Run(said) | Kind::Solution(said) | Kind::Experiment(_, said) => {
                        deeds.extend(said.iter().map(
                            |Said {
                                 conn, line: text, ..
                             }| line(*conn, text),
                        ));
                    }
                    Kind::Library(_, text) => deeds.push(line(first, &library_line(text))),
                    Kind::Actor(name, text) => {
                        let known = names
                            .iter()
                            .find(|(other, _)| other == name)
                            .map(|(_, conn)| *conn);
                        let conn = known.unwrap_or_else(|| {
                            next += 1;
                            names.push((name.clone(), next - 1));
                            next - 1
                        });
                        let deed = Deed::Actor(Steer::Start {
                            name: name.clone(),
                            text: text.clone(),
                        });
                        deeds.push(Deeds {
                            after: 0,
                            conn,
                            deed,
                        });
                    }
                    _ => {}
                }
            }
        }
        deeds
    }

    fn lesson_walks(
        &mut self,
        steps: Vec<Deeds>,
        running: (usize, Vec<usize>),
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.lesson_begins(wall, effects);
        if let Some(open) = self.open_lesson() {
            open.running = Some(running);
        }
        self.used = true;
        if steps.is_empty() {
            return self.lesson_walked(wall, effects);
        }
        self.walk_quietly(
            Document {
                steps,
                ..Document::default()
            },
            wall,
            effects,
        );
    }

    /// Where a step began that is done again. The steps after it have not begun.
    fn lesson_reset(&mut self, effects: &mut Vec<Effect>) {
        self.walk_stops();
        let Some(open) = self.open_lesson() else {
            return;
        };
        let at = open.step;
        open.running = None;
        let began = open.stands().and_then(|done| done.began);
        for done in open.done.iter_mut().skip(at) {
            done.ran.clear();
            done.held = false;
            if began.is_some() {
                done.began = None;
            }
        }
        if let Some(done) = open.stands_mut() {
            (done.ticked, done.held, done.began) = (false, false, began);
            done.guesses.clear();
        }
        self.lesson_goes(began, effects);
    }

    /// The session goes to a place and on from there.
    fn lesson_goes(&mut self, place: Option<Place>, effects: &mut Vec<Effect>) {
        let Some(place) = place else {
            return;
        };
        self.walk_stops();
        let view = &self.past.view;
        let nothing = place.point.inputs == view.inputs && view.past.is_none();
        if place.branch == view.branch && nothing {
            return;
        }
        if place.branch != view.branch {
            let there = view.branches.iter().any(|branch| branch.id == place.branch);
            if !there {
                self.notice = Some(words::PLACE_IS_GONE.into());
                return;
            }
            self.travel(Travel::Walk(place.branch), effects);
        }
        self.travel(Travel::To(place.point), effects);
        self.travel(Travel::Fork, effects);
        if let Some(open) = self.open_lesson() {
            (open.running, open.here, open.stale) = (None, Some(place), true);
        }
    }

    /// The session goes on as another branch, from a moment of this one: what lies before that is on both.
    pub(in crate::app) fn lesson_forked(&mut self, from: Point, left: BranchId, branch: BranchId) {
        let Some(open) = self.open_lesson() else {
            return;
        };
        let began = open.done.iter_mut().map(|done| &mut done.began);
        for place in began.chain([&mut open.here]).flatten() {
            if place.branch == left && place.point <= from {
                place.branch = branch;
            }
        }
    }

    /// The lines of a block are all sent, and answered but for those that wait.
    pub(in crate::app) fn lesson_walked(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let place = self.place();
        let Some(open) = self.open_lesson() else {
            return;
        };
        let Some((step, blocks)) = open.running.take() else {
            return;
        };
        (open.stale, open.here) = (true, Some(place));
        let lesson = Rc::clone(&open.lesson);
        if let (Some(done), Some(of)) = (open.done.get_mut(step), lesson.steps.get(step)) {
            done.ran.extend(blocks);
            let shown = of.nodes.iter().enumerate().filter(|(_, node)| {
                matches!(
                    node,
                    Node::Block(Block {
                        kind: Kind::Run(_),
                        ..
                    })
                )
            });
            let all = shown.map(|(at, _)| at).all(|at| done.ran.contains(&at));
            done.ticked |= of.checks.is_empty() && all;
        }
        self.lesson_remember(effects);
        self.lesson_ask(wall, effects);
    }

    /// A frame was read: whether anything happened in the session.
    pub(in crate::app) fn lesson_framed(
        &mut self,
        moved: bool,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        if self.lessons.open.is_none() {
            return;
        }
        let walks = self.walks();
        let ran = self.lessons.open.as_ref().is_some_and(Open::busy)
            && !walks
            && self.port.waiting().is_none()
            && self.consoles.iter().all(|console| console.is_settled());
        if moved && let Some(open) = self.open_lesson() {
            open.stale = true;
        }
        if ran {
            self.lesson_walked(wall, effects);
        }
        let begun = self
            .lessons
            .open
            .as_ref()
            .and_then(Open::stands)
            .is_some_and(|done| done.began.is_some());
        match begun {
            true => self.lesson_ask(wall, effects),
            false => self.lesson_begins(wall, effects),
        }
    }

    /// The server half began anew: what was asked is not answered.
    pub(in crate::app) fn lesson_lost(&mut self) {
        if let Some(open) = self.open_lesson() {
            (open.asking, open.stale) = (None, true);
        }
    }
}

#[cfg(test)]
mod tests;
