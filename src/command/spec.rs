//! The shape of the one table that describes every command.

use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;

/// Runs one command: reads its words, changes the engine, writes exactly one reply (or blocks).
/// Arity is already checked. On an error whatever was written is dropped and the error is the reply.
pub type Handler = fn(&mut Ctx<'_>, Args<'_>) -> Result<(), Error>;

macro_rules! flags {
    ($($name:ident $bit:literal $text:literal,)*) => {
        $(#[allow(missing_docs)] pub const $name: u32 = 1 << $bit;)*
        /// Each flag with the name that COMMAND INFO gives it, in its order there.
        pub const FLAG_NAMES: &[(u32, &str)] = &[$(($name, $text)),*];
    };
}
flags! {
    WRITE 0 "write",
    READONLY 1 "readonly",
    DENYOOM 2 "denyoom",
    MODULE 3 "module",
    ADMIN 4 "admin",
    PUBSUB 5 "pubsub",
    NOSCRIPT 6 "noscript",
    BLOCKING 7 "blocking",
    LOADING 8 "loading",
    STALE 9 "stale",
    SKIP_MONITOR 10 "skip_monitor",
    SKIP_COMMANDLOG 11 "skip_commandlog",
    ASKING 12 "asking",
    FAST 13 "fast",
    NO_AUTH 14 "no_auth",
    MAY_REPLICATE 15 "may_replicate",
    NO_MANDATORY_KEYS 16 "no_mandatory_keys",
    NO_ASYNC_LOADING 17 "no_async_loading",
    NO_MULTI 18 "no_multi",
    MOVABLEKEYS 19 "movablekeys",
    ALLOW_BUSY 20 "allow_busy",
}

/// One command or subcommand, as its row in the table tells all of it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name in lower case; a subcommand's without its container's.
    pub name: &'static str,
    /// The number of words, the name among them; `-n` means at least n.
    pub arity: i32,
    /// The flag constants of this module, or-ed.
    pub flags: u32,
    /// Its ACL categories, without the `@`.
    pub categories: &'static [&'static str],
    /// Its group, as COMMAND DOCS names it (`sorted-set`).
    pub group: &'static str,
    /// The first version of the reference that had it.
    pub since: &'static str,
    /// Its cost.
    pub complexity: &'static str,
    /// What it does, in a sentence of ours.
    pub summary: &'static str,
    /// Flags that COMMAND DOCS shows (`deprecated`).
    pub doc_flags: &'static [&'static str],
    /// Since when it is deprecated.
    pub deprecated_since: Option<&'static str>,
    /// What to use in its place.
    pub replaced_by: Option<&'static str>,
    /// What changed in which version.
    pub history: &'static [(&'static str, &'static str)],
    /// Hints for clients (`nondeterministic_output`).
    pub tips: &'static [&'static str],
    /// Where its keys stand.
    pub keys: &'static [KeySpec],
    /// The grammar of its arguments.
    pub args: &'static [Arg],
    /// Its subcommands, by name; a container with subcommands has no handler of its own, mostly.
    pub subcommands: &'static [Row],
    /// What the reference can do with it and we cannot, in the words of docs/compatibility.md.
    pub missing: &'static [&'static str],
    /// What runs it.
    pub handler: Option<Handler>,
}

impl Row {
    /// An empty row, to be filled by struct update.
    pub const NEW: Self = Self {
        name: "",
        arity: 0,
        flags: 0,
        categories: &[],
        group: "",
        since: "1.0.0",
        complexity: "",
        summary: "",
        doc_flags: &[],
        deprecated_since: None,
        replaced_by: None,
        history: &[],
        tips: &[],
        keys: &[],
        args: &[],
        subcommands: &[],
        missing: &[],
        handler: None,
    };

    /// What is needed to run it, but for its subcommands.
    const fn spec(&self) -> Spec {
        Spec {
            name: self.name,
            arity: self.arity,
            flags: self.flags,
            group: self.group,
            keys: self.keys,
            subcommands: &[],
            handler: self.handler,
        }
    }
}

