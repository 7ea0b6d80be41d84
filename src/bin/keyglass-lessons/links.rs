//! The links and the values in the text of a lesson.

use keyglass::app::lesson::text::{Block, Kind, Node, Plot, Span};
use keyglass::app::share::{self, Deed};
use keyglass::session::message::{Conn, Speed};

use super::expected::fits;
use super::session::Session;

/// What a text leads to, and what it asks for.
#[derive(Default)]
pub struct Found<'l> {
    /// Where links lead.
    pub links: Vec<&'l str>,
    /// The commands whose replies stand in it.
    pub values: Vec<&'l str>,
    /// What is drawn, and the line of its fence.
    pub plots: Vec<(usize, &'l Plot)>,
}

impl<'l> Found<'l> {
    /// What is in a text.
    pub fn of(nodes: &'l [Node]) -> Self {
        let mut found = Self::default();
        found.nodes(nodes);
        found
    }

    fn nodes(&mut self, nodes: &'l [Node]) {
        for node in nodes {
            match node {
                Node::Paragraph(spans) | Node::Heading(_, spans) => self.spans(spans),
                Node::List(_, items) => items.iter().for_each(|item| self.nodes(item)),
                Node::Table(head, rows) => {
                    let cells = head.iter().chain(rows.iter().flatten());
                    cells.for_each(|cell| self.spans(cell));
                }
                Node::Quote(inner) => self.nodes(inner),
                Node::Code(..) | Node::Rule => {}
                Node::Block(Block { line, kind }) => match kind {
                    Kind::Hint(inner) | Kind::Answer(inner) => self.nodes(inner),
                    Kind::Predict {
                        question,
                        answers,
                        reveal,
                    } => {
                        self.nodes(question);
                        answers.iter().for_each(|(answer, _)| self.spans(answer));
                        self.nodes(reveal);
                    }
                    Kind::Plot(plot) => self.plots.push((*line, plot)),
                    _ => {}
                },
            }
        }
    }

    fn spans(&mut self, spans: &'l [Span]) {
        for span in spans {
            match span {
                Span::Value(command) => self.values.push(command),
                Span::Emphasis(inner) | Span::Strong(inner) => self.spans(inner),
                Span::Link(to, inner) => {
                    self.links.push(to);
                    self.spans(inner);
                }
                Span::Text(_) | Span::Code(_) | Span::Break => {}
            }
        }
    }
}

/// What is wrong with a link, if anything: one that leads away is not followed.
pub fn fault(to: &str, is_lesson: &dyn Fn(&str) -> bool) -> Option<String> {
    let fragment = to.strip_prefix('#')?;
    if let Some(name) = fragment.strip_prefix("lesson=") {
        let name = name.split('&').next().unwrap_or_default();
        let wrong = format!("the link {to} names no lesson: there is no static/lessons/{name}.md");
        return (!is_lesson(name)).then_some(wrong);
    }
    let document = match share::address("", fragment) {
        None => {
            return Some(format!(
                "the link {to} leads nowhere: #cmd=… and #lesson=… do"
            ));
        }
        Some(Err(fault)) => return Some(format!("the link {to} cannot be opened: {fault}")),
        Some(Ok(document)) => document,
    };
    let mut conns: Vec<Conn> = document
        .steps
        .iter()
        .map(|step| step.conn)
        .chain(0..3)
        .collect();
    conns.sort_unstable();
    conns.dedup();
    let clients: Vec<(Conn, String)> = conns
        .into_iter()
        .map(|conn| (conn, String::new()))
        .collect();
    let mut session = Session::open(1, &clients, &document.pinned, (false, Speed::NORMAL));
    for step in &document.steps {
        let Deed::Line(line) = &step.deed else {
            continue;
        };
        let Some(ticket) = session.enter(step.conn, line) else {
            return Some(format!(
                "the link {to}: nobody can run {line}, since its client waits"
            ));
        };
        if let Some(answer) = session.answer(ticket).filter(|answer| !fits(answer, "")) {
            return Some(format!("the link {to}: {line} replies {answer}"));
        }
    }
    None
}
