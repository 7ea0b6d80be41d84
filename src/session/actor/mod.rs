//! Scripted clients: a small readable language, and what runs it. PURE: no clock, no connection.
//!
//! ```text
//! # a worker of the group
//! try XGROUP CREATE events workers $ MKSTREAM
//! forever
//!   reply = XREADGROUP GROUP workers {me} COUNT 10 BLOCK 2000 STREAMS events >
//!   for entry in reply.entries
//!     wait 50ms..200ms
//!     fail 1 in 5
//!     XACK events workers {entry.id}
//! ```
//!
//! One line is one statement; what stands further in belongs to the line above; a line that begins with `#` is a
//! comment.
//!
//! | statement | what it does |
//! |---|---|
//! | `XADD …` | sends a command, in capitals, and waits for its reply; an error ends the actor |
//! | `try XADD …` | the same, but an error is a reply like any other |
//! | `reply = XADD …` | keeps the reply (`reply = try XADD …` too) |
//! | `let n = {n} + 1` | keeps a value, or the result of one `+ - * / %` on whole numbers |
//! | `wait 50ms..200ms` | waits; also `wait 2s`, `wait {left}ms` |
//! | `message = receive` | waits for a message of a subscription; `receive 5s` waits no longer, and keeps nil |
//! | `forever`, `times 10` | rounds |
//! | `for entry in reply.entries`, `for i in 1..10` | a round for each |
//! | `if reply is nil`, `else` | also `is not`, `empty`, `error`, a word, `< > <= >=`, and `if 1 in 5` by chance |
//! | `fail 1 in 5` | by chance, gives this round up, and counts that |
//! | `next`, `leave` | on to the next round; out of the rounds |
//! | `stop`, `crash` | ends; ends as a process that dies does |
//!
//! In words, `{name}` is a value, `{reply.2.1}` an element (from 1), `{entry.id}` an entry's ID, `{entry.kind}` a field of
//! it or of a map, `{reply.entries}` the entries of what XREAD gave, `{list.count}` a length, `{1..100}` a number by
//! chance, `{ann|bob}` one of these, `{me}` the actor's name, `{now}` the session's time in milliseconds, and `{{` a brace.
//! A list that is a word of its own, such as `{entry.fields}`, becomes as many words.

mod parse;
pub mod ready;
mod run;
mod value;
mod words;

pub use parse::parse;
pub use run::{Run, Step};

use serde::{Deserialize, Serialize};

/// How long a text may be, in bytes.
pub const TEXT_MAX: usize = 64 * 1024;
/// How long a word may become, in bytes.
pub const WORD_MAX: usize = 64 * 1024;
/// How many statements run without a wait or a command.
pub const STEPS_MAX: u32 = 10_000;
/// How many messages wait to be received; with more, the oldest is forgotten.
pub const INBOX_MAX: usize = 1_000;

/// What is wrong with an actor's text, or went wrong in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: u32,
    /// What, and what was expected.
    pub text: String,
}

/// A text that has been read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Its statements as jumps, and the line of each.
    ops: Vec<(u32, Op)>,
    /// How many values it keeps.
    values: usize,
}

/// One step. Jumps name steps by their index.
#[derive(Clone, Debug, PartialEq)]
enum Op {
    Send {
        words: Vec<Word>,
        into: Option<usize>,
        tolerant: bool,
    },
    Let {
        into: usize,
        value: Word,
        math: Option<(Math, Word)>,
    },
    Wait(Span),
    Receive {
        into: Option<usize>,
        within: Option<Span>,
    },
    /// Jumps where the test fails.
    Unless(Test, usize),
    Jump(usize),
    /// Rounds begin.
    Begin(Rounds),
    /// The next round, or past the last one.
    Again(usize),
    /// Out of the rounds.
    Leave(usize),
    /// By chance, counts a failure and jumps.
    Fail(Chance, usize),
    Stop,
    Crash,
}

#[derive(Clone, Debug, PartialEq)]
enum Rounds {
    Forever,
    Times(Bound),
    Over(usize, Path),
    From(usize, Bound, Bound),
}

/// So many times in so many.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Chance(u32, u32);

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Chance(Chance),
    /// The other way round where it says `not`.
    Is(Path, Kind, bool),
    Compare(Path, Order, Word),
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Nil,
    Empty,
    Error,
    Word(Word),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Less,
    More,
    AtMost,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Math {
    Add,
    Subtract,
    Multiply,
    Divide,
    Rest,
}

/// A word with values in it.
type Word = Vec<Part>;

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(Vec<u8>),
    Value(Path),
    OneOf(Vec<String>),
    Number(Bound, Bound),
}

/// A value, and the way into it; as it is written, too.
#[derive(Clone, Debug, PartialEq)]
struct Path {
    root: Root,
    steps: Vec<Way>,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Root {
    Kept(usize),
    Me,
    Now,
}

#[derive(Clone, Debug, PartialEq)]
enum Way {
    /// From 0; it is written from 1.
    Nth(usize),
    Count,
    Named(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Bound {
    Number(i64),
    Value(Path),
}

/// From how many milliseconds to how many.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    from: Time,
    to: Time,
}

#[derive(Clone, Debug, PartialEq)]
enum Time {
    Millis(u64),
    /// A value in this many milliseconds.
    Value(Path, u64),
}

/// What is wrong with a text, if anything.
pub fn check(text: &str) -> Option<Fault> {
    parse(text).err()
}

#[cfg(test)]
mod tests;