/// What is needed to run one command or subcommand: of its row all but what only readers of the table ask for. That stands apart, so
/// that a page can run a command before it has been sent (docs/performance.md).
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name in lower case; a subcommand's without its container's.
    pub name: &'static str,
    /// The number of words, the name among them; `-n` means at least n.
    pub arity: i32,
    /// The flag constants of this module, or-ed.
    pub flags: u32,
    /// Its group.
    pub group: &'static str,
    /// Where its keys stand.
    pub keys: &'static [KeySpec],
    /// Its subcommands, in the order of the table.
    pub subcommands: &'static [Spec],
    /// What runs it.
    pub handler: Option<Handler>,
}

impl Spec {
    /// Whether a number of words fits the arity.
    pub fn takes(&self, words: usize) -> bool {
        let n = self.arity.unsigned_abs() as usize;
        if self.arity < 0 {
            words >= n
        } else {
            words == n
        }
    }
}

/// How many rows tables have.
pub(super) const fn count(tables: &[&[Row]]) -> usize {
    let (mut rows, mut table) = (0, 0);
    while table < tables.len() {
        rows += tables[table].len();
        table += 1;
    }
    rows
}

/// The rows of all tables, in order.
pub(super) const fn rows<const N: usize>(tables: &[&'static [Row]]) -> [&'static Row; N] {
    let mut rows = [&Row::NEW; N];
    let (mut at, mut table, mut row) = (0, 0, 0);
    while at < N {
        if row < tables[table].len() {
            rows[at] = &tables[table][row];
            (at, row) = (at + 1, row + 1);
        } else {
            (table, row) = (table + 1, 0);
        }
    }
    rows
}

/// How many subcommands rows have.
pub(super) const fn count_subcommands(rows: &[&Row]) -> usize {
    let (mut count, mut row) = (0, 0);
    while row < rows.len() {
        count += rows[row].subcommands.len();
        row += 1;
    }
    count
}

/// The subcommands of all rows, in order.
pub(super) const fn subcommands<const N: usize>(rows: &[&Row]) -> [Spec; N] {
    let mut specs = [Row::NEW.spec(); N];
    let (mut at, mut row, mut sub) = (0, 0, 0);
    while at < N {
        if sub < rows[row].subcommands.len() {
            specs[at] = rows[row].subcommands[sub].spec();
            (at, sub) = (at + 1, sub + 1);
        } else {
            (row, sub) = (row + 1, 0);
        }
    }
    specs
}

/// All rows, whose subcommands are those of `subcommands`, in order.
pub(super) const fn commands<const N: usize>(
    rows: &[&Row; N],
    mut subcommands: &'static [Spec],
) -> [Spec; N] {
    let mut specs = [Row::NEW.spec(); N];
    let mut row = 0;
    while row < N {
        specs[row] = rows[row].spec();
        let own = rows[row].subcommands.len();
        (specs[row].subcommands, subcommands) = subcommands.split_at(own);
        row += 1;
    }
    specs
}

/// Where some of a command's keys stand.
#[derive(Clone, Copy, Debug)]
pub struct KeySpec {
    /// A remark.
    pub notes: Option<&'static str>,
    /// How the keys are used (`RW`, `access`, …).
    pub flags: &'static [&'static str],
    /// Where the search begins.
    pub begin: Begin,
    /// How keys are found from there.
    pub find: Find,
}

impl KeySpec {
    /// One key, the first argument.
    pub const fn first(flags: &'static [&'static str]) -> Self {
        Self {
            notes: None,
            flags,
            begin: Begin::Index(1),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }
    }
}

/// Where the search for keys begins.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// At this word.
    Index(i32),
    /// After this keyword, looked for from this word on (from the end where negative).
    Keyword(&'static str, i32),
    /// Somewhere.
    Unknown,
}

/// How keys are found from where the search begins.
#[derive(Clone, Copy, Debug)]
pub enum Find {
    /// Every `step`-th word up to `last` (relative; from the end where negative); `limit` halves and so on.
    Range {
        /// The last one, relative.
        last: i32,
        /// From one to the next.
        step: i32,
        /// 0: none; n: the n-th part of the words.
        limit: i32,
    },
    /// A number of keys is given, and the keys follow.
    KeyNum {
        /// Where the number stands, relative.
        index: i32,
        /// Where the first key stands, relative.
        first: i32,
        /// From one to the next.
        step: i32,
    },
    /// In a way that only the command knows.
    Unknown,
}

