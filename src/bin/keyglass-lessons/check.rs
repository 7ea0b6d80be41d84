//! Runs a lesson from its first step to its last, as a reader would, and gathers what does not hold.

use keyglass::app::embed::check;
use keyglass::app::embed::text::Said;
use keyglass::app::format;
use keyglass::app::lesson::open::library_line;
use keyglass::app::lesson::plot;
use keyglass::app::lesson::text::{Block, Goal, Kind, Lesson, Node, Plot, Shape, read};
use keyglass::session::message::{Conn, Millis, Reply, text};

use super::expected::fits;
use super::links::{self, Found};
use super::session::Session;

/// How far the clock is moved on at once while actors bring a step to its end, and how often.
const PASSES: Millis = 500;
const PASSES_MAX: usize = 120;
/// How many characters of a reply are told.
const TOLD: usize = 200;

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line of the file, from 1.
    pub line: usize,
    /// What.
    pub text: String,
}

/// What came of a lesson.
#[derive(Debug, Default)]
pub struct Report {
    pub steps: usize,
    pub blocks: usize,
    pub checks: usize,
    /// In the order of their lines.
    pub failures: Vec<Failure>,
}

/// Runs a lesson; the function knows which other lessons there are.
pub fn check(source: &str, is_lesson: &dyn Fn(&str) -> bool) -> Report {
    let lesson = match read(source) {
        Ok(lesson) => lesson,
        Err(faults) => {
            let failure = |fault: keyglass::app::lesson::text::Fault| Failure {
                line: fault.line,
                text: fault.text,
            };
            let failures = faults.into_iter().map(failure).collect();
            return Report {
                failures,
                ..Report::default()
            };
        }
    };
    let mut runner = Runner::new(source, &lesson, is_lesson);
    runner.all();
    let is_block = |node: &&Node| matches!(node, Node::Block(_));
    let blocks = |nodes: &[Node]| nodes.iter().filter(is_block).count();
    let mut failures = runner.failures;
    failures.sort_by_key(|failure| failure.line);
    failures.dedup();
    Report {
        steps: lesson.steps.len(),
        blocks: blocks(&lesson.intro)
            + lesson
                .steps
                .iter()
                .map(|step| blocks(&step.nodes))
                .sum::<usize>(),
        checks: lesson.steps.iter().map(|step| step.checks.len()).sum(),
        failures,
    }
}

struct Runner<'l> {
    lines: Vec<&'l str>,
    lesson: &'l Lesson,
    is_lesson: &'l dyn Fn(&str) -> bool,
    session: Session,
    /// What was typed in this step: its line, what it is to print, and by which ticket it is answered.
    typed: Vec<(usize, &'l Said, u32)>,
    failures: Vec<Failure>,
}

impl<'l> Runner<'l> {
    fn new(source: &'l str, lesson: &'l Lesson, is_lesson: &'l dyn Fn(&str) -> bool) -> Self {
        Self {
            lines: source.lines().collect(),
            lesson,
            is_lesson,
            session: Session::open(lesson.seed, &lesson.clients, &lesson.pinned, lesson.clock),
            typed: Vec::new(),
            failures: Vec::new(),
        }
    }

    fn fail(&mut self, line: usize, text: impl Into<String>) {
        let text = text.into();
        self.failures.push(Failure { line, text });
    }

    fn all(&mut self) {
        let begins = self.step_lines();
        let first = begins.first().copied().unwrap_or(1);
        self.step(&self.lesson.intro, &[], (1, first));
        for (at, step) in self.lesson.steps.iter().enumerate() {
            let from = begins.get(at).copied().unwrap_or(1);
            let to = begins.get(at + 1).copied().unwrap_or(usize::MAX);
            self.step(&step.nodes, &step.checks, (from, to));
        }
    }

