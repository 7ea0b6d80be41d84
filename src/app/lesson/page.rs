//! The lesson that is open: what runs, what is asked, what is done, and the ways back.
//!
//! A block types into the consoles as a reader would. Checks, values and plots are asked of a copy of the moment, so that a
//! lesson never becomes a part of what it looks at.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::shelf::{Asked, Progress, asked, fragment};
use super::text::{Block, Fault, Kind, Lesson, Node, Span, Step};
use crate::app::embed::text::Said;
use crate::app::kept::About;
use crate::app::share::{Deed, Document, Step as Deeds};
use crate::app::words::lesson as words;
use crate::app::{Effect, State, Tab, actors, colour, show};
use crate::session::message::*;

/// The first of the tickets that a lesson's questions to the server half have.
const TICKETS: u32 = 1 << 31;
/// How long there is between two of them at least, in milliseconds of the browser's clock; and how many times as long as
/// the answer took, since all of a large data set is copied for it.
const PACE: f64 = 200.0;
const REST: f64 = 6.0;
/// And how long at most: an answer may only have waited for something else to end.
const REST_MAX: f64 = 1_500.0;
/// How long the reader's notes may be, in characters.
pub const NOTES_MAX: usize = 10_000;

/// A point of a branch of the session's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    branch: BranchId,
    point: Point,
}

/// How a step stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// It is done.
    pub ticked: bool,
    /// Which of its checks hold now.
    pub holds: Vec<bool>,
    /// The blocks that have been run, by their place in the step.
    pub ran: BTreeSet<usize>,
    /// What was chosen at its questions: by their place, the answer.
    pub guesses: BTreeMap<usize, usize>,
    /// Its checks held in this session.
    held: bool,
    /// Where the session stood when it began.
    began: Option<Place>,
}

/// The lesson that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Its name in `static/lessons/`; empty: it came from elsewhere.
    pub name: String,
    /// The lesson.
    pub lesson: Rc<Lesson>,
    text: Rc<str>,
    /// The step that is shown, from 0.
    pub step: usize,
    /// How each step stands.
    pub done: Vec<Done>,
    /// The reader's own notes.
    pub notes: String,
    /// What the values and plots of the step were answered last, by their commands.
    pub replies: Rc<BTreeMap<String, Reply>>,
    /// The blocks of a step that run now.
    running: Option<(usize, Vec<usize>)>,
    /// Where the lesson left the session.
    here: Option<Place>,
    /// What is asked, and since when.
    asking: Option<(u32, f64, Vec<Question>)>,
    next_ticket: u32,
    /// Something happened since it was asked.
    stale: bool,
    /// When it may be asked again.
    ask_at: f64,
}

/// What is asked of a copy of the moment.
#[derive(Clone, Debug, PartialEq)]
enum Question {
    /// Whether a check of a step holds.
    Holds(usize, usize),
    /// What a value or a series is.
    Value(String),
}

/// As it is kept with its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    name: String,
    text: Rc<str>,
    lesson: Rc<Lesson>,
    step: usize,
    done: Vec<Done>,
    notes: String,
    here: Option<Place>,
}

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

impl Open {
    /// A lesson that was read.
    fn new(name: String, text: &str, lesson: Rc<Lesson>, progress: &Progress) -> Self {
        let steps = lesson.steps.len();
        let mut done = vec![Done::default(); steps];
        for (at, (step, done)) in lesson.steps.iter().zip(&mut done).enumerate() {
            done.ticked = progress.ticked.get(at).copied().unwrap_or_default();
            done.holds = vec![false; step.checks.len()];
            let own = progress.guesses.iter().filter(|(step, ..)| *step == at);
            done.guesses = own.map(|(_, place, answer)| (*place, *answer)).collect();
        }
        Self {
            name,
            lesson,
            text: text.into(),
            step: 0,
            done,
            notes: progress.notes.clone(),
            replies: Rc::default(),
            running: None,
            here: None,
            asking: None,
            next_ticket: TICKETS,
            stale: true,
            ask_at: 0.0,
        }
    }

    /// The step that is shown.
    pub fn shown(&self) -> Option<&Step> {
        self.lesson.steps.get(self.step)
    }

    /// How it stands.
    pub fn stands(&self) -> Option<&Done> {
        self.done.get(self.step)
    }

