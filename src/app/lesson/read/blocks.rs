//! The blocks of a lesson.

use super::prose::{ASKED, Fence, Prose};
use super::{Faults, prose};
use crate::app::embed::check::{self, Check};
use crate::app::embed::text::Said;
use crate::app::lesson::text::{Block, Goal, Kind, Lesson, Node, Plot, Shape, Span};
use crate::app::share::transcript;
use crate::app::transcript::{Step, interpret};
use crate::session::message::{ACTORS_MAX, Conn, check as check_actor};

const NO_PROMPT: &str = "a command stands behind its client's prompt: A> GET key";

/// What a fence is.
pub enum Read {
    /// Text as it stands.
    Shown,
    /// A block that cannot be read, of which a fault tells.
    Wrong,
    /// A block, and what is true once its step is done.
    Block(Block, Vec<Goal>),
}

/// What is known of a lesson as its blocks are read.
pub struct Blocks {
    clients: Vec<Conn>,
    /// The step that is being read, from 1; 0: before the first.
    step: usize,
    /// The actors: each a name, a text and the step that it was last started in.
    actors: Vec<(String, String, usize)>,
}

impl Blocks {
    pub fn new(lesson: &Lesson) -> Self {
        Self {
            clients: lesson.clients.iter().map(|(conn, _)| *conn).collect(),
            step: 0,
            actors: Vec::new(),
        }
    }

    /// A step begins.
    pub fn step(&mut self) {
        self.step += 1;
    }

    /// Reads a fence.
    pub fn read(&mut self, fence: &Fence, in_step: bool, faults: &mut Faults) -> Read {
        let info = fence.info.trim();
        let (word, name) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
        let name = name.trim();
        if !fence.closed {
            faults.add(
                fence.line,
                "this fence has no end: a line of as many backticks closes it",
            );
        }
        let (bare, of_step) = match word {
            "keyglass" | "lua" | "predict" | "hint" | "answer" | "plot" => (true, false),
            "check" | "solution" => (true, true),
            "actor" | "experiment" => (false, false),
            _ => return Read::Shown,
        };
        if bare && !name.is_empty() {
            faults.add(
                fence.line,
                format!("nothing stands behind {word} in its line"),
            );
        }
        if of_step && !in_step {
            faults.add(
                fence.line,
                format!("a {word} stands in a step, which begins with ##"),
            );
        }
        let before = faults.0.len();
        let mut goals = Vec::new();
        let kind = match word {
            "keyglass" => Kind::Run(self.commands(fence, faults)),
            "solution" => Kind::Solution(self.commands(fence, faults)),
            "experiment" => {
                if name.is_empty() {
                    faults.add(
                        fence.line,
                        "an experiment has a label: experiment Crash worker_1",
                    );
                }
                Kind::Experiment(name.into(), self.lines(fence, faults))
            }
            "lua" => Kind::Library(library(fence, faults), fence.text.clone()),
            "actor" => {
                self.actor(name, fence, faults);
                Kind::Actor(name.into(), fence.text.clone())
            }
            "predict" => predict(fence, faults),
            "hint" => Kind::Hint(inner(word, fence, faults)),
            "answer" => Kind::Answer(inner(word, fence, faults)),
            "plot" => Kind::Plot(plot(fence, faults)),
            _ => {
                goals = goals_of(fence, faults);
                Kind::Checks
            }
        };
        if faults.0.len() > before {
            return Read::Wrong;
        }
        let line = fence.line;
        Read::Block(Block { line, kind }, goals)
    }

    /// Commands behind prompts, and what stands below each.
    fn commands(&self, fence: &Fence, faults: &mut Faults) -> Vec<Said> {
        let mut all: Vec<(usize, Said)> = Vec::new();
        for (at, text) in numbered(fence) {
            let text = text.trim_end();
            match (prompted(text), all.last_mut()) {
                (Some((_, "")), _) => faults.add(at, "a command stands behind a prompt"),
                (Some((conn, line)), _) => all.push((at, self.said(at, conn, line, faults))),
                (None, Some((_, said))) => {
                    said.expected.push_str(text);
                    said.expected.push('\n');
                }
                (None, None) if text.trim().is_empty() => {}
                (None, None) => {
                    faults.add(at, NO_PROMPT);
                    return Vec::new();
                }
            }
        }
        if all.is_empty() {
            faults.add(fence.line, NO_PROMPT);
        }
        for (at, said) in &mut all {
            said.expected.truncate(said.expected.trim_end().len());
            self.is_readable(*at, said, faults);
        }
        all.into_iter().map(|(_, said)| said).collect()
    }

    /// Lines that are typed, each behind a prompt or not.
    fn lines(&self, fence: &Fence, faults: &mut Faults) -> Vec<Said> {
        let mut all = Vec::new();
        for (at, text) in numbered(fence) {
            match prompted(text) {
                Some((_, "")) => faults.add(at, "a command stands behind a prompt"),
                None if text.trim().is_empty() => {}
                found => {
                    let (conn, line) = found.unwrap_or((None, text.trim()));
                    let said = self.said(at, conn, line, faults);
                    self.is_readable(at, &said, faults);
                    all.push(said);
                }
            }
        }
        if all.is_empty() {
            faults.add(fence.line, "an experiment has lines that are typed");
        }
        all
    }

