//! What a key holds, and what surrounds it.

use std::cell::Cell;

use super::client::Conn;
use super::time::Millis;
use super::timers::Ticket;
use crate::ds::hash::Hash;
use crate::ds::hll::Shown;
use crate::ds::list::List;
use crate::ds::set::Set;
use crate::ds::stream::Stream;
use crate::ds::zset::Zset;

/// What a key holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string; a HyperLogLog is one too, as on the server.
    Str(Vec<u8>),
    /// A list.
    List(Box<List>),
    /// A set.
    Set(Box<Set>),
    /// A hash.
    Hash(Box<Hash>),
    /// A sorted set.
    Zset(Box<Zset>),
    /// A stream.
    Stream(Box<Stream>),
}

impl Value {
    /// How many bytes a string has, or how many elements anything else.
    pub fn size(&self) -> u64 {
        match self {
            Self::Str(text) => text.len() as u64,
            Self::Zset(zset) => zset.len() as u64,
            Self::List(list) => list.len() as u64,
            Self::Set(set) => set.len() as u64,
            Self::Hash(hash) => hash.len() as u64,
            Self::Stream(stream) => stream.log.len(),
        }
    }

    /// The name that `TYPE` gives.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Str(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Hash(_) => "hash",
            Self::Zset(_) => "zset",
            Self::Stream(_) => "stream",
        }
    }
}

/// A type that a value can hold, so that one typed door serves all families.
pub trait Kind: Sized {
    /// The value as this type.
    fn of(value: &Value) -> Option<&Self>;
    /// The value as this type, to change.
    fn of_mut(value: &mut Value) -> Option<&mut Self>;
    /// This type as a value.
    fn into_value(self) -> Value;
}

macro_rules! kind {
    ($type:ty, $variant:ident, $wrap:expr) => {
        impl Kind for $type {
            fn of(value: &Value) -> Option<&Self> {
                match value {
                    Value::$variant(inner) => Some(inner),
                    _ => None,
                }
            }
            fn of_mut(value: &mut Value) -> Option<&mut Self> {
                match value {
                    Value::$variant(inner) => Some(inner),
                    _ => None,
                }
            }
            fn into_value(self) -> Value {
                Value::$variant($wrap(self))
            }
        }
    };
}
kind!(Vec<u8>, Str, std::convert::identity);
kind!(List, List, Box::new);
kind!(Set, Set, Box::new);
kind!(Hash, Hash, Box::new);
kind!(Zset, Zset, Box::new);
kind!(Stream, Stream, Box::new);

/// What the page can know of a key that its bytes do not hold. It travels with the key through
/// RENAME and is gone when the key is.
#[derive(Clone, Debug)]
pub enum Witness {
    /// A string that was set with NX and a TTL: a lock, and who took it.
    Lock {
        /// The client that set it.
        holder: Conn,
        /// When it was set.
        since: Millis,
        /// The TTL it was given, in milliseconds.
        ttl: Millis,
    },
    /// A string that was set because there was none, without a TTL: given one by the same client, it is a lock.
    Made {
        /// The client that set it.
        by: Conn,
    },
    /// What a HyperLogLog has been shown.
    Uniques(Shown),
    /// A sorted set whose scores all come from GEOADD: they are places.
    Places,
}

/// How the reference keeps a string, as far as that does not follow from its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// In the best way: a number as a number.
    #[default]
    Best,
    /// As text, be it a number.
    Text,
    /// `raw`, because it was changed in place.
    Raw,
}

/// A key's value and what surrounds it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the key holds.
    pub value: Value,
    /// What the page knows beside it.
    pub witness: Option<Box<Witness>>,
    /// Grows whenever the value, its deadline or its witness may have changed.
    pub version: u64,
    /// When a command last looked at the value.
    pub accessed: Cell<Millis>,
    /// How often it is used, as `maxmemory-policy allkeys-lfu` counts it.
    pub uses: Cell<Uses>,
    /// What the reference keeps it as, where it is a string.
    pub form: Form,
    /// It was set in the place of a value with a deadline, for which the reference keeps room.
    pub tight: bool,
    /// The number it was made as, among the keys of its database.
    pub born: u32,
    /// What it was last counted for, where memory is limited.
    pub(super) counted: u32,
    pub(super) ticket: Option<Ticket>,
    /// The earliest deadline among the fields of a hash.
    pub(super) field_ticket: Option<Ticket>,
}

/// How often a key is used: a counter that grows the slower the higher it is, and goes down with time.
///
/// The reference lets chance decide whether a use counts; here as many uses are passed over as chance
/// would pass over on the whole. The counter stands in the lowest byte, above it how many uses were passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses(u32);

impl Default for Uses {
    fn default() -> Self {
        Self::from(Self::FIRST)
    }
}

impl From<u8> for Uses {
    fn from(counter: u8) -> Self {
        Self(counter.into())
    }
}

impl Uses {
    /// Where a new key begins.
    const FIRST: u8 = 5;
    /// The most uses that are passed over.
    const PASSED_MAX: u32 = u32::MAX >> 8;

    /// The counter now, for a key that was last used then. Time is counted in whole minutes, as they begin.
    pub fn count(self, last: Millis, now: Millis, looks: Looks) -> u8 {
        let counter = self.0.to_le_bytes()[0];
        if now == last {
            return counter; // as for most of what comes in one piece: a division less
        }
        let minutes = (now / 60_000).saturating_sub(last / 60_000);
        match minutes.checked_div(Millis::from(looks.decay_minutes)) {
            Some(periods) => counter.saturating_sub(u8::try_from(periods).unwrap_or(u8::MAX)),
            None => counter,
        }
    }

    fn used(self, last: Millis, now: Millis, looks: Looks) -> Self {
        let counter = self.count(last, now, looks);
        let above = u32::from(counter.saturating_sub(Self::FIRST));
        let passed = self.0 >> 8;
        if counter < u8::MAX && passed >= above.saturating_mul(looks.log_factor) {
            Self::from(counter + 1)
        } else {
            Self(u32::from(counter) | (passed + 1).min(Self::PASSED_MAX) << 8)
        }
    }
}

/// How looking at a key is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// New keys are noted.
    pub births: bool,
    /// Not at all: `CLIENT NO-TOUCH`.
    pub unseen: bool,
    /// `lfu-log-factor`.
    pub log_factor: u32,
    /// `lfu-decay-time`.
    pub decay_minutes: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            births: false,
            unseen: false,
            log_factor: 10,
            decay_minutes: 1,
        }
    }
}

impl Entry {
    /// Notes that a command looked at the value.
    pub fn touch(&self, now: Millis, looks: Looks) {
        if looks.unseen {
            return;
        }
        let last = self.accessed.replace(now);
        self.uses.set(self.uses.get().used(last, now, looks));
    }

    /// How often it is used, as the counter stands now.
    pub fn frequency(&self, now: Millis, looks: Looks) -> u8 {
        self.uses.get().count(self.accessed.get(), now, looks)
    }

    /// A copy, made now: it was never used, and keeps its deadline.
    pub fn copied(&self, now: Millis) -> Self {
        Self {
            accessed: Cell::new(now),
            uses: Cell::default(),
            tight: false,
            ..self.clone()
        }
    }

    /// Whether it is past its deadline, and only there still because nobody looked.
    pub fn is_due(&self, now: Millis) -> bool {
        self.deadline().is_some_and(|when| when <= now)
    }

    /// When the key expires.
    pub fn deadline(&self) -> Option<Millis> {
        self.ticket.map(|t| t.when)
    }
}
