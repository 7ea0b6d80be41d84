//! The settings that a session can change while it runs.

use std::collections::BTreeMap;

use super::commandlog::Bounds;
use super::evict::Policy;
use super::{notify, script};
use crate::ds::bytes::Bytes;
use crate::ds::limits::Limits;

/// The settings that something reads. CONFIG's table of names stands beside its commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How far the reference packs values.
    pub limits: Limits,
    /// Which keyspace notifications are sent: classes of [`notify`], or-ed.
    pub notify: u32,
    /// The longest string, in bytes.
    pub proto_max_bulk_len: usize,
    /// How much memory keys may take; 0: any.
    pub max_memory: u64,
    /// Which keys go where they take more.
    pub policy: Policy,
    /// How many keys are looked at to choose one.
    pub memory_samples: usize,
    /// How often keys are used is counted, and not how long ago they were.
    pub lfu: bool,
    /// How slowly that count grows.
    pub lfu_log_factor: u32,
    /// After how many minutes without use it goes down by one.
    pub lfu_decay_minutes: u32,
    /// The default user's password; empty: it needs none.
    pub password: Bytes,
    /// What the logs of commands keep, by [`commandlog::Kind`](super::commandlog::Kind).
    pub logs: [Bounds; 3],
    /// Commands that take so many milliseconds or more are an event to LATENCY; 0: none are.
    pub latency_threshold: u64,
    /// So many replicas have to follow before anything may be written, and this many seconds behind at
    /// most; 0 of either: none. There never are any.
    pub replicas_wanted: [u64; 2],
    /// How many keys are remembered for clients that track them; 0: any number.
    pub tracked_max: usize,
    /// Keys expire at their deadlines; otherwise only once a command names them: DEBUG SET-ACTIVE-EXPIRE.
    pub expires_by_itself: bool,
    /// A payload's checksum must be right: DEBUG SET-SKIP-CHECKSUM-VALIDATION.
    pub checks_sums: bool,
    /// What a script may use up.
    pub script_limits: script::Limits,
    /// Every setting that was changed, by its name, as it is printed.
    pub changed: BTreeMap<&'static str, Bytes>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            notify: notify::NONE,
            proto_max_bulk_len: 512 * 1024 * 1024,
            max_memory: 0,
            policy: Policy::default(),
            memory_samples: 5,
            lfu: false,
            lfu_log_factor: 10,
            lfu_decay_minutes: 1,
            password: Bytes::default(),
            logs: [10_000, 1 << 20, 1 << 20].map(|from| Bounds { from, max_len: 128 }),
            latency_threshold: 0,
            replicas_wanted: [0, 10],
            tracked_max: 1_000_000,
            expires_by_itself: true,
            checks_sums: true,
            script_limits: script::Limits {
                steps: 20_000_000,
                memory: 32 << 20,
            },
            changed: BTreeMap::new(),
        }
    }
}
