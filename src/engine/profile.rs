//! The last commands that ran, and what they cost: what MONITOR would print, for whoever looks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::client::Conn;
use super::names::Place;
use super::time::Millis;
use super::view::Window;
use crate::ds::bytes::Bytes;
use crate::ds::glob;

/// How many commands are kept.
pub const CALLS_MAX: usize = 2_000;
/// How many words of a command are kept, and how many bytes of each.
const WORDS_MAX: usize = 12;
const WORD_MAX: usize = 64;
/// How many keys of a command are kept.
const KEYS_MAX: usize = 8;
/// What a command costs that goes through nothing, and what each comparison and each element costs, in steps of 10 to
/// 20 ns, measured on sessions of small commands.
const COMMAND_STEPS: u64 = 400;
const TOUCHED_STEPS: u64 = 2;

/// What a command went through from one end to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whole {
    /// All keys of a database.
    Keyspace,
    /// All elements of a value that has many.
    Value,
}

/// What runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inside {
    /// A client sent it.
    Alone,
    /// EXEC runs it.
    Exec,
    /// A script calls it.
    Script,
}

/// What a command cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// How often the order of a sorted set was asked which of two members comes first.
    pub comparisons: u64,
    /// How many keys, elements of values, bits' bytes or registers it went through.
    pub touched: u64,
    /// What it went through whole.
    pub whole: Option<Whole>,
}

/// One command that ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Its number, from 1.
    pub number: u64,
    /// When.
    pub at: Millis,
    /// Whose it was.
    pub conn: Conn,
    /// The database.
    pub db: usize,
    /// Its first words, each cut where it is long.
    pub words: Vec<Bytes>,
    /// How many more words it had, or had more of.
    pub cut: u32,
    /// The first keys that it named.
    pub keys: Vec<Bytes>,
    /// What ran it.
    pub inside: Inside,
    /// Whether it was answered by an error.
    pub failed: bool,
    /// What it cost.
    pub cost: Cost,
}

/// What all calls of one command cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How much they went through.
    pub touched: u64,
    /// How many comparisons.
    pub comparisons: u64,
}

/// The last commands. Copies share what none of them has added to since.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    calls: Rc<VecDeque<Rc<Call>>>,
    totals: BTreeMap<Place, Total>,
    number: u64,
    steps: u64,
    /// Calls are counted and not kept, for as long as nobody will see them.
    counts_only: bool,
}

/// Names a call until it is over.
#[derive(Clone, Copy, Debug)]
pub struct Mark(u64);

impl Profile {
    /// The last calls, oldest first.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> + ExactSizeIterator {
        self.calls.iter().map(Rc::as_ref)
    }

    /// What the calls of each command cost together since the beginning, by container and name.
    pub fn totals(&self) -> impl Iterator<Item = (&Place, &Total)> {
        self.totals.iter()
    }

    /// How many calls there have been; grows with each.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// About how much work all of them were, in steps of 10 to 20 ns; grows with each.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether calls are counted and not kept, which takes less time.
    pub fn counts_only(&self) -> bool {
        self.counts_only
    }

    /// From now on calls are counted and not kept, or kept again.
    pub fn count_only(&mut self, on: bool) {
        self.counts_only = on;
    }

    /// A command runs, whose cost is still to be told: its own number is filled in. `None`: it is only counted.
    pub fn begin(&mut self, call: Option<Call>) -> Mark {
        self.number += 1;
        let Some(mut call) = call else {
            return Mark(self.number);
        };
        call.number = self.number;
        let calls = Rc::make_mut(&mut self.calls);
        if calls.len() >= CALLS_MAX {
            calls.pop_front();
        }
        calls.push_back(Rc::new(call));
        Mark(self.number)
    }

    /// It is over.
    pub fn end(&mut self, mark: Mark, place: Place, cost: Cost, failed: bool) {
        let total = self.totals.entry(place).or_default();
        total.calls += 1;
        total.failed += u64::from(failed);
        total.touched += cost.touched;
        total.comparisons += cost.comparisons;
        self.steps += COMMAND_STEPS + TOUCHED_STEPS * (cost.touched + cost.comparisons);
        if self.counts_only {
            return;
        }
        let calls = Rc::make_mut(&mut self.calls);
        let behind = (self.number - mark.0) as usize;
        let at = calls.len().checked_sub(behind + 1);
        if let Some(call) = at.and_then(|at| calls.get_mut(at)) {
            let call = Rc::make_mut(call);
            (call.cost, call.failed) = (cost, failed);
        }
    }

    /// Keeps the totals only: the last calls count as dropped.
    pub fn drop_calls(&mut self) {
        self.calls = Rc::default();
    }

    /// About how many bytes a copy [without calls](Self::drop_calls) takes.
    pub fn memory_bytes(&self) -> usize {
        self.totals.len() * 64
    }
}