    fn said(&self, at: usize, conn: Option<Conn>, line: &str, faults: &mut Faults) -> Said {
        let conn = conn.unwrap_or_else(|| self.clients.first().copied().unwrap_or(0));
        if !self.clients.contains(&conn) {
            let letter = crate::app::format::client_letter(conn);
            faults.add(at, format!("there is no client {letter}: the head's line clients names those that there are"));
        }
        Said {
            conn,
            line: line.into(),
            expected: String::new(),
        }
    }

    /// A line that no console takes is meant only where its error stands below it.
    fn is_readable(&self, at: usize, said: &Said, faults: &mut Faults) {
        if let (Some(Step::Refused(why)), "") = (interpret(&said.line), said.expected.as_str()) {
            let why = why.strip_prefix("(error) ").unwrap_or(&why);
            faults.add(at, format!("{:?} cannot be run: {why}", said.line));
        }
    }

    fn actor(&mut self, name: &str, fence: &Fence, faults: &mut Faults) {
        if name.is_empty() || name.contains(char::is_whitespace) {
            faults.add(
                fence.line,
                "an actor has a name of one word: actor worker_1",
            );
        }
        if let Some(fault) = check_actor(&fence.text) {
            faults.add(fence.line + fault.line.max(1) as usize, fault.text);
        }
        let known = self.actors.len();
        match self.actors.iter_mut().find(|(known, ..)| known == name) {
            Some((_, text, step)) if *text == fence.text && *step < self.step => *step = self.step,
            Some(_) => faults.add(
                fence.line,
                format!("there is another actor {name}: only the same text starts it anew, in a later step"),
            ),
            None if known >= ACTORS_MAX => {
                faults.add(fence.line, format!("a lesson has {ACTORS_MAX} actors at most"));
            }
            None => self.actors.push((name.into(), fence.text.clone(), self.step)),
        }
    }
}

/// The lines of a fence, with their numbers in the file.
fn numbered(fence: &Fence) -> impl Iterator<Item = (usize, &str)> {
    (fence.line + 1..).zip(fence.text.lines())
}

/// Whose prompt a line begins with, and what stands behind it. A line that steers needs none.
fn prompted(text: &str) -> Option<(Option<Conn>, &str)> {
    if let Some(behind) = text.trim_start().strip_prefix('>') {
        return Some((None, behind.trim()));
    }
    if let Some((conn, behind)) = transcript::prompt(text) {
        return Some((conn, behind.trim()));
    }
    // Beyond those that a page can have: said to be none of the lesson's.
    if let [letter @ b'A'..=b'Z', b'>', ..] = text.trim_start().as_bytes() {
        let behind = text.trim_start().get(2..).unwrap_or_default();
        return Some((Some(Conn::from(letter - b'A')), behind.trim()));
    }
    let mut chars = text.chars();
    let dotted = chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    dotted.then_some((None, text.trim()))
}

/// The name of a library.
fn library(fence: &Fence, faults: &mut Faults) -> String {
    let first = fence.text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("#!lua").map(str::split_whitespace);
    let name = words.and_then(|mut words| words.find_map(|word| word.strip_prefix("name=")));
    match name {
        Some(name) if !name.is_empty() => return name.into(),
        _ => faults.add(
            fence.line + 1,
            "a library begins with #!lua name=limits; Lua that is only shown stands in a fence of text",
        ),
    }
    String::new()
}

/// The Markdown in a fence.
fn inner(word: &str, fence: &Fence, faults: &mut Faults) -> Vec<Node> {
    let nodes = Prose::nodes(&fence.text, fence.line + 1, faults);
    if nodes.is_empty() {
        faults.add(fence.line, format!("there is nothing in this {word}"));
    }
    nodes
}

fn predict(fence: &Fence, faults: &mut Faults) -> Kind {
    let mut nodes = inner("predict", fence, faults);
    let is_answers = |node: &Node| match node {
        Node::List(None, items) => items.iter().any(|item| answer(item).is_some()),
        _ => false,
    };
    let found = nodes.iter().position(is_answers);
    let (mut question, mut answers) = (Vec::new(), Vec::new());
    if let Some(at) = found {
        let reveal = nodes.split_off(at + 1);
        if let Some(Node::List(_, items)) = nodes.pop() {
            for item in &items {
                match answer(item) {
                    Some(answer) => answers.push(answer),
                    None => faults.add(
                        fence.line,
                        "each answer is one line, and begins with [ ] or, the right one, [x]",
                    ),
                }
            }
        }
        question = std::mem::replace(&mut nodes, reveal);
    }
    let right = answers.iter().filter(|(_, right)| *right).count();
    let wrong = match () {
        () if answers.len() < 2 => Some(
            "a predict has answers to choose from: lines that begin with - [ ] and one with - [x]"
                .to_string(),
        ),
        () if right != 1 => Some(format!(
            "one answer is right, and begins with - [x]; here {right} do"
        )),
        () if question.is_empty() => Some("a question stands before the answers".into()),
        () if nodes.is_empty() => {
            Some("what is said once an answer is chosen stands behind the answers".into())
        }
        () => None,
    };
    if let Some(wrong) = wrong {
        faults.add(fence.line, wrong);
    }
    Kind::Predict {
        question,
        answers,
        reveal: nodes,
    }
}

