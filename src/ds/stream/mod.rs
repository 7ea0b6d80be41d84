//! Streams: a log of entries and the consumer groups that read it.

mod block;
mod group;
mod id;
mod log;
pub mod node;
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

/// What becomes of the pending entries of an entry that is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refs {
    /// They stay, and refer to nothing.
    #[default]
    Keep,
    /// They go too, whichever group has them.
    Drop,
    /// The entry is not deleted before every group was given it and has acknowledged it.
    Acked,
}

impl Stream {
    /// Prepares for the entry `id` to be deleted; `false` if it must stay. O(groups).
    pub fn release(&mut self, id: StreamId, refs: Refs) -> bool {
        release(&mut self.groups, id, refs)
    }

    /// Removes entries from the front as [`Log::trim`] does; returns how many.
    pub fn trim(&mut self, trim: Trim, refs: Refs) -> u64 {
        let Self { log, groups } = self;
        match refs {
            Refs::Keep => log.trim(trim),
            refs => log.trim_where(trim, |id| release(groups, id, refs)),
        }
    }
}

fn release(groups: &mut BTreeMap<Bytes, Group>, id: StreamId, refs: Refs) -> bool {
    match refs {
        Refs::Keep => true,
        Refs::Drop => {
            for group in groups.values_mut() {
                group.ack(id);
            }
            true
        }
        Refs::Acked => groups
            .values()
            .all(|group| id <= group.last_delivered() && group.pending(id).is_none()),
    }
}
