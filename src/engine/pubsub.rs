//! Channels, patterns, and who listens to them.

use std::collections::{BTreeMap, BTreeSet};

use super::client::Conn;
use crate::ds::bytes::Bytes;

/// Who is subscribed to what, server-wide. Each client also keeps its own list.
#[derive(Clone, Debug, Default)]
pub struct PubSub {
    /// Subscribers of each channel.
    pub channels: BTreeMap<Bytes, BTreeSet<Conn>>,
    /// Subscribers of each pattern.
    pub patterns: BTreeMap<Bytes, BTreeSet<Conn>>,
}

impl PubSub {
    /// Forgets a client that has gone.
    pub fn drop_client(&mut self, conn: Conn) {
        for map in [&mut self.channels, &mut self.patterns] {
            map.retain(|_, who| {
                who.remove(&conn);
                !who.is_empty()
            });
        }
    }
}