/// An answer, and whether it is right.
fn answer(item: &[Node]) -> Option<(Vec<Span>, bool)> {
    let [Node::Paragraph(spans)] = item else {
        return None;
    };
    let (Span::Text(first), rest) = spans.split_first()? else {
        return None;
    };
    let (right, text) = match first.split_at_checked(3)? {
        ("[ ]", text) => (false, text),
        ("[x]" | "[X]", text) => (true, text),
        _ => return None,
    };
    let text = text.strip_prefix(char::is_whitespace)?.trim_start();
    let mut spans = Vec::new();
    if !text.is_empty() {
        spans.push(Span::Text(text.into()));
    }
    spans.extend_from_slice(rest);
    (!prose::plain(&spans).trim().is_empty()).then_some((spans, right))
}

fn goals_of(fence: &Fence, faults: &mut Faults) -> Vec<Goal> {
    let mut goals = Vec::new();
    for (line, text) in numbered(fence) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let read = named(text).and_then(|(name, command)| {
            let check = Check::read(command)?;
            Some((name.to_string(), check))
        });
        match read {
            Some((text, check)) => goals.push(Goal { text, check, line }),
            None => faults.add(
                line,
                format!(
                    "{text:?} is no check: one reads like ann leads: ZREVRANK board ann = 0, with =, !=, >= or <= and a reply; {ASKED}"
                ),
            ),
        }
    }
    if goals.is_empty() && faults.0.iter().all(|fault| fault.line < fence.line) {
        faults.add(fence.line, "there is no check in this block");
    }
    goals
}

/// What stands before a colon, and what stands behind it: behind the first colon that a command in capitals follows;
/// otherwise behind the first.
fn named(text: &str) -> Option<(&str, &str)> {
    let all = || {
        text.match_indices(':').filter_map(|(at, _)| {
            let behind = text.get(at + 1..)?;
            let name = text.get(..at)?.trim();
            let apart = behind.starts_with(char::is_whitespace) && !name.is_empty();
            apart.then_some((name, behind.trim()))
        })
    };
    let capitals = |(_, behind): &(&str, &str)| {
        let word = behind.split_whitespace().next().unwrap_or_default();
        word.len() > 1 && word.chars().all(|c| !c.is_lowercase())
    };
    all().find(capitals).or_else(|| all().next())
}

fn plot(fence: &Fence, faults: &mut Faults) -> Plot {
    let mut plot = Plot::default();
    let mut band = None;
    for (at, text) in numbered(fence) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let (name, value) = (name.trim(), value.trim());
        match name {
            "title" => plot.title = value.into(),
            "x" => plot.axes[0] = value.into(),
            "y" => plot.axes[1] = value.into(),
            "kind" => match value {
                "line" => plot.shape = Shape::Line,
                "bars" => plot.shape = Shape::Bars,
                "histogram" => plot.shape = Shape::Histogram,
                _ => faults.add(
                    at,
                    format!("{value:?} is no kind of plot: line, bars or histogram"),
                ),
            },
            "band" => {
                let numbers: Option<Vec<f64>> =
                    value.split_whitespace().map(|n| n.parse().ok()).collect();
                band = Some(at);
                match numbers.as_deref() {
                    Some(&[from, to]) if from <= to && from.is_finite() && to.is_finite() => {
                        plot.band = Some((from, to));
                    }
                    _ => faults.add(
                        at,
                        "a band goes from one number to another: band: -0.81 0.81",
                    ),
                }
            }
            _ => {
                let known = plot.series.iter().any(|(other, _)| other == name);
                if known {
                    faults.add(at, format!("there is another series {name:?}"));
                }
                match named(text).filter(|(_, command)| check::command(command).is_some()) {
                    Some((name, command)) => plot.series.push((name.into(), command.into())),
                    None => faults.add(
                        at,
                        format!("{text:?} is no series: one reads like estimates: LRANGE errors 0 -1; {ASKED}"),
                    ),
                }
            }
        }
    }
    if let (Shape::Bars, Some(at)) = (plot.shape, band) {
        faults.add(at, "bars have no band: a line and a histogram do");
    }
    if plot.series.is_empty() {
        faults.add(
            fence.line,
            "a plot has a series: a name, a colon and a command",
        );
    }
    plot
}