impl Call {
    /// A command that a client sends, or that something runs for it.
    pub fn new(
        at: Millis,
        conn: Conn,
        db: usize,
        words: &[&[u8]],
        keys: &[&[u8]],
        inside: Inside,
    ) -> Self {
        let short = |word: &&[u8]| Bytes::from_slice(word.get(..WORD_MAX).unwrap_or(word));
        let shown = words.iter().take(WORDS_MAX);
        let long = shown.clone().filter(|word| word.len() > WORD_MAX).count();
        Self {
            number: 0,
            at,
            conn,
            db,
            cut: (words.len().saturating_sub(WORDS_MAX) + long) as u32,
            words: shown.map(short).collect(),
            keys: keys.iter().take(KEYS_MAX).map(short).collect(),
            inside,
            failed: false,
            cost: Cost::default(),
        }
    }
}

/// Which calls are to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFilter {
    /// Only this client's.
    pub conn: Option<Conn>,
    /// Only those with a key that matches this pattern, or holds it where it is a plain word.
    pub key: Bytes,
    /// Only those of commands whose name holds this.
    pub command: Bytes,
}

impl CallFilter {
    fn takes(&self, call: &Call) -> bool {
        let holds = |text: &[u8], part: &[u8]| {
            part.is_empty()
                || text
                    .windows(part.len())
                    .any(|at| at.eq_ignore_ascii_case(part))
        };
        let pattern = self.key.iter().any(|byte| b"*?[".contains(byte));
        let key = |key: &Bytes| match pattern {
            true => glob::matches(&self.key, key),
            false => holds(key, &self.key),
        };
        self.conn.is_none_or(|conn| conn == call.conn)
            && (self.key.is_empty() || call.keys.iter().any(key))
            && call
                .words
                .first()
                .is_some_and(|name| holds(name, &self.command))
    }
}

/// What a command cost on the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandTotal {
    /// Its full name, in upper case.
    pub name: String,
    /// What it cost.
    pub total: Total,
}

/// Some of the last commands, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileView {
    /// How many commands there have been.
    pub all: u64,
    /// How many of them are kept.
    pub kept: usize,
    /// How many of those match.
    pub matching: usize,
    /// The place of the first row among those, from the newest.
    pub start: usize,
    /// The rows in view.
    pub rows: Vec<Call>,
    /// What the commands cost since the beginning, the one that touched most first.
    pub totals: Vec<CommandTotal>,
    /// Whose commands are kept.
    pub clients: Vec<Conn>,
}

/// How many rows of totals, and how many clients, a view holds.
const TOTALS_MAX: usize = 40;
const CLIENTS_MAX: usize = 64;

impl Profile {
    /// The calls in view.
    pub fn view(&self, filter: &CallFilter, window: Window) -> ProfileView {
        let matching: Vec<&Call> = self
            .calls()
            .rev()
            .filter(|call| filter.takes(call))
            .collect();
        let last = matching.len().saturating_sub(window.count);
        let start = window.start.unwrap_or(0).min(last);
        let rows = matching.iter().skip(start).take(window.count);
        let name = |place: &Place| match place.0 == place.1 {
            true => place.0.to_ascii_uppercase(),
            false => format!("{} {}", place.0, place.1).to_ascii_uppercase(),
        };
        let totals = self.totals.iter().map(|(place, total)| CommandTotal {
            name: name(place),
            total: *total,
        });
        let mut totals: Vec<_> = totals.collect();
        totals.sort_by_key(|one| std::cmp::Reverse((one.total.touched, one.total.calls)));
        totals.truncate(TOTALS_MAX);
        let clients: BTreeSet<Conn> = self.calls().map(|call| call.conn).collect();
        ProfileView {
            all: self.number,
            kept: self.calls.len(),
            matching: matching.len(),
            start,
            rows: rows.map(|call| (*call).clone()).collect(),
            totals,
            clients: clients.into_iter().take(CLIENTS_MAX).collect(),
        }
    }

    /// Says cheaply that nothing can have changed.
    pub fn stamp(&self) -> u64 {
        let last = self.calls.back().map_or(0, |call| call.at);
        self.number.rotate_left(24) ^ last
    }
}
