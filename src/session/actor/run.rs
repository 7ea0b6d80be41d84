//! What runs a text: it goes on until it wants something, and stands still until it is told.

use std::collections::VecDeque;
use std::rc::Rc;

use super::*;
use crate::engine::reply::Reply;
use crate::engine::resp::encode_command;
use crate::engine::rng::Rng;
use crate::engine::time::Millis;

/// What a text wants before it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// To send this command, and to be told the reply by [`Run::answer`].
    Send(Vec<u8>),
    /// That so many milliseconds pass.
    Wait(Millis),
    /// To be told a message by [`Run::message`]; for so long, if not for ever.
    Receive(Option<Millis>),
    /// Nothing more.
    Stop,
    /// Nothing more: it dies.
    Crash,
}

/// A text that runs.
#[derive(Clone, Debug)]
pub struct Run {
    program: Rc<Program>,
    me: String,
    at: usize,
    values: Vec<Reply>,
    rounds: Vec<Left>,
    inbox: VecDeque<Reply>,
    /// Where the reply or message that it waits for goes, and whether it may be an error.
    awaited: Option<(Option<usize>, bool)>,
    /// How often it gave a round up.
    pub failed: u64,
}

/// What is left of some rounds.
#[derive(Clone, Debug)]
enum Left {
    Forever,
    Times(i64),
    Each(usize, std::vec::IntoIter<Reply>),
    Numbers(usize, i64, i64),
}

/// About how many bytes a value takes.
fn size(value: &Reply) -> usize {
    let inside = match value {
        Reply::Bulk(bytes) => bytes.len(),
        Reply::Simple(text)
        | Reply::Error(text)
        | Reply::Double(text)
        | Reply::Verbatim(text)
        | Reply::BigNumber(text) => text.len(),
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
            items.iter().map(size).sum()
        }
        Reply::Map(pairs) => pairs
            .iter()
            .map(|(key, value)| size(key) + size(value))
            .sum(),
        Reply::Int(_) | Reply::Null | Reply::Bool(_) => 0,
    };
    size_of::<Reply>() + inside
}

impl Run {
    /// A text at its beginning, and the actor's name.
    pub fn new(program: Rc<Program>, me: &str) -> Self {
        Self {
            values: vec![Reply::Null; program.values],
            program,
            me: me.to_string(),
            at: 0,
            rounds: Vec::new(),
            inbox: VecDeque::new(),
            awaited: None,
            failed: 0,
        }
    }

    /// The line it stands at.
    pub fn line(&self) -> u32 {
        self.program.ops.get(self.at).map_or(0, |(line, _)| *line)
    }

    /// About how many bytes a copy takes.
    pub fn memory_bytes(&self) -> usize {
        let held = self.values.iter().chain(&self.inbox);
        let left = self.rounds.iter().flat_map(|round| match round {
            Left::Each(_, rest) => rest.as_slice(),
            Left::Forever | Left::Times(_) | Left::Numbers(..) => &[],
        });
        held.chain(left).map(size).sum()
    }

    /// Goes on until it wants something.
    pub fn go(&mut self, now: Millis, chance: &mut Rng) -> Result<Step, Fault> {
        if self.awaited.is_some() {
            // No message came in time.
            self.take(Reply::Null)?;
        }
        let program = Rc::clone(&self.program);
        for _ in 0..STEPS_MAX {
            let Some((_, op)) = program.ops.get(self.at) else {
                return Ok(Step::Stop);
            };
            if let Some(step) = self
                .step(op, now, chance)
                .map_err(|text| self.fault(text))?
            {
                return Ok(step);
            }
        }
        Err(self.fault(format!(
            "{STEPS_MAX} statements ran without a wait or a command: expected one in this loop"
        )))
    }

    /// The reply to the command that it sent.
    pub fn answer(&mut self, reply: Reply) -> Result<(), Fault> {
        self.take(reply)
    }

    /// A message came. True where it waited for one, and may go on.
    pub fn message(&mut self, message: Reply) -> bool {
        let receives = self.awaited.is_some()
            && matches!(self.program.ops.get(self.at), Some((_, Op::Receive { .. })));
        if receives {
            return self.take(message).is_ok();
        }
        if self.inbox.len() == INBOX_MAX {
            self.inbox.pop_front();
        }
        self.inbox.push_back(message);
        false
    }

    fn fault(&self, text: String) -> Fault {
        Fault {
            line: self.line(),
            text,
        }
    }

