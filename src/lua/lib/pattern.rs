//! Patterns, matched as `lstrlib.c` does; but what is still to be tried stands on a stack of its own, and
//! all work is counted, so that no pattern takes more than its script may use.

use std::ops::Range;

use super::super::state::State;
use super::super::value::{Error, Value};
use super::text;

const MAX_CAPTURES: usize = 32;
const ESCAPE: u8 = b'%';
/// How much work is done before it is charged for.
const BATCH: usize = 1000;

#[derive(Clone, Copy)]
enum Length {
    Unfinished,
    Position,
    Closed(usize),
}

#[derive(Clone, Copy)]
struct Capture {
    start: usize,
    length: Length,
}

/// What a capture has captured.
pub enum Captured {
    /// A piece of the source.
    Piece(Range<usize>),
    /// A position, counted from 1.
    Position(usize),
}

/// What is to be done where the rest of the pattern does not match.
enum Choice {
    /// The rest is tried from here.
    Rest { at: usize, rest: usize },
    /// An item repeats so many times from here; the rest is tried after one fewer.
    Fewer {
        from: usize,
        times: usize,
        rest: usize,
    },
    /// The item is to match once more, and the rest is tried after it.
    More { at: usize, item: usize, end: usize },
    /// A capture is open again.
    Reopen(usize),
    /// The last capture has not begun.
    Drop,
}

/// A pattern that is being matched against a source.
pub struct Matcher<'a> {
    /// What the work is charged to.
    pub state: &'a mut State,
    source: &'a [u8],
    pattern: &'a [u8],
    captures: [Capture; MAX_CAPTURES],
    level: usize,
    choices: Vec<Choice>,
    work: usize,
}

impl<'a> Matcher<'a> {
    /// A pattern without its `^`. It ends where a zero byte is.
    pub fn new(state: &'a mut State, source: &'a [u8], pattern: &'a [u8]) -> Result<Self, Error> {
        let pattern = pattern.split(|byte| *byte == 0).next().unwrap_or_default();
        // There is at most one choice for each byte of the pattern.
        state.room(pattern.len().saturating_mul(size_of::<Choice>()))?;
        let none = Capture {
            start: 0,
            length: Length::Unfinished,
        };
        Ok(Self {
            state,
            source,
            pattern,
            captures: [none; MAX_CAPTURES],
            level: 0,
            choices: Vec::new(),
            work: 0,
        })
    }

    /// Matches from here: where the match ends.
    pub fn match_at(&mut self, start: usize) -> Result<Option<usize>, Error> {
        self.level = 0;
        self.choices.clear();
        let end = self.run(start)?;
        let work = std::mem::take(&mut self.work);
        self.state.spend(work)?;
        Ok(end)
    }

    fn run(&mut self, start: usize) -> Result<Option<usize>, Error> {
        let mut next = Some((start, 0));
        loop {
            self.charge(1)?;
            next = match next {
                Some((at, place)) if place == self.pattern.len() => return Ok(Some(at)),
                Some((at, place)) => self.step(at, place)?,
                None => match self.choices.pop() {
                    Some(choice) => self.choose(choice)?,
                    None => return Ok(None),
                },
            };
        }
    }

    fn charge(&mut self, work: usize) -> Result<(), Error> {
        self.work += work;
        if self.work < BATCH {
            return Ok(());
        }
        let work = std::mem::take(&mut self.work);
        self.state.spend(work)
    }

    /// A byte of the pattern; zero behind its end.
    fn byte(&self, place: usize) -> u8 {
        self.pattern.get(place).copied().unwrap_or_default()
    }

