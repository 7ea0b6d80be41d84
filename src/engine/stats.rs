//! What INFO counts.

use std::collections::{BTreeMap, VecDeque};

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::names::Place;
use super::time::Millis;

/// Counters since the server began, or since CONFIG RESETSTAT.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Connections that were opened.
    pub connections: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
    /// How often bytes were received.
    pub reads: u64,
    /// How often some were sent.
    pub writes: u64,
    /// Clients cut off because of what they sent without an end to a command.
    pub too_long_queries: u64,
    /// Clients cut off because they did not read what they were sent.
    pub too_long_outputs: u64,
    /// Passwords that were wrong.
    pub denied_auth: u64,
    /// Commands that ran.
    pub commands: u64,
    /// Changes of keys.
    pub changes: u64,
    /// Keys that expired.
    pub expired_keys: u64,
    /// Fields of hashes that expired.
    pub expired_fields: u64,
    /// Keys that had to go for want of memory.
    pub evicted_keys: u64,
    /// Scripts that had to go because there were too many.
    pub evicted_scripts: u64,
    /// Error replies, by code.
    pub errors: BTreeMap<String, u64>,
    /// Calls, rejected calls and failed calls, by container and name.
    pub calls: IndexMap<Place, [u64; 3], FxBuildHasher>,
    /// Where the command stands that was counted last.
    last: usize,
    /// Commands that took time.
    pub latency: Latency,
}

impl Stats {
    /// The counts of a command, which is mostly the one that was asked for last.
    #[inline]
    pub fn calls_of(&mut self, place: Place) -> &mut [u64; 3] {
        let known = self.calls.get_index(self.last);
        if known.is_none_or(|(last, _)| *last != place) {
            self.find_calls(place);
        }
        &mut self.calls[self.last]
    }

    #[inline(never)]
    fn find_calls(&mut self, place: Place) {
        let entry = self.calls.entry(place);
        self.last = entry.index();
        entry.or_default();
    }

    /// Begins to count anew, as CONFIG RESETSTAT does: the changes and LATENCY's samples are not counters.
    pub fn reset(&mut self) {
        let Latency {
            samples,
            longest,
            sum,
            count,
            ..
        } = std::mem::take(&mut self.latency);
        *self = Self {
            changes: self.changes,
            latency: Latency {
                samples,
                longest,
                sum,
                count,
                ..Latency::default()
            },
            ..Self::default()
        };
    }
}

/// How many samples are kept (the reference's `LATENCY_TS_LEN`).
const SAMPLES: usize = 160;

/// What LATENCY tells of the commands that took any time.
#[derive(Clone, Debug, Default)]
pub struct Latency {
    /// When one was over, in seconds since 1970, and the longest that second's took, in milliseconds.
    pub samples: VecDeque<(Millis, u64)>,
    /// The longest, in milliseconds.
    pub longest: u64,
    /// All of them together, in milliseconds.
    pub sum: u64,
    /// How many there were.
    pub count: u64,
    /// By command: how many took at most so many microseconds, in powers of two.
    pub slow: FxHashMap<Place, BTreeMap<u64, u64>>,
    usec: FxHashMap<Place, u64>,
}

impl Latency {
    /// A command took so many milliseconds, more than none.
    pub fn took(&mut self, place: Place, millis: Millis) {
        let usec = millis.saturating_mul(1000);
        *self.usec.entry(place).or_default() += usec;
        let most = usec.checked_next_power_of_two().unwrap_or(u64::MAX);
        *self.slow.entry(place).or_default().entry(most).or_default() += 1;
    }

    /// Microseconds that all calls of a command took.
    pub fn of(&self, place: Place) -> u64 {
        self.usec.get(&place).copied().unwrap_or(0)
    }

    /// Notes one that `latency-monitor-threshold` minds.
    pub fn sample(&mut self, now: Millis, millis: u64) {
        self.longest = self.longest.max(millis);
        self.sum = self.sum.saturating_add(millis);
        self.count += 1;
        let second = now / 1000;
        match self.samples.back_mut() {
            Some((last, most)) if *last == second => *most = (*most).max(millis),
            _ => self.samples.push_back((second, millis)),
        }
        if self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
    }

    /// Forgets what was [noted](Self::sample).
    pub fn forget_samples(&mut self) {
        self.samples.clear();
        (self.longest, self.sum, self.count) = (0, 0, 0);
    }
}