    fn take(&mut self, reply: Reply) -> Result<(), Fault> {
        let Some((into, tolerant)) = self.awaited.take() else {
            return Ok(());
        };
        if let (Reply::Error(text), false) = (&reply, tolerant) {
            return Err(self.fault(format!(
                "the reply is an error (try … goes on after one): {text}"
            )));
        }
        if let Some(into) = into {
            self.keep(into, reply);
        }
        self.at += 1;
        Ok(())
    }

    fn keep(&mut self, slot: usize, value: Reply) {
        if let Some(place) = self.values.get_mut(slot) {
            *place = value;
        }
    }

    fn step(&mut self, op: &Op, now: Millis, chance: &mut Rng) -> Result<Option<Step>, String> {
        let mut to = self.at + 1;
        match op {
            Op::Send {
                words,
                into,
                tolerant,
            } => {
                let words = self.words(words, now, chance)?;
                self.awaited = Some((*into, *tolerant));
                return Ok(Some(Step::Send(encode_command(&words))));
            }
            Op::Let { into, value, math } => {
                let value = match (value.as_slice(), math) {
                    (_, Some((math, other))) => {
                        let (a, b) = (
                            self.word(value, now, chance)?,
                            self.word(other, now, chance)?,
                        );
                        Reply::Int(calculate(whole(&a)?, *math, whole(&b)?)?)
                    }
                    // Alone, a value is kept as it is: a list stays one.
                    ([Part::Value(path)], None) => self.value(path, now),
                    (_, None) => Reply::Bulk(self.word(value, now, chance)?),
                };
                self.keep(*into, value);
            }
            Op::Wait(span) => {
                let millis = self.span(span, now, chance)?;
                self.at = to;
                return Ok(Some(Step::Wait(millis)));
            }
            Op::Receive { into, within } => match self.inbox.pop_front() {
                Some(message) => {
                    if let Some(into) = into {
                        self.keep(*into, message);
                    }
                }
                None => {
                    let within = within
                        .as_ref()
                        .map(|span| self.span(span, now, chance))
                        .transpose()?;
                    self.awaited = Some((*into, true));
                    return Ok(Some(Step::Receive(within)));
                }
            },
            Op::Unless(test, other) => {
                if !self.test(test, now, chance)? {
                    to = *other;
                }
            }
            Op::Jump(other) => to = *other,
            Op::Begin(rounds) => {
                let left = match rounds {
                    Rounds::Forever => Left::Forever,
                    Rounds::Times(bound) => Left::Times(self.bound(bound, now)?),
                    Rounds::Over(into, path) => {
                        let items = value::items(&self.value(path, now));
                        Left::Each(
                            *into,
                            items
                                .ok_or_else(|| format!("{} is not a list", path.text))?
                                .into_iter(),
                        )
                    }
                    Rounds::From(into, from, to) => {
                        Left::Numbers(*into, self.bound(from, now)?, self.bound(to, now)?)
                    }
                };
                self.rounds.push(left);
            }
            Op::Again(end) => {
                if !self.next_round() {
                    self.rounds.pop();
                    to = *end;
                }
            }
            Op::Leave(end) => {
                self.rounds.pop();
                to = *end;
            }
            Op::Fail(odds, round) => {
                if happens(*odds, chance) {
                    self.failed += 1;
                    to = *round;
                }
            }
            Op::Stop => return Ok(Some(Step::Stop)),
            Op::Crash => return Ok(Some(Step::Crash)),
        }
        self.at = to;
        Ok(None)
    }

    fn next_round(&mut self) -> bool {
        let next = match self.rounds.last_mut() {
            Some(Left::Forever) => return true,
            Some(Left::Times(left)) => {
                *left -= 1;
                return *left >= 0;
            }
            Some(Left::Each(into, items)) => items.next().map(|item| (*into, item)),
            Some(Left::Numbers(into, from, to)) => (*from <= *to).then(|| {
                *from += 1;
                (*into, Reply::Int(*from - 1))
            }),
            None => None,
        };
        let Some((into, value)) = next else {
            return false;
        };
        self.keep(into, value);
        true
    }

    fn value(&self, path: &Path, now: Millis) -> Reply {
        match path.root {
            Root::Kept(slot) => self
                .values
                .get(slot)
                .map_or(Reply::Null, |value| value::walk(value, &path.steps)),
            Root::Me => value::walk(&Reply::Bulk(self.me.clone().into_bytes()), &path.steps),
            Root::Now => value::walk(&Reply::Int(now as i64), &path.steps),
        }
    }

    fn text(&self, path: &Path, now: Millis) -> Result<Vec<u8>, String> {
        let value = self.value(path, now);
        value::word(&value).ok_or_else(|| match value {
            Reply::Null => format!("{} is nil", path.text),
            _ => format!(
                "{0} is a list: expected one element of it, as in {0}.1",
                path.text
            ),
        })
    }

