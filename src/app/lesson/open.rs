//! A lesson that is open: its steps, how each stands, and what they hold that runs or is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::ask::{Question, TICKETS};
use super::shelf::{Progress, fragment};
use super::text::{Block, Kind, Lesson, Node, Span, Step};
use crate::app::show;
use crate::session::message::*;

/// A point of a branch of the session's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub(super) branch: BranchId,
    pub(super) point: Point,
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
    pub(super) held: bool,
    /// Where the session stood when it began.
    pub(super) began: Option<Place>,
}

/// The lesson that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Its name in `static/lessons/`; empty: it came from elsewhere.
    pub name: String,
    /// The lesson.
    pub lesson: Rc<Lesson>,
    pub(super) text: Rc<str>,
    /// The step that is shown, from 0.
    pub step: usize,
    /// How each step stands.
    pub done: Vec<Done>,
    /// The reader's own notes.
    pub notes: String,
    /// What the values and plots of the step were answered last, by their commands.
    pub replies: Rc<BTreeMap<String, Reply>>,
    /// The blocks of a step that run now.
    pub(super) running: Option<(usize, Vec<usize>)>,
    /// Where the lesson left the session.
    pub(super) here: Option<Place>,
    /// What is asked, and since when.
    pub(super) asking: Option<(u32, f64, Vec<Question>)>,
    pub(super) next_ticket: u32,
    /// Something happened since it was asked.
    pub(super) stale: bool,
    /// When it may be asked again.
    pub(super) ask_at: f64,
}

/// As it is kept with its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub(super) name: String,
    pub(super) text: Rc<str>,
    pub(super) lesson: Rc<Lesson>,
    pub(super) step: usize,
    pub(super) done: Vec<Done>,
    pub(super) notes: String,
    pub(super) here: Option<Place>,
}

impl Open {
    /// A lesson that was read.
    pub(super) fn new(name: String, text: &str, lesson: Rc<Lesson>, progress: &Progress) -> Self {
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

    pub(super) fn stands_mut(&mut self) -> Option<&mut Done> {
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
    pub(super) fn questions(&self) -> Vec<(Question, Vec<u8>)> {
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

    pub(super) fn kept(&self) -> Kept {
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

    pub(super) fn again(kept: &Kept) -> Self {
        let (name, lesson) = (kept.name.clone(), Rc::clone(&kept.lesson));
        let mut open = Self::new(name, &kept.text, lesson, &Progress::default());
        (open.notes, open.here) = (kept.notes.clone(), kept.here);
        open.step = kept.step.min(kept.done.len().saturating_sub(1));
        open.done.clone_from(&kept.done);
        open
    }
}

/// Whether there is anything in a step that runs.
fn has_blocks(step: &Step) -> bool {
    blocks(step).next().is_some()
}

/// The blocks of a step that run, by their places; solutions last, as a reader comes to them.
pub(super) fn blocks(step: &Step) -> impl Iterator<Item = usize> + '_ {
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
