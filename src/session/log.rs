//! What is kept of a session: its seed, its first moment, and all that was done to it, in order. Everything else
//! follows.

use serde::{Deserialize, Serialize};

use super::history::{BranchId, Point};
use super::message::{Input, Millis, Record};

/// One thing that was done to a session. To look at the past does nothing to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// Something happened to a connection.
    Input(Input),
    /// It went on from a point in the past of the branch that was walked on, which had come to a moment.
    Forked {
        /// From where it went on.
        from: Point,
        /// Up to when time had passed on the branch that was left.
        until: Millis,
    },
    /// It went to the end of another branch.
    Walked {
        /// The branch.
        branch: BranchId,
        /// Up to when time had passed on the branch that was left.
        until: Millis,
    },
    /// A branch was dropped.
    Dropped(BranchId),
    /// A point of the branch that was walked on was named; the name was taken away, where it is empty.
    Named {
        /// The point.
        point: Point,
        /// The name.
        name: String,
    },
}

/// A session with all its branches. Entries are only ever added, so that they can be saved as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// The seed of its chance.
    pub seed: u64,
    /// Its first moment.
    pub start: Millis,
    /// What was done, in order.
    pub entries: Vec<Entry>,
    /// Up to when time has passed.
    pub until: Millis,
}

impl Log {
    /// A session in which nothing has been done.
    pub fn new(seed: u64, start: Millis) -> Self {
        Self {
            seed,
            start,
            entries: Vec::new(),
            until: start,
        }
    }

    /// A session that has one branch, up to a moment.
    pub fn of(record: Record, until: Millis) -> Self {
        Self {
            seed: record.seed,
            start: record.start,
            entries: record.inputs.into_iter().map(Entry::Input).collect(),
            until,
        }
    }
}
