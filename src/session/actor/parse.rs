//! From text to steps. Every error names its line and what was expected.

use super::words::{bare, is_name};
use super::*;

/// What a statement may begin with.
const EXPECTED: &str = "a command in capitals, or one of: name = …, try, let, wait, receive, forever, times, for, if, \
                        else, fail, next, leave, stop, crash";

/// Reads a text.
pub fn parse(text: &str) -> Result<Program, Fault> {
    if text.len() > TEXT_MAX {
        return Err(fault(
            1,
            format!("the text is longer than {TEXT_MAX} bytes"),
        ));
    }
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let inside = line.trim_start_matches(' ');
        let content = inside.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if inside.starts_with('\t') {
            return Err(fault(
                number,
                "expected spaces before the statement, not a tab",
            ));
        }
        lines.push(Line {
            number,
            indent: line.len() - inside.len(),
            text: content,
        });
    }
    let last = lines.last().map_or(1, |line| line.number);
    if let Some(first) = lines.first().filter(|line| line.indent > 0) {
        return Err(fault(
            first.number,
            "expected the first statement at the margin",
        ));
    }
    let mut parser = Parser {
        lines,
        at: 0,
        names: Vec::new(),
        uses: Vec::new(),
        program: Program::default(),
        rounds: Vec::new(),
    };
    parser.block(0)?;
    if parser.program.ops.is_empty() {
        return Err(fault(1, format!("expected {EXPECTED}")));
    }
    parser.program.ops.push((last, Op::Stop));
    parser.program.values = parser.names.len();
    let Parser {
        names,
        uses,
        program,
        ..
    } = parser;
    match uses
        .iter()
        .find(|(slot, _)| names.get(*slot).is_none_or(|name| !name.1))
    {
        Some((slot, line)) => {
            let name = names.get(*slot).map_or("", |name| &name.0);
            Err(fault(
                *line,
                format!(
                    "nothing is kept as {name}: expected {name} = … or let {name} = … somewhere"
                ),
            ))
        }
        None => Ok(program),
    }
}

pub(super) fn fault(line: u32, text: impl Into<String>) -> Fault {
    Fault {
        line,
        text: text.into(),
    }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    number: u32,
    indent: usize,
    text: &'t str,
}

pub(super) struct Parser<'t> {
    lines: Vec<Line<'t>>,
    at: usize,
    /// What values are called, and whether anything is kept there.
    pub(super) names: Vec<(String, bool)>,
    /// Which are read, and on which line.
    pub(super) uses: Vec<(usize, u32)>,
    program: Program,
    /// For the rounds around this place: where the next begins, and the jumps out of them.
    rounds: Vec<(usize, Vec<usize>)>,
}

