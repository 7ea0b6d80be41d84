//! The Markdown of a lesson, as nodes and the fences between them.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, OffsetIter, Options, Parser, Tag};

use super::Faults;
use crate::app::embed::check;
use crate::app::lesson::text::{Node, Span};

/// How deep lists, quotations and emphasis may stand in each other.
const DEPTH_MAX: usize = 16;

/// What stands in a lesson, in order.
pub enum Piece {
    /// A piece of text.
    Node(Node),
    /// A step begins: its title and its line.
    Step(String, usize),
    /// A fence, which may be a block.
    Fence(Fence),
}

/// A fence that stands in no list and no quotation.
pub struct Fence {
    /// The line that it begins in.
    pub line: usize,
    /// What stands behind its backticks.
    pub info: String,
    /// What stands in it.
    pub text: String,
    /// Whether it is closed; otherwise it goes on to the end of the file.
    pub closed: bool,
}

/// Markdown that is being read.
pub struct Prose<'t> {
    events: OffsetIter<'t>,
    text: &'t str,
    /// Where its lines begin.
    starts: Vec<usize>,
    /// The line of the file that it begins in.
    first: usize,
    depth: usize,
}

impl<'t> Prose<'t> {
    pub fn new(text: &'t str, first: usize) -> Self {
        Self {
            events: Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter(),
            text,
            starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            first,
            depth: 0,
        }
    }

    /// The line of the file that a byte stands in.
    fn line(&self, at: usize) -> usize {
        self.first + self.starts.partition_point(|start| *start <= at)
    }

    /// What comes next, outside of lists and quotations.
    pub fn piece(&mut self, faults: &mut Faults) -> Option<Piece> {
        loop {
            let (event, range) = self.events.next()?;
            return Some(match event {
                Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                    let line = self.line(range.start);
                    let title = plain(&self.spans(faults));
                    if level == HeadingLevel::H1 {
                        faults.add(line, "a heading of one #: the lesson's title stands in its head, ## begins a step");
                        continue;
                    }
                    Piece::Step(title, line)
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let whole = self.text.get(range.clone()).unwrap_or_default();
                    Piece::Fence(Fence {
                        line: self.line(range.start),
                        info: info.trim().into(),
                        text: self.code(),
                        closed: is_closed(whole),
                    })
                }
                event => match self.block(event, range, faults) {
                    Some(node) => Piece::Node(node),
                    None => continue,
                },
            });
        }
    }

    /// All of it, where nothing is a step or a block.
    pub fn nodes(text: &'t str, first: usize, faults: &mut Faults) -> Vec<Node> {
        Self::new(text, first).inside(faults)
    }

    /// What stands up to the end of what began.
    fn inside(&mut self, faults: &mut Faults) -> Vec<Node> {
        let (mut nodes, mut loose) = (Vec::new(), Vec::new());
        while let Some((event, range)) = self.events.next() {
            let is_block = match &event {
                Event::End(_) => break,
                Event::Start(tag) => !is_inline(tag),
                Event::Rule => true,
                _ => false,
            };
            if !is_block {
                self.span(event, range, &mut loose, faults);
                continue;
            }
            // A tight list has lines that are no paragraphs.
            if !loose.is_empty() {
                nodes.push(Node::Paragraph(std::mem::take(&mut loose)));
            }
            nodes.extend(self.block(event, range, faults));
        }
        if !loose.is_empty() {
            nodes.push(Node::Paragraph(loose));
        }
        nodes
    }

    /// Whether there is room for what begins; otherwise it is passed over.
    fn deeper(&mut self, at: usize, faults: &mut Faults) -> bool {
        if self.depth < DEPTH_MAX {
            self.depth += 1;
            return true;
        }
        let line = self.line(at);
        faults.add(
            line,
            format!("this stands in more than {DEPTH_MAX} lists, quotations or emphases"),
        );
        self.pass();
        false
    }

    /// Passes over what began.
    fn pass(&mut self) {
        let mut open = 1_usize;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    /// What begins with an event, if it is something to be shown.
    fn block(
        &mut self,
        event: Event<'t>,
        range: Range<usize>,
        faults: &mut Faults,
    ) -> Option<Node> {
        let tag = match event {
            Event::Start(tag) => tag,
            Event::Rule => return Some(Node::Rule),
            _ => return None,
        };
        Some(match tag {
            Tag::Paragraph => Node::Paragraph(self.spans(faults)),
            Tag::Heading { level, .. } => Node::Heading((level as u8).max(3), self.spans(faults)),
            Tag::HtmlBlock => {
                let html = self.code();
                let mut spans = Vec::new();
                for line in html.lines() {
                    if !spans.is_empty() {
                        spans.push(Span::Break);
                    }
                    spans.push(Span::Text(line.into()));
                }
                Node::Paragraph(spans)
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.trim().to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                Node::Code(language, self.code())
            }
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Table(_)
                if !self.deeper(range.start, faults) =>
            {
                return None;
            }
            Tag::BlockQuote(_) => {
                let nodes = self.inside(faults);
                self.depth -= 1;
                Node::Quote(nodes)
            }
            Tag::List(from) => {
                let mut items = Vec::new();
                while let Some((Event::Start(_), _)) = self.events.next() {
                    items.push(self.inside(faults));
                }
                self.depth -= 1;
                Node::List(from, items)
            }
            Tag::Table(_) => {
                let (mut head, mut rows) = (Vec::new(), Vec::new());
                while let Some((Event::Start(tag), _)) = self.events.next() {
                    let mut row = Vec::new();
                    while let Some((Event::Start(_), _)) = self.events.next() {
                        row.push(self.spans(faults));
                    }
                    match tag {
                        Tag::TableHead => head = row,
                        _ => rows.push(row),
                    }
                }
                self.depth -= 1;
                Node::Table(head, rows)
            }
            _ => {
                self.pass();
                return None;
            }
        })
    }

    /// The text up to the end of what began, as it is written.
    fn code(&mut self) -> String {
        let mut text = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Text(piece) | Event::Html(piece) => text.push_str(&piece),
                Event::End(_) => break,
                _ => {}
            }
        }
        text.truncate(text.trim_end_matches('\n').len());
        text
    }

    /// The pieces of a line up to the end of what began.
    fn spans(&mut self, faults: &mut Faults) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some((event, range)) = self.events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.span(event, range, &mut spans, faults);
        }
        spans
    }

    /// What was meant as a link and is none is a fault.
    fn no_link(&self, range: &Range<usize>, faults: &mut Faults) {
        // As far as what tells the link from text may reach beyond.
        let rest = self.text.as_bytes().get(range.start..).unwrap_or_default();
        let rest = rest.get(..range.len() + 8).unwrap_or(rest);
        let before = self.text.get(..range.start).unwrap_or_default();
        let meant = ["](#", "](https:"].into_iter().find_map(|sign| {
            let at = rest
                .windows(sign.len())
                .position(|here| here == sign.as_bytes())?;
            let escaped = at == 0 && before.ends_with('\\');
            (range.start + at < range.end && !escaped).then_some(at)
        });
        if let Some(at) = meant {
            let line = self.line(range.start + at);
            faults.add(
                line,
                "this is no link: spaces in where it leads are written %20",
            );
        }
    }

    fn span(
        &mut self,
        event: Event<'t>,
        range: Range<usize>,
        spans: &mut Vec<Span>,
        faults: &mut Faults,
    ) {
        match event {
            Event::Text(text) => {
                self.no_link(&range, faults);
                put(spans, &text);
            }
            Event::Html(text) | Event::InlineHtml(text) => put(spans, &text),
            Event::SoftBreak => put(spans, " "),
            Event::HardBreak => spans.push(Span::Break),
            Event::Code(code) => match code.strip_prefix("= ") {
                None => spans.push(Span::Code(code.to_string())),
                Some(line) => {
                    let line = line.trim();
                    if check::command(line).is_none() {
                        let at = self.line(range.start);
                        faults.add(
                            at,
                            format!("{line:?} is no command that a value can be asked of: {ASKED}"),
                        );
                    }
                    spans.push(Span::Value(line.into()));
                }
            },
            Event::Start(Tag::Image { .. }) => {
                self.pass();
                let written = self.text.get(range).unwrap_or_default();
                put(spans, &written.replace('\n', " "));
            }
            Event::Start(tag) => {
                if !self.deeper(range.start, faults) {
                    return;
                }
                let inner = self.spans(faults);
                self.depth -= 1;
                match tag {
                    Tag::Emphasis => spans.push(Span::Emphasis(inner)),
                    Tag::Strong => spans.push(Span::Strong(inner)),
                    Tag::Link { dest_url, .. } if leads(&dest_url) => {
                        spans.push(Span::Link(dest_url.to_string(), inner));
                    }
                    _ => inner.into_iter().for_each(|span| match span {
                        Span::Text(text) => put(spans, &text),
                        span => spans.push(span),
                    }),
                }
            }
            _ => {}
        }
    }
}