    fn step(&mut self, nodes: &'l [Node], goals: &'l [Goal], lines: (usize, usize)) {
        for (goal, reply) in goals.iter().zip(self.ask_goals(goals)) {
            if reply.is_some_and(|reply| goal.check.hold(&reply).passed) {
                self.fail(
                    goal.line,
                    format!(
                        "{}: this holds before the step has begun: {}",
                        goal.text, goal.check.text
                    ),
                );
            }
        }
        let blocks = |solutions: bool| {
            nodes.iter().filter_map(move |node| match node {
                Node::Block(block) if matches!(block.kind, Kind::Solution(_)) == solutions => {
                    Some(block)
                }
                _ => None,
            })
        };
        for block in blocks(false).chain(blocks(true)) {
            self.block(block);
        }
        self.ends(goals);
        self.answered();
        let found = Found::of(nodes);
        for to in &found.links {
            if let Some(text) = links::fault(to, self.is_lesson) {
                let line = self.line_of(lines, to);
                self.fail(line, text);
            }
        }
        for value in &found.values {
            let line = self.line_of(lines, value);
            match self.ask(value) {
                None => self.fail(
                    line,
                    format!("the value {value} has to wait, and is never there"),
                ),
                Some(Reply::Error(error)) => {
                    self.fail(line, format!("the value {value} is an error: {error}"))
                }
                Some(_) => {}
            }
        }
        for (line, plot) in &found.plots {
            self.plot(*line, plot);
        }
    }

    fn block(&mut self, block: &'l Block) {
        let first = self.lesson.clients.first().map_or(0, |(conn, _)| *conn);
        match &block.kind {
            Kind::Run(said) | Kind::Experiment(_, said) | Kind::Solution(said) => {
                let mut line = block.line;
                for said in said {
                    line = self.line_of_said(line, said);
                    if let Some(ticket) = self.enter(line, said.conn, &said.line) {
                        self.typed.push((line, said, ticket));
                    }
                }
            }
            Kind::Library(name, text) => {
                let line = library_line(text);
                let ticket = self.enter(block.line, first, &line);
                let answer = ticket.and_then(|ticket| self.session.answer(ticket));
                if let Some(answer) = answer.filter(|answer| !fits(answer, "")) {
                    let text = format!("the library {name} does not load: {answer}");
                    self.fail(block.line, text);
                }
            }
            Kind::Actor(name, text) => self.session.start(name, text),
            _ => {}
        }
    }

    fn enter(&mut self, at: usize, conn: Conn, line: &str) -> Option<u32> {
        let ticket = self.session.enter(conn, line);
        if ticket.is_none() {
            let letter = format::client_letter(conn);
            let line = format::shortened(line, TOLD);
            self.fail(at, format!("client {letter} waits and cannot run {line}: what it waits for comes later, or never"));
        }
        ticket
    }

    /// The blocks of a step have run: what is true in the end is true now, or once actors have come to it.
    fn ends(&mut self, goals: &[Goal]) {
        let mut replies = self.ask_goals(goals);
        let holds = |replies: &[Option<Reply>]| {
            let mut pairs = goals.iter().zip(replies);
            pairs.all(|(goal, reply)| {
                reply
                    .as_ref()
                    .is_some_and(|reply| goal.check.hold(reply).passed)
            })
        };
        for _ in 0..PASSES_MAX {
            if holds(&replies) || !self.session.actors_run() {
                break;
            }
            self.session.advance(PASSES);
            replies = self.ask_goals(goals);
        }
        for (goal, reply) in goals.iter().zip(&replies) {
            let checked = reply.as_ref().map(|reply| goal.check.hold(reply));
            if checked.as_ref().is_some_and(|checked| checked.passed) {
                continue;
            }
            let reply = checked.map_or("nothing: it has to wait".into(), |checked| {
                format::shortened(&checked.reply, TOLD)
            });
            let mut text = format!(
                "{}: this does not hold after the step: {}, and it replies {reply}",
                goal.text, goal.check.text
            );
            for failed in self.session.actors_failed() {
                text += &format!("; {failed}");
            }
            self.fail(goal.line, text);
        }
    }