impl<'t> Parser<'t> {
    fn line(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    fn here(&self) -> usize {
        self.program.ops.len()
    }

    fn op(&mut self, line: u32, op: Op) -> usize {
        self.program.ops.push((line, op));
        self.here() - 1
    }

    /// Lets a jump lead to the next step.
    fn land(&mut self, jump: usize) {
        let here = self.here();
        if let Some((_, Op::Unless(_, to) | Op::Jump(to) | Op::Again(to) | Op::Leave(to))) =
            self.program.ops.get_mut(jump)
        {
            *to = here;
        }
    }

    /// The statements of one depth.
    fn block(&mut self, indent: usize) -> Result<(), Fault> {
        while let Some(line) = self.line() {
            if line.indent < indent {
                break;
            }
            if line.indent > indent {
                return Err(fault(
                    line.number,
                    format!(
                        "expected {indent} spaces before the statement, found {}",
                        line.indent
                    ),
                ));
            }
            self.at += 1;
            self.statement(line)?;
        }
        Ok(())
    }

    /// The statements further in than a line; there must be one.
    fn inner(&mut self, of: Line<'_>) -> Result<(), Fault> {
        match self.line().filter(|line| line.indent > of.indent) {
            Some(line) => self.block(line.indent)?,
            None => {
                return Err(fault(
                    of.number,
                    "expected statements further in below this line",
                ));
            }
        }
        // A line that is neither as far in as these nor as their head fits nothing.
        match self.line().filter(|line| line.indent > of.indent) {
            Some(line) => Err(fault(
                line.number,
                format!(
                    "expected {} spaces before the statement, found {}",
                    of.indent, line.indent
                ),
            )),
            None => Ok(()),
        }
    }

    fn statement(&mut self, line: Line<'_>) -> Result<(), Fault> {
        let number = line.number;
        let (word, rest) = first_word(line.text);
        let alone = |what: &str| match rest.is_empty() {
            true => Ok(()),
            false => Err(fault(number, format!("expected nothing after {what}"))),
        };
        match word {
            "forever" => {
                alone("forever")?;
                self.loop_of(line, Rounds::Forever)
            }
            "times" => {
                let bound = self.bound(number, rest, "times 10")?;
                self.loop_of(line, Rounds::Times(bound))
            }
            "for" => {
                let rounds = self.for_rounds(number, rest)?;
                self.loop_of(line, rounds)
            }
            "if" => self.branch(line, rest),
            "else" => Err(fault(number, "expected an if as far in, above this else")),
            "wait" => {
                let span = self.span(number, rest)?;
                self.op(number, Op::Wait(span));
                Ok(())
            }
            "let" => self.keep(number, rest),
            "receive" => self.receive(number, rest, None),
            "fail" => {
                let chance = chance(number, rest)?;
                let to = self.round(number, "fail")?;
                self.op(number, Op::Fail(chance, to));
                Ok(())
            }
            "next" => {
                alone("next")?;
                let to = self.round(number, "next")?;
                self.op(number, Op::Jump(to));
                Ok(())
            }
            "leave" => {
                alone("leave")?;
                self.round(number, "leave")?;
                let jump = self.op(number, Op::Leave(0));
                if let Some((_, leaves)) = self.rounds.last_mut() {
                    leaves.push(jump);
                }
                Ok(())
            }
            "stop" | "crash" => {
                alone(word)?;
                self.op(number, if word == "stop" { Op::Stop } else { Op::Crash });
                Ok(())
            }
            _ => self.command(number, line.text),
        }
    }

    /// `[name =] [try] COMMAND …` or `name = receive …`.
    fn command(&mut self, line: u32, text: &str) -> Result<(), Fault> {
        let mut rest = text;
        let mut into = None;
        if let Some((name, value)) = text
            .split_once('=')
            .filter(|(name, _)| is_name(name.trim()))
        {
            into = Some(self.kept(name.trim(), line)?);
            rest = value.trim();
        }
        let (word, after) = first_word(rest);
        if word == "receive" {
            return self.receive(line, after, into);
        }
        let tolerant = word == "try";
        if tolerant {
            rest = after;
        }
        let (command, _) = first_word(rest);
        let fits = command.starts_with(|c: char| c.is_ascii_uppercase())
            && command
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if !fits {
            let expected = if tolerant || into.is_some() {
                "a command in capitals"
            } else {
                EXPECTED
            };
            return Err(fault(line, format!("expected {expected}; found {command}")));
        }
        let words = self.words(line, rest)?;
        self.op(
            line,
            Op::Send {
                words,
                into,
                tolerant,
            },
        );
        Ok(())
    }

    fn receive(&mut self, line: u32, rest: &str, into: Option<usize>) -> Result<(), Fault> {
        let within = match rest {
            "" => None,
            time => Some(self.span(line, time)?),
        };
        self.op(line, Op::Receive { into, within });
        Ok(())
    }

    /// `let n = {n} + 1`.
    fn keep(&mut self, line: u32, rest: &str) -> Result<(), Fault> {
        let expected = || {
            fault(
                line,
                "expected let name = value, or let name = value + value",
            )
        };
        let (name, value) = rest.split_once('=').ok_or_else(expected)?;
        let mut words = self.words(line, value.trim())?.into_iter();
        let (first, sign, second) = (
            words.next().ok_or_else(expected)?,
            words.next(),
            words.next(),
        );
        let math = match (sign.as_deref(), second) {
            (None, None) => None,
            (Some([Part::Text(sign)]), Some(second)) => {
                let math = match sign.as_slice() {
                    b"+" => Math::Add,
                    b"-" => Math::Subtract,
                    b"*" => Math::Multiply,
                    b"/" => Math::Divide,
                    b"%" => Math::Rest,
                    _ => return Err(expected()),
                };
                Some((math, second))
            }
            _ => return Err(expected()),
        };
        if words.next().is_some() {
            return Err(expected());
        }
        let into = self.kept(name.trim(), line)?;
        self.op(
            line,
            Op::Let {
                into,
                value: first,
                math,
            },
        );
        Ok(())
    }

    fn branch(&mut self, line: Line<'_>, rest: &str) -> Result<(), Fault> {
        let test = self.test(line.number, rest)?;
        let unless = self.op(line.number, Op::Unless(test, 0));
        self.inner(line)?;
        match self
            .line()
            .filter(|next| next.indent == line.indent && first_word(next.text).0 == "else")
        {
            Some(other) => {
                if other.text != "else" {
                    return Err(fault(
                        other.number,
                        "expected nothing after else; an if goes further in below it",
                    ));
                }
                self.at += 1;
                let jump = self.op(other.number, Op::Jump(0));
                self.land(unless);
                self.inner(other)?;
                self.land(jump);
            }
            None => self.land(unless),
        }
        Ok(())
    }

    fn loop_of(&mut self, line: Line<'_>, rounds: Rounds) -> Result<(), Fault> {
        self.op(line.number, Op::Begin(rounds));
        let again = self.op(line.number, Op::Again(0));
        self.rounds.push((again, Vec::new()));
        self.inner(line)?;
        self.op(line.number, Op::Jump(again));
        self.land(again);
        for leave in self
            .rounds
            .pop()
            .map(|(_, leaves)| leaves)
            .unwrap_or_default()
        {
            self.land(leave);
        }
        Ok(())
    }

    /// Where the next of the innermost rounds begins.
    fn round(&self, line: u32, what: &str) -> Result<usize, Fault> {
        let last = self.rounds.last().map(|(again, _)| *again);
        last.ok_or_else(|| {
            fault(
                line,
                format!("expected {what} inside forever, times or for"),
            )
        })
    }

    fn for_rounds(&mut self, line: u32, rest: &str) -> Result<Rounds, Fault> {
        let expected = || {
            fault(
                line,
                "expected for name in reply.entries, or for name in 1..10",
            )
        };
        let (name, over) = rest.split_once(" in ").ok_or_else(expected)?;
        let over = over.trim();
        let into = self.kept(name.trim(), line)?;
        match bare(over).split_once("..") {
            Some((from, to)) => {
                let from = self.bound(line, from, "1..10")?;
                Ok(Rounds::From(into, from, self.bound(line, to, "1..10")?))
            }
            None => Ok(Rounds::Over(into, self.path(line, over)?)),
        }
    }

    fn test(&mut self, line: u32, text: &str) -> Result<Test, Fault> {
        let expected = || {
            fault(
                line,
                "expected if name is …, is not …, nil, empty, error, < > <= >= …, or if 1 in 5",
            )
        };
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Test::Chance(chance(line, text)?));
        }
        let (left, rest) = first_word(text);
        let (sign, right) = first_word(rest);
        if left.is_empty() {
            return Err(expected());
        }
        let path = self.path(line, left)?;
        let order = match sign {
            "<" => Order::Less,
            ">" => Order::More,
            "<=" => Order::AtMost,
            ">=" => Order::AtLeast,
            "is" => {
                let (negated, what) = match first_word(right) {
                    ("not", what) => (true, what),
                    _ => (false, right),
                };
                let kind = match what {
                    "nil" => Kind::Nil,
                    "empty" => Kind::Empty,
                    "error" => Kind::Error,
                    word => Kind::Word(self.one_word(line, word).map_err(|_| expected())?),
                };
                return Ok(Test::Is(path, kind, negated));
            }
            _ => return Err(expected()),
        };
        Ok(Test::Compare(
            path,
            order,
            self.one_word(line, right).map_err(|_| expected())?,
        ))
    }
}

/// `1 in 5`.
fn chance(line: u32, text: &str) -> Result<Chance, Fault> {
    let mut words = text.split_whitespace();
    let (n, word, of, more) = (words.next(), words.next(), words.next(), words.next());
    match (
        n.and_then(|n| n.parse().ok()),
        word,
        of.and_then(|of| of.parse().ok()),
        more,
    ) {
        (Some(n), Some("in"), Some(of), None) if n <= of && of > 0 => Ok(Chance(n, of)),
        _ => Err(fault(
            line,
            format!("expected a chance, as in 1 in 5; found {text}"),
        )),
    }
}

fn first_word(text: &str) -> (&str, &str) {
    match text.split_once(' ') {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}