/// What can be asked of a copy of the session.
pub const ASKED: &str = "one command in a line, and none of EVAL, FCALL, SCRIPT and DEBUG";

fn is_inline(tag: &Tag<'_>) -> bool {
    use Tag::{Emphasis, Image, Link, Strikethrough, Strong, Subscript, Superscript};
    matches!(
        tag,
        Emphasis | Strong | Strikethrough | Superscript | Subscript | Link { .. } | Image { .. }
    )
}

/// Whether a link is one that leads somewhere.
fn leads(to: &str) -> bool {
    let scheme = to.get(..6).unwrap_or_default();
    to.starts_with('#') || scheme.eq_ignore_ascii_case("https:")
}

fn put(spans: &mut Vec<Span>, text: &str) {
    match spans.last_mut() {
        Some(Span::Text(last)) => last.push_str(text),
        _ => spans.push(Span::Text(text.into())),
    }
}

/// The text of pieces of a line.
pub fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text(text) | Span::Code(text) | Span::Value(text) => text.clone(),
        Span::Emphasis(inner) | Span::Strong(inner) | Span::Link(_, inner) => plain(inner),
        Span::Break => " ".into(),
    };
    spans.iter().map(text).collect()
}

/// Whether the last line of a fence is one that closes it.
fn is_closed(whole: &str) -> bool {
    let open = whole.trim_start();
    let sign = open.chars().next().unwrap_or('`');
    let length = open.chars().take_while(|c| *c == sign).count();
    let mut lines = whole.trim_end().lines();
    let last = lines.next_back().unwrap_or_default().trim();
    lines.next().is_some() && last.chars().all(|c| c == sign) && last.chars().count() >= length
}