    /// Holds what was printed in this step against what stands below each command.
    fn answered(&mut self) {
        for (line, said, ticket) in std::mem::take(&mut self.typed) {
            let expected = &said.expected;
            let text = match self.session.answer(ticket) {
                Some(printed) if fits(printed, expected) => continue,
                None if matches!(expected.trim(), "" | "…") => continue,
                Some(printed) if expected.is_empty() => {
                    format!("{} replies {}", said.line, shown(printed))
                }
                Some(printed) => format!(
                    "{} replies {}, and not {}",
                    said.line,
                    shown(printed),
                    shown(expected)
                ),
                None => format!(
                    "{} still waits, and does not reply {}",
                    said.line,
                    shown(expected)
                ),
            };
            self.fail(line, text);
        }
    }

    fn plot(&mut self, line: usize, plot: &Plot) {
        for (name, command) in &plot.series {
            let line = self.line_of((line, usize::MAX), command);
            let wanted = match plot.shape {
                Shape::Line | Shape::Histogram => "numbers",
                Shape::Bars => "names and numbers in turn",
            };
            let reply = self.ask(command);
            if reply
                .as_ref()
                .is_none_or(|reply| !is_drawn(plot.shape, reply))
            {
                let reply = reply.map_or("nothing: it has to wait".into(), |reply| {
                    shown(&text::format(&reply))
                });
                self.fail(
                    line,
                    format!(
                        "the series {name} is no {wanted} after the step: {command} replies {reply}"
                    ),
                );
            }
        }
    }

    fn ask(&mut self, command: &str) -> Option<Reply> {
        let command = check::command(command)?;
        self.session.ask(&[command]).pop()?
    }

    fn ask_goals(&mut self, goals: &[Goal]) -> Vec<Option<Reply>> {
        let commands: Vec<_> = goals
            .iter()
            .map(|goal| goal.check.command.clone())
            .collect();
        self.session.ask(&commands)
    }

    /// The lines that steps begin in.
    fn step_lines(&self) -> Vec<usize> {
        let mut fence: Option<String> = None;
        let mut found = Vec::new();
        for (number, line) in (1..).zip(&self.lines) {
            let ticks: String = line
                .trim_start()
                .chars()
                .take_while(|c| matches!(c, '`' | '~'))
                .collect();
            match &fence {
                Some(open) if ticks.starts_with(open.as_str()) && line.trim() == ticks => {
                    fence = None
                }
                Some(_) => {}
                None if ticks.len() >= 3 => fence = Some(ticks),
                None if line.starts_with("## ") => found.push(number),
                None => {}
            }
        }
        found
    }

    /// The line from one to before another that a text stands in; otherwise the first of these.
    fn line_of(&self, (from, to): (usize, usize), text: &str) -> usize {
        let lines = (1..).zip(&self.lines).skip(from.saturating_sub(1));
        let mut lines = lines.take_while(|(number, _)| *number < to);
        lines
            .find(|(_, line)| line.contains(text))
            .map_or(from, |(number, _)| number)
    }

    /// The line below another that a command stands in.
    fn line_of_said(&self, after: usize, said: &Said) -> usize {
        let mut lines = (1..).zip(&self.lines).skip(after);
        let found = lines.find(|(_, line)| line.trim_end().ends_with(&said.line));
        found.map_or(after, |(number, _)| number)
    }
}

/// What was printed, in one line.
fn shown(printed: &str) -> String {
    format::shortened(&printed.trim_end().replace('\n', " ⏎ "), TOLD)
}

/// Whether there is something to draw in a reply.
fn is_drawn(shape: Shape, reply: &Reply) -> bool {
    match shape {
        Shape::Bars => plot::pairs(reply).is_some_and(|pairs| !pairs.is_empty()),
        Shape::Line | Shape::Histogram => {
            plot::numbers(reply).is_some_and(|numbers| !numbers.is_empty())
        }
    }
}
