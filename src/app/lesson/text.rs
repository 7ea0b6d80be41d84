//! What a lesson is once it has been read.

use serde::{Deserialize, Serialize};

use crate::app::embed::check::Check;
use crate::app::embed::text::Said;
use crate::app::kept::Shown;
use crate::session::message::{Conn, Speed};

pub use super::read::read;

/// How long a lesson may be, in bytes.
pub const BYTES_MAX: usize = 256 * 1024;

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// What it is called.
    pub title: String,
    /// What it is about, in one line.
    pub about: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// The seed of the session's chance.
    pub seed: u64,
    /// The clients, with their names; empty: none.
    pub clients: Vec<(Conn, String)>,
    /// Whose inspectors stand on the stage.
    pub pinned: Vec<Shown>,
    /// Whether the clock is held, and how fast it runs when it is not.
    pub clock: (bool, Speed),
    /// What stands before the first step.
    pub intro: Vec<Node>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its heading.
    pub title: String,
    /// What stands in it, in order.
    pub nodes: Vec<Node>,
    /// What is true once it is done.
    pub checks: Vec<Goal>,
}

/// What is true once a step is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// In words.
    pub text: String,
    /// As a command and its reply.
    pub check: Check,
    /// The line of the lesson that it stands in, from 1.
    pub line: usize,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A smaller heading, from 3 to 6.
    Heading(u8, Vec<Span>),
    /// A list; with a number: numbered from there.
    List(Option<u64>, Vec<Vec<Node>>),
    /// A table: its head and its rows.
    Table(Vec<Vec<Span>>, Vec<Vec<Vec<Span>>>),
    /// A quotation.
    Quote(Vec<Node>),
    /// Text as it stands, such as a drawing, and its language.
    Code(String, String),
    /// A line across.
    Rule,
    /// What can be done.
    Block(Block),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Span {
    /// Text.
    Text(String),
    /// Code.
    Code(String),
    /// A command whose reply stands in its place.
    Value(String),
    /// Emphasis.
    Emphasis(Vec<Span>),
    /// Strong emphasis.
    Strong(Vec<Span>),
    /// A link: where to, and what stands there. It is a fragment (`#…`) or `https:`.
    Link(String, Vec<Span>),
    /// The line ends.
    Break,
}

/// What can be done, and the line of the lesson that it begins in, from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// The line of its fence.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// Commands that run at a press, with what they reply.
    Run(Vec<Said>),
    /// A library of functions: its name and its text.
    Library(String, String),
    /// An actor: its name and its text.
    Actor(String, String),
    /// A button, and the lines that it types.
    Experiment(String, Vec<Said>),
    /// A question.
    Predict {
        /// The question.
        question: Vec<Node>,
        /// The answers, and whether each is right.
        answers: Vec<(Vec<Span>, bool)>,
        /// What is said once one is chosen.
        reveal: Vec<Node>,
    },
    /// What helps.
    Hint(Vec<Node>),
    /// Commands that solve the step.
    Solution(Vec<Said>),
    /// A model answer.
    Answer(Vec<Node>),
    /// What is true once the step is done: the step's checks stand here.
    Checks,
    /// Numbers, drawn.
    Plot(Plot),
}

/// Numbers, drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// What it is called.
    pub title: String,
    /// How it is drawn.
    pub shape: Shape,
    /// What stands along its axes; may be empty.
    pub axes: [String; 2],
    /// What is shaded.
    pub band: Option<(f64, f64)>,
    /// Its series: each a name and a command.
    pub series: Vec<(String, String)>,
}

/// How numbers are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// In order, along a line.
    #[default]
    Line,
    /// A bar for each name.
    Bars,
    /// How many fall into each class.
    Histogram,
}

/// What is wrong with a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What, and what was expected.
    pub text: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

/// Whether a text is meant to be a lesson: it begins with a head.
pub fn is_one(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .lines()
        .next()
        .is_some_and(|line| line.trim_end() == "---")
}