    /// Matches what stands at one place of the pattern: where to go on, in the source and the pattern.
    fn step(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Error> {
        let next = self.byte(place + 1);
        match self.byte(place) {
            b'(' if next == b')' => self.open(at, place + 2, Length::Position),
            b'(' => self.open(at, place + 1, Length::Unfinished),
            b')' => self.close(at, place + 1),
            ESCAPE if next == b'b' => self.balance(at, place + 2),
            ESCAPE if next == b'f' => self.frontier(at, place + 2),
            ESCAPE if next.is_ascii_digit() => self.back_reference(at, place),
            b'$' if place + 1 == self.pattern.len() => {
                let end = at == self.source.len();
                Ok(end.then_some((at, place + 1)))
            }
            _ => self.item(at, place),
        }
    }

    fn choose(&mut self, choice: Choice) -> Result<Option<(usize, usize)>, Error> {
        match choice {
            Choice::Rest { at, rest } => return Ok(Some((at, rest))),
            Choice::Fewer { from, times, rest } => {
                let times = times - 1;
                if times > 0 {
                    self.choices.push(Choice::Fewer { from, times, rest });
                }
                return Ok(Some((from + times, rest)));
            }
            Choice::More { at, item, end } => {
                if self.is_match(at, item, end)? {
                    let at = at + 1;
                    self.choices.push(Choice::More { at, item, end });
                    return Ok(Some((at, end + 1)));
                }
            }
            Choice::Reopen(capture) => self.captures[capture].length = Length::Unfinished,
            Choice::Drop => self.level -= 1,
        }
        Ok(None)
    }

    fn open(
        &mut self,
        start: usize,
        rest: usize,
        length: Length,
    ) -> Result<Option<(usize, usize)>, Error> {
        let Some(capture) = self.captures.get_mut(self.level) else {
            return Err(text("too many captures"));
        };
        *capture = Capture { start, length };
        self.level += 1;
        self.choices.push(Choice::Drop);
        Ok(Some((start, rest)))
    }

    fn close(&mut self, at: usize, rest: usize) -> Result<Option<(usize, usize)>, Error> {
        let open = |capture: &Capture| matches!(capture.length, Length::Unfinished);
        let Some(last) = self.captures[..self.level].iter().rposition(open) else {
            return Err(text("invalid pattern capture"));
        };
        let capture = &mut self.captures[last];
        capture.length = Length::Closed(at - capture.start);
        self.choices.push(Choice::Reopen(last));
        Ok(Some((at, rest)))
    }

    /// `%b` and its two bytes.
    fn balance(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Error> {
        let (open, close) = (self.byte(place), self.byte(place + 1));
        if open == 0 || close == 0 {
            return Err(text("unbalanced pattern"));
        }
        if self.source.get(at) != Some(&open) {
            return Ok(None);
        }
        let mut depth = 1;
        for (offset, byte) in self.source[at + 1..].iter().enumerate() {
            self.charge(1)?;
            if *byte == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some((at + offset + 2, place + 2)));
                }
            } else if *byte == open {
                depth += 1;
            }
        }
        Ok(None)
    }

    /// `%f` and its set.
    fn frontier(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Error> {
        if self.byte(place) != b'[' {
            return Err(text("missing '[' after '%f' in pattern"));
        }
        let end = self.item_end(place)?;
        self.charge((end - place) / 4)?;
        let byte = |at: Option<usize>| at.and_then(|at| self.source.get(at));
        let before = byte(at.checked_sub(1)).copied().unwrap_or_default();
        let after = byte(Some(at)).copied().unwrap_or_default();
        let edge = !self.in_set(before, place, end) && self.in_set(after, place, end);
        Ok(edge.then_some((at, end)))
    }

    /// `%1` and so on: what a capture has captured, once more.
    fn back_reference(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Error> {
        let bad = || text("invalid capture index");
        let number = usize::from(self.byte(place + 1) - b'0');
        let index = number.checked_sub(1).ok_or_else(bad)?;
        let capture = self.captures[..self.level].get(index).ok_or_else(bad)?;
        let length = match capture.length {
            Length::Unfinished => return Err(bad()),
            // A position is no text that could stand here: its length counts as one that is too large.
            Length::Position => return Ok(None),
            Length::Closed(length) => length,
        };
        let start = capture.start;
        self.charge(length / 16)?;
        let same = self.source[at..].starts_with(&self.source[start..start + length]);
        Ok(same.then_some((at + length, place + 2)))
    }

    /// One item, with what says how often it is repeated.
    fn item(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Error> {
        let end = self.item_end(place)?;
        self.charge((end - place) / 4)?;
        let rest = end + 1;
        match self.byte(end) {
            b'?' => {
                if self.is_match(at, place, end)? {
                    self.choices.push(Choice::Rest { at, rest });
                    return Ok(Some((at + 1, rest)));
                }
                Ok(Some((at, rest)))
            }
            b'*' => self.repeat(at, place, end).map(Some),
            b'+' => match self.is_match(at, place, end)? {
                true => self.repeat(at + 1, place, end).map(Some),
                false => Ok(None),
            },
            b'-' => {
                let item = place;
                self.choices.push(Choice::More { at, item, end });
                Ok(Some((at, rest)))
            }
            _ => Ok(self.is_match(at, place, end)?.then_some((at + 1, end))),
        }
    }

    /// As often as it can be.
    fn repeat(&mut self, from: usize, place: usize, end: usize) -> Result<(usize, usize), Error> {
        let mut times = 0;
        while self.is_match(from + times, place, end)? {
            times += 1;
        }
        let rest = end + 1;
        if times > 0 {
            self.choices.push(Choice::Fewer { from, times, rest });
        }
        Ok((from + times, rest))
    }

    /// Where the item ends that begins here.
    fn item_end(&self, place: usize) -> Result<usize, Error> {
        match self.byte(place) {
            ESCAPE if self.byte(place + 1) == 0 => Err(text("malformed pattern (ends with '%')")),
            ESCAPE => Ok(place + 2),
            b'[' => {
                let mut at = place + 1;
                if self.byte(at) == b'^' {
                    at += 1;
                }
                loop {
                    // The first byte belongs to the set even if it is `]`.
                    match self.byte(at) {
                        0 => return Err(text("malformed pattern (missing ']')")),
                        ESCAPE if self.byte(at + 1) != 0 => at += 2,
                        _ => at += 1,
                    }
                    if self.byte(at) == b']' {
                        return Ok(at + 1);
                    }
                }
            }
            _ => Ok(place + 1),
        }
    }

    /// Whether the item between these places matches the byte at one place of the source.
    fn is_match(&mut self, at: usize, place: usize, end: usize) -> Result<bool, Error> {
        self.charge(1 + (end - place) / 4)?;
        let Some(byte) = self.source.get(at).copied() else {
            return Ok(false);
        };
        Ok(match self.byte(place) {
            b'.' => true,
            ESCAPE => in_class(byte, self.byte(place + 1)),
            b'[' => self.in_set(byte, place, end),
            own => own == byte,
        })
    }

    fn in_set(&self, byte: u8, place: usize, end: usize) -> bool {
        let last = end - 1;
        let mut at = place + 1;
        let negated = self.byte(at) == b'^';
        if negated {
            at += 1;
        }
        while at < last {
            let own = self.byte(at);
            let found = if own == ESCAPE {
                at += 1;
                in_class(byte, self.byte(at))
            } else if self.byte(at + 1) == b'-' && at + 2 < last {
                at += 2;
                (own..=self.byte(at)).contains(&byte)
            } else {
                own == byte
            };
            if found {
                return !negated;
            }
            at += 1;
        }
        negated
    }

    /// What a capture of the last match has captured, counted from 0; the whole match where the pattern
    /// has none.
    pub fn captured(&self, index: usize, whole: &Range<usize>) -> Result<Captured, Error> {
        let Some(capture) = self.captures[..self.level].get(index) else {
            return match index {
                0 => Ok(Captured::Piece(whole.clone())),
                _ => Err(text("invalid capture index")),
            };
        };
        match capture.length {
            Length::Unfinished => Err(text("unfinished capture")),
            Length::Position => Ok(Captured::Position(capture.start + 1)),
            Length::Closed(length) => Ok(Captured::Piece(capture.start..capture.start + length)),
        }
    }

    /// Pushes so many captures at most; the whole match, if it is given, where the pattern has none.
    pub fn push_captures(
        &mut self,
        whole: Option<&Range<usize>>,
        most: usize,
        out: &mut Vec<Value>,
    ) -> Result<(), Error> {
        let none = 0..0;
        let least = usize::from(whole.is_some());
        for index in 0..self.level.max(least).min(most) {
            let value = match self.captured(index, whole.unwrap_or(&none))? {
                Captured::Piece(piece) => self.state.text(&self.source[piece])?,
                Captured::Position(position) => super::count(position),
            };
            out.push(value);
        }
        Ok(())
    }
}

/// Whether a byte is in the class of this letter; what is no class stands for itself.
fn in_class(byte: u8, letter: u8) -> bool {
    let is = match letter.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => super::super::number::is_space(byte),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return letter == byte,
    };
    is == letter.is_ascii_lowercase()
}