    fn bound(&self, bound: &Bound, now: Millis) -> Result<i64, String> {
        match bound {
            Bound::Number(n) => Ok(*n),
            Bound::Value(path) => whole(&self.text(path, now)?),
        }
    }

    fn words(&self, words: &[Word], now: Millis, chance: &mut Rng) -> Result<Vec<Vec<u8>>, String> {
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            let list = match word.as_slice() {
                [Part::Value(path)] => match self.value(path, now) {
                    Reply::Null => None,
                    value => value::items(&value),
                },
                _ => None,
            };
            match list {
                Some(items) => {
                    let words = items.iter().map(value::word).collect::<Option<Vec<_>>>();
                    out.extend(words.ok_or("expected a list of words, found a list of lists")?);
                }
                None => out.push(self.word(word, now, chance)?),
            }
        }
        Ok(out)
    }

    fn word(&self, word: &Word, now: Millis, chance: &mut Rng) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        for part in word {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Value(path) => out.extend(self.text(path, now)?),
                Part::OneOf(words) => {
                    let word = words.get(chance.below(words.len()));
                    out.extend(word.map(String::as_bytes).unwrap_or_default());
                }
                Part::Number(from, to) => {
                    let number = between(self.bound(from, now)?, self.bound(to, now)?, chance);
                    out.extend(number.to_string().into_bytes());
                }
            }
        }
        match out.len() {
            0..=WORD_MAX => Ok(out),
            _ => Err(format!("a word is longer than {WORD_MAX} bytes")),
        }
    }

    fn span(&self, span: &Span, now: Millis, chance: &mut Rng) -> Result<Millis, String> {
        let millis = |time: &Time| -> Result<i64, String> {
            match time {
                Time::Millis(millis) => Ok(*millis as i64),
                Time::Value(path, unit) => Ok(whole(&self.text(path, now)?)?
                    .max(0)
                    .saturating_mul(*unit as i64)),
            }
        };
        Ok(between(millis(&span.from)?, millis(&span.to)?, chance) as Millis)
    }

    fn test(&self, test: &Test, now: Millis, chance: &mut Rng) -> Result<bool, String> {
        let (path, order, word) = match test {
            Test::Chance(odds) => return Ok(happens(*odds, chance)),
            Test::Is(path, kind, negated) => {
                let value = self.value(path, now);
                let is = match kind {
                    Kind::Nil => value == Reply::Null,
                    Kind::Empty => match value::items(&value) {
                        Some(items) => items.is_empty(),
                        None => value::word(&value).is_some_and(|word| word.is_empty()),
                    },
                    Kind::Error => matches!(value, Reply::Error(_)),
                    Kind::Word(word) => value::word(&value) == Some(self.word(word, now, chance)?),
                };
                return Ok(is != *negated);
            }
            Test::Compare(path, order, word) => (path, order, word),
        };
        let (a, b) = (
            number(&self.text(path, now)?)?,
            number(&self.word(word, now, chance)?)?,
        );
        Ok(match order {
            Order::Less => a < b,
            Order::More => a > b,
            Order::AtMost => a <= b,
            Order::AtLeast => a >= b,
        })
    }
}

fn happens(odds: Chance, chance: &mut Rng) -> bool {
    chance.below(odds.1 as usize) < odds.0 as usize
}

/// A draw from both ends on; nothing is drawn where there is nothing to choose.
fn between(from: i64, to: i64, chance: &mut Rng) -> i64 {
    match to.checked_sub(from) {
        Some(width) if width > 0 => from + chance.within(width as u64 + 1) as i64,
        _ => from,
    }
}

fn whole(text: &[u8]) -> Result<i64, String> {
    let read = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    read.ok_or_else(|| {
        format!(
            "expected a whole number, found {}",
            String::from_utf8_lossy(text)
        )
    })
}

fn number(text: &[u8]) -> Result<f64, String> {
    let read = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    read.ok_or_else(|| format!("expected a number, found {}", String::from_utf8_lossy(text)))
}

fn calculate(a: i64, math: Math, b: i64) -> Result<i64, String> {
    match math {
        Math::Add => a.checked_add(b),
        Math::Subtract => a.checked_sub(b),
        Math::Multiply => a.checked_mul(b),
        Math::Divide => a.checked_div(b),
        Math::Rest => a.checked_rem(b),
    }
    .ok_or_else(|| "the result is not a whole number of 64 bits".to_string())
}