/// What kind of argument it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ArgKind {
    /// A key's name.
    Key,
    /// Any string.
    Text,
    /// A signed integer.
    Integer,
    /// A floating point number.
    Double,
    /// A glob pattern.
    Pattern,
    /// A moment, as a Unix time.
    UnixTime,
    /// A word that stands for itself.
    Flag,
    /// One of several.
    OneOf,
    /// Several in a row.
    Block,
}

impl ArgKind {
    /// The name that COMMAND DOCS gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Double => "double",
            Self::Pattern => "pattern",
            Self::UnixTime => "unix-time",
            Self::Flag => "pure-token",
            Self::OneOf => "oneof",
            Self::Block => "block",
        }
    }
}

/// One argument in a command's grammar.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Its name.
    pub name: &'static str,
    /// What kind it is.
    pub kind: ArgKind,
    /// The word that stands before it, or that it is.
    pub token: Option<&'static str>,
    /// The name to show, where it is another.
    pub display: Option<&'static str>,
    /// A remark.
    pub summary: Option<&'static str>,
    /// Which of the command's key specs it belongs to.
    pub key_spec: Option<u8>,
    /// The first version that had it, where that is later than the command's.
    pub since: Option<&'static str>,
    /// Since when it is deprecated.
    pub deprecated: Option<&'static str>,
    /// It may be left out.
    pub optional: bool,
    /// It may stand several times.
    pub multiple: bool,
    /// Its token stands before each of several.
    pub multiple_token: bool,
    /// The arguments of a one-of or a block.
    pub args: &'static [Arg],
}

const fn new(name: &'static str, kind: ArgKind) -> Arg {
    Arg {
        name,
        kind,
        token: None,
        display: None,
        summary: None,
        key_spec: None,
        since: None,
        deprecated: None,
        optional: false,
        multiple: false,
        multiple_token: false,
        args: &[],
    }
}

/// A key.
pub const fn key(name: &'static str) -> Arg {
    Arg {
        key_spec: Some(0),
        ..new(name, ArgKind::Key)
    }
}
/// A string.
pub const fn string(name: &'static str) -> Arg {
    new(name, ArgKind::Text)
}
/// A signed integer.
pub const fn integer(name: &'static str) -> Arg {
    new(name, ArgKind::Integer)
}
/// A double.
pub const fn double(name: &'static str) -> Arg {
    new(name, ArgKind::Double)
}
/// A glob pattern.
pub const fn pattern(name: &'static str) -> Arg {
    new(name, ArgKind::Pattern)
}
/// A moment.
pub const fn unix_time(name: &'static str) -> Arg {
    new(name, ArgKind::UnixTime)
}
/// A word that stands for itself.
pub const fn flag(name: &'static str, token: &'static str) -> Arg {
    Arg {
        token: Some(token),
        ..new(name, ArgKind::Flag)
    }
}
/// One of several.
pub const fn one_of(name: &'static str, args: &'static [Arg]) -> Arg {
    Arg {
        args,
        ..new(name, ArgKind::OneOf)
    }
}
/// Several in a row.
pub const fn block(name: &'static str, args: &'static [Arg]) -> Arg {
    Arg {
        args,
        ..new(name, ArgKind::Block)
    }
}

impl Arg {
    /// It may be left out.
    pub const fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
    /// It may stand several times.
    pub const fn multiple(self) -> Self {
        Self {
            multiple: true,
            ..self
        }
    }
    /// Its token stands before each of several.
    pub const fn multiple_token(self) -> Self {
        Self {
            multiple_token: true,
            ..self
        }
    }
    /// The word before it.
    pub const fn token(self, token: &'static str) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }
    /// The name to show.
    pub const fn display(self, display: &'static str) -> Self {
        Self {
            display: Some(display),
            ..self
        }
    }
    /// A remark.
    pub const fn summary(self, summary: &'static str) -> Self {
        Self {
            summary: Some(summary),
            ..self
        }
    }
    /// Which of the command's key specs it belongs to.
    pub const fn key_spec(self, index: u8) -> Self {
        Self {
            key_spec: Some(index),
            ..self
        }
    }
    /// The first version that had it.
    pub const fn since(self, version: &'static str) -> Self {
        Self {
            since: Some(version),
            ..self
        }
    }
    /// Since when it is deprecated.
    pub const fn deprecated(self, version: &'static str) -> Self {
        Self {
            deprecated: Some(version),
            ..self
        }
    }
}
