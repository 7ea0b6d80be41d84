//! Clients that wait for a key.

use std::collections::BTreeMap;

use super::args::Args;
use super::client::Conn;
use super::error::Error;
use super::num;
use super::reply::Writer;
use super::time::Millis;
use super::timers::Ticket;
use crate::ds::bytes::Bytes;

/// What a client that waits is told when its time runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTimeout {
    /// The null array.
    NullArray,
    /// The null string.
    Null,
    /// `OK`: it waited for nothing else.
    Ok,
    /// How many replicas have what it wrote: one count, or several in an array.
    Counts(&'static [i64]),
}

impl OnTimeout {
    /// Writes it.
    pub fn write(self, out: &mut Writer) {
        match self {
            Self::NullArray => out.null_array(),
            Self::Null => out.null(),
            Self::Ok => out.ok(),
            Self::Counts(counts) => {
                if counts.len() > 1 {
                    out.array(counts.len());
                }
                counts.iter().for_each(|count| out.int(*count));
            }
        }
    }
}

/// The end of a wait of so many seconds, given by the word at `at`: milliseconds are rounded up, and 0
/// never ends. Errors: not a number, negative, beyond the range of time.
pub fn deadline(args: Args<'_>, at: usize, now: Millis) -> Result<Option<Millis>, Error> {
    let seconds = long_double(&args[at])?;
    let millis = seconds * 1000.0;
    if millis > i64::MAX as f64 {
        return Err(Error::TimeoutOutOfRange);
    }
    match millis.ceil() as i64 {
        ..0 => Err(Error::TimeoutNegative),
        0 => Ok(None),
        ms => match (now as i64).checked_add(ms) {
            Some(when) => Ok(Some(when as Millis)),
            None => Err(Error::TimeoutOutOfRange),
        },
    }
}

/// The end of a wait of so many milliseconds, given by the word at `at`; 0 never ends. Errors: not an
/// integer, negative, beyond the range of time.
pub fn deadline_millis(args: Args<'_>, at: usize, now: Millis) -> Result<Option<Millis>, Error> {
    match args.int(at).map_err(|_| Error::TimeoutNotInteger)? {
        ..0 => Err(Error::TimeoutNegative),
        0 => Ok(None),
        ms => match (now as i64).checked_add(ms) {
            Some(when) => Ok(Some(when as Millis)),
            None => Err(Error::TimeoutOutOfRange),
        },
    }
}

/// A number as the reference reads a `long double`: with more range than a double has (`1e400` is one)
/// and in hexadecimal too. Errors: not a number.
fn long_double(text: &[u8]) -> Result<f64, Error> {
    if let Some(number) = num::parse_f64(text) {
        return Ok(number);
    }
    let text = std::str::from_utf8(text).map_err(|_| Error::TimeoutNotFloat)?;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    let number = match hex {
        Some(hex) => hexadecimal(hex),
        None if digits.starts_with(|c: char| c.is_ascii_digit()) => digits.parse().ok(),
        None => None,
    };
    // One that only a long double tells from 0 still is a wait.
    let tiny = |n: f64| {
        if n == 0.0 && hex.is_none() {
            f64::MIN_POSITIVE
        } else {
            n
        }
    };
    number.map(|n| sign * tiny(n)).ok_or(Error::TimeoutNotFloat)
}

/// Reads what follows `0x`: digits with at most one point among them, and a power of two after `p`.
fn hexadecimal(text: &str) -> Option<f64> {
    let (digits, power) = match text.split_once(['p', 'P']) {
        Some((digits, power)) => (digits, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut number = 0.0;
    for digit in whole.chars().chain(part.chars()) {
        number = number * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let below = i32::try_from(part.len()).ok()?.checked_mul(4)?;
    Some(number * 2f64.powi(power.checked_sub(below)?))
}

/// What a blocked client waits for: its command is run again whenever one of the keys changes.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// The keys, in the order the command named them.
    pub keys: Vec<Bytes>,
    /// Waits only for a key of this type (as `TYPE` names it); `None`: any change of the key will do.
    pub wants: Option<&'static str>,
    /// The command to run again; `$` and the like are already replaced by what they stood for.
    pub command: Vec<Bytes>,
    /// When it began to wait.
    pub since: Millis,
    /// When it stops waiting; `None`: never.
    pub until: Option<Millis>,
    /// When the command is run again though no key changed; `None`: it is not.
    pub again: Option<Millis>,
    /// What it is told then.
    pub on_timeout: OnTimeout,
    pub(super) db: usize,
    pub(super) ticket: Option<Ticket>,
    pub(super) again_ticket: Option<Ticket>,
    pub(super) serial: u64,
}

/// Who waits for each key, first come first served.
#[derive(Clone, Debug, Default)]
pub struct Waiters {
    queues: BTreeMap<(usize, Bytes), BTreeMap<u64, Conn>>,
    serial: u64,
}

impl Waiters {
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn add(&mut self, conn: Conn, blocked: &Blocked) {
        for key in &blocked.keys {
            self.queues
                .entry((blocked.db, key.clone()))
                .or_default()
                .insert(blocked.serial, conn);
        }
    }

    pub(super) fn remove(&mut self, blocked: &Blocked) {
        for key in &blocked.keys {
            let place = (blocked.db, key.clone());
            if let Some(queue) = self.queues.get_mut(&place) {
                queue.remove(&blocked.serial);
                if queue.is_empty() {
                    self.queues.remove(&place);
                }
            }
        }
    }

    /// How many keys are waited for.
    pub fn len(&self) -> usize {
        self.queues.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// The keys of a database that are waited for.
    pub fn keys_in(&self, db: usize) -> impl Iterator<Item = &Bytes> {
        self.queues
            .keys()
            .filter(move |(own, _)| *own == db)
            .map(|(_, key)| key)
    }

    /// Who waits for a key, in order.
    pub fn of(&self, db: usize, key: &[u8]) -> Vec<Conn> {
        self.queues
            .get(&(db, Bytes::from_slice(key)))
            .map(|q| q.values().copied().collect())
            .unwrap_or_default()
    }
}