    fn stands_mut(&mut self) -> Option<&mut Done> {
        self.done.get_mut(self.step)
    }

    /// Whether the block at a place of the step is running.
    pub fn runs(&self, at: usize) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|(step, blocks)| *step == self.step && blocks.contains(&at))
    }

    /// Whether any block is running.
    pub fn busy(&self) -> bool {
        self.running.is_some()
    }

    /// Whether what earlier steps do was not done in this session.
    pub fn misses_earlier(&self) -> bool {
        let mut before = self.lesson.steps.iter().zip(&self.done).take(self.step);
        before.any(|(step, done)| has_blocks(step) && done.ran.is_empty() && !done.held)
    }

    /// What tells it from other lessons.
    pub fn link_name(&self) -> String {
        match self.name.is_empty() {
            true => self.lesson.title.clone(),
            false => self.name.clone(),
        }
    }

    /// The fragment that opens the lesson.
    pub fn link(&self) -> String {
        fragment(&self.name, &self.text)
    }

    /// The text of the lesson.
    pub fn text(&self) -> &Rc<str> {
        &self.text
    }

    /// How far the reader is.
    pub fn progress(&self) -> Progress {
        let guesses = self.done.iter().enumerate().flat_map(|(step, done)| {
            done.guesses
                .iter()
                .map(move |(place, answer)| (step, *place, *answer))
        });
        Progress {
            ticked: self.done.iter().map(|done| done.ticked).collect(),
            guesses: guesses.collect(),
            notes: self.notes.clone(),
        }
    }

    /// What the step that is shown asks for: its checks, values and series.
    fn questions(&self) -> Vec<(Question, Vec<u8>)> {
        let Some(step) = self.shown() else {
            return Vec::new();
        };
        let mut all: Vec<(Question, Vec<u8>)> = Vec::new();
        for (at, goal) in step.checks.iter().enumerate() {
            all.push((Question::Holds(self.step, at), goal.check.command.clone()));
        }
        let mut commands = Vec::new();
        if self.step == 0 {
            values(&self.lesson.intro, &mut commands);
        }
        values(&step.nodes, &mut commands);
        commands.sort_unstable();
        commands.dedup();
        for command in commands {
            if let Some(words) = split_words(command.as_bytes()).filter(|words| !words.is_empty()) {
                all.push((Question::Value(command), encode_command(&words)));
            }
        }
        all
    }

    fn kept(&self) -> Kept {
        Kept {
            name: self.name.clone(),
            text: Rc::clone(&self.text),
            lesson: Rc::clone(&self.lesson),
            step: self.step,
            done: self.done.clone(),
            notes: self.notes.clone(),
            here: self.here,
        }
    }

    fn again(kept: &Kept) -> Self {
        let (name, lesson) = (kept.name.clone(), Rc::clone(&kept.lesson));
        let mut open = Self::new(name, &kept.text, lesson, &Progress::default());
        (open.notes, open.here) = (kept.notes.clone(), kept.here);
        open.step = kept.step.min(kept.done.len().saturating_sub(1));
        open.done.clone_from(&kept.done);
        open
    }
}

/// Whether there is anything in a step that runs.
pub fn has_blocks(step: &Step) -> bool {
    blocks(step).next().is_some()
}

/// The blocks of a step that run, by their places; solutions last, as a reader comes to them.
fn blocks(step: &Step) -> impl Iterator<Item = usize> + '_ {
    let of = |wanted: bool| {
        let nodes = step.nodes.iter().enumerate();
        nodes.filter_map(move |(at, node)| match node {
            Node::Block(Block { kind, .. }) => match kind {
                Kind::Solution(_) => wanted.then_some(at),
                Kind::Run(_) | Kind::Library(..) | Kind::Actor(..) | Kind::Experiment(..) => {
                    (!wanted).then_some(at)
                }
                _ => None,
            },
            _ => None,
        })
    };
    of(false).chain(of(true))
}

/// The line that loads a library of functions.
pub fn library_line(text: &str) -> String {
    format!("FUNCTION LOAD REPLACE {}", show::word(text.as_bytes()))
}

