//! The settings that a session can change while it runs.

use super::notify;
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
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            notify: notify::NONE,
            proto_max_bulk_len: 512 * 1024 * 1024,
        }
    }
}
