//! Streams: a log of entries and the consumer groups that read it.

mod block;
mod group;
mod id;
mod log;
mod pack;

use std::collections::BTreeMap;

use crate::ds::bytes::Bytes;

pub use block::{BlockLimits, Entry};
pub use group::{Consumer, ConsumerId, Deliveries, Group, Pending};
pub use id::{NewId, StreamId};
pub use log::{Log, Trim, TrimTo};

/// A stream: entries, and consumer groups by name (in byte order, as the reference lists them).
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The entries.
    pub log: Log,
    /// The consumer groups by name.
    pub groups: BTreeMap<Bytes, Group>,
}