/// The commands whose replies stand in a text.
fn values(nodes: &[Node], found: &mut Vec<String>) {
    let spans = |spans: &[Span], found: &mut Vec<String>| of_spans(spans, found);
    for node in nodes {
        match node {
            Node::Paragraph(line) | Node::Heading(_, line) => spans(line, found),
            Node::List(_, items) => items.iter().for_each(|item| values(item, found)),
            Node::Table(head, rows) => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.for_each(|cell| spans(cell, found));
            }
            Node::Quote(inner) => values(inner, found),
            Node::Code(..) | Node::Rule => {}
            Node::Block(block) => match &block.kind {
                Kind::Hint(inner) | Kind::Answer(inner) => values(inner, found),
                Kind::Predict {
                    question, reveal, ..
                } => {
                    values(question, found);
                    values(reveal, found);
                }
                Kind::Plot(plot) => {
                    found.extend(plot.series.iter().map(|(_, command)| command.clone()))
                }
                _ => {}
            },
        }
    }
}

fn of_spans(spans: &[Span], found: &mut Vec<String>) {
    for span in spans {
        match span {
            Span::Value(command) => found.push(command.clone()),
            Span::Emphasis(inner) | Span::Strong(inner) | Span::Link(_, inner) => {
                of_spans(inner, found)
            }
            Span::Text(_) | Span::Code(_) | Span::Break => {}
        }
    }
}

impl State {
    /// What the page knows of lessons.
    pub fn lessons(&self) -> &Rc<Lessons> {
        &self.lessons
    }

    fn open_lesson(&mut self) -> Option<&mut Open> {
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
    fn lesson_remember(&self, effects: &mut Vec<Effect>) {
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
    fn place(&self) -> Place {
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

    /// Asks what the step wants to know, if anything happened and it is time.
    pub(in crate::app) fn lesson_ask(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let free = self.ready() && !self.travels() && self.script.stand.is_none();
        let Some(open) = self.lessons.open.as_ref() else {
            return;
        };
        if !free || !open.stale || open.asking.is_some() || wall < open.ask_at {
            return;
        }
        let questions = open.questions();
        let Some(open) = self.open_lesson() else {
            return;
        };
        open.stale = false;
        if questions.is_empty() {
            return;
        }
        let ticket = open.next_ticket;
        open.next_ticket = open.next_ticket.checked_add(1).unwrap_or(TICKETS);
        let (asked, commands): (Vec<_>, Vec<_>) = questions.into_iter().unzip();
        open.asking = Some((ticket, wall, asked));
        let bytes = commands.concat();
        effects.push(Effect::Post(vec![Request::Probe { ticket, bytes }]));
    }

    /// Whether an answer is a lesson's, which then reads it.
    pub(in crate::app) fn lesson_probed(
        &mut self,
        ticket: u32,
        bytes: &[u8],
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if ticket < TICKETS {
            return false;
        }
        let place = self.place();
        let Some(open) = self.open_lesson() else {
            return true;
        };
        let Some((_, since, asked)) = open.asking.take_if(|(asked, ..)| *asked == ticket) else {
            return true;
        };
        open.ask_at = wall + ((wall - since) * REST).clamp(PACE, REST_MAX);
        let lesson = Rc::clone(&open.lesson);
        let mut rest = bytes;
        let mut replies = BTreeMap::new();
        for question in asked {
            // What has to wait, and all behind it, is not answered.
            let Some((reply, used)) = decode(rest) else {
                break;
            };
            rest = rest.get(used..).unwrap_or_default();
            match question {
                Question::Holds(step, at) => {
                    let goal = lesson.steps.get(step).and_then(|step| step.checks.get(at));
                    let holds = goal.is_some_and(|goal| goal.check.hold(&reply).passed);
                    if let Some(known) = open
                        .done
                        .get_mut(step)
                        .and_then(|done| done.holds.get_mut(at))
                    {
                        *known = holds;
                    }
                }
                Question::Value(command) => {
                    replies.insert(command, reply);
                }
            }
        }
        if *open.replies != replies {
            open.replies = Rc::new(replies);
        }
        let step = open.step;
        let done = open.stands_mut();
        let news = done.is_some_and(|done| {
            let all = !done.holds.is_empty() && done.holds.iter().all(|holds| *holds);
            done.held |= all;
            all && !std::mem::replace(&mut done.ticked, all)
        });
        if news {
            open.here = Some(place);
            let title = lesson
                .steps
                .get(step)
                .map_or("", |step| step.title.as_str());
            self.announcer.also(&words::step_is_done(step + 1, title));
            self.lesson_remember(effects);
        }
        true
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
